"""A worksheet of people who left: they are said to have left, and are no colleagues any more."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from groundswell.advocacy import Staff, staff
from groundswell.errors import UsageError
from groundswell.ingest import import_file
from groundswell.sources.files.layouts.volunteers import of_people_who_left
from groundswell.store import Workspace


def looked_at(folder: Path, **sheets: list[tuple[str, str]]) -> Staff:
    """The staff of a workbook: worksheet -> names with handles."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, people in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(["Name", "LinkedIn"])
        for person, handle in people:
            sheet.append([person, f"https://www.linkedin.com/in/{handle}"])
    book.save(folder / "roster.xlsx")
    workspace = Workspace.create(folder / "w")
    return staff(workspace, None, ["Oat & Co"], import_id=import_file(workspace, folder / "roster.xlsx").import_id)


def test_who_stands_only_on_a_sheet_of_people_who_left_is_no_colleague_and_that_is_said(tmp_path: Path) -> None:
    found = looked_at(
        tmp_path, Team=[("Ann Crumb", "ann"), ("Bob Rye", "bob")], Alumni=[("Bob Rye", "bob"), ("Cid Oat", "cid")]
    )
    assert {one.person.handle for one in found.colleagues} == {"ann", "bob"}, "who came back is a colleague"
    assert (found.left, found.left_by) == (1, ("Alumni",))
    assert "1 person stands on the worksheet “Alumni” and so has left: not looked at here." in found.sentences


def test_where_all_have_left_nobody_is_looked_at_and_the_way_out_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2 people stand on the worksheet “Former staff” and so have left"):
        looked_at(tmp_path, **{"Former staff": [("Ann Crumb", "ann"), ("Cid Oat", "cid")]})


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        ("Alumni", True), ("Left", True), ("left the company", True), ("People who left", True), ("Ehemalige", True), ("Ehemalige Kollegen", True),
        ("Former colleagues 2024", True), ("Ausgeschieden", True), ("Who is left", False), ("Left bank", False), ("Team", False), ("", False),
        ("Alumni relations", False), ("Formerly Twitter", False),
    ],
)  # fmt: skip
def test_a_sheet_says_that_people_left_only_by_a_name_that_says_nothing_else(sheet: str, *, left: bool) -> None:
    assert of_people_who_left(sheet) is left
