"""A browser at an empty workspace, one at a small made-up community, and a real one at a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import Browser
from windows import CHROMIUM, FLAGS, Served, tab_of

from groundswell.simulate import simulate
from groundswell.store import Workspace


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Browser]:
    """A browser at an empty workspace."""
    with Browser(Workspace.create(tmp_path / "workspace")) as browser:
        yield browser


@pytest.fixture(scope="session")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser at a small made-up community; nobody changes it."""
    folder = tmp_path_factory.mktemp("community")
    made = simulate(folder / "files", people=300, seed=3)
    with Browser(Workspace.create(folder / "workspace")) as browser:
        browser.bring(*[(path.name, path.read_bytes()) for path in made.files.values()])
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
