"""A person's own site: its feed is found, what it publishes is read whatever it looks like, what has not changed is not sent again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from fake_sites import CORPUS, Fake
from faking import answered, rows

from groundswell.errors import UsageError
from groundswell.fetch import Asked, FetchReport, fetch, refresh
from groundswell.fetch.remembering import AnswersInWorkspace
from groundswell.sources.feeds import FEEDS
from groundswell.sources.feeds.asking import address_in, is_feed
from groundswell.store import Workspace


def fetched(workspace: Workspace, fake: Fake, *who: str, **more: Any) -> FetchReport:
    remembering = AnswersInWorkspace(workspace)
    return fetch(workspace, Asked(source="feeds", who=who, **more), client=fake.client(remembering=remembering))


def test_the_feed_that_a_page_names_is_read(workspace: Workspace) -> None:
    fake = Fake()
    report = fetched(workspace, fake, "https://ann.example/")
    assert report.done
    assert fake.requests == ["https://ann.example/", "https://ann.example/blog/feed.xml"], "not that of the comments"
    posts = rows(workspace, "SELECT post, text, created_at IS NOT NULL FROM posts ORDER BY post")
    assert posts[0] == ("blog:https://ann.example/?p=0", "bean 0\n\ngrown 0", True)
    assert len(posts) == 5
    (account,) = rows(workspace, "SELECT account, name, extra['rel=me'], followers FROM accounts")
    assert account[0] == "blog:ann.example"
    assert account[2:] == ("https://mastodon.example/@ann", None)


@pytest.mark.slow
def test_a_page_that_names_none_is_asked_for_one_at_the_usual_places(workspace: Workspace) -> None:
    fake = Fake()
    report = fetched(workspace, fake, "https://silent.example/")
    assert report.done
    assert [one.rpartition("/")[2] for one in fake.requests] == ["", "feed", "rss.xml", "atom.xml", "feed.xml"]
    assert rows(workspace, "SELECT count(*) FROM posts") == [(5,)]
    assert not any("Not read" in sentence for sentence in report.coverage.sentences)


@pytest.mark.slow
def test_what_has_not_changed_is_not_sent_again(workspace: Workspace) -> None:
    fake = Fake()
    fetched(workspace, fake, "https://ann.example/")
    fetched(workspace, fake, "https://ann.example/")
    assert fake.conditional == 2
    assert rows(workspace, "SELECT count(*) FROM posts") == [(5,)]


@pytest.mark.slow
@pytest.mark.parametrize("name", CORPUS)
def test_feeds_as_odd_as_real_ones_give_what_is_in_them(name: str, workspace: Workspace) -> None:
    number, (_, posts) = list(CORPUS).index(name), CORPUS[name]
    report = fetched(workspace, Fake(), f"https://odd.example/{number}")
    if posts <= 0:
        assert rows(workspace, "SELECT count(*) FROM posts") == [(0,)]
        return
    assert report.brought
    found = rows(workspace, "SELECT text FROM posts")
    assert len(found) == posts
    assert "<" not in str(found)
    assert "bad()" not in str(found)


@pytest.mark.parametrize(
    "word",
    [
        "ann.example",
        "https://127.0.0.1/x",
        "https://localhost",
        "ftp://ann.example",
        "https://ann@ann.example",
        "https://[::1]/",
    ],
)
def test_what_is_no_address_of_a_site_is_refused_in_words(word: str) -> None:
    with pytest.raises(UsageError, match="no address of a site"):
        FEEDS.named(word)


@pytest.mark.parametrize(
    ("word", "address"),
    [
        ("https://Bücher.example/ann?x=ü", "https://xn--bcher-kva.example/ann?x=%C3%BC"),
        ("https://ann.example/ブログ", "https://ann.example/%E3%83%96%E3%83%AD%E3%82%B0"),
        ("https://ann.example/%E3%83%96/", "https://ann.example/%E3%83%96/"),
    ],
)
def test_an_address_may_be_written_in_any_script(word: str, address: str) -> None:
    assert FEEDS.named(word).subject == address


@pytest.mark.parametrize("name", [name for name, (_, posts) in CORPUS.items() if posts >= 0])
def test_a_feed_is_known_by_how_it_begins(name: str) -> None:
    assert is_feed(CORPUS[name][0])
    assert not is_feed(b"<html><rss>")
    assert not is_feed(b"<!--" * 1_000)


def test_addresses_in_pages_are_made_whole_and_stay_on_the_web() -> None:
    page = "https://ann.example/blog/"
    assert address_in("feed.xml", page) == "https://ann.example/blog/feed.xml"
    assert address_in("//ann.example/x#y", page) == "https://ann.example/x"
    assert address_in("http://ann.example/x", page) == "https://ann.example/x"
    assert [
        address_in(one, page) for one in ("javascript:alert(1)", "data:text/html,x", "https://a@b.example", "http://[")
    ] == [None] * 4


@pytest.mark.slow
def test_feeds_are_looked_at_again_after_a_day_and_only_what_is_new_is_sent(workspace: Workspace) -> None:
    fake, tomorrow = Fake(), datetime(2026, 6, 2, 12, tzinfo=UTC)
    fetched(workspace, fake, "https://ann.example/", "https://silent.example/")
    remembering = AnswersInWorkspace(workspace)
    with pytest.raises(UsageError, match="is due"):
        refresh(
            workspace, "feeds", now=datetime(2026, 6, 1, 1, tzinfo=UTC), client=fake.client(remembering=remembering)
        )
    fake.requests.clear()
    report = refresh(workspace, "feeds", now=tomorrow, client=fake.client(remembering=remembering))
    assert (report.done, report.requests) == (True, 2)
    assert sorted(fake.requests) == ["https://ann.example/blog/feed.xml", "https://silent.example/feed.xml"], (
        "where they were found"
    )
    assert fake.conditional == 2
    assert rows(workspace, "SELECT account, count(*) FROM posts GROUP BY ALL ORDER BY ALL") == [
        ("blog:ann.example", 5),
        ("blog:silent.example", 5),
    ]


def test_a_feed_is_told_from_where_the_page_lies_and_not_from_where_it_was_asked_for() -> None:
    page = b"<html><head><link rel=alternate type=application/rss+xml href='feed.xml'></head></html>"
    look = FEEDS.stream("site").look_at
    assert look
    looked = look("https://ann.example", page, "https://ann.example/en/")
    assert looked.addressed["https://ann.example"] == "https://ann.example/en/feed.xml\nhttps://ann.example\n"


def test_a_page_behind_a_redirect_gives_its_feed(workspace: Workspace) -> None:
    fake = Fake()

    def moved(request: httpx2.Request) -> httpx2.Response:
        if request.headers["host"] == "old.example":
            fake.requests.append(str(request.url))
            return answered(b"", 301, {"location": "https://ann.example/"})
        return fake.answer(request)

    fetch(workspace, Asked(source="feeds", who=("https://old.example",)), client=fake.client(moved))
    assert rows(workspace, "SELECT count(*), min(account) FROM posts")[0][0] == 5
