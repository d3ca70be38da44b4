"""Benchmarks: what is usual, for which rate, on which platform, who says so, and where they are silent."""

from __future__ import annotations

import numpy as np
import pytest

from groundswell.definitions import (
    benchmark,
    compare,
    compare_all,
    fit_panel,
    load_benchmarks,
    typical_of,
    typical_rates,
)

MARKERLY = benchmark("markerly_2016")
SEED_001 = benchmark("seed_001")


def usual(followers: float | None, platform: str = "instagram", metric: str = "like_rate") -> float | None:
    return typical_of(MARKERLY, platform, followers, metric).typical


@pytest.mark.parametrize("followers", [10_000, 50_000, 99_999])
def test_seed_001_expects_5_to_10_percent_from_10000_followers(followers: int) -> None:
    found = typical_of(SEED_001, "instagram", followers, "public_rate")
    assert (found.rate_from, found.rate_to) == (0.05, 0.10)


def test_3_percent_at_20000_followers_lies_below_seed_001_and_cites_it() -> None:
    found = compare(SEED_001, "instagram", 20_000, "public_rate", 0.03)
    assert found.verdict == "below"
    assert "Understand the trend and become one" in found.sentence
    assert "5.0% to 10.0%" in found.sentence


def test_seed_001_expects_1_to_3_percent_from_100000_followers() -> None:
    found = typical_of(SEED_001, "instagram", 100_000, "public_rate")
    assert (found.rate_from, found.rate_to) == (0.01, 0.03)
    assert compare(SEED_001, "instagram", 10**8, "public_rate", 0.02).verdict == "within"


def test_seed_001_says_nothing_below_10000_followers() -> None:
    assert typical_of(SEED_001, "instagram", 9_999, "public_rate").reason == "definition_silent"


def test_markerly_gives_8_percent_under_1000_followers() -> None:
    assert usual(999) == 0.08


def test_markerly_gives_4_percent_from_1000_to_10000() -> None:
    assert (usual(1_000), usual(9_999)) == (0.04, 0.04)


def test_markerly_gives_2_4_percent_from_10000_to_100000() -> None:
    assert usual(10_000) == pytest.approx(0.024, abs=0.0005)


def test_markerly_gives_1_7_percent_from_a_million_on() -> None:
    assert usual(1_000_000) == pytest.approx(0.017, abs=0.0005)
    assert usual(60_000_000) == usual(1_000_000)


@pytest.mark.parametrize("followers", [100_000, 999_999])
def test_markerlys_hole_is_silent_with_a_reason(followers: int) -> None:
    found = typical_of(MARKERLY, "instagram", followers, "like_rate")
    assert (found.typical, found.reason) == (None, "definition_silent")
    assert f"{followers:,}" in found.remarks[0]


def test_another_metric_is_not_compared_but_named() -> None:
    found = compare(MARKERLY, "instagram", 5_000, "public_rate", 0.04)
    assert (found.verdict, found.usual.reason) == (None, "not_applicable")
    assert "public_rate is another quantity" in found.sentence


@pytest.mark.parametrize("platform", ["youtube", "mastodon", "tiktok"])
def test_an_instagram_benchmark_is_not_applied_to_other_platforms(platform: str) -> None:
    found = typical_of(MARKERLY, platform, 5_000, "like_rate")
    assert (found.typical, found.reason) == (None, "not_applicable")
    assert "Instagram only" in found.remarks[0]


def test_what_a_benchmark_measured_is_said_beside_it() -> None:
    assert any("unpaid posts" in remark for remark in typical_of(MARKERLY, "instagram", 5, "like_rate").remarks)
    assert any("no platform" in remark for remark in typical_of(SEED_001, "blog", 20_000, "public_rate").remarks)


def test_contradicting_benchmarks_stand_side_by_side() -> None:
    lines = compare_all([SEED_001, benchmark("hypeauditor_2026")], "instagram", 20_000, "public_rate_mean", 0.03)
    assert [line.verdict for line in lines] == ["below", "above"]


def test_an_unknown_rate_or_size_has_no_verdict() -> None:
    assert compare(MARKERLY, "instagram", 5_000, "like_rate", None).verdict is None
    assert compare(MARKERLY, "instagram", 5_000, "like_rate", float("nan")).verdict is None
    assert compare(MARKERLY, "instagram", None, "like_rate", 0.03).usual.reason == "not_observed"


def test_columns_agree_with_single_accounts() -> None:
    sizes = [None, 0, 999, 1_000, 9_999, 10_000, 100_000, 999_999, 1_000_000, 10**9]
    for found in load_benchmarks().values():
        metric, platform = found.metrics[0], (found.platforms or ("blog",))[0]
        column = typical_rates(found, platform, sizes, metric)
        single = [typical_of(found, platform, size, metric) for size in sizes]
        assert [not np.isnan(rate) for rate in column] == [one.known for one in single]
    assert np.isnan(typical_rates(MARKERLY, "youtube", [5_000.0], "like_rate")).all()


def fitted(n: int = 200):
    rng = np.random.default_rng(5)
    followers = np.concatenate([rng.integers(1_000, 10_000, n), rng.integers(10_000, 100_000, 29), [np.nan, 5_000]])
    rates = np.concatenate([rng.lognormal(-3.5, 0.6, n), rng.lognormal(-4, 0.6, 29), [0.5, np.nan]])
    return followers, rates, fit_panel(benchmark("measured_panel"), followers, rates, "bluesky", "public_rate")


def test_a_fit_gives_median_quartiles_and_n_of_the_users_own_accounts() -> None:
    _, rates, panel = fitted()
    found = typical_of(panel, "bluesky", 5_000, "public_rate")
    mine = rates[:200]
    assert found.n == 200
    assert found.typical == pytest.approx(np.median(mine))
    assert (found.rate_from, found.rate_to) == pytest.approx(tuple(np.quantile(mine, [0.25, 0.75])))


def test_a_band_with_29_accounts_says_nothing_and_says_why() -> None:
    panel = fitted()[2]
    found = typical_of(panel, "bluesky", 50_000, "public_rate")
    assert (found.typical, found.reason, found.n) == (None, "too_few", 29)
    assert "only 29 accounts" in found.remarks[0]
    assert np.isnan(typical_rates(panel, "bluesky", [50_000.0], "public_rate")).all()


def test_a_fit_is_bound_to_its_platform_and_metric() -> None:
    panel = fitted()[2]
    assert typical_of(panel, "instagram", 5_000, "public_rate").reason == "not_applicable"
    assert typical_of(panel, "bluesky", 5_000, "like_rate").reason == "not_applicable"


def test_a_fit_does_not_depend_on_the_order_of_accounts() -> None:
    followers, rates, panel = fitted()
    order = np.random.default_rng(1).permutation(len(rates))
    again = fit_panel(benchmark("measured_panel"), followers[order], rates[order], "bluesky", "public_rate")
    assert again == panel


def test_a_panel_that_was_not_fitted_is_silent() -> None:
    found = typical_of(benchmark("measured_panel"), "bluesky", 5_000, "public_rate")
    assert found.reason == "definition_silent"
    assert "not been fitted" in found.remarks[0]


def test_an_empty_workspace_fits_an_empty_panel() -> None:
    panel = fit_panel(benchmark("measured_panel"), np.array([]), np.array([]), "bluesky")
    assert {level.n for level in panel.levels} == {0}
    assert typical_of(panel, "bluesky", 5_000, "public_rate").reason == "too_few"
