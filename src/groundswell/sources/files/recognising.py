"""Which layout reads a table, where its header stands, and what somebody still has to say before it can be read.

A header may stand under titles, columns may be named by the user, now or the last time for the same headers, and the platform may
be a column, the layout's own, or in every address of the first rows. What no layout fits is told by the nearest one and what it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from groundswell.errors import InputError, MissingFieldError, UnknownNameError, UsageError
from groundswell.sources.files.layouts import LAYOUTS, fitting, not_as_chosen, unknown
from groundswell.sources.files.layouts.cells import HANDLE_HEADERS, Id, Who, normalised
from groundswell.sources.files.layouts.identities import BLUESKY_HANDLE, account_of, platform_of
from groundswell.sources.files.layouts.layout import Layout
from groundswell.sources.files.layouts.private import PrivateError, private
from groundswell.sources.files.tables import Rows, TableFile

Remembered = Callable[[frozenset[str]], Mapping[str, str]]
"""Set of normalised headers -> the mapping that was given for it, or nothing."""
DATES = "--dates"
"""Under this name, which no column has, the order of dates is remembered among the columns that were named."""
PERSON = {"account", "handle", "native_id"}
"""Fields that name somebody."""
HEADER_SEARCH = 25
"""How many rows may stand above the header."""
EXAMPLES = {
    "platform": "--set platform=instagram",
    "account": "--set author=@ann",
    "author": "--set author=@ann",
    "followed": "--set followed=@ann",
    "follower": "--set follower=@ann",
    "post": "--set post=at://did:plc:abc/app.bsky.feed.post/xyz",
    "verb": "--set verb=like",
    "actor": "--set actor=@ann",
}


@dataclass(frozen=True)
class Recognised:
    """A table, the layout that reads it, and where its header stands."""

    table: TableFile
    layout: Layout
    header_row: int
    headers: frozenset[str]
    platform: str | None
    mapping: Mapping[str, str]
    """Columns that the user named, now or earlier."""
    from_memory: bool
    kept: str | None = None
    """The platform that was said for a file with these headers the last time."""
    recalled: str | None = None
    """The same, where nothing in this file or by the user says another."""
    dates: str | None = None
    """The order of day and month that was said for a file with these headers the last time."""

    def given(self, constants: Mapping[str, str]) -> Mapping[str, str]:
        """What the user said of the file, now or the last time."""
        return {**constants, "platform": self.recalled} if self.recalled else constants

    @property
    def read_as(self) -> frozenset[str]:
        """The table's headers, and those as which the user's own columns are read."""
        return self.headers | frozenset(self.layout.standing.values())


def recognised_table(
    table: TableFile,
    among: tuple[Layout, ...],
    mapping: dict[str, str],
    constants: dict[str, str],
    seen: set[str],
    remembered: Remembered | None,
) -> Recognised:
    """Find the header row and the layout of one table."""
    rows = [list(row) for row in table.preview()] or [[]]
    chosen = len(among) == 1  # by the user, who knows what it is, whatever it is called
    flat, inner = table.kind in ("csv", "xlsx"), frozenset(map(normalised, table.inner))
    for position, headers in enumerate(rows[: HEADER_SEARCH if flat else 1]):
        names = frozenset(normalised(header) for header in headers)
        asked = mapping or (dict(remembered(names)) if remembered and headers else {})
        own = {header: field for header, field in asked.items() if normalised(header) in names}
        kept = None if mapping or "platform" in names else platform_of(asked.get("platform", ""))
        named = [*headers, *map(_word, own.values())]
        if what := private(names | inner, table.place):
            seen.update(names)
            raise PrivateError(
                f"{table.place} holds {what}.", means="That is private: none of it is read.", next_step="Leave it out."
            )
        layout = fitting([*named, *inner], kind=table.kind, place=None if chosen else table.place, among=among)
        if layout is None and not chosen and set(map(_word, own.values())) & PERSON:
            layout = LAYOUTS["accounts"]  # somebody says which column names people: a list of them, if nothing else
        if layout is not None:
            seen.update(names)  # so that a column that is named and is nowhere is told
            mapped = layout if layout.unfold else layout.mapped(own)  # what is unfolded has its columns renamed instead
            platform = _platform(mapped, rows[position:], constants)
            silent = platform is None and not _says_platform(mapped, names, constants)
            recalled, from_memory = kept if silent else None, bool(asked) and not mapping
            return Recognised(
                table, mapped, position, names, platform, own, from_memory, kept, recalled, asked.get(DATES)
            )
    raise in_member(_only_reports(rows) or _no_fit(table, rows, among), table.member)


def _no_fit(table: TableFile, rows: list[list[str]], among: tuple[Layout, ...]) -> InputError:
    """What to say of a table that none of these layouts fits: where the user chose them, against that choice."""
    tops = [[*row, *sorted(table.inner)] for row in rows[:HEADER_SEARCH]]
    if len(among) == len(LAYOUTS):
        return unknown(tops[0])
    found = ((top, fitting(top, kind=table.kind, place=table.place)) for top in tops)
    headers, better = next(((top, one) for top, one in found if one), (tops[0], None))
    return not_as_chosen(headers, table.kind, among, better)


def refuse_strange(named: list[str], tables: list[TableFile], seen: set[str]) -> None:
    """Refuse columns that no table has, be it recognised or not; those that are there are told as the file spells them."""
    tops = [[[cell.strip() for cell in row] for row in table.preview()[:HEADER_SEARCH]] for table in tables]
    spelled: dict[str, str] = {}
    for cell in (cell for rows in tops for row in rows for cell in row):
        spelled.setdefault(normalised(cell), cell)
    if strange := [header for header in named if normalised(header) not in spelled]:
        headers = [spelled.get(header, header) for header in seen]
        raise UnknownNameError("column", strange[0], headers or {cell for rows in tops for cell in (rows or [[]])[0]})


def _only_reports(rows: list[list[str]]) -> InputError | None:
    """What a scraper's file says that holds nothing but reports of what it could not read."""
    place = next((place for place, header in enumerate(rows[0] if rows else []) if normalised(header) == "error"), None)
    said = {row[place].strip() if place < len(row) else "" for row in rows[1:]} if place is not None else set[str]()
    if not said or said & {"", "false"}:
        return None
    return InputError(
        f"The file holds no profiles or posts, only what the tool could not read: {', '.join(sorted(said)[:5])}.",
        means="Nothing was read.",
        next_step="Check the names that were given to the tool and let it run again.",
    )


def _word(field: str) -> str:
    """The header under which layouts look for a field that a user named: fee.amount_minor is called fee in any sheet."""
    name = field.rpartition(".")[2]
    return {"amount_minor": "fee", "address": "email"}.get(name, name)


def renamed(rows: Rows, mapping: Mapping[str, str]) -> Rows:
    """The rows under the headers as which the user's own columns are read."""
    return replace(rows, columns=rows.columns.rename_columns(_renamed_headers(rows.columns.column_names, mapping)))


def _renamed_headers(headers: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    words = {normalised(header): _word(field) for header, field in mapping.items()}
    return [words.get(normalised(name), name) for name in headers]


def in_member(error: InputError, member: str) -> InputError:
    """The same error, naming the sheet or the file of an archive that it is about."""
    if not member:
        return error
    what = f"{member}: {error.what}"
    if isinstance(error, MissingFieldError):
        return MissingFieldError(
            what, fields=error.fields, columns=error.columns, means=error.means, next_step=error.next_step
        )
    return type(error)(what, means=error.means, next_step=error.next_step)


def _platform(layout: Layout, rows: list[list[str]], constants: dict[str, str]) -> str | None:
    """The layout's platform, or the one that every address in the first rows points to."""
    if layout.platform:
        return _agreed(layout, layout.platform, constants.get("platform"))
    if _says_platform(layout, frozenset(map(normalised, rows[0])), constants):
        return None
    owners = {
        platform_of(cell)
        for row in rows[1:]
        for cell in row
        if cell.startswith(("http://", "https://", "at://")) and len(cell) < 300
    }
    known = {owner for owner in owners if owner}
    if not known and _all_on_bluesky(rows):
        return "bluesky"
    return known.pop() if len(known) == 1 else None


def _all_on_bluesky(rows: list[list[str]]) -> bool:
    """Whether every handle of the first rows ends in .bsky.social."""
    hosted = _on_bluesky(rows)
    return bool(hosted) and all(hosted)


def _on_bluesky(rows: list[list[str]]) -> list[bool]:
    """Of each handle in the first rows, whether it ends in .bsky.social."""
    wanted = set(map(normalised, HANDLE_HEADERS))
    place = next((place for place, header in enumerate(rows[0]) if normalised(header) in wanted), len(rows[0]))
    words = [row[place].strip() for row in rows[1:] if place < len(row) and row[place].strip()]
    return [re.match(BLUESKY_HANDLE, word) is not None for word in words]


def _says_platform(layout: Layout, headers: frozenset[str], constants: Mapping[str, str]) -> bool:
    """Whether the user or a column says the platform."""
    return "platform" in constants or bool(headers & set(layout.platform_columns))


def _agreed(layout: Layout, own: str, said: str | None) -> str:
    if said not in (None, own):
        raise UsageError(
            f"The file was recognised as {layout.name} ({layout.title}), which is always {own}, never {said}.",
            means="Nothing was read.",
            next_step="Leave --set platform out, or say with --as LAYOUT what the file is.",
        )
    return own


def lacking(one: Recognised, constants: Mapping[str, str]) -> list[str]:
    """What the user has to say before the table can be read."""
    layout, constants = one.layout, one.given(constants)
    needs = [name for name in layout.needs if name not in constants]
    if layout.lacks:
        rows = [list(row) for row in one.table.preview()][one.header_row :]
        rows[0] = _renamed_headers(rows[0], one.mapping)
        needs += [name for name in layout.lacks(rows) if name not in constants]
    if needs or layout.unfold:
        return needs
    known = _has_platform(one, constants)
    absent = layout.records[0].missing(one.read_as, constants, known)
    return absent or ([] if known or _names_platforms(one) else ["platform"])


def _names_platforms(one: Recognised) -> bool:
    """Whether the first rows hold ids that say their platform themselves, where nothing else does."""
    rows = [list(row) for row in one.table.preview()][one.header_row :]
    record = one.layout.records[0]
    cells = [record.cells.get(declared.name) for declared in record.record.fields if declared.required]
    wanted = {name for cell in cells if isinstance(cell, Who | Id) for name in cell.headers}
    places = [place for place, header in enumerate(rows[0]) if normalised(header) in wanted]
    words = [row[place] for row in rows[1:] for place in places if place < len(row) and row[place].strip()]
    return not words or any(account_of(word, None) for word in words)


def _has_platform(one: Recognised, constants: Mapping[str, str]) -> bool:
    return bool(one.platform) or _says_platform(one.layout, one.headers, constants)


def what_is_missing(one: Recognised, unsaid: list[str]) -> MissingFieldError:
    """Say what has to be said before a recognised table can be read, and which column may say it."""
    layout = one.layout
    fields = ["author" if name == "account" else name for name in unsaid]
    names = ", ".join(fields)
    own = " ".join(EXAMPLES.get(name, f"--set {name}=...") for name in unsaid)
    columns = unclaimed(one) if "account" in unsaid and not layout.unfold else []
    step = f"Add {own} with your own value."
    if columns:
        shown = ", ".join(columns[:10]) + (" ..." if len(columns) > 10 else "")
        step = f"Add --map COLUMN=author if one of these columns says it: {shown}. What no column says: {own}, with your own value."
    hosted = (
        sum(_on_bluesky([list(row) for row in one.table.preview()][one.header_row :])) if "platform" in unsaid else 0
    )
    besides = (
        f" {hosted:,} of the first handles end in .bsky.social and are read as Bluesky's; of the others it has to be said."
        if hosted
        else ""
    )
    return MissingFieldError(
        f"The file was recognised as {layout.name} ({layout.title}), but it does not say: {names}.{besides}",
        fields=fields,
        columns=columns,
        means="Nothing was read.",
        next_step=step,
    )


def unclaimed(one: Recognised) -> list[str]:
    """Columns that no field would read, as the file spells them."""
    known = one.layout.claimed | frozenset(one.layout.standing)
    headers = one.table.preview()[one.header_row]
    return [header for header in headers if header.strip() and normalised(header) not in known]
