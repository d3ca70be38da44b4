"""Pages as Bluesky sends them, made up and kept as a fetch keeps them; and reading them back into the workspace (replay).

A page of posts is written as `app.bsky.feed.getAuthorFeed` gives it (the fields of its lexicon, author and record in full, some two
kilobytes a post), a page of followers as `app.bsky.graph.getFollowers` does. Nothing is asked of any network.
"""

from __future__ import annotations

import json
import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Json = dict[str, Any]
PAGE = 100
POSTS_EACH = 200
"""Posts of each person: two pages."""
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
TALK = """
bread sourdough flour oven oats vegan milk coffee garden tomato seeds soil running trail knee shoe camera lens light film
school lesson pupil reading book review honest recipe today tried again slow friend neighbour market spring winter
"""
WORDS = TALK.split()
BORN = datetime(2026, 1, 1, tzinfo=UTC)


def keep_pages(workspace: str, items: int) -> Json:
    """Keep pages of about so many items, as a fetch that was killed before it read them."""
    from groundswell.store import Workspace
    from groundswell.store.fetches import Noted, ToOpen, begin_fetch, note_page, streams_of

    opened = Workspace.create(Path(workspace))
    people = max(2, items // (POSTS_EACH + PAGE))
    dids = [_did(number) for number in range(people)]
    first = [ToOpen(name, did, 0, rank) for did in dids for rank, name in enumerate(("feed", "followers"))]
    number = begin_fetch(opened.state, "bluesky", {"source": "bluesky", "who": ["made up"], "lists": ["posts", "followers"], "people": people, "hops": 0, "each": 1000, "posts": 5, "requests": 10}, first)  # fmt: skip
    result: Json = {"fetch": number, "people": people, "items": 0, "pages": 0, "mb": 0.0}
    start = time.perf_counter()
    for stream in streams_of(opened.state, number):
        who, dice = dids.index(stream.subject), random.Random(stream.id)
        for page in _pages(stream.name, who, dids, dice):
            body = json.dumps(page, separators=(",", ":")).encode()
            found = len(page.get("feed") or page["followers"])
            note_page(
                opened.state, stream, Noted(opened.raw.keep(body), len(body), found, 200, BORN), requests=1, repeated=0
            )
            result["items"] += found
            result["pages"] += 1
            result["mb"] += len(body) / (1 << 20)
    result["seconds"] = round(time.perf_counter() - start, 3)
    return result | {"mb": round(result["mb"], 1)}


def replay(workspace: str, fetch: int) -> Json:
    """Read kept pages into the workspace: parsed, stored, visible."""
    from benchmarks.measuring import Private
    from groundswell.fetch.bringing import bring
    from groundswell.sources.networks import source_called
    from groundswell.store import Workspace

    opened, source = Workspace.open(Path(workspace)), source_called("bluesky")
    with Private() as private:
        start, processor = time.perf_counter(), sum(os.times()[:2])
        report = bring(opened, source, fetch)
        seconds, spent = time.perf_counter() - start, sum(os.times()[:2]) - processor
    result: Json = {"seconds": round(seconds, 3), "cpu_seconds": round(spent, 3), "private_mb": private.most}
    assert report is not None
    return result | {"records": {name: vars(counts) for name, counts in report.records.items()}}


def replay_plain(workspace: str, fetch: int) -> Json:
    """The plain baseline: the same pages unpacked and understood as JSON, and nothing done with them."""
    from groundswell.store import Workspace
    from groundswell.store.fetches import pages_of

    opened = Workspace.open(Path(workspace))
    start, items = time.perf_counter(), 0
    for page in pages_of(opened.state, fetch):
        assert page.hash is not None
        said = json.loads(opened.raw.read(page.hash))
        items += len(said.get("feed") or said["followers"])
    return {"seconds": round(time.perf_counter() - start, 3), "items": items}


def _pages(kind: str, who: int, dids: list[str], dice: random.Random) -> list[Json]:
    if kind == "followers":
        some = dice.sample(range(len(dids)), min(PAGE, len(dids) - 1))
        return [
            {
                "subject": _basic(who, dids),
                "followers": [_basic(one, dids) | {"description": _text(dice, 12)} for one in some],
            }
        ]
    posts = [_item(who, number, dids, dice) for number in range(POSTS_EACH)]
    return [{"feed": posts[at : at + PAGE]} for at in range(0, POSTS_EACH, PAGE)]


def _item(who: int, number: int, dids: list[str], dice: random.Random) -> Json:
    when = _moment(BORN + timedelta(hours=20 * number, seconds=dice.randint(0, 3600)))
    uri = f"at://{dids[who]}/app.bsky.feed.post/3k{number:011d}"
    tag, words = dice.choice(WORDS), _text(dice, 28)
    record = {
        "$type": "app.bsky.feed.post", "createdAt": when, "langs": ["en"], "text": f"{words} #{tag}",
        "facets": [{"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": tag}], "index": {"byteStart": len(words) + 1, "byteEnd": len(words) + 2 + len(tag)}}],
        "embed": {"$type": "app.bsky.embed.external", "external": {"description": _text(dice, 20), "title": _text(dice, 6), "uri": f"https://example.org/{number}"}},
    }  # fmt: skip
    if number % 4 == 0:
        parent = {"cid": "bafyreib2rxk3rybkctxm5o6bqmgc5qy6kyh6b7bhojwyqz7a7vqd2x7u4i", "uri": f"at://{dids[(who + 1) % len(dids)]}/app.bsky.feed.post/3k{number:011d}"}  # fmt: skip
        record["reply"] = {"parent": parent, "root": parent}
    return {"post": {
        "uri": uri, "cid": "bafyreib2rxk3rybkctxm5o6bqmgc5qy6kyh6b7bhojwyqz7a7vqd2x7u4i", "author": _basic(who, dids), "record": record,
        "embed": {"$type": "app.bsky.embed.external#view", "external": record["embed"]["external"]},
        "replyCount": dice.randint(0, 9), "repostCount": dice.randint(0, 20), "likeCount": dice.randint(0, 200),
        "quoteCount": dice.randint(0, 3), "bookmarkCount": 0, "indexedAt": when, "labels": [],
    }}  # fmt: skip


def _basic(who: int, dids: list[str]) -> Json:
    return {
        "did": dids[who], "handle": f"person{who}.bsky.social", "displayName": f"Person {who}",
        "avatar": f"https://cdn.bsky.app/img/avatar/plain/{dids[who]}/bafkreib2rxk3rybkctxm5o6bqmgc5qy6kyh6b7bhojwyqz7a7vqd2x7u4i@jpeg",
        "associated": {"chat": {"allowIncoming": "all"}}, "labels": [], "createdAt": _moment(BORN - timedelta(days=who % 900)),
    }  # fmt: skip


def _text(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(WORDS, k=words))


def _moment(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _did(number: int) -> str:
    dice = random.Random(number)
    return "did:plc:" + "".join(dice.choices(LETTERS, k=24))
