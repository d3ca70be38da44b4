"""What a brief asks a person to judge is shown with the posts, and leaves nobody out."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from building import account, day, made, post
from groundswell.discover import Brief, Rule, Shortlist, discover
from groundswell.discover.checks import says, warmth_of
from groundswell.exports import export_shortlist
from groundswell.signals.kinship import Shares
from groundswell.signals.regard import nobody
from groundswell.store import Workspace

SHAMPOO = Rule("never_if", "shaves the hair", "we sell shampoo")
COOKS = Rule("confirm", "cooks at home")
LAW = Rule("incident", "trouble with the law", terms=("arrested", "court case"))
POSTS = {
    "bald": ["I shaved my hair to zero last night", "Another quiet morning by the sea"],
    "cook": ["We cooked at home again, lentils", "My street was arrested by snow today"],
    "mute": [],
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    people = [account(name, followers=1_000, bio="Somebody") for name in POSTS]
    posts = [
        post(name, number, text=text, likes=30, language="en", created_at=day(number), kind="post")
        for name, texts in POSTS.items()
        for number, text in enumerate([*texts, *["Nothing of note happened on this day"] * 3] if texts else [None] * 5)
    ]
    return made(tmp_path_factory.mktemp("checks") / "w", {"account": people, "post": posts})


@pytest.fixture(scope="module")
def brief() -> Brief:
    return Brief("Oat & Co", "everyday_voice@1", rules=(SHAMPOO, COOKS, LAW))


@pytest.fixture(scope="module")
def shortlist(workspace: Workspace, brief: Brief) -> Shortlist:
    return discover(workspace, brief)


def flags(shortlist: Shortlist, handle: str) -> dict[str, tuple[int | None, bool]]:
    match = next(one for one in shortlist.matches if one.handle == handle)
    return {check.kind: (check.seen, check.flagged) for check in match.checks if check.kind != "warmth"}


def test_a_contradiction_is_shown_with_the_post_that_speaks_of_it(shortlist: Shortlist) -> None:
    assert flags(shortlist, "bald") == {"never_if": (1, True), "confirm": (0, True), "incident": (0, False)}
    first = next(one for one in shortlist.matches if one.handle == "bald").checks[0]
    assert (first.kind, [one.post for one in first.posts]) == ("never_if", ["x:bald-0"])
    assert "we sell shampoo" in first.says
    assert "leaves nobody out" in first.asks


def test_what_was_to_be_confirmed_is_flagged_until_it_is_seen(shortlist: Shortlist) -> None:
    assert flags(shortlist, "cook") == {"never_if": (0, False), "confirm": (1, False), "incident": (1, True)}


def test_of_whom_no_text_is_known_it_is_unknown_and_not_well(shortlist: Shortlist) -> None:
    assert flags(shortlist, "mute") == {"never_if": (None, False), "confirm": (None, True), "incident": (None, False)}


def test_rules_leave_nobody_out_and_change_no_score(workspace: Workspace, brief: Brief, shortlist: Shortlist) -> None:
    plain = discover(workspace, replace(brief, rules=()))
    assert [(one.account, one.score) for one in plain.matches] == [
        (one.account, one.score) for one in shortlist.matches
    ]
    assert plain.gates == shortlist.gates


def warmth(shortlist: Shortlist) -> dict[str, tuple[str, bool]]:
    """Handle -> what is said of its warmth, and whether a person should look."""
    return {
        str(match.handle): (check.says, check.flagged)
        for match in shortlist.matches for check in match.checks if check.kind == "warmth"
    }  # fmt: skip


def test_who_never_named_the_brand_nor_its_sector_is_cold_and_who_did_is_warm(
    workspace: Workspace, brief: Brief
) -> None:
    found = warmth(discover(workspace, replace(brief, brand="Street", rules=(), limit=10)))
    assert found["bald"] == ("Cold: of its 5 posts with text none names Street.", True)
    assert found["cook"] == ("Warm: 1 of its 5 posts with text names Street (last on 2026-01-02).", False)
    assert found["mute"] == ("Warm or cold: unknown, none of its posts has text.", True)


def test_who_speaks_of_the_sector_is_no_stranger_to_the_brand(brief: Brief) -> None:
    """Two people who never name the brand; the second speaks of lentils in three of forty posts."""
    texts = np.array([40, 40])
    sector = Shares(np.array([0, 3]), np.array([0, 3]), np.array([-1, 20_000]), texts)
    say = warmth_of(replace(brief, segments={"sector": ("lentils",)}), nobody(texts), sector)
    assert (say(0).says, say(0).flagged) == (
        "Cold: of its 40 posts with text none names Oat & Co or speaks of lentils.",
        True,
    )
    assert (say(1).flagged, say(1).seen) == (False, 3)
    assert (
        say(1).says
        == "Warm: 3 of its 40 posts with text speak of lentils (last on 2024-10-04); none names Oat & Co so far."
    )


@pytest.mark.parametrize(
    ("rule", "text", "heard"),
    [
        (SHAMPOO, "Shaving all my hair off!", True),
        (SHAMPOO, "I shaved. No hare was harmed.", False),
        (SHAMPOO, "New haircut", False),
        (LAW, "see you at the COURT case", True),
        (LAW, "the case of the tennis court", False),
        (LAW, "arresting colours", False),
        (Rule("never_if", "fur"), "Fur is back", True),
        (Rule("never_if", "fur"), "nothing here", False),
    ],
)
def test_contradictions_are_read_widely_and_incidents_word_for_word(rule: Rule, text: str, heard: bool) -> None:
    assert says(rule)(text) is heard


def test_the_workbook_and_the_page_show_them(shortlist: Shortlist, tmp_path: Path) -> None:
    export_shortlist(shortlist, tmp_path / "list.xlsx")
    export_shortlist(shortlist, tmp_path / "list.html")
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "list.xlsx").read_bytes()), read_only=True)
    shown = [" ".join(str(cell.value) for cell in row) for row in book["For a person"].iter_rows()]
    assert any("I shaved my hair to zero" in line and "we sell shampoo" in line for line in shown)
    page = (tmp_path / "list.html").read_text(encoding="utf-8")
    assert "For a person to judge" in page
    assert "I shaved my hair to zero" in page
