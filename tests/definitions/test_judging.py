"""What a definition says about an account: its tier, its gates, its terms; and what it leaves unsaid."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.definitions import (
    Gate,
    ScoreTerm,
    definition,
    fractions,
    gate_holds,
    gates_hold,
    load_tier_sets,
    score_terms,
    tier_of,
    tier_set,
    tiers_of,
    within_bands,
)
from groundswell.definitions.model import Tier
from groundswell.signals.values import Value

maybe = st.none() | st.floats(-1e12, 1e12)


def term(curve: str, start: float, to: float, **more: float | str) -> ScoreTerm:
    return ScoreTerm(signal="x", title="x", curve=curve, start=start, to=to, weight=1.0, **more)  # type: ignore[arg-type]


def earned(bent: ScoreTerm, *values: float | None) -> list[float]:
    return [round(float(fraction), 6) for fraction in fractions(bent, list(values))]


@pytest.mark.parametrize(("followers", "name"), [(0, "micro"), (99_999, "micro"), (100_000, "major"), (10**9, "major")])
def test_seed_000_calls_100000_followers_major(followers: int, name: str) -> None:
    assert tier_of(tier_set("seed_000"), followers).name == name


@pytest.mark.parametrize(("followers", "name"), [(49_999, "micro"), (50_000, "large")])
def test_seed_001_calls_50000_followers_large(followers: int, name: str) -> None:
    assert tier_of(tier_set("seed_001"), followers).name == name


@pytest.mark.parametrize(
    ("followers", "name"),
    [
        (999, "under 1k"),
        (1_000, "1k to 10k"),
        (10_000, "10k to 100k"),
        (99_999, "10k to 100k"),
        (1_000_000, "1M and more"),
    ],
)
def test_tier_edges_are_half_open(followers: int, name: str) -> None:
    assert tier_of(tier_set("seed_004"), followers).name == name


@pytest.mark.parametrize("followers", [100_000, 250_000, 999_999])
def test_a_gap_between_tiers_is_silent_not_interpolated(followers: int) -> None:
    answer = tier_of(tier_set("seed_004"), followers)
    assert (answer.name, answer.reason) == (None, "definition_silent")


def test_the_last_band_is_open_ended() -> None:
    for followers in (10_000_000, 10_000_001, 600_000_000):
        assert tier_of(tier_set("seed_004"), followers).name == "1M and more"


@pytest.mark.parametrize("unknown", [None, math.nan])
def test_an_unknown_follower_count_has_no_tier(unknown: float | None) -> None:
    assert tier_of(tier_set("seed_000"), unknown).reason == "not_observed"


def test_the_same_account_has_a_tier_under_every_set() -> None:
    names = {name: tier_of(tiers, 60_000).name for name, tiers in load_tier_sets().items()}
    assert names["seed_000@1"] == "micro"
    assert names["seed_001@1"] == "large"
    assert names["seed_004@1"] == "10k to 100k"


@given(st.lists(st.none() | st.integers(0, 10**10), max_size=40))
def test_columns_and_single_accounts_get_the_same_tier(followers: list[int | None]) -> None:
    tiers = tier_set("seed_004")
    rows = tiers_of(tiers, pa.array(followers, pa.int64())).to_pylist()
    singles = [tier_of(tiers, count) for count in followers]
    assert [(row["tier"], row["reason"]) for row in rows] == [(single.name, single.reason) for single in singles]
    assert all((row["tier"] is None) != (row["reason"] is None) for row in rows)


def test_a_definition_speaks_only_about_its_own_sizes() -> None:
    spoken = within_bands(definition("field_geek"), pa.array([499, 500, 49_999, 50_000, None], pa.int64()))
    assert spoken.to_pylist() == [False, True, True, False, None]
    assert within_bands(definition("everyday_voice"), [None, 10.0, 1e9]).to_pylist() == [True, True, True]


def test_a_gate_asks_the_end_of_the_interval_it_names() -> None:
    gate = {bound: Gate("x", bound, at_least=0.5) for bound in ("value", "low", "high")}  # type: ignore[arg-type]
    assert not gate_holds(gate["low"], 0.5, 0.4, 0.6)
    assert gate_holds(gate["value"], 0.5, 0.4, 0.6)
    assert gate_holds(gate["high"], 0.45, 0.4, 0.6)


def test_what_cannot_be_checked_is_neither_in_nor_out() -> None:
    assert gate_holds(Gate("x", at_least=0.5), None, None, None) is None
    assert gate_holds(Gate("x", "low", at_least=0.5), 0.9, None, None) is None
    assert gate_holds(Gate("language", equals="de"), None, None, None, None) is None


def test_a_gate_may_have_both_ends_or_ask_for_equality() -> None:
    between = Gate("x", at_least=1.0, at_most=2.0)
    assert [gate_holds(between, value, None, None) for value in (0.9, 1.0, 2.0, 2.1)] == [False, True, True, False]
    assert gate_holds(Gate("x", equals=1), 1.0, None, None) is True
    assert gate_holds(Gate("language", equals="de"), None, None, None, "de") is True
    assert gate_holds(Gate("language", equals="de"), None, None, None, "en") is False


@given(st.lists(st.tuples(maybe, maybe, maybe), min_size=1, max_size=20), st.sampled_from(["value", "low", "high"]))
def test_columns_and_single_accounts_pass_the_same_gates(rows: list[tuple[float | None, ...]], bound: str) -> None:
    gate = Gate("x", bound, at_least=-5.0, at_most=1e6)  # type: ignore[arg-type]
    columns = [pa.array([row[index] for row in rows], pa.float64()) for index in range(3)]
    assert gates_hold(gate, *columns).to_pylist() == [gate_holds(gate, *row) for row in rows]


def test_linear_and_inverse_mirror_each_other() -> None:
    values = (-1.0, 0.0, 0.5, 2.0, 9.0)
    assert earned(term("linear", 0.0, 2.0), *values) == [0.0, 0.0, 0.25, 1.0, 1.0]
    assert earned(term("inverse", 0.0, 2.0), *values) == [1.0, 1.0, 0.75, 0.0, 0.0]


def test_log_gives_the_same_for_each_doubling() -> None:
    assert earned(term("log", 1.0, 16.0), 0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 99.0) == [0, 0, 0.25, 0.5, 0.75, 1, 1]


def test_a_plateau_rewards_the_middle_and_only_falls_where_it_is_told_to() -> None:
    both = term("plateau", 1.0, 2.0, zero_below=0.0, zero_above=4.0)
    assert earned(both, -1.0, 0.5, 1.0, 2.0, 3.0, 5.0) == [0.0, 0.5, 1.0, 1.0, 0.5, 0.0]
    assert earned(term("plateau", 1.0, 2.0, zero_above=4.0), -99.0, 3.0) == [1.0, 0.5]
    assert earned(term("plateau", 1.0, 2.0, zero_below=0.0), 0.5, 99.0) == [0.5, 1.0]


@given(
    st.sampled_from(["linear", "log", "inverse", "plateau"]),
    st.lists(st.floats(allow_infinity=True, allow_nan=True), min_size=1, max_size=20),
)
def test_a_fraction_lies_between_0_and_1_or_is_unknown(curve: str, values: list[float]) -> None:
    found = fractions(term(curve, 0.5, 3.0), np.array(values))
    assert np.array_equal(np.isnan(found), np.isnan(values))
    assert ((found >= 0) & (found <= 1))[~np.isnan(found)].all()


def test_a_term_set_against_a_benchmark_asks_how_often_the_usual() -> None:
    relative = term("log", 0.25, 4.0, against="measured_panel@1")
    found = fractions(relative, [0.02, 0.08, 0.005, None, 0.02, 0.02], [0.02, 0.02, 0.02, 0.02, None, 0.0])
    assert np.allclose(found, [0.5, 1.0, 0.0, np.nan, np.nan, np.nan], equal_nan=True)
    assert np.isnan(fractions(relative, [0.02])).all()


def test_unknown_earns_no_points_and_is_still_listed() -> None:
    meaning = definition("field_geek@1")
    parts = score_terms(meaning, {"topic_focus": Value("topic_focus", 0.7), "reply_rate": Value("reply_rate")})
    found = {part.signal: fraction for part, fraction in parts}
    assert len(parts) == len(meaning.terms)
    assert found["topic_focus"] == pytest.approx(0.7)
    assert found["reply_rate"] is None
    assert found["own_share"] is None


def test_more_money_earns_a_field_geek_less() -> None:
    def points(share: float) -> float:
        parts = score_terms(definition("field_geek"), {"sponsored_share": share})
        return sum(part.weight * fraction for part, fraction in parts if fraction is not None)

    assert points(0.0) > points(0.2) > points(0.5) == 0.0


def test_follower_counts_do_not_change_the_terms_of_an_account_in_its_tier() -> None:
    values = {"topic_focus": 0.7, "public_rate": 0.03, "reply_rate": 0.4}
    small, large = ({**values, "followers": count} for count in (1_100.0, 9_900.0))
    usual = {"public_rate": 0.02}
    for name in ("field_geek", "community_catalyst", "reputable_source", "everyday_voice"):
        assert score_terms(definition(name), small, usual) == score_terms(definition(name), large, usual)


def test_a_tier_set_says_which_sizes_it_names_not() -> None:
    named = {name: one.unnamed for name, one in load_tier_sets().items()}
    assert named["seed_000@1"] == ()
    assert named["seed_004@1"] == ((100_000, 1_000_000),)
    assert named["hypeauditor_2026@1"] == ((0, 1000), (50_000, 1_000_000))
    open_ended = replace(load_tier_sets()["seed_000@1"], tiers=(Tier("micro", 1000, 50_000),))
    assert open_ended.unnamed == ((0, 1000), (50_000, None))
