"""Networks that answer to a token of one's own: Instagram, Twitch, X and Reddit. Whom one may name, what comes, what it costs, what is gone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import fake_instagram
import fake_reddit
import fake_twitch
import fake_x
import httpx2
import pytest
from faking import FakeNetwork, answered, rows
from trials import BY_SOURCE
from typer.testing import CliRunner

from groundswell.api.live import needed, source_as_json
from groundswell.cli import app
from groundswell.errors import LoginNeededError, SourceLimitError, SpendNeededError, UsageError
from groundswell.fetch import Asked, FetchReport, fetch, fetching, forecast, refresh, resume
from groundswell.sources.networks import SOURCES
from groundswell.store import Workspace, purge
from groundswell.store.fetches import all_fetches, pages_of
from groundswell.store.looks import subjects_asked

TOKENED = ("twitch", "reddit", "instagram", "x")
SECRETS = ("token-of-the-test", "secret-of-the-test", "bearer-of-the-test")
NEXT_DAY = datetime(2026, 6, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def logins(monkeypatch: pytest.MonkeyPatch) -> None:
    for trial in BY_SOURCE.values():
        for name, value in trial.environment.items():
            monkeypatch.setenv(name, value)


def fetched(workspace: Workspace, fake: FakeNetwork, source: str, *who: str, **more: Any) -> FetchReport:
    more |= {"spend": 100} if source == "x" and "spend" not in more else {}
    return fetch(workspace, Asked(source=source, who=who, **more), client=fake.client())


def later(fake: FakeNetwork) -> Any:
    """The client before a fake, on the next day."""
    opened = fake.client()

    def client(workspace: Workspace, source: Any) -> Any:
        found = opened(workspace, source)
        found.clock = NEXT_DAY.timestamp
        return found

    return client


@pytest.mark.parametrize(
    ("source", "word", "stream", "subject"),
    [
        ("twitch", "@Ann", "user", "@ann"),
        ("twitch", "https://www.twitch.tv/ann/videos", "user", "@ann"),
        ("twitch", "https://www.twitch.tv/videos/123456789", "video", "123456789"),
        ("reddit", "u/Ann", "about", "ann"),
        ("reddit", "https://old.reddit.com/user/ann/comments/", "about", "ann"),
        ("reddit", "r/gardening", "community", "gardening"),
        ("reddit", "https://www.reddit.com/r/beans/comments/1abc2d/beans_at_last/", "info", "t3_1abc2d"),
        ("instagram", "@Ann.Lee", "profile", "ann.lee"),
        ("instagram", "https://www.instagram.com/ann/?hl=de", "profile", "ann"),
        ("instagram", "#Gärtnern", "hashtag", "gärtnern"),
        ("instagram", "https://www.instagram.com/explore/tags/beans/", "hashtag", "beans"),
        ("x", "@Ann", "user", "@ann"),
        ("x", "https://twitter.com/ann/status/1234567890123456789?s=20", "look", "1234567890123456789"),
        ("x", "https://x.com/i/user/12345", "users", "12345"),
        ("x", "vegan bread", "search", "vegan bread"),
    ],
)
def test_whom_one_may_name(source: str, word: str, stream: str, subject: str) -> None:
    found = SOURCES[source].named(word)
    assert (found.stream, found.subject) == (stream, subject)


@pytest.mark.parametrize("source", TOKENED)
def test_without_a_login_the_other_ways_are_said_and_nobody_is_asked(
    source: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(f"GROUNDSWELL_{source.upper()}_LOGIN")
    fake = BY_SOURCE[source].fake()
    with pytest.raises(LoginNeededError, match="Without one"):
        fetched(workspace, fake, source, *BY_SOURCE[source].asked.who)
    assert (fake.requests, all_fetches(workspace.state)) == ([], [])


@pytest.mark.parametrize("source", TOKENED)
def test_no_secret_stands_in_an_address_or_enters_the_workspace(source: str, workspace: Workspace) -> None:
    fake = BY_SOURCE[source].fake()
    more = ("#beans",) if source == "instagram" else ()
    assert fetched(workspace, fake, source, *BY_SOURCE[source].asked.who, *more, people=3).done
    assert not [one for one in fake.requests for secret in SECRETS if secret in one]
    kept = [path.read_bytes() for path in workspace.folder.rglob("*") if path.is_file()]
    kept += [workspace.raw.read(page.hash) for page in pages_of(workspace.state, 1) if page.hash]
    assert not [one for one in kept for secret in SECRETS if secret.encode() in one]


@pytest.mark.parametrize("source", TOKENED)
def test_a_secret_that_is_not_taken_is_said_and_not_repeated(
    source: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"GROUNDSWELL_{source.upper()}_LOGIN", "17841400000000001:wrong")
    fake = BY_SOURCE[source].fake()
    if source == "reddit":
        with pytest.raises(UsageError, match="does not take this client id"):
            fetched(workspace, fake, source, "u/person0")
        return
    report = fetched(workspace, fake, source, "@person0")
    assert (report.requests, report.brought) == (1, None)
    assert any("only people who are logged in" in sentence for sentence in report.coverage.sentences)


# -- Twitch ------------------------------------------------------------------------------------------------------------------


def test_twitch_a_channel_how_many_follow_its_videos_and_who_cuts_clips(workspace: Workspace) -> None:
    fake = fake_twitch.Fake()
    report = fetched(workspace, fake, "twitch", "https://www.twitch.tv/person0", lists=("posts", "reposts"))
    assert report.done
    assert report.brought
    assert report.brought.set_aside == 0
    ann = f"twitch:{fake_twitch.channel(0)}"
    assert rows(
        workspace, "SELECT account, handle, name, followers, category FROM accounts WHERE followers IS NOT NULL"
    ) == [(ann, "person0", "Person0", 1_000, "affiliate")]
    videos = dict(rows(workspace, f"SELECT post, views FROM posts WHERE account = '{ann}' AND kind = 'post'"))
    assert videos == {f"twitch:{fake_twitch.video(0, k)}": 100 * k for k in range(9)}
    assert rows(
        workspace,
        f"SELECT count(*), count(DISTINCT actor) FROM interactions WHERE verb = 'repost' AND account = '{ann}'",
    ) == [(5, 5)]
    # The channel, how many follow it, three pages of videos, two of clips.
    assert len(fake.requests) == 1 + 1 + 3 + 2
    said = forecast(Asked(source="twitch", who=("@person0",), lists=("posts", "reposts")), SOURCES["twitch"])
    assert (said.requests, said.money) == (5, "nothing")


def test_twitch_who_is_gone_is_said_and_what_is_gone_is_purged(workspace: Workspace) -> None:
    fake = fake_twitch.Fake()
    fetched(workspace, fake, "twitch", "@person0", "@person1", "@nosuchone")
    fake.deleted |= {fake_twitch.channel(1), fake_twitch.video(0, 8)}
    fetched(workspace, fake, "twitch", f"https://www.twitch.tv/videos/{fake_twitch.video(0, 8)}")
    refresh(workspace, "twitch", now=NEXT_DAY, client=later(fake))
    gone = purge(workspace).gone
    assert (gone["account"], gone["post"]) == (1, 1)
    assert rows(workspace, f"SELECT count(*) FROM posts WHERE account = 'twitch:{fake_twitch.channel(1)}'") == [(0,)]


# -- Reddit ------------------------------------------------------------------------------------------------------------------


def test_reddit_what_somebody_submits_and_comments(workspace: Workspace) -> None:
    fake = fake_reddit.Fake()
    report = fetched(workspace, fake, "reddit", "u/person0", lists=("posts", "comments"))
    assert report.done
    assert report.brought
    assert report.brought.set_aside == 0
    assert rows(workspace, "SELECT account, handle, name, followers FROM accounts WHERE followers IS NOT NULL") == [
        ("reddit:t2_p0", "person0", "Person 0", 10)
    ]
    kinds = dict(rows(workspace, "SELECT kind, count(*) FROM posts GROUP BY ALL"))
    assert kinds == {"post": 9, "reply": 9}
    likes = rows(
        workspace,
        "SELECT post, likes FROM posts WHERE post IN ('reddit:t3_s0x0', 'reddit:t3_s0x1', 'reddit:t1_c0x0') ORDER BY post",
    )
    assert likes == [("reddit:t1_c0x0", None), ("reddit:t3_s0x0", None), ("reddit:t3_s0x1", 0)], (
        "hidden, below zero, none"
    )
    assert rows(workspace, "SELECT count(*), any_value(account) FROM interactions WHERE verb = 'reply'") == [
        (9, "reddit:@person1")
    ]
    assert fake.logins == ["grant_type=client_credentials"]


def test_reddit_a_community_names_who_writes_in_it(workspace: Workspace) -> None:
    report = fetched(workspace, fake_reddit.Fake(), "reddit", "r/beans", people=4, each=6)
    assert report.coverage.people == 4


def test_reddit_what_is_deleted_there_goes_here_and_nothing_stays_longer_than_two_days(workspace: Workspace) -> None:
    fake = fake_reddit.Fake()
    fetched(workspace, fake, "reddit", "u/person0", "u/person1", lists=("posts",))
    fake.deleted |= {"t2_p1", fake_reddit.submission(0, 8)}
    fetched(workspace, fake, "reddit", "https://www.reddit.com/r/beans/comments/s0x8/")
    refresh(workspace, "reddit", now=NEXT_DAY, client=later(fake))
    gone = purge(workspace, now=NEXT_DAY).gone
    assert (gone["account"], gone["post"]) == (1, 1)
    assert rows(workspace, "SELECT count(*) FROM posts WHERE account = 'reddit:t2_p1'") == [(0,)]
    assert 1 in purge(workspace, now=datetime(2026, 6, 3, 1, tzinfo=UTC)).expired


@pytest.mark.parametrize("trouble", [b"<html>", b"", b"[]"])
def test_reddit_a_token_is_asked_for_again_when_the_door_is_broken(trouble: bytes, workspace: Workspace) -> None:
    fake, struck = fake_reddit.Fake(), list[str]()

    def answer(request: Any) -> Any:
        if request.url.path == "/api/v1/access_token" and not struck:
            struck.append("once")
            return answered(trouble, 503)
        return fake.answer(request)

    report = fetch(workspace, Asked(source="reddit", who=("u/person0",)), client=fake.client(answer))
    assert (report.done, struck) == (True, ["once"])


def test_a_login_that_gets_no_answer_stops_the_fetch_in_words(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDSWELL_BLUESKY_LOGIN", "ann:abcd")
    silent = fake_reddit.Fake().client(lambda _: answered(b"", 503))
    for source, who in (("reddit", "u/ann"), ("bluesky", "@ann.bsky.social")):
        report = fetch(workspace, Asked(source=source, who=(who,)), client=silent)
        assert report.refused
        assert "did not answer" in report.refused.what


# -- Instagram ---------------------------------------------------------------------------------------------------------------


def test_instagram_a_professional_account_and_its_posts(workspace: Workspace) -> None:
    fake = fake_instagram.Fake()
    report = fetched(workspace, fake, "instagram", "@person2", "@person3", "@person11", people=3)
    assert report.brought
    assert report.brought.set_aside == 0
    assert rows(
        workspace, "SELECT account, name, followers, posts_count FROM accounts WHERE followers IS NOT NULL ORDER BY ALL"
    ) == [(f"instagram:@person{number}", f"Person {number}", 1_000 * (number + 1), 9) for number in (2, 3)]
    likes = rows(
        workspace, "SELECT account, count(*), count(likes), bool_or(likes_hidden) FROM posts GROUP BY ALL ORDER BY ALL"
    )
    assert likes == [("instagram:@person2", 9, 0, True), ("instagram:@person3", 9, 9, False)]
    assert rows(workspace, "SELECT count(*) FROM posts WHERE NOT regexp_matches(post, '^instagram:[0-9]{18,19}$')") == [
        (0,)
    ], "as everywhere else"
    assert any("Invalid user id" in sentence for sentence in report.coverage.sentences), "no professional account"


def test_instagram_a_tag_names_whom_its_posts_mention_and_no_authors(workspace: Workspace) -> None:
    report = fetched(workspace, fake_instagram.Fake(), "instagram", "#beans", people=3, each=10)
    assert report.coverage.people == 3
    assert rows(workspace, "SELECT count(DISTINCT account) FROM posts") == [(3,)]


def test_instagram_more_different_tags_than_its_ration_are_not_asked(workspace: Workspace) -> None:
    fake = fake_instagram.Fake()
    first = fetched(workspace, fake, "instagram", *(f"#bean{number}" for number in range(30)), people=1, each=1)
    assert not any("that is all the network allows" in one for one in first.coverage.sentences)
    asked = len([one for one in fake.requests if "ig_hashtag_search" in one])
    again = fetched(workspace, fake, "instagram", "#bean3", "#onemore", people=1, each=1)
    assert any("onemore (30 different ones were asked about in 7 days" in one for one in again.coverage.sentences)
    assert len([one for one in fake.requests if "ig_hashtag_search" in one]) == asked + 1


def test_instagram_a_spent_hour_stops_the_fetch(workspace: Workspace) -> None:
    fake = fake_instagram.Fake(calls=3)
    report = fetched(workspace, fake, "instagram", "@person0", people=1)
    assert isinstance(report.refused, SourceLimitError)
    fake.calls = 10_000
    assert resume(workspace, client=fake.client()).done


def test_instagram_people_are_looked_at_again_with_their_posts(workspace: Workspace) -> None:
    fake = fake_instagram.Fake()
    fetched(workspace, fake, "instagram", "@person0", people=1)
    before = len(fake.requests)
    assert refresh(workspace, "instagram", now=NEXT_DAY, client=later(fake)).done
    assert len(fake.requests) > before
    assert (
        rows(workspace, "SELECT count(DISTINCT observed_at) FROM account_history WHERE account = 'instagram:@person0'")[
            0
        ][0]
        >= 2
    )


# -- X -----------------------------------------------------------------------------------------------------------------------


def test_x_people_posts_and_followers(workspace: Workspace) -> None:
    fake = fake_x.Fake()
    report = fetched(workspace, fake, "x", "https://x.com/person0", lists=("posts", "followers"))
    assert report.done
    assert report.brought
    assert report.brought.set_aside == 0
    ann = f"twitter:{fake_x.person(0)}"
    assert rows(
        workspace, f"SELECT handle, followers, listed, verified, url FROM accounts WHERE account = '{ann}'"
    ) == [("person0", 11, 2, True, "https://person0.example")]
    assert rows(workspace, f"SELECT count(*), count(likes), max(views) FROM posts WHERE account = '{ann}'") == [
        (12, 9, 1_100)
    ], "a copy has no counts"
    assert rows(workspace, "SELECT verb, count(*) FROM interactions GROUP BY ALL ORDER BY ALL") == [
        ("mention", 12),
        ("reply", 3),
        ("repost", 3),
    ]
    assert rows(workspace, f"SELECT count(*), any_value(completeness) FROM follows WHERE followed = '{ann}'") == [
        (11, "full")
    ]


def test_x_nothing_is_asked_before_somebody_said_how_much_it_may_cost(workspace: Workspace) -> None:
    fake = fake_x.Fake()
    asked = Asked(source="x", who=("@person0",), lists=("posts", "followers"), each=200)
    with pytest.raises(SpendNeededError, match=re.escape("at most 3.01 US dollars")):
        fetch(workspace, asked, client=fake.client())
    assert fake.requests == []
    lacking = needed(asked)
    assert lacking is not None
    assert "--spend" in lacking.next_step
    price = source_as_json(SOURCES["x"])["price"]
    assert (price["currency"], price["each"]["tweets"], price["each"]["followers"]) == ("US dollars", 0.005, 0.01)


@pytest.mark.parametrize("cents", [1, 3, 6, 9, 20])
def test_x_what_is_spent_never_passes_what_was_allowed(cents: int, workspace: Workspace) -> None:
    fake = fake_x.Fake(page=100)
    report = fetched(workspace, fake, "x", "@person0", "@person1", lists=("posts",), each=5, spend=cents / 100)
    assert fake_paid(fake) <= cents * 10_000
    assert report.done == (cents >= 9), (
        "two profiles and two pages of five posts take seven cents, and a page more stands open"
    )
    again = resume(workspace, spend=5, client=fake.client()) if not report.done else report
    assert again.done


def fake_paid(fake: fake_x.Fake) -> int:
    """What the answers of a fake cost, in millionths: profiles came by name, everything else is posts."""
    profiles = sum("by/username" in one for one in fake.requests)
    return profiles * 10_000 + (fake.read - profiles) * 5_000


def test_x_a_sum_that_is_too_small_for_a_whole_page_still_buys_a_part_of_it(workspace: Workspace) -> None:
    fake = fake_x.Fake(page=100)
    report = fetched(workspace, fake, "x", "@person0", lists=("posts",), each=100, spend=0.05)
    assert not report.done
    assert fake_paid(fake) == 50_000, "a profile and eight posts"


def test_x_no_nonsense_is_paid_for_beyond_what_was_allowed(workspace: Workspace) -> None:
    fake, answers = fake_x.Fake(page=100), list[str]()

    def odd(request: httpx2.Request) -> httpx2.Response:
        answer = fake.answer(request)
        answers.append(str(request.url))
        return answered(b"[]") if "/tweets" in str(request.url) else answer

    asked = Asked(source="x", who=("@person0",), lists=("posts",), each=8, spend=0.05)
    fetch(workspace, asked, client=fake.client(odd))
    assert sum("/tweets" in one for one in answers) == 1


def test_x_a_forecast_is_never_below_what_it_costs(workspace: Workspace) -> None:
    fake = fake_x.Fake(page=100)
    asked = Asked(source="x", who=("@person0",), lists=("posts", "reposts", "replies"), each=20, posts=2, spend=50)
    said = forecast(asked, SOURCES["x"])
    fetch(workspace, asked, client=fake.client())
    assert fake.read * 0.005 < said.price
    assert said.money == f"at most {said.price:.2f} US dollars"


def test_x_spent_credits_stop_the_fetch(workspace: Workspace) -> None:
    fake = fake_x.Fake(credits=4)
    report = fetched(workspace, fake, "x", "@person0")
    assert isinstance(report.refused, SourceLimitError)
    assert "no credits left" in report.because


def test_x_what_may_not_be_shown_any_more_is_purged(workspace: Workspace) -> None:
    fake = fake_x.Fake()
    fetched(workspace, fake, "x", "@person0", "@person1")
    fake.deleted |= {fake_x.person(1), fake_x.post(0, 11)}
    fetched(workspace, fake, "x", f"https://x.com/person0/status/{fake_x.post(0, 11)}")
    with pytest.raises(SpendNeededError, match="To look again"):
        refresh(workspace, "x", now=NEXT_DAY, client=later(fake))
    refresh(workspace, "x", spend=1, now=NEXT_DAY, client=later(fake))
    gone = purge(workspace).gone
    assert (gone["account"], gone["post"]) == (1, 1)
    assert rows(workspace, f"SELECT count(*) FROM posts WHERE account = 'twitter:{fake_x.person(1)}'") == [(0,)]


def test_the_price_is_shown_before_a_run_that_costs_money(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: Any = fetching.fetch.__kwdefaults__
    monkeypatch.setitem(kept, "client", fake_x.Fake().client())

    def said(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "-w", str(workspace.folder)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    assert "at most 0.51 US dollars" in said("fetch", "https://x.com/person0", "--dry-run")
    assert "Say how much it may cost" in said("fetch", "https://x.com/person0", "--dry-run")
    told = said("fetch", "https://x.com/person0", "--spend", "0.30")
    assert told.index("at most 0.51 US dollars, of which 0.30 may be spent") < told.index("looked at")
    assert "It cost about 0.07 US dollars until now; it may cost 0.30 in all." in told, told
    ahead = said("refresh", "--from", "x", "--dry-run")
    assert "for at most 1 account or post" in ahead
    assert "it costs at most 0.01 US dollars. Nobody was asked (dry run)." in ahead
    for wrong in ("0", "-1", "nan"):
        refused = CliRunner().invoke(
            app, ["fetch", "https://x.com/person0", "--spend", wrong, "-w", str(workspace.folder)]
        )
        assert isinstance(refused.exception, UsageError)


def test_a_ration_is_counted_anew_after_its_days(workspace: Workspace) -> None:
    fetched(workspace, fake_instagram.Fake(), "instagram", "#beans", people=1, each=1)
    begun = datetime(2026, 6, 1, tzinfo=UTC)
    assert subjects_asked(workspace.state, "instagram", "hashtag", begun - timedelta(days=1)) == {"beans"}
    assert subjects_asked(workspace.state, "instagram", "hashtag", begun + timedelta(days=7)) == set()
