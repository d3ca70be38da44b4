"""The page from which people are fetched: whom, what it would take, how far it is, what was not covered. One fetch at a time.

    /fetch      whom and what; what it would take at most, before anybody is asked
    /ask        a letter to somebody whose network answers only to its members
    /purge      what may not be kept any longer, and taking it off the disk
    /fetches    the one that runs, with a way to stop it; those before, with what they did not cover and a way to go on

A fetch runs in a thread of its own, beside the desk: files can be brought in meanwhile. Stopping it, or ending the program, loses
nothing: what was fetched is kept page by page, and the fetch can be gone on with.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from groundswell.api.asking import LetterAsked, fetch_of, letter_of
from groundswell.api.live import fetched, forecast_of, needed, offers_of, purged_sentences
from groundswell.errors import GroundswellError, UsageError, WorkspaceBusyError
from groundswell.fetch import (
    Asked,
    FetchReport,
    Forecast,
    OpenClient,
    Progress,
    Step,
    beginning,
    beginning_again,
    fetch,
    look_ahead,
    open_client,
    purge,
    refresh,
    resume,
)
from groundswell.fetch.exports import letter, platforms
from groundswell.sources.client import Client
from groundswell.sources.declaring import NEEDS, Source
from groundswell.sources.doors import KINDS, all_ways
from groundswell.sources.networks import SOURCES
from groundswell.store import Workspace
from groundswell.web.importing import OUR_FAULT, said
from groundswell.web.pages import Pages, redirect

log = logging.getLogger("groundswell.web")
BOUNDS = ("people", "hops", "each", "posts", "requests")
Work = Callable[[Progress, OpenClient], FetchReport]


@dataclass
class Running:
    """A fetch that was begun here since the program started."""

    title: str
    stop: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)
    step: Step | None = None
    report: FetchReport | None = None
    error: dict[str, str] | None = None
    clock: Callable[[], float] = time.monotonic
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.clock()

    @property
    def left(self) -> float | None:
        """Seconds until the budget of requests is spent, at the speed until now; None before the first one."""
        if self.step is None or self.step.requests < 1:
            return None
        return (self.clock() - self.begun) / self.step.requests * max(0, self.step.budget - self.step.requests)

    def told(self, step: Step) -> None:
        """Note how far it is; stop where somebody asked for it."""
        self.step = step
        self._heed()

    def wait(self, seconds: float) -> None:
        """Wait as long as a network asks for, but no longer than until it is to stop."""
        self.stop.wait(seconds)
        self._heed()

    def _heed(self) -> None:
        if self.stop.is_set():
            raise KeyboardInterrupt  # as at the command line: what was fetched is kept and brought


class Fetcher:
    """Runs one fetch at a time in a thread."""

    def __init__(self, workspace: Workspace, opens: OpenClient = open_client) -> None:
        self.workspace, self.opens = workspace, opens
        self.latest: Running | None = None
        self._lock = Lock()

    @property
    def busy(self) -> bool:
        """Whether one is running."""
        return self.latest is not None and not self.latest.over.is_set()

    def begin(self, title: str, work: Work) -> Running:
        """Run one; WorkspaceBusyError while another one runs."""
        with self._lock:
            if self.busy:
                raise WorkspaceBusyError("A fetch is running.", next_step="Wait for it, or stop it.")
            running = self.latest = Running(title)
        Thread(target=self._run, args=(running, work), name="fetch", daemon=True).start()
        return running

    def close(self) -> None:
        """Ask the one that runs to stop and give it a moment; what it kept is brought when it is gone on with."""
        if self.latest:
            self.latest.stop.set()
            self.latest.over.wait(2)

    def _run(self, running: Running, work: Work) -> None:
        def opened(workspace: Workspace, source: Source) -> Client:
            client = self.opens(workspace, source)
            if client.sleep is time.sleep:  # a clock of somebody's own goes on as it does
                client.sleep = running.wait
            return client

        try:
            running.report = work(running.told, opened)
            if running.report.refused:
                running.error = said(running.report.refused)
        except GroundswellError as error:
            running.error = said(error)
        except Exception:
            log.exception("while fetching")
            running.error = OUR_FAULT
        finally:
            running.over.set()


def add_fetching(pages: Pages, fetcher: Fetcher) -> None:
    """Add the pages."""
    _add_asking(pages, fetcher)
    _add_running(pages, fetcher)
    _add_letter(pages)
    _add_purging(pages, fetcher)


def _add_asking(pages: Pages, fetcher: Fetcher) -> None:
    @pages.router.get("/fetch", summary="Fetch people from an open network", tags=["imports"])
    def asking(request: Request) -> Response:
        given = request.query_params
        source = SOURCES.get(given.get("source", ""))
        shown: dict[str, Any] = {
            "who": given.get("who", ""), "sources": list(SOURCES.values()), "needs": NEEDS, "ways": all_ways(), "kinds": KINDS, "busy": fetcher.busy,
            "chosen": source, "lists": given.getlist("lists") or ["posts"], "asked": None, "forecast": None, "error": None, "lacks": None,
            "bounds": {name: given.get(name) or str(getattr(EXAMPLE, name)) for name in BOUNDS}, "spend": given.get("spend", ""), "about": given.get("about", ""),
        }  # fmt: skip
        if shown["who"].strip():
            try:
                asked = _asked(given)
                lacking = needed(asked)
                shown |= {
                    "forecast": forecast_of(asked),
                    "asked": asked,
                    "chosen": SOURCES[asked.source],
                    "lacks": said(lacking) if lacking else None,
                }
            except GroundswellError as error:
                shown["error"] = said(error)
        # Somebody came with one address and nothing else: what it takes and one button come first.
        is_one = len(shown["who"].split()) == 1 and not set(given) - {"who", "source"}
        shown["plain"] = bool(is_one and shown["forecast"] and not shown["lacks"])
        shown["offers"] = offers_of(shown["chosen"] or next(iter(SOURCES.values())))
        status = 422 if shown["error"] else 200
        return pages.show(request, "fetch.html", status=status, twin=None if shown["asked"] else "", **shown)

    @pages.router.post("/fetch", summary="Begin to fetch", tags=["imports"])
    async def begin(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        fields: dict[str, Any] = {name: form.text(name) for name in ("who", "source", "about", "spend", *BOUNDS)}
        asked = _asked(fields | {"lists": [value for name, value in form.fields if name == "lists"]})
        source, _ = beginning(asked)
        title = f"{source.title}: {', '.join(asked.who)[:120]}"
        fetcher.begin(title, lambda told, opens: fetch(fetcher.workspace, asked, progress=told, client=opens))
        return redirect("/fetches")


def _add_running(pages: Pages, fetcher: Fetcher) -> None:
    workspace = fetcher.workspace

    @pages.router.get("/fetches", summary="What is being fetched, and what was", tags=["imports"])
    def running(request: Request) -> Response:
        latest = fetcher.latest
        if latest:
            latest.over.wait(0.7)
        found = fetched(workspace)
        known = [SOURCES[one] for one in sorted({one.fetch.source for one in found})]
        due = {} if fetcher.busy else {one.id: _what_is_due(workspace, one) for one in known if one.price}
        return pages.show(
            request, "fetches.html", latest=latest, busy=fetcher.busy, found=found, known=known, due=due,
            currencies={one.id: one.price.currency for one in known if one.price}, refresh=1 if fetcher.busy else 0,
        )  # fmt: skip

    @pages.router.post("/stop", summary="Stop the fetch that runs; what it fetched is kept", tags=["imports"])
    async def stop(request: Request) -> Response:
        (await pages.upload(request)).drop()
        if fetcher.latest:
            fetcher.latest.stop.set()
        return redirect("/fetches")

    @pages.router.post("/resume", summary="Go on with a fetch", tags=["imports"])
    async def go_on(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        number = form.text("id")
        if not (number.isascii() and number.isdigit() and 0 < len(number) < 10):
            raise UsageError(f"There is no fetch {number[:40]!r}.", next_step="Look at what was fetched.")
        spend = _sum(form.text("spend"))
        fetcher.begin(
            f"Going on with fetch {number}",
            lambda told, opens: resume(workspace, int(number), spend=spend, progress=told, client=opens),
        )
        return redirect("/fetches")

    @pages.router.post("/refresh", summary="Look again at those whose numbers still move", tags=["imports"])
    async def look_again(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        source, spend = form.text("source"), _sum(form.text("spend"))
        beginning_again(workspace, source, spend=spend)
        title = f"Looking again at people on {SOURCES[source].title}" if source in SOURCES else "Looking again"
        fetcher.begin(title, lambda told, opens: refresh(workspace, source, spend=spend, progress=told, client=opens))
        return redirect("/fetches")


def _what_is_due(workspace: Workspace, source: Source) -> Forecast | None:
    """What it takes to look again, where that costs money; None when nothing is due."""
    try:
        return look_ahead(workspace, source.id)
    except UsageError:
        return None


def _add_letter(pages: Pages) -> None:
    @pages.router.get("/ask", summary="Ask somebody for an export of their own data", tags=["imports"])
    def ask(request: Request, asked: Annotated[LetterAsked, Depends(letter_of)]) -> Response:
        written, error = None, None
        if asked.who.strip():
            try:
                written = letter(asked.who, asked.platform, brand=asked.brand, because=asked.because)
            except GroundswellError as refused:
                error = said(refused)
        return pages.show(
            request, "ask.html", status=422 if error else 200, twin=None if written else "", letter=written, error=error,
            platforms=platforms(), **vars(asked),
        )  # fmt: skip


def _sum(typed: str) -> float | None:
    """A sum of money as it is typed by hand."""
    spend = typed.strip().replace(",", ".")
    if spend and not re.fullmatch(r"\d{1,6}(\.\d{1,2})?", spend, re.ASCII):
        raise UsageError(f"{spend[:40]!r} is no sum.", next_step="Write a sum, such as 5 or 2.50.")
    return float(spend) if spend else None


EXAMPLE = Asked(source="", who=())


def _asked(given: Any) -> Asked:
    """Read the form, whose numbers are typed by hand."""
    numbers: dict[str, int] = {}
    for name in BOUNDS:
        typed = (given.get(name) or "").strip()
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 8):
            raise UsageError(f"{typed[:40]!r} is no number for {name}.", next_step="Write a number, such as 100.")
        if typed:
            numbers[name] = int(typed)
    lists = given.getlist("lists") if hasattr(given, "getlist") else given["lists"]
    return fetch_of(
        who=given.get("who") or "",
        source=given.get("source") or "",
        lists=lists,
        about=given.get("about") or "",
        spend=_sum(given.get("spend") or ""),
        **numbers,
    )


def _add_purging(pages: Pages, fetcher: Fetcher) -> None:
    workspace = fetcher.workspace

    def shown(request: Request, *, undone: bool, done: bool) -> Response:
        found = purge(workspace, undone=undone, dry_run=not done)
        nothing = found.nothing and not found.unbrought
        sentences = purged_sentences(found, "Go on with the fetch")
        own: dict[str, Any] = {"twin": ""} if done else {}  # what was taken away is not asked for again
        return pages.show(
            request, "purge.html", **own, found=found, sentences=sentences, undone=undone, nothing=nothing, busy=fetcher.busy
        )  # fmt: skip

    @pages.router.get("/purge", summary="What may not be kept any longer", tags=["imports"])
    def looking(request: Request, undone: bool = False) -> Response:
        return shown(request, undone=undone, done=False)

    @pages.router.post("/purge", summary="Take off the disk what may not be kept", tags=["imports"])
    async def taking(request: Request) -> Response:
        form = await pages.upload(request)
        form.drop()
        if fetcher.busy:
            raise WorkspaceBusyError("A fetch is running.", next_step="Wait for it, or stop it, and purge then.")
        return await run_in_threadpool(shown, request, undone=form.text("undone") == "yes", done=True)


__all__ = ["Fetcher", "Running", "add_fetching"]
