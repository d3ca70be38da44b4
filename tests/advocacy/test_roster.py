"""A roster is sorted by declared rules, and where a value is missing the answer is "cannot tell" and not a guess."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from building import SEEN, SUBJECTS, account, day, made, post
from groundswell.advocacy import audit_roster, audit_table
from groundswell.advocacy.facts import SENTENCES, facts_of
from groundswell.advocacy.people import Fee, Listed
from groundswell.advocacy.roster import Audited, money_lines, sort_out
from groundswell.advocacy.triage import CANNOT_TELL, triage
from groundswell.definitions import load_tier_sets
from groundswell.errors import UsageError
from groundswell.signals import SIGNALS, Value
from groundswell.store import Workspace


def person(**values: float | None) -> Listed:
    """Somebody of whom only these values are known, each without doubt."""
    known = {name: Value(name, number, number, number, 20) for name, number in values.items()}
    unknown = {name: Value(name, reason="not_observed") for name in (*SIGNALS, *SENTENCES)}
    return Listed("x:ann", "x", "ann", None, (), None, None, (), (), (), (), unknown | known)


USUAL = {
    "followers": 5000.0,
    "account_age_days": 900.0,
    "posting_days": 400.0,
    "silent_days": 2.0,
    "follower_growth": 0.5,
    "alpha_consumer": 0.0,
}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"followers": 100_000.0}, "big"),
        ({"account_age_days": 90.0, "posting_days": 60.0}, "new"),
        ({"silent_days": 120.0}, "stalled"),
        ({"follower_growth": 0.0}, "stalled"),
        ({"alpha_consumer": 0.7}, "alpha"),
        ({"alpha_consumer": 0.7, "silent_days": 120.0}, "stalled"),
        ({"topic_lead": 0.6, "sponsored_share": 0.1}, "specialist"),
        ({"topic_lead": 0.1, "sponsored_share": 0.05}, "everyday voice"),
        ({"topic_lead": 0.1, "sponsored_share": 0.9}, CANNOT_TELL),
    ],
)
def test_each_class_follows_from_the_values_that_its_rule_names(values: dict[str, float], kind: str) -> None:
    assert sort_out(person(**(USUAL | values))).kind == kind


def test_who_has_posted_for_long_is_not_new_whatever_the_profile_says() -> None:
    assert sort_out(person(**(USUAL | {"account_age_days": 10.0}))).kind != "new"


def test_nothing_known_is_cannot_tell_and_names_what_is_missing() -> None:
    found = sort_out(person())
    assert found.kind == CANNOT_TELL
    assert {"Followers", "Lead of the main topic"} <= set(found.missing)
    assert "nothing in the data speaks of it" in found.because[0]


def test_a_class_that_an_unknown_value_leaves_open_is_named_as_a_doubt() -> None:
    known = {name: value for name, value in USUAL.items() if name != "followers"}
    found = sort_out(person(**known, topic_lead=0.6, sponsored_share=0.1))
    assert found.kind == "specialist"
    assert found.doubts == ("big: above every micro tier",)


def test_an_estimate_that_may_lie_below_the_line_makes_no_specialist() -> None:
    one = person(**USUAL, topic_lead=0.5, sponsored_share=0.1)
    wide = replace(one, values=one.values | {"topic_lead": Value("topic_lead", 0.5, 0.1, 0.9, 12)})
    assert sort_out(one).kind == "specialist"
    assert sort_out(wide).kind == CANNOT_TELL


def test_big_begins_where_the_last_tier_called_micro_ends() -> None:
    micro = [
        tier.followers_below for found in load_tier_sets().values() for tier in found.tiers if tier.name == "micro"
    ]
    (line,) = (rule.when[0].at_least for rule in triage().rules if rule.kind == "big")
    assert line == max(edge for edge in micro if edge)


def test_every_line_of_the_rules_says_where_it_comes_from() -> None:
    lines = [line for rule in (*triage().rules, *triage().flags) for line in rule.when]
    assert all(line.because for line in lines)
    assert all(rule.source for rule in (*triage().rules, *triage().flags))


def roster(folder: Path) -> Workspace:
    """Four accounts: one that copies another, one silent for long, one that follows everybody and one without a post."""
    text = "I have tried this bread with a new flour and it came out of the oven well enough to do it again next week"
    rows: dict[str, list[dict[str, Any]]] = {
        "account": [
            account("ann", followers=3000, following=100),
            account("bob", followers=2000, following=100),
            account("eve", followers=1500, following=9000),
            account("kim", followers=900),
        ],
        "post": [
            post(name, number, text=f"{subject} number {number}", created_at=day(number * 2), likes=9, replies=1)
            for name, subject in zip(("ann", "bob", "eve"), SUBJECTS, strict=False)
            for number in range(10 if name == "bob" else 60)
        ],
        "creator": [{"creator": name, "account": f"x:{name}"} for name in ("ann", "bob", "eve", "kim")],
        "fee": [{"account": "x:ann", "amount_minor": 10_000, "currency": "EUR"}, {"account": "x:bob", "amount_minor": 30_000, "currency": "EUR"}],
    }  # fmt: skip
    rows["post"] += [post(name, "copy", text=text, created_at=day(5)) for name in ("ann", "bob")]
    return made(folder, rows)


def test_what_the_known_ones_cost_is_told_beside_what_cannot_be_told_and_never_divided_by_them() -> None:
    def at(kind: str, amount: int) -> Audited:
        fee = Fee(amount * 100, "EUR", None, None)
        return Audited(replace(person(), fees=(fee,)), kind, kind, (), (), (), (), (), ())

    found = [at("specialist", 400), at("alpha", 600), at("big", 2500), *(at(CANNOT_TELL, 100) for _ in range(29))]
    assert money_lines(found) == [
        "32 accounts with a fee in EUR cost EUR 6,400.00. 2 alpha, specialist or everyday voice: EUR 1,000.00; "
        "1 of another class: EUR 2,500.00; 29 cannot be told: EUR 2,900.00."
    ]


@pytest.mark.slow
def test_red_flags_are_questions_with_the_posts_that_raise_them(tmp_path: Path) -> None:
    audit = audit_roster(roster(tmp_path))
    flags = {one.person.handle: {flag.name: flag for flag in one.flags} for one in audit.accounts}
    assert "silent" in flags["bob"]
    assert "follows far more than follow it" in flags["eve"]
    assert [post.post for post in flags["ann"]["same words as others"].evidence] == ["x:ann-copy"]
    assert flags["kim"] == {}
    assert all(flag.ask.endswith("?") for some in flags.values() for flag in some.values())


@pytest.mark.slow
def test_the_classes_add_up_to_the_roster_and_their_prices_to_its_fees(tmp_path: Path) -> None:
    audit = audit_roster(roster(tmp_path))
    assert sum(share.accounts for share in audit.classes) == len(audit.accounts) == 4
    assert sum(total for share in audit.classes for _, _, total, _ in share.priced) == 40_000
    assert audit_table(audit).num_rows == 4
    (said,) = [line for line in audit.sentences if "with a fee in EUR" in line]
    assert said.startswith("2 accounts with a fee in EUR cost EUR 400.00. ")
    assert "for each" not in said


def test_silence_is_counted_to_the_newest_post_of_the_file_and_unknown_without_posts(tmp_path: Path) -> None:
    facts = facts_of(roster(tmp_path), ["x:ann", "x:bob", "x:kim"])
    assert facts["x:ann"]["silent_days"].value == 0
    assert facts["x:bob"]["silent_days"].value == 100
    assert facts["x:kim"]["silent_days"].reason == "not_observed"


def test_the_silence_of_a_file_with_one_author_is_unknown_unless_it_says_when_it_was_collected(tmp_path: Path) -> None:
    alone = [post("ann", number, text="bread", created_at=day(number)) for number in range(5)]
    workspace = made(tmp_path / "one", {"account": [account("ann")], "post": alone})
    assert facts_of(workspace, ["x:ann"])["x:ann"]["silent_days"].value is None
    dated = [one | {"observed_at": SEEN} for one in alone]
    workspace = made(tmp_path / "two", {"account": [account("ann")], "post": dated})
    assert facts_of(workspace, ["x:ann"])["x:ann"]["silent_days"].value == (SEEN - day(4)) / timedelta(days=1)


def test_growth_needs_two_counts_half_a_year_apart(tmp_path: Path) -> None:
    def counted(*days: int) -> Value:
        rows = [account("ann", followers=100 + number, observed_at=day(number)) for number in days]
        folder = tmp_path / "-".join(map(str, days))
        return facts_of(made(folder, *({"account": [row]} for row in rows)), ["x:ann"])["x:ann"]["follower_growth"]

    assert counted(0, 30).reason == "too_few"
    assert counted(0, 100, 200).value == 2.0


def test_an_empty_workspace_has_nobody_to_audit(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nobody to audit"):
        audit_roster(Workspace.create(tmp_path))
