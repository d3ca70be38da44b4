"""A brief is read, or refused with the line and the nearest right word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from groundswell.discover import read_brief
from groundswell.errors import BriefError, UnknownNameError

WHOLE = """brand = "Oat & Co"
definition = "field_geek@1"
limit = 20
[objective]
metric = "conversions"
target = 200
by = 2027-03-01
[budget]
amount = 5000.10
currency = "EUR"
[[persona]]
text = "bakes vegan bread"
weight = 3
[[persona]]
text = "slimming pills"
never = true
[segments]
sector = ["vegan food"]
country = ["DE", "AT"]
[exclude]
accounts = ["instagram:@rival"]
[[never_if]]
text = "shaves the hair"
because = "we sell shampoo"
[[incident]]
text = "trouble with the law"
terms = ["arrested", "court case"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "brief.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_brief_is_read(tmp_path: Path) -> None:
    brief = read_brief(written(tmp_path, WHOLE))
    assert brief.budget == {"amount_minor": 500_010, "currency": "EUR"}
    assert brief.objective["by"] == date(2027, 3, 1)
    assert [(p.text, p.weight, p.never) for p in brief.personas] == [
        ("bakes vegan bread", 3.0, False),
        ("slimming pills", 1.0, True),
    ]
    assert brief.segments == {"sector": ("vegan food",), "country": ("DE", "AT")}
    assert brief.exclude == ("instagram:@rival",)
    assert [(rule.kind, rule.because, rule.terms) for rule in brief.rules] == [
        ("never_if", "we sell shampoo", ()),
        ("incident", "", ("arrested", "court case")),
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('limit = 20', 'limti = 20'), r"line 3.*\n?.*Did you mean limit"),
        (('metric = "conversions"', 'metric = "conversion"'), r"line 5.*\n?.*Did you mean conversions"),
        (('because = "we', 'becuase = "we'), r"line 24.*\n?.*Did you mean because"),
        (("[[incident]]", "[[incidnt]]"), r"line 25.*\n?.*Did you mean incident"),
        (('text = "shaves the hair"', 'text = "!"'), r"line 23.*no word"),
        (("weight = 3", "wieght = 3"), r"line 13.*\n?.*Did you mean weight"),
        (('sector = ["vegan food"]', 'sektor = ["vegan food"]'), r"line 18.*\n?.*Did you mean sector"),
        (("by = 2027-03-01", 'by = "soon"'), "line 7.*must be a date"),
        (("amount = 5000.10", "amount = -5"), "line 9.*cannot be -5"),
        (("amount = 5000.10", 'amount = "much"'), "line 9"),
        (("never = true", "never = true\nmust = true"), "cannot be both"),
        (('brand = "Oat & Co"', ""), "brand"),
        (("limit = 20", "limit = 100000"), "at most"),
        (('currency = "EUR"', 'currency = "€"'), "three letters"),
        (("[objective]", "[objective"), "not valid TOML"),
        (("[exclude]", "[exlcude]"), r"line 20.*\n?.*Did you mean exclude"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refused_with_its_line(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(BriefError, match=says):
        read_brief(written(tmp_path, WHOLE.replace(*change)))


def test_a_brief_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="There is no brief"):
        read_brief(tmp_path / "none.toml")


def test_an_unknown_definition_offers_the_nearest(tmp_path: Path) -> None:
    from groundswell.discover import discover
    from groundswell.store import Workspace

    brief = read_brief(written(tmp_path, WHOLE.replace("field_geek@1", "feild_geek")))
    with pytest.raises(UnknownNameError, match="Did you mean field_geek"):
        discover(Workspace.create(tmp_path / "w"), brief)
