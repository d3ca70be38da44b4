"""What the tests of fetching share: the fake beside them, and an empty workspace that is made once."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from groundswell.store import State, Workspace

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def day_of_the_fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the fakes answer on their day may be kept on that day, whatever day it is here."""
    monkeypatch.setattr(State, "clock", staticmethod(lambda: datetime(2026, 6, 1, 12, tzinfo=UTC)))


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
