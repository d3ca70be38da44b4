"""From the address of a site to its feed.

A page names its feeds in its head (`<link rel="alternate" type="application/rss+xml">`, WHATWG HTML and RFC 5005's kin). Where it names
none, the usual places are asked, one after the other, and the first feed that is there is taken. What is a feed already is read as one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from groundswell.errors import UsageError
from groundswell.sources.declaring import Ask, Looked, Named, Stream, Todo
from groundswell.sources.html import tags_in
from groundswell.sources.typed import sendable

COMMON = ("feed", "rss.xml", "atom.xml", "feed.xml", "index.xml")
"""Where feeds lie when nobody says so: WordPress, then what static sites are made with (design choice, most usual first)."""
FEED_TYPES = ("application/rss+xml", "application/atom+xml")
PAGE = "text/html, application/xhtml+xml, application/rss+xml;q=0.9, application/atom+xml;q=0.9, */*;q=0.1"
FEED = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
LOOKED_AT = 1 << 19
"""Bytes of a page in which its feeds are looked for: they stand in its head."""


def named(word: str) -> Named:
    """The address of a site or of a feed; a name alone is no address, for other networks have names of that form."""
    plain = sendable(word.strip())
    found = re.fullmatch(
        r"https?://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]{1,62})(?P<rest>(?::\d{1,5})?(?:[/?][!-~]*)?)",
        plain,
        re.IGNORECASE,
    )
    if not found:
        raise UsageError(
            f"{word[:80]!r} is no address of a site.",
            next_step="Write it as a browser shows it: https://ann.example",
        )
    return Named("site", f"https://{found['host'].lower()}{found['rest'].partition('#')[0]}")


def refusal(status: int, _body: bytes) -> str:
    """What a refusal means; a site says it in its own words."""
    return "gone" if status in (404, 410) else "login" if status == 401 else "refused"


def streams() -> Mapping[str, Stream]:
    """Every stream, by name. The subject of a feed is its address, the site that named it, and which of the usual places comes next."""
    found = (
        Stream(
            name="site", says="a page, and which feed it names", about="site", page=1, introduces=True, opens=len(COMMON),
            ask=lambda site, _c, _m: Ask(site, accept=PAGE),
            look=lambda site, said: _site(site, said, site), look_at=_site,
        ),
        Stream(
            name="feed", says="the latest entries of a feed", about="account", page=1, look=_feed, otherwise=next_place,
            ask=lambda subject, _c, _m: Ask(subject.split("\n")[0], accept=FEED),
        ),
    )  # fmt: skip
    return {one.name: one for one in found}


def is_feed(body: bytes) -> bool:
    """Whether bytes begin as a feed does, after whatever may stand before its first tag."""
    wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = (body[:4_000].decode("utf-16", "replace") if wide else body[:4_000].decode("latin-1")).lstrip(
        "\ufeff\xef\xbb\xbf"
    )
    at = 0
    while True:
        at += len(text[at:]) - len(text[at:].lstrip())
        end = {"<?": "?>", "<!": "-->"}.get(text[at : at + 2])
        if end is None:
            return re.match(r"<(?:rss|feed|rdf:RDF)\b", text[at : at + 20]) is not None
        closed = text.find(end, at)
        if closed < 0 or (end == "-->" and not text.startswith("<!--", at)):
            return False
        at = closed + len(end)


def _site(site: str, said: Any, answered: str) -> Looked:
    """A page opens one feed: the one it names first that is not about comments; a feed is its own.

    The address that answered may be another than the one that was asked, after a redirect: what the page names is told from there.
    """
    if b"<" not in said:
        raise ValueError("neither a page nor a feed")
    if is_feed(said):
        return Looked(1, people=(site,), addressed={site: f"{site}\n{site}\n"})
    feeds = feeds_in(said, answered)
    return Looked(1, people=(site,), addressed={site: f"{feeds[0]}\n{site}\n" if feeds else _usual(site, 0)})


def _feed(subject: str, said: Any) -> Looked:
    """The entries of a feed. Something else where a page names a feed is no answer; at a usual place it means that none is there."""
    if is_feed(said):
        if not re.search(rb"</(?:rss|feed|rdf:RDF)\s*>\s*(?:<!--.*)?$", said[-2_000:].replace(b"\0", b""), re.DOTALL):
            raise ValueError("the feed breaks off before its end")
        return Looked(len(re.findall(rb"<(?:item|entry)[\s>]", said)))
    if not subject.rpartition("\n")[2]:
        raise ValueError("the address that was named as a feed is none")
    elsewhere = next_place(subject)
    return Looked(0, todo=(elsewhere,) if elsewhere else ())


def next_place(subject: str) -> Todo | None:
    """Where to look for a feed that is not where it was looked for; None when all usual places were asked."""
    _, site, tried = subject.split("\n")
    number = int(tried) if tried else len(COMMON)
    return Todo("feed", _usual(site, number)) if number < len(COMMON) else None


def _usual(site: str, number: int) -> str:
    address = urlsplit(site)
    return f"{address.scheme}://{address.netloc}/{COMMON[number]}\n{site}\n{number + 1}"


def feeds_in(body: bytes, site: str) -> list[str]:
    """Addresses of the feeds that a page names, those about comments last."""
    links = tags_in(body[:LOOKED_AT].decode("utf-8", "replace"), "link")
    named_here = [
        one
        for one in links
        if "alternate" in one.words("rel") and one.attributes.get("type", "").lower().strip() in FEED_TYPES
    ]
    ordered = sorted(
        named_here,
        key=lambda one: bool(re.search(r"comment|kommentar", str(sorted(one.attributes.values())), re.IGNORECASE)),
    )
    return [address for one in ordered if (address := address_in(one.attributes.get("href", ""), site))]


def address_in(said: str, page: str) -> str | None:
    """An address as it stands in a page, in full and encrypted; None for what is none."""
    try:
        found = sendable(urljoin(page, said.strip()))
        parts = urlsplit(found)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or not found.isprintable():
        return None
    return "https" + found.partition("#")[0].removeprefix(parts.scheme)


__all__ = ["COMMON", "address_in", "feeds_in", "is_feed", "named", "next_place", "refusal", "streams"]
