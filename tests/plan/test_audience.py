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


def test_a_chance_is_the_share_of_posts_acted_on_drawn_towards_what_is_usual() -> None:
    chance, usual = room._learned(np.array([0, 0]), np.array([2, 0]), np.array([2]), None)  # pyright: ignore[reportPrivateUsage]
    assert usual == pytest.approx(0.5)
    assert chance == pytest.approx([7 / 12, 5 / 12])


def test_where_nobody_acts_everybody_in_an_audience_counts_as_reached() -> None:
    found = room._learned(np.array([0, 0]), np.array([0, 0]), np.array([5]), None)  # pyright: ignore[reportPrivateUsage]
    assert found == (None, None)


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
    usual = 8 / (5 * 4 + 2 * 4)
    own = [(6 + 200 * usual) / 220, (2 + 200 * usual) / 208]
    ann = {"f1": 4, "f2": 1, "f3": 1, "f4": 0, "f5": 0}
    chance = {name: (acted + 10 * own[0]) / 14 for name, acted in ann.items()}
    other = (1 + 10 * own[1]) / 14
    both = sum(1 - (1 - chance[name]) * (1 - (other if name in ("f2", "f3") else 0)) for name in ann)
    assert read.usual == pytest.approx(usual)
    assert read.reach().value([0, 1]) == pytest.approx(both)
    assert read.reach(robust=True).value([0]) == pytest.approx(0.8 * sum(chance.values()))
