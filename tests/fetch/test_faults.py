"""Faults of networks, each at the beginning, in the middle and near the end of a fetch: the tables are those of a day without faults."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx2
import pytest
from fake_bluesky import Fake
from faking import answered, body_of, tables
from trials import BY_SOURCE, TRIALS, Fault, Trial

from groundswell.fetch import bringing, fetch
from groundswell.sources.networks import SOURCES
from groundswell.store import Workspace
from groundswell.store.fetches import pages_of, streams_of

pytestmark = pytest.mark.hostile
ASKED = BY_SOURCE["bluesky"].asked


def status(code: int, body: bytes = b"{}", **headers: str) -> Fault:
    return lambda _request, _body: answered(
        body, code, {name.replace("_", "-"): value for name, value in headers.items()}
    )


def instead(body: bytes, **headers: str) -> Fault:
    return lambda _request, _body: answered(
        body, 200, {name.replace("_", "-"): value for name, value in headers.items()}
    )


def broken(error: type[httpx2.TransportError]) -> Fault:
    def fault(request: httpx2.Request, _body: bytes) -> httpx2.Response:
        raise error("the wire", request=request)

    return fault


def changed(change: Callable[[Any], Any]) -> Fault:
    """The page with something else in it; what stood in its headers stays."""

    def fault(_request: httpx2.Request, body: bytes) -> httpx2.Response:
        said = json.loads(body)
        change(said)
        return answered(json.dumps(said).encode())

    return fault


def lists_in(said: Any) -> list[list[Any]]:
    """The lists of a page: what it is, or what it has under a name."""
    return [said] if isinstance(said, list) else [value for value in said.values() if isinstance(value, list)]


def reversed_items(said: Any) -> None:
    for items in lists_in(said):
        items.reverse()


def twice(said: Any) -> None:
    for items in lists_in(said):
        items.extend(list(items))


def novelty(said: Any) -> None:
    for one in [said, *(lists_in(said) if isinstance(said, dict) else [said])]:
        target = one[0] if isinstance(one, list) and one and isinstance(one[0], dict) else one
        if isinstance(target, dict):
            target["novelty"] = {"a": 1}


FAULTS: dict[str, Fault] = {
    "429 with seconds": status(429, retry_after="7"),
    "429 with a date": status(429, retry_after="Mon, 01 Jun 2026 00:00:20 GMT"),
    "429 without a word": status(429),
    "429 with garbage": status(429, retry_after="soon"),
    "429 with a past date": status(429, retry_after="Mon, 01 Jun 2015 00:00:20 GMT"),
    "500": status(500),
    "502 in HTML": status(502, b"<html>Bad gateway</html>"),
    "503": status(503),
    "504": status(504),
    "404 in HTML, from a box in between": status(404, b"<html>not here</html>"),
    "403 in HTML, from a box in between": status(403, b"<html>checking your browser</html>"),
    "timeout of the connection": broken(httpx2.ConnectTimeout),
    "timeout of the answer": broken(httpx2.ReadTimeout),
    "connection reset": broken(httpx2.ReadError),
    "connection refused": broken(httpx2.ConnectError),
    "half-open": broken(httpx2.RemoteProtocolError),
    "TLS error": broken(httpx2.ConnectError),
    "HTML instead of JSON": instead(b"<html>Welcome to the hotel</html>"),
    "JSON cut off": lambda _request, body: answered(body[: len(body) // 2]),
    "nothing": instead(b""),
    "null": instead(b"null"),
    "another shape": instead(b'{"data": []}'),
    "a list": instead(b"[]"),
    "gzip cut off": lambda _request, body: answered(gzip.compress(body)[:-12], 200, {"content-encoding": "gzip"}),
    "gzip that is none": instead(b"plain", content_encoding="gzip"),
    "packed in a way not asked for": instead(b"x", content_encoding="br"),
    "a bomb": lambda _request, _body: answered(gzip.compress(b" " * (17 << 20)), 200, {"content-encoding": "gzip"}),
    "a redirect in a circle": lambda request, _body: answered(b"", 302, {"location": str(request.url.copy_with(host=request.headers["host"]))}),
    "items in another order": changed(reversed_items),
    "items twice": changed(twice),
    "a field nobody knows": changed(novelty),
}  # fmt: skip


BACK = "a cursor that leads back"
CHANGED = ("items in another order", "items twice", "a field nobody knows")
"""Faults of the body alone."""


def kept(workspace: Workspace) -> list[Any]:
    """The pages of a fetch as they were kept, with the lists that they belong to."""
    lists = {one.id: (one.name, one.subject, one.state, one.got) for one in streams_of(workspace.state, 1)}
    return [(lists[one.stream], one.cursor, one.hash, one.status) for one in pages_of(workspace.state, 1)]


@pytest.fixture(scope="module")
def faultless(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Trial], tuple[Any, Any, int]]:
    """What a source gives on a day without faults, by which pages, and in how many requests."""

    @cache
    def of(source: str) -> tuple[Any, Any, int]:
        workspace = Workspace(Path(copytree(empty, tmp_path_factory.mktemp("faultless") / "w")))
        trial = BY_SOURCE[source]
        fake = trial.fake()
        fetch(workspace, trial.asked, client=fake.client())
        return tables(workspace), kept(workspace), len(fake.requests)

    return lambda trial: of(trial.source)


@pytest.mark.parametrize("position", [0, 3, 5])
@pytest.mark.parametrize("name", [*FAULTS, BACK])
@pytest.mark.parametrize("trial", TRIALS, ids=str)
def test_the_tables_are_those_of_a_day_without_faults(
    trial: Trial, name: str, position: int, workspace: Workspace, faultless: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name in trial.true_answers:
        pytest.skip("it cannot be told from a true answer of this network")
    for key, value in trial.environment.items():
        monkeypatch.setenv(key, value)
    seen, pages, asked = faultless(trial)
    # The same pages give the same tables, and it is those that are looked at where the pages are others, and at the beginning anyhow.
    read = bringing.bring
    if position:
        monkeypatch.setattr("groundswell.fetch.fetching.bring", lambda *_: None)
    fake, struck = trial.fake(), list[str]()

    def faulty(request: httpx2.Request) -> httpx2.Response:
        response = fake.answer(request)
        if len(fake.requests) == position + 1 and not struck:
            struck.append(name)
            return struck_by(request, response)
        return response

    def struck_by(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
        if name == BACK:
            return trial.leads_back(request, response)
        found, link = FAULTS[name](request, body_of(response)), response.headers.get("link")
        if name in CHANGED and link:
            found.headers["link"] = link
        return found

    report = fetch(workspace, trial.asked, client=fake.client(faulty))
    assert struck
    assert report.done
    if position and kept(workspace) != pages:
        read(workspace, SOURCES[trial.source], report.fetch)
        position = 0
    assert position or tables(workspace) == seen
    assert report.requests <= asked + 3, "one fault costs what it takes to ask again, and no more"


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1/", "https://127.0.0.1/", "https://169.254.169.254/latest", "https://elsewhere.example/"],
)
def test_no_redirect_leads_to_a_private_or_undeclared_address(target: str, workspace: Workspace) -> None:
    fake, gone_to = Fake(people=12), list[str]()

    def redirects(request: httpx2.Request) -> httpx2.Response:
        gone_to.append(request.headers["host"])
        return answered(b"", 302, {"location": target}) if "getFollowers" in str(request.url) else fake.answer(request)

    def opened(workspace: Workspace, source: Any) -> Any:
        client = fake.client(redirects)(workspace, source)
        client.resolve = lambda host, _port: [host] if host[0].isdigit() else ["93.184.216.34"]
        client.hosts = ("public.api.bsky.app",)
        return client

    report = fetch(workspace, ASKED, client=opened)
    assert set(gone_to) == {"public.api.bsky.app"}
    assert any("Not read" in sentence for sentence in report.coverage.sentences)
