"""Pairs of people: who follows whom, and who did anything to what somebody else posted, each pair once, by number.

Several grains count people and not acts. They share one reading: everybody gets a number, the long tables come out of the engine
as one number a row (whose it is in the upper half, who did it in the lower), and sorting those brings equal pairs together.
Likes and saves are most of all acts, and ten of them may be one pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundswell.graph import numbered
from groundswell.signals.arrays import Asked

HALF = 32
"""Bits of one of the two numbers of a pair."""

FOLLOWED = "SELECT followed AS account, follower AS other FROM follows WHERE follower <> followed"
ACTED = "SELECT account, actor AS other FROM interactions WHERE account IS NOT NULL AND actor <> account"
EVERYBODY = """
    CREATE OR REPLACE TEMP TABLE everybody AS
    SELECT account, (row_number() OVER (ORDER BY account) - 1)::INTEGER AS person FROM (
        SELECT account FROM accounts UNION ALL
        SELECT DISTINCT account FROM (
            SELECT actor AS account FROM interactions UNION ALL SELECT account FROM interactions WHERE account IS NOT NULL
            UNION ALL SELECT follower FROM follows UNION ALL SELECT followed FROM follows
        ) ANTI JOIN accounts USING (account))
"""


@dataclass(frozen=True)
class Pairs:
    """Pairs of an account and another, each once; both by number, `times` is how often."""

    names: pa.Array
    """Ids by number."""
    account: NDArray[np.int64]
    other: NDArray[np.int64]
    times: NDArray[np.int64]

    @cached_property
    def others(self) -> NDArray[np.int64]:
        """How many others each account has, by number."""
        return np.bincount(self.account, minlength=len(self.names))

    @cached_property
    def acts(self) -> NDArray[np.int64]:
        """How often they acted on each account, by number."""
        return np.bincount(self.account, self.times, len(self.names)).astype(np.int64)


def everybody(asked: Asked) -> pa.Array:
    """Everybody who is named anywhere, in the order of their names; the table `everybody` gives the number of each."""

    def read() -> pa.Array:
        asked.engine.execute(EVERYBODY)
        return asked.engine.table("SELECT account FROM everybody ORDER BY person").column(0).combine_chunks()

    return asked.once("everybody", read)


def followers(asked: Asked) -> Pairs:
    """Accounts asked for and who follows them."""
    return asked.once("followers", lambda: _pairs(asked, FOLLOWED, "followed"))


def actors(asked: Asked) -> Pairs:
    """Accounts asked for and who acted on their posts or named them."""
    return asked.once("actors", lambda: _pairs(asked, ACTED, "account"))


def _pairs(asked: Asked, rows: str, column: str) -> Pairs:
    names, pairs = (_few if asked.only else _all)(asked, f"{rows} AND {asked.where(column)}")
    pairs = np.sort(pairs)
    begins = np.flatnonzero(np.concatenate([np.ones(1, np.bool_), pairs[1:] != pairs[:-1]])[: len(pairs)])
    each = pairs[begins]
    times = np.diff(begins, append=len(pairs))
    return Pairs(names, each >> HALF, each & ((1 << HALF) - 1), times)


def _all(asked: Asked, rows: str) -> tuple[pa.Array, NDArray[np.int64]]:
    """Numbered by the engine, on all processors: names are never held."""
    names = everybody(asked)
    found = asked.engine.table(
        f"""SELECT (a.person::BIGINT << {HALF}) | o.person AS pair FROM ({rows}) AS p
            JOIN everybody AS a ON a.account = p.account JOIN everybody AS o ON o.account = p.other"""
    )
    return names, found.column("pair").to_numpy()


def _few(asked: Asked, rows: str) -> tuple[pa.Array, NDArray[np.int64]]:
    """Numbered among themselves: to number everybody would read everything."""
    found = asked.engine.table(rows)
    names, (account, other) = numbered([found.column("account"), found.column("other")])
    return names, (account << HALF) | other


__all__ = ["Pairs", "actors", "everybody", "followers"]
