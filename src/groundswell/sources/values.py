"""One value out of what a network sent: what is missing or odd is unknown, and never zero.

What several live sources read the same way stands here once; what only one network writes so stands with that source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

Json = Any
OLDEST = datetime(1995, 1, 1, tzinfo=UTC)
ODD = (KeyError, TypeError, AttributeError, ValueError, IndexError, OverflowError, RecursionError)
"""What comes of looking at something of another shape."""
HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


def json_of(body: bytes) -> Json:
    """What the bytes of an answer say, without halves of surrogate pairs, which are no characters; ValueError where they say nothing."""
    said = json.loads(body.decode(json.detect_encoding(body), "replace"))
    return scrubbed(said) if HALF_PAIR.search(body) else said


def list_of(said: Json, name: str) -> list[Json]:
    """The items under a name; none where it is missing or no list."""
    found = said.get(name) if isinstance(said, dict) else None
    return found if isinstance(found, list) else []


def dict_of(said: Json, name: str) -> dict[str, Json]:
    """The object under a name; an empty one where it is missing or none."""
    found = said.get(name) if isinstance(said, dict) else None
    return found if isinstance(found, dict) else {}


def the_list(said: Json) -> list[Json]:
    """A list that has to be one; TypeError for anything else, so that the page is asked for again."""
    if not isinstance(said, list):
        raise TypeError(f"a list was expected, not {type(said).__name__}")
    return said


def text_of(said: Json) -> str | None:
    """Words; None where there are none."""
    return said if isinstance(said, str) and said else None


def tweet_of(said: Json) -> str | None:
    """The words of a tweet as they were written: X gives `&`, `<` and `>` out as `&amp;`, `&lt;` and `&gt;`, and nothing else so."""
    words = text_of(said)
    return words and words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def count_of(said: Json) -> int | None:
    """A count; None where none was sent, or none that a count can be (some servers write -1 for one that is hidden)."""
    return said if type(said) is int and 0 <= said < 1 << 63 else None


def counted_in_words(said: Json) -> int | None:
    """A count that a network writes as text."""
    return (
        int(said) if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 19 else count_of(said)
    )


def moment_of(said: Json) -> datetime | None:
    """A moment as networks write it; what is no moment, or lies before there was anything social on the web, is unknown."""
    if not isinstance(said, str):
        return None
    try:
        found = datetime.fromisoformat(said)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found >= OLDEST else None


def language_in(said: Json) -> str | None:
    """A language as networks write it (`en`, `pt-BR`), as ISO 639-1; None where it is none."""
    first = said.replace("_", "-").partition("-")[0].lower() if isinstance(said, str) else ""
    return first if len(first) == 2 and first.isascii() and first.isalpha() else None


def scrubbed(said: Json) -> Json:
    """The same without halves of surrogate pairs, which are no characters."""
    if isinstance(said, str):
        return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(said, list):
        return [scrubbed(one) for one in said]
    return {scrubbed(name): scrubbed(one) for name, one in said.items()} if isinstance(said, dict) else said


def extra_of(told: Iterable[tuple[str, str | None]]) -> list[tuple[str, str]] | None:
    """What no field claims, as `extra` takes it: each name once, with all that was said under it; None where nothing was."""
    found = dict[str, list[str]]()
    for name, value in told:
        if value:
            found.setdefault(name, []).append(value)
    return [(name, " | ".join(dict.fromkeys(values))) for name, values in found.items()] or None
