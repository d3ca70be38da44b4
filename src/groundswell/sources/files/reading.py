"""From a file to pages of records: open it, recognise each table, read batch by batch, account for every row.

reading = open_file(Path("tweets.csv"))
print(reading.says)
for page in reading.pages():
    page.records["post"]          # Arrow tables by record name; page.set_aside says what was not used, and why
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.errors import InputError, MissingFieldError, UnknownLayoutError, UnknownNameError, UsageError
from groundswell.records import PLATFORMS
from groundswell.sources import Page, SetAside
from groundswell.sources.files.dates import combined, moments, order_in
from groundswell.sources.files.layouts import LAYOUTS, called, unknown
from groundswell.sources.files.layouts.cells import Sheet, normalised
from groundswell.sources.files.layouts.harvest import harvest
from groundswell.sources.files.layouts.identities import platform_of
from groundswell.sources.files.layouts.layout import Part, Unfolded, fields, sheet_of
from groundswell.sources.files.layouts.private import PrivateError
from groundswell.sources.files.money import CODES, currency_of
from groundswell.sources.files.recognising import (
    DATES,
    Recognised,
    Remembered,
    in_member,
    lacking,
    recognised_table,
    refuse_strange,
    renamed,
    unclaimed,
    what_is_missing,
)
from groundswell.sources.files.tables import Rows, TableFile
from groundswell.sources.files.values import DATE_ORDERS, MIXED, OPEN, Memory

pc: Any = _compute  # its functions are made at run time, no type checker knows them


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
            found.append(recognised_table(table, among, dict(mapping or {}), given, seen, remembered))
        except InputError as error:
            errors.append((table.member, error))
    if absent := [header for header in (mapping or {}) if normalised(header) not in seen]:
        refuse_strange(absent, tables, seen)
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
        if unsaid := lacking(one, constants):
            errors.append(in_member(what_is_missing(one, unsaid), one.table.member))
        else:
            tables.append(one)
    if not tables:
        missing = [error for error in errors if isinstance(error, MissingFieldError)]
        raise (missing or errors or [unknown([])])[0]
    return tables


def _kept_unread(one: Recognised) -> str:
    """Which columns of a list of people are kept as they came and read by nothing: somebody wrote them for a reason."""
    if one.layout.unread:
        headers = [header for header in one.table.preview()[one.header_row] if header.strip()]
        columns = one.layout.unread([header for header in headers if header not in one.mapping])
    else:
        columns = unclaimed(one) if one.layout.id == "accounts" else []
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
        self._passed_over = [*told, *(_not_read(error) for error in errors)]
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
                        order = combined(order, order_in(in_one(part.columns.column(header))))
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
        rows = renamed(rows, one.mapping)
    return one.layout.unfold(rows) if one.layout.unfold else Unfolded({"": Part(rows.columns, rows.lines)})


def _not_read(error: InputError) -> str:
    what = error.what if error.what.endswith((".", "?", "!")) else f"{error.what}."
    return f"Not read: {what} {error.means}".strip()


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
