"""Countries, languages and channels of a brief are read as people write them; what is wrong is refused with the nearest word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from building import account, made
from groundswell.discover import Brief, discover, read_brief
from groundswell.discover.segments import country_spellings, of_nobody
from groundswell.errors import BriefError


def brief(folder: Path, line: str) -> Brief:
    path = folder / "brief.toml"
    path.write_text(f'brand = "Oat & Co"\n[segments]\n{line}\n', encoding="utf-8")
    return read_brief(path)


@pytest.mark.parametrize(
    ("line", "name", "read"),
    [
        ('country = ["Germany", "Deutschland", "de"]', "country", ("DE",)),
        ('country = ["Luxembourg", "south korea", "UK"]', "country", ("LU", "KR", "GB")),
        ('country = ["Bayern", "XX"]', "country", ("Bayern", "XX")),  # a file may declare it so
        ('language = ["German", "français", "pt-BR", "en"]', "language", ("de", "fr", "pt", "en")),
        ('channel = ["Instagram", "IG", "tt", "X"]', "channel", ("instagram", "tiktok", "twitter")),
    ],
)
def test_what_is_written_out_is_read_as_the_code_that_data_have(
    tmp_path: Path, line: str, name: str, read: tuple[str, ...]
) -> None:
    assert brief(tmp_path, line).segments == {name: read}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('country = ["Germny"]', r"line 3: 'Germny' is no country.*\n.*Did you mean Germany\? Write it so, or as DE"),
        ('language = ["Germann"]', r"line 3: 'Germann' is no language.*\n.*Did you mean German\? Write de"),
        ('language = ["klingon"]', r"'klingon' is no language.*\n.*Known: Arabic"),
        ('channel = ["instagran"]', r"line 3: 'instagran' is no channel.*\n.*Did you mean Instagram\? Write instagram"),
        ('channel = ["zzz"]', r"'zzz' is no channel.*\n.*Known: twitter"),
    ],
)
def test_what_nobody_knows_is_refused_with_the_nearest_word(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(BriefError, match=says):
        brief(tmp_path, line)


def test_a_country_is_found_in_data_as_a_code_and_spelled_out() -> None:
    assert {"LU", "LUXEMBOURG"} <= set(country_spellings("LU"))
    assert {"DE", "GERMANY", "DEUTSCHLAND"} <= set(country_spellings("Germany"))


def test_what_nobody_in_the_data_has_is_said() -> None:
    label = pa.StructArray.from_arrays([pa.array(["en", None])], ["label"])
    rows = pa.table({"platform": ["instagram", "blog"], "country": ["Luxembourg", None], "language": label})
    wanted = {"country": ("LU", "DE"), "language": ("en", "de"), "channel": ("IG", "tiktok", "twitch")}
    assert list(of_nobody(wanted, rows)) == [
        "Nobody in the data is on tiktok or twitch.",
        "Nobody in the data declares the country DE.",
        "Nobody in the data writes mostly in de.",
    ]
    assert not list(of_nobody(wanted, rows.slice(0, 0)))


def test_a_date_that_has_passed_is_said_and_refuses_nothing(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", {"account": [account("ann", followers=5)]})
    past = Brief("Oat & Co", "everyday_voice@1", objective={"metric": "reach", "target": 2, "by": date(2020, 1, 1)})
    notes = discover(workspace, past).notes
    assert [note for note in notes if "by 2020-01-01, which has passed" in note]
    ahead = Brief("Oat & Co", "everyday_voice@1", objective={"by": date(2999, 1, 1)})
    assert not [note for note in discover(workspace, ahead).notes if "passed" in note]
