"""Who the audience is: how much of it is false, and whether it came by purchase."""

from __future__ import annotations

import itertools
import math
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from building import account, day, made, post, reply, value_of
from groundswell.signals import Value, signal_table
from groundswell.signals.crowds import BINS, bin_of, false_share


def crowd_of(false: int, genuine: int) -> dict[str, list[dict[str, Any]]]:
    """An account with followers that are plainly the one or the other."""
    bots = [{"bio": "a bot", "followers": 2, "following": 0, "posts_count": 50_000} for _ in range(false)]
    people = [{"bio": "I bake bread", "followers": 400, "following": 300, "posts_count": 300} for _ in range(genuine)]
    profiles = [account(f"m{number}", **fields) for number, fields in enumerate([*bots, *people])]
    follows = [{"follower": row["account"], "followed": "x:ann"} for row in profiles]
    return {"account": [account("ann"), *profiles], "follow": follows}


def told(folder: Path, name: str, rows: Any) -> Value:
    return value_of(made(folder, rows), "ann", name)


def test_a_crowd_of_bots_and_one_of_people_are_told_apart(tmp_path: Path) -> None:
    bots = told(tmp_path / "bots", "false_audience_share", crowd_of(50, 10))
    people = told(tmp_path / "people", "false_audience_share", crowd_of(0, 60))
    assert bots.value is not None
    assert people.value is not None
    assert bots.value > 0.6 > 0.2 > people.value
    assert bots.label == "followers"


def test_the_interval_allows_for_ten_points_of_a_strange_population(tmp_path: Path) -> None:
    found = told(tmp_path, "false_audience_share", crowd_of(30, 30))
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.value > 0.1
    assert found.value - found.low > 0.1


def test_the_share_is_where_expectation_maximisation_ends_and_its_interval_where_the_likelihood_falls(
    tmp_path: Path,
) -> None:
    """Worked out from each follower's own authenticity, step by step, without bins and grid."""
    dice = np.random.default_rng(5)
    crowd = crowd_of(0, 80)
    for row in crowd["account"][1:]:
        counts = {
            "followers": dice.integers(0, 900),
            "following": dice.integers(0, 4_000),
            "posts_count": dice.integers(0, 90_000),
        }
        row |= {name: int(number) for name, number in counts.items()} | {
            "bio": dice.choice(["", "I bake bread", "a bot"])
        }
    table = signal_table(made(tmp_path / "w", crowd))
    genuine = np.array([float(table.values(row["account"])["authenticity"].value or 0) for row in crowd["account"][1:]])
    ratio = (1 - genuine) / genuine / (0.12 / 0.88)
    share = 0.5
    for _ in range(5_000):
        share = float((share * ratio / (share * ratio + 1 - share)).mean())
    likelihood = np.log1p(np.linspace(0, 1, 2_001)[:, None] * (ratio - 1)).sum(axis=1)
    near = np.flatnonzero(likelihood >= likelihood.max() - stats.chi2.ppf(0.90, 1) / 2) / 2_000
    found = table.values("x:ann")["false_audience_share"]
    assert 0.1 < share < 0.9
    assert (found.value, found.n) == (pytest.approx(share, abs=0.005), 80)
    assert (found.low, found.high) == pytest.approx((max(near[0] - 0.1, 0), min(near[-1] + 0.1, 1)), abs=0.01)


def test_fewer_than_thirty_known_followers_are_too_few_to_say(tmp_path: Path) -> None:
    assert told(tmp_path, "false_audience_share", crowd_of(9, 20)).reason == "too_few"


def test_where_no_followers_are_known_those_who_act_on_its_posts_are_the_audience(tmp_path: Path) -> None:
    rows = crowd_of(0, 40)
    acts = [{"actor": row["follower"], "verb": "like", "account": "x:ann", "post": "x:ann-1"} for row in rows["follow"]]
    found = told(tmp_path, "false_audience_share", {"account": rows["account"], "interaction": acts})
    assert (found.n, found.label) == (40, "people who act on its posts")


@pytest.mark.parametrize("truth", [0.02, 0.1, 0.4])
def test_the_share_is_found_again_and_its_interval_holds_it_nine_times_in_ten(truth: float) -> None:
    dice, crowds, size = np.random.default_rng(3), 400, 300
    false = dice.random((crowds, size)) < truth
    # Two normals a distance of 3 apart have log ratios of +-4.5 with spread 3: drawn, not computed by what is tested.
    ratios = dice.normal(np.where(false, 4.5, -4.5), 3)
    bins, place = bin_of(ratios.ravel()), np.repeat(np.arange(crowds), size)
    value, low, high = false_share(place, bins, np.ones(len(bins), np.int64), crowds)
    assert abs(value.mean() - truth) < 0.015
    assert np.mean((low <= truth) & (truth <= high)) >= 0.87


def test_members_that_say_nothing_leave_the_share_wide_open() -> None:
    _, low, high = false_share(np.zeros(1, np.int64), bin_of(np.zeros(1)), np.array([100]), 1)
    assert (low[0], high[0]) == (0.0, 1.0)
    assert BINS[bin_of(np.zeros(1))[0]] == pytest.approx(0)


def grown(jump: int, likes_then: int = 5) -> dict[str, list[dict[str, Any]]]:
    """Thirty days of counts, some posts, and one day on which followers jumped."""
    counts = [1_000 + 3 * number + (jump if number >= 20 else 0) for number in range(30)]
    return {
        "account": [account("ann", followers=count, observed_at=day(number)) for number, count in enumerate(counts)],
        "post": [
            post("ann", number, created_at=day(number), likes=likes_then if 17 <= number <= 20 else 5, kind="post", text=f"bread {number}")
            for number in range(30)
        ],
        "interaction": [reply("bob", "ann", f"ann-{number}", f"bob-{number}", day(number + 0.1)) for number in range(30)],
    }  # fmt: skip


def test_a_jump_while_nothing_happened_is_told_with_its_day(tmp_path: Path) -> None:
    found = told(tmp_path, "bought_growth", grown(500))
    assert found.value == pytest.approx(500 / 1587, abs=0.01)
    assert found.label == day(20).date().isoformat()


def test_what_a_jump_brought_beyond_the_usual_is_worked_out_by_hand(tmp_path: Path) -> None:
    """1,057 followers, then 1,560 the next day; the usual pace is the median of 29 days, and less than the least spread around it."""
    counts = [1_000 + 3 * number + (500 if number >= 20 else 0) for number in range(30)]
    paces = sorted(math.log(after / before) for before, after in itertools.pairwise(counts))
    usual = paces[14]
    assert 1.4826 * statistics.median(abs(pace - usual) for pace in paces) < 0.002
    excess, doubt = 503 - 1_057 * math.expm1(usual), 1.6448536 * 1_057 * 0.002
    found = told(tmp_path, "bought_growth", grown(500))
    assert found.n == 29
    assert (found.value, found.low, found.high) == pytest.approx(
        (excess / 1_587, (excess - doubt) / 1_587, (excess + doubt) / 1_587)
    )


def test_a_jump_in_a_week_of_praise_is_none(tmp_path: Path) -> None:
    assert told(tmp_path, "bought_growth", grown(500, likes_then=90)).value == 0


def test_steady_growth_holds_no_jump(tmp_path: Path) -> None:
    assert told(tmp_path, "bought_growth", grown(0)).value == 0


def test_a_jump_is_unknown_where_nobody_knows_what_happened_that_week(tmp_path: Path) -> None:
    found = told(tmp_path, "bought_growth", {"account": grown(500)["account"]})
    assert (found.value, found.reason) == (None, "not_observed")
