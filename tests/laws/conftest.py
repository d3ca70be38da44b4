"""Laws are tested as in a large workspace, where what was learned stays while rows come: see `learned_once`."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def _updated(learned_once: None) -> None:
    """Let a few new rows be an update."""
