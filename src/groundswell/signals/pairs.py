"""Pairs of people: who follows whom, and who did anything to what somebody else posted, each pair once, by number.

Several grains count people and not acts. They share one reading: everybody gets a number, the long tables come out of the engine
as numbers, two of which are packed into one (whose it is in the upper half, who did it in the lower): sorting brings equal pairs together.
Likes and saves are most of all acts, and ten of them may be one pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.graph import distinct, numbered
from groundswell.signals.arrays import Asked

HALF = 32
"""Bits of one of the two numbers of a pair."""

FOLLOWED = "SELECT followed AS one, follower AS other FROM follows WHERE follower <> followed"
ACTED = "SELECT account AS one, actor AS other FROM interactions WHERE account IS NOT NULL AND actor <> account"
EVERYBODY = """
    CREATE OR REPLACE TEMP TABLE everybody AS
    SELECT account, (row_number() OVER (ORDER BY account) - 1)::INTEGER AS person FROM (
        SELECT account FROM accounts UNION ALL
        SELECT DISTINCT account FROM (
            SELECT actor AS account FROM interactions UNION ALL SELECT account FROM interactions WHERE account IS NOT NULL
            UNION ALL SELECT follower FROM follows UNION ALL SELECT followed FROM follows
        ) ANTI JOIN accounts USING (account))
"""
IN_NUMBERS = """
    SELECT a.person AS one, b.person AS other, p.* EXCLUDE (one, other) FROM ({rows}) AS p
    JOIN everybody AS a ON a.account = p.one JOIN everybody AS b ON b.account = p.other
"""


@dataclass(frozen=True)
class Pairs:
    """Pairs of an account and another, each once; both by number."""

    names: pa.Array
    """Ids by number."""
    account: NDArray[np.int64]
    other: NDArray[np.int64]
    acts: NDArray[np.int64]
    """How many rows speak of each account, by number."""

    @cached_property
    def others(self) -> NDArray[np.int64]:
        """How many others each account has, by number."""
        return np.bincount(self.account, minlength=len(self.names))


def everybody(asked: Asked) -> pa.Array:
    """Everybody who is named anywhere, in the order of their names; the table `everybody` gives the number of each."""

    def read() -> pa.Array:
        asked.engine.execute(EVERYBODY)
        return in_one(asked.engine.table("SELECT account FROM everybody ORDER BY person").column(0))

    return asked.once("everybody", read)


def followers(asked: Asked) -> Pairs:
    """Accounts asked for and who follows them."""
    return asked.once("followers", lambda: _pairs(asked, FOLLOWED, "followed"))


def actors(asked: Asked) -> Pairs:
    """Accounts asked for and who acted on their posts or named them."""
    return asked.once("actors", lambda: _pairs(asked, ACTED, "account"))


def _pairs(asked: Asked, rows: str, column: str) -> Pairs:
    rows = f"{rows} AND {asked.where(column)}"
    if asked.only:
        names, ((account, other),) = by_number(asked, rows, few=True)
        parts = [(account << HALF) | other]
    else:
        names = everybody(asked)
        packed = f"SELECT (one::BIGINT << {HALF}) | other AS pair FROM ({IN_NUMBERS.format(rows=rows)})"
        parts = [chunk.to_numpy() for chunk in asked.engine.table(packed).column("pair").chunks]
    # What is equal mostly lies close together, so that a part shrinks to few pairs before all of them are put in order.
    pairs = distinct(np.concatenate([np.empty(0, np.int64), *map(distinct, parts)]))
    acts = sum((np.bincount(part >> HALF, minlength=len(names)) for part in parts), np.zeros(len(names), np.int64))
    return Pairs(names, pairs >> HALF, pairs & ((1 << HALF) - 1), acts)


def by_number(asked: Asked, *queries: str, few: bool) -> tuple[pa.Array, list[list[NDArray[Any]]]]:
    """Ids by number, and the columns of each query, of which `one` and `other` come first and are ids, as numbers.

    The engine numbers everybody, on all processors, so that names are never held. To number `few` that way would read everything:
    they are numbered among themselves.
    """
    if few:
        tables = [asked.engine.table(sql) for sql in queries]
        names, ids = numbered([table.column(name) for table in tables for name in ("one", "other")])
        rest = [[column.to_numpy() for column in table.columns[2:]] for table in tables]
        return names, [[*ids[2 * turn : 2 * turn + 2], *columns] for turn, columns in enumerate(rest)]
    names = everybody(asked)
    found = [asked.engine.table(IN_NUMBERS.format(rows=sql)) for sql in queries]
    return names, [[_plain(column.to_numpy()) for column in table.columns] for table in found]


def _plain(numbers: NDArray[Any]) -> NDArray[Any]:
    return numbers.astype(np.int64) if numbers.dtype == np.int32 else numbers


__all__ = ["Pairs", "actors", "by_number", "everybody", "followers"]
