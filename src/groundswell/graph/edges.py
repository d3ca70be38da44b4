"""Edges as people bring them, made into arrays: who is pointed at by whom, and with what chance.

An edge points from who speaks to who may pass it on. Ids are whole numbers or words; inside, people are numbers from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundswell.errors import InputError
from groundswell.graph.cover import Floats, Places, refuse
from groundswell.graph.ties import AT_ONCE, Numbers, numbered

Ids = NDArray[Any]
FORMS = "a pair or triple of arrays, rows of two or three, a scipy.sparse matrix, an Arrow, pandas or Polars table, or a networkx graph"
SPARSE = 4
"""Whole numbers up to so many times their count are numbered through a table, others by sorting (design choice)."""


@dataclass(frozen=True)
class Edges:
    """Edges in three columns, `weight` empty where none was given, and people who are there whether or not they have an edge."""

    one: Ids
    other: Ids
    weight: Floats
    people: Ids

    @classmethod
    def of(cls, given: Any) -> Edges:
        """Read edges in any of the forms that people keep them in."""
        one, other, weight, people = _columns(given)
        if len(one) != len(other) or (weight is not None and len(weight) != len(one)):
            raise InputError("The columns of the edges differ in length.", next_step="Give one row an edge.")
        return cls(ids_of(one), ids_of(other), weights_of(weight), ids_of(people))


@dataclass(frozen=True)
class Network:
    """Who points at `v`: `source[first[v] : first[v + 1]]`, each once and never `v`.

    `chance` stands beside `source` and falls within each row; it is empty where all who point at somebody have the same
    chance, and then `rate` is 1 / log(1 - chance) of each person.
    """

    first: Numbers
    source: Places
    chance: Floats
    rate: Floats

    @property
    def size(self) -> int:
        """Number of people."""
        return len(self.first) - 1

    @classmethod
    def cascade(cls, size: int, one: Numbers, other: Numbers, weight: Floats) -> Network:
        """Weighted cascade (Kempe, Kleinberg & Tardos 2003): the chance of an edge is its share of all that points there."""
        if not len(weight):
            return cls.even(size, lambda: batches(one, other))
        one, other, weight = _once(size, one, other, weight, np.add)
        if not len(weight) or weight.min() == weight.max():
            return cls.alike(_starts(other, size), one.astype(np.int32))
        total = np.bincount(other, weights=weight, minlength=size)
        return cls._falling(size, one, other, np.minimum(weight / total[other], 1.0))

    @classmethod
    def even(cls, size: int, pairs: Callable[[], Iterable[tuple[Numbers, Numbers]]]) -> Network:
        """Weighted cascade of edges without weights, asked for twice in batches: they are counted, then put where they belong."""
        from groundswell.graph import packing

        refuse_many(size)
        first = np.zeros(size + 1, np.int64)
        for one, other in pairs():
            packing.count(one, other, first[1:])
        np.cumsum(first, out=first)
        source, at = np.empty(int(first[-1]), np.int32), first[:-1].copy()
        for one, other in pairs():
            packing.place(one, other, at, source)
        return cls.alike(first, source[: packing.settle(first, source)])

    @classmethod
    def alike(cls, first: Numbers, source: Places) -> Network:
        """The network of these rows, where all who point at somebody have the same chance."""
        from groundswell.graph import packing

        return cls(first, source, np.zeros(0), packing.paces(first))

    @classmethod
    def given(cls, size: int, one: Numbers, other: Numbers, chance: Floats) -> Network:
        """Chances as they are given, one an edge; of an edge that stands there twice the larger counts."""
        return cls._falling(size, *_once(size, one, other, chance, np.maximum))

    @classmethod
    def _falling(cls, size: int, one: Numbers, other: Numbers, chance: Floats) -> Network:
        refuse_many(size)
        order = np.lexsort((one, -chance, other))
        return cls(_starts(other, size), one[order].astype(np.int32), chance[order], np.zeros(size))


def batches(one: Ids, other: Ids) -> Iterator[tuple[Numbers, Numbers]]:
    """Two columns of numbers, some millions of rows at a time, as compiled loops know them."""
    for begin in range(0, len(one), AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        yield np.require(one[part], np.int64, "W"), np.require(other[part], np.int64, "W")


def refuse_many(size: int) -> None:
    """Refuse more people than four bytes can number."""
    if size > np.iinfo(np.int32).max:
        raise InputError(f"There are {size:,} people in these edges.", means="A network holds up to two billion.")


def _starts(of: Numbers, size: int) -> Numbers:
    return np.concatenate([[0], np.cumsum(np.bincount(of, minlength=size))]).astype(np.int64)


def _once(size: int, one: Numbers, other: Numbers, amount: Floats, by: Any) -> tuple[Numbers, Numbers, Floats]:
    """Each edge between two people once, its amounts joined; edges of nothing and to oneself do not count."""
    counts = (one != other) & (amount > 0)
    keys, amounts = (other * size + one)[counts], amount[counts]
    order = np.argsort(keys, kind="stable")
    keys, amounts = keys[order], amounts[order]
    begin = np.flatnonzero(np.concatenate([np.ones(1, np.bool_), keys[1:] != keys[:-1]])[: len(keys)])
    joined = by.reduceat(amounts, begin) if len(begin) else amounts
    return keys[begin] % max(size, 1), keys[begin] // max(size, 1), joined


def numbering(columns: list[Ids]) -> tuple[Ids, list[Numbers]]:
    """Number the ids of some columns from 0: the ids by number, ascending where they are numbers, and each column as numbers."""
    filled = [column for column in columns if len(column)]
    words = {column.dtype.kind == "O" for column in filled}
    if len(words) > 1:
        raise InputError(
            "Some ids are numbers and some are words.", next_step="Give edges, candidates and prices the same ids."
        )
    if words == {True}:
        ids, found = numbered([pa.chunked_array([pa.array(column.tolist(), pa.string())]) for column in columns])
        return np.asarray(ids.to_pylist(), object), found
    ids, places = _places(np.concatenate([np.zeros(0, np.int64), *filled]))
    ends = np.cumsum([len(column) for column in columns])
    return ids, [places[end - len(column) : end] for column, end in zip(columns, ends, strict=True)]


def _places(every: Numbers) -> tuple[Ids, Numbers]:
    if len(every) and every.min() >= 0 and every.max() < SPARSE * len(every) + 1_000:
        there = np.zeros(int(every.max()) + 1, np.bool_)
        there[every] = True
        return np.flatnonzero(there), (np.cumsum(there) - 1)[every]
    ids, places = np.unique(every, return_inverse=True)
    return ids, places.reshape(-1).astype(np.int64)


def ids_of(given: Any) -> Ids:
    """Ids as int64, or as an array of words."""
    if isinstance(given, pa.ChunkedArray | pa.Array):
        given = np.asarray(given.to_pylist(), object) if given.null_count else given.to_numpy(zero_copy_only=False)
    found: Ids = np.asarray(given, object if isinstance(given, list | tuple) else None).reshape(-1)
    if not len(found):
        return np.zeros(0, np.int64)
    if found.dtype.kind == "f":
        refuse(~np.isfinite(found) | (found != np.round(found)), "id", "Ids are whole numbers or words.")
    if found.dtype.kind in "iuf":
        refuse(np.abs(found.astype(np.float64)) >= 2.0**63, "id", "Numbers as ids have at most 63 bits.")
        return found.astype(np.int64)
    try:
        words = pa.array(found.tolist())
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeError, OverflowError) as error:
        raise _strange(found) from error
    if words.null_count:
        raise InputError(
            f"{words.null_count:,} ids are missing.", next_step="Leave out edges of which an end is unknown."
        )
    if pa.types.is_integer(words.type):
        return words.to_numpy().astype(np.int64)
    if not pa.types.is_string(words.type):
        raise _strange(found)
    return np.asarray(words.to_pylist(), object)


def _strange(found: Ids) -> InputError:
    shown = repr(found[0])[:60]
    return InputError(
        f"Ids like {shown} are neither all whole numbers nor all words.", next_step="Give ids of one kind."
    )


def weights_of(given: Any) -> Floats:
    """Weights of edges: finite, not negative."""
    if given is None:
        return np.zeros(0)
    found = amounts_of(given, "weights")
    refuse(~np.isfinite(found) | (found < 0), "weight of the edge", "Weights of edges are finite numbers from 0 up.")
    return found


def amounts_of(given: Any, name: str) -> Floats:
    """Numbers of one row; what is no number is refused."""
    if isinstance(given, pa.ChunkedArray | pa.Array):
        given = given.to_numpy(zero_copy_only=False)
    try:
        return np.asarray(given, np.float64).reshape(-1)
    except (TypeError, ValueError) as error:
        raise InputError(f"The {name} are not all numbers.") from error


def chances_of(given: Any, edges: int) -> Floats:
    """Chances of so many edges: one for all, or one each."""
    chance = amounts_of(given, "chances")
    refuse(~((chance >= 0) & (chance <= 1)), "chance", "Chances lie between 0 and 1.")
    if len(chance) != 1 and len(chance) != edges:
        raise InputError(f"There are {len(chance):,} chances for {edges:,} edges.", next_step="Give one an edge.")
    return np.broadcast_to(chance, edges).astype(np.float64)


def beside(given: Any, people: Ids | None, name: str) -> tuple[Ids, Floats]:
    """Amounts with the ids that they belong to: of a mapping its keys; else `people`, or 0, 1, 2 ... where that is None."""
    if isinstance(given, Mapping):
        return ids_of(list(given)), amounts_of(list(given.values()), name)
    amounts = amounts_of(given, name)
    ids = np.arange(len(amounts)) if people is None else people
    if len(ids) != len(amounts):
        raise InputError(f"There are {len(amounts):,} {name} for {len(ids):,} people.", next_step="Give one for each.")
    return ids, amounts


def _columns(given: Any) -> tuple[Any, Any, Any, Any]:
    """The columns of edges (from, to, weight or None) and people who are there without an edge."""
    if hasattr(given, "tocoo"):
        return _of_matrix(given.tocoo())
    if hasattr(given, "is_directed") and hasattr(given, "nodes"):
        return _of_networkx(given)
    if isinstance(given, pa.Table) or hasattr(given, "__arrow_c_stream__"):
        table = pa.table(given)
        return *_two_or_three([table.column(i) for i in range(table.num_columns)]), []
    if hasattr(given, "to_numpy"):
        given = given.to_numpy()
    if isinstance(given, tuple) and len(given) in (2, 3) and not any(isinstance(c, str | bytes | int) for c in given):
        return *_two_or_three(list(given)), []
    return *_of_rows(given), []


def _of_rows(given: Any) -> tuple[Any, Any, Any]:
    rows: Any = given if isinstance(given, np.ndarray) else list(given) if isinstance(given, Iterable) else None
    if rows is None or isinstance(given, str | bytes):
        raise InputError(f"Edges cannot be read from {type(given).__name__}.", next_step=f"Give {FORMS}.")
    if not len(rows):
        return [], [], None
    if isinstance(rows, np.ndarray):
        return _two_or_three(list(rows.T) if rows.ndim == 2 else [])
    if any(not isinstance(row, Iterable) or isinstance(row, str) for row in rows):
        return _two_or_three([])
    try:
        return _two_or_three([list(column) for column in zip(*rows, strict=True)])
    except ValueError as error:
        raise InputError("Rows of the edges differ in length.", next_step=f"Give {FORMS}.") from error


def _two_or_three(columns: list[Any]) -> tuple[Any, Any, Any]:
    if len(columns) not in (2, 3):
        raise InputError(f"Edges have {len(columns)} columns, not two or three.", next_step=f"Give {FORMS}.")
    return columns[0], columns[1], columns[2] if len(columns) == 3 else None


def _of_matrix(matrix: Any) -> tuple[Any, Any, Any, Any]:
    if matrix.shape[0] != matrix.shape[1]:
        raise InputError(
            f"The matrix has {matrix.shape[0]:,} rows and {matrix.shape[1]:,} columns; people stand in both."
        )
    return matrix.row, matrix.col, matrix.data, np.arange(matrix.shape[0])


def _of_networkx(graph: Any) -> tuple[Any, Any, Any, Any]:
    found = list(graph.edges(data="weight", default=1.0))
    one, other, weight = ([row[i] for row in found] for i in range(3))
    if not graph.is_directed():
        one, other, weight = one + other, other + one, weight + weight
    return one, other, None if all(w == 1.0 for w in weight) else weight, list(graph.nodes)
