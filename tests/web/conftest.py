"""A browser at an empty workspace, and one at a small made-up community."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Browser

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
