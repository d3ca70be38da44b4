"""Compiled loops over sets that are drawn, looked at and forgotten. Imported when needed.

The roots of a stream are spread evenly: the set of place `i` among `sets` has its root drawn from the i-th of so many equal
parts of all benefit, so that everybody is a root as often as they should be, but for one. Sums are whole numbers (`ONE` is 1):
the order in which threads add them up changes no digit.
"""
# pyright: reportUntypedFunctionDecorator=false

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from groundswell.graph.sampling import STEP, begin, grow, person, unit

Array = Any
"""An array, as numba sees it."""
ONE = 1 << 24
"""What counts as 1 in sums of whole numbers (design choice: 2 ** 39 sets fit)."""


@njit(cache=True, nogil=True)
def _slope(total: float, width: float) -> int:
    """How much one more share counts where shares add up to `total`: 1 well below one, 0 well above, and in between a line."""
    if total <= 1.0 - width:
        return ONE
    return max(0, int(ONE * (1.0 + width - total) / (2.0 * width)))


@njit(cache=True, nogil=True)
def weigh(seed: int, chunk: int, place: int, sets: int, all_: int, mark: Array, stamp: int, queue: Array, shares: Array, width: float,
          tally: Array, alias: Array, cut: Array, first: Array, source: Array, chance: Array, rate: Array) -> Array:  # fmt: skip
    """The linear bound of these sets at the slopes that the shares give: its constant, and in `tally` what each adds to it."""
    state, constant = begin(seed, chunk), 0
    for i in range(sets):
        state += STEP
        root = person((place + i + unit(state)) / all_, alias, cut)
        stamp += 1
        state, size, total = grow(
            state, root, len(queue) + 1, mark, stamp, queue, shares, 1.0 + width, first, source, chance, rate
        )
        slope = _slope(total, width) if size > 0 else 0
        constant += ONE - slope
        if slope > 0:
            for j in range(size):
                tally[queue[j], 0] += slope
    return np.array([constant])


@njit(cache=True, nogil=True)
def probe(seed: int, chunk: int, place: int, sets: int, all_: int, mark: Array, stamp: int, queue: Array, shares: Array, width: float,
          chosen: Array, tally: Array, alias: Array, cut: Array, first: Array, source: Array, chance: Array, rate: Array) -> Array:  # fmt: skip
    """Look at so many sets: the constant of the bound at these shares, and how many of the sets meet somebody chosen.

    `tally` counts of each person the sets with them, what these lose of their slope to the shares, and those in which somebody
    *else* is chosen.
    """
    state, constant, met = begin(seed, chunk), 0, 0
    nothing = np.zeros(0)
    for i in range(sets):
        state += STEP
        root = person((place + i + unit(state)) / all_, alias, cut)
        stamp += 1
        state, size, _ = grow(
            state, root, len(queue) + 1, mark, stamp, queue, nothing, 1.0, first, source, chance, rate
        )
        total, picks = 0.0, 0
        for j in range(size):
            v = queue[j]
            tally[v, 0] += 1
            total += shares[v]
            picks += chosen[v]
        lost = ONE - _slope(total, width)
        constant += lost
        if picks:
            met += 1
        if picks or lost:
            for j in range(size):
                v = queue[j]
                tally[v, 1] += lost
                if picks > chosen[v]:
                    tally[v, 2] += 1
    return np.array([constant, met])
