"""The search for a bound with its elements in parts: the same steps, whoever takes them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from groundswell.graph import Cover, bounding


@pytest.fixture(scope="module")
def cover() -> Cover:
    rng = np.random.default_rng(7)
    return Cover.of(rng.integers(0, 3_000, 20_000), rng.integers(0, 80, 20_000), rng.random(3_000) + 0.1, size=3_000)


def taken(cover: Cover, threads: int | None) -> Any:
    people = cover.candidates
    limits = (np.zeros(people), np.ones(people), np.full((1, people), 40.0), np.array([400.0]))
    x, slopes, prices, curve = np.full(people, 0.1), np.full(cover.size, 0.5), np.zeros(1), np.zeros(0)
    if threads is None:
        steps = bounding.search(x, slopes, prices, limits, 1.0, 30, cover.arrays, curve)
        return (*steps, *bounding.line(steps[1], cover.arrays, curve))
    with ThreadPoolExecutor(threads) as pool:
        paced = bounding.paces(slopes, limits, cover.arrays)
        steps = bounding.search_in_parts(pool, paced, x, slopes, prices, limits, 1.0, 30, cover.arrays, curve)
        return (*steps, *bounding.line_in_parts(pool, steps[1], cover.arrays, curve))


def test_the_parts_take_the_steps_that_the_whole_takes(cover: Cover) -> None:
    for whole, parts in zip(taken(cover, None), taken(cover, 2), strict=True):
        np.testing.assert_allclose(parts, whole, rtol=1e-9)


def test_the_number_of_threads_changes_nothing(cover: Cover) -> None:
    for one, more in zip(taken(cover, 1), taken(cover, 5), strict=True):
        np.testing.assert_array_equal(one, more)


def test_parts_hold_every_element_once_and_about_as_many_reaches(cover: Cover) -> None:
    ends = bounding.cuts(cover.arrays)
    assert (ends[0], ends[-1]) == (0, cover.size)
    assert ends == sorted(ends)
    reaches = np.diff(cover.reached[ends])
    assert reaches.sum() == len(cover.candidate)
    assert reaches.max() < 1.2 * reaches.mean()
