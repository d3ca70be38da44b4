"""The live stream -> the workspace: what the people of it do from now on, and what they take back.

    groundswell fetch @ann.bsky.social ...    once: who they are, what was
    groundswell listen                        from then on: what they post, like, pass on, follow and delete

Whoever was looked at by a fetch is listened to. It begins where the first fetch of anybody began who was not heard yet, as far as
the network still has it, so nothing falls between the two; else it goes on where it stopped. Who is fetched meanwhile is heard from
the next piece on, which begins at their fetch; what others did since is heard twice, and is there once. Events are kept in pieces of some minutes: each piece is
a fetch of its own with one import (docs/why/0014), so a run of days does not read its first day again and again. A piece that was
killed is brought in by the next run. Fetching and looking again go on beside it. What people deleted is purged when a run ends and after every piece that heard of a delete.

What nobody can know: counts are not in the stream (`groundswell refresh` looks at them), nor what strangers do to these people. A
delete names an act by its address only; so a like or follow that is taken back is taken out where that address is known, from the
repository (`--with repository`) or from the stream itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from groundswell.errors import SourceRefusedError, UsageError, WorkspaceBusyError
from groundswell.fetch.asking import Asked
from groundswell.fetch.bringing import bring
from groundswell.fetch.fetching import CONTACT
from groundswell.fetch.hearing import QUIET, Bounds, Heard, Hearing
from groundswell.ingest import ImportReport
from groundswell.sources.declaring import Live, Source
from groundswell.sources.networks import SOURCES, source_called
from groundswell.sources.streaming import Connecting, OpenChannel
from groundswell.store import Purged, Workspace, anybody_gone, purge
from groundswell.store.fetches import (
    Fetch,
    Noted,
    StreamRow,
    ToOpen,
    all_fetches,
    begin_fetch,
    end_fetch,
    note_page,
    streams_of,
)
from groundswell.store.looks import latest_cursor, looked_at_first

LIVE = "live"
PIECE_EVENTS, PIECE_SECONDS = 50_000, 600.0
"""A piece of the stream is brought in when it holds so much or is so old (design choice)."""
LOOKED_AT = """
SELECT account FROM account_history WHERE starts_with(account, $prefix) AND NOT contains(account, ':@') AND followers IS NOT NULL
GROUP BY account ORDER BY max(observed_at) DESC, account
"""

Hears = Callable[[Heard], None]
OpenStream = Callable[[Source], OpenChannel]


@dataclass(frozen=True)
class ListenReport:
    """What a run of listening did."""

    source: str
    people: int
    """Whose acts were asked for."""
    left_out: int
    """People of the workspace beyond what the network lets be asked for."""
    events: int
    lost: int
    """Times that the connection was lost and made again."""
    seconds: float
    behind: float | None
    """Seconds between the last event and now; None when there was none."""
    because: str
    gap: str
    """What may be missing, when the network no longer had all that happened since; empty else."""
    brought: tuple[ImportReport, ...]
    purged: Purged | None
    waiting: int
    """Pieces that wait to be brought in, because somebody else was writing."""
    refused: SourceRefusedError | None = None


def open_stream(source: Source) -> OpenChannel:
    """Connections to the servers that a source declares, and to no others."""
    assert source.live
    hosts = [urlsplit(one).hostname or "" for one in source.live.addresses]
    return Connecting(hosts, contact=os.environ.get(CONTACT, ""))


def listen(
    workspace: Workspace,
    source_id: str = "bluesky",
    *,
    seconds: float | None = None,
    until_now: bool = False,
    quiet: float = QUIET,
    progress: Hears | None = None,
    sources: Mapping[str, Source] = SOURCES,
    stream: OpenStream = open_stream,
) -> ListenReport:
    """Listen to the people of the workspace until Ctrl-C, for some seconds, or until the present is reached.

    Errors: UsageError when a source has no live stream, or nobody is known there; WorkspaceBusyError while another process
    listens. What the network refuses on the way stands in the report.
    """
    source = source_called(source_id, sources)
    live = _live_of(source)
    with workspace.listening():
        pieces = _Pieces(workspace, source)
        pieces.end()
        known = _people(workspace, source, live)
        if not known:
            raise UsageError(
                f"Nobody of {source.title} is known yet, so there is nobody to listen to.",
                next_step="Fetch people first: groundswell fetch @ann.bsky.social",
            )
        pieces.new = _unheard(workspace, source, known[: live.people])
        since, gap = _since(workspace, source, live, pieces.new)
        pieces.begin()
        hearing = Hearing(
            live=live, people=known[: live.people], since=since, keep=pieces.keep, open_channel=stream(source),
            bounds=Bounds(seconds, until_now, quiet), progress=progress, rest=pieces.rest,
        )  # fmt: skip

        def greet() -> None:
            """Hear those as well who were fetched since, from their fetch on."""
            nonlocal known, gap
            now = _people(workspace, source, live)
            new = _unheard(workspace, source, now[: live.people])
            if set(new) - set(hearing.people):
                known, pieces.new = now, new
                back, missing = _since(workspace, source, live, new)
                hearing.turn(known[: live.people], back)
                gap = gap or missing

        pieces.begun = greet
        begun = hearing.clock()
        because, refused = _run(hearing)
        pieces.end()
        purged, waiting = pieces.purge(), len(pieces.open())
        ended = hearing.clock()
    return ListenReport(
        source.id, min(len(known), live.people), max(0, len(known) - live.people), hearing.events, hearing.lost, ended - begun,
        max(0.0, ended - hearing.last / 1e6) if hearing.last else None, because, gap, tuple(pieces.brought), purged,
        waiting, refused,
    )  # fmt: skip


def _run(hearing: Hearing) -> tuple[str, SourceRefusedError | None]:
    try:
        return hearing.run(), None
    except KeyboardInterrupt:
        return "It was stopped by hand.", None
    except SourceRefusedError as error:
        return error.what, error


def _live_of(source: Source) -> Live:
    if source.live is None:
        raise UsageError(f"{source.title} has no live stream.", next_step="Look again with: groundswell refresh")
    return source.live


def _people(workspace: Workspace, source: Source, live: Live) -> list[str]:
    """Whom to listen to, as the network names them; those who were looked at last come first."""
    prefix = f"{source.platform}:"
    with workspace.engine() as engine:
        found = [str(row["account"]).removeprefix(prefix) for row in engine.table(LOOKED_AT, {"prefix": prefix}).to_pylist()]  # fmt: skip
    return [one for one in found if live.knows(one)]


def _unheard(workspace: Workspace, source: Source, people: Sequence[str]) -> list[str]:
    """Those of these people whom no piece of the stream heard yet."""
    heard = looked_at_first(workspace.state, source.id, live=True)
    return [one for one in people if one not in heard]


def _since(workspace: Workspace, source: Source, live: Live, new: Sequence[str]) -> tuple[int, str]:
    """Where to go on, in microseconds, when these people are heard for the first time; and what may be missing."""
    now, place = datetime.now(UTC), latest_cursor(workspace.state, source.id, LIVE)
    fetched = [one.started_at for one in all_fetches(workspace.state) if one.source == source.id and not Asked.of(one.asked).live]  # fmt: skip
    first = datetime.fromisoformat(min(fetched, default=now.isoformat()))
    since = datetime.fromtimestamp(int(place) / 1e6, UTC) if place else first
    begun = looked_at_first(workspace.state, source.id, live=False)
    # Who was heard is noted with the place; a place without anybody is of a version that noted nobody.
    if place and looked_at_first(workspace.state, source.id, live=True):
        since = min([since, *(datetime.fromisoformat(begun[one]) for one in new if one in begun)])
    oldest = now - live.keeps
    gap = ""
    if since < oldest:
        hours = live.keeps.total_seconds() / 3600
        gap = (
            f"{source.title} keeps what happened for about {hours:.0f} hours, and what is to be heard begins at "
            f"{since:%Y-%m-%d %H:%M} UTC: what was done or deleted between then and {oldest:%Y-%m-%d %H:%M} UTC may be missing. "
            "`groundswell fetch --with repository` reads all of it anew."
        )
    return int(max(since, oldest).timestamp() * 1e6), gap


@dataclass
class _Pieces:
    """The stream in pieces, each a fetch with one import."""

    workspace: Workspace
    source: Source
    brought: list[ImportReport] = field(default_factory=lambda: [])
    new: list[str] = field(default_factory=lambda: [])
    """People who are heard for the first time; noted with the first page, and the place after it."""
    begun: Callable[[], None] = lambda: None
    """Done when a piece begins that is not the first."""
    _stream: StreamRow | None = None
    _events: int = 0
    _begun: float = 0.0
    _purged: Purged | None = None

    def begin(self) -> None:
        """Begin a piece."""
        state = self.workspace.state
        asked = Asked(source=self.source.id, who=("the live stream",), lists=(), live=True)
        number = begin_fetch(state, self.source.id, asked.as_json(), [ToOpen(LIVE, "", 0, 0)])
        (self._stream,) = streams_of(state, number)
        self._events, self._begun = 0, datetime.now(UTC).timestamp()

    def keep(self, body: bytes, events: int, at: datetime, place: str | None) -> None:
        """Keep a page and the place after it at once; bring the piece in when it is large or old enough."""
        assert self._stream
        columns = {"cursor": place} if place is not None else {}
        noted = Noted(self.workspace.raw.keep(body), len(body), events, 200, at, stream=columns, asked=self.new)
        note_page(self.workspace.state, self._stream, noted, requests=0, repeated=0)
        self.new = []
        self._events += events
        if self._events >= PIECE_EVENTS or at.timestamp() - self._begun >= PIECE_SECONDS:
            self.end()
            self.purge()
            self.begin()
            self.begun()

    def rest(self) -> None:
        """A piece that is old enough is brought in also when nothing comes any more."""
        if datetime.now(UTC).timestamp() - self._begun < PIECE_SECONDS:
            return
        if self._events:
            self.end()
            self.purge()
            self.begin()
        else:
            self._begun = datetime.now(UTC).timestamp()
        self.begun()

    def end(self) -> None:
        """Bring in this piece and what waits of others. While somebody else writes they wait for the next time, and listening goes on."""
        with suppress(WorkspaceBusyError):
            for one in self.open():
                report = bring(self.workspace, self.source, one.id, patience=0)
                end_fetch(self.workspace.state, one.id, done=True, because="" if report else "Nothing was heard.")
                self.brought += [report] if report else []

    def open(self) -> list[Fetch]:
        """Pieces that are not brought in yet: this one, those of runs that were killed, and those that had to wait."""
        return [
            one
            for one in all_fetches(self.workspace.state)
            if one.state == "open" and one.source == self.source.id and Asked.of(one.asked).live
        ]

    def purge(self) -> Purged | None:
        """Take out what its authors deleted, if anything was."""
        with suppress(WorkspaceBusyError):  # then the next run, or the next `groundswell purge`, takes it out
            if anybody_gone(self.workspace):
                self._purged = purge(self.workspace)
        return self._purged


__all__ = ["Hears", "ListenReport", "listen", "open_stream"]
