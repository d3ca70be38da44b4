"""The connection of live streams, before a real WebSocket server on this machine: what it refuses, survives and says of itself."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import pytest
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from groundswell import __version__
from groundswell.errors import UnsafeAddressError
from groundswell.sources import streaming
from groundswell.sources.bluesky.live import JETSTREAM
from groundswell.sources.streaming import Connecting, LostError


def connecting(**more: Any) -> Connecting:
    return Connecting(["stream.test"], **({"loopback": True, "resolve": lambda *_: ["127.0.0.1"]} | more))


@contextmanager
def server(handler: Callable[[ServerConnection], None], **more: Any) -> Iterator[str]:
    """A server of its own on a free port."""
    with serve(handler, "127.0.0.1", 0, **more) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"ws://stream.test:{running.socket.getsockname()[1]}/subscribe"
        finally:
            running.shutdown()
            thread.join()


def test_it_hears_says_and_tells_who_it_is() -> None:
    said, agents = list[Any](), list[str]()

    def talk(connection: ServerConnection) -> None:
        agents.append(connection.request.headers["User-Agent"])
        said.append(connection.recv())
        connection.send("text")
        connection.send(b"\xff bytes")
        connection.recv()

    with server(talk) as address:
        channel = connecting(contact="https://example.com/who")(address)
        channel.send("hello")
        assert (channel.receive(5), channel.receive(5), channel.receive(0.05)) == (b"text", b"\xff bytes", None)
        channel.close()
    assert (said, agents) == (["hello"], [f"groundswell/{__version__} (https://example.com/who)"])


@pytest.mark.parametrize(
    ("address", "more"),
    [
        ("ws://stream.test/subscribe", {"loopback": False}),
        ("wss://elsewhere.test/subscribe", {}),
        ("https://stream.test/subscribe", {}),
        ("wss://user@stream.test/subscribe", {}),
        ("wss://stream.test/subscribe", {"loopback": False}),
        ("wss://stream.test/subscribe", {"resolve": lambda *_: ["93.184.216.34", "10.0.0.1"]}),
        ("wss://stream.test/subscribe", {"resolve": lambda *_: ["169.254.169.254"]}),
    ],
)
def test_it_goes_only_to_public_addresses_of_declared_servers_and_encrypted(
    address: str, more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("something was connected to"))
    with pytest.raises(UnsafeAddressError):
        connecting(**more)(address)


def test_the_servers_of_bluesky_are_encrypted() -> None:
    assert all(one.startswith("wss://") for one in JETSTREAM)


def test_a_message_that_is_too_large_loses_the_connection_and_no_memory() -> None:
    def shout(connection: ServerConnection) -> None:
        connection.send("x" * 5_000)

    with server(shout) as address, pytest.raises(LostError, match=r"1009|too big"):
        connecting(message_cap=1_000)(address).receive(5)


def test_a_server_that_wants_to_be_left_alone_says_for_how_long() -> None:
    def refuse(connection: ServerConnection, _request: Request) -> Response:
        response = connection.respond(HTTPStatus.TOO_MANY_REQUESTS, "")
        response.headers["Retry-After"] = "7"
        return response

    with server(lambda _: None, process_request=refuse) as address, pytest.raises(LostError, match="429") as lost:
        connecting()(address)
    assert lost.value.wait == 7.0


def test_nobody_there_a_server_of_another_kind_and_a_broken_connection_are_lost_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(LostError):
        connecting()(f"ws://stream.test:{port}/subscribe")
    monkeypatch.setattr(streaming, "OPEN_CAP", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(LostError):
        connecting()(f"ws://stream.test:{silent.getsockname()[1]}/subscribe")

    def break_off(connection: ServerConnection) -> None:
        connection.socket.shutdown(socket.SHUT_RDWR)

    with server(break_off) as address, pytest.raises(LostError):
        connecting()(address).receive(5)


def test_a_name_that_leads_nowhere_is_a_lost_connection() -> None:
    def nowhere(*_: Any) -> list[str]:
        raise socket.gaierror(-2, "unknown")

    with pytest.raises(LostError, match="leads nowhere"):
        connecting(resolve=nowhere)("wss://stream.test/subscribe")
