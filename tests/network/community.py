"""A made-up community whose truth is declared first, written into real servers, and so known to the last follow and like.

`Community` draws it from a seed: who follows whom, who wrote what and when in the last four months, what answers and quotes what,
who likes and passes on what, one list and one starter pack. `settle_in` writes it through the public interface of the account
server (`com.atproto.repo.applyWrites`), as any app would, each act with a date of its own. Ids are the network's: they are filled
in as it answers. Only dates of months ago are pretended; records are signed, sequenced, sent down the firehose and counted as ever.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from groundswell.sources.bluesky.values import FOLLOW, LIKE, LIST_ITEM, POST, PROFILE, REPOST

Json = Any
LIST, PACK = "app.bsky.graph.list", "app.bsky.graph.starterpack"
ADMIN = ("admin", "admin-pass")
"""With which the development network lets itself be administered (`@atproto/dev-env`)."""
WRITES = 200
"""Most writes that a server takes at once."""
AT_ONCE = 4
DAYS = 120
TOPICS = ("sourdough", "rye", "gardening", "cycling", "tea", "ceramics")


@dataclass
class Post:
    """One post of the truth."""

    author: int
    text: str
    at: datetime
    parent: Post | None = None
    quoted: Post | None = None
    mentions: int | None = None
    link: str | None = None
    tag: str | None = None
    uri: str = ""
    cid: str = ""

    @property
    def root(self) -> Post:
        """Where its conversation began."""
        return self.parent.root if self.parent else self

    @property
    def reference(self) -> Json:
        """How other records name it."""
        return {"uri": self.uri, "cid": self.cid}


@dataclass
class Act:
    """A like, a passing on or a follow, and the address under which it is kept."""

    who: int
    what: Post | int
    at: datetime
    uri: str = ""


@dataclass
class Community:
    """The truth; see the module."""

    seed: int
    people: int
    now: datetime
    dids: list[str] = field(default_factory=lambda: [])
    tokens: list[str] = field(default_factory=lambda: [])
    posts: list[Post] = field(default_factory=lambda: [])
    likes: list[Act] = field(default_factory=lambda: [])
    reposts: list[Act] = field(default_factory=lambda: [])
    follows: list[Act] = field(default_factory=lambda: [])
    list: str = ""
    """The address of the list of bakers, which holds everybody but its maker."""
    pack: str = ""
    """The address of the starter pack."""

    def __post_init__(self) -> None:
        draw = random.Random(self.seed)
        everybody = range(self.people)
        for who in everybody:
            # A few are followed by very many: their lists take more than one page.
            liked = {one for one in (0, 1) if draw.random() < 0.8} | set(draw.sample(everybody, 5))
            self.follows += [Act(who, one, self._moment(draw)) for one in sorted(liked - {who})]
        roots = [self._written(draw, who) for who in everybody for _ in range(draw.randrange(3, 8))]
        # One writes so much that a feed takes more than one page.
        roots += [self._written(draw, 0) for _ in range(130)]
        replies = [self._answer(draw, draw.choice(roots)) for _ in range(2 * self.people)]
        deeper = [self._answer(draw, draw.choice(replies)) for _ in range(self.people)]
        quotes = [self._quote(draw, draw.choice(roots)) for _ in range(self.people // 2)]
        self.posts = [*roots, *replies, *deeper, *quotes]
        # The newest post of the first is liked by nearly all.
        newest = max((one for one in roots if one.author == 0), key=lambda one: one.at)
        pairs = {(who, id(newest)): newest for who in everybody if draw.random() < 0.7}
        for who in everybody:
            pairs |= {(who, id(post)): post for post in draw.sample(self.posts, 5)}
        self.likes = [Act(who, post, self._moment(draw, post.at)) for (who, _), post in pairs.items()]
        again = {(who, id(post)): post for who in everybody for post in [draw.choice(self.posts)]}
        self.reposts = [Act(who, post, self._moment(draw, post.at)) for (who, _), post in again.items()]

    # -- drawing -----------------------------------------------------------------------------------------------------------

    def _moment(self, draw: random.Random, after: datetime | None = None) -> datetime:
        """Some moment of the last four months, whole milliseconds as apps write them."""
        earliest = after or self.now - timedelta(days=DAYS)
        span = max(timedelta(seconds=2), self.now - timedelta(minutes=5) - earliest)
        return earliest + timedelta(milliseconds=draw.randrange(1, int(span / timedelta(milliseconds=1))))

    def _written(self, draw: random.Random, who: int) -> Post:
        topic = draw.choice(TOPICS)
        post = Post(who, f"{topic} {draw.randrange(10_000)} by {who}", self._moment(draw))
        if draw.random() < 0.3:
            post.tag = topic
        if draw.random() < 0.1:
            post.link = f"https://example.com/{topic}/{draw.randrange(100)}"
        if draw.random() < 0.1:
            post.mentions = draw.randrange(self.people)
        return post

    def _answer(self, draw: random.Random, parent: Post) -> Post:
        who = draw.randrange(self.people)
        return Post(who, f"answer {draw.randrange(10_000)} by {who}", self._moment(draw, parent.at), parent=parent)

    def _quote(self, draw: random.Random, quoted: Post) -> Post:
        who = draw.randrange(self.people)
        return Post(who, f"look at this {draw.randrange(10_000)}", self._moment(draw, quoted.at), quoted=quoted)

    # -- what is taken back ------------------------------------------------------------------------------------------------

    def forget_post(self, uri: str) -> None:
        """A post is no more, nor what was done to it; what answers or quotes it stays."""
        (post,) = (it for it in self.posts if it.uri == uri)
        self.posts = [it for it in self.posts if it is not post]
        self.likes, self.reposts = ([it for it in some if it.what is not post] for some in (self.likes, self.reposts))

    def forget_person(self, who: int) -> None:
        """Somebody is no more, nor what they did, nor what was done to them."""
        for post in [it for it in self.posts if it.author == who]:
            self.forget_post(post.uri)
        self.likes, self.reposts = ([it for it in some if it.who != who] for some in (self.likes, self.reposts))
        self.follows = [it for it in self.follows if who not in (it.who, it.what)]

    # -- names -------------------------------------------------------------------------------------------------------------

    def handle(self, who: int) -> str:
        return f"person{who}.test"

    def profile(self, who: int) -> Json:
        return {"displayName": f"Person {who}", "description": f"{TOPICS[who % len(TOPICS)]} and more, number {who}"}

    def record(self, post: Post) -> Json:
        """A post as an app would write it, with what its text marks counted in bytes."""
        said: Json = {"$type": POST, "text": post.text, "createdAt": moment(post.at), "langs": ["en"]}
        facets = list[Json]()

        def mark(words: str, feature: Json) -> None:
            start = len(said["text"].encode()) + 1
            said["text"] += f" {words}"
            facets.append({"index": {"byteStart": start, "byteEnd": start + len(words.encode())}, "features": [feature]})  # fmt: skip

        if post.tag:
            mark(f"#{post.tag}", {"$type": "app.bsky.richtext.facet#tag", "tag": post.tag})
        if post.link:
            mark(post.link, {"$type": "app.bsky.richtext.facet#link", "uri": post.link})
        if post.mentions is not None:
            mark(f"@{self.handle(post.mentions)}", {"$type": "app.bsky.richtext.facet#mention", "did": self.dids[post.mentions]})  # fmt: skip
        if facets:
            said["facets"] = facets
        if post.parent:
            said["reply"] = {"root": post.root.reference, "parent": post.parent.reference}
        if post.quoted:
            said["embed"] = {"$type": "app.bsky.embed.record", "record": post.quoted.reference}
        return said


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Writer:
    """Writes into an account server in the name of its people."""

    def __init__(self, pds: str, community: Community) -> None:
        self.community = community
        self.client = httpx2.Client(base_url=f"{pds}/xrpc/", trust_env=False, timeout=60)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def settle_in(self) -> None:
        """Write the whole community: what others refer to comes before those who refer to it."""
        one = self.community
        self._accounts()
        self.write((who, PROFILE, {"$type": PROFILE, **one.profile(who)}, None) for who in range(one.people))
        self.follow(one.follows)
        depth = {0: [it for it in one.posts if not (it.parent or it.quoted)]}
        depth[1] = [it for it in one.posts if it.quoted or (it.parent and not it.parent.parent)]
        depth[2] = [it for it in one.posts if it.parent and it.parent.parent]
        for some in depth.values():
            self.post(some)
        self.like(one.likes)
        self.repost(one.reposts)
        self._list_and_pack()

    def post(self, some: Iterable[Post]) -> None:
        self.write((it.author, POST, self.community.record(it), it) for it in some)

    def like(self, some: Iterable[Act]) -> None:
        self._acts(LIKE, some)

    def repost(self, some: Iterable[Act]) -> None:
        self._acts(REPOST, some)

    def follow(self, some: Iterable[Act]) -> None:
        self._acts(FOLLOW, some)

    def delete(self, who: int, uri: str) -> None:
        """Take a record back."""
        _, _, _, collection, key = uri.split("/")
        self._say(who, "com.atproto.repo.deleteRecord", {"repo": self.community.dids[who], "collection": collection, "rkey": key})  # fmt: skip

    def deactivate(self, who: int) -> None:
        """Somebody leaves for now."""
        self._say(who, "com.atproto.server.deactivateAccount", {})

    def activate(self, who: int) -> None:
        self._say(who, "com.atproto.server.activateAccount", None)

    def delete_account(self, who: int) -> None:
        """Somebody leaves for good."""
        said = {"did": self.community.dids[who]}
        self.client.post("com.atproto.admin.deleteAccount", json=said, auth=ADMIN).raise_for_status()

    def write(self, wanted: Iterable[tuple[int, str, Json, Post | Act | None]]) -> None:
        """Write records, as many of one person at once as the server takes, and note under which address each is kept."""
        mine = defaultdict[int, list[tuple[str, Json, Any]]](list)
        for who, collection, record, it in wanted:
            mine[who].append((collection, record, it))
        some = [(who, all_[at : at + WRITES]) for who, all_ in mine.items() for at in range(0, len(all_), WRITES)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda one: self._write(*one), some))

    def _write(self, who: int, some: Sequence[tuple[str, Json, Any]]) -> None:
        writes = [
            {"$type": "com.atproto.repo.applyWrites#create", "collection": collection, "value": record}
            | ({"rkey": "self"} if collection == PROFILE else {})
            for collection, record, _ in some
        ]
        said = self._say(who, "com.atproto.repo.applyWrites", {"repo": self.community.dids[who], "writes": writes})
        for (_, _, it), told in zip(some, said["results"], strict=True):
            if it is not None:
                it.uri = told["uri"]
            if isinstance(it, Post):
                it.cid = told["cid"]

    def _acts(self, collection: str, some: Iterable[Act]) -> None:
        def record(it: Act) -> Json:
            subject = self.community.dids[it.what] if isinstance(it.what, int) else it.what.reference
            return {"$type": collection, "subject": subject, "createdAt": moment(it.at)}

        self.write((it.who, collection, record(it), it) for it in some)

    def _list_and_pack(self) -> None:
        one, about = self.community, Act(0, 0, self.community.now)
        when = moment(one.now - timedelta(days=3))
        self.write([(0, LIST, {"$type": LIST, "purpose": "app.bsky.graph.defs#referencelist", "name": "Bakers", "createdAt": when}, about)])  # fmt: skip
        self.write((0, LIST_ITEM, {"$type": LIST_ITEM, "list": about.uri, "subject": one.dids[who], "createdAt": when}, None) for who in range(1, one.people))  # fmt: skip
        pack = Act(0, 0, one.now)
        self.write([(0, PACK, {"$type": PACK, "name": "Bakers", "list": about.uri, "createdAt": when}, pack)])
        one.list, one.pack = about.uri, pack.uri

    def _accounts(self) -> None:
        def opened(who: int) -> tuple[str, str]:
            handle = self.community.handle(who)
            said = {"handle": handle, "email": f"person{who}@example.com", "password": "not-a-secret"}
            answer = self.client.post("com.atproto.server.createAccount", json=said)
            answer.raise_for_status()
            return answer.json()["did"], answer.json()["accessJwt"]

        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(opened, range(self.community.people)))
        self.community.dids, self.community.tokens = map(list, zip(*found, strict=True))

    def _say(self, who: int, method: str, said: Json) -> Json:
        headers = {"authorization": f"Bearer {self.community.tokens[who]}"}
        answer = self.client.post(method, headers=headers, **({} if said is None else {"json": said}))
        if answer.status_code != 200:
            raise RuntimeError(f"{method}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else {}
