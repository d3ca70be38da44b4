"""The sheet back: every row and column as its owner wrote them, and what is known now to the right.

A list is kept as it came in (`groundswell.ingest`), so that it can come back after a restart, on another day, from whichever door.
Rows that could not be read come back as well, with the reason; totals and notes stay where they were.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from groundswell.advocacy.same_person import SamePerson
from groundswell.advocacy.settling import in_words
from groundswell.advocacy.sheet import Reviewed, SheetReview
from groundswell.ingest import kept_file, rows_set_aside
from groundswell.sources.files.layouts import fitting
from groundswell.sources.files.money import NO_MINOR
from groundswell.sources.files.opening import open_tables
from groundswell.sources.files.recognising import HEADER_SEARCH
from groundswell.sources.files.tables import TableFile
from groundswell.store import Import, Workspace, made_up_among

NEW_COLUMNS = "Groundswell: "
"""Begins every column that is added to a user's sheet, so that theirs and ours cannot be mixed up."""
NOT_READ = NEW_COLUMNS + "not read, because"
FILE = NEW_COLUMNS + "file"
PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})")
"""Whole numbers that a spreadsheet shows as they were written: no leading zeros, no more digits than it keeps."""

Cells = dict[str, str | float | None]
Place = tuple[str, int]
"""(sheet of the workbook or file of the archive, line)."""


def sheet_back(workspace: Workspace, review: SheetReview) -> pa.Table:
    """The lists' own columns in their own order, and the new ones to their right: a row for each row of each list.

    Of a list that was not kept as it came, what the store kept of its people stands in for it: one row an account.
    """
    lists = lists_of(workspace, review)
    lines = [line for one in lists for line in _lines(workspace, review, one, several=len(lists) > 1)]
    lines += list(_as_kept(workspace, _elsewhere(review, {one.id for one in lists})))
    names = list(dict.fromkeys(name for line in lines for name in line))
    names.sort(key=lambda name: name.startswith(NEW_COLUMNS))
    return pa.table({name: _column([line.get(name) for line in lines]) for name in names})


def lists_of(workspace: Workspace, review: SheetReview) -> list[Import]:
    """The lists that a review is of and that were kept as they came."""
    keys = {place.import_id for one in review.accounts for place in one.person.places}
    found = [workspace.state.import_by_id(key) for key in sorted(keys)]
    return [one for one in found if workspace.raw.has(one.sha256)]


def _lines(workspace: Workspace, review: SheetReview, one: Import, *, several: bool) -> Iterable[dict[str, Any]]:
    added = added_by_place(workspace, review, one)
    with kept_file(workspace, one) as path:
        for place, cells in _rows_of_file(path):
            yield cells | ({FILE: one.source} if several else {}) | added.get(place, {})


def beside_rows(
    workspace: Workspace, review: SheetReview, one: Import, original: Path
) -> tuple[dict[Place, Cells], dict[str, int]]:
    """What to write beside the rows of a workbook: (sheet, row) -> new columns, and the row of each sheet's header."""
    first: dict[str, int] = {}
    for (member, line), _ in _rows_of_file(original):
        first[member] = min(line, first.get(member, line))
    added = added_by_place(workspace, review, one)
    named = {member for member, _ in added}
    return added, {member: line - 1 for member, line in first.items() if member in named}


def added_by_place(workspace: Workspace, review: SheetReview, one: Import) -> dict[Place, Cells]:
    """The new columns of every row of a list of which something can be said."""
    people: dict[Place, list[Reviewed]] = defaultdict(list)
    for person in review.accounts:
        for place in person.person.places:
            if place.import_id == one.id:
                people[place.member, place.line].append(person)
    found = {place: _joined([new_columns(person) for person in some]) for place, some in people.items()}
    for row in rows_set_aside(workspace, one.id, one.rows_set_aside):
        found[row.member, row.line] = {NOT_READ: row.reason}
    made_up = made_up_among(workspace, [one.person.account for some in people.values() for one in some])
    for place, some in people.items():
        if any(one.person.account in made_up for one in some):
            found[place] = found[place] | {NEW_COLUMNS + "simulated": "made up"}
    return found


def _joined(some: Sequence[Cells]) -> Cells:
    """The columns of a row that names several accounts: their words one after the other, a number only where there is one."""
    if len(some) == 1:
        return some[0]
    joined: Cells = {}
    for name in some[0]:
        said = list(dict.fromkeys(cells[name] for cells in some if cells[name] is not None))
        joined[name] = said[0] if len(said) == 1 else "; ".join(_shown(one) for one in said) or None
    return joined


def _shown(value: str | float | None) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def new_columns(one: Reviewed) -> Cells:
    """What is added beside the user's own columns, for one account."""
    added: Cells = {
        "account": one.person.account,
        "followers": one.person.followers,
        "in several rows": " ".join(found.says for found in one.duplicate_in) or None,
        "may be the same person as": "; ".join(
            f"{', '.join(_others_in(group, one.person.account))} ({group.how_sure})"
            for group in one.maybe_same_as
        ) or None,
        **{f"tier by {name}": tier for name, tier in one.tiers},
        "fee": " ".join(check.sentence for check in one.fees) or None,
        **_to_sort_by(one),
        "likes and comments per follower": _number(one, "public_rate"),
        "posts per week": _number(one, "posts_per_week"),
        "what it stands for": one.person.values["topic_focus"].label if "topic_focus" in one.person.values else None,
        "paid-looking share of posts": _number(one, "sponsored_share"),
        "comments answered": _number(one, "reply_rate"),
        "not known yet": in_words(one.unknown) or None,
    }  # fmt: skip
    return {NEW_COLUMNS + name: value for name, value in added.items()}


def _others_in(group: SamePerson, account: str) -> list[str]:
    return [called for other, called in zip(group.accounts, group.called, strict=True) if other != account]


def _to_sort_by(one: Reviewed) -> Cells:
    """The fee that is most out of line against what is usual, as numbers in units of its currency."""
    compared = [check for check in one.fees if check.verdict]
    check = max(compared, key=lambda check: check.out_of_line, default=None)
    minor = 1 if check and check.fee.currency in NO_MINOR else 100
    low, high = (check.low_minor, check.high_minor) if check else (None, None)
    return {
        "usual fee from": None if low is None else round(low / minor, 2),
        "usual fee to": None if high is None else round(high / minor, 2),
        "listed / usual fee": round(check.times_usual, 2) if check and check.times_usual else None,
    }


def _number(one: Reviewed, name: str) -> float | None:
    value = one.person.values.get(name)
    return value.value if value else None


# -- the rows themselves ---------------------------------------------------------------------------------------------------


def _rows_of_file(path: Path) -> list[tuple[Place, dict[str, Any]]]:
    """Place and cells of every row under the header of each table."""
    found: list[tuple[Place, dict[str, Any]]] = []
    for table in open_tables(path):
        for rows in table.rows(_header_of(table)):
            cells = rows.columns.to_pylist()
            found += [((table.member, line), row) for line, row in zip(rows.lines.to_pylist(), cells, strict=True)]
    return found


def _header_of(table: TableFile) -> int:
    """Where the header stands: the first row that some layout knows, else the fullest one (the user named its columns)."""
    rows = [list(row) for row in table.preview()][:HEADER_SEARCH]
    known = (place for place, row in enumerate(rows) if fitting(row, kind=table.kind) is not None)
    return next(known, max(range(len(rows)), key=lambda place: (sum(map(bool, rows[place])), -place), default=0))


def _elsewhere(review: SheetReview, shown: set[int]) -> list[Reviewed]:
    """People who stand on none of these lists."""
    return [one for one in review.accounts if not any(place.import_id in shown for place in one.person.places)]


def _as_kept(workspace: Workspace, people: Sequence[Reviewed]) -> Iterable[dict[str, Any]]:
    """One row an account from what the store kept: the list's fields, its unclaimed columns, the new ones."""
    if not people:
        return
    with workspace.engine() as engine:
        rows = engine.table("SELECT account, notes, extra FROM creators").to_pylist(maps_as_pydicts="lossy")
    kept = {row["account"]: row for row in rows}
    for one in people:
        person, row = one.person, kept.get(one.person.account, {})
        yield {
            "name": person.name, "handle": person.handle, "platform": person.platform, "followers": person.followers,
            "fee": "; ".join(fee.says for fee in person.fees) or None, "code": person.code, "status": person.status,
            "e-mail": "; ".join(person.emails) or None, "phone": "; ".join(person.phones) or None,
            "notes": row.get("notes"), **(row.get("extra") or {}), **new_columns(one),
        }  # fmt: skip


def _column(cells: Sequence[Any]) -> pa.Array:
    """Numbers stay numbers where the whole column is; anything else is text, as it was written."""
    known = [cell for cell in cells if cell is not None and cell != ""]
    if known and all(isinstance(cell, int | float) for cell in known):
        return pa.array([cell if isinstance(cell, int | float) else None for cell in cells], pa.float64())
    if known and all(isinstance(cell, str) and PLAIN_NUMBER.fullmatch(cell) for cell in known):
        return pa.array([int(cell) if cell else None for cell in cells], pa.int64())
    return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())
