"""What the tests of fetching share: the fake beside them, and an empty workspace that is made once."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import copytree

import pytest

from groundswell.store import Workspace

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Workspace.create(tmp_path_factory.mktemp("fetch") / "empty").folder


@pytest.fixture
def workspace(empty: Path, tmp_path: Path) -> Workspace:
    return Workspace(Path(copytree(empty, tmp_path / "w")))


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are kept and not read into records: for tests of what is asked."""
    monkeypatch.setattr("groundswell.fetch.fetching.bring", lambda *_: None)


@pytest.fixture
def another(empty: Path, tmp_path: Path) -> Workspace:
    return Workspace(Path(copytree(empty, tmp_path / "another")))
