"""Purging: what may not be kept any longer leaves the disk for good.

    expired    imports whose terms name a time, and it has come; unless the user accepted terms that lift it
    replaced   imports of live sources whose place a later one took: the same rows again
    gone       people, posts and acts that their network says are no more: every row of theirs that was observed until then,
               whichever import or file brought it; what others said of them in posts of their own stays

Rows leave their tables and the disk; the raw pages that speak of them go; what was computed before is not used any more and goes as
well (`State.generation`). Rows first, then pages, then caches, and last the note of the purge in one transaction: killed anywhere on
the way, the next purge does the rest. A question that is being answered meanwhile may have to be asked again.

A fetch may keep pages meanwhile. So what is there is looked at first and what refers to it after that, and a page that was wanted
again since stays.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import inf

from groundswell.errors import UnreadableFileError
from groundswell.store.crash_points import crash_point
from groundswell.store.facts import schemas
from groundswell.store.leaving import Gone, Leaving, Places
from groundswell.store.page_hashes import (
    drop_pages,
    fetch_hashes,
    kept_hashes,
    last_page,
    other_hashes,
    responses_of,
    unless_kept,
    waiting_fetches,
    waiting_hashes,
)
from groundswell.store.state import Import
from groundswell.store.unions import forget
from groundswell.store.workspace import Workspace, cache_folder


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
    unbrought: tuple[int, ...] = ()
    """Fetches that keep pages which were not brought in yet: neither their time nor who left is known before."""

    @property
    def nothing(self) -> bool:
        """Whether nothing leaves; what was not brought in yet may still hold something that has to."""
        return not (self.expired or self.replaced or any(self.gone.values()) or self.pages)


def purge(workspace: Workspace, *, undone: bool = False, now: datetime | None = None, dry_run: bool = False) -> Purged:
    """Take away what may not be kept any longer, or say how much that would be; with `undone` also imports that were undone.

    Errors: WorkspaceBusyError while somebody is writing.
    """
    with workspace.writing(), Leaving.of(workspace) as leaving:
        # Before it is looked at what is referred to: a page that a fetch keeps meanwhile is none of those that leave.
        there, last = workspace.raw.there(), last_page(workspace.state)
        expired, replaced = _over(workspace, now or datetime.now(UTC), undone=undone)
        imports = [one.id for one in (*expired, *replaced)]
        places = {table: found for table in schemas() if (found := leaving.places(table))}
        old = _fetched_by(workspace, expired, replaced if undone else ())
        named = leaving.imports_of(places.get("creators", {}))
        lists, left = _lists(workspace, {*imports, *named})
        pages, waiting = _pages(workspace, there, old | (left & there.keys()), lists, leaving)
        rows = sum(leaving.count(table, places.get(table, {}), imports) for table in schemas())
        found = Purged(
            tuple(one.id for one in expired), tuple(one.id for one in replaced), _counted(leaving.gone),
            rows, len(pages), not dry_run, waiting, tuple(sorted(waiting_fetches(workspace.state))),
        )  # fmt: skip
        if dry_run:
            return found
        if imports or pages or rows or leaving.gone:
            _take_away(workspace, imports, places, {name: there[name] for name in pages if name in there}, pages, last)
            forget(workspace.state, leaving.accounts)
        crash_point("purge: before gone")
        # Who is gone stays known until what waits is brought in, or they would be back. Also a purge that was killed here left files.
        workspace.facts.purge("gone", [] if waiting else imports, {} if waiting else leaving.said())
        if imports or pages or rows or (leaving.gone and not waiting):
            workspace.state.note_purge(imports, {k: v for k, v in asdict(found).items() if k != "done"})
        workspace.raw.sweep()
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


def _fetched_by(workspace: Workspace, expired: Sequence[Import], undone: Sequence[Import]) -> set[str]:
    """Pages of the fetches whose imports are to go, unless something of the same fetch, or another one, still stands on them.

    Of a fetch whose time has come all of them; of one that was undone those that were brought in.
    """
    going = {one.id for one in (*expired, *undone)}
    stays = {it.options.get("fetch") for it in workspace.state.imports() if it.state == "live" and it.id not in going}
    until: dict[int, float] = {}
    for one in (*undone, *expired):
        fetch = one.options.get("fetch")
        if fetch and fetch not in stays:
            last = inf if one in expired else float(one.options.get("pages", inf))
            until[fetch] = max(last, until.get(fetch, 0.0))
    found = {name for fetch, last in until.items() for name in fetch_hashes(workspace.state, fetch, last)}
    return found - other_hashes(workspace.state, until) if found else found


def _lists(workspace: Workspace, going: set[int]) -> tuple[set[str], set[str]]:
    """Hashes under which lists of people may be kept as they came: of imports that stay, and of those that go or name somebody gone."""
    stay, go = set[str](), set[str]()
    for one in workspace.state.imports():
        (go if one.purged_at or one.id in going else stay).add(one.sha256)
    return stay - go, go


def _pages(
    workspace: Workspace, there: Mapping[str, int], old: set[str], lists: set[str], leaving: Leaving
) -> tuple[list[str], int]:
    """Hashes of raw pages that have to go: those of fetches that are over, those that speak of somebody gone, and strays.

    A page that was kept and not brought in yet stays: nobody could ask for it again. Also how many of those speak of somebody gone.
    A page that cannot be read may speak of anybody, and nobody has anything of it: it goes as if it spoke of them.
    """
    known = kept_hashes(workspace.state) | responses_of(workspace.state)
    found, waiting = old | set(workspace.raw.stray(there, known | lists)), 0
    if not leaving.gone:
        return sorted(found), 0
    names, waits = leaving.names(), waiting_hashes(workspace.state)
    for name in sorted(known - found):
        try:
            speaks = names.in_bytes(workspace.raw.read(name))
        except UnreadableFileError:
            speaks = name in there and name not in waits
        if speaks:
            waiting += name in waits
            if name not in waits:
                found.add(name)
    return sorted(found), waiting


def _counted(gone: Sequence[Gone]) -> dict[str, int]:
    kinds = [it.kind for it in gone]
    return {kind: kinds.count(kind) for kind in ("account", "post", "act")}


def _take_away(
    workspace: Workspace,
    imports: Sequence[int],
    places: Mapping[str, Places],
    seen: Mapping[str, int],
    pages: Sequence[str],
    last: int,
) -> None:
    """Rows, then pages. The word of who is gone leaves later, and before it the accounts: they tell whose handle is whose."""
    for table in sorted(schemas(), key=lambda one: one == "accounts"):
        if (
            table != "gone"
        ):  # also where nothing is to go any more: a purge that was killed left files that nothing refers to
            crash_point(f"purge: before {table}")
            workspace.facts.purge(table, imports, places.get(table, {}))
    for name, moment in seen.items():
        workspace.raw.leave(name, moment)  # killed from here on, the next purge does not wait for an hour
    drop_pages(workspace.state, pages, last)
    unless_kept(workspace.state, sorted(seen), workspace.raw.forget)


def _drop_caches(workspace: Workspace) -> None:
    """What was computed before a purge holds texts and ids of those who are gone. Also after a purge that was killed before this."""
    now = cache_folder(workspace.folder, workspace.state.generation())
    for old in [workspace.folder / "cache", *workspace.folder.glob("cache-*")]:
        if old != now and old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
