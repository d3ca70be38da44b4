"""Looking for people who speak of something: whom to look at next, and when to stop.

A fetch that hops from person to person soon meets more people than it may look at. When it is told what they should speak of, those
come first who were named by people who do: friends resemble each other (McPherson, Smith-Lovin and Cook, "Birds of a Feather",
Annual Review of Sociology 27, 2001; as a way to search: Chakrabarti, van den Berg and Dom, "Focused crawling", 1999). Nobody knows
whom that passes over, so every fifth is drawn by lot from the others, and what became of both is told side by side. When nobody of
the last fifty speaks of it any more, the run ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from groundswell.store.fetches import StreamRow

FITS_FROM, FITS_SHARE = 2, 0.15
"""Somebody speaks of it who does so in two posts read and in .15 of them (design choice; the share is the one that credibility takes)."""
BY_LOT = 5
"""Every so many-th person is drawn from those whom nobody promising named (design choice)."""
DRY = 50
"""People in a row who do not speak of it, after which a run ends (design choice)."""
DEEP = 3
"""How deep in an answer its list of items is looked for."""


def looked_for(about: Sequence[str]) -> re.Pattern[str] | None:
    """What finds a word that begins with one of the words looked for ("vegan" finds "vegane"); None when there is none."""
    words = sorted({word for phrase in about for word in re.findall(r"\w+", phrase.casefold())})
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})") if words else None


def phrases_in(said: str) -> tuple[str, ...]:
    """What somebody typed, with commas or line ends between, as phrases."""
    return tuple(dict.fromkeys(part.strip() for part in re.split(r"[,\n]", said) if part.strip()))


def count_fits(said: Any, pattern: re.Pattern[str]) -> int:
    """How many items of an answer hold a word that is looked for, in any of their texts."""
    if isinstance(said, str | bytes):
        whole = said if isinstance(said, str) else said.decode("utf-8", "replace")
        return sum(bool(pattern.search(part.casefold())) for part in re.split(r"<(?:item|entry)\b", whole)[1:])
    return sum(any(pattern.search(text.casefold()) for text in _texts(item)) for item in _items(said, DEEP))


def _items(said: Any, deep: int) -> list[Any]:
    """The longest list of objects in an answer."""
    if isinstance(said, list):
        return [one for one in said if isinstance(one, dict)]
    if not isinstance(said, dict) or not deep:
        return []
    return max((_items(value, deep - 1) for value in said.values()), key=len, default=[])


def _texts(item: Any) -> Iterator[str]:
    """All texts in an item; a stack, since an answer may be nested as deep as it likes."""
    waiting = [item]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        else:
            waiting.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())


def speaks(fits: int, items: int) -> bool:
    """Whether so many of so many posts make somebody one who speaks of it."""
    return fits >= FITS_FROM and fits >= FITS_SHARE * items


def whom_it_found(about: Sequence[str], posts: Sequence[StreamRow]) -> Iterator[str]:
    """Say how many speak of it: of those one began with, those who were looked at for a promise, and the others."""
    if not about:
        return
    read, of = [one for one in posts if one.pages], ", ".join(f"“{phrase}”" for phrase in about)
    groups = {
        "with whom it began": [one for one in read if one.depth <= 0],
        "whom somebody who speaks of it named": [one for one in read if one.depth > 0 and one.promise],
        "others": [one for one in read if one.depth > 0 and not one.promise],
    }
    told = [
        f"{sum(speaks(one.fits, one.got) for one in some):,} of {len(some):,} {whom}"
        for whom, some in groups.items()
        if some
    ]
    if told:
        yield (
            f"Who speaks of {of}, in {FITS_FROM} posts or more and {FITS_SHARE:.0%} of those read: {'; '.join(told)}. These people are no "
            "sample at random: who speaks of it too and is named by none of them is missing."
        )


__all__ = ["BY_LOT", "DRY", "count_fits", "looked_for", "phrases_in", "speaks", "whom_it_found"]
