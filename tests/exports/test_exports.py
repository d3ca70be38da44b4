"""Every form of export re-opens, says what is unknown, and computes nothing by itself."""

from __future__ import annotations

import csv
import errno
import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from groundswell.discover import Shortlist
from groundswell.errors import DiskFullError, UnknownNameError, WorkspaceError
from groundswell.explain.window import RULE
from groundswell.exports import SHORTLIST_FORMS, TABLE_FORMS, export_shortlist, export_table, shortlist_as_json, whole
from groundswell.exports.reports import shortlist_report
from groundswell.exports.wording import as_text_cell, safe_link
from groundswell.signals.values import Value

Make = Callable[..., Shortlist]
FORMULAS = (
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1+1",
    '=cmd|"/c calc"!A0',
)


def test_every_form_of_a_shortlist_is_written(shortlist_of: Make, titles: Any, tmp_path: Path) -> None:
    for ending in SHORTLIST_FORMS:
        path = export_shortlist(shortlist_of(3), tmp_path / f"list{ending}", titles=titles)
        assert path.stat().st_size > 500, ending


def test_an_ending_is_read_whatever_its_case(shortlist_of: Make, tmp_path: Path) -> None:
    assert (
        json.loads(export_shortlist(shortlist_of(1), tmp_path / "LIST.JSON", titles={}).read_text("utf-8"))["simulated"]
        is True
    )


def test_an_unknown_ending_names_the_known_ones_and_writes_nothing(shortlist_of: Make, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"xlsx"):
        export_shortlist(shortlist_of(1), tmp_path / "list.xls")
    with pytest.raises(UnknownNameError, match=r"parquet"):
        export_table(pa.table({"a": [1]}), tmp_path / "table.html", title="t")
    assert not list(tmp_path.iterdir())


def test_json_says_unknown_as_null_with_its_reason_and_never_nan(shortlist_of: Make) -> None:
    shortlist = shortlist_of(4)
    odd = replace(
        shortlist.matches[0],
        values={"a": Value("a", math.nan, n=2), "b": Value("b", reason="hidden"), "c": Value("c", 1 / 3)},
    )
    document = shortlist_as_json(replace(shortlist, matches=(odd,)))
    values = json.loads(json.dumps(document, allow_nan=False))["matches"][0]["values"]
    assert values["a"]["value"] is None
    assert (values["b"]["value"], values["b"]["reason"]) == (None, "hidden")
    assert values["c"]["value"] == 1 / 3
    assert document["made_at"] == "2026-06-01T09:30:12+00:00"
    assert document["brief"]["objective"]["by"] == "2027-03-01"


def test_json_speaks_of_nobody_who_is_not_on_the_list(shortlist_of: Make) -> None:
    assert "context" not in shortlist_as_json(shortlist_of(2))


def test_points_in_json_sum_to_the_score(shortlist_of: Make) -> None:
    for match in shortlist_as_json(shortlist_of(8))["matches"]:
        assert sum(term["points"] or 0 for term in match["terms"]) == pytest.approx(match["score"], abs=1e-9)


def test_parquet_of_a_shortlist_keeps_full_numbers_reasons_and_the_mark(shortlist_of: Make, tmp_path: Path) -> None:
    shortlist = shortlist_of(5)
    table = pq.read_table(export_shortlist(shortlist, tmp_path / "list.parquet", titles={}))
    assert table["score"].to_pylist() == [match.score for match in shortlist.matches]
    silent = [match.values["reply_rate"].reason for match in shortlist.matches]
    assert table["reply_rate_unknown"].to_pylist() == silent
    assert "hidden" in silent
    assert table.schema.metadata[b"simulated"] == b"true"
    assert set(table["simulated"].to_pylist()) == {True}


def test_csv_of_a_shortlist_reopens_with_bare_numbers_and_empty_unknowns(shortlist_of: Make, tmp_path: Path) -> None:
    shortlist = shortlist_of(5)
    path = export_shortlist(shortlist, tmp_path / "list.csv", titles={})
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["score"]) for row in rows] == [match.score for match in shortlist.matches]
    assert [row["reply_rate"] == "" for row in rows] == [
        not match.values["reply_rate"].known for match in shortlist.matches
    ]
    assert arrow_csv.read_csv(path).num_rows == 5


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_in_a_csv_is_a_formula(text: str, tmp_path: Path) -> None:
    path = export_table(pa.table({text: [text, "plain"]}), tmp_path / "t.csv", title="t")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1] == [f"'{text}"]
    assert rows[2] == ["plain"]
    assert rows[0][0].startswith("'")
    assert as_text_cell(text) == f"'{text}"


def test_negative_numbers_in_a_csv_stay_numbers(tmp_path: Path) -> None:
    path = export_table(pa.table({"a": [-1, -2], "b": [-0.5, math.nan]}), tmp_path / "t.csv", title="t")
    assert path.read_text("utf-8-sig").split() == ['"a","b"', "-1,-0.5", "-2,"]


TABLE = pa.table(
    {
        "handle": pa.array(["ann", None, 'quote " and, comma\nline'], pa.string()),
        "big": pa.array([2**60 + 1, None, -3], pa.int64()),
        "share": pa.array([0.125, math.inf, None], pa.float64()),
        "seen_at": pa.array(
            [datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), None, datetime(1850, 1, 1, tzinfo=UTC)],
            pa.timestamp("us", tz="UTC"),
        ),
        "day": pa.array([date(2026, 1, 2), None, date(1, 1, 1)], pa.date32()),
        "tags": pa.array([["a", "b"], [], None], pa.list_(pa.string())),
        "extra": pa.array([[("k", "v")], None, []], pa.map_(pa.string(), pa.string())),
        "paid": pa.array([True, None, False]),
        "kind": pa.array(["post", "post", None]).dictionary_encode(),
    }
)


@pytest.mark.parametrize("ending", TABLE_FORMS)
@pytest.mark.parametrize("rows", [0, 3])
def test_a_table_of_every_type_is_written_in_every_form(ending: str, rows: int, tmp_path: Path) -> None:
    path = export_table(TABLE.slice(0, rows), tmp_path / f"t{ending}", title="A/B: [tests]?")
    if ending == ".json":
        found = json.loads(path.read_text("utf-8"))
        assert len(found) == rows
        assert not rows or (found[0]["big"], found[1]["share"], found[0]["extra"]) == (2**60 + 1, None, {"k": "v"})
    elif ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = list(csv.DictReader(file))
        assert len(found) == rows
        assert not rows or (found[0]["seen_at"], found[0]["tags"]) == ("2026-01-02T03:04:05.000000Z", "a; b")
    elif ending == ".parquet":
        found = pq.read_table(path)
        assert found.num_rows == rows
        assert found.schema.metadata[b"title"] == b"A/B: [tests]?"


def test_a_lone_surrogate_is_no_reason_to_fail(shortlist_of: Make, tmp_path: Path) -> None:
    shortlist = shortlist_of(1)
    odd = replace(shortlist.matches[0], name="a\ud800b\x00c", bio="\udfff", sentences=("\ud83d",))
    for ending in SHORTLIST_FORMS:
        export_shortlist(replace(shortlist, matches=(odd,)), tmp_path / f"list{ending}", titles={})


def test_an_empty_shortlist_is_written_in_every_form(shortlist_of: Make, tmp_path: Path) -> None:
    for ending in SHORTLIST_FORMS:
        export_shortlist(shortlist_of(0), tmp_path / f"list{ending}", titles={})
    assert json.loads((tmp_path / "list.json").read_text("utf-8"))["matches"] == []


def test_a_full_disk_leaves_the_earlier_file_and_no_litter(
    shortlist_of: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.json"
    path.write_text("earlier")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(whole.os, "fsync", full)
    for ending in SHORTLIST_FORMS:
        with pytest.raises(DiskFullError):
            export_shortlist(shortlist_of(1), path.with_suffix(ending), titles={})
    assert [file.name for file in tmp_path.iterdir()] == ["list.json"]
    assert path.read_text() == "earlier"


def test_a_disk_that_fills_while_writing_is_said_as_such(shortlist_of: Make, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    from groundswell.exports.spreadsheet import write_shortlist
    from groundswell.exports.tables import write_csv

    for write in (lambda file: write_shortlist(shortlist_of(2), file, {}), lambda file: write_csv(TABLE, file)):
        with pytest.raises(OSError, match="space"), Path("/dev/full").open("wb", buffering=0) as file:
            write(file)


def test_a_refusal_by_the_system_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(WorkspaceError, match=r"Close it if it is open"):
        export_table(TABLE, tmp_path / "t.csv", title="t")
    assert not list(tmp_path.iterdir())


def test_a_folder_in_the_place_of_the_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(WorkspaceError, match=r"is a folder"):
        export_table(TABLE, tmp_path / "t.csv", title="t")


def test_the_same_shortlist_gives_the_same_bytes(shortlist_of: Make, titles: Any, tmp_path: Path) -> None:
    for ending in SHORTLIST_FORMS:
        first = export_shortlist(shortlist_of(3), tmp_path / f"a{ending}", titles=titles).read_bytes()
        assert export_shortlist(shortlist_of(3), tmp_path / f"b{ending}", titles=titles).read_bytes() == first, ending


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//x.org",
        "http://",
        "https://a b",
        "vbscript:x",
        "JAVASCRIPT:x",
        "https://x/\n",
        'https://x/"',
        "http://[",
        "file:///etc/passwd",
        "",
        None,
    ],
)
def test_only_plain_web_addresses_become_links(address: str | None) -> None:
    assert safe_link(address) is None


def test_a_web_address_is_a_link() -> None:
    assert safe_link("HTTPS://www.instagram.com/ann/?hl=de#x") == "HTTPS://www.instagram.com/ann/?hl=de#x"


@pytest.mark.parametrize("ending", [".html", ".xlsx", ".pdf"])
def test_a_list_says_which_posts_are_too_young_to_count(ending: str, shortlist_of: Make, tmp_path: Path) -> None:
    shortlist = shortlist_of(2)
    if ending == ".html":
        said = export_shortlist(shortlist, tmp_path / "list.html").read_text("utf-8")
    elif ending == ".xlsx":
        about = load_workbook(export_shortlist(shortlist, tmp_path / "list.xlsx"))["About"]
        said = " ".join(str(cell.value) for row in about.iter_rows() for cell in row)
    else:
        said = repr(shortlist_report(shortlist))
    assert RULE in said
    assert "younger than 72 hours" in RULE
