"""From a file to pages of records: open it, recognise each table, read batch by batch, account for every row.

reading = open_file(Path("tweets.csv"))
print(reading.says)
for page in reading.pages():
    page.records["post"]          # Arrow tables by record name; page.set_aside says what was not used, and why
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.errors import InputError, MissingFieldError, UnknownLayoutError, UnknownNameError, UsageError
from groundswell.records import PLATFORMS
from groundswell.sources import Page, SetAside
from groundswell.sources.files.dates import combined, moments, order_in
from groundswell.sources.files.layouts import LAYOUTS, called, fitting, unknown
from groundswell.sources.files.layouts.cells import HANDLE_HEADERS, Id, Sheet, Who, normalised
from groundswell.sources.files.layouts.harvest import harvest
from groundswell.sources.files.layouts.identities import BLUESKY_HANDLE, account_of, platform_of
from groundswell.sources.files.layouts.layout import Layout, Part, Unfolded, fields, sheet_of
from groundswell.sources.files.layouts.private import PrivateError, private
from groundswell.sources.files.tables import Rows, TableFile
from groundswell.sources.files.values import CODES, DATE_ORDERS, MIXED, OPEN, Memory, currency_of

pc: Any = _compute  # its functions are made at run time, no type checker knows them

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


def open_file(
    path: Path,
    *,
    layout: str | None = None,
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    observed_at: datetime | None = None,
    encoding: str | None = None,
    dates: str | None = None,
    remembered: Remembered | None = None,
) -> FileReading:
    """Open a file that somebody has and say what it is.

    `layout` chooses one by id; `mapping` says column -> field; `constants` give fields the file lacks; `observed_at` is when the
    file was collected; `dates` says how 03/04/2025 is meant, day-first or month-first; `remembered` is asked for what was given
    earlier for the same set of headers. Raises UnknownLayoutError, MissingFieldError, UnreadableFileError, UnknownNameError.
    """
    from groundswell.sources.files.opening import open_tables

    tables = list(open_tables(path, encoding=encoding))
    return read_tables(
        tables, layout=layout, mapping=mapping, constants=constants, observed_at=observed_at, dates=dates,
        remembered=remembered,
    )  # fmt: skip


def read_tables(
    tables: list[TableFile],
    *,
    layout: str | None = None,
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    observed_at: datetime | None = None,
    dates: str | None = None,
    remembered: Remembered | None = None,
) -> FileReading:
    """The same for tables that are open already."""
    given = _checked(dict(constants or {}))
    if dates is not None and dates not in DATE_ORDERS:
        raise UnknownNameError("order of dates", dates, DATE_ORDERS)
    among = called(layout) if layout else tuple(LAYOUTS.values())
    found: list[Recognised] = []
    errors: list[tuple[str, InputError]] = []
    seen: set[str] = set()
    for table in tables:
        try:
            found.append(_recognised(table, among, dict(mapping or {}), given, seen, remembered))
        except InputError as error:
            errors.append((table.member, error))
    if absent := [header for header in (mapping or {}) if normalised(header) not in seen]:
        _refuse_strange(absent, tables, seen)
    found, told = _of_the_archive(found, errors)
    given |= _introduced(found, given)
    whole = tuple(one.table.member for one in found if one.layout.whole)
    own = [error for member, error in errors if not whole or not member.startswith(whole)]  # not a report's own lists
    return FileReading(_complete(found, given, own, whole), given, observed_at, own, dates, told)


def _of_the_archive(
    found: list[Recognised], errors: list[tuple[str, InputError]]
) -> tuple[list[Recognised], list[str]]:
    """Keep a platform's archive to its own layouts; what none of them knows is told in a sentence, instead of file by file.

    `errors` loses those that are told so. What nobody has looked at may be private, whatever its columns are called.
    """
    families = {one.layout.family for one in found} - {""}
    if not families:
        return found, []
    kept = [one for one in found if not one.layout.generic]
    files = {one.table.place.partition("#")[0] for one in kept}
    strange = [one.table.place for one in found if one.layout.generic]
    strange += [member for member, error in errors if isinstance(error, UnknownLayoutError | PrivateError)]
    errors[:] = [
        (member, error) for member, error in errors if not isinstance(error, UnknownLayoutError | PrivateError)
    ]
    others = sorted({place.partition("#")[0] for place in strange} - files - {""})
    if not others:
        return kept, []
    shown = ", ".join(others[:5]) + (" ..." if len(others) > 5 else "")
    number = "1 other file" if len(others) == 1 else f"{len(others):,} other files"
    return kept, [
        f"Not read: {number} of the archive ({shown}). Messages, addresses, log-ins and the like are never read."
    ]


def _checked(constants: dict[str, str]) -> dict[str, str]:
    """Refuse constants for fields that do not exist, and platforms nobody knows."""
    known = fields()
    for name in constants:
        if name.rpartition(".")[2] not in known:
            raise UnknownNameError("field", name, known)
    if "platform" in constants:
        platform = platform_of(constants["platform"])
        if platform is None:
            raise UnknownNameError("platform", constants["platform"], PLATFORMS)
        constants["platform"] = platform
    if "currency" in constants:
        currency = currency_of(constants["currency"])
        if currency is None:
            raise UnknownNameError("currency", constants["currency"], sorted(CODES))
        constants["currency"] = currency
    if "observed_at" in constants and moments(pa.array([constants["observed_at"]]))[0].as_py() is None:
        raise UsageError(
            f"observed_at={constants['observed_at']} is not a date.",
            next_step="Write it as 2026-11-03 or 2026-11-03T12:00:00Z.",
        )
    return constants


def _recognised(
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
    raise _named(
        _only_reports(rows) or unknown([*(rows[0] if rows else []), *sorted(table.inner)], among), table.member
    )


def _refuse_strange(named: list[str], tables: list[TableFile], seen: set[str]) -> None:
    """Refuse columns that no table has, be it recognised or not."""
    tops = [[[normalised(cell) for cell in row] for row in table.preview()[:HEADER_SEARCH]] for table in tables]
    there = {cell for rows in tops for row in rows for cell in row}
    if strange := [header for header in named if normalised(header) not in there]:
        raise UnknownNameError("column", strange[0], seen or {cell for rows in tops for cell in (rows or [[]])[0]})


def _only_reports(rows: list[list[str]]) -> InputError | None:
    """What a scraper's file says that holds nothing but reports of what it could not read."""
    place = next((place for place, header in enumerate(rows[0] if rows else []) if normalised(header) == "error"), None)
    said = {row[place].strip() if place < len(row) else "" for row in rows[1:]} if place is not None else set[str]()
    if not said or "" in said:
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


def _renamed(rows: Rows, mapping: Mapping[str, str]) -> Rows:
    return replace(rows, columns=rows.columns.rename_columns(_renamed_headers(rows.columns.column_names, mapping)))


def _renamed_headers(headers: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    words = {normalised(header): _word(field) for header, field in mapping.items()}
    return [words.get(normalised(name), name) for name in headers]


def _named(error: InputError, member: str) -> InputError:
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


def _introduced(found: list[Recognised], constants: dict[str, str]) -> dict[str, str]:
    """An archive that holds its owner's account says who its author is."""
    for one in found:
        if one.layout.introduces and "author" not in constants:
            for page in FileReading([one], constants, None, []).pages():
                if "account" in page.records:
                    return {"author": page.records["account"].column("account")[0].as_py()}
    return {}


def _complete(
    found: list[Recognised], constants: dict[str, str], errors: list[InputError], whole: tuple[str, ...]
) -> list[Recognised]:
    """Tables that can be read with what the user said, without the lists of `whole` documents; the first error when there is none."""
    tables: list[Recognised] = []
    for one in found:
        if not one.layout.whole and whole and one.table.member.startswith(whole):
            continue
        lacking = _lacking(one, constants)
        if lacking:
            errors.append(_named(_missing(one, lacking), one.table.member))
        else:
            tables.append(one)
    if not tables:
        missing = [error for error in errors if isinstance(error, MissingFieldError)]
        raise (missing or errors or [unknown([])])[0]
    return tables


def _lacking(one: Recognised, constants: Mapping[str, str]) -> list[str]:
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


def _missing(one: Recognised, lacking: list[str]) -> MissingFieldError:
    layout = one.layout
    fields = ["author" if name == "account" else name for name in lacking]
    names = ", ".join(fields)
    own = " ".join(EXAMPLES.get(name, f"--set {name}=...") for name in lacking)
    columns = _unclaimed(one) if "account" in lacking and not layout.unfold else []
    step = f"Add {own} with your own value."
    if columns:
        shown = ", ".join(columns[:10]) + (" ..." if len(columns) > 10 else "")
        step = f"Add --map COLUMN=author if one of these columns says it: {shown}. What no column says: {own}, with your own value."
    hosted = (
        sum(_on_bluesky([list(row) for row in one.table.preview()][one.header_row :])) if "platform" in lacking else 0
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


def _unclaimed(one: Recognised) -> list[str]:
    """Columns that no field would read, as the file spells them."""
    known = one.layout.claimed | frozenset(one.layout.standing)
    headers = one.table.preview()[one.header_row]
    return [header for header in headers if header.strip() and normalised(header) not in known]


def _kept_unread(one: Recognised) -> str:
    """Which columns of a list of people are kept as they came and read by nothing: somebody wrote them for a reason."""
    if one.layout.unread:
        headers = [header for header in one.table.preview()[one.header_row] if header.strip()]
        columns = one.layout.unread([header for header in headers if header not in one.mapping])
    else:
        columns = _unclaimed(one) if one.layout.id == "accounts" else []
    columns = [
        column for column in columns if normalised(column) != "simulated"
    ]  # the mark of what is made up, which is heard
    shown = ", ".join(columns[:10]) + (" ..." if len(columns) > 10 else "")
    return f"Kept as it came, and nothing reads it: {shown}." if columns else ""


class FileReading:
    """A file that was recognised: see `groundswell.sources.Reading`."""

    def __init__(
        self,
        found: list[Recognised],
        constants: Mapping[str, str],
        observed_at: datetime | None,
        errors: list[InputError],
        dates: str | None = None,
        told: Iterable[str] = (),
    ) -> None:
        self._found, self._constants, self._observed_at = found, constants, observed_at
        self.dates: str | None = dates or next((one.dates for one in found if one.dates), None)
        """How dates such as 03/04/2025 are read, where the user said so, now or earlier."""
        self._memory = Memory(dates=self.dates, look_ahead=self._date_order)
        self._passed_over = [*told, *(f"Not read: {error.what} {error.means}".strip() for error in errors)]
        self._passed_over += dict.fromkeys(
            said for one in found if one.from_memory for said in _recalled(one, dates) if said
        )
        names = list(dict.fromkeys(one.layout.name for one in found))
        self.layout: str = "+".join(names)
        self.says: str = " ".join(dict.fromkeys(one.layout.says for one in found))
        self.bytes_total: int = sum(one.table.bytes_total for one in found)
        self.assumed_observed_at: datetime = observed_at or max(
            (one.table.modified_at for one in found), default=datetime.now(UTC)
        )
        self.observed_at_given: bool = observed_at is not None
        self.mappings: dict[frozenset[str], dict[str, str]] = {
            one.headers: said for one in found if (said := _to_remember(one, constants, dates))
        }
        """Header set -> the columns that were named for it, and under "platform" the platform that was said: what to remember."""
        self.notes: list[str] = []
        self._refresh()

    @property
    def open_dates(self) -> dict[str, int]:
        """Column -> how many of its dates could be read two ways, and are unknown until somebody says the order."""
        return dict(self._memory.open_dates)

    def pages(self) -> Iterator[Page]:
        """Yield the file's rows, page by page, in order."""
        done = 0
        turns = Counter[str]()
        for one in self._found:
            workbook = one.table.place.partition("#")[0] if one.table.kind == "xlsx" else ""
            for rows in one.table.rows(one.header_row):
                yield self._page(one, rows, done, turns[workbook] if workbook else 0)
            turns[workbook] += 1
            done += one.table.bytes_total
            self._refresh()

    def _date_order(self, header: str) -> str:
        """The order of day and month that a column shows, in one further reading of the file: only slashed dates ask for it."""
        order = OPEN
        for one in self._found:
            for rows in one.table.rows(one.header_row):
                for part in _unfolded(one, rows).parts.values():
                    if header in part.columns.column_names:
                        order = combined(order, order_in(part.columns.column(header).combine_chunks()))
                if order == MIXED:
                    return order
        return order

    def _page(self, one: Recognised, rows: Rows, done: int, turn: int) -> Page:
        unfolded = _unfolded(one, rows)
        self._passed_over += unfolded.notes
        sheets = {name: self._sheet(one, part) for name, part in unfolded.parts.items()}
        dropped = pa.array([aside.line for aside in unfolded.set_aside], pa.int64())
        lines = rows.lines.filter(pc.invert(pc.is_in(rows.lines, dropped))) if len(dropped) else rows.lines
        crop = harvest(one.layout, sheets, lines)
        member = one.table.member
        told = [replace(one, member=member) for one in unfolded.set_aside]
        aside = [*rows.set_aside, *told, *_set_aside(crop.reasons, rows, member)]
        self._refresh()
        return Page(
            rows=len(rows.lines) + rows.empty + len(rows.set_aside),
            empty=rows.empty,
            set_aside=aside,
            records=crop.records,
            member=member,
            turn=turn,
            bytes_done=done + rows.bytes_done,
        )

    def _sheet(self, one: Recognised, part: Part) -> Sheet:
        return sheet_of(
            part,
            one.layout,
            platform=one.platform,
            constants=one.given(self._constants),
            memory=self._memory,
            kind=one.table.kind,
            limit=self._observed_at,
        )

    def _refresh(self) -> None:
        """Bring the remarks up to date, in place: whoever holds the list sees them."""
        of_tables = [
            f"{one.table.member}: {note}" if one.table.member else note
            for one in self._found
            for note in one.table.notes
        ]
        told = [one.layout for one in self._found if not set(one.layout.answers) & set(self._constants)]
        of_layouts = [layout.note for layout in told if layout.note]
        of_layouts += [note for one in self._found if (note := _kept_unread(one))]
        self.notes[:] = list(dict.fromkeys([*of_tables, *of_layouts, *self._memory.sentences(), *self._passed_over]))


def _unfolded(one: Recognised, rows: Rows) -> Unfolded:
    if one.layout.unfold and one.mapping:
        rows = _renamed(rows, one.mapping)
    return one.layout.unfold(rows) if one.layout.unfold else Unfolded({"": Part(rows.columns, rows.lines)})


def _recalled(one: Recognised, dates: str | None) -> Iterator[str]:
    """What is taken over from the last file with these headers, in words."""
    if one.mapping:
        yield "Columns were read as you named them last time for a file with these headers."
    if one.recalled:
        yield f"The platform, {one.recalled}, is the one you gave last time for a file with these headers."
    if one.dates and not dates:
        yield f"Dates such as 03/04/2025 are read {one.dates}, as you said last time for a file with these headers."


def _to_remember(one: Recognised, constants: Mapping[str, str], dates: str | None) -> dict[str, str]:
    said = dates or one.dates
    return {**one.mapping, **_platform_said(one, constants), **({DATES: said} if said else {})}


def _platform_said(one: Recognised, constants: Mapping[str, str]) -> dict[str, str]:
    """The platform that the user said for a table that does not say one; it never stands for a column of that name."""
    said = constants.get("platform") or one.kept
    own = one.layout.platform or one.headers & set(one.layout.platform_columns)
    return {"platform": said} if said and not own and "platform" not in one.headers else {}


def _set_aside(reasons: dict[int, str], rows: Rows, member: str) -> list[SetAside]:
    """Rows that gave nothing, with their first 500 characters."""
    if not reasons:
        return []
    index = pc.index_in(pa.array(list(reasons), pa.int64()), rows.lines)
    lost = rows.columns.take(index).to_pylist()
    shown = [" | ".join(str(cell) for cell in row.values() if cell is not None)[:500] for row in lost]
    return [SetAside(line, reason, text, member) for (line, reason), text in zip(reasons.items(), shown, strict=True)]
