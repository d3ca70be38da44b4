"""What is assumed, read once from simulate.toml, and the generators that chance is drawn from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Shares = NDArray[np.float64]
Flags = NDArray[np.bool_]

BLOCK = 1_000
"""People per unit of chance; changing it changes every file."""
HOUR = 3_600
DAY = 24 * HOUR
_DRAWS = {
    "people": 1,
    "ties": 2,
    "posts": 3,
    "acts": 4,
    "texts": 5,
    "profiles": 6,
    "listed": 7,
    "follows": 8,
    "growth": 9,
    "then": 10,
    "sheet": 11,
}


@dataclass(frozen=True)
class Plan:
    """The declared assumptions, with the lists and matrices that are read out of them."""

    assumed: dict[str, Any]
    people: int
    seed: int
    own_posts: float
    """Mean number of own posts a person."""

    @classmethod
    def read(cls, people: int, seed: int, posts_per_person: float | None) -> Plan:
        """Read simulate.toml, which ships beside this file."""
        assumed = tomllib.loads(resources.files("groundswell.simulate").joinpath("simulate.toml").read_text("utf-8"))
        rows = float(assumed["posts_per_person"]) if posts_per_person is None else posts_per_person
        return cls(assumed, people, seed, rows * float(assumed["own_rows_share"]))

    def trait(self, name: str) -> Shares:
        """One trait of all archetypes: (archetypes,) or (archetypes, 2 or 3)."""
        return np.array([kind[name] for kind in self.assumed["archetype"]], dtype=np.float64)

    def chance(self, draw: str, block: int) -> np.random.Generator:
        """The generator of one draw in one block, independent of every other."""
        key = np.array([self.seed % 2**64, _DRAWS[draw] << 40 | block], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=key))

    @property
    def blocks(self) -> int:
        """How many blocks of chance the community has."""
        return -(-self.people // BLOCK)

    def ids(self, block: int) -> Numbers:
        """Index of the people of a block within the community."""
        return np.arange(block * BLOCK, min((block + 1) * BLOCK, self.people))

    @cached_property
    def kinds(self) -> list[str]:
        """Names of the archetypes."""
        return [kind["name"] for kind in self.assumed["archetype"]]

    @cached_property
    def topics(self) -> list[str]:
        """Names of the topics."""
        return [topic["name"] for topic in self.assumed["topic"]]

    @cached_property
    def languages(self) -> list[str]:
        """Codes of the languages, ISO 639-1."""
        return list(self.assumed["language"])

    @cached_property
    def platforms(self) -> list[str]:
        """Names of the platforms, the main one first."""
        return list(self.assumed["platforms"])

    @cached_property
    def countries(self) -> list[str]:
        """Codes of the countries, ISO 3166 alpha-2."""
        return list(self.assumed["cities"])

    @cached_property
    def brand_names(self) -> list[str]:
        """Names of the brands; the first people of the community are their accounts."""
        return [brand["name"] for brand in self.assumed["brand"]]

    @cached_property
    def brand_of(self) -> Shares:
        """(topics, brands): chance that a post on the topic which names a brand names this one."""
        sells = np.array([[topic in brand["topics"] for brand in self.assumed["brand"]] for topic in self.topics])
        return sells / sells.sum(axis=1, keepdims=True)

    @cached_property
    def end(self) -> int:
        """The declared end, seconds since 1970."""
        return int(self.assumed["end"].timestamp())

    def kind(self, name: str) -> int:
        """Number of the archetype called `name`."""
        return self.kinds.index(name)


def choose(shares: Shares, chance: Shares) -> Numbers:
    """Index drawn with the given shares, one for each chance in [0, 1)."""
    upto = np.cumsum(shares) / np.sum(shares)
    return np.minimum(np.searchsorted(upto, chance, side="right"), len(upto) - 1).astype(np.int64)


def scattered(seed: int, *numbers: Numbers) -> Shares:
    """A uniform number in [0, 1) that only the seed and the numbers decide: the finaliser of SplitMix64 (Steele et al. 2014)."""
    state = np.full(numbers[0].shape, seed % 2**64, dtype=np.uint64)
    for number in numbers:
        state = (state ^ number.astype(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state = state ^ (state >> np.uint64(31))
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-53
