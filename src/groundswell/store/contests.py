"""Contests: somebody says that a number about them is wrong, and it is hidden until a person has looked (right of reply).

Nothing is ever struck out: a contest keeps who said what, when and why, and every review of it with its note. The latest review
counts. Upheld: the number stays hidden. Rejected: it is shown again. A contest goes by the account's id, and by its handle where
the id changed since, as it does when a native id turns up or an import is undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from groundswell.errors import UnknownNameError
from groundswell.store.state import State, metadata

UPHELD, REJECTED, OPEN = "upheld", "rejected", "open"
contests = sa.Table(
    "contests",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("platform", sa.String, nullable=False),
    sa.Column("handle", sa.String),
    sa.Column("signal", sa.String, nullable=False),
    sa.Column("because", sa.String, nullable=False),
    sa.Column("contested_by", sa.String, nullable=False),
    sa.Column("contested_at", sa.String, nullable=False),
)
reviews = sa.Table(
    "contest_reviews",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("contest", sa.Integer, sa.ForeignKey("contests.id"), nullable=False),
    sa.Column("verdict", sa.String, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("reviewed_by", sa.String, nullable=False),
    sa.Column("reviewed_at", sa.String, nullable=False),
)


@dataclass(frozen=True)
class Review:
    """What somebody found who looked at a contest."""

    verdict: str
    """`upheld` or `rejected`."""
    note: str
    reviewed_by: str
    reviewed_at: str


@dataclass(frozen=True)
class Contest:
    """One number about one account that somebody says is wrong."""

    id: int
    account: str
    platform: str
    handle: str | None
    signal: str
    because: str
    contested_by: str
    contested_at: str
    state: str
    """`open` until somebody has looked, then what they found last."""
    reviews: tuple[Review, ...]
    """Oldest first; the latest counts."""

    @property
    def hides(self) -> bool:
        """Whether the number is hidden."""
        return self.state != REJECTED


def all_contests(state: State) -> tuple[Contest, ...]:
    """Every contest, oldest first, with its reviews."""
    with state.engine.connect() as connection:
        found = connection.execute(contests.select().order_by(contests.c.id)).mappings().all()
        looked = connection.execute(reviews.select().order_by(reviews.c.id)).mappings().all() if found else []
    of: dict[int, list[Review]] = {}
    for row in looked:
        kept = {name: value for name, value in row.items() if name not in ("id", "contest")}
        of.setdefault(row["contest"], []).append(Review(**kept))
    return tuple(_contest(dict(row), of.get(row["id"], [])) for row in found)


def _contest(row: dict[str, Any], looked: list[Review]) -> Contest:
    return Contest(**row, state=looked[-1].verdict if looked else OPEN, reviews=tuple(looked))


def contest_by_id(state: State, number: int) -> Contest:
    """One contest; UnknownNameError when there is none."""
    found = {one.id: one for one in all_contests(state)}
    if number not in found:
        raise UnknownNameError("contest", str(number), map(str, found))
    return found[number]


def add_contest(
    state: State, *, account: str, platform: str, handle: str | None, signal: str, because: str, by: str
) -> Contest:
    """Keep a contest; the number is hidden from now on."""
    row = {
        "account": account, "platform": platform, "handle": handle, "signal": signal, "because": because,
        "contested_by": by, "contested_at": _now(),
    }  # fmt: skip
    with state.transaction() as connection:
        key = connection.execute(contests.insert().values(row)).inserted_primary_key
    assert key is not None
    return contest_by_id(state, int(key[0]))


def add_review(state: State, number: int, *, verdict: str, note: str, by: str) -> Contest:
    """Keep what a review found."""
    contest_by_id(state, number)
    row = {"contest": number, "verdict": verdict, "note": note, "reviewed_by": by, "reviewed_at": _now()}
    with state.transaction() as connection:
        connection.execute(reviews.insert().values(row))
    return contest_by_id(state, number)


def _now() -> str:
    return datetime.now(UTC).isoformat()


__all__ = [
    "OPEN",
    "REJECTED",
    "UPHELD",
    "Contest",
    "Review",
    "add_contest",
    "add_review",
    "all_contests",
    "contest_by_id",
]
