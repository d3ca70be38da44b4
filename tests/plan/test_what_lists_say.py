"""What the user's own sheet says of somebody comes before anything computed: a no, barter, a range, a name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from building import account, bring, day, made, post
from groundswell.discover import Brief, Offer, Spending, discover
from groundswell.explain import explain
from groundswell.plan import Plan, plan
from groundswell.plan.prices import Fees, fees_known, price_of, why_no_price
from groundswell.records import FEE_IN_WORDS
from groundswell.signals import signal_table
from groundswell.signals.present import Present, open_present
from groundswell.sources.files.layouts.fees import upper_end

SIZES = {"ann": 600, "bob": 700, "cat": 300, "dan": 400, "eve": 500}


def listed(name: str, **said: Any) -> dict[str, Any]:
    words = said.pop("fee", None)
    extra = {"extra": [(FEE_IN_WORDS, words)]} if words else {}
    return {"creator": name, "account": f"x:{name}", "name": name.title()} | said | extra


@pytest.fixture(scope="module")
def present(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Present]:
    rows: dict[str, list[dict[str, Any]]] = {
        "account": [account(name, followers=size) for name, size in SIZES.items()],
        "post": [
            post(name, place, kind="post", likes=5, replies=1, created_at=day(place)) for name in SIZES for place in range(6)
        ],
        "creator": [
            listed("ann", status="Declined (too busy)", fee="barter"), listed("bob", status="confirmed", fee="gifted"),
            listed("cat", fee="150-200 €"), listed("dan", fee="300 + product"),
        ],
        "fee": [
            {"account": "x:eve", "amount_minor": 5_000, "currency": "EUR"},
            {"account": "x:cat", "amount_minor": 1_000, "currency": "EUR", "deliverable": "story"},
            {"account": "x:cat", "amount_minor": 20_000, "currency": "EUR", "deliverable": "post"},  # on Cat's line, the fourth
        ],
    }  # fmt: skip
    with open_present(made(tmp_path_factory.mktemp("said") / "w", rows)) as opened:
        yield opened


def planned(present: Present, **spending: Any) -> Plan:
    brief = Brief(
        "Oat & Co", "everyday_voice@1", budget={"amount_minor": 100_000, "currency": "EUR"},
        spending=Spending(people=(0, 40), **spending),
    )  # fmt: skip
    return plan(present.workspace, brief, present=present)


def test_who_declined_is_left_out_and_said(present: Present) -> None:
    found = planned(present)
    assert "x:ann" not in {pick.who.account for pick in found.picks}
    assert "Left out, since your list says that they declined: @ann." in found.sentences
    assert [one.because for one in found.left_out if one.who.account == "x:ann"] == [
        "your list says that they declined"
    ]
    assert found.big_name.who is None or found.big_name.who.account != "x:ann"


def test_who_declined_can_be_locked_in_and_it_is_said(present: Present) -> None:
    found = planned(present, lock=("@ann",))
    assert [pick.status for pick in found.picks if pick.who.account == "x:ann"] == ["Declined (too busy)"]
    assert any("@ann: locked in, though your list says “declined”" in note for note in found.notes)


def test_barter_costs_no_fee_a_range_its_upper_end_and_other_words_are_no_price(present: Present) -> None:
    found = planned(present)
    prices = {pick.who.account: pick.price for pick in found.picks}
    assert (prices["x:bob"].minor, prices["x:bob"].source) == (0, "no fee")
    assert "“gifted” on your list" in prices["x:bob"].says
    assert prices["x:cat"].minor == 20_000
    assert "dearer end of “150-200 €”" in prices["x:cat"].says
    assert "x:dan" not in prices
    assert any("“300 + product”" in one.because for one in found.left_out if one.who.account == "x:dan")
    assert any("counts as free here" in note for note in found.notes)


def test_the_last_post_is_shown(present: Present) -> None:
    assert {pick.last_post for pick in planned(present).picks} == {day(5).date()}


def test_words_on_a_list_are_never_replaced_by_an_estimate(present: Present) -> None:
    from test_prices import deals

    from groundswell.plan.prices import fitted

    with present.workspace.engine() as engine:
        known = fees_known(engine, present.table.rows, "EUR")
    fees, followers = deals(8)
    known = Fees(known.of, known.elsewhere, fitted(fees, followers, ["x"] * 8), 8, "EUR", known.words, known.ranges)
    fee = (Offer("fee", None),)
    assert price_of("x:dan", "x", 5_000, quoted={}, fees=known, offers=fee) is None
    assert "written in words" in why_no_price("x:dan", "x", 5_000, known)[0]
    assert price_of("x:new", "x", 5_000, quoted={}, fees=known, offers=fee) is not None
    quoted = price_of("x:bob", "x", 5_000, quoted={"x:bob": 900}, fees=known, offers=fee)
    assert quoted is not None
    assert quoted.source == "quoted"


def test_the_shortlist_and_the_person_show_what_the_list_says(present: Present) -> None:
    brief = Brief("Oat & Co", "everyday_voice@1")
    matches = {match.account: match for match in discover(present.workspace, brief, present=present).matches}
    says = next(check.says for check in matches["x:ann"].checks if check.flagged)
    assert says.startswith("Your list says “Declined (too busy)”: a plan leaves them out.")
    assert not any(check.flagged for check in matches["x:bob"].checks if check.kind == "listed")
    assert matches["x:ann"].name == "Ann"
    assert explain(present.workspace, "@bob").listed == (
        "Your list says “confirmed”.", "The fee on your list is “gifted”.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "upper"),
    [
        ("150-200 €", "200 €"), ("€150-200", "200 EUR"), ("€150 – €200", "€200"), ("150 to 200", "200"), ("1-2k", "2k"),
        ("200-150", None), ("£5-€6", None), ("100,-", None), ("2026-05-01", None), ("barter", None), ("300 + product", None),
    ],
)  # fmt: skip
def test_the_upper_end_of_a_range_is_what_may_have_to_be_paid(said: str, upper: str | None) -> None:
    assert upper_end(said) == upper


@pytest.mark.slow
def test_a_name_from_a_later_list_arrives_and_an_own_name_stays(learned_once: None, tmp_path: Path) -> None:
    people = [account(name, followers=100) for name in (*SIZES, "fay")]
    people[1]["name"] = "Robert"
    workspace = made(tmp_path / "w", {"account": people})
    assert signal_table(workspace).profile("x:ann")["name"] is None
    bring(workspace, {"creator": [listed("ann")]})
    table = signal_table(workspace)
    assert (table.profile("x:ann")["name"], table.recomputed) == ("Ann", 1)
    bring(workspace, {"creator": [listed("bob")]})
    assert signal_table(workspace).profile("x:bob")["name"] == "Robert"
