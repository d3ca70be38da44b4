"""Who is in a sampled set is there as often as the chances of the network say."""

from __future__ import annotations

import numpy as np
import pytest

from groundswell.graph import sampling

SETS = 40_000
# 0 -> 1 with .5, 1 -> 2 with .3, 0 -> 2 with .2, in rows of whom they point at, chances falling
FIRST, SOURCE, CHANCE = np.array([0, 0, 1, 3]), np.array([0, 1, 0], np.int32), np.array([0.5, 0.3, 0.2])
EXACT = {0: 1 - (1 - 0.2) * (1 - 0.3 * 0.5), 1: 0.3, 2: 1.0}
"""Chance that each is in a set whose root is 2."""


def met_by(seed: int, stop: int, root: int = 2) -> float:
    """Share of the sets of this root that meet `stop`."""
    alias, cut = np.full(3, root, np.int32), np.full(3, -1.0)
    mark, queue, flags = np.zeros(3, np.int32), np.empty(3, np.int32), np.arange(3) == stop
    return sampling.met(seed, 0, SETS, mark, 0, queue, flags, alias, cut, FIRST, SOURCE, CHANCE, np.zeros(3)) / SETS


@pytest.mark.parametrize("who", [0, 1, 2])
def test_people_are_in_a_set_as_often_as_the_cascade_would_come_from_them(who: int) -> None:
    error = 4 * np.sqrt(EXACT[who] * (1 - EXACT[who]) / SETS)
    assert met_by(3, who) == pytest.approx(EXACT[who], abs=error + 1e-12)


def test_the_sets_that_are_kept_meet_people_as_often_as_those_that_are_only_counted() -> None:
    alias, cut = np.full(3, 2, np.int32), np.full(3, -1.0)
    mark, queue, alone = np.zeros(3, np.int32), np.empty(3, np.int32), np.zeros(3, np.int64)
    number = np.arange(3, dtype=np.int32)
    members, lengths, _, _ = sampling.sample(
        3, 0, SETS, 4, mark, 0, queue, number, alone, alias, cut, FIRST, SOURCE, CHANCE, np.zeros(3)
    )
    assert lengths.sum() == len(members)
    assert len(lengths) + alone.sum() == SETS
    assert (members == 0).sum() / SETS == pytest.approx(EXACT[0], abs=4 * np.sqrt(0.25 / SETS))


def test_another_chunk_is_another_stream_and_the_same_chunk_the_same() -> None:
    assert met_by(3, 0) == met_by(3, 0) != met_by(4, 0)
