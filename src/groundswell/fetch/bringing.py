"""The pages that a fetch kept -> one import. It takes the place of what the same fetch brought before, at one point.

The same pages always give the same records, so however often a fetch was stopped and gone on with, the tables end up the same.
A page that cannot be read is set aside with its reason, as any other row would be: it does not stop what the others hold.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from groundswell.errors import UnreadableFileError
from groundswell.fetch.asking import Asked
from groundswell.ingest import ImportReport, import_reading
from groundswell.sources import Page, SetAside
from groundswell.sources.declaring import Kept, Source
from groundswell.store import RAW, Workspace
from groundswell.store.fetches import PageRow, StreamRow, fetch_by_id, pages_of, pages_purged, streams_of

TOGETHER = 8
"""Pages that are read at once: some two thousand rows (with 32 a run holds 12 MB more, measured)."""
FLUSH_BYTES = 8 << 20
"""Rows that are held in memory before they go to disk: some ten thousand posts (with 40 MB a run of 30,000 records holds 20 MB more, measured)."""


TURN = 900.0
"""Seconds that a fetch waits for an import that is under way, before it leaves its pages for the next run (design choice)."""


class KeptPages:
    """What a fetch kept, opened to be read (`sources.Reading`)."""

    def __init__(self, workspace: Workspace, source: Source, pages: list[PageRow], streams: list[StreamRow]) -> None:
        self.layout, self.says = f"{source.id} pages", f"pages of {source.title}, as they were fetched"
        self.bytes_total = sum(one.bytes for one in pages)
        self.assumed_observed_at, self.observed_at_given = datetime.fromisoformat(pages[0].fetched_at), True
        self.notes: list[str] = list(_not_measured(workspace, source))
        self.open_dates: dict[str, int] = {}
        self._workspace, self._source, self._pages = workspace, source, pages
        self._streams = {one.id: one for one in streams}

    def pages(self) -> Iterator[Page]:
        """Read the pages in the order in which they came; at the end, say which fields nothing reads."""
        unmapped, done = Counter[str](), 0
        for start in range(0, len(self._pages), TOGETHER):
            some = self._pages[start : start + TOGETHER]
            kept, torn = self._opened(some)
            page = self._source.read(kept) if kept else Page(0)
            page.rows += len(torn)
            page.set_aside = [*page.set_aside, *torn]
            done += sum(one.bytes for one in some)
            page.bytes_done = done
            unmapped.update(page.unmapped)
            yield page
        if unmapped:
            named = ", ".join(f"{name} ({count:,})" for name, count in unmapped.most_common(8))
            self.notes.append(f"{self._source.title} sends fields that nothing here reads: {named}.")

    def _opened(self, rows: Sequence[PageRow]) -> tuple[list[Kept], list[SetAside]]:
        kept: list[Kept] = []
        torn: list[SetAside] = []
        for row in rows:
            try:
                kept.append(self._kept(row))
            except UnreadableFileError as error:
                torn.append(SetAside(row.number, error.what))
        return kept, torn

    def _kept(self, row: PageRow) -> Kept:
        stream = self._streams[row.stream]
        assert row.hash is not None
        return Kept(
            stream.name, stream.subject, row.number, datetime.fromisoformat(row.fetched_at),
            self._workspace.raw.read(row.hash), row.status, whole=stream.state == "done",
        )  # fmt: skip


def _not_measured(workspace: Workspace, source: Source) -> Iterator[str]:
    """Say what may not be done with what is brought."""
    if source.terms.kind == RAW and source.id not in workspace.state.agreed():
        yield (
            f"Nothing here measures what came from {source.title}: its terms let it be shown only as it came (`groundswell fetched`). "
            f"If you accepted its terms for measuring, say: groundswell agree {source.id}"
        )


def bring(workspace: Workspace, source: Source, fetch: int, *, patience: float = TURN) -> ImportReport | None:
    """Bring what a fetch kept until now; None when it kept nothing.

    Errors: WorkspaceBusyError when another import runs and goes on for longer than `patience` (seconds).
    """
    if not pages_of(workspace.state, fetch):
        return None
    with workspace.writing(patience=patience):
        pages, purged = (
            pages_of(workspace.state, fetch),
            pages_purged(workspace.state, fetch),
        )  # a purge may just have ended
        if not pages:
            return None
        digest = _digest(pages)
        reading = KeptPages(workspace, source, pages, streams_of(workspace.state, fetch))
        # What was brought from pages that were purged since cannot be read again, so that import stays beside the new one.
        replaced = [
            one.id
            for one in workspace.state.imports()
            if one.state == "live" and one.options.get("fetch") == fetch and one.options.get("purged", 0) == purged
        ]
        return import_reading(
            workspace, reading, source=_named(workspace, source, fetch), sha256=digest, options={"fetch": fetch, "pages": pages[-1].number, "purged": purged},
            provenance=_provenance(source, pages), replaces=replaced, flush_bytes=FLUSH_BYTES,
        )  # fmt: skip


def _provenance(source: Source, pages: list[PageRow]) -> dict[str, str | None]:
    first = datetime.fromisoformat(pages[0].fetched_at)
    until = first + timedelta(days=source.retention_days) if source.retention_days is not None else None
    return {
        "origin": source.id, "fetched_at": first.isoformat(), "terms": source.terms.kind,
        "expires_at": until.isoformat() if until else None,
    }  # fmt: skip


def _named(workspace: Workspace, source: Source, fetch: int) -> str:
    """What the list of imports calls it."""
    asked = Asked.of(fetch_by_id(workspace.state, fetch).asked)
    more = f" and {len(asked.who) - 3} more" if len(asked.who) > 3 else ""
    return f"{source.title}: {', '.join(asked.who[:3])}{more}"[:200]


def _digest(pages: list[PageRow]) -> str:
    return hashlib.sha256("\n".join(f"{one.stream} {one.hash}" for one in pages).encode()).hexdigest()
