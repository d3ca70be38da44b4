"""An alpha consumer stands above its like and passes every gate; who fails one has nothing, who cannot be checked is unknown."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from groundswell.signals import SIGNALS
from groundswell.signals.apex import alpha_columns, kind_columns, rules
from groundswell.signals.packing import VALUE

PERSON: dict[str, float | None] = {
    "reach_percentile": 0.96, "engagement_percentile": 0.81, "quality_percentile": 0.6, "closeness_percentile": 0.7,
    "sponsored_share": 0.0, "professional_marks": 0.0, "followers": 4_000.0, "account_age_days": 900.0,
    "topic_lead": None,
}  # fmt: skip
PEERS = 100


def rows(kind: str | None = "personal", **other: float | None) -> pa.Table:
    """One account, with these values."""
    columns: dict[str, Any] = {"account": pa.array(["x:ann"]), "account_type": pa.array([kind], pa.string())}
    for name, value in (PERSON | other).items():
        part = None if value is None else {"value": value, "low": value, "high": value, "n": PEERS}
        columns[name] = pa.array([part], VALUE)
    return pa.table(columns)


def alpha(kind: str | None = "personal", **other: float | None) -> tuple[float | None, str]:
    found = alpha_columns(rows(kind, **other))
    return found["alpha_value"][0].as_py(), found["alpha_label"][0].as_py()


def test_the_score_is_the_geometric_mean_of_standing_quality_and_closeness() -> None:
    score, said = alpha()
    assert score == pytest.approx(((0.96 * 0.81) ** 0.5 * 0.6 * 0.7) ** (1 / 3))
    assert "above 96 % in reach, 81 % in engagement, 60 % in quality, 70 % in closeness" in said


@pytest.mark.parametrize(
    ("kind", "other", "because"),
    [
        ("creator", {}, "its kind of account"),
        ("personal", {"professional_marks": 2.0}, "marks of a professional"),
        (None, {"professional_marks": 1.0}, "marks of a professional"),
        ("personal", {"sponsored_share": 0.06}, "payment"),
        ("personal", {"reach_percentile": 0.89}, "reach among peers"),
    ],
)
def test_who_fails_one_gate_has_nothing_whatever_else_is_high(kind: str, other: dict[str, float], because: str) -> None:
    score, said = alpha(kind, **(dict.fromkeys(("quality_percentile", "closeness_percentile"), 1.0) | other))
    assert score == 0.0
    assert said == f"no, because of {because}"


def test_all_that_refuses_is_told() -> None:
    assert alpha(None, professional_marks=1.0, sponsored_share=0.3)[1] == (
        "no, because of marks of a professional and payment"
    )
    assert alpha("creator", professional_marks=1.0, sponsored_share=0.3)[1] == (
        "no, because of its kind of account, marks of a professional and payment"
    )


@pytest.mark.parametrize("name", ["reach_percentile", "quality_percentile", "closeness_percentile", "sponsored_share"])
def test_who_cannot_be_checked_is_unknown_and_not_nothing(name: str) -> None:
    assert alpha(**{name: None})[0] is None


def test_a_gate_that_surely_fails_settles_it_although_another_is_unknown() -> None:
    assert alpha(sponsored_share=0.5, reach_percentile=None)[0] == 0.0


def test_an_account_of_untold_kind_passes_only_when_no_mark_of_a_professional_is_known() -> None:
    assert alpha(None)[0] is not None
    assert alpha(None, professional_marks=None)[0] is None


def test_a_place_at_the_apex_must_be_sure_as_well() -> None:
    few = rows()
    place = few.schema.get_field_index("reach_percentile")
    for n, settled in ((12, False), (36, True)):
        part = {"value": 11 / 12, "low": 0.7, "high": 1.0, "n": n}
        found = alpha_columns(few.set_column(place, "reach_percentile", pa.array([part], VALUE)))
        assert (found["alpha_value"][0].as_py() > 0) is settled


def kind_of(table: pa.Table, **facts: float | None) -> tuple[str | None, str | None]:
    told = {
        name: pa.array([facts.get(name)], pa.float64()) for name in ("posting_days", "silent_days", "follower_growth")
    }
    found = kind_columns(table, pa.table(told), alpha_columns(table)["alpha_value"])
    return found["kind_label"][0].as_py(), found["kind_why"][0].as_py()


def test_the_first_rule_that_holds_names_the_kind_with_its_numbers() -> None:
    assert kind_of(rows(account_age_days=90.0)) == ("new (age of the account 90)", None)
    assert (
        kind_of(rows(), posting_days=400.0, silent_days=120.0)[0]
        == "stalled (days of posting 400, days of silence 120)"
    )
    assert (kind_of(rows(), posting_days=400.0, silent_days=2.0)[0] or "").startswith("alpha (alpha consumer 0.7")
    assert (kind_of(rows("creator", topic_lead=0.4))[0] or "").startswith("specialist (lead of the main topic 0.4")
    assert (kind_of(rows("creator", topic_lead=0.1))[0] or "").startswith("everyday voice (lead of the main topic 0.1")


def test_who_is_big_is_no_small_account_of_any_kind() -> None:
    assert kind_of(rows(followers=200_000.0)) == (None, "not_applicable")


def test_every_rule_asks_for_what_exists() -> None:
    facts = {"posting_days", "silent_days", "follower_growth"}
    assert {line.signal for rule in rules() for line in (*rule.when, *rule.unless)} <= set(SIGNALS) | facts
