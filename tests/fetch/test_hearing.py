"""The live stream, before a fake of it: what is heard is kept, whatever becomes of the connection, and what is taken back goes.

`tests/network` puts the same program before the real firehose.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_bluesky import FOLLOW, LIKE, POST, Clock, Fake, tables
from fake_stream import STEP, Stream, commit, followed, left, liked, posted
from sqlalchemy import update
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import SourceSilentError, UsageError, WorkspaceBusyError
from groundswell.fetch import Asked, ListenReport, fetch, listen, listening, resume
from groundswell.fetch.hearing import GIVE_UP, LONGEST_WAIT, PAGE_EVENTS, REPLAYED, Bounds, Hearing
from groundswell.ingest import import_file
from groundswell.sources.networks import SOURCES
from groundswell.sources.streaming import LostError
from groundswell.store import Workspace
from groundswell.store.fetches import all_fetches, fetches, pages_of, streams
from groundswell.store.looks import latest_cursor

LIVE = SOURCES["bluesky"].live
NOW = int(datetime(2026, 6, 2, tzinfo=UTC).timestamp() * 1e6)


class Heard:
    """One run of the loop alone: what it kept, page by page."""

    def __init__(self, stream: Stream, since: int | None = None, **bounds: Any) -> None:
        assert LIVE
        self.pages: list[tuple[bytes, int, str | None]] = []
        self.hearing = Hearing(
            live=LIVE, people=["did:plc:a"], since=since, keep=lambda *said: self.pages.append((said[0], said[1], said[3])),
            open_channel=stream.open, bounds=Bounds(**({"seconds": 60.0} | bounds)), clock=stream.clock.now,
            sleep=stream.clock.sleep, chance=lambda: 1.0,
        )  # fmt: skip

    @property
    def events(self) -> int:
        return sum(number for _, number, _ in self.pages)


def stream_of(number: int, **more: Any) -> Stream:
    """A stream of so many posts, the last of them a minute ago."""
    begun = NOW - (number + 60) * STEP
    events = [posted("did:plc:a", begun + at * STEP, f"3k{at:011d}") for at in range(number)]
    return Stream(Clock(NOW / 1e6), list(events), **more)


def test_pages_are_bounded_and_each_is_kept_with_the_place_after_it() -> None:
    heard = Heard(stream_of(2 * PAGE_EVENTS + 20))
    assert heard.hearing.run() == "The time is over."
    assert [number for _, number, _ in heard.pages] == [PAGE_EVENTS, PAGE_EVENTS, 20]
    assert [place for _, _, place in heard.pages] == [str(NOW - (60 + back) * STEP) for back in (521, 21, 1)]


def test_whose_acts_are_wanted_is_said_before_anything_comes() -> None:
    stream = stream_of(3)
    Heard(stream).hearing.run()
    (greeting,) = stream.greeted
    assert (greeting["wantedDids"], POST in greeting["wantedCollections"]) == (["did:plc:a"], True)
    assert stream.closed == 1


def test_a_lost_connection_is_made_again_elsewhere_after_a_wait_that_doubles_and_hears_some_seconds_twice() -> None:
    stream = stream_of(30, breaks=[10, LostError("no"), LostError("no"), 12])
    heard = Heard(stream, seconds=300.0)
    heard.hearing.run()
    assert heard.hearing.lost == 4
    assert len({server for server, _ in stream.asked}) == 4
    tenth = NOW - 81 * STEP
    assert [since for _, since in stream.asked[1:4]] == [tenth - int(REPLAYED) * STEP] * 3
    assert [one for one in stream.clock.slept if one != 0.5] == [1.0, 2.0, 4.0, 1.0]
    keys = {f"3k{at:011d}" for at in range(30)}
    assert all(any(one.encode() in page for page, _, _ in heard.pages) for one in keys)
    assert heard.events == 30 + 2 * (int(REPLAYED) + 1)


def test_more_that_happened_in_a_few_seconds_than_a_connection_lasts_for_is_not_heard_for_ever() -> None:
    stream = stream_of(0)
    stream.events = [posted("did:plc:a", NOW - 60 * STEP + at * (STEP // 40), f"3k{at:011d}") for at in range(400)]
    stream.breaks = [50] * 10_000  # of 200 events in five seconds
    heard = Heard(stream, seconds=300.0)
    assert heard.hearing.run() == "The time is over."
    assert all(any(f"3k{at:011d}".encode() in page for page, _, _ in heard.pages) for at in range(400))


def test_a_server_that_asks_to_be_left_alone_is_left_alone() -> None:
    stream = stream_of(1, breaks=[LostError("status 429", 33.0)])
    Heard(stream).hearing.run()
    assert stream.clock.slept[0] == 33.0


def test_nobody_who_answers_is_given_up_on_in_a_bounded_time() -> None:
    stream = stream_of(1, breaks=[LostError("down")] * 1_000)
    begun = stream.clock.now()
    with pytest.raises(SourceSilentError, match="did not answer for 15 minutes"):
        Heard(stream, seconds=None).hearing.run()
    assert stream.clock.now() - begun <= GIVE_UP + LONGEST_WAIT
    assert len(stream.asked) < 40


def test_a_connection_that_was_quiet_for_long_and_is_lost_is_no_reason_to_give_up() -> None:
    stream = stream_of(0)
    stream.breaks = [int(2 * GIVE_UP)]
    heard = Heard(stream, seconds=2 * GIVE_UP)
    assert heard.hearing.run() == "The time is over."
    assert heard.hearing.lost == 1


@pytest.mark.parametrize("torn", [b'{"did": "did:plc:a", "time_us": 17', b"\xff\xfe\x00", b"[" * 5_000, b"", b"null", b'"x"', b"[1]", b"{}"])  # fmt: skip
def test_what_is_no_event_is_kept_does_not_stop_anything_and_moves_no_place(torn: bytes) -> None:
    stream = stream_of(3)
    stream.events.insert(2, torn)
    heard = Heard(stream)
    heard.hearing.run()
    ((page, number, place),) = heard.pages
    assert (number, place) == (4, str(NOW - 61 * STEP))
    assert len(json.loads(page)["events"]) == 4


def test_an_event_from_the_future_does_not_move_the_place_in_the_stream() -> None:
    stream = stream_of(3)
    stream.events.append(posted("did:plc:a", NOW + 365 * 86_400 * STEP, "3kfuture"))
    heard = Heard(stream)
    heard.hearing.run()
    assert heard.pages[-1][2] == str(NOW - 61 * STEP)


def test_it_ends_at_the_present_when_that_is_wanted() -> None:
    stream = stream_of(3)
    stream.events.append(posted("did:plc:a", NOW - STEP, "3know"))
    heard = Heard(stream, seconds=None, until_now=True)
    assert heard.hearing.run() == "It has caught up with the present."
    assert heard.events == 4


def test_silence_ends_a_run_to_the_present_and_moves_nothing() -> None:
    heard = Heard(stream_of(3), seconds=None, until_now=True)
    assert heard.hearing.run() == "Nothing came for 60 seconds."
    assert heard.pages[-1][2] == str(NOW - 61 * STEP)


# -- into a workspace ----------------------------------------------------------------------------------------------------------

ASKED = Asked(
    source="bluesky", who=("@person0.bsky.social", "@person1.bsky.social"), lists=("posts", "repository"), each=50
)


@pytest.fixture
def fetched(workspace: Workspace) -> Fake:
    """Two people with all that they did, fetched two hours ago."""
    fake = Fake()
    fetch(workspace, ASKED, client=fake.client())
    with workspace.state.transaction() as connection:
        connection.execute(update(fetches).values(started_at=(datetime.now(UTC) - timedelta(hours=2)).isoformat()))
    return fake


def now() -> int:
    return int(datetime.now(UTC).timestamp() * 1e6)


def stream_now(*events: Any) -> Stream:
    """A stream whose clock is the machine's: waiting costs no time, so a run ends by silence at once."""
    return Stream(Clock(), list(events))


def heard_by(workspace: Workspace, stream: Stream, **more: Any) -> ListenReport:
    return listen(workspace, stream=stream.opener, **({"until_now": True, "quiet": 0.2} | more))


def rows(workspace: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with workspace.engine() as engine:
        return engine.rows(sql)


def test_new_acts_come_and_what_is_taken_back_goes(workspace: Workspace, fetched: Fake) -> None:
    first, second = fetched.dids[:2]
    at, old = now() - 60 * STEP, fetched.uri(0, 3)
    [followed_before] = fetched.follows(0)[:1]
    events = [
        posted(first, at, "3knew"), liked(second, at + 1, "3klike", old), followed(first, at + 2, "3kfollow", fetched.dids[29]),
        liked(first, at + 3, "3kgone", fetched.uri(1, 1)), commit(first, at + 4, LIKE, "3kgone"),
        commit(first, at + 5, POST, old.rpartition("/")[2]), commit(first, at + 6, FOLLOW, f"3k{followed_before:011d}"),
    ]  # fmt: skip
    report = heard_by(workspace, stream_now(*events))
    assert (report.people, report.events, report.gap) == (2, 7, "")
    assert report.purged
    assert report.purged.gone == {"account": 0, "post": 1, "act": 2}
    posts = {one for (one,) in rows(workspace, "SELECT post FROM posts")}
    assert f"bluesky:at://{first}/{POST}/3knew" in posts
    assert f"bluesky:{old}" not in posts
    assert rows(workspace, "SELECT * FROM interactions WHERE verb = 'like'") == [], "one was of the post that is gone"
    whom = {one for (one,) in rows(workspace, f"SELECT followed FROM follows WHERE follower = 'bluesky:{first}'")}
    kept = {fetched.dids[one] for one in fetched.follows(0)[1:]} | {fetched.dids[29]}
    assert whom == {f"bluesky:{one}" for one in kept}


def test_somebody_who_leaves_is_gone_with_all_they_did(workspace: Workspace, fetched: Fake) -> None:
    heard_by(workspace, stream_now(left(fetched.dids[1], now())))
    assert rows(workspace, "SELECT DISTINCT account FROM posts") == [(f"bluesky:{fetched.dids[0]}",)]


def test_what_is_heard_twice_is_there_once_and_the_next_run_goes_on_where_this_one_stopped(
    workspace: Workspace, fetched: Fake
) -> None:
    at = now() - 60 * STEP
    events = [posted(fetched.dids[0], at + number * STEP, f"3k{number}", f"loaf {number}") for number in range(20)]
    stream = stream_now(*events)
    heard_by(workspace, stream)
    assert latest_cursor(workspace.state, "bluesky", "live") == str(at + 19 * STEP)
    before = tables(workspace)
    again = stream_now(*events)
    report = heard_by(workspace, again)
    assert again.asked[0][1] == at + 19 * STEP - int(REPLAYED * STEP)
    assert report.events == 6
    assert tables(workspace) == before


def test_a_piece_that_was_killed_is_brought_by_the_next_run(
    workspace: Workspace, fetched: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def killed(*_: Any, **__: Any) -> None:
        raise KilledError

    stream = stream_now(posted(fetched.dids[0], now(), "3kkilled"))
    with monkeypatch.context() as patched:
        patched.setattr("groundswell.fetch.listening.bring", killed)
        with pytest.raises(KilledError):
            heard_by(workspace, stream)
    assert [one.state for one in all_fetches(workspace.state)] == ["done", "open"]
    with pytest.raises(UsageError, match="No fetch is open"):
        resume(workspace, client=fetched.client())
    heard_by(workspace, stream_now())
    assert [one.state for one in all_fetches(workspace.state)] == ["done", "done", "done"]
    assert rows(workspace, "SELECT count(*) FROM posts WHERE contains(post, '3kkilled')") == [(1,)]


def test_torn_events_and_unknown_kinds_are_set_aside_or_counted_as_empty(workspace: Workspace, fetched: Fake) -> None:
    at = now() - 60 * STEP
    odd = {"did": fetched.dids[0], "time_us": at, "kind": "something new", "payload": {}}
    report = heard_by(workspace, stream_now(odd, b'{"torn', posted(fetched.dids[0], at, "3kafter")))
    (one,) = report.brought
    assert (one.rows, one.empty, one.set_aside) == (3, 1, 1)


def test_who_was_away_longer_than_the_network_keeps_is_told_what_may_be_missing(
    workspace: Workspace, fetched: Fake
) -> None:
    old = now() - int(timedelta(days=3) / timedelta(microseconds=1))
    heard_by(workspace, stream_now(posted(fetched.dids[0], now(), "3kold")))
    with workspace.state.transaction() as connection:
        connection.execute(update(streams).where(streams.c.name == "live").values(cursor=str(old)))
    again = stream_now()
    report = heard_by(workspace, again)
    assert "may be missing" in report.gap
    assert again.asked[0][1] is not None
    assert again.asked[0][1] > now() - 86_500 * STEP


def test_a_long_run_is_brought_in_piece_by_piece(
    workspace: Workspace, fetched: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "PIECE_EVENTS", PAGE_EVENTS)
    at = now() - 3_600 * STEP
    events = [posted(fetched.dids[0], at + number * 1_000, f"3k{number:06d}") for number in range(PAGE_EVENTS + 5)]
    report = heard_by(workspace, stream_now(*events))
    assert [one.rows for one in report.brought] == [PAGE_EVENTS, 5]
    assert len(pages_of(workspace.state, 2)) == 1


def test_people_can_be_fetched_meanwhile_and_what_cannot_be_brought_in_waits(
    workspace: Workspace, fetched: Fake
) -> None:
    busy = ExitStack()

    def meanwhile() -> None:
        assert fetch(workspace, replace(ASKED, who=("@person5.bsky.social",)), client=fetched.client()).done
        with pytest.raises(WorkspaceBusyError):
            heard_by(workspace, stream_now())
        busy.enter_context(workspace.writing())
        raise KeyboardInterrupt

    stream = stream_now(posted(fetched.dids[0], now() - 60 * STEP, "3kwaits"))
    stream.after = meanwhile
    with busy:
        report = heard_by(workspace, stream, quiet=60.0)
    assert (report.brought, report.waiting) == ((), 1)
    assert heard_by(workspace, stream_now()).waiting == 0
    assert rows(workspace, "SELECT count(*) FROM posts WHERE contains(post, '3kwaits')") == [(1,)]


def test_nobody_to_listen_to_is_said(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="nobody to listen to"):
        heard_by(workspace, stream_now())


def test_the_command_reads_as_a_sentence(workspace: Workspace, fetched: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = stream_now(posted(fetched.dids[0], now(), "3know"))
    monkeypatch.setitem(listen.__kwdefaults__, "stream", stream.opener)
    done = CliRunner().invoke(app, ["listen", "--until-caught-up", "-w", str(workspace.folder)])
    assert done.exit_code == 0, done.output
    assert "Listened to 2 people of bluesky: 1 event. It has caught up with the present." in done.output
    refused = CliRunner().invoke(app, ["listen", "--for", "soon", "-w", str(workspace.folder)])
    assert "90s, 10m, 2h or 1d" in str(refused.exception)


def test_ctrl_c_keeps_and_brings_what_was_heard(workspace: Workspace, fetched: Fake) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    stream = stream_now(posted(fetched.dids[0], now(), "3kctrlc"))
    stream.after = stop
    report = heard_by(workspace, stream, until_now=False)
    assert report.because == "It was stopped by hand."
    assert rows(workspace, "SELECT count(*) FROM posts WHERE contains(post, '3kctrlc')") == [(1,)]


@pytest.mark.slow
def test_who_is_fetched_meanwhile_is_heard_from_the_next_piece_on_since_their_fetch(
    workspace: Workspace, fetched: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, newcomer = fetched.dids[0], fetched.dids[5]
    stream = stream_now(posted(first, now() - 3_600 * STEP, "3kfirst"))
    stream.events.append(posted(newcomer, now() - 120 * STEP, "3kbetween"))
    begun = datetime.now(UTC) - timedelta(seconds=300)

    def meanwhile() -> None:
        stream.after = lambda: None
        fetch(workspace, replace(ASKED, who=("@person5.bsky.social",)), client=fetched.client())
        with workspace.state.transaction() as connection:
            connection.execute(update(fetches).where(fetches.c.id == 3).values(started_at=begun.isoformat()))
        monkeypatch.setattr(listening, "PIECE_SECONDS", 0.0)
        stream.events.append(posted(first, now(), "3klater"))

    stream.after = meanwhile
    heard_by(workspace, stream, until_now=False, seconds=30.0)
    assert newcomer not in stream.greeted[0]["wantedDids"]
    assert newcomer in stream.greeted[1]["wantedDids"]
    assert len(stream.greeted) == 2, "and the same people are greeted once"
    assert stream.asked[1][1] == int(begun.timestamp() * 1e6) - int(REPLAYED * STEP)
    assert rows(workspace, "SELECT count(*) FROM posts WHERE contains(post, '3kbetween')") == [(1,)]


@pytest.mark.slow
def test_who_was_fetched_after_a_run_is_heard_since_their_fetch_by_the_next(
    workspace: Workspace, fetched: Fake
) -> None:
    at = now() - 60 * STEP
    heard_by(workspace, stream_now(posted(fetched.dids[0], at, "3kone")))
    fetch(workspace, replace(ASKED, who=("@person5.bsky.social",)), client=fetched.client())
    begun = datetime.now(UTC) - timedelta(seconds=300)
    with workspace.state.transaction() as connection:
        connection.execute(update(fetches).where(fetches.c.id == 3).values(started_at=begun.isoformat()))
    begin = int(begun.timestamp() * 1e6)
    second = posted(fetched.dids[5], at, "3ktwo")
    for events, since in (((), begin), ((second,), begin), ((), at)):
        stream = stream_now(*events)
        heard_by(workspace, stream)
        assert stream.asked[0][1] == since - int(REPLAYED * STEP)


def test_an_id_of_a_file_that_the_network_never_gave_does_not_stand_in_the_greeting(
    workspace: Workspace, fetched: Fake, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "platform,account,handle,followers\nbluesky,bluesky:nobody,nobody.x.y,5\nbluesky,bluesky:did:plc:a b,b.x.y,5\n"
    )
    import_file(workspace, file)
    assert rows(workspace, "SELECT count(*) FROM accounts WHERE handle IN ('nobody.x.y', 'b.x.y')") == [(2,)]
    stream = stream_now()
    heard_by(workspace, stream)
    assert set(stream.greeted[0]["wantedDids"]) == set(fetched.dids[:2])
