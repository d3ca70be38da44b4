"""What was settled shows the same present as the facts do, whatever came or went since."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from building import bring, community
from groundswell.signals import signal_table
from groundswell.store import Workspace
from groundswell.store.settled import latest_settled

VIEWS = {
    "accounts": "account, handle, followers, bio",
    "posts": "post, account, text, likes, created_at",
    "interactions": "actor, verb, account, post, via, acted_at",
    "follows": "follower, followed, since",
}


def seen(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    with workspace.engine() as engine:
        return {name: sorted(engine.rows(f"SELECT {columns} FROM {name}"), key=repr) for name, columns in VIEWS.items()}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(Workspace, "settle_from", 1)
    return Workspace.create(tmp_path / "w")


def plain(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    """The views from the facts alone."""
    from groundswell.store import Engine

    with Engine(workspace.facts, workspace.state.live_ids()) as engine:
        return {name: sorted(engine.rows(f"SELECT {columns} FROM {name}"), key=repr) for name, columns in VIEWS.items()}


def told(workspace: Workspace, turn: int) -> int:
    """An import that repeats, changes and adds: a part of one community, its counts moved on."""
    chance, rows = random.Random(turn), community(5)
    some = {
        name: [dict(row) | ({"likes": 1000 + turn} if "likes" in row else {}) for row in of if chance.random() < 0.4]
        for name, of in rows.items()
    }
    return bring(workspace, some)


def held(workspace: Workspace) -> bool:
    """Whether the views read what was settled."""
    with workspace.engine() as engine:
        return engine.settled


@pytest.mark.slow
def test_settled_or_not_the_present_is_the_same(workspace: Workspace) -> None:
    bring(workspace, community(5))
    keys = [told(workspace, 1)]
    workspace.settle()
    assert held(workspace)
    assert seen(workspace) == plain(workspace)
    keys.append(told(workspace, 2))
    assert not held(workspace)  # until it is settled again
    assert seen(workspace) == plain(workspace)
    workspace.undo(keys[0])  # what was settled holds it, and is not used
    assert latest_settled(workspace.cache, workspace.state.live_ids()) is None
    assert seen(workspace) == plain(workspace)
    workspace.settle()
    workspace.undo(keys[1])
    assert seen(workspace) == plain(workspace)


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(4))
def test_what_comes_later_lies_over_what_was_settled_and_shows_the_same(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    monkeypatch.setattr("groundswell.store.workspace.LATER_SHARE", 100)
    monkeypatch.setattr(Workspace, "settle_from", 10)
    bring(workspace, community(turn))
    told(workspace, turn)  # so that some keys were told by several rows before
    monkeypatch.setattr("groundswell.store.workspace.LATER_SHARE", 0)
    workspace.settle()
    base = latest_settled(workspace.cache, workspace.state.live_ids())
    monkeypatch.setattr("groundswell.store.workspace.LATER_SHARE", 100)
    keys = [told(workspace, 10 + turn)]
    bring(workspace, community(turn + 20, prefix="q", first=30))
    workspace.settle()
    assert base is not None
    assert list(base.folder.glob("over-*/stamp.json"))
    assert held(workspace)
    assert seen(workspace) == plain(workspace)
    told(workspace, 30 + turn)
    workspace.undo(keys[0])
    workspace.settle()
    assert held(workspace)
    assert seen(workspace) == plain(workspace)


@pytest.mark.slow
def test_posts_in_parts_are_all_there_and_each_person_is_in_the_part_that_is_looked_at(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groundswell.store.settling._bounds", lambda *_: ("x:p03", "x:p07", "x:p070", "x:p15"))
    bring(workspace, community(5))
    workspace.settle()
    monkeypatch.setattr("groundswell.store.workspace.LATER_SHARE", 100)
    told(workspace, 1)
    workspace.settle()
    assert held(workspace)
    assert seen(workspace) == plain(workspace)
    with workspace.engine() as engine:
        assert len(list(workspace.cache.glob("settled/*/posts.0*.parquet"))) == 5
        for (account,) in engine.rows("SELECT account FROM accounts"):
            near = engine.rows(
                f"SELECT post FROM {engine.posts_near(account)} WHERE account = ? ORDER BY post", [account]
            )
            assert near == engine.rows("SELECT post FROM posts WHERE account = ? ORDER BY post", [account])


@pytest.mark.slow
def test_an_act_is_settled_open_and_finds_whose_post_it_concerns_when_the_post_comes(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workspace, "settle_from", 1)
    act = {"actor": "x:1", "verb": "repost", "post": "x:77", "via": "x:900"}
    bring(workspace, {"account": [{"account": f"x:{n}", "platform": "x"} for n in range(1, 30)], "interaction": [act]})
    workspace.settle()
    monkeypatch.setattr("groundswell.store.workspace.LATER_SHARE", 100)
    bring(workspace, {"post": [{"post": "x:77", "platform": "x", "account": "x:2"}]})
    bring(workspace, {"interaction": [{"actor": "x:3", "verb": "repost", "post": "x:77", "via": "x:901"}]})
    workspace.settle()
    assert held(workspace)
    with workspace.engine() as engine:
        assert sorted(engine.rows("SELECT actor, account FROM interactions")) == [("x:1", "x:2"), ("x:3", "x:2")]


@pytest.mark.slow
def test_a_handle_that_is_new_can_be_linked_without_settling_everything_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(workspace, {"account": [{"account": f"x:{n}", "platform": "x", "handle": f"h{n}"} for n in range(30)]})
    workspace.settle()
    monkeypatch.setattr("groundswell.store.workspace.LATER_SHARE", 100)
    bring(workspace, {"account": [{"account": "x:@h7", "platform": "x", "handle": "h7", "bio": "bread"}]})
    workspace.settle()
    assert held(workspace)
    with workspace.engine() as engine:
        assert engine.rows("SELECT account, bio FROM accounts WHERE handle = 'h7'") == [("x:7", "bread")]


def test_a_handle_that_is_linked_later_is_not_read_from_what_was_settled(workspace: Workspace) -> None:
    bring(workspace, {"account": [{"account": "x:@zoe", "platform": "x", "handle": "zoe", "followers": 7}]})
    workspace.settle()
    bring(workspace, {"account": [{"account": "x:99", "platform": "x", "handle": "zoe", "bio": "bread"}]})
    with workspace.engine() as engine:
        assert engine.rows("SELECT account, followers, bio FROM accounts") == [("x:99", 7, "bread")]


@pytest.mark.slow
def test_signals_are_the_same_settled_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = []
    for turn, least in enumerate((1, 10**9)):
        monkeypatch.setattr(Workspace, "settle_from", least)
        workspace = Workspace.create(tmp_path / f"w{turn}")
        bring(workspace, community(5))
        told(workspace, 1)
        signal_table(workspace)
        told(workspace, 2)
        tables.append(signal_table(workspace).rows)
    assert tables[0].equals(tables[1])
