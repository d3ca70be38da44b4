"""A network kept in a folder, to be asked again without reading its edges.

    kept = Stored.keep("friends", edges)
    found = maximize(Stored.open("friends"), k=50)

A folder holds `network.json`, the stamp, and an array a file: where the row of each person begins, who points at them, with
what chance (where chances differ), and their ids. Opening maps the files into memory, so that several programs share them and
only what is walked through is read. Files have names of their own in every version and the stamp is put down last, so that a
folder holds the old network or the new one and never half of each.

Compiled loops look at no border. What a folder says is therefore checked when it is opened, and refused if it does not hold
together; it is never unpickled. A file that somebody shortens while it is open ends the program, as with every mapped file.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.errors import DiskFullError, InputError, UnreadableFileError, WorkspaceError
from groundswell.graph.cover import Floats
from groundswell.graph.edges import (
    SPARSE,
    Edges,
    Ids,
    Network,
    batches,
    chances_of,
    numbering,
    refuse_many,
)
from groundswell.graph.ties import Numbers

pc: Any = _compute
STAMP, FORMAT, VERSION = "network.json", "groundswell network", 1
LONGEST_STAMP = 4_096
"""Bytes of a stamp that are read; ours has two hundred (design choice)."""
AGAIN = "Keep the network again from its edges."
TYPES = {
    "first": np.int64,
    "source": np.int32,
    "chance": np.float64,
    "ids": np.int64,
    "ends": np.int64,
    "words": np.uint8,
}
"""Arrays that there may be, and what they hold."""


class Words:
    """Ids that are words, by number, as they lie in their file: only those that somebody asks for become objects."""

    def __init__(self, words: pa.Array) -> None:
        self.words = words

    def __len__(self) -> int:
        """Number of people."""
        return len(self.words)

    def __getitem__(self, places: Any) -> Any:
        """The words of these people, or of one."""
        if np.ndim(places) == 0:
            return self.words[int(places)].as_py()
        return np.asarray(self.words.take(pa.array(places)).to_pylist(), object)


@dataclass(frozen=True)
class Stored:
    """A network that lies in a folder, and the ids of its people by number; `maximize` takes it in the place of edges."""

    folder: Path
    network: Network
    ids: Ids | Words

    @classmethod
    def keep(cls, folder: str | Path, edges: Any, *, chances: Any = None) -> Stored:
        """Keep the network of these edges in a folder, in the place of one that was kept there before.

        `edges` and `chances` are those of `maximize`. Edges without weights take 4 bytes each in memory, and 5 a person, beside
        what was given: of two arrays of whole numbers, which may be mapped files (`numpy.load(..., mmap_mode="r")`), some millions
        are read at a time. With weights or chances they are sorted, which takes some 60 bytes an edge.

        Errors: InputError for edges that cannot be used, or another file in the way; WorkspaceError where the folder cannot be written.
        """
        target = Path(folder)
        before = _before(target)
        ids, network = _read(edges, chances)
        arrays: dict[str, NDArray[Any]] = {"first": network.first, "source": network.source}
        if len(network.chance):
            arrays["chance"] = network.chance
        arrays |= _of_ids(ids)
        token = secrets.token_hex(8)
        stamp = {
            "format": FORMAT,
            "version": VERSION,
            "token": token,
            "lengths": {name: len(array) for name, array in arrays.items()},
        }
        try:
            target.mkdir(parents=True, exist_ok=True)
            _write(target, token, arrays, json.dumps(stamp, indent=1).encode())
        except OSError as error:
            _drop(target, token)
            raise _refused(target, error) from error
        if before:
            _drop(target, before)
        return cls.open(target)

    @classmethod
    def open(cls, folder: str | Path) -> Stored:
        """Open the network of a folder.

        Errors: InputError where none is kept there; UnreadableFileError where it is of another version, torn, or not what it says.
        """
        target = Path(folder)
        token, lengths = _stamp(target)
        arrays = {name: _mapped(target, name, token, length) for name, length in lengths.items()}
        first, source = arrays["first"], arrays["source"]
        chance: Floats = arrays.get("chance", np.zeros(0))
        if len(chance) not in (0, len(source)):
            raise _torn(target, "its arrays do not fit each other")
        from groundswell.graph import packing

        if not len(first) or not packing.sound(first, source, chance):
            raise _torn(target, "its rows do not hold together")
        alike = not len(chance)
        network = Network.alike(first, source) if alike else Network(first, source, chance, np.zeros(len(first) - 1))
        return cls(target, network, _ids(target, arrays, network.size))

    def among(self, columns: list[Ids]) -> tuple[Ids | Words, Network, list[Numbers]]:
        """The ids and the network with whoever else stands in these columns, without an edge; and each column as numbers."""
        filled = [column for column in columns if len(column)]
        if not filled:
            return self.ids, self.network, [np.zeros(0, np.int64) for _ in columns]
        words = {isinstance(self.ids, Words), *(column.dtype.kind == "O" for column in filled)}
        if len(words) > 1 and self.network.size:
            numbering([np.zeros(1, np.int64), np.array(["word"], object)])  # says that they are of two kinds
        named, places = numbering(columns)
        at = self._places(named)
        new = np.flatnonzero(at < 0)
        at[new] = self.network.size + np.arange(len(new))
        found = [at[column] for column in places]
        if not len(new):
            return self.ids, self.network, found
        return _joined(self.ids, named[new]), self._wider(len(new)), found

    def _places(self, named: Ids) -> Numbers:
        """The number of each id, -1 of those who are not there."""
        if isinstance(self.ids, Words):
            at = pc.index_in(pa.array(named.tolist(), pa.large_string()), value_set=self.ids.words)
            return pc.fill_null(at, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        if not len(self.ids):
            return np.full(len(named), -1, np.int64)
        place = np.minimum(np.searchsorted(self.ids, named), len(self.ids) - 1)
        return np.where(self.ids[place] == named, place, -1)

    def _wider(self, more: int) -> Network:
        refuse_many(self.network.size + more)
        first = np.concatenate([self.network.first, np.full(more, self.network.first[-1])])
        return replace(self.network, first=first, rate=np.concatenate([self.network.rate, np.zeros(more)]))


def _joined(ids: Ids | Words, more: Ids) -> Ids | Words:
    if isinstance(ids, Words):
        return Words(pa.concat_arrays([ids.words, pa.array(more.tolist(), pa.large_string())]))
    return np.concatenate([ids, more]) if len(ids) else more


# -- from edges ------------------------------------------------------------------------------------------------------------


def _read(edges: Any, chances: Any) -> tuple[Ids | Words, Network]:
    """The ids by number and the network of these edges."""
    if chances is None and isinstance(edges, tuple) and len(edges) == 2 and all(map(_whole_numbers, edges)):
        one, other = edges
        if len(one) == len(other) and (found := _dense(one, other)):
            return found
    read = Edges.of(edges)
    ids, (one, other, _) = numbering([read.one, read.other, read.people])
    if chances is None:
        network = Network.cascade(len(ids), one, other, read.weight)
    else:
        network = Network.given(len(ids), one, other, chances_of(chances, len(one)))
    return ids if ids.dtype.kind != "O" else Words(pa.array(ids.tolist(), pa.large_string())), network


def _whole_numbers(given: Any) -> bool:
    return isinstance(given, np.ndarray) and given.ndim == 1 and given.dtype.kind in "iu"


def _dense(one: NDArray[Any], other: NDArray[Any]) -> tuple[Ids, Network] | None:
    """The same a few million edges at a time, through a table of ids; None where the ids lie too far apart for one."""
    ends = [(int(part.min()), int(part.max())) for pair in batches(one, other) for part in pair]
    low, high = min((low for low, _ in ends), default=0), max((high for _, high in ends), default=-1)
    if low < 0 or high >= 2 * SPARSE * len(one) + 1_000:
        return None
    there = np.zeros(high + 1, np.bool_)
    for pair in batches(one, other):
        for part in pair:
            there[part] = True
    ids = np.flatnonzero(there)
    refuse_many(len(ids))
    number = np.cumsum(there, dtype=np.int32) - 1 if len(ids) <= high else None

    def pairs() -> Iterable[tuple[Any, Any]]:
        if number is None:
            return batches(one, other)
        return ((number[a], number[b]) for a, b in batches(one, other))

    return ids, Network.even(len(ids), pairs)


# -- files -----------------------------------------------------------------------------------------------------------------


def _of_ids(ids: Ids | Words) -> dict[str, NDArray[Any]]:
    """Ids as arrays: numbers, or letters and where each word ends. People called 0, 1, 2 ... need none."""
    if not isinstance(ids, Words):
        return {} if len(ids) == 0 or (ids[0] == 0 and ids[-1] == len(ids) - 1) else {"ids": ids}
    words: Any = ids.words
    _, ends, text = words.buffers()
    letters = np.zeros(0, np.uint8) if text is None else np.frombuffer(text, np.uint8)
    borders = np.frombuffer(ends, np.int64)[: len(words) + 1]
    return {"ends": borders, "words": letters[: borders[-1]]}


def _ids(folder: Path, arrays: dict[str, Any], size: int) -> Ids | Words:
    """The ids of a folder, which are as many as people and ascend, or are words that can be read."""
    if "ends" in arrays:
        ends, letters = arrays["ends"], arrays.get("words", np.zeros(0, np.uint8))
        if len(ends) != size + 1 or ends[0] != 0 or ends[-1] != len(letters) or (ends[1:] < ends[:-1]).any():
            raise _torn(folder, "its words do not fit its people")
        words = pa.Array.from_buffers(pa.large_string(), size, [None, pa.py_buffer(ends), pa.py_buffer(letters)])
        try:
            words.validate(full=True)
        except pa.ArrowInvalid as error:
            raise _torn(folder, "its words cannot be read") from error
        return Words(words)
    ids: Ids = arrays["ids"] if "ids" in arrays else np.arange(size)
    if len(ids) != size or (ids[1:] <= ids[:-1]).any():
        raise _torn(folder, "its ids do not fit its people")
    return ids


def _write(folder: Path, token: str, arrays: dict[str, NDArray[Any]], stamp: bytes) -> None:
    """Put down all arrays, and then the stamp, each on the disk before the next step."""
    for name, array in arrays.items():
        with (folder / f"{name}-{token}.npy").open("xb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    part = folder / f"{STAMP}-{token}.part"
    with part.open("xb") as file:
        file.write(stamp)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / STAMP)


def _drop(folder: Path, token: str) -> None:
    """Remove the files of one version; a system that does not let go of them (they are open, say) keeps them."""
    for path in [*(folder / f"{name}-{token}.npy" for name in TYPES), folder / f"{STAMP}-{token}.part"]:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            continue


def _refused(folder: Path, error: OSError) -> WorkspaceError:
    kept = "A network that was kept there before is untouched."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFullError(f"No space left to keep a network in {folder}.", means=kept, next_step="Free some space.")
    return WorkspaceError(
        f"{folder} may not be written: {error.strerror}.", means=kept, next_step="Choose another folder."
    )


def _before(folder: Path) -> str:
    """The token of what is kept there; refuses to take the place of a stamp that is not ours."""
    try:
        found = json.loads((folder / STAMP).read_bytes()[:LONGEST_STAMP])
        if found["format"] == FORMAT:
            return token if re.fullmatch("[0-9a-f]{16}", token := str(found.get("token"))) else ""
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        pass
    raise InputError(f"{folder / STAMP} is there and is no network that was kept.", next_step="Choose another folder.")


def _stamp(folder: Path) -> tuple[str, dict[str, int]]:
    """The token of a folder's files, and how long each array is."""
    try:
        with (folder / STAMP).open("rb") as file:
            text = file.read(LONGEST_STAMP)
    except OSError as error:
        raise InputError(
            f"No network is kept in {folder}.", next_step="Keep one there: Stored.keep(folder, edges)."
        ) from error
    try:
        found: Any = json.loads(text)
        form, version = found["format"], found["version"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _torn(folder, "its stamp cannot be read") from error
    if form != FORMAT or type(version) is not int or version != VERSION:
        raise UnreadableFileError(
            f"The network in {folder} is of another version.", means=f"This program reads version {VERSION}.", next_step=AGAIN
        )  # fmt: skip
    token, lengths = found.get("token"), found.get("lengths")
    named = isinstance(token, str) and re.fullmatch("[0-9a-f]{16}", token)
    if not named or not isinstance(lengths, dict) or not {"first", "source"} <= set(lengths) <= set(TYPES):
        raise _torn(folder, "its stamp does not name its files")
    if not all(type(length) is int and 0 <= length < 1 << 48 for length in lengths.values()):
        raise _torn(folder, "its stamp names sizes that nothing has")
    return token, lengths


def _mapped(folder: Path, name: str, token: str, length: int) -> NDArray[Any]:
    """One array, mapped; changes would stay in this process, and none are made."""
    path, load = folder / f"{name}-{token}.npy", np.lib.format.open_memmap
    try:
        found = np.asarray(load(path, mode="c"))
        whole = path.stat().st_size - found.nbytes
    except (OSError, ValueError, TypeError, OverflowError, EOFError, SyntaxError) as error:
        raise _torn(folder, f"{path.name} is missing or cut off") from error
    if found.dtype != TYPES[name] or found.shape != (length,) or not 0 < whole < LONGEST_STAMP:
        raise _torn(folder, f"{path.name} is not what the stamp says")
    return found


def _torn(folder: Path, why: str) -> UnreadableFileError:
    return UnreadableFileError(f"The network in {folder} cannot be used: {why}.", next_step=AGAIN)


__all__ = ["Stored", "Words"]
