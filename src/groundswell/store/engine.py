"""DuckDB over the facts: the views that every question is asked of.

Views (one row per natural key, live imports only):

    accounts posts interactions follows creators contacts fees     the present state
    account_history post_history                                   every observation

The winner among several rows that speak of one thing is chosen field by field: the newest value that is known, by
(observed_at, line of the file, content hash), never by arrival; a rounded count of followers stands back behind an exact one that it agrees with. So the
order of imports cannot matter. Most keys have one row; only those named
in `repeats` are reconciled.

`moment` reads the past: only what had happened *and* been observed by then. With `backtest` also what had happened by then but
was collected later, with every count unknown, since counts were read later.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.records import RECORDS, ROUNDED_TO, Record
from groundswell.store.facts import Facts, fact_schema
from groundswell.store.settled import Settled

pc: Any = _compute  # its functions are made at run time, no type checker knows them
# Copying a small answer is what is wanted: see `Engine._answer`.
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result makes an extra copy")

HAPPENED = {"account": "created_at", "post": "created_at", "interaction": "acted_at", "follow": "since"}
ACCOUNT_FIELDS = {
    "account": ("account",),
    "post": ("account", "reply_to_account"),
    "interaction": ("actor", "account"),
    "follow": ("follower", "followed"),
    "creator": ("account",),
    "contact": ("account",),
    "fee": ("account",),
}
FILTERED = {"interaction": ("actor", "verb"), "follow": ("followed",)}
"""Of keys with several columns, those that questions filter by."""
PROVENANCE = ("import_id", "observed_at", "observed_own", "line", "member")
# The newest known value: observed_at above, then the line of the file (40 bits), below it the content hash (34), so that of what was
# seen at one moment the later line counts, and ties of several files go by what they say. All three come with the row, none by arrival.
ORDER = "((epoch_us(observed_at)::HUGEINT << 74) + (coalesce(line, 0)::HUGEINT << 34) + (content >> 29))"
_MARK = f"extra['{ROUNDED_TO}']"
FOLLOWERS = f"""
    CASE WHEN abs(arg_max(followers, {ORDER}) FILTER (followers IS NOT NULL AND {_MARK} IS NULL)
                  - arg_max(followers, {ORDER}) FILTER (followers IS NOT NULL))
              < arg_max(coalesce(TRY_CAST({_MARK} AS BIGINT), 0), {ORDER}) FILTER (followers IS NOT NULL)
         THEN arg_max(followers, {ORDER}) FILTER (followers IS NOT NULL AND {_MARK} IS NULL)
         ELSE arg_max(followers, {ORDER}) FILTER (followers IS NOT NULL) END AS followers"""
"""The newest count; where that is a rounded one, the newest exact one that agrees with it: 2,134 before `2.1K`."""
OWN_EXTRA = f"arg_max(extra, {ORDER}) FILTER (extra IS NOT NULL AND {_MARK} IS NULL) AS extra"
"""What a file says besides: how finely another one counted is no part of it."""
OPEN = "account IS NULL AND post IS NOT NULL"
"""Acts of which a file says what was answered or passed on, and not whose it was."""
WHOSE = """
-- The post itself knows whose it is. One pass: acts are costly to read, and most need no looking up. Whose it is is asked of all
-- posts by a name of their own: a temporary table `posts` may stand before the view and hold only some of them.
CREATE VIEW interactions AS
SELECT a.* REPLACE (coalesce(a.account, p.account) AS account,
                    CASE WHEN a.account IS NOT NULL OR p.account IS NULL THEN a.content END AS content) FROM acts AS a
LEFT JOIN every_post AS p ON p.key = CASE WHEN a.account IS NULL THEN key_of_post(a.post) END
"""
MACROS = """
CREATE MACRO key_of_post(x) AS (md5_number(x) >> 65)::BIGINT;
"""


class Engine:
    """One in-memory DuckDB with the views above. Close it, or use it in a `with`."""

    def __init__(
        self,
        facts: Facts,
        live: Sequence[int],
        *,
        moment: datetime | None = None,
        backtest: bool = False,
        memory: str = "1500MB",
        threads: int | None = None,
        settled: Settled | None = None,
        small: bool = False,
    ) -> None:
        """Make the views; `settled` holds just the live imports, where it is given; `small` when there are few facts."""
        self.facts, self.live, self._settled = facts, tuple(live), settled
        self._moment, self._backtest = moment, backtest
        self._small = small
        self._scratch = Path(tempfile.mkdtemp(prefix="groundswell-"))
        self.connection = duckdb.connect()
        # In a small workspace answers are copied once more, in their order only where order is kept (see `_answer`).
        in_order = str(self._small).lower()
        self.connection.execute(f"SET TimeZone = 'UTC'; SET preserve_insertion_order = {in_order}")
        # Files are written once; what lies where in them is a third of the time of asking about one person.
        self.connection.execute("SET parquet_metadata_cache = true")
        self.connection.execute("SET python_enable_replacements = false")
        self.connection.execute(f"SET temp_directory = '{quoted(self._scratch)}'; SET memory_limit = '{memory}'")
        if threads:
            self.connection.execute(f"SET threads = {threads}")
        self.connection.execute(MACROS)
        self._make_views()

    @property
    def settled(self) -> bool:
        """Whether the views read what was settled."""
        return self._settled is not None

    @property
    def present(self) -> bool:
        """Whether this is the view as of now, not of a moment in the past."""
        return self._moment is None

    def __enter__(self) -> Engine:
        """Return the engine itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the connection and of its scratch space."""
        self.connection.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def table(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> pa.Table:
        """Answer a query as an Arrow table. SQL is written by this program; users' values go through `parameters`."""
        return self._answer(sql, parameters or None).to_arrow_table()

    def few(self, sql: str, parameters: Sequence[Any] | None = None) -> pa.Table:
        """The same for few rows, of one person say, however large the workspace: planned once, copied once more."""
        return self.connection.execute(sql, parameters or None).to_arrow_table()

    def reader(self, sql: str, batch_rows: int = 100_000) -> pa.RecordBatchReader:
        """Answer a query batch by batch, for results that do not fit."""
        return self._answer(sql, None).to_arrow_reader(batch_rows)

    def _answer(self, sql: str, parameters: Any) -> Any:
        """What can be read as Arrow: a relation plans its query twice, a result copies its rows once more.

        In a small workspace planning is most of the time, in a large one rows are.
        """
        return self.connection.execute(sql, parameters) if self._small else self.connection.sql(sql, params=parameters)

    def rows(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Answer a small query as tuples."""
        return (self.connection.execute(sql, parameters) if parameters else self.connection.execute(sql)).fetchall()

    def register(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table readable under a name."""
        self.connection.register(name, table)

    def forget(self, name: str) -> None:
        """Let go of an Arrow table that was registered."""
        self.connection.unregister(name)

    def execute(self, sql: str) -> None:
        """Run a statement for its effect (temporary tables, views)."""
        self.connection.execute(sql)

    def write(self, sql: str, path: Path) -> None:
        """Write a query's answer to a Parquet file, complete or not at all."""
        part = path.with_suffix(".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection.execute(
            f"COPY ({sql}) TO '{quoted(part)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 30720)"
        )
        part.replace(path)

    def scan(self, paths: Sequence[Path]) -> str:
        """Return a FROM item that reads these Parquet files."""
        listing = ", ".join(f"'{quoted(path)}'" for path in paths)
        return f"read_parquet([{listing}])"

    def set_aside(self, import_id: int, limit: int) -> list[tuple[str, int, str, str]]:
        """Return (member, line, reason, text) of rows that an import could not use."""
        files = self.facts.files("set_aside")
        if not files:
            return []
        source = self.scan([Path(file) for file in files])
        order = f"WHERE import_id = {int(import_id)} ORDER BY member, line LIMIT {int(limit)}"
        return self.rows(f"SELECT member, line, reason, text FROM {source} {order}")  # type: ignore[return-value]

    # -- the views -----------------------------------------------------------------------------------------------------

    def _make_views(self) -> None:
        for record in RECORDS.values():
            files = self.facts.files(record.table)
            self._raw_view(record, files)
        self._helper_view("repeats", "import_id BIGINT, record VARCHAR, key BIGINT")
        self._helper_view("provisional", "import_id BIGINT, account VARCHAR")
        self.linked = self._make_links()
        for record in RECORDS.values():
            self._linked_view(record)
            self._live_view(record)
        if not self._settled:
            self.execute(WHOSE)
        self.execute(_history("account"))
        self.execute(_history("post"))

    def _raw_view(self, record: Record, files: list[str]) -> None:
        schema = fact_schema(record)
        names = ", ".join(f'"{name}"' for name in schema.names)
        if not files:
            self.connection.register(f"raw_{record.table}", schema.empty_table())
            return
        scan = self.scan([Path(file) for file in files])
        wanted = [self._visible()]
        if self._moment is not None:
            wanted.append(self._by_then(record))
        self.execute(f"CREATE VIEW raw_{record.table} AS SELECT {names} FROM {scan} WHERE {' AND '.join(wanted)}")

    def _visible(self) -> str:
        return f"import_id IN ({', '.join(map(str, self.live))})" if self.live else "false"

    def _by_then(self, record: Record) -> str:
        """Rows that belong to the past: happened by then, and (unless backtesting) observed by then."""
        assert self._moment is not None
        then = f"TIMESTAMPTZ '{self._moment.isoformat()}'"
        happened = HAPPENED.get(record.name)
        if self._backtest:
            return (
                f"{happened} <= {then}"
                if happened and record.name != "account"
                else f"observed_at <= {then} OR {_known_since(record, then)}"
            )
        if not happened:
            return f"observed_at <= {then}"
        return f"observed_at <= {then} AND ({happened} IS NULL OR {happened} <= {then})"

    def _helper_view(self, table: str, columns: str) -> None:
        files = self.facts.files(table)
        source = (
            f"SELECT * FROM {self.scan([Path(f) for f in files])} WHERE {self._visible()}"
            if files
            else f"SELECT {', '.join(f'NULL::{c.split()[1]} AS {c.split()[0]}' for c in columns.split(', '))} WHERE false"
        )
        self.execute(f"CREATE VIEW {table} AS {source}")

    def _make_links(self) -> bool:
        """Provisional ids whose native id is known by now, and unambiguous. Reversible: they follow from the live imports alone."""
        if self._settled:  # made of the same imports
            links = f"SELECT account, native FROM {self.scan([self._settled.links])}"
            self.execute(f"CREATE TEMP TABLE links AS {links}")
            return bool(self.rows("SELECT count(*) FROM links")[0][0])
        self.execute(
            """
            CREATE TEMP TABLE links AS
            WITH waiting AS (SELECT DISTINCT account FROM provisional),
            natives AS (
                SELECT platform || ':@' || handle AS waiting, min(account) AS native, count(DISTINCT account) AS claims
                FROM raw_accounts
                WHERE handle IS NOT NULL AND NOT starts_with(account, platform || ':@')
                  AND platform || ':@' || handle IN (SELECT account FROM waiting)
                GROUP BY 1
            )
            SELECT waiting AS account, native FROM natives WHERE claims = 1
            """
        )
        return bool(self.rows("SELECT count(*) FROM links")[0][0])

    def linked_as_in(self, settled: Settled) -> bool:
        """Whether what was settled holds the ids of now: no link is gone, and none is new for a handle that it speaks of."""
        then = f"SELECT account, native FROM {self.scan([settled.links])}"
        ids = ", ".join(map(str, settled.live))
        of_then = f"account IN (SELECT account FROM provisional WHERE import_id IN ({ids}))"
        changed = f"({then} EXCEPT SELECT account, native FROM links) UNION ALL (SELECT account, native FROM links WHERE {of_then} EXCEPT {then})"
        return not self.rows(f"{changed} LIMIT 1")

    def _linked_view(self, record: Record) -> None:
        """The raw rows with provisional ids replaced by the native ids they turned out to be."""
        fields = ACCOUNT_FIELDS[record.name]
        if not self.linked:
            self.execute(f"CREATE VIEW seen_{record.table} AS SELECT *, false AS moved FROM raw_{record.table}")
            return
        joins = " ".join(f'LEFT JOIN links AS l{i} ON l{i}.account = r."{name}"' for i, name in enumerate(fields))
        replaced = ", ".join(f'coalesce(l{i}.native, r."{name}") AS "{name}"' for i, name in enumerate(fields))
        moved = " OR ".join(f"l{i}.native IS NOT NULL" for i in range(len(fields)))
        waiting = " OR ".join(f"""coalesce(contains(r."{name}", ':@'), false)""" for name in fields)
        # Most rows carry native ids throughout and need not be looked up. A row that moved has the key of its new ids.
        self.execute(
            f"""CREATE VIEW seen_{record.table} AS
                SELECT *, false AS moved FROM raw_{record.table} AS r WHERE NOT ({waiting})
                UNION ALL BY NAME
                SELECT * REPLACE (CASE WHEN moved THEN {_hash(_key(record))} ELSE key END AS key)
                FROM (SELECT r.* REPLACE ({replaced}), {moved} AS moved FROM raw_{record.table} AS r {joins} WHERE {waiting})"""
        )

    def _live_view(self, record: Record) -> None:
        if self._settled:
            self._settled_view(record, self._settled)
            return
        view = "acts" if record.name == "interaction" else record.table
        alone, shared = self.parts(record)
        both = f"{alone} UNION ALL BY NAME {self.reconciled(record, shared)}" if shared else alone
        if record.name == "post":
            self.execute(f"CREATE VIEW every_post AS {both}")
            both = "FROM every_post"
        self.execute(f"CREATE VIEW {view} AS {both}")

    def parts(self, record: Record) -> tuple[str, str]:
        """SQL of the rows that alone speak of their key, and of those that share it with others ("" where there are none)."""
        seen = f"seen_{record.table}"
        plain = f"SELECT {_select(self.columns(record), self._counts_hidden(record))} FROM {seen}"
        sql = "SELECT count(*) FROM (SELECT 1 FROM repeats WHERE record = ? LIMIT 1)"
        if not self.linked and not self.rows(sql, [record.name])[0][0]:
            return plain, ""
        several = f"SELECT key FROM repeats WHERE record = '{record.name}'"
        if self.linked and record.name != "post":  # a post's key is its own id; only its author's id was replaced
            # A row whose id was linked may meet rows under its native id that no key in `repeats` announces.
            several += f" UNION ALL SELECT key FROM {seen} WHERE moved"
        return f"{plain} WHERE NOT (key IN ({several}))", f"SELECT * FROM {seen} WHERE key IN ({several})"

    def reconciled(self, record: Record, rows: str) -> str:
        """SQL that makes one row a key of rows that speak of the same, field by field the newest that is known."""
        keyed, hidden = _keyed(record), self._counts_hidden(record)
        chosen = ", ".join(_newest(name, record, keyed, name in hidden) for name in self.columns(record))
        # The hash stands for the whole key, far cheaper than its texts; columns that questions filter by stay groups.
        groups = ", ".join(["key", *(f'"{name}"' for name in FILTERED.get(record.name, keyed))])
        return f"SELECT {chosen} FROM ({rows}) GROUP BY {groups}"

    def _settled_view(self, record: Record, settled: Settled) -> None:
        """What was settled, and over it what later imports said of it or added."""
        self.execute(f"CREATE VIEW {record.table} AS {self._settled_sql(record, settled, settled.files(record.table))}")

    def _settled_sql(self, record: Record, settled: Settled, files: Sequence[Path]) -> str:
        columns = _select(self.columns(record), frozenset())
        sql = f"SELECT {columns} FROM {self.scan(files)}"
        if settled.replaced(record.table):
            sql += f" WHERE NOT (key IN (SELECT key FROM {self.scan([settled.keys_over(record.table)])}))"
        if settled.over:
            sql += f" UNION ALL BY NAME SELECT {columns} FROM {self.scan([settled.rows_over(record.table)])}"
        return sql

    def posts_near(self, account: str) -> str:
        """Return a FROM item that holds all posts of one account, and perhaps others: quicker than the view `posts`."""
        if self._settled is None:
            return "posts"
        record = RECORDS["post"]
        return f"({self._settled_sql(record, self._settled, self._settled.files_near(record.table, account))})"

    def columns(self, record: Record) -> list[str]:
        """Columns of a view: what was said, who said it when, and the hashes of the key and of the whole."""
        own = [*record.schema.names, *(["text_hash"] if record.name == "post" else [])]
        return [*own, *PROVENANCE, "key", "content"]

    def _counts_hidden(self, record: Record) -> frozenset[str]:
        """Counts read after the moment, and when they were read, are unknown in a backtest."""
        if not self._backtest or self._moment is None:
            return frozenset()
        return frozenset({"observed_at", *(field.name for field in record.fields if field.observed)})


def _keyed(record: Record) -> list[str]:
    """Columns of the natural key; of two that can stand for one another, the one that every row has."""
    return [name for name in record.key if not record.stand_in or name != record.stand_in[0]]


def _select(columns: Sequence[str], hidden: frozenset[str]) -> str:
    return ", ".join(_unknown(name) if name in hidden else f'"{name}"' for name in columns)


def _unknown(name: str) -> str:
    return f'NULL::{"TIMESTAMPTZ" if name == "observed_at" else "BIGINT"} AS "{name}"'


def _newest(name: str, record: Record, keyed: Sequence[str], is_hidden: bool) -> str:
    if is_hidden:
        return _unknown(name)
    if name == "key":
        return "key"
    if name == "content":  # several rows together say what no row says
        return "CASE WHEN count(*) = 1 THEN any_value(content) END AS content"
    if record.name == "account" and name in ("followers", "extra"):
        return FOLLOWERS if name == "followers" else OWN_EXTRA
    if name in keyed:
        return f'"{name}"' if name in FILTERED.get(record.name, keyed) else f'any_value("{name}") AS "{name}"'
    return f'arg_max("{name}", {ORDER}) FILTER ("{name}" IS NOT NULL) AS "{name}"'


def _key(record: Record, of: str = "", names: Collection[str] | None = None) -> list[str]:
    """The parts of the natural key as SQL, columns prefixed by `of`; those not among `names` read as NULL."""

    def column(name: str) -> str:
        return "NULL" if names is not None and name not in names else f'{of}"{name}"'

    other = dict([record.stand_in] if record.stand_in else [])
    return [
        f"coalesce({column(name)}, {column(other[name])})" if name in other else column(name) for name in record.key
    ]


def _known_since(record: Record, then: str) -> str:
    return f"created_at <= {then}" if "created_at" in record.schema.names else "false"


def _history(name: str) -> str:
    record = RECORDS[name]
    observed = ", ".join(f'"{field.name}"' for field in record.fields if field.observed)
    return (
        f'CREATE VIEW {name}_history AS SELECT DISTINCT "{record.key[0]}", observed_at, observed_own, {observed} '
        f"FROM seen_{record.table}"
    )


def quoted(path: Path | str) -> str:
    """A path or text as it stands between single quotes in SQL."""
    return str(path).replace("'", "''")


def stamp(connection: duckdb.DuckDBPyConnection, record: Record, rows: pa.Table) -> pa.Table:
    """Add `key`, `content` (and `text_hash`) to rows on their way in, sorted by whose facts they are.

    Hashes are the upper 63 bits of half an MD5: stable across versions and machines, unlike an engine's own hash.
    Only the hashes come back from the engine, in the order of the rows; columns without any value are not sent there.
    """
    said = [field for field in record.fields if rows.column(field.name).null_count < rows.num_rows]
    names = {field.name for field in said}
    connection.register("incoming", rows.select([field.name for field in said]))
    told = {field.name: _as_text(field.name, field.type) if field.name in names else "NULL" for field in record.fields}
    hashes = {"key": _hash(_key(record, names=names))}
    if record.name == "post":
        hashes["text_hash"] = _hash(["text" if "text" in names else "NULL"])
        told["text"] = "text_hash::VARCHAR"  # most of a post is its text, which need not be hashed twice
    first = ", ".join(f"{sql} AS {name}" for name, sql in hashes.items())
    content = _hash(list(told.values()))
    made = connection.sql(
        f"SELECT {', '.join(hashes)}, {content} AS content FROM (SELECT *, {first} FROM incoming)"
    ).to_arrow_table()
    connection.unregister("incoming")
    for name in made.column_names:
        place = rows.schema.get_field_index(name)
        rows = (
            rows.set_column(place, name, made.column(name))
            if place >= 0
            else rows.append_column(name, made.column(name))
        )
    return rows.take(_order(rows.column(record.account)))


def _order(accounts: pa.ChunkedArray) -> pa.Array:
    """Places of the rows sorted by account. Where few accounts have many rows, accounts are ranked, and rows sorted by rank."""
    encoded = accounts.combine_chunks().dictionary_encode()
    if 4 * len(encoded.dictionary) > len(accounts):
        return pc.sort_indices(accounts)
    ranks = pc.rank(encoded.dictionary, tiebreaker="first").cast(pa.uint32())
    return pc.sort_indices(ranks.take(encoded.indices))


def _hash(texts: Sequence[str]) -> str:
    joined = ", ".join("chr(1)" if text == "NULL" else f"coalesce({text}, chr(1))" for text in texts)
    return f"(md5_number(concat_ws(chr(31), {joined})) >> 65)::BIGINT"  # md5_number_lower goes by way of text: four times slower


def _as_text(name: str, kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return f'epoch_us("{name}")::VARCHAR'
    return f'"{name}"' if pa.types.is_string(kind) else f'"{name}"::VARCHAR'
