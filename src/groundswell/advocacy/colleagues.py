"""Who is one person: the accounts of one row of a list belong together, and so do rows that share an address of mail.

A list of colleagues names a person once and each of their accounts in a column; the store keeps one row an account. Put together again,
one colleague is one, whatever number of accounts stands beside the name. Here it is also read who said no, and who works where.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from groundswell.advocacy.people import Listed
from groundswell.sources.files.layouts.marketer import EMAIL
from groundswell.sources.files.layouts.volunteers import (
    asks_who_wants,
    names_a_department,
    of_people_who_left,
    wants,
)
from groundswell.store import Engine


@dataclass(frozen=True)
class Person:
    """One person of the lists, with all accounts."""

    accounts: tuple[Listed, ...]
    department: str | None
    """As the list names it; None where it does not."""
    wants: bool | None
    """Whether the list says that they want to speak; None where it says neither yes nor no."""
    column: str | None
    """The heading under which it says so, or would."""
    reply: str | None = None
    """What stands there where it is neither yes nor no; None where nothing does."""
    left: str | None = None
    """The worksheet of people who left, where the last list that names them does so on no other."""

    @property
    def ask_first(self) -> str | None:
        """That they are to be asked, where the list asks and they have not said yes."""
        if self.column is None or self.wants is not None:
            return None
        said = (
            f"“{self.reply}” under “{self.column}” is neither yes nor no"
            if self.reply
            else f"The list says nothing under “{self.column}”"
        )
        return f"{said}: ask before anything else."


@dataclass
class _Row:
    """A row of a list: who stands in it and what it says of them."""

    name: str
    creator: str
    import_id: int
    sheet: str
    accounts: list[str] = field(default_factory=lambda: [])
    said: dict[str, str] = field(default_factory=lambda: {})


def persons_of(engine: Engine, people: Sequence[Listed]) -> list[Person]:
    """Put the accounts together that are one person's, in the order of the list; of several lists the last word counts."""
    rows = _rows(engine, [one.account for one in people])
    leader = _tied(rows)
    whose = {account: leader[at] for at, row in enumerate(rows) for account in row.accounts}
    accounts: dict[Any, list[Listed]] = defaultdict(list)
    for one in people:
        accounts[whose.get(one.account, one.account)].append(one)
    told: dict[int, list[_Row]] = defaultdict(list)
    for at, row in enumerate(rows):
        told[leader[at]].append(row)
    asking = {row.import_id: header for row in rows for header in row.said if asks_who_wants(header)}
    return [_person(some, told.get(head, []), asking) for head, some in accounts.items()]


def _rows(engine: Engine, accounts: Sequence[str]) -> list[_Row]:
    """Every row of a list that names one of these accounts, the oldest list first."""
    engine.register("the_people", pa.table({"account": pa.array(accounts, pa.string())}))
    found = engine.table(
        """SELECT creator, account, name, extra, import_id, coalesce(member, '') AS member, line FROM seen_creators
           WHERE account IN (SELECT account FROM the_people) ORDER BY observed_at, import_id, member, line, account"""
    )
    rows: dict[tuple[Any, ...], _Row] = {}
    for one in found.to_pylist():
        name = " ".join((one["name"] or "").lower().split())
        # Rows that came without a line stand for themselves.
        place = (one["import_id"], one["member"], one["line"] if one["line"] is not None else one["account"])
        row = rows.setdefault((*place, one["creator"]), _Row(name, one["creator"], one["import_id"], one["member"]))
        row.accounts.append(one["account"])
        row.said.update(one["extra"] or ())
    return list(rows.values())


def _tied(rows: Sequence[_Row]) -> list[int]:
    """For each row the first one of the same person.

    An address of mail ties rows; an account ties rows of two lists, and of one list where the names agree. A name alone ties only rows
    without a network in common: two that are called the same and have an account each on LinkedIn are two.
    """
    leader = list(range(len(rows)))

    def lead(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    def tie(one: int, other: int) -> None:
        low, high = sorted((lead(one), lead(other)))
        leader[high] = low

    by_mail, by_account = dict[str, int](), dict[str, int]()
    for at, row in enumerate(rows):
        if EMAIL.fullmatch(row.creator):
            tie(by_mail.setdefault(row.creator, at), at)
        for account in row.accounts:
            before = rows[by_account.setdefault(account, at)]
            if before.import_id != row.import_id or before.name == row.name:
                tie(by_account[account], at)
            by_account[account] = at
    by_name: dict[tuple[int, str], list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if row.name and not EMAIL.fullmatch(row.creator):
            by_name[row.import_id, row.name].append(at)
    for some in by_name.values():
        networks = [account.partition(":")[0] for at in some for account in rows[at].accounts]
        if len(networks) == len(set(networks)):
            for at in some:
                tie(some[0], at)
    return [lead(at) for at in range(len(rows))]


def _person(accounts: Sequence[Listed], rows: Sequence[_Row], asking: Mapping[int, str]) -> Person:
    column, wish = _wish(rows)
    column = column or next((asking[row.import_id] for row in rows if row.import_id in asking), None)
    departments = [cell for row in rows for header, cell in row.said.items() if names_a_department(header) and cell]
    replies = [row.said[column].strip() for row in rows if column and row.said.get(column, "").strip()]
    reply = replies[-1] if replies and wish is None else None
    return Person(tuple(accounts), departments[-1] if departments else None, wish, column, reply, _left(rows))


def _left(rows: Sequence[_Row]) -> str | None:
    """The worksheet of people who left, unless the same list names them on another one, too."""
    sheets = [row.sheet for row in rows if row.import_id == rows[-1].import_id]
    return sheets[-1] if sheets and all(map(of_people_who_left, sheets)) else None


def _wish(rows: Iterable[_Row]) -> tuple[str | None, bool | None]:
    """The column and the answer of the last list that gives one; within one list a no goes before a yes."""
    by_list: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for row in rows:
        for header, cell in row.said.items():
            said = wants(header, cell) if asks_who_wants(header) else None
            if said is not None:
                by_list[row.import_id].append((header, said))
    if not by_list:
        return None, None
    return min(list(by_list.values())[-1], key=lambda answer: answer[1])
