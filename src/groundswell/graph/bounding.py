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

from math import exp, log
from typing import Any

import numpy as np
from numba import njit

Array = Any
"""An array, as numba sees it."""
MOST_STEPS = 40
"""Kinks of a curve that are told apart; beyond, slopes stay below the last (design choice; any slope bounds)."""

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
    low, high, rows, room = terms
    people, size, limits = len(cover.alone), len(slopes), len(room)
    certain, step = len(cover.chance_by) == 0, 0 if len(cover.weight) == 1 else 1
    worth, ease, pace = np.zeros(people), np.zeros(people), np.zeros(limits)
    for c in range(people):
        total = np.abs(rows[:, c]).sum()
        for i in range(cover.first[c], cover.first[c + 1]):
            w = cover.weight[cover.element[i] * step] * (1.0 if certain else cover.chance_to[i])
            total += w
            worth[c] += w * slopes[cover.element[i]]
        ease[c] = balance / max(total, 1e-12)
    for r in range(limits):
        pace[r] = 1.0 / (balance * max(np.abs(rows[r]).sum(), 1e-12))
    ahead = np.empty(people)
    x_mean, slope_mean, price_mean = np.zeros(people), np.zeros(size), np.zeros(limits)
    for _ in range(rounds):
        for c in range(people):
            pull = worth[c] + cover.alone[c]
            for r in range(limits):
                pull -= prices[r] * rows[r, c]
            moved = min(max(x[c] + ease[c] * pull, low[c]), high[c])
            ahead[c] = 2.0 * moved - x[c]
            x[c] = moved
            x_mean[c] += moved
            worth[c] = 0.0
        for r in range(limits):
            used = 0.0
            for c in range(people):
                used += rows[r, c] * ahead[c]
            prices[r] = max(0.0, prices[r] + pace[r] * (used - room[r]))
            price_mean[r] += prices[r]
        for e in range(size):
            total, degree = 0.0, 0.0
            begin, end = cover.reached[e], cover.reached[e + 1]
            if certain:
                for j in range(begin, end):
                    total += ahead[cover.candidate[j]]
                s = min(max(slopes[e] + (1.0 - total) / (balance * (end - begin)), 0.0), 1.0)
            else:
                for j in range(begin, end):
                    total += ahead[cover.candidate[j]] * cover.chance_by[j]
                    degree += cover.chance_by[j]
                s = _moved(slopes[e], total, 1.0 / (balance * degree), curve[e])
            slopes[e] = s
            slope_mean[e] += s
            if s > 0.0:
                w = s * cover.weight[e * step]
                for j in range(begin, end):
                    worth[cover.candidate[j]] += w if certain else w * cover.chance_by[j]
    return x_mean / rounds, slope_mean / rounds, price_mean / rounds


@njit(cache=True, nogil=True)
def line(slopes: Array, cover: Any, curve: Array) -> Any:
    """The linear bound of these slopes: its constant, and what each candidate adds to it."""
    certain, step = len(cover.chance_by) == 0, 0 if len(cover.weight) == 1 else 1
    constant, each = 0.0, cover.alone.copy()
    for e in range(len(slopes)):
        s, w = slopes[e], cover.weight[e * step]
        constant += w * (1.0 - s if certain else offset(s, curve[e]))
        if s > 0.0:
            for j in range(cover.reached[e], cover.reached[e + 1]):
                each[cover.candidate[j]] += w * s * (1.0 if certain else cover.chance_by[j])
    return constant, each
