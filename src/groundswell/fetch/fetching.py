"""A fetch in one call: begin, collect, bring what was kept, say what was covered. Or go on, or look again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from groundswell.errors import (
    LoginNeededError,
    SourceLimitError,
    SourceRefusedError,
    SourceSilentError,
    SpendNeededError,
    UsageError,
)
from groundswell.fetch.asking import Asked, Forecast, checked, first_streams, forecast
from groundswell.fetch.bringing import bring
from groundswell.fetch.collecting import Collecting, Progress
from groundswell.fetch.coverage import Coverage, coverage_of
from groundswell.fetch.logins import login_of
from groundswell.fetch.refreshing import again_forecast, again_streams
from groundswell.fetch.remembering import AnswersInWorkspace, PaceInWorkspace
from groundswell.ingest import ImportReport
from groundswell.sources.client import Client
from groundswell.sources.declaring import NEEDS, Source
from groundswell.sources.networks import SOURCES, source_called
from groundswell.store import State, Workspace
from groundswell.store.fetches import (
    Fetch,
    ToOpen,
    all_fetches,
    begin_fetch,
    end_fetch,
    fetch_by_id,
    reopen,
    streams_of,
)

AGAIN = ("failed", "login")
"""States of lists that are asked again when a fetch is gone on with."""
OpenClient = Callable[[Workspace, Source], Client]
CONTACT = "GROUNDSWELL_CONTACT"
"""Environment variable with a web or mail address, by which those who are asked can reach who asks."""


@dataclass(frozen=True)
class FetchReport:
    """What a run of a fetch did."""

    fetch: int
    source: str
    requests: int
    """In this run, repeated ones among them."""
    repeated: int
    done: bool
    because: str
    """Why it ended, when it is not done."""
    brought: ImportReport | None
    coverage: Coverage
    refused: SourceRefusedError | None = None
    """What made it stop, when the network did."""


def open_client(workspace: Workspace, source: Source) -> Client:
    """The polite client for a source, which remembers its pace in the workspace."""
    return Client(
        hosts=source.hosts, limits=source.limits, contact=os.environ.get(CONTACT, ""), pace=PaceInWorkspace(workspace),
        remembering=AnswersInWorkspace(workspace),
    )  # fmt: skip


def fetch(
    workspace: Workspace,
    asked: Asked,
    *,
    progress: Progress | None = None,
    sources: Mapping[str, Source] = SOURCES,
    client: OpenClient = open_client,
) -> FetchReport:
    """Fetch people from a live source into the workspace.

    Errors: UsageError and its kin for what cannot be asked; LoginNeededError for what is not open to strangers;
    WorkspaceBusyError while another process fetches. What the network refuses on the way stands in the report.
    """
    source, first = beginning(asked, sources)
    with workspace.fetching():
        number = begin_fetch(workspace.state, source.id, asked.as_json(), first)
        return _run(workspace, source, asked, number, progress, client)


def beginning(asked: Asked, sources: Mapping[str, Source] = SOURCES) -> tuple[Source, list[ToOpen]]:
    """Say with which source and lists a fetch would begin, without asking anybody.

    Errors: UsageError and its kin for what cannot be asked; LoginNeededError for what is not open to strangers.
    """
    source = source_called(asked.source, sources)
    first = first_streams(checked(asked, source), source)
    _refuse_without_login(source, first)
    _refuse_without_bound(source, asked.spend, lambda: f"This would cost {forecast(asked, source).money}.")
    return source, first


def resume(
    workspace: Workspace,
    number: int | None = None,
    *,
    requests: int | None = None,
    spend: float | None = None,
    progress: Progress | None = None,
    sources: Mapping[str, Source] = SOURCES,
    client: OpenClient = open_client,
) -> FetchReport:
    """Go on with a fetch that stopped (the latest one that is open, unless a number is given).

    Lists that failed or needed a login are asked again; `requests` is what this run may ask, `spend` what the fetch may cost in all.
    Errors: as `fetch`; UsageError when there is nothing to go on with.
    """
    found = to_go_on_with(workspace.state, number)
    source = source_called(found.source, sources)
    bounds = {"requests": requests, "spend": spend}
    asked = Asked.of(found.asked | {name: value for name, value in bounds.items() if value})
    if asked.live:
        raise UsageError(f"Fetch {found.id} is a piece of the live stream.", next_step="Go on with: groundswell listen")
    with workspace.fetching():
        reopen(workspace.state, found.id, checked(asked, source).as_json(), AGAIN)
        return _run(workspace, source, asked, found.id, progress, client)


def refresh(
    workspace: Workspace,
    source_id: str | None = None,
    *,
    requests: int = 200,
    spend: float | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
    sources: Mapping[str, Source] = SOURCES,
    client: OpenClient = open_client,
) -> FetchReport:
    """Look again at accounts and young posts that are known from a source, those first where numbers still move.

    Without a name, the source is that of the latest fetch.
    Errors: as `fetch`; UsageError when nothing of that source is known, or nothing is due.
    """
    source, first = beginning_again(workspace, source_id, requests=requests, spend=spend, now=now, sources=sources)
    asked = Asked(source=source.id, who=("what is due",), lists=(), requests=requests, spend=spend)
    with workspace.fetching():
        number = begin_fetch(workspace.state, source.id, asked.as_json(), first)
        return _run(workspace, source, asked, number, progress, client)


def beginning_again(
    workspace: Workspace,
    source_id: str | None,
    *,
    requests: int = 200,
    spend: float | None = None,
    now: datetime | None = None,
    sources: Mapping[str, Source] = SOURCES,
) -> tuple[Source, list[ToOpen]]:
    """Say with which source and lists a second look would begin, without asking anybody.

    Errors: UsageError when nothing is due; SpendNeededError where it costs money and nobody said how much it may be.
    """
    source = source_called(source_id or _latest_source(workspace.state), sources)
    first = again_streams(workspace, source, requests, now)
    cost = again_forecast(source, first).money
    _refuse_without_bound(source, spend, lambda: f"To look again at what is due costs {cost}.")
    return source, first


def look_ahead(
    workspace: Workspace,
    source_id: str | None = None,
    *,
    requests: int = 200,
    spend: float | None = None,
    sources: Mapping[str, Source] = SOURCES,
) -> Forecast:
    """Count what a second look would take, without asking anybody.

    Errors: UsageError when nothing is due.
    """
    source = source_called(source_id or _latest_source(workspace.state), sources)
    return again_forecast(source, again_streams(workspace, source, requests), spend)


def to_go_on_with(state: State, number: int | None = None) -> Fetch:
    """Name the fetch that is gone on with: the latest one that is open, unless a number is given.

    Errors: UsageError when there is none.
    """
    return fetch_by_id(state, number) if number else _latest_open(state)


def _run(
    workspace: Workspace, source: Source, asked: Asked, number: int, progress: Progress | None, client: OpenClient
) -> FetchReport:
    """Collect and bring. Whatever ends the collecting, what was kept until then is brought."""
    refused: SourceRefusedError | None = None
    with client(workspace, source) as opened:
        try:
            _log_in(opened, source)
            because = Collecting(workspace, source, number, asked, opened, progress).run()
        except KeyboardInterrupt:
            because = "It was stopped by hand."
        except (SourceLimitError, SourceSilentError) as error:
            refused, because = error, error.what
        sent, repeated = opened.sent, opened.repeated
    brought = bring(workspace, source, number)
    # Killed before here, the fetch is open still, and is brought when it is gone on with.
    end_fetch(workspace.state, number, done=not because, because=because)
    covered = coverage_of(workspace.state, source, number)
    return FetchReport(number, source.id, sent, repeated, not because, because, brought, covered, refused)


def _log_in(client: Client, source: Source) -> None:
    """Log in, where the user gave a login; a source that is open to everybody needs none."""
    secret = login_of(source.id) if source.login or source.keys else None
    if secret and source.keys:
        client.keys = source.keys(secret)
    if secret and source.login:
        client.headers = source.login(client.post, secret)
        client.own = source.own(secret) if source.own else ""


def _refuse_without_login(source: Source, first: list[ToOpen]) -> None:
    """Say at once what needs a login, and which ways are open without one."""
    closed = [source.streams[one.name] for one in first if source.streams[one.name].needs != "nothing"]
    if closed and not login_of(source.id):
        raise LoginNeededError(
            f"{source.title} gives {closed[0].says} only with {NEEDS[closed[0].needs]}.",
            means=closed[0].instead,
            next_step=f"Put yours into GROUNDSWELL_{source.id.upper()}_LOGIN, as {source.login_form}.",
        )


def _refuse_without_bound(source: Source, spend: float | None, says: Callable[[], str]) -> None:
    """Say at once what is to be paid, and ask how much it may be."""
    if source.price and spend is None:
        raise SpendNeededError(
            f"{source.title} asks money for what is read. {says()}",
            means=f"Prices as of {source.price.source}. Nothing was asked yet.",
            next_step="Say how much it may cost at most, and it stops before. At the command line: --spend 5",
        )


def _latest_open(state: State) -> Fetch:
    fetches = [one for one in all_fetches(state) if not Asked.of(one.asked).live]
    found = [one for one in fetches if one.state == "open"]
    # One that came to its end while a server was down, or a login was lacking, has something left to ask as well.
    found = found or [one for one in fetches[-1:] if any(row.state in AGAIN for row in streams_of(state, one.id))]
    if not found:
        raise UsageError(
            "No fetch is open: there is nothing to go on with.", next_step="`groundswell fetches` lists them."
        )
    return found[-1]


def _latest_source(state: State) -> str:
    found = all_fetches(state)
    if not found:
        raise UsageError(
            "Nothing was fetched yet: there is nothing to look at again.",
            next_step="Fetch people first with `groundswell fetch`.",
        )
    return found[-1].source
