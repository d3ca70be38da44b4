"""How your posts are received: the counts that they carry, and the followers, as far as anybody read them.

A count that nobody read is left out and never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from groundswell.coach.own_posts import COUNTS, OwnPost
from groundswell.signals import SIGNALS, Value
from groundswell.signals.posts import Evidence

SHOWN = 3
WORDS = {name: (name.removesuffix("s").replace("replie", "reply"), name) for name in COUNTS} | {
    "reach": ("person reached", "people reached")
}
SPARKED = ("likes", "reposts", "replies", "quotes")
"""What somebody did, and not only saw."""


@dataclass(frozen=True)
class Total:
    """One kind of count over all own posts that have it."""

    what: str
    total: int
    posts: int
    """Posts of which it is known."""
    median: float

    @property
    def words(self) -> str:
        """The total as one says it: 1,240 likes."""
        return f"{self.total:,} {WORDS[self.what][self.total != 1]}"


@dataclass(frozen=True)
class Received:
    """What the posts themselves count."""

    totals: tuple[Total, ...]
    sentences: tuple[str, ...]
    most_liked: tuple[Evidence, ...]

    @property
    def replies(self) -> int | None:
        """Replies counted; None where nobody read them."""
        return next((one.total for one in self.totals if one.what == "replies"), None)

    @property
    def acts(self) -> str:
        """What somebody did, counted, in words; empty where nothing is known."""
        return _listed([one.words for one in self.totals if one.what in SPARKED])


def read_received(posts: Sequence[OwnPost], values: Mapping[str, Value]) -> Received:
    """Add up the counts of own posts."""
    totals = tuple(one for name in COUNTS if (one := _total(name, posts)))
    said = [_said(one) for one in totals]
    if (followers := values["followers"]).known:
        said.append(SIGNALS["followers"].sentence(followers))
    if (rate := values["public_rate"]).known:
        said.append(SIGNALS["public_rate"].sentence(rate))
    if not said:
        said.append("How your posts are received: unknown, no likes, comments or followers are in the data.")
    liked = sorted((post for post in posts if post.likes), key=lambda post: -(post.likes or 0))[:SHOWN]
    return Received(totals, tuple(said), tuple(post.shown(f"{post.likes:,} likes") for post in liked))


def _said(one: Total) -> str:
    """A total and the middle; the middle with a half rounded up."""
    middling = f"{math.floor(one.median + 0.5):,} on a middling one"
    if one.what == "reach":
        return f"Reach of {one.total:,} added up over {_posts(one.posts)}: the same people count again for each; {middling}."
    return f"{one.words} on {_posts(one.posts)}, {middling}."


def _total(name: str, posts: Sequence[OwnPost]) -> Total | None:
    known = [count for post in posts if (count := getattr(post, name)) is not None]
    return Total(name, sum(known), len(known), median(known)) if known else None


def _posts(count: int) -> str:
    return "1 post" if count == 1 else f"{count:,} posts"


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
