"""Workbooks (XLSX): one table a sheet that holds anything.

Cells arrive as what they are: numbers, dates, text. The sheet is read row by row and sparsely, because one forgotten cell in the
last column of the last row would otherwise become 17 billion empty ones. External entities and their like are refused by
defusedxml, which openpyxl uses only where it is installed; that is checked.
"""

from __future__ import annotations

import warnings
import weakref
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any

import pyarrow as pa

from groundswell.errors import UnreadableFileError
from groundswell.sources import SetAside
from groundswell.sources.files.archives import danger
from groundswell.sources.files.blobs import MIB, SPOOL_LIMIT, Blob
from groundswell.sources.files.csv_rows import column_names
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.typed_columns import column_of, in_words

ROWS_AT_ONCE = 20_000
CELLS_AT_ONCE = 1_000_000
CELL_LIMIT = 50_000_000
"""Cells of one sheet; 1,048,576 rows of 47 columns."""
BESIDE = 50
"""Cells so far to the right of the header still belong to the table, as columns without a name."""
PREVIEW = 50
OUTSIDE = "cells far to the right of the header were left out"
ERRORS = "cells with an error such as #N/A are unknown"

Cells = dict[int, Any]


class Workbook:
    """An opened XLSX file. Shared by its sheets, because its texts are kept in one place."""

    def __init__(self, blob: Blob) -> None:
        import openpyxl

        if not openpyxl.DEFUSEDXML:
            raise UnreadableFileError(
                "Workbooks are not read without defusedxml.", next_step="Install the package defusedxml and try again."
            )
        self.blob = blob
        source = blob.seekable()
        weakref.finalize(self, source.close)  # sheets read from it as long as anybody holds one
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                _refuse_bombs(blob, source)
                self.book: Any = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
            except UnreadableFileError:
                raise
            except Exception as error:  # openpyxl answers damage with whatever it trips over
                raise _no_workbook(blob, error) from error

    def sheets(self) -> Iterator[SheetTable]:
        """Yield the sheets that are not empty; UnreadableFileError when all are."""
        found = False
        for sheet in self.book.worksheets:
            table = SheetTable(self, sheet)
            if table.preview():
                found = True
                yield table
        if not found:
            raise UnreadableFileError(
                f"{self.blob.name} holds no cells.", next_step="Export it again, or leave it out."
            )


class SheetTable:
    """One sheet (a `TableFile`)."""

    kind = "xlsx"
    inner: frozenset[str] = frozenset()

    def __init__(self, workbook: Workbook, sheet: Any) -> None:
        self.workbook, self.sheet = workbook, sheet
        blob = workbook.blob
        self.member = f"{blob.member}#{sheet.title}" if blob.member else str(sheet.title)
        self.place = f"{blob.member or blob.name}#{sheet.title}"
        self.bytes_total, self.modified_at = blob.size, blob.modified_at
        self.notes: list[str] = ["a hidden sheet"] if sheet.sheet_state != "visible" else []
        self.first: list[tuple[int, Cells]] | None = None

    def preview(self) -> Sequence[Sequence[str]]:
        """Return the first rows that hold anything, as text."""
        if self.first is None:
            self.first = list(islice(self._filled(), PREVIEW))
        return [[in_words(cells.get(at)) or "" for at in range(1, self._width(cells) + 1)] for _, cells in self.first]

    def _width(self, cells: Cells) -> int:
        """Up to the last filled cell; one that stands far off does not count."""
        width = 0
        for column in sorted(cells):
            if column > width + BESIDE:
                break
            width = column
        return width

    def rows(self, header_row: int = 0) -> Iterator[Rows]:
        """Yield the rows after the header. Blank rows in between are counted."""
        self.preview()
        header, width = 0, max((self._width(cells) for _, cells in self.first or []), default=0)
        names = [""] * width
        if header_row >= 0:
            header, cells = (self.first or [])[header_row]
            width = self._width(cells)
            names = [(in_words(cells.get(at)) or "") for at in range(1, width + 1)]
        batch = SheetBatch(column_names(names), header)
        for number, cells in self._filled():
            if number <= header:
                continue
            batch.take(number, cells)
            if batch.full:
                yield batch.rows(self._share(number))
                batch = SheetBatch(batch.names, batch.last)
            if batch.outside and OUTSIDE not in self.notes:
                self.notes.append(OUTSIDE)
        yield batch.rows(self.bytes_total)

    def _share(self, number: int) -> int:
        """How far a row number reaches into the file, where the sheet says how many rows it has."""
        return self.bytes_total * number // max(self.sheet.max_row or 0, number)

    def _filled(self) -> Iterator[tuple[int, Cells]]:
        """Yield (row number, cells by column) of every row that holds anything."""
        count = 0
        for number, cells in _quietly(self._parsed(), self.workbook.blob):
            count += len(cells)
            if count > CELL_LIMIT:
                raise UnreadableFileError(
                    f"Sheet {self.member} has more than {CELL_LIMIT:,} cells.",
                    next_step="Save it as CSV and import that.",
                )
            kept: Cells = {}
            for cell in cells:
                value = cell["value"]
                if cell["data_type"] == "e":
                    if ERRORS not in self.notes:
                        self.notes.append(ERRORS)
                elif value is not None and value != "" and not (isinstance(value, str) and not value.strip()):
                    kept[cell["column"]] = value
            if kept:
                yield number, kept

    def _parsed(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        from openpyxl.worksheet._reader import WorkSheetParser

        book = self.workbook.book
        with self.sheet._get_source() as source:
            parser: Any = WorkSheetParser(
                source,
                self.sheet._shared_strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            for row in parser.parse():
                parser.row_dimensions.clear()  # heights of rows, which would pile up
                yield row


class SheetBatch:
    """Rows of a sheet on their way to become columns."""

    def __init__(self, names: list[str], last: int) -> None:
        self.names, self.last = names, last
        self.cells: list[Cells] = []
        self.numbers: list[int] = []
        self.empty, self.width = 0, len(names)
        self.outside = False
        self.set_aside: list[SetAside] = []

    @property
    def full(self) -> bool:
        """Whether it should be handed over."""
        return len(self.cells) >= ROWS_AT_ONCE or len(self.cells) * self.width >= CELLS_AT_ONCE

    def take(self, number: int, cells: Cells) -> None:
        """Add a row; the rows since the last one were blank."""
        if number <= self.last:
            self.set_aside.append(SetAside(number, "a row number that the sheet has given before"))
            return
        self.empty += number - self.last - 1
        self.last = number
        widest = max(cells)
        limit = len(self.names) + BESIDE
        if widest > limit:
            self.outside = True
            cells = {column: value for column, value in cells.items() if column <= limit}
            if not cells:
                self.empty += 1
                return
            widest = max(cells)
        self.width = max(self.width, widest)
        self.cells.append(cells)
        self.numbers.append(number)

    def rows(self, done: int) -> Rows:
        """Return everything taken so far."""
        names = column_names([*self.names, *[""] * (self.width - len(self.names))])
        columns = [column_of([cells.get(at) for cells in self.cells]) for at in range(1, self.width + 1)]
        table = pa.table(columns, names=names)
        return Rows(table, pa.array(self.numbers, pa.int64()), self.empty, self.set_aside, done)


def _quietly(rows: Iterator[Any], blob: Blob) -> Iterator[Any]:
    """Pass rows on without openpyxl's warnings; what it trips over becomes an UnreadableFileError."""
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                chunk = list(islice(rows, 500))
            except Exception as error:  # openpyxl answers damage with whatever it trips over
                raise _no_workbook(blob, error) from error
        if not chunk:
            return
        yield from chunk


def _refuse_bombs(blob: Blob, source: IO[bytes]) -> None:
    with zipfile.ZipFile(source) as archive:
        budget = SPOOL_LIMIT
        for entry in archive.infolist():
            if entry.filename.startswith("xl/media/"):
                continue  # pictures are never opened
            if danger(entry, budget):
                raise UnreadableFileError(
                    f"{blob.name} is a workbook that unpacks to a suspicious size: {entry.filename}, "
                    f"{entry.file_size // MIB:,} MiB.",
                    means="Reading it was refused: such files are built to exhaust memory.",
                    next_step="If you trust it, open it in a spreadsheet program and save the sheet as CSV.",
                )
            budget -= entry.file_size
    source.seek(0)


def _no_workbook(blob: Blob, error: Exception) -> UnreadableFileError:
    said = " ".join(str(error).split())[:200] or type(error).__name__
    return UnreadableFileError(
        f"{blob.name} cannot be read as a workbook: {said}.",
        means="It is damaged, or holds things a table does not need (entities, macros in odd places).",
        next_step="Open it in a spreadsheet program, save it as .xlsx or .csv, and import that.",
    )
