"""Where one record of a CSV file ends and the next begins, exactly, also when the file is broken.

Two ways through the same bytes. `clean_stretch` looks at a block of megabytes at once: quotes and line ends are found by
numpy, and when every quote stands where RFC 4180 allows one, the block can go to a fast parser as it is. `careful_stretches`
takes the rare other block record by record: it sets aside what cannot be a row, quotes anew what can, and returns bytes that
the same fast parser accepts. Both say on which physical line each row begins.

A quote that never closes would swallow the rest of the file. A field is given up after 1 MiB, or where it could only be closed
by a quote that is out of place and the lines it would swallow are records themselves; then its first line is set aside, and
reading goes on with the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from groundswell.sources import SetAside
from groundswell.sources.files.encodings import MIXED

MIB = 1 << 20
FIELD_LIMIT = 1 * MIB
"""A quoted field that runs over several lines is given up after this much (house rule)."""
PATIENCE = 100_000
"""Quotes looked at in vain per block, so that a file made of quotes costs time in proportion to its size."""
SHORT_PATIENCE = 8
ASIDE_AT_ONCE = 20_000
"""Rows set aside in one stretch, so that a file in which nothing fits stays small in memory."""
NEARBY = 1 << 16
QUOTE, NEWLINE, RETURN = 34, 10, 13
QUOTED = re.compile(rb'"(?:[^"]++|"")*+"')
"""A cell's text between quotes, those within it doubled."""


@dataclass
class Stretch:
    """Whole records of a block, ready for the parser."""

    clean: bytes | memoryview
    lines: npt.NDArray[np.int64]
    """Physical line on which each record begins, blank ones left out."""
    used: int
    """Bytes of the block it covers; the rest belongs to the next block."""
    next_line: int
    empty: int = 0
    newlines_inside: bool = False
    set_aside: list[SetAside] = field(default_factory=lambda: [])


def clean_stretch(block: bytes, *, final: bool, delimiter: bytes, line: int) -> Stretch | None:
    """Return the whole records of `block`, or None when a quote is out of place and `careful_stretches` must look."""
    data = np.frombuffer(block, np.uint8)
    newlines = np.flatnonzero(data == NEWLINE)
    quotes = np.flatnonzero(data == QUOTE) if b'"' in block else newlines[:0]
    outside = newlines
    if len(quotes):
        outside = newlines[(np.searchsorted(quotes, newlines) & 1) == 0]
    cut = len(block) if final else (int(outside[-1]) + 1 if len(outside) else 0)
    if len(quotes):
        within = quotes[: np.searchsorted(quotes, cut)]
        if len(within) % 2 or not _well_placed(data[:cut], within, delimiter):
            return None
        if len(block) - cut > FIELD_LIMIT and block.find(b"\n", cut) >= 0:
            return None  # a field that has been open for too long
    ends = outside if not final or block.endswith(b"\n") or not block else np.append(outside, len(block))
    return _measure(block, data, newlines, ends, cut, line)


def _measure(
    block: bytes,
    data: npt.NDArray[np.uint8],
    newlines: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    cut: int,
    line: int,
) -> Stretch:
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    lengths = ends - starts
    used_newlines = int(np.searchsorted(newlines, cut))
    inside = used_newlines > len(ends)
    numbers = line + (np.searchsorted(newlines, starts) if inside else np.arange(len(starts), dtype=np.int64))
    blank = lengths == 0
    single = np.flatnonzero(lengths == 1)
    blank[single] = data[starts[single]] == RETURN
    empty = int(blank.sum())
    return Stretch(
        clean=memoryview(block)[:cut],
        lines=(numbers[~blank] if empty else numbers).astype(np.int64, copy=False),
        used=cut,
        next_line=line + used_newlines,
        empty=empty,
        newlines_inside=inside,
    )


def _well_placed(data: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64], delimiter: bytes) -> bool:
    """Whether quotes open at the start of a field, close at its end, and are otherwise doubled (RFC 4180, section 2)."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = data[opening - 1]  # for the first byte this wraps round to the last one; looked at apart
    opens = (before == delimiter[0]) | (before == NEWLINE) | (before == QUOTE) | (opening == 0)
    if not opens.all():
        return False
    last = len(data) - 1
    after = data[np.minimum(closing + 1, last)]
    closes = (after == delimiter[0]) | (after == NEWLINE) | (after == QUOTE) | (closing == last)
    if not closes.all():
        odd = closing[~closes]
        follows = data[np.minimum(odd + 2, last)] == NEWLINE
        return bool(((data[odd + 1] == RETURN) & (follows | (odd + 1 == last))).all())
    return True


@dataclass(frozen=True)
class Scan:
    """One attempt to read a record."""

    cells: list[bytes]
    end: int
    """Position of the line end after it."""
    closed: bool
    strict: bool
    """Every quote stood where it may."""
    steps: int


def scan(block: bytes, start: int, delimiter: bytes, *, escape: bool = False, patience: int = PATIENCE) -> Scan:
    """Read the record that begins at `start`. Quotes out of place are taken as part of the text.

    With `escape`, a quote after a backslash is part of the text too, as some exports write it.
    """
    cells: list[bytes] = []
    at, strict, steps = start, True, 0
    line_end = _line_end(block, start)
    stop = max(line_end, start + FIELD_LIMIT)
    while True:
        if block[at : at + 1] == b'"':
            end, tidy, looked = _closing(block, at, stop, delimiter, escape, patience - steps)
            steps += looked
            strict &= tidy
            if end < 0:
                return Scan(cells, len(block), closed=False, strict=False, steps=steps)
            cell = block[at + 1 : end].replace(b'""', b'"')
            cells.append(cell.replace(b'\\"', b'"') if escape else cell)
            at = end + 1
            if block[at : at + 2] in (b"\r\n", b"\r"):
                at += 1
            if at >= len(block) or block[at] == NEWLINE:
                return Scan(cells, at, closed=True, strict=strict, steps=steps)
        else:
            line_end = line_end if line_end >= at else _line_end(block, at)
            end = block.find(delimiter, at, line_end)
            cell = block[at : end if end >= 0 else line_end]
            if b'"' in cell:
                strict = False
            if end < 0:
                cells.append(cell.removesuffix(b"\r"))
                return Scan(cells, line_end, closed=True, strict=strict, steps=steps)
            cells.append(cell)
            at = end
        at += 1


def _line_end(block: bytes, at: int) -> int:
    end = block.find(b"\n", at)
    return len(block) if end < 0 else end


def _closing(
    block: bytes, opened: int, stop: int, delimiter: bytes, escape: bool, patience: int
) -> tuple[int, bool, int]:
    """Find the quote that closes the field opened at `opened`: (its position or -1, none out of place, quotes looked at)."""
    at, tidy, steps = opened + 1, True, 0
    while True:
        quote = block.find(b'"', at, stop)
        steps += 1
        if quote < 0 or steps > patience:
            return -1, tidy, steps
        after = block[quote + 1 : quote + 2]
        if escape and block[quote - 1] == 92 and quote - 1 > opened:
            at = quote + 1
        elif after == b'"':
            at = quote + 2
        elif after in (delimiter, b"\n", b"") or block[quote + 1 : quote + 3] in (b"\r\n", b"\r"):
            return quote, tidy, steps
        else:
            tidy, at = False, quote + 1


def as_text(line: bytes, delimiter: bytes) -> list[bytes]:
    """The cells of a line in which a quote that closes before its cell ends is text: `"Hello" she said`; none where one does not close.

    Tables with tabs are often written without any quoting: there a quote that does not close is text, too.
    """
    cells: list[bytes] = []
    at = 0
    while at <= len(line):
        found = QUOTED.match(line, at)
        if found is None and line[at : at + 1] == b'"' and delimiter != b"\t":
            return []
        closed = found.end() if found else at
        end = line.find(delimiter, closed)
        end = len(line) if end < 0 else end
        cell = line[at:end]
        cells.append(cell[1:-1].replace(b'""', b'"') if found and closed == end else cell)
        at = end + 1
    return cells


class Careful:
    """Reads a troubled block record by record."""

    def __init__(self, block: bytes, *, final: bool, delimiter: bytes, width: int, line: int) -> None:
        self.block, self.final, self.delimiter, self.width = block, final, delimiter, width
        self.line = line
        self.patience = PATIENCE
        self.rows: list[bytes] = []
        self.lines: list[int] = []
        self.empty = 0
        self.set_aside: list[SetAside] = []

    def stretches(self) -> Iterator[Stretch]:
        """Yield what can be made of the block, at least one stretch; the last one says how far it was used."""
        block, at = self.block, 0
        while at < len(block):
            end = block.find(b"\n", at)
            if end < 0:
                if not self.final:
                    break
                end = len(block)
            if block.find(b'"', at, end) < 0:
                self._plain(block[at:end].removesuffix(b"\r"))
            else:
                found = self._quoted(at, end)
                if found is None:
                    break
                end = found
            self.line += block.count(b"\n", at, end + 1)
            at = min(end + 1, len(block))
            if len(self.set_aside) >= ASIDE_AT_ONCE:
                yield self._hand_over(at)
        yield self._hand_over(at)

    def _hand_over(self, used: int) -> Stretch:
        clean, lines = b"".join(self.rows), np.array(self.lines, np.int64)
        made = Stretch(clean, lines, used, self.line, self.empty, newlines_inside=True, set_aside=self.set_aside)
        self.rows, self.lines, self.empty, self.set_aside = [], [], 0, []
        return made

    def _plain(self, text: bytes) -> None:
        """A line without quotes is a record."""
        if not text.strip(b" \t" + self.delimiter):
            self.empty += 1
        elif text.count(self.delimiter) + 1 != self.width:
            self._aside(text, text.count(self.delimiter) + 1)
        elif b"\r" in text:
            self._keep(quoted(text.split(self.delimiter), self.delimiter))
        else:
            self._keep(text + b"\n")

    def _quoted(self, at: int, line_end: int) -> int | None:
        """Handle a record that holds quotes; return where it ends, or None when the block ends before it does."""
        found = self._scan(at, escape=False)
        if not (found.strict and len(found.cells) == self.width) and self.block.find(b'\\"', at, line_end) >= 0:
            escaped = self._scan(at, escape=True)
            if escaped.closed and len(escaped.cells) == self.width:
                found = escaped
        if not self.final and found.end >= len(self.block) and len(self.block) - at < FIELD_LIMIT:
            return None
        fits = found.closed and len(found.cells) == self.width
        doubtful = found.end > line_end and not (found.strict and fits)
        astray = not found.closed or (doubtful and self._holds_records(line_end + 1, found.end))
        if astray or not fits:
            cells = as_text(self.block[at:line_end].removesuffix(b"\r"), self.delimiter)
            if len(cells) == self.width:
                self._keep(quoted(cells, self.delimiter))
                return line_end
        if astray:
            return self._unclosed(at, line_end)
        if fits:
            self._keep(quoted(found.cells, self.delimiter))
        else:
            self._aside(self.block[at : found.end], len(found.cells))
        return found.end

    def _scan(self, at: int, *, escape: bool) -> Scan:
        found = scan(self.block, at, self.delimiter, escape=escape, patience=max(self.patience, SHORT_PATIENCE))
        if not found.strict:
            self.patience -= found.steps
        return found

    def _holds_records(self, start: int, end: int) -> bool:
        """Whether one of the lines that the field would swallow is a record of its own."""
        if self.width < 2:
            return True
        lines = self.block[start : min(end, start + NEARBY)].split(b"\n", 64)[:64]
        for text in (self.block[start : start + NEARBY], *lines):  # the first may run over several lines
            line = scan(text, 0, self.delimiter, patience=SHORT_PATIENCE)
            if line.closed and line.strict and len(line.cells) == self.width:
                return True
        return False

    def _unclosed(self, at: int, line_end: int) -> int:
        self._note(self.block[at:line_end], "a quote that opens here never closes")
        return line_end

    def _keep(self, row: bytes) -> None:
        self.rows.append(row)
        self.lines.append(self.line)

    def _aside(self, text: bytes, cells: int) -> None:
        self._note(text, f"{cells} cell{'s' if cells != 1 else ''} where the header has {self.width}")

    def _note(self, text: bytes, reason: str) -> None:
        self.set_aside.append(SetAside(self.line, reason, readable(text)))


def careful_stretches(block: bytes, *, final: bool, delimiter: bytes, width: int, line: int) -> Iterator[Stretch]:
    """Yield what can be made of a block that is not clean CSV, with everything else set aside."""
    return Careful(block, final=final, delimiter=delimiter, width=width, line=line).stretches()


def quoted(cells: list[bytes], delimiter: bytes) -> bytes:
    """Write cells as one clean record."""
    return delimiter.join(b'"' + cell.replace(b'"', b'""') + b'"' for cell in cells) + b"\n"


def readable(text: bytes) -> str:
    """Return the first 500 characters of a row that was set aside."""
    return text[:2000].decode("utf-8", MIXED)[:500]
