"""Who knows whom: circles of friends within a block, fans across the community."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundswell.simulate.people import People
from groundswell.simulate.plan import Numbers, Plan, Shares, scattered


@dataclass(frozen=True)
class Fans:
    """Followers within the community: the j-th fan of a person is a hash, kept nowhere."""

    seed: int
    listed: Numbers
    """How many fans of each person the files list."""
    pool: Numbers
    """People ordered by platform and main topic, then by platform, then the bots by platform."""
    first: Numbers
    """(3, people): where the fans of a person begin in the pool: same topic, same platform, bots."""
    count: Numbers
    bought: Shares
    of_topic: float

    @classmethod
    def of(cls, plan: Plan, people: People) -> Fans:
        """Order the community so that a fan is found by a number."""
        key = people.platform * len(plan.topics) + people.topics[:, 0]
        everybody, bots = np.arange(plan.people), np.flatnonzero(people.kind == plan.kind("bot"))
        groups = [(key, everybody), (people.platform, everybody), (people.platform, bots)]
        pool, first, count = [], [], []
        for group, members in groups:
            ordered = members[np.argsort(group[members], kind="stable")]
            begin = np.searchsorted(group[ordered], group, side="left")
            first.append(begin + sum(len(part) for part in pool))
            count.append(np.searchsorted(group[ordered], group, side="right") - begin)
            pool.append(ordered)
        weight = people.genuine**0.6  # choice: the community holds a smaller part of a large account's followers
        wanted = plan.assumed["listed"]["fans_per_person"] * plan.people * weight / weight.sum()
        listed = np.clip(wanted.astype(np.int64), 1, np.minimum(people.followers, np.maximum(count[1] // 3, 1)))
        topical = plan.assumed["listed"]["fans_of_topic"]
        return cls(plan.seed, listed, np.concatenate(pool), np.array(first), np.array(count), people.bought, topical)

    def nth(self, who: Numbers, number: Numbers) -> Numbers:
        """The fan of that number (0-based) of each person."""
        nature, place = scattered(self.seed, who, number), scattered(self.seed + 1, who, number)
        group = np.where(nature < self.bought[who], 2, np.where(nature > 1 - self.of_topic, 0, 1))
        group = np.where(self.count[group, who] < 3, 1, group)  # too few of them on this platform
        return self.pool[self.first[group, who] + (place * self.count[group, who]).astype(np.int64)]

    def any(self, rng: np.random.Generator, who: Numbers) -> Numbers:
        """One of the fans of each person, at random."""
        return self.nth(who, (rng.random(len(who)) * self.listed[who]).astype(np.int64))


@dataclass(frozen=True)
class Circles:
    """Ties between friends within one block: follows in both directions."""

    start: int
    """Index of the block's first person."""
    one: Numbers
    other: Numbers
    """Both directions of each tie, sorted by `one`."""
    first: Numbers
    degree: Numbers

    @classmethod
    def of(cls, plan: Plan, people: People, block: int) -> Circles:
        """Draw the ties of a block: two of one circle are friends as likely as both are friendly."""
        ids, rng = plan.ids(block), plan.chance("ties", block)
        circle, friendly = people.circle[ids], people.friendly[ids]
        pairs: list[tuple[Numbers, Numbers]] = []
        for apart in range(1, plan.assumed["circles"]["largest"]):
            chance = rng.random(len(ids) - apart)
            tied = (circle[apart:] == circle[:-apart]) & (chance < np.sqrt(friendly[apart:] * friendly[:-apart]))
            pairs.append((np.flatnonzero(tied), np.flatnonzero(tied) + apart))
        lower, upper = (np.concatenate(side) for side in zip(*pairs, strict=True))
        one, other = np.concatenate([lower, upper]), np.concatenate([upper, lower])
        order = np.lexsort((other, one))
        degree = np.bincount(one, minlength=len(ids))
        return cls(int(ids[0]), one[order] + ids[0], other[order] + ids[0], np.cumsum(degree) - degree, degree)

    def any(self, rng: np.random.Generator, who: Numbers) -> Numbers:
        """A friend of each person, some far more often than others; -1 where there is none."""
        local, chance = who - self.start, rng.random(len(who)) ** 2
        place = self.first[local] + (chance * self.degree[local]).astype(np.int64)
        if not len(self.other):
            return np.full(len(who), -1)
        return np.where(self.degree[local] > 0, self.other[np.minimum(place, len(self.other) - 1)], -1)
