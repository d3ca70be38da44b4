"""Kinship on a shortlist: who used or praised the brand, who only named or tagged it, and a critic, who is nobody to warm up to."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from building import account, day, made, post
from groundswell.discover import Brief, Match, Shortlist, discover
from groundswell.store import Workspace

SAYS = {
    "critic": ["Oat & Co is terrible, it curdles and I hate it."],
    "fan": ["I have been using Oat & Co barista every morning for a year and I love it."],
    "namer": ["There was an Oat & Co truck on the long road to the sea this morning."],
    "paid": ["#ad Oat & Co is wonderful, I love it.", "#ad Oat & Co again, wonderful as ever."],
    "tagger": ["Yoga in the morning light, by the quiet sea."],
    "stranger": ["Yoga in the morning light, by the quiet sea."],
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    filler = ["Nothing of note happened on this long day"] * 4
    posts = [
        post(name, number, text=text, likes=30, created_at=day(number), kind="post")
        for name, texts in SAYS.items()
        for number, text in enumerate([*texts, *filler])
    ]
    next(one for one in posts if one["post"] == "x:tagger-0")["mentions"] = ["oatco"]
    people = [account(name, followers=1_000, bio="Somebody") for name in SAYS]
    return made(tmp_path_factory.mktemp("kinship") / "w", {"account": people, "post": posts})


@pytest.fixture(scope="module")
def brief() -> Brief:
    return Brief("Oat & Co", "everyday_voice@1")


@pytest.fixture(scope="module")
def shortlist(workspace: Workspace, brief: Brief) -> Shortlist:
    return discover(workspace, brief)


def of(shortlist: Shortlist, handle: str) -> Match:
    return next(one for one in shortlist.matches if one.handle == handle)


def kinship(shortlist: Shortlist, handle: str) -> tuple[float, str]:
    term = next(term for term in of(shortlist, handle).terms if term.name == "kinship")
    return round((term.points or 0.0) / term.most, 3), term.sentence


def test_a_critic_earns_no_points_is_not_warm_and_its_post_is_shown(shortlist: Shortlist) -> None:
    assert kinship(shortlist, "critic") == (
        0.0,
        "It named Oat & Co in 1 own post on X, last on 2026-01-01; 1 shows no sign of payment and criticises "
        "it. A critic earns no points here.",
    )
    check = of(shortlist, "critic").checks[-1]
    assert (check.kind, check.flagged, [one.post for one in check.posts]) == ("critic", True, ["x:critic-0"])
    assert check.says == "Critical: the post that names Oat & Co criticises it (last on 2026-01-01)."


def test_used_praised_named_paid_and_tagged_are_told_apart(shortlist: Shortlist) -> None:
    said = "It named Oat & Co in 1 own post on X, last on 2026-01-01; 1 shows no sign of payment"
    assert kinship(shortlist, "fan") == (0.333, f"{said} and speaks of own use and praises it.")
    assert kinship(shortlist, "namer") == (0.333, f"{said}.")
    assert kinship(shortlist, "tagger") == (0.333, f"{said}.")
    paid = "It named Oat & Co in 2 own posts on X, last on 2026-01-02; 0 show no sign of payment."
    assert kinship(shortlist, "paid") == (0.0, paid)
    assert kinship(shortlist, "stranger") == (0.0, "None of its 5 own posts names Oat & Co.")


def test_warmth_says_how_the_brand_was_named(shortlist: Shortlist) -> None:
    warmth = {name: of(shortlist, name).checks[-1].says for name in SAYS}
    assert warmth["fan"] == (
        "Warm: 1 of its 5 posts with text names Oat & Co (last on 2026-01-01); unpaid, it speaks of own use and praises it."
    )
    assert warmth["tagger"] == "Warm: 1 of its 5 posts with text names Oat & Co (last on 2026-01-01)."
    assert warmth["paid"].endswith("(last on 2026-01-02), none without a sign of payment.")
    assert warmth["stranger"].startswith("Cold: ")


def test_the_post_that_only_tags_the_brand_stands_among_the_evidence(shortlist: Shortlist) -> None:
    assert ("x:tagger-0", "kinship") in [(one.post, one.why) for one in of(shortlist, "tagger").evidence]


def test_scores_are_the_sum_of_their_reasons(shortlist: Shortlist) -> None:
    for match in shortlist.matches:
        assert math.isclose(match.score, sum(term.points or 0.0 for term in match.terms), abs_tol=1e-6)
    places = [one.handle for one in shortlist.matches]
    assert places.index("critic") > places.index("fan")


def test_a_brief_without_a_brand_asks_for_nobody(workspace: Workspace, brief: Brief) -> None:
    found = discover(workspace, replace(brief, brand="-"))
    assert {kinship(found, name)[0] for name in SAYS} == {0.0}
    assert not [check for match in found.matches for check in match.checks if check.kind == "critic"]
