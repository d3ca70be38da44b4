"""Facts on disk: append-only Delta Lake tables, one a record kind.

A row, once written, is never changed. Beside the record's own columns it carries who brought it (`import_id`, `line`,
`member`), when it was observed, and two numbers computed on the way in: `key`, a hash of the natural key, and `content`, a
hash of everything the row says. Rows of imports that are not live are simply not read.

`gone` holds what networks say is no more, until a purge has taken it out of the other tables, and `addresses` under which address a
network keeps an act, for a delete names only that. Two small tables help readers to stay fast: `repeats` holds the keys that more than one row speaks of (so that only those
need to be reconciled), `provisional` the handles that wait for their native id. Both are supersets, so undo needs no repair.
"""

from __future__ import annotations

import errno
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute
import pyarrow.parquet as pq

from groundswell.errors import DiskFullError
from groundswell.records import MOMENT, RECORDS, Record
from groundswell.store.crash_points import crash_point

pc: Any = _compute  # its functions are made at run time, no type checker knows them

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
    "gone": pa.schema(
        [("import_id", pa.int64()), ("kind", pa.string()), ("id", pa.string()), ("at", MOMENT), ("why", pa.string())]
    ),
    "addresses": pa.schema(
        [
            ("import_id", pa.int64()),
            ("address", pa.string()),
            ("record", pa.string()),
            ("verb", pa.string()),
            ("who", pa.string()),
            ("what", pa.string()),
        ]
    ),
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

    def __init__(self, folder: Path, only: frozenset[int] | None = None) -> None:
        self.folder, self._only = folder, only

    def of(self, imports: Iterable[int]) -> Facts:
        """The same tables, without the files that hold no row of these imports: what others leave or take does not matter."""
        return Facts(self.folder, frozenset(imports))

    def append(self, table: str, rows: pa.Table) -> None:
        """Append rows in one Delta commit. They stay invisible until their import goes live."""
        from deltalake import write_deltalake

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
                writer_properties=_as_written(),
            )
        crash_point(f"after append to {table}")

    def files(self, table: str) -> list[str]:
        """Paths of the Parquet files that make up a table now; empty when nothing was ever written."""
        from deltalake import DeltaTable

        target = self.folder / table
        if not (target / "_delta_log").is_dir():
            return []
        opened = DeltaTable(_address(target))
        if self._only is not None:
            return sorted(str(target / one["path"]) for one in _parts(opened) if _holds(one, self._only))
        # Files lie flat in the table's folder; the addresses that Delta gives have blanks and letters of it as %20 and the like.
        return sorted(str(target / uri.rpartition("/")[2]) for uri in opened.file_uris())

    def weigh(self, table: str, imports: Sequence[int]) -> Weight:
        """How many rows these imports have in a table, and the bytes of their files and of those that nothing refers to."""
        from deltalake import DeltaTable

        target = self.folder / table
        if not (target / "_delta_log").is_dir():
            return Weight(0, 0)
        opened = DeltaTable(_address(target))
        theirs = [one for one in _parts(opened) if _holds(one, frozenset(imports))]
        stray = [target / name for name in opened.vacuum(**AT_ONCE, dry_run=True)]
        size = sum(one["size_bytes"] for one in theirs) + sum(path.stat().st_size for path in stray if path.is_file())
        return Weight(sum(one["num_records"] for one in theirs), size)

    def forget(self, table: str, imports: Sequence[int]) -> None:
        """Take the rows of these imports out of a table for good, and off the disk what it does not refer to any more.

        For rows that nobody can read, while nobody writes: a file is let go of at once.
        """
        from deltalake import DeltaTable

        opened = DeltaTable(_address(self.folder / table))
        if any(_holds(one, frozenset(imports)) for one in _parts(opened)):
            opened.delete(f"import_id IN ({', '.join(str(int(key)) for key in imports)})")
            crash_point(f"after delete from {table}")
        opened.vacuum(**AT_ONCE, dry_run=False)

    def purge(self, table: str, imports: Sequence[int], places: Mapping[str, Sequence[int]]) -> None:
        """Take the rows of these imports, and those at these places (file -> rows of it), out of a table and off the disk.

        While nobody writes; readers that have the table open may find a file gone.
        """
        from deltalake import DeltaTable

        if not (self.folder / table / "_delta_log").is_dir():
            return
        for some in self._written_together(table, places):
            self._write_without(table, some, places)
        opened = DeltaTable(_address(self.folder / table))
        if imports and any(_holds(one, frozenset(imports)) for one in _parts(opened)):
            opened.delete(f"import_id IN ({', '.join(str(int(key)) for key in imports)})")
        crash_point(f"after delete from {table}")
        opened = DeltaTable(_address(self.folder / table))
        if opened.vacuum(**AT_ONCE, dry_run=True):  # which would note that it looked, also where nothing is left over
            opened.vacuum(**AT_ONCE, dry_run=False)

    def _written_together(self, table: str, places: Mapping[str, Sequence[int]]) -> list[list[int]]:
        """Whose files have to be written again: import by import, and all at once where one file holds several."""
        from deltalake import DeltaTable

        if not places:
            return []
        names = {Path(file).name for file in places}
        parts = [one for one in _parts(DeltaTable(_address(self.folder / table))) if one["path"] in names]
        if all(one.get("min.import_id") is not None and one["min.import_id"] == one["max.import_id"] for one in parts):
            return [[key] for key in sorted({int(one["min.import_id"]) for one in parts})]
        return [sorted({key for file in places for key in _imports_in(Path(file))})]

    def _write_without(self, table: str, imports: list[int], places: Mapping[str, Sequence[int]]) -> None:
        """Write the rows of these imports again, in their order, without those at these places. In one commit."""
        from deltalake import write_deltalake

        target, files = self.folder / table, self.of(imports).files(table)
        rows = pa.RecordBatchReader.from_batches(schemas()[table], _others(schemas()[table], files, imports, places))
        with _disk_errors(target):
            write_deltalake(
                _address(target), rows, mode="overwrite", predicate=f"import_id IN ({', '.join(map(str, imports))})",
                configuration=BOUNDS_KEPT, writer_properties=_as_written(),
            )  # fmt: skip
        crash_point(f"after a part of {table}")


AT_ONCE: Any = {"retention_hours": 0, "enforce_retention_duration": False, "full": True}
"""Files that the table does not refer to go now, those of an append that was killed before its commit among them."""


@dataclass(frozen=True)
class Weight:
    """What some imports take up in a table."""

    rows: int
    bytes: int


def _as_written() -> Any:
    from deltalake import ColumnProperties, WriterProperties

    return WriterProperties(
        compression="SNAPPY",
        max_row_group_size=ROWS_READ_TOGETHER,
        column_properties={
            name: ColumnProperties(dictionary_enabled=False, statistics_enabled="NONE" if name == "text" else None)
            for name in SELDOM_TWICE
        },
    )


def _imports_in(file: Path) -> set[int]:
    return set(pq.read_table(file, columns=["import_id"]).column(0).unique().to_pylist())


def _others(
    schema: pa.Schema, files: Sequence[str], imports: Sequence[int], places: Mapping[str, Sequence[int]]
) -> Iterator[pa.RecordBatch]:
    """The rows of these imports in these files, batch by batch, without those at these places."""
    wanted = pa.array(imports, pa.int64())
    for file in files:
        going, first = pa.array(places.get(file, ()), pa.int64()), 0
        with pq.ParquetFile(file) as opened:
            for batch in opened.iter_batches(ROWS_READ_TOGETHER, columns=schema.names):
                place = pa.array(range(first, first + batch.num_rows), pa.int64())
                first += batch.num_rows
                stays = pc.and_not(pc.is_in(batch.column("import_id"), wanted), pc.is_in(place, going))
                yield from pa.Table.from_batches([batch]).filter(stays).select(schema.names).cast(schema).to_batches()


def _parts(table: Any) -> list[dict[str, Any]]:
    """The files of a table with the bounds that Delta keeps of their import ids."""
    return pa.table(table.get_add_actions(flatten=True)).to_pylist()


def _holds(part: dict[str, Any], imports: frozenset[int]) -> bool:
    """Whether a file may hold a row of these imports: an append brings rows of one import, so its bounds are the same."""
    low, high = part.get("min.import_id"), part.get("max.import_id")
    return low is None or high is None or any(low <= key <= high for key in imports)


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
