"""Sweeping: what imports that were killed on the way left in the facts is taken off the disk.

Such an import is pending for ever: nobody reads its rows, but they take room. While a process holds the workspace for writing,
its import may still be under way; so whoever sweeps holds it too, and what is pending then was abandoned. Rows of live imports
and of undone ones are never touched.

Every step leaves the view as it was: the rows were invisible before. They leave their tables first, then their files leave the
disk, and last the import is struck from the list; killed anywhere on the way, the next sweep does the rest. Readers are not
disturbed: what they have open are files that hold rows of live imports (`Facts.of`).
"""

from __future__ import annotations

from dataclasses import dataclass

from groundswell.errors import WorkspaceBusyError
from groundswell.store.crash_points import crash_point
from groundswell.store.facts import schemas
from groundswell.store.state import Import
from groundswell.store.workspace import Workspace


@dataclass(frozen=True)
class Swept:
    """What a sweep took away, or (dry run) would take away."""

    imports: tuple[int, ...]
    """Ids of the imports that were never finished."""
    rows: int
    """Rows of theirs on disk, those that were set aside and helping ones among them."""
    bytes: int
    done: bool
    """False for a dry run."""


def unfinished(workspace: Workspace) -> list[Import]:
    """Imports that were killed on the way; none while somebody is writing, for theirs may be among them."""
    if not _pending(workspace):
        return []
    try:
        with workspace.writing():
            return _pending(workspace)
    except WorkspaceBusyError:
        return []


def sweep(workspace: Workspace, *, dry_run: bool = False) -> Swept:
    """Take the rows of unfinished imports off the disk, or say how much that would be.

    Errors: WorkspaceBusyError while somebody is writing.
    """
    with workspace.writing():
        ids = [one.id for one in _pending(workspace)]
        weights = [workspace.facts.weigh(table, ids) for table in schemas()]
        found = Swept(tuple(ids), sum(one.rows for one in weights), sum(one.bytes for one in weights), not dry_run)
        if dry_run:
            return found
        for table, weight in zip(schemas(), weights, strict=True):
            if weight.bytes:
                crash_point(f"sweep: before {table}")
                workspace.facts.forget(table, ids)
                crash_point(f"sweep: after {table}")
        if ids:
            workspace.state.forget_pending(ids)
        return found


def _pending(workspace: Workspace) -> list[Import]:
    return [one for one in workspace.state.imports() if one.state == "pending"]
