"""Cells: how one field is read out of the columns of a table. A sheet reads each of them once, for every record that asks.

Count("likesCount", "like_count")                       the first of these columns that the table has, as a count
Who("ownerId", handle="ownerUsername")                  an account: its native id, else a provisional one by handle
Id("tweet_id", url="link")                              a post: its id, else the one in its address
Unless(Count("likes"), kind_is(KIND, "repost"))         unknown where a condition holds
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.records import EXTRA, ROUNDED_TO, Field
from groundswell.sources.files import dates
from groundswell.sources.files import values as read
from groundswell.sources.files.layouts import identities
from groundswell.sources.files.money import amounts
from groundswell.sources.files.values import Memory

pc: Any = _compute  # its functions are made at run time, no type checker knows them

SLACK = timedelta(days=1)
"""Clocks and time zones: a date may lie this far after the moment it was seen."""
MOST_NAMED = 20
"""So many unknown platforms of a batch are called by name (design choice: a column of other things must not cost time)."""
HANDLE_HEADERS = (
    "handle",
    "username",
    "user_name",
    "screen_name",
    "account_name",
    "account",
    "author",
    "user",
    "profile",
)
"""Columns whose handles may say their platform: `ann.bsky.social`."""
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
        standing: Mapping[str, str] | None = None,
    ) -> None:
        self.lines, self.memory, self.kind, self.constants, self.limit = lines, memory, kind, constants, limit
        self.headers: dict[str, str] = {}
        self._columns: dict[str, pa.Array] = {}
        named = dict(standing or {})
        headers = columns.column_names  # made anew at every call
        plain = [normalised(header) for header in headers]
        # a column that the user named goes before one that happens to be called so
        for position in sorted(range(len(headers)), key=lambda one: plain[one] not in named):
            header, key = headers[position], named.get(plain[position], plain[position])
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
        said = self.constants.get("platform")
        if (column := self._platform_column) is None:
            return self._by_handle(said)
        own = identities.platforms(column)
        return pc.fill_null(own, said) if said else own

    def _by_handle(self, said: str | None) -> identities.Platform:
        """What was said, but for handles that say their platform themselves: ann.bsky.social is Bluesky's."""
        columns = (column for name in HANDLE_HEADERS if (column := self.text(name)) is not None)
        if said == "bluesky" or (column := next(columns, None)) is None:
            return said
        if not read.may_hold(column, b".bsky.social"):
            return said
        hosted = pc.fill_null(pc.match_substring_regex(column, identities.BLUESKY_HANDLE), False)
        return pc.if_else(hosted, "bluesky", pa.scalar(said, pa.string()))

    @property
    def _platform_column(self) -> pa.Array | None:
        found = (column for name in self._platform_columns if (column := self.text(name)) is not None)
        return next(found, None)

    @cached_property
    def unknown_platforms(self) -> dict[str, pa.Array]:
        """Names in the platform column that are no platform we know, each with its rows; nothing where the user said one."""
        column = self._platform_column
        if self._platform or column is None or "platform" in self.constants:
            return {}
        strange = pc.if_else(pc.is_null(identities.platforms(column)), column, None)
        names = [str(name) for name in pc.unique(strange).to_pylist() if name is not None]
        return {name: pc.fill_null(pc.equal(strange, name), False) for name in names[:MOST_NAMED]}

    @cached_property
    def blank_platforms(self) -> dict[str, pa.Array]:
        """The rows of which the platform column says nothing, and nobody else does, under the reason that this makes."""
        if self._platform or "platform" in self.constants:
            return {}
        for name in self._platform_columns:
            if (column := self.text(name)) is not None:
                return {f"no platform in {self.headers[name]!r}": pc.is_null(column)} if column.null_count else {}
        return {}

    def strange_words(self, cell: Cell) -> dict[str, pa.Array]:
        """Words that a cell of a closed list does not know, each with its rows."""
        read_as = self.read(cell)
        words = next((column for name in cell.names if (column := self.text(name)) is not None), None)
        if read_as is None or words is None:
            return {}
        strange = pc.if_else(pc.is_null(read_as), words, None)
        names = [str(name) for name in pc.unique(strange).to_pylist() if name is not None]
        return {name: pc.fill_null(pc.equal(strange, name), False) for name in names[:MOST_NAMED]}

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


class Name(Cell):
    """What somebody is called, without a pair of quotes that the table holds around it as a part of the cell."""

    def _parse(self, column: Column) -> pa.Array:
        return identities.unwrapped(read.texts(column.values))


class Count(Cell):
    """A count (int64)."""

    def _parse(self, column: Column) -> pa.Array:
        return read.counts(column.values, column.header, column.sheet.memory)


class RoundedTo(Cell):
    """How finely followers were counted, as the account's row keeps it."""

    def _parse(self, column: Column) -> pa.Array:
        words = read.texts(column.values).to_pylist()
        return pa.array([[(ROUNDED_TO, word)] if word else None for word in words], EXTRA)


class Moment(Cell):
    """A moment (timestamp, UTC)."""

    def _parse(self, column: Column) -> pa.Array:
        return dates.moments(column.values, column.header, column.sheet.memory, spreadsheet=column.sheet.kind == "xlsx")


class DayEnd(Moment):
    """The end of a day given by its beginning."""

    def _parse(self, column: Column) -> pa.Array:
        return dates.end_of_day(super()._parse(column))


class Flag(Cell):
    """A yes or no."""

    def _parse(self, column: Column) -> pa.Array:
        return read.flags(column.values)


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
class HandleBeside(Handle):
    """A handle out of its own columns; beside ids also out of those that call an account by whatever it has (`author`, `user`).

    Beside an id such a column may hold names of people: without an @ in front, or an address, all of them must look like handles.
    """

    ids: tuple[str, ...]
    anyone: tuple[str, ...]

    def __init__(self, *names: str, ids: tuple[str, ...], anyone: tuple[str, ...]) -> None:
        super().__init__(*names)
        object.__setattr__(self, "ids", _several(ids))
        object.__setattr__(self, "anyone", _several(anyone))

    def read(self, sheet: Sheet) -> pa.Array | None:
        """Read the cell for every row."""
        own = super().read(sheet)
        if not any(name in sheet.headers for name in self.ids):
            return own
        called = (_called(column) for name in self.anyone if (column := sheet.text(name)) is not None)
        return _coalesced([own, *called])


def _called(words: pa.Array) -> pa.Array:
    marked = pc.match_substring_regex(words, identities.MARKED_AS_A_HANDLE)
    like_one = pc.or_(marked, pc.match_substring_regex(words, identities.LIKE_A_HANDLE))
    surely = pc.all(like_one).as_py() is not False
    return identities.handles(pc.if_else(like_one if surely else marked, words, None))


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
            "{n} account id{s} {were} damaged by a spreadsheet; linked by handle.", pc.sum(broken).as_py() or 0
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
    """A post: native ids in `names`; `url` columns are read where the address itself holds the id, `code` are shortcodes."""

    url: tuple[str, ...]
    code: tuple[str, ...]

    def __init__(self, *names: str, url: str | tuple[str, ...] = (), code: str | tuple[str, ...] = ()) -> None:
        super().__init__(*names)
        object.__setattr__(self, "url", _several(url))
        object.__setattr__(self, "code", _several(code))

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header this cell reads."""
        return self.names

    def read(self, sheet: Sheet) -> pa.Array | None:
        """Read the cell for every row."""
        native = _coalesced(self._native(sheet, name) for name in self.names)
        found = identities.account_ids(sheet.platform, native, None)
        found = found if found is None else identities.one_name(found)
        doubtful = None if found is None else pc.or_kleene(pc.is_null(found), identities.told_otherwise(found))
        if found is not None and not pc.any(doubtful).as_py():
            return found
        named = self._elsewhere(sheet)
        if found is not None and named is not None:
            found = pc.if_else(doubtful, pc.coalesce(named, found), found)
        elif found is None:
            return named
        self._remark(sheet, pc.is_null(found))
        return found

    def _remark(self, sheet: Sheet, unknown: pa.Array) -> None:
        """Count the ids that a spreadsheet rounded and no address repairs."""
        first = next(column for name in self.names if (column := sheet.column(name)) is not None)
        broken = pc.and_(unknown, pc.fill_null(identities.damaged(first), False))
        sheet.memory.note(
            "{n} post id{s} {were} damaged by a spreadsheet; a post without one is known by its author, date and text.",
            pc.sum(broken).as_py() or 0,
        )

    def _elsewhere(self, sheet: Sheet) -> pa.Array | None:
        """What shortcodes and addresses say."""
        codes = (sheet.text(name) for name in self.code)
        addresses = (sheet.text(name) for name in self.url)
        return _coalesced(
            [
                *(identities.coded_posts(column) for column in codes if column is not None),
                *(identities.posts_in_addresses(column) for column in addresses if column is not None),
            ]
        )

    def _native(self, sheet: Sheet, name: str) -> pa.Array | None:
        column = sheet.column(name)
        if column is None:
            return None
        words = identities.sound(column)
        if not pc.any(pc.starts_with(words, "http")).as_py():
            return words
        return pc.coalesce(identities.posts_in_addresses(words), words)  # the address of a post is as good as its id

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


def unnamed_post(account: Cell, created_at: Cell, text: Cell) -> Cell:
    """The id that a post without one is given, for records that must name that post, too."""

    def work(sheet: Sheet) -> pa.Array | None:
        parts = [sheet.read(cell) for cell in (account, created_at, text)]
        if parts[0] is None:
            return None
        without = pa.nulls(len(sheet), pa.string())
        who, created, words = (without if part is None else part for part in parts)
        return identities.provisional_posts(sheet.platform, who, created, words)

    return Computed(work, *created_at.headers, *text.headers)


@dataclass(frozen=True, init=False)
class NamedPost(Id):
    """A post by its own id; in rows without one by who said what when: so that other records can name it, too."""

    made: Cell

    def __init__(self, own: Id, made: Cell) -> None:
        super().__init__(*own.names, url=own.url, code=own.code)
        object.__setattr__(self, "made", made)

    def read(self, sheet: Sheet) -> pa.Array | None:
        """Read the cell for every row."""
        own = super().read(sheet)
        if own is not None and own.null_count == 0:
            return own
        made = sheet.read(self.made)
        return made if own is None else own if made is None else pc.coalesce(own, made)


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
        return amounts(column.values, _currency_said(column), column.header, column.sheet.memory)[0]


class Currency(Cell):
    """The currency of an amount of money, ISO 4217."""

    def _parse(self, column: Column) -> pa.Array:
        return amounts(column.values, _currency_said(column))[1]


def _currency_said(column: Column) -> str | None:
    """The currency of amounts that name none, where the user said it: yen have no cents, so that it is needed for the amount as well."""
    return column.sheet.constants.get("currency")


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
