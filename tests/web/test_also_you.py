"""A coach's page asks "Is this also you?", takes yes and no, and gives the answer back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import Browser

from building import bring
from groundswell.coach import coach, sentences_of
from groundswell.coach.also import Also
from groundswell.exports.reports import coaching_report
from groundswell.store import Workspace

BLOG, PROFILE, FAN, OTHER = "blog:ann.example", "bluesky:did:plc:ann", "bluesky:did:plc:fan", "bluesky:did:plc:bob"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A blog and a profile that point to each other, a fan who points to the blog, and somebody else."""
    said = {BLOG: (None, "https://bsky.app/profile/ann.example"), PROFILE: ("ann.example", "https://ann.example"), FAN: ("fan.example", "I like https://ann.example"), OTHER: ("bob.example", "<b>me</b>")}  # fmt: skip
    accounts = [
        {"account": account, "platform": account.partition(":")[0], "handle": handle, "bio": bio}
        for account, (handle, bio) in said.items()
    ]
    workspace = Workspace.create(tmp_path / "w")
    bring(workspace, {"account": accounts})
    with Browser(workspace) as opened:
        yield opened


def asked(browser: Browser, account: str) -> list[tuple[str, str | None]]:
    return [
        (one["account"], one["verdict"])
        for one in browser.get("/coach.json", params={"account": account}).json()["also"]
    ]


def answer(browser: Browser, **fields: str) -> Any:
    return browser.post("/same", data=fields, files={"none": ("", b"")}, follow_redirects=False)


def test_who_points_back_is_asked_about_first_and_who_does_not_is_not(browser: Browser) -> None:
    assert asked(browser, BLOG) == [(PROFILE, None), (FAN, None)]
    assert asked(browser, OTHER) == []
    page = browser.page(f"/coach?account={BLOG}")
    assert "Is this also you?" in page
    assert f"{PROFILE}: its profile links to https://ann.example" in page
    assert "Is this also you?" not in browser.page(f"/coach?account={OTHER}")


def test_a_yes_and_a_no_are_kept_and_can_be_taken_back(browser: Browser) -> None:
    said = answer(browser, account=BLOG, other=PROFILE, verdict="same")
    assert (said.status_code, said.headers["location"]) == (303, "/coach?account=blog%3Aann.example")
    answer(browser, account=BLOG, other=FAN, verdict="different")
    assert asked(browser, BLOG) == [(PROFILE, "same"), (FAN, "different")]
    page = browser.page(f"/coach?account={BLOG}")
    assert "Is this also you?" not in page
    assert "is you, too, as was said here" in page
    assert "is somebody else, as was said here" in page
    answer(browser, account=BLOG, verdict="2")
    assert asked(browser, BLOG) == [(FAN, None), (PROFILE, "same")]


@pytest.mark.parametrize("wrong", [{"verdict": "maybe"}, {"verdict": ""}, {"verdict": "7"}, {"other": "x:nobody"}])
def test_what_is_no_answer_is_refused(browser: Browser, wrong: dict[str, str]) -> None:
    assert answer(browser, **({"account": BLOG, "other": PROFILE, "verdict": "same"} | wrong)).status_code == 400
    assert asked(browser, BLOG) == [(PROFILE, None), (FAN, None)]


def test_the_command_and_the_report_ask_the_same(browser: Browser) -> None:
    found = coach(browser.workspace, BLOG)
    assert [type(one) for one in found.also] == [Also, Also]
    text = "\n".join(sentences_of(found))
    assert f"To say so: groundswell same {BLOG} {PROFILE}" in text
    assert "Is this also you?" in [section.title for section in coaching_report(found).sections]
