"""What may not be kept leaves the disk: deletes of a network, what terms let be kept no longer, copies that were replaced."""

from __future__ import annotations

import itertools
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from fake_bluesky import Fake

from groundswell.cli.fetched import purged_lines
from groundswell.fetch import Asked, fetch, refresh, resume
from groundswell.fetch import purging as fetch_purging
from groundswell.fetch.bringing import bring
from groundswell.ingest import import_file
from groundswell.sources.networks import SOURCES
from groundswell.store import State, Workspace, anybody_gone, facts, purge, purging, state
from groundswell.store.fetches import Noted, ToOpen, begin_fetch, end_fetch, note_page, streams_of
from groundswell.store.unions import all_unions, say

ASKED = Asked(
    source="bluesky", who=("@person0.bsky.social", "@person1.bsky.social"), lists=("posts", "followers"), each=10
)
LATER = datetime(2026, 7, 1, tzinfo=UTC)


def on_disk(workspace: Workspace, words: str) -> list[str]:
    """Files below the workspace in which some words stand: raw pages unpacked, tables read column by column."""
    import pyarrow.parquet as pq

    found = []
    for path in sorted(one for one in workspace.folder.rglob("*") if one.is_file()):
        if path.suffix == ".zst":
            holds = words.encode() in workspace.raw.read(path.stem)
        elif path.suffix == ".parquet":
            holds = words in str(pq.read_table(path).to_pylist())
        else:
            holds = path.name != "groundswell.db" and words.encode() in path.read_bytes()
        found += [path.relative_to(workspace.folder).as_posix()] if holds else []
    return found


def count(workspace: Workspace, sql: str) -> int:
    with workspace.engine() as engine:
        return engine.rows(sql)[0][0]


def test_a_deleted_post_is_gone_from_view_tables_files_and_raw_pages(workspace: Workspace) -> None:
    fake = Fake()
    fetch(workspace, ASKED, client=fake.client())
    uri = fake.uri(0, 11)
    assert on_disk(workspace, uri)
    fake.deleted_posts.add(uri)
    again = Asked(source="bluesky", who=(f"https://bsky.app/profile/{fake.dids[0]}/post/{uri.rpartition('/')[2]}",))
    fetch(workspace, again, client=fake.client())
    dry = purge(workspace, dry_run=True)
    assert (dry.gone["post"], dry.done) == (1, False)
    assert on_disk(workspace, uri)
    done = purge(workspace)
    assert replace(done, done=False) == dry
    assert on_disk(workspace, uri) == []
    assert count(workspace, "SELECT count(*) FROM posts") == 19
    assert purge(workspace).rows == 0


def test_a_follow_that_an_event_takes_back_is_gone_with_its_address(workspace: Workspace) -> None:
    fake = Fake()
    fetch(workspace, replace(ASKED, who=ASKED.who[:1], lists=("repository",)), client=fake.client())
    before = count(workspace, "SELECT count(*) FROM follows")
    taken_back = fake.follows(0)[0]
    key = f"3k{taken_back:011d}"
    commit = {"operation": "delete", "collection": "app.bsky.graph.follow", "rkey": key}
    event = {"kind": "commit", "did": fake.dids[0], "time_us": LATER.timestamp() * 1e6, "commit": commit}
    body = json.dumps({"events": [event]}).encode()
    number = begin_fetch(workspace.state, "bluesky", ASKED.as_json(), [ToOpen("live", "", 0, 0)])
    [stream] = streams_of(workspace.state, number)
    noted = Noted(workspace.raw.keep(body), len(body), 1, 200, LATER, stream={"state": "done"})
    note_page(workspace.state, stream, noted, requests=1, repeated=0)
    bring(workspace, SOURCES["bluesky"], number)
    assert purge(workspace).gone["act"] == 1
    assert count(workspace, "SELECT count(*) FROM follows") == before - 1
    assert on_disk(workspace, f"app.bsky.graph.follow/{key}") == []


@pytest.mark.slow
def test_somebody_who_left_is_gone_with_all_they_did(workspace: Workspace) -> None:
    fake = Fake()
    fetch(workspace, ASKED, client=fake.client())
    fake.deleted_people.add(1)
    refresh(workspace, now=LATER, client=fake.client())
    before = workspace.version()
    assert purge(workspace).gone["account"] == 1
    assert workspace.version() != before
    assert on_disk(workspace, fake.dids[1]) == []
    assert count(workspace, "SELECT count(*) FROM posts") == 10


@pytest.mark.slow
def test_after_a_purge_a_fetch_that_goes_on_brings_nobody_back(workspace: Workspace) -> None:
    fake = Fake()
    fetch(workspace, replace(ASKED, requests=4), client=fake.client())
    fake.deleted_people.add(1)
    refresh(workspace, now=LATER, client=fake.client())
    purge(workspace)
    kept = count(workspace, "SELECT count(*) FROM posts")
    resume(workspace, 1, requests=100, client=fake.client())
    assert on_disk(workspace, f"at://{fake.dids[1]}/app.bsky.feed.post") == []
    assert count(workspace, "SELECT count(*) FROM posts") >= kept


@pytest.mark.slow
def test_what_terms_let_be_kept_no_longer_is_purged_in_time(workspace: Workspace) -> None:
    short = {"bluesky": replace(SOURCES["bluesky"], retention_days=30)}
    fetch(workspace, ASKED, sources=short, client=Fake().client())
    assert purge(workspace, now=datetime(2026, 6, 20, tzinfo=UTC)).expired == ()
    done = purge(workspace, now=datetime(2026, 7, 2, tzinfo=UTC))
    assert done.expired == (1,)
    assert count(workspace, "SELECT count(*) FROM accounts") == 0
    assert on_disk(workspace, "sourdough") == []
    assert workspace.state.import_by_id(1).purged_at


def test_what_a_killed_fetch_kept_leaves_in_time_though_nobody_ever_goes_on_with_it(workspace: Workspace) -> None:
    short = {"bluesky": replace(SOURCES["bluesky"], retention_days=30)}
    number = kept(workspace, "followers", "did:plc:star", followers(1), at=datetime(2026, 6, 1, tzinfo=UTC))
    [dry, young, old] = [
        fetch_purging.purge(workspace, sources=short, dry_run=dry, now=datetime(2026, month, day, tzinfo=UTC))
        for dry, month, day in ((True, 6, 30), (False, 6, 30), (False, 7, 2))
    ]
    assert (dry.unbrought, dry.pages) == ((number,), 0)
    assert "brings it in first" in " ".join(purged_lines(dry))
    assert (young.unbrought, young.expired, old.expired) == ((), (), (1,))
    assert on_disk(workspace, "did:plc:p001") == []


def test_who_left_is_taken_out_of_what_a_killed_fetch_kept(workspace: Workspace) -> None:
    kept(workspace, "followers", "did:plc:star", followers(1, 2))
    say_gone(workspace, "did:plc:p001", datetime(2027, 1, 1, tzinfo=UTC))
    done = fetch_purging.purge(workspace)
    assert (done.gone["account"], done.waiting, on_disk(workspace, "did:plc:p001")) == (1, 0, [])
    assert count(workspace, "SELECT count(*) FROM accounts WHERE account = 'bluesky:did:plc:p002'") == 1


def test_what_a_fetch_keeps_that_is_under_way_is_left_to_it(workspace: Workspace) -> None:
    number = kept(workspace, "followers", "did:plc:star", followers(1))
    with Workspace(workspace.folder).fetching():
        assert fetch_purging.purge(workspace).unbrought == (number,)
    assert workspace.state.imports() == []


def test_what_may_not_be_kept_any_longer_is_not_shown_or_measured_though_nobody_purged(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = replace(SOURCES["bluesky"], retention_days=30)
    bring(
        workspace,
        short,
        kept(workspace, "followers", "did:plc:star", followers(1), at=datetime(2026, 6, 1, tzinfo=UTC)),
    )
    version = workspace.version()
    assert count(workspace, "SELECT count(*) FROM accounts") == 1
    monkeypatch.setattr(State, "clock", staticmethod(lambda: datetime(2026, 7, 2, tzinfo=UTC)))
    assert count(workspace, "SELECT count(*) FROM accounts") == 0
    assert workspace.version() != version
    with workspace.engine(raw=True) as engine:
        assert engine.rows("SELECT count(*) FROM accounts") == [(0,)]
    workspace.state.agree("bluesky")
    assert count(workspace, "SELECT count(*) FROM accounts") == 1


@pytest.mark.slow
def test_an_import_that_was_replaced_leaves_the_disk_and_changes_nothing_that_is_seen(workspace: Workspace) -> None:
    fake = Fake()
    fetch(workspace, replace(ASKED, requests=3), client=fake.client())
    resume(workspace, requests=100, client=fake.client())
    before = count(workspace, "SELECT count(*) FROM posts")
    assert purge(workspace).replaced == (1,)
    assert count(workspace, "SELECT count(*) FROM posts") == before


@pytest.mark.slow
def test_what_was_computed_before_a_purge_is_not_kept(workspace: Workspace) -> None:
    fake = Fake()
    fetch(workspace, ASKED, client=fake.client())
    old: Path = workspace.cache
    old.mkdir(exist_ok=True)
    (old / "finding").write_text(fake.dids[1])
    fake.deleted_people.add(1)
    refresh(workspace, now=LATER, client=fake.client())
    purge(workspace)
    assert workspace.cache != old
    assert not old.exists()


@pytest.mark.usefixtures("unread")
def test_nothing_to_purge_changes_nothing(workspace: Workspace) -> None:
    before = workspace.version()
    done = purge(workspace)
    assert (done.rows, done.pages, workspace.version()) == (0, 0, before)


@pytest.mark.slow
def test_a_purge_between_a_kill_and_the_next_run_drops_no_page_that_is_not_brought_in(workspace: Workspace) -> None:
    fake = Fake()
    fetch(workspace, ASKED, client=fake.client())
    # A piece of the stream that was killed before it was brought in: it speaks of somebody who leaves, and of somebody who stays.
    words = [
        {"$type": "app.bsky.feed.post", "text": f"more sourdough {n}", "createdAt": "2026-06-01T10:00:00Z"}
        for n in (0, 1)
    ]
    commits = [
        {
            "operation": "create",
            "collection": "app.bsky.feed.post",
            "rkey": f"3kwaits{n}",
            "cid": "x",
            "record": words[n],
        }
        for n in (0, 1)
    ]
    events = [
        {"kind": "commit", "did": fake.dids[n], "time_us": LATER.timestamp() * 1e6, "commit": commits[n]}
        for n in (0, 1)
    ]
    body = json.dumps({"events": events}).encode()
    number = begin_fetch(workspace.state, "bluesky", replace(ASKED, live=True).as_json(), [ToOpen("live", "", 0, 0)])
    [stream] = streams_of(workspace.state, number)
    noted = Noted(workspace.raw.keep(body), len(body), 2, 200, LATER, stream={"state": "open"})
    note_page(workspace.state, stream, noted, requests=1, repeated=0)
    fake.deleted_people.add(1)
    refresh(workspace, now=LATER, client=later(fake))
    done = purge(workspace)
    assert (done.gone["account"], done.waiting) == (1, 1)
    assert "not brought in yet" in " ".join(purged_lines(done))
    bring(workspace, SOURCES["bluesky"], number)
    end_fetch(workspace.state, number, done=True, because="")
    assert count(workspace, "SELECT count(*) FROM posts WHERE text = 'more sourdough 0'") == 1, "who stays lost nothing"
    again = purge(workspace)
    assert (again.gone["account"], again.waiting) == (1, 0)
    assert count(workspace, "SELECT count(*) FROM posts WHERE text LIKE 'more sourdough%'") == 1
    assert on_disk(workspace, fake.dids[1]) == []
    assert purge(workspace).gone["account"] == 0, "and then nobody knows of them any more"


# -- one after another, and at once ------------------------------------------------------------------------------------------


def kept(
    workspace: Workspace,
    stream: str,
    subject: str,
    *bodies: Any,
    status: int = 200,
    at: datetime = LATER,
    live: bool = False,
) -> int:
    """A fetch of one stream that kept these pages."""
    asked = replace(ASKED, live=live).as_json()
    number = begin_fetch(workspace.state, "bluesky", asked, [ToOpen(stream, subject, 0, 0)])
    for body in bodies:
        keep(workspace, number, body, status, at)
    return number


def keep(workspace: Workspace, number: int, said: Any, status: int = 200, at: datetime = LATER) -> str:
    [stream] = streams_of(workspace.state, number)
    body = json.dumps(said).encode()
    noted = Noted(
        workspace.raw.keep(body), len(body), 1, status, at, stream={"state": "gone" if status != 200 else "open"}
    )
    note_page(workspace.state, stream, noted, requests=1, repeated=0)
    return noted.hash


def followers(*numbers: int) -> Any:
    return {"followers": [{"did": f"did:plc:p{number:03}", "handle": f"p{number}.b.social"} for number in numbers]}


def say_gone(workspace: Workspace, did: str, at: datetime = LATER) -> None:
    said = {"error": "AccountTakedown", "message": "Account has been suspended"}
    bring(workspace, SOURCES["bluesky"], kept(workspace, "profile", did, said, status=400, at=at))


def test_a_page_that_a_fetch_keeps_while_a_purge_runs_stays(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = kept(workspace, "followers", "did:plc:star", followers(1))
    meanwhile = purging.responses_of

    def also_kept(state: Any) -> set[str]:
        found = meanwhile(state)
        keep(workspace, number, followers(2))
        return found

    monkeypatch.setattr(purging, "responses_of", also_kept)
    assert purge(workspace).pages == 0
    report = bring(workspace, SOURCES["bluesky"], number)
    assert report
    assert (report.rows, report.set_aside) == (2, 0)


def test_only_what_nobody_refers_to_for_an_hour_was_left_behind(workspace: Workspace) -> None:
    name = workspace.raw.keep(b"{}")
    [path] = workspace.raw.folder.glob("*/*.zst")
    part = path.with_suffix(".part")
    part.write_bytes(b"being written")
    assert purge(workspace).pages == 0
    assert part.exists()
    for one in (path, part):
        os.utime(one, (0, 0))
    workspace.raw.keep(b"{}")
    assert purge(workspace).pages == 0, "it was wanted again"
    assert workspace.raw.read(name) == b"{}"
    assert not part.exists()
    os.utime(path, (0, 0))
    assert purge(workspace).pages == 1
    assert not path.exists()


def test_a_page_that_cannot_be_read_is_set_aside_and_stops_neither_bringing_nor_purging(workspace: Workspace) -> None:
    number = kept(workspace, "followers", "did:plc:star", followers(1), followers(2))
    torn = workspace.raw.folder.glob("*/*.zst").__next__()
    torn.write_bytes(b"torn")
    say_gone(workspace, "did:plc:p009")
    assert purge(workspace).done
    report = bring(workspace, SOURCES["bluesky"], number)
    assert report
    assert (report.rows, report.set_aside) == (2, 1)
    assert "cannot be read" in report.examples[0].reason
    say_gone(workspace, "did:plc:p009")
    assert purge(workspace).done


def test_a_purge_that_ends_while_bringing_waits_its_turn_is_seen(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = kept(workspace, "followers", "did:plc:star", followers(1), followers(2))
    bring(workspace, SOURCES["bluesky"], number)
    say_gone(workspace, "did:plc:p001")
    turn = workspace.writing

    def after_a_purge(patience: float = 0.0) -> Any:
        monkeypatch.setattr(workspace, "writing", turn)
        assert purge(workspace).pages
        return turn(patience)

    monkeypatch.setattr(workspace, "writing", after_a_purge)
    report = bring(workspace, SOURCES["bluesky"], number)
    assert report
    assert (report.rows, report.set_aside) == (1, 0)


def test_however_often_a_fetch_goes_on_after_a_purge_one_import_more_is_live(workspace: Workspace) -> None:
    number = kept(workspace, "followers", "did:plc:star", followers(1, 2), followers(3))
    bring(workspace, SOURCES["bluesky"], number)
    say_gone(workspace, "did:plc:p003")
    purge(workspace)
    for _ in range(3):
        bring(workspace, SOURCES["bluesky"], number)
    live = [one for one in workspace.state.imports() if one.state == "live" and one.options["fetch"] == number]
    assert [one.options["purged"] for one in live] == [0, 1]


# -- wherever it lies --------------------------------------------------------------------------------------------------------


def event(number: int, second: int, operation: str, **record: Any) -> Any:
    commit = {"operation": operation, "collection": "app.bsky.feed.post", "rkey": f"3k{number:011d}"}
    said = {"record": {"$type": "app.bsky.feed.post", "createdAt": "2026-06-01T10:00:00Z", **record}} if record else {}
    moment = int((LATER.timestamp() + second) * 1e6)
    return {"kind": "commit", "did": "did:plc:ann", "time_us": moment, "commit": commit | said}


def test_the_text_of_a_post_that_was_deleted_while_listening_leaves_the_disk(workspace: Workspace) -> None:
    said = (
        {"events": [event(1, 1, "create", text="what I took back")]},
        {"events": [event(2, 2, "create", text="what stays")]},
    )
    number = kept(workspace, "live", "", *said, {"events": [event(1, 9, "delete")]}, live=True)
    bring(workspace, SOURCES["bluesky"], number)
    end_fetch(workspace.state, number, done=True, because="")
    assert on_disk(workspace, "what I took back")
    assert purge(workspace).gone["post"] == 1
    assert on_disk(workspace, "what I took back") == []
    assert len(on_disk(workspace, "what stays")) == 2, "a page and a table"


def test_many_deletes_cost_as_many_commits_as_one(workspace: Workspace) -> None:
    made = [event(number, number, "create", text=f"loaf {number}") for number in range(40)]
    taken = [event(number, 100 + number, "delete") for number in range(30)]
    number = kept(workspace, "live", "", {"events": made}, {"events": taken}, live=True)
    bring(workspace, SOURCES["bluesky"], number)
    commits = workspace.folder / "facts" / "posts" / "_delta_log"
    before = len(list(commits.glob("*.json")))
    assert anybody_gone(workspace)
    done = purge(workspace)
    assert (done.gone["post"], count(workspace, "SELECT count(*) FROM posts")) == (30, 10)
    assert len(list(commits.glob("*.json"))) - before <= 3, "one write, and two of the vacuum"
    assert not anybody_gone(workspace)
    assert not any("3k0000" in one.read_text() for one in commits.glob("*.json")), "the log names nobody"


def test_rows_that_waited_for_an_id_under_a_handle_go_with_whom_it_belongs_to(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(
        "platform,author,text,created_at\nbluesky,@p1.b.social,words of one,2026-01-01\nbluesky,@p2.b.social,words of another,2026-01-01\n"
    )
    import_file(workspace, file, observed_at=datetime(2026, 6, 1, tzinfo=UTC))
    bring(workspace, SOURCES["bluesky"], kept(workspace, "followers", "did:plc:star", followers(1, 2)))
    say(workspace.state, "bluesky:did:plc:p001", "instagram:@p1", "same", ["both link to p1.example"])
    say(workspace.state, "bluesky:did:plc:p002", "instagram:@p2", "same", ["both link to p2.example"])
    say_gone(workspace, "did:plc:p001", datetime(2027, 1, 1, tzinfo=UTC))
    assert purge(workspace).gone["account"] == 1
    assert on_disk(workspace, "words of one") == []
    assert count(workspace, "SELECT count(*) FROM posts WHERE text = 'words of another'") == 1
    assert [one.one for one in all_unions(workspace.state, undone=True)] == ["bluesky:did:plc:p002"]


def test_what_could_not_be_used_of_somebody_who_is_gone_goes_as_well(workspace: Workspace) -> None:
    odd = [{"did": f"did:plc:p00{number}", "handle": 5, "createdAt": []} for number in (1, 2)]
    torn = [json.dumps(f"torn words of {one['did']}")[1:-1] for one in odd]
    number = kept(workspace, "live", "", {"events": torn}, live=True)
    report = bring(workspace, SOURCES["bluesky"], number)
    assert report
    assert report.set_aside == 2
    say_gone(workspace, "did:plc:p001")
    purge(workspace)
    files = [one for one in on_disk(workspace, "torn words") if one.endswith(".parquet")]
    assert len(files) == 1
    assert [one for one in on_disk(workspace, "did:plc:p001") if one.endswith(".parquet")] == []


def test_raw_pages_of_what_was_undone_go_when_that_is_wanted_and_only_those(workspace: Workspace) -> None:
    first = kept(workspace, "followers", "did:plc:star", followers(1), followers(2))
    second = kept(workspace, "followers", "did:plc:moon", followers(2))
    for one in (first, second):
        bring(workspace, SOURCES["bluesky"], one)
    keep(workspace, first, followers(3))
    workspace.undo(1)
    assert purge(workspace).pages == 0
    assert purge(workspace, undone=True).pages == 1
    assert on_disk(workspace, "p001") == []
    assert on_disk(workspace, "did:plc:p002"), "another fetch stands on it"
    assert on_disk(workspace, "did:plc:p003"), "it was not brought in yet"


def test_caches_that_a_killed_purge_left_go_with_the_next(workspace: Workspace) -> None:
    bring(workspace, SOURCES["bluesky"], kept(workspace, "followers", "did:plc:star", followers(1)))
    say_gone(workspace, "did:plc:p001")
    old = workspace.cache
    purge(workspace)
    old.mkdir()
    (old / "finding").write_text("did:plc:p001")
    purge(workspace)
    assert not old.exists()


class KilledError(BaseException):
    """The process is no more."""


@pytest.mark.slow
def test_a_purge_that_is_killed_anywhere_is_done_by_the_next(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "posts.csv"
    file.write_text("platform,author,text,created_at\nbluesky,@p1.b.social,words of one,2026-01-01\n")
    import_file(workspace, file, observed_at=datetime(2026, 6, 1, tzinfo=UTC))
    bring(workspace, SOURCES["bluesky"], kept(workspace, "followers", "did:plc:star", followers(1, 2), followers(3)))
    say_gone(workspace, "did:plc:p001", datetime(2027, 1, 1, tzinfo=UTC))
    last = 0
    for last in range(1, 60):
        each = Workspace(Path(copytree(workspace.folder, tmp_path / f"w{last}")))
        passed = itertools.count(1)

        def killed(_name: str, passed: Any = passed, last: int = last) -> None:
            if next(passed) == last:
                raise KilledError

        try:
            with monkeypatch.context() as patched:
                for module in (purging, facts, state):
                    patched.setattr(module, "crash_point", killed)
                purge(each)
        except KilledError:
            purge(each)
        else:
            break
        assert count(each, "SELECT count(*) FROM accounts WHERE account = 'bluesky:did:plc:p003'") == 1
        assert [one for name in ("did:plc:p001", "words of one") for one in on_disk(each, name)] == [], (
            f"killed at {last}"
        )
    assert 8 < last < 59


def later(fake: Fake) -> Any:
    """The client before a fake, after what the stream told."""
    opened = fake.client()

    def client(workspace: Workspace, source: Any) -> Any:
        found = opened(workspace, source)
        found.clock = lambda: LATER.timestamp() + 60
        return found

    return client
