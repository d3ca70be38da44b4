"""The page of the plan: a form without script, ticks that stay, everything that strangers wrote as text."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from browsing import Browser
from hostile import NASTY
from test_pages import alive

from building import account, day, made, post

QUERY = "brand=Oat+%26+Co&definition=everyday_voice%401"
ASKED = f"{QUERY}&amount=1000"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser at people with nasty names, whose fees and followers are known."""
    names = [f"p{number}" for number in range(12)]
    rows: dict[str, list[dict[str, Any]]] = {
        "account": [
            account(name, followers=1_000) | {"name": NASTY[place % len(NASTY)], "url": "javascript:alert(1)"}
            for place, name in enumerate(names)
        ],
        "post": [post(name, number, kind="post", likes=5, replies=1, created_at=day(number)) for name in names for number in range(6)],
        "follow": [
            {"follower": f"x:f{place + step}", "followed": f"x:{name}"}
            for place, name in enumerate(names) for step in range(5)
        ],
        "fee": [{"account": f"x:{name}", "amount_minor": 20_000, "currency": "EUR", "kind": "asked"} for name in names[:7]],
        "creator": [{"creator": NASTY[1], "account": "x:p1", "name": NASTY[2], "status": NASTY[3]}],
    }  # fmt: skip
    with Browser(made(tmp_path_factory.mktemp("plan") / "w", rows)) as opened:
        yield opened


@pytest.mark.slow
def test_a_plan_is_a_page_with_a_form_that_keeps_what_was_chosen(browser: Browser) -> None:
    page = browser.page(f"/plan?{ASKED}&lock=x:p0&skip=x:p1&robust=true&people=2-4")
    assert not list(alive(page))
    assert page.count("<h1") == 1
    shown = unescape(page)
    assert 'name="amount" inputmode="decimal" value="1000"' in shown
    assert 'value="2-4"' in shown
    assert 'name="lock" value="x:p0" checked' in shown
    assert 'name="skip" value="x:p1" checked' in shown
    assert 'name="robust" value="true" checked' in shown
    assert '<input type="hidden" name="brand" value="Oat & Co">' in shown
    assert "4 people for EUR 800.00 of EUR 1,000.00" in shown
    assert "javascript:alert" not in shown.replace("&", "")


@pytest.mark.slow
def test_everything_on_the_page_is_in_its_json(browser: Browser) -> None:
    found = browser.get(f"/plan.json?{ASKED}").json()
    shown = unescape(browser.page(f"/plan?{ASKED}"))
    for sentence in (*found["sentences"], found["certificate_says"], found["overlap_says"], found["number"]["says"]):
        assert sentence in shown
    assert all(quote(pick["who"]["account"], safe="") in shown for pick in found["picks"])


@pytest.mark.slow
def test_another_budget_reads_nothing_anew(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.page(f"/plan?{ASKED}")

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the pool was read anew")

    monkeypatch.setattr("groundswell.api.answers.read_pool", refuse)
    shown = unescape(browser.page(f"/plan?{QUERY}&amount=400&lock=x:p3&skip=x:p0"))
    assert "2 people for EUR 400.00 of EUR 400.00" in shown


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("amount=400&people=5-9", "EUR 600.00 more"),
        ("amount=400&lock=x:p9", "x:p9 is locked in"),
        ("amount=400&lock=@nobody", "There is no account"),
        ("amount=400&lock=x:p0&skip=x:p0", "both locked in and excluded"),
        ("amount=400&price=x:p0", "is no price"),
        ("amount=400&objective=conversions", "no past campaign"),
        ("amount=400&objective=fame", "There is no objective called"),
        ("amount=10", "pays for nobody"),
    ],
)
def test_what_cannot_be_planned_is_said_in_words(browser: Browser, asked: str, says: str) -> None:
    answer = browser.get(f"/plan.json?{QUERY}&{asked}")
    assert 400 <= answer.status_code < 500, answer.text
    assert says.replace("x:p9 is", "@p9 is") in " ".join(answer.json().values())


@pytest.mark.slow
def test_where_nobody_can_be_planned_with_the_page_keeps_its_form_and_leads_back_to_the_brief(browser: Browser) -> None:
    skipped = "".join(f"&skip=x:p{number}" for number in range(7))
    answer = browser.get(f"/plan?{QUERY}&amount=10{skipped}")
    shown = unescape(answer.text)
    assert answer.status_code == 422
    assert "<h1>No plan yet</h1>" in shown
    assert f'href="/brief?{QUERY}' in shown
    assert 'name="price"' in shown
    assert 'name="amount" inputmode="decimal" value="10"' in shown


@pytest.mark.slow
def test_a_price_that_is_typed_counts(browser: Browser) -> None:
    shown = unescape(browser.page(f"/plan?{ASKED}&price=x:p9%3D70&lock=x:p9&people=1-1&price="))
    assert "1 person for EUR 70.00" in shown
