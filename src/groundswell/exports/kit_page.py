"""A creator's kit out: a page to send (.html), a page to print (.pdf), and a signed file that a brand's workspace imports (.json).

    write_kit(kit(workspace, "@me"), Path("kit.pdf"))

One page of numbers; after it, as an appendix, the rows behind each, to which the number links. What strangers wrote is handed to the template
engine and to Typst as data, never as markup: a post may hold `#import`, `<script>` or `$x$` and shows exactly that.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from markupsafe import Markup

from groundswell.coach import Kit
from groundswell.coach.kits import Number, Row, content_of
from groundswell.coach.signing import key_fingerprint, signed
from groundswell.errors import UnknownNameError
from groundswell.exports import pictures
from groundswell.exports.report_paper import on_paper
from groundswell.exports.tables import plain, write_document
from groundswell.exports.whole import whole_file
from groundswell.exports.wording import number_in_words, printable, safe_link
from groundswell.records import platform_name

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["KIT_FORMS", "kit_document", "kit_page", "kit_pdf", "write_kit"]

KIT_FORMS = (".html", ".json", ".pdf", ".xlsx")
ROWS_SHOWN = 40
"""Rows listed for one number on the page; the signed file holds them all."""


def write_kit(kit: Kit, path: Path) -> Path:
    """Write a kit in the form its ending asks for, and return the path.

    Raises UnknownNameError for an ending that nobody writes, DiskFullError and WorkspaceError when the system refuses.
    """
    ending = path.suffix.lower()
    if ending not in KIT_FORMS:
        raise UnknownNameError("form of a kit", ending or path.name, KIT_FORMS)
    if ending == ".xlsx":
        from groundswell.exports.reports import kit_book

        return kit_book(kit, path)
    with whole_file(path) as file:
        if ending == ".json":
            write_document(kit_document(kit), file)
        elif ending == ".html":
            file.write(kit_page(kit).encode("utf-8", "replace"))
        else:
            file.write(kit_pdf(kit))
    return path


def kit_document(kit: Kit) -> dict[str, Any]:
    """Return the signed, machine-readable kit; the workspace's key is made on first use."""
    return signed(plain(content_of(kit)), kit.keys)


def kit_page(kit: Kit) -> str:
    """Return the kit as one self-contained HTML page."""
    shown = _shown(kit)
    page = _environment().get_template("kit.html").render(
        k=shown, topics=Markup(pictures.shares(kit.topics)), style=Markup(pictures.STYLE)  # noqa: S704 - our own drawing
    )  # fmt: skip
    return re.sub(r"\n\s*\n+", "\n", page)


def kit_pdf(kit: Kit) -> bytes:
    """Return the kit as a PDF; nothing is fetched, and the template reads the kit as JSON."""
    import typst

    template = (files("groundswell.exports") / "templates" / "kit.typ").read_bytes()
    made: object = typst.compile(
        template, format="pdf", sys_inputs={"kit": json.dumps(_on_paper(_shown(kit)), ensure_ascii=False)}
    )
    assert isinstance(made, bytes)
    return made


def _on_paper(shown: Any) -> Any:
    """What is shown, with every text as it may be set; links stay as they are."""
    match shown:
        case dict():
            parts = cast(dict[str, Any], shown)
            return {name: part if name == "link" else _on_paper(part) for name, part in parts.items()}
        case list():
            return [_on_paper(part) for part in cast(list[Any], shown)]
        case str():
            return on_paper(shown)
        case _:
            return shown


def _shown(kit: Kit) -> dict[str, Any]:
    """What both pages show, as plain values in which every text can be printed and every link is safe."""
    profile = kit.profile
    handle = profile.get("handle")
    return {
        "simulated": kit.simulated,
        "name": printable(profile.get("name") or (f"@{handle}" if handle else kit.account)),
        "handle": printable(f"@{handle}" if handle else ""),
        "platform": platform_name(str(profile.get("platform"))),
        "link": safe_link(profile.get("url")) or "",
        "bio": printable(profile.get("bio") or ""),
        "stands_for": printable(kit.stands_for),
        "numbers": [_number(at, one) for at, one in enumerate(kit.numbers, 1)],
        "topics": [
            {"name": printable(name), "share": share, "words": number_in_words(share, "share")}
            for name, share in kit.topics
        ],
        "made_at": kit.made_at.date().isoformat(),
        "made_by": printable(kit.made_by or ""),
        "data_ends": kit.data_ends.date().isoformat() if kit.data_ends else "",
        "posts": len(kit.posts),
        "left_out": ", ".join(kit.left_out),
        "facts_version": kit.facts_version,
        "fingerprint": key_fingerprint(kit_document(kit)),
    }


def _number(at: int, number: Number) -> dict[str, Any]:
    rows = [_row(row) for row in number.rows[:ROWS_SHOWN]]
    return {
        "at": at,
        "title": printable(number.title),
        "words": number.words,
        "range": number.range,
        "says": printable(number.says),
        "count": len(number.rows),
        "more": len(number.rows) - len(rows),
        "rows": rows,
    }


def _row(row: Row) -> dict[str, str]:
    return {
        "date": row.date.date().isoformat() if row.date else "",
        "post": printable(row.post or ""),
        "link": safe_link(row.link) or "",
        "mark": printable(row.mark or ""),
        "source": printable(
            f"{row.file}, line {row.line:,}" if row.file else f"import {row.import_id}, line {row.line:,}"
        ),
    }


@cache
def _environment() -> Environment:
    """The template engine: escapes everything, and fails on a name that does not exist."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("groundswell.exports")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
