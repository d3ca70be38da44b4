"""What its authors delete from real servers is noticed by looking again, and leaves the workspace."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from at_home import Groundswell, client_at_home, source_at_home, where_is
from community import Community, Writer
from test_fetching_the_truth import account, acts, key, rows

from groundswell.fetch import refresh
from groundswell.store import Workspace

pytestmark = pytest.mark.network


@pytest.fixture
def copied(everything: Groundswell, tmp_path: Path) -> Groundswell:
    return replace(everything, workspace=Workspace(Path(copytree(everything.workspace.folder, tmp_path / "copy"))))


def test_a_deleted_post_and_people_who_left_are_noticed_and_purged(
    copied: Groundswell, community: Community, writer: Writer
) -> None:
    truth, left, paused = deepcopy(copied.truth), community.people - 1, community.people - 2
    # Of those who stay, the newest: young enough to be due two days later.
    deleted = max((it for it in truth.posts if it.author < paused), key=lambda it: it.at)
    writer.delete(deleted.author, deleted.uri)
    writer.delete_account(left)
    writer.deactivate(paused)
    copied.network.settle()
    for one in (truth, community):  # the network is another now, for the tests that come after
        one.forget_post(deleted.uri)
        one.forget_person(left)
        one.forget_person(paused)

    look_again(copied)
    purged = copied.run("purge")
    # Young posts of the two who left are gone as well, each by itself.
    assert purged["gone"]["account"] == 2
    assert purged["gone"]["post"] >= 1
    posts = {one for (one,) in rows(copied, "SELECT post FROM posts")}
    assert posts == {key(it) for it in truth.posts}
    gone = {account(community, who) for who in (left, paused)}
    assert not gone & {one for (one,) in rows(copied, "SELECT account FROM accounts")}
    assert not gone & {one for row in rows(copied, "SELECT follower, followed FROM follows") for one in row}
    assert {row[:5] for row in rows(copied, "SELECT actor, verb, account, post, via FROM interactions WHERE verb <> 'mention'")} == {
        row[:5] for row in acts(truth) if row[1] != "mention" and not gone & {row[2]} and row[3] != key(deleted)
    }  # fmt: skip
    for raw in copied.workspace.folder.rglob("*.zst"):
        body = copied.workspace.raw.read(raw.stem)
        assert not any(one.encode() in body for one in (deleted.uri, community.dids[left], community.dids[paused]))


def look_again(copied: Groundswell) -> Any:
    """Two days later, as far as what is due is concerned."""
    network = copied.network
    source = source_at_home(where_is(network))
    later = copied.truth.now + timedelta(days=2)
    return refresh(copied.workspace, requests=500, now=later, sources={"bluesky": source}, client=client_at_home)
