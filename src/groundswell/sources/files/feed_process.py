"""Parses one feed in a process of its own: standard input -> one JSON line with the feed and its entries.

feedparser accepts almost anything, but one odd tag (`<gml:pos></gml:pos>` in 6.0.14) makes it fail with a KeyError, and some
documents make it run for long or take much memory. So it runs here, where the worst that can happen is that this process ends.
Started by path, without the package, so that it needs nothing but feedparser.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

MEMORY_LIMIT = 768 << 20
SECONDS_LIMIT = 20
PLACES = re.compile(rb"</?(?:gml|georss|geo):[^<>]*>")
"""Where somebody was is not read; these tags are what feedparser stumbles over."""


def limit() -> None:
    """Cap memory and time where the system can (not on Windows, where the caller's clock remains)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_LIMIT, SECONDS_LIMIT))


def parse(data: bytes) -> Any:
    """Parse a feed; a second time without places when the first time fails."""
    import feedparser

    try:
        return feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    except Exception:
        return feedparser.parse(PLACES.sub(b"", data), sanitize_html=False, resolve_relative_uris=False)


def entry_of(entry: Any) -> dict[str, Any]:
    """Return what a post needs of an entry; absent is None."""
    content = entry.get("content") or [{}]
    return {
        "author": entry.get("author"),
        "id": entry.get("id"),
        "link": entry.get("link"),
        "title": entry.get("title"),
        "summary": entry.get("summary"),
        "content": content[0].get("value"),
        "published": entry.get("published") or entry.get("updated"),
        "updated": entry.get("updated"),
        "tags": [tag.get("term") for tag in entry.get("tags", []) if tag.get("term")],
        "comments": entry.get("slash_comments"),
        "language": entry.get("language"),
    }


def main() -> None:
    """Read a feed, write what is in it."""
    limit()
    parsed = parse(sys.stdin.buffer.read())
    feed = parsed.feed
    answer = {
        "version": parsed.get("version") or "",
        "title": feed.get("title"),
        "link": feed.get("link"),
        "author": feed.get("author"),
        "language": feed.get("language"),
        "entries": [entry_of(entry) for entry in parsed.entries],
    }
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
