"""A workspace, opened: staging what an import brings, committing it at one point, undoing it, and asking questions of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb
import filelock
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.errors import WorkspaceBusyError, WorkspaceError, WorkspaceMissingError
from groundswell.records import RECORDS, SEEN_WITH, Record
from groundswell.store.authors import Authors
from groundswell.store.contests import Contest, all_contests
from groundswell.store.engine import ACCOUNT_FIELDS, Engine, stamp
from groundswell.store.facts import HELPERS, Facts, fact_schema
from groundswell.store.raw import Raw
from groundswell.store.settled import Settled, finish, latest_settled, new_folder, with_later
from groundswell.store.settling import write_over, write_settled
from groundswell.store.state import Import, State

pc: Any = _compute  # its functions are made at run time, no type checker knows them

LATER_SHARE = 0.2
"""Share of all records that may lie over what was settled before it is written anew (design choice)."""
ONE_THREAD = 20_000
"""Records below which a question is answered by one thread: sharing so little out takes longer than the work (measured)."""
FLUSH_BYTES = 40 << 20
"""Rows held in memory before they go to disk; the bound of an import's memory, whatever the size of the file."""
AHEAD = 2
"""So many of these may wait for the writer: with one, reading stood still for a twentieth of the time (measured)."""


@dataclass
class Counts:
    """What the rows of one record kind meant to the workspace."""

    new: int = 0
    same: int = 0
    changed: int = 0


class Workspace:
    """One folder; see the package docstring. `Workspace.open` for an existing one, `Workspace.create` to make it."""

    settle_from = 200_000
    """Records from which on the present is written down; below, reading the facts is as quick (measured)."""

    def __init__(self, folder: Path) -> None:
        _refuse_odd(folder)
        self.folder = folder
        self.state = State(folder / "groundswell.db")
        self.facts = Facts(folder / "facts")
        self.raw = Raw(folder / "raw")

    @classmethod
    def open(cls, folder: Path) -> Workspace:
        """Open an existing workspace; WorkspaceMissingError when the folder holds none."""
        if not (folder / "groundswell.db").is_file():
            raise WorkspaceMissingError(
                f"There is no workspace in {folder}.",
                next_step="Make one with `groundswell init`, import a file, or name another with --workspace DIR.",
            )
        workspace = cls(folder)
        workspace.state.migrate()
        return workspace

    @classmethod
    def create(cls, folder: Path) -> Workspace:
        """Make a workspace in a folder, or open the one that is there."""
        folder.mkdir(parents=True, exist_ok=True)
        workspace = cls(folder)
        workspace.state.migrate()
        return workspace

    @property
    def cache(self) -> Path:
        """Folder of everything that can be rebuilt; another one after each purge, for nothing of before may be used."""
        return cache_folder(self.folder, self.state.generation())

    @property
    def fits(self) -> Path:
        """Folder of what was fitted on the corpus, versioned."""
        return self.folder / "fits"

    def version(self) -> str:
        """The version of the facts: a hash of which imports are live, which contests hide a number, and how often was purged."""
        live = ",".join(map(str, self.state.live_ids()))
        hidden = ",".join(str(one.id) for one in self.contests() if one.hides)
        purged = self.state.generation()
        said = f"{live} without {hidden}" if hidden else live
        return blake2b((f"{said} after {purged}" if purged else said).encode(), digest_size=8).hexdigest()

    def contests(self) -> tuple[Contest, ...]:
        """Numbers that somebody says are wrong, oldest first, with what reviews found."""
        return all_contests(self.state)

    def simulated(self) -> bool:
        """Whether any live import says that its people are made up."""
        return any(one.simulated for one in self.state.imports())

    def engine(
        self,
        *,
        moment: datetime | None = None,
        backtest: bool = False,
        memory: str = "1500MB",
        raw: bool = False,
        expired: bool = False,
    ) -> Engine:
        """Open the views, now or as of a moment. With `raw` they hold as well what may only be shown as it came: nothing measures it.

        With `expired` also what may not even be shown any more: for who asks the network about the same people anew.
        """
        if raw:
            live = self.state.live_ids(raw=True, expired=expired)
            return Engine(self.facts.of(live), live, moment=moment, memory=memory)
        brought = self.brought()
        live = tuple(brought)
        there = latest_settled(self.cache, live) if moment is None else None
        records = sum(brought.values())
        return Engine(
            self.facts.of(live), live, moment=moment, backtest=backtest, memory=memory,
            settled=with_later(there, live) if there else None, small=records < self.settle_from,
            threads=1 if records < ONE_THREAD else None,
        )  # fmt: skip

    def brought(self) -> dict[int, int]:
        """Live import -> how many records it brought; of those that may be measured."""
        live = set(self.state.live_ids())
        return {
            one.id: sum(sum(counts.values()) for counts in one.records.values())
            for one in self.state.imports()
            if one.id in live
        }

    def settle(self, memory: str = "2GB", *, only_over: bool = False) -> None:
        """Write the present down where that is worth it: whole when much came since the last time, else what lies over it.

        With `only_over`, nothing that takes long: only what lies over a state that is there, as at the end of an import.
        """
        brought = self.brought()
        live, everything = tuple(brought), sum(brought.values())
        there = latest_settled(self.cache, live)
        if (there and with_later(there, live)) or (there is None and only_over):
            return
        enough = max(self.settle_from, everything * LATER_SHARE)
        if there is None and everything < enough:
            return
        with Engine(self.facts.of(live), live, memory=memory) as engine:
            later = [key for key in live if there is None or key not in there.live]
            if there and engine.linked_as_in(there) and sum(brought[key] for key in later) < enough:
                folder = new_folder(there.folder, f"over-{self.version()}")
                finish(folder, live, replaced=write_over(engine, there, later, folder))
            elif not only_over and everything >= self.settle_from:
                folder = new_folder(self.cache / "settled", self.version())
                finish(folder, live, firsts=write_settled(engine, Settled(folder, live)))

    @contextmanager
    def writing(self, patience: float = 0.0) -> Generator[None]:
        """Hold the workspace for writing; a second writer is told so at once, or after `patience` seconds."""
        with self._alone(".writing.lock", f"Another process is writing to {self.folder}.", patience):
            yield

    @contextmanager
    def fetching(self) -> Generator[None]:
        """Hold the workspace for fetching; files can be brought in meanwhile."""
        with self._alone(".fetching.lock", f"Another process is fetching into {self.folder}."):
            yield

    @contextmanager
    def listening(self) -> Generator[None]:
        """Hold the live stream of the workspace, which may last for days; people can be fetched and looked at again meanwhile."""
        with self._alone(".listening.lock", f"Another process is listening for {self.folder}."):
            yield

    @contextmanager
    def _alone(self, lock: str, busy: str, patience: float = 0.0) -> Generator[None]:
        try:
            with filelock.FileLock(self.folder / lock, timeout=patience):
                yield
        except filelock.Timeout as error:
            raise WorkspaceBusyError(busy, next_step="Wait for it, then run this again.") from error

    def staging(self, import_id: int, *, facts: Facts | None = None, flush_bytes: int | None = None) -> Staging:
        """Open a staging area for the rows of one pending import (`facts` elsewhere for a dry run)."""
        return Staging(self, import_id, facts or self.facts, flush_bytes=flush_bytes or FLUSH_BYTES)

    def undo(self, import_id: int) -> Import:
        """Take an import out of every view; reversible by importing the file again."""
        with self.writing():
            return self.state.undo(import_id)


ODD = frozenset("[]^|%\\") | {chr(code) for code in range(32)}
"""What Delta Lake 1.6 cannot have in the path of a table (tried one by one)."""


def _refuse_odd(folder: Path) -> None:
    """Say at once that a folder's name cannot be used, instead of failing at the first import."""
    found = sorted({letter for part in folder.resolve().parts[1:] for letter in part} & ODD)
    if found:
        raise WorkspaceError(
            f"A workspace cannot lie in {folder}: its path holds {' '.join(map(repr, found))}.",
            next_step="Use a folder whose name, and whose parents' names, are without these.",
        )


@dataclass
class Staging:
    """Rows on their way in: buffered, stamped, appended, then counted against what is already known."""

    workspace: Workspace
    import_id: int
    facts: Facts
    buffers: dict[str, list[pa.Table]] = field(default_factory=lambda: {})
    buffered: int = 0
    flush_bytes: int = FLUSH_BYTES
    """Fewer of them take less memory and make more files."""

    def __post_init__(self) -> None:
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        # Hashing and writing at once holds the rows of both (20 MB more in a fetch, measured): only where memory is no matter.
        one = self.flush_bytes < FLUSH_BYTES
        self._stamping = self._writer if one else ThreadPoolExecutor(max_workers=1, thread_name_prefix="stamper")
        self._writing: deque[Future[None]] = deque()
        self._authors = Authors(self.workspace.cache / "tmp")
        self._stamper = duckdb.connect()
        self._stamper.execute("SET TimeZone = 'UTC'; SET memory_limit = '600MB'")

    def add(self, record: Record, rows: pa.Table, *, observed_at: datetime, member: str, given: bool = False) -> None:
        """Take rows of one record. Columns that the source does not know become null.

        Rows without a collection time of their own get `observed_at`; it counts as their own when the user gave it (`given`). Those
        with a column `seen_with` wait for the end of the file, which shows whether they were seen then (see `authors`).
        """
        filled = _filled(record, rows, self.import_id, observed_at, member, given)
        if SEEN_WITH in rows.column_names:
            self._authors.add(filled.append_column(SEEN_WITH, rows.column(SEEN_WITH)), set(rows.column_names))
        else:
            self._buffer(record, filled)

    def _buffer(self, record: Record, filled: pa.Table) -> None:
        self.buffers.setdefault(record.name, []).append(filled)
        self.buffered += filled.nbytes
        if self.buffered > self.flush_bytes:
            self.flush()

    def add_helper(self, table: str, rows: pa.Table) -> None:
        """Keep rows of a helper table that a source hands over, with the import that brought them."""
        number = pa.repeat(pa.scalar(self.import_id, pa.int64()), rows.num_rows)
        self.facts.append(table, rows.add_column(0, "import_id", number))

    def add_set_aside(self, rows: pa.Table) -> None:
        """Keep rows that could not be used, with file, line and reason."""
        self.facts.append("set_aside", rows)

    def flush(self) -> None:
        """Hand the buffers over: rows are hashed, and others written, while the next are read. What is written is still invisible."""
        self._settle(AHEAD - 1)
        stamped = self._stamping.submit(self._stamped, self.buffers)
        self._writing.append(self._writer.submit(self._write, stamped))
        self.buffers, self.buffered = {}, 0

    def _settle(self, left: int = 0) -> None:
        """Wait until the writer has no more than so much before it; what went wrong there is raised here."""
        while len(self._writing) > left:
            self._writing.popleft().result()

    def _stamped(self, buffers: dict[str, list[pa.Table]]) -> dict[str, pa.Table]:
        """Record -> its rows with their hashes; what they were made of is let go of on the way."""
        return {
            name: stamp(self._stamper, RECORDS[name], pa.concat_tables(buffers.pop(name))) for name in list(buffers)
        }

    def _write(self, stamped: Future[dict[str, pa.Table]]) -> None:
        for name, rows in stamped.result().items():
            self.facts.append(RECORDS[name].table, rows)
            self.facts.append("provisional", _provisional(RECORDS[name], rows, self.import_id))

    def close(self) -> None:
        """Let go of the writer and its engine."""
        self._stamping.shutdown()
        self._writer.shutdown()
        self._stamper.close()
        self._authors.close()

    def count(self) -> dict[str, Counts]:
        """Compare what was staged with what is live, record by record, and note the keys that now repeat."""
        for rows in self._authors.settled():
            self._buffer(RECORDS["account"], rows)
        self.flush()
        self._settle()
        pa.default_memory_pool().release_unused()
        # Also with what may not be measured now: it may be later, and then it is known where keys repeat.
        live = self.workspace.state.live_ids(raw=True, expired=True)
        counts: dict[str, Counts] = {}
        spill = self.workspace.cache / "tmp"
        spill.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute("SET memory_limit = '400MB'; SET preserve_insertion_order = false")
            connection.execute(f"SET temp_directory = '{_quoted(spill)}'")
            for record in RECORDS.values():
                files = self.facts.of([self.import_id]).files(record.table)
                if files:
                    known = self.workspace.facts.of(live).files(record.table)
                    counts[record.name] = self._count(connection, record, files, known, live)
        return {name: found for name, found in counts.items() if found.new + found.same + found.changed}

    def _count(
        self,
        connection: duckdb.DuckDBPyConnection,
        record: Record,
        files: list[str],
        known: list[str],
        live: tuple[int, ...],
    ) -> Counts:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE mine AS SELECT key, content, count(*) AS times FROM {_scan(files)} "
            f"WHERE import_id = {self.import_id} GROUP BY key, content"
        )
        ids = ", ".join(map(str, live))
        before = f"{_scan(known)} WHERE import_id IN ({ids})" if known else f"{_scan(files)} WHERE false"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE theirs AS SELECT DISTINCT key, content FROM {before} AND key IN (SELECT key FROM mine)"
        )
        connection.execute(
            """CREATE OR REPLACE TEMP TABLE keys AS SELECT key, sum(times) AS times, key IN (SELECT key FROM theirs) AS known
               FROM mine GROUP BY key"""
        )
        repeats = connection.sql("SELECT key FROM keys WHERE known OR times > 1").to_arrow_reader(1_000_000)
        for batch in repeats:
            self.facts.append("repeats", _repeats(self.import_id, record, batch))
        self._find_changed(connection, record, files, before)
        staged = f"{_scan(files)} WHERE import_id = {self.import_id}"
        row = connection.execute(
            _COUNTED if not record.counted else _counted_together(record.counted, staged)
        ).fetchall()
        total, new, changed = (int(value) for value in row[0])
        return Counts(new=new, changed=changed, same=total - new - changed)

    def _find_changed(self, connection: duckdb.DuckDBPyConnection, record: Record, files: list[str], live: str) -> None:
        """Find the keys of which something is said that nobody said before: a value that no live row of the key holds.

        A row that only repeats a part of what is known is the same, not a change.
        """
        connection.execute(
            """CREATE OR REPLACE TEMP TABLE doubtful AS SELECT key, content FROM mine ANTI JOIN theirs USING (key, content)
               WHERE key IN (SELECT key FROM keys WHERE known)"""
        )
        connection.execute("CREATE OR REPLACE TEMP TABLE changed (key BIGINT)")
        if not connection.execute("SELECT count(*) FROM doubtful").fetchall()[0][0]:
            return
        names = [f'"{name}"' for name in record.schema.names if name not in (*record.key, "extra")]
        columns = ", ".join(["key", "content", *names])
        # Only marks are gathered, never values: memory is bounded, and what does not fit is joined on disk.
        news = " OR ".join(f"NOT bool_or(m.{name} IS NULL OR l.{name} IS NOT DISTINCT FROM m.{name})" for name in names)
        connection.execute(
            f"""
            INSERT INTO changed
            WITH m AS (SELECT {columns} FROM {_scan(files)} WHERE import_id = {self.import_id}
                       AND (key, content) IN (SELECT (key, content) FROM doubtful)),
            l AS (SELECT {columns} FROM {live} AND key IN (SELECT key FROM doubtful))
            SELECT DISTINCT key FROM (SELECT m.key FROM m JOIN l USING (key) GROUP BY m.key, m.content HAVING {news})
            """
        )


_COUNTED = "SELECT count(*), count(*) FILTER (NOT known), (SELECT count(*) FROM changed) FROM keys"


def _counted_together(by: str, staged: str) -> str:
    """The same where several keys are one thing: it is new when nothing of it was known, and changed when a part of it is."""
    return f"""
        SELECT count(*), count(*) FILTER (NOT known), count(*) FILTER (known AND changed) FROM (
            SELECT bool_or(known) AS known, bool_or(NOT known OR key IN (SELECT key FROM changed)) AS changed
            FROM (SELECT DISTINCT key, "{by}" FROM {staged}) JOIN keys USING (key) GROUP BY "{by}")
    """


def cache_folder(folder: Path, generation: int) -> Path:
    """Where a workspace keeps what can be rebuilt, after so many purges."""
    return folder / (f"cache-{generation}" if generation else "cache")


def _scan(files: list[str]) -> str:
    listing = ", ".join(f"'{_quoted(file)}'" for file in files)
    return f"read_parquet([{listing}])"


def _quoted(path: Path | str) -> str:
    return str(path).replace("'", "''")


def _repeats(import_id: int, record: Record, batch: pa.RecordBatch) -> pa.Table:
    size = batch.num_rows
    return pa.table(
        [pa.repeat(pa.scalar(import_id, pa.int64()), size), pa.repeat(pa.scalar(record.name), size), batch.column(0)],
        schema=HELPERS["repeats"],
    )


def _filled(
    record: Record, rows: pa.Table, import_id: int, observed_at: datetime, member: str, is_given: bool
) -> pa.Table:
    """Bring a source's rows to the schema on disk, without the hashes."""
    size = rows.num_rows
    own = (
        rows.column("observed_at") if "observed_at" in rows.column_names else pa.nulls(size, pa.timestamp("us", "UTC"))
    )
    moment = pa.scalar(observed_at.astimezone(UTC), pa.timestamp("us", "UTC"))
    given: dict[str, Any] = {
        "import_id": pa.repeat(pa.scalar(import_id, pa.int64()), size),
        "observed_at": pc.fill_null(own.cast(pa.timestamp("us", "UTC")), moment),
        "observed_own": pc.or_(pc.is_valid(own), pa.scalar(is_given)),
        "member": pa.repeat(pa.scalar(member, pa.string()), size) if member else pa.nulls(size, pa.string()),
        "key": pa.nulls(size, pa.int64()),
        "content": pa.nulls(size, pa.int64()),
    }
    schema = fact_schema(record)
    columns = [_column(rows, given, name, schema.field(name).type) for name in schema.names]
    return pa.table(columns, schema=schema)


def _column(rows: pa.Table, given: Mapping[str, Any], name: str, kind: pa.DataType) -> Any:
    if name in given:
        return given[name]
    return rows.column(name).cast(kind) if name in rows.column_names else pa.nulls(rows.num_rows, kind)


def _provisional(record: Record, rows: pa.Table, import_id: int) -> pa.Table:
    """The handles among these rows that wait for a native id."""
    accounts = pc.unique(pa.concat_arrays([pc.unique(rows.column(name)) for name in ACCOUNT_FIELDS[record.name]]))
    names = accounts.filter(pc.match_substring_regex(accounts, r"^[a-z]+:@"))
    return pa.table([pa.repeat(pa.scalar(import_id, pa.int64()), len(names)), names], schema=HELPERS["provisional"])


def now() -> datetime:
    """Return the present, in UTC."""
    return datetime.now(UTC)
