"""Whom to choose from a cover with this money and under these conditions, and how far at most that is from the best.

    chooser = Chooser(cover, prices=prices)
    choice = chooser.choose(budget=5000, at_least=20, at_most=40, locked=[3], limits=[Limit(new, at_least=5, name="new")])
    choice.picks, choice.value, choice.certificate

Greedy by value per cost and by value (Yaroslavtsev, Zhou & Avdiukhin 2020: with one budget the better of both, each prefix
also tried with the best single addition, is at least half of the best), then additions, swaps and removals with refilling
while they gain. Independently of how the choice was found, the slopes of `bounding` give an upper bound of what *any* choice
that meets the conditions can reach; `certificate` is value / bound. That bound also covers choices of half a person; where it
leaves more than a hundredth open, it is closed in on by branching: somebody of whom the fractional choice takes a part is once
left out and once taken for sure, and the larger of both bounds holds (Land & Doig 1960). A `Chooser` keeps slopes and picks, so that another
budget, a lock or an exclusion starts from there.

Cost: an iteration passes once over the pairs of the cover; some hundreds are made. Not for functions other than coverage.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from operator import itemgetter
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from groundswell.errors import InfeasibleError, InputError
from groundswell.graph.cover import Arrays, Cover, Floats, refuse
from groundswell.graph.terms import SLACK, Limit, Terms
from groundswell.graph.ties import Numbers

ENOUGH = 0.999
"""Certificate at which nobody looks for better (design choice)."""
WIDE = 200_000
"""Reaches from which the elements are answered in parts, by several threads if there are (design choice: below, the calls cost more)."""
AT_A_TIME = 20
"""Steps between two looks at the bound (design choice)."""
MOST_ROUNDS = 40
"""Looks at the bound, at most (design choice)."""
PATIENCE = 4
LEAST = 2e-4
"""The search ends when so many looks together lowered the bound by less than this share (design choice)."""
BALANCE = 3.0
"""How far steps in the candidates go against steps in the slopes (design choice, tried on made-up audiences)."""
SMOOTH = 0.3
"""Below this largest chance, unequal chances follow the curve 1 - exp(-t) at first; above, the steps of the strongest (design choice)."""
SMOOTHEST = 0.99
"""Above this largest chance they always follow the steps: -log(1 - chance) has no end (design choice)."""
GOOD = 0.99
"""Certificate below which branching goes on (design choice)."""
MOST_BRANCHES = 40
"""Bounds under one more decision, at most (design choice: 4 to 10 were needed for 200 candidates and an audience of 20,000)."""
WORTH_BRANCHING = 0.2
"""It ends when eight bounds closed less than this share of what is missing (design choice)."""
BRANCH_STEPS, BRANCH_LOOKS = 10, 3
"""Steps between two looks at the bound of a branch, and looks; a branch starts from the slopes of the one it grew from."""
FIRST = 4_096
"""The worthiest, who are put in order first where the money may end among them (design choice)."""
QUICK = 1_000_000
"""Reaches from which whoever asks again is answered from the kept slopes alone (design choice: a search takes seconds there)."""
WIDEST = 8_000_000
"""Entries of a table of swaps, at most; larger choices are only added to (design choice: 64 MB)."""


@dataclass(frozen=True)
class Choice:
    """Who was chosen, in the order in which they add value, and how good that is.

    `gains[i]` is what `picks[i]` adds to those before it; they sum to `value`. No choice that meets the conditions reaches
    more than `bound`; `certificate` is value / bound.
    """

    picks: Numbers
    gains: Floats
    value: float
    bound: float
    spent: float
    seconds: float

    @property
    def certificate(self) -> float:
        """The share of the best possible value that this choice is sure to have."""
        return min(1.0, self.value / self.bound) if self.bound > 0 else 1.0


def choose(
    cover: Cover,
    *,
    prices: ArrayLike | None = None,
    budget: float = np.inf,
    at_least: int = 0,
    at_most: int | None = None,
    locked: Iterable[int] = (),
    excluded: Iterable[int] = (),
    limits: Sequence[Limit] = (),
) -> Choice:
    """Choose once; see `Chooser`, which is quicker when something is changed and asked again."""
    return Chooser(cover, prices=prices).choose(
        budget=budget, at_least=at_least, at_most=at_most, locked=locked, excluded=excluded, limits=limits
    )


class Chooser:
    """A cover with its prices, and what was learned from it so far."""

    def __init__(self, cover: Cover, *, prices: ArrayLike | None = None) -> None:
        self.cover, self.prices = cover, _prices(prices, cover.candidates)
        self._slopes: Floats | None = None
        self._chances = None if cover.certain else _Chances(cover)
        self._last: Numbers = np.zeros(0, np.int64)
        self._line: tuple[float, Floats] | None = None

    def choose(
        self,
        *,
        budget: float = np.inf,
        at_least: int = 0,
        at_most: int | None = None,
        locked: Iterable[int] = (),
        excluded: Iterable[int] = (),
        limits: Sequence[Limit] = (),
        thorough: bool = False,
    ) -> Choice:
        """Choose within the budget and the conditions; raises `InfeasibleError`, naming what bites, where nothing meets them.

        Of an audience of a million reaches and more only the first time takes a search. Asked again, it answers with greedy and the
        slopes of that search, which bound every other budget as well, if less closely; `thorough` searches each time.
        """
        start, people = perf_counter(), self.cover.candidates
        if np.isnan(budget) or budget < 0:
            raise InputError(f"The budget is {budget}.", next_step="Give an amount of money from 0 up.")
        count = Limit(np.ones(people), at_most=at_most, at_least=at_least or None, name="people")
        money = Limit(self.prices, at_most=budget, name="budget")
        terms = Terms.of(people, [money, count, *limits], locked, excluded)
        picks, bound = (None if thorough else self._again(terms)) or self._searched(terms)
        self._last, picks = picks, ordered(self.cover, picks)
        gains = self.cover.gains(picks)
        value = float(gains.sum())
        spent = float(self.prices[picks].sum())
        return Choice(picks, gains, value, max(value, bound), spent, perf_counter() - start)

    def _searched(self, terms: Terms) -> tuple[Numbers, float]:
        """The best picks that a search finds, and the lowest bound; what it learned is kept."""
        with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
            search = Search(self.cover, terms, self.prices, self._chances, pool=pool)
            picks, bound = search.run(self._last, self._slopes)
            bound = search.branched(picks, bound)
            self._slopes = search.slopes
            if len(self.cover.candidate) >= QUICK:
                self._line = search.line(search.slopes, search.bent, search.curve)
        return picks, bound

    def _again(self, terms: Terms) -> tuple[Numbers, float] | None:
        """Greedy picks and the bound of the kept slopes; None where none are kept."""
        if self._line is None:
            return None
        costs = [np.maximum(self.prices, 1e-12), np.ones(len(self.prices))]
        with ThreadPoolExecutor(len(costs)) as pool:
            found = pool.map(partial(greedy_picks, self.cover, terms), costs)
        met = [(value, picks) for starts in found for value, picks in starts if terms.holds(picks)]
        if terms.holds(self._last):
            met.append((self.cover.value(self._last), self._last))
        if not met:
            best = terms.best(self.cover.each)
            if best is None:
                raise terms.refuse()
            met = [(0.0, best)]
        constant, each = self._line
        bound = constant + fractional(each, terms, multipliers(each, terms)) + self.cover.sure
        return max(met, key=itemgetter(0))[1], bound


class _Branch(NamedTuple):
    """Some candidates decided, and what is known under that; the smallest comes first off a heap."""

    bound: float
    """Negated, so that the highest comes first."""
    made: int
    terms: Terms
    x: Floats
    slopes: Floats
    prices: Floats


class Search:
    """One search under fixed conditions."""

    def __init__(
        self,
        cover: Cover,
        terms: Terms,
        prices: Floats,
        chances: _Chances | None = None,
        *,
        enough: float = ENOUGH,
        balance: float = BALANCE,
        pool: Executor | None = None,
    ) -> None:
        from groundswell.graph import bounding, counting

        self.cover, self.terms, self.prices = cover, terms, prices
        self.enough, self.balance = enough, balance
        self.bounding, self.counting = bounding, counting
        self.slopes: Floats = np.zeros(0)
        self.x = self.worths = np.zeros(0)
        self.chances = chances
        self.curve, self.bent = _curves(cover, self.chances)
        self.pool = pool if chances is None and len(cover.candidate) >= WIDE else None
        self.line: Any = bounding.line if self.pool is None else partial(bounding.line_in_parts, self.pool)

    def run(self, last: Numbers, slopes: Floats | None) -> tuple[Numbers, float]:
        """The best picks found and the lowest bound."""
        picks = self.first(last)
        return self.bounded(picks, slopes)

    def first(self, last: Numbers) -> Numbers:
        """The best of several starts, each improved by swaps."""
        costs = [np.maximum(self.prices, 1e-12), np.ones(len(self.prices))]
        starts = [set_ for cost in costs for set_ in self.greedy(cost)]
        met = [picks for picks in [*starts, last] if self.terms.holds(picks)]
        if not met:
            found = self.terms.best(self.cover.each)
            if found is None:
                raise self.terms.refuse()
            met = [found]
        best = max(met, key=self.cover.value)
        return self.improved(best)

    def greedy(self, cost: Floats) -> list[Numbers]:
        """Greedy picks by gain per cost, and the best prefix with one more."""
        return [picks for _, picks in greedy_picks(self.cover, self.terms, cost)]

    def improved(self, picks: Numbers) -> Numbers:
        """Add and swap as long as that gains."""
        people, terms = self.cover.candidates, self.terms
        while len(picks) * people <= WIDEST:
            place = np.full(people, -1, np.int64)
            place[picks] = np.arange(len(picks))
            gain, loss, more = self.counting.exchanges(place, len(picks), self.cover.arrays)
            space = terms.room - terms.rows[:, picks].sum(axis=1) + SLACK
            free = (place < 0) & (terms.high > 0)
            addable = free & (terms.rows <= space[:, None]).all(axis=0)
            change = gain[None, :] + more - loss[:, None]
            change[:, ~free] = -np.inf
            change[terms.low[picks] > 0] = -np.inf
            for row, room in zip(terms.rows, space, strict=True):
                change[row[None, :] - row[picks][:, None] > room] = -np.inf
            extra = int(np.argmax(np.where(addable, gain, -np.inf))) if addable.any() else -1
            swap = int(np.argmax(change)) if change.size else -1
            least = 1e-12 * max(1.0, float(self.cover.each.max(initial=0)))
            by_adding = float(gain[extra]) if extra >= 0 else -np.inf
            by_swapping = float(change.flat[swap]) if swap >= 0 else -np.inf
            if max(by_adding, by_swapping) <= least:
                return picks
            if by_adding >= by_swapping:
                picks = np.append(picks, extra)
            else:
                picks = picks.copy()
                picks[swap // people] = swap % people
        return picks

    def bounded(self, picks: Numbers, slopes: Floats | None) -> tuple[Numbers, float]:
        """Lower the bound step by step until it is near enough or does not fall any more."""
        cover, terms = self.cover, self.terms
        value = cover.value(picks)
        x = terms.low.copy()
        x[picks] = 1.0
        self.slopes = self.halfway(picks) if slopes is None else slopes
        rows, room = terms.rows * max(value, 1e-12), terms.room * max(value, 1e-12)
        limits = (terms.low, terms.high, rows, room)
        steps = self.steps(limits)
        best, prices = self.bound(self.slopes)
        prices, looked = prices / max(value, 1e-12), [np.inf] * PATIENCE
        for look in range(MOST_ROUNDS):
            if look == 1 and self.chances is not None:
                self.refit(x)
            x, self.slopes, prices = steps(
                x, self.slopes, prices, limits, self.balance, AT_A_TIME, self.bent, self.curve
            )
            best = min(best, self.bound(self.slopes)[0])
            looked.append(best)
            if value >= self.enough * best or looked[-PATIENCE - 1] - best < LEAST * best:
                break
        self.x, self.worths = x, prices
        return picks, best

    def steps(self, limits: tuple[Floats, ...]) -> Any:
        """What takes the steps under these limits: by one thread, or by several where there is much to go through."""
        if self.pool is None:
            return self.bounding.search
        paced = self.bounding.paces(self.slopes, limits, self.bent)
        return partial(self.bounding.search_in_parts, self.pool, paced)

    def branched(self, picks: Numbers, best: float) -> float:
        """Lower the bound by deciding about one candidate after another, the branch of the highest bound first."""
        value = self.cover.value(picks)
        branches = [_Branch(-best, 0, self.terms, self.x, self.slopes, self.worths)]
        made, missing = 0, np.inf
        while branches and value < GOOD * -branches[0].bound and made < MOST_BRANCHES:
            if made % 8 == 0:
                still = -branches[0].bound - value / GOOD
                if still > (1 - WORTH_BRANCHING) * missing:
                    break
                missing = still
            grown = branches[0]
            parted = np.where(
                grown.terms.low < grown.terms.high, np.minimum(grown.x, 1 - grown.x) * self.cover.each, 0.0
            )
            who = int(np.argmax(parted))
            if parted[who] <= 0:
                break
            heappop(branches)
            for taken in (0.0, 1.0):
                made += 1
                decided = grown.terms.decided(who, taken)
                if decided.possible():
                    heappush(branches, self.branch(grown, decided, value, made))
        return min(best, -branches[0].bound) if branches else value

    def branch(self, grown: _Branch, terms: Terms, value: float, made: int) -> _Branch:
        """The bound under these terms, searched for from where the branch it grew from stood."""
        rows, room = terms.rows * max(value, 1e-12), terms.room * max(value, 1e-12)
        x, slopes, prices = np.clip(grown.x, terms.low, terms.high), grown.slopes.copy(), grown.prices.copy()
        lowest = -grown.bound
        for _ in range(BRANCH_LOOKS):
            x, slopes, prices = self.bounding.search(
                x,
                slopes,
                prices,
                (terms.low, terms.high, rows, room),
                self.balance,
                BRANCH_STEPS,
                self.bent,
                self.curve,
            )
            lowest = min(lowest, self.bound_under(terms, slopes)[0])
        return _Branch(-lowest, made, terms, x, slopes, prices)

    def refit(self, x: Floats) -> None:
        """Give each element the curve that is lower at these shares of the candidates; both are sound."""
        assert self.chances is not None
        slopes = self.chances.suit(x)
        self.slopes = np.where(np.isnan(slopes), self.slopes, slopes)
        self.curve, self.bent = _curves(self.cover, self.chances)

    def halfway(self, picks: Numbers) -> Floats:
        """Slopes to begin with: 1 for whom nobody chosen reaches, less the more do."""
        cover = self.cover
        parts = [cover.element[cover.first[pick] : cover.first[pick + 1]] for pick in picks]
        reached = np.concatenate([np.zeros(0, np.int32), *parts])
        return (1.0 / (1.0 + np.bincount(reached, minlength=cover.size))).astype(np.float64)

    def bound(self, slopes: Floats) -> tuple[float, Floats]:
        """The bound that these slopes give, by a fractional choice under the conditions, and the multipliers of these."""
        return self.bound_under(self.terms, slopes)

    def bound_under(self, terms: Terms, slopes: Floats) -> tuple[float, Floats]:
        """The same under other conditions."""
        constant, each = self.line(slopes, self.bent, self.curve)
        worth = multipliers(each, terms)
        return float(constant + fractional(each, terms, worth)) + self.cover.sure, worth

    def ordered(self, picks: Numbers) -> Numbers:
        """The picks in the order in which they add most."""
        return ordered(self.cover, picks)


def greedy_picks(cover: Cover, terms: Terms, cost: Floats) -> list[tuple[float, Numbers]]:
    """Greedy picks by gain per cost, and the best prefix with one more, each with what it reaches."""
    from groundswell.graph.counting import greedy

    locked = np.flatnonzero(terms.low > 0)
    packing = (terms.rows >= 0).all(axis=1)
    open_ = (terms.high > 0) & (terms.low < 1)
    rows, room = terms.rows[packing], terms.room[packing]
    picks, value, size, extra, best = greedy(locked, open_, cost, rows, room, cover.each.copy(), cover.arrays)
    return [(value, picks), *([(best, np.append(picks[:size], extra))] if extra >= 0 else [])]


def ordered(cover: Cover, picks: Numbers) -> Numbers:
    """The picks in the order in which they add most."""
    from groundswell.graph.counting import ranked

    among = np.sort(picks)
    return ranked(among, cover.each[among], cover.arrays)


def fractional(each: Floats, terms: Terms, multipliers: Floats) -> float:
    """An upper bound of what any choice sums up to, when each candidate counts so much: sound for any multipliers from 0."""
    rest = each - multipliers @ terms.rows
    return float(multipliers @ (terms.room + SLACK) + np.where(rest > 0, rest * terms.high, rest * terms.low).sum())


def multipliers(each: Floats, terms: Terms) -> Floats:
    """What a little more room of each condition would be worth to a fractional choice."""
    if not len(terms.room):
        return np.zeros(0)
    if len(terms.room) == 1 and terms.packing and not terms.low.any():
        return _of_one(each, terms.rows[0], float(terms.room[0]), terms.high)
    from scipy.optimize import linprog

    bounds = np.stack([terms.low, terms.high], axis=1)
    done: Any = linprog(-each, A_ub=terms.rows, b_ub=terms.room + SLACK, bounds=bounds, method="highs")
    if done.x is None:
        return np.zeros(len(terms.room))
    return np.maximum(-np.asarray(done.ineqlin.marginals, np.float64), 0.0)


def _of_one(each: Floats, row: Floats, room: float, high: Floats) -> Floats:
    """Of a single budget: the worth per cost of whom the money ends with, when it goes to the worthiest first."""
    worth, first = np.where((high > 0) & (row > 0), each / np.maximum(row, 1e-300), 0.0), FIRST
    while True:
        some = np.arange(len(worth)) if first >= len(worth) else np.argpartition(-worth, first)[:first]
        order = some[np.argsort(-worth[some], kind="stable")]
        ends = int(np.searchsorted(np.cumsum(row[order]), room + SLACK, side="right"))
        if ends < len(order):
            return np.array([worth[order[ends]]])
        if first >= len(worth):
            return np.zeros(1)
        first *= 16


class _Chances:
    """Which of two curves each element follows: 1 - exp(-t), or the steps of its strongest candidate (`bounding`).

    Neither is always the lower one: the steps lose where chances differ, the smooth curve where shares are small.
    """

    def __init__(self, cover: Cover) -> None:
        self.cover, chance, first = cover, cover.chance_by, cover.reached[:-1]
        self.strongest = np.maximum.reduceat(chance, first)
        self.uneven = np.minimum.reduceat(chance, first) < self.strongest
        self.smooth = (self.strongest < SMOOTH) & self.uneven

    def suit(self, x: Floats) -> Floats:
        """Choose the curves by shares of the candidates, and return the slopes of those that changed (NaN: it did not)."""
        cover, before = self.cover, self.smooth
        share, first = x[cover.candidate], cover.reached[:-1]
        log = np.add.reduceat(share * -np.log1p(-np.minimum(cover.chance_by, SMOOTHEST)), first)
        steps = np.add.reduceat(share * cover.chance_by, first) / self.strongest
        left = (1.0 - self.strongest) ** np.floor(steps)
        by_steps = 1.0 - left + left * self.strongest * (steps - np.floor(steps))
        self.smooth = (self.strongest < SMOOTHEST) & self.uneven & (1.0 - np.exp(-log) < by_steps)
        slopes = np.where(self.smooth, np.exp(-log), left)
        return np.where(self.smooth == before, np.nan, slopes)


def _curves(cover: Cover, chances: _Chances | None) -> tuple[Floats, Arrays]:
    """The curve of each element, and the arrays with reaches for chances and the weights that belong to them (`bounding`)."""
    if chances is None:
        return np.zeros(0), cover.arrays
    chance, smooth, strongest = cover.chance_by, chances.smooth, chances.strongest
    owner = np.repeat(np.arange(cover.size), np.diff(cover.reached))
    by = np.where(smooth[owner], -np.log1p(-np.minimum(chance, SMOOTHEST)), chance / strongest[owner])
    order = np.argsort(cover.candidate, kind="stable")
    weight = np.broadcast_to(cover.weight, (cover.size,)) * np.where(smooth, 1.0, strongest)
    bent = cover.arrays._replace(weight=weight, chance_to=by[order], chance_by=by)
    return np.where(smooth, -1.0, 1.0 - strongest), bent


def _prices(prices: ArrayLike | None, people: int) -> Floats:
    if prices is None:
        return np.ones(people)
    found = np.asarray(prices, np.float64).reshape(-1)
    if len(found) != people:
        raise InputError(f"There are {len(found):,} prices for {people:,} candidates.")
    refuse(~np.isfinite(found) | (found <= 0), "price", "Prices are finite amounts above 0; ask what a person costs.")
    return found


__all__ = ["Choice", "Chooser", "InfeasibleError", "Limit", "choose"]
