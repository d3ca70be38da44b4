"""Which accounts are one person, as a person said so: with the evidence, and never for good.

Nothing in the tables changes: every account keeps its own rows and numbers. A verdict stands beside them (same, or different), with
what it was based on; it can be undone, and then the question is open again. What is kept of a verdict is kept, undone or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from groundswell.errors import UnknownNameError
from groundswell.store.state import State, metadata

SAME, DIFFERENT = "same", "different"
unions = sa.Table(
    "unions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    *(sa.Column(name, sa.String) for name in ("one", "other", "verdict", "said_at", "undone_at")),
    sa.Column("evidence", sa.JSON),
)


@dataclass(frozen=True)
class Union:
    """What somebody said of two accounts."""

    id: int
    one: str
    other: str
    verdict: str
    """`same` or `different`."""
    said_at: str
    undone_at: str | None
    evidence: tuple[str, ...]


def all_unions(state: State, *, undone: bool = False) -> tuple[Union, ...]:
    """What was said, oldest first; with `undone` also what holds no longer."""
    query = unions.select().order_by(unions.c.id)
    query = query if undone else query.where(unions.c.undone_at.is_(None))
    with state.engine.connect() as connection:
        rows: list[dict[str, Any]] = [dict(row) for row in connection.execute(query).mappings()]
    return tuple(Union(**(row | dict[str, Any](evidence=tuple(row["evidence"])))) for row in rows)


def say(state: State, one: str, other: str, verdict: str, evidence: Sequence[str]) -> int:
    """Note a verdict about two accounts in place of the one before; return its number."""
    first, second = sorted((one, other))
    row = {"one": first, "other": second, "verdict": verdict, "evidence": list(evidence), "said_at": _now()}
    with state.transaction() as connection:
        before = (unions.c.one == first) & (unions.c.other == second) & unions.c.undone_at.is_(None)
        connection.execute(unions.update().where(before).values(undone_at=_now()))
        key = connection.execute(unions.insert().values(row)).inserted_primary_key
        assert key is not None
        return int(key[0])


def unsay(state: State, number: int) -> Union:
    """Undo a verdict; UnknownNameError when none of that number holds."""
    found = {one.id: one for one in all_unions(state)}
    if number not in found:
        raise UnknownNameError("verdict that holds", str(number), map(str, found))
    with state.transaction() as connection:
        connection.execute(unions.update().where(unions.c.id == number).values(undone_at=_now()))
    return found[number]


def forget(state: State, gone: Mapping[str, datetime]) -> None:
    """Strike for good what was said of accounts that are gone, with its evidence, as far as it was said until then."""
    with state.transaction() as connection:
        for row in connection.execute(sa.select(unions.c.id, unions.c.one, unions.c.other, unions.c.said_at)).all():
            said = datetime.fromisoformat(row.said_at)
            if any(said <= gone[account] for account in (row.one, row.other) if account in gone):
                connection.execute(unions.delete().where(unions.c.id == row.id))


def persons(state: State) -> tuple[tuple[str, ...], ...]:
    """Accounts that belong together, each group sorted: who is the same as the same is the same."""
    group: dict[str, set[str]] = {}
    for union in all_unions(state):
        if union.verdict == SAME:
            both = group.get(union.one, {union.one}) | group.get(union.other, {union.other})
            group |= dict.fromkeys(both, both)
    return tuple(sorted({tuple(sorted(one)) for one in group.values()}))


def _now() -> str:
    return datetime.now(UTC).isoformat()
