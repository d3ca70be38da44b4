"""Who is gone, by the word of their networks, and which rows that concerns.

What is gone lies in a table of (kind, id, moment). Every table of rows is joined with it once, so the time does not grow with each
single delete; what comes out are places in files, and `Facts.leave` writes those files again without them. No id ever stands in a
condition, so none is left in the log of a table.

Rows that wait for a native id stand under a handle (`bluesky:@ann...`). They go with whom that handle belongs to, where it belongs
to nobody else.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from groundswell.store.naming import Names
from groundswell.store.workspace import Workspace

PLACES = {
    "account": {
        "accounts": ("account",), "posts": ("account",), "interactions": ("actor", "account"), "follows": ("follower", "followed"),
        "creators": ("account",), "contacts": ("account",), "fees": ("account",),
    },
    "post": {"posts": ("post",), "interactions": ("post", "via")},
}  # fmt: skip
"""Kind of what is gone -> table -> columns that name it."""
ANYTIME = {"provisional": ("account",), "addresses": ("who", "what", "address")}
"""Table -> columns, where nobody says when that was observed."""
ACTS = {
    "follows": ("follow", "r.follower = a.who AND r.followed = a.what"),
    "interactions": ("interaction", "r.actor = a.who AND r.verb = a.verb AND r.post = a.what"),
}
"""Table -> kind of record, and who did what: a network names an act by its address only."""
HANDLES = """
SELECT 'account', platform || ':@' || handle, any_value(gone.till) FROM read_parquet($files) AS r LEFT JOIN gone ON gone.id = r.account
WHERE list_contains($live, import_id) AND handle IS NOT NULL AND NOT starts_with(account, platform || ':@')
GROUP BY platform, handle HAVING count(DISTINCT account) = 1 AND count(gone.id) > 0
"""


@dataclass(frozen=True)
class Gone:
    """What a network says is no more, with the latest moment at which it said so."""

    kind: str
    """account, post or act."""
    id: str
    at: datetime


Places = Mapping[str, list[int]]
"""File -> the rows of it that have to go, by their place."""


def anybody_gone(workspace: Workspace) -> bool:
    """Whether a network said of anything that it is no more, and it was not taken out yet. Costs next to nothing."""
    with _asking(workspace) as connection:
        return bool(connection.execute("SELECT count(*) FROM gone").fetchall()[0][0])


class Leaving:
    """What is gone, and where it lies. Use it in a `with`, while nobody writes."""

    def __init__(self, workspace: Workspace, connection: duckdb.DuckDBPyConnection) -> None:
        self._workspace, self._connection = workspace, connection
        self.gone = [Gone(*row) for row in self._rows("SELECT kind, id, till FROM gone ORDER BY ALL")]
        """As the networks say it."""
        self.handles = self._file_handles() if self.gone else []
        """Provisional ids of those who are gone."""

    @classmethod
    @contextmanager
    def of(cls, workspace: Workspace) -> Generator[Leaving]:
        """Find out what is gone."""
        with _asking(workspace) as connection:
            yield cls(workspace, connection)

    @property
    def accounts(self) -> dict[str, datetime]:
        """Accounts that are gone, under each of their ids, and until when."""
        return {one.id: one.at for one in (*self.gone, *self.handles) if one.kind == "account"}

    def names(self) -> Names:
        """How raw pages name what is gone: ids are `platform:native`, and pages hold the native part; an act stands there under its address."""
        return Names(self._native())

    def _native(self) -> Iterator[str]:
        yield from (one.id if one.kind == "act" else one.id.partition(":")[2] for one in self.gone)

    def places(self, table: str) -> Places:
        """The rows of a table that have to go."""
        files = self._workspace.facts.files(table) if self.gone and table != "gone" else []
        if not files:
            return {}
        if table == "set_aside":
            return self._set_aside(files)
        found = [
            f"SELECT r.filename, r.file_row_number FROM r JOIN gone ON gone.kind = '{kind}' AND r.{column} = gone.id AND r.observed_at <= gone.till"
            for kind, places in PLACES.items()
            for column in places.get(table, ())
        ]
        found += [
            f"SELECT r.filename, r.file_row_number FROM r JOIN gone ON r.{one} = gone.id"
            for one in ANYTIME.get(table, ())
        ]
        addresses = self._workspace.facts.files("addresses") if table in ACTS else []
        if addresses:
            record, same = ACTS[table]
            named = f"SELECT who, verb, what, gone.till FROM read_parquet($addresses) JOIN gone ON gone.kind = 'act' AND address = gone.id WHERE record = '{record}'"
            found.append(
                f"SELECT r.filename, r.file_row_number FROM r JOIN ({named}) AS a ON {same} AND r.observed_at <= a.till"
            )
        if not found:
            return {}
        rows = "r AS (SELECT * FROM read_parquet($files, filename = true, file_row_number = true))"
        asked = {"files": files} | ({"addresses": addresses} if addresses else {})
        return dict(
            self._rows(
                f"WITH {rows} SELECT filename, list(DISTINCT file_row_number) FROM ({' UNION ALL '.join(found)}) GROUP BY filename",
                asked,
            )
        )

    def said(self) -> Places:
        """Every word of who is gone, also what was said by imports that are undone."""
        files = self._workspace.facts.files("gone")
        return {file: list(range(pq.read_metadata(file).num_rows)) for file in files}

    def count(self, table: str, places: Places, imports: Sequence[int]) -> int:
        """How many rows these are, and all rows of these imports."""
        files = self._workspace.facts.files(table) if imports else []
        if not files:
            return sum(map(len, places.values()))
        self._connection.register("leaving", _as_table(places))
        read = "read_parquet($files, filename = true, file_row_number = true) AS r"
        rows = self._rows(
            f"""SELECT count(*) FROM {read} WHERE list_contains($imports, import_id)
                OR EXISTS (SELECT 1 FROM leaving AS l WHERE l.filename = r.filename AND l.place = r.file_row_number)""",
            {"files": files, "imports": list(imports)},
        )
        return rows[0][0]

    def imports_of(self, places: Places) -> set[int]:
        """The imports that brought these rows."""
        if not places:
            return set()
        self._connection.register("leaving", _as_table(places))
        read = "read_parquet($files, filename = true, file_row_number = true) AS r"
        rows = self._rows(
            f"SELECT DISTINCT import_id FROM {read} JOIN leaving AS l ON l.filename = r.filename AND l.place = r.file_row_number",
            {"files": list(places)},
        )
        return {key for (key,) in rows}

    def _set_aside(self, files: Sequence[str]) -> Places:
        """Rows that could not be used hold the beginning of what came: whom it names stands in there as it does in pages."""
        # A handle that could be a word of any text is not looked for.
        handles = (one.id.partition(":@")[2] for one in self.handles)
        names = Names([*self._native(), *(one for one in handles if "." in one)])
        places: dict[str, list[int]] = {}
        asked = (
            "SELECT filename, file_row_number, text FROM read_parquet($files, filename = true, file_row_number = true)"
        )
        answer = self._connection.execute(asked, {"files": files})
        while some := answer.fetchmany(10_000):
            for file, place, text in some:
                if text and names.in_bytes(text.encode()):
                    places.setdefault(file, []).append(place)
        return places

    def _file_handles(self) -> list[Gone]:
        files = self._workspace.facts.files("accounts")
        if not files:
            return []
        asked = {"files": files, "live": _live(self._workspace)}
        found = [Gone(*row) for row in self._rows(f"{HANDLES} ORDER BY ALL", asked)]
        if found:
            self._connection.executemany("INSERT INTO gone VALUES (?, ?, ?)", [[it.kind, it.id, it.at] for it in found])
        return found

    def _rows(self, sql: str, asked: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, asked or {}).fetchall()


def _as_table(places: Places) -> pa.Table:
    pairs = [(file, place) for file, some in places.items() for place in some]
    files, rows = [file for file, _ in pairs], [place for _, place in pairs]
    return pa.table({"filename": pa.array(files, pa.string()), "place": pa.array(rows, pa.int64())})


def _live(workspace: Workspace) -> list[int]:
    """Imports whose word counts: also those that may not be measured or shown."""
    return list(workspace.state.live_ids(raw=True, expired=True))


@contextmanager
def _asking(workspace: Workspace) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection with the table of what is gone, as live imports say."""
    live = _live(workspace)
    files = workspace.facts.of(live).files("gone") if live else []
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("CREATE TEMP TABLE gone (kind VARCHAR, id VARCHAR, till TIMESTAMPTZ)")
        if files:
            asked = {"files": files, "live": live}
            chosen = "FROM read_parquet($files) WHERE list_contains($live, import_id)"
            connection.execute(f'INSERT INTO gone SELECT kind, id, max("at") {chosen} GROUP BY ALL', asked)
        yield connection


__all__ = ["Gone", "Leaving", "Places", "anybody_gone"]
