"""Facts on disk: append-only Delta Lake tables, one a record kind.

A row, once written, is never changed. Beside the record's own columns it carries who brought it (`import_id`, `line`,
`member`), when it was observed, and two numbers computed on the way in: `key`, a hash of the natural key, and `content`, a
hash of everything the row says. Rows of imports that are not live are simply not read.

Two small tables help readers to stay fast: `repeats` holds the keys that more than one row speaks of (so that only those
need to be reconciled), `provisional` the handles that wait for their native id. Both are supersets, so undo needs no repair.
"""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from groundswell.errors import DiskFullError
from groundswell.records import MOMENT, RECORDS, Record
from groundswell.store.crash_points import crash_point

FACT_COLUMNS = pa.schema(
    [
        ("import_id", pa.int64()),
        ("observed_at", MOMENT),
        ("observed_own", pa.bool_()),
        ("line", pa.int64()),
        ("member", pa.string()),
        ("key", pa.int64()),
        ("content", pa.int64()),
    ]
)
HELPERS: dict[str, pa.Schema] = {
    "set_aside": pa.schema(
        [
            ("import_id", pa.int64()),
            ("member", pa.string()),
            ("line", pa.int64()),
            ("reason", pa.string()),
            ("text", pa.string()),
        ]
    ),
    "repeats": pa.schema([("import_id", pa.int64()), ("record", pa.string()), ("key", pa.int64())]),
    "provisional": pa.schema([("import_id", pa.int64()), ("account", pa.string())]),
}

ROWS_READ_TOGETHER = 32_768
"""Rows of a row group. Rows lie sorted by account, so one person is read from one or two groups of a file."""
SELDOM_TWICE = ("post", "text", "line", "key", "content", "text_hash", "via")
"""Columns that a dictionary would only make larger."""
BOUNDS_KEPT = {"delta.dataSkippingStatsColumns": "import_id"}
"""Delta's own statistics of every column are not read by anything here; Parquet's are."""


def fact_schema(record: Record) -> pa.Schema:
    """Columns of a record's table on disk; posts also carry a hash of their text, by which findings are kept."""
    own = list(record.schema) + ([pa.field("text_hash", pa.int64())] if record.name == "post" else [])
    return pa.schema([*own, *FACT_COLUMNS])


def schemas() -> dict[str, pa.Schema]:
    """Table name -> schema of everything that lies under `facts/`."""
    return {record.table: fact_schema(record) for record in RECORDS.values()} | HELPERS


class Facts:
    """The Delta tables under one folder. Knows rows and files, not what they mean."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def append(self, table: str, rows: pa.Table) -> None:
        """Append rows in one Delta commit. They stay invisible until their import goes live."""
        from deltalake import ColumnProperties, WriterProperties, write_deltalake

        if rows.num_rows == 0:
            return
        target = self.folder / table
        target.parent.mkdir(parents=True, exist_ok=True)
        crash_point(f"before append to {table}")
        with _disk_errors(target):
            write_deltalake(
                _address(target),
                rows.select(schemas()[table].names).cast(schemas()[table]),
                mode="append",
                configuration=BOUNDS_KEPT,
                writer_properties=WriterProperties(
                    compression="SNAPPY",
                    max_row_group_size=ROWS_READ_TOGETHER,
                    column_properties={name: ColumnProperties(dictionary_enabled=False) for name in SELDOM_TWICE},
                ),
            )
        crash_point(f"after append to {table}")

    def files(self, table: str) -> list[str]:
        """Paths of the Parquet files that make up a table now; empty when nothing was ever written."""
        from deltalake import DeltaTable

        target = self.folder / table
        if not (target / "_delta_log").is_dir():
            return []
        # Files lie flat in the table's folder; the addresses that Delta gives have blanks and letters of it as %20 and the like.
        return sorted(str(target / uri.rpartition("/")[2]) for uri in DeltaTable(_address(target)).file_uris())


def _address(folder: Path) -> str:
    """The folder as an address: Delta reads a plain path with brackets or a percent sign in it as something else."""
    return folder.resolve().as_uri()


@contextmanager
def _disk_errors(target: Path) -> Generator[None]:
    """Say "the disk is full" when it is; deltalake reports it as an OSError with the words of the system."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC or "No space left" in str(error):
            raise DiskFullError(
                f"The disk that holds {target} is full.",
                means="Nothing of this import was made visible; what was there before is untouched.",
                next_step="Free some space and run the same command again.",
            ) from error
        raise
