"""The compiled search for an upper bound of what any choice can reach. Imported when needed.

However elements are reached, what one of them counts is at most `alpha(s) + s * (its reaches)` for every slope `s` in 0..1:
its value is a concave curve of how much reaches it. Summed over the elements this is a linear function of the candidates
chosen, so that a fractional knapsack bounds it, for *every* choice of slopes (the Lagrangian or LP dual; for certain reach
`alpha` is `1 - s`). The slopes that bound best are searched with the primal-dual hybrid gradient method (Chambolle & Pock
2011; steps by row and column as Pock & Chambolle 2011; restarts at averages as Applegate et al. 2021).

Curves. `curve[e] >= 0` is the chance that the strongest candidate fails to reach `e`: n of its kind reach it with chance
1 - curve ** n, in between linear; the reaches are chances divided by the strongest one (majorisation: equal chances reach
most). `curve[e] < 0` says 1 - exp(-t), and the reaches are -log(1 - chance). Both hold for every set; weights are scaled along.
"""
# pyright: reportUntypedFunctionDecorator=false

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from math import exp, log
from typing import Any

import numpy as np
from numba import njit

Array = Any
"""An array, as numba sees it."""
MOST_STEPS = 40
"""Kinks of a curve that are told apart; beyond, slopes stay below the last (design choice; any slope bounds)."""

PARTS = 8
"""Parts of the elements that threads answer side by side (design choice: enough for eight threads, few enough to call)."""
NEWTON = 12
"""Steps towards a root, at most; wherever it stops, the slope bounds."""


@njit(cache=True, nogil=True)
def offset(slope: float, curve: float) -> float:
    """The most that a curve rises above a line of this slope through nothing: the constant of its bound."""
    if curve < 0.0:
        return 1.0 - slope + slope * log(slope) if slope > 1e-300 else 1.0
    total, step = 0.0, 1.0
    for _ in range(MOST_STEPS):
        if step <= slope:
            return total
        total += step - slope
        step *= curve
    return total + step / (1.0 - curve)


@njit(cache=True, nogil=True)
def _moved(slope: float, reach: float, pace: float, curve: float) -> float:
    """Move a slope towards where the curve has it when so much reaches the element (the proximal step of `offset`)."""
    if curve < 0.0:
        # The root of exp(u) + pace u = slope - pace reach, by Newton from where the slope was: convex, and hardly ever far.
        aim, u = slope - pace * reach, log(max(slope, 1e-12))
        if aim >= 1.0:
            return 1.0
        for _ in range(NEWTON):
            e = exp(u)
            by = (e + pace * u - aim) / (e + pace)
            u = min(u - by, 0.0)
            if abs(by) < 1e-6:
                break
        return exp(u)
    above, below = 1.0, curve
    for k in range(1, MOST_STEPS):
        moved = slope + pace * (k - reach)
        if moved >= above:
            return above
        if moved >= below:
            return moved
        above, below = below, below * curve
    return above


@njit(cache=True, nogil=True)
def search(
    x: Array, slopes: Array, prices: Array, terms: Any, balance: float, rounds: int, cover: Any, curve: Array
) -> Any:
    """Take so many steps from here: `x`, `slopes` and `prices` move on, their averages over the steps are returned.

    `terms` are (low, high, rows, room); `cover` is a `cover.Arrays` with reaches in the place of chances.
    """
    worth, ease, pace = paces(slopes, terms, cover)
    ease, pace = ease * balance, pace / balance
    x_mean, slope_mean, price_mean = np.zeros(len(x)), np.zeros(len(slopes)), np.zeros(len(prices))
    for _ in range(rounds):
        ahead = advance(x, x_mean, prices, price_mean, worth, ease, pace, terms, cover)
        worth[:] = 0.0
        answer(0, len(slopes), ahead, slopes, slope_mean, worth, balance, cover, curve)
    return x_mean / rounds, slope_mean / rounds, price_mean / rounds


def search_in_parts(
    pool: Executor, paced: Any, x: Array, slopes: Array, prices: Array, terms: Any, balance: float, rounds: int, cover: Any, curve: Array
) -> Any:  # fmt: skip
    """Take the same steps with the elements in parts, which threads can answer side by side.

    The parts are the same for any number of threads and are added up in order, so that the answer is the same, too. `paced` is
    what `paces` said of this cover, at any slopes.
    """
    ease, pace = paced[1] * balance, paced[2] / balance
    worth = line_in_parts(pool, slopes, cover, curve)[1] - cover.alone
    x_mean, slope_mean, price_mean = np.zeros(len(x)), np.zeros(len(slopes)), np.zeros(len(prices))
    ends, shares = cuts(cover), np.zeros((PARTS, len(x)))
    for _ in range(rounds):
        ahead = advance(x, x_mean, prices, price_mean, worth, ease, pace, terms, cover)
        shares[:] = 0.0
        side_by_side(
            pool,
            [
                partial(answer, begin, end, ahead, slopes, slope_mean, share, balance, cover, curve)
                for begin, end, share in zip(ends[:-1], ends[1:], shares, strict=True)
            ],
        )
        shares.sum(axis=0, out=worth)
    return x_mean / rounds, slope_mean / rounds, price_mean / rounds


def side_by_side(pool: Executor, parts: list[Callable[[], Any]]) -> list[Any]:
    """What the parts give, in their order. A thread that is done with one takes the next, so that threads are called once each."""
    waiting = iter(enumerate(parts))
    found: list[Any] = [None] * len(parts)

    def work() -> None:
        for place, part in waiting:
            found[place] = part()

    for thread in [pool.submit(work) for _ in range(min(len(parts), os.cpu_count() or 1))]:
        thread.result()
    return found


def cuts(cover: Any) -> list[int]:
    """Where the elements are cut into parts of about as many reaches each."""
    reaches = cover.reached[-1] * np.arange(1, PARTS) // PARTS
    return [0, *np.searchsorted(cover.reached, reaches).tolist(), len(cover.reached) - 1]


@njit(cache=True, nogil=True)
def paces(slopes: Array, terms: Any, cover: Any) -> Any:
    """What each candidate is worth at these slopes, and the steps of candidates and prices where nothing is out of balance."""
    _, _, rows, room = terms
    people, limits = len(cover.alone), len(room)
    certain, step = len(cover.chance_by) == 0, 0 if len(cover.weight) == 1 else 1
    worth, ease, pace = np.zeros(people), np.zeros(people), np.zeros(limits)
    for c in range(people):
        total = np.abs(rows[:, c]).sum()
        for i in range(cover.first[c], cover.first[c + 1]):
            w = cover.weight[cover.element[i] * step] * (1.0 if certain else cover.chance_to[i])
            total += w
            worth[c] += w * slopes[cover.element[i]]
        ease[c] = 1.0 / max(total, 1e-12)
    for r in range(limits):
        pace[r] = 1.0 / max(np.abs(rows[r]).sum(), 1e-12)
    return worth, ease, pace


@njit(cache=True, nogil=True)
def advance(
    x: Array, x_mean: Array, prices: Array, price_mean: Array, worth: Array, ease: Array, pace: Array, terms: Any, cover: Any
) -> Array:  # fmt: skip
    """Move the candidates by what they are worth, and the prices by what the candidates would use; where both are heading."""
    low, high, rows, room = terms
    people, limits = len(x), len(room)
    ahead = np.empty(people)
    for c in range(people):
        pull = worth[c] + cover.alone[c]
        for r in range(limits):
            pull -= prices[r] * rows[r, c]
        moved = min(max(x[c] + ease[c] * pull, low[c]), high[c])
        ahead[c] = 2.0 * moved - x[c]
        x[c] = moved
        x_mean[c] += moved
    for r in range(limits):
        used = 0.0
        for c in range(people):
            used += rows[r, c] * ahead[c]
        prices[r] = max(0.0, prices[r] + pace[r] * (used - room[r]))
        price_mean[r] += prices[r]
    return ahead


@njit(cache=True, nogil=True)
def answer(
    begin: int, end: int, ahead: Array, slopes: Array, slope_mean: Array, worth: Array, balance: float, cover: Any, curve: Array
) -> None:  # fmt: skip
    """Move the slopes of some elements by how much reaches them, and add up in `worth` what candidates are worth there."""
    certain, step = len(cover.chance_by) == 0, 0 if len(cover.weight) == 1 else 1
    for e in range(begin, end):
        total, degree = 0.0, 0.0
        here, there = cover.reached[e], cover.reached[e + 1]
        if certain:
            for j in range(here, there):
                total += ahead[cover.candidate[j]]
            s = min(max(slopes[e] + (1.0 - total) / (balance * (there - here)), 0.0), 1.0)
        else:
            for j in range(here, there):
                total += ahead[cover.candidate[j]] * cover.chance_by[j]
                degree += cover.chance_by[j]
            s = _moved(slopes[e], total, 1.0 / (balance * degree), curve[e])
        slopes[e] = s
        slope_mean[e] += s
        if s > 0.0:
            w = s * cover.weight[e * step]
            for j in range(here, there):
                worth[cover.candidate[j]] += w if certain else w * cover.chance_by[j]


@njit(cache=True, nogil=True)
def line(slopes: Array, cover: Any, curve: Array) -> Any:
    """The linear bound of these slopes: its constant, and what each candidate adds to it."""
    each = cover.alone.copy()
    return drawn(0, len(slopes), slopes, each, cover, curve), each


def line_in_parts(pool: Executor, slopes: Array, cover: Any, curve: Array) -> Any:
    """The same, the elements in parts, which threads can go through side by side; the same for any number of threads."""
    ends, shares = cuts(cover), np.zeros((PARTS, len(cover.alone)))
    constants = side_by_side(
        pool,
        [
            partial(drawn, begin, end, slopes, share, cover, curve)
            for begin, end, share in zip(ends[:-1], ends[1:], shares, strict=True)
        ],
    )
    return sum(constants), shares.sum(axis=0) + cover.alone


@njit(cache=True, nogil=True)
def drawn(begin: int, end: int, slopes: Array, each: Array, cover: Any, curve: Array) -> float:
    """The constant of some elements; what candidates add there goes into `each`."""
    certain, step = len(cover.chance_by) == 0, 0 if len(cover.weight) == 1 else 1
    constant = 0.0
    for e in range(begin, end):
        s, w = slopes[e], cover.weight[e * step]
        constant += w * (1.0 - s if certain else offset(s, curve[e]))
        if s > 0.0:
            for j in range(cover.reached[e], cover.reached[e + 1]):
                each[cover.candidate[j]] += w * s * (1.0 if certain else cover.chance_by[j])
    return constant
