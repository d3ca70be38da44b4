"""Compiled packing of edges into rows, by counting instead of sorting, and the look that compiled loops ask for. Imported when needed.

Edges come in batches, twice: first it is counted who is pointed at how often, then each edge is put where it belongs. What is
held is the rows themselves, 4 bytes an edge, however the batches came about.
"""
# pyright: reportUntypedFunctionDecorator=false

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = Any
"""An array, as numba sees it."""


@njit(cache=True, nogil=True)
def count(one: Array, other: Array, degree: Array) -> None:
    """Count who is pointed at how often; edges to oneself do not count."""
    for i in range(len(one)):
        if one[i] != other[i]:
            degree[other[i]] += 1


@njit(cache=True, nogil=True)
def place(one: Array, other: Array, at: Array, source: Array) -> None:
    """Put each edge into the row of whom it points at; `at` is where the next one of each row goes."""
    for i in range(len(one)):
        if one[i] != other[i]:
            source[at[other[i]]] = one[i]
            at[other[i]] += 1


@njit(cache=True, nogil=True)
def settle(first: Array, source: Array) -> int:
    """Make each row ascending and hold everybody once, moved together; `first` is written anew. How many are left."""
    used, begin = 0, first[0]
    for v in range(len(first) - 1):
        end, last = first[v + 1], -1
        source[begin:end].sort()
        first[v] = used
        for i in range(begin, end):
            if source[i] != last:
                last = source[i]
                source[used] = last
                used += 1
        begin = end
    first[-1] = used
    return used


@njit(cache=True, nogil=True)
def sound(first: Array, source: Array, chance: Array) -> bool:
    """Whether loops that look at no border may walk here: rows in order, people who are there, chances that fall."""
    people = len(first) - 1
    if first[0] != 0 or first[people] != len(source):
        return False
    for v in range(people):
        if first[v + 1] < first[v]:
            return False
    for i in range(len(source)):
        if source[i] < 0 or source[i] >= people:
            return False
    for v in range(people if len(chance) else 0):
        before = 1.0
        for i in range(first[v], first[v + 1]):
            if not 0.0 <= chance[i] <= before:  # neither is what is no number
                return False
            before = chance[i]
    return True


@njit(cache=True, nogil=True)
def paces(first: Array) -> Array:
    """1 / log(1 - chance) of each person where all who point at them have the same share of them."""
    rate = np.zeros(len(first) - 1)
    for v in range(len(rate)):
        degree = first[v + 1] - first[v]
        if degree > 1:  # of one the chance is 1, and 1 / log(0) is 0
            rate[v] = 1.0 / np.log1p(-1.0 / degree)
    return rate
