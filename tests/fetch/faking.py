"""What all fakes of networks share: a client before them without network or patience, and a look at what everybody can see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2

from groundswell.sources.client import Client, PaceInMemory
from groundswell.sources.declaring import Source
from groundswell.store import Workspace

Json = Any


class FakeNetwork:
    """Answers requests; `requests` are the addresses that were asked."""

    requests: list[str]

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request as the servers would."""
        raise NotImplementedError

    def client(self, through: Callable[[httpx2.Request], httpx2.Response] | None = None, **more: Any) -> Callable[[Workspace, Source], Client]:  # fmt: skip
        """Opens the polite client before this fake: no network, no waiting, a clock that stands on a day."""
        clock = Clock()

        def opened(_workspace: Workspace, source: Source) -> Client:
            return Client(
                hosts=source.hosts, limits=source.limits, pace=PaceInMemory(), transport=httpx2.MockTransport(through or self.answer),
                clock=clock.now, sleep=clock.sleep, chance=lambda: 0.5, **({"resolve": lambda _host, _port: ["93.184.216.34"]} | more),
            )  # fmt: skip

        return opened


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    at: float = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
    slept: list[float] = field(default_factory=lambda: [])

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def answered(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> httpx2.Response:
    """A response whose body is read as one off the wire would be."""
    kind = {"content-type": "application/json; charset=utf-8"}
    return httpx2.Response(status, stream=httpx2.ByteStream(body), headers=kind | (headers or {}))


def body_of(response: httpx2.Response) -> bytes:
    """The bytes of a response that nobody has read yet."""
    return b"".join(response.stream)


def tables(workspace: Workspace) -> dict[str, list[str]]:
    """What everybody can see, without when it was seen and by which import it came."""
    views = ("accounts", "posts", "interactions", "follows")
    with workspace.engine() as engine:
        return {view: sorted(map(repr, _plain(engine.table(f"SELECT * FROM {view}").to_pylist()))) for view in views}


def rows(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    """What a question says."""
    with workspace.engine() as engine:
        return engine.rows(sql)


HIDDEN = frozenset(("import_id", "observed_at", "observed_own", "line", "member", "key", "content"))


def _plain(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in HIDDEN} for row in found]
