"""A declared signal on facts that were made for the purpose: its own query, word for word, with nothing else in the way."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from benchmarks.validity.figures import Array, Numbers
from groundswell.signals import SIGNALS
from groundswell.signals.computing import grain_query
from groundswell.signals.grains import GRAINS
from groundswell.signals.packing import packed
from groundswell.store import Engine, Workspace

pc: Any = _compute
MADE = "made_rows"


def on_facts(signal: str, accounts: Array, **facts: pa.Table) -> dict[str, Numbers]:
    """A signal of these accounts from tables (`posts`, `interactions` ...) of which only what matters is given; the rest is unknown."""
    with tempfile.TemporaryDirectory(prefix="validity-") as folder, Workspace.create(Path(folder)).engine() as engine:
        for name, table in facts.items():
            engine.register(name, _whole(engine, name, table))
        asked = [SIGNALS[signal]]
        found = packed(engine.table(grain_query(SIGNALS[signal].grain, asked)), asked)
    place = pc.index_in(
        pa.array(accounts).cast(pa.string()), found.column("account").combine_chunks().cast(pa.string())
    )
    values = found.column(signal).combine_chunks()
    return {
        part: np.array(
            pc.struct_field(values, part).take(place).cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64
        )
        for part in ("value", "low", "high", "n")
    }


def _whole(engine: Engine, name: str, table: pa.Table) -> pa.Table:
    """The table with all columns of the view that it stands for, null where nothing was given."""
    if name == MADE:
        return table
    schema = engine.table(f"SELECT * FROM {name} LIMIT 0").schema
    columns = {field.name: field.type for field in schema}
    return pa.table({
        key: table.column(key).cast(kind) if key in table.column_names else pa.nulls(table.num_rows, kind) for key, kind in columns.items()
    })  # fmt: skip


def on_rows(signal: str, accounts: Array, rows: pa.Table) -> dict[str, Numbers]:
    """The same, from rows of the signal's grain itself."""
    with patch.dict(GRAINS, {SIGNALS[signal].grain: f"SELECT p.* FROM {MADE} AS p WHERE {{wanted}}"}):
        return on_facts(signal, accounts, **{MADE: rows})
