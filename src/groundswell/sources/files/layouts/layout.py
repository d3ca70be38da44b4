"""How a layout is declared: which field of which record comes from which header, through which reader.

    Layout(
        id="apify_instagram_post",
        title="Apify Instagram posts",
        says="Posts from the Instagram scraper on Apify: open the run, Export, JSON or CSV.",
        platform="instagram",
        required=("shortCode", "ownerUsername"),
        records=(
            Post(post=Id("id"), account=Who("ownerId", handle="ownerUsername"), likes=Count("likesCount"), created_at=Moment("timestamp")),
            Account(account=Who("ownerId", handle="ownerUsername"), handle=Handle("ownerUsername")),
        ),
    )

A layout is matched on the set of its headers, never on their order; headers are compared without case, spaces, underscores and
marks. The first record map is the primary one: a row that cannot give it is set aside with the reason. The others are given
where the row has them. Columns that no field claims go to `extra` of the first record that has one.

To add a layout, write such a declaration in a file of this folder, name it in `LAYOUTS`, and put a handmade file into
`tests/sources/files/examples/`: the laws then hold it to account.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.errors import UnknownNameError
from groundswell.records import ACCOUNT, CONTACT, CREATOR, EXTRA, FEE, FOLLOW, INTERACTION, POST, RECORDS, Field, Record
from groundswell.sources import SetAside
from groundswell.sources.files.layouts import identities
from groundswell.sources.files.layouts.cells import (
    PLATFORM_HEADERS,
    Cell,
    Given,
    Id,
    Moment,
    Sheet,
    Who,
    cell_for,
    normalised,
)
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.values import table_of, texts

pc: Any = _compute  # its functions are made at run time, no type checker knows them


@dataclass(frozen=True)
class RecordMap:
    """How one record is read from a row. `when`: only rows where this is true; `each`: one record for every item of a list."""

    record: Record
    cells: Mapping[str, Cell] = field(hash=False)
    when: Cell | None = None
    each: Cell | None = None
    part: str = ""
    """Which table of an unfolded document it is read from."""

    @property
    def headers(self) -> frozenset[str]:
        """Every header that some field claims."""
        cells = [*self.cells.values(), *(cell for cell in (self.when, self.each) if cell)]
        return frozenset(name for cell in cells for name in cell.headers)

    def columns(self, sheet: Sheet) -> dict[str, pa.Array]:
        """Read every field that the table or the user gives."""
        found: dict[str, pa.Array] = {}
        for declared in self.record.fields:
            cell = self.cells.get(declared.name)
            given = _given(declared, self.record, sheet)
            values = sheet.read(cell) if cell else None
            if values is not None and given is not None:
                values = pc.coalesce(values, given)
            values = given if values is None else values
            if values is None and declared.name == "platform":
                values = _platform(sheet)
            if values is not None and (declared.type != EXTRA or cell is not None):
                found[declared.name] = values if values.type == declared.type else pc.cast(values, declared.type)
        return self._with_hash(found, sheet)

    def _with_hash(self, found: dict[str, pa.Array], sheet: Sheet) -> dict[str, pa.Array]:
        if self.record is not POST or "account" not in found:
            return found
        known = found.get("post")
        if known is not None and known.null_count == 0:
            return found
        without = pa.nulls(len(sheet), pa.string())
        parts = [found["account"], found.get("created_at", without), found.get("text", without)]
        made = identities.provisional_posts(sheet.platform, *parts, known=known)
        return found | {"post": made if known is None else pc.coalesce(known, made)}

    def with_cell(self, name: str, cell: Cell) -> RecordMap:
        """The same record with one field read by another cell."""
        return replace(self, cells={**self.cells, name: cell})

    def exchanged(self, old: Cell, new: Cell) -> RecordMap:
        """The same record with one cell put in another's place, wherever it is read."""
        return replace(self, cells={name: new if cell == old else cell for name, cell in self.cells.items()})

    def missing(self, headers: frozenset[str], constants: Mapping[str, str], platform: bool) -> list[str]:
        """Required fields that neither the table, nor the layout, nor the user gives."""
        return [
            declared.name
            for declared in self.record.fields
            if declared.required and not self._gives(declared.name, headers, constants, platform)
        ]

    def _gives(self, name: str, headers: frozenset[str], constants: Mapping[str, str], platform: bool) -> bool:
        cell = self.cells.get(name)
        if (
            name in constants
            or (isinstance(cell, Given) and cell.field in constants)
            or (name == "account" and "author" in constants)
        ):
            return True
        if name == "platform" and platform:
            return True
        return (cell is not None and not isinstance(cell, Given) and cell.present(headers)) or (
            self.record is POST and name == "post"
        )


def _given(declared: Field, record: Record, sheet: Sheet) -> pa.Array | None:
    """The user's constant for a field; `author` is another word for the account of a post."""
    names = (declared.name, "author") if declared.name == "account" and record in (POST, ACCOUNT) else (declared.name,)
    for name in (f"{record.name}.{declared.name}", *names):
        if name in sheet.constants and declared.name != "platform":
            return sheet.constant(name, cell_for(declared))
    return None


def _platform(sheet: Sheet) -> pa.Array | None:
    platform = sheet.platform
    return pa.repeat(pa.scalar(platform, pa.string()), len(sheet)) if isinstance(platform, str) else platform


def Post(*, part: str = "", when: Cell | None = None, **cells: Cell) -> RecordMap:
    """A post, field by field."""
    return RecordMap(POST, cells, when=when, part=part)


def Account(*, part: str = "", when: Cell | None = None, **cells: Cell) -> RecordMap:
    """An account, field by field."""
    return RecordMap(ACCOUNT, cells, when=when, part=part)


def Interaction(*, part: str = "", when: Cell | None = None, each: Cell | None = None, **cells: Cell) -> RecordMap:
    """An act, field by field; with `each` one for every item of a list, whose item is the account."""
    return RecordMap(INTERACTION, cells, when=when, each=each, part=part)


def Follow(*, part: str = "", when: Cell | None = None, **cells: Cell) -> RecordMap:
    """A follow, field by field."""
    return RecordMap(FOLLOW, cells, when=when, part=part)


def Creator(*, part: str = "", **cells: Cell) -> RecordMap:
    """A person in somebody's list, field by field."""
    return RecordMap(CREATOR, cells, part=part)


def Contact(*, part: str = "", when: Cell | None = None, **cells: Cell) -> RecordMap:
    """A way to reach a person, field by field."""
    return RecordMap(CONTACT, cells, when=when, part=part)


def Fee(*, part: str = "", **cells: Cell) -> RecordMap:
    """What a person asks or was paid, field by field."""
    return RecordMap(FEE, cells, part=part)


@dataclass(frozen=True)
class Part:
    """One table of an unfolded document: its columns, and for each row the line of the file it came from."""

    columns: pa.Table
    lines: pa.Array


@dataclass
class Unfolded:
    """A batch after unfolding: tables by name, and rows that were set aside on the way."""

    parts: dict[str, Part]
    set_aside: list[SetAside] = field(default_factory=lambda: [])
    notes: list[str] = field(default_factory=lambda: [])
    """What the user has to be told of these rows."""


def reshaped(rows: Rows, shape: Callable[[dict[str, Any]], list[dict[str, Any]] | str]) -> Unfolded:
    """Turn each object into flat rows by `shape`, or set it aside with the reason that `shape` gives instead.

    Only what `shape` picks goes any further: so an archive is read by what is asked of it, never by what happens to be in it.
    """
    found: list[tuple[dict[str, Any], int]] = []
    aside: list[SetAside] = []
    for one, line in zip(rows.objects or [], rows.lines.to_pylist(), strict=False):
        made = shape(one)
        if isinstance(made, str):
            aside.append(SetAside(line, made))
        else:
            found += [(row, line) for row in made]
    part = Part(table_of([row for row, _ in found]), pa.array([line for _, line in found], pa.int64()))
    return Unfolded({"": part}, aside)


def without(rows: Rows, lost: pa.Array, reason: str) -> tuple[Rows, list[SetAside]]:
    """Split off the rows where `lost` is true, for one reason."""
    lost = pc.fill_null(lost, False)
    aside = [SetAside(line, reason) for line in rows.lines.filter(lost).to_pylist()]
    kept = pc.invert(lost)
    return replace(rows, columns=rows.columns.filter(kept), lines=rows.lines.filter(kept)), aside


def words_of(rows: Rows, name: str) -> pa.Array:
    """The column of that name (in any spelling) as trimmed lower-case text; unknown everywhere when there is none."""
    found = next((one for one in rows.columns.column_names if normalised(one) == normalised(name)), None)
    if found is None:
        return pa.nulls(len(rows.lines), pa.string())
    return pc.utf8_lower(pc.utf8_trim_whitespace(texts(in_one(rows.columns.column(found)))))


def only(*names: str) -> Callable[[Rows], Unfolded]:
    """Keep these columns of a table and no others: what stands beside them is private or nobody's business here."""
    wanted = frozenset(map(normalised, names))

    def select(rows: Rows) -> Unfolded:
        kept = [name for name in rows.columns.column_names if normalised(name) in wanted]
        return Unfolded({"": Part(rows.columns.select(kept), rows.lines)})

    return select


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One declaration of a file layout. See the module for an example."""

    id: str
    title: str
    says: str
    """What it is and how a user gets such a file."""
    platform: str | None
    """None: a column, the addresses or the user says it."""
    platform_columns: tuple[str, ...] = PLATFORM_HEADERS
    """Headers that may say it row by row."""
    required: tuple[str | tuple[str, ...], ...]
    """Headers that must be there; of a tuple, any."""
    records: tuple[RecordMap, ...]
    observed: tuple[str, ...] = ()
    """Headers that may say when a row was collected."""
    observed_by: Callable[..., Cell] = Moment
    """How those headers are read: `DayEnd` where they hold a day."""
    reads: tuple[str, ...] = ()
    """Headers that `unfold` understands, besides those that fields read."""
    unread: Callable[[list[str]], list[str]] | None = None
    """Looks at the header, and says which columns are kept as they came and read by nothing: the user is told."""
    needs: tuple[str, ...] = ()
    """Constants without which the file cannot be read."""
    lacks: Callable[[list[list[str]]], list[str]] | None = None
    """Looks at the header and first rows, and says which constants are needed."""
    unfold: Callable[[Rows], Unfolded] | None = None
    """Turns nested or wide rows into flat tables, by part."""
    accepts: Callable[[frozenset[str]], bool] | None = None
    """A further condition on the set of headers."""
    kinds: tuple[str, ...] = ()
    """Only files of these kinds; empty: any."""
    generic: bool = False
    """Matched on aliases: any named layout that fits goes first."""
    whole: bool = False
    """The document is one report: lists inside it are not tables of their own."""
    family: str = ""
    """Name of the archive it belongs to: in such an archive no generic layout reads what no named one knows."""
    place: str = ""
    """Pattern within the name of the file or list, where lists of one shape mean several things: followers, close friends."""
    ignored: tuple[str, ...] = ()
    """Headers that are known and deliberately not kept."""
    introduces: bool = False
    """Says whose archive it is: the author of the other tables."""
    answers: tuple[str, ...] = ()
    """Constants that make the note needless."""
    note: str = ""
    """What the user must know about what such a file leaves out."""
    standing: Mapping[str, str] = field(default_factory=lambda: {}, hash=False)
    """The user's own headers (normalised), and the header as which each is read."""

    @property
    def name(self) -> str:
        """What the user calls it: the family where there is one."""
        return self.family or self.id

    @cached_property
    def claimed(self) -> frozenset[str]:
        """Every header (normalised) that some field reads."""
        of_records = frozenset(name for record in self.records for name in record.headers)
        about = frozenset(normalised(name) for name in (*self.observed, *self.ignored))
        understood = frozenset(map(normalised, self.reads))
        return of_records | understood | about | (frozenset() if self.platform else frozenset(self.platform_columns))

    @cached_property
    def set_apart(self) -> frozenset[str]:
        """Headers that say nothing more once they are understood: ids, collection times, what is deliberately not kept."""
        cells = [cell for record in self.records for cell in record.cells.values() if isinstance(cell, Who | Id)]
        named = frozenset(normalised(name) for name in (*self.observed, *self.ignored))
        return named | frozenset(name for cell in cells for name in cell.headers)

    def lacking(self, headers: frozenset[str]) -> list[str]:
        """Required headers that the set (normalised) does not have."""
        groups = [(group,) if isinstance(group, str) else group for group in self.required]
        return [group[0] for group in groups if not any(_is_there(name, headers) for name in group)]

    def fits(self, headers: frozenset[str], kind: str = "", place: str | None = None) -> bool:
        """Whether a table with these headers (normalised), found at this place, is of this layout."""
        right_kind = not self.kinds or not kind or kind in self.kinds
        right_place = place is None or re.search(self.place, place, re.IGNORECASE) is not None
        return (
            right_kind and right_place and not self.lacking(headers) and (self.accepts is None or self.accepts(headers))
        )

    def mapped(self, mapping: Mapping[str, str]) -> Layout:
        """The same layout with the user's own columns: header -> field, or record.field."""
        changed = self
        for header, target in mapping.items():
            changed = changed._with_column(header, target)
        return changed

    def _with_column(self, header: str, target: str) -> Layout:
        kind, _, name = target.rpartition(".")
        name = self._own_word(kind, name)
        if name == "observed_at":
            return replace(self, observed=(header, *self.observed), observed_by=Moment)
        if name == "platform":
            return replace(self, platform_columns=(normalised(header), *self.platform_columns))
        holders = [one for one in self.records if kind in ("", one.record.name) and name in one.record.schema.names]
        if not holders:
            raise UnknownNameError(f"field in layout {self.id}", target, fields(self))
        holder = next((one for one in holders if name in one.cells), holders[0])
        return self._read_from(header, holder, name)

    def _own_word(self, kind: str, name: str) -> str:
        """What this layout calls a field: the author of a post is its account, that of an act its actor."""
        who = "actor" if (kind or self.records[0].record.name) == INTERACTION.name else "account"
        known = any(name in one.record.schema.names for one in self.records)
        return (
            who
            if not kind and (name == "author" or (name == "handle" and not known))
            else {"author": who}.get(name, name)
        )

    def _read_from(self, header: str, holder: RecordMap, name: str) -> Layout:
        """Have every record that reads this field read it from the user's column, whatever else the table has."""
        old = holder.cells.get(name)
        if old is not None and old.names and not isinstance(old, Who):
            return replace(self, standing={**self.standing, normalised(header): old.names[0]})
        new = cell_for(holder.record.field(name), header)
        if old is None:
            return replace(
                self, records=tuple(one.with_cell(name, new) if one is holder else one for one in self.records)
            )
        return replace(self, records=tuple(one.exchanged(old, new) for one in self.records))


@dataclass(frozen=True)
class Family:
    """An archive of many files, each with a layout of its own, and what all of them have in common."""

    id: str
    title: str
    says: str
    platform: str
    kinds: tuple[str, ...] = ()

    def piece(
        self,
        name: str,
        what: str,
        required: tuple[str | tuple[str, ...], ...],
        *records: RecordMap,
        unfold: Callable[[Rows], Unfolded] | None = None,
        place: str = "",
        kinds: tuple[str, ...] = (),
        owned: bool = True,
        ignored: tuple[str, ...] = (),
        note: str = "",
    ) -> Layout:
        """The layout of one of its files. One that is not `owned` by an author who must be known says whose archive it is."""
        return Layout(
            id=f"{self.id}_{name}",
            family=self.id,
            title=f"{self.title}: {what}",
            says=self.says,
            platform=self.platform,
            required=required,
            records=records,
            needs=("author",) if owned else (),
            unfold=unfold,
            kinds=kinds or self.kinds,
            place=place,
            ignored=ignored,
            introduces=not owned,
            note=note,
        )


def _is_there(name: str, headers: frozenset[str]) -> bool:
    """Whether a header is among these (normalised); `fee…` stands for all that begin so."""
    word = normalised(name.removesuffix("…"))
    return word in headers or (name.endswith("…") and any(header.startswith(word) for header in headers))


def fields(layout: Layout | None = None) -> list[str]:
    """Names that `--map` and `--set` may use."""
    records = [record.record for record in layout.records] if layout else list(RECORDS.values())
    return sorted(
        {name for record in records for name in record.schema.names if name != "extra"}
        | {"observed_at", "author", "platform"}
    )


def sheet_of(part: Part, layout: Layout, **rest: Any) -> Sheet:
    """Make the sheet on which a layout's records are read."""
    seen = layout.observed_by(*layout.observed) if layout.observed else None
    if layout.platform is None and rest.get("platform") and "platform" in part.columns.column_names:
        # What the addresses of the first rows point to fills in; the heading over a handle says it first.
        rest["constants"] = {"platform": rest["platform"], **rest["constants"]}
        rest["platform"] = None
    return Sheet(
        part.columns,
        part.lines,
        observed=seen,
        platform_columns=layout.platform_columns,
        standing=layout.standing,
        **rest,
    )
