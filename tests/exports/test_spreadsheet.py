"""The workbook re-opens, its numbers are numbers, and nothing in it computes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from openpyxl import load_workbook

from groundswell.discover import Evidence, Shortlist
from groundswell.errors import UsageError
from groundswell.exports import export_shortlist, export_table

Make = Callable[..., Shortlist]
SHEETS = ["Shortlist", "Reasons", "Signals", "Gates", "Not checked", "Posts", "About"]


def rows_of(sheet: Any, banner: bool = True) -> list[dict[str, Any]]:
    """The rows of a sheet as dictionaries by header."""
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2 if banner else 1)]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]


def test_all_who_could_not_be_checked_are_counted_though_few_are_listed(
    shortlist_of: Make, titles: Any, tmp_path: Path
) -> None:
    shortlist = replace(shortlist_of(5), not_checked=5_191)
    book = load_workbook(export_shortlist(shortlist, tmp_path / "list.xlsx", titles=titles))
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert about["Could not be checked"] == 5_191
    assert about["Could not be checked, listed"] == f"the first {len(shortlist.unchecked)}"
    for row in rows_of(book["Gates"]):
        parts = ("Removed", "Could not be checked, so far", "Left for certain")
        assert row["Accounts before"] == sum(row[part] for part in parts)


def test_the_workbook_reopens_with_a_row_for_each_match(shortlist_of: Make, titles: Any, tmp_path: Path) -> None:
    shortlist = shortlist_of(5)
    book = load_workbook(export_shortlist(shortlist, tmp_path / "list.xlsx", titles=titles))
    assert book.sheetnames == SHEETS
    rows = rows_of(book["Shortlist"])
    assert [row["Score (0 to 100)"] for row in rows] == pytest.approx(
        [match.score for match in shortlist.matches], rel=1e-14
    )
    assert [row["Like rate"] for row in rows] == pytest.approx(
        [match.values["like_rate"].value for match in shortlist.matches], rel=1e-14
    )
    assert len(rows_of(book["Reasons"])) == 25
    assert isinstance(rows_of(book["Posts"])[0]["Published (UTC)"], datetime)


def test_reasons_sum_to_the_score(shortlist_of: Make, titles: Any, tmp_path: Path) -> None:
    book = load_workbook(export_shortlist(shortlist_of(6), tmp_path / "list.xlsx", titles=titles))
    reasons = rows_of(book["Reasons"])
    for row in rows_of(book["Shortlist"]):
        points = sum(reason["Points"] or 0 for reason in reasons if reason["Rank"] == row["Rank"])
        assert points == pytest.approx(row["Score (0 to 100)"], abs=1e-9)


def test_unknown_is_said_and_never_zero(shortlist_of: Make, titles: Any, tmp_path: Path) -> None:
    shortlist = shortlist_of(6)
    book = load_workbook(export_shortlist(shortlist, tmp_path / "list.xlsx", titles=titles))
    for match, row in zip(shortlist.matches, rows_of(book["Shortlist"]), strict=True):
        known = match.values["reply_rate"].known
        assert row["Reply rate"] == (match.values["reply_rate"].value if known else "unknown: hidden")
    assert any(reason["Known"] == "unknown" and reason["Points"] is None for reason in rows_of(book["Reasons"]))


def test_the_header_is_frozen_filtered_and_numbers_are_formatted(
    shortlist_of: Make, titles: Any, tmp_path: Path
) -> None:
    sheet = load_workbook(export_shortlist(shortlist_of(2, simulated=False), tmp_path / "list.xlsx", titles=titles))[
        "Shortlist"
    ]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref.startswith("A1:")
    formats = {head.value: cell.number_format for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (formats["Like rate"], formats["Followers"], formats["Score (0 to 100)"]) == ("0.0%", "#,##0", "0.0")


def test_a_first_look_fits_on_a_screen_and_the_other_numbers_are_folded(
    shortlist_of: Make, titles: Any, tmp_path: Path
) -> None:
    book = load_workbook(export_shortlist(shortlist_of(2, simulated=False), tmp_path / "list.xlsx", titles=titles))
    sheet = book["Shortlist"]
    head = {cell.value: cell.column_letter for cell in sheet[1]}
    folded = [
        letter for letter, column in sheet.column_dimensions.items() if column.hidden and column.outlineLevel == 1
    ]
    assert head["Like rate"] in folded
    assert not {head["Handle"], head["Followers"], head["Reply rate"], head["Why"]} & set(folded)
    assert sheet.column_dimensions[head["Why"]].collapsed


def test_simulated_is_said_on_every_sheet_and_in_the_title(shortlist_of: Make, titles: Any, tmp_path: Path) -> None:
    book = load_workbook(export_shortlist(shortlist_of(2), tmp_path / "list.xlsx", titles=titles))
    assert all(book[name]["A1"].value.startswith("SIMULATED") for name in SHEETS)
    assert book.properties.title.startswith("SIMULATED")


def test_what_is_real_is_not_called_simulated(shortlist_of: Make, titles: Any, tmp_path: Path) -> None:
    with zipfile.ZipFile(
        export_shortlist(shortlist_of(2, simulated=False), tmp_path / "list.xlsx", titles=titles)
    ) as archive:
        assert not any(b"SIMULATED" in archive.read(name) for name in archive.namelist())


def test_no_cell_is_a_formula_and_control_characters_are_gone(shortlist_of: Make, tmp_path: Path) -> None:
    shortlist = shortlist_of(1)
    evil = '=HYPERLINK("http://evil.example","x")'
    odd = replace(
        shortlist.matches[0], handle="=1+1", name=f"{evil}\x01\x0b\ufffe", bio=evil, url="javascript:alert(1)", sentences=("{=1}", "@x", "+1"),
        evidence=(Evidence("p", "-1+2", None, "file:///etc/passwd", "kinship"),),
    )  # fmt: skip
    path = export_shortlist(
        replace(shortlist, matches=(odd,), notes=(evil,), definition_says=evil), tmp_path / "list.xlsx", titles={}
    )
    book = load_workbook(path)
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    row = rows_of(book["Shortlist"])[0]
    assert (row["Handle"], row["Name"], row["Profile"]) == ("=1+1", evil, "javascript:alert(1)")
    assert book["Shortlist"]["B3"].quotePrefix
    with zipfile.ZipFile(path) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
        assert not any(b"javascript" in archive.read(name) for name in archive.namelist() if name.endswith(".rels"))


def test_an_id_too_long_for_a_cell_stays_exact(tmp_path: Path) -> None:
    table = pa.table({"post_id": pa.array([2**60 + 1, 7], pa.int64()), "text": ["x" * 40_000, None]})
    sheet = load_workbook(export_table(table, tmp_path / "t.xlsx", title="History")).active
    assert sheet.title == "Table"
    assert (sheet["A2"].value, sheet["A3"].value) == (str(2**60 + 1), 7)
    assert len(sheet["B2"].value) == 32_767
    assert sheet["B3"].value is None


@pytest.mark.parametrize("title", ["A/B: [tests]?", "'quoted'", "x" * 60, "", "&P"])
def test_any_title_names_a_sheet(title: str, tmp_path: Path) -> None:
    assert load_workbook(export_table(pa.table({"a": [1]}), tmp_path / "t.xlsx", title=title)).active["A2"].value == 1


def test_more_rows_than_a_sheet_holds_name_another_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundswell.exports.spreadsheet.MOST_ROWS", 10)
    export_table(pa.table({"a": range(9)}), tmp_path / "t.xlsx", title="t")
    with pytest.raises(UsageError, match=r"parquet"):
        export_table(pa.table({"a": range(10)}), tmp_path / "u.xlsx", title="t")
    assert [file.name for file in tmp_path.iterdir()] == ["t.xlsx"]
