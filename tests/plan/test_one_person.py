"""Accounts that somebody confirmed to be one person: said beside each of them, chosen once, left out together, undone at any time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from test_planning import asked, follows, names, people

from building import account, made
from groundswell.api.answers import Answers
from groundswell.cli.colleague import explanation_lines
from groundswell.discover import Brief, discover
from groundswell.explain import explain
from groundswell.exports.reports.person import person_report
from groundswell.plan import ImpossibleError, plan
from groundswell.signals.present import Present, open_present
from groundswell.store.unions import DIFFERENT, SAME, all_unions, say, unsay


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Present]:
    rows: dict[str, list[dict[str, Any]]] = people() | {"follow": follows()}
    rows["account"] += [account("f1", country="US", followers=10, following=2_000, bio="hello", posts_count=1)]
    with open_present(made(tmp_path_factory.mktemp("one") / "w", rows)) as present:
        yield present


@pytest.fixture
def present(opened: Present) -> Iterator[Present]:
    """With nothing said yet; what a test says is taken back."""
    yield opened
    for one in all_unions(opened.workspace.state):
        unsay(opened.workspace.state, one.id)


def same(present: Present, one: str, other: str, verdict: str = SAME) -> int:
    return say(present.workspace.state, f"x:{one}", f"x:{other}", verdict, ("said",))


def chosen(present: Present, money: int, **spending: Any) -> list[str]:
    return sorted(names(plan(present.workspace, asked(money, **spending), present=present)))


@pytest.mark.slow
def test_a_plan_never_takes_two_accounts_of_one_person(present: Present) -> None:
    assert chosen(present, 200) == ["bob", "dan"]
    number = same(present, "bob", "dan")
    without = plan(present.workspace, asked(400), present=present)
    assert len({"bob", "dan"} & set(names(without))) == 1
    assert any("@bob and @dan are one person" in note for note in without.notes)
    unsay(present.workspace.state, number)
    assert chosen(present, 200) == ["bob", "dan"], "and it is undone"
    same(present, "bob", "dan", DIFFERENT)
    assert chosen(present, 200) == ["bob", "dan"]


@pytest.mark.slow
def test_whoever_is_left_out_is_left_out_with_all_accounts_and_nobody_is_locked_in_twice(present: Present) -> None:
    same(present, "bob", "dan")
    assert not {"bob", "dan"} & set(chosen(present, 400, exclude=("@dan",)))
    assert "dan" in chosen(present, 400, lock=("@dan",))
    with pytest.raises(ImpossibleError, match="are one person"):
        chosen(present, 400, lock=("@dan", "@bob"))


def test_the_same_as_the_same_is_the_same(present: Present) -> None:
    same(present, "bob", "dan")
    same(present, "dan", "ann")
    assert len({"ann", "bob", "dan"} & set(chosen(present, 400))) == 1


def test_a_shortlist_says_so_beside_each_account_and_changes_no_place(present: Present) -> None:
    brief = Brief("Oat & Co", "everyday_voice@1")
    before = discover(present.workspace, brief, present=present)
    same(present, "bob", "dan")
    after = discover(present.workspace, brief, present=present)
    assert [(one.account, one.score) for one in after.matches] == [(one.account, one.score) for one in before.matches]
    said = {one.account: check for one in after.matches for check in one.checks if check.kind == "same"}
    place = {one.account: one.rank for one in after.matches}
    assert set(said) == {"x:bob", "x:dan"} & set(place)
    assert said["x:bob"].flagged
    assert f"@dan (x), place {place['x:dan']} of this list" in said["x:bob"].says
    assert "one of them only" in said["x:bob"].asks


def test_a_persons_page_names_the_other_accounts_and_mixes_no_numbers(present: Present) -> None:
    before = explain(present.workspace, "@bob")
    same(present, "bob", "dan")
    found = explain(present.workspace, "@bob")
    assert len(found.also) == 1
    assert found.also[0].startswith("@dan (")
    assert found.values == before.values
    assert any("The same person, as you said: @dan" in line for line in explanation_lines(found))
    assert "The same person, as you said: @dan" in person_report(found).dek
    assert before.also == ()


def test_pages_that_stay_open_notice_what_was_said(present: Present) -> None:
    answers = Answers(present.workspace)
    assert answers.person("@bob").also == ()
    number = same(present, "bob", "dan")
    assert answers.person("@bob").also
    unsay(present.workspace.state, number)
    assert answers.person("@bob").also == ()
    answers.close()
