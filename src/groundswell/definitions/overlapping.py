"""How far do the meanings agree on the user's own people? The best of each, side by side; nothing is averaged.

Each definition picks, among those of whom it speaks, whose gates hold and of whom most of what it weighs is known (as an explanation
judges a person), the best tenth of everybody by its own score. Two picks are compared by Jaccard (1901): people in both, divided by
people in either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.definitions.judging import KNOWN_FROM, Floats, as_floats, fractions, gates_hold, weighed, within_bands
from groundswell.definitions.loading import load_benchmarks, load_definitions
from groundswell.definitions.model import Benchmark, Definition, ScoreTerm
from groundswell.definitions.rates import fit_panel, speaks_of, typical_rates

pc: Any = _compute  # its functions are made at run time, no type checker knows them

BEST_SHARE = 0.1
"""Part of everybody that each definition picks at most (design choice)."""
FEWEST = 10
"""People whom each may pick in a small workspace."""


@dataclass(frozen=True)
class Overlap:
    """Two definitions on the same people."""

    one: str
    other: str
    both: int
    either: int
    jaccard: float | None
    """People in both, divided by people in either; None where nobody is in either."""


@dataclass(frozen=True)
class Overlaps:
    """Every definition's pick and every pair of definitions."""

    accounts: int
    picked: tuple[tuple[str, int], ...]
    """Definition -> people picked; 0 where its gates hold for nobody or cannot be checked, or most of what it weighs is unknown."""
    pairs: tuple[Overlap, ...]
    sentences: tuple[str, ...] = field(default=())


def overlaps(rows: pa.Table, meanings: Iterable[Definition], benchmarks: Mapping[str, Benchmark]) -> Overlaps:
    """Compare the picks of definitions on a table of signals (one row an account, struct columns)."""
    panel = _Panel(rows, benchmarks)
    most = max(FEWEST, round(BEST_SHARE * rows.num_rows))
    picks = {one.name: panel.best(one, most) for one in meanings}
    names = list(picks)
    pairs = tuple(
        _pair(one, other, picks[one], picks[other]) for place, one in enumerate(names) for other in names[place + 1 :]
    )
    found = Overlaps(rows.num_rows, tuple((name, int(pick.sum())) for name, pick in picks.items()), pairs)
    return Overlaps(found.accounts, found.picked, pairs, tuple(_sentences(found)))


def overlaps_in(rows: pa.Table, folder: Path) -> Overlaps:
    """The newest version of every definition, ours and those of a workspace's folder, on its table of signals."""
    newest = {one.id: one for one in sorted(load_definitions(folder).values(), key=lambda one: one.version)}
    return overlaps(rows, (newest[key] for key in sorted(newest)), load_benchmarks(folder))


def _pair(one: str, other: str, mine: NDArray[np.bool_], theirs: NDArray[np.bool_]) -> Overlap:
    both, either = int((mine & theirs).sum()), int((mine | theirs).sum())
    return Overlap(one, other, both, either, both / either if either else None)


def _sentences(found: Overlaps) -> Iterable[str]:
    for name, count in found.picked:
        if not count:
            yield f"{name} picks nobody: its conditions hold for no one, cannot be checked, or too little of what it weighs is known."
    somebody = {name for name, count in found.picked if count}  # who picks nobody disagrees with nobody
    pairs = [pair for pair in found.pairs if {pair.one, pair.other} <= somebody]
    told = [(pair.jaccard, pair) for pair in pairs if pair.jaccard is not None and pair.both < pair.either]
    if told:
        most, least = max(told, key=lambda one: one[0] or 0.0)[1], min(told, key=lambda one: one[0] or 0.0)[1]
        yield f"{most.one} and {most.other} agree most: {most.both:,} of {most.either:,} people are in both picks."
        yield f"{least.one} and {least.other} agree least: {least.both:,} of {least.either:,}."


class _Panel:
    """Columns of a table of signals as definitions ask for them."""

    def __init__(self, rows: pa.Table, benchmarks: Mapping[str, Benchmark]) -> None:
        self.rows, self.benchmarks = rows, benchmarks
        self.followers = self.numbers("followers")

    def numbers(self, signal: str, part: str = "value") -> Floats:
        """One part of a signal, nan where unknown or where it only exists for a brief."""
        if signal not in self.rows.schema.names:
            return np.full(self.rows.num_rows, np.nan)
        return as_floats(pc.struct_field(in_one(self.rows.column(signal)), part))

    def best(self, meaning: Definition, most: int) -> NDArray[np.bool_]:
        """Who is picked: the best by score among those whom bands and gates let in and of whom enough is known; ties go by account."""
        inside = _surely(within_bands(meaning, self.followers))
        for gate in meaning.gates:
            value, low, high = (self.numbers(gate.signal, part) for part in ("value", "low", "high"))
            inside &= _surely(gates_hold(gate, value, low, high, self._label(gate.signal)))
        known = [np.isfinite(self.numbers(term.signal)) & self._spoken_of(term) for term in meaning.terms]
        inside &= weighed(meaning, known, self.rows.num_rows) >= KNOWN_FROM
        score = self._score(meaning)
        order = np.argsort(np.where(inside & np.isfinite(score), -score, np.inf), kind="stable")[:most]
        picked = np.zeros(self.rows.num_rows, bool)
        picked[order] = True
        return picked & inside & np.isfinite(score)

    def _label(self, signal: str) -> pa.Array | None:
        if signal not in self.rows.schema.names:
            return None
        return pc.struct_field(in_one(self.rows.column(signal)), "label")

    def _score(self, meaning: Definition) -> Floats:
        """Weighted sum of what is known; nan where nothing is. Without terms everybody let in has the same."""
        if not meaning.terms:
            return np.zeros(self.rows.num_rows)
        parts = np.array(
            [term.weight * fractions(term, self.numbers(term.signal), self._typical(term)) for term in meaning.terms]
        )
        return np.where(np.isfinite(parts).any(axis=0), np.nansum(parts, axis=0), np.nan)

    def _spoken_of(self, term: ScoreTerm) -> NDArray[np.bool_]:
        """On whose platform the benchmark of a term was measured."""
        usual = self.benchmarks.get(term.against or "")
        if usual is None:
            return np.ones(self.rows.num_rows, bool)
        platforms = in_one(self.rows.column("platform"))
        spoken_of = [one for one in pc.unique(platforms).to_pylist() if speaks_of(usual, one)]
        return pc.is_in(platforms, value_set=pa.array(spoken_of, pa.string())).to_numpy(zero_copy_only=False)

    def _typical(self, term: ScoreTerm) -> Floats | None:
        """What is usual for each account's size by the benchmark of a term."""
        if term.against is None:
            return None
        usual, platforms = np.full(self.rows.num_rows, np.nan), in_one(self.rows.column("platform"))
        for platform in pc.unique(platforms).to_pylist():
            mine = pc.equal(platforms, platform).to_numpy(zero_copy_only=False)
            found = self.benchmarks[term.against]
            if found.fitted:
                found = fit_panel(found, self.followers[mine], self.numbers(term.signal)[mine], platform, term.signal)
            usual[mine] = typical_rates(found, platform, self.followers[mine], term.signal)
        return usual


def _surely(answers: pa.BooleanArray) -> NDArray[np.bool_]:
    """True where a condition holds; neither unknown nor false."""
    return np.asarray(pc.fill_null(answers, False).to_numpy(zero_copy_only=False), bool).copy()
