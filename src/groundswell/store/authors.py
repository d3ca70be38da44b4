"""When the authors of posts were seen, where a table of posts says of them what changes from post to post.

What stays the same in all rows about one author was seen when the file was made. Where rows contradict one another (1,000 followers
beside one post, 1,100 beside the next) they cannot all be of that moment; the nearest that is known of each is the date of its post.
So the count beside the newest post is the newest, and each post has the followers of its own time. It is an inference, not a reading
of the clock: such a row does not count as dated by the file itself. Only the whole file shows it, so rows wait here until it is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from groundswell.records import ACCOUNT, SEEN_WITH
from groundswell.store.facts import fact_schema

ROWS_AT_ONCE = 100_000
NEVER_CONTRARY = frozenset(("account", "platform", "extra"))


class Authors:
    """Rows about authors that wait for the end of their file. What does not fit into memory waits on disk."""

    def __init__(self, spill: Path) -> None:
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._spill = spill
        self._said: set[str] = set()

    def add(self, rows: pa.Table, said: set[str]) -> None:
        """Take rows with their `seen_with`; `said` names the fields that the source knows."""
        if self._connection is None:
            self._connection = _opened(self._spill, rows.schema)
        self._said |= said
        self._connection.register("incoming", rows)
        self._connection.execute("INSERT INTO authors BY NAME SELECT * FROM incoming")
        self._connection.unregister("incoming")

    def settled(self) -> Iterator[pa.Table]:
        """The rows, each with the moment at which it was seen; of rows that say the same the first and the last."""
        if self._connection is None:
            return
        schema = fact_schema(ACCOUNT)
        fields = [field.name for field in ACCOUNT.fields if field.name in self._said]
        self._connection.execute(_torn([name for name in fields if name not in NEVER_CONTRARY]))
        for sql in (_unmoved(schema.names), _moved(schema.names, [name for name in fields if name != "extra"])):
            for batch in self._connection.sql(sql).to_arrow_reader(ROWS_AT_ONCE):
                yield pa.Table.from_batches([batch]).cast(schema)
        self.close()

    def close(self) -> None:
        """Let go of the rows."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _opened(spill: Path, schema: pa.Schema) -> duckdb.DuckDBPyConnection:
    spill.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    folder = str(spill).replace("'", "''")
    connection.execute(f"SET TimeZone = 'UTC'; SET memory_limit = '400MB'; SET temp_directory = '{folder}'")
    connection.register("empty", schema.empty_table())
    connection.execute("CREATE TABLE authors AS FROM empty")
    connection.unregister("empty")
    return connection


def _torn(fields: list[str]) -> str:
    """The authors whose rows contradict one another, and the date of the first post of each."""
    contrary = " OR ".join(f'min("{name}") < max("{name}")' for name in fields) or "false"
    return f"CREATE TEMP TABLE torn AS SELECT account, min({SEEN_WITH}) AS first FROM authors GROUP BY account HAVING {contrary}"


def _unmoved(names: list[str]) -> str:
    """Rows of the others: one of all that say the same, with the first line it stands on."""
    one = {"line": "min(line)", "extra": "arg_min(extra, line)"}
    chosen = ", ".join(f'{one[name]} AS "{name}"' if name in one else f'"{name}"' for name in names)
    return f"SELECT {chosen} FROM authors WHERE account NOT IN (SELECT account FROM torn) GROUP BY ALL"


def _moved(names: list[str], fields: list[str]) -> str:
    """Rows of the torn, in the order of their posts: the ends of each stretch in which they say the same.

    A row beside a post without a date may be of any time, and stands back behind all that are dated.
    """
    seen = f"least(coalesce({SEEN_WITH}, first, observed_at), observed_at)"
    columns = ", ".join(f'"{name}"' for name in names)
    said = "row(" + ", ".join(f'"{name}"' for name in fields) + ")"
    dated = f"SELECT * REPLACE ({seen} AS observed_at, false AS observed_own) FROM authors JOIN torn USING (account)"
    return f"""
        SELECT {columns} FROM ({dated})
        WINDOW posts AS (PARTITION BY account ORDER BY observed_at, {SEEN_WITH} NULLS FIRST, line)
        QUALIFY lag({said}) OVER posts IS DISTINCT FROM {said} OR lead({said}) OVER posts IS DISTINCT FROM {said}
    """
