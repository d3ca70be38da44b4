"""What a query of a grain found becomes what is known: enough rows for a number, enough for an interval, else the reason why not.

A query gives plain columns, a signal's value under its own name and the rest as `like_rate_low`, `like_rate_n` ...; here they
become one struct a signal, column by column, the same for every engine that answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.declaring import Signal

pc: Any = _compute  # its functions are made at run time, no type checker knows them

VALUE = pa.struct(
    [
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("n", pa.int64()),
        ("label", pa.string()),
        ("reason", pa.string()),
    ]
)
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


def plain_columns(signal: Signal) -> str:
    """The columns of a query that tell of one signal, from `name__value`, `name__low` ... of its stages."""
    return ", ".join(f"{signal.name}__{part.name} AS {_named(signal, part.name)}" for part in VALUE)


def packed(found: pa.Table, signals: Sequence[Signal]) -> pa.Table:
    """Plain columns of signals as one struct a signal, beside `account`; a number below what it needs is unknown, with the reason."""
    structs = {signal.name: _struct(found, signal) for signal in signals}
    return pa.table({"account": in_one(found.column("account")), **structs})


def _named(signal: Signal, part: str) -> str:
    return signal.name if part == "value" else f"{signal.name}_{part}"


def _struct(found: pa.Table, signal: Signal) -> pa.StructArray:
    value, low, high, n, label, reason = (
        found.column(_named(signal, part.name)).cast(part.type).combine_chunks() for part in VALUE
    )
    n = pc.fill_null(n, 0)
    rows, number = n.to_numpy(), value.to_numpy(zero_copy_only=False)
    enough = (rows >= signal.columns.at_least) & np.isfinite(number)
    limits = enough & (rows >= signal.columns.interval_from)
    missing = np.where(rows == 0, "not_observed", "too_few")
    parts = [
        _rounded(number, enough),
        _rounded(low.to_numpy(zero_copy_only=False), limits),
        _rounded(high.to_numpy(zero_copy_only=False), limits),
        n,
        pc.if_else(pa.array(enough), label, None),
        pc.if_else(pa.array(enough), None, pc.coalesce(reason, pa.array(missing, pa.string()))),
    ]
    return pa.StructArray.from_arrays(parts, fields=list(VALUE))


def _rounded(numbers: Numbers, where: Flags) -> pa.Array:
    """12 significant digits where they are told: what is stored agrees whatever the order in which rows were added up."""
    told = where & np.isfinite(numbers)
    some = np.where(told & (numbers != 0), numbers, 1.0)
    places = 11 - np.floor(np.log10(np.abs(some)))
    # A power of ten below one is not exact: what is large is divided by its inverse.
    up, down = 10.0 ** np.clip(places, 0, 300), 10.0 ** np.clip(-places, 0, 300)
    rounded = np.rint(some * up / down) / up * down
    return pa.array(np.where(numbers == 0, 0.0, rounded), mask=~told)
