"""CSV, TSV and their kin as tables, fast when they are clean and exact when they are not.

Blocks of 8 MiB are cut at the last record boundary (`csv_records`) and parsed by Arrow, all columns as text. Only what Arrow
and the count of lines agree on counts as clean; every other block is read once more with care. So

    lines of the file = rows + blank + set aside (each with its line and reason)

always holds, whatever the file is.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
import pyarrow.csv as pacsv

from groundswell.errors import UnreadableFileError
from groundswell.sources import SetAside
from groundswell.sources.files.blobs import Blob, GzipReader, read_up_to
from groundswell.sources.files.csv_records import Stretch, careful_stretches, clean_stretch, readable, scan
from groundswell.sources.files.encodings import MIXED, Encoding, Utf8Reader
from groundswell.sources.files.tables import Rows, ahead

pc: Any = _compute  # its functions are made at run time, no type checker knows them
MIB = 1 << 20
BLOCK = 8 * MIB
HEAD = 1 * MIB
LINE_LIMIT = 8 * MIB
"""A physical line longer than this is passed over without being held (house rule)."""
ROWS_AT_ONCE = 100_000
PREVIEW = 50
BLANK = re.compile(rb"(?:\r?\n)+")
DELIMITERS = (b",", b"\t", b";", b"|")
NOT_UTF8 = "some lines are not UTF-8 and were read as Windows-1252"


@dataclass(frozen=True)
class RawRow:
    """A row of the preview and where the file goes on after it."""

    cells: list[str]
    line_after: int


@dataclass(frozen=True)
class Shape:
    """How a file is cut into cells."""

    delimiter: bytes
    agree: float
    """Share of the first rows that have the most common number of cells."""
    width: int


class CsvTable:
    """A text file of rows and cells (a `TableFile`)."""

    kind = "csv"
    inner: frozenset[str] = frozenset()

    def __init__(self, blob: Blob, encoding: Encoding) -> None:
        self.blob, self.encoding = blob, encoding
        self.member, self.bytes_total, self.modified_at = blob.member, blob.size, blob.modified_at
        self.place = blob.member or blob.name
        self.notes: list[str] = [encoding.note] if encoding.note else []
        with blob.opener() as reader:
            source = CleanedReader(Utf8Reader(reader, encoding))
            head = read_up_to(source, HEAD)
            while b"\n" not in head and len(head) < LINE_LIMIT and (more := read_up_to(source, HEAD)):
                head += more
            self.whole = not source.read(1)
        self.mac_ends = head.count(b"\r") - head.count(b"\r\n") > head.count(b"\n")
        if self.mac_ends:
            head = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self.head = codecs.getincrementaldecoder("utf-8")(MIXED).decode(head, final=self.whole).encode()
        if not self.head.strip():
            raise UnreadableFileError(f"{blob.name} is empty.", next_step="Export it again, or leave it out.")
        self.first, self.shape = self._prologue()
        self.raw = list(self._raw_rows())
        if not self.raw:
            raise UnreadableFileError(
                f"The first line of {blob.name} is longer than {LINE_LIMIT // MIB} MiB.",
                means="A table begins with short lines; this is something else.",
            )

    def _prologue(self) -> tuple[int, Shape]:
        """Excel may begin a file with `sep=;`, which is no row but says the delimiter."""
        line = self.head[: self.head.find(b"\n") + 1].strip()
        if line[:4].lower() == b"sep=" and len(line) == 5:
            return self.head.find(b"\n") + 1, Shape(line[4:5], 1.0, 0)
        return 0, sniff_shape(self.head, tabs_likely=self.blob.extension in ("tsv", "tab"))

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def preview(self) -> Sequence[Sequence[str]]:
        """Return the first rows, blank ones left out, as text."""
        return [row.cells for row in self.raw]

    def _raw_rows(self) -> Iterator[RawRow]:
        head, at, count = self.head, self.first, 0
        line = 1 + head.count(b"\n", 0, at)
        while at < len(head) and count < PREVIEW:
            at, line = _past_blank_lines(head, at, line)
            line_end = head.find(b"\n", at)
            if line_end < 0:
                if not self.whole:
                    return
                line_end = len(head)
            cells, end = _raw_record(head, at, line_end, self.shape.delimiter)
            line += head.count(b"\n", at, end + 1)
            at = min(end + 1, len(head))
            if any(cells):
                count += 1
                yield RawRow(cells, line)

    def header(self, header_row: int) -> list[str]:
        """Return the column names; with `header_row` -1 the file has none and columns are numbered."""
        following = [len(row.cells) for row in self.raw[header_row + 1 :]]
        if header_row < 0:
            return column_names([""] * max(set(following), key=following.count))
        names = self.raw[header_row].cells
        trailing = [row.cells for row in self.raw[header_row + 1 :]]
        if trailing and all(len(cells) == len(names) + 1 and not cells[-1] for cells in trailing):
            names = [*names, ""]  # every row ends in a delimiter, the header does not
        return column_names(names)

    def rows(self, header_row: int = 0) -> Iterator[Rows]:
        """Yield the rows after the header, as text; empty cells are null."""
        names = self.header(header_row)
        line = self.raw[header_row].line_after if header_row >= 0 else 1 + bool(self.first)
        parser = Parser(names, self.shape.delimiter, self._note)
        with self.blob.opener() as reader:
            source = CleanedReader(Utf8Reader(reader, self.encoding), mac_ends=self.mac_ends)
            for stretch, columns in ahead(parser.stretches(source, line, _skip_lines(source, line - 1))):
                yield from _bounded(stretch, columns, source.done)
            if source.nulls:
                self._note(
                    "1 NUL character was removed"
                    if source.nulls == 1
                    else f"{source.nulls:,} NUL characters were removed"
                )
            if isinstance(reader, GzipReader) and reader.broken:
                yield Rows(parser.nothing, pa.array([], pa.int64()), set_aside=[SetAside(0, reader.broken)])


class CleanedReader:
    """Leaves NULs out and turns the line ends of old Macs into newlines."""

    def __init__(self, source: Utf8Reader, *, mac_ends: bool = False) -> None:
        self.source, self.mac_ends = source, mac_ends
        self.nulls = 0
        self.after_return = False

    @property
    def done(self) -> int:
        """Bytes of the user's file that were read."""
        return self.source.done

    def read(self, size: int) -> bytes:
        """Return some bytes, b"" at the end."""
        while data := self.source.read(size):
            if b"\0" in data:
                self.nulls += data.count(b"\0")
                data = data.replace(b"\0", b"")
            if self.mac_ends and data:
                data = self._newlines(data)
            if data:
                return data
        return b""

    def _newlines(self, data: bytes) -> bytes:
        """A return at the end of one piece and a newline at the start of the next are one line end."""
        again = self.after_return and data.startswith(b"\n")
        self.after_return = data.endswith(b"\r")
        return data[again:].replace(b"\r\n", b"\n").replace(b"\r", b"\n")


class Parser:
    """Turns a stream of clean bytes into stretches of columns."""

    def __init__(self, names: list[str], delimiter: bytes, note: Callable[[str], None]) -> None:
        self.delimiter, self.width, self.note = delimiter, len(names), note
        self.names = names
        self.types = dict.fromkeys(names, pa.string())
        self.nothing = pa.table({name: pa.array([], pa.string()) for name in names})

    def stretches(self, source: CleanedReader, line: int, carry: bytes) -> Iterator[tuple[Stretch, pa.Table]]:
        """Yield every stretch with its columns, from physical line `line` on; `carry` was read already."""
        final = False
        while not final:
            piece = read_up_to(source, BLOCK)
            final = len(piece) < BLOCK
            block = carry + piece
            if not final and len(block) > LINE_LIMIT and b"\n" not in block:
                aside, carry, final = self._pass_over(block, source, line)
                yield aside, self.nothing
                line = aside.next_line
                if not (final and carry):
                    continue
                block = carry
            if not block:
                return
            for stretch, columns in self.parse(block, final, line):
                yield stretch, columns
                carry, line = block[stretch.used :], stretch.next_line

    def _pass_over(self, block: bytes, source: CleanedReader, line: int) -> tuple[Stretch, bytes, bool]:
        """Read on to the next line end without keeping anything: (the account of it, what follows, whether the file is over)."""
        aside = SetAside(line, f"a line longer than {LINE_LIMIT // MIB} MiB", readable(block))
        rest, over = b"", False
        while not over:
            piece = read_up_to(source, BLOCK)
            over = len(piece) < BLOCK
            end = piece.find(b"\n")
            if end >= 0:
                rest = piece[end + 1 :]
                break
        return Stretch(b"", np.empty(0, np.int64), 0, line + 1, set_aside=[aside]), rest, over

    def parse(self, block: bytes, final: bool, line: int) -> Iterator[tuple[Stretch, pa.Table]]:
        """Parse the whole records of a block: at once when it is clean, with care when it is not."""
        clean = clean_stretch(block, final=final, delimiter=self.delimiter, line=line)
        columns = self._columns(clean) if clean is not None else None
        if clean is not None and columns is not None:
            yield clean, columns
            return
        for stretch in careful_stretches(block, final=final, delimiter=self.delimiter, width=self.width, line=line):
            columns = self._columns(stretch)
            if columns is None:
                raise UnreadableFileError(f"The rows from line {line} on cannot be split into cells.")
            yield stretch, columns

    def _columns(self, stretch: Stretch) -> pa.Table | None:
        """Let Arrow parse a stretch; None when it does not find exactly the rows that were counted."""
        if not len(stretch.lines):
            return self.nothing
        try:
            columns = self._arrow(stretch.clean, stretch)
        except pa.ArrowInvalid:
            try:
                columns = self._arrow(_utf8(bytes(stretch.clean), self.note), stretch)
            except pa.ArrowInvalid:
                return None
        return columns if columns.num_rows == len(stretch.lines) else None

    def _arrow(self, clean: bytes | memoryview, stretch: Stretch) -> pa.Table:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(clean)),
            pacsv.ReadOptions(column_names=self.names, block_size=len(clean) + 16),
            pacsv.ParseOptions(delimiter=self.delimiter.decode(), newlines_in_values=stretch.newlines_inside),
            pacsv.ConvertOptions(column_types=self.types, null_values=[""], strings_can_be_null=True),
        )


def _bounded(stretch: Stretch, columns: pa.Table, done: int) -> Iterator[Rows]:
    """Leave out rows whose cells are all empty, and hand the rest over in portions."""
    lines = pa.array(stretch.lines)
    blank = _all_null(columns)
    empty = stretch.empty
    if blank is not None:
        empty += pc.sum(blank).as_py()
        kept = pc.invert(blank)
        columns, lines = columns.filter(kept), lines.filter(kept)
    for start in range(0, max(len(lines), 1), ROWS_AT_ONCE):
        first = start == 0
        yield Rows(
            columns.slice(start, ROWS_AT_ONCE),
            lines.slice(start, ROWS_AT_ONCE),
            empty if first else 0,
            stretch.set_aside if first else [],
            done,
        )


def _all_null(columns: pa.Table) -> pa.ChunkedArray | None:
    """Mark rows that are null in every column; None when there are none."""
    if not columns.num_rows or any(column.null_count == 0 for column in columns.itercolumns()):
        return None
    marks: pa.ChunkedArray | None = None
    for column in columns.itercolumns():
        nulls = pc.is_null(column)
        marks = nulls if marks is None else pc.and_(marks, nulls)
        if not pc.any(marks).as_py():
            return None
    return marks


def _utf8(data: bytes, note: Callable[[str], None]) -> bytes:
    try:
        data.decode()
    except UnicodeDecodeError:
        note(NOT_UTF8)
        return data.decode("utf-8", MIXED).encode()
    return data


def _skip_lines(source: CleanedReader, count: int) -> bytes:
    """Pass over `count` lines (the header and what stands above it) and return what was read beyond them."""
    rest = b""
    while rest.count(b"\n") < count and (piece := source.read(HEAD)):
        rest += piece
    return rest.split(b"\n", count)[-1]


def _past_blank_lines(head: bytes, at: int, line: int) -> tuple[int, int]:
    """Move to the next line that holds anything: (where it is, its number)."""
    start = BLANK.match(head, at)
    end = at if start is None else start.end()
    return end, line + head.count(b"\n", at, end)


def _raw_record(head: bytes, at: int, line_end: int, delimiter: bytes) -> tuple[list[str], int]:
    """Return the cells of one row of the preview and where it ends. A quote that leads astray counts as text."""
    found = scan(head, at, delimiter, patience=1000)
    if not found.closed or (found.end > line_end and not found.strict):
        return [
            cell.strip() for cell in head[at:line_end].decode("utf-8", "replace").split(delimiter.decode())
        ], line_end
    return [cell.decode("utf-8", "replace").strip() for cell in found.cells], found.end


def sniff_shape(head: bytes, *, tabs_likely: bool = False) -> Shape:
    """Tell the delimiter: the one that cuts the first hundred rows most evenly, then the one that cuts most."""
    shapes = [_shape(head[: 1 << 18], delimiter) for delimiter in DELIMITERS]
    tabs = shapes[1]
    if tabs_likely and tabs.width > 1:
        return tabs
    # Text in a single column has commas here and there: a delimiter that never occurs then describes the file better.
    return max(
        shapes, key=lambda shape: (shape.width > 1 and shape.agree >= 0.5, shape.width == 1, shape.agree, shape.width)
    )


def _shape(head: bytes, delimiter: bytes) -> Shape:
    widths: list[int] = []
    at = 0
    while at < len(head) and len(widths) < 100:
        at, _ = _past_blank_lines(head, at, 1)
        line_end = head.find(b"\n", at)
        cells, end = _raw_record(head, at, len(head) if line_end < 0 else line_end, delimiter)
        if any(cells):
            widths.append(len(cells))
        at = end + 1
    if len(widths) > 2 and at >= len(head):
        widths.pop()  # the sample may have cut the last row
    wide = [width for width in widths if width > 1]
    width = max(set(wide), key=lambda each: (wide.count(each), each)) if wide else 1
    return Shape(delimiter, widths.count(width) / max(len(widths), 1), width)


def column_names(cells: Sequence[str]) -> list[str]:
    """Strip headers, name blank ones by position and number doubled ones: `likes`, `likes_2`."""
    names: dict[str, None] = {}
    taken = {cell.strip() for cell in cells}
    for position, cell in enumerate(cells, 1):
        base = name = cell.strip().strip("\ufeff").strip() or f"column_{position}"
        number = 2
        while name in names or (number > 2 and name in taken):
            name, number = f"{base}_{number}", number + 1
        names[name] = None
    return list(names)
