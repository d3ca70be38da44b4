"""Who gets the places: how groups of people fare in a ranking, by language, platform, age of the account and size.

Nobody is moved up or down by it: it shows whether conditions were equal, so that whoever asked can ask again. A rate is the share
of a group's people, of all who were looked at, who stand among the first; its interval is Wilson's (1927), 90 %. A difference need
not be unfair: a brief that asks for German finds Germans. What nobody can see, nobody can judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.kinship import wilson_limits

pc: Any = _compute  # its functions are made at run time, no type checker knows them

PLACES = 20
"""The places that count: what somebody who reads a shortlist really reads (design choice)."""
FEWEST = 30
"""Groups below this size are shown, and not compared: their best-off would be chance (design choice)."""
SIZES = (1_000, 10_000, 100_000)
"""Edges between bands of followers, as the tiers of the trade have them (Markerly 2016)."""
YEARS = (1, 3)
"""Edges between bands of account age, in years (design choice)."""
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Exposure:
    """How one group fares."""

    by: str
    """language | platform | account age | size"""
    group: str
    people: int
    """How many were looked at."""
    fitting: int
    """How many of them pass every condition."""
    places: int
    """How many stand among the first."""
    rate: float
    """Share of the group's people who stand among the first."""
    low: float
    high: float
    mean_rank: float | None
    """Mean place of those who fit; null when nobody does."""
    ratio: float | None
    """Rate beside that of the group that fares best; null where a group is too small to be compared."""
    surely_less: bool
    """Whether the two 90 % intervals do not even touch."""


def exposure(rows: pa.Table, order: NDArray[np.int64], *, places: int = PLACES) -> tuple[Exposure, ...]:
    """How each group fares in a ranking: `rows` are the signals of everybody, `order` the rows that fit, best first."""
    found: list[Exposure] = []
    for by, groups in groups_of(rows).items():
        found += _compared(by, groups, order, places)
    return tuple(found)


def groups_of(rows: pa.Table) -> dict[str, pa.Array]:
    """To which group each account belongs, by each of the four."""
    spoken = pc.coalesce(pc.struct_field(_whole(rows, "language"), "label"), _whole(rows, "language_declared"))
    years = pc.divide(_value(rows, "account_age_days"), 365.25)
    return {
        "language": pc.fill_null(spoken, UNKNOWN),
        "platform": pc.fill_null(_whole(rows, "platform"), UNKNOWN),
        "account age": _banded(years, YEARS, "years"),
        "size": _banded(_value(rows, "followers"), SIZES, "followers"),
    }


def _compared(by: str, groups: pa.Array, order: NDArray[np.int64], places: int) -> list[Exposure]:
    """The groups of one kind: bands in their order, names with the largest first."""
    coded = groups.dictionary_encode()
    codes, names = coded.indices.to_numpy(zero_copy_only=False), coded.dictionary.to_pylist()
    size, listed = len(names), codes[order]
    people, fitting = np.bincount(codes, minlength=size), np.bincount(listed, minlength=size)
    first = np.bincount(listed[:places], minlength=size)
    rank = np.bincount(listed, np.arange(1, len(order) + 1), size) / np.maximum(fitting, 1)
    rate, (low, high) = first / people, wilson_limits(first, people)
    comparable = (people >= FEWEST) & np.array([name != UNKNOWN for name in names], bool)
    best = int(np.argmax(np.where(comparable, rate, -1.0))) if comparable.any() else None
    made: list[Exposure] = []
    for i in range(size):
        beside = best is not None and bool(comparable[i]) and rate[best] > 0
        made.append(
            Exposure(
                by, str(names[i]), int(people[i]), int(fitting[i]), int(first[i]), float(rate[i]), float(low[i]), float(high[i]),
                mean_rank=float(rank[i]) if fitting[i] else None,
                ratio=float(rate[i] / rate[best]) if beside else None,
                surely_less=bool(beside and high[i] < low[best]),
            )
        )  # fmt: skip
    banded = {name: number for number, name in enumerate(_names_of(by))}
    return sorted(made, key=lambda one: (one.group == UNKNOWN, banded.get(one.group, 0), -one.people, one.group))


# -- groups ------------------------------------------------------------------------------------------------------------------


def _whole(rows: pa.Table, name: str) -> Any:
    return in_one(rows.column(name))


def _value(rows: pa.Table, signal: str) -> Any:
    return pc.struct_field(_whole(rows, signal), "value")


def _banded(values: Any, edges: Sequence[int], unit: str) -> pa.Array:
    """The name of the half-open band of each value."""
    numbers = values.to_numpy(zero_copy_only=False)
    place = np.where(np.isnan(numbers), len(edges) + 1, np.searchsorted(edges, numbers, side="right"))
    return pa.array([*_bands(edges, unit), UNKNOWN]).take(pa.array(place))


def _bands(edges: Sequence[int], unit: str) -> list[str]:
    between = [f"{low:,} to {high:,} {unit}" for low, high in pairwise(edges)]
    return [
        f"under {edges[0]:,} {unit if edges[0] != 1 else unit.removesuffix('s')}",
        *between,
        f"{edges[-1]:,} {unit} or more",
    ]


def _names_of(by: str) -> list[str]:
    """The bands of a kind of group in their order; none where groups are names."""
    return {"account age": _bands(YEARS, "years"), "size": _bands(SIZES, "followers")}.get(by, [])
