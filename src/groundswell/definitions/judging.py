"""Applying a definition: which tier, does a gate hold, how much of a term is earned.

Every question has a form for whole columns (numpy or Arrow, unknown as NaN or null) and one for a single account, which asks the
column form about one row, so that the two cannot disagree. Unknown stays unknown: a value that is missing earns no points and
loses none, and a gate that cannot be checked neither lets in nor keeps out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundswell.definitions.model import Band, Definition, Gate, Level, ScoreTerm, Tier, TierSet
from groundswell.signals.values import Value

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = Floats | Sequence[float | None] | pa.Array | pa.ChunkedArray
"""A column of numbers: unknown is NaN in numpy, null in Arrow, None in a list."""
KNOWN_FROM = 0.5
"""Of what a definition weighs, how much must be known before somebody is said to be one (design choice: most of it)."""


@dataclass(frozen=True)
class Tiered:
    """A tier's name, or None and the reason: `definition_silent` in a gap, `not_observed` without a follower count."""

    name: str | None
    reason: str | None = None


def as_floats(values: Numbers) -> Floats:
    """A column as float64 with NaN for unknown."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        column = cast("Any", values).cast(pa.float64())
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
    return np.asarray(values, dtype=np.float64)


def band_of(bands: Sequence[Band | Tier | Level], followers: Numbers) -> NDArray[np.int64]:
    """The index of the band each follower count lies in; -1 in a gap or where the count is unknown."""
    counts = as_floats(followers)
    found = np.full(counts.shape, -1, dtype=np.int64)
    for index, band in enumerate(bands):
        below = np.inf if band.followers_below is None else band.followers_below
        found[(counts >= band.followers_from) & (counts < below)] = index
    return found


def tiers_of(tier_set: TierSet, followers: Numbers) -> pa.Table:
    """Columns `tier` and `reason`, one row per follower count; exactly one of the two is null."""
    counts = as_floats(followers)
    found = band_of(tier_set.tiers, counts)
    reason = np.where(found >= 0, 2, np.isnan(counts).astype(np.int64))
    return pa.table(
        {
            "tier": _picked([tier.name for tier in tier_set.tiers], found, found < 0),
            "reason": _picked(["definition_silent", "not_observed"], reason, found >= 0),
        }
    )


def _picked(names: list[str], index: NDArray[np.int64], nothing: NDArray[np.bool_]) -> pa.Array:
    return pa.array(names, pa.string()).take(pa.array(index, mask=nothing))


def tier_of(tier_set: TierSet, followers: float | None) -> Tiered:
    """The tier of one account, or the reason why it has none under this tier set."""
    row = tiers_of(tier_set, [followers]).to_pylist()[0]
    return Tiered(row["tier"], row["reason"])


def within_bands(definition: Definition, followers: Numbers) -> pa.BooleanArray:
    """Whether a definition speaks about accounts of that size: true, false, or null where the size is unknown."""
    counts = as_floats(followers)
    if not definition.bands:
        return pa.array(np.ones(counts.shape, dtype=bool))
    return pa.array(band_of(definition.bands, counts) >= 0, mask=np.isnan(counts))


def gates_hold(
    gate: Gate, value: Numbers, low: Numbers, high: Numbers, label: pa.Array | None = None
) -> pa.BooleanArray:
    """Whether a gate holds, row by row: true, false, or null where the bound it asks for is unknown.

    A gate whose `equals` is a text asks the `label` column (a language) and ignores the numbers.
    """
    if isinstance(gate.equals, str):
        labels = [None] * len(value) if label is None else label.to_pylist()
        return pa.array([None if text is None else text == gate.equals for text in labels], pa.bool_())
    asked = as_floats({"value": value, "low": low, "high": high}[gate.bound])
    holds = np.ones(asked.shape, dtype=bool)
    if gate.at_least is not None:
        holds &= asked >= gate.at_least
    if gate.at_most is not None:
        holds &= asked <= gate.at_most
    if gate.equals is not None:
        holds &= asked == gate.equals
    return pa.array(holds, mask=np.isnan(asked))


def gate_holds(
    gate: Gate, value: float | None, low: float | None, high: float | None, label: str | None = None
) -> bool | None:
    """Whether a gate holds for one account; None when it cannot be checked."""
    return gates_hold(gate, [value], [low], [high], pa.array([label], pa.string()))[0].as_py()


def fractions(term: ScoreTerm, values: Numbers, typical: Numbers | None = None) -> Floats:
    """How much of a term each value earns, 0..1; NaN where unknown.

    `typical` is what a term with `against` is measured by (see `rates.typical_rates`); without it such a term is unknown.
    """
    numbers = as_floats(values)
    if term.against is not None:
        usual = np.full(numbers.shape, np.nan) if typical is None else as_floats(typical)
        numbers = np.divide(numbers, usual, out=np.full(numbers.shape, np.nan), where=usual > 0)
    return _bend(term, numbers)


def score_terms(
    definition: Definition,
    values: Mapping[str, Value | float | None],
    typical: Mapping[str, float | None] | None = None,
) -> list[tuple[ScoreTerm, float | None]]:
    """Each term of a definition with the fraction 0..1 that one account earns; None where unknown.

    `values` maps signal names to values; `typical` maps signal names to what is usual for the account's size.
    """
    return [
        (term, _fraction(term, values.get(term.signal), (typical or {}).get(term.signal))) for term in definition.terms
    ]


def weighed(definition: Definition, known: Sequence[NDArray[np.bool_]], rows: int = 1) -> Floats:
    """Of what a definition weighs, how much is known, by weight and row by row; all of it where it weighs nothing.

    `known` has a column a term: where its signal is known, and its benchmark speaks of the platform (`rates.speaks_of`).
    """
    whole = sum(term.weight for term in definition.terms)
    if not whole:
        return np.ones(rows)
    parts = [term.weight * there for term, there in zip(definition.terms, known, strict=True)]
    return np.sum(parts, axis=0) / whole


def _fraction(term: ScoreTerm, value: Value | float | None, typical: float | None) -> float | None:
    number = value.value if isinstance(value, Value) else value
    earned = float(fractions(term, [number], [typical])[0])
    return None if np.isnan(earned) else earned


def _bend(term: ScoreTerm, numbers: Floats) -> Floats:
    """Apply the curve. NaN passes through every step."""
    if term.curve == "plateau":
        return np.minimum(
            _ramp(numbers, term.zero_below, term.start), 1.0 - _ramp(numbers, term.to, term.zero_above, before=0.0)
        )
    if term.curve == "log":
        return _ramp(np.log(np.maximum(numbers, term.start)), float(np.log(term.start)), float(np.log(term.to)))
    rising = _ramp(numbers, term.start, term.to)
    return 1.0 - rising if term.curve == "inverse" else rising


def _ramp(numbers: Floats, start: float | None, to: float | None, before: float = 1.0) -> Floats:
    """0 up to `start`, 1 from `to` on, a line between; `before` everywhere where one end is missing."""
    if start is None or to is None:
        return np.where(np.isnan(numbers), np.nan, before)
    return np.clip((numbers - start) / (to - start), 0.0, 1.0)
