"""What a definition says of one person: a size that fits is no yes, and what is measured on one platform says nothing of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import account, made, post
from groundswell.explain import Judged, explain
from groundswell.store import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Somebody of whom only the size is known, and two with thirty posts each, on two platforms."""
    rows = {
        "account": [
            account("silent", followers=2_000),
            account("ann", followers=2_000),
            account("ben", platform="instagram", followers=2_000),
        ],
        "post": [
            post(who, f"{who}-{n}", platform=platform, text=f"Bread number {n}", likes=300 + n, replies=20)
            for who, platform in (("ann", "x"), ("ben", "instagram"))
            for n in range(30)
        ],
    }
    return made(tmp_path / "w", rows)


def judged(workspace: Workspace, name: str, definition: str) -> Judged:
    (found,) = explain(workspace, name, definition_name=definition).judged
    return found


def test_a_size_that_fits_is_no_yes(workspace: Workspace) -> None:
    found = judged(workspace, "silent", "community_catalyst@2")
    assert found.gates == (("size is one the definition speaks of", True),)
    assert found.holds is None
    assert found.because == "0% of what it weighs is known"


@pytest.mark.slow
def test_what_was_measured_on_one_platform_says_nothing_of_another(workspace: Workspace) -> None:
    assert judged(workspace, "ben", "hypeauditor_2026@1").holds is True
    elsewhere = judged(workspace, "ann", "hypeauditor_2026@1")
    assert (elsewhere.holds, elsewhere.weighed) == (None, 0.0)
