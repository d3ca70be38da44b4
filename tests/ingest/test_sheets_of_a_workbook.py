"""Two sheets of one workbook may note something about one person: the later sheet counts, whatever its name or the amounts."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from groundswell.advocacy import review_sheet
from groundswell.ingest import import_file
from groundswell.signals.on_lists import OnLists, read_on_lists
from groundswell.store.workspace import Workspace


@pytest.mark.parametrize("names", [("January", "April"), ("April", "January")])
@pytest.mark.parametrize("fees", [(100, 900), (900, 100)])
def test_the_later_sheet_counts(tmp_path: Path, names: tuple[str, str], fees: tuple[int, int]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, fee, status in zip(names, fees, ("in talks", "agreed"), strict=True):
        sheet = book.create_sheet(name)
        sheet.append(["Handle", "Platform", "Fee (EUR)", "Status"])
        sheet.append(["@ann", "instagram", fee, status])
    book.save(tmp_path / "list.xlsx")
    workspace = Workspace.create(tmp_path / "w")
    import_file(workspace, tmp_path / "list.xlsx")
    with workspace.engine() as engine:
        assert engine.rows("SELECT amount_minor FROM fees") == [(fees[1] * 100,)]
        assert [one.status for one in read_on_lists(engine).values()] == ["agreed"]


@pytest.mark.parametrize(
    ("status", "declined"),
    [
        ("declined", True), ("Rejected our offer", True), ("abgelehnt", True), ("content ok, but she declined", True),
        ("content rejected", False), ("draft was rejected twice", False), ("rejected draft", False), ("Entwurf abgelehnt", False),
    ],
)  # fmt: skip
def test_a_piece_that_was_turned_down_is_no_no(status: str, declined: bool) -> None:
    assert OnLists(status=status).declined is declined


@pytest.mark.slow
def test_the_review_names_the_sheet_and_leaves_out_words_that_an_amount_replaced(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, fee in (("Old", "150-200 €"), ("New", 260)):
        sheet = book.create_sheet(name)
        sheet.append(["Handle", "Platform", "Fee (EUR)", "Status"])
        sheet.append(["@ann", "instagram", fee, "in talks"])
    book.save(tmp_path / "list.xlsx")
    workspace = Workspace.create(tmp_path / "w")
    import_file(workspace, tmp_path / "list.xlsx")
    review = review_sheet(workspace)
    [ann] = review.accounts
    assert ann.fee_as_written == ()
    assert [fee.amount_minor for fee in ann.person.fees] == [26000]
    assert sorted(map(str, ann.person.places)) == ["line 2 of list.xlsx (New)", "line 2 of list.xlsx (Old)"]
