"""The user's own list back, with new columns to its right. Of a workbook its sheets, widths, colours and formulas stay.

Only cells right of what was there are written, and only as text or numbers: what a stranger wrote is never computed.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from groundswell.advocacy import SheetReview, beside_rows, lists_of, sheet_back
from groundswell.errors import UnreadableFileError, UsageError
from groundswell.exports.report import export_report
from groundswell.exports.reports import review_report
from groundswell.exports.whole import whole_file
from groundswell.exports.wording import finite, looks_like_formula, printable
from groundswell.ingest import kept_file
from groundswell.store import Workspace

Cell = str | float | int | None
WIDTH = 28
WORKBOOKS = (".xlsx", ".xlsm")
MOST_TEXT = 32_767
"""What a cell of a workbook holds at most."""


def give_sheet_back(workspace: Workspace, review: SheetReview, path: Path) -> Path:
    """Write the list back, or its review, in the form that the ending asks for, and return the path.

    A workbook comes back as the workbook that it was; every other list as a table with the same rows and columns.
    Errors: as in `groundswell.exports.report.export_report`.
    """
    kept = lists_of(workspace, review)
    if path.suffix.lower() == ".xlsx" and len(kept) == 1 and Path(kept[0].source).suffix.lower() in WORKBOOKS:
        with kept_file(workspace, kept[0]) as original:
            return write_sheet_back(original, *beside_rows(workspace, review, kept[0], original), path)
    return export_report(review_report(review, sheet_back(workspace, review)), path)


def write_sheet_back(
    original: Path, added: Mapping[tuple[str, int], Mapping[str, Cell]], headers: Mapping[str, int], path: Path
) -> Path:
    """Write the workbook `original` to `path` with `added` beside its rows, and return the path.

    `added` maps (sheet, row) to new column -> value; `headers` maps each sheet to the row of its header, counted from 1.
    Errors: UnreadableFileError when the original is no workbook; UsageError when it would be overwritten.
    """
    if original.suffix.lower() not in WORKBOOKS or path.suffix.lower() != ".xlsx":
        raise UsageError(
            "Only a workbook (.xlsx) comes back as it was made.", next_step="Write to .csv or .xlsx as a table."
        )
    if path.exists() and path.samefile(original):
        raise UsageError(f"{original.name} is your own sheet; it is not overwritten.", next_step="Choose another name.")
    book = _opened(original)
    columns = list(dict.fromkeys(name for cells in added.values() for name in cells))
    for name, header in headers.items():
        if name in book.sheetnames:
            _widen(book[name], header, columns, {row: cells for (sheet, row), cells in added.items() if sheet == name})
    with whole_file(path) as file:
        book.save(file)
    return path


def _opened(original: Path) -> Any:
    """The workbook with everything in it; openpyxl answers damage with whatever it trips over."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return openpyxl.load_workbook(original)
        except Exception as error:
            raise UnreadableFileError(
                f"{original.name} cannot be opened as a workbook.", means=str(error)[:200]
            ) from error


def _widen(sheet: Any, header: int, columns: Sequence[str], rows: Mapping[int, Mapping[str, Cell]]) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    there = {cell.value: cell.column for cell in sheet[header] if cell.value in columns}  # from the last time
    free = sheet.max_column + 1
    for name in columns:
        at = there.get(name, free)
        free += name not in there
        sheet.column_dimensions[get_column_letter(at)].width = WIDTH
        head = sheet.cell(header, at)
        _put(head, name)
        head.font = Font(bold=True)
        for row, cells in rows.items():
            sheet.cell(row, at).value = None
            _put(sheet.cell(row, at), cells.get(name))


def _put(cell: Any, value: Cell) -> None:
    """Write a number, or text that stays text even where it begins like a formula."""
    if value is None:
        return
    if not isinstance(value, str):
        cell.value = finite(value)
        return
    text = printable(value)[:MOST_TEXT]
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = looks_like_formula(text)
