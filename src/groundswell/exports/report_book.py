"""A report as a workbook: what it comes to first, then all rows, then every table and list of the report on a sheet of its own.

Somebody's own sheet, which is given back, comes before what is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from groundswell.exports.report import POSTS_SHOWN, Cell, Entries, Entry, Lines, Report, Table
from groundswell.exports.spreadsheet import Book, Column, add_table, sheet_name

_ENTRY = (
    Column("Who or what", "text", 30), Column("More", "wrap", 34), Column("Says", "wrap", 70), Column("To ask or do", "wrap", 50),
    Column("Posts", "wrap", 60), Column("Link", "link", 30),
)  # fmt: skip


def write_report_book(report: Report, file: BinaryIO) -> None:
    """Write a report as a workbook into an open binary file."""
    with Book(file, title=report.title, simulated=report.simulated) as book:
        names = _Names()
        about = [Column("About", "label", 28), Column("Says", "wrap", 110)]
        if report.gives_back and report.table is not None:
            add_table(book, names.free(report.title), report.table)
        book.sheet(names.free("In short"), about, _sentences(report))
        if not report.gives_back and report.table is not None:
            add_table(book, names.free(report.title), report.table)
        for name, columns, rows in _sheets(report):
            book.sheet(names.free(name), columns, rows, fixed=1)


class _Names:
    """Names of sheets: Excel wants them short, and each once whatever its case."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, title: str) -> str:
        """A name for a sheet that no other one has."""
        base = name = sheet_name(title)
        number = 2
        while name.lower() in self._taken:
            name, number = f"{base[:28]} {number}", number + 1
        self._taken.add(name.lower())
        return name


def _sentences(report: Report) -> Iterable[Sequence[Cell]]:
    yield "Report", report.title
    if report.dek:
        yield "Report", report.dek
    for part in report.sections:
        for block in part.blocks:
            if isinstance(block, Lines):
                yield from ((part.title, line) for line in block.lines if line)
    yield "Facts", report.facts_version


def _sheets(report: Report) -> Iterable[tuple[str, Sequence[Column], Iterable[Sequence[Any]]]]:
    for part in report.sections:
        for block in part.blocks:
            if isinstance(block, Table):
                yield block.name, [Column(one.title, one.kind, one.width) for one in block.columns], block.rows
            elif isinstance(block, Entries):
                yield block.name, _ENTRY, map(_entry, block.entries)


def _entry(one: Entry) -> Sequence[Cell]:
    posts = [
        f"{post.created_at:%Y-%m-%d}: {post.text}" if post.created_at else post.text for post in one.posts[:POSTS_SHOWN]
    ]
    under = " · ".join(part for part in (one.mark, one.under) if part)
    notes = [f"{what} {ask}".strip() for what, ask in one.notes]
    return one.heading, under, "\n".join(one.lines), "\n".join(notes), "\n".join(posts), one.link
