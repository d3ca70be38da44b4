"""A report as a PDF: pages with numbers, table headings that repeat, pictures, and SIMULATED on each page where it applies.

The typesetter (Typst) reads the report as JSON: strings are set as text and never read as markup, nothing is fetched, and a picture
is a drawing of ours. Text of strangers loses what could turn or hide what stands beside it: control characters, and the marks that
reverse the direction of writing (Unicode TR 36, 3.3). Words too long for a line get places where they may break.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from html import unescape
from importlib.resources import files
from itertools import pairwise
from typing import Any

from groundswell.exports import pictures
from groundswell.exports.report import (
    POSTS_SHOWN,
    SHOWN,
    SIMULATED,
    Block,
    Column,
    Entries,
    Entry,
    Lines,
    Picture,
    Report,
    Table,
    in_words,
    more_of,
    under,
    without_empty,
)
from groundswell.exports.wording import printable, safe_link
from groundswell.signals.posts import Evidence

MOST_IN_A_CELL, MOST_IN_A_LINE, MOST_OF_A_POST = 500, 1_500, 240
"""Letters of a text that paper shows (design choices: a cell of 500 is a dozen lines high); the workbook holds the rest."""
LETTERS_ACROSS = 120
"""Letters of a table's size that fit across the page, measured on the page."""
DAY = 15
"""Letters that a date takes, with the room beside it."""
LONG_WORD, PIECE = 24, 8
"""Words from this length on may break, after so many letters (design choices)."""

_TURNS = dict.fromkeys([0x061C, *range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_WORD = re.compile(rf"\S{{{PIECE},}}")
_SIZE = re.compile(r'<svg class="[^"]*" viewBox="0 0 ([\d.]+) ([\d.]+)"')
_SAYS = re.compile(r'aria-label="([^"]*)"')
_VARIABLE = re.compile(r"var\(--[a-z]+,((?:[^()]|\([^()]*\))*)\)")


def report_pdf(report: Report, made_at: datetime | None = None) -> bytes:
    """Return the report as a PDF."""
    import typst

    template = (files("groundswell.exports") / "templates" / "report.typ").read_bytes()
    when = made_at or datetime.now(UTC)
    shown = json.dumps(_shown(report, when), ensure_ascii=False)
    made: object = typst.compile(template, format="pdf", sys_inputs={"report": shown}, timestamp=int(when.timestamp()))
    assert isinstance(made, bytes)
    return made


def _shown(report: Report, made_at: datetime) -> dict[str, Any]:
    return {
        "title": on_paper(report.title, 200),
        "dek": on_paper(report.dek),
        "simulated": SIMULATED if report.simulated else "",
        "made": made_at.date().isoformat(),
        "facts": report.facts_version,
        "sections": [
            {"title": on_paper(part.title), "blocks": [_block(block) for block in part.blocks]}
            for part in report.sections
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Lines():
            return {"kind": "lines", "soft": block.soft, "lines": [on_paper(line) for line in block.lines if line]}
        case Table():
            return _table(block)
        case Picture():
            return {"kind": "picture", **_picture(block)}
        case Entries():
            shown = [_entry(one) for one in block.entries[:SHOWN]]
            return {"kind": "entries", "more": more_of(block.entries), "entries": shown}


def _table(table: Table) -> dict[str, Any]:
    """A table's columns, each as wide as its heading needs, with cells that break where the column ends."""
    shown = without_empty(table)
    widths = [_width(one) for one in shown.columns]
    total = sum(widths)
    fits = [max(PIECE + 2, int(LETTERS_ACROSS * width / max(total, LETTERS_ACROSS))) for width in widths]
    return {
        "kind": "table",
        "caption": on_paper(shown.caption),
        "more": on_paper(under(shown)),
        "across": min(1.0, total / LETTERS_ACROSS),
        "columns": [
            {"title": on_paper(one.title), "number": one.is_number, "width": width}
            for one, width in zip(shown.columns, widths, strict=True)
        ],
        "rows": [
            [
                on_paper(in_words(cell, one.kind), MOST_IN_A_CELL, long=fit)
                for cell, one, fit in zip(row, shown.columns, fits, strict=True)
            ]
            for row in shown.rows[:SHOWN]
        ],
    }


def _width(one: Column) -> float:
    """A column's width in letters: what was wished, and at least its heading's longest word, or a date in one line."""
    least = DAY if one.kind == "day" else 2 + 1.25 * max(map(len, one.title.split()), default=0)
    return max(one.width, least)


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "heading": on_paper(one.heading, 200),
        "under": on_paper(one.under, 400),
        "link": safe_link(one.link) or "",
        "mark": on_paper(one.mark, 40),
        "lines": [on_paper(line) for line in one.lines if line],
        "notes": [[on_paper(what), on_paper(ask)] for what, ask in one.notes],
        "posts": [_post(post) for post in one.posts[:POSTS_SHOWN]],
        "pictures": [_picture(picture) for picture in one.pictures],
    }


def _post(post: Evidence) -> dict[str, str]:
    when = post.created_at.date().isoformat() if post.created_at else "date unknown"
    about = " · ".join(part for part in (when, post.why, post.source) if part)
    text = " ".join(post.text.split())
    return {
        "text": on_paper(text, MOST_OF_A_POST) or "(no text)",
        "about": on_paper(about, 200),
        "link": safe_link(post.url) or "",
    }


def _picture(picture: Picture) -> dict[str, str]:
    said = _SAYS.search(picture.svg)
    return {
        "svg": standing_alone(picture.svg),
        "says": on_paper(unescape(said[1])) if said else "",
        "caption": on_paper(picture.caption),
    }


def standing_alone(svg: str) -> str:
    """A picture of ours as a document of its own: with its size, its colours, and the hatching for what is unknown."""
    size = _SIZE.match(svg)
    assert size, "a picture begins with its size"
    style = _VARIABLE.sub(r"\1", pictures.STYLE)
    hatching = re.sub(r"</?svg[^>]*>", "", pictures.DEFS)
    opened = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[1]}" height="{size[2]}" '
    drawn = printable(svg).translate(_TURNS)
    return drawn.replace("<svg ", opened, 1).replace(">", f"><style>{style}</style>{hatching}", 1)


def on_paper(text: str, most: int = MOST_IN_A_LINE, *, long: int = LONG_WORD) -> str:
    """A text of anybody's as it may be set: nothing that hides or turns, nothing that runs off the page.

    Words of `long` letters and more get places where they may break.
    """
    plain = printable(text).translate(_TURNS)
    plain = plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"
    return _WORD.sub(lambda found: _in_pieces(found[0]) if len(found[0]) >= long else found[0], plain)


def _in_pieces(word: str) -> str:
    """A long word with places where it may break, none of them inside a letter with its accents or a joined emoji."""
    made, since = word[0], 1
    for before, letter in pairwise(word):
        joined = unicodedata.category(letter)[0] == "M" or "\u200d" in (before, letter)
        if not joined and (since >= PIECE or (before in "_-/." and since > 2)):
            made, since = made + "\u200b", 0
        made, since = made + letter, since + 1
    return made
