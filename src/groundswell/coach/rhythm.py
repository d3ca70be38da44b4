"""When you speak: how often, how evenly, and the silences themselves. More is not better beyond a plateau.

Activity helps up to a point and harms after it (Leung et al. 2022, doi 10.1177/00222429221102889: inverted U, optimum near
five posts a week on Weibo). So a number of posts is never a goal here; a rhythm that readers can count on is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from groundswell.coach.own_posts import OwnPost
from groundswell.signals import SIGNALS, Value
from groundswell.signals.posts import Evidence

PLATEAU = 5.0
"""Posts a week from which on more is not advised (Leung et al. 2022, Weibo; other platforms: not measured, so a design choice)."""
FAR_ABOVE = 2 * PLATEAU
"""From here on it is said that some could be left out (design choice)."""
POSTS_NEEDED = 10
"""Dated posts below which it is not said that there was no silence (design choice, as for what somebody stands for)."""
SILENCE_DAYS = 10.0
"""A gap is called a silence from here on ..."""
SILENCE_TIMES = 3.0
"""... when it is also so many times the usual gap (both design choices)."""
MOST_SILENCES = 3
DAY = 86_400.0


@dataclass(frozen=True)
class Silence:
    """A stretch without an own post, with the posts at its ends."""

    since: datetime
    until: datetime
    days: float
    before: Evidence
    after: Evidence | None
    """None: nothing came after it in the data."""

    @property
    def sentence(self) -> str:
        """Say it with its own numbers."""
        end = "" if self.after else ", and no later post of yours was collected"
        return f"{self.days:.0f} days without a post in the data, from {self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}{end}."


@dataclass(frozen=True)
class Rhythm:
    """How often and how evenly an account speaks."""

    per_week: Value
    burstiness: Value
    usual_gap_days: float | None
    silences: tuple[Silence, ...]
    """The longest, longest first."""
    at_plateau: bool | None
    """Whether it already posts as often as helps; None when that is not known."""
    sentences: tuple[str, ...]
    unknown: str | None = None


def read_rhythm(
    values: Mapping[str, Value],
    posts: Sequence[OwnPost],
    until: datetime | None,
    *,
    replies: int = 0,
    now: datetime | None = None,
) -> Rhythm:
    """Say when an account speaks; `until` is how far its own posts were collected, `replies` are those it wrote, which do not count."""
    per_week, burstiness = values["posts_per_week"], values["burstiness"]
    dated = sorted((post for post in posts if post.created_at), key=lambda post: (post.created_at, post.post))
    gaps = _gaps(dated)
    usual = median(days for days, _, _ in gaps) if gaps else None
    silences = _silences(dated, gaps, usual, until)
    plateau = None if per_week.value is None else per_week.value >= PLATEAU
    sentences = [SIGNALS["posts_per_week"].sentence(per_week).replace("It posts", "You post")]
    if replies:
        some = "1 reply" if replies == 1 else f"{replies:,} replies"
        sentences.append(
            f"Counted are your {len(posts):,} posts; your {some} in the data {'is' if replies == 1 else 'are'} not counted."
        )
    if per_week.value is not None and plateau:
        sentences.append(_above(per_week.value))
    sentences += [silence.sentence for silence in silences]
    if not silences and len(gaps) >= 2:
        sentences.append(_no_silence(len(dated), max(days for days, _, _ in gaps)))
    if until and now and _days(until, now) >= SILENCE_DAYS:
        sentences.append(
            f"The data of you ends on {until:%Y-%m-%d}, {_days(until, now):.0f} days ago; whether you posted since is not in it."
        )
    return Rhythm(per_week, burstiness, usual, silences, plateau, tuple(sentences), per_week.reason)


def _above(per_week: float) -> str:
    if per_week < FAR_ABOVE:
        return "That is as often as is known to help; more posts would not be better (Leung et al. 2022)."
    return "Beyond about five a week, more posts would not be better, where it was measured (Leung et al. 2022); you can leave some out."


def _no_silence(posts: int, longest: float) -> str:
    """Few posts have no usual gap that a silence could stand out from."""
    if posts < POSTS_NEEDED:
        return f"Silences: unknown, {posts} posts are too few to tell one from your usual gap. The longest gap in the data is {longest:.0f} days."
    return "No long silence in the data."


def _gaps(dated: Sequence[OwnPost]) -> list[tuple[float, OwnPost, OwnPost]]:
    return [(_days(one.created_at, two.created_at), one, two) for one, two in pairwise(dated)]


def _silences(
    dated: Sequence[OwnPost],
    gaps: Sequence[tuple[float, OwnPost, OwnPost]],
    usual: float | None,
    until: datetime | None,
) -> tuple[Silence, ...]:
    if usual is None or len(gaps) < 2:
        return ()
    least = max(SILENCE_DAYS, SILENCE_TIMES * usual)
    found = [_silence(one, two, two.created_at) for days, one, two in gaps if days >= least]
    if until and _days(dated[-1].created_at, until) >= least:
        found.append(_silence(dated[-1], None, until))
    return tuple(sorted(found, key=lambda silence: (-silence.days, silence.since))[:MOST_SILENCES])


def _silence(before: OwnPost, after: OwnPost | None, until: datetime | None) -> Silence:
    assert before.created_at is not None
    assert until is not None
    shown = after.shown("the post after the silence") if after else None
    days = _days(before.created_at, until)
    return Silence(before.created_at, until, days, before.shown("the post before the silence"), shown)


def _days(start: datetime | None, end: datetime | None) -> float:
    assert start is not None
    assert end is not None
    return (end - start).total_seconds() / DAY
