"""A choice meets its conditions, and is never farther from the best than its certificate says: against every set there is."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from groundswell.errors import InputError
from groundswell.graph import Chooser, Cover, InfeasibleError, Limit, choose, choosing
from groundswell.graph.choosing import Search
from groundswell.graph.terms import Terms


def made_up(rng: np.random.Generator, people: int, size: int, chances: bool) -> Cover:
    held = rng.random((size, people)) < rng.uniform(0.1, 0.6)
    element, candidate = np.nonzero(held)
    chance = rng.choice([0.05, 0.3, 0.8, 1.0], len(element)) if chances else None
    return Cover.of(element, candidate, rng.integers(0, 5, size), chance, size=size, among=people)


def value_of(cover: Cover, picks: tuple[int, ...]) -> float:
    """The value by its definition, element by element."""
    worth = np.broadcast_to(cover.weight, (cover.size,))
    total = sum(float(cover.alone[pick]) for pick in picks)
    for e in range(cover.size):
        missed = 1.0
        for place in range(cover.reached[e], cover.reached[e + 1]):
            if cover.candidate[place] in picks:
                missed *= 0.0 if cover.certain else 1.0 - cover.chance_by[place]
        total += float(worth[e]) * (1.0 - missed)
    return total


def best_of(cover: Cover, prices: np.ndarray, budget: float, fits: Limit) -> float:
    """The best value among all sets that meet the conditions; -1 where none does."""
    best, amounts = -1.0, np.asarray(fits.of, float)
    for number in range(cover.candidates + 1):
        for picks in itertools.combinations(range(cover.candidates), number):
            chosen = list(picks)
            if prices[chosen].sum() > budget + 1e-9 or amounts[chosen].sum() < (fits.at_least or 0):
                continue
            if fits.at_most is not None and amounts[chosen].sum() > fits.at_most:
                continue
            best = max(best, value_of(cover, picks))
    return best


@pytest.mark.parametrize("chances", [False, True])
def test_no_certificate_is_above_the_true_ratio(chances: bool) -> None:
    rng = np.random.default_rng(5)
    for _ in range(60):
        cover = made_up(rng, int(rng.integers(1, 8)), int(rng.integers(1, 12)), chances)
        prices = rng.integers(1, 9, cover.candidates).astype(float)
        limit = Limit(rng.integers(0, 3, cover.candidates), at_most=4, at_least=float(rng.integers(0, 3)), name="mixed")
        budget = float(rng.integers(1, 20))
        best = best_of(cover, prices, budget, limit)
        if best < 0:
            with pytest.raises(InfeasibleError):
                choose(cover, prices=prices, budget=budget, limits=[limit])
            continue
        choice = choose(cover, prices=prices, budget=budget, limits=[limit])
        assert prices[choice.picks].sum() <= budget
        assert 0 <= limit.at_least <= np.asarray(limit.of)[choice.picks].sum() <= 4  # pyright: ignore
        assert choice.value == pytest.approx(value_of(cover, tuple(choice.picks.tolist())))
        assert choice.bound >= best - 1e-9
        assert choice.value <= best + 1e-9


def test_who_is_locked_in_is_chosen_and_who_is_excluded_is_not() -> None:
    cover = made_up(np.random.default_rng(1), 12, 200, False)
    choice = choose(cover, at_most=4, locked=[2], excluded=[0, 1])
    assert 2 in choice.picks
    assert not {0, 1} & set(choice.picks.tolist())
    assert len(choice.picks) == 4


def test_picks_stand_in_the_order_of_what_they_add_and_add_up() -> None:
    choice = choose(made_up(np.random.default_rng(2), 12, 200, True), at_most=6)
    assert (np.diff(choice.gains) <= 1e-9).all()
    assert choice.gains.sum() == pytest.approx(choice.value)


def test_what_bites_is_named_with_how_much_is_missing() -> None:
    cover, prices = made_up(np.random.default_rng(3), 6, 50, False), np.array([10.0, 20, 30, 40, 50, 60])
    with pytest.raises(InfeasibleError, match=r"budget by 10\b") as caught:
        choose(cover, prices=prices, budget=50, at_least=3)
    assert caught.value.short == pytest.approx({"budget": 10.0, "people": 1.0})


def test_a_chooser_that_is_asked_again_answers_as_a_new_one_would_certify() -> None:
    cover = made_up(np.random.default_rng(4), 40, 800, False)
    chooser = Chooser(cover, prices=np.arange(1.0, 41.0))
    chooser.choose(budget=100)
    again = chooser.choose(budget=60, excluded=[0])
    assert again.spent <= 60
    assert again.certificate >= 0.97


@pytest.mark.parametrize("chances", [False, True])
def test_a_large_audience_asked_again_is_answered_from_the_slopes_that_were_kept(
    chances: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quickly, and no less truly: nothing affordable reaches more than the bound, and every condition is met or named."""
    monkeypatch.setattr(choosing, "QUICK", 1)
    rng, certificates = np.random.default_rng(6), []
    for _ in range(40):
        cover = made_up(rng, int(rng.integers(2, 8)), int(rng.integers(4, 14)), chances)
        if not len(cover.candidate):
            continue  # nobody overlaps: there are no slopes to keep
        prices = rng.integers(1, 9, cover.candidates).astype(float)
        limit = Limit(rng.integers(0, 3, cover.candidates), at_most=4, at_least=float(rng.integers(0, 3)), name="mixed")
        chooser = Chooser(cover, prices=prices)
        chooser.choose(budget=float(prices.sum()))
        monkeypatch.setattr(chooser, "_searched", None)  # whoever searched now would fail
        for budget in rng.integers(1, 20, 3).astype(float):
            best = best_of(cover, prices, budget, limit)
            if best < 0:
                with pytest.raises(InfeasibleError):
                    chooser.choose(budget=budget, limits=[limit])
                continue
            choice = chooser.choose(budget=budget, limits=[limit])
            assert choice.spent <= budget
            assert limit.at_least <= np.asarray(limit.of)[choice.picks].sum() <= 4  # pyright: ignore
            assert choice.value == pytest.approx(value_of(cover, tuple(choice.picks.tolist())))
            assert choice.value - 1e-9 <= best <= choice.bound + 1e-9
            certificates.append(choice.certificate)
    assert np.median(certificates) > 0.8


def test_whoever_wants_it_thorough_gets_a_search_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "QUICK", 1)
    cover = made_up(np.random.default_rng(4), 40, 800, False)
    chooser = Chooser(cover, prices=np.arange(1.0, 41.0))
    chooser.choose(budget=100)
    quick, thorough = chooser.choose(budget=60), chooser.choose(budget=60, thorough=True)
    assert 0.5 < quick.certificate <= thorough.certificate
    assert quick.value <= thorough.value


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"prices": [1.0, 0.0]}, "above 0"),
        ({"prices": [1.0, np.nan]}, "above 0"),
        ({"prices": [1.0]}, "1 prices for 2"),
        ({"budget": np.nan}, "budget is nan"),
        ({"locked": [1], "excluded": [1]}, "locked in and excluded"),
        ({"locked": [7]}, "outside"),
        ({"limits": [Limit([1.0], at_most=1, name="few")]}, "'few' has 1 amounts"),
    ],
)
@pytest.mark.hostile
def test_a_question_that_means_nothing_is_refused(words: dict, match: str) -> None:
    with pytest.raises(InputError, match=match):
        choose(Cover.of([0, 0, 1], [0, 1, 1]), **words)


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"elements": [0], "candidates": [-1]}, "outside"),
        ({"elements": [0.5], "candidates": [0]}, "cannot number"),
        ({"elements": [0, 1], "candidates": [0]}, "should be pairs"),
        ({"elements": [0], "candidates": [0], "weight": [np.nan]}, "weight at place 0"),
        ({"elements": [0], "candidates": [0], "weight": [-1.0]}, "weight at place 0"),
        ({"elements": [0], "candidates": [0], "chance": [1.5]}, "chance at place 0"),
    ],
)
def test_a_cover_that_means_nothing_is_refused(words: dict, match: str) -> None:
    with pytest.raises(InputError, match=match):
        Cover.of(**words)


def test_chances_that_differ_much_are_bounded_nearly_as_tightly_as_equal_ones() -> None:
    """Of 160 with chances from .02 to .8, forty, measured at .93 while every element kept the curve it began with."""
    rng = np.random.default_rng(4)
    candidate, element = (rng.integers(0, most, 3_700) for most in (160, 460))
    cover = Cover.of(
        element, candidate, chance=np.clip(rng.lognormal(-1.7, 0.7, 3_700), 0.02, 0.8), size=460, among=160
    )
    choice = choose(cover, prices=rng.integers(90, 500, 160).astype(float), budget=7_500, at_most=40)
    assert 0.95 <= choice.certificate <= 1


def test_nobody_and_nothing_can_be_chosen_from() -> None:
    assert choose(Cover.of([], [])).certificate == 1.0
    assert len(choose(Cover.of([0, 0], [0, 1]), prices=[5, 5], budget=1).picks) == 0


def test_a_pair_named_twice_counts_once_with_the_larger_chance() -> None:
    cover = Cover.of([0, 0, 0], [0, 0, 1], chance=[0.2, 0.5, 0.5])
    assert cover.value([0]) == pytest.approx(0.5)
    assert cover.value([0, 1]) == pytest.approx(0.75)


def best_by_solver(cover: Cover, prices: np.ndarray, budget: float, topic: np.ndarray, most: int) -> float:
    """The best value under a budget and a cap for each topic, by somebody else's solver (HiGHS)."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    people, size = cover.candidates, cover.size
    held = np.zeros((size, people))
    held[np.repeat(np.arange(size), np.diff(cover.reached)), cover.candidate] = 1
    worth = np.concatenate([cover.alone, np.broadcast_to(cover.weight, (size,))])
    caps = [np.concatenate([topic == t, np.zeros(size)]) for t in np.unique(topic)]
    rows = np.vstack([np.concatenate([prices, np.zeros(size)]), *caps])
    limits: Any = np.array([budget, *(float(most) for _ in caps)])
    done = milp(
        -worth,
        integrality=np.concatenate([np.ones(people), np.zeros(size)]),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(rows, -np.inf, limits),
            LinearConstraint(np.hstack([-held, np.eye(size)]), -np.inf, 0.0),
        ],
    )
    return -float(done.fun)


def test_the_bound_is_no_lower_and_the_choice_no_better_than_what_a_solver_proves_best() -> None:
    rng = np.random.default_rng(8)
    for _ in range(12):
        cover = made_up(rng, 16, 60, False)
        prices, topic = rng.integers(1, 9, 16).astype(float), rng.integers(0, 3, 16)
        caps = [Limit(topic == t, at_most=2, name=f"topic {t}") for t in range(3)]
        choice = choose(cover, prices=prices, budget=14, limits=caps)
        best = best_by_solver(cover, prices, 14, topic, 2)
        assert choice.bound >= best - 1e-6 >= choice.value - 2e-6
        assert choice.value >= 0.9 * best


def test_one_budget_is_bounded_as_tightly_as_a_linear_program_would() -> None:
    from groundswell.graph.choosing import fractional, multipliers
    from groundswell.graph.terms import Terms

    rng = np.random.default_rng(9)
    for _ in range(20):
        each, prices = rng.random(9), rng.integers(1, 6, 9).astype(float)
        alone = Terms.of(9, [Limit(prices, at_most=7, name="budget")], (), ())
        twice = Terms.of(9, [Limit(prices, at_most=7, name="a"), Limit(prices, at_most=7, name="b")], (), ())
        by_sorting = fractional(each, alone, multipliers(each, alone))
        assert by_sorting == pytest.approx(fractional(each, twice, multipliers(each, twice)), rel=1e-6)


def by_hand(cover: Cover, prices: np.ndarray, budget: float) -> list[int]:
    """Greedy by its definition: again and again the first of those who add most per price and fit."""
    picks: list[int] = []
    while True:
        adds = np.array([
            -1.0 if c in picks or prices[c] > budget + 1e-9 else float(cover.gains([*picks, c])[-1])
            for c in range(cover.candidates)
        ])  # fmt: skip
        best = int(np.argmax(adds / prices))
        if adds[best] <= 0:
            return picks
        picks.append(best)
        budget -= prices[best]


@pytest.mark.parametrize("priced", [False, True])
def test_greedy_takes_the_first_of_those_who_lead_also_where_they_are_many(priced: bool) -> None:
    rng = np.random.default_rng(4)
    element, candidate = rng.integers(0, 300, 3_000), (rng.pareto(0.6, 3_000) * 40).astype(int) % 1_300
    cover = Cover.of(element, candidate, size=300, among=1_300)
    prices = 2.0 ** rng.integers(0, 3, 1_300) if priced else np.ones(1_300)
    terms = Terms.of(1_300, [Limit(prices, at_most=15)], (), ())
    picks = Search(cover, terms, prices).greedy(prices)[0]
    assert picks.tolist() == by_hand(cover, prices, 15)


def test_where_the_money_ends_is_found_among_the_worthiest(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    each, prices = rng.integers(0, 20, 200).astype(float), rng.integers(1, 5, 200).astype(float)
    for room in (0.5, 7, 60, 300, 1_000):
        terms = Terms.of(200, [Limit(prices, at_most=room)], (), [3, 5])
        whole = choosing.multipliers(each, terms)
        monkeypatch.setattr(choosing, "FIRST", 2)
        assert choosing.multipliers(each, terms).tolist() == whole.tolist()
        monkeypatch.undo()


def test_what_is_reached_whoever_is_chosen_counts_in_value_and_bound() -> None:
    cover = Cover.of([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 0, 2])
    more = replace(cover, sure=7.0)
    plain, with_it = choose(cover, budget=1), choose(more, budget=1)
    assert more.value([1]) == cover.value([1]) + 7
    assert more.total == cover.total + 7 == more.value([0, 1, 2])
    assert with_it.bound == pytest.approx(plain.bound + 7)
    assert more.narrowed(np.array([0, 1])).value([1]) == more.value([1])
