"""What became of somebody's other posts when more of them looked sponsored, and of followers while reviews only praised."""

from __future__ import annotations

import math
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from building import SEEN, account, day, made, post
from groundswell.signals import Value
from groundswell.signals.arrays import Asked
from groundswell.signals.computing import compute
from groundswell.signals.rise import WALK, WALK_WEIGHT
from groundswell.signals.selling import Posts, nearby, rises
from groundswell.signals.table import prepare
from groundswell.store import Workspace

BEFORE, SINCE = [90, 110, 100, 95, 105, 120, 80, 135], [60, 55, 70, 65, 50, 62]
"""Likes of unsponsored posts before and since sponsorship rose."""
GOOD, MIXED = "I bought it. I love this wonderful kettle.", "I bought it. I love it. The handle is awful and it broke."


def told(workspace: Workspace, name: str) -> dict[str, Value]:
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", None)
        rows = compute(Asked(engine, workspace.fits), names=[name]).to_pylist()
    return {row["handle"]: Value(signal=name, **row[name]) for row in rows}


def seller(name: str, *, before: list[int], since: list[int], sold: bool = True) -> list[dict[str, Any]]:
    """Unsponsored posts every other day; since the rise, two sponsored ones a day later that hardly anybody likes."""
    posts = [
        post(name, number, kind="post", text="plain", likes=likes, created_at=day(2 * number))
        for number, likes in enumerate([*before, *since])
    ]
    paid = [
        post(name, f"paid{number}", kind="post", text="#ad", likes=3, created_at=day(2 * len(before) + number - 0.5))
        for number in range(2 * len(since) if sold else 0)
    ]
    return posts + paid


def test_engagement_of_unsponsored_posts_since_the_rise_is_compared_with_those_before(tmp_path: Path) -> None:
    rows = {"account": [account("sells")], "post": seller("sells", before=BEFORE, since=SINCE)}
    found = told(made(tmp_path / "w", rows), "after_sponsorship")["sells"]
    early, late = ([math.log(likes + 1) for likes in some] for some in (BEFORE, SINCE))
    moved, error = statistics.mean(late) - statistics.mean(early), math.hypot(stats.sem(early), stats.sem(late))
    reach = stats.t.ppf(0.95, len(late) - 1) * error
    assert (found.value, found.n) == (pytest.approx(math.expm1(moved), rel=1e-9), 14)
    assert (found.low, found.high) == pytest.approx((math.expm1(moved - reach), math.expm1(moved + reach)), rel=2e-3)
    assert found.label == "from 2026-01-16 on, 0 % of posts before and 67 % after"


def test_who_sells_no_more_than_before_or_has_too_few_other_posts_is_unknown(tmp_path: Path) -> None:
    early = [
        row | {"created_at": day(90) - (row["created_at"] - day(0))}
        for row in seller("stops", before=BEFORE, since=SINCE)
    ]
    posts = [
        *early,
        *seller("never", before=BEFORE, since=SINCE, sold=False),
        *seller("hardly", before=BEFORE, since=SINCE[:4]),
        *seller("hidden", before=BEFORE, since=SINCE)[:5],
    ]
    people = [account(name) for name in ("stops", "never", "hardly", "hidden", "silent")]
    found = told(made(tmp_path / "w", {"account": people, "post": posts}), "after_sponsorship")
    assert {name: value.reason for name, value in found.items()} == {
        "stops": "not_applicable", "never": "not_applicable", "hardly": "too_few", "hidden": "too_few", "silent": "not_observed",
    }  # fmt: skip


def test_only_the_twenty_nearest_posts_on_either_side_are_compared(tmp_path: Path) -> None:
    rows = {"account": [account("old")], "post": seller("old", before=[9_000] * 30 + [100] * 20, since=[100] * 25)}
    found = told(made(tmp_path / "w", rows), "after_sponsorship")["old"]
    assert (found.value, found.n) == (pytest.approx(0, abs=1e-9), 40)


def drawn(chances: np.ndarray[Any, Any], seed: int) -> Posts:
    """Posts of many people, each sponsored with the chance of its place."""
    people, size = chances.shape
    paid = np.random.default_rng(seed).random(chances.shape) < chances
    return Posts(np.arange(people) * size, np.arange(people * size, dtype=float), paid.ravel(), np.zeros(people * size))


@pytest.mark.parametrize(("share", "posts"), [(0.1, 30), (0.3, 60), (0.5, 200)])
def test_where_nothing_changes_a_rise_is_seen_in_one_of_twenty_at_most(share: float, posts: int) -> None:
    at, _, _ = rises(drawn(np.full((4_000, posts), share), 1))
    assert 0 < (at >= 0).mean() <= 0.05


def test_a_rise_from_a_tenth_to_a_half_is_seen_near_its_day() -> None:
    at, before, since = rises(drawn(np.repeat([[0.1, 0.5]], 40, axis=1).repeat(500, axis=0), 2))
    found = at >= 0
    assert found.mean() > 0.9
    place = (at - np.arange(500) * 80)[found]
    assert np.abs(place - 40).mean() < 5
    assert (before[found] / place < since[found] / (80 - place)).all()


def test_the_interval_holds_what_did_not_change_nine_times_in_ten() -> None:
    """Likes by chance alone around one level: the change is none, wherever the rise is thought to be."""
    posts = drawn(np.repeat([[0.1, 0.6]], 30, axis=1).repeat(2_000, axis=0), 3)
    score = np.where(posts.paid, np.nan, np.random.default_rng(4).normal(4, 0.8, len(posts.paid)))
    posts = Posts(posts.start, posts.moment, posts.paid, score)
    at, _, _ = rises(posts)
    few, _, change, error = nearby(posts, at)
    enough = (at >= 0) & (few >= 5)
    reach = stats.t.ppf(0.95, few[enough] - 1) * error[enough]
    assert 0.88 <= (np.abs(change[enough]) <= reach).mean() <= 0.97


# -- praise alone ----------------------------------------------------------------------------------------------------------


def reviewer(name: str, kinds: str) -> list[dict[str, Any]]:
    """A review every four days: + praises alone, - holds a reservation too."""
    return [
        post(name, number, kind="post", language="en", text=f"{GOOD if kind == '+' else MIXED} {number}", created_at=day(4 * number))
        for number, kind in enumerate(kinds)
    ]  # fmt: skip


def test_a_run_of_praise_ends_with_the_first_reservation(tmp_path: Path) -> None:
    posts = [*reviewer("ann", "++-+++-+"), *reviewer("bob", "-----"), *reviewer("few", "++++")]
    workspace = made(tmp_path / "w", {"account": [account(name) for name in ("ann", "bob", "few")], "post": posts})
    found = told(workspace, "praise_run")
    assert (found["ann"].value, found["ann"].n, found["ann"].label) == (3, 8, "2026-01-13 to 2026-01-21")
    assert (found["bob"].value, found["bob"].label) == (0, "none")
    assert found["few"].reason == "too_few"


def test_followers_within_a_run_of_praise_are_laid_beside_those_besides(tmp_path: Path) -> None:
    """Reviews from day 0 to 76, praise alone from day 40 on; counts every ten days: four steps before it, three within, one across."""
    counts = {0: 1000, 10: 1010, 20: 1030, 30: 1050, 40: 1070, 50: 1060, 60: 1040, 70: 1030, 80: 1010}
    people = [account("ann", followers=count, observed_at=day(when + 0.5)) for when, count in counts.items()]
    people += [account("short", followers=500, observed_at=SEEN)]
    posts = [*reviewer("ann", "-" * 10 + "+" * 10), *reviewer("short", "+" * 10)]
    found = told(made(tmp_path / "w", {"account": people, "post": posts}), "praise_run_growth")
    gains = np.diff(np.log(list(counts.values())))
    outside, inside = gains[:4], gains[4:7]
    squares = sum(((some - some.mean()) ** 2 / 10).sum() for some in (outside, inside))
    walk = math.sqrt((WALK_WEIGHT * WALK**2 + squares) / (WALK_WEIGHT + 5))
    faster, error = (inside.mean() - outside.mean()) / 10, walk * math.sqrt(1 / 40 + 1 / 30)
    low, high = (math.expm1(30 * (faster + sign * stats.norm.ppf(0.95) * error)) for sign in (-1, 1))
    ann = found["ann"]
    assert (ann.value, ann.low, ann.high) == pytest.approx((math.expm1(30 * faster), low, high), rel=1e-6)
    assert (ann.n, ann.label) == (9, "2026-02-10 to 2026-03-18")
    assert (found["short"].value, found["short"].reason) == (None, "too_few")
