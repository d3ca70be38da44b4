"""A report of one of the three journeys in, a file out: to send (.html), to print (.pdf), to work with (.xlsx), or its table alone.

    export_report(audit_report(audit_roster(workspace)), Path("audit.pdf"))     .pdf .html .xlsx .csv .parquet .json

    reports/          what an audit, a review, a census ... says, as a `Report`: sections of sentences, tables, pictures and people
    report_page       a `Report` as one self-contained page
    report_paper      a `Report` as a PDF
    report_book       a `Report` as a workbook

The report is made once and written in three forms, so that none of them says more or less than another. Where a list is too long
for paper, the report says how many more there are and the workbook holds them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from groundswell.errors import UnknownNameError
from groundswell.exports.whole import whole_file
from groundswell.exports.wording import finite, number_in_words, printable, value_in_words
from groundswell.signals import REASONS, Value
from groundswell.signals.posts import Evidence

REPORT_FORMS = (".csv", ".html", ".json", ".parquet", ".pdf", ".xlsx")
BOUND_FORMS = (".html", ".pdf", ".xlsx")
"""Forms of a report that has no one table of its own."""
SHOWN = 200
"""People and rows that a page or a PDF shows of each list (design choice: about forty sheets of paper); the workbook holds all."""
POSTS_SHOWN = 3
"""Posts shown as evidence for one thing, as on the page of a shortlist."""
SIMULATED = "SIMULATED: made-up people are in these data. Nothing said of them describes a real person."

Cell = str | int | float | bool | datetime | date | Value | None


@dataclass(frozen=True)
class Column:
    """A column of a table: what stands over it, how its cells read (kinds as in `spreadsheet`), its width in characters."""

    title: str
    kind: str = "text"
    width: float = 14

    @property
    def is_number(self) -> bool:
        """Whether its cells stand on the right."""
        return self.kind in ("whole", "points") or self.kind.startswith("unit:")


@dataclass(frozen=True)
class Lines:
    """Sentences; `soft` ones stand back, as remarks do."""

    lines: tuple[str, ...]
    soft: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under a heading of their own. `name` is that of its sheet in a workbook."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A drawing of ours (SVG); it says in words what it shows."""

    svg: str
    caption: str = ""


@dataclass(frozen=True)
class Entry:
    """One person, or one thing to do: a heading, sentences, what to ask about, the posts behind it."""

    heading: str
    under: str = ""
    link: str | None = None
    lines: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    """(what, and what to do about it)."""
    posts: tuple[Evidence, ...] = ()
    pictures: tuple[Picture, ...] = ()
    mark: str = ""
    """What stands out on the right, such as a score."""


@dataclass(frozen=True)
class Entries:
    """People or things, one below the other. `name` is that of its sheet in a workbook."""

    name: str
    entries: tuple[Entry, ...]


Block = Lines | Table | Picture | Entries


@dataclass(frozen=True)
class Section:
    """A part of a report under its heading; left out where it would be empty."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """What a journey found, before it takes a form."""

    title: str
    dek: str
    sections: tuple[Section, ...]
    simulated: bool
    facts_version: str
    table: pa.Table | None = None
    """All rows of what the report is about; None where there is no one such table."""
    gives_back: bool = False
    """The rows are somebody's own, with columns beside them."""


def export_report(report: Report, path: Path) -> Path:
    """Write a report in the form its ending asks for, and return the path.

    Raises UnknownNameError for an ending that nobody writes, DiskFullError and WorkspaceError when the system refuses.
    """
    ending = path.suffix.lower()
    known = REPORT_FORMS if report.table is not None else BOUND_FORMS
    if ending not in known:
        raise UnknownNameError("form of report", ending or path.name, known)
    if report.table is not None and ending in (".csv", ".json", ".parquet"):
        from groundswell.exports import export_table

        return export_table(report.table, path, title=report.title, simulated=report.simulated)
    with whole_file(path) as file:
        if ending == ".pdf":
            from groundswell.exports.report_paper import report_pdf

            file.write(report_pdf(report))
        elif ending == ".html":
            from groundswell.exports.report_page import report_page

            file.write(report_page(report).encode("utf-8", "replace"))
        else:
            from groundswell.exports.report_book import write_report_book

            write_report_book(report, file)
    return path


def section(title: str, *blocks: Block | None) -> Section:
    """A section of those blocks that hold something."""
    return Section(title, tuple(block for block in blocks if block is not None and _holds(block)))


def sections(*some: Section) -> tuple[Section, ...]:
    """Those sections that hold something."""
    return tuple(one for one in some if one.blocks)


def _holds(block: Block) -> bool:
    match block:
        case Lines():
            return any(block.lines)
        case Table():
            return bool(block.rows)
        case Entries():
            return bool(block.entries)
        case Picture():
            return bool(block.svg)


def more_of(some: Sequence[Any]) -> str:
    """Say how many of a list a page leaves out; nothing when it shows them all."""
    return f"The first {SHOWN:,} of {len(some):,}; the workbook (.xlsx) holds them all." if len(some) > SHOWN else ""


def without_empty(table: Table) -> Table:
    """The table without columns in which nobody has anything, for pages: a workbook keeps them."""
    kept = [at for at in range(len(table.columns)) if any(row[at] not in (None, "") for row in table.rows)]
    columns, rows = (
        tuple(table.columns[at] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in table.rows),
    )
    return replace(table, columns=columns, rows=rows)


def under(table: Table) -> str:
    """What stands under a table: how many rows are left out, and why values in it are unknown."""
    reasons = Counter(
        REASONS.get(cell.reason or "", "no reason given")
        for row in table.rows[:SHOWN]
        for cell in row
        if isinstance(cell, Value) and not cell.known and not cell.label
    )
    said = ", ".join(f"{reason} ({number:,})" for reason, number in reasons.most_common())
    return " ".join(part for part in (more_of(table.rows), f"Unknown because: {said}." if said else "") if part)


def in_words(cell: Cell, kind: str) -> str:
    """Write a cell as it reads on a page; unknown says so where a value says why."""
    match cell:
        case None:
            return ""
        case Value():
            return value_in_words(cell, kind.removeprefix("unit:")) if cell.known or cell.label else "unknown"
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case int() | float():
            return _number(cell, kind)
        case str():
            return printable(cell)


def _number(number: float, kind: str) -> str:
    known = finite(number)
    if known is None:
        return "unknown"
    if kind.startswith("unit:"):
        return number_in_words(known, kind.removeprefix("unit:"))
    return f"{known:,.1f}" if kind == "points" else f"{known:,.0f}" if known == int(known) else f"{known:,.2f}"
