"""A `Report` as plain words with marks (Markdown): for a note, a mail, a ticket, or a program that reads text.

Whatever a stranger wrote is text here, too: no mark of theirs becomes a heading, a link or a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from groundswell.exports.report import (
    SHOWN,
    SIMULATED,
    Block,
    Entries,
    Entry,
    Lines,
    Picture,
    Report,
    Table,
    in_words,
    under,
)
from groundswell.exports.wording import printable, safe_link

MARKS = re.compile(r"([\\`*_\[\]|~]|^[-+=#]|(?<=^\d)[.)]|(?<=^\d\d)[.)])")
"""What Markdown would read as a mark; what HTML would is written as an entity."""


def report_words(report: Report) -> str:
    """The report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {as_text(report.title)}"
    yield from ["", f"**{SIMULATED}**"] if report.simulated else []
    yield from ["", as_text(report.dek)] if report.dek else []
    for section in report.sections:
        yield f"\n## {as_text(section.title)}"
        for block in section.blocks:
            yield ""
            yield from _block(block)
    yield f"\nFacts {as_text(report.facts_version)}."


def _block(block: Block) -> Iterable[str]:
    match block:
        case Lines():
            return [f"- {as_text(line)}" for line in block.lines if line]
        case Table():
            return _table(block)
        case Picture():
            return [as_text(block.caption)] if block.caption else []
        case Entries():
            return [line for entry in block.entries[:SHOWN] for line in _entry(entry)]


def _table(table: Table) -> Iterator[str]:
    yield _row(column.title for column in table.columns)
    yield _row("---:" if column.is_number else "---" for column in table.columns)
    for row in table.rows[:SHOWN]:
        yield _row(as_text(in_words(cell, column.kind)) for cell, column in zip(row, table.columns, strict=True))
    if said := under(table):
        yield f"\n{as_text(said)}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _entry(entry: Entry) -> Iterator[str]:
    mark = f" ({as_text(entry.mark)})" if entry.mark else ""
    yield f"- **{as_text(entry.heading)}**{mark}"
    for line in (*entry.lines, entry.under, *(f"{what} {ask}" for what, ask in entry.notes)):
        if line:
            yield f"  - {as_text(line)}"
    for post in entry.posts:
        when = f"{post.created_at:%Y-%m-%d} " if post.created_at else ""
        link = safe_link(post.url)
        yield f"  - post: {when}“{as_text(post.text)}”" + (
            f" <{link}>" if link and not set(link) & set("<> \n") else ""
        )


def as_text(words: str) -> str:
    """Words on one line, with everything that would be a mark taken as it stands."""
    return MARKS.sub(r"\\\1", escape(" ".join(printable(words).split()), quote=False))


__all__ = ["as_text", "report_words"]
