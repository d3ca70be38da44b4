"""How followers came: counts over time of those whom somebody watched, with risers, bought jumps and stars who forget their fans.

The profile says how many follow at the end. For a share of the people this file says how it came to be: growth by a straight line,
by an S, in spurts, hardly any, or a loss, with gusts on the way. Some bought a crowd on one day; it follows and never likes. Some
rise and let go of what made them: likes a follower and answers fall while followers come (the article on 2017 on what fame does).

Shapes are drawn without a look at how the program fits them: none is the random walk with a trend that `signals` assumes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from groundswell.simulate.people import People
from groundswell.simulate.plan import DAY, Flags, Numbers, Plan, Shares, choose


@dataclass(frozen=True)
class Growth:
    """The people of one block over time: one element, or one row of points in time, a person."""

    first: int
    """Index of the first person of the block."""
    moments: Numbers
    """When somebody looked, oldest first; the last is the declared end."""
    watched: Flags
    shape: Numbers
    """Number of the shape in simulate.toml."""
    earned: Shares
    """(people, moments): followers that came by themselves, against those of the end."""
    bought_at: Numbers
    """When a crowd was bought; 0 where none was."""
    bought: Shares
    """Its share of the followers at the end."""
    starified: Flags
    cooling: Shares
    """(people, 2): what is left at the end of likes a follower and of answers."""

    @classmethod
    def drawn(cls, plan: Plan, people: People, block: int) -> Growth:
        """Draw how the followers of a block came."""
        assumed, ids, rng = plan.assumed["growth"], plan.ids(block), plan.chance("growth", block)
        size = len(ids)
        watched = rng.random(size) < assumed["watched_share"]
        shape = choose(np.array(list(assumed["shape"].values())), rng.random(size))
        starified = watched & (rng.random(size) < assumed["starified_share"])
        names = list(assumed["shape"])
        # Nobody becomes a star while standing still.
        shape = np.where(starified & (rng.random(size) < 0.5), names.index("linear"), shape)
        shape = np.where(starified & (shape != names.index("linear")), names.index("logistic"), shape)
        moments = plan.end - np.arange(assumed["looks"])[::-1] * assumed["every_days"] * DAY
        place = 1 - (plan.end - moments) / (plan.assumed["window_days"] * DAY)
        earned = _paths(assumed, rng, shape, place) * _gusts(assumed, rng, size, len(moments))
        chance = np.where(people.kind[ids] == plan.kind("bought crowd"), assumed["crowd_jumps"], assumed["jumps"])
        jumped = watched & (rng.random(size) < chance)
        low, high = assumed["jump"]
        gain = low + (high - low) * rng.random(size)
        when = moments[1] + ((plan.end - moments[1]) * rng.uniform(0.1, 0.95, size)).astype(np.int64)
        low, high = assumed["cooling"]
        return cls(
            first=int(ids[0]),
            moments=moments,
            watched=watched,
            shape=shape,
            earned=earned / earned[:, -1:],
            bought_at=np.where(jumped, when, 0),
            bought=np.where(jumped, gain / (1 + gain), 0.0),
            starified=starified,
            cooling=np.where(starified[:, None], low + (high - low) * rng.random((size, 2)), 1.0),
        )

    @property
    def relative(self) -> Shares:
        """(people, moments): all followers, against those of the end."""
        there = (self.bought_at[:, None] > 0) & (self.moments >= self.bought_at[:, None])
        return self.earned * (1 - self.bought[:, None]) + self.bought[:, None] * there

    def likes(self, who: Numbers, at: Numbers) -> Shares:
        """Likes of a post at a moment, against what the followers of the end would bring."""
        person = who - self.first
        moved = self._between(self.earned, person, at) * self._cooled(0, person, at)
        return np.where(self.watched[person], moved, 1.0)

    def answers(self, who: Numbers, at: Numbers) -> Shares:
        """What is left at a moment of the habit to answer."""
        return self._cooled(1, who - self.first, at)

    def _between(self, path: Shares, person: Numbers, at: Numbers) -> Shares:
        step = float(self.moments[1] - self.moments[0])
        place = np.clip((at - self.moments[0]) / step, 0, len(self.moments) - 1.000001)
        index = place.astype(np.int64)
        before, after = path[person, index], path[person, index + 1]
        return before + (place - index) * (after - before)

    def _cooled(self, column: int, person: Numbers, at: Numbers) -> Shares:
        place = np.clip((at - self.moments[0]) / (self.moments[-1] - self.moments[0]), 0, 1)
        return 1 - (1 - self.cooling[person, column]) * place


def _paths(assumed: dict[str, Any], rng: np.random.Generator, shape: Numbers, place: Shares) -> Shares:
    """(people, moments): followers in the drawn shape, `place` being 0 at the begin of the window and 1 at its end."""
    size, names = len(shape), list(assumed["shape"])
    (low, high), x = assumed["rise"], place[None, :]
    times = np.exp(np.log(low) + (np.log(high) - np.log(low)) * rng.random((size, 1)))
    middle, steep = rng.uniform(0.2, 1.1, (size, 1)), rng.uniform(6, 16, (size, 1))
    at, parts = rng.uniform(0, 1, (size, 3)), rng.dirichlet(np.ones(3), size)
    spurts = (parts[:, :, None] / (1 + np.exp(-80 * (x[:, None, :] - at[:, :, None])))).sum(axis=1)
    by_name = {
        "steady": np.exp(rng.normal(0.03, 0.05, (size, 1)) * x),
        "linear": 1 + (times - 1) * x,
        "logistic": 1 + (times - 1) / (1 + np.exp(-steep * (x - middle))),
        "spurts": 1 + (times - 1) * spurts,
        "falling": 1 - rng.uniform(0.03, 0.3, (size, 1)) * x,
    }
    return np.stack([by_name[name] for name in names])[shape, np.arange(size)]


def _gusts(assumed: dict[str, Any], rng: np.random.Generator, size: int, looks: int) -> Shares:
    """Growth comes in gusts, now and then a strong one: Student's t with four degrees of freedom."""
    return np.exp(np.cumsum(rng.standard_t(4, (size, looks)) * assumed["gust"], axis=1))


def crossed_at(counts: Numbers, moments: Numbers, tiers: Numbers, known: Flags) -> Numbers:
    """When each person first reached the tier above the one of its first count; 0 where it never did."""
    start = np.argmax(known, axis=1)
    goal = np.append(tiers, np.iinfo(np.int64).max)[
        np.searchsorted(tiers, counts[np.arange(len(counts)), start], side="right")
    ]
    reached = known & (counts >= goal[:, None])
    return np.where(reached.any(axis=1), moments[np.argmax(reached, axis=1)], 0)
