"""From kept pages to rows: what every live source does the same way, so that a source says only what stands in its pages.

    class Reader(Gathering):
        fields = FIELDS                     record -> the fields of it that this source gives
        known = KNOWN                       kind of object -> fields that are read or left alone; others are counted
        items_of = ITEMS                    stream -> the items of one of its pages, each with what reads it

        def account(self, said): self.add("account", account=..., followers=...)

Every item of a page becomes rows, is empty, or is set aside with its reason; nothing that a network sends stops the rest. The same
pages always give the same rows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import pyarrow as pa

from groundswell.records import RECORDS
from groundswell.sources import ADDRESSES, GONE, Page, SetAside
from groundswell.sources.declaring import Kept
from groundswell.sources.values import ODD, json_of

Json = Any
LINES_A_PAGE = 1_000
"""Line 12,034 is item 34 of page 12; no page holds more than a few hundred."""
Taken = Iterator[tuple[Json, Callable[[Json], Any]]]


class Gathering:
    """Gathers rows from kept pages; see the module."""

    fields: ClassVar[Mapping[str, tuple[str, ...]]]
    known: ClassVar[Mapping[str, frozenset[str]]] = {}
    items_of: ClassVar[Mapping[str, Callable[[Any, str, Json], Taken]]]

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in self.fields}
        self.gone: list[tuple[str, str, datetime, str]] = []
        self.addresses: list[tuple[str, str, str | None, str, str]] = []
        self.unmapped: Counter[str] = Counter()
        self.aside: list[SetAside] = []
        self.items = self.empty = 0
        self.line = 0
        self.told: set[tuple[Any, ...]] = set()
        """What the page that is read said of accounts: an author stands beside each of a hundred posts."""
        self.at = self.kept_at = datetime.fromtimestamp(0, UTC)
        self.whole = False

    # -- pages -------------------------------------------------------------------------------------------------------------

    def page(self, kept: Kept) -> None:
        """Read one kept page. What cannot be read is set aside with its reason; nothing stops the rest."""
        self.at = self.kept_at = kept.fetched_at
        self.line, self.whole = kept.number * LINES_A_PAGE, kept.whole
        self.told.clear()
        if kept.status != 200:
            self.line += 1
            self.items += 1
            self.empty += not self.refused(kept)
            return
        try:
            said = self.understood(kept)
        except (ValueError, RecursionError) as error:
            self.set_aside(f"the page is no JSON ({error})"[:200], "", count=True)
            return
        try:
            for item, take in self.items_of[kept.stream](self, kept.subject, said):
                self._take(item, take)
        except ODD as error:
            self.set_aside(f"the page is not of the shape that was expected ({_of(error)})"[:200], said, count=True)

    def understood(self, kept: Kept) -> Json:
        """What the bytes of a page say; ValueError where they say nothing."""
        return json_of(kept.body)

    def refused(self, kept: Kept) -> bool:  # noqa: ARG002  the base knows of no refusal that says so
        """Read a page by which a network says that somebody or something is no more; whether it said so."""
        return False

    def _take(self, item: Json, take: Callable[[Json], Any]) -> None:
        """Read one item; rows of one that breaks off in the middle stay, for each of them was whole."""
        self.line += 1
        self.items += 1
        before = self._gathered()
        try:
            take(item)
        except ODD as error:
            self.set_aside(f"not of the shape that was expected ({_of(error)})"[:200], item)
        else:
            self.empty += self._gathered() == before

    def _gathered(self) -> int:
        return sum(map(len, self.rows.values())) + len(self.gone)

    def set_aside(self, reason: str, item: Json, *, count: bool = False) -> None:
        """Set the item that is read aside; `count` when it is none of those that were counted."""
        self.items += count
        self.line += count
        self.aside.append(SetAside(self.line, reason, json.dumps(item, ensure_ascii=True, default=str)[:500]))

    # -- rows --------------------------------------------------------------------------------------------------------------

    def add(self, record: str, **values: Any) -> None:
        """One row, as it was seen when the page came; what is not given is unknown."""
        assert values.keys() <= set(self.fields[record]), f"{record}: {values.keys() - set(self.fields[record])}"
        self.rows[record].append((*map(values.get, self.fields[record]), self.line, self.at))

    def add_once(self, record: str, **values: Any) -> None:
        """The same, unless this page said just that before."""
        key = (record, *((name, repr(value)) for name, value in values.items()))
        if key not in self.told:
            self.told.add(key)
            self.add(record, **values)

    def note_unmapped(self, kind: str, said: Json) -> None:
        """Count the fields of an object that nothing here reads, so that a changed network is noticed."""
        if strange := said.keys() - self.known[kind]:
            self.unmapped.update(f"{kind}.{name[:60]}" for name in strange)

    # -- the end -----------------------------------------------------------------------------------------------------------

    def found(self) -> Page:
        """Everything that was gathered, as one page."""
        records = {name: self._table(name, rows) for name, rows in self.rows.items() if rows}
        return Page(
            rows=self.items, empty=self.empty, set_aside=self.aside, records=records,
            gone=_columns(self.gone, GONE), addresses=_columns(self.addresses, ADDRESSES), unmapped=dict(self.unmapped),
        )  # fmt: skip

    def _table(self, name: str, rows: list[tuple[Any, ...]]) -> pa.Table:
        types = {field.name: field.type for field in RECORDS[name].fields}
        schema = pa.schema([
            *(pa.field(field, types[field]) for field in self.fields[name]),
            pa.field("line", pa.int64()), pa.field("observed_at", pa.timestamp("us", "UTC")),
        ])  # fmt: skip
        return _columns(rows, schema) or schema.empty_table()


def _columns(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table | None:
    if not rows:
        return None
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)],
        schema=schema,
    )


def _of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def reads(reader: Callable[[], Gathering]) -> Callable[[Sequence[Kept]], Page]:
    """Kept pages -> records, by a reader that is new each time (`Source.read`)."""

    def read(kept: Sequence[Kept]) -> Page:
        gathering = reader()
        for one in kept:
            gathering.page(one)
        return gathering.found()

    return read
