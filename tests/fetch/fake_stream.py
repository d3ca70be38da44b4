"""A fake of a live stream: events in the shape of Jetstream, and connections that do what a script says. No network, no waiting."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fake_bluesky import FOLLOW, LIKE, POST, Clock

from groundswell.sources.declaring import Source
from groundswell.sources.streaming import Channel, LostError, OpenChannel

Json = Any
STEP = 1_000_000
"""Microseconds between two events."""


def commit(did: str, moment: int, collection: str, rkey: str, record: Json = None) -> Json:
    """A record that somebody made, or (without one) took back."""
    said = {"operation": "create" if record else "delete", "collection": collection, "rkey": rkey}
    return {"did": did, "time_us": moment, "kind": "commit", "commit": said | ({"record": {"$type": collection} | record} if record else {})}  # fmt: skip


def posted(did: str, moment: int, rkey: str, text: str = "fresh bread") -> Json:
    return commit(did, moment, POST, rkey, {"text": text, "createdAt": "2026-06-01T00:00:00Z", "langs": ["en"]})


def liked(did: str, moment: int, rkey: str, uri: str) -> Json:
    return commit(did, moment, LIKE, rkey, {"subject": {"uri": uri, "cid": "bafy"}, "createdAt": "2026-06-01T00:00:00Z"})  # fmt: skip


def followed(did: str, moment: int, rkey: str, whom: str) -> Json:
    return commit(did, moment, FOLLOW, rkey, {"subject": whom, "createdAt": "2026-06-01T00:00:00Z"})


def left(did: str, moment: int, status: str = "deleted") -> Json:
    return {"did": did, "time_us": moment, "kind": "account", "account": {"active": False, "did": did, "status": status}}  # fmt: skip


@dataclass
class Stream:
    """What happened, and what becomes of each connection that asks for it."""

    clock: Clock
    events: list[Json | bytes] = field(default_factory=lambda: [])
    breaks: list[int | BaseException] = field(default_factory=lambda: [])
    """Of each connection in turn: after how many events it breaks off, or what happens instead of it. Later ones hold."""
    asked: list[tuple[str, int | None]] = field(default_factory=lambda: [])
    """(server, moment since which) of each connection."""
    greeted: list[Json] = field(default_factory=lambda: [])
    closed: int = 0
    after: Callable[[], None] = lambda: None
    """Done when everything was sent and somebody waits for more."""

    def opener(self, _source: Source) -> OpenChannel:
        return self.open

    def open(self, address: str) -> Channel:
        parts = urlsplit(address)
        since = parse_qs(parts.query).get("cursor")
        self.asked.append((parts.netloc, int(since[0]) if since else None))
        number = len(self.asked) - 1
        ends = self.breaks[number] if number < len(self.breaks) else None
        if isinstance(ends, BaseException):
            raise ends
        return Connection(self, self._from(int(since[0]) if since else 0), ends)

    def _from(self, since: int) -> list[bytes]:
        """As a server would: what has no moment is sent where it stands."""
        found = [one for one in self.events if not isinstance(one, dict) or one.get("time_us", since) >= since]
        return [one if isinstance(one, bytes) else json.dumps(one).encode() for one in found]


@dataclass
class Connection:
    """One connection to the fake (`Channel`)."""

    stream: Stream
    waiting: list[bytes]
    ends: int | None

    def send(self, text: str) -> None:
        self.stream.greeted.append(json.loads(text)["payload"])

    def receive(self, seconds: float) -> bytes | None:
        if self.ends is not None:
            if not self.ends:
                raise LostError("broken off")
            self.ends -= 1
        if self.waiting:
            return self.waiting.pop(0)
        self.stream.after()
        self.stream.clock.sleep(seconds)
        return None

    def close(self) -> None:
        self.stream.closed += 1
