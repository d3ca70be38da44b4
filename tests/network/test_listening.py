"""Who listens to the live stream has exactly the truth: after stops, a kill, lost connections, new acts and acts that are taken back.

Real are the firehose of the account server and all that is on it. Between it and us stands a relay of our own in the shape of
Jetstream (`servers/jetstream.cjs` says why), which breaks off every connection after 120 events; so each catching up here goes over
several connections, and hears the seconds before each break twice.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
from at_home import Groundswell
from community import Act, Community, Post, Writer
from test_fetching_the_truth import account, acts, key, rows

from groundswell.store import Workspace
from groundswell.store.fetches import all_fetches, pages_of

pytestmark = pytest.mark.network


@pytest.fixture
def listening(everything: Groundswell, community: Community, tmp_path: Path) -> Groundswell:
    """A workspace that was fetched some time ago, beside the truth of now."""
    folder = Path(copytree(everything.workspace.folder, tmp_path / "copy"))
    return replace(everything, workspace=Workspace(folder), truth=community)


def test_listened_stopped_killed_and_gone_on_with_it_is_the_truth_of_now(
    listening: Groundswell, community: Community, writer: Writer
) -> None:
    added = live_on(community, writer, "first")
    said = listening.run("listen", "--until-caught-up")
    assert said["events"] > len(added)
    assert not said["gap"]
    assert_true(listening, community)

    # While nobody listens: a post, a like, a passing on and a follow are taken back, and somebody leaves for a while.
    take_back(community, writer, added)
    live_on(community, writer, "second")
    paused = community.people - 3
    writer.deactivate(paused)
    try:
        purged = listening.run("listen", "--until-caught-up")["purged"]
        assert purged["gone"]["account"] >= 1
        assert purged["gone"]["act"] >= 3
        assert_true(listening, community, without=account(community, paused))
    finally:
        writer.activate(paused)

    # Killed while it listens.
    before = len(all_fetches(listening.workspace.state))
    process = listening.begin("listen")
    while len(all_fetches(listening.workspace.state)) == before:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    third = live_on(community, writer, "third")
    while third[-1].uri.rpartition("/")[2] not in heard(listening):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    live_on(community, writer, "fourth")
    listening.run("listen", "--until-caught-up")
    assert_true(listening, community, without=account(community, paused))


def live_on(community: Community, writer: Writer, words: str) -> list[Post]:
    """Some write, answer, quote, like, pass on and follow; return the posts."""
    roots = [Post(who, f"{words} post of {who}", community.now, tag="news") for who in range(2, 12)]
    writer.post(roots)
    others = [Post(12, f"{words} answer", community.now, parent=roots[0]), Post(13, f"{words} quote", community.now, quoted=roots[1])]  # fmt: skip
    writer.post(others)
    likes = [Act(who, post, community.now) for who in range(14, 18) for post in roots[:5]]
    reposts = [Act(18, post, community.now) for post in roots[2:4]]
    known = {(it.who, it.what) for it in community.follows}
    follows = [Act(who, who + 1, community.now) for who in range(2, 20) if (who, who + 1) not in known][:3]
    writer.like(likes)
    writer.repost(reposts)
    writer.follow(follows)
    community.posts += [*roots, *others]
    community.likes += likes
    community.reposts += reposts
    community.follows += follows
    # What comes last tells that all before it came.
    last = Post(19, f"{words} end", community.now)
    writer.post([last])
    community.posts.append(last)
    return [*roots, *others, last]


def take_back(community: Community, writer: Writer, added: list[Post]) -> None:
    writer.delete(added[4].author, added[4].uri)
    community.forget_post(added[4].uri)
    for some in (community.likes, community.reposts, community.follows):
        # One that was fetched from a repository, and one that came with the stream.
        for act in (next(it for it in some if it.who == 30), some[-1]):
            some.remove(act)
            writer.delete(act.who, act.uri)


def heard(listening: Groundswell) -> str:
    """What the latest run has kept until now, as it came."""
    state = listening.workspace.state
    return "".join(listening.workspace.raw.read(it.hash).decode() for it in pages_of(state, all_fetches(state)[-1].id) if it.hash)  # fmt: skip


def assert_true(listening: Groundswell, truth: Community, without: str = "") -> None:
    found = Counter(rows(listening, "SELECT post, account, text, created_at, reply_to, thread, repost_of FROM posts"))
    assert found == Counter(
        (key(it), account(truth, it.author), truth.record(it)["text"], it.at, key(it.parent), key(it.root) if it.parent else None, key(it.quoted))
        for it in truth.posts
        if account(truth, it.author) != without
    )  # fmt: skip
    follows = Counter(rows(listening, "SELECT follower, followed, since FROM follows"))
    assert follows == Counter(
        (account(truth, it.who), account(truth, it.what), it.at)
        for it in truth.follows
        if without not in (account(truth, it.who), account(truth, it.what))
    )
    posts = {it.uri for it in truth.posts}
    done = rows(listening, "SELECT actor, verb, account, post, via, acted_at FROM interactions")
    assert Counter(it for it in done if it[4] != f"bluesky:{truth.list}") == Counter(
        it
        for it in acts(truth)
        if without not in it[::2] and (it[3] is None or it[3].removeprefix("bluesky:") in posts)
    )
