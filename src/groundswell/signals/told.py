"""What was read out of texts, held in memory: language, words of payment and topic of a text are found by its hash at once.

The files of findings lie in the order of hashes, so the texts of one person lie all over them: asked of the files, fifty posts
of a large workspace take longer than everything else that a page says. Held here at 16 bytes a text; words are kept once.
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


@dataclass(frozen=True)
class Column:
    """One finding of every text: places in a list of distinct values, -1 where nothing was found."""

    codes: NDArray[np.int16]
    values: pa.Array

    def at(self, places: NDArray[np.int64]) -> pa.Array:
        """The findings of a few texts."""
        codes = self.codes[places]
        return self.values.take(pa.array(codes, mask=codes == NOTHING))


@dataclass(frozen=True)
class Told:
    """One kind of findings, sorted by hash."""

    hashes: NDArray[np.int64]
    columns: dict[str, Column]

    def of(self, hashes: Sequence[int]) -> pa.Table:
        """The findings of these texts; those that nobody read are left out."""
        asked = np.array(sorted(hashes), np.int64)
        places = np.minimum(np.searchsorted(self.hashes, asked), max(len(self.hashes) - 1, 0))
        there = self.hashes[places] == asked if len(self.hashes) else np.zeros(len(asked), bool)
        found = {name: column.at(places[there]) for name, column in self.columns.items()}
        return pa.table({"text_hash": pa.array(asked[there], pa.int64()), **found})


def hold(engine: Engine, view: str, names: Sequence[str]) -> Told:
    """Hold the findings of a view in memory, column by column."""
    hashes = engine.table(f"SELECT text_hash FROM {view}").column("text_hash").to_numpy()
    order = np.argsort(hashes, kind="stable")
    columns: dict[str, Column] = {}
    for name in names:
        rows = engine.table(f"SELECT text_hash, {name} FROM {view}")
        # An engine with several threads gives rows in any order: each column comes with its hashes.
        mine = np.argsort(rows.column("text_hash").to_numpy(), kind="stable")
        coded = pc.dictionary_encode(rows.column(name).combine_chunks())
        codes = pc.fill_null(coded.indices, NOTHING).to_numpy(zero_copy_only=False).astype(np.int16)
        columns[name] = Column(codes[mine], coded.dictionary)
    return Told(hashes[order], columns)
