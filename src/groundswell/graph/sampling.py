"""Compiled sampling of who could have set off whom: reverse-reachable sets under independent cascade. Imported when needed.

A set belongs to a person drawn in proportion to their benefit (the root), and holds everybody from whom a message would have
got there in one run of the cascade; the share of sets that some seeds meet, times the sum of benefits, is the expected benefit
of those seeds (Borgs, Brautbar, Chayes & Lucier 2014). From who points at a person those who pass something on are drawn by
skipping a geometrically distributed number at a time, which costs about one draw a success instead of one an edge; where
chances differ they stand in falling order, and a place that the larger chance would have stopped at is taken with the ratio of
the two (the idea of Guo et al. 2020, SUBSIM; written from the paper).

Each chunk of sets has a random stream of its own (splitmix64, Steele, Lea & Flood 2014), so that nothing depends on how many
threads work.
"""
# pyright: reportUntypedFunctionDecorator=false

from __future__ import annotations

from math import log, log1p
from typing import Any

import numpy as np
from numba import int64, njit, uint64

from groundswell.graph.ahead import ask

Array = Any
"""An array, as numba sees it."""

# Constants of splitmix64.
STEP, _MIX_1, _MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_BY_30, _BY_27, _BY_31, _BY_12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_UNIT = 1.0 / (1 << 52)
AHEAD = 4
"""People before their turn comes whose row is asked for (design choice: 1 is too late, more is no better)."""


@njit(cache=True, nogil=True)
def _mixed(state: Any) -> Any:
    state = (state ^ (state >> _BY_30)) * _MIX_1
    state = (state ^ (state >> _BY_27)) * _MIX_2
    return state ^ (state >> _BY_31)


@njit(cache=True, nogil=True)
def begin(seed: int, chunk: int) -> Any:
    """The random state with which this chunk begins."""
    return _mixed(_mixed(uint64(seed) + STEP) ^ (uint64(chunk) * STEP))


@njit(cache=True, nogil=True)
def unit(state: Any) -> float:
    """A number above 0 and below 1."""
    return (float(_mixed(state) >> _BY_12) + 0.5) * _UNIT


@njit(cache=True, nogil=True)
def grow(state: Any, root: int, most: int, mark: Array, stamp: int, queue: Array, load: Array, room: float, first: Array,
         source: Array, chance: Array, rate: Array) -> Any:  # fmt: skip
    """Fill `queue` with the set of this root; returns the random state, how many there are, and the sum of their `load`.

    How many is -1 when the sum reached `room` or there are `most`, where it ends; an empty `load` weighs nothing.

    Who points at `v` is `source[first[v] : first[v + 1]]`. `chance` is empty where all have the same, and then `rate[v]` is
    1 / log(1 - chance); where `chance` is not empty it falls within each row.
    """
    loaded, even = len(load) > 0, len(chance) == 0
    queue[0], size, at, total = root, 1, 0, 0.0
    mark[root] = stamp
    if loaded:
        total += load[root]
        if total >= room:
            return state, -1, total
    while at < size:
        v = queue[at]
        at += 1
        if at + AHEAD < size:
            ask(source, first[queue[at + AHEAD]])
        place, end = first[v], first[v + 1]
        while place < end:
            if even:
                if rate[v] != 0.0:
                    state += STEP
                    skip = log(unit(state)) * rate[v]
                    if skip >= end - place:
                        break
                    place += int(skip)
            else:
                high = chance[place]
                if high <= 0.0:
                    break
                if high < 1.0:
                    state += STEP
                    skip = log(unit(state)) / log1p(-high)
                    if skip >= end - place:
                        break
                    place += int(skip)
                    if chance[place] < high:
                        state += STEP
                        if unit(state) * high >= chance[place]:
                            place += 1
                            continue
            u = source[place]
            place += 1
            if mark[u] != stamp:
                mark[u] = stamp
                if loaded:
                    total += load[u]
                    if total >= room:
                        return state, -1, total
                queue[size] = u
                size += 1
                ask(first, int64(u))
                if even:
                    ask(rate, int64(u))
                if size >= most:
                    return state, -1, total
    return state, size, total


def lots(benefit: Array) -> Any:
    """What `_root` draws from: (alias, cut), the latter empty where everybody counts alike."""
    people = len(benefit)
    if not people or (benefit == benefit[0]).all():
        return np.arange(people, dtype=np.int32), np.zeros(0)
    return _lots(benefit / benefit.mean())


@njit(cache=True, nogil=True)
def _lots(share: Array) -> Any:
    """Fill the places of whoever counts less than the average from those who count more."""
    people = len(share)
    alias, cut = np.arange(people).astype(np.int32), share.copy()
    less, more, few, many = np.empty(people, np.int64), np.empty(people, np.int64), 0, 0
    for i in range(people):
        if cut[i] < 1.0:
            less[few] = i
            few += 1
        else:
            more[many] = i
            many += 1
    while few and many:
        poor, rich = less[few - 1], more[many - 1]
        few -= 1
        alias[poor] = rich
        cut[rich] -= 1.0 - cut[poor]
        if cut[rich] < 1.0:
            many -= 1
            less[few] = rich
            few += 1
    for i in range(few):  # rounding left them a hair below 1
        cut[less[i]] = 1.0
    return alias, cut


@njit(cache=True, nogil=True)
def _root(state: Any, alias: Array, cut: Array) -> Any:
    """Draw a root: everybody alike where `cut` is empty, else by the alias method (Walker 1977)."""
    state += STEP
    return state, person(unit(state), alias, cut)


@njit(cache=True, nogil=True)
def person(place: float, alias: Array, cut: Array) -> int:
    """Who stands at this place between 0 and 1 when everybody takes room in proportion to their benefit."""
    drawn = place * len(alias)
    found = min(int(drawn), len(alias) - 1)
    if len(cut) and drawn - found >= cut[found]:
        found = alias[found]
    return found


@njit(cache=True, nogil=True)
def sample(seed: int, chunk: int, sets: int, most: int, mark: Array, stamp: int, queue: Array, number: Array, alone: Array,
           alias: Array, cut: Array, first: Array, source: Array, chance: Array, rate: Array) -> Any:  # fmt: skip
    """Draw so many sets; of each, the numbers of its candidates (`number`, -1 for others; empty where everybody has their own).

    Sets of several candidates are returned as (members, lengths, people in them whoever they are); those of one are counted in
    `alone`. Sets that reach `most` people are left there and counted: the last that is returned.
    """
    state = begin(seed, chunk)
    members, used = np.empty(16 * sets, np.int32), 0
    lengths, sizes, kept, left = np.empty(sets, np.int32), np.empty(sets, np.int32), 0, 0
    nobody, everybody = np.zeros(0, np.bool_), len(number) == 0
    for _ in range(sets):
        state, root = _root(state, alias, cut)
        stamp += 1
        state, size, _ = grow(state, root, most, mark, stamp, queue, nobody, 1.0, first, source, chance, rate)
        if size < 0:
            left += 1
            continue
        if used + size > len(members):
            grown = np.empty(2 * (used + size), np.int32)
            grown[:used] = members[:used]
            members = grown
        start = used
        for i in range(size):
            who = queue[i] if everybody else number[queue[i]]
            if who >= 0:
                members[used] = who
                used += 1
        if used - start > 1:
            lengths[kept] = used - start
            sizes[kept] = size
            kept += 1
        else:
            if used > start:
                alone[members[start]] += 1
            used = start
    return members[:used].copy(), lengths[:kept].copy(), sizes[:kept].copy(), left


@njit(cache=True, nogil=True)
def met(seed: int, chunk: int, sets: int, mark: Array, stamp: int, queue: Array, stop: Array, alias: Array, cut: Array,
        first: Array, source: Array, chance: Array, rate: Array) -> int:  # fmt: skip
    """Count how many of so many sets meet the seeds of `stop`; nothing is kept, and a set ends where it meets one."""
    state, found = begin(seed, chunk), 0
    for _ in range(sets):
        state, root = _root(state, alias, cut)
        stamp += 1
        state, size, _ = grow(state, root, len(queue) + 1, mark, stamp, queue, stop, 1.0, first, source, chance, rate)
        if size < 0:
            found += 1
    return found
