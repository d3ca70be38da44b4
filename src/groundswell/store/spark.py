"""The same questions on Apache Spark, for what does not fit on one machine: one formula, two engines.

Formulas are written once, in the SQL of DuckDB, with functions that both engines have or that are given to Spark here; a law
keeps them to that list, and a golden test compares every signal on both. Spark is slower on one machine and is meant for many:

    with SparkEngine(session) as engine:
        engine.register("posts", [Path("posts-1.parquet"), ...])
        packed(engine.table(grain_query("post", signals)), signals)

Needs the extra `groundswell[spark]` and Java 17.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # Unknown, not an error: as where nothing can be divided by nothing.
    "spark.sql.ansi.enabled": "false",
    "spark.sql.legacy.sizeOfNull": "false",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
}
FUNCTIONS = {
    "epoch_us(x TIMESTAMP) RETURNS BIGINT": "unix_micros(x)",
    "seconds(x TIMESTAMP) RETURNS DOUBLE": "unix_micros(x) / 1000000d",
    "steps(a BIGINT, b BIGINT) RETURNS ARRAY<BIGINT>": "CASE WHEN b >= a THEN sequence(a, b) ELSE array() END",
}
"""What Spark lacks, in its own words."""
ADDED = "CASE WHEN x IS NULL THEN a ELSE coalesce(a, 0d) + x END"
MOMENTS = (
    # Welford 1962: one pass, no loss of digits
    "named_struct('n', 0d, 'm', 0d, 's', 0d), (a, x) -> named_struct('n', a.n + 1, 'm', a.m + (x - a.m) / (a.n + 1),"
    " 's', a.s + (x - a.m) * (x - a.m - (x - a.m) / (a.n + 1)))"
)
OF_LISTS = {
    "list_last": "try_element_at({xs}, -1)",
    "list_sum": f"aggregate({{xs}}, CAST(NULL AS DOUBLE), (a, x) -> {ADDED})",
    "list_avg": f"aggregate({{xs}}, {MOMENTS}, a -> CASE WHEN a.n > 0 THEN a.m END)",
    "list_stddev_pop": f"aggregate({{xs}}, {MOMENTS}, a -> CASE WHEN a.n > 0 THEN sqrt(a.s / a.n) END)",
}
"""The same for functions of lists, which must be written out: a lambda cannot call a function of ours."""


class SparkEngine:
    """Tables and queries on a Spark session; the SQL is DuckDB's. Close it, or use it in a `with`."""

    def __init__(self, session: Any) -> None:
        """Give a session (pyspark.sql.SparkSession) the settings and functions that formulas need."""
        self.session = session
        self._scratch, self._number = Path(tempfile.mkdtemp(prefix="groundswell-spark-")), count()
        for name, value in SETTINGS.items():
            session.conf.set(name, value)
        for head, body in FUNCTIONS.items():
            session.sql(f"CREATE OR REPLACE TEMPORARY FUNCTION {head} RETURN {body}")

    def __enter__(self) -> SparkEngine:
        """Return the engine itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the scratch space; the session is whose it was."""
        shutil.rmtree(self._scratch, ignore_errors=True)

    def register(self, name: str, rows: pa.Table | Sequence[Path]) -> None:
        """Make an Arrow table, or Parquet files, readable under a name."""
        if isinstance(rows, pa.Table):
            path = self._scratch / f"{next(self._number)}.parquet"
            pq.write_table(rows, path)
            rows = [path]
        self.session.read.parquet(*map(str, rows)).createOrReplaceTempView(name)

    def table(self, sql: str) -> pa.Table:
        """Answer a query in DuckDB's SQL as an Arrow table."""
        return self.session.sql(to_spark(sql)).toArrow()


def to_spark(sql: str) -> str:
    """Say a query of DuckDB's SQL in Spark's."""
    tree = _parsed(sql)
    _refuse_what_would_get_lost(tree)
    # From the leaves up, so that what is replaced holds what was replaced in it.
    for node in reversed(list(tree.bfs())):
        said = _differently().get(type(node), _differently_by_name)(node)
        if said is not node:
            node.replace(said)
    return tree.sql(dialect="spark")


def tables_read(sql: str) -> set[str]:
    """Names of the tables that a query of DuckDB's SQL reads."""
    from sqlglot import exp

    tree = _parsed(sql)
    return {table.name for table in tree.find_all(exp.Table)} - {cte.alias for cte in tree.find_all(exp.CTE)}


def _refuse_what_would_get_lost(tree: Any) -> None:
    from sqlglot import exp

    if any(node.find(exp.Order) for node in tree.find_all(exp.ArrayAgg)):
        raise ValueError("Spark collects in any order: sort with list_sort, or pick with arg_min or arg_max.")


def _parsed(sql: str) -> Any:
    return _dialect()().parse(sql)[0]


@cache
def _dialect() -> type:
    from sqlglot.dialects.duckdb import DuckDB

    class Unshifted(DuckDB):
        """Places in lists stay as they are written, from 1 on: shifting them needs types that nobody knows here."""

        INDEX_OFFSET = 0

    return Unshifted


@cache
def _differently() -> dict[type, Callable[[Any], Any]]:
    """What the translation gets wrong or cannot know, by kind of expression."""
    from sqlglot import exp

    return {
        # unix_timestamp drops what is below a second
        exp.TimeToUnix: lambda node: exp.func("seconds", node.this),
        # lists only: texts are never measured by `len` in a formula
        exp.Length: lambda node: exp.func("size", node.this),
        exp.Bracket: _place,
        exp.GenerateSeries: _steps,
    }


def _differently_by_name(node: Any) -> Any:
    import sqlglot
    from sqlglot import exp

    if isinstance(node, exp.Anonymous) and node.name.lower() in OF_LISTS:
        said = OF_LISTS[node.name.lower()].format(xs=node.expressions[0].sql(dialect="spark"))
        return sqlglot.parse_one(said, read="spark")
    return node


def _place(node: Any) -> Any:
    """`xs[i]` from 1 on; a place outside of the list is unknown."""
    from sqlglot import exp

    if len(node.expressions) != 1 or isinstance(node.expressions[0], exp.Slice):
        return node
    place = exp.cast(exp.paren(node.expressions[0].copy()), "INT")
    return exp.func("get", node.this.copy(), exp.Sub(this=place, expression=exp.Literal.number(1)))


def _steps(node: Any) -> Any:
    """`range(a, b)`; where b is not above a, Spark would count downwards."""
    from sqlglot import exp

    start, end = node.args["start"].copy(), node.args["end"].copy()
    last = exp.Sub(this=exp.paren(end), expression=exp.Literal.number(1)) if node.args.get("is_end_exclusive") else end
    return exp.func("steps", start, last)
