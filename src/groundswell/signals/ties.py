"""Ties: who follows and who speaks to whom, as numbers. The grain of the questions "who is its circle" and "who stays".

Two people are *tied* when they follow one another, or when each has spoken to the other of their own accord: commented, quoted,
passed on or named. To answer a comment is courtesy and no tie by itself (Lanz et al. 2019 find answers to depend on standing,
not on closeness). Likes are not asked: they cost nothing, and files name few who gave them (design choice).

A tie is *embedded* when the two have a further tie in common (Granovetter 1985; Onnela et al. 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.graph import Flags, Graph, Numbers, among, distinct, expanded, overlap
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.pairs import by_number
from groundswell.store import Engine

pc: Any = _compute  # its functions are made at run time, no type checker knows them

SPEAKING = "('reply', 'quote', 'repost', 'mention')"
TOLD = ("full", "local")
SILENT = len(TOLD)
DAY = 86_400_000_000
UNDATED = -(10**6)
"""The day of an act whose time is not known: long before anything a file may hold (the year 768 BC)."""
SIEVE = 25
"""Bits of a hash by which rows are sieved before they are sorted (design choice: 32 MB)."""
EXCHANGES = 12
"""An exchange is followed over 2 ** 12 turns."""
OWN_LIST_FROM = 5
"""Follows of one account, in files that do not say how complete they are, from which on we take its own list to be there: fewer
may be what other people's lists happen to show of it (design choice)."""
WEDGES = 200
"""Wedges looked at around one account: the Wilson interval of a share is then within 6 points (design choice)."""
REGULAR_FROM = 3
"""Times and days from which on somebody comes again and again; months from which on it is loyalty (design choice)."""
FANS_ASKED = 5
"""Most loyal people of an account whose followers are looked at (design choice)."""


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


def _month(day: Numbers) -> Numbers:
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
        return _both(self.size, self.follow_keys)

    @cached_property
    def visits(self) -> Visits:
        """Who spoke to whom of their own accord."""
        return visits(self, self.acts)

    @cached_property
    def tie_keys(self) -> Numbers:
        """Both directions of every tie, as one * size + other, ascending."""
        return distinct(np.concatenate([self.both, _both(self.size, self.visits.keys)]))


def _both(size: int, keys: Numbers) -> Numbers:
    """Of pairs as one * size + other, ascending, those that are there the other way round too."""
    one = keys // max(size, 1)
    turned = np.sort((keys - one * size) * size + one)  # neighbours in memory are looked up far faster than strangers
    return turned[among(turned, keys)]


def meetings(asked: Asked, near: str = "") -> Met:
    """Read who follows and speaks to whom; with `near`, the name of a table of accounts, only where one of them is concerned."""
    one, other = (f"{name} IN (SELECT account FROM {near})" if near else "true" for name in ("{0}", "{1}"))
    where = f"({one} OR {other})"
    follows = f"""SELECT follower AS one, followed AS other, {_told()}::TINYINT AS how FROM follows
        WHERE follower <> followed AND {where.format("follower", "followed")}"""
    acts = f"""SELECT actor AS one, account AS other, verb = 'reply' AS comment,
               CASE WHEN post IS NULL THEN 0 ELSE hash(post) END AS post, CASE WHEN via IS NULL THEN 0 ELSE hash(via) END AS via,
               coalesce(epoch_us(acted_at) // {DAY}, {UNDATED}) AS day FROM interactions
        WHERE verb IN {SPEAKING} AND actor <> account AND {where.format("actor", "account")}"""
    names, ((follower, followed, how), (actor, account, comment, *said)) = by_number(
        asked, follows, acts, few=bool(near)
    )
    spoken = Acts(actor, account, comment.astype(np.bool_), *said)
    answers, returns = _answers(spoken)
    return Met(names, follower, followed, how, spoken.kept(~answers), spoken.kept(answers), returns[answers])


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
    comments = comments[np.lexsort((acts.post[comments], acts.via[comments]))]
    replies = replies[np.argsort(acts.post[replies])]
    made, asked = acts.via[comments], acts.post[replies]
    place = np.minimum(np.searchsorted(made, asked), len(made) - 1)
    to = comments[place]
    each = (
        (made[place] == asked) & (acts.account[to] == acts.actor[replies]) & (acts.actor[to] == acts.account[replies])
    )
    return replies[each], to[each]


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
class Audience:
    """Pairs of an account and one who follows or speaks to it, each once, with what is between them."""

    account: Numbers
    other: Numbers
    speaks: Flags
    tied: Flags
    friend: Flags
    """Tied, and they have a further tie in common."""


@array_grain(
    "circle",
    columns={
        "account": pa.string(), "followers_seen": pa.int64(), "list_known": pa.bool_(), "mutual": pa.int64(), "heard": pa.bool_(),
        "ties": pa.int64(), "overlap": pa.float64(), "overlap_spread": pa.float64(), "wedges": pa.int64(), "closed": pa.int64(),
        "audience": pa.int64(), "friends": pa.int64(), "speakers": pa.int64(), "strangers": pa.int64(), "comments": pa.int64(),
        "commenters": pa.int64(), "regulars": pa.int64(), "months": pa.int64(), "early": pa.int64(), "returned": pa.int64(),
        "loyal": pa.int64(), "loyal_names": pa.string(), "fans_asked": pa.int64(), "second_hop": pa.int64(), "answers": pa.int64(), "continued": pa.int64(),
    },
    # Whoever is tied to somebody whose ties changed may have more or fewer ties in common with others; and the followers of
    # somebody loyal are the second hop.
    touches=f"""
        SELECT f.follower FROM follows AS f JOIN follows AS g ON g.follower = f.followed AND g.followed = f.follower
        WHERE f.followed IN (SELECT account FROM touched_accounts)
        UNION (SELECT actor FROM interactions
               WHERE verb IN {SPEAKING} AND account IN (SELECT account FROM touched_accounts)
               INTERSECT SELECT account FROM interactions
               WHERE verb IN {SPEAKING} AND actor IN (SELECT account FROM touched_accounts))
        UNION (SELECT account FROM interactions
               WHERE verb IN {SPEAKING} AND actor IN (SELECT account FROM touched_accounts)
               GROUP BY actor, account HAVING count(*) >= {REGULAR_FROM})""",
)  # fmt: skip
def circle(asked: Asked) -> pa.Table:
    """One row an account: its ties, its audience, and who of them comes again."""
    met = meetings(asked, _near(asked) if asked.only else "")
    keys = met.tie_keys
    ties = Graph.of(met.size, keys // max(met.size, 1), keys % max(met.size, 1))
    shared = _shared(ties)
    columns = _follows(met) | _closeness(asked.engine, met, ties, shared) | _company(met, ties, shared) | _visits(met)
    names, loyal = pa.array(met.names, pa.string()), _loyal(met)
    columns |= {"loyal": _count(met, loyal[0])} | _second_hop(asked.engine, met, loyal)
    said = {"loyal_names": _named(asked.engine, met, loyal)}
    found = pa.table({"account": names, **{name: pa.array(column) for name, column in columns.items()}, **said})
    return found.filter(pa.array(met.there))


def _near(asked: Asked) -> str:
    """Make the table of those asked for and everybody tied or loyal to them: what is around those is needed as well."""
    met = meetings(asked, "wanted_accounts")
    keys = met.tie_keys
    more = asked.engine.table("SELECT account FROM wanted_accounts").column("account")
    near = distinct(np.concatenate([keys // max(met.size, 1), _loyal(met)[1]]))
    tied = met.names.take(pa.array(near))
    asked.engine.register("near_accounts", pa.table({"account": pa.chunked_array([tied, *more.chunks], pa.string())}))
    return "near_accounts"


def _count(met: Met, who: Numbers, of: Any = None) -> NDArray[Any]:
    """How often each stands among `who`, or how many of them the flags pick."""
    return np.bincount(who if of is None else who[of], minlength=met.size)


def _follows(met: Met) -> dict[str, NDArray[Any]]:
    """Followers seen, whether the account's own list is there to compare with, and how many follow one another."""
    listed, vague = _count(met, met.follower, met.how < SILENT), _count(met, met.follower, met.how == SILENT)
    # A list of everybody's follows among these accounts shows who follows nobody, too.
    among = _count(met, met.followed, met.how == TOLD.index("local"))
    return {
        "followers_seen": _count(met, met.followed),
        "list_known": (listed > 0) | (vague >= OWN_LIST_FROM) | (among > 0),
        "mutual": _count(met, met.both // max(met.size, 1)),
    }


def _shared(ties: Graph) -> NDArray[np.float64]:
    """Overlap of the two of each tie, in the order of the graph. It is the same both ways, so half of it is computed."""
    one, other = ties.one, ties.other
    back = np.flatnonzero(one > other)
    there = np.flatnonzero(one < other)
    found = np.zeros(len(one))
    found[there] = overlap(ties, one[there], other[there])
    found[back[np.argsort(other[back] * ties.size + one[back])]] = found[there]
    return found


def _closeness(engine: Engine, met: Met, ties: Graph, shared: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """How many neighbours tied people share, and how many of an account's ties are tied to one another."""
    one, degree = ties.one, np.maximum(ties.degree, 1)
    mean = np.bincount(one, weights=shared, minlength=met.size) / degree
    spread = np.bincount(one, weights=(shared - mean[one]) ** 2, minlength=met.size)
    wedges, closed = ties.closed_wedges(_hashes(engine, met), WEDGES)
    return {
        "ties": ties.degree,
        "overlap": mean,
        "overlap_spread": np.sqrt(spread / np.maximum(ties.degree - 1, 1)),
        "wedges": wedges,
        "closed": closed,
    }


def _hashes(engine: Engine, met: Met) -> Numbers:
    """A number for each name that hangs on the name alone."""
    engine.register("met_names", pa.table({"place": pa.array(np.arange(met.size)), "name": met.names}))
    hashed = engine.table("SELECT place, key_of_post(name) AS hash FROM met_names")
    found = np.zeros(met.size, np.int64)
    found[hashed.column("place").to_numpy()] = hashed.column("hash").to_numpy()
    return found


def audience(met: Met, ties: Graph, shared: NDArray[np.float64]) -> Audience:
    """Everybody who follows or speaks to an account; `shared` is what the two of each tie share."""
    size = max(met.size, 1)
    spoke = met.visits.keys
    keys = distinct(np.concatenate([spoke, met.follow_keys]))
    account, other = keys // size, keys % size
    tied = ties.holds(account, other)
    friend = tied.copy()
    friend[tied] = shared > 0  # all who are tied are in the audience, in the order of the graph
    return Audience(account, other, among(keys, spoke), tied, friend)


def _company(met: Met, ties: Graph, shared: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Of those who follow or speak to an account, how many are friends, and how many strangers."""
    seen = audience(met, ties, shared)
    return {
        "heard": _count(met, met.acts.actor) > 0,
        "audience": _count(met, seen.account),
        "friends": _count(met, seen.account, seen.friend),
        "speakers": _count(met, seen.account, seen.speaks),
        "strangers": _count(met, seen.account, seen.speaks & ~seen.tied),
    }


# -- who comes again -------------------------------------------------------------------------------------------------------


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
    day, month = days[at], _month(days)[at]
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


def _visits(met: Met) -> dict[str, NDArray[Any]]:
    """Who came again: on other days, in other months, after an answer."""
    all_of, comments = met.visits, visits(met, met.acts.kept(met.acts.comment))
    latest = np.full(met.size, UNDATED)
    np.maximum.at(latest, all_of.account, all_of.last)
    early = (all_of.first != UNDATED) & (all_of.first < latest[all_of.account])
    regular = (comments.times >= REGULAR_FROM) & (comments.days >= REGULAR_FROM)
    answered = met.answers.comment
    return {
        "comments": _count(met, met.acts.account, met.acts.comment),
        "commenters": _count(met, comments.account),
        "regulars": _count(met, comments.account, regular),
        "months": _months(met),
        "early": _count(met, all_of.account, early),
        "returned": _count(met, all_of.account, early & (all_of.last > all_of.first)),
        "answers": _count(met, met.answers.actor, answered),
        "continued": _count(met, met.answers.actor, answered & met.returns),
    }


def _months(met: Met) -> Numbers:
    """Months in which somebody spoke to an account."""
    dated = met.acts.day != UNDATED
    # Dates before 1900 or far in the future are damage, and must not reach into another account's keys.
    month = np.clip(_month(met.acts.day[dated]) + 840, 0, (1 << 20) - 1)
    return _count(met, distinct(met.acts.account[dated] * (1 << 20) + month) >> 20)


def _loyal(met: Met) -> tuple[Numbers, Numbers, Numbers]:
    """Pairs (account, one who spoke to it in three months, on three of its posts), and in how many months."""
    found, size = met.visits, max(met.size, 1)
    keep = found.months >= REGULAR_FROM
    wanted = found.keys[keep]
    pair = met.acts.account * size + met.acts.actor
    some = (met.acts.post != 0) & among(pair, wanted)
    order = np.lexsort((met.acts.post[some], pair[some]))
    pair, post = pair[some][order], met.acts.post[some][order]
    new = np.concatenate([[True], (pair[1:] != pair[:-1]) | (post[1:] != post[:-1])])[: len(pair)]
    posts = np.bincount(np.searchsorted(wanted, pair[new]), minlength=len(wanted))
    enough = posts >= REGULAR_FROM
    return found.account[keep][enough], found.other[keep][enough], found.months[keep][enough]


def _named(engine: Engine, met: Met, loyal: tuple[Numbers, Numbers, Numbers]) -> pa.Array:
    """Handles of the three most loyal of each account."""
    account, other, months = loyal
    places = {"place": pa.array(account), "account": met.names.take(pa.array(other)), "months": pa.array(months)}
    engine.register("loyal_people", pa.table(places))
    told = engine.table(
        """SELECT place, array_to_string(list('@' || handle ORDER BY months DESC, account)[:3], ', ') AS names
           FROM loyal_people JOIN accounts USING (account) WHERE handle IS NOT NULL GROUP BY place"""
    )
    where = np.full(met.size, -1)
    where[told.column("place").to_numpy()] = np.arange(told.num_rows)
    return in_one(told.column("names")).take(pa.array(where, mask=where < 0))


def _second_hop(engine: Engine, met: Met, loyal: tuple[Numbers, Numbers, Numbers]) -> dict[str, NDArray[Any]]:
    """How many follow the most loyal of an account and not the account itself, and of how many loyal ones that was seen."""
    account, fan, months = loyal
    follower = met.follow_keys % max(met.size, 1)
    first = np.concatenate([[0], np.cumsum(_count(met, met.followed))])
    seen = first[fan + 1] > first[fan]
    account, fan, months = account[seen], fan[seen], months[seen]
    order = np.lexsort((_hashes(engine, met)[fan], -months, account))
    account, fan = account[order], fan[order]
    rank = np.arange(len(account)) - np.searchsorted(account, account)
    account, fan = account[rank < FANS_ASKED], fan[rank < FANS_ASKED]
    row, place = expanded(first[fan], first[fan + 1] - first[fan])
    reached = distinct(account[row] * met.size + follower[place])
    own = among(reached, met.follow_keys) | (reached // max(met.size, 1) == reached % max(met.size, 1))
    return {"fans_asked": _count(met, account), "second_hop": _count(met, reached[~own] // max(met.size, 1))}
