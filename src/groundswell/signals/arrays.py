"""Grains that are computed by arrays: graphs, sequences, and what is measured against a fit.

    @array_grain("circle", columns={"account": pa.string(), "mutual": pa.int64(), "seen": pa.int64()})
    def circle(asked: Asked) -> pa.Table:
        \"\"\"One row an account: how many follow back.\"\"\"

The function reads what it needs from the engine and gives one row an account; signals on the grain are plain SQL expressions
over its columns, so that intervals, sentences, laws and every surface are those of any other signal. A grain that is `late` is
computed after the others and sees what they found (`earlier`).

What is learned from everybody (peers, a curve, a model) is a *fit*: a versioned file, made when everything is computed and none
is there yet, or anew where `learning` says so. Values depend on the fit and on the account's own rows, so strangers change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.store import Engine

pc: Any = _compute  # its functions are made at run time, no type checker knows them

Shared = TypeVar("Shared")


@dataclass(frozen=True)
class Asked:
    """What an array grain is asked, and what it may read."""

    engine: Engine
    fits: Path
    """The folder of fits."""
    only: bool = False
    """Only the accounts in the table `wanted_accounts` are asked for."""
    may_fit: bool = False
    """Everything is being computed, of the present: a fit that is missing may be made."""
    anew: bool = False
    """A new version of the fit is wanted, even though there is one (with `may_fit`)."""
    earlier: pa.Table | None = None
    """For late grains: the signals computed before, one row an asked account."""
    shared: dict[str, Any] = field(default_factory=dict[str, Any], compare=False, repr=False)
    """What several grains need of everybody, read once a pass."""
    faces: dict[str, pa.Table] = field(default_factory=dict[str, pa.Table], compare=False, repr=False)
    """Grain -> the faces that it found, of those asked for."""
    kept: Mapping[str, pa.Table] = field(default_factory=dict[str, pa.Table], compare=False, repr=False)
    """Grain -> the faces of everybody as they were kept, where only some are asked for."""
    unchanged: bool = False
    """Nothing of their own changed of those asked for, so that what is kept holds for them, too: only others did around them."""

    def once(self, name: str, read: Callable[[], Shared]) -> Shared:
        """What is read for several grains: once where everybody is asked for; of a few, who they are may change from call to call."""
        if self.only:
            return read()
        if name not in self.shared:
            self.shared[name] = read()
        return self.shared[name]

    def found(self) -> pa.Table:
        """The signals computed before; only late grains may ask."""
        assert self.earlier is not None, "only a late grain sees what was found before"
        return self.earlier

    def where(self, column: str) -> str:
        """SQL that restricts a column of accounts to those asked for."""
        return f"{column} IN (SELECT account FROM wanted_accounts)" if self.only else "true"


Read = Callable[[Asked], pa.Table]


@dataclass(frozen=True)
class ArrayGrain:
    """A grain whose rows are computed; see `array_grain`."""

    name: str
    read: Read
    schema: pa.Schema
    late: bool
    touches: str
    fit_version: Callable[[Path], str | None] | None
    beyond: bool
    face: tuple[str, ...]

    def rows(self, asked: Asked) -> pa.Table:
        """One row an account, as declared."""
        found = self.read(asked)
        if asked.only:  # a grain may have met others on its way
            wanted = asked.engine.table("SELECT account FROM wanted_accounts").column(0)
            found = found.filter(pc.is_in(found.column("account"), value_set=in_one(wanted)))
        if self.face:
            asked.faces[self.name] = found.select(["account", *self.face])
        return found.select(self.schema.names).cast(self.schema)


ARRAYS: dict[str, ArrayGrain] = {}
"""Array grains by name, in the order in which late ones are computed."""


def array_grain(
    name: str,
    *,
    columns: Mapping[str, pa.DataType],
    touches: str = "",
    late: bool = False,
    fit_version: Callable[[Path], str | None] | None = None,
    beyond: bool = False,
    face: tuple[str, ...] = (),
) -> Callable[[Read], Read]:
    """Declare a grain that is computed by arrays.

    `columns` begins with `account`. `touches` is SQL for further accounts (one column) whose rows change when those in the table
    `touched_accounts` did. `fit_version` names the version of the grain's fit that lies in a folder. A grain that reads `beyond`
    what the accounts asked for did and what was done to them (see `nearby`) says so.

    `face` names further columns that the function gives: what numbers of *other* people are made of, whole numbers or texts. They are
    kept, and the table `changed_GRAIN` tells `touches` of whom which of them changed.
    """

    def declare(read: Read) -> Read:
        if name in ARRAYS:
            raise ValueError(f"two grains are called {name}")
        ARRAYS[name] = ArrayGrain(
            name, read, pa.schema(list(columns.items())), late, touches, fit_version, beyond, face
        )
        return read

    return declare


def fit_versions(folder: Path) -> dict[str, str | None]:
    """Grain -> the version of its fit that is in use; None where there is none yet."""
    return {grain.name: grain.fit_version(folder) for grain in ARRAYS.values() if grain.fit_version}


def is_beyond(grain: str) -> bool:
    """Whether a grain reads further than what the accounts asked for did and what was done to them."""
    return grain in ARRAYS and ARRAYS[grain].beyond


def is_late(grain: str) -> bool:
    """Whether a grain is computed after the others."""
    return grain in ARRAYS and ARRAYS[grain].late


__all__ = ["ARRAYS", "ArrayGrain", "Asked", "array_grain", "fit_versions", "is_beyond", "is_late"]
