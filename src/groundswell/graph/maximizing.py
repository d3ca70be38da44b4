"""Whom to choose in a network so that most people are set off, and how far at most that is from the best possible.

    found = maximize(edges, k=50)
    found = maximize(edges, budget=10_000, prices=prices, benefit=benefit)
    found.seeds, found.spread, found.certificate

The frame is OPIM-C (Tang, Tang, Xiao & Yuan 2018): one sample of reverse-reachable sets to choose from, another one, drawn
for the purpose and never stored, to see what the choice is worth; both are doubled until the target is met. The bound of what
anybody could reach is not that of the greedy rule but the LP dual of `bounding` over the first sample, which is much nearer:
on 75,877 people and 50 seeds the certificate is .97 and more where the usual bound gives .80. Where the sample that this needs
does not fit into memory, choice and bound come from streams of sets that nobody keeps (`refining`). Both samples are judged by exact
binomial limits (Clopper & Pearson 1934); the chance of being wrong is shared evenly among all rounds that there could be.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from groundswell.errors import InputError
from groundswell.graph.choosing import Limit, Search, fractional, multipliers
from groundswell.graph.cover import Cover, Floats, refuse
from groundswell.graph.drawing import Sampler
from groundswell.graph.edges import Edges, Ids, Network, beside, chances_of, ids_of, numbering
from groundswell.graph.pendants import Rim
from groundswell.graph.refining import PASSES, Streams, largest_mean
from groundswell.graph.storing import Stored, Words
from groundswell.graph.terms import SLACK, Terms
from groundswell.graph.ties import Numbers

FIRST = 1 << 14
"""Sets of the first round (design choice)."""
ROUNDS = 16
"""Rounds among which the chance of being wrong is shared: the last would have 500 million sets (design choice)."""
MEMBERS = 60_000_000
"""People in stored sets, at most (design choice: about 1 GB)."""
KEEP = 0.95
"""Whoever alone is worth less per cost than this share of the last choice's gain is bounded as if it overlapped with nobody
(design choice: sound for any share; lower is slower and hardly nearer)."""
NEAR = 0.5
"""Whoever alone is worth less per cost than this share of it is not looked at as long as prices are higher (design choice: any
share gives the same bound)."""
NOTHING = 1 << 20
"""Sets none of which anybody meets, after which nobody looks for more: who may be chosen reaches nobody who counts, or
hardly anybody; the certificate stays 0, as samples cannot tell (design choice)."""
PRECISE = 0.0005
"""Relative standard error beyond which a choice need not be known better (design choice: a quarter of a percent in a limit)."""
PLANNED, FRESH, MOST = 2, 4, 8
"""Fresh sets for each stored one: when the size of a round is foretold, when the target is out of reach, and where more of them
make a larger round needless (design choice): they take no memory, and about a quarter of the time."""
ELSEWHERE = 0.999
"""What a choice is worth on other sets than those it was made from, when it is foretold (design choice)."""
SETTLED = 0.99
"""Samples do not grow when the certificate is so near to what choice and bound are to one another: more would not help, as
the bound is of fractional choices and may stay above every whole one (design choice)."""
RISING = 0.002
"""By so much what choice and bound are to one another must rise from round to round for larger samples to help (design choice)."""
WIDER = 4
"""Searches for a bound, each with those whom the one before should not have set aside, at most (design choice)."""
WORTH_WIDENING = 0.001
"""By so much a search with more people must have lowered the bound for another one to be worth it (design choice)."""
TAIL = 0.9
"""Where the money nears its end: at this share of it (design choice)."""
BOUNDING, JUDGING = 11, 6
"""Sets that bound every choice, and sets that judge the one made, for each set of a pass of `refining` (design choice)."""
SLOWER = 3.0
"""How much longer a set of a stream takes than one that is only counted, at most (design choice)."""
LEAST_STREAM = 1 << 10
"""Sets of a pass below which streams say nothing; nor do they below a quarter of the stored ones (design choice)."""
BALANCE = 0.5
"""Steps in the candidates against steps in the slopes (design choice, tried on Epinions)."""
SPARE = 0.998
"""What the choice and its bound on the first sample are expected to reach when the size of a round is foretold (design choice)."""


@dataclass(frozen=True)
class Maximum:
    """Whom to choose, in the order in which they add most, and how good that is.

    `spread` is the expected benefit of `seeds` (people, where nobody's benefit was given), estimated on a sample that had no
    part in choosing them; `low`..`high` is its 90 % interval. With `confidence`, no affordable choice reaches more than
    `bound`, and this one reaches at least `certificate` of the best possible. It was chosen from `sets` sets, in which
    `members` people are stored, and judged by `fresh` others.
    """

    seeds: Ids
    spread: float
    low: float
    high: float
    bound: float
    certificate: float
    confidence: float
    spent: float
    sets: int
    fresh: int
    members: int
    seconds: float


def maximize(
    edges: Any,
    *,
    k: int | None = None,
    budget: float | None = None,
    prices: Any = None,
    candidates: ArrayLike | Iterable[Any] | None = None,
    benefit: Any = None,
    chances: ArrayLike | None = None,
    confidence: float = 0.999,
    target: float = 0.97,
    seed: int = 0,
    at_most: float = np.inf,
    workers: int | None = None,
) -> Maximum:
    """Choose `k` people, or people for a `budget`, whose message is expected to reach most under independent cascade.

    `edges` point from who speaks to who may pass it on: a tuple of two arrays (three with weights), rows of two or three, a
    square scipy.sparse matrix, an Arrow, Polars or pandas table (first two columns; the third is the weight), or a networkx
    graph; or a network that was kept (`Stored.open(folder)`), which is not read again. Ids are whole numbers or words. Edges to
    oneself do not count, an edge that is there twice counts once (weights add).

    `chances` is one chance for all or one an edge [weighted cascade: an edge's share of all that points at the same person].
    `prices` and `benefit` are mappings from id, or arrays with one entry for each of 0, 1, 2 ...; `prices` also one for each of
    `candidates`. Whoever is not in a mapping of benefits has none; who may be chosen is `candidates`, else whoever has a price,
    else everybody. `at_most` limits the seconds: no round begins that would hardly end in time. The same seed gives the same
    answer on any number of `workers`, unless time ran out.

    Guarantee: with probability `confidence` over the sampling, the best affordable choice reaches at most `bound`, and `seeds`
    at least `certificate` times what the best reaches. `target` is when to stop; where streams of
    sets, or the time, end before, the certificate says what was reached. Choosing alone is sure of 1 - 1/e (k) or 1/2 (budget).

    Cost: a set takes about as many draws as people in it, and 8 bytes for each candidate among them: half a million
    sets for 50 seeds of 75,877 people. Where more than 60 million people in sets would be needed, as for thousands of cheap seeds who
    reach a little each, some 180 million sets are drawn and forgotten: half a minute on two free cores, in no more memory.
    Bounding makes some hundred passes over the sets of those worth keeping; greedy looks at every candidate once a pick.

    When not to use it: where it is known who reaches whom (`choose`, exact and with more conditions); up to some thousand edges
    with chances known to matter, where exact enumeration or plain simulation says as much; as a forecast, because a spread is a
    number of the model, and chances that nobody measured are a guess (Goyal, Bonchi & Lakshmanan 2011); and where a few hundred
    seeds reach a thousandth of all: then samples say little, and the certificate will show it.
    """
    start = perf_counter()
    problem = _Problem.of(edges, candidates, prices, benefit, chances, k, budget)
    _shares(confidence, target)
    if np.isnan(at_most) or at_most <= 0:
        raise InputError(f"at_most is {at_most} seconds.", next_step="Give seconds above 0, or leave it out.")
    sure = (1.0 - confidence) / (2 * ROUNDS)
    with Sampler(
        problem.network, problem.people, problem.benefit, seed, workers or min(8, os.cpu_count() or 1)
    ) as sampler:
        found = _rounds(problem, sampler, sure, target, start + at_most)
    low, high = _between(found.met, found.sets, 0.05)
    worth = problem.total
    bound = max(found.upper, found.met / found.sets) * worth if found.sets else 0.0
    return Maximum(
        seeds=problem.ids[problem.people[found.picks]],
        spread=worth * found.met / found.sets if found.sets else 0.0,
        low=worth * low, high=worth * high, bound=bound,
        certificate=found.certificate, confidence=confidence,
        spent=float(problem.prices[found.picks].sum()),
        sets=found.size, fresh=found.sets, members=found.members, seconds=perf_counter() - start,
    )  # fmt: skip


@dataclass(frozen=True)
class _Problem:
    """What was asked, in numbers: the network, who may be chosen at what price, and what each person counts."""

    ids: Ids | Words
    network: Network
    people: Numbers
    prices: Floats
    room: float
    benefit: Floats
    total: float

    @cached_property
    def terms(self) -> Terms:
        """The budget, as a condition on all candidates."""
        return _terms(self.prices, self.room)

    @classmethod
    def of(
        cls, edges: Any, candidates: Any, prices: Any, benefit: Any, chances: Any, k: int | None, budget: float | None
    ) -> _Problem:
        room = _room(k, budget, prices)
        asked = (
            None
            if candidates is None
            else ids_of(candidates if isinstance(candidates, np.ndarray) else list(candidates))
        )
        priced, amounts = (np.zeros(0, np.int64), np.zeros(0)) if prices is None else beside(prices, asked, "prices")
        refuse(~np.isfinite(amounts) | (amounts <= 0), "price", "Prices are finite amounts above 0.")
        who, counts = (np.zeros(0, np.int64), np.zeros(0)) if benefit is None else beside(benefit, None, "benefits")
        refuse(~np.isfinite(counts) | (counts < 0), "benefit", "Benefits are finite numbers from 0 up.")
        nobody = np.zeros(0, np.int64)
        columns = [nobody if asked is None else asked, priced, who]
        ids, network, (named, priced_at, who_at) = _network(edges, chances, columns)
        among = named if asked is not None else priced_at if prices is not None else None
        people = np.arange(len(ids)) if among is None else _once(among)
        price = _of_each(people, priced_at, amounts, ids) if prices is not None else np.ones(len(people))
        worth = np.ones(len(ids))
        if benefit is not None:
            _once(who_at)
            worth = np.bincount(who_at, weights=counts, minlength=len(ids)).astype(np.float64)
        affordable = price <= room * (1 + SLACK)
        return cls(ids, network, people[affordable], price[affordable], room, worth, float(worth.sum()))


def _room(k: int | None, budget: float | None, prices: Any) -> float:
    if (k is None) == (budget is None):
        raise InputError("Either k or a budget is needed, not both.", next_step="Give k=50, or budget= with prices=.")
    if k is not None:
        if prices is not None:
            raise InputError(
                "Prices are of no use with k.", next_step="Give budget= instead of k, or leave prices out."
            )
        if k != int(k) or k < 0:
            raise InputError(f"k is {k}.", next_step="Give a whole number of people.")
        return float(k)
    if budget is None or not budget >= 0:
        raise InputError(f"The budget is {budget}.", next_step="Give an amount of money from 0 up.")
    if prices is None:
        raise InputError("A budget needs prices.", next_step="Give prices=, or k for so many people.")
    return float(budget)


def _shares(confidence: float, target: float) -> None:
    if not 0.5 <= confidence < 1:
        raise InputError(f"The confidence is {confidence}.", next_step="Give a share from .5 to below 1, as .999.")
    if not 0 < target <= 1:
        raise InputError(f"The target is {target}.", next_step="Give a share above 0, as .97.")


def _network(edges: Any, chances: Any, columns: list[Ids]) -> tuple[Ids | Words, Network, list[Numbers]]:
    """The ids by number, the network, and each column of ids as numbers."""
    if isinstance(edges, Stored):
        if chances is not None:
            raise InputError(
                "A network that was kept has its chances.",
                next_step="Give chances= when it is kept, or leave them out.",
            )
        return edges.among(columns)
    read = Edges.of(edges)
    ids, (one, other, _, *found) = numbering([read.one, read.other, read.people, *columns])
    if chances is None:
        return ids, Network.cascade(len(ids), one, other, read.weight), found
    return ids, Network.given(len(ids), one, other, chances_of(chances, len(one))), found


def _once(people: Numbers) -> Numbers:
    if len(np.unique(people)) != len(people):
        raise InputError("Somebody is named twice.", next_step="Name everybody once.")
    return people


def _of_each(people: Numbers, at: Numbers, amounts: Floats, ids: Ids | Words) -> Floats:
    """The price of each candidate; whoever has none is named."""
    price = np.full(len(ids), np.nan)
    price[_once(at)] = amounts
    missing = np.flatnonzero(np.isnan(price[people]))
    if len(missing):
        more = f" (and {len(missing) - 1:,} more)" if len(missing) > 1 else ""
        raise InputError(f"{ids[people[missing[0]]]}{more} has no price.", next_step="Give prices for all candidates.")
    return price[people]


@dataclass(frozen=True)
class _Found:
    """The end of a round: the picks, how many of so many fresh sets they meet, and the bound as a share of all.

    `size` is the sample chosen from, `members` the people stored in it.
    """

    picks: Numbers
    met: int
    sets: int
    size: int
    members: int
    lower: float
    upper: float

    @property
    def certificate(self) -> float:
        return min(1.0, self.lower / self.upper) if self.upper > 0 else 1.0


def _rounds(problem: _Problem, sampler: Sampler, sure: float, target: float, end: float) -> _Found:
    """Double the samples until the target is met, or until memory or time would not do."""
    if not len(problem.people) or problem.total <= 0:
        return _Found(np.zeros(0, np.int64), 0, 0, 0, 0, 0.0, 0.0)
    size = sampler.pilot()
    sets = int(max(64, min(FIRST, MEMBERS / (8 * size))))
    if problem.prices.sum() <= problem.room * (1 + SLACK):
        picks = np.arange(len(problem.people))
        sets *= 16  # nothing to choose: all effort goes into what they are worth
        met = sampler.count(picks, 0, sets)
        return _Found(picks, met, sets, 0, 0, met / sets, met / sets)
    best: _Found | None = None
    number, limit = 0, 0.0
    while True:
        here = perf_counter()
        cover, members = sampler.cover(sets << number)
        picks, bound, shares = _chosen(cover, problem, sampler)
        fresh = _fresh(cover.value(picks), bound, sets << number, target, sure)
        counting = perf_counter()
        met = sampler.count(picks, number + 1, fresh)
        pace = fresh / (perf_counter() - counting)
        found = _Found(
            picks, met, fresh, sets << number, members, *_judged(met / fresh, fresh, bound, sets << number, sure)
        )
        if best is None or found.certificate >= best.certificate:
            best = found
        before, limit = limit, cover.value(picks) / bound if bound > 0 else 1.0
        settled = best.certificate >= SETTLED * limit and limit < before + RISING
        if best.certificate >= target or settled or (bound == 0 and found.size >= NOTHING):
            return best
        step = _next(found, bound, sets << number, target, sure)
        took = perf_counter() - here
        streams = _Streaming(problem, sampler, sure, _passing(size, pace, end))
        too_many = bound > 0 and sampler.more << step > MEMBERS and number + 1 < ROUNDS
        if too_many and streams.sets >= max(LEAST_STREAM, found.size // 4):
            return max(best, streams.found(found, cover, shares), key=lambda one: one.certificate)
        while step > 1 and not _fits(sampler.more, step, took, end):
            step -= 1
        if number + step >= ROUNDS or not _fits(sampler.more, step, took, end):
            return best
        number += step


@dataclass(frozen=True)
class _Streaming:
    """The last round, where no stored sample would do: choice and bound from streams of sets (`refining`)."""

    problem: _Problem
    sampler: Sampler
    sure: float
    sets: int

    def found(self, before: _Found, cover: Cover, shares: Floats) -> _Found:
        """Refine what the stored sample said, and judge it on streams that had no part in that."""
        problem, sampler, sets = self.problem, self.sampler, self.sets
        terms = problem.terms
        rim = Rim.of(problem.network, problem.people, problem.prices, problem.benefit[problem.people] / problem.total)
        streams = Streams(sampler, rim, problem.prices, problem.room, terms, sets, ROUNDS + 1)
        picks, shares = streams.refine(before.picks, shares)
        bound = streams.bound(shares, BOUNDING * sets)
        met = sampler.count(picks, ROUNDS, JUDGING * sets)
        ordered = Search(cover, terms, problem.prices).ordered(picks)
        low = _between(met, JUDGING * sets, self.sure)[0]
        high = largest_mean(bound * (1 + SLACK), BOUNDING * sets, self.sure)
        return _Found(ordered, met, JUDGING * sets, before.size + PASSES * sets, before.members, low, high)


def _passing(size: float, pace: float, end: float) -> int:
    """Sets of a pass, when they hold so many people: about as many as memory would, or fewer where time ends before."""
    left = (end - perf_counter()) * pace / SLOWER
    return int(min(MEMBERS / size, max(left, 0.0) / (PASSES + BOUNDING + JUDGING)))


def _fresh(value: float, bound: float, sets: int, target: float, sure: float) -> int:
    """Sets to validate a choice with: as many as the target should need, up to MOST times those it was made from.

    Where that is not enough, FRESH times as many, and never more than say precisely enough.
    """
    share = max(value / sets, 1 / sets)
    for half in range(2, 2 * MOST + 1):
        unlucky = 1 - np.sqrt((1 - share) / share / (half * sets / 2))  # by one standard error
        lower, upper = _judged(share * ELSEWHERE * max(unlucky, 0.0), half * sets // 2, bound, sets, sure)
        if lower >= target * upper:
            break
    else:
        half = 2 * FRESH
    return int(min(half * sets // 2, (1 - share) / share / PRECISE**2 + 1_000))


def _fits(members: int, step: int, took: float, end: float) -> bool:
    """Whether a round so many doublings larger has the memory and the time it will need."""
    more = 1 << step
    return members * more <= MEMBERS and perf_counter() + took * more <= end


def _next(found: _Found, bound: float, sets: int, target: float, sure: float) -> int:
    """Doublings after which the samples should be large enough; what the bound has too much shrinks with their size."""
    share = found.met / found.sets
    for step in range(1, ROUNDS):
        above = share / SPARE + max(0.0, bound / sets - share) / (1 << step)
        fresh = PLANNED * (sets << step)
        lower, upper = _judged(share, fresh, above * (sets << step), sets << step, sure)
        if lower >= target * upper:
            return step
    return 1


def _judged(share: float, fresh: int, bound: float, sets: int, sure: float) -> tuple[float, float]:
    """Share that the picks meet at least, and that any choice meets at most, each wrong with a chance of `sure`.

    What the best choice meets is a whole number, no larger than the bound, and binomial: the limit rises with it.
    """
    most = min(sets, int(np.floor(bound * (1 + SLACK))))
    return _between(round(share * fresh), fresh, sure)[0], _between(most, sets, sure)[1]


def _between(met: int, sets: int, each: float) -> tuple[float, float]:
    """Limits of a share, each passed with this chance at most (Clopper & Pearson 1934)."""
    from scipy.special import betaincinv

    low = float(betaincinv(met, sets - met + 1, each)) if met > 0 else 0.0
    high = float(betaincinv(met + 1, sets - met, 1.0 - each)) if met < sets else 1.0
    return low, high


def _chosen(cover: Cover, problem: _Problem, sampler: Sampler) -> tuple[Numbers, float, Floats]:
    """The picks of greedy and the best exchange of its end, the bound of what any choice meets of these sets, and its shares."""
    prices = problem.prices
    search = Search(cover, problem.terms, prices)
    starts = search.greedy(prices)
    if not (prices == prices[0]).all():
        starts += search.greedy(np.ones(len(prices)))
    picks = max(starts, key=cover.value)
    last = _last(cover.gains(starts[0]), prices[starts[0]])
    kept = cover.each > KEEP * last * prices
    kept[picks] = True
    near = kept | (cover.each > NEAR * last * prices)
    best, shares = cover.total, np.zeros(len(prices))
    for _ in range(WIDER):
        among = np.flatnonzero(kept)
        narrow = _Narrowed(cover, among, np.flatnonzero(near | kept), NEAR * last, problem, sampler.pool)
        before, best = best, min(best, narrow.bounded(np.searchsorted(among, picks), None)[1])
        shares[among] = narrow.x
        missed = narrow.missed()
        if not len(missed) or best > (1 - WORTH_WIDENING) * before:
            break
        kept[missed] = True
    sampler.shorten(cover, picks)
    return picks, best, shares


def _terms(prices: Floats, room: float) -> Terms:
    return Terms.of(len(prices), [Limit(prices, at_most=room, name="budget")], (), ())


def _last(gains: Floats, prices: Floats) -> float:
    """What greedy gains per cost where the money nears its end; the very last picks only fill what is left."""
    if not len(gains):
        return 0.0
    spent = np.cumsum(prices)
    at = min(int(np.searchsorted(spent, TAIL * spent[-1])), len(gains) - 1)
    return float(gains[at] / prices[at])


class _Narrowed(Search):
    """The search for a bound among those worth keeping; everybody else counts with all that they meet, overlaps or not.

    What anybody adds to others is at most what they meet alone, so that the bound holds for every choice there is.
    """

    def __init__(
        self, cover: Cover, kept: Numbers, near: Numbers, floor: float, problem: _Problem, pool: Executor
    ) -> None:
        prices, room = problem.prices, problem.room
        few = _terms(prices[kept], room)
        super().__init__(cover.narrowed(kept), few, prices[kept], balance=BALANCE, pool=pool)
        self.kept, self.near, self.floor = kept, near, floor
        self.alone, self.all, self.around = cover.each, problem.terms, _terms(prices[near], room)
        self.nearest = np.searchsorted(near, kept)

    def missed(self) -> Numbers:
        """Who would be chosen at the last prices, overlap or not, and was set aside."""
        far = self.price < self.floor
        who, terms = (np.arange(len(self.alone)), self.all) if far else (self.near, self.around)
        worth = self.alone[who] > self.price * terms.scale[0] * terms.rows[0]
        return np.setdiff1d(who[worth], self.kept, assume_unique=True)

    def bound(self, slopes: Floats) -> tuple[float, Floats]:
        """The bound of these slopes for every candidate, kept or not.

        At prices at which nobody far from being worth it would be chosen, only the others are looked at.
        """
        constant, each = self.line(slopes, self.bent, self.curve)
        terms, among = self.around, self.alone[self.near]
        among[self.nearest] = each
        worth = multipliers(among, terms)
        if worth[0] / terms.scale[0] < self.floor:
            terms, among = self.all, self.alone.copy()
            among[self.kept] = each
            worth = multipliers(among, terms)
        self.price = float(worth[0] / terms.scale[0])
        bound = float(constant + fractional(among, terms, worth)) + self.cover.sure
        return bound, worth * self.terms.scale / terms.scale
