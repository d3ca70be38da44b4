"""Pairs of people: each once, by number, whether everybody is asked for or a few; and what is read once a pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from building import account, made
from groundswell.signals.arrays import Asked
from groundswell.signals.computing import want
from groundswell.signals.pairs import Pairs, actors, everybody, followers
from groundswell.store import Engine, Workspace


def like(actor: str, author: str, number: int) -> dict[str, str]:
    return {"actor": f"x:{actor}", "verb": "like", "account": f"x:{author}", "post": f"x:{author}-{number}"}


ACTS = [
    like("bob", "ann", 1),
    like("bob", "ann", 2),
    like("stranger", "ann", 1),
    like("ann", "ann", 1),
    like("ann", "bob", 1),
]
FOLLOWS = [{"follower": "x:bob", "followed": "x:ann"}, {"follower": "x:nobody", "followed": "x:bob"}]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    rows = {"account": [account("ann"), account("bob")], "interaction": ACTS, "follow": FOLLOWS}
    return made(tmp_path_factory.mktemp("pairs") / "w", rows)


@pytest.fixture
def engine(workspace: Workspace) -> Iterator[Engine]:
    with workspace.engine() as engine:
        yield engine


def told(pairs: Pairs) -> set[tuple[str, str]]:
    names = pairs.names.to_pylist()
    return {(names[one], names[other]) for one, other in zip(pairs.account, pairs.other, strict=True)}


def test_whoever_acts_often_is_one_person_and_nobody_is_their_own_audience(engine: Engine, tmp_path: Path) -> None:
    found = actors(Asked(engine, tmp_path))
    assert told(found) == {("x:ann", "x:bob"), ("x:ann", "x:stranger"), ("x:bob", "x:ann")}
    ann = found.names.to_pylist().index("x:ann")
    assert (found.others[ann], found.acts[ann]) == (2, 3)
    assert told(followers(Asked(engine, tmp_path))) == {("x:ann", "x:bob"), ("x:bob", "x:nobody")}


def test_of_a_few_the_same_is_found_as_of_everybody(engine: Engine, tmp_path: Path) -> None:
    want(engine, ["x:ann"])
    found = actors(Asked(engine, tmp_path, only=True))
    assert told(found) == {pair for pair in told(actors(Asked(engine, tmp_path))) if pair[0] == "x:ann"}
    assert sorted(found.acts.tolist()) == [0, 0, 3]


def test_everybody_is_numbered_in_the_order_of_names_known_by_a_profile_or_not(engine: Engine, tmp_path: Path) -> None:
    assert everybody(Asked(engine, tmp_path)).to_pylist() == ["x:ann", "x:bob", "x:nobody", "x:stranger"]


def test_what_several_grains_need_is_read_once_for_everybody_and_anew_for_each_few(
    engine: Engine, tmp_path: Path
) -> None:
    whole, few = Asked(engine, tmp_path), Asked(engine, tmp_path, only=True)
    assert actors(whole) is actors(whole)
    want(engine, ["x:ann"])
    first = actors(few)
    want(engine, ["x:bob"])
    assert told(first) != told(actors(few)), "who is meant changed in between"


def test_where_nobody_acts_there_is_no_pair(tmp_path: Path) -> None:
    with made(tmp_path / "w", {"account": [account("ann")]}).engine() as engine:
        found = actors(Asked(engine, tmp_path))
        assert (found.names.to_pylist(), told(found), found.acts.tolist()) == (["x:ann"], set(), [0])
