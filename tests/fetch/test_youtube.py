"""Channels, videos and comments with a key: whom one may name, what it costs, what is hidden, what is gone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fake_youtube import KEY, Fake, channel, video
from faking import answered, rows
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import LoginNeededError, SourceLimitError, UsageError
from groundswell.fetch import Asked, FetchReport, fetch, fetching, forecast, resume
from groundswell.sources.networks import SOURCES
from groundswell.sources.youtube import YOUTUBE
from groundswell.store import Workspace, purge
from groundswell.store.fetches import all_fetches

ANN = "https://www.youtube.com/@person0"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDSWELL_YOUTUBE_LOGIN", KEY)


def fetched(workspace: Workspace, fake: Fake, *who: str, **more: Any) -> FetchReport:
    return fetch(workspace, Asked(source="youtube", who=who, **more), client=fake.client())


def kept(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    """What the tables of this workspace hold, measured or not."""
    with workspace.engine(raw=True) as engine:
        return engine.rows(sql)


@pytest.mark.parametrize(
    ("word", "stream", "subject"),
    [
        ("@ann", "channel", "@ann"),
        ("https://www.youtube.com/@ann/videos", "channel", "@ann"),
        (f"https://www.youtube.com/channel/{channel(1)}", "channels", channel(1)),
        (channel(1), "channels", channel(1)),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10s", "videos", "dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc", "videos", "dQw4w9WgXcQ"),
        ("https://m.youtube.com/shorts/dQw4w9WgXcQ", "videos", "dQw4w9WgXcQ"),
        ("vegan bread", "search", "vegan bread"),
        ("@日本語", "channel", "@日本語"),
        ("https://www.youtube.com/@日本語", "channel", "@日本語"),
        ("https://www.youtube.com/@%E6%97%A5%E6%9C%AC%E8%AA%9E/videos", "channel", "@日本語"),
        ("@grünkohl.küche", "channel", "@grünkohl.küche"),
    ],
)
def test_whom_one_may_name(word: str, stream: str, subject: str) -> None:
    found = YOUTUBE.named(word)
    assert (found.stream, found.subject) == (stream, subject)


def test_a_channel_its_videos_with_counts_and_who_comments(workspace: Workspace) -> None:
    fake = Fake()
    report = fetched(workspace, fake, ANN, lists=("posts", "replies"), posts=1)
    assert report.done
    assert report.brought
    assert report.brought.set_aside == 0
    assert kept(
        workspace, "SELECT account, handle, followers, posts_count FROM accounts WHERE followers IS NOT NULL"
    ) == [(f"youtube:{channel(0)}", "person0", 1_000, 12)]
    videos = dict(kept(workspace, "SELECT post, views FROM posts WHERE kind IS NULL OR kind = 'post'"))
    assert videos == {f"youtube:{video(0, k)}": 100 * k for k in range(12)}
    acts = kept(
        workspace, "SELECT count(*), any_value(account), any_value(post) FROM interactions WHERE verb = 'reply'"
    )
    assert acts == [(7, f"youtube:{channel(0)}", f"youtube:{video(0, 11)}")]
    # One for the channel; three pages of videos, and as many for their counts; two pages of comments.
    assert len(fake.requests) == 1 + 3 + 3 + 2
    assert not any(KEY in one for one in fake.requests)


@pytest.mark.slow
def test_what_is_hidden_or_closed_is_unknown_and_never_zero(workspace: Workspace) -> None:
    fake = Fake()
    report = fetched(workspace, fake, "@person2", "@person3", lists=("posts", "replies"), each=5, posts=1)
    assert kept(workspace, f"SELECT followers FROM accounts WHERE account = 'youtube:{channel(2)}'") == [(None,)]
    assert kept(
        workspace,
        f"SELECT DISTINCT likes, replies FROM posts WHERE account = 'youtube:{channel(3)}' AND kind IS DISTINCT FROM 'reply'",
    ) == [(None, None)]
    assert any("has disabled comments" in sentence for sentence in report.coverage.sentences)


def test_a_spent_quota_stops_the_fetch_until_it_begins_anew(workspace: Workspace) -> None:
    fake = Fake(units=3)
    report = fetched(workspace, fake, ANN)
    assert isinstance(report.refused, SourceLimitError)
    assert report.refused.until == datetime(2026, 6, 1, 7, 0, tzinfo=UTC).timestamp(), "midnight in California"
    assert "quota" in report.because
    fake.units = 10_000
    assert resume(workspace, client=fake.client()).done
    assert kept(workspace, "SELECT count(*) FROM posts WHERE views IS NOT NULL") == [(12,)]


def test_a_dry_run_says_how_many_units_it_takes_at_most(workspace: Workspace) -> None:
    fake = Fake(page=100)
    asked = Asked(source="youtube", who=(ANN, "@person1"), lists=("posts", "replies"), each=50, posts=2)
    said = forecast(asked, YOUTUBE)
    assert said.quota == f"{said.requests} of the 10,000 units of a day"
    fetch(workspace, asked, client=fake.client())
    assert len(fake.requests) <= said.requests <= len(fake.requests) + 8


def test_without_a_key_the_open_ways_are_said(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROUNDSWELL_YOUTUBE_LOGIN")
    with pytest.raises(LoginNeededError, match="YouTube Studio"):
        fetched(workspace, Fake(), ANN)
    assert all_fetches(workspace.state) == []


@pytest.mark.slow
def test_a_wrong_key_is_said_in_the_words_of_the_network(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDSWELL_YOUTUBE_LOGIN", "wrong")
    report = fetched(workspace, Fake(), ANN)
    assert any("API key not valid" in sentence for sentence in report.coverage.sentences)


@pytest.mark.slow
def test_the_key_never_enters_the_workspace(workspace: Workspace) -> None:
    fetched(workspace, Fake(), ANN)
    assert not [
        path for path in workspace.folder.rglob("*") if path.is_file() and KEY.encode() in Path(path).read_bytes()
    ]


@pytest.mark.slow
def test_who_is_not_there_is_said_and_what_is_gone_is_purged(workspace: Workspace) -> None:
    fake = Fake()
    fetched(workspace, fake, channel(0), "@person1", each=5)
    fake.deleted |= {channel(1), video(0, 11)}
    report = fetched(workspace, fake, channel(1), f"https://youtu.be/{video(0, 11)}", "@nosuchone")
    said = " ".join(report.coverage.sentences)
    assert channel(1) in said
    assert "@nosuchone" in said
    gone = purge(workspace).gone
    assert (gone["account"], gone["post"]) == (1, 1)
    assert kept(workspace, f"SELECT count(*) FROM posts WHERE post = 'youtube:{video(0, 11)}'") == [(0,)]


@pytest.mark.slow
def test_words_are_searched_for_only_where_the_network_is_named(workspace: Workspace) -> None:
    report = fetched(workspace, Fake(), "vegan beans", people=3, each=5)
    assert report.coverage.people == 3
    with pytest.raises(UsageError):
        YOUTUBE.named("ann")


def test_nothing_is_measured_of_what_came_raw_until_the_amendment_is_accepted(workspace: Workspace) -> None:
    fetched(workspace, Fake(), ANN, each=5)
    before = workspace.version()
    assert rows(workspace, "SELECT count(*) FROM accounts") == [(0,)], "nothing that measures can see it"
    assert kept(workspace, "SELECT count(*) > 0 FROM accounts") == [(True,)]
    workspace.state.agree("youtube")
    assert workspace.version() != before
    assert rows(workspace, "SELECT count(*) > 0 FROM accounts") == [(True,)]
    workspace.state.agree("youtube", withdraw=True)
    assert workspace.version() == before
    assert rows(workspace, "SELECT count(*) FROM accounts") == [(0,)]


@pytest.mark.slow
def test_what_came_raw_goes_after_thirty_days_unless_the_amendment_is_accepted(workspace: Workspace) -> None:
    fetched(workspace, Fake(), ANN, each=5)
    late = datetime(2026, 7, 2, tzinfo=UTC)
    assert purge(workspace, now=datetime(2026, 6, 20, tzinfo=UTC), dry_run=True).expired == ()
    workspace.state.agree("youtube")
    assert purge(workspace, now=late, dry_run=True).expired == ()
    workspace.state.agree("youtube", withdraw=True)
    assert purge(workspace, now=late).expired == (1,)
    assert kept(workspace, "SELECT count(*) FROM accounts") == [(0,)]


@pytest.mark.slow
def test_the_commands_show_numbers_as_they_came_and_note_an_agreement(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fetching.fetch.__kwdefaults__, "client", Fake().client())

    def said(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "-w", str(workspace.folder)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    assert "units of a day" in said("fetch", ANN, "--dry-run")
    assert "groundswell agree youtube" in said("fetch", ANN, "--each", "5")
    assert "1,000" in said("fetched", "youtube")
    assert "is measured" in said("agree", "youtube")
    assert "Nothing here measures" in said("agree", "youtube", "--withdraw")
    refused = CliRunner().invoke(app, ["agree", "bluesky", "-w", str(workspace.folder)])
    assert isinstance(refused.exception, UsageError)


def test_an_answer_of_another_program_is_no_answer(workspace: Workspace) -> None:
    fake = Fake()
    strange = fake.client(lambda _: answered(b'{"items": []}'))
    report = fetch(workspace, Asked(source="youtube", who=(ANN,)), client=strange, sources=SOURCES)
    assert any("not of the shape" in sentence for sentence in report.coverage.sentences)
