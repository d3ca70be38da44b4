"""Who is like her: by what they say and how they go about it, never by how many follow them; and what they share is really theirs."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from building import SUBJECTS, bring, community, made
from groundswell.explain import Lookalikes, like
from groundswell.explain.alike import size_free
from groundswell.signals import SIGNALS, signal_table
from groundswell.store import Workspace

PEOPLE = 40


def crowd() -> dict[str, list[dict[str, Any]]]:
    return community(people=PEOPLE)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return made(tmp_path_factory.mktemp("alike") / "w", crowd())


def order(found: Lookalikes) -> list[tuple[str, float]]:
    return [(one.account, round(one.likeness, 9)) for one in found.people]


@pytest.mark.slow
def test_who_is_like_her_talks_of_the_same_things(workspace: Workspace) -> None:
    """In that community the subject of person n is n modulo 4; every fourth writes in German."""
    found = like(workspace, "@p01", limit=5)
    assert len(found.people) == 5
    kin = [one for one in found.people if (int(one.account[-2:]) - 1) % 4 == 0]
    assert len(kin) >= 4
    assert found.called == "@p01"
    assert "x:p01" not in {one.account for one in found.people}


@pytest.mark.slow
def test_what_they_share_is_theirs(workspace: Workspace) -> None:
    found = like(workspace, "@p01", limit=5)
    subject = set(SUBJECTS[1].split())
    for one in found.people:
        hers, theirs = one.posts
        assert hers.post.startswith("x:p01-")
        assert theirs.post.startswith(f"{one.account}-")
        assert set(one.shared_words) & subject
        assert set(one.shared_ways) <= set(size_free())


@pytest.mark.slow
def test_nobody_is_found_for_being_as_big(workspace: Workspace, tmp_path: Path) -> None:
    rows = deepcopy(crowd())
    for place, one in enumerate(rows["account"]):
        if one["followers"] is not None:
            one["followers"], one["following"] = 1_000_000 - 999 * place, 7
    other = made(tmp_path / "w", rows)
    assert signal_table(other).values("x:p02")["like_rate"] != signal_table(workspace).values("x:p02")["like_rate"]
    for name in ("@p01", "@p02", "@p05"):
        assert order(like(other, name)) == order(like(workspace, name))


def test_no_signal_that_needs_a_count_of_followers_enters() -> None:
    assert not [name for name in size_free() if "account.followers" in SIGNALS[name].needs]
    assert "topic_focus" in size_free()
    assert "followers" not in size_free()


@pytest.mark.slow
def test_another_language_or_platform_is_not_looked_at_unless_asked(workspace: Workspace, tmp_path: Path) -> None:
    german = {f"x:p{number:02d}" for number in range(3, PEOPLE, 4)}
    assert not german & {one.account for one in like(workspace, "@p01", limit=PEOPLE).people}
    rows = crowd()
    stranger = {"account": "tiktok:1", "platform": "tiktok", "handle": "elsewhere"}
    said = [
        one | {"account": "tiktok:1", "platform": "tiktok", "post": one["post"].replace("x:p01", "tiktok:1")}
        for one in rows["post"] if one["account"] == "x:p01"
    ]  # fmt: skip
    other = made(tmp_path / "w", rows, {"account": [stranger], "post": said})
    assert "tiktok:1" not in {one.account for one in like(other, "@p01", limit=PEOPLE).people}
    assert like(other, "@p01", anywhere=True).people[0].account == "tiktok:1"


@pytest.mark.slow
def test_who_says_nothing_is_like_nobody_and_that_is_said(workspace: Workspace, tmp_path: Path) -> None:
    bring(workspace, {"account": [{"account": "x:mute", "platform": "x", "handle": "mute"}]})
    found = like(workspace, "@mute")
    assert found.people == ()
    assert "too little of what it says" in found.says[0]
    assert "could not be compared" in " ".join(like(workspace, "@p01").says)
    few = made(tmp_path / "few", {"account": [{"account": "x:ann", "platform": "x", "handle": "ann", "bio": "bread"}]})
    assert like(few, "@ann").people == ()
