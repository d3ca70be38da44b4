"""The list of people: search, filter, sort and page over whole columns, so that 200,000 people are no slower to look through than 200.

Rows become objects only for the page that is shown. Who is unknown in the column one sorts by comes last, and is counted.

Unless somebody asks for plainly the highest or lowest, people stand by the end of the interval that is sure: 12 % between 11 and 13
goes before 110 % between 4 and 300, which three posts may make; and who has a value without an interval comes after all who have one.
Else the list would begin with those of whom least is known. For the same reason those who are level there, or unknown, stand by how many
numbers about them are known at all; and unless one is asked for, the list goes by a number that is known of many.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.definitions import TierSet, tiers_of
from groundswell.errors import UnknownNameError, UsageError
from groundswell.signals import SIGNALS, SignalTable, Value

pc: Any = _compute  # its functions are made at run time, no type checker knows them

RATES = ("like_rate", "posts_per_week", "topic_focus")
"""By what the list goes when nobody says; not by size, since this is no leaderboard of followers."""
SHOWN = ("followers", *RATES)
MANY = 0.5
"""A rate is known of many when it is of half as many as any other of RATES (design choice)."""
PAGE_SIZE = 50
KEPT_ORDERS = 48
"""Orders kept: two of every signal, at four bytes a person (design choice)."""
KEPT_WORDS = 32
"""Words whose finders are kept, at a byte a person: pages of one search follow one another (design choice)."""
NO_TIER, UNNAMED = "none", "unnamed"
By = Literal["low", "high", "value"]
"""An end of the interval, or the value itself."""


@dataclass(frozen=True)
class PeopleAsked:
    """What somebody looks for in the list."""

    q: str = ""
    """Words to find in handle, name, bio or id."""
    platform: str = ""
    tier: str = ""
    """A tier of the tier set, `unnamed` for sizes it has no name for, or `none` where followers are unknown."""
    sort: str = ""
    """A signal; empty for the first of RATES that is known of many."""
    order: Literal["best", "high", "low"] = "best"
    """`best` follows the signal, lowest first where lower is better, by the end of the interval that is sure; the others by the value."""
    known: Literal["", "yes", "no"] = ""
    """Only people for whom the signal one sorts by is known, or is not."""
    page: int = 1


@dataclass(frozen=True)
class PersonRow:
    """One line of the list."""

    account: str
    platform: str
    handle: str | None
    name: str | None
    bio: str | None
    tier: str | None
    """Null where the tier set is silent or followers are unknown."""
    values: dict[str, Value]


@dataclass(frozen=True)
class PeoplePage:
    """A page of the list, with what the whole list holds."""

    asked: PeopleAsked
    population: int
    matching: int
    known: int
    """Of those matching, people for whom the signal sorted by is known; the others come last."""
    sort: str
    sort_title: str
    by: By
    """What the order goes by; `value` too where every value is exact, as counts are."""
    page: int
    pages: int
    rows: tuple[PersonRow, ...]
    platforms: tuple[tuple[str, int], ...]
    tiers: tuple[tuple[str, int], ...]
    tier_set: str
    unnamed: tuple[tuple[float, float | None], ...]
    """(from, below) of the sizes that the tier set has no name for."""
    columns: tuple[str, ...]
    """Signals shown, in order."""


class Crowd:
    """Everybody, as columns that were made once for the present facts."""

    def __init__(self, table: SignalTable, tier_set: TierSet) -> None:
        self.rows, self.tier_set = table.rows, tier_set
        self._columns: dict[tuple[str, By], NDArray[np.float64]] = {}
        self._orders: OrderedDict[tuple[str, bool, By], NDArray[np.int32]] = OrderedDict()
        self._found: OrderedDict[str, NDArray[np.bool_]] = OrderedDict()
        self.tier, reason = (one.combine_chunks() for one in tiers_of(tier_set, self._numbers("followers")).columns)
        self._size = pc.coalesce(self.tier, pc.if_else(pc.equal(reason, "not_observed"), NO_TIER, UNNAMED))
        self.platforms = _counted(self.rows.column("platform"))
        self.tiers = _counted(self._size)
        self._words: Any = None

    def page(self, asked: PeopleAsked) -> PeoplePage:
        """Answer with one page of the list; a page beyond the last is the last."""
        asked = asked if asked.sort else replace(asked, sort=self.usual)
        if asked.sort not in SIGNALS:
            raise UnknownNameError("signal", asked.sort, SIGNALS)
        if asked.page < 1:
            raise UsageError(f"There is no page {asked.page}.", next_step="Pages begin at 1.")
        kept = self._kept(asked)
        known = ~np.isnan(self._numbers(asked.sort))
        lowest_first, by = _lowest_first(asked), self._by(asked)
        order = self._order(asked.sort, lowest_first, by)
        found = order if kept is None else order[kept[order]]
        pages = max(1, -(-len(found) // PAGE_SIZE))
        page = min(asked.page, pages)
        here = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        columns = SHOWN if asked.sort in SHOWN else (*SHOWN, asked.sort)
        return PeoplePage(
            asked=asked, population=self.rows.num_rows, matching=len(found),
            known=int(np.count_nonzero(known if kept is None else kept & known)),
            sort=asked.sort, sort_title=SIGNALS[asked.sort].title, by=by, page=page, pages=pages,
            rows=self._shown(here, columns), platforms=self.platforms, tiers=self.tiers, tier_set=self.tier_set.name,
            unnamed=self.tier_set.unnamed, columns=columns,
        )  # fmt: skip

    @cached_property
    def usual(self) -> str:
        """The first of RATES that is known of many."""
        known = {name: int(np.count_nonzero(~np.isnan(self._numbers(name)))) for name in RATES}
        return next(name for name in RATES if known[name] >= MANY * max(known.values()))

    @cached_property
    def _told(self) -> NDArray[np.int16]:
        """How many signals are known of each."""
        told = np.zeros(self.rows.num_rows, np.int16)
        for name in SIGNALS:
            told += _true(pc.is_valid(pc.struct_field(in_one(self.rows.column(name)), "value")))
        return told

    def _kept(self, asked: PeopleAsked) -> NDArray[np.bool_] | None:
        """Who is among those asked for; None for everybody."""
        masks = [*self._saying(asked.q), *self._of_kind(asked)]
        if asked.known:
            unknown = np.isnan(self._numbers(asked.sort))
            masks.append(~unknown if asked.known == "yes" else unknown)
        return np.logical_and.reduce(masks) if masks else None

    def _saying(self, q: str) -> Iterator[NDArray[np.bool_]]:
        for word in q.lower().split():
            mask = self._found.get(word)
            if mask is None:
                mask = self._found[word] = _true(pc.match_substring(self._haystack(), word.removeprefix("@")))
                _forget(self._found, KEPT_WORDS)
            yield mask

    def _of_kind(self, asked: PeopleAsked) -> Iterator[NDArray[np.bool_]]:
        if asked.platform:
            yield _true(pc.equal(self.rows.column("platform"), asked.platform))
        if asked.tier:
            yield _true(pc.equal(self._size, asked.tier))

    def _haystack(self) -> Any:
        if self._words is None:
            parts = [pc.fill_null(self.rows.column(name), "") for name in ("handle", "name", "bio", "account")]
            self._words = pc.utf8_lower(pc.binary_join_element_wise(*parts, "\n"))
        return self._words

    def _numbers(self, signal: str, part: By = "value") -> NDArray[np.float64]:
        """A signal's values, or an end of their intervals; NaN where unknown."""
        key = (signal, part)
        if key not in self._columns:
            values = pc.struct_field(in_one(self.rows.column(signal)), part)
            self._columns[key] = values.to_numpy(zero_copy_only=False)
        return self._columns[key]

    def _by(self, asked: PeopleAsked) -> By:
        """The end of the interval that is sure, where the best are asked for and anybody has one."""
        if asked.order != "best":
            return "value"
        sure: By = "high" if _lowest_first(asked) else "low"
        ends = self._numbers(asked.sort, sure)
        return sure if np.any((ends != self._numbers(asked.sort)) & ~np.isnan(ends)) else "value"

    def _order(self, signal: str, lowest_first: bool, by: By) -> NDArray[np.int32]:
        """Row numbers in order; ties by value, by what else is known, then by id, since the table is sorted by it; unknown last."""
        key = (signal, lowest_first, by)
        order = self._orders.get(key)
        if order is None:
            parts = [
                self._numbers(signal, part) for part in dict.fromkeys(("value", by))
            ]  # what counts most comes last
            ways = [part if lowest_first else -part for part in parts]
            order = np.lexsort([-self._told, *ways]).astype(np.int32)
            self._orders[key] = order
            _forget(self._orders, KEPT_ORDERS)
        return order

    def _shown(self, here: NDArray[np.int32], columns: tuple[str, ...]) -> tuple[PersonRow, ...]:
        wanted = ["account", "platform", "handle", "name", "bio", *columns]
        index = pa.array(here)
        tiers = self.tier.take(index).to_pylist()
        found: list[dict[str, Any]] = self.rows.select(wanted).take(index).to_pylist()
        return tuple(
            PersonRow(
                row["account"], row["platform"], row["handle"], row["name"], row["bio"], tier,
                {name: Value(signal=name, **row[name]) for name in columns},
            )
            for row, tier in zip(found, tiers, strict=True)
        )  # fmt: skip


def _lowest_first(asked: PeopleAsked) -> bool:
    return SIGNALS[asked.sort].better == "lower" if asked.order == "best" else asked.order == "low"


def _forget(kept: OrderedDict[Any, Any], most: int) -> None:
    """Let go of the oldest; several threads may do so at once."""
    while len(kept) > most:
        with suppress(KeyError):
            kept.popitem(last=False)


def _true(mask: Any) -> NDArray[np.bool_]:
    """A mask as numpy; null is no."""
    return np.asarray(pc.fill_null(mask, False), bool)


def _counted(column: Any) -> tuple[tuple[str, int], ...]:
    """Values with how many rows have them, commonest first."""
    found = [(one["values"], one["counts"]) for one in pc.value_counts(column).to_pylist()]
    return tuple(sorted(found, key=lambda one: (-one[1], str(one[0]))))
