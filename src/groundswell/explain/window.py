"""Over which posts engagement is counted: from when to when, and how many are left out because their counts still grew.

The rule is that of the table of signals (see `grains.YOUNG_HOURS`); here it is said with the numbers of one account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from groundswell.signals.grains import YOUNG_HOURS

RULE = (
    f"Engagement is counted over all own posts in the data; those younger than {YOUNG_HOURS} hours when they were counted are "
    "left out, because their counts still grew."
)
"""The same where it is said of many people at once."""


@dataclass(frozen=True)
class Window:
    """Which of an account's own posts its engagement rests on."""

    counted: int
    too_young: int
    young_hours: int
    first: date | None
    """Days of the oldest and the newest post that counts; None where none is dated."""
    last: date | None
    says: str


def window_of(posts: Sequence[Mapping[str, Any]]) -> Window | None:
    """Tell the window from an account's own posts; None where likes are known of none, and nothing is counted."""
    liked = [post for post in posts if post["likes"] is not None]
    if not liked:
        return None
    counted = [post for post in liked if post["settled"]]
    days = sorted(post["created_at"].date() for post in counted if post["created_at"])
    first, last = (days[0], days[-1]) if days else (None, None)
    young = len(liked) - len(counted)
    says = f"{_counted(len(counted), len(liked), known=len(liked) == len(posts))}{_span(days, len(counted))}. {_left_out(young)}"
    return Window(len(counted), young, YOUNG_HOURS, first, last, says)


def _counted(counted: int, of: int, *, known: bool) -> str:
    posts = f"own post{'' if of == 1 else 's'}{'' if known else ' whose likes are known'}"
    which = f"{counted:,}" if counted == of else f"{counted:,} of {of:,}"
    return f"Engagement is counted over {which} {posts}"


def _span(days: Sequence[date], counted: int) -> str:
    if not days:
        return ", without dates" if counted else ""
    undated = counted - len(days)
    beside = f" and {undated:,} without a date" if undated else ""
    return f", {f'from {days[0]} to {days[-1]}' if days[0] < days[-1] else f'of {days[0]}'}{beside}"


def _left_out(young: int) -> str:
    if not young:
        return f"None was younger than {YOUNG_HOURS} hours when it was counted, so none is left out."
    if young == 1:
        return f"1 is left out: it was younger than {YOUNG_HOURS} hours when it was counted, and its counts still grew."
    return f"{young:,} are left out: they were younger than {YOUNG_HOURS} hours when they were counted, and their counts still grew."


__all__ = ["RULE", "Window", "window_of"]
