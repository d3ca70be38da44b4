"""Keeping the table of signals, so that an update of few rows writes few of them.

    signals.json                  what the table depends on, and the name of its files
    signals-NAME.arrow            texts: profiles, and the labels of values; small, written anew each time
    signals-NAME.numbers          numbers: value, low, high, n and the code of the reason, all of fixed width

An update copies the numbers and writes fresh ones into the copy where they lie. Both files are mapped into memory when they are
read: nothing is read before it is asked for, and processes share it. A table is whole or not there at all.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import all_in_one, in_one
from groundswell.signals.computing import PROFILE
from groundswell.signals.packing import VALUE
from groundswell.signals.values import REASONS
from groundswell.store.crash_points import crash_point

pc: Any = _compute  # its functions are made at run time, no type checker knows them

ABANDONED_SECONDS = 3_600
"""An unfinished table that nobody has written to for so long is left from a process that was killed (design choice)."""
NUMBERS = (
    ("value", pa.float64()),
    ("low", pa.float64()),
    ("high", pa.float64()),
    ("n", pa.int32()),
    ("reason", pa.int8()),
)
CODES = pa.array(list(REASONS), pa.string())
REASON = pa.dictionary(pa.int8(), pa.string())
KEPT_VALUE = pa.struct([*NUMBERS[:4], ("label", pa.string()), ("reason", REASON)])
"""A value as it is handed out: as it was computed, with the count in 32 bits and the reason by its code."""


@dataclass(frozen=True)
class Kept:
    """A table that was kept: what it depends on, and its file of texts."""

    stamp: dict[str, Any]
    file: Path

    def read(self) -> pa.Table:
        """Map the table into memory."""
        return _read(self.file)


def kept_in(folder: Path) -> Kept | None:
    """The table that a folder keeps; None when there is none, or one of another form."""
    path = folder / "signals.json"
    if not path.is_file():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    file = folder / str(said.pop("file", ""))
    there = file.suffix == ".arrow" and file.parent == folder and file.is_file() and _numbers(file).is_file()
    return Kept(said, file) if there else None


def keep(folder: Path, rows: pa.Table, stamp: dict[str, Any]) -> Kept:
    """Write a whole table under a name of its own, then the stamp that names it; whoever reads the one before may go on."""
    file = _begin(folder, stamp)
    flat = {f"{name}.{part}": _open(_part(rows, name, part)) for name in _signals(rows) for part, _ in NUMBERS}
    _write(pa.table(flat), _numbers(file))
    _write(_texts(rows), file)
    return _finish(folder, file, stamp)


def keep_over(folder: Path, before: Kept, fresh: pa.Table, stamp: dict[str, Any]) -> Kept | None:
    """Write what was kept before with fresh rows in place of those of the same accounts; None when the places do not fit.

    `fresh` has rows of accounts that the table has already, and of no other; nobody went.
    """
    rows = before.read()
    places = pc.index_in(in_one(fresh.column("account")), value_set=in_one(rows.column("account")))
    if places.null_count or _signals(rows) != _signals(fresh):
        return None
    file = _begin(folder, stamp)
    part = _numbers(file).with_suffix(".part")
    shutil.copyfile(_numbers(before.file), part)
    _write_into(part, places.to_numpy(zero_copy_only=False).astype(np.int64), fresh)
    part.replace(_numbers(file))
    _write(_laid(_texts(rows), _texts(fresh), places), file)
    return _finish(folder, file, stamp)


def as_computed(rows: pa.Table) -> pa.Table:
    """Rows as they are computed, out of rows that were kept."""
    for name in _signals(rows):
        column = in_one(rows.column(name))
        parts = [pc.struct_field(column, field.name).cast(field.type) for field in VALUE]
        whole = pa.StructArray.from_arrays(parts, fields=list(VALUE))
        rows = rows.set_column(rows.column_names.index(name), name, whole)
    return rows


def keep_faces(folder: Path, faces: Mapping[str, pa.Table]) -> None:
    """Write what others see of accounts, a file a grain; while this lasts no table is there."""
    folder.mkdir(parents=True, exist_ok=True)
    for grain, rows in faces.items():
        _write(rows, folder / f"faces-{grain}.arrow")


def read_faces(folder: Path) -> dict[str, pa.Table]:
    """Map what others see of accounts into memory."""
    return {path.stem.removeprefix("faces-"): _mapped(path) for path in folder.glob("faces-*.arrow")}


# -- the two files ---------------------------------------------------------------------------------------------------------


def _numbers(file: Path) -> Path:
    return file.with_suffix(".numbers")


def _signals(rows: pa.Table) -> list[str]:
    return [name for name in rows.column_names if name not in PROFILE]


def _part(rows: pa.Table, name: str, part: str) -> pa.Array:
    """One number of a signal as a plain column."""
    column = pc.struct_field(in_one(rows.column(name)), part)
    if part == "reason":
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        return pc.index_in(column, value_set=CODES).cast(pa.int8())
    return column.cast(dict(NUMBERS)[part])


def _open(column: pa.Array) -> pa.Array:
    """A column with one unknown value more than there are accounts: a file keeps no bits of validity where nothing is unknown."""
    return pa.concat_arrays([column, pa.nulls(1, column.type)])


def _texts(rows: pa.Table) -> pa.Table:
    """Profiles, and a column of labels for every signal that has any."""
    labels = {name: pc.struct_field(in_one(rows.column(name)), "label") for name in _signals(rows)}
    return pa.table(
        {name: rows.column(name) for name in PROFILE}
        | {name: label for name, label in labels.items() if label.null_count < len(label)}
    )


def _laid(before: pa.Table, fresh: pa.Table, places: pa.Array) -> pa.Table:
    """Texts of before with fresh ones in their places; a column in which nothing is new is the one it was."""
    order = pc.sort_indices(places)
    there = np.zeros(before.num_rows, np.bool_)
    there[places.to_numpy(zero_copy_only=False)] = True
    laid: dict[str, Any] = {}
    for name in dict.fromkeys([*before.column_names, *fresh.column_names]):
        old, new = (
            in_one(rows.column(name)) if name in rows.column_names else pa.nulls(rows.num_rows, pa.string())
            for rows in (before, fresh)
        )
        laid[name] = (
            old if old.take(places).equals(new) else pc.replace_with_mask(old, pa.array(there), new.take(order))
        )
    return pa.table(laid)


def _read(file: Path) -> pa.Table:
    texts, numbers = _mapped(file), _mapped(_numbers(file))
    nothing = pa.nulls(texts.num_rows, pa.string())
    columns: dict[str, Any] = {name: texts.column(name) for name in PROFILE}
    for name in dict.fromkeys(column.partition(".")[0] for column in numbers.column_names):
        parts = {part: _whole(numbers.column(f"{name}.{part}"), texts.num_rows) for part, _ in NUMBERS}
        label = in_one(texts.column(name)) if name in texts.column_names else nothing
        reason = pa.DictionaryArray.from_arrays(parts.pop("reason"), CODES)
        columns[name] = pa.StructArray.from_arrays([*parts.values(), label, reason], fields=list(KEPT_VALUE))
    return pa.table(columns)


def _mapped(file: Path) -> pa.Table:
    with pa.memory_map(str(file)) as source:
        return pa.ipc.open_file(source).read_all()


def _whole(column: pa.ChunkedArray, length: int) -> pa.Array:
    """A column as one array. What the file says of how many values are missing may be of an earlier time: it is counted anew."""
    array = in_one(column)
    return pa.Array.from_buffers(array.type, length, array.buffers(), offset=array.offset)


def _write_into(numbers: Path, places: NDArray[np.int64], fresh: pa.Table) -> None:
    """Write fresh numbers where those of before lie."""
    layout = _layout(numbers)
    there = np.memmap(numbers, np.uint8, mode="r+")
    try:
        for name, (validity, data, length) in layout.items():
            _put(there, _part(fresh, *name.rsplit(".", 1)), places, validity, data, length)
        there.flush()
    finally:
        del there


def _layout(numbers: Path) -> dict[str, tuple[int, int, int]]:
    """Column -> where its bits of validity and its values begin in the file, and how many values there are."""
    with pa.memory_map(str(numbers)) as source:
        whole = source.read_buffer(source.size())
        batch = pa.ipc.open_file(pa.BufferReader(whole)).get_batch(0)
        buffers = {name: column.buffers() for name, column in zip(batch.schema.names, batch.columns, strict=True)}
        return {
            name: (known.address - whole.address, data.address - whole.address, batch.num_rows)
            for name, (known, data) in buffers.items()
        }


def _put(
    there: NDArray[np.uint8], column: pa.Array, places: NDArray[np.int64], validity: int, data: int, length: int
) -> None:
    kind = column.type.to_pandas_dtype()
    values = there[data : data + length * np.dtype(kind).itemsize].view(kind)
    values[places] = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
    packed = there[validity : validity + (length + 7) // 8]
    known = np.unpackbits(packed, bitorder="little")
    known[places] = pc.is_valid(column).to_numpy(zero_copy_only=False)
    packed[:] = np.packbits(known, bitorder="little")


# -- names, stamps, sweeping ----------------------------------------------------------------------------------------------


def _begin(folder: Path, stamp: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"signals-{blake2b(json.dumps(stamp).encode(), digest_size=8).hexdigest()}-{os.getpid()}.arrow"


def _write(rows: pa.Table, file: Path) -> None:
    part = file.with_suffix(file.suffix + ".part")
    with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_table(all_in_one(rows))
    crash_point("signals: before the table")
    part.replace(file)


def _finish(folder: Path, file: Path, stamp: dict[str, Any]) -> Kept:
    before = kept_in(folder)
    part = folder / "signals.json.part"
    part.write_text(json.dumps(stamp | {"file": file.name}), encoding="utf-8")
    crash_point("signals: before the stamp")
    part.replace(folder / "signals.json")
    wanted = {file, _numbers(file)} | ({before.file, _numbers(before.file)} if before else set())
    _sweep(folder, wanted)
    return Kept(stamp, file)


def _sweep(folder: Path, wanted: set[Path]) -> None:
    """Let go of tables that nobody needs; one that is being read stays where the system does not let it go (Windows)."""
    for old in set(folder.glob("signals-*")) - wanted:
        with suppress(OSError):
            # Another process may be writing its own; what a killed one left is older.
            if old.suffix in (".arrow", ".numbers") or time.time() - old.stat().st_mtime > ABANDONED_SECONDS:
                old.unlink()
