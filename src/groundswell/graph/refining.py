"""A choice and a bound refined on streams of sets, for where a sample that fits into memory believes in luck.

Where the best buy is thousands of people each of whom reaches a little, a stored sample holds some fifty sets of each. The
luckiest look best, greedy chooses them, and the dual of `bounding` must believe in them: its slopes know the very sets that it
is summed over. Here slopes follow a rule that was learned elsewhere. Of *any* shares x of the candidates and any numbers y(R)
from 0 to 1 this is true, of every set R and every choice S:

    [S meets R]  <=  1 - y(R) + y(R) * |S and R|        (for S and R apart it is 1 - y >= 0, else at least 1)

Summed over a stream it bounds how many of its sets S meets by a constant and a sum over S, which a fractional knapsack bounds for
all S that the money pays. The best choice of the whole network is one fixed S, and meets a share of the stream whose mean is
what it is worth, so that Hoeffding's (1963, theorem 1) limit for a mean of independent numbers from 0 to 1 says how much it may
be worth at most (`largest_mean`): the sets need not be alike, so that their roots may be spread evenly. Nothing is assumed of x, not
even that it was learned on other sets; a poor x makes a loose bound, never a wrong one. What is left of luck is that the
knapsack is filled by sums that are known to a few percent, which shrinks as streams get longer, and streams take no memory.

y(R) falls in a line from 1 to 0 as the shares in R add up to 1 - WIDTH .. 1 + WIDTH. Were x the optimum of the concave problem
whose slope this is, the bound would lie at most WIDTH / 4 of the sets near the kink above the linear program's. x is learned
in passes, each on sets of its own: at first as if nobody overlapped, then by steps along the estimated slopes; the mean over the
later passes is used, or the shares of the stored sample's search where these bound better. On the same sets the choice is improved:
who adds least per cost makes room for who would add most, but of those who speak to one and the same person only one a pass,
because they overlap with one another. What somebody reaches alone is known from all passes together (and at the rim of the
network far better, see `pendants`); only what overlap takes away must be learned anew.

Twins, whom nothing in the problem tells apart, get equal shares, and the sums of a stream are averaged over them. That is as
sound: it is the average of the same bound over all ways to exchange them, and what a fixed choice meets, averaged in the same
way set by set, is again an independent number from 0 to 1 a set, with the same mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import NamedTuple

import numpy as np

from groundswell.graph.choosing import fractional, multipliers
from groundswell.graph.cover import Floats
from groundswell.graph.drawing import Sampler
from groundswell.graph.pendants import Rim
from groundswell.graph.terms import Terms
from groundswell.graph.ties import Flags, Numbers

PASSES = 13
"""Streams from which shares and choice are learned (design choice: on Epinions, later ones bring less than a thousandth)."""
KNOWING, SETTLING = 3, 7
"""Passes before the first step in the shares, and those whose shares do not count towards the mean (design choice)."""
WIDTH = 0.2
"""How far around 1 slopes fall (design choice: wider is easier to learn, and looser)."""
STEP = 0.8
"""How far a share moves when somebody is worth twice their cost (design choice: twice as far goes in circles)."""
SOFT = 10.0
"""The first learned shares rise from 0 to 1 as what somebody is worth alone rises by a tenth of what money buys last (design choice)."""
MEMORY = 0.5
"""What was lost to others in earlier passes counts so much against this one (design choice)."""
MOVED = 0.2
"""Of the money, what the first pass may spend on others, at most; later ones less (design choice)."""


class Refined(NamedTuple):
    """What streams say: whom to choose, and the shares from which slopes follow."""

    picks: Numbers
    shares: Floats


@dataclass
class _Learned:
    """What the passes know so far: the shares, who is chosen, how often everybody was seen, and what others take."""

    shares: Floats
    inside: Flags
    seen: Floats
    over: Floats


@dataclass(frozen=True)
class Streams:
    """Streams of so many sets for one question; each has a number of its own, from `number` on."""

    sampler: Sampler
    rim: Rim
    prices: Floats
    room: float
    terms: Terms
    sets: int
    number: int

    def refine(self, picks: Numbers, shares: Floats) -> Refined:
        """Learn shares and a choice from these, one pass after another."""
        people, rim = len(self.prices), self.rim
        inside = np.zeros(people, np.bool_)
        inside[picks] = True
        learned = _Learned(shares, inside, np.zeros(self.sampler.network.size), np.zeros(people))
        mean, looked, alone = np.zeros(people), [], np.zeros(people)
        for turn in range(PASSES):
            (constant, met), tally = self.probed(turn, learned)
            learned.seen += tally[:, 0]
            alone = rim.known(learned.seen / (self.sets * (turn + 1)))
            lost, over = rim.even(tally[rim.people, 1]), rim.even(tally[rim.people, 2], learned.inside)
            looked.append((constant, lost, met, learned.shares, learned.inside))
            learned.over = MEMORY * learned.over + (1 - MEMORY) * over if turn else over
            if turn == KNOWING - 1:
                learned.shares = within(SOFT * self.relative(alone), self.prices, self.room)
            elif turn >= KNOWING:
                learned.shares = within(learned.shares + STEP * self.relative(alone - lost), self.prices, self.room)
            if turn >= SETTLING:
                mean += learned.shares
            if turn == PASSES - 2:
                learned.shares = mean / (PASSES - 1 - SETTLING)
            money = MOVED / (1 + turn / 2) * self.room
            rate = (alone - learned.over) / self.prices
            learned.inside = exchanged(learned.inside, rate, self.prices, self.room, rim.to, money)
        ends = [(one[0] + self.most(alone - one[1]), one[3]) for one in (looked[0], looked[-1])]
        best = max(looked, key=lambda one: one[2])[4]
        return Refined(np.flatnonzero(best), min(ends, key=lambda one: one[0])[1])

    def bound(self, shares: Floats, sets: int) -> float:
        """The share of so many sets, drawn for this alone, that no choice meets more of."""
        given = (self.sampler.spread(self.rim.even(shares)), WIDTH)
        (constant,), tally = self.sampler.streamed("weigh", self.number + PASSES, sets, 1, given)
        one = self.sampler.one * sets
        return float(constant / one + self.most(self.rim.even(tally[self.rim.people, 0] / one)))

    def most(self, worth: Floats) -> float:
        """What a fractional choice that the money pays sums up to, at most."""
        return fractional(worth, self.terms, multipliers(worth, self.terms))

    def probed(self, turn: int, learned: _Learned) -> tuple[tuple[float, float], Floats]:
        """(constant, share met), and of each person the three counts of `probe`: the last two are shares of all sets."""
        sampler, one = self.sampler, self.sampler.one
        given = (sampler.spread(learned.shares), WIDTH, sampler.spread(learned.inside).astype(np.int8))
        (constant, met), tally = sampler.streamed("probe", self.number + turn, self.sets, 3, given)
        return (constant / one / self.sets, met / self.sets), tally / np.array([1, one * self.sets, self.sets])

    def relative(self, worth: Floats) -> Floats:
        """By which share of their cost somebody is worth more than the last that money buys, or less."""
        last = np.maximum(multipliers(worth, self.terms) @ self.terms.rows, 1e-300)
        return np.clip(worth / last - 1.0, -1.0, 1.0)


def within(aim: Floats, prices: Floats, room: float) -> Floats:
    """The shares nearest to these that lie in 0..1 and cost what there is, all moved by the same."""
    low, high = float(aim.min()) - 1.0, float(aim.max())
    for _ in range(50):
        middle = (low + high) / 2
        if float(prices @ np.clip(aim - middle, 0.0, 1.0)) > room:
            low = middle
        else:
            high = middle
    return np.clip(aim - high, 0.0, 1.0)


def exchanged(inside: Flags, rate: Floats, prices: Floats, room: float, group: Numbers, money: float) -> Flags:
    """Let who adds least per cost make room for who would add most, one of a group, and spend what is left."""
    out = _one_each(np.flatnonzero(inside), rate, group)
    into = _one_each(np.flatnonzero(~inside), -rate, group)
    inside = inside.copy()
    freed, needed = np.cumsum(prices[out]), np.cumsum(prices[into])
    if len(into):
        against = rate[into[np.minimum(np.searchsorted(needed, freed), len(into) - 1)]]
        inside[out[: int(np.logical_and.accumulate((against > rate[out]) & (freed <= money)).sum())]] = False
    left = room - float(prices[inside].sum())
    for who in into[rate[into] > 0].tolist():
        if prices[who] <= left:
            inside[who] = True
            left -= float(prices[who])
    return inside


def _one_each(people: Numbers, order: Floats, group: Numbers) -> Numbers:
    """The first of each group, in this order."""
    people = people[np.argsort(order[people], kind="stable")]
    return people[np.sort(np.unique(group[people], return_index=True)[1])]


def largest_mean(share: float, sets: int, each: float) -> float:
    """The largest mean that independent numbers from 0 to 1 may have whose average over so many is this share, but for this chance.

    Hoeffding (1963), theorem 1: an average of at most `a` has a chance of at most exp(-sets * kl(a, mean)); halved until exact.
    """
    share = min(share, 1.0)
    low, high = share, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if sets * _divergence(share, middle) > -log(each):
            high = middle
        else:
            low = middle
    return high


def _divergence(a: float, b: float) -> float:
    """Kullback-Leibler divergence of coins of these chances."""
    if (a > 0 and b <= 0) or (a < 1 and b >= 1):
        return np.inf
    return (a * log(a / b) if a > 0 else 0.0) + ((1 - a) * log((1 - a) / (1 - b)) if a < 1 else 0.0)
