"""The user's own workbook back, as they made it, with new columns to its right. Its sheets, widths, colours and formulas stay.

Only cells right of what was there are written, and only as text or numbers: what a stranger wrote is never computed.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from groundswell.errors import UnreadableFileError, UsageError
from groundswell.exports.whole import whole_file
from groundswell.exports.wording import finite, looks_like_formula, printable

Cell = str | float | int | None
WIDTH = 28
MOST_TEXT = 32_767
"""What a cell of a workbook holds at most."""


def write_sheet_back(
    original: Path, added: Mapping[tuple[str, int], Mapping[str, Cell]], headers: Mapping[str, int], path: Path
) -> Path:
    """Write the workbook `original` to `path` with `added` beside its rows, and return the path.

    `added` maps (sheet, row) to new column -> value; `headers` maps each sheet to the row of its header, counted from 1.
    Errors: UnreadableFileError when the original is no workbook; UsageError when it would be overwritten.
    """
    if original.suffix.lower() not in (".xlsx", ".xlsm") or path.suffix.lower() != ".xlsx":
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

    first = sheet.max_column + 1
    for at, name in enumerate(columns, first):
        sheet.column_dimensions[get_column_letter(at)].width = WIDTH
        head = sheet.cell(header, at)
        _put(head, name)
        head.font = Font(bold=True)
        for row, cells in rows.items():
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
