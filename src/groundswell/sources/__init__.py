"""Where facts come from. A source yields pages of records and knows no database.

One module per platform, plus `files` for the files people already have. No source imports another.

    declaring   how a live source is declared: what it needs and gives, its pace and terms, its streams
    client      the one client that asks: slowly, truthfully, never where it should not
    bounded     its connections, each answer with a moment by which it has to be there
    streaming   the one connection that stays open, for live streams, as careful as the client
    addresses   which addresses may be asked at all
    networks    every live source by its name

A source hands over `Page`s: some rows became records, some were empty, some were set aside with a reason, and

    rows = read + empty + set aside

holds for every page and is checked by the import.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import pyarrow as pa


@dataclass(frozen=True)
class SetAside:
    """A row that could not be used: where it stood and why. Nothing is lost: `text` holds its first 500 characters."""

    line: int
    """1-based line in the file (table) or position in the list (JSON); 0 when the whole file is meant."""
    reason: str
    text: str = ""
    member: str = ""
    """Which file of an archive; empty for a plain file."""


GONE = pa.schema([("kind", pa.string()), ("id", pa.string()), ("at", pa.timestamp("us", "UTC")), ("why", pa.string())])
"""`kind`: account, post or act. An act is named by the address under which the network kept it."""
ADDRESSES = pa.schema(
    [
        ("address", pa.string()),
        ("record", pa.string()),
        ("verb", pa.string()),
        ("who", pa.string()),
        ("what", pa.string()),
    ]
)
"""An act under its address: a follow (who follows whom) or an interaction (who did it to which post)."""


@dataclass
class Page:
    """What one batch of a source's rows became. Memory is bounded by the page, not by the file."""

    rows: int
    """Rows looked at in this page, header not counted."""
    empty: int = 0
    set_aside: list[SetAside] = field(default_factory=lambda: [])
    records: dict[str, pa.Table] = field(default_factory=lambda: {})
    """Record name -> table with columns of that record's schema (any subset that holds the required ones), plus
    `line` (int64) and, where the row carries its own collection time, `observed_at` (timestamp us UTC, nullable). An account without
    one may carry `seen_with`, the date of the post beside which it stood."""
    member: str = ""
    turn: int = 0
    """Which sheet of its workbook, from 0: of what two sheets note about one person, the later one counts."""
    bytes_done: int = 0
    """How far into the source this page reaches, for progress."""
    gone: pa.Table | None = None
    """What a network says is no more (schema `GONE`): it has to leave the store."""
    addresses: pa.Table | None = None
    """Under which address the network keeps an act (schema `ADDRESSES`): a delete names only that."""
    unmapped: dict[str, int] = field(default_factory=lambda: {})
    """Fields of the source that nothing here reads, with how often they came."""

    @property
    def read(self) -> int:
        """Rows that became records."""
        return self.rows - self.empty - len(self.set_aside)


class Reading(Protocol):
    """An opened source: says what it is before it is read, then yields its pages."""

    layout: str
    """Id of the layout or connector that reads it."""
    says: str
    """One sentence for the user: what this was recognised as."""
    bytes_total: int
    assumed_observed_at: datetime
    """Collection time for rows that carry none of their own (the file's time, or what the user said)."""
    observed_at_given: bool
    """Whether `assumed_observed_at` was said by the user (True) or assumed from the file (False)."""
    notes: list[str]
    """Remarks for the user that grow while reading, e.g. "212 ids were damaged by a spreadsheet; linked by handle"."""

    @property
    def open_dates(self) -> dict[str, int]:
        """Column -> how many of its dates could be read two ways (03/04/2025), and so are unknown."""
        ...

    def pages(self) -> Iterator[Page]:
        """Yield the source's rows, page by page, in order."""
        ...
