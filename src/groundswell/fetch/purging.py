"""What may not be kept any longer leaves, also what a fetch kept that was killed and never gone on with.

Pages that were kept and not brought in have no time by which they have to be gone, and nobody looks in them for those who left:
both come with the import. So they are brought in first, as when the fetch is gone on with, and then the same rules hold for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from groundswell.errors import WorkspaceBusyError
from groundswell.fetch.asking import Asked
from groundswell.fetch.bringing import bring
from groundswell.sources.declaring import Source
from groundswell.sources.networks import SOURCES
from groundswell.store import Purged, Workspace
from groundswell.store import purge as take_away
from groundswell.store.fetches import end_fetch, fetch_by_id
from groundswell.store.page_hashes import waiting_fetches


def purge(
    workspace: Workspace,
    *,
    undone: bool = False,
    dry_run: bool = False,
    now: datetime | None = None,
    sources: Mapping[str, Source] = SOURCES,
) -> Purged:
    """Bring in what waits, then take away what may not be kept any longer (`store.purge`); a dry run only says how much it would be.

    Errors: WorkspaceBusyError while somebody is writing.
    """
    if not dry_run:
        for number in sorted(waiting_fetches(workspace.state)):
            with suppress(WorkspaceBusyError):  # it is under way: who runs it brings it in
                _bring(workspace, number, sources)
    return take_away(workspace, undone=undone, dry_run=dry_run, now=now)


def _bring(workspace: Workspace, number: int, sources: Mapping[str, Source]) -> None:
    one = fetch_by_id(workspace.state, number)
    live = Asked.of(one.asked).live
    with workspace.listening() if live else workspace.fetching():
        if one.source in sources and bring(workspace, sources[one.source], number, patience=0) and live:
            end_fetch(workspace.state, number, done=True, because="")


__all__ = ["purge"]
