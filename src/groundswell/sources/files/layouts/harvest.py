"""From rows to records: read a batch by its layout, give every row its records or the reason why it has none.

A row must give its primary record. It is set aside when a required field is unknown, or when its date cannot be true: later
than a day after the row was seen, or before there was anything social on the web. The other records are given where they can be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.records import ACCOUNT, EXTRA, POST, SEEN_WITH, Field
from groundswell.sources.files import values as read
from groundswell.sources.files.layouts import identities
from groundswell.sources.files.layouts.cells import (
    SLACK,
    Sheet,
    Verb,
)
from groundswell.sources.files.layouts.layout import (
    Layout,
    RecordMap,
)

pc: Any = _compute  # its functions are made at run time, no type checker knows them

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""No date in social data is older: SixDegrees, the first social network site, opened in 1997 (boyd & Ellison 2007)."""
NOTHING = "no record could be read from it"


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
    posted: dict[str, pa.Array] = {}
    given = [
        (record, sheets[record.part], record.columns(sheets[record.part]))
        for record in layout.records
        if _holds(record, sheets, primary)
    ]
    bearer = next((record for record, _, _ in given if EXTRA in record.record.schema.types), None)
    if bearer is None and not _silent(sheets.get(primary.part)):
        _tell_unkept(sheets[primary.part], layout, primary)
    for record, sheet, columns in given:
        good, why = _usable(record, columns, sheet, is_primary=record is primary)
        if record is primary:
            reasons = _reasons(good, why, sheet.lines, lines)
            kept[record.part] = good
        elif record.part in kept:
            good = pc.and_(good, kept[record.part])
        extra = _extra(sheet, layout) if record is bearer else None
        table = _table(record, columns, good, sheet, extra)
        if record.record is POST and primary.record is POST and "created_at" in columns:
            posted[record.part] = columns["created_at"]
        if record.record is ACCOUNT and record is not primary:
            dates = posted.get(record.part)
            table = _authors(table, None if dates is None else dates.filter(good))
        if record.record is ACCOUNT:
            table = _with_handle(table)
        if table.num_rows:
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


def _tell_unkept(sheet: Sheet, layout: Layout, primary: RecordMap) -> None:
    """Name the columns that are lost, why, and what to do when one of them matters."""
    unkept = [sheet.headers[name] for name in _unread(sheet, layout)]
    if not unkept:
        return
    names = f"{', '.join(unkept[:10])}{' ...' if len(unkept) > 10 else ''}"
    sheet.memory.counts[
        f"Columns not kept, since {primary.record.table} have no field for them: {names}. "
        "If one holds a field under another name, import the file again with --map COLUMN=FIELD."
    ] = 1


def _unread(sheet: Sheet, layout: Layout) -> list[str]:
    """Columns that gave nothing to any record: unknown ones, and second spellings of one that was read."""
    known = sheet.used | layout.set_apart
    return [name for name in sheet.headers if name not in known and re.sub(r"/\d+(/.*)?$", "", name) not in known]


def _with_handle(table: pa.Table) -> pa.Table:
    """A provisional id is a handle: an account that is known by nothing else is still found under its name."""
    ids = table.column("account")
    named = pc.match_substring(ids, ":@")
    if not pc.any(named).as_py():
        return table
    handle = pc.if_else(named, pc.replace_substring_regex(ids, "^[^:]*:@", ""), pa.scalar(None, pa.string()))
    place = table.schema.get_field_index("handle")
    if place < 0:
        return table.append_column("handle", handle)
    return table.set_column(place, "handle", pc.coalesce(table.column("handle"), handle))


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
    if is_primary and not pc.all(good).as_py():
        strange = {f"unknown platform {name!r}": rows for name, rows in sheet.unknown_platforms.items()}
        strange |= sheet.blank_platforms | _strange_words(record, sheet)
        why = {reason: pc.and_(rows, pc.invert(good)) for reason, rows in strange.items()} | why
    wanted = sheet.read(record.when) if record.when else None
    if record.when is not None:
        good = (
            pc.and_(good, pc.fill_null(wanted, False))
            if wanted is not None
            else pa.repeat(pa.scalar(False), len(sheet))
        )
    return good, why


def _strange_words(record: RecordMap, sheet: Sheet) -> dict[str, pa.Array]:
    """What is in the column of a required field and is no word of its list: `zap` is no verb, and not no verb at all."""
    return {
        f"unknown {declared.name} {word!r}": rows
        for declared in record.record.fields
        if declared.required and isinstance(cell := record.cells.get(declared.name), Verb)
        for word, rows in sheet.strange_words(cell).items()
    }


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
        late = pc.greater(columns[name], pa.scalar(datetime.now(UTC) + SLACK, read.MOMENT))
        _collect(masks, "date in the future", pc.and_(future, late))
        _collect(masks, "date later than the day on which it was collected", pc.and_(future, pc.invert(late)))
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
    assert record.each is not None
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
    """Distinct rows, each with the last line it stands on: tweets by one author do not multiply the author, and the later line counts."""
    names = [name for name in table.column_names if name != "line"]
    if table.num_rows < 2:
        return table
    if (
        EXTRA in table.schema.types
    ):  # which cannot be compared: of rows that say the same otherwise the last one's stands
        places = table.append_column("place", pa.array(np.arange(table.num_rows)))
        last = places.group_by([name for name in names if name != "extra"], use_threads=False)
        return table.take(last.aggregate([("place", "max")]).column("place_max"))
    groups = table.group_by(names, use_threads=False).aggregate([("line", "max")])
    return groups.rename_columns([*names, "line"]).select(table.column_names)


def _authors(table: pa.Table, posted: pa.Array | None) -> pa.Table:
    """Distinct rows; of a table of posts that does not say when it was collected, with the date of the post beside which each stands."""
    if posted is None or posted.null_count == len(posted) or "observed_at" in table.column_names:
        return distinct(table)
    return run_ends(table.append_column(SEEN_WITH, posted))


def run_ends(table: pa.Table) -> pa.Table:
    """Of the rows about each author, in the order of their posts, those that begin or end a stretch of rows that say the same."""
    said = [
        name
        for name in table.column_names
        if name not in (SEEN_WITH, "line") and table.schema.field(name).type != EXTRA
    ]
    codes = {name: _codes(table.column(name)) for name in said}
    dates = table.column(SEEN_WITH).cast(pa.int64()).fill_null(0).to_numpy()
    order = np.lexsort((dates, codes["account"]))  # stable: those of one date stay in the order of their lines
    same = np.logical_and.reduce([column[order][1:] == column[order][:-1] for column in codes.values()])
    inner = np.append(False, same) & np.append(same, False)
    return table.take(pa.array(np.sort(order[~inner])))


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A number for each value of a column, the same for the same."""
    codes = in_one(column).dictionary_encode(null_encoding="encode").indices
    return codes.to_numpy(zero_copy_only=False).astype(np.int64)


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
