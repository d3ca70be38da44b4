"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import building
from groundswell.signals import learning

# How long an example takes says something of the machine, not of the program: no timed tests.
settings.register_profile("here", deadline=None)
settings.load_profile("here")

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def _shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """Show every process of the run the same folder for what is made once."""
    base = tmp_path_factory.getbasetemp()
    building.SHARED = (base if worker_id == "master" else base.parent) / "shared"
    building.SHARED.mkdir(exist_ok=True)


@pytest.fixture(scope="module")
def learned_once() -> Iterator[None]:
    """Learn topics and peers once and keep to it, as in a large workspace: a few new rows are then an update, not a full pass."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("groundswell.signals.table.due", lambda workspace: not learning.is_noted(workspace))
        yield


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder with real data that is not part of the repository; tests that need it are skipped, visibly, without it."""
    folder = Path(os.environ.get("GROUNDSWELL_DATA", BESIDE))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder} (set GROUNDSWELL_DATA to the folder that holds it)")
    return folder
