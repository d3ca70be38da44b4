"""The community as it stands before anything has happened."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.simulate.people import People
from groundswell.simulate.plan import Numbers, Plan, scattered
from groundswell.simulate.ties import Fans
from groundswell.simulate.words import Words

pc: Any = _compute  # its functions are made at run time, no type checker knows them

_FIRST_ACCOUNT = 10_000_000_000


@dataclass(frozen=True)
class World:
    """The whole community: what is assumed, who is in it, what can be said. Shared by all blocks, changed by none."""

    plan: Plan
    people: People
    fans: Fans
    words: Words
    handles: pa.Array

    @classmethod
    def made(cls, people: int, seed: int, posts_per_person: float | None) -> World:
        """Draw who is there; nothing has happened yet."""
        plan = Plan.read(people, seed, posts_per_person)
        drawn = People.drawn(plan)
        return cls(plan, drawn, Fans.of(plan, drawn), Words.of(plan), _handles(plan, drawn))

    def account_ids(self, who: Numbers) -> pa.Array:
        """Native ids: an odd multiplier shuffles the index without collisions."""
        return pa.array(who * 2_654_435_761 % 2**32 + _FIRST_ACCOUNT).cast(pa.string())

    def platform(self, who: Numbers) -> pa.Array:
        """Names of the platforms of people."""
        return pa.array(self.plan.platforms).take(pa.array(self.people.platform[who]))


def _handles(plan: Plan, people: People) -> pa.Array:
    names, brands = plan.assumed["names"], plan.assumed["brand"]
    number, chance = np.arange(plan.people), scattered(plan.seed, np.arange(plan.people))
    index = (chance * len(names["adjectives"]) * len(names["nouns"])).astype(np.int64)
    words = pa.array([f"{adjective}_{noun}" for adjective, noun in product(names["adjectives"], names["nouns"])])
    bot = pc.binary_join_element_wise("user", pa.array((chance * 1e9).astype(np.int64)).cast(pa.string()), "")
    first = pc.if_else(pa.array(people.kind == plan.kind("bot")), bot, words.take(pa.array(index)))
    handles = pc.binary_join_element_wise(first, "_sim", pa.array(number).cast(pa.string()), "")
    return pa.concat_arrays([pa.array([brand["handle"] for brand in brands]), handles[len(brands) :]])
