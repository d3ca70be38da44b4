"""The loop of the live stream: connect, hear, keep; and connect again when the connection is lost.

Events are kept as they came, some hundreds in a page, and each page in one transaction with the place in the stream after it. So
whatever ends the loop, nothing that was kept is lost. Whoever comes back asks for a few seconds more than is missing: servers agree
on the order of events only roughly, and an event that is heard twice makes the same rows twice, which are one.

A lost connection is made again after a wait that doubles and has chance in it, at the next of the servers, for a quarter of an hour
at most. What is no event is kept too, as text, and set aside with its reason when the page is read. An event from the future does
not move the place in the stream. Memory holds one page, and the few events that the connection lets wait.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from groundswell.errors import SourceSilentError
from groundswell.sources.declaring import Live
from groundswell.sources.streaming import Channel, LostError, OpenChannel

PAGE_EVENTS, PAGE_BYTES, PAGE_SECONDS = 500, 2 << 20, 5.0
"""A page is kept when it holds so much, or when its first event is so old (design choice)."""
REPLAYED = 5.0
"""Seconds before the last place in the stream that are heard again (its makers advise a few)."""
FIRST_WAIT, LONGEST_WAIT, GIVE_UP = 1.0, 60.0, 900.0
"""Seconds before the second try, most between two, and after which it is given up when nothing at all was heard (design choice)."""
NOW = 5.0
"""The present is reached when an event comes that happened after the run began, or when the last one is at most so many seconds old
and none waits (design choice)."""
QUIET = 60.0
"""Seconds without an event after which a run that waits for the present takes it that there is none. The place in the stream does
not move by silence, so nothing is lost when that was wrong."""
AHEAD = 3_600.0
"""Seconds that an event may lie in the future and still be believed: clocks differ."""
TORN_KEPT = 2_000


@dataclass(frozen=True)
class Heard:
    """Where the loop is."""

    events: int
    seconds: float
    """Since it began."""
    behind: float | None
    """Seconds since the last event happened; None before there was one."""
    lost: int
    """Times that the connection was lost."""


@dataclass(frozen=True)
class Bounds:
    """When the loop ends by itself."""

    seconds: float | None = None
    until_now: bool = False
    """At the present, or when nothing came for a while."""
    quiet: float = QUIET


Keep = Callable[[bytes, int, datetime, str | None], None]
"""(page, events on it, moment, place in the stream after it) -> kept, both or neither."""


@dataclass(kw_only=True)
class Hearing:
    """One run of the loop. `keep` may raise; then the page is still held, and is kept at the end."""

    live: Live
    people: Sequence[str]
    since: int | None
    keep: Keep
    open_channel: OpenChannel
    bounds: Bounds = field(default_factory=Bounds)
    progress: Callable[[Heard], None] | None = None
    rest: Callable[[], None] | None = None
    """Done while nothing comes and nothing waits to be kept."""
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    events: int = 0
    lost: int = 0
    last: int | None = None
    """When the last event happened, in microseconds."""
    idle: bool = False
    """Whether nothing waits to be heard."""

    def __post_init__(self) -> None:
        self._page = list[bytes]()
        self._size = 0
        self._turned = False
        self._in_vain = 0
        self._begun = self._page_begun = self._heard_at = self._said_at = self.clock()

    def turn(self, people: Sequence[str], since: int) -> None:
        """From the next event on hear these people, and since a moment that may lie before what was heard already.

        The place in the stream goes back as well: whoever is killed on the way begins there again.
        """
        self.people, self.since, self.last, self._turned = people, since, None, True

    def run(self) -> str:
        """Hear until a bound is met, and say which one.

        Errors: SourceSilentError when nobody answers; UnsafeAddressError. What was heard until then is kept, also after Ctrl-C.
        """
        try:
            return self._hear()
        finally:
            self._keep_page()

    def _hear(self) -> str:
        tries, failing_since = 0, self.clock()
        while True:
            before, heard, connected = self.last, self.events, self.clock()
            try:
                if ended := self._connected(self.live.addresses[self.lost % len(self.live.addresses)]):
                    return ended
            except LostError as error:
                self.lost += 1
                self._keep_page()
                answered = self.events > heard
                self._in_vain = 0 if self.last != before else self._in_vain + answered
                if answered or self.clock() - connected >= LONGEST_WAIT:
                    tries, failing_since = 0, self.clock()
                if ended := self._ended():
                    return ended
                self._wait(tries, error, failing_since)
                tries += 1

    def _wait(self, tries: int, error: LostError, failing_since: float) -> None:
        if self.clock() - failing_since > GIVE_UP:
            raise SourceSilentError(
                f"The live stream did not answer for {GIVE_UP / 60:.0f} minutes: {error}.",
                means="What was heard until now is kept.",
                next_step="Go on later with `groundswell listen`; the network keeps about a day.",
            )
        wait = self.chance() * min(LONGEST_WAIT, FIRST_WAIT * 2**tries) if error.wait is None else error.wait
        self.sleep(min(wait, GIVE_UP))

    def _connected(self, server: str) -> str:
        """Hear over one connection; say nothing when others are to be heard. Errors: LostError."""
        self._turned = False
        channel = self.open_channel(self.live.ask(server, self._since()))
        try:
            channel.send(self.live.hello(self.people))
            self._heard_at = self.clock()
            return self._listen(channel)
        finally:
            channel.close()

    def _since(self) -> int | None:
        """A few seconds before the place where the stream was left; fewer where nothing new came before it was lost again.

        In a few seconds more may have happened than a connection lasts for: it would be heard again for ever.
        """
        place = self.since if self.last is None else max(self.last, self.since or 0)
        return None if place is None else max(1, place - int(REPLAYED * 1e6 / 4**self._in_vain))

    def _listen(self, channel: Channel) -> str:
        while True:
            found = channel.receive(0.5)
            self.idle = found is None
            if found is not None:
                self._take(found)
            if self._page and self._is_full():
                self._keep_page()
            if self.rest and self.idle and not self._page:
                self.rest()
            self._say()
            if ended := self._ended():
                return ended
            if self._turned:
                self._keep_page()
                return ""

    # -- events ------------------------------------------------------------------------------------------------------------

    def _take(self, event: bytes) -> None:
        """One message: an event as it came, or the beginning of something that is none."""
        self._heard_at = self.clock()
        try:
            moment = self.live.moment(json.loads(event))
        except (ValueError, RecursionError):
            moment, event = None, json.dumps(event[:TORN_KEPT].decode("utf-8", "replace")).encode()
        if moment is not None and moment / 1e6 <= self._heard_at + AHEAD:
            self.last = max(self.last or 0, moment)
        if not self._page:
            self._page_begun = self._heard_at
        self._page.append(event)
        self._size += len(event)
        self.events += 1

    def _is_full(self) -> bool:
        old = self.clock() - self._page_begun >= PAGE_SECONDS
        return old or len(self._page) >= PAGE_EVENTS or self._size >= PAGE_BYTES

    def _keep_page(self) -> None:
        """Keep what was heard, with the place after it; the page is let go of only then."""
        if not self._page:
            return
        body, events = b'{"events":[' + b",".join(self._page) + b"]}", len(self._page)
        place = max(self.last or 0, self.since or 0) or None
        self.keep(body, events, datetime.fromtimestamp(self.clock(), UTC), None if place is None else str(place))
        self._page, self._size = [], 0
        # Keeping may take long, when a piece of the stream is brought in: that was no silence.
        self._heard_at = self.clock()

    # -- where it is -------------------------------------------------------------------------------------------------------

    def _ended(self) -> str:
        now = self.clock()
        if self.bounds.seconds is not None and now - self._begun >= self.bounds.seconds:
            return "The time is over."
        if self.bounds.until_now and self.last and self._is_present(self.last / 1e6):
            return "It has caught up with the present."
        if self.bounds.until_now and now - self._heard_at >= self.bounds.quiet:
            return f"Nothing came for {self.bounds.quiet:.0f} seconds."
        return ""

    def _is_present(self, last: float) -> bool:
        return last >= self._begun or (self.idle and last >= self._heard_at - NOW)

    def _say(self) -> None:
        now = self.clock()
        if self.progress and now - self._said_at >= 0.5:
            self._said_at = now
            behind = max(0.0, now - self.last / 1e6) if self.last else None
            self.progress(Heard(self.events, now - self._begun, behind, self.lost))


__all__ = ["Bounds", "Heard", "Hearing"]
