"""The live view: one row a key, the newest known value of each field, whatever the order of imports."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from groundswell.records import RECORDS
from groundswell.signals.grains import WORDLESS
from groundswell.store import Workspace

T1, T2, T3 = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))


def rows(name: str, *items: dict[str, Any]) -> pa.Table:
    schema = RECORDS[name].schema
    names = {key for item in items for key in item}
    fields = [field for field in schema if field.name in names]
    extra = [pa.field("observed_at", pa.timestamp("us", "UTC"))] if "observed_at" in names else []
    table = pa.Table.from_pylist(list(items), schema=pa.schema([*fields, *extra]))
    return table.append_column("line", pa.array(range(2, 2 + len(items)), pa.int64()))


def bring(workspace: Workspace, name: str, table: pa.Table, when: datetime) -> tuple[int, dict[str, Any]]:
    key = workspace.state.begin_import(source="t.csv", layout="test", sha256="", observed_at=when, options={})
    staging = workspace.staging(key)
    staging.add(RECORDS[name], table, observed_at=when, member="")
    counts = {kind: vars(found) for kind, found in staging.count().items()}
    staging.close()
    workspace.state.finish_import(key)
    return key, counts


def posts(workspace: Workspace, **options: Any) -> list[tuple[Any, ...]]:
    with workspace.engine(**options) as engine:
        return engine.rows("SELECT post, text, likes, account FROM posts ORDER BY post")


FIRST = rows("post", {"post": "x:1", "platform": "x", "account": "x:a", "text": "hi", "likes": 3},
             {"post": "x:2", "platform": "x", "account": "x:a", "text": "ho", "likes": None})  # fmt: skip
LATER = rows("post", {"post": "x:1", "platform": "x", "account": "x:a", "text": None, "likes": 9})
OTHER = rows("post", {"post": "x:3", "platform": "x", "account": "x:b", "text": "la", "likes": 1})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w")


def test_newest_known_value_wins_field_by_field(workspace: Workspace) -> None:
    bring(workspace, "post", FIRST, T1)
    bring(workspace, "post", LATER, T2)
    assert posts(workspace) == [("x:1", "hi", 9, "x:a"), ("x:2", "ho", None, "x:a")]


def test_records_are_counted_as_new_same_or_changed(workspace: Workspace) -> None:
    assert bring(workspace, "post", FIRST, T1)[1] == {"post": {"new": 2, "same": 0, "changed": 0}}
    assert bring(workspace, "post", FIRST, T1)[1] == {"post": {"new": 0, "same": 2, "changed": 0}}
    assert bring(workspace, "post", LATER, T2)[1] == {"post": {"new": 0, "same": 0, "changed": 1}}


@pytest.mark.slow
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_order_of_imports_cannot_matter(workspace: Workspace, order: tuple[int, ...]) -> None:
    brought = [(FIRST, T1), (LATER, T2), (OTHER, T3)]
    for index in order:
        bring(workspace, "post", *brought[index])
    assert posts(workspace) == [("x:1", "hi", 9, "x:a"), ("x:2", "ho", None, "x:a"), ("x:3", "la", 1, "x:b")]


@pytest.mark.slow
def test_undone_and_brought_again_is_as_before(workspace: Workspace) -> None:
    bring(workspace, "post", FIRST, T1)
    key, _ = bring(workspace, "post", LATER, T2)
    before = posts(workspace)
    workspace.undo(key)
    assert posts(workspace)[0] == ("x:1", "hi", 3, "x:a")
    bring(workspace, "post", LATER, T2)
    assert posts(workspace) == before


def test_twice_the_same_import_is_one_row_and_one_undo_keeps_the_other(workspace: Workspace) -> None:
    bring(workspace, "post", FIRST, T1)
    key, _ = bring(workspace, "post", FIRST, T1)
    before = posts(workspace)
    workspace.undo(key)
    assert posts(workspace) == before
    assert len(before) == 2


def test_the_past_holds_only_what_was_observed_by_then(workspace: Workspace) -> None:
    bring(workspace, "post", FIRST, T1)
    bring(workspace, "post", LATER, T3)
    assert posts(workspace, moment=T2)[0] == ("x:1", "hi", 3, "x:a")
    assert posts(workspace, moment=datetime(2025, 1, 1, tzinfo=UTC)) == []


def test_backtest_reads_old_posts_and_hides_counts(workspace: Workspace) -> None:
    table = rows("post", {"post": "x:1", "platform": "x", "account": "x:a", "text": "hi", "likes": 3, "created_at": T1},
                 {"post": "x:2", "platform": "x", "account": "x:a", "text": "ho", "likes": 4, "created_at": T3})  # fmt: skip
    bring(workspace, "post", table, T3)
    assert posts(workspace, moment=T2, backtest=True) == [("x:1", "hi", None, "x:a")]


def test_a_handle_is_linked_when_its_native_id_turns_up_and_unlinked_by_undo(workspace: Workspace) -> None:
    by_handle = rows("account", {"account": "x:@ann", "platform": "x", "handle": "ann", "followers": 10})
    by_id = rows("account", {"account": "x:77", "platform": "x", "handle": "ann", "bio": "bread"})
    bring(workspace, "account", by_handle, T1)
    key, _ = bring(workspace, "account", by_id, T2)
    question = "SELECT account, followers, bio FROM accounts ORDER BY account"
    with workspace.engine() as engine:
        assert engine.rows(question) == [("x:77", 10, "bread")]
    workspace.undo(key)
    with workspace.engine() as engine:
        assert engine.rows(question) == [("x:@ann", 10, None)]


def test_a_handle_that_two_accounts_claim_stays_unlinked(workspace: Workspace) -> None:
    table = rows("account", *({"account": f"x:{key}", "platform": "x", "handle": "ann"} for key in ("@ann", "1", "2")))
    bring(workspace, "account", table, T1)
    with workspace.engine() as engine:
        assert engine.rows("SELECT count(*) FROM accounts") == [(3,)]


def test_a_follow_known_by_handle_and_by_id_is_one_follow(workspace: Workspace) -> None:
    bring(workspace, "account", rows("account", {"account": "x:1", "platform": "x", "handle": "ann"}), T1)
    bring(workspace, "follow", rows("follow", {"follower": "x:9", "followed": "x:1"}), T1)
    bring(workspace, "follow", rows("follow", {"follower": "x:9", "followed": "x:@ann"}), T2)
    with workspace.engine() as engine:
        assert engine.rows("SELECT follower, followed FROM follows") == [("x:9", "x:1")]


def test_history_keeps_every_observation(workspace: Workspace) -> None:
    for when, followers in ((T1, 10), (T2, 20)):
        bring(workspace, "account", rows("account", {"account": "x:1", "platform": "x", "followers": followers}), when)
    with workspace.engine() as engine:
        assert engine.rows("SELECT followers FROM account_history ORDER BY observed_at") == [(10,), (20,)]
        assert engine.rows("SELECT followers FROM accounts") == [(20,)]


def test_an_act_known_with_and_without_whose_post_it_was_is_one_act(workspace: Workspace) -> None:
    post = {"post": "x:1", "platform": "x", "account": "x:a", "text": "hi"}
    reply = {"actor": "x:b", "verb": "reply", "post": "x:1", "via": "x:2", "acted_at": T1}
    bring(workspace, "interaction", rows("interaction", reply), T1)
    bring(workspace, "interaction", rows("interaction", {**reply, "account": "x:a"}), T1)
    with workspace.engine() as engine:
        assert engine.rows("SELECT actor, account, post, via FROM interactions") == [("x:b", "x:a", "x:1", "x:2")]
    bring(workspace, "interaction", rows("interaction", {**reply, "actor": "x:c", "via": "x:3"}), T1)
    bring(workspace, "post", rows("post", post), T1)
    with workspace.engine() as engine:
        assert engine.rows("SELECT account FROM interactions WHERE actor = 'x:c'") == [("x:a",)]


def test_two_bare_mentions_of_two_people_are_two_acts(workspace: Workspace) -> None:
    named = ({"actor": "x:b", "verb": "mention", "account": f"x:{who}", "via": "x:2"} for who in ("a", "c"))
    bring(workspace, "interaction", rows("interaction", *named), T1)
    bring(
        workspace,
        "interaction",
        rows("interaction", {"actor": "x:b", "verb": "mention", "account": "x:a", "via": "x:2"}),
        T2,
    )
    with workspace.engine() as engine:
        assert engine.rows("SELECT account FROM interactions ORDER BY 1") == [("x:a",), ("x:c",)]


def test_a_row_that_repeats_a_part_of_what_is_known_is_no_change(workspace: Workspace) -> None:
    whole = {"account": "x:1", "platform": "x", "handle": "ann", "bio": "bread", "followers": 10}
    bring(workspace, "account", rows("account", whole), T1)
    stub = rows("account", {"account": "x:1", "platform": "x", "handle": "ann"})
    assert bring(workspace, "account", stub, T2)[1]["account"] == {"new": 0, "same": 1, "changed": 0}
    more = rows("account", {"account": "x:1", "platform": "x", "country": "DE"})
    assert bring(workspace, "account", more, T2)[1]["account"] == {"new": 0, "same": 0, "changed": 1}


def test_an_account_that_several_rows_of_a_file_speak_of_is_counted_once(workspace: Workspace) -> None:
    table = rows(
        "account",
        {"account": "x:1", "platform": "x", "handle": "ann", "followers": 10},
        {"account": "x:1", "platform": "x", "handle": "ann"},
        {"account": "x:2", "platform": "x", "followers": 5},
        {"account": "x:2", "platform": "x", "followers": 6},
    )
    assert bring(workspace, "account", table, T1)[1]["account"] == {"new": 2, "same": 0, "changed": 0}
    assert bring(workspace, "account", table, T1)[1]["account"] == {"new": 0, "same": 2, "changed": 0}
    news = rows("account", *({"account": "x:2", "platform": "x", "followers": count} for count in (7, 8)))
    assert bring(workspace, "account", news, T2)[1]["account"] == {"new": 0, "same": 0, "changed": 1}


def test_a_person_with_two_accounts_is_one_creator(workspace: Workspace) -> None:
    ann = [{"creator": "ann", "account": f"{network}:@ann", "status": "agreed"} for network in ("instagram", "tiktok")]
    ben = {"creator": "ben", "account": "tiktok:@ben", "status": "agreed"}
    assert bring(workspace, "creator", rows("creator", *ann[:1], ben), T1)[1]["creator"] == {
        "new": 2,
        "same": 0,
        "changed": 0,
    }
    assert bring(workspace, "creator", rows("creator", *ann, ben), T1)[1]["creator"] == {
        "new": 0,
        "same": 1,
        "changed": 1,
    }


def test_of_rows_seen_at_one_moment_the_later_line_counts(workspace: Workspace) -> None:
    for last in (1, 2, 3, 4, 5, 6):  # the hash of what they say would decide each one in its own way
        said = [{"creator": "kim", "account": "x:kim", "code": f"KIM{number}"} for number in (7, 8, last)]
        key, _ = bring(workspace, "creator", rows("creator", *said), T1)
        with workspace.engine() as engine:
            assert engine.rows("SELECT code FROM creators") == [(f"KIM{last}",)]
        workspace.undo(key)


def test_a_post_without_text_has_the_hash_that_grains_take_for_none(workspace: Workspace) -> None:
    table = rows("post", {"post": "x:1", "platform": "x", "account": "x:a", "text": "hi"}, {"post": "x:2", "platform": "x", "account": "x:a"})  # fmt: skip
    bring(workspace, "post", table, T1)
    bring(workspace, "post", rows("post", {"post": "x:3", "platform": "x", "account": "x:a", "likes": 1}), T1)
    with workspace.engine() as engine:
        found = engine.rows(f"SELECT post FROM posts WHERE text_hash = {WORDLESS} ORDER BY post")
    assert found == [("x:2",), ("x:3",)]


def test_an_answer_keeps_the_order_it_was_asked_in(tmp_path: Path) -> None:
    """However it comes: a small workspace copies answers once more, and an engine may lose their order on the way."""
    numbers = "SELECT range AS n FROM range(400_000) ORDER BY hash(range)"
    with Workspace.create(tmp_path / "w").engine() as engine:
        whole = engine.table(numbers).column("n")
        read = engine.reader(numbers, 10_000).read_all().column("n")
        wanted = [row[0] for row in engine.connection.execute(numbers).fetchall()]
    assert whole.to_pylist() == read.to_pylist() == wanted
