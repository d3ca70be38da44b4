"""A report as one self-contained page: no script, no outside address, text of strangers escaped, readable on a telephone, printable."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from groundswell.exports import pictures
from groundswell.exports.report import (
    POSTS_SHOWN,
    SHOWN,
    SIMULATED,
    Block,
    Entries,
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

if TYPE_CHECKING:
    from jinja2 import Environment

KINDS: dict[type[Block], str] = {Lines: "lines", Table: "table", Picture: "picture", Entries: "entries"}


def report_page(report: Report, made_at: datetime | None = None) -> str:
    """Return the report as one HTML page."""
    made = (made_at or datetime.now(UTC)).date().isoformat()
    page = _environment().get_template("report.html").render(r=report, made=made)
    return re.sub(r"\n\s*\n+", "\n", page)


@cache
def _environment() -> Environment:
    """The template engine: escapes everything that is not a drawing of ours, and fails on a name that does not exist."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    engine = Environment(
        loader=PackageLoader("groundswell.exports"),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=lambda said: said if not isinstance(said, str) or isinstance(said, Markup) else printable(said),
    )  # fmt: skip
    names: dict[str, Any] = {
        "STYLE": pictures.STYLE, "DEFS": pictures.DEFS, "SHOWN": SHOWN, "POSTS": POSTS_SHOWN, "SIMULATED": SIMULATED,
    }  # fmt: skip
    # `drawn` is for drawings of our own: every text in them was escaped when they were drawn
    words: dict[str, Any] = {
        "drawn": Markup, "kind": _kind, "words": in_words, "link": safe_link, "more": more_of, "filled": without_empty, "under": under, "cut": _cut,
    }  # fmt: skip
    engine.globals.update(names)
    engine.filters.update(words)
    return engine


def _kind(block: Block) -> str:
    return KINDS[type(block)]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
