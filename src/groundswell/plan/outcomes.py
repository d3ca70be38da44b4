"""What to expect, from what posts of these very people brought before; never from a model of how word spreads.

Single cascades cannot be predicted; averages over many people can (Bakshy, Hofman, Mason & Watts 2011, doi
10.1145/1935826.1935845). So one past post of each person is drawn, again and again, and what such a hand of posts brings in all is
read off: its mean, and where nine of ten hands lie (Efron 1979). How many people it takes until outcomes even out follows from the
same posts: n >= (CV / error)^2, with CV the standard deviation of what one post brings, divided by the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundswell.plan.model import Expected, NumberReason
from groundswell.signals.grains import YOUNG_HOURS
from groundswell.signals.values import Value
from groundswell.store import Engine

FEWEST_POSTS = 5
"""Past posts of a person below which nothing is expected of them (design choice: as for sparked actions)."""
FEWEST_PEOPLE = 3
"""People below whom nothing is said of how uneven outcomes are (design choice)."""
HANDS = 4_000
"""Hands of posts that are drawn: the ends of the interval are then within about 1 % (design choice)."""
ERROR = 0.4
"""How near the average of all is to be to what was expected, as one standard error (design choice)."""
Z = 1.6448536
POSTS = f"""
    SELECT c.number, (p.likes + p.replies)::DOUBLE AS brought FROM posts AS p JOIN plan_candidates AS c ON p.account = c.account
    WHERE (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND p.likes IS NOT NULL AND p.replies IS NOT NULL
      AND (p.created_at IS NULL OR epoch_us(p.observed_at) - epoch_us(p.created_at) >= {YOUNG_HOURS * 3_600_000_000})
    ORDER BY c.number, p.post
"""
"""Likes and comments of own posts that were old enough when they were counted."""
NEWEST = """
    SELECT c.number, max(p.created_at)::DATE FROM posts AS p JOIN plan_candidates AS c ON p.account = c.account
    WHERE p.created_at IS NOT NULL GROUP BY c.number
"""


@dataclass(frozen=True)
class Past:
    """What each candidate's own posts brought: those of `i` are `brought[first[i] : first[i + 1]]`."""

    first: NDArray[np.int64]
    brought: NDArray[np.float64]
    newest: tuple[date | None, ...]
    """Day of each candidate's newest post; None where no dated one is known."""

    def known(self, picks: Sequence[int]) -> list[int]:
        """Of these, those of whom enough posts are known."""
        return [pick for pick in picks if self.first[pick + 1] - self.first[pick] >= FEWEST_POSTS]


def read_past(engine: Engine, accounts: Sequence[str]) -> Past:
    """Read what the own posts of these accounts brought."""
    numbered = pa.table({"number": pa.array(np.arange(len(accounts))), "account": pa.array(accounts, pa.string())})
    engine.register("plan_candidates", numbered)
    found, last = engine.table(POSTS), dict(engine.rows(NEWEST))
    engine.forget("plan_candidates")
    counts = np.bincount(found.column("number").to_numpy(), minlength=len(accounts))
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    newest = tuple(last.get(number) for number in range(len(accounts)))
    return Past(first, found.column("brought").to_numpy().astype(np.float64), newest)


def likes_and_comments(past: Past, picks: Sequence[int]) -> Expected:
    """Likes and comments in all when each of these posts once."""
    known = past.known(picks)
    what, lacking = "likes and comments", len(picks) - len(known)
    if not known:
        return Expected(
            what,
            None,
            None,
            None,
            0,
            0,
            lacking,
            f"How many likes and comments is unknown: of none of them {FEWEST_POSTS} posts with likes and comments are known.",
        )
    posts = sum(int(past.first[pick + 1] - past.first[pick]) for pick in known)
    mean = sum(float(past.brought[past.first[pick] : past.first[pick + 1]].mean()) for pick in known)
    low, high = (float(end) for end in np.quantile(_hands(past, known), (0.05, 0.95)))
    says = (
        f"If each of them posts once: about {mean:,.0f} likes and comments in all (nine of ten times {low:,.0f} to {high:,.0f}), "
        f"from {posts:,} past posts of {len(known):,} people{_of_whom_not(lacking)}."
    )
    return Expected(what, mean, low, high, posts, len(known), lacking, says)


def _hands(past: Past, known: Sequence[int]) -> NDArray[np.float64]:
    """What hands of one past post of each bring in all."""
    dice, total = np.random.default_rng(0), np.zeros(HANDS)
    for pick in known:
        total += past.brought[dice.integers(past.first[pick], past.first[pick + 1], HANDS)]
    return total


def sparked_actions(values: Sequence[Value]) -> Expected:
    """Replies, reposts and quotes beyond chance when each of these posts once, from the signal `sparked`."""
    known = [value for value in values if value.value is not None and value.low is not None and value.high is not None]
    what, lacking = "sparked actions", len(values) - len(known)
    if not known:
        return Expected(
            what,
            None,
            None,
            None,
            0,
            0,
            lacking,
            "How many replies, reposts and quotes beyond chance is unknown: of none of them enough dated acts on posts are known.",
        )
    mean = sum(value.value or 0.0 for value in known)
    error = float(np.sqrt(sum((((value.high or 0) - (value.low or 0)) / (2 * Z)) ** 2 for value in known)))
    low, high, posts = max(0.0, mean - Z * error), mean + Z * error, sum(value.n for value in known)
    says = (
        f"On average {mean:,.1f} replies, reposts and quotes beyond chance in all ({low:,.1f} to {high:,.1f}), associated and "
        f"not proved, from {posts:,} past posts of {len(known):,} people{_of_whom_not(lacking)}."
    )
    return Expected(what, mean, low, high, posts, len(known), lacking, says)


def _of_whom_not(lacking: int) -> str:
    return f"; of {lacking:,} more too little is known, and they add nothing to this" if lacking else ""


def why_so_many(past: Past, candidates: Sequence[int], chosen: int) -> NumberReason:
    """How many people it takes until outcomes even out, by what one post of one of the candidates brings."""
    known = past.known(candidates)
    if len(known) < FEWEST_PEOPLE:
        return NumberReason(None, None, "How uneven outcomes are is unknown: too few past posts are known.")
    # Each person counts alike, however often they post.
    weight: Any = np.concatenate([np.full(n := past.first[one + 1] - past.first[one], 1.0 / n) for one in known])
    brought = np.concatenate([past.brought[past.first[one] : past.first[one + 1]] for one in known])
    mean = float(np.average(brought, weights=weight))
    if mean <= 0:
        return NumberReason(None, None, "How uneven outcomes are is unknown: past posts brought nothing.")
    cv = float(np.sqrt(np.average((brought - mean) ** 2, weights=weight))) / mean
    needed = max(1, ceil((cv / ERROR) ** 2))
    near = cv / np.sqrt(max(chosen, 1))
    says = (
        f"What one post brings is uneven: by {len(brought):,} past posts of {len(known):,} people it lies {cv:.1f} times the usual number above "
        f"or below it (standard deviation). The more people, the more that evens out: {needed:,} of them together come within {ERROR:.0%} of "
        f"what is usual, these {chosen:,} within {near:.0%}."
    )
    return NumberReason(cv, needed, says)
