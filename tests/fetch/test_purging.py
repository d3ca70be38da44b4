"""What may not be kept leaves the disk: deletes of a network, what terms let be kept no longer, copies that were replaced."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fake_bluesky import Fake

from groundswell.cli.fetched import purged_lines
from groundswell.fetch import Asked, fetch, refresh, resume
from groundswell.fetch.bringing import bring
from groundswell.sources.networks import SOURCES
from groundswell.store import Workspace, purge
from groundswell.store.fetches import Noted, ToOpen, begin_fetch, end_fetch, note_page, streams_of

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


def later(fake: Fake) -> Any:
    """The client before a fake, after what the stream told."""
    opened = fake.client()

    def client(workspace: Workspace, source: Any) -> Any:
        found = opened(workspace, source)
        found.clock = lambda: LATER.timestamp() + 60
        return found

    return client
