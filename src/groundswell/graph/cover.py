"""Who is reached by which candidates: the one structure in which an audience and a sampled spread are alike.

An *element* is somebody (or a sample of somebody) with a weight, and the candidates who reach it, each for certain or with a
chance. What a set of candidates is worth is the weight that it reaches,

    value(S) = sum over elements of weight * (1 - product over the candidates in S who reach it of (1 - chance)),

which counts an element once however many reach it. An element that only one candidate reaches overlaps with nothing: it is
kept as one sum a candidate (`alone`), and takes neither memory nor time afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from groundswell.errors import InputError
from groundswell.graph.ties import Flags, Numbers

Places = NDArray[np.int32]
Floats = NDArray[np.float64]


class Arrays(NamedTuple):
    """The arrays of a cover, as compiled loops take them; see `Cover`."""

    first: Numbers
    element: Places
    reached: Numbers
    candidate: Places
    weight: Floats
    chance_to: Floats
    chance_by: Floats
    alone: Floats


@dataclass(frozen=True)
class Cover:
    """Elements of weight and the candidates who reach them, in rows both ways.

    The elements of candidate `c` are `element[first[c] : first[c + 1]]`; the candidates of element `e` are
    `candidate[reached[e] : reached[e + 1]]`, ascending. `chance_to` stands beside `element` and `chance_by` beside
    `candidate`; both are empty when everybody is reached for certain. `weight` has one entry an element, or one for all.
    `alone` is what each candidate reaches of the elements that nobody else reaches, `sure` what is reached whoever is chosen.
    """

    first: Numbers
    element: Places
    reached: Numbers
    candidate: Places
    weight: Floats
    chance_to: Floats
    chance_by: Floats
    alone: Floats
    sure: float = 0.0

    @classmethod
    def of(
        cls,
        elements: ArrayLike,
        candidates: ArrayLike,
        weight: ArrayLike | None = None,
        chance: ArrayLike | None = None,
        *,
        size: int | None = None,
        among: int | None = None,
    ) -> Cover:
        """Make the cover of these pairs: element `elements[i]` is reached by candidate `candidates[i]` with `chance[i]`.

        `weight` has one entry an element [1 each]; `size` and `among` are the numbers of elements and of candidates [as
        many as are named]. A pair that stands there twice counts once; with chances, the larger counts.
        """
        element, candidate = _numbers(elements, "elements", size), _numbers(candidates, "candidates", among)
        if len(element) != len(candidate):
            raise InputError(
                f"There are {len(element):,} elements and {len(candidate):,} candidates, which should be pairs."
            )
        among = (int(candidate.max(initial=-1)) + 1) if among is None else among
        weights = _weights(weight, (int(element.max(initial=-1)) + 1) if size is None else size)
        chances = None if chance is None else _chances(chance, len(element))
        pairs, chances = _once(element * max(among, 1) + candidate, chances)
        return cls._folded(pairs // max(among, 1), pairs % max(among, 1), weights, chances, among)

    @classmethod
    def _folded(
        cls, element: Numbers, candidate: Numbers, weights: Floats, chances: Floats | None, among: int
    ) -> Cover:
        """Make it of distinct pairs in order; what one candidate alone reaches becomes a sum."""
        useful = weights[element] > 0
        if chances is not None:
            useful &= chances > 0
        element, candidate = element[useful], candidate[useful]
        chances = None if chances is None else chances[useful]
        degree = np.bincount(element, minlength=len(weights))
        single = degree[element] == 1
        worth = weights[element[single]] * (1.0 if chances is None else chances[single])
        alone = np.bincount(candidate[single], weights=worth, minlength=among).astype(np.float64)
        shared = np.flatnonzero(degree > 1)
        number = np.cumsum(degree > 1) - 1
        rows = [number[element[~single]], candidate[~single]]
        return cls.rows(rows[0], rows[1], weights[shared], None if chances is None else chances[~single], alone)

    @classmethod
    def rows(cls, element: Numbers, candidate: Numbers, weight: Floats, chance: Floats | None, alone: Floats) -> Cover:
        """Put pairs that are in order of their elements into rows both ways."""
        size = int(element[-1]) + 1 if len(element) else 0
        by = np.zeros(0) if chance is None else chance
        return cls.turned(_starts(np.bincount(element, minlength=size)), candidate.astype(np.int32), weight, by, alone)

    @classmethod
    def turned(
        cls, reached: Numbers, candidate: Places, weight: Floats, chance_by: Floats, alone: Floats, sure: float = 0.0
    ) -> Cover:
        """Make it of the rows of the elements; the rows of the candidates follow."""
        from groundswell.graph.counting import turned

        first, element, chance_to = turned(reached, candidate, chance_by, len(alone))
        return cls(first, element, reached, candidate, weight, chance_to, chance_by, alone, sure)

    def narrowed(self, candidates: Numbers) -> Cover:
        """The cover of these candidates only, numbered in this order."""
        from groundswell.graph.counting import narrowed

        number = np.full(self.candidates, -1, np.int64)
        number[candidates] = np.arange(len(candidates))
        reached, candidate, chance_by, weight, alone = narrowed(number, len(candidates), self.arrays)
        return Cover.turned(reached, candidate, weight, chance_by, alone, self.sure)

    @property
    def candidates(self) -> int:
        """Number of candidates."""
        return len(self.alone)

    @property
    def size(self) -> int:
        """Number of elements that more than one candidate reaches."""
        return len(self.reached) - 1

    @property
    def certain(self) -> bool:
        """Whether everybody is reached for certain."""
        return not len(self.chance_by)

    @cached_property
    def each(self) -> Floats:
        """What each candidate reaches when chosen alone."""
        from groundswell.graph.counting import each

        return each(self.arrays)

    @cached_property
    def total(self) -> float:
        """What all candidates together reach."""
        if self.certain:
            return float(np.broadcast_to(self.weight, (self.size,)).sum() + self.alone.sum()) + self.sure
        return self.value(np.arange(self.candidates))

    def value(self, picks: Sequence[int] | Numbers) -> float:
        """What these candidates reach together."""
        return float(np.sum(self.gains(picks))) + self.sure

    def gains(self, picks: Sequence[int] | Numbers) -> Floats:
        """What each of these candidates adds to those before it."""
        from groundswell.graph.counting import added

        chosen = np.asarray(picks, np.int64).reshape(-1)
        _within(chosen, self.candidates, "picks")
        if np.bincount(chosen, minlength=1).max() > 1:
            raise InputError("A candidate is named twice.", next_step="Name each candidate once.")
        return added(chosen, self.arrays)

    @property
    def arrays(self) -> Arrays:
        """The arrays as compiled loops take them."""
        return Arrays(
            self.first, self.element, self.reached, self.candidate,
            self.weight, self.chance_to, self.chance_by, self.alone,
        )  # fmt: skip


def _numbers(given: ArrayLike, name: str, below: int | None) -> Numbers:
    found = np.asarray(given).reshape(-1)
    if not len(found):
        return np.zeros(0, np.int64)
    if found.dtype.kind not in "iu":
        raise InputError(
            f"{name} are {found.dtype}, which cannot number anything.", next_step="Give whole numbers from 0."
        )
    numbers = found.astype(np.int64)
    _within(numbers, np.iinfo(np.int32).max if below is None else below, name)
    return numbers


def _within(numbers: Numbers, below: int, name: str) -> None:
    if len(numbers) and (numbers.min() < 0 or numbers.max() >= below):
        bad = int(numbers[(numbers < 0) | (numbers >= below)][0])
        raise InputError(f"{name} hold {bad}, outside 0..{below - 1}.", next_step="Number them from 0, without gaps.")


def _weights(weight: ArrayLike | None, size: int) -> Floats:
    found = np.ones(size) if weight is None else np.asarray(weight, np.float64).reshape(-1)
    if len(found) < size:
        raise InputError(f"There are {len(found):,} weights for {size:,} elements.")
    refuse(~np.isfinite(found) | (found < 0), "weight", "Weights are finite numbers from 0 up.")
    return found


def _chances(chance: ArrayLike, size: int) -> Floats:
    found = np.asarray(chance, np.float64).reshape(-1)
    if len(found) != size:
        raise InputError(f"There are {len(found):,} chances for {size:,} pairs.")
    refuse(~((found >= 0) & (found <= 1)), "chance", "Chances lie between 0 and 1.")
    return found


def refuse(bad: Flags, name: str, rule: str) -> None:
    """Refuse numbers that break a rule, naming the first of them."""
    if bad.any():
        at, more = int(np.argmax(bad)), int(bad.sum()) - 1
        also = f" (and {more:,} more)" if more else ""
        raise InputError(f"The {name} at place {at}{also} cannot be used.", means=rule)


def _once(pairs: Numbers, chances: Floats | None) -> tuple[Numbers, Floats | None]:
    """Each pair once, in order; of several chances the largest."""
    order = np.argsort(pairs, kind="stable") if chances is None else np.lexsort((chances, pairs))
    ordered = pairs[order]
    last = np.concatenate([ordered[1:] != ordered[:-1], np.ones(1, np.bool_)])[: len(ordered)]
    return ordered[last], None if chances is None else chances[order][last]


def _starts(degree: Numbers) -> Numbers:
    return np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
