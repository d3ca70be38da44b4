"""Colleagues are looked at for a subject of their own, and what is proposed is a first step for volunteers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from building import account, bring, day, made, post
from groundswell.advocacy import Staff, rosters, staff, staff_table
from groundswell.advocacy.staff import about_of, standing_of
from groundswell.advocacy.steps import QUANTITIES, steps
from groundswell.errors import UsageError
from groundswell.signals import Value

SLOGAN = "Proud to be part of the Oat & Co family and of everything that we have brought to your table this year"


def colleagues(folder: Path) -> Staff:
    """Ann speaks of bread, Bob of the company, Cid and Dee post its slogan, Eve has not posted."""
    rows: dict[str, list[dict[str, Any]]] = {
        "account": [account(name) for name in ("ann", "bob", "cid", "dee", "eve")],
        "post": [],
    }
    for number in range(8):
        rows["post"].append(post("ann", number, text=f"A loaf of bread, the {number}th", created_at=day(number)))
        rows["post"].append(
            post("bob", number, text=f"Look at what #OatCo or Oat & Co does, {number}", created_at=day(number))
        )
    rows["post"] += [
        post("cid", 1, text=SLOGAN, created_at=day(7)),
        post("dee", 1, text=f"{SLOGAN} @oatco", created_at=day(8)),
    ]
    workspace = made(folder, rows)
    return staff(workspace, [f"x:{name}" for name in ("ann", "bob", "cid", "dee", "eve", "nobody")], ["Oat & Co"])


@pytest.mark.slow
def test_the_share_of_company_posts_is_counted_and_carries_an_interval(tmp_path: Path) -> None:
    by_name = {one.person.handle: one for one in colleagues(tmp_path).colleagues}
    assert by_name["ann"].company_share.value == 0
    assert by_name["bob"].company_share.value == 1
    assert 0 < (by_name["bob"].company_share.low or 0) < 1


@pytest.mark.slow
def test_one_slogan_by_two_colleagues_is_found_with_both_posts(tmp_path: Path) -> None:
    (group,) = colleagues(tmp_path).same_words
    assert group.accounts == ("x:cid", "x:dee")
    assert {one.post for one in group.posts} == {"x:cid-1", "x:dee-1"}


@pytest.mark.slow
def test_each_colleague_gets_the_step_that_fits_with_its_reason_and_source(tmp_path: Path) -> None:
    proposed = {one.person.handle: one.step.name for one in colleagues(tmp_path).colleagues if one.step}
    assert proposed == {
        "ann": "choose a subject",
        "bob": "own subject first",
        "cid": "own words",
        "dee": "own words",
        "eve": "begin",
    }
    assert all(step.why and "the guide" in step.source for step in steps())


@pytest.mark.slow
def test_of_whom_nothing_is_in_the_data_the_share_is_unknown_and_not_zero(tmp_path: Path) -> None:
    eve = next(one for one in colleagues(tmp_path).colleagues if one.person.handle == "eve")
    assert eve.company_share.value is None
    assert eve.company_share.reason == "not_observed"


@pytest.mark.slow
def test_a_name_that_nothing_knows_is_told_and_every_line_says_that_it_is_voluntary(tmp_path: Path) -> None:
    found = colleagues(tmp_path)
    assert found.not_found == ("x:nobody",)
    assert all("voluntary" in line for line in staff_table(found).column("voluntary").to_pylist())


def test_steps_ask_only_for_what_is_known_of_a_colleague() -> None:
    assert {name for step in steps() for name, _ in (*step.at_least, *step.at_most)} <= set(QUANTITIES)
    unknown: dict[str, float | None] = dict.fromkeys(QUANTITIES)
    assert not any(step.fits(unknown) for step in steps())


def test_without_a_company_nothing_is_asked(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Which company"):
        staff(made(tmp_path), None, [" "])


@pytest.mark.slow
def test_the_people_of_a_table_of_posts_are_a_roster_when_somebody_says_so(tmp_path: Path) -> None:
    workspace = made(tmp_path, {"account": [account("stranger"), account("ann"), account("bob")]})
    key = bring(
        workspace,
        {"post": [post("ann", 1, text="Bread", created_at=day(1)), post("bob", 1, text="Oat & Co", created_at=day(2))]},
    )
    assert [one.id for one in rosters(workspace)] == [key, 1], "the newest first"
    found = staff(workspace, None, ["Oat & Co"], import_id=key)
    assert {one.person.account for one in found.colleagues} == {"x:ann", "x:bob"}


@pytest.mark.slow
def test_who_has_ten_posts_is_not_told_to_have_fewer(tmp_path: Path) -> None:
    rows = {
        "account": [account("ann")],
        "post": [post("ann", n, text=f"Bread {n}", created_at=day(n)) for n in range(12)],
    }
    (ann,) = staff(made(tmp_path, rows), ["x:ann"], ["Oat & Co"]).colleagues
    assert "of 12 own posts fewer than 10 have a topic that can be told" in ann.about
    assert "from 200 texts on, of all accounts together" in ann.about


def focused(value: float, low: float, high: float) -> Value:
    """A focus with its interval."""
    return Value("topic_focus", value, low, high, 94, "bread, flour, oven")


@pytest.mark.parametrize(
    ("focus", "share", "standing", "says"),
    [
        (focused(0.89, 0.8, 0.96), 0.92, "sure", "Speaks mostly about bread, flour, oven: 92% of the 94 posts"),
        (
            focused(0.52, 0.45, 0.59),
            0.6,
            "likely",
            "Probably speaks mostly about bread, flour, oven: 60% of the 94 posts",
        ),
        (
            focused(0.47, 0.4, 0.54),
            0.3,
            "several",
            "Speaks of several subjects, most often of bread, flour, oven (30%) and",
        ),
        (focused(0.3, 0.2, 0.4), 0.6, "several", "Speaks of several subjects"),
        (Value("topic_focus", n=4, reason="too_few"), 0.0, "unknown", "What it stands for is unknown"),
    ],
)
def test_the_bucket_and_the_sentence_of_a_colleague_agree(focus: Value, share: float, standing: str, says: str) -> None:
    topics = ((focus.label or "", share), ("rye", 0.1))
    assert standing_of(focus, dict(topics), 100) == standing
    assert about_of(standing_of(focus, dict(topics), 100), focus, topics, 100).startswith(says)


def test_a_first_step_speaks_of_the_colleagues_own_rows_or_is_passed_over() -> None:
    stay = next(step for step in steps() if "{topic}" in step.says and dict(step.at_least).get("subject_likely"))
    known: dict[str, float | None] = dict.fromkeys(QUANTITIES, 1.0)
    assert not stay.fits(known), "no topic is known"
    words = {"topic": "“bread, flour, oven”"}
    assert stay.fits(known, words)
    assert "“bread, flour, oven”" in stay.of(words).says


@pytest.mark.slow
def test_one_post_of_one_is_no_habit(tmp_path: Path) -> None:
    rows = {
        "account": [account("ann")],
        "post": [post("ann", 1, text="Oat & Co is hiring", created_at=day(1), replies=3)],
    }
    (ann,) = staff(made(tmp_path, rows), ["x:ann"], ["Oat & Co"]).colleagues
    assert "1 of 1 own post so far names the company: too few to tell." in ann.sentences
    assert ann.step is not None
    assert ann.step.name == "choose a subject"
