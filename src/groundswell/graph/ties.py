"""Graphs as arrays: who is tied to whom, what ties share, what chance alone would show. No database, no names, no loop over rows.

People are numbers below `size`; an edge is a place in two arrays. Nothing here depends on the order of edges, and what is
sampled is chosen by a hash of whom it concerns, so that the same facts give the same figure every time.

    Onnela et al. 2007 (PNAS 104, 7332)         overlap of two people's neighbours as a mark of a strong tie
    Watts & Strogatz 1998 (Nature 393, 440)     local clustering: the share of wedges that close
    Seshadhri, Pinar & Kolda 2013 (SDM)         wedges sampled instead of counted
    Maslov & Sneppen 2002 (Science 296, 910)    rewiring that keeps every degree, as the null
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
AT_ONCE = 4_000_000
"""Elements expanded at a time: memory is bounded by it, the result does not depend on it (design choice)."""


def numbered(columns: Sequence[pa.ChunkedArray]) -> tuple[pa.Array, list[Numbers]]:
    """Number the ids that stand in some columns from 0: the ids by number, and each column as numbers."""
    together = pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.string())
    encoded: Any = together.dictionary_encode().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # no chunk at all
        return pa.array([], pa.string()), [np.zeros(0, np.int64) for _ in columns]
    places = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    ends = np.cumsum([len(column) for column in columns])
    return encoded.dictionary, [places[end - len(column) : end] for column, end in zip(columns, ends, strict=True)]


@dataclass(frozen=True)
class Graph:
    """Undirected ties in rows: the neighbours of `i` are `other[first[i] : first[i + 1]]`, ascending, each once."""

    first: Numbers
    other: Numbers

    @classmethod
    def of(cls, size: int, one: Numbers, other: Numbers) -> Graph:
        """Make the graph of these ties; directions, repetitions and ties to oneself do not count."""
        apart = one != other
        keys = distinct(np.concatenate([(one * size + other)[apart], (other * size + one)[apart]]))
        degree = np.bincount(keys // max(size, 1), minlength=size)
        return cls(np.concatenate([[0], np.cumsum(degree)]).astype(np.int64), keys % max(size, 1))

    @property
    def size(self) -> int:
        """Number of people."""
        return len(self.first) - 1

    @property
    def degree(self) -> Numbers:
        """Number of neighbours of each."""
        return np.diff(self.first)

    @property
    def one(self) -> Numbers:
        """Whose neighbour each element of `other` is."""
        return np.repeat(np.arange(self.size), self.degree)

    def holds(self, one: Numbers, other: Numbers) -> Flags:
        """Whether each pair is tied."""
        return among(one * self.size + other, self.one * self.size + self.other)

    def common(self, one: Numbers, other: Numbers) -> Numbers:
        """Count the neighbours that the two of each pair share: those of the one with fewer are looked up with the other."""
        keys, fewer = self.one * self.size + self.other, self.degree[one] <= self.degree[other]
        asked, against = np.where(fewer, one, other), np.where(fewer, other, one)
        found = np.zeros(len(one), np.int64)
        for part in _parts(self.degree[asked]):
            pair, place = expanded(self.first[asked[part]], self.degree[asked[part]])
            shared = among(against[part][pair] * self.size + self.other[place], keys)
            found[part] = np.bincount(pair, weights=shared, minlength=part.stop - part.start).astype(np.int64)
        return found

    def closed_wedges(self, hashes: Numbers, at_most: int) -> tuple[Numbers, Numbers]:
        """Wedges looked at around each person, and how many close: two of its neighbours are neighbours of one another.

        Where there are more than `at_most`, those are taken that a hash of the neighbours puts first, each neighbour as often
        as the next.
        """
        neighbours = self.other[np.lexsort((hashes[self.other], self.one))]
        wedges = np.minimum(self.degree * (self.degree - 1) // 2, at_most)
        closed = np.zeros(self.size, np.int64)
        for part in _parts(wedges):
            who, number = expanded(np.zeros(part.stop - part.start, np.int64), wedges[part])
            who = who + part.start
            seat, apart = number % self.degree[who], number // self.degree[who] + 1
            left = neighbours[self.first[who] + seat]
            right = neighbours[self.first[who] + (seat + apart) % self.degree[who]]
            met = np.bincount(who - part.start, weights=self.holds(left, right), minlength=part.stop - part.start)
            closed[part] = met.astype(np.int64)
        return wedges, closed


def overlap(graph: Graph, one: Numbers, other: Numbers) -> NDArray[np.float64]:
    """Share of the neighbours of two tied people, themselves left out, whom both have (Onnela et al. 2007)."""
    common = graph.common(one, other)
    either = graph.degree[one] + graph.degree[other] - 2 - common
    return np.where(either > 0, common / np.maximum(either, 1), 0.0)


def mutual(size: int, one: Numbers, other: Numbers) -> Flags:
    """Whether each directed edge is there in the other direction too."""
    return among(other * size + one, np.sort(one * size + other))


def rewired(size: int, one: Numbers, other: Numbers, rng: np.random.Generator, rounds: int = 10) -> Numbers:
    """Return `other` after edges swapped their ends at random: everybody keeps how many they point at and are pointed at by.

    Edges are taken to be directed and distinct. Each round pairs all edges and swaps where that makes no edge to oneself and
    none twice (Maslov & Sneppen 2002).
    """
    ends, half = other.copy(), len(other) // 2
    for _ in range(rounds):
        order = rng.permutation(len(ends))
        left, right = order[:half], order[half : 2 * half]
        new = np.concatenate([one[left] * size + ends[right], one[right] * size + ends[left]])
        _, inverse, times = np.unique(new, return_inverse=True, return_counts=True)
        bad = (times[inverse] > 1) | (new // size == new % size) | among(new, np.sort(one * size + ends))
        swap = ~(bad[:half] | bad[half:])
        left, right = left[swap], right[swap]
        ends[left], ends[right] = ends[right], ends[left]
    return ends


def distinct(keys: Numbers) -> Numbers:
    """Each key once, ascending. By sorting: numpy's own goes by hashes, which takes several times as long for large keys."""
    ordered = np.sort(keys)
    return ordered[np.concatenate([np.ones(1, np.bool_), ordered[1:] != ordered[:-1]])[: len(ordered)]]


def among(keys: Numbers, known: Numbers) -> Flags:
    """Whether each key is among the known ones, which are ascending."""
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    place = np.searchsorted(known, keys)
    return known[np.minimum(place, len(known) - 1)] == keys


def expanded(first: Numbers, length: Numbers) -> tuple[Numbers, Numbers]:
    """(which row, place) of every element of the rows that begin at `first`."""
    row = np.repeat(np.arange(len(length)), length)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length) + first[row]


def _parts(lengths: Numbers) -> Iterator[slice]:
    """Slices of the rows, each of about AT_ONCE elements when expanded."""
    if not len(lengths):
        return
    number = (np.cumsum(lengths) - 1) // AT_ONCE
    ends = np.flatnonzero(np.diff(number)) + 1
    for start, stop in zip([0, *ends], [*ends, len(lengths)], strict=True):
        yield slice(int(start), int(stop))
