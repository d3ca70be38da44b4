"""From a fake network to people in the workspace: what is asked, what comes of it, what was not covered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from fake_bluesky import Fake, answered, tables
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import LoginNeededError, SourceSilentError, UnknownNameError, UsageError
from groundswell.fetch import Asked, FetchReport, fetch, forecast, refresh, resume
from groundswell.fetch.bringing import bring
from groundswell.fetch.refreshing import again_streams
from groundswell.sources.networks import SOURCES
from groundswell.store import Workspace
from groundswell.store.fetches import (
    Noted,
    ToOpen,
    all_fetches,
    begin_fetch,
    note_page,
    note_stream,
    pages_of,
    streams_of,
)

BLUESKY = SOURCES["bluesky"]
BAKER = "@person0.bsky.social"


def asked(*who: str, **more: Any) -> Asked:
    return Asked(source="bluesky", who=who, **more)


def fetched(workspace: Workspace, fake: Fake, *who: str, **more: Any) -> FetchReport:
    return fetch(workspace, asked(*who, **more), client=fake.client())


def rows(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with workspace.engine() as engine:
        return engine.rows(sql)


def test_people_who_are_fetched_are_people_of_the_workspace(workspace: Workspace) -> None:
    fake = Fake()
    report = fetched(workspace, fake, BAKER, lists=("posts", "followers", "likes"), posts=2)
    assert report.done
    assert report.brought
    assert report.brought.set_aside == 0
    assert rows(workspace, "SELECT handle, followers, posts_count FROM accounts WHERE followers IS NOT NULL") == [
        ("person0.bsky.social", 29, 12)
    ]
    posts = dict(rows(workspace, "SELECT post, likes FROM posts"))
    assert posts == {f"bluesky:{uri}": len(fake.likers(uri)) for uri in fake.uris(0)}
    likes = set(rows(workspace, "SELECT actor, post FROM interactions WHERE verb = 'like'"))
    assert likes == {
        (f"bluesky:{fake.dids[k]}", f"bluesky:{uri}") for uri in fake.uris(0)[:2] for k in fake.likers(uri)
    }
    follows = rows(workspace, "SELECT count(*), any_value(followed), min(completeness) FROM follows")
    assert follows == [(29, f"bluesky:{fake.dids[0]}", "full")]


def test_the_import_says_where_it_came_from(workspace: Workspace) -> None:
    fetched(workspace, Fake(), BAKER)
    (one,) = workspace.state.imports()
    assert (one.origin, one.terms, one.expires_at, one.options["fetch"]) == ("bluesky", "open", None, 1)
    assert one.rows == one.rows_read + one.rows_empty + one.rows_set_aside


@pytest.mark.usefixtures("unread")
def test_a_hop_looks_at_those_who_are_named_most_and_says_who_was_left_out(workspace: Workspace) -> None:
    report = fetched(workspace, Fake(), BAKER, lists=("followers",), hops=1, people=6)
    assert report.coverage.people == 6
    assert report.coverage.not_looked_at == 24
    assert "24 more were named and not looked at" in report.coverage.sentences[1]


@pytest.mark.slow
def test_a_list_that_is_cut_off_is_no_sample_at_random_and_that_is_said(workspace: Workspace) -> None:
    report = fetched(workspace, Fake(), BAKER, lists=("followers",), each=10)
    assert any(
        "10 of 29" in sentence and "not a sample at random" in sentence for sentence in report.coverage.sentences
    )
    assert rows(workspace, "SELECT DISTINCT completeness FROM follows") == [("sampled",)]


def test_a_starter_pack_opens_its_list_and_looks_at_its_members(workspace: Workspace) -> None:
    fake = Fake()
    report = fetched(workspace, fake, "https://bsky.app/starter-pack/person0.bsky.social/abc")
    assert report.coverage.people == 7
    assert rows(workspace, "SELECT count(*) FROM interactions WHERE verb = 'mention'") == [(7,)]


@pytest.mark.slow
def test_a_repository_holds_follows_with_their_dates(workspace: Workspace) -> None:
    fake = Fake()
    fetched(workspace, fake, "person3.bsky.social", lists=("repository",))
    found = rows(workspace, "SELECT followed, since IS NOT NULL FROM follows")
    assert set(found) == {(f"bluesky:{fake.dids[k]}", True) for k in fake.follows(3)}


@pytest.mark.slow
def test_a_budget_ends_a_run_and_the_next_one_goes_on(workspace: Workspace, another: Workspace) -> None:
    fake, other = Fake(), Fake()
    first = fetched(workspace, fake, BAKER, lists=("posts", "followers"), hops=1, people=5, requests=4)
    assert not first.done
    assert "4 requests" in first.because
    rest = resume(workspace, requests=1_000, client=fake.client())
    assert rest.done
    fetched(another, other, BAKER, lists=("posts", "followers"), hops=1, people=5)
    assert tables(workspace) == tables(another)
    assert len(fake.requests) == len(other.requests)
    assert [one.state for one in workspace.state.imports()] == ["undone", "live"]


def test_ctrl_c_keeps_what_was_fetched(workspace: Workspace) -> None:
    fake = Fake()

    def stop(request: Any) -> Any:
        if len(fake.requests) == 3:
            raise KeyboardInterrupt
        return fake.answer(request)

    report = fetch(workspace, asked(BAKER, lists=("posts", "followers")), client=fake.client(stop))
    assert not report.done
    assert report.because == "It was stopped by hand."
    assert rows(workspace, "SELECT count(*) FROM posts")[0][0] == 10


def test_a_network_that_does_not_answer_ends_the_run_and_keeps_what_came(workspace: Workspace) -> None:
    fake = Fake()
    silent = fake.client(lambda request: fake.answer(request) if len(fake.requests) < 2 else answered(b"", 503))
    report = fetch(workspace, asked(BAKER), client=silent)
    assert isinstance(report.refused, SourceSilentError)
    assert rows(workspace, "SELECT count(*) FROM posts") == [(10,)]


@pytest.mark.usefixtures("unread")
def test_a_list_that_leads_back_is_left_within_three_repeats(workspace: Workspace) -> None:
    fake = Fake()

    def around(request: Any) -> Any:
        if "getFollowers" in str(request.url):
            fake.requests.append(str(request.url))
            return answered(b'{"followers": [], "cursor": "again"}')
        return fake.answer(request)

    report = fetch(workspace, asked(BAKER, lists=("followers",)), client=fake.client(around))
    assert sum("getFollowers" in one for one in fake.requests) <= 4
    assert [one.state for one in streams_of(workspace.state, 1) if one.name == "followers"] == ["loop"]
    assert any("led back" in sentence for sentence in report.coverage.sentences)


@pytest.mark.slow
def test_a_place_that_is_forgotten_begins_the_list_anew(workspace: Workspace) -> None:
    fake, refused = Fake(), list[str]()

    def forgets(request: Any) -> Any:
        if "cursor=20" in str(request.url) and not refused:
            refused.append("once")
            return answered(b'{"error": "InvalidRequest", "message": "Invalid cursor"}', 400)
        return fake.answer(request)

    fetch(workspace, asked(BAKER, lists=("followers",)), client=fake.client(forgets))
    assert rows(workspace, "SELECT count(*) FROM follows") == [(29,)]


@pytest.mark.usefixtures("unread")
def test_somebody_who_is_not_there_is_said_and_does_not_stop_the_rest(workspace: Workspace) -> None:
    report = fetched(workspace, Fake(), BAKER, "nosuch.bsky.social")
    assert report.coverage.people == 1
    assert any("nosuch.bsky.social (Profile not found)" in sentence for sentence in report.coverage.sentences)


def test_search_without_a_login_offers_the_open_ways(workspace: Workspace) -> None:
    with pytest.raises(LoginNeededError, match="Begin with people instead"):
        fetched(workspace, Fake(), "#sourdough")
    assert all_fetches(workspace.state) == []


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"people": 0}, UsageError),
        ({"lists": ("folowers",)}, UnknownNameError),
        ({"requests": 0}, UsageError),
        ({"hops": -1}, UsageError),
    ],
)
def test_what_cannot_be_asked_is_said_before_anybody_is_asked(
    workspace: Workspace, more: Any, error: type[Exception]
) -> None:
    fake = Fake()
    with pytest.raises(error):
        fetched(workspace, fake, BAKER, **more)
    assert fake.requests == []


def test_nothing_to_resume_is_said(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="nothing to go on with"):
        resume(workspace, client=Fake().client())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--dry-run",), "do not go together"),
        ((BAKER,), "nobody is named with it"),
        (("--with", "likes", "--people", "100", "--spend", "2"), "so --with, --people would change nothing"),
        (("--about", "bread", "--from", "bluesky"), "so --about, --from would change nothing"),
        (("--hops", "0", "--each", "5", "--posts", "1", "--brief", "x.toml"), "so --hops, --each, --posts, --brief would change nothing"),
        (("--requests", "5", "--spend", "1", "--json"), "nothing to go on with"),
    ],
)  # fmt: skip
def test_going_on_takes_nothing_that_it_would_pass_over(
    workspace: Workspace, words: tuple[str, ...], says: str
) -> None:
    said = CliRunner().invoke(app, ["fetch", "--resume", *words, "--workspace", str(workspace.folder)])
    assert isinstance(said.exception, UsageError)
    assert says in said.exception.what


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("lists", [("posts",), ("posts", "followers", "likes"), ("repository",)])
def test_a_forecast_is_never_below_what_it_takes(workspace: Workspace, lists: tuple[str, ...]) -> None:
    fake = Fake(page=100)
    wanted = asked(BAKER, lists=lists, hops=1, people=5)
    report = fetch(workspace, wanted, client=fake.client())
    assert report.done
    assert report.requests <= forecast(wanted, SOURCES["bluesky"]).requests


@pytest.mark.slow
def test_refresh_looks_again_at_young_posts_and_accounts_and_makes_a_history(workspace: Workspace) -> None:
    fake = Fake(posts_each=12)
    fetched(workspace, fake, BAKER)
    with pytest.raises(UsageError, match="due"):
        refresh(workspace, now=datetime(2026, 6, 1, 0, 1, tzinfo=UTC), client=fake.client())
    _observe_earlier(workspace)
    fake.people, fake.requests = 20, []
    later = datetime(2026, 3, 15, tzinfo=UTC)
    refresh(workspace, now=later, client=fake.client())
    assert {one.split("?")[0].rpartition(".")[2] for one in fake.requests} == {"getProfiles", "getPosts"}
    found = rows(workspace, "SELECT count(DISTINCT followers) FROM account_history WHERE followers IS NOT NULL")
    assert found == [(2,)]


def _observe_earlier(workspace: Workspace) -> None:
    """Move the first fetch back to March, when the posts were young: its pages are read again with that date."""
    from sqlalchemy import update

    from groundswell.fetch.bringing import bring
    from groundswell.store.fetches import pages

    with workspace.state.transaction() as connection:
        connection.execute(update(pages).values(fetched_at=datetime(2026, 3, 13, tzinfo=UTC).isoformat()))
    bring(workspace, SOURCES["bluesky"], 1)


def test_retention_is_noted_where_the_terms_name_a_time(workspace: Workspace) -> None:
    short = {"bluesky": replace(SOURCES["bluesky"], retention_days=30)}
    fetch(workspace, asked(BAKER), sources=short, client=Fake().client())
    (one,) = workspace.state.imports()
    assert one.expires_at
    assert one.fetched_at
    assert datetime.fromisoformat(one.expires_at) - datetime.fromisoformat(one.fetched_at) == timedelta(days=30)


@pytest.mark.usefixtures("unread")
def test_pages_are_kept_as_they_came(workspace: Workspace) -> None:
    fetched(workspace, Fake(), BAKER)
    pages = pages_of(workspace.state, 1)
    assert [one.number for one in pages] == list(range(1, len(pages) + 1))
    assert all(one.hash and b"{" in workspace.raw.read(one.hash) for one in pages)


def test_rows_that_go_to_disk_in_many_small_parts_give_the_same_tables(
    workspace: Workspace, another: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(source="bluesky", who=(BAKER,), lists=("posts", "followers"))
    fetch(workspace, asked, client=Fake().client())
    monkeypatch.setattr("groundswell.fetch.bringing.FLUSH_BYTES", 1)
    monkeypatch.setattr("groundswell.fetch.bringing.TOGETHER", 1)
    fetch(another, asked, client=Fake().client())
    assert tables(another) == tables(workspace)
    assert len(another.facts.files("accounts")) > len(workspace.facts.files("accounts"))


def observed(workspace: Workspace, stream: str, said: Any, at: datetime) -> None:
    """What the network answered once."""
    number = begin_fetch(workspace.state, "bluesky", asked(BAKER).as_json(), [ToOpen(stream, "", 0, 0)])
    body = json.dumps(said).encode()
    [row] = streams_of(workspace.state, number)
    note_page(workspace.state, row, Noted(workspace.raw.keep(body), len(body), 1, 200, at), requests=1, repeated=0)
    bring(workspace, BLUESKY, number)


def profiles(*numbers: int) -> Any:
    return {
        "profiles": [
            {"did": f"did:plc:p{one:03}", "handle": f"p{one}.b.social", "followersCount": 5} for one in numbers
        ]
    }


def test_what_cannot_be_looked_at_does_not_keep_others_from_their_turn(workspace: Workspace) -> None:
    now = datetime.now(UTC)
    observed(workspace, BLUESKY.introduce, profiles(*range(25)), now - timedelta(days=9))
    observed(workspace, BLUESKY.introduce, profiles(25), now - timedelta(days=3))
    [first] = again_streams(workspace, BLUESKY, 1, now)
    assert "did:plc:p025" not in first.subject
    number = begin_fetch(workspace.state, "bluesky", asked(BAKER).as_json(), [first])
    [row] = streams_of(workspace.state, number)
    assert again_streams(workspace, BLUESKY, 1, now) == [first], "nobody was asked yet"
    note_stream(workspace.state, row, state="failed", note="it did not answer")
    [second] = again_streams(workspace, BLUESKY, 1, now)
    assert second.subject == "did:plc:p025"
    later = again_streams(workspace, BLUESKY, 2, now + timedelta(days=2))
    assert [one.subject.count("\n") for one in later] == [24, 0], "and a day later they have theirs again"


def test_a_post_from_the_future_is_as_old_as_when_it_was_first_seen(workspace: Workspace) -> None:
    now = datetime.now(UTC)
    record = {"text": "bread", "createdAt": "2099-01-01T00:00:00Z"}
    said = {
        "uri": "at://did:plc:p001/app.bsky.feed.post/3kfuture",
        "cid": "x",
        "author": {"did": "did:plc:p001", "handle": "p1.b.social"},
    }
    observed(workspace, BLUESKY.again, {"posts": [said | {"record": record, "likeCount": 3}]}, now - timedelta(days=29))
    [one] = again_streams(workspace, BLUESKY, 1, now)
    assert one.subject.endswith("3kfuture")
    with pytest.raises(UsageError, match="is due"):
        again_streams(workspace, BLUESKY, 1, now + timedelta(days=2))


def test_whoever_watches_is_told_at_once_what_is_asked_and_why_nothing_comes(workspace: Workspace) -> None:
    fake, said = Fake(), list[str]()
    refusals = [answered(b"", 503), answered(b"", 429, {"retry-after": "7"})]

    def slow(request: httpx2.Request) -> httpx2.Response:
        assert said, "something is said before anybody is asked"
        return refusals.pop(0) if refusals else fake.answer(request)

    fetch(workspace, asked(BAKER), client=fake.client(slow), progress=lambda step: said.append(step.what))
    assert said[1] == "public.api.bsky.app: status 503; asked again in 1 s, time 2 of 6"
    assert said[2] == "public.api.bsky.app is asked again in 7 s: so slowly it wants to be asked"
    assert (said[0], said[3]) == ("profiles", "profiles"), said
