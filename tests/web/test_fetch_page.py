"""The page from which people are fetched, before a fake of Bluesky: what it takes, how it ends, how it is stopped and gone on with."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from html import unescape
from pathlib import Path
from threading import Event
from typing import Any, cast

import httpx2
import pytest
from browsing import PATIENCE, Browser
from test_pages import alive

from building import account
from building import made as made_of
from groundswell.fetch import Step, refreshing
from groundswell.store import Workspace
from groundswell.web.fetching import Fetcher, Running

sys.path.append(str(Path(__file__).parents[1] / "fetch"))
import fake_x
from fake_bluesky import Fake, answered

BAKER = "@person0.bsky.social"
Answering = Callable[[httpx2.Request], httpx2.Response]
Opens = Callable[[Fake, Answering | None], Browser]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opens]:
    """A browser whose fetches ask a fake."""
    browsers: list[Browser] = []

    def at(fake: Fake, through: Answering | None = None) -> Browser:
        browser = Browser(Workspace.create(tmp_path / "w")).__enter__()
        cast("Fetcher", browser.app_made.state.fetcher).opens = fake.client(through) if through else fake.client()
        browsers.append(browser)
        return browser

    yield at
    for browser in browsers:
        browser.__exit__()


def begun(browser: Browser, who: str = BAKER, **fields: Any) -> None:
    """Press Fetch."""
    answer = browser.post("/fetch", files=[("files", ("", b""))], data={"who": who, **fields}, follow_redirects=False)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/fetches"), unescape(answer.text)[:2000]


def over(browser: Browser) -> str:
    """The page of fetches once nothing runs any more."""
    until = time.monotonic() + PATIENCE
    while "data-refresh" in (page := browser.get("/fetches").text):
        assert time.monotonic() < until
    return unescape(page)


def test_what_it_takes_is_said_before_anybody_is_asked(opened: Opens) -> None:
    fake = Fake()
    browser = opened(fake)
    page = browser.page(f"/fetch?who={BAKER}&lists=posts&lists=followers&hops=1&people=10")
    assert "About " in page
    assert "Nobody was asked yet" in page
    twin = browser.get(f"/fetch.json?who={BAKER}&lists=posts&lists=followers&hops=1&people=10").json()
    assert f"About {twin['forecast']['requests']:,} requests" in page
    assert (twin["asked"]["source"], twin["forecast"]["money"], fake.requests) == ("bluesky", "nothing", [])


def test_for_one_address_the_price_and_the_button_come_before_all_settings(opened: Opens) -> None:
    browser = opened(Fake())
    page = browser.page(f"/fetch?who={BAKER}")
    assert page.index("Nobody was asked yet") < page.index(">Fetch</button>") < page.index("Other settings")
    assert page.index("Other settings") < page.index('name="hops"') < page.index("</details>")
    for more in (f"who={BAKER}&hops=1", f"who={BAKER}%0A@person1.bsky.social", ""):
        whole = browser.page(f"/fetch?{more}")
        assert "Other settings" not in whole
        assert whole.count('name="hops"') == 2


@pytest.mark.slow
def test_a_fetch_that_brought_nothing_is_not_said_to_be_in(opened: Opens) -> None:
    browser = opened(Fake())
    begun(browser, "@nobody.bsky.social")
    page = over(browser)
    assert "That is in" not in page
    assert "Nothing was brought in" in page or "It stopped" in page


def test_where_reading_costs_money_the_price_is_shown_and_a_sum_is_asked_for_first(
    opened: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDSWELL_X_LOGIN", fake_x.TOKEN)
    fake = fake_x.Fake()
    browser = opened(cast("Fake", fake), None)
    page = browser.page("/fetch?who=https://x.com/person0&each=20")
    assert "It costs at most 0.11 US dollars" in page
    assert "X asks money for what is read" in page
    assert 'name="spend"' in page
    nothing = browser.post("/fetch", files=[("files", ("", b""))], data={"who": "https://x.com/person0"})
    assert (nothing.status_code, fake.requests) == (403, [])
    wrong = browser.post("/fetch", files=[("files", ("", b""))], data={"who": "https://x.com/person0", "spend": "much"})
    assert wrong.status_code == 400
    begun(browser, "https://x.com/person0", each="20", spend="0,50")
    assert "That is in" in over(browser)


class Later(datetime):
    """A clock two days after those of the fakes."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Later:
        return cls(2026, 6, 3, tzinfo=tz)


def test_going_on_and_looking_again_where_it_costs_money_begin_once_a_sum_is_allowed(
    opened: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDSWELL_X_LOGIN", fake_x.TOKEN)
    monkeypatch.setattr(refreshing, "datetime", Later)
    fake = fake_x.Fake()
    browser = opened(cast("Fake", fake), None)
    begun(browser, "https://x.com/person0", each="10", spend="0.02")
    page = over(browser)
    assert "It cost about 0.01 US dollars until now; it may cost 0.02 in all." in page
    assert page.count("Most US dollars it may cost in all</label>") == 2, "above, and in the list"
    assert "--spend" not in page
    browser.post("/resume", files=[("files", ("", b""))], data={"id": "1", "spend": "0,50"})
    page = over(browser)
    assert "That is in" in page
    assert "(1 account or post) costs at most 0.01 US dollars" in page
    asked = len(fake.requests)
    refused = browser.post("/refresh", files=[("files", ("", b""))], data={"source": "x"})
    assert (refused.status_code, len(fake.requests)) == (403, asked)
    assert "To look again at what is due costs at most 0.01 US dollars." in unescape(refused.text)
    browser.post("/refresh", files=[("files", ("", b""))], data={"source": "x", "spend": "1"})
    assert "That is in" in over(browser)
    assert len(fake.requests) > asked


@pytest.mark.slow
def test_people_are_fetched_and_what_was_not_covered_is_said(opened: Opens) -> None:
    browser = opened(Fake())
    begun(browser, lists=["posts", "followers"], each="10")
    page = over(browser)
    assert "That is in" in page
    assert "Accounts: " in page
    assert "not a sample at random" in page
    assert browser.page("/people").count("person0.bsky.social")
    (listed,) = browser.get("/fetches.json").json()
    assert (listed["fetch"]["state"], listed["covered"]["people"]) == ("done", 1)


def test_the_time_that_is_left_is_told_from_the_requests_until_now() -> None:
    now = [100.0]
    running = Running("Bluesky: ann", clock=lambda: now[0])
    assert running.left is None
    running.told(Step(requests=0, budget=1000, people=0, people_wanted=1, left_in_window=3000, what="profiles"))
    assert running.left is None
    now[0] = 160.0
    running.told(Step(requests=100, budget=1000, people=1, people_wanted=1, left_in_window=2900, what="posts"))
    assert running.left == 540.0


@pytest.mark.slow
def test_a_fetch_is_stopped_and_gone_on_with_and_ends_as_if_it_never_stopped(opened: Opens) -> None:
    fake, asked, go = Fake(), Event(), Event()

    def slow(request: httpx2.Request) -> httpx2.Response:
        if len(fake.requests) == 2:
            asked.set()
            assert go.wait(PATIENCE)
        return fake.answer(request)

    browser = opened(fake, slow)
    begun(browser, lists=["posts", "followers"], each="1000")
    assert asked.wait(PATIENCE)
    busy = browser.get("/fetches")
    assert "Stop; keep what is here" in busy.text
    assert 'data-refresh="1"' in busy.text
    assert "less where there is less to read" in busy.text
    assert browser.post("/fetch", files=[("files", ("", b""))], data={"who": BAKER}).status_code == 409
    browser.post("/stop", files=[("files", ("", b""))])
    go.set()
    page = over(browser)
    assert "It was stopped by hand." in page
    assert "Go on" in page
    browser.post("/resume", files=[("files", ("", b""))], data={"id": "1"})
    assert "That is in" in over(browser)
    (listed,) = browser.get("/fetches.json").json()
    assert (listed["fetch"]["state"], listed["fetch"]["requests"]) == ("done", len(fake.requests))
    assert len([one for one in browser.get("/imports.json").json() if one["state"] == "live"]) == 1


def test_what_a_network_refuses_is_said_in_words(opened: Opens) -> None:
    browser = opened(Fake(), lambda _: answered(b"", 503))
    begun(browser)
    page = over(browser)
    assert "It stopped" in page
    assert "did not answer" in page
    assert "Go on later" in page


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"who": "!!"}, "No one source knows"),
        ({"who": " \n , "}, "Nobody is named"),
        ({"who": BAKER, "source": "geocities"}, "geocities"),
        ({"who": BAKER, "lists": "secrets"}, "secrets"),
        ({"who": BAKER, "people": "many"}, "no number for people"),
        ({"who": BAKER, "people": "0"}, "less than 1"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(opened: Opens, fields: dict[str, str], says: str) -> None:
    fake = Fake()
    browser = opened(fake)
    answer = browser.post("/fetch", files=[("files", ("", b""))], data=fields, follow_redirects=False)
    assert answer.status_code in (400, 403, 422)
    assert says in unescape(answer.text)
    if fields["who"].strip(" \n,"):
        told = browser.get("/fetch", params=fields)
        assert told.status_code == 422
        assert says in unescape(told.text)
    assert fake.requests == []


def test_what_needs_a_login_is_counted_and_said_and_not_begun(opened: Opens) -> None:
    fake = Fake()
    browser = opened(fake)
    page = unescape(browser.page("/fetch?who=%23gardening&source=bluesky"))
    assert "About " in page
    assert "only with a login of your own" in page
    assert "only with a login" in browser.get("/fetch.json?who=%23gardening&source=bluesky").json()["lacks"]["what"]
    refused = browser.post("/fetch", files=[("files", ("", b""))], data={"who": "#gardening"}, follow_redirects=False)
    assert (refused.status_code, fake.requests) == (403, [])


@pytest.mark.slow
def test_no_fetch_of_that_number(opened: Opens) -> None:
    browser = opened(Fake())
    browser.post("/resume", files=[("files", ("", b""))], data={"id": "7"})
    assert "There is no fetch" in over(browser) or "Unknown fetch" in over(browser)
    assert browser.post("/resume", files=[("files", ("", b""))], data={"id": "x" * 100}).status_code == 400


def test_names_of_strangers_are_text(opened: Opens) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    page = opened(Fake()).get("/fetch", params={"who": nasty})
    assert not list(alive(page.text))
    assert nasty in unescape(page.text)


def test_an_address_that_was_pasted_alone_leads_to_the_page(empty: Browser) -> None:
    sent = {"pasted": "https://bsky.app/profile/ann.bsky.social"}
    answer = empty.post("/imports", files=[("files", ("", b""))], data=sent, follow_redirects=False)
    assert answer.headers["location"] == "/fetch?who=https%3A%2F%2Fbsky.app%2Fprofile%2Fann.bsky.social"
    assert not list(empty.workspace.folder.glob("incoming/*"))


@pytest.mark.slow
def test_somebody_without_peers_is_shown_the_one_step_to_them(tmp_path: Path) -> None:
    ann = account("ann", followers=10) | {
        "account": "bluesky:did:plc:ann",
        "platform": "bluesky",
        "handle": "ann.bsky.social",
    }
    with Browser(made_of(tmp_path / "w", {"account": [ann]})) as browser:
        page = unescape(browser.page("/coach?account=@ann.bsky.social"))
    assert 'href="/fetch?source=bluesky&who=ann.bsky.social&lists=posts&lists=follows&hops=1"' in page


def test_a_letter_is_written_and_nothing_sent(empty: Browser) -> None:
    page = unescape(empty.page("/ask?who=@ann&platform=tiktok&brand=Oat+%26+Co"))
    twin = empty.get("/ask.json?who=@ann&platform=tiktok&brand=Oat+%26+Co").json()
    assert twin["text"] in page
    assert "Hello @ann" in twin["text"]
    assert "TikTok" in twin["subject"]
    refused = empty.get("/ask", params={"who": "@ann", "platform": "geocities"})
    assert (refused.status_code, "geocities" in refused.text) == (422, True)
    assert empty.get("/ask.json").status_code == 400


@pytest.mark.slow
def test_who_is_on_a_closed_network_is_asked_and_who_is_on_an_open_one_is_fetched(tmp_path: Path) -> None:
    people = [
        account("ann", followers=10) | {"account": "tiktok:ann", "platform": "tiktok", "handle": "ann"},
        account("ben", followers=10)
        | {"account": "bluesky:did:plc:ben", "platform": "bluesky", "handle": "ben.bsky.social"},
    ]
    with Browser(made_of(tmp_path / "w", {"account": people})) as browser:
        closed, open_ = (unescape(browser.page(f"/person?account={one['account']}")) for one in people)
    assert 'href="/ask?platform=tiktok&who=%40ann"' in closed
    assert 'href="/fetch?source=bluesky&who=did%3Aplc%3Aben"' in open_
