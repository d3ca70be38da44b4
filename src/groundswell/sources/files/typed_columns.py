"""Values of mixed Python types as Arrow columns: numbers stay numbers, moments stay moments, and a mixture becomes text.

JSON and workbooks say of every cell what it is, but not of the column. A column is a number when all its known cells are;
where text and numbers meet, the numbers are written as a reader would write them (`12`, not `12.0`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

MOMENT = pa.timestamp("us")
INT64 = 1 << 63


def column_of(values: Sequence[Any]) -> pa.Array:
    """Return one column of the narrowest type that holds every value exactly; None and "" are null."""
    kinds = set(map(type, values)) - {type(None)}
    if kinds == {str}:
        return (
            pa.array(values, pa.string())
            if "" not in values
            else pa.array([value or None for value in values], pa.string())
        )
    if kinds == {float} and all(value is None or (value.is_integer() and abs(value) < 1 << 53) for value in values):
        return pa.array([None if value is None else int(value) for value in values], pa.int64())
    if kinds == {int} and all(value is None or -INT64 <= value < INT64 for value in values):
        return pa.array(values, pa.int64())
    if kinds and kinds <= {int, float} and all(value is None or abs(value) <= 1 << 53 for value in values):
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {datetime}:
        return _moments(values)
    if kinds == {list}:
        return pa.array(
            [None if value is None else [in_words(each) for each in value] for value in values], pa.list_(pa.string())
        )
    return pa.array([in_words(value) or None for value in values], pa.string())


def _moments(values: Sequence[Any]) -> pa.Array:
    try:
        return pa.array(values, MOMENT)
    except (pa.ArrowInvalid, OverflowError):
        return pa.array([in_words(value) for value in values], pa.string())


def in_words(value: Any) -> str | None:
    """Write one value as text; None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1 << 53 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, list):
        return ", ".join(in_words(each) or "" for each in value)  # type: ignore[reportUnknownVariableType]
    return str(value)
