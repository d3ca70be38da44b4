"""People at the rim of a network, who speak to one person only and hear nobody else: much of what they are worth is known.

Somebody at the rim is in a set when they are its root, or when their one person is in it and lets the edge pass. So

    chance(in a set) = share + chance * (chance(their person in a set) - share * chance(their person passes on to them)),

where `share` is how often they are a root: as their person is in far more sets, this is far nearer than counting. Those at the
rim of one person with equal chances, price, and benefit are *twins*: to exchange them changes nothing in the problem, so that
what a sample says of one may be averaged over all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundswell.graph.cover import Floats
from groundswell.graph.edges import Network
from groundswell.graph.ties import Flags, Numbers


@dataclass(frozen=True)
class Rim:
    """Of each candidate: the one they speak to (else themselves), whether at the rim, and with which chances there and back."""

    people: Numbers
    share: Floats
    to: Numbers
    outer: Flags
    there: Floats
    back: Floats
    twin: Numbers

    @classmethod
    def of(cls, network: Network, people: Numbers, prices: Floats, share: Floats) -> Rim:
        """Find them among these candidates, who are roots as often as `share` says."""
        to, there, heard, back = _neighbours(network)
        outer = (to != np.arange(network.size)) & (heard == to)
        to, outer, there, back = to[people], outer[people], there[people], back[people]
        twin = np.arange(len(people))
        at = np.flatnonzero(outer)
        if len(at):
            alike = np.stack([to[at], there[at], back[at], prices[at], share[at]], axis=1)
            _, first, which = np.unique(alike, axis=0, return_index=True, return_inverse=True)
            twin[at] = at[first[which.reshape(-1)]]
        return cls(people, share, to, outer, there, back, twin)

    def known(self, chance: Floats) -> Floats:
        """Chances that each candidate is in a set, made of those counted of everybody in the network."""
        inner = self.share + self.there * (chance[self.to] - self.share * self.back)
        return np.where(self.outer, inner, chance[self.people])

    def even(self, values: Floats, apart: Flags | None = None) -> Floats:
        """Values of candidates, averaged over twins (`apart`: over those twins for whom this is the same)."""
        key = self.twin if apart is None else 2 * self.twin + apart
        counted, summed = np.bincount(key), np.bincount(key, weights=values)
        return summed[key] / counted[key]


def _neighbours(network: Network) -> tuple[Numbers, Floats, Numbers, Floats]:
    """Of each person: the only one they speak to (else themselves) and its chance; the only one they hear (-1: several) and its chance.

    Who hears nobody is said to hear the one they speak to, with chance 0.
    """
    size = network.size
    degree = np.diff(network.first)
    pointed = np.repeat(np.arange(size), degree)
    if len(network.chance):
        chance = network.chance
    else:
        rate = network.rate[pointed]
        chance = np.where(rate == 0, 1.0, -np.expm1(1.0 / np.where(rate == 0, 1.0, rate)))
    to, there = np.arange(size), np.zeros(size)
    single = (np.bincount(network.source, minlength=size) == 1)[network.source]
    to[network.source[single]], there[network.source[single]] = pointed[single], chance[single]
    heard, back = np.where(degree == 0, to, -1), np.zeros(size)
    only = np.flatnonzero(degree == 1)
    heard[only], back[only] = network.source[network.first[only]], chance[network.first[only]]
    return to, there, heard, back
