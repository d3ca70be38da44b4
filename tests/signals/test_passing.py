"""Reposts that a further post will spark: counted, drawn towards what is usual, less what comes whenever it comes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from building import account, bring, day, made, post
from groundswell.signals import signal_table
from groundswell.signals.influence import Acts, reposts
from groundswell.signals.passing import FEWEST_PEOPLE, Reposts, Usual, foretold, learn
from groundswell.store import Workspace

DAY = 86_400


def drawn(seed: int, *, prompt: bool, people: int = 400, posts: int = 20) -> tuple[Any, Acts, np.ndarray[Any, Any]]:
    """People whose posts are passed on at a rate of their own, soon after they are made, or at any time: rates, acts, posts."""
    rng = np.random.default_rng(seed)
    rates = rng.gamma(1.0, 0.2, people)
    author = np.repeat(np.arange(people), posts)
    posted = rng.integers(0, 180 * DAY, len(author))
    post_of = np.repeat(np.arange(len(author)), rng.poisson(rates[author]))
    soon = posted[post_of] + rng.integers(60, DAY, len(post_of))
    acted = soon if prompt else rng.integers(0, 180 * DAY, len(post_of))
    return rates, Acts(author[post_of], post_of, posted[post_of], acted), np.full(people, posts)


def test_reposts_are_counted_post_by_post() -> None:
    """Two posts ten days apart: two reposts at once of the first, one of the second after five days."""
    acts = Acts(*(np.array(one) for one in ([0, 0, 0], [7, 7, 9], [0, 0, 10 * DAY], [60, 120, 15 * DAY])))
    seen = reposts(acts, np.array([3, 2]))
    assert seen.posts.tolist() == [3, 2]
    assert seen.count.tolist() == [3, 0]
    assert seen.squares.tolist() == [5, 0]
    assert seen.soon.tolist() == [2, 0]
    assert seen.by_chance.tolist() == pytest.approx(
        [2 * 2 / 3, 0]
    )  # two of three acts lie in the first window, none in the second


def test_what_is_foretold_is_nearer_to_the_rate_than_the_mean_so_far() -> None:
    rates, acts, posts = drawn(1, prompt=True, posts=8)
    seen = reposts(acts, posts)
    usual = learn(seen)
    assert usual is not None
    value, low, high = foretold(seen, usual)
    assert np.sqrt(np.mean((value - rates) ** 2)) < 0.95 * np.sqrt(np.mean((seen.count / seen.posts - rates) ** 2))
    assert 0.86 <= np.mean((low <= rates) & (rates <= high)) <= 0.94
    assert usual.mean == pytest.approx(0.2, rel=0.2)
    assert usual.share > 0.95


def test_reposts_that_come_whenever_they_come_are_not_its_doing() -> None:
    _, acts, posts = drawn(2, prompt=False)
    seen = reposts(acts, posts)
    usual = learn(seen)
    assert usual is not None
    assert foretold(seen, usual)[0].mean() < 0.02 < 0.1 < (seen.count / seen.posts).mean()


def test_of_few_people_nothing_is_learned() -> None:
    _, acts, posts = drawn(3, prompt=True, people=FEWEST_PEOPLE - 1)
    assert learn(reposts(acts, posts)) is None
    assert learn(reposts(Acts(*[np.zeros(0, np.int64)] * 4), np.full(100, 5))) is None


@pytest.mark.parametrize("people", [40, 200, 2_000])
def test_one_post_that_went_round_the_world_is_nobody_elses_prospect(people: int) -> None:
    dice = np.random.default_rng(5)
    each = dice.poisson(dice.gamma(1.0, 0.2, people)[:, None], (people, 10)).astype(float)
    before, after = (learned(each), learned(each + 20_000 * (np.arange(people * 10).reshape(people, 10) == 0)))
    assert after[1:] == pytest.approx(before[1:], rel=0.05, abs=0.005)


def learned(each: np.ndarray[Any, Any]) -> Any:
    """What is foretold of accounts whose posts were passed on so often, all at once."""
    count = each.sum(1)
    seen = Reposts(np.full(len(each), float(each.shape[1])), count, (each**2).sum(1), count, 0 * count)
    usual = learn(seen)
    assert usual is not None
    value, low, high = foretold(seen, usual)
    assert ((low <= value) & (value <= high)).all()
    return value


def test_the_mean_lies_within_its_limits_however_unlike_accounts_are() -> None:
    each = np.zeros((2_000, 10))
    each[:200] = np.random.default_rng(6).pareto(1.0, (200, 1)) * 30
    learned(np.floor(each))


def test_where_reposts_are_not_in_the_data_none_is_no_zero(tmp_path: Path) -> None:
    """Of another platform there are replies alone."""
    others = [{"account": f"y:q-{n}", "platform": "y", "handle": f"q-{n}"} for n in range(40)]
    posts = [
        {"post": f"y:q-{n}-{i}", "platform": "y", "account": f"y:q-{n}", "kind": "post", "created_at": day(i)}
        for n in range(40)
        for i in range(6)
    ]
    acts = [
        {
            "actor": f"y:q-{(n + 1) % 40}",
            "verb": "reply",
            "account": f"y:q-{n}",
            "post": f"y:q-{n}-{i}",
            "acted_at": day(i + 1),
        }
        for n in range(40)
        for i in range(6)
    ]
    workspace = crowd(tmp_path / "w")
    bring(workspace, {"account": others, "post": posts, "interaction": acts}, seen=day(300))
    table = signal_table(workspace)
    assert table.values("y:q-1")["passed_on"].reason == "not_observed"
    assert table.values("x:p-3")["passed_on"].value is not None


def test_who_has_no_posts_is_what_is_usual() -> None:
    nothing = reposts(Acts(*[np.zeros(0, np.int64)] * 4), np.zeros(1, np.int64))
    value, low, high = foretold(nothing, Usual(mean=0.3, shape=0.5, scatter=1.2, share=0.9, platforms=("x",)))
    assert value[0] == pytest.approx(0.27)
    assert 0 <= low[0] < value[0] < high[0]


def test_the_number_is_the_one_worked_out_by_hand(tmp_path: Path) -> None:
    """The fourth person: three reposts of each of ten posts an hour after it, five days apart; what is usual is read from its file."""
    workspace = crowd(tmp_path / "w")
    found = signal_table(workspace).values("x:p-3")["passed_on"]
    (kept,) = workspace.fits.glob("reposts-*.json")
    usual = json.loads(kept.read_text())
    assert usual["mean"] == pytest.approx(1.5)
    assert usual["platforms"] == ["x"]
    rate = stats.gamma(
        30 / usual["scatter"] + usual["shape"], scale=1 / (10 / usual["scatter"] + usual["shape"] / usual["mean"])
    )
    by_chance = 30 / 10  # a tenth of the reposts lies in the window of each post
    share = (30 - by_chance + 30 * usual["share"]) / (30 - by_chance + 30)
    assert found.value == pytest.approx(rate.mean() * share, rel=1e-9)
    assert found.low == pytest.approx(rate.ppf(0.05) * share, rel=1e-9)
    assert found.high == pytest.approx(rate.ppf(0.95) * share, rel=1e-9)
    assert (found.n, found.label) == (10, "associated")


def test_what_is_usual_is_kept_until_it_is_learned_anew(tmp_path: Path) -> None:
    workspace = crowd(tmp_path / "w")
    before = signal_table(workspace).values("x:p-3")["passed_on"]
    assert before.value is not None
    assert before.low is not None
    assert before.high is not None
    assert before.low <= before.value <= before.high
    bring(
        workspace,
        {"account": [account("new")], "post": [post("new", n, created_at=day(n)) for n in range(6)]},
        seen=day(300),
    )
    table = signal_table(workspace)
    assert table.values("x:p-3")["passed_on"] == before
    assert table.values("x:new")["passed_on"].reason == "not_observed"


def crowd(folder: Path) -> Workspace:
    """Forty people with ten posts each; the posts of the n-th are passed on by n % 4 others an hour later."""
    names = [f"p-{number}" for number in range(40)]
    posts = [post(name, n, kind="post", created_at=day(5 * n)) for name in names for n in range(10)]
    acts = [
        {"actor": f"x:{names[(place + more + 1) % 40]}", "verb": "repost", "account": f"x:{name}", "post": f"x:{name}-{n}", "acted_at": day(5 * n) + timedelta(hours=1)}
        for place, name in enumerate(names)
        for n in range(10)
        for more in range(place % 4)
    ]  # fmt: skip
    return made(folder, {"account": [account(name) for name in names], "post": posts, "interaction": acts})
