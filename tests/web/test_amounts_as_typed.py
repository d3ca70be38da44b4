"""Money as people type it into a form: thousands with dots are thousands, and what is no amount costs nobody the form."""

from __future__ import annotations

import pytest
from browsing import Browser

from groundswell.api.briefs import BriefForm, as_number, as_toml
from groundswell.discover.spending import amount_said
from groundswell.errors import UsageError
from groundswell.plan import from_to, quoted


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("5000", 5000),
        ("5.000", 5000),
        ("5,000", 5000),
        ("5 000", 5000),
        ("5.000,50", 5000.5),
        ("5000.50", 5000.5),
        ("5.000 €", 5000),
        ("EUR 5,000", 5000),
        ("5k", 5000),
        ("$5000", None),
        ("a lot", None),
        ("-3", None),
        ("", None),
    ],
)
def test_an_amount_is_what_whoever_typed_it_means(said: str, amount: float | None) -> None:
    assert amount_said(said, "EUR") == amount


def test_a_form_shows_an_amount_as_a_number_and_leaves_other_words() -> None:
    assert [as_number(said, "EUR") for said in ("5.000 €", "12,5", "a lot", "")] == ["5000", "12.50", "a lot", ""]


def test_yen_have_no_cents() -> None:
    assert amount_said("5.000", "JPY") == amount_said("5000 JPY", "JPY") == 5000


@pytest.mark.parametrize("said", ["20-25", "20 – 25", "20 to 25", "20 bis 25"])
def test_how_many_people_is_said_in_words_too(said: str) -> None:
    assert from_to(said) == (20, 25)


def test_a_known_price_may_have_its_thousands_marked() -> None:
    assert quoted(["@ann=1.200", "@bob = 90,50"]) == {"@ann": 1200, "@bob": 90.5}
    for wrong in ("@ann=$90", "@ann=much", "@ann 90", "=90"):
        with pytest.raises(UsageError):
            quoted([wrong])


def test_a_budget_in_german_is_not_a_thousandth_of_itself(empty: Browser) -> None:
    empty.bring(("people.csv", b"platform,handle,followers\ninstagram,ann,900\n"))
    assert 'name="amount" inputmode="decimal" value="5000"' in empty.page("/brief?brand=Tea&amount=5.000+%E2%82%AC")
    assert "amount = 5000.0" in as_toml(BriefForm(brand="Tea", amount="5.000"))


def test_what_is_no_amount_leads_back_to_what_was_filled_in(empty: Browser) -> None:
    empty.bring(("people.csv", b"platform,handle,followers\ninstagram,ann,900\n"))
    before = "/brief?brand=Tea&wish=loves+oolong"
    answer = empty.get(
        "/brief?brand=Tea&wish=loves+oolong&amount=lots", headers={"Referer": str(empty.base_url) + before}
    )
    assert answer.status_code >= 400
    assert f'<a href="{before.replace("&", "&amp;")}">Back to what you had filled in</a>' in answer.text
    elsewhere = empty.get("/brief?brand=Tea&amount=lots", headers={"Referer": "https://elsewhere.example/page"})
    assert "elsewhere.example" not in elsewhere.text


def test_a_plan_that_was_asked_wrongly_keeps_its_form(empty: Browser) -> None:
    empty.bring(("people.csv", b"platform,handle,followers\ninstagram,ann,900\n"))
    answer = empty.get("/plan?brand=Tea&amount=5000&people=twenty")
    assert "not of the form FROM-TO" in answer.text
    assert 'name="amount" inputmode="decimal" value="5000"' in answer.text
