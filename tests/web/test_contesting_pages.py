"""Right of reply in the browser: a number is contested on a person's page, hidden everywhere, reviewed, and shown again."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import Browser
from starlette.testclient import TestClient

from building import made_and_computed

WHO, SIGNAL = "x:p01", "posts_per_week"
PERSON = f"/person?account={quote(WHO, safe='')}"


@pytest.fixture
def browser(tmp_path: Path) -> Any:
    with Browser(made_and_computed(tmp_path / "w")) as opened:
        opened.page(PERSON)
        yield opened


def send(browser: TestClient, address: str, **fields: str) -> Any:
    return browser.post(address, data=fields, files={"none": ("", b"")}, follow_redirects=False)


def value(browser: Browser) -> dict[str, Any]:
    return browser.get(f"/person.json?account={quote(WHO, safe='')}").json()["values"][SIGNAL]


@pytest.mark.slow
def test_a_number_is_hidden_until_somebody_has_looked(browser: Browser) -> None:
    before = value(browser)
    answer = send(browser, "/contest", account=WHO, signal=SIGNAL, because="I post <b>elsewhere</b> too.", by="Ann")
    assert (answer.status_code, answer.headers["location"]) == (303, PERSON)
    assert value(browser)["reason"] == "contested"
    page = browser.page(PERSON)
    assert "I post &lt;b&gt;elsewhere&lt;/b&gt; too." in page
    assert f'<option value="{SIGNAL}"' not in page
    row = next(one for one in browser.get("/people.json?q=p01").json()["rows"] if one["account"] == WHO)
    assert row["values"][SIGNAL]["reason"] == "contested"
    assert "Ann" in browser.page("/contests")
    answer = send(browser, "/contested", id="1", verdict="reject", note="We count what is here.", by="Bea")
    assert (answer.status_code, answer.headers["location"]) == (303, "/contests")
    assert value(browser) == before
    assert "We count what is here." in browser.page("/contests")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/contest", {"account": WHO, "signal": SIGNAL, "because": " "}),
        ("/contest", {"account": WHO, "signal": "charm", "because": "No."}),
        ("/contest", {"account": "@nobody", "signal": SIGNAL, "because": "No."}),
        ("/contested", {"id": "9", "verdict": "reject", "note": "No."}),
        ("/contested", {"id": "1x", "verdict": "reject", "note": "No."}),
        ("/contested", {"id": "1", "verdict": "shred", "note": "No."}),
    ],
)
def test_what_makes_no_sense_is_refused_and_hides_nothing(
    browser: Browser, address: str, fields: dict[str, str]
) -> None:
    before = value(browser)
    answer = send(browser, address, **fields)
    assert answer.status_code == 400
    assert "<h1" in answer.text
    assert value(browser) == before
    assert browser.get("/contests.json").json() == []
