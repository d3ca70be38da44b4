"""What may not be kept any longer: shown first, taken off the disk when somebody says so, and nothing else with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browsing import Browser
from test_pages import alive

from building import account, bring, post
from groundswell.fetch import Asked, fetch
from groundswell.sources.networks import SOURCES
from groundswell.store import Workspace

sys.path.append(str(Path(__file__).parents[1] / "fetch"))
from fake_bluesky import Fake

SHORT = {"bluesky": replace(SOURCES["bluesky"], retention_days=30)}
"""Bluesky, if its terms let be kept for a month; the fake's clock stands in June 2026."""


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    workspace = Workspace.create(tmp_path / "w")
    bring(workspace, {"account": [account("ann")], "post": [post("ann", 1, text="Rye")]})
    fetch(workspace, Asked(source="bluesky", who=("@person0.bsky.social",)), sources=SHORT, client=Fake().client())
    with Browser(workspace) as found:
        yield found


def test_what_has_expired_is_shown_and_leaves_only_when_somebody_says_so(browser: Browser) -> None:
    page = browser.page("/purge")
    assert "Would purge:" in page
    assert "Kept as long as the terms allow: import 2." in page
    assert "This cannot be taken back." in page
    assert list(browser.workspace.folder.glob("**/*.zst")), "looking takes nothing away"
    answer = browser.post("/purge", data={"undone": ""}, files={"none": ("", b"")})
    assert answer.status_code == 200
    assert list(alive(answer.text)) == []
    assert "That is gone" in answer.text
    assert "Purged:" in answer.text
    assert not list(browser.workspace.folder.glob("**/*.zst"))
    assert [row["handle"] for row in browser.get("/people.json").json()["rows"]] == ["ann"]
    again = browser.page("/purge")
    assert "There is nothing to take away." in again
    assert "Take it off the disk" not in again


def test_files_that_were_taken_out_again_leave_when_they_are_asked_for(browser: Browser) -> None:
    browser.post("/purge", files={"none": ("", b"")})
    browser.workspace.state.undo(1)
    assert "There is nothing to take away." in browser.page("/purge")
    assert "or undone: import 1." in browser.page("/purge?undone=true")
    answer = browser.post("/purge", data={"undone": "yes"}, files={"none": ("", b"")})
    assert "or undone: import 1." in answer.text


def test_nothing_is_taken_away_while_a_fetch_runs(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    fetcher = browser.app_made.state.fetcher
    monkeypatch.setattr(type(fetcher), "busy", True)
    assert "Take it off the disk" not in browser.page("/purge")
    answer = browser.post("/purge", files={"none": ("", b"")})
    assert answer.status_code == 409
    assert "A fetch is running" in answer.text
    assert list(browser.workspace.folder.glob("**/*.zst"))


def test_a_form_from_elsewhere_purges_nothing(browser: Browser) -> None:
    answer = browser.post(
        "/purge", files={"none": ("", b"")}, headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert list(browser.workspace.folder.glob("**/*.zst"))
