"""Text as people write it who want to break a page: each piece holds `zzq`, so that one sees where it comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

NASTY = [
    "<script>zzq()</script>",
    '"><img src=x onerror=zzq()>',
    "' onmouseover='zzq()",
    "javascript:zzq()",
    "</textarea></title></style></script><svg onload=zzq()>",
    "{{ 7 * 7 }}{% zzq %}${7*7}#{7*7}<%= 7*7 %>",
    "<iframe srcdoc='zzq'>",
    "=zzq()",
    "+zzq()",
    "@SUM(zzq)",
    "-2+zzq",
    "\u202ezzq\u0000\u0007\u2028",
    "&lt;zzq&gt;&#60;script&#62;&NewLine;",
    "data:text/html,zzq",
    "zzq" * 4000,
    "<!--zzq",
    "<a href=//zzq.example>",
    "java\tscript:zzq()",
    "z\u200bz\u200cq\u200d\ufeff zzq",
    "zzq \U0001f9d1\u200d\U0001f33e\U0001f35e" * 30,
    "expression(zzq)};body{display:none}/*zzq",
    'http://zzq.example/"onclick="zzq()',
    "//zzq.example/x",
    "\u2066zzq\u2069 Z\u0351\u036b\u0343\u036a\u0302q" + "\u0351" * 300,
    "]]><zzq/>",
    "%3Cscript%3Ezzq%3C/script%3E",
    "\\u003cscript\\u003ezzq",
    "🍞" * 700 + "zzq",
]
HARMLESS = {
    "html", "head", "meta", "title", "link", "script", "noscript", "body", "a", "p", "strong", "b", "nav", "ul", "ol", "li", "main", "header", "footer",
    "h1", "h2", "h3", "h4", "section", "article", "form", "label", "input", "select", "option", "optgroup", "textarea", "button", "progress",
    "details", "summary", "table", "caption", "thead", "tbody", "tr", "th", "td", "div", "span", "bdi", "figure", "figcaption", "svg", "defs",
    "pattern", "path", "rect", "text", "circle", "use", "symbol", "g", "dl", "dt", "dd", "blockquote", "q", "br", "fieldset", "legend", "datalist",
}  # fmt: skip


class Scan(HTMLParser):
    """Notes what a browser would see as alive."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def alive(page: str, *, more: frozenset[str] = frozenset()) -> Iterator[str]:
    """What in a page is alive and not ours; `more` names tags that this kind of page may hold besides."""
    for tag, attributes in Scan(page).tags:
        if tag not in HARMLESS | more:
            yield f"<{tag}>"
        if tag == "script" and attributes.get("src") != "/static/app.js":
            yield f"<script {attributes}>"
        for name, value in attributes.items():
            if name.startswith("on") or name in ("srcdoc", "style") or "zzq" in name:
                yield f"{tag} {name}={value}"
            if name in ("href", "src", "action", "formaction", "xlink:href") and not re.match(
                r"(/(?!/)|#|https?://(?!zzq))", value or ""
            ):
                yield f"{tag} {name}={value}"
            if name in ("src", "action", "formaction") and (value or "").startswith("http"):
                yield f"{tag} {name}={value}"


def calculated(page: str) -> bool:
    """Whether a template language has worked out 7 * 7."""
    return "49{%" in page or "}49" in page or "{% zzq %}49" in page
