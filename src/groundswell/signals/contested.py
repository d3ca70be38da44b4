"""What somebody contests is hidden wherever numbers are read: the value is unknown, `contested`, until a person has looked.

The table that is kept holds every number; this lies over it when it is handed out, so that a contest that was rejected brings the
number back without computing anything. What is made of it is hidden with it: every signal that declares so (standing among peers, a
verdict of several parts), and what is made of those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.signals.declaring import SIGNALS
from groundswell.store.contests import Contest

pc: Any = _compute  # its functions are made at run time, no type checker knows them


def hide(table: pa.Table, contests: Iterable[Contest]) -> pa.Table:
    """Return the table of signals with what is contested unknown; the same table when nothing is."""
    rows: dict[str, set[int]] = defaultdict(set)
    for one in contests:
        place = _row(table, one) if one.hides else None
        if place is not None:
            for name in _with_dependents(one.signal):
                rows[name].add(place)
    for name, places in rows.items():
        if name in table.column_names:
            hidden = _hidden(in_one(table.column(name)), sorted(places))
            table = table.set_column(table.column_names.index(name), table.schema.field(name), hidden)
    return table


def _row(table: pa.Table, one: Contest) -> int | None:
    """Which row a contest is about: by id, else by platform and handle, since ids may change."""
    place = pc.index(table.column("account"), one.account).as_py()
    if place < 0 and one.handle:
        mine = pc.and_(pc.equal(table.column("platform"), one.platform), pc.equal(table.column("handle"), one.handle))
        place = pc.index(pc.fill_null(mine, False), True).as_py()
    return None if place < 0 else place


@cache
def _with_dependents(signal: str) -> frozenset[str]:
    """A signal with all that is made of it."""
    made = {name for name, one in SIGNALS.items() if signal in one.made_of}
    return frozenset({signal}).union(*(_with_dependents(name) for name in made))


def made_of_all(signal: str) -> set[str]:
    """All that a signal is made of, itself among them."""
    return {name for name in SIGNALS if signal in _with_dependents(name)}


def _hidden(column: pa.StructArray, places: Collection[int]) -> pa.Array:
    """The column with the values at these places contested; those that were unknown keep their reason."""
    unknown: dict[str, Any] = dict.fromkeys(column.type.names) | {"n": 0, "reason": "contested"}
    hidden = pa.array([unknown], column.type)
    parts, start = list[pa.Array](), 0
    for place in places:
        if column[place]["value"].is_valid:
            parts += [column.slice(start, place - start), hidden]
            start = place + 1
    return pa.concat_arrays([*parts, column.slice(start)])
