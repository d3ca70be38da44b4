"""The chance to move somebody, worked out by hand; alike members held as one; what is learned from acts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from building import account, day, made, post
from groundswell.discover import Brief
from groundswell.plan import audience as room
from groundswell.plan.audience import read_audience
from groundswell.signals import signal_table


def learned(acted: list[int], follows: list[bool], posts: int) -> Any:
    pairs = np.zeros(len(acted), np.int64)
    return room._learned(pairs, np.array(acted), np.array(follows), np.array([posts]), None)  # pyright: ignore[reportPrivateUsage]


def test_a_chance_is_the_share_of_posts_acted_on_drawn_towards_what_is_usual() -> None:
    chance, usual = learned([2, 0], [True, True], 2)
    assert usual == pytest.approx(0.5)
    assert chance == pytest.approx([7 / 12, 5 / 12])


def test_the_act_by_which_somebody_became_known_is_no_draw() -> None:
    chance, usual = learned([1, 1, 0, 2], [False, False, True, True], 2)
    assert usual == pytest.approx(2 / 6)
    own = (2 + 200 * usual) / 206
    assert chance == pytest.approx([10 * own / 11, 10 * own / 11, 10 * own / 12, (2 + 10 * own) / 12])


def test_where_nothing_tells_how_often_somebody_acts_an_audience_counts_as_reached() -> None:
    assert learned([0, 0], [True, True], 5) == (None, None)
    assert learned([1, 1], [False, False], 1) == (None, None)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Any:
    def like(actor: str, name: str, number: int) -> dict[str, Any]:
        return {
            "actor": f"x:{actor}",
            "verb": "like",
            "account": f"x:{name}",
            "post": f"x:{name}-{number}",
            "acted_at": day(9),
        }

    rows = {
        "account": [account(name, followers=10) for name in ("ann", "bob")],
        "post": [post(name, number, kind="post", created_at=day(number)) for name in ("ann", "bob") for number in range(4)],
        "interaction": [
            *(like("f1", "ann", number) for number in range(4)), like("f2", "ann", 0), like("f3", "ann", 0),
            like("f2", "bob", 1), like("f3", "bob", 1), like("ann", "ann", 1),
        ],
        "follow": [{"follower": f"x:f{number}", "followed": "x:ann"} for number in (1, 4, 5)],
    }  # fmt: skip
    workspace = made(tmp_path_factory.mktemp("acts") / "w", rows)
    with workspace.engine() as engine:
        return read_audience(engine, signal_table(workspace).rows, ["x:ann", "x:bob"], Brief("Oat", "everyday_voice@1"))


def test_follows_and_acts_make_one_audience_without_oneself(read: Any) -> None:
    assert read.sources == ("follows", "acts")
    assert read.members().each.tolist() == [5, 2]
    assert read.members().total == 5
    assert read.followers_named.tolist() == [3, 0]


def test_alike_members_are_one_element_and_nothing_is_lost(read: Any) -> None:
    assert sorted(read.people.tolist()) == [1, 2, 2]
    assert read.shared([0, 1]).tolist() == [[5, 2], [2, 2]]
    assert read.shared([1]).tolist() == [[2]]


def test_reach_is_worked_out_by_hand(read: Any) -> None:
    # Of Ann's posts four have an act in the data, of Bob's four only one. F2 and F3 are known by an act, which is no draw.
    ann = {"f1": (4, 4), "f2": (0, 3), "f3": (0, 3), "f4": (0, 4), "f5": (0, 4)}
    usual = 4 / 18
    own = (4 + 200 * usual) / 218
    chance = {name: (taken + 10 * own) / (tried + 10) for name, (taken, tried) in ann.items()}
    other = usual
    both = sum(1 - (1 - chance[name]) * (1 - (other if name in ("f2", "f3") else 0)) for name in ann)
    assert read.usual == pytest.approx(usual)
    assert read.reach().value([0, 1]) == pytest.approx(both)
    assert read.reach(robust=True).value([0]) == pytest.approx(0.8 * sum(chance.values()))
