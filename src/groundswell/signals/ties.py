"""Ties: who follows and who speaks to whom, as numbers. The grain of the questions "who is its circle" and "who stays".

Two people are *tied* when they follow one another, or when each has spoken to the other of their own accord: commented, quoted,
passed on or named. To answer a comment is courtesy and no tie by itself (Lanz et al. 2019 find answers to depend on standing,
not on closeness). Likes are not asked: they cost nothing, and files name few who gave them (design choice).

A tie is *embedded* when the two have a further tie in common (Granovetter 1985; Onnela et al. 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.graph import Flags, Graph, Numbers, among, distinct, expanded, overlap
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.meetings import (
    ODD,
    SILENT,
    TOLD,
    UNDATED,
    Met,
    both_ways,
    meetings,
    month_of,
    visits,
)
from groundswell.signals.nearby import EVERYTHING, SPEAKING
from groundswell.store import Engine

pc: Any = _compute  # its functions are made at run time, no type checker knows them

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
    face=("tied_to", "followed_by"),
    # Whoever is tied to somebody whose ties changed may have more or fewer ties in common with others; and the followers of
    # somebody loyal, who are told by their handles, are the second hop.
    touches=f"""
        WITH tied AS (SELECT account FROM changed_circle WHERE tied_to),
             fans AS (SELECT account FROM changed_circle WHERE followed_by UNION SELECT account FROM changed_company WHERE shown)
        SELECT f.follower FROM follows AS f JOIN follows AS g ON g.follower = f.followed AND g.followed = f.follower
        WHERE f.followed IN (FROM tied)
        UNION (SELECT actor FROM interactions WHERE verb IN {SPEAKING} AND account IN (FROM tied)
               INTERSECT SELECT account FROM interactions WHERE verb IN {SPEAKING} AND actor IN (FROM tied))
        UNION (SELECT account FROM interactions WHERE verb IN {SPEAKING} AND actor IN (FROM fans)
               GROUP BY actor, account HAVING count(*) >= {REGULAR_FROM})""",
)  # fmt: skip
def circle(asked: Asked) -> pa.Table:
    """One row an account: its ties, its audience, and who of them comes again."""
    met = meetings(asked, _near(asked), of=EVERYTHING) if asked.only else meetings(asked)
    keys = met.tie_keys
    ties = Graph.of(met.size, keys // max(met.size, 1), keys % max(met.size, 1))
    shared, hashes = _shared(ties), _hashes(asked.engine, met)
    columns = _follows(met) | _closeness(met, ties, shared, hashes) | _company(met, ties, shared) | _visits(met)
    names, loyal = pa.array(met.names, pa.string()), _loyal(met)
    columns |= {"loyal": _count(met, loyal[0])} | _second_hop(met, loyal, hashes) | _faces(met, hashes)
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


def _closeness(met: Met, ties: Graph, shared: NDArray[np.float64], hashes: Numbers) -> dict[str, NDArray[Any]]:
    """How many neighbours tied people share, and how many of an account's ties are tied to one another."""
    one, degree = ties.one, np.maximum(ties.degree, 1)
    mean = np.bincount(one, weights=shared, minlength=met.size) / degree
    spread = np.bincount(one, weights=(shared - mean[one]) ** 2, minlength=met.size)
    wedges, closed = ties.closed_wedges(hashes, WEDGES)
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


def _faces(met: Met, hashes: Numbers) -> dict[str, Numbers]:
    """A number for each person's ties, and one for who follows them: another one when they changed.

    Of those who are near few people not everything is read. So a tie is counted here before it is asked whether one of the two only
    named the other beside an answer, which hangs on further people; where it is the person's own doing, that is added.
    """
    size, spoke = max(met.size, 1), met.visits.keys
    aside = met.answers.kept(~met.answers.comment)
    every = distinct(np.concatenate([spoke, aside.account * size + aside.actor]))
    lost = every[~among(every, spoke)]
    tied = distinct(np.concatenate([met.both, both_ways(met.size, every)]))
    named = _sums(lost % size, hashes[lost // size] * ODD, met.size)
    return {
        "tied_to": _sums(tied // size, hashes[tied % size], met.size) + named,
        "followed_by": _sums(met.follow_keys // size, hashes[met.follow_keys % size], met.size),
    }


def _sums(who: Numbers, numbers: Numbers, size: int) -> Numbers:
    """The sum of each person's numbers; what does not fit into 64 bits is dropped, in whatever order it is added up."""
    order = np.argsort(who, kind="stable")
    whole = np.concatenate([np.zeros(1, np.int64), np.cumsum(numbers[order])])
    ends = np.searchsorted(who[order], np.arange(size + 1))
    return whole[ends[1:]] - whole[ends[:-1]]


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
    month = np.clip(month_of(met.acts.day[dated]) + 840, 0, (1 << 20) - 1)
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


def _second_hop(met: Met, loyal: tuple[Numbers, Numbers, Numbers], hashes: Numbers) -> dict[str, NDArray[Any]]:
    """How many follow the most loyal of an account and not the account itself, and of how many loyal ones that was seen."""
    account, fan, months = loyal
    follower = met.follow_keys % max(met.size, 1)
    first = np.concatenate([[0], np.cumsum(_count(met, met.followed))])
    seen = first[fan + 1] > first[fan]
    account, fan, months = account[seen], fan[seen], months[seen]
    order = np.lexsort((hashes[fan], -months, account))
    account, fan = account[order], fan[order]
    rank = np.arange(len(account)) - np.searchsorted(account, account)
    account, fan = account[rank < FANS_ASKED], fan[rank < FANS_ASKED]
    row, place = expanded(first[fan], first[fan + 1] - first[fan])
    reached = distinct(account[row] * met.size + follower[place])
    own = among(reached, met.follow_keys) | (reached // max(met.size, 1) == reached % max(met.size, 1))
    return {"fans_asked": _count(met, account), "second_hop": _count(met, reached[~own] // max(met.size, 1))}
