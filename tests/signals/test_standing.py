"""Places among peers: never by size, with an interval that holds, and unmoved by strangers; forecasts that earn their shrinkage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from building import account, made
from groundswell.signals import SIGNALS, by_size, signal_table
from groundswell.signals.comparing import fit_version, load
from groundswell.signals.peers import PEERS_LEAST, PEERS_MOST, Ladder, Likeness, Placed, learn_ladders


def grouped(**columns: Sequence[str | None]) -> tuple[Likeness, dict[str, pa.Array]]:
    said = {name: pa.array(words, pa.string()) for name, words in columns.items()}
    return Likeness.learned(said), said


def placed(columns: Mapping[str, Sequence[str | None]], numbers: list[float]) -> tuple[Placed, Ladder, Likeness]:
    likeness, said = grouped(**columns)
    codes = likeness.codes(said)
    ladder = learn_ladders(likeness, codes, {"x": np.array(numbers)})["x"]
    return ladder.place(likeness.chains(codes), np.array(numbers)), ladder, likeness


def test_the_narrowest_group_of_thirty_is_taken_and_a_smaller_one_is_not() -> None:
    language = ["de"] * (PEERS_LEAST + 1) + ["fi"] * PEERS_LEAST
    found, ladder, likeness = placed({"platform": ["x"] * len(language), "language": language}, list(np.arange(61.0)))
    words = [likeness.said(int(key)) for key in ladder.keys]
    assert {words[group] for group in found.group[: PEERS_LEAST + 1]} == {"X, German"}
    assert {words[group] for group in found.group[PEERS_LEAST + 1 :]} == {"X"}
    assert list(found.n[[0, -1]]) == [30, 60]
    assert list(found.share[[0, PEERS_LEAST, -1]]) == [0, 1, 1]


def test_nobody_is_its_own_peer() -> None:
    """Of thirty people each has twenty-nine others, and that is too few; somebody else is placed among all of them."""
    assert set(placed({"platform": ["x"] * PEERS_LEAST}, list(np.arange(30.0)))[0].n) == {0}
    _, ladder, likeness = placed({"platform": ["x"] * 31}, list(np.arange(31.0)))
    chains = likeness.chains(likeness.codes({"platform": pa.array(["x"] * 2)}))
    found = ladder.place(chains, np.array([30.0, 30.5]))
    assert (list(found.n), list(found.share)) == ([30, 31], [1.0, 1.0])


def test_where_all_have_the_same_nobody_has_a_place() -> None:
    found, _, _ = placed({"platform": ["x"] * 40}, [0.0] * 40)
    assert set(found.n) == {0}
    assert np.isnan(found.share).all()


def test_who_tells_less_is_compared_by_what_is_told() -> None:
    kind = ["personal"] * 40 + [None]
    found, ladder, likeness = placed(
        {"platform": ["x"] * 41, "language": [None] * 41, "kind": kind}, [*np.arange(40.0), 20.0]
    )
    assert likeness.said(int(ladder.keys[found.group[0]])) == "X, personal"
    assert likeness.said(int(ladder.keys[found.group[-1]])) == "X"


def test_fewer_than_thirty_are_no_peers() -> None:
    found, _, _ = placed({"platform": ["x"] * 29}, list(np.arange(29.0)))
    assert set(found.n) == {0}
    assert np.isnan(found.share).all()
    assert np.isnan(found.limit(0.05)).all()


def test_groups_are_kept_in_part_where_they_are_large() -> None:
    found, ladder, _ = placed({"platform": ["x"] * 5_000}, list(np.arange(5_000.0)))
    assert len(ladder.values) == PEERS_MOST == found.n.max() == found.n.min() + 1
    assert np.abs(found.share - np.arange(5_000) / 5_000).max() < 0.1


def test_ties_count_half_and_the_interval_holds_the_share() -> None:
    found, _, _ = placed({"platform": ["x"] * 41}, [1.0] * 40 + [2.0])
    assert list(found.share[[0, -1]]) == [39 / 80, 1.0]
    below = np.arange(0, 81)
    every = Placed(np.zeros(81, np.int64), below, np.full(81, 40))
    assert (every.limit(0.05) <= every.share).all()
    assert (every.share <= every.limit(0.95)).all()
    assert every.limit(0.05)[0] == 0.0
    assert every.limit(0.95)[-1] == 1.0


def test_a_curve_never_falls_and_goes_on_beyond_its_ends() -> None:
    dice = np.random.default_rng(3)
    followers = np.exp(dice.uniform(5, 12, 2_000))
    curve = by_size.learn_curve(followers, followers**0.7 * np.exp(dice.normal(0, 0.8, 2_000)))
    assert curve is not None
    assert list(curve.y) == sorted(curve.y)
    assert curve.slope == pytest.approx(0.7, abs=0.05)
    assert curve.at(np.array([1e8]))[0] > curve.y[-1] + 2
    assert np.isnan(curve.at(np.array([0.0, np.nan]))).all()
    assert by_size.learn_curve(followers[:29], followers[:29]) is None


def recent_posts(noise: float, between: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(recent posts, followers, curve) of accounts that differ by `between` and whose posts differ by `noise`, in logs."""
    dice = np.random.default_rng(5)
    size, posts = 600, by_size.AHEAD + 2
    own = 4.0 + dice.normal(0, between, size)
    return np.exp(own[:, None] + dice.normal(0, noise, (size, posts))), np.full(size, 5_000.0), np.full(size, 4.0)


def test_shrinkage_is_taken_where_it_foretells_better_and_nowhere_else() -> None:
    lot = np.random.default_rng(0).permutation(600)
    alike = by_size.learn_trust(*recent_posts(noise=1.2, between=0.1), lot)
    apart = by_size.learn_trust(*recent_posts(noise=0.1, between=1.5), lot)
    assert alike[1].kappa > 0
    assert apart[1].kappa == 0.0
    assert alike[1].low < 0 < alike[1].high


@pytest.mark.slow
def test_without_peers_everything_is_too_few_and_the_forecast_is_the_plain_mean(tmp_path: Path) -> None:
    table = signal_table(made(tmp_path / "w", {"account": [account("ann", followers=900)]}))
    value = table.values("x:ann")["reach_percentile"]
    assert (value.value, value.reason) == (None, "too_few")
    assert fit_version(tmp_path / "w" / "fits") is None


@pytest.mark.slow
def test_size_puts_nobody_among_other_peers(tmp_path: Path) -> None:
    """The same people with their followers turned round: who is compared with whom stays, places are turned round too."""
    rows = [
        account(f"a{n:02d}", followers=100 * (n + 1), account_type="personal" if n % 2 else "creator")
        for n in range(80)
    ]
    turned = [row | {"followers": 100 * (80 - n)} for n, row in enumerate(rows)]
    one, other = (signal_table(made(tmp_path / name, {"account": some})) for name, some in (("a", rows), ("b", turned)))
    for name in ("x:a00", "x:a33", "x:a79"):
        here, there = (table.values(name)["reach_percentile"] for table in (one, other))
        assert here.label == there.label
        assert here.value is not None
        assert here.value + (there.value or 0) == pytest.approx(1.0)
    assert "39 people" in (one.values("x:a00")["reach_percentile"].label or "")


@pytest.mark.slow
def test_a_fit_that_was_kept_is_read_as_it_was(tmp_path: Path) -> None:
    rows = [account(f"a{n:02d}", followers=100 * (n + 1)) for n in range(40)]
    workspace = made(tmp_path / "w", {"account": rows})
    signal_table(workspace)
    fit = load(workspace.fits, fit_version(workspace.fits) or "")
    assert fit.fitted_on == 40
    assert fit.version == "0001"
    assert sorted(fit.ladders["reach"].values) == [100.0 * (n + 1) for n in range(40)]


def test_every_place_says_that_it_is_among_peers_and_how_surely() -> None:
    for name in ("reach_percentile", "engagement_percentile", "quality_percentile", "tier_percentile"):
        assert all(part in SIGNALS[name].says for part in ("{low", "{high", "{label"))
