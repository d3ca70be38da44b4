"""Columns of Arrow tables."""

from __future__ import annotations

from typing import Any

import pyarrow as pa


def in_one(column: pa.ChunkedArray) -> Any:
    """A column as one array, without copying it where it is one already: `combine_chunks` copies all the same (Arrow 26)."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def all_in_one(rows: pa.Table) -> pa.Table:
    """A table each column of which is one array, without copying those that are."""
    return pa.table([in_one(column) for column in rows.columns], schema=rows.schema)
