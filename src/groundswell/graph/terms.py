"""The conditions of a choice as rows of one table, and what to say when they cannot hold together.

Every condition is `amounts @ chosen <= room`, scaled so that its numbers are about 1; "at least" is turned round.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from groundswell.errors import InfeasibleError, InputError
from groundswell.graph.cover import Floats, refuse
from groundswell.graph.ties import Numbers

SLACK = 1e-9
"""By how much a scaled sum may pass its limit: rounding, not money (design choice)."""


@dataclass(frozen=True)
class Limit:
    """How much of something the chosen may, or must, have together: `of` holds the amount, or the membership, of each."""

    of: ArrayLike
    at_most: float | None = None
    at_least: float | None = None
    name: str = "limit"


@dataclass(frozen=True)
class Terms:
    """All conditions of one choice: rows that bound sums, and who must (`low` 1) or may not (`high` 0) be chosen."""

    rows: Floats
    room: Floats
    names: tuple[str, ...]
    scale: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, people: int, limits: Sequence[Limit], locked: Iterable[int], excluded: Iterable[int]) -> Terms:
        """Gather conditions over so many candidates; refuse numbers that mean nothing."""
        low, high = np.zeros(people), np.ones(people)
        low[_named(locked, people, "locked")] = 1.0
        high[_named(excluded, people, "excluded")] = 0.0
        both = np.flatnonzero(low > high)
        if len(both):
            raise InputError(
                f"Candidate {both[0]} is locked in and excluded.", next_step="Leave it in one of the lists."
            )
        found = [side for limit in limits for side in _sides(limit, people)]
        rows = np.array([row for row, _, _ in found]).reshape(len(found), people)
        room = np.array([bound for _, bound, _ in found])
        scale = np.maximum(np.abs(room), np.abs(rows).max(axis=1, initial=1e-12))
        names = tuple(name for _, _, name in found)
        return cls(rows / scale[:, None], room / scale, names, scale, low, high)

    @property
    def packing(self) -> bool:
        """Whether leaving somebody out never breaks a condition."""
        return bool((self.rows >= 0).all())

    def holds(self, picks: Numbers) -> bool:
        """Whether these picks meet every condition."""
        chosen = np.zeros(len(self.low))
        chosen[picks] = 1.0
        inside = ((chosen >= self.low) & (chosen <= self.high)).all()
        return bool(inside and (self.rows @ chosen <= self.room + SLACK).all())

    def decided(self, who: int, taken: float) -> Terms:
        """The same conditions, and this candidate taken for sure (1) or left out (0)."""
        low, high = self.low.copy(), self.high.copy()
        low[who] = high[who] = taken
        return replace(self, low=low, high=high)

    def possible(self) -> bool:
        """Whether any choice, also of parts of candidates, meets every condition."""
        least = np.where(self.rows < 0, self.rows * self.high, self.rows * self.low).sum(axis=1)
        if (least > self.room + SLACK).any():
            return False
        if self.packing:
            return True
        from scipy.optimize import linprog

        bounds = np.stack([self.low, self.high], axis=1)
        done: Any = linprog(
            np.zeros(len(self.low)), A_ub=self.rows, b_ub=self.room + SLACK, bounds=bounds, method="highs"
        )
        return done.status != 2

    def best(self, worth: Floats) -> Numbers | None:
        """The picks of the largest sum of worths that meet every condition, or None where nothing does."""
        found = self._solve(-worth, np.zeros(len(self.room)))
        return None if found is None else np.flatnonzero(found[: len(self.low)] > 0.5)

    def refuse(self) -> InfeasibleError:
        """Say which condition bites: the one that alone, loosened a little, would make the rest possible."""
        alone = {name: by for r, name in enumerate(self.names) if (by := self._missing([r])) is not None}
        if alone:
            listed = "; ".join(f"{name} by {by:,.4g}" for name, by in alone.items())
            return InfeasibleError(
                "No choice meets all conditions.", alone,
                next_step=f"Any one of these changes makes it possible: loosen {listed}.",
            )  # fmt: skip
        return InfeasibleError(
            "No choice meets all conditions, and loosening one of them is not enough.", {},
            next_step="Exclude or lock fewer people, or drop a condition.",
        )  # fmt: skip

    def _missing(self, loosened: list[int]) -> float | None:
        """By how much this condition must give way for the others to hold, in its own unit."""
        open_ = np.zeros(len(self.room))
        open_[loosened] = 1.0
        found = self._solve(np.zeros(len(self.low)), open_)
        return None if found is None else float(found[-1] * self.scale[loosened[0]])

    def _solve(self, cost: Floats, loosened: Floats) -> Floats | None:
        from scipy.optimize import Bounds, LinearConstraint, milp

        people, price = len(self.low), 1.0 if loosened.any() else 0.0
        rows: Any = np.hstack([self.rows, -loosened[:, None]])
        low: Any = np.append(self.low, 0)
        high: Any = np.append(self.high, np.inf if price else 0)
        room: Any = self.room + SLACK / 2
        done = milp(
            np.append(cost, price), integrality=np.append(np.ones(people), 0), bounds=Bounds(low, high),
            constraints=[LinearConstraint(rows, -np.inf, room)] if len(self.room) else [],
        )  # fmt: skip
        return None if done.x is None else np.asarray(done.x)


def _named(given: Iterable[int], people: int, name: str) -> Numbers:
    found = np.asarray(list(given), np.int64).reshape(-1)
    if len(found) and (found.min() < 0 or found.max() >= people):
        raise InputError(f"{name} names a candidate outside 0..{people - 1}.")
    return found


def _sides(limit: Limit, people: int) -> list[tuple[Floats, float, str]]:
    """A limit as one or two rows."""
    amounts = np.asarray(limit.of, np.float64).reshape(-1)
    if len(amounts) != people:
        raise InputError(f"The limit {limit.name!r} has {len(amounts):,} amounts for {people:,} candidates.")
    refuse(~np.isfinite(amounts), f"amount of {limit.name!r}", "Amounts are finite numbers.")
    found = [(limit.at_most, 1.0, "most"), (limit.at_least, -1.0, "least")]
    sides: list[tuple[Floats, float, str]] = []
    for bound, sign, word in found:
        if bound is None:
            continue
        if np.isnan(bound):
            raise InputError(f"The limit {limit.name!r} is not a number.")
        if np.isfinite(bound):
            plain = limit.name if limit.at_least is None or limit.at_most is None else f"{limit.name}, at {word}"
            sides.append((sign * amounts, sign * bound, plain))
    return sides
