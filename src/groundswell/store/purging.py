"""Purging: what may not be kept any longer leaves the disk for good.

    expired    imports whose terms name a time, and it has come; unless the user accepted terms that lift it
    replaced   imports of live sources whose place a later one took: the same rows again
    gone       people, posts and acts that their network says are no more: every row of theirs that was observed until then,
               whichever import or file brought it; what others said of them in posts of their own stays

A list that was kept as it came goes with its import, and as soon as somebody whom it names is gone.

Rows leave their tables and the disk; the raw pages that speak of them go; what was computed before is not used any more and goes as
well (`State.generation`). Rows first, then pages, then caches, and last the note of the purge in one transaction: killed anywhere on
the way, the next purge does the rest. A question that is being answered meanwhile may have to be asked again.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import md5
from itertools import groupby

import duckdb

from groundswell.store.crash_points import crash_point
from groundswell.store.facts import schemas
from groundswell.store.fetches import drop_page, fetch_hashes, kept_hashes, responses_of, waiting_hashes
from groundswell.store.state import Import
from groundswell.store.workspace import Workspace, cache_folder

TOGETHER = 200
"""Ids that one delete names."""
PLACES = {
    "account": {
        "accounts": ("account",), "posts": ("account",), "interactions": ("actor", "account"), "follows": ("follower", "followed"),
        "creators": ("account",), "contacts": ("account",), "fees": ("account",),
    },
    "post": {"posts": ("post",), "interactions": ("post", "via")},
}  # fmt: skip
"""Kind of what is gone -> table -> columns that name it."""


@dataclass(frozen=True)
class Purged:
    """What a purge took away, or (dry run) would take away."""

    expired: tuple[int, ...]
    """Imports whose time has come."""
    replaced: tuple[int, ...]
    """Imports whose place a later one took, or that were undone."""
    gone: dict[str, int]
    """account, post, act -> how many the networks say are no more."""
    rows: int
    pages: int
    """Raw pages."""
    done: bool
    """False for a dry run."""
    waiting: int = 0
    """Raw pages that speak of somebody gone and stay until they are brought in, for they speak of others as well."""


@dataclass(frozen=True)
class _Gone:
    kind: str
    id: str
    at: datetime


def purge(workspace: Workspace, *, undone: bool = False, now: datetime | None = None, dry_run: bool = False) -> Purged:
    """Take away what may not be kept any longer, or say how much that would be; with `undone` also imports that were undone.

    Errors: WorkspaceBusyError while somebody is writing.
    """
    with workspace.writing():
        expired, replaced = _over(workspace, now or datetime.now(UTC), undone=undone)
        gone = list(_gone(workspace))
        imports = [one.id for one in (*expired, *replaced)]
        conditions = {table: found for table in schemas() if (found := _conditions(workspace, table, gone))}
        lists = _lists_kept(workspace, imports, conditions.get("creators", ()))
        pages, waiting = _pages(workspace, expired, gone, lists)
        if waiting:
            conditions.pop("gone", None)  # who is gone stays known until these are brought in, or they would be back
        found = Purged(
            tuple(one.id for one in expired), tuple(one.id for one in replaced), _counted(gone),
            _rows(workspace, imports, conditions), len(pages), not dry_run, waiting,
        )  # fmt: skip
        if not dry_run and (imports or gone or pages):
            _take_away(workspace, imports, conditions, pages)
            workspace.state.note_purge(imports, {k: v for k, v in asdict(found).items() if k != "done"})
            _drop_caches(workspace)
        return found


def _over(workspace: Workspace, now: datetime, *, undone: bool) -> tuple[list[Import], list[Import]]:
    """Imports whose time has come, and those whose place a later one took (or, if that is wanted, that were undone)."""
    known = [one for one in workspace.state.imports() if not one.purged_at and one.state != "pending"]
    bound = [one for one in known if one.origin not in workspace.state.agreed()]
    expired = [one for one in bound if one.expires_at and datetime.fromisoformat(one.expires_at) <= now]
    live = {one.options.get("fetch") for one in known if one.state == "live" and one.origin}
    over = [one for one in known if one.state == "undone" and one not in expired]
    return expired, [one for one in over if undone or one.options.get("fetch") in live]


def _gone(workspace: Workspace) -> Iterator[_Gone]:
    """What networks say is no more, each with the latest moment at which one said so. Of imports that are live only."""
    live = workspace.state.live_ids(raw=True)
    files = workspace.facts.of(live).files("gone")
    if not files or not live:
        return
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        chosen = f"FROM read_parquet($files) WHERE import_id IN ({', '.join(map(str, live))})"
        rows = connection.execute(f'SELECT kind, id, max("at") {chosen} GROUP BY ALL ORDER BY ALL', {"files": files})
        for kind, key, at in rows.fetchall():
            yield _Gone(kind, key, at)


def _conditions(workspace: Workspace, table: str, gone: Sequence[_Gone]) -> list[str]:
    """SQL conditions that name the rows of a table that have to go.

    Delta keeps the words of every delete in its log: so ids stand there as hashes, never as they are.
    """
    if not gone:
        return []
    if table == "gone":
        return ["true"]
    if table == "addresses":
        acts, others = ([it.id for it in gone if (it.kind == "act") is act] for act in (True, False))
        return [*_among("address", acts), *_among("who", others), *_among("what", others)]
    acts = _acts(workspace, table, [it for it in gone if it.kind == "act"])
    return acts + [
        f"{_until(at)} AND {one}"
        for kind, places in PLACES.items()
        for at, ids in _by_moment((it.at, it.id) for it in gone if it.kind == kind)
        for column in places.get(table, ())
        for one in _among(column, ids)
    ]


def _acts(workspace: Workspace, table: str, gone: Sequence[_Gone]) -> list[str]:
    """A network names an act by its address only; who did what stands under that address."""
    columns = {"follows": "concat(follower, ' ', followed)", "interactions": "concat(actor, ' ', verb, ' ', post)"}
    files = workspace.facts.files("addresses") if gone and table in columns else []
    if not files:
        return []
    until = {it.id: it.at for it in gone}
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT address, concat_ws(' ', who, verb, what) FROM read_parquet(?) WHERE list_contains(?, address) AND record = ?",
            [files, list(until), table.removesuffix("s")],
        ).fetchall()
    named = _by_moment((until[address], said) for address, said in rows)
    return [f"{_until(at)} AND {one}" for at, said in named for one in _among(columns[table], said)]


def _by_moment(pairs: Iterable[tuple[datetime, str]]) -> list[tuple[datetime, list[str]]]:
    """What was said to be gone at the same moment, together."""
    return [(at, [key for _, key in some]) for at, some in groupby(sorted(pairs), key=lambda pair: pair[0])]


def _among(column: str, ids: Sequence[str]) -> list[str]:
    """Conditions that a column is one of some ids, which are told by their hash."""
    hashes = [f"'{md5(one.encode(), usedforsecurity=False).hexdigest()}'" for one in ids]
    parts = [hashes[start : start + TOGETHER] for start in range(0, len(hashes), TOGETHER)]
    return [f"md5({column}) IN ({', '.join(part)})" for part in parts]


def _until(at: datetime) -> str:
    return f"observed_at <= TIMESTAMP '{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z'"


def _rows(workspace: Workspace, imports: Sequence[int], conditions: dict[str, list[str]]) -> int:
    """How many rows that is, in all tables of records and of what was set aside."""
    total = 0
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for table in schemas():
            every = list(conditions.get(table, ())) + (
                [f"import_id IN ({', '.join(map(str, imports))})"] if imports else []
            )
            files = workspace.facts.files(table) if every and table != "gone" else []
            if files:
                chosen = " OR ".join(f"({one})" for one in every)
                row = connection.execute(
                    f"SELECT count(*) FROM read_parquet($files) WHERE {chosen}", {"files": files}
                ).fetchone()
                total += int(row[0]) if row else 0
    return total


def _lists_kept(workspace: Workspace, going: Sequence[int], conditions: Sequence[str]) -> set[str]:
    """Hashes under which lists of people may be kept: of imports that stay, and that name nobody who is gone."""
    files = workspace.facts.files("creators") if conditions else []
    named: set[int] = set()
    if files:
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            chosen = " OR ".join(f"({one})" for one in conditions)
            rows = connection.execute(
                f"SELECT DISTINCT import_id FROM read_parquet($files) WHERE {chosen}", {"files": files}
            )
            named = {key for (key,) in rows.fetchall()}
    return {one.sha256 for one in workspace.state.imports() if not one.purged_at and one.id not in named.union(going)}


def _pages(
    workspace: Workspace, expired: Sequence[Import], gone: Sequence[_Gone], lists: set[str]
) -> tuple[list[str], int]:
    """Hashes of raw pages that have to go: those of expired fetches, those that speak of somebody gone, and strays.

    A page that was kept and not brought in yet stays: nobody could ask for it again. Also how many of those speak of somebody gone.
    """
    waits, waiting = waiting_hashes(workspace.state), 0
    old = {name for one in expired for name in fetch_hashes(workspace.state, one.options.get("fetch"))}
    found = old | set(workspace.raw.stray(kept_hashes(workspace.state) | responses_of(workspace.state) | lists))
    if not gone:
        return sorted(found), 0
    # Ids are `platform:native`, and a network's pages name the native part; an act stands there under its address.
    native = (it.id if it.kind == "act" else it.id.partition(":")[2] for it in gone)
    # Nothing goes with somebody whose name is only the beginning of another's: .../users/ann is not .../users/anna.
    speaks = re.compile(b"(?:" + b"|".join(re.escape(name.encode()) for name in sorted(set(native))) + rb")(?!\w)")
    for name in kept_hashes(workspace.state) | responses_of(workspace.state):
        if name not in found and speaks.search(workspace.raw.read(name)):
            waiting += name in waits
            if name not in waits:
                found.add(name)
    return sorted(found), waiting


def _counted(gone: Sequence[_Gone]) -> dict[str, int]:
    kinds = [it.kind for it in gone]
    return {kind: kinds.count(kind) for kind in ("account", "post", "act")}


def _take_away(
    workspace: Workspace, imports: Sequence[int], conditions: dict[str, list[str]], pages: Sequence[str]
) -> None:
    for table in schemas():
        # The word of who is gone leaves last: killed before, the next purge still knows.
        if table != "gone" and (imports or table in conditions):
            crash_point(f"purge: before {table}")
            workspace.facts.purge(table, imports, conditions.get(table, ()))
    for name in pages:
        drop_page(workspace.state, name)
        workspace.raw.forget(name)
    crash_point("purge: before gone")
    workspace.facts.purge("gone", imports, conditions.get("gone", ()))


def _drop_caches(workspace: Workspace) -> None:
    """What was computed before a purge holds texts and ids of those who are gone."""
    for generation in range(workspace.state.generation()):
        shutil.rmtree(cache_folder(workspace.folder, generation), ignore_errors=True)
