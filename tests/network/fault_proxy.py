"""Stands between the client and a real server, passes requests on, and spoils an answer now and then, as networks do.

Every `every`-th request meets the next fault of the list; asked again, it is passed on. Or one request, of which only the number is
said, meets one fault (`one`). What it passes on is what the real server said, byte for byte.
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

RETRY_AFTER = 1
BROKEN = (
    "429 with Retry-After", "429 without", "500", "502 in HTML", "503 with Retry-After in words", "reset before an answer",
    "reset in the middle", "HTML with 200", "torn JSON", "shorter than said", "packed and broken off", "nothing at all",
)  # fmt: skip
"""Faults that nobody takes for an answer: each is asked again once."""
BACK = "a cursor that leads back"
FAULTS = (
    *BROKEN, "504", "429 with a date", "429 with a past date", "404 in HTML", "403 in HTML", "null in JSON", "a list", "another shape",
    "packed without being", "packed as nobody asked", "a bomb", "a redirect in a circle", "silence", "a head that drips",
    "a body in slices", "a slow answer", "items in another order", "items twice", "a field that nobody knows", BACK,
)  # fmt: skip
PAGE = b"<html><body>Please wait</body></html>"
INSTEAD = {"null in JSON": b"null", "a list": b"[]", "another shape": b'{"data": []}', "nothing at all": b""}


@dataclass
class Proxy:
    """What passed through."""

    server: str
    every: int
    one: tuple[str, int] | None = None
    """One fault, and the number of the request that meets it, from 0; of a cursor that leads back, the next one that has a cursor."""
    address: str = ""
    passed: list[str] = field(default_factory=lambda: [])
    spoiled: list[tuple[str, float, str]] = field(default_factory=lambda: [])
    """(fault, when, which request)."""
    asked_at: list[float] = field(default_factory=lambda: [])
    """When each request came."""

    def __post_init__(self) -> None:
        self._faults, self._lock = cycle(BROKEN), threading.Lock()
        self._client = httpx2.Client(trust_env=False, timeout=60)

    def fault(self, path: str) -> str | None:
        """Which fault this request meets. One that met a fault just now meets none."""
        with self._lock:
            self.asked_at.append(time.monotonic())
            if self.one:
                return self._the_one(path, *self.one)
            again = bool(self.spoiled) and self.spoiled[-1][2] == path
            if again or len(self.asked_at) % self.every:
                self.passed.append(path)
                return None
            self.spoiled.append((next(self._faults), self.asked_at[-1], path))
            return self.spoiled[-1][0]

    def _the_one(self, path: str, fault: str, number: int) -> str | None:
        if self.spoiled or len(self.asked_at) <= number or (fault == BACK and "cursor=" not in path):
            return None
        self.spoiled.append((fault, self.asked_at[-1], path))
        return fault

    def ask(self, path: str) -> httpx2.Response:
        return self._client.get(self.server + path)

    def close(self) -> None:
        self._client.close()


@contextmanager
def between(server: str, every: int = 4, one: tuple[str, int] | None = None) -> Generator[Proxy]:
    """A proxy on a free port of this machine."""
    proxy = Proxy(server, every, one)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        proxy.address = f"http://localhost:{running.server_address[1]}"
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield proxy
        finally:
            running.shutdown()
            thread.join()
            proxy.close()


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        fault = self.proxy.fault(self.path)
        answer = self.proxy.ask(self.path)
        if fault is None:
            self._send(answer.status_code, answer.content)
        else:
            with suppress(OSError):  # whoever asked may have gone
                self._spoil(fault, answer.content)

    def _spoil(self, fault: str, body: bytes) -> None:
        if change := CHANGES.get(fault):
            said = json.loads(body)
            change(said, parse_qs(urlsplit(self.path).query))
            self._send(200, json.dumps(said).encode())
        elif fault in INSTEAD:
            self._send(200, INSTEAD[fault])
        elif fault.startswith("reset"):
            if "middle" in fault:
                self._head(200, len(body))
                self.wfile.write(body[: len(body) // 2])
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif fault == "429 with Retry-After":
            self._send(429, b"{}", {"Retry-After": str(RETRY_AFTER)})
        elif fault == "429 with a date":
            self._send(429, b"{}", {"Retry-After": formatdate(time.time() + RETRY_AFTER, usegmt=True)})
        elif fault == "429 with a past date":
            self._send(429, b"{}", {"Retry-After": "Mon, 01 Jun 2015 00:00:20 GMT"})
        elif fault == "503 with Retry-After in words":
            self._send(503, b"", {"Retry-After": "soon"})
        elif "HTML" in fault:
            self._send(int(fault[:3]) if fault[0].isdigit() else 200, PAGE, {"Content-Type": "text/html"})
        elif fault == "torn JSON":
            self._send(200, body[: len(body) // 2])
        elif fault == "shorter than said":
            self._head(200, len(body) + 100)
            self.wfile.write(body)
            self.close_connection = True
        elif fault == "packed and broken off":
            self._send(200, b"\x1f\x8b\x08\x00\x00\x00\x00\x00", {"Content-Encoding": "gzip"})
        elif fault == "packed without being":
            self._send(200, body, {"Content-Encoding": "gzip"})
        elif fault == "packed as nobody asked":
            self._send(200, body, {"Content-Encoding": "br"})
        elif fault == "a bomb":
            self._send(200, gzip.compress(b" " * (17 << 20)), {"Content-Encoding": "gzip"})
        elif fault == "a redirect in a circle":
            self._send(302, b"", {"Location": self.path})
        else:
            self._linger(fault, body)

    def _linger(self, fault: str, body: bytes) -> None:
        """What comes late, or piece by piece; or never, until whoever asked is gone."""
        if fault == "silence":
            self.connection.recv(1)
        elif fault == "a head that drips":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while True:
                self.wfile.write(b"a")
                time.sleep(0.1)
        elif fault == "a body in slices":
            self._head(200, len(body))
            for start in range(0, len(body), 1_000):
                self.wfile.write(body[start : start + 1_000])
        elif fault == "a slow answer":
            time.sleep(0.5)
            self._send(200, body)
        else:
            self._send(int(fault[:3]), b"{}")

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self._head(status, len(body), headers)
        self.wfile.write(body)

    def _head(self, status: int, size: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (
            {"Content-Type": "application/json", "Content-Length": str(size)} | (headers or {})
        ).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _lists(said: Any) -> list[list[Any]]:
    return [value for value in said.values() if isinstance(value, list)]


def _reversed(said: Any, _asked: Any) -> None:
    for items in _lists(said):
        items.reverse()


def _twice(said: Any, _asked: Any) -> None:
    for items in _lists(said):
        items.extend(list(items))


def _novel(said: Any, _asked: Any) -> None:
    for one in [said, *(items[0] for items in _lists(said) if items)]:
        one["novelty"] = {"a": 1}


def _back(said: Any, asked: dict[str, list[str]]) -> None:
    said["cursor"] = asked["cursor"][0]


CHANGES: dict[str, Callable[[Any, dict[str, list[str]]], None]] = {
    "items in another order": _reversed, "items twice": _twice, "a field that nobody knows": _novel, BACK: _back,
}  # fmt: skip
