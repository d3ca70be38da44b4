"""Dates as people and programs write them, read column by column: ISO, Unix seconds, Twitter's, spreadsheets' days, 03/04/2025.

What cannot be read is null, and `Memory` counts it. Slashed dates are decided once a column, from the values that can only be read
one way; where there is none, they are unknown until the user says the order.

    moments(pa.array(["2014-08-15T15:51:15+00:00"]))          -> timestamp[us, UTC]
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.sources.files.values import (
    DAY,
    MIXED,
    MOMENT,
    MONTH,
    OPEN,
    Memory,
    by_distinct,
    matching,
    nulls,
    remaining,
    some,
    tell_unread,
    texts,
    trimmed,
)

pc: Any = _compute  # its functions are made at run time, no type checker knows them

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ZONED = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d(:?\d\d)?)$"
NAIVE = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$"
TWITTER = (
    r"^\w{3} (?P<month>[A-Za-z]{3}) (?P<day>\d{1,2}) (?P<time>\d\d:\d\d:\d\d) (?P<zone>[+-]\d{4}) (?P<year>\d{4})$"
)
SLASHED = r"^(?P<a>\d{1,2})(?P<mark>[./-])(?P<b>\d{1,2})[./-](?P<year>\d{4}),?(?:\s+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?)?\s*(?P<half>[AaPp][Mm])?$"
EXCEL_EPOCH_S = -2_209_161_600
"""1899-12-30 in Unix seconds: day 0 of a spreadsheet (Excel's 1900 system, after its leap-year bug)."""


def moments(values: pa.Array, column: str = "", memory: Memory | None = None, *, spreadsheet: bool = False) -> pa.Array:
    """Read moments: timestamp[us, UTC]. Without an offset UTC is taken; what cannot be read is unknown and counted.

    `spreadsheet`: bare numbers of five digits are days since 1899-12-30.
    """
    memory = memory or Memory()
    if pa.types.is_timestamp(values.type):
        return _as_utc(values)
    if pa.types.is_date(values.type):
        return _as_utc(pc.cast(values, pa.timestamp("ms")))
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        return _unix(pc.cast(values, pa.float64()), spreadsheet)
    words = texts(values)
    try:
        return pc.cast(words, MOMENT)
    except pa.ArrowInvalid:
        return _dated(trimmed(words), column, memory, spreadsheet)


def _as_utc(values: pa.Array) -> pa.Array:
    if values.type.tz is None:
        return pc.cast(pc.cast(values, pa.timestamp("us"), safe=False), MOMENT)
    return pc.cast(values, MOMENT, safe=False)


def _dated(words: pa.Array, column: str, memory: Memory, spreadsheet: bool) -> pa.Array:
    """Try the spellings one after the other, each on what is left."""
    words = pc.utf8_trim(words, " \"'")
    known = nulls(len(words), MOMENT)
    readers: tuple[Callable[[pa.Array], pa.Array], ...] = (
        _iso,
        _twitter,
        lambda left: _slashed(left, column, memory),
        lambda left: _unix(pc.cast(matching(left, r"^\d{5,20}(\.\d+)?$"), pa.float64()), spreadsheet),
        lambda left: by_distinct(left, moment_of, MOMENT),
    )
    for read in readers:
        left = remaining(words, known)
        if not some(left):
            break
        known = pc.coalesce(known, read(left))
    left = remaining(words, known)
    tell_unread(left, "a date", column, memory, told=_two_ways(left) if memory.open_dates[column] else None)
    return known


def _iso(words: pa.Array) -> pa.Array:
    zoned = pc.replace_substring_regex(matching(words, ZONED), r"\s(Z|[+-])", r"\1")
    naive = matching(words, NAIVE)
    long = pc.if_else(pc.equal(pc.binary_length(naive), 10), pc.binary_join_element_wise(naive, "T00:00", ""), naive)
    whole = pc.coalesce(zoned, pc.binary_join_element_wise(long, "Z", ""))
    return _cast(pc.replace_substring_regex(whole, r"(\.\d{6})\d+", r"\1"))


def _cast(iso: pa.Array) -> pa.Array:
    """ISO text with offset -> moments; 30 February and the like are null."""
    try:
        return pc.cast(iso, MOMENT)
    except pa.ArrowInvalid:
        return by_distinct(iso, _from_iso, MOMENT)


def _from_iso(word: str) -> datetime | None:
    try:
        return datetime.fromisoformat(word).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _padded(digits: pa.Array) -> pa.Array:
    return pc.utf8_lpad(digits, 2, "0")


def _glued(year: pa.Array, month: pa.Array, day: pa.Array, time: pa.Array, zone: pa.Array | str) -> pa.Array:
    days = pc.binary_join_element_wise(year, _padded(month), _padded(day), "-")
    return pc.binary_join_element_wise(pc.binary_join_element_wise(days, time, "T"), zone, "")


def _twitter(words: pa.Array) -> pa.Array:
    parts = pc.extract_regex(words, TWITTER)
    part = {name: pc.struct_field(parts, name) for name in ("month", "day", "time", "zone", "year")}
    number = pc.add(pc.index_in(pc.ascii_lower(part["month"]), pa.array(MONTHS)), 1)
    return _cast(_glued(part["year"], pc.cast(number, pa.string()), part["day"], part["time"], part["zone"]))


def order_in(values: pa.Array) -> str:
    """The order of day and month that the numbers above 12 among these values show."""
    words = pc.utf8_trim(trimmed(values), " \"'")
    part = _day_and_month(pc.extract_regex(words, SLASHED))
    day = pc.and_(pc.greater(part[0], 12), pc.less_equal(part[1], 12))
    month = pc.and_(pc.greater(part[1], 12), pc.less_equal(part[0], 12))
    return combined(DAY if pc.any(day).as_py() else OPEN, MONTH if pc.any(month).as_py() else OPEN)


def combined(one: str, other: str) -> str:
    """The order of a column, parts of which show these."""
    return one if other in (OPEN, one) else other if one == OPEN else MIXED


def _day_and_month(parts: pa.Array) -> tuple[pa.Array, pa.Array]:
    first, second = (pc.cast(pc.struct_field(parts, name), pa.int64()) for name in ("a", "b"))
    return first, second


def _two_ways(words: pa.Array) -> pa.Array:
    """Of dates that were not read, those that could be read two ways."""
    a, b = _day_and_month(pc.extract_regex(words, SLASHED))
    return pc.and_(pc.and_(pc.less_equal(a, 12), pc.less_equal(b, 12)), pc.not_equal(a, b))


def _slashed(words: pa.Array, column: str, memory: Memory) -> pa.Array:
    """Day and month told apart by the values above 12 in the column; with dots the day comes first.

    Where nothing tells, or a column mixes both orders, only the values that can be read one way are read.
    """
    parts = pc.extract_regex(words, SLASHED)
    part = {name: pc.struct_field(parts, name) for name in ("mark", "year", "hour", "minute", "second", "half")}
    a, b = _day_and_month(parts)
    if not some(a):
        return nulls(len(words), MOMENT)
    order = memory.date_order(column, order_in(words))
    either = pc.and_(pc.less_equal(a, 12), pc.less_equal(b, 12))
    if order == MIXED:
        for first, says in ((a, "day/month, the first number above 12"), (b, "month/day, the second number above 12")):
            number = pc.sum(pc.greater(first, 12)).as_py() or 0
            memory.note(f"{{n}} date{{s}} in {column!r} {{are}} written {says}: the column mixes both.", number)
    open_ = pc.and_(either, pc.not_equal(a, b))
    if order in (DAY, MONTH):
        open_ = pc.and_(open_, pa.scalar(False))
    elif order == OPEN:  # nobody writes the month first and dots
        open_ = pc.and_(open_, pc.not_equal(part["mark"], "."))
    _tell_open(words, open_, order, column, memory)
    day_first = pc.if_else(either, pa.scalar(order != MONTH), pc.greater(a, 12))
    year = pc.if_else(open_, None, part["year"])
    first, second = pc.cast(a, pa.string()), pc.cast(b, pa.string())
    month, day = pc.if_else(day_first, second, first), pc.if_else(day_first, first, second)
    return _cast(_glued(year, month, day, _clock(part), "Z"))


def _tell_open(words: pa.Array, open_: pa.Array, order: str, column: str, memory: Memory) -> None:
    """Count the dates that stay unknown because they could be read two ways, and say how to settle them."""
    number = pc.sum(open_).as_py() or 0
    if not number:
        return
    memory.open_dates[column] += number
    example = memory.decide(column, "example", words.filter(pc.fill_null(open_, False))[0].as_py(), "")
    why = (
        "other dates of the column are written day/month and month/day" if order == MIXED else "day/month or month/day"
    )
    memory.note(
        f"{{n}} date{{s}} in {column!r} could be read two ways, such as {example} ({why}), and {{are}} unknown; "
        "say --dates day-first or --dates month-first.",
        number,
    )


def _clock(part: dict[str, pa.Array]) -> pa.Array:
    filled = {
        name: pc.if_else(pc.equal(pc.binary_length(part[name]), 0), "0", part[name])
        for name in ("hour", "minute", "second")
    }
    hour = pc.cast(filled["hour"], pa.int64())
    half = pc.ascii_lower(part["half"])
    hour = pc.if_else(pc.and_(pc.equal(half, "am"), pc.equal(hour, 12)), 0, hour)
    hour = pc.if_else(pc.and_(pc.equal(half, "pm"), pc.less(hour, 12)), pc.add(hour, 12), hour)
    return pc.binary_join_element_wise(
        _padded(pc.cast(hour, pa.string())), _padded(filled["minute"]), _padded(filled["second"]), ":"
    )


def _unix(numbers: pa.Array, spreadsheet: bool) -> pa.Array:
    """Seconds, milli-, micro- or nanoseconds by their size: 1e11 s is the year 5138, 1e11 ms is 1973."""
    micros = pc.case_when(
        pc.make_struct(
            pc.less(numbers, 1e8),
            pc.less(numbers, 1e11),
            pc.less(numbers, 1e14),
            pc.less(numbers, 1e17),
            pc.less(numbers, 1e20),
        ),
        pa.scalar(None, pa.float64()),
        pc.multiply(numbers, 1e6),
        pc.multiply(numbers, 1e3),
        numbers,
        pc.divide(numbers, 1e3),
    )
    if spreadsheet:
        serial = pc.and_(pc.greater(numbers, 20_000), pc.less(numbers, 80_000))
        seconds = pc.round(pc.add(pc.multiply(numbers, 86_400.0), float(EXCEL_EPOCH_S)))
        micros = pc.if_else(serial, pc.multiply(seconds, 1e6), micros)
    return pc.cast(pc.cast(pc.round(micros), pa.int64(), safe=False), MOMENT)


WORDED = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y %H:%M", "%b %d, %Y, %I:%M %p", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d", "%Y-%m-%dT%H:%M:%S.%f%z")  # fmt: skip


def moment_of(word: str) -> datetime | None:
    """Read one date spelled in words (`Jan 6, 2024`, `Tue, 09 Jun 2026 14:23:16 GMT`); None when it is not one."""
    if len(word) > 60:
        return None
    for form in WORDED:
        try:
            return (
                datetime.strptime(word, form).replace(tzinfo=UTC)
                if "%z" not in form
                else datetime.strptime(word, form).astimezone(UTC)
            )
        except ValueError:
            continue
    try:
        read = parsedate_to_datetime(word)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return _from_iso(word) if re.match(r"\d{4}-\d\d-\d\dT", word) else None


def end_of_day(days: pa.Array) -> pa.Array:
    """Last second of the day that begins at each moment."""
    return pc.add(days, pa.scalar(86_399_000_000, pa.duration("us")))
