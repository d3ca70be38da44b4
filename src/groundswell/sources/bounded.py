"""Connections on which an answer has until a moment, however slowly its head or body drips.

The limits of the library hold for each piece that is read (20 seconds without a byte); a server that sends one byte every 19
seconds keeps them for days. Here the moment by which all of it has to be there is looked at before each piece.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2
import httpx2

CONNECT_CAP, ANSWER_CAP = 10.0, 20.0
"""Seconds within which a connection has to stand, and without a byte of an answer after which nobody is waited for (design choice)."""
UNTIL = "until"
"""Extension of a request: the moment by which its answer has to be there, by the clock that `Bounded` has."""


class Bounded(httpx2.HTTPTransport):
    """The library's transport for one request after the other, each with a moment by which it has to be answered."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(trust_env=False)
        self.clock, self.until = clock, float("inf")
        context = httpx2.create_ssl_context(trust_env=False)
        self._pool = httpcore2.ConnectionPool(ssl_context=context, network_backend=_Backend(self))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and read the head of its answer."""
        self.until = request.extensions[UNTIL]
        return super().handle_request(request)

    def left(self, timeout: float | None) -> float:
        """Seconds that the next piece may take. Errors: ReadTimeout when none is left."""
        left = self.until - self.clock()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time of the whole answer is over")
        return min(left, timeout or left)


class _Backend(httpcore2.SyncBackend):
    def __init__(self, transport: Bounded) -> None:
        self.transport = transport

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:  # fmt: skip
        found = super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(found, self.transport)


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, transport: Bounded) -> None:
        self.stream, self.transport = stream, transport

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.transport.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, timeout)

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self.stream.start_tls(ssl_context, server_hostname, timeout), self.transport)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def in_words(error: httpx2.TransportError) -> str:
    """What went wrong with a connection, first in words: whether nobody is there, somebody is slow, or it broke off."""
    words = next((said for kind, said in BROKEN.items() if isinstance(error, kind)), type(error).__name__)
    return f"{words} ({error})"[:200] if str(error) else words


BROKEN: dict[type[httpx2.TransportError], str] = {
    httpx2.ConnectTimeout: f"it is not reached within {CONNECT_CAP:.0f} seconds",
    httpx2.TimeoutException: f"it is there but slow: nothing came for {ANSWER_CAP:.0f} seconds",
    httpx2.ConnectError: "it cannot be reached",
    httpx2.NetworkError: "the connection broke off",
    httpx2.ProtocolError: "what came was no answer, or only a part of one",
}


__all__ = ["ANSWER_CAP", "CONNECT_CAP", "UNTIL", "Bounded", "in_words"]
