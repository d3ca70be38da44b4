"""Gates: who is in, who is out, who could not be checked. Unknown is neither in nor out; it is listed apart.

Sector credibility comes first (the article on 2017, tip 5: "identifies with your product ... Otherwise, forget all of the above"): the
lower bound of the sector's share of own posts is at least .15, and at least three own unpaid posts are in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.definitions import Definition, gates_hold, within_bands
from groundswell.discover.brief import Brief
from groundswell.discover.exclusions import is_excluded
from groundswell.discover.segments import channel, country_spellings, language
from groundswell.discover.shortlist import GateResult
from groundswell.signals import SIGNALS
from groundswell.signals.kinship import Shares, Texts

pc: Any = _compute  # its functions are made at run time, no type checker knows them

LEAST_SECTOR_SHARE = 0.15
LEAST_UNPAID_POSTS = 3
"""What credibility in a sector takes: the article on 2017 asks for it and names no number; both are design choices."""
ALIKE = 0.25
"""A persona that must hold does so from this likeness on, or with one post that says it (design choice)."""


@dataclass(frozen=True)
class Gate:
    """A condition with its answer for every account: true, false, or null where it cannot be told."""

    name: str
    says: str
    holds: pa.Array


@dataclass(frozen=True)
class Passed:
    """What the gates left: rows that are in, rows that could not be checked (with which gates), and what each gate did."""

    inside: NDArray[np.bool_]
    unchecked: NDArray[np.bool_]
    results: tuple[GateResult, ...]
    unknown_at: dict[str, NDArray[np.bool_]]


def pass_gates(gates: Iterator[Gate], size: int) -> Passed:
    """Apply gates in order. An account leaves at the first gate that it fails; unknowns are carried along and listed apart."""
    alive, doubtful = np.ones(size, bool), np.zeros(size, bool)
    results: list[GateResult] = []
    unknown_at: dict[str, NDArray[np.bool_]] = {}
    in_the_way: dict[str, NDArray[np.bool_]] = {}
    for gate in gates:
        known = pc.is_valid(gate.holds).to_numpy(zero_copy_only=False)
        fails = ~pc.fill_null(gate.holds, True).to_numpy(zero_copy_only=False)
        before, removed, unknown = int(alive.sum()), alive & fails, alive & ~known
        unknown_at[gate.name], in_the_way[gate.name] = ~known, fails | ~known
        alive &= ~fails
        doubtful |= ~known
        apart = int((alive & doubtful).sum())
        results.append(GateResult(gate.name, gate.says, before, int(removed.sum()), int(unknown.sum()), apart=apart))
    obstacles = np.sum(list(in_the_way.values()), axis=0) if in_the_way else np.zeros(size, np.int64)
    alone = {name: int(((obstacles == 1) & stands).sum()) for name, stands in in_the_way.items()}
    told = tuple(replace(result, would_fit=alone[result.name]) for result in results)
    return Passed(alive & ~doubtful, alive & doubtful, told, unknown_at)


def gates_of(brief: Brief, meaning: Definition, rows: pa.Table, texts: Texts, sector: Shares | None) -> Iterator[Gate]:
    """All gates of a brief and its definition, in the order in which they are applied."""
    if sector is not None:
        yield _sector_gate(brief, sector)
    if brief.exclude:
        yield _exclusion(brief, rows)
    yield from _segment_gates(brief, rows)
    if meaning.bands:
        yield Gate(
            "size", f"within the sizes that {meaning.title} speaks of", within_bands(meaning, _part(rows, "followers"))
        )
    for gate in meaning.gates:
        parts = [_part(rows, gate.signal, name) for name in ("value", "low", "high", "label")]
        title = SIGNALS[gate.signal].title
        yield Gate(gate.signal, gate.says.replace(gate.signal, title, 1), gates_hold(gate, *parts))
    for persona in brief.personas:
        if persona.must or persona.never:
            yield _persona_gate(persona.text, persona.never, texts)


def _sector_gate(brief: Brief, sector: Shares) -> Gate:
    low, _ = sector.wilson()
    holds = (low >= LEAST_SECTOR_SHARE) & (sector.unpaid >= LEAST_UNPAID_POSTS)
    named = " or ".join(brief.segments["sector"])
    says = (
        f"credible in {named}: surely at least {LEAST_SECTOR_SHARE:.0%} of own posts, "
        f"and {LEAST_UNPAID_POSTS} unpaid ones"
    )
    return Gate("sector credibility", says, pa.array(holds, mask=sector.texts == 0))


def _exclusion(brief: Brief, rows: pa.Table) -> Gate:
    return Gate(
        "excluded", "not on the brief's list of exclusions", _whole(pc.invert(is_excluded(brief.exclude, rows)))
    )


def _segment_gates(brief: Brief, rows: pa.Table) -> Iterator[Gate]:
    if wanted := brief.segments.get("channel"):
        named = [one for name in wanted for one in (name.lower(), channel(name)) if one]
        holds = pc.is_in(rows.column("platform"), pa.array(named))
        yield Gate("channel", f"on {' or '.join(wanted)}", _whole(holds))
    if wanted := brief.segments.get("country"):
        declared = pc.utf8_upper(rows.column("country"))
        holds = pc.is_in(declared, pa.array([one for name in wanted for one in country_spellings(name)]))
        yield Gate("country", f"declared country is {' or '.join(wanted)}", _where_known(holds, declared))
    if wanted := brief.segments.get("language"):
        spoken = _part(rows, "language", "label")
        holds = pc.is_in(spoken, pa.array([one for name in wanted for one in (name.lower(), language(name)) if one]))
        yield Gate("language", f"posts mostly in {' or '.join(wanted)}", _where_known(holds, spoken))


def _persona_gate(text: str, never: bool, texts: Texts) -> Gate:
    said = texts.saying([text], together=True)
    if never:
        return Gate(f"never: {text}", f"no own post says '{text}'", pa.array(said.hits == 0, mask=said.texts == 0))
    alike = texts.likeness(text)
    holds = (said.hits > 0) | (np.nan_to_num(alike) >= ALIKE)
    unknown = (said.texts == 0) & np.isnan(alike)
    return Gate(f"must: {text}", f"says '{text}', or is like it by {ALIKE:g} or more", pa.array(holds, mask=unknown))


def _part(rows: pa.Table, signal: str, name: str = "value") -> pa.Array:
    return pc.struct_field(in_one(rows.column(signal)), name)


def _where_known(holds: pa.ChunkedArray | pa.Array, source: pa.ChunkedArray | pa.Array) -> pa.Array:
    return _whole(pc.if_else(pc.is_valid(source), holds, None))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return in_one(column) if isinstance(column, pa.ChunkedArray) else column
