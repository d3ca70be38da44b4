"""Sparked acts: what follows from a post is told from what would have come anyway."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundswell.signals.influence import Acts, credit

DAY = 86_400


def world(seed: int, *, prompt: bool) -> tuple[Acts, Any]:
    """200 authors with 20 posts in 180 days and two acts a post: soon after it, or at any time."""
    rng = np.random.default_rng(seed)
    author = np.repeat(np.arange(200), 20)
    posted = rng.integers(0, 180 * DAY, len(author))
    post = np.repeat(np.arange(len(author)), 2)
    soon = posted[post] + (rng.exponential(6 * 3600, len(post))).astype(np.int64) + 1
    acted = soon if prompt else rng.permutation(soon)
    return Acts(author[post], post, posted[post], acted), np.full(200, 20)


def test_acts_that_follow_a_post_are_credited_to_it() -> None:
    net, _ = credit(*world(1, prompt=True))
    assert 1.2 < net.mean() < 2.0  # two acts a post, credited 4/5 each after six hours, less what falls there by chance


def test_a_shuffled_world_sparks_nothing() -> None:
    net, error = credit(*world(2, prompt=False))
    assert abs(net.mean()) < 0.02
    assert np.mean(net - 1.645 * error > 0) < 0.1


def test_the_timing_of_a_single_post_cannot_tell() -> None:
    acted = np.arange(1, 41) * 600
    net, _ = credit(Acts(np.zeros(40, int), np.zeros(40, int), np.zeros(40, int), acted), np.array([1]))
    assert abs(net[0]) < 1e-9


def test_the_order_of_acts_changes_nothing() -> None:
    acts, posts = world(3, prompt=True)
    order = np.random.default_rng(4).permutation(len(acts.post))
    other = Acts(acts.account[order], acts.post[order], acts.posted[order], acts.acted[order])
    assert np.allclose(credit(acts, posts)[0], credit(other, posts)[0], rtol=1e-12)


def test_posts_on_which_nobody_acts_count_too() -> None:
    acts, posts = world(5, prompt=True)
    assert np.allclose(credit(acts, 2 * posts)[0], credit(acts, posts)[0] / 2)
