"""What must be true of every graph: counted by hand and by brute force, whatever the order."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.graph import Graph, mutual, numbered, overlap, rewired
from groundswell.graph import ties as graphs

SIZE = 9
edges = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=40)


def arrays(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def neighbours(pairs: list[tuple[int, int]]) -> list[set[int]]:
    found: list[set[int]] = [set() for _ in range(SIZE)]
    for one, other in pairs:
        if one != other:
            found[one].add(other)
            found[other].add(one)
    return found


@given(edges)
def test_neighbours_are_those_of_either_direction_each_once_in_order(pairs: list[tuple[int, int]]) -> None:
    graph = Graph.of(SIZE, *arrays(pairs))
    for who, known in enumerate(neighbours(pairs)):
        assert graph.other[graph.first[who] : graph.first[who + 1]].tolist() == sorted(known)


@given(edges)
def test_common_neighbours_are_those_that_brute_force_finds(pairs: list[tuple[int, int]]) -> None:
    graph, known = Graph.of(SIZE, *arrays(pairs)), neighbours(pairs)
    one, other = arrays(list(itertools.product(range(SIZE), repeat=2)))
    expected = [len(known[a] & known[b]) for a, b in zip(one, other, strict=True)]
    assert graph.common(one, other).tolist() == expected


@given(edges)
def test_wedges_that_close_are_those_that_brute_force_finds(pairs: list[tuple[int, int]]) -> None:
    graph, known = Graph.of(SIZE, *arrays(pairs)), neighbours(pairs)
    wedges, closed = graph.closed_wedges(np.arange(SIZE) * 7 % SIZE, at_most=1_000)
    for who in range(SIZE):
        pairs_of = list(itertools.combinations(known[who], 2))
        assert wedges[who] == len(pairs_of)
        assert closed[who] == sum(b in known[a] for a, b in pairs_of)


def test_what_is_expanded_in_parts_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    one, other = rng.integers(0, 60, 900), rng.integers(0, 60, 900)
    whole = Graph.of(60, one, other)
    before = whole.common(whole.one, whole.other), whole.closed_wedges(np.arange(60), 200)
    monkeypatch.setattr(graphs, "AT_ONCE", 50)
    after = whole.common(whole.one, whole.other), whole.closed_wedges(np.arange(60), 200)
    assert (before[0] == after[0]).all()
    assert (before[1][0] == after[1][0]).all()
    assert (before[1][1] == after[1][1]).all()


def test_sampled_wedges_follow_the_people_and_not_their_numbers() -> None:
    rng = np.random.default_rng(5)
    one, other, hashes = rng.integers(0, 40, 500), rng.integers(0, 40, 500), rng.integers(0, 1 << 40, 40)
    place = rng.permutation(40)
    moved = np.empty(40, np.int64)
    moved[place] = hashes
    asked, closed = Graph.of(40, one, other).closed_wedges(hashes, 25)
    asked_moved, closed_moved = Graph.of(40, place[other], place[one]).closed_wedges(moved, 25)
    assert (asked <= 25).all()
    assert asked.max() == 25
    assert (asked_moved[place] == asked).all()
    assert (closed_moved[place] == closed).all()


def test_a_sample_of_wedges_tells_the_share_that_closes() -> None:
    rng = np.random.default_rng(8)
    graph = Graph.of(300, rng.integers(0, 300, 20_000), rng.integers(0, 300, 20_000))
    hashes = rng.integers(0, 1 << 60, 300)
    (some, met), (every, met_of_all) = graph.closed_wedges(hashes, 200), graph.closed_wedges(hashes, 10**9)
    assert abs(met.sum() / some.sum() - met_of_all.sum() / every.sum()) < 0.01


def test_two_people_with_the_same_friends_overlap_wholly_and_strangers_not_at_all() -> None:
    graph = Graph.of(6, *arrays([(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (4, 5)]))
    assert overlap(graph, np.array([0, 4, 2]), np.array([1, 5, 4])).tolist() == [1.0, 0.0, 0.0]


@given(edges)
def test_an_edge_is_mutual_when_the_other_direction_is_there(pairs: list[tuple[int, int]]) -> None:
    expected = [(other, one) in pairs for one, other in pairs]
    assert mutual(SIZE, *arrays(pairs)).tolist() == expected


def test_rewiring_keeps_every_degree_and_takes_the_triangles_away() -> None:
    rng = np.random.default_rng(2)
    circles = [(a + 8 * n, b + 8 * n) for n in range(40) for a, b in itertools.permutations(range(8), 2)]
    one, other = arrays(circles)
    ends = rewired(320, one, other, rng)
    assert (np.bincount(ends) == np.bincount(other)).all()
    assert (one != ends).all()
    assert len(np.unique(one * 320 + ends)) == len(one)
    assert (ends != other).mean() > 0.9
    before, after = Graph.of(320, one, other), Graph.of(320, one, ends)
    assert overlap(before, one, other).mean() > 0.99
    assert overlap(after, one, ends).mean() < 0.1


def test_ids_of_several_columns_are_numbered_together() -> None:
    names, (one, other) = numbered([pa.chunked_array([["b", "a"], ["b"]]), pa.chunked_array([["c", "a"]])])
    assert [names[i].as_py() for i in one] == ["b", "a", "b"]
    assert [names[i].as_py() for i in other] == ["c", "a"]
    assert len(names) == 3


def test_nobody_is_a_graph_too() -> None:
    names, (one, other) = numbered([pa.chunked_array([], pa.string()), pa.chunked_array([], pa.string())])
    graph = Graph.of(len(names), one, other)
    assert graph.size == 0
    assert len(graph.common(one, other)) == 0
    assert len(graph.closed_wedges(one, 9)[0]) == 0
    assert len(rewired(0, one, other, np.random.default_rng(1))) == 0
