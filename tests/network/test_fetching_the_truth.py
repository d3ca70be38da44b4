"""What is fetched from real servers is what was written into them: every count, edge, thread and date, and nothing else.

Real are all servers (the AppView, the account server, the directory, as their makers publish them), HTTP between them and us, and
on our side the whole program, its own client included. Made up are the people. Not shown here: the network's limits and its
refusal of search to strangers, which the development servers do not have (`tests/fetch` shows those against a fake).
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from typing import Any

import pytest
from at_home import Groundswell
from community import Act, Community, Post
from fake_bluesky import tables
from loopback_network import Network

from groundswell.store import Workspace
from groundswell.store.fetches import all_fetches, pages_of

pytestmark = pytest.mark.network


def rows(groundswell: Groundswell, sql: str) -> list[tuple[Any, ...]]:
    with groundswell.workspace.engine() as engine:
        return engine.rows(sql)


def account(community: Community, who: int | Post) -> str:
    assert isinstance(who, int)
    return f"bluesky:{community.dids[who]}"


def key(post: Post | int | None) -> str | None:
    assert not isinstance(post, int)
    return f"bluesky:{post.uri}" if post else None


def test_the_servers_listen_on_this_machine_only(network: Network) -> None:
    assert network.listens_on() == {"127.0.0.1"}


def test_every_profile_with_its_counts(everything: Groundswell) -> None:
    truth = everything.truth
    followers, following = (Counter(getattr(it, name) for it in truth.follows) for name in ("what", "who"))
    posts = Counter(it.author for it in truth.posts)
    found = rows(everything, "SELECT account, handle, name, bio, followers, following, posts_count FROM accounts")
    assert set(found) == {
        (account(truth, who), truth.handle(who), *truth.profile(who).values(), followers[who], following[who], posts[who])
        for who in range(truth.people)
    }  # fmt: skip


def test_every_post_with_its_counts_its_thread_and_its_date(everything: Groundswell) -> None:
    truth = everything.truth
    answered, quoted = (Counter(id(getattr(it, name)) for it in truth.posts) for name in ("parent", "quoted"))
    liked, passed_on = (Counter(id(it.what) for it in some) for some in (truth.likes, truth.reposts))
    found = rows(
        everything,
        """SELECT post, account, text, created_at, reply_to, thread, repost_of, hashtags, mentions, links, language,
        likes, replies, reposts, quotes FROM posts""",
    )
    expected = {
        key(it): (
            account(truth, it.author), truth.record(it)["text"], it.at, key(it.parent), key(it.root) if it.parent else None,
            key(it.quoted), [it.tag] if it.tag else None, [truth.dids[it.mentions]] if it.mentions is not None else None,
            [it.link] if it.link else None, "en", liked[id(it)], answered[id(it)], passed_on[id(it)], quoted[id(it)],
        )
        for it in truth.posts
    }  # fmt: skip
    assert {post: tuple(rest) for post, *rest in found} == expected
    assert len(found) == len(expected)


def test_every_follow_with_its_date(everything: Groundswell) -> None:
    truth = everything.truth
    found = rows(everything, "SELECT follower, followed, since, completeness FROM follows")
    assert Counter(found) == Counter(
        (account(truth, it.who), account(truth, it.what), it.at, "full") for it in truth.follows
    )


def test_every_like_repost_reply_quote_and_mention(everything: Groundswell) -> None:
    truth = everything.truth
    listed = f"bluesky:{truth.list}"
    found = rows(everything, "SELECT actor, verb, account, post, via, acted_at FROM interactions")
    assert Counter(row for row in found if row[4] != listed) == Counter(acts(truth))
    named = {row[:4] for row in found if row[4] == listed}
    assert named == {(account(truth, 0), "mention", account(truth, who), None) for who in range(1, truth.people)}


def acts(truth: Community) -> list[tuple[Any, ...]]:
    """All that somebody did to somebody, as rows."""

    def done(it: Act, verb: str) -> tuple[Any, ...]:
        assert isinstance(it.what, Post)
        return account(truth, it.who), verb, account(truth, it.what.author), key(it.what), None, it.at

    found = [done(it, "like") for it in truth.likes] + [done(it, "repost") for it in truth.reposts]
    for it in truth.posts:
        who, via = account(truth, it.author), key(it)
        for other, verb in ((it.parent, "reply"), (it.quoted, "quote")):
            if other:
                found.append((who, verb, account(truth, other.author), key(other), via, it.at))
        if it.mentions is not None:
            found.append((who, "mention", account(truth, it.mentions), None, via, it.at))
    return found


def test_nothing_that_was_sent_went_unread(everything: Groundswell) -> None:
    (one,) = (it for it in everything.workspace.state.imports() if it.state == "live")
    assert one.rows_set_aside == 0
    assert not [note for note in one.notes if "nothing here reads" in note]


def test_one_person_with_their_followers_and_who_likes_passes_on_quotes_and_answers_their_newest_posts(
    groundswell: Groundswell, community: Community
) -> None:
    said = groundswell.run("fetch", "@person0.test", "--with", "likes,reposts,quotes,replies,followers,follows", "--posts", "12", "--each", "1000")  # fmt: skip
    assert said["done"]
    newest = sorted((it for it in community.posts if it.author == 0), key=lambda it: it.at)[-12:]
    for verb, some in (("like", community.likes), ("repost", community.reposts)):
        found = rows(groundswell, f"SELECT actor, post FROM interactions WHERE verb = '{verb}'")
        wanted = {(account(community, it.who), key(it.what)) for it in some if it.what in newest}
        assert {row for row in found if row[1] in {key(it) for it in newest}} == wanted
    posts = {one for (one,) in rows(groundswell, "SELECT post FROM posts")}
    around = [it for it in community.posts if it.root in newest or it.quoted in newest]
    assert {key(it) for it in around} <= posts
    follows = set(rows(groundswell, "SELECT follower, followed FROM follows"))
    assert follows == {(account(community, it.who), account(community, it.what)) for it in community.follows if 0 in (it.who, it.what)}  # fmt: skip


def test_killed_half_way_and_gone_on_with_the_tables_are_the_same(groundswell: Groundswell, tmp_path: Any) -> None:
    words = ("@person1.test", "--with", "posts,followers,follows", "--hops", "1", "--people", "12")
    process = groundswell.begin("fetch", *words)
    while not (all_fetches(groundswell.workspace.state) and len(pages_of(groundswell.workspace.state, 1)) >= 15):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert [one.state for one in all_fetches(groundswell.workspace.state)] == ["open"]
    assert groundswell.workspace.state.imports() == []
    assert groundswell.run("fetch", "--resume")["done"]
    undisturbed = Groundswell(groundswell.network, Workspace.create(tmp_path / "undisturbed"), groundswell.truth)
    undisturbed.run("fetch", *words)
    assert tables(groundswell.workspace) == tables(undisturbed.workspace)
    pages = [len(pages_of(one.workspace.state, 1)) for one in (groundswell, undisturbed)]
    assert pages[0] == pages[1]
