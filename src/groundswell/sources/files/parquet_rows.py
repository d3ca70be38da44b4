"""Parquet as a table: typed columns as they are, batch by batch; nested fields get the name of their path (`owner/id`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from groundswell.errors import UnreadableFileError
from groundswell.sources.files.blobs import Blob
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.typed_columns import in_words

ROWS_AT_ONCE = 65_536
CELLS_AT_ONCE = 4_000_000
PREVIEW = 50


class ParquetTable:
    """A Parquet file (a `TableFile`)."""

    kind = "parquet"
    inner: frozenset[str] = frozenset()

    def __init__(self, blob: Blob) -> None:
        self.blob, self.member, self.place = blob, blob.member, blob.member or blob.name
        self.bytes_total, self.modified_at = blob.size, blob.modified_at
        self.notes: list[str] = []
        self.sampled: list[list[str]] | None = None

    def preview(self) -> Sequence[Sequence[str]]:
        """Return the column names, then the first rows as text."""
        if self.sampled is None:
            table, _ = next(self._batches(PREVIEW - 1), (None, 0))
            self.sampled = []
            if table is not None:
                rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
                self.sampled = [table.column_names, *[[in_words(cell) or "" for cell in row] for row in rows]]
        return self.sampled

    def rows(self, header_row: int = 0) -> Iterator[Rows]:  # noqa: ARG002  columns carry their own names
        """Yield the rows, numbered from 1."""
        number = 1
        for table, done in self._batches():
            lines = pa.array(np.arange(number, number + table.num_rows, dtype=np.int64))
            number += table.num_rows
            yield Rows(table, lines, bytes_done=done)

    def _batches(self, size: int = 0) -> Iterator[tuple[pa.Table, int]]:
        """Yield batches of rows with the bytes done; the first one also when there are no rows at all."""
        import pyarrow.parquet as pq

        try:
            with self.blob.seekable() as file, pq.ParquetFile(file) as parquet:
                total = max(parquet.metadata.num_rows, 1)
                width = max(parquet.metadata.num_columns, 1)
                at_once = size or max(1, min(ROWS_AT_ONCE, CELLS_AT_ONCE // width))
                done = 0
                for batch in parquet.iter_batches(batch_size=at_once):
                    done += batch.num_rows
                    yield level(pa.Table.from_batches([batch])), self.bytes_total * done // total
                if not done:
                    yield level(parquet.schema_arrow.empty_table()), self.bytes_total
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            said = " ".join(str(error).split())[:200]
            raise UnreadableFileError(
                f"{self.blob.name} cannot be read as Parquet: {said}.",
                means="It is damaged or was not written to its end.",
                next_step="Export it again.",
            ) from error


def level(table: pa.Table) -> pa.Table:
    """Raise the fields of nested columns to columns of their own, named by their path."""
    while any(pa.types.is_struct(column.type) for column in table.schema):
        columns: dict[str, pa.ChunkedArray] = {}
        for name, column in zip(table.column_names, table.columns, strict=True):
            if pa.types.is_struct(column.type):
                fields = [column.type.field(index).name for index in range(column.type.num_fields)]
                columns |= {f"{name}/{field}": part for field, part in zip(fields, column.flatten(), strict=True)}
            else:
                columns[name] = column
        table = pa.table(columns)
    return table
