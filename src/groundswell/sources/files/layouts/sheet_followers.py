"""What a marketer's sheet says of followers: of several rows about one account the last count stands, and what is no count is told.

A count is typed by hand there: `12.4K`, `~2k`, `22k subs`. What is none ("lots") is kept in its words, with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from groundswell.sources.files.layouts.fees import MOST_SHOWN, whose
from groundswell.sources.files.values import SILENT, count_of, rounded_to

GROUPED = re.compile(r"[\d.,'’\s]+")
"""Digits in groups: whether 7.260 has thousands or decimals only the whole column tells."""


def settle_followers(
    people: Sequence[dict[str, Any]],
    rows: Mapping[int, dict[str, str]],
    headers: Mapping[str | None, str],
) -> list[str]:
    """Leave an account the last count of its followers that its rows name; what the others say is kept in its words.

    `headers` says which column is that of a platform; None: of any other. Returns what the user has to be told.
    """
    read = [(one, count_of(one["_followers"] or "")) for one in people]
    last = {whose(one): followers for one, followers in read if followers is not None}
    unread: dict[str, list[str]] = {}
    for one, followers in read:
        header, words = headers.get(one["platform"]) or headers.get(None), one["_followers"]
        if not header or not words:
            continue
        said_nothing = followers is None and not GROUPED.fullmatch(words)
        if said_nothing and words.lower() not in SILENT:
            unread.setdefault(header, []).append(f"line {one['line']} “{words}”")
        if said_nothing or last.get(whose(one), followers) != followers:
            one["_followers"], one[header] = None, rows[one["line"]][header]
        elif step := rounded_to(words):
            one["_rounded_to"] = str(step)
    return [_told(header, found) for header, found in unread.items()]


def _told(header: str, found: Sequence[str]) -> str:
    more = f" and {len(found) - MOST_SHOWN:,} more" if len(found) > MOST_SHOWN else ""
    what = "1 value is no count and is" if len(found) == 1 else f"{len(found):,} values are no count and are"
    return f"In “{header}” {what} kept in words: {', '.join(found[:MOST_SHOWN])}{more}."


def columns_by_platform(plain: str | None, own: Iterable[tuple[str, str]]) -> dict[str | None, str]:
    """Which column counts the followers on which platform; under None the one that names no platform."""
    return dict(own) | ({None: plain} if plain else {})
