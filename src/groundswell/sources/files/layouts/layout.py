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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.errors import UnknownNameError
from groundswell.records import ACCOUNT, CONTACT, CREATOR, EXTRA, FEE, FOLLOW, INTERACTION, POST, RECORDS, Field, Record
from groundswell.sources import SetAside
from groundswell.sources.files import values as read
from groundswell.sources.files.layouts import identities
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.values import Memory

pc: Any = _compute  # its functions are made at run time, no type checker knows them

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""No date in social data is older: SixDegrees, the first social network site, opened in 1997 (boyd & Ellison 2007)."""
NOTHING = "no record could be read from it"
SLACK = timedelta(days=1)
"""Clocks and time zones: a date may lie this far after the moment it was seen."""
PLATFORM_HEADERS = ("platform", "network", "channel", "socialnetwork", "socialmedia", "plattform", "kanal")


def normalised(header: str) -> str:
    """Return a header as it is compared: `Owner_User Name ` and `ownerUsername` are one."""
    return re.sub(r"[\s_\-*:?#\ufeff]+", "", header).lower()


class Sheet:
    """One batch of one table, its columns by normalised header; every cell is read once and shared by all records."""

    def __init__(
        self,
        columns: pa.Table,
        lines: pa.Array,
        *,
        platform: str | None,
        constants: Mapping[str, str],
        memory: Memory,
        kind: str = "csv",
        platform_columns: tuple[str, ...] = PLATFORM_HEADERS,
        observed: Cell | None = None,
        limit: datetime | None = None,
    ) -> None:
        self.lines, self.memory, self.kind, self.constants, self.limit = lines, memory, kind, constants, limit
        self.headers: dict[str, str] = {}
        self._columns: dict[str, pa.Array] = {}
        for position, header in enumerate(columns.column_names):
            key = normalised(header)
            while key in self._columns:  # `likes_count` beside `likesCount`: the first is read, the other kept
                key += "~"
            self.headers[key], self._columns[key] = header, _whole(columns.column(position))
        self.used: set[str] = set()
        """Columns that somebody has read."""
        self._cache: dict[Cell, pa.Array | None] = {}
        self._platform, self._platform_columns, self._observed = platform, platform_columns, observed

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> pa.Array | None:
        """The column as it came, or None."""
        self.used.add(name)
        return self._columns.get(name)

    def text(self, name: str) -> pa.Array | None:
        """The column as text, empty cells unknown, or None."""
        column = self.column(name)
        return None if column is None else read.texts(column)

    def read(self, cell: Cell) -> pa.Array | None:
        """Read a cell for every row; None when the table has none of its columns."""
        if cell not in self._cache:
            self._cache[cell] = cell.read(self)
        return self._cache[cell]

    @cached_property
    def platform(self) -> identities.Platform:
        """The layout's platform, the row's own where a column says so, or what the user said."""
        if self._platform:
            return self._platform
        for name in self._platform_columns:
            if (column := self.text(name)) is not None:
                own = identities.platforms(column)
                said = self.constants.get("platform")
                return pc.fill_null(own, said) if said else own
        return self.constants.get("platform")

    @cached_property
    def observed(self) -> pa.Array | None:
        """When each row was collected, where the file or the user says so row by row."""
        seen = self.read(self._observed) if self._observed else None
        if "observed_at" not in self.constants:
            return seen
        said = self.constant("observed_at", Moment())
        return said if seen is None else pc.coalesce(seen, said)

    def constant(self, name: str, cell: Cell) -> pa.Array | None:
        """The constant the user gave for a field, read as the column would be."""
        word = self.constants.get(name)
        if word is None:
            return None
        values = cell.value(self, word)
        return pa.nulls(len(self), values.type) if values[0].as_py() is None else pa.repeat(values[0], len(self))

    def cut(self) -> pa.Array:
        """Row by row the last moment that is not the future: a day after the row was collected."""
        limit = pa.scalar(self.limit or datetime.now(UTC), read.MOMENT)
        seen = self.observed
        return pc.add(limit if seen is None else pc.fill_null(seen, limit), pa.scalar(SLACK))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    chunks = column.chunks
    joined = chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks) if chunks else pa.array([], column.type)
    return pc.cast(joined, pa.string()) if pa.types.is_large_string(joined.type) else joined


# --- cells -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One column on its way into a cell: its values, its header as the file spells it, and the sheet around it."""

    values: pa.Array
    header: str
    sheet: Sheet


@dataclass(frozen=True, init=False)
class Cell:
    """Where one field comes from: the first of `names` that the table has."""

    names: tuple[str, ...]

    def __init__(self, *names: str) -> None:
        object.__setattr__(self, "names", _several(names))

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header this cell reads."""
        return self.names

    def present(self, headers: Iterable[str]) -> bool:
        """Whether a table with these (normalised) headers has it."""
        return any(name in headers for name in self.headers)

    def read(self, sheet: Sheet) -> pa.Array | None:
        """Read the cell for every row."""
        for name in self.names:
            if (column := sheet.column(name)) is not None:
                return self._parse(Column(column, sheet.headers[name], sheet))
        return None

    def _parse(self, column: Column) -> pa.Array:
        return read.texts(column.values)

    def value(self, sheet: Sheet, word: str) -> pa.Array:
        """Read a constant: one value, as text."""
        return self._parse(Column(pa.array([word]), "--set", sheet))


class Text(Cell):
    """Text, byte for byte; the empty cell is unknown."""


class Count(Cell):
    """A count (int64)."""

    def _parse(self, column: Column) -> pa.Array:
        return read.counts(column.values, column.header, column.sheet.memory)


class Moment(Cell):
    """A moment (timestamp, UTC)."""

    def _parse(self, column: Column) -> pa.Array:
        return read.moments(column.values, column.header, column.sheet.memory, spreadsheet=column.sheet.kind == "xlsx")


class DayEnd(Moment):
    """The end of a day given by its beginning."""

    def _parse(self, column: Column) -> pa.Array:
        return read.end_of_day(super()._parse(column))


class Flag(Cell):
    """A yes or no."""

    def _parse(self, column: Column) -> pa.Array:
        return read.flags(column.values)


class Not(Cell):
    """The opposite of a yes or no, or of a column being filled."""

    def _parse(self, column: Column) -> pa.Array:
        return pc.invert(read.flags(column.values))


class Tags(Cell):
    """Tags or mentions, also spread over columns `hashtags/0`, `hashtags/1` ..."""

    def read(self, sheet: Sheet) -> pa.Array | None:
        """Read the cell for every row."""
        whole = super().read(sheet)
        return whole if whole is not None else self._spread(sheet)

    def _spread(self, sheet: Sheet) -> pa.Array | None:
        for name in self.names:
            numbered = sorted(
                (key for key in sheet.headers if re.fullmatch(re.escape(name) + r"/\d+(/\w+)?", key)), key=_numbers
            )
            if numbered:
                words = [pc.replace_substring_regex(pc.fill_null(sheet.text(key), ""), r"\s", "") for key in numbered]
                return self._parse(Column(pc.binary_join_element_wise(*words, " "), name, sheet))
        return None

    def _parse(self, column: Column) -> pa.Array:
        return read.tags(column.values)


class Links(Tags):
    """Addresses."""

    def _parse(self, column: Column) -> pa.Array:
        return read.links(column.values)


def _numbers(key: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"/(\d+)", key))


class Language(Cell):
    """A language, ISO 639-1."""

    def _parse(self, column: Column) -> pa.Array:
        return read.languages(column.values)


class Country(Cell):
    """A country, ISO 3166 alpha-2 where it can be read so."""

    def _parse(self, column: Column) -> pa.Array:
        return read.countries(column.values)


class Handle(Cell):
    """A handle: without @, lower case; also out of a profile's address."""

    def _parse(self, column: Column) -> pa.Array:
        return identities.handles(column.values)


@dataclass(frozen=True, init=False)
class Word(Cell):
    """A word of a closed list, through a map of spellings; anything else is unknown."""

    spellings: tuple[tuple[str, str], ...]

    def __init__(self, *names: str, spellings: Mapping[str, str]) -> None:
        super().__init__(*names)
        object.__setattr__(self, "spellings", tuple(spellings.items()))

    def _parse(self, column: Column) -> pa.Array:
        known = dict(self.spellings)
        return read.by_distinct(read.texts(column.values), lambda one: known.get(one.strip().lower()), pa.string())


@dataclass(frozen=True, init=False)
class Always(Cell):
    """The same word in every row."""

    word: str

    def __init__(self, word: str) -> None:
        super().__init__()
        object.__setattr__(self, "word", word)

    def present(self, headers: Iterable[str]) -> bool:  # noqa: ARG002 - whatever the headers
        """It always is."""
        return True

    def read(self, sheet: Sheet) -> pa.Array | None:
        """Read the cell for every row."""
        return pa.repeat(pa.scalar(self.word, pa.string()), len(sheet))


@dataclass(frozen=True, init=False)
class Who(Cell):
    """An account: native ids in `names`, handles in `handle`, and in `anyone` columns that may hold either, or an address."""

    handle: tuple[str, ...]
    anyone: tuple[str, ...]

    def __init__(self, *names: str, handle: str | tuple[str, ...] = (), anyone: str | tuple[str, ...] = ()) -> None:
        super().__init__(*names)
        object.__setattr__(self, "handle", _several(handle))
        object.__setattr__(self, "anyone", _several(anyone))

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header this cell reads."""
        return self.names + self.handle + self.anyone

    def read(self, sheet: Sheet) -> pa.Array | None:
        """Read the cell for every row."""
        native = _coalesced(self._native(sheet, name) for name in self.names)
        handle = _coalesced(sheet.read(Handle(name)) for name in self.handle)
        found = identities.account_ids(sheet.platform, native, handle)
        if native is not None and native.null_count:
            self._remark(sheet, native)
        if found is not None and found.null_count == 0:
            return found
        named = _coalesced(self._anyone(sheet, name) for name in self.anyone)
        return named if found is None else found if named is None else pc.coalesce(found, named)

    def _native(self, sheet: Sheet, name: str) -> pa.Array | None:
        column = sheet.column(name)
        return None if column is None else identities.sound(column)

    def _remark(self, sheet: Sheet, native: pa.Array) -> None:
        """Count the ids that a spreadsheet rounded and no other column repairs."""
        columns = [column for name in self.names if (column := sheet.column(name)) is not None]
        broken = pc.and_(pc.is_null(native), pc.fill_null(identities.damaged(columns[0]), False))
        sheet.memory.note(
            "{n} account ids were damaged by a spreadsheet; linked by handle.", pc.sum(broken).as_py() or 0
        )

    def _anyone(self, sheet: Sheet, name: str) -> pa.Array | None:
        column = sheet.column(name)
        return None if column is None else identities.anyone(sheet.platform, column)

    def value(self, sheet: Sheet, word: str) -> pa.Array:
        """Read a constant."""
        platform = sheet.platform if isinstance(sheet.platform, str) else sheet.constants.get("platform")
        return pa.array([identities.account_of(word, platform)], pa.string())


@dataclass(frozen=True, init=False)
class Id(Cell):
    """A post: native ids in `names`; `url` columns are read where the address itself holds the id."""

    url: tuple[str, ...]

    def __init__(self, *names: str, url: str | tuple[str, ...] = ()) -> None:
        super().__init__(*names)
        object.__setattr__(self, "url", _several(url))

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header this cell reads."""
        return self.names

    def read(self, sheet: Sheet) -> pa.Array | None:
        """Read the cell for every row."""
        native = _coalesced(self._native(sheet, name) for name in self.names)
        found = identities.account_ids(sheet.platform, native, None)
        if found is not None and found.null_count == 0:
            return found
        named = _coalesced(
            identities.posts_in_addresses(column) for name in self.url if (column := sheet.text(name)) is not None
        )
        return named if found is None else found if named is None else pc.coalesce(found, named)

    def _native(self, sheet: Sheet, name: str) -> pa.Array | None:
        column = sheet.column(name)
        return None if column is None else identities.sound(column)

    def value(self, sheet: Sheet, word: str) -> pa.Array:
        """Read a constant."""
        platform = sheet.platform if isinstance(sheet.platform, str) else sheet.constants.get("platform")
        return pa.array([identities.post_of(word, platform)], pa.string())


@dataclass(frozen=True, init=False)
class Computed(Cell):
    """A field worked out from several columns by a function of the sheet; `names` are the headers it claims."""

    work: Callable[[Sheet], pa.Array | None]

    def __init__(self, work: Callable[[Sheet], pa.Array | None], *names: str) -> None:
        super().__init__(*names)
        object.__setattr__(self, "work", work)

    def read(self, sheet: Sheet) -> pa.Array | None:
        """Read the cell for every row."""
        return self.work(sheet)


@dataclass(frozen=True, init=False)
class Unless(Cell):
    """A cell that is unknown where a condition holds: a native repost shows the counts of the original."""

    cell: Cell
    condition: Cell

    def __init__(self, cell: Cell, condition: Cell) -> None:
        super().__init__(*cell.headers)
        object.__setattr__(self, "cell", cell)
        object.__setattr__(self, "condition", condition)

    def read(self, sheet: Sheet) -> pa.Array | None:
        """Read the cell for every row."""
        values, holds = sheet.read(self.cell), sheet.read(self.condition)
        return values if values is None or holds is None else pc.if_else(pc.fill_null(holds, False), None, values)


@dataclass(frozen=True, init=False)
class Given(Cell):
    """A field that only the user can say (`--set followed=@ann`)."""

    field: str

    def __init__(self, field: str) -> None:
        super().__init__()
        object.__setattr__(self, "field", field)

    def read(self, sheet: Sheet) -> pa.Array | None:
        """Read the cell for every row."""
        return sheet.constant(self.field, Who())


def _several(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalised(name) for name in ((names,) if isinstance(names, str) else names)))


def _coalesced(arrays: Iterable[pa.Array | None]) -> pa.Array | None:
    """First known value of several columns; stops as soon as every row has one."""
    found: pa.Array | None = None
    for array in arrays:
        if array is not None:
            found = array if found is None else pc.coalesce(found, array)
        if found is not None and found.null_count == 0:
            break
    return found


class Amount(Cell):
    """An amount of money in minor units."""

    def _parse(self, column: Column) -> pa.Array:
        return read.amounts(column.values, None, column.header, column.sheet.memory)[0]


class Currency(Cell):
    """The currency of an amount of money, ISO 4217."""

    def _parse(self, column: Column) -> pa.Array:
        return read.amounts(column.values, None)[1]


ACCOUNT_FIELDS = frozenset(("account", "actor", "follower", "followed", "reply_to_account"))
POST_FIELDS = frozenset(("post", "via", "reply_to", "repost_of", "thread"))


def cell_for(field: Field, *names: str) -> Cell:
    """The reader that suits a field when the user says which column holds it."""
    by_name: dict[str, Callable[..., Cell]] = {
        "language": Language, "country": Country, "links": Links, "handle": Handle, "verb": Verb,
    }  # fmt: skip
    by_type: dict[pa.DataType, Callable[..., Cell]] = {
        read.MOMENT: Moment,
        pa.int64(): Count,
        pa.bool_(): Flag,
        read.TEXTS: Tags,
    }
    if field.name in ACCOUNT_FIELDS:
        return Who(anyone=names)
    if field.name in POST_FIELDS:
        return Id(*names, url=names)
    return by_name.get(field.name, by_type.get(field.type, Text))(*names)


VERBS = {
    "like": "like", "likes": "like", "liked": "like", "favorite": "like", "favourite": "like", "fav": "like", "heart": "like", "reaction": "like",
    "reply": "reply", "replies": "reply", "replied": "reply", "comment": "reply", "commented": "reply", "answer": "reply", "re": "reply",
    "repost": "repost", "reposted": "repost", "retweet": "repost", "rt": "repost", "share": "repost", "shared": "repost", "boost": "repost",
    "reblog": "repost", "mt": "repost", "quote": "quote", "quoted": "quote", "quote tweet": "quote", "quotetweet": "quote", "mention": "mention",
    "mentioned": "mention", "at": "mention", "tag": "mention", "save": "save", "saved": "save", "bookmark": "save", "view": "view", "viewed": "view",
}  # fmt: skip


class Verb(Cell):
    """What was done, in one of the seven verbs."""

    def _parse(self, column: Column) -> pa.Array:
        return read.by_distinct(
            read.texts(column.values), lambda one: VERBS.get(one.strip().lower().replace("_", " ")), pa.string()
        )


# --- records -----------------------------------------------------------------------------------------------------------------


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
            if values is not None and declared.type != EXTRA:
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
        said = pc.or_(pc.is_valid(parts[1]), pc.is_valid(parts[2]))
        wanted = pc.and_(said, pc.is_null(known)) if known is not None else said
        made = identities.hashed(sheet.platform, parts, wanted)
        return found | {"post": made if known is None else pc.coalesce(known, made)}

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


# --- layouts -----------------------------------------------------------------------------------------------------------------


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
    """Name of the archive it belongs to."""
    ignored: tuple[str, ...] = ()
    """Headers that are known and deliberately not kept."""
    introduces: bool = False
    """Says whose archive it is: the author of the other tables."""
    answers: tuple[str, ...] = ()
    """Constants that make the note needless."""
    note: str = ""
    """What the user must know about what such a file leaves out."""

    @property
    def name(self) -> str:
        """What the user calls it: the family where there is one."""
        return self.family or self.id

    @cached_property
    def claimed(self) -> frozenset[str]:
        """Every header (normalised) that some field reads."""
        of_records = frozenset(name for record in self.records for name in record.headers)
        about = frozenset(normalised(name) for name in (*self.observed, *self.ignored))
        return of_records | about | (frozenset() if self.platform else frozenset(self.platform_columns))

    @cached_property
    def set_apart(self) -> frozenset[str]:
        """Headers that say nothing more once they are understood: ids, collection times, what is deliberately not kept."""
        cells = [cell for record in self.records for cell in record.cells.values() if isinstance(cell, Who | Id)]
        named = frozenset(normalised(name) for name in (*self.observed, *self.ignored))
        return named | frozenset(name for cell in cells for name in cell.headers)

    def lacking(self, headers: frozenset[str]) -> list[str]:
        """Required headers that the set (normalised) does not have."""
        groups = [(group,) if isinstance(group, str) else group for group in self.required]
        return [group[0] for group in groups if not any(normalised(name) in headers for name in group)]

    def fits(self, headers: frozenset[str], kind: str = "") -> bool:
        """Whether a table with these headers (normalised) is of this layout."""
        right_kind = not self.kinds or not kind or kind in self.kinds
        return right_kind and not self.lacking(headers) and (self.accepts is None or self.accepts(headers))

    def mapped(self, mapping: Mapping[str, str]) -> Layout:
        """The same layout with the user's own columns: header -> field, or record.field."""
        changed = self
        for header, target in mapping.items():
            changed = changed._with_column(header, target)
        return changed

    def _with_column(self, header: str, target: str) -> Layout:
        kind, _, name = target.rpartition(".")
        name = "account" if name == "author" else name
        if name == "observed_at":
            return replace(self, observed=(header, *self.observed), observed_by=Moment)
        if name == "platform":
            return replace(self, platform_columns=(normalised(header), *self.platform_columns))
        for position, record in enumerate(self.records):
            if kind in ("", record.record.name) and name in record.record.schema.names:
                cells = dict(record.cells) | {name: cell_for(record.record.field(name), header)}
                return replace(
                    self,
                    records=(*self.records[:position], replace(record, cells=cells), *self.records[position + 1 :]),
                )
        if name == "handle" and kind == "" and self.records[0].record is POST:
            return self._with_column(header, "post.account")
        raise UnknownNameError(f"field in layout {self.id}", target, fields(self))


def fields(layout: Layout | None = None) -> list[str]:
    """Names that `--map` and `--set` may use."""
    records = [record.record for record in layout.records] if layout else list(RECORDS.values())
    return sorted(
        {name for record in records for name in record.schema.names if name != "extra"}
        | {"observed_at", "author", "platform"}
    )


# --- from rows to records ------------------------------------------------------------------------------------------------


@dataclass
class Harvest:
    """What a batch gave: records by name, and for each input row that gave none the reason."""

    records: dict[str, pa.Table]
    reasons: dict[int, str]
    """Line -> why it was set aside."""


def harvest(layout: Layout, sheets: Mapping[str, Sheet], lines: pa.Array) -> Harvest:
    """Read one batch by a layout. `lines` are those of the file's rows; each gives its primary record or has a reason."""
    primary = layout.records[0]
    tables: dict[str, list[pa.Table]] = {}
    reasons = dict.fromkeys(lines.to_pylist(), NOTHING) if _silent(sheets.get(primary.part)) else dict[int, str]()
    kept: dict[str, pa.Array] = {}
    read = [
        (record, sheets[record.part], record.columns(sheets[record.part]))
        for record in layout.records
        if _holds(record, sheets, primary)
    ]
    bearer = next((record for record, _, _ in read if EXTRA in record.record.schema.types), None)
    if bearer is None and primary.part in sheets:
        _tell_unkept(sheets[primary.part], layout)
    for record, sheet, columns in read:
        good, why = _usable(record, columns, sheet, is_primary=record is primary)
        if record is primary:
            reasons = _reasons(good, why, sheet.lines, lines)
            kept[record.part] = good
        elif record.part in kept:
            good = pc.and_(good, kept[record.part])
        extra = _extra(sheet, layout) if record is bearer else None
        table = _table(record, columns, good, sheet, extra)
        if record.record is ACCOUNT and record is not primary:
            table = distinct(table)
        if table.num_rows and not _bare(record, table):
            tables.setdefault(record.record.name, []).append(table)
    return Harvest({name: _stacked(parts) for name, parts in tables.items()}, reasons)


def _silent(sheet: Sheet | None) -> bool:
    return sheet is None or not len(sheet)


def _holds(record: RecordMap, sheets: Mapping[str, Sheet], primary: RecordMap) -> bool:
    """Whether the batch can give this record at all. Reads its conditions, so that their columns count as read."""
    sheet = sheets.get(record.part)
    if sheet is None or not len(sheet):
        return False
    if record is not primary and record.missing(frozenset(sheet.headers), sheet.constants, platform=True):
        return False
    for cell in (record.when, record.each):
        if cell is not None:
            sheet.read(cell)
    return True


def _tell_unkept(sheet: Sheet, layout: Layout) -> None:
    unkept = [sheet.headers[name] for name in _unread(sheet, layout)]
    if unkept:
        sheet.memory.counts[f"Columns not kept: {', '.join(unkept[:10])}{' ...' if len(unkept) > 10 else ''}."] = 1


def _unread(sheet: Sheet, layout: Layout) -> list[str]:
    """Columns that gave nothing to any record: unknown ones, and second spellings of one that was read."""
    known = sheet.used | layout.set_apart
    return [name for name in sheet.headers if name not in known and re.sub(r"/\d+(/.*)?$", "", name) not in known]


def _bare(record: RecordMap, table: pa.Table) -> bool:
    """An account of which nothing but the id is known is no news."""
    return record.record is ACCOUNT and set(table.column_names) <= {"account", "platform", "line", "observed_at"}


def _stacked(parts: list[pa.Table]) -> pa.Table:
    return parts[0] if len(parts) == 1 else pa.concat_tables(parts, promote_options="default")


def _usable(
    record: RecordMap, columns: dict[str, pa.Array], sheet: Sheet, *, is_primary: bool
) -> tuple[pa.Array, dict[str, pa.Array]]:
    """Rows that hold every required field, and masks of the others by reason. Impossible dates cost a primary row its place."""
    good = pa.repeat(pa.scalar(True), len(sheet))
    why: dict[str, pa.Array] = {}
    for name, bad in _impossible(columns, sheet).items():
        if is_primary:
            why[name] = bad
    for declared in record.record.fields:
        if declared.required:
            values = columns.get(declared.name)
            why[_lack(declared, record, sheet)] = (
                pa.repeat(pa.scalar(True), len(sheet)) if values is None else pc.is_null(values)
            )
    for bad in why.values():
        good = pc.and_(good, pc.invert(bad))
    wanted = sheet.read(record.when) if record.when else None
    if record.when is not None:
        good = (
            pc.and_(good, pc.fill_null(wanted, False))
            if wanted is not None
            else pa.repeat(pa.scalar(False), len(sheet))
        )
    return good, why


def _lack(declared: Field, record: RecordMap, sheet: Sheet) -> str:
    cell = record.cells.get(declared.name)
    shown = [sheet.headers[name] for name in (cell.headers if cell else ()) if name in sheet.headers]
    return f"no {declared.name.replace('_', ' ')}" + (
        f" in {', '.join(repr(name) for name in shown[:3])}" if shown else ""
    )


def _impossible(columns: dict[str, pa.Array], sheet: Sheet) -> dict[str, pa.Array]:
    """Masks of rows whose date cannot be true; in other than primary records the date becomes unknown."""
    masks: dict[str, pa.Array] = {}
    seen = sheet.observed
    if seen is not None:
        late = pc.greater(seen, pa.scalar(datetime.now(UTC) + SLACK, read.MOMENT))
        _collect(masks, "collection time in the future", late)
        _collect(masks, "collection time before 1995", pc.less(seen, pa.scalar(EARLIEST, read.MOMENT)))
    for name in [name for name, values in columns.items() if values.type == read.MOMENT]:
        future, old = pc.greater(columns[name], sheet.cut()), pc.less(columns[name], pa.scalar(EARLIEST, read.MOMENT))
        _collect(masks, "date in the future", future)
        _collect(masks, "date before 1995", old)
        bad = pc.fill_null(pc.or_(future, old), False)
        if pc.any(bad).as_py():
            columns[name] = pc.if_else(bad, None, columns[name])
    return masks


def _collect(masks: dict[str, pa.Array], reason: str, bad: pa.Array) -> None:
    filled = pc.fill_null(bad, False)
    if pc.any(filled).as_py():
        masks[reason] = pc.or_(masks[reason], filled) if reason in masks else filled


def _reasons(good: pa.Array, why: dict[str, pa.Array], own: pa.Array, lines: pa.Array) -> dict[int, str]:
    """Line -> reason for every row of the file that gave no primary record."""
    gave = own.filter(good)
    if len(gave) == len(lines):
        return {}
    lost = lines.filter(pc.invert(pc.is_in(lines, gave)))
    reasons = dict.fromkeys(lost.to_pylist(), NOTHING)
    for reason, bad in reversed(why.items()):
        reasons.update((line, reason) for line in own.filter(bad).to_pylist() if line in reasons)
    return reasons


def _table(
    record: RecordMap, columns: dict[str, pa.Array], good: pa.Array, sheet: Sheet, extra: pa.Array | None
) -> pa.Table:
    """The record's table: its columns in the schema's order, then line and collection time."""
    items = dict(columns)
    if extra is not None:
        items["extra"] = extra
    items["line"] = sheet.lines
    if sheet.observed is not None:
        items["observed_at"] = sheet.observed
    order = [name for name in (*record.record.schema.names, "line", "observed_at") if name in items]
    table = pa.table({name: items[name] for name in order})
    table = table if pc.all(good).as_py() else table.filter(good)
    return _exploded(record, table, sheet, good) if record.each else table


def _exploded(record: RecordMap, table: pa.Table, sheet: Sheet, good: pa.Array) -> pa.Table:
    """One row for every item of the list; the item names the account."""
    assert record.each is not None  # noqa: S101 - for the type checker; the caller asked
    lists = sheet.read(record.each)
    if lists is None:
        return table.slice(0, 0)
    kept = lists.filter(good)
    items, parents = pc.list_flatten(kept), pc.list_parent_indices(kept)
    platform = sheet.platform
    if platform is not None and not isinstance(platform, str):
        platform = platform.filter(good).take(parents)
    who = identities.anyone(platform, items)
    spread = table.take(parents)
    position = spread.column_names.index("account") if "account" in spread.column_names else None
    column = pa.field("account", pa.string())
    spread = spread.add_column(1, column, who) if position is None else spread.set_column(position, column, who)
    return spread.filter(pc.is_valid(who))


def distinct(table: pa.Table) -> pa.Table:
    """Distinct rows, each with the first line it stands on: tweets by one author do not multiply the author."""
    names = [name for name in table.column_names if name != "line"]
    if table.num_rows < 2:
        return table
    groups = table.group_by(names, use_threads=False).aggregate([("line", "min")])
    return groups.rename_columns([*names, "line"]).select(table.column_names)


def _extra(sheet: Sheet, layout: Layout) -> pa.Array | None:
    """Columns that gave nothing to any record, row by row, without the empty cells."""
    names = _unread(sheet, layout)
    columns = [(sheet.headers[name], sheet.text(name)) for name in names]
    filled = [(header, column) for header, column in columns if column is not None and column.null_count < len(column)]
    if not filled:
        return None
    present = np.stack([column.is_valid().to_numpy(zero_copy_only=False) for _, column in filled], axis=1)
    rows, which = np.nonzero(present)
    keys = pa.array([header for header, _ in filled]).take(pa.array(which))
    words = pa.concat_arrays([column for _, column in filled]).take(pa.array(which * len(sheet) + rows))
    offsets = np.concatenate(([0], np.cumsum(present.sum(axis=1)))).astype(np.int32)
    return pa.MapArray.from_arrays(pa.array(offsets), keys, words)


def sheet_of(part: Part, layout: Layout, **rest: Any) -> Sheet:
    """Make the sheet on which a layout's records are read."""
    seen = layout.observed_by(*layout.observed) if layout.observed else None
    return Sheet(part.columns, part.lines, observed=seen, platform_columns=layout.platform_columns, **rest)
