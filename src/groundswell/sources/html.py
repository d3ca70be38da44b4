"""What a reader sees in a piece of HTML, and where it points. Nothing of it is run, loaded or kept as HTML.

HTML of strangers is looked through once, from the first character to the last, and never twice: the parser of the standard library takes
47 seconds for 160,000 characters of `<!--` (Python 3.11), because it looks for the end of each comment again. What is not
closed is passed over to the end, as browsers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

LONGEST = 1 << 20
"""Characters that are looked at; nobody reads more of one post or page (design choice)."""
TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/<>"']*)((?:[^<>"']|"[^"]*"|'[^']*')*+)>|<[!?][^<>]*>""")
ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>]+)))?""")
SILENT = frozenset(("script", "style", "template", "noscript", "textarea", "title"))
"""What stands in these is no text of the page."""
BREAKS = frozenset(("br", "li", "tr", "div", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre"))


@dataclass(frozen=True)
class Tag:
    """A tag that opens or closes, with its attributes."""

    name: str
    closes: bool
    attributes: dict[str, str]
    inside: str = ""
    """Of a silent one: what stands in it."""

    def words(self, name: str) -> frozenset[str]:
        """The words of an attribute, lower case."""
        return frozenset(self.attributes.get(name, "").lower().split())


def pieces(html: str) -> Iterator[str | Tag]:
    """Text and tags, in their order; text with its references resolved."""
    html = _without_comments(html[:LONGEST].replace("\0", ""))
    lower, at = html.lower(), 0
    while found := TAG.search(html, at):
        if found.start() > at:
            yield unescape(html[at : found.start()])
        at, name = found.end(), (found[2] or "").lower()
        if name in SILENT and not found[1]:
            end = lower.find(f"</{name}", at)
            end = len(html) if end < 0 else end
            yield Tag(name, False, _attributes(found[3]), unescape(html[at:end]))
            at = end
        elif name:
            yield Tag(name, bool(found[1]), _attributes(found[3]))
    if at < len(html):
        yield unescape(html[at:])


def words_of(html: Any) -> str | None:
    """The words that a reader sees; None where there are none."""
    if not isinstance(html, str):
        return None
    parts = list[str]()
    for one in pieces(html):
        if isinstance(one, str):
            parts.append(one)
        elif one.name in BREAKS:
            parts.append("\n" * (not one.closes))
        elif one.name == "p" and parts and not one.closes:
            parts.append("\n\n")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() or None


def tags_in(html: Any, *names: str) -> list[Tag]:
    """The opening tags of some names, in their order."""
    if not isinstance(html, str):
        return []
    return [one for one in pieces(html) if isinstance(one, Tag) and not one.closes and one.name in names]


def _without_comments(html: str) -> str:
    parts, at = list[str](), 0
    while (start := html.find("<!--", at)) >= 0:
        parts.append(html[at:start])
        end = html.find("-->", start + 4)
        if end < 0:
            return "".join(parts)
        at = end + 3
    return "".join([*parts, html[at:]])


def _attributes(said: str | None) -> dict[str, str]:
    found = dict[str, str]()
    for name, *values in ATTRIBUTE.findall(said or ""):
        found.setdefault(name.lower(), unescape("".join(values)))
    return found


__all__ = ["Tag", "pieces", "tags_in", "words_of"]
