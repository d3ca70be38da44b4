"""Servers that are broken or mean: none of them speaks for somebody else, stops a fetch of the others, or gets to see a key in an error."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import httpx2
import pytest
from fake_bluesky import Fake
from faking import Clock, FakeNetwork, answered, rows

from groundswell.errors import InputError, SourceSilentError
from groundswell.fetch import Asked, coverage_of, fetch, refresh, resume
from groundswell.fetch.logins import login_of
from groundswell.sources import Page
from groundswell.sources.bluesky.reading import read_pages as read_bluesky
from groundswell.sources.client import Client, PaceInMemory
from groundswell.sources.declaring import Ask, Kept
from groundswell.sources.feeds.reading import read_pages as read_feeds
from groundswell.sources.mastodon.reading import read_pages as read_mastodon
from groundswell.sources.networks import SOURCES
from groundswell.store import Workspace
from groundswell.store.fetches import ToOpen, begin_fetch
from groundswell.store.purging import purge

NOW = datetime(2026, 6, 1, tzinfo=UTC)
GOOD, EVIL = "did:plc:aaaaaaaaaaaa", "did:plc:evilevilevil"


def kept(stream: str, subject: str, said: Any) -> Kept:
    return Kept(stream, subject, 1, NOW, said if isinstance(said, bytes) else json.dumps(said).encode())


def column(page: Page, record: str, name: str) -> list[Any]:
    return page.records[record].column(name).to_pylist() if record in page.records else []


# --- nobody speaks for somebody else -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_page_of_a_box_in_between_deletes_nobody(workspace: Workspace) -> None:
    fake = Fake()
    fetch(workspace, Asked(source="bluesky", who=("person0.bsky.social", "person1.bsky.social")), client=fake.client())
    before = rows(workspace, "SELECT count(*) FROM posts") + rows(workspace, "SELECT count(*) FROM accounts")
    lost = fake.client(lambda _: answered(b"<html>404 page not found</html>", 404))
    refresh(workspace, "bluesky", now=datetime.now(UTC) + timedelta(days=3), client=lost)
    purge(workspace)
    assert rows(workspace, "SELECT count(*) FROM posts") + rows(workspace, "SELECT count(*) FROM accounts") == before


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        (b'{"error": "InvalidRequest", "message": "Profile not found"}', 1),
        (b'{"message": "DID not registered: did:plc:x"}', 1),
        (b"<html>Profile not found</html>", 0),
        (b'{"error": "MethodNotImplemented"}', 0),
        (b"[]", 0),
        (b"", 0),
    ],
)
def test_only_the_networks_own_words_say_that_somebody_is_gone(body: bytes, gone: int) -> None:
    page = read_bluesky([Kept("profile", GOOD, 1, NOW, body, status=404)])
    assert (page.gone.num_rows if page.gone else 0) == gone
    assert (SOURCES["bluesky"].refusal(404, body) == "gone") is bool(gone)


def test_a_repository_holds_nothing_of_somebody_else() -> None:
    value = {"text": "I love EvilBrand #ad", "createdAt": "2026-05-01T00:00:00Z"}
    records = [{"uri": f"at://{who}/app.bsky.feed.post/3k1", "value": value} for who in (GOOD, EVIL)]
    page = read_bluesky([kept("repo", f"{EVIL}\nhttps://pds.evil.example\napp.bsky.feed.post", {"records": records})])
    assert column(page, "post", "post") == [f"bluesky:at://{EVIL}/app.bsky.feed.post/3k1"]
    assert "somebody else" in page.set_aside[0].reason


@pytest.mark.parametrize(("server", "gone"), [("big.example", 1), ("small.example", 0)])
def test_only_their_own_server_says_that_somebody_is_suspended(server: str, gone: int) -> None:
    said = {
        "id": "1", "username": "ann", "acct": "ann@big.example", "url": "https://big.example/@ann",
        "uri": "https://big.example/users/ann", "suspended": True,
    }  # fmt: skip
    page = read_mastodon([kept("account", f"https://big.example/users/ann\n{server}\n1\nhome", said)])
    assert (page.gone.num_rows if page.gone else 0) == gone


def feed(link: str, *guids: str) -> bytes:
    items = "".join(
        f"<item><title>Loaf</title><guid isPermaLink='false'>{guid}</guid><link>{link}/p</link></item>"
        for guid in guids
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title><link>{link}</link>{items}</channel></rss>".encode()


def test_entries_of_two_feeds_with_one_number_are_two() -> None:
    page = read_feeds([
        kept("feed", f"https://{host}/feed\nhttps://{host}\n", feed(f"https://{host}", "1", f"https://{host}/p/2"))
        for host in ("ann.example", "www.bob.example")
    ])  # fmt: skip
    assert column(page, "post", "post") == [
        "blog:ann.example#1", "blog:https://ann.example/p/2", "blog:bob.example#1", "blog:https://www.bob.example/p/2",
    ]  # fmt: skip
    assert column(page, "account", "account") == ["blog:ann.example", "blog:bob.example"]


def test_a_feed_does_not_speak_for_another_site() -> None:
    said = feed("https://victim.example", "z", "https://victim.example/p/1")
    page = read_feeds([kept("feed", "https://evil.example/feed\nhttps://evil.example\n", said)])
    assert set(column(page, "post", "account")) == {"blog:evil.example"} == set(column(page, "account", "account"))
    assert column(page, "post", "post") == ["blog:evil.example#z", "blog:evil.example#https://victim.example/p/1"]


def test_a_feed_that_lies_elsewhere_belongs_to_the_site_that_names_it() -> None:
    page = read_feeds([
        kept("feed", "https://feeds.hoster.example/ann\nhttps://ann.example\n", feed("https://ann.example", "https://ann.example/p/1"))
    ])  # fmt: skip
    assert column(page, "post", "account") == ["blog:ann.example"]


# --- nobody stops the others -------------------------------------------------------------------------------------------------


class TwoServers(FakeNetwork):
    """Two people of Bluesky whose repositories lie on servers of their own; the second one is odd."""

    def __init__(self, endpoint: str, odd: Callable[[], httpx2.Response] | None = None) -> None:
        self.requests = []
        self.endpoint, self.odd = endpoint, odd

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(str(request.url))
        url = str(request.url)
        if "getProfiles" in url:
            people = [{"did": GOOD, "handle": "ann.x.y"}, {"did": EVIL, "handle": "evil.x.y"}]
            return answered(json.dumps({"profiles": people}).encode())
        if request.headers["host"] == "plc.directory":
            endpoint = self.endpoint if "evil" in url else "https://pds.good.example"
            return answered(
                json.dumps({"id": "x", "service": [{"id": "#atproto_pds", "serviceEndpoint": endpoint}]}).encode()
            )
        if "listRecords" in url and "evil" in url and self.odd:
            return self.odd()
        value = {"text": "Rye", "createdAt": "2026-05-01T00:00:00Z"}
        mine = [{"uri": f"at://{GOOD}/app.bsky.feed.post/3k1", "value": value}]
        return answered(
            json.dumps({"records": mine if "collection=app.bsky.feed.post" in url else [], "feed": []}).encode()
        )


PDS = "https://pds.evil.example"
ODDITIES: dict[str, tuple[str, Callable[[], httpx2.Response] | None]] = {
    "a port that is none": ("https://pds.evil.example:99999", None),
    "half an address": ("https://[evil", None),
    "an address over two lines": ("https://a\nb", None),
    "an address with nothing between two dots": ("https://a..example", None),
    "half a character in a refusal": (PDS, lambda: answered(b'{"error": "x", "message": "\\ud800"}', 400)),
    "half a character in a cursor": (PDS, lambda: answered(b'{"records": [], "cursor": "\\ud800"}')),
    "half a character as bytes": (PDS, lambda: answered(b'{"records": [{"uri": "at://' + EVIL.encode() + b'/app.bsky.feed.post/3k", "value": {"text": "\xed\xa0\x80"}}]}')),
    "thirty years of patience": (PDS, lambda: answered(b"{}", 429, {"retry-after": "900000000"})),
    "a redirect to half an address": (PDS, lambda: answered(b"", 302, {"location": "https://[x"})),
}  # fmt: skip


@pytest.mark.hostile
@pytest.mark.parametrize("name", ODDITIES)
def test_one_odd_server_does_not_stop_the_others(workspace: Workspace, name: str) -> None:
    fake = TwoServers(*ODDITIES[name])
    asked = Asked(source="bluesky", who=(GOOD, EVIL), lists=("posts", "repository"))
    report = fetch(workspace, asked, client=fake.client(resolve=_resolve))
    assert report.refused is None
    assert ("Rye",) in rows(workspace, "SELECT text FROM posts")


def _resolve(host: str, _port: int) -> list[str]:
    host.encode("idna")
    return ["93.184.216.34"]


def test_what_failed_is_asked_again_when_the_fetch_is_gone_on_with(workspace: Workspace) -> None:
    fake = TwoServers(PDS, lambda: answered(b"", 503))
    asked = Asked(source="bluesky", who=(GOOD, EVIL), lists=("repository",))
    assert fetch(workspace, asked, client=fake.client()).done
    before = len(fake.requests)
    fake.odd = None
    assert resume(workspace, client=fake.client()).done
    assert any("evil" in one and "listRecords" in one for one in fake.requests[before:])


def test_a_server_that_drips_is_left_after_a_time() -> None:
    clock = Clock()

    class Dripping(httpx2.SyncByteStream):
        def __iter__(self) -> Any:
            for _ in range(10_000):
                clock.at += 19
                yield b" "

    client = Client(
        hosts=("slow.example",), pace=PaceInMemory(), clock=clock.now, sleep=clock.sleep, tries=1,
        resolve=lambda _host, _port: ["93.184.216.34"], transport=httpx2.MockTransport(lambda _: httpx2.Response(200, stream=Dripping())),
    )  # fmt: skip
    with pytest.raises(SourceSilentError, match="not there after 60 seconds"):
        client.ask(Ask("https://slow.example/"))


@pytest.mark.parametrize("dripping", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["head", "body"])
def test_a_real_connection_that_drips_its_head_or_body_is_left_after_a_time(dripping: bytes) -> None:
    clock = Clock()

    def seen() -> float:  # each look at the clock, seven seconds have passed
        clock.at += 7
        return clock.at

    with dripping_server(dripping) as (port, sent):
        client = Client(
            hosts=("localhost",), loopback=True, resolve=lambda *_: ["127.0.0.1"], clock=seen, sleep=clock.sleep, tries=1
        )  # fmt: skip
        with client, pytest.raises(SourceSilentError, match="not there after 60 seconds"):
            client.ask(Ask(f"http://localhost:{port}/"))
    assert len(sent) < DRIPS


DRIPS = 200


@contextmanager
def dripping_server(begin: bytes) -> Generator[tuple[int, list[bytes]]]:
    """Answers with the beginning of an answer, then byte by byte, each sent when the one before was taken, until nobody is there."""
    sent: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            pipe, _ = server.accept()
            with pipe, suppress(OSError):
                pipe.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                pipe.recv(65_536)
                pipe.sendall(begin)
                while len(sent) < DRIPS:
                    pipe.sendall(b"a")
                    sent.append(b"a")
                    time.sleep(0.002)

        thread = Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], sent
        thread.join()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (httpx2.ConnectError("[Errno 111] Connection refused"), "it cannot be reached"),
        (httpx2.ConnectTimeout("timed out"), "it is not reached within 10 seconds"),
        (httpx2.ReadTimeout("timed out"), "it is there but slow: nothing came for 20 seconds"),
        (httpx2.ReadError("[Errno 104] Connection reset by peer"), "the connection broke off"),
        (httpx2.RemoteProtocolError("peer closed connection"), "what came was no answer, or only a part of one"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_whether_a_server_has_stopped_or_is_slow_is_said_in_words(error: httpx2.TransportError, says: str) -> None:
    def breaks(request: httpx2.Request) -> httpx2.Response:
        raise error

    client = FakeNetwork().client(breaks)(None, SOURCES["bluesky"])  # type: ignore[arg-type]
    with pytest.raises(SourceSilentError, match=says):
        client.ask(Ask("https://public.api.bsky.app/xrpc/x"))


# --- what is ours -----------------------------------------------------------------------------------------------------------


def test_a_key_that_is_none_is_refused_without_being_shown() -> None:
    for secret in ("AIzaSECRET\nsecond", "AIzaSECRET\u200b", "AIzaSECRET\x7f"):
        with pytest.raises(InputError) as refused:
            login_of("youtube", {"GROUNDSWELL_YOUTUBE_LOGIN": secret})
        assert "SECRET" not in str(refused.value)
    assert login_of("youtube", {"GROUNDSWELL_YOUTUBE_LOGIN": " AIzaSECRET\n"}) == "AIzaSECRET"


def test_a_contact_in_any_letters_goes_into_a_header() -> None:
    agent = Client(hosts=(), contact="Jörg <j@x.example>").user_agent
    assert agent.isascii()
    assert "<j@x.example>" in agent


def test_a_piece_of_the_live_stream_is_told_in_its_own_words(workspace: Workspace) -> None:
    asked = Asked(source="bluesky", who=("x",), lists=(), live=True)
    number = begin_fetch(workspace.state, "bluesky", asked.as_json(), [ToOpen("live", "all", 0, 0)])
    (said,) = coverage_of(workspace.state, SOURCES["bluesky"], number).sentences
    assert said.startswith("0 events were heard")
