"""A table in; CSV, Parquet or JSON out. A shortlist becomes a table here, or a document of plain values.

Unknown is empty in CSV, null elsewhere, and its reason stands beside it. NaN is never written: what is no number is unknown.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any, BinaryIO, cast

import pyarrow as pa

from groundswell.discover import Match, Shortlist
from groundswell.exports.wording import FORMULA, as_text_cell, finite, printable, signal_names
from groundswell.signals.values import Value

_BATCH = 10_000
_BOM = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as the local code page and breaks every umlaut


def shortlist_as_json(shortlist: Shortlist) -> dict[str, Any]:
    """Return the shortlist as plain values: full precision, ISO dates, unknown as null with its reason, never NaN.

    The population behind the picture (`context`) is left out: it speaks of people who are not on the list.
    """
    document = {
        "simulated": shortlist.simulated,
        "definition": {
            "id": shortlist.definition,
            "title": shortlist.definition_title,
            "says": shortlist.definition_says,
        },
    }
    rest = {
        field.name: getattr(shortlist, field.name)
        for field in fields(shortlist)
        if field.name not in ("simulated", "definition", "definition_title", "definition_says", "context")
    }
    return cast(dict[str, Any], plain(document | rest))


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: dates as ISO text, dataclasses as objects, NaN and infinities as null."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return finite(value)
        case str():
            return value.encode("utf-8", "replace").decode()  # a lone surrogate is no text
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Decimal():
            return str(value)
        case bytes():
            return b64encode(value).decode()
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in cast(Mapping[Any, Any], value).items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in cast(Sequence[Any], value)]
        case _ if is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return str(value)


def shortlist_as_table(shortlist: Shortlist) -> pa.Table:
    """Return one row per match: who, score, and for each signal its value, interval, rows behind it and why it is unknown."""
    matches = shortlist.matches
    columns: dict[str, pa.Array] = {
        "rank": pa.array([match.rank for match in matches], pa.int64()),
        **{name: _texts(matches, name) for name in ("account", "platform", "handle", "name", "url")},
        "score": pa.array([finite(match.score) for match in matches], pa.float64()),
        "score_most": pa.array([finite(match.score_most) for match in matches], pa.float64()),
    }
    for name in signal_names(matches):
        columns |= _signal_columns(name, [match.values.get(name) for match in matches])
    reasons = [[plain(sentence) for sentence in match.sentences] for match in matches]
    columns["reasons"] = pa.array(reasons, pa.list_(pa.string()))
    for name in ("definition", "facts_version"):
        columns[name] = pa.array([plain(getattr(shortlist, name))] * len(matches), pa.string())
    columns["made_at"] = pa.array([shortlist.made_at.isoformat()] * len(matches), pa.string())
    columns["simulated"] = pa.array([match.account in shortlist.made_up for match in matches], pa.bool_())
    return pa.table(columns)


def _texts(matches: Sequence[Match], name: str) -> pa.Array:
    return pa.array([plain(getattr(match, name)) for match in matches], pa.string())


def _signal_columns(name: str, values: Sequence[Value | None]) -> dict[str, pa.Array]:
    def column(field: str, kind: pa.DataType) -> pa.Array:
        return pa.array([None if value is None else plain(getattr(value, field)) for value in values], kind)

    found = {
        name: column("value", pa.float64()),
        f"{name}_low": column("low", pa.float64()),
        f"{name}_high": column("high", pa.float64()),
        f"{name}_n": column("n", pa.int64()),
        f"{name}_unknown": column("reason", pa.string()),
    }
    if any(value is not None and value.label for value in values):
        found[f"{name}_label"] = column("label", pa.string())
    return found


def write_csv(table: pa.Table, file: BinaryIO) -> None:
    """Write a table as CSV in UTF-8: text quoted and never a formula, numbers bare, unknown empty, times in ISO 8601."""
    from pyarrow import csv

    file.write(_BOM)
    names = [as_text_cell(printable(name)) for name in table.column_names]
    schema = pa.schema([(name, _csv_type(field.type)) for name, field in zip(names, table.schema, strict=True)])
    with csv.CSVWriter(file, schema) as writer:
        for batch in table.to_batches(max_chunksize=_BATCH):
            cells = [_csv_cells(column) for column in batch.columns]
            writer.write_batch(pa.record_batch(cells, schema=schema))


def _csv_type(kind: pa.DataType) -> pa.DataType:
    return kind if _is_number(kind) else pa.string()


def _compute() -> Any:
    """Return pyarrow.compute, whose functions are made at run time and unknown to type checkers."""
    return import_module("pyarrow.compute")


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)


def _csv_cells(column: pa.Array) -> pa.Array:
    pc = _compute()

    if _is_number(column.type):
        return known(column)
    return pc.replace_substring_regex(as_texts(column), FORMULA, r"'\1", max_replacements=1)


def as_texts(column: pa.Array) -> pa.Array:
    """Return a column of anything as text: times in ISO 8601 (UTC where the zone is known), lists joined by `; `, the rest as JSON."""
    pc = _compute()

    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_texts(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        clock = pc.replace_substring(
            pc.cast(column.cast(pa.timestamp(kind.unit)), pa.string()), " ", "T", max_replacements=1
        )
        return pc.binary_join_element_wise(clock, "Z" if kind.tz else "", "")
    if pa.types.is_list(kind) and pa.types.is_string(kind.value_type):
        return pc.binary_join(column, "; ")
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = [None if item is None else json.dumps(plain(item), ensure_ascii=False) for item in column.to_pylist()]
        return pa.array(texts, pa.string())
    return pc.cast(column, pa.string())


def known(column: pa.Array) -> pa.Array:
    """Return a column with NaN and the infinities as null."""
    pc = _compute()

    if not pa.types.is_floating(column.type):
        return column
    return pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))


def write_parquet(table: pa.Table, file: BinaryIO, *, title: str, simulated: bool) -> None:
    """Write a table as Parquet; title and whether it is simulated stand in the file's metadata."""
    import pyarrow.parquet as pq

    says = {b"title": title.encode(), b"simulated": str(simulated).lower().encode()}
    schema = table.schema.with_metadata({**(table.schema.metadata or {}), **says})
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in table.to_batches():
            writer.write_batch(pa.record_batch([known(column) for column in batch.columns], schema=schema))


def write_rows_as_json(table: pa.Table, file: BinaryIO) -> None:
    """Write a table as a JSON list of objects, one object a line."""
    write, between = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode, b"\n"
    file.write(b"[")
    for batch in table.to_batches(max_chunksize=_BATCH):
        cells = zip(*map(_json_cells, batch.columns), strict=True)
        lines = [write(dict(zip(table.column_names, row, strict=True))) for row in cells]
        if lines:
            file.write(between + ",\n".join(lines).encode())
            between = b",\n"
    file.write(b"\n]\n")


def _json_cells(column: pa.Array) -> list[Any]:
    if _is_number(column.type) or pa.types.is_string(column.type):
        return known(column).to_pylist()
    if pa.types.is_timestamp(column.type):
        return as_texts(column).to_pylist()
    return [plain(item) for item in column.to_pylist(maps_as_pydicts="lossy")]


def write_document(document: Mapping[str, Any], file: BinaryIO) -> None:
    """Write plain values as indented JSON in UTF-8."""
    file.write(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2).encode() + b"\n")
