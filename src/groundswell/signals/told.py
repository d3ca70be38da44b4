"""What was read out of texts, held in memory: language, words of payment, tone and topic of a text are found by its hash at once.

The files of findings lie in the order of hashes, so the texts of one person lie all over them: asked of the files, fifty posts
of a large workspace take longer than everything else that a page says. Held here at two bytes a finding and text, and eight for
its hash; words are kept once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.store import Engine

pc: Any = _compute  # its functions are made at run time, no type checker knows them

NOTHING = -1
FINDINGS = {
    "wording": ("language", "clear", "unclear"),
    "topic_of_text": ("topic",),
    "tone": ("speaks", "superlative", "gifted", "praise", "reservation", "concrete"),
    "voice": ("marks",),
}
"""View of findings -> what a page about somebody asks of it, by the hash of a text."""
SHORT = np.iinfo(np.int16).max


@dataclass(frozen=True)
class Column:
    """One finding of every text: places in a list of distinct values, -1 where nothing was found."""

    codes: NDArray[np.integer[Any]]
    values: pa.Array

    def at(self, places: NDArray[np.int64], there: NDArray[np.bool_]) -> pa.Array:
        """The findings of a few texts; null where nobody read the text, too."""
        codes = np.where(there, self.codes[places], NOTHING) if len(self.codes) else np.full(len(places), NOTHING)
        return self.values.take(pa.array(codes, mask=codes == NOTHING))


@dataclass(frozen=True)
class Told:
    """One kind of findings, sorted by hash."""

    hashes: NDArray[np.int64]
    columns: dict[str, Column]

    def of(self, asked: NDArray[np.int64]) -> dict[str, pa.Array]:
        """Finding -> what was found in these texts."""
        places = np.minimum(np.searchsorted(self.hashes, asked), max(len(self.hashes) - 1, 0))
        there = self.hashes[places] == asked if len(self.hashes) else np.zeros(len(asked), bool)
        return {name: column.at(places, there) for name, column in self.columns.items()}


def hold_all(engine: Engine, whose: str = "true") -> tuple[Told, ...]:
    """Hold all kinds of findings of the texts for which a condition holds."""
    return tuple(_hold(engine, view, names, whose) for view, names in FINDINGS.items())


def findings_of(told: tuple[Told, ...], hashes: set[int]) -> pa.Table:
    """One row a text, by its hash, with all that was found in it."""
    asked = np.array(sorted(hashes), np.int64)
    found = {name: values for one in told for name, values in one.of(asked).items()}
    return pa.table({"text_hash": pa.array(asked, pa.int64()), **found})


def _hold(engine: Engine, view: str, names: Sequence[str], whose: str) -> Told:
    hashes = engine.table(f"SELECT text_hash FROM {view} WHERE {whose}").column("text_hash").to_numpy()
    order = np.argsort(hashes, kind="stable")
    columns: dict[str, Column] = {}
    for name in names:
        rows = engine.table(f"SELECT text_hash, {name} FROM {view} WHERE {whose}")
        # An engine with several threads gives rows in any order: each column comes with its hashes.
        mine = np.argsort(rows.column("text_hash").to_numpy(), kind="stable")
        coded = pc.dictionary_encode(rows.column(name).combine_chunks())
        codes = pc.fill_null(coded.indices, NOTHING).to_numpy(zero_copy_only=False)
        columns[name] = Column(
            codes[mine].astype(np.int16 if len(coded.dictionary) <= SHORT else np.int32), coded.dictionary
        )
    return Told(hashes[order], columns)
