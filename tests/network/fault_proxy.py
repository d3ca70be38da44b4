"""Stands between the client and a real server, passes requests on, and spoils an answer now and then, as networks do.

Every `every`-th request meets the next fault of the list; asked again, it is passed on. What it passes on is what the real server
said, byte for byte.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from typing import Any

import httpx2

RETRY_AFTER = 1
FAULTS = (
    "429 with Retry-After", "429 without", "500", "502 in HTML", "503 with Retry-After in words", "reset before an answer",
    "reset in the middle", "HTML with 200", "torn JSON", "shorter than said", "packed and broken off", "nothing at all",
)  # fmt: skip


@dataclass
class Proxy:
    """What passed through."""

    server: str
    every: int
    address: str = ""
    passed: list[str] = field(default_factory=lambda: [])
    spoiled: list[tuple[str, float, str]] = field(default_factory=lambda: [])
    """(fault, when, which request)."""
    asked_at: list[float] = field(default_factory=lambda: [])
    """When each request came."""

    def __post_init__(self) -> None:
        self._faults, self._lock = cycle(FAULTS), threading.Lock()
        self._client = httpx2.Client(trust_env=False, timeout=60)

    def fault(self, path: str) -> str | None:
        """Which fault this request meets. One that met a fault just now meets none."""
        with self._lock:
            self.asked_at.append(time.monotonic())
            again = bool(self.spoiled) and self.spoiled[-1][2] == path
            if again or len(self.asked_at) % self.every:
                self.passed.append(path)
                return None
            self.spoiled.append((next(self._faults), self.asked_at[-1], path))
            return self.spoiled[-1][0]

    def ask(self, path: str) -> httpx2.Response:
        return self._client.get(self.server + path)

    def close(self) -> None:
        self._client.close()


@contextmanager
def between(server: str, every: int = 4) -> Iterator[Proxy]:
    """A proxy on a free port of this machine."""
    proxy = Proxy(server, every)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        proxy.address = f"http://localhost:{running.server_address[1]}"
        thread = threading.Thread(target=running.serve_forever)
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
            self._spoil(fault, answer.content)

    def _spoil(self, fault: str, body: bytes) -> None:
        page = b"<html><body>Please wait</body></html>"
        if fault.startswith("reset"):
            if "middle" in fault:
                self._head(200, len(body))
                self.wfile.write(body[: len(body) // 2])
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif fault == "429 with Retry-After":
            self._send(429, b"{}", {"Retry-After": str(RETRY_AFTER)})
        elif fault == "503 with Retry-After in words":
            self._send(503, b"", {"Retry-After": "soon"})
        elif fault == "502 in HTML":
            self._send(502, page, {"Content-Type": "text/html"})
        elif fault == "HTML with 200":
            self._send(200, page, {"Content-Type": "text/html"})
        elif fault == "torn JSON":
            self._send(200, body[: len(body) // 2])
        elif fault == "nothing at all":
            self._send(200, b"")
        elif fault == "shorter than said":
            self._head(200, len(body) + 100)
            self.wfile.write(body)
            self.close_connection = True
        elif fault == "packed and broken off":
            self._send(200, b"\x1f\x8b\x08\x00\x00\x00\x00\x00", {"Content-Encoding": "gzip"})
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
