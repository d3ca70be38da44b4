"""What every kind of file looks like once it is open: tables of rows, or lists of objects.

`opening.py` turns bytes into these (CSV, JSON, XLSX, Parquet, ZIP, gzip ...); `layouts` turn these into records. Neither
knows the other's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from groundswell.sources import SetAside

T = TypeVar("T")


@dataclass
class Rows:
    """A stretch of a table, bounded in memory (about 100,000 rows or 32 MiB, whichever comes first)."""

    columns: pa.Table
    """One column a header, names as in the file but stripped; text unless the file itself is typed (Parquet, XLSX, JSON)."""
    lines: pa.Array
    """int64: physical line (CSV), row number (XLSX, Parquet) or position (JSON) of each row, 1-based, header counted."""
    empty: int = 0
    """Blank rows passed over; not in `columns`."""
    set_aside: list[SetAside] = field(default_factory=lambda: [])
    """Rows that could not even be split into cells; not in `columns`."""
    bytes_done: int = 0
    objects: list[dict[str, Any]] | None = None
    """JSON only: the objects as they were, before nested keys were flattened to `a/b` and lists to lists."""


class TableFile(Protocol):
    """One table: a plain file, one member of an archive, one sheet of a workbook, one list in a JSON document."""

    member: str
    """Name within the archive or workbook; empty for a plain file."""
    place: str
    """Name of the file or member it is in, and after a # the path of its list in a JSON document, or its sheet."""
    kind: str
    """csv, json, xlsx, parquet, feed."""
    bytes_total: int
    modified_at: datetime
    notes: list[str]
    """Remarks, e.g. "read as Windows-1252"."""

    @property
    def inner(self) -> frozenset[str]:
        """Return the paths within lists of objects (`string_list_data/href`), which are no columns; only JSON has them."""
        ...

    def preview(self) -> Sequence[Sequence[str]]:
        """Return the first rows as plain cells (at most 50 rows), before anybody has said which one is the header."""
        ...

    def rows(self, header_row: int = 0) -> Iterator[Rows]:
        """Yield the table from the row after `header_row` (0-based index into `preview()`)."""
        ...


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, each made while the one before it is used; never more than one ahead."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader") as reader:
        coming = reader.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = reader.submit(next, items, None)
            yield item
