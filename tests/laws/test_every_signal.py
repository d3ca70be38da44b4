"""What must be true of every signal, whatever it measures. A new one is held to this by being declared."""

from __future__ import annotations

import itertools
import json
import random
import re
import shutil
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from building import SEEN, Rows, account, bring, community, day, edges, made, post, reply
from groundswell.records import RECORDS
from groundswell.signals import REASONS, SIGNALS, Value, past_signals, signal_table
from groundswell.signals.arrays import ARRAYS, Asked
from groundswell.signals.computing import compute, grain_query
from groundswell.signals.grains import GRAINS
from groundswell.signals.posts import evidence_for
from groundswell.store import Workspace

MOMENT = day(25)
"""In the midst of what the community says."""
every_signal = pytest.mark.parametrize("name", sorted(SIGNALS))


@dataclass(frozen=True)
class World:
    """A workspace under one condition, its signals by account, and how many accounts it has."""

    workspace: Workspace
    values: dict[str, dict[str, Value]]
    rows: int

    @cached_property
    def known(self) -> set[str]:
        """The accounts that the workspace knows of."""
        with self.workspace.engine() as engine:
            return {row[0] for row in engine.rows("SELECT account FROM accounts")}

    def of(self, name: str) -> dict[str, Value]:
        return {account: values[name] for account, values in self.values.items()}


def world(workspace: Workspace, table: pa.Table | None = None) -> World:
    rows = signal_table(workspace).rows if table is None else table
    values = {
        row["account"]: {name: Value(signal=name, **row[name]) for name in SIGNALS} for row in rows.to_pylist()
    }  # fmt: skip
    return World(workspace, values, rows.num_rows)


@dataclass(frozen=True)
class Room:
    """Where worlds are made, each one once a test run."""

    folder: Path

    def __hash__(self) -> int:
        return hash(self.folder)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(tmp_path_factory.mktemp("worlds"))


@cache
def usual(room: Room) -> World:
    """The community in one import, with topics fitted on it."""
    return world(made(room.folder / "usual", community()))


def copied(room: Room, name: str) -> Workspace:
    """The usual workspace again, with its fit and without what was computed."""
    folder = room.folder / name
    shutil.copytree(usual(room).workspace.folder, folder, ignore=shutil.ignore_patterns("cache"))
    return Workspace.open(folder)


def fitted_alike(room: Room, name: str) -> Path:
    """A folder that holds the usual fit and nothing else."""
    folder = room.folder / name
    shutil.copytree(usual(room).workspace.fits, folder / "fits")
    return folder


@cache
def empty(room: Room) -> World:
    return world(Workspace.create(room.folder / "empty"))


@cache
def silent(room: Room) -> World:
    """Records that hold what is required and nothing else."""
    rows = {
        "account": [{"account": f"x:{n}", "platform": "x"} for n in range(3)],
        "post": [{"post": f"x:{n}-{i}", "platform": "x", "account": f"x:{n}"} for n in range(2) for i in range(20)],
        "interaction": [{"actor": f"x:{n}", "verb": "reply"} for n in range(3)],
        "follow": [{"follower": "x:0", "followed": "x:1"}],
    }
    return world(made(room.folder / "silent", rows))


@cache
def shuffled(room: Room) -> World:
    """The same rows in another order, in five imports brought in another order."""
    dice, parts = random.Random(2), [dict[str, list[Any]]() for _ in range(5)]
    for record, rows in community().items():
        for row in dice.sample(rows, len(rows)):
            dice.choice(parts).setdefault(record, []).append(row)
    return world(made(fitted_alike(room, "shuffled"), *parts))


@cache
def grown(room: Room) -> World:
    """The usual workspace after strangers moved in."""
    workspace = copied(room, "grown")
    bring(workspace, community(5, prefix="q", people=30, first=3))
    return world(workspace)


@cache
def grown_step_by_step(room: Room) -> World:
    """The same, with the usual signals kept: only what was touched is computed again."""
    folder = room.folder / "step by step"
    shutil.copytree(usual(room).workspace.folder, folder)
    workspace = Workspace.open(folder)
    bring(workspace, community(5, prefix="q", people=4, first=3))
    assert 0 < signal_table(workspace).recomputed < signal_table(workspace).rows.num_rows
    return world(workspace)


@cache
def undone(room: Room) -> World:
    """The usual signals kept, then other facts about three of the usual people brought, computed, and undone."""
    folder = room.folder / "undone"
    shutil.copytree(usual(room).workspace.folder, folder)
    workspace = Workspace.open(folder)
    few = {"x:p01", "x:p02", "x:p05"}
    other = {
        record: [row for row in rows if row["account"] in few] for record, rows in later(seen_later_only=False).items()
    }
    key = bring(workspace, other, seen=day(400))
    assert world(workspace).values["x:p01"] != usual(room).values["x:p01"]
    workspace.undo(key)
    assert 0 < signal_table(workspace).recomputed < len(usual(room).values)
    return world(workspace)


@cache
def twice(room: Room) -> World:
    workspace = copied(room, "twice")
    bring(workspace, community())
    return world(workspace)


@cache
def past(room: Room) -> World:
    """What could have been known at the moment, from files collected day by day."""
    return world(usual_day_by_day(room), past_signals(usual_day_by_day(room), MOMENT))


@cache
def backtest(room: Room) -> World:
    """What had happened by the moment, from files collected later."""
    return world(usual(room).workspace, past_signals(usual(room).workspace, MOMENT, backtest=True))


@cache
def usual_day_by_day(room: Room) -> Workspace:
    """The usual rows, each with its own time of observation: four days after it happened."""
    return made(fitted_alike(room, "day by day"), observed_in_time(community()))


def observed_in_time(rows: Rows) -> Rows:
    dated = {
        record: [row | {"observed_at": seen_of(row)} for row in some] for record, some in rows.items()
    }  # fmt: skip
    again = [row | {"observed_at": MOMENT - timedelta(days=1), "followers": 500} for row in rows["account"][:5]]
    return dated | {"account": [*dated["account"], *again]}


def seen_of(row: Any) -> Any:
    if row.get("observed_at") not in (None, SEEN):
        return row["observed_at"]  # a history has its own times
    happened = row.get("acted_at") or (row.get("created_at") if "post" in row else None)
    return happened + timedelta(days=4) if happened else day(1)


@cache
def at_the_edges(room: Room) -> World:
    """The usual people, beside the largest numbers and the remotest dates that a file can hold."""
    workspace = copied(room, "edges")
    bring(workspace, edges())
    return world(workspace)


CONDITIONS: dict[str, Callable[[Room], World]] = {
    "usual": usual, "empty": empty, "silent": silent, "shuffled": shuffled, "grown": grown, "twice": twice, "past": past,
    "backtest": backtest, "step by step": grown_step_by_step, "undone": undone,
    "edges": at_the_edges,
}  # fmt: skip
SELDOM = ("twice", "undone", "edges", "grown")
"""Conditions that are kept for `make test-all`: the others tell most of what goes wrong, and `make test` is to be run often."""


def conditions(*names: str) -> list[Any]:
    return [pytest.param(name, marks=pytest.mark.slow) if name in SELDOM else name for name in names]


under_every_condition = pytest.mark.parametrize("condition", conditions(*CONDITIONS))


# -- under every condition ---------------------------------------------------------------------------------------------


@pytest.mark.slow
@under_every_condition
@every_signal
def test_every_account_has_exactly_one_value_that_is_whole(room: Room, condition: str, name: str) -> None:
    found = CONDITIONS[condition](room)
    assert found.rows == len(found.values)
    assert set(found.values) == found.known or condition in ("past", "backtest")
    for value in found.of(name).values():
        assert_whole(value)


def assert_whole(value: Value) -> None:
    """Known with at least one row behind it and an interval around it, or unknown with a reason: never both, never neither."""
    assert (value.reason is None) == value.known
    if not value.known:
        assert value.reason in REASONS
        assert value.low is None
        assert value.high is None
        assert value.label is None
        return
    assert value.n >= 1
    assert value.value is not None
    assert value.value >= -1
    if SIGNALS[value.signal].unit not in ("score", "change"):
        assert value.value >= 0
    if value.low is not None and value.high is not None:
        assert value.low <= value.value <= value.high


@every_signal
def test_silence_is_unknown_never_zero(room: Room, name: str) -> None:
    assert len(silent(room).values) == 3
    assert not [value for value in silent(room).of(name).values() if value.known]


@every_signal
def test_every_signal_is_known_of_somebody_and_unknown_of_somebody(room: Room, name: str) -> None:
    assert {value.known for value in usual(room).of(name).values()} == {True, False}


@every_signal
@pytest.mark.parametrize("condition", conditions("shuffled", "grown", "twice", "step by step", "undone", "edges"))
def test_order_strangers_repetition_and_what_was_undone_change_no_value(room: Room, condition: str, name: str) -> None:
    now = CONDITIONS[condition](room).of(name)
    for who, before in usual(room).of(name).items():
        assert_agree(before, now[who])


def assert_agree(one: Value, other: Value) -> None:
    assert (one.n, one.label, one.reason) == (other.n, other.label, other.reason)
    for mine, yours in ((one.value, other.value), (one.low, other.low), (one.high, other.high)):
        assert mine == yours or (mine is not None and yours == pytest.approx(mine, rel=1e-9, abs=1e-9))


# -- the past ------------------------------------------------------------------------------------------------------------


def later(seen_later_only: bool) -> Rows:
    """Facts about the usual people that nobody could know at the moment."""
    names = [row["handle"] for row in community()["account"]]
    when, seen = day(26), day(40)
    happened = {} if seen_later_only else {"created_at": when}
    rows: dict[str, list[dict[str, Any]]] = {
        "account": [account(n, followers=7, following=7, bio="camera lens", created_at=day(-3000), observed_at=seen) for n in names],
        "post": [
            post(n, f"late{i}", text=f"#ad {i} Das wird noch niemand wissen können, garden tomato compost", likes=9_999, replies=9_999,
                 views=10_000, reach=10_000, saves=9, reposts=9, kind="post", observed_at=seen, **happened)
            for n in names for i in range(5)
        ],
        "interaction": [
            {**reply("zz", n, f"{n}-1", f"{n}-late{i}", None if seen_later_only else when), "observed_at": seen}
            for n in names for i in range(5)
        ],
    }  # fmt: skip
    old = [row | {"likes": 1, "text": "unknown until later", "observed_at": seen} for row in community()["post"]]
    return rows | {"post": rows["post"] + old}


@cache
def past_after(room: Room, seen_later_only: bool) -> World:
    folder = room.folder / f"past after {seen_later_only}"
    shutil.copytree(usual_day_by_day(room).folder, folder)
    workspace = Workspace.open(folder)
    bring(workspace, later(seen_later_only))
    return world(workspace, past_signals(workspace, MOMENT))


@pytest.mark.slow
@every_signal
@pytest.mark.parametrize("seen_later_only", [False, True], ids=["happened later", "seen later"])
def test_the_past_does_not_change_when_more_is_learned(room: Room, name: str, seen_later_only: bool) -> None:
    now = past_after(room, seen_later_only).of(name)
    assert any(value.known for value in past(room).of(name).values())
    for who, before in past(room).of(name).items():
        assert_agree(before, now[who])


@cache
def backtest_after(room: Room) -> World:
    """The backtest after files that were collected later speak of later days, and count anew."""
    workspace = copied(room, "backtest after")
    rows = later(seen_later_only=False)
    counted_again = [row | {"likes": 1, "replies": 1, "observed_at": day(300)} for row in community()["post"]]
    people_again = [row | {"followers": 1, "following": 1, "observed_at": day(300)} for row in community()["account"]]
    new = [row for row in rows["post"] if "late" in row["post"]]
    bring(workspace, {"post": new + counted_again, "interaction": rows["interaction"], "account": people_again})
    return world(workspace, past_signals(workspace, MOMENT, backtest=True))


@pytest.mark.slow
@every_signal
def test_a_backtest_does_not_read_what_happened_later(room: Room, name: str) -> None:
    now = backtest_after(room).of(name)
    for who, before in backtest(room).of(name).items():
        assert_agree(before, now[who])


@every_signal
def test_a_backtest_knows_no_counts(room: Room, name: str) -> None:
    """Counts were read later than the moment: whatever is made of them is unknown."""
    observed = {
        f"{record.name}.{field.name}" for record in RECORDS.values() for field in record.fields if field.observed
    }
    known = [value for value in backtest(room).of(name).values() if value.known]
    assert not known or not observed & set(SIGNALS[name].needs)


# -- what is declared ----------------------------------------------------------------------------------------------------


@every_signal
def test_the_sentence_uses_only_its_own_columns_and_can_be_said(room: Room, name: str) -> None:
    fields = {field for _, field, _, _ in string.Formatter().parse(SIGNALS[name].says) if field is not None}
    assert "value" in fields
    assert fields <= {"value", "low", "high", "n", "label"}
    for value in usual(room).of(name).values():
        said = SIGNALS[name].sentence(value)
        assert said[0].isupper() or not said[0].isalpha()
        assert said.endswith(".")
        assert "None" not in said
        assert "nan" not in said
        assert value.known or "unknown" in said


@every_signal
def test_it_needs_fields_that_exist_and_says_where_it_comes_from(name: str) -> None:
    declared = SIGNALS[name]
    for need in declared.needs:
        record, _, field = need.partition(".")
        assert RECORDS[record].field(field)
    assert declared.needs
    assert declared.source
    assert declared.explains
    assert declared.unknown.endswith(".")
    assert declared.grain in GRAINS or declared.grain in ARRAYS


@pytest.mark.slow
@every_signal
def test_its_evidence_can_be_fetched_and_is_the_accounts_own(room: Room, name: str) -> None:
    workspace, corpus = usual(room).workspace, signal_table(usual(room).workspace).corpus
    people = [who for who, value in usual(room).of(name).items() if value.known][:2]
    for who in people:
        found = evidence_for(workspace, corpus, who, [name])
        assert set(found) == ({name} if SIGNALS[name].evidence else set())
        assert all(one.post.startswith(f"{who}-") for posts in found.values() for one in posts)


# -- the query -----------------------------------------------------------------------------------------------------------

FUNCTIONS = frozenset({
    "any_value", "arg_max", "arg_min", "avg", "coalesce", "count", "epoch", "epoch_us", "exp", "first", "floor", "greatest", "least", "len", "list",
    "list_avg", "list_filter", "list_last", "list_max", "list_sort", "list_stddev_pop", "list_sum", "list_transform", "ln", "max",
    "median", "min", "nullif", "pow", "range", "round", "row_number", "sqrt", "starts_with", "stddev_samp", "sum",
})  # fmt: skip
"""What a formula may call: each exists, or has an exact twin, in the engines that a formula may have to run on. Left out on
purpose: mode (ties go by arrival), approximate aggregates, anything that draws by chance or reads the clock."""
WORDS_BEFORE_A_BRACKET = frozenset({
    "and", "as", "by", "case", "else", "filter", "from", "in", "join", "not", "on", "or", "over", "then", "using", "when", "where",
    "with",
})  # fmt: skip


def tokens(sql: str) -> list[str]:
    without_words = re.sub(r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"", " ", sql)
    return re.findall(r"[A-Za-z_][A-Za-z_0-9.]*|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\S", without_words)


def called(sql: str) -> set[str]:
    words = tokens(sql)
    found = {word.lower() for word, after in itertools.pairwise(words) if after == "(" and word[0].isalpha()}
    defined = {words[i].lower() for i in range(len(words) - 2) if words[i + 1].lower() == "as" and words[i + 2] == "("}
    return found - WORDS_BEFORE_A_BRACKET - (defined - FUNCTIONS)


def query(name: str) -> str:
    return grain_query(SIGNALS[name].grain, [SIGNALS[name]])


@every_signal
def test_its_query_calls_allowed_functions_only(name: str) -> None:
    assert called(query(name)) <= FUNCTIONS
    assert not re.search(
        r"(?i)\b(mode|random|now|today|uuid|current_\w+|approx_\w+|reservoir_\w+)\b", " ".join(tokens(query(name)))
    )


@every_signal
def test_its_query_writes_no_decimal_literal(name: str) -> None:
    """`1.0` is a DECIMAL and rounds where another engine does not: write `1e0`."""
    assert [token for token in tokens(query(name)) if re.fullmatch(r"\d+\.\d+", token)] == []


@pytest.mark.slow
@pytest.mark.parametrize("grain", sorted({one.grain for one in SIGNALS.values()}))
def test_its_query_can_be_shown_and_gives_the_value_shown(room: Room, grain: str) -> None:
    from groundswell.signals.table import prepare

    workspace, corpus = usual(room).workspace, signal_table(usual(room).workspace).corpus
    names = [name for name, one in SIGNALS.items() if one.grain == grain]
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", corpus)
        alone = compute(Asked(engine, workspace.fits), names=names).to_pylist()
    for row in alone:
        for name in names:
            assert_agree(usual(room).of(name)[row["account"]], Value(signal=name, **row[name]))
    assert all(json.dumps(query(name)) for name in names)
