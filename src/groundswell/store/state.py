"""State: the few things that change. SQLite by default; every write transaction begins IMMEDIATE.

(Measured with four writing processes: plain BEGIN lost most transactions to "database is locked"; BEGIN IMMEDIATE lost none.)
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from groundswell.errors import UnknownNameError, UsageError, WorkspaceError
from groundswell.store.crash_points import crash_point

_migrating = threading.Lock()
"""Alembic keeps what it works on in its modules: two threads at once would mix up their workspaces."""
MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = max(path.stem[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""The newest schema: a migration's file begins with its revision."""
metadata = sa.MetaData()
imports = sa.Table(
    "imports",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("layout", sa.String, nullable=False),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("observed_at", sa.String, nullable=False),
    sa.Column("started_at", sa.String, nullable=False),
    sa.Column("finished_at", sa.String),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("rows_empty", sa.Integer, nullable=False),
    sa.Column("rows_set_aside", sa.Integer, nullable=False),
    sa.Column("records", sa.JSON, nullable=False),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("notes", sa.JSON, nullable=False),
    *(sa.Column(name, sa.String) for name in ("origin", "fetched_at", "terms", "expires_at", "purged_at")),
)
mappings = sa.Table(
    "mappings",
    metadata,
    sa.Column("headers", sa.String, primary_key=True),
    sa.Column("layout", sa.String),
    sa.Column("mapping", sa.JSON, nullable=False),
    sa.Column("saved_at", sa.String, nullable=False),
)

purges = sa.Table(
    "purges",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("said", sa.JSON, nullable=False),
)
agreements = sa.Table(
    "agreements",
    metadata,
    sa.Column("origin", sa.String, primary_key=True),
    sa.Column("at", sa.String, nullable=False),
)
RAW = "raw"
"""Terms class of what may be shown as it came and not measured, until the user says that they accepted its network's terms for that."""


@dataclass(frozen=True)
class Import:
    """One import: what was brought, from where, and what became of every row. rows = read + empty + set aside."""

    id: int
    state: str
    source: str
    layout: str
    sha256: str
    observed_at: str
    started_at: str
    finished_at: str | None
    rows: int
    rows_empty: int
    rows_set_aside: int
    records: dict[str, dict[str, int]]
    """Record name -> counts of new, same and changed."""
    options: dict[str, Any]
    notes: list[str]
    origin: str | None = None
    """The live source that it was fetched from; None for a file."""
    fetched_at: str | None = None
    """When the first of it was fetched."""
    terms: str | None = None
    """Terms class of that source (`groundswell sources`)."""
    expires_at: str | None = None
    """When it has to be gone, where the terms name a time."""
    purged_at: str | None = None
    """When it was taken off the disk."""

    @property
    def rows_read(self) -> int:
        """Rows that became records."""
        return self.rows - self.rows_empty - self.rows_set_aside

    @property
    def simulated(self) -> bool:
        """Whether it is in use and says that its people are made up."""
        return self.state == "live" and bool(self.options.get("simulated"))


class State:
    """The state database of one workspace."""

    clock: Callable[[], datetime] = staticmethod(lambda: datetime.now(UTC))
    """The present, where terms say until when something may be kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        url = sa.URL.create("sqlite", database=str(path))  # spelled out: a path may hold % and ?
        self.engine = sa.create_engine(url, connect_args={"timeout": 30}, poolclass=sa.pool.NullPool)
        event.listen(self.engine, "connect", _configure)
        event.listen(self.engine, "begin", _begin)

    def migrate(self) -> None:
        """Bring the schema up to this program's version; refuse a workspace made by a newer one."""
        if self._version() == NEWEST:
            return
        # Opening Alembic takes longer than any question about a small workspace: only where there is something to do.
        from alembic import command
        from alembic.config import Config
        from alembic.util.exc import CommandError

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        with _migrating, self.transaction() as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise WorkspaceError(
                    f"The workspace {self.path.parent} was made by a newer Groundswell.",
                    next_step="Update the program, or use another workspace.",
                ) from error

    def _version(self) -> str | None:
        """Which schema the database has; None before its first."""
        with self.engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()

    @contextmanager
    def transaction(self) -> Generator[sa.Connection]:
        """One write transaction: all of it or nothing."""
        with self.engine.execution_options(write=True).begin() as connection:
            yield connection
            crash_point("before commit of state")
        crash_point("after commit of state")

    def begin_import(
        self,
        *,
        source: str,
        layout: str,
        sha256: str,
        observed_at: datetime,
        options: Mapping[str, Any],
        provenance: Mapping[str, str | None] | None = None,
    ) -> int:
        """Make a pending import and return its id; nothing that carries it is visible yet."""
        row = {
            "state": "pending", "source": source, "layout": layout, "sha256": sha256,
            "observed_at": observed_at.isoformat(), "started_at": _now(), "rows": 0, "rows_empty": 0,
            "rows_set_aside": 0, "records": {}, "options": dict(options), "notes": [], **(provenance or {}),
        }  # fmt: skip
        with self.transaction() as connection:
            key = connection.execute(imports.insert().values(row)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def finish_import(self, import_id: int, *, replaces: Sequence[int] = (), **columns: Any) -> None:
        """Flip a pending import to live, and those that it `replaces` to undone: the one commit point of everything it brought."""
        with self.transaction() as connection:
            if replaces:
                former = imports.c.id.in_(replaces) & (imports.c.state == "live")
                connection.execute(imports.update().where(former).values(state="undone"))
            connection.execute(
                imports.update()
                .where(imports.c.id == import_id, imports.c.state == "pending")
                .values(state="live", finished_at=_now(), **columns)
            )

    def undo(self, import_id: int) -> Import:
        """Take a live import out of every view; its rows stay on disk, unread."""
        found = self.import_by_id(import_id)
        if found.state != "live":
            raise UsageError(f"Import {import_id} is {found.state}, not live: there is nothing to undo.")
        with self.transaction() as connection:
            connection.execute(imports.update().where(imports.c.id == import_id).values(state="undone"))
        return self.import_by_id(import_id)

    def forget_pending(self, import_ids: Sequence[int]) -> None:
        """Strike imports that were never finished, once nothing of them is left; their numbers are never given again."""
        chosen = imports.c.id.in_(import_ids) & (imports.c.state == "pending")
        with self.transaction() as connection:
            connection.execute(imports.delete().where(chosen))

    def imports(self) -> list[Import]:
        """All imports, oldest first."""
        with self.engine.connect() as connection:
            return [Import(**row) for row in connection.execute(imports.select().order_by(imports.c.id)).mappings()]

    def import_by_id(self, import_id: int) -> Import:
        """One import; UnknownNameError when there is none."""
        found = {row.id: row for row in self.imports()}
        if import_id not in found:
            raise UnknownNameError("import", str(import_id), map(str, found))
        return found[import_id]

    def live_ids(self, *, raw: bool = False, expired: bool = False) -> tuple[int, ...]:
        """Ids of live imports that may be measured, ascending: this tuple *is* the version of the facts.

        With `raw` those that may be shown. What has to be gone by now is neither, purged or not; with `expired` it is counted, too.
        """
        query = sa.select(imports.c.id).where(imports.c.state == "live").order_by(imports.c.id)
        terms, agreed = imports.c.terms, imports.c.origin.in_(sa.select(agreements.c.origin))
        if not raw:
            query = query.where(terms.is_(None) | (terms != RAW) | agreed)
        if not expired:
            query = query.where(
                imports.c.expires_at.is_(None) | (imports.c.expires_at > self.clock().isoformat()) | agreed
            )
        with self.engine.connect() as connection:
            return tuple(connection.execute(query).scalars())

    def agreed(self) -> frozenset[str]:
        """Sources whose terms for measuring the user accepted."""
        with self.engine.connect() as connection:
            return frozenset(connection.execute(sa.select(agreements.c.origin)).scalars())

    def agree(self, origin: str, *, withdraw: bool = False) -> None:
        """Note that the user accepted a source's terms for measuring what came from it, or does so no longer."""
        with self.transaction() as connection:
            connection.execute(agreements.delete().where(agreements.c.origin == origin))
            if not withdraw:
                connection.execute(agreements.insert().values(origin=origin, at=_now()))

    def generation(self) -> int:
        """How often something was taken off the disk for good; what was computed before then is not used any more."""
        with self.engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(purges)).scalar() or 0)

    def note_purge(self, import_ids: Sequence[int], said: Mapping[str, Any]) -> None:
        """Note that these imports, and what `said` tells of, are off the disk for good: one step to the next generation."""
        with self.transaction() as connection:
            connection.execute(purges.insert().values(at=_now(), said=dict(said)))
            chosen = imports.c.id.in_(import_ids)
            connection.execute(imports.update().where(chosen).values(state="undone", purged_at=_now()))

    def remember_mapping(self, headers: frozenset[str], mapping: Mapping[str, str], layout: str | None) -> None:
        """Keep a user's `--map` for the next file with the same headers."""
        row = {"headers": _header_key(headers), "layout": layout, "mapping": dict(mapping), "saved_at": _now()}
        with self.transaction() as connection:
            connection.execute(mappings.delete().where(mappings.c.headers == row["headers"]))
            connection.execute(mappings.insert().values(row))

    def remembered_mapping(self, headers: frozenset[str]) -> dict[str, str]:
        """The mapping kept for this set of headers; empty when none is."""
        query = sa.select(mappings.c.mapping).where(mappings.c.headers == _header_key(headers))
        with self.engine.connect() as connection:
            return dict(connection.execute(query).scalar() or {})


def _header_key(headers: frozenset[str]) -> str:
    return json.dumps(sorted(headers), ensure_ascii=False)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
