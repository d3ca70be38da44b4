"""A bound from a stream of sets: never below what any choice meets, whatever the shares, and as sure as it says."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom
from tests.graph.test_maximizing import cascade, columns, exact, made_up, random_network, same

from groundswell.graph import maximize, maximizing
from groundswell.graph.drawing import Sampler
from groundswell.graph.edges import Network
from groundswell.graph.maximizing import _Problem, _terms  # pyright: ignore[reportPrivateUsage]
from groundswell.graph.pendants import Rim
from groundswell.graph.refining import PASSES, Streams, exchanged, largest_mean, within


def streams(problem: Any, sampler: Sampler, sets: int) -> Streams:
    rim = Rim.of(problem.network, problem.people, problem.prices, problem.benefit[problem.people] / problem.total)
    return Streams(sampler, rim, problem.prices, problem.room, _terms(problem.prices, problem.room), sets, 40)


def never_below_the_best(rng: np.random.Generator) -> tuple[bool, float]:
    """Whether the limit of a streamed bound at random shares was below the best that the money pays; and bound over best."""
    size, one, other = made_up(rng)
    worth = np.where(rng.random(size) < 0.2, 0.0, rng.integers(1, 5, size)).astype(float)
    prices, budget, sets = rng.integers(1, 5, size).astype(float), float(rng.integers(1, 8)), 2_000
    a, b, chance = cascade(size, one, other)
    values = exact(size, a, b, chance, worth)
    cost = np.array([prices[[i for i in range(size) if bits >> i & 1]].sum() for bits in range(1 << size)])
    best = values[cost <= budget].max()
    problem = _Problem.of((one, other), None, prices, worth, None, None, budget)
    if not len(problem.people) or problem.total <= 0 or best == 0:
        return False, 1.0
    with Sampler(problem.network, problem.people, problem.benefit, int(rng.integers(1 << 30)), 1) as sampler:
        found = streams(problem, sampler, sets)
        shares = rng.random(len(problem.people)) if rng.random() < 0.5 else np.zeros(len(problem.people))
        if rng.random() < 0.3:
            _, shares = found.refine(np.zeros(0, np.int64), shares)
        limit = largest_mean(min(1.0, found.bound(shares, sets)), sets, 0.05)
    return limit * problem.total < best - 1e-9, limit * problem.total / best


def test_the_streamed_bound_is_hardly_ever_below_the_best_over_every_cascade_there_is() -> None:
    rng = np.random.default_rng(21)
    found = [never_below_the_best(rng) for _ in range(60)]
    assert sum(wrong for wrong, _ in found) <= 0.05 * 60
    assert min(ratio for _, ratio in found) > 0.9


@pytest.mark.slow
def test_the_streamed_bound_is_as_sure_as_it_says_over_thousands_of_networks() -> None:
    rng = np.random.default_rng(22)
    found = [never_below_the_best(rng) for _ in range(3_000)]
    assert sum(wrong for wrong, _ in found) <= 0.05 * 3_000


def test_the_bound_is_above_what_every_choice_meets_of_the_very_same_sets() -> None:
    one, other = random_network(60, 200)
    problem = _Problem.of((one, other), None, None, None, None, 2, None)
    with Sampler(problem.network, problem.people, problem.benefit, 5, 1) as sampler:
        found, shares = streams(problem, sampler, 600), np.random.default_rng(3).random(len(problem.people)) / 10
        no_twins = Rim(found.rim.people, found.rim.share, found.rim.to, found.rim.outer, found.rim.there, found.rim.back,
                       np.arange(len(problem.people)))  # fmt: skip
        found = Streams(sampler, no_twins, found.prices, found.room, found.terms, found.sets, found.number)
        bound = found.bound(shares, 600)
        # the same sets again, and how many of them each pair meets: it is the constant at shares of 9 for the two
        for pair in itertools.islice(itertools.combinations(range(len(problem.people)), 2), 0, None, 37):
            certain = np.zeros(len(problem.people))
            certain[list(pair)] = 9.0
            stream = found.number + PASSES
            (_, met), _ = sampler.streamed("probe", stream, 600, 3, (certain, 0.2, (certain > 0).astype(np.int8)))
            assert met / 600 <= bound + 1e-6


def test_streams_give_the_same_on_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maximizing, "MEMBERS", 60_000)
    edges, prices = random_network(), {person: 1.0 + person % 7 for person in range(400)}
    found = [maximize(edges, budget=30, prices=prices, target=0.995, workers=workers) for workers in (1, 3)]
    assert found[0].sets > 60_000
    assert found[0].members <= 60_000
    assert same(*found)


def test_streams_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maximizing, "MEMBERS", 400_000)
    edges, prices = random_network(2_000, 5_000), {person: 1.0 + person % 3 for person in range(2_000)}
    found = maximize(edges, budget=300, prices=prices, target=0.99, at_most=1e-6)
    assert found.members <= 400_000
    assert 0 < found.certificate < 1


def test_streams_certify_more_than_a_sample_that_fits_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    edges, prices = random_network(2_000, 5_000), {person: 1.0 + person % 3 for person in range(2_000)}
    monkeypatch.setattr(maximizing, "MEMBERS", 200_000)
    streamed = maximize(edges, budget=300, prices=prices, target=0.97)
    monkeypatch.setattr(maximizing, "LEAST_STREAM", 1 << 40)
    stored = maximize(edges, budget=300, prices=prices, target=0.97)
    assert streamed.certificate > stored.certificate
    assert streamed.spent <= 300
    assert len(np.unique(streamed.seeds)) == len(streamed.seeds)


def test_the_limit_is_as_wide_as_the_exact_one_and_hardly_wider() -> None:
    for share, sets in ((0.0, 50), (0.1, 1_000), (0.12, 1_000_000), (1 - 1e-16, 10), (1.0, 10)):
        limit = largest_mean(share, sets, 0.001)
        assert binom.cdf(round(share * sets), sets, limit) <= 0.001 + 1e-9 or limit == 1
        assert limit <= share + 1.05 * np.sqrt(2 * np.log(1_000) * max(limit, 1e-12) / sets) + 1e-9


def test_at_the_rim_the_chance_of_being_in_a_set_is_known_from_the_one_person_they_speak_to() -> None:
    # 0 and 3 speak to 1 and hear nobody else; 1 and 2 speak to each other and to others
    one, other = columns((0, 1), (1, 0), (3, 1), (1, 3), (1, 2), (2, 1))
    a, b, chance = cascade(4, one, other)
    values = exact(4, a, b, chance, np.ones(4)) / 4
    problem = _Problem.of((one, other), None, np.ones(4), None, None, None, 1.0)
    rim = Rim.of(problem.network, problem.people, problem.prices, np.full(4, 0.25))
    assert rim.outer.tolist() == [True, False, True, True]
    assert rim.to.tolist() == [1, 1, 1, 1]
    assert rim.known(values[1 << np.arange(4)]) == pytest.approx(values[1 << np.arange(4)])
    assert rim.twin[0] == rim.twin[3]


def test_exchanges_spend_no_more_than_there_is_and_take_one_of_a_group() -> None:
    inside = np.array([True, True, False, False, False])
    rate, prices, group = np.array([1.0, 5.0, 4.0, 3.9, 0.5]), np.ones(5), np.array([0, 1, 2, 2, 4])
    assert exchanged(inside, rate, prices, 2.0, group, 2.0).tolist() == [False, True, True, False, False]
    assert exchanged(inside, rate, prices, 2.0, group, 0.5).tolist() == [True, True, False, False, False]
    assert exchanged(inside, rate, prices, 3.0, group, 0.0).tolist() == [True, True, True, False, False]


def test_shares_cost_what_there_is() -> None:
    found = within(np.array([2.0, 0.4, -0.3]), np.array([1.0, 2.0, 3.0]), 2.0)
    assert found @ np.array([1.0, 2.0, 3.0]) == pytest.approx(2.0)
    assert found[0] >= found[1] >= found[2]


def test_a_network_without_edges_has_no_rim() -> None:
    network = Network.cascade(3, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    rim = Rim.of(network, np.arange(3), np.ones(3), np.ones(3) / 3)
    assert not rim.outer.any()
