"""The people of a list: who they are, what they ask, how they are reached, and where in which file it stands.

A marketer's sheet gives creators, contacts and fees; a roster may give accounts alone. Both become `Listed`, one for each account.
What the list does not say stays None: nothing is filled in.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from groundswell.discover.spending import money
from groundswell.errors import UsageError
from groundswell.ingest import import_file, keep_list
from groundswell.signals import SignalTable, Value
from groundswell.signals.declaring import Number
from groundswell.signals.on_lists import says_no
from groundswell.sources.files.layouts.fees import range_behind
from groundswell.store import Engine, Import, Workspace


@dataclass(frozen=True)
class Place:
    """Where a row stands."""

    import_id: int
    file: str
    member: str
    """Sheet of the workbook or file of the archive; empty for a plain file."""
    line: int

    def __str__(self) -> str:
        """`line 5 of roster.csv`; of a workbook or an archive with its sheet or file: `line 5 of roster.xlsx (March)`."""
        return f"line {self.line} of {self.file}" + (f" ({self.member})" if self.member else "")


@dataclass(frozen=True)
class Fee:
    """One price: for what, how much, asked or paid."""

    amount_minor: int
    currency: str | None
    deliverable: str | None
    kind: str | None
    import_id: int | None = None
    """The list that says so."""
    dearer_end_of: str | None = None
    """The range that stands on the list, where the amount is its dearer end: `300-400 €`."""

    @property
    def unit(self) -> tuple[str | None, int | None]:
        """In what it can be compared: its currency; where none is said, the one that its own list leaves unsaid."""
        return (self.currency, None) if self.currency else (None, self.import_id)

    @property
    def says(self) -> str:
        """The price in words: `EUR 250.00 for a story (asked)`, `EUR 400.00, dearer end of “300-400 €”`."""
        what = f" for a {self.deliverable}" if self.deliverable else ""
        end = f", dearer end of “{self.dearer_end_of}”" if self.dearer_end_of else ""
        return money(self.amount_minor, self.currency) + what + end + (f" ({self.kind})" if self.kind else "")


@dataclass(frozen=True)
class Listed:
    """One account of the list, with everything the list says of it."""

    account: str
    platform: str
    handle: str | None
    name: str | None
    """As the list names the person, else the display name."""
    creators: tuple[str, ...]
    """Ids under which lists know the person: several when rows disagree."""
    status: str | None
    code: str | None
    fees: tuple[Fee, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    places: tuple[Place, ...]
    values: dict[str, Value]
    """All signals; unknown with its reason where nothing is in the data."""

    @property
    def called(self) -> str:
        """How a sentence names it: `@ann`, with the platform where the handle alone would not do."""
        return f"@{self.handle}" if self.handle else self.account

    @property
    def declined(self) -> bool:
        """Whether the list says that they do not want to: the rule by which a plan leaves people out."""
        return says_no(self.status)

    @property
    def followers(self) -> float | None:
        """Followers when last seen; None when the data do not say."""
        return self.values["followers"].value if "followers" in self.values else None


def count(number: float) -> str:
    """Write a count with separators."""
    return f"{Number(number):,.0f}"


def several(number: int, one: str, many: str = "") -> str:
    """`1 account`, `2 accounts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed_people(
    workspace: Workspace, table: SignalTable, *, import_id: int | None = None, accounts: Sequence[str] | None = None
) -> list[Listed]:
    """Everybody on the lists of the workspace, of one import, or the accounts named; in the order of the list.

    Without `accounts` a list is what names creators, contacts or fees; an import without those is a list of its accounts, and one
    that holds only posts, of their authors.
    Errors: UsageError when an import names nobody.
    """
    with workspace.engine() as engine:
        wanted = sorted(set(accounts)) if accounts is not None else _on_lists(engine, import_id)
        engine.register("on_the_list", pa.table({"account": pa.array(wanted, pa.string())}))
        facts = _Facts(engine, _file_names(workspace), import_id)
    if import_id is not None and not wanted:
        workspace.state.import_by_id(import_id)
        raise UsageError(
            f"Import {import_id} names no people.", next_step="`groundswell imports` lists what each one brought."
        )
    rows = table.rows.filter(_is_in(table.rows.column("account"), wanted)).to_pylist()
    return sorted((_listed(row, facts) for row in rows), key=_as_listed)


def bring_list(workspace: Workspace, path: Path) -> int:
    """Import a list unless the very same file is there already, and return the import's id.

    Errors: as in `groundswell.ingest.import_file`.
    """
    if path.is_file():
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        there = [one.id for one in workspace.state.imports() if one.sha256 == digest and one.state == "live"]
        if there:
            keep_list(workspace, path)  # one that an earlier version brought in was not kept
            return there[-1]
    brought = import_file(workspace, path).import_id
    assert brought is not None  # only a dry run has none
    return brought


def _as_listed(one: Listed) -> tuple[bool, int, str, int, str]:
    """The order of the list itself; who stands in no row comes after, by id."""
    first = one.places[0] if one.places else None
    return (False, first.import_id, first.member, first.line, one.account) if first else (True, 0, "", 0, one.account)


def _is_in(column: Any, wanted: Sequence[str]) -> Any:
    import pyarrow.compute as pc

    return pc.is_in(column, pa.array(wanted, pa.string()))  # pyright: ignore[reportAttributeAccessIssue]


def _on_lists(engine: Engine, import_id: int | None) -> list[str]:
    """Accounts that a list names; where no list is among the imports asked for, the accounts that were brought in as such."""
    mine = "true" if import_id is None else f"import_id = {int(import_id)}"
    lists = " UNION ".join(f"SELECT account FROM seen_{name} WHERE {mine}" for name in ("creators", "contacts", "fees"))
    found = [account for (account,) in engine.rows(lists)]
    for table in ("accounts", "posts") if import_id is not None else ("accounts",):
        found = found or [
            account for (account,) in engine.rows(f"SELECT DISTINCT account FROM seen_{table} WHERE {mine}")
        ]
    return sorted(found)


def rosters(workspace: Workspace) -> list[Import]:
    """Live imports that somebody may mean by "these people": lists first, then all that name accounts or hold posts; the newest first."""
    live = [one for one in reversed(workspace.state.imports()) if one.state == "live"]
    found = [one for one in live if {"creator", "account", "post"} & one.records.keys()]
    return sorted(found, key=lambda one: "creator" not in one.records)


def _file_names(workspace: Workspace) -> dict[int, str]:
    return {one.id: one.source for one in workspace.state.imports()}


class _Facts:
    """What the lists say, by account."""

    def __init__(self, engine: Engine, files: dict[int, str], import_id: int | None) -> None:
        mine = "account IN (SELECT account FROM on_the_list)"
        only = "" if import_id is None else f" AND import_id = {int(import_id)}"
        self.rows: dict[str, list[dict[str, Any]]] = _by_account(
            engine.table(
                # By moment, not by import: a list that is read again with its currency is no newer for it.
                f"SELECT * FROM seen_creators WHERE {mine}{only} ORDER BY observed_at, import_id, member, line, account"
            )
        )
        self.places = _by_account(
            engine.table(
                f"""SELECT DISTINCT account, import_id, coalesce(member, '') AS member, line
                    FROM (SELECT account, import_id, member, line FROM seen_creators WHERE {mine}{only}
                          UNION ALL SELECT account, import_id, member, line FROM seen_fees WHERE {mine}{only})
                    WHERE line IS NOT NULL ORDER BY import_id, member, line"""
            )
        )
        self.fees = _by_account(
            engine.table(f"SELECT * FROM fees WHERE {mine} ORDER BY account, deliverable NULLS FIRST, currency, kind")
        )
        self.contacts = _by_account(
            engine.table(f"SELECT * FROM contacts WHERE {mine} ORDER BY account, channel, address")
        )
        self.files = files


def _by_account(found: pa.Table) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found.to_pylist():
        grouped[row["account"]].append(row)
    return dict(grouped)


def _listed(row: dict[str, Any], facts: _Facts) -> Listed:
    account = row["account"]
    said = facts.rows.get(account, [])
    reached = facts.contacts.get(account, [])
    return Listed(
        account=account,
        platform=row["platform"],
        handle=row["handle"],
        name=_last(said, "name") or row["name"],
        creators=tuple(dict.fromkeys(one["creator"] for one in said)),
        status=_last(said, "status"),
        code=_last(said, "code"),
        fees=tuple(_fee(one, said) for one in facts.fees.get(account, [])),
        emails=tuple(one["address"].lower() for one in reached if one["channel"] == "email"),
        phones=tuple(one["address"] for one in reached if one["channel"] == "phone"),
        places=tuple(
            Place(one["import_id"], facts.files[one["import_id"]], one["member"], one["line"])
            for one in facts.places.get(account, [])
        ),
        values=values_of(row),
    )


def _fee(fee: dict[str, Any], said: Sequence[dict[str, Any]]) -> Fee:
    """A fee; where its own row writes it as a range, with that."""
    at = ("import_id", "member", "line")
    cells = {
        header: words
        for row in said
        if all(row[name] == fee[name] for name in at)
        for header, words in dict(row["extra"] or ()).items()
    }
    named = (fee["amount_minor"], fee["currency"], fee["deliverable"])
    return Fee(*named, fee["kind"], fee["import_id"], range_behind(cells, *named))


def values_of(row: dict[str, Any]) -> dict[str, Value]:
    """The signals in a row of the table of signals."""
    return {
        name: Value(signal=name, **part) for name, part in row.items() if isinstance(part, dict) and "reason" in part
    }


def _last(rows: Iterable[dict[str, Any]], name: str) -> str | None:
    return next((row[name] for row in reversed(list(rows)) if row[name]), None)
