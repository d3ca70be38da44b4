"""The one connection that stays open, for live streams: as truthful and as careful as the client that asks (`sources.client`).

Only servers that a source declares; a name is resolved once and the connection goes to that very address, which has to be public; no
proxy from the environment; encrypted, unless tests say that this machine may be asked. A message has a largest size, what waits to
be read has a largest number (beyond it nothing more is read from the network), and a server that stops answering pings is left.

What goes wrong with a connection is a `LostError`: it says why, and how long the server wants to be left alone. Connecting again
is for who listens (`groundswell.fetch.hearing`).
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from groundswell import __version__
from groundswell.errors import UnsafeAddressError
from groundswell.sources.addresses import Resolve, checked, resolved

MESSAGE_CAP = 2 << 20
"""Bytes of one event. A post has some two thousand."""
WAITING_CAP = 64
"""Events that wait to be read (design choice)."""
OPEN_CAP, SILENCE_CAP = 20.0, 30.0
"""Seconds to connect within, and after which a ping that is not answered means that nobody is there."""


class LostError(Exception):
    """A connection that is no more, or never was: why, and how many seconds the server wants to be left alone."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class Channel(Protocol):
    """An open connection."""

    def send(self, text: str) -> None:
        """Say something."""
        ...

    def receive(self, seconds: float) -> bytes | None:
        """What comes next; None when nothing did in so many seconds. Errors: LostError."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


OpenChannel = Callable[[str], Channel]
"""Address -> connection. Errors: LostError; UnsafeAddressError."""


@dataclass(frozen=True)
class Connecting:
    """How connections are opened (an `OpenChannel`)."""

    hosts: Sequence[str]
    """Hosts that may be asked."""
    contact: str = ""
    resolve: Resolve = resolved
    loopback: bool = False
    """Lets this machine be asked, and without encryption. For tests, and only by this argument."""
    message_cap: int = MESSAGE_CAP

    def __call__(self, address: str) -> Channel:
        """Open a connection."""
        parts = urlsplit(address)
        host, secure = (parts.hostname or "").lower(), parts.scheme == "wss"
        if host not in self.hosts or not (secure or (parts.scheme == "ws" and self.loopback)) or "@" in parts.netloc:
            raise UnsafeAddressError(f"{address[:200]} is not an address that this source declares.")
        pipe = self._pipe(host, parts.port or (443 if secure else 80))
        try:
            return Open(self._connection(address, pipe, secure))
        except InvalidStatus as error:
            pipe.close()
            raise LostError(f"status {error.response.status_code}", _seconds(error)) from error
        except (OSError, InvalidHandshake, WebSocketException, EOFError) as error:
            pipe.close()
            raise LostError(_words(error)) from error

    def _pipe(self, host: str, port: int) -> socket.socket:
        """A connection to one of the addresses of a name, all of which may be asked."""
        try:
            addresses = self.resolve(host, port)
        except OSError as error:
            raise LostError(
                f"the name {host} leads nowhere: it is misspelt, or this computer is not connected"
            ) from error
        why = "no address"
        for one in checked(host, addresses, loopback=self.loopback):
            try:
                return socket.create_connection((one, port), OPEN_CAP)
            except OSError as error:
                why = _words(error)
        raise LostError(why)

    def _connection(self, address: str, pipe: socket.socket, secure: bool) -> ClientConnection:
        agent = f"groundswell/{__version__}" + (f" ({self.contact})" if self.contact else "")
        return connect(
            address, sock=pipe, ssl=ssl.create_default_context() if secure else None, compression=None, proxy=None,
            user_agent_header=agent, open_timeout=OPEN_CAP, ping_interval=SILENCE_CAP, ping_timeout=SILENCE_CAP,
            close_timeout=5, max_size=self.message_cap, max_queue=WAITING_CAP, legacy=True,
        )  # fmt: skip


@dataclass
class Open:
    """An open connection (`Channel`)."""

    connection: ClientConnection

    def send(self, text: str) -> None:
        """Say something."""
        try:
            self.connection.send(text)
        except (WebSocketException, OSError) as error:
            raise LostError(_words(error)) from error

    def receive(self, seconds: float) -> bytes | None:
        """What comes next, as bytes: what is no text is for the reader to set aside."""
        try:
            return self.connection.recv(seconds, decode=False)
        except TimeoutError:
            return None
        except (WebSocketException, OSError, EOFError) as error:
            raise LostError(_words(error)) from error

    def close(self) -> None:
        """Let go of it."""
        self.connection.close()


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:200].rstrip(": ")


def _seconds(error: InvalidStatus) -> float | None:
    """`Retry-After` in seconds, where the server says so."""
    said = error.response.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() and len(said) < 7 else None
