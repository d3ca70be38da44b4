"""What was read out of texts, held in memory: language, words of payment, tone and topic of a text are found by its hash at once.

The files of findings lie in the order of hashes, so the texts of one person lie all over them: asked of the files, fifty posts
of a large workspace take longer than everything else that a page says. Held here at one to four bytes a finding and text, and eight
for its hash; words are kept once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
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
    """All that was found in texts, sorted by hash."""

    hashes: NDArray[np.int64]
    columns: dict[str, Column]

    def of(self, hashes: set[int]) -> pa.Table:
        """One row a text, by its hash, with all that was found in it."""
        asked = np.array(sorted(hashes), np.int64)
        places = np.minimum(np.searchsorted(self.hashes, asked), max(len(self.hashes) - 1, 0))
        there = self.hashes[places] == asked if len(self.hashes) else np.zeros(len(asked), bool)
        found = {name: column.at(places, there) for name, column in self.columns.items()}
        return pa.table({"text_hash": pa.array(asked, pa.int64()), **found})


def hold(engine: Engine, whose: str = "true") -> Told:
    """Hold what was found in the texts for which a condition holds."""
    views = [f"SELECT text_hash FROM {view} WHERE {whose}" for view in FINDINGS]
    hashes = np.sort(engine.table(" UNION ".join(views)).column("text_hash").to_numpy())
    columns: dict[str, Column] = {}
    for view, names in FINDINGS.items():
        for name in names:
            # Column by column: an engine with several threads gives rows in any order, and all at once would be much to hold.
            rows = engine.table(f"SELECT text_hash, {name} FROM {view} WHERE {whose} AND {name} IS NOT NULL")
            columns[name] = _column(
                np.searchsorted(hashes, rows.column("text_hash").to_numpy()), rows.column(name), len(hashes)
            )
    return Told(hashes, columns)


def _column(places: NDArray[np.int64], found: pa.ChunkedArray, texts: int) -> Column:
    """What was found at these places, as short numbers as there are few distinct values."""
    coded = pc.dictionary_encode(in_one(found))
    codes = np.full(texts, NOTHING, np.min_scalar_type(-len(coded.dictionary) - 1))
    codes[places] = coded.indices.to_numpy(zero_copy_only=False)
    return Column(codes, coded.dictionary)
