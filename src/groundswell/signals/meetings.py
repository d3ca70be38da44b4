"""Meetings: who follows and who speaks to whom, as numbers, read for the grain of ties; and what of it was an answer.

Two people speak of their own accord, or one answers the other under a comment: which of both, an exchange tells from its first turn.
Whoever answers also names; such a name counts for nothing. Where only some people are asked for, only what concerns them is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundswell.graph import Flags, Numbers, among, distinct
from groundswell.signals.arrays import Asked
from groundswell.signals.nearby import EVERYTHING, SPEAKING
from groundswell.signals.pairs import by_number

TOLD = ("full", "local")
SILENT = len(TOLD)
DAY = 86_400_000_000
UNDATED = -(10**6)
"""The day of an act whose time is not known: long before anything a file may hold (the year 768 BC)."""
SIEVE = 25
"""Bits of a hash by which rows are sieved before they are sorted (design choice: 32 MB)."""
EXCHANGES = 12
"""An exchange is followed over 2 ** 12 turns."""
ODD = 0x9E3779B97F4A7C1
"""Sets two uses of one hash apart."""


@dataclass(frozen=True)
class Acts:
    """What people said to others, one element an act; the acting and the other account by number."""

    actor: Numbers
    account: Numbers
    comment: Flags
    post: NDArray[np.uint64]
    via: NDArray[np.uint64]
    """Hash of the act's own post; 0 where there is none."""
    day: Numbers
    """Days since 1970; UNDATED where the time is not known."""

    def kept(self, keep: Flags) -> Acts:
        """The acts that the flags keep."""
        return Acts(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


def month_of(day: Numbers) -> Numbers:
    """Months since 1970, as the calendar has them."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


@dataclass(frozen=True)
class Met:
    """Everybody who meets somebody in what was read, by number."""

    names: pa.Array
    follower: Numbers
    followed: Numbers
    how: NDArray[np.int8]
    """How complete each follow's list is said to be: a place in TOLD, or SILENT where nothing is said."""
    acts: Acts
    """Acts of one's own accord."""
    answers: Acts
    """Answers to a comment on one's own post."""
    returns: Flags
    """Which answers were answered again."""

    @property
    def size(self) -> int:
        """Number of people."""
        return len(self.names)

    @cached_property
    def there(self) -> Flags:
        """Who follows, is followed, speaks or is spoken to at all."""
        found = np.zeros(self.size, np.bool_)
        for who in (
            self.follower,
            self.followed,
            *(who for acts in (self.acts, self.answers) for who in (acts.actor, acts.account)),
        ):
            found[who] = True
        return found

    @cached_property
    def follow_keys(self) -> Numbers:
        """Every follow, as followed * size + follower, ascending."""
        return np.sort(self.followed * self.size + self.follower)

    @cached_property
    def both(self) -> Numbers:
        """Follows that are returned, as in `follow_keys`: both directions."""
        return both_ways(self.size, self.follow_keys)

    @cached_property
    def visits(self) -> Visits:
        """Who spoke to whom of their own accord."""
        return visits(self, self.acts)

    @cached_property
    def tie_keys(self) -> Numbers:
        """Both directions of every tie, as one * size + other, ascending."""
        return distinct(np.concatenate([self.both, both_ways(self.size, self.visits.keys)]))


def both_ways(size: int, keys: Numbers) -> Numbers:
    """Of pairs as one * size + other, ascending, those that are there the other way round too."""
    one = keys // max(size, 1)
    turned = np.sort((keys - one * size) * size + one)  # neighbours in memory are looked up far faster than strangers
    return turned[among(turned, keys)]


def meetings(asked: Asked, near: str = "", *, of: str = "") -> Met:
    """Read who follows and speaks to whom; with `near`, the name of a table of accounts, only where one of them is concerned.

    `of` stands before the names of the views: EVERYTHING, where more than what is near those asked for is read. Without it, whoever named
    somebody beside an answer may count as having spoken: there are more people near then, and never fewer.
    """
    one, other = (f"{name} IN (SELECT account FROM {near})" if near else "true" for name in ("{0}", "{1}"))
    where = f"({one} OR {other})"
    beside = _beside_answers(asked, near) if near and of else ""
    follows = f"""SELECT follower AS one, followed AS other, {_told()}::TINYINT AS how FROM {of}follows
        WHERE follower <> followed AND {where.format("follower", "followed")}"""
    acts = f"""SELECT actor AS one, account AS other, verb = 'reply' AS comment,
               CASE WHEN post IS NULL THEN 0 ELSE hash(post) END AS post, CASE WHEN via IS NULL THEN 0 ELSE hash(via) END AS via,
               coalesce(epoch_us(acted_at) // {DAY}, {UNDATED}) AS day FROM {of}interactions
        WHERE verb IN {SPEAKING} AND actor <> account AND ({where.format("actor", "account")}{beside})"""
    names, ((follower, followed, how), (actor, account, comment, *said)) = by_number(
        asked, follows, acts, few=bool(near)
    )
    spoken = Acts(actor, account, comment.astype(np.bool_), *said)
    answers, returns = _answers(spoken)
    return Met(names, follower, followed, how, spoken.kept(~answers), spoken.kept(answers), returns[answers])


def _beside_answers(asked: Asked, near: str) -> str:
    """Further acts that are needed, as a condition: of strangers who named somebody near in a reply to somebody else.

    Whether that was an answer, beside which a name counts for nothing, hangs on the whole exchange of those two.
    """
    engine, outside = asked.engine, f"NOT IN (SELECT account FROM {near})"
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE named_beside AS SELECT DISTINCT via FROM {EVERYTHING}interactions
            WHERE verb IN {SPEAKING} AND verb <> 'reply' AND via IS NOT NULL AND account IN (SELECT account FROM {near}) AND actor {outside}"""
    )
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE answered_beside AS
            SELECT DISTINCT least(actor, account) AS one, greatest(actor, account) AS other FROM {EVERYTHING}interactions
            WHERE verb = 'reply' AND account IS NOT NULL AND account {outside} AND via IN (SELECT via FROM named_beside)"""
    )
    if not engine.rows("SELECT count(*) FROM answered_beside")[0][0]:
        return ""
    return " OR (least(actor, account), greatest(actor, account)) IN (SELECT (one, other) FROM answered_beside)"


def _told() -> str:
    """SQL of the code of how complete a list of follows is said to be; what else is said counts as nothing of use."""
    cases = " ".join(f"WHEN '{word}' THEN {code}" for code, word in enumerate(TOLD))
    return f"CASE coalesce(completeness, '') {cases} WHEN '' THEN {SILENT} ELSE {SILENT + 1} END"


def _answers(acts: Acts) -> tuple[Flags, Flags]:
    """Which acts are the author's side of an exchange under a comment, and which of those were answered again."""
    replies, to = _answered(acts)
    deep, further = np.zeros(len(acts.post), np.int64), np.arange(len(acts.post))
    deep[replies], further[replies] = 1, to
    for _ in range(
        EXCHANGES
    ):  # doubles the distance with every turn, until all have come to where their exchange began
        beyond, end = deep[further[replies]], further[further[replies]]
        deep[replies] += beyond
        further[replies] = end
        replies = replies[beyond > 0]
    answer, again = deep % 2 == 1, np.zeros(len(deep), np.bool_)
    again[to] = True
    aside = np.flatnonzero(~acts.comment & (acts.via != 0))  # whoever answers also names
    aside = aside[_member(acts.via[aside], acts.via[answer])]
    returns = again & answer
    answer[aside] = True
    return answer, returns


def _answered(acts: Acts) -> tuple[Numbers, Numbers]:
    """The acts that reply to a comment of the one they speak to, and to which one each does."""
    comments = np.flatnonzero(acts.comment & (acts.via != 0))
    replies = np.flatnonzero(acts.comment)
    replies = replies[_perhaps(acts.post[replies], acts.via[comments])]
    comments = comments[_perhaps(acts.via[comments], acts.post[replies])]
    if not len(comments):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # One post may speak to several people: it is looked up together with the two that it is between.
    between = _between(acts, comments, acts.via)
    order = np.lexsort((acts.post[comments], between))
    comments, made = comments[order], between[order]
    asked = _between(acts, replies, acts.post, turned=True)
    order = np.argsort(asked)
    replies, asked = replies[order], asked[order]
    place = np.minimum(np.searchsorted(made, asked), len(made) - 1)
    to = comments[place]
    each = (
        (made[place] == asked) & (acts.account[to] == acts.actor[replies]) & (acts.actor[to] == acts.account[replies])
    )
    return replies[each], to[each]


def _between(acts: Acts, some: Numbers, said: NDArray[np.uint64], *, turned: bool = False) -> NDArray[np.uint64]:
    """What some acts say or speak to, and between whom: one number, the same for an act and (turned) for one that answers it."""
    one, other = (acts.account, acts.actor) if turned else (acts.actor, acts.account)
    pair = one[some].astype(np.uint64) << np.uint64(32) | other[some].astype(np.uint64)
    return said[some] ^ (pair * np.uint64(ODD))


def _perhaps(hashes: NDArray[np.uint64], known: NDArray[np.uint64]) -> Flags:
    """Which hashes may be among the known: a sieve that lets through all that are, and few others."""
    sieve = np.zeros(1 << SIEVE, np.bool_)
    sieve[known >> (64 - SIEVE)] = True
    return sieve[hashes >> (64 - SIEVE)]


def _member(hashes: NDArray[np.uint64], known: NDArray[np.uint64]) -> Flags:
    """Which hashes are among the known."""
    found = _perhaps(hashes, known)
    found[found] = np.isin(hashes[found], known[_perhaps(known, hashes[found])])
    return found


@dataclass(frozen=True)
class Visits:
    """Pairs of an account and one who spoke to it, each once, with how often and when."""

    account: Numbers
    other: Numbers
    times: Numbers
    days: Numbers
    first: Numbers
    """First month; only dated acts count towards days and months."""
    last: Numbers
    months: Numbers
    keys: Numbers
    """account * size + other, ascending."""


def visits(met: Met, acts: Acts) -> Visits:
    """Gather acts by pair."""
    size, days = max(met.size, 1), distinct(acts.day)
    # Pair and day in one number: sorting that alone is ten times as fast as ordering by the one and the other.
    key = np.sort((acts.account * size + acts.actor) * len(days) + np.searchsorted(days, acts.day))
    pair = key // max(len(days), 1)
    at = key - pair * len(days)
    day, month = days[at], month_of(days)[at]
    begins = np.concatenate([[True], pair[1:] != pair[:-1]]) if len(pair) else np.zeros(0, np.bool_)
    which, dated = np.cumsum(begins) - 1, day != UNDATED
    count = int(begins.sum())
    new_day = dated & np.concatenate([[True], (day[1:] != day[:-1]) | begins[1:]])[: len(day)]
    new_month = dated & np.concatenate([[True], (month[1:] != month[:-1]) | begins[1:]])[: len(day)]
    first, last = np.full(count, UNDATED), np.full(count, UNDATED)
    first[which[dated][::-1]] = month[dated][::-1]
    last[which[dated]] = month[dated]
    return Visits(
        pair[begins] // size,
        pair[begins] % size,
        np.bincount(which, minlength=count),
        np.bincount(which[new_day], minlength=count),
        first,
        last,
        np.bincount(which[new_month], minlength=count),
        pair[begins],
    )


__all__ = [
    "DAY",
    "ODD",
    "SILENT",
    "TOLD",
    "UNDATED",
    "Acts",
    "Met",
    "Visits",
    "both_ways",
    "meetings",
    "month_of",
    "visits",
]
