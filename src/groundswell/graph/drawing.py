"""Sets drawn from a network in chunks, on several threads: to be kept as a cover, or only to be counted.

Each chunk has its own random stream, so that who draws it does not matter. Interrupted, what was not begun is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from groundswell.graph.cover import Cover, Floats, Places
from groundswell.graph.edges import Network
from groundswell.graph.ties import Flags, Numbers

PILOT, TRY = 16, 16
"""Chunks, and sets in each, that are drawn first to see how large sets are (design choice)."""
CHUNK, CHUNK_MEMBERS = 8_192, 1 << 20
"""Sets drawn at a time, at most; and about how many people they hold together (design choice: interrupted within a second)."""
LOST = 0.0005
"""Share of what a choice meets up to which sets that it does not meet twice may be taken to be met (design choice: a twentieth of a
percent)."""
SHORTEST = 64
"""People whom a set holds at least before it is left off (design choice)."""
NEARLY_ALL = 0.9
"""Sets are left off only where this share of all people may be chosen (design choice: else many hold nobody)."""


class Sampler:
    """Draws sets in chunks, on several threads; each chunk has its own stream, so that who draws it does not matter."""

    def __init__(self, network: Network, people: Numbers, benefit: Floats, seed: int, workers: int) -> None:
        from groundswell.graph import sampling, streaming

        self.streaming, self.one = streaming, streaming.ONE
        self.sampling, self.network, self.people, self.workers = sampling, network, people, workers
        self.seed = (2 * int(seed)) % (1 << 62)
        self.number: Places = np.zeros(0, np.int32)
        if len(people) < network.size or (people[1:] < people[:-1]).any():
            self.number = np.full(network.size, -1, np.int32)
            self.number[people] = np.arange(len(people), dtype=np.int32)
        self.alias, self.cut = sampling.lots(benefit)
        self.idle: list[Desk] = []
        self.chunk = TRY
        self.begun = PILOT
        self.parts: list[tuple[Places, Places, Places]] = []
        self.drawn = self.left = 0
        self.more = 0
        self.most = network.size + 1

    def __enter__(self) -> Sampler:
        self.pool = ThreadPoolExecutor(self.workers)
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)

    def desk(self) -> Desk:
        """Room for one thread to work in."""
        try:
            return self.idle.pop()
        except IndexError:
            return Desk(self.network.size, len(self.people))

    def pilot(self) -> float:
        """How many candidates a set holds; from then on chunks are as large as suits that."""
        found = [self._sample(chunk, TRY) for chunk in range(PILOT)]
        size = max(1.0, sum(len(part[0]) for part in found) / (PILOT * TRY))
        self.chunk = int(max(TRY, min(CHUNK, CHUNK_MEMBERS / size)))
        for desk in self.idle:
            desk.alone[:] = 0
        return size

    def cover(self, sets: int) -> tuple[Cover, int]:
        """The cover of the first so many sets, and how many people are stored in them."""
        for *part, left in self._map(self._sample, self._chunks(sets - self.drawn, self.begun)):
            self.parts.append((part[0], part[1], part[2]))
            self.left += left
        self.drawn, self.begun = sets, self.begun + -(-(sets - self.drawn) // self.chunk)
        members, lengths, sizes = (np.concatenate([part[i] for part in self.parts]) for i in range(3))
        self.parts = [(members, lengths, sizes)]
        reached = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)
        alone = np.zeros(len(self.people))
        for desk in self.idle:
            alone += desk.alone
        return Cover.turned(reached, members, np.ones(1), np.zeros(0), alone, float(self.left)), len(members)

    def shorten(self, cover: Cover, picks: Numbers) -> None:
        """Leave further sets where they are so large that these picks met nearly every one of that size, and more than once.

        Most of all walking is done in such sets, and they do not tell choices apart. A set that was left counts as met by any
        choice, which a bound may believe, and does anyway of what a good choice meets twice; what a choice is worth is judged by
        other sets, which are followed to their end.
        """
        _, lengths, sizes = self.parts[0]
        self.more = len(cover.candidate)  # people in as many sets again
        if len(self.people) < NEARLY_ALL * self.network.size or not cover.size:
            return
        chosen = np.zeros(cover.candidates, np.int32)
        chosen[picks] = 1
        missed = np.sort(sizes[np.add.reduceat(chosen[cover.candidate], cover.reached[:-1]) < 2])
        spare = int(LOST * cover.value(picks))
        if spare:
            largest = int(missed[-spare - 1]) if spare < len(missed) else 0
            self.most = min(self.most, max(SHORTEST, largest + 1))
        self.more = int(lengths[sizes < self.most].sum())

    def count(self, picks: Numbers, number: int, sets: int) -> int:
        """How many of so many sets, drawn for this round alone and not kept, meet these candidates."""
        stop = np.zeros(self.network.size, np.bool_)
        stop[self.people[picks]] = True
        return sum(self._map(partial(self._count, stop), self._chunks(sets, number << 32)))

    def streamed(
        self, loop: str, number: int, sets: int, columns: int, given: tuple[Any, ...]
    ) -> tuple[Numbers, Numbers]:
        """Send this stream of so many sets, none of which is kept, through a loop of `streaming`.

        Returns its sums, and its tally of each person in so many columns.
        """
        idle: list[Numbers] = []
        start, network, work = number << 32, self.network, getattr(self.streaming, loop)

        def counted(chunk: int, count: int) -> Numbers:
            desk = self.desk()
            try:
                tally = idle.pop()
            except IndexError:
                tally = np.zeros((network.size, columns), np.int64)
            found = work(
                self.seed + 1, chunk, (chunk - start) * self.chunk, count, sets, desk.mark, desk.stamp, desk.queue,
                *given, tally, self.alias, self.cut, network.first, network.source, network.chance, network.rate,
            )  # fmt: skip
            idle.append(tally)
            self._leave(desk, count)
            return found

        found = np.sum(list(self._map(counted, self._chunks(sets, start))), axis=0)
        return found, np.sum(idle, axis=0)

    def spread(self, values: Floats | Flags) -> Floats:
        """What belongs to candidates, put where they stand among all people."""
        among = np.zeros(self.network.size)
        among[self.people] = values
        return among

    def _chunks(self, sets: int, begin: int) -> list[tuple[int, int]]:
        """(number of the chunk, sets in it)."""
        whole = [(begin + i, self.chunk) for i in range(sets // self.chunk)]
        return [*whole, (begin + len(whole), sets % self.chunk)] if sets % self.chunk else whole

    def _map(self, work: Callable[[int, int], Any], chunks: list[tuple[int, int]]) -> Iterator[Any]:
        """The results in the order of the chunks."""
        waiting = [self.pool.submit(work, chunk, sets) for chunk, sets in chunks]
        for future in waiting:
            yield future.result()

    def _sample(self, chunk: int, sets: int) -> tuple[Places, Places, Places, int]:
        desk, network = self.desk(), self.network
        found = self.sampling.sample(
            self.seed, chunk, sets, self.most, desk.mark, desk.stamp, desk.queue, self.number, desk.alone, self.alias, self.cut,
            network.first, network.source, network.chance, network.rate,
        )  # fmt: skip
        self._leave(desk, sets)
        return found

    def _count(self, stop: Flags, chunk: int, sets: int) -> int:
        desk, network = self.desk(), self.network
        found = self.sampling.met(
            self.seed + 1, chunk, sets, desk.mark, desk.stamp, desk.queue, stop, self.alias, self.cut,
            network.first, network.source, network.chance, network.rate,
        )  # fmt: skip
        self._leave(desk, sets)
        return int(found)

    def _leave(self, desk: Desk, sets: int) -> None:
        desk.stamp += sets
        self.idle.append(desk)


class Desk:
    """What one thread writes on: which people it has met in this set, whom to look at next, and sets of one candidate."""

    def __init__(self, size: int, candidates: int) -> None:
        self.mark: Places = np.zeros(size, np.int32)
        self.queue: Places = np.empty(size, np.int32)
        self.alone: Places = np.zeros(candidates, np.int32)
        self.stamp = 0
