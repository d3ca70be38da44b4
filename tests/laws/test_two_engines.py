"""One formula, two engines: every signal gives the same on DuckDB and on Spark, nulls, ties and extreme dates included.

Slow (it starts a Java machine) and kept for `make test-all`, which installs pyspark; skipped, visibly, where there is no Java 17.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from building import community, edges, made
from groundswell.signals import SIGNALS, signal_table
from groundswell.signals.arrays import ARRAYS, Asked
from groundswell.signals.computing import compute, grain_query
from groundswell.signals.packing import packed
from groundswell.signals.table import SignalTable, prepare
from groundswell.store import Engine, Workspace
from groundswell.store.spark import SparkEngine, tables_read, to_spark

GRAINS = sorted({signal.grain for signal in SIGNALS.values()})


def world(folder: Path) -> Workspace:
    """The community of the laws, and what lies at the edges."""
    return made(folder, community(), edges())


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkEngine]:
    if shutil.which("java") is None:
        pytest.skip("no Java: Spark needs version 17 (Debian: openjdk-17-jre-headless)")
    sql = pytest.importorskip("pyspark.sql", reason="no pyspark: `make test-all` installs it")
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.log.level", "OFF")
        .getOrCreate()
    )
    with SparkEngine(session) as engine:
        yield engine
    session.stop()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return world(tmp_path_factory.mktemp("engines") / "w")


@pytest.fixture(scope="module")
def table(workspace: Workspace) -> SignalTable:
    return signal_table(workspace)


@pytest.fixture(scope="module")
def duck(workspace: Workspace, table: SignalTable) -> Iterator[Engine]:
    """DuckDB with everything that a query of a grain reads, grains of arrays included."""
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", table.corpus)
        engine.forget = lambda name: None  # type: ignore[method-assign]  # what grains of arrays gave is asked again
        compute(Asked(engine, workspace.fits))
        yield engine


@pytest.mark.slow
@pytest.mark.parametrize("grain", GRAINS)
def test_every_signal_is_the_same_on_both(duck: Engine, spark: SparkEngine, grain: str) -> None:
    mine = [signal for signal in SIGNALS.values() if signal.grain == grain]
    query = grain_query(grain, mine)
    for name in tables_read(query):
        spark.register(name, duck.table(f"SELECT * FROM {name}"))
    here, there = by_account(packed(duck.table(query), mine)), by_account(packed(spark.table(query), mine))
    assert here.keys() == there.keys()
    assert any(row[signal.name]["value"] is not None for row in here.values() for signal in mine)
    differing = [
        (signal.name, who, part, here[who][signal.name][part], there[who][signal.name][part])
        for signal in mine for who in here for part in here[who][signal.name]
        if not alike(here[who][signal.name][part], there[who][signal.name][part])
    ]  # fmt: skip
    assert differing == []


def by_account(rows: pa.Table) -> dict[str, dict[str, Any]]:
    return {row["account"]: row for row in rows.to_pylist()}


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return one == other


@pytest.mark.slow
def test_a_difference_would_be_seen(spark: SparkEngine) -> None:
    """What the plain translation gets wrong comes out right here: places in lists, empty steps, parts of a second, sums of nothing."""
    spark.register(
        "lists",
        pa.table({"xs": pa.array([[3.0, 1.0, 2.0], []], pa.list_(pa.float64())), "at": pa.array([0, 1_500_000], pa.timestamp("us", "UTC"))}),
    )  # fmt: skip
    found = spark.table(
        """SELECT xs[1] AS first, xs[len(xs)] AS last, xs[7] AS beyond, len(range(2, len(xs) + 1)) AS steps, list_sum(xs) AS sum,
                  list_avg(xs) AS mean, list_stddev_pop(xs) AS spread, epoch(at) AS seconds, list_last(xs) AS end
           FROM lists ORDER BY at"""
    ).to_pylist()
    spread = math.sqrt(2 / 3)
    assert found[0] == pytest.approx({"first": 3.0, "last": 2.0, "beyond": None, "steps": 2, "sum": 6.0, "mean": 2.0, "spread": spread, "seconds": 0.0, "end": 2.0})  # fmt: skip
    assert found[1] == {"first": None, "last": None, "beyond": None, "steps": 0, "sum": None, "mean": None, "spread": None, "seconds": 1.5, "end": None}  # fmt: skip


def test_an_order_that_would_get_lost_is_refused() -> None:
    pytest.importorskip("sqlglot", reason="no sqlglot: `make test-all` installs it")
    with pytest.raises(ValueError, match="Spark collects in any order"):
        to_spark("SELECT list(topic ORDER BY posts DESC) FROM t")


@pytest.mark.parametrize("grain", [grain for grain in GRAINS if grain not in ARRAYS or not ARRAYS[grain].late])
def test_every_query_can_be_said_in_the_words_of_spark(grain: str) -> None:
    pytest.importorskip("sqlglot", reason="no sqlglot: `make test-all` installs it")
    assert "SELECT" in to_spark(grain_query(grain, [signal for signal in SIGNALS.values() if signal.grain == grain]))
