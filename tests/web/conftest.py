"""A browser at an empty workspace, one at a small made-up community, and a real one at a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import Browser
from hostile import NASTY
from windows import CHROMIUM, FLAGS, Served, tab_of

from building import bring, day, simulated_and_computed
from groundswell.store import Workspace


@pytest.fixture(scope="session")
def empties(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Browser]]:
    """The browsers at empty workspaces that were needed so far: making an app takes longer than most tests of it."""
    made: list[Browser] = []
    yield made
    for browser in made:
        browser.__exit__()


@pytest.fixture
def empty(empties: list[Browser], tmp_path: Path) -> Browser:
    """A browser at an empty workspace: the last one again, as long as nobody brought anything there."""
    if not (empties and empties[-1].is_as_new()):
        empties.append(Browser(Workspace.create(tmp_path / "workspace"), enter=False).__enter__())
    return empties[-1].anew()


@pytest.fixture(scope="session")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser at a small made-up community; nobody changes it."""
    with Browser(simulated_and_computed(tmp_path_factory.mktemp("community") / "workspace")) as browser:
        yield browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, without a window."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.is_file():
        pytest.skip(f"no browser at {CHROMIUM} (set CHROMIUM to one)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[Served]:
    """A workspace in which somebody pressed the button for the made-up community."""
    served = Served(tmp_path_factory.mktemp("demo") / "workspace")
    try:
        tab = tab_of(chromium, served)
        tab.get_by_role("button", name="Try it on a made-up community").click()
        tab.get_by_role("link", name="What do you want to do?").click(timeout=180_000)
        tab.wait_for_function("() => /people read/.test(document.querySelector('h1').textContent)", timeout=120_000)
        tab.context.close()
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser at a workspace whose every field holds something nasty."""
    workspace = Workspace.create(tmp_path_factory.mktemp("hostile") / "workspace")
    bring(workspace, hostile_rows())
    with Browser(workspace) as browser:
        browser.get("/brief?definition=field_geek@1")
        yield browser


def hostile_rows() -> dict[str, list[dict[str, Any]]]:
    """Something nasty in every field of every record that holds text."""
    accounts = [
        {
            "account": f"instagram:{n}{nasty[:60]}".replace("\0", ""), "platform": "instagram", "handle": nasty, "name": nasty, "bio": nasty, "url": nasty, "location": nasty,
            "country": nasty, "language": nasty, "category": nasty, "account_type": nasty, "followers": 1000 + n, "following": 10,
            "extra": [(nasty[:80], nasty)],
        }
        for n, nasty in enumerate(NASTY)
    ]  # fmt: skip
    posts = [
        {
            "post": f"instagram:{n}-{k}", "platform": "instagram", "account": accounts[n]["account"], "text": f"{nasty} Oat and oats {k}", "url": nasty,
            "created_at": day(k), "likes": 10 + k, "replies": k, "kind": "post", "language": nasty, "hashtags": [nasty[:90]], "mentions": [nasty[:90]],
            "links": [nasty], "media": nasty,
        }
        for n, nasty in enumerate(NASTY) for k in range(12)
    ]  # fmt: skip
    lists = [
        {"creator": f"c{n}", "account": one["account"], **dict.fromkeys(("name", "status", "code", "notes"), nasty)}
        for n, (nasty, one) in enumerate(zip(NASTY, accounts, strict=True))
    ]
    fees = [
        {"account": one["account"], "deliverable": nasty[:60], "amount_minor": 1000 * (n + 1), "currency": "EUR"}
        for n, (nasty, one) in enumerate(zip(NASTY, accounts, strict=True))
    ]
    replies = [
        {
            "actor": f"instagram:{nasty[:50]}", "verb": "reply", "account": accounts[0]["account"], "post": "instagram:0-0",
            "via": f"instagram:r{n}{nasty[:20]}", "text": f"{nasty} Where do you buy it?", "acted_at": day(20),
        }
        for n, nasty in enumerate(NASTY)
    ]  # fmt: skip
    return {"account": accounts, "post": posts, "creator": lists, "fee": fees, "interaction": replies}
