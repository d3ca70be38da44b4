"""Where a value stands among everybody for whom it is known, on the same platform where enough are: no fit, no judgement.

A place is a share of people below, with the share below either end of the value's 90 % interval. Counted values have one place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.values import Value

pc: Any = _compute  # its functions are made at run time, no type checker knows them

LEAST_PEOPLE = 30
"""Among fewer a percentile is refused (house rule)."""


@dataclass(frozen=True)
class Place:
    """Share of people below a value and below the ends of its interval; who is equal counts half."""

    low: float
    at: float
    high: float
    within: float
    """Share of people with another value that lies within the interval: how little the interval tells."""
    people: int
    """For how many the signal is known."""
    where: str
    """A platform; empty when it is everybody, because too few are known on the platform."""
    surely_above: float
    """Share of people whose value is smaller than the whole interval: whoever is level with its end is not."""
    surely_below: float
    """Share of people whose value is larger than the whole interval."""
    above: float
    below: float
    """The same of the value itself."""


@dataclass(frozen=True)
class Others:
    """Everybody, to be compared with."""

    rows: pa.Table
    platform: str
    kept: bool = False
    """Asked again and again: values are held sorted, so that a place is found at once (8 bytes a value)."""
    _sorted: dict[str, tuple[NDArray[np.float64], str]] = field(default_factory=lambda: {})
    _rows: dict[str, float] = field(default_factory=lambda: {})

    @cached_property
    def _alike(self) -> NDArray[np.bool_]:
        return pc.equal(self.rows.column("platform"), self.platform).to_numpy(zero_copy_only=False).astype(bool)

    def place(self, value: Value) -> Place | None:
        """Where a value stands; None where it is unknown, has no interval, or too few are known."""
        if value.value is None or value.low is None or value.high is None:
            return None
        numbers, where = self.held(value.signal) if self.kept else self.known(value.signal)
        if len(numbers) < LEAST_PEOPLE:
            return None
        ends = [_below_and_up_to(numbers, end, ordered=self.kept) for end in (value.low, value.value, value.high)]
        low, at, high = ((below + up_to) / (2 * len(numbers)) for below, up_to in ends)
        inside = ends[2][1] - ends[0][0] - (ends[1][1] - ends[1][0])
        count = len(numbers)
        return Place(
            low, at, high, inside / count, count, where,
            ends[0][0] / count, 1 - ends[2][1] / count, ends[1][0] / count, 1 - ends[1][1] / count,
        )  # fmt: skip

    def held(self, signal: str) -> tuple[NDArray[np.float64], str]:
        """The known values of a signal, sorted once."""
        if signal not in self._sorted:
            numbers, where = self.known(signal)
            self._sorted[signal] = np.sort(numbers), where
        return self._sorted[signal]

    def usual_rows(self, signal: str) -> float:
        """The rows behind a signal's value, of a middling person; worked out once."""
        if signal not in self._rows:
            self._rows[signal] = float(np.median(self.known(signal, "n")[0]))
        return self._rows[signal]

    def known(self, signal: str, part: str = "value") -> tuple[NDArray[np.float64], str]:
        """The known values of a signal (or the rows behind them, `n`), and on which platform; empty for everybody."""
        column = in_one(self.rows.column(signal))
        values = pc.struct_field(column, "value").to_numpy(zero_copy_only=False)
        known = ~np.isnan(values)
        mine = known & self._alike
        enough = np.count_nonzero(mine) >= LEAST_PEOPLE
        numbers = values if part == "value" else pc.struct_field(column, part).to_numpy(zero_copy_only=False)
        return numbers[mine if enough else known], self.platform if enough else ""


def _below_and_up_to(numbers: NDArray[np.float64], end: float, *, ordered: bool) -> tuple[int, int]:
    """How many are smaller, and how many are not larger."""
    if ordered:
        return int(np.searchsorted(numbers, end, "left")), int(np.searchsorted(numbers, end, "right"))
    return int(np.count_nonzero(numbers < end)), int(np.count_nonzero(numbers <= end))
