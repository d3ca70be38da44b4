"""A fake of Bluesky's AppView, directory and account servers: the documented shapes of their answers, over a small made-up community.

It is a fake: what it answers was written from the lexicons (app.bsky.actor, feed, graph; com.atproto.repo and identity), not recorded.
`tests/network` puts the same program before the real servers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from faking import Clock, FakeNetwork, answered, tables

Json = Any
POST, LIKE, FOLLOW = "app.bsky.feed.post", "app.bsky.feed.like", "app.bsky.graph.follow"
BORN = datetime(2026, 3, 1, tzinfo=UTC)
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def did(number: int) -> str:
    """A DID of the right form."""
    tail = ""
    for _ in range(24):
        number, rest = divmod(number * 31 + 7, 32)
        tail += LETTERS[rest]
    return f"did:plc:{tail}"


def moment(hours: float) -> str:
    return (BORN + timedelta(hours=hours)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Fake(FakeNetwork):
    """The community, and what its servers answer."""

    people: int = 30
    posts_each: int = 12
    page: int = 10
    """Most items a page, however many were asked for."""
    requests: list[str] = field(default_factory=lambda: [])
    deleted_people: set[int] = field(default_factory=lambda: set())
    deleted_posts: set[str] = field(default_factory=lambda: set())

    def __post_init__(self) -> None:
        self.dids = [did(number + 1) for number in range(self.people)]
        self.number = {one: number for number, one in enumerate(self.dids)}

    # -- the truth ---------------------------------------------------------------------------------------------------------

    def handle(self, number: int) -> str:
        return f"person{number}.bsky.social"

    def followers(self, number: int) -> list[int]:
        """Everybody follows the first; each of the others is followed by the five after it."""
        found = list(range(1, self.people)) if number == 0 else [(number + k) % self.people for k in range(1, 6)]
        return [one for one in found if one != number and one not in self.deleted_people]

    def follows(self, number: int) -> list[int]:
        return [one for one in range(self.people) if number in self.followers(one) and one not in self.deleted_people]

    def uri(self, number: int, post: int) -> str:
        return f"at://{self.dids[number]}/{POST}/3k{post:011d}"

    def uris(self, number: int) -> list[str]:
        newest_first = (self.uri(number, post) for post in reversed(range(self.posts_each)))
        return [one for one in newest_first if one not in self.deleted_posts]

    def likers(self, uri: str) -> list[int]:
        number, post = self._whose(uri)
        return [one for one in self.followers(number) if (one + post) % 3 == 0]

    def _whose(self, uri: str) -> tuple[int, int]:
        return self.number[uri.split("/")[2]], int(uri.rpartition("3k")[2])

    # -- shapes ------------------------------------------------------------------------------------------------------------

    def basic(self, number: int) -> Json:
        return {
            "did": self.dids[number], "handle": self.handle(number), "displayName": f"Person {number}", "createdAt": moment(0),
            "labels": [],
        }  # fmt: skip

    def profile(self, number: int) -> Json:
        counts = {
            "followersCount": len(self.followers(number)),
            "followsCount": len(self.follows(number)),
            "postsCount": len(self.uris(number)),
        }
        return self.basic(number) | {"description": f"I bake bread, number {number}"} | counts

    def post(self, uri: str) -> Json:
        number, post = self._whose(uri)
        record = {
            "$type": POST,
            "text": f"bread {post} of person {number} #sourdough",
            "createdAt": moment(24 * post),
            "langs": ["en"],
        }
        return {
            "uri": uri, "cid": "bafy", "author": self.basic(number), "record": record, "indexedAt": moment(24 * post),
            "likeCount": len(self.likers(uri)), "replyCount": 0, "repostCount": 0, "quoteCount": 0,
        }  # fmt: skip

    # -- answers -----------------------------------------------------------------------------------------------------------

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request as the servers would."""
        method = request.url.path.rpartition("/")[2]
        self.requests.append(str(request.url))
        found = self._found(method, request)
        status = 200 if "error" not in found else 400
        return answered(json.dumps(found).encode(), status, {"ratelimit-remaining": "2999"})

    def _found(self, method: str, request: httpx2.Request) -> Json:
        params = request.url.params
        if method.startswith("did:"):
            return {"id": method, "alsoKnownAs": [f"at://{self.handle(self.number[method])}"], "service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://pds.example.com"}]}  # fmt: skip
        handlers: dict[str, Callable[[], Json]] = {
            "app.bsky.actor.getProfiles": lambda: {"profiles": [self.profile(one) for who in params.get_list("actors") if (one := self._person(who)) is not None]},
            "app.bsky.actor.getProfile": lambda: self._or_gone(params["actor"], self.profile),
            "app.bsky.feed.getAuthorFeed": lambda: self._or_gone(params["actor"], lambda one: self._paged(params, "feed", [{"post": self.post(uri)} for uri in self.uris(one)])),
            "app.bsky.graph.getFollowers": lambda: self._or_gone(params["actor"], lambda one: self._paged(params, "followers", [self.basic(k) for k in self.followers(one)]) | {"subject": self.basic(one)}),
            "app.bsky.graph.getFollows": lambda: self._or_gone(params["actor"], lambda one: self._paged(params, "follows", [self.basic(k) for k in self.follows(one)]) | {"subject": self.basic(one)}),
            "app.bsky.feed.getLikes": lambda: self._paged(params, "likes", [{"actor": self.basic(k), "createdAt": moment(500 + k), "indexedAt": moment(500 + k)} for k in self.likers(params["uri"])]) | {"uri": params["uri"]},
            "app.bsky.feed.getPosts": lambda: {"posts": [self.post(uri) for uri in params.get_list("uris") if uri not in self.deleted_posts]},
            "app.bsky.feed.getPostThread": lambda: {"error": "NotFound", "message": f"Post not found: {params['uri']}"} if params["uri"] in self.deleted_posts else {"thread": {"$type": "app.bsky.feed.defs#threadViewPost", "post": self.post(params["uri"]), "replies": []}},
            "app.bsky.graph.getStarterPack": lambda: {"starterPack": {"uri": params["starterPack"], "creator": self.basic(0), "record": {"$type": "app.bsky.graph.starterpack", "name": "Bakers", "list": f"at://{self.dids[0]}/app.bsky.graph.list/bakers"}}},
            "app.bsky.graph.getList": lambda: self._paged(params, "items", [{"uri": f"at://{self.dids[0]}/app.bsky.graph.listitem/3k{k:011d}", "subject": self.basic(k)} for k in range(1, 8)]) | {"list": {"uri": params["list"], "name": "Bakers", "creator": self.basic(0)}},
            "com.atproto.identity.resolveHandle": lambda: self._or_gone(params["handle"], lambda one: {"did": self.dids[one]}),
            "com.atproto.repo.listRecords": lambda: self._records(params),
            "app.bsky.feed.searchPosts": lambda: {"error": "AuthMissing", "message": "Authentication Required"},
        }  # fmt: skip
        return handlers[method]()

    def _records(self, params: Any) -> Json:
        number, kind = self.number[params["repo"]], params["collection"]
        if kind == POST:
            found = [{"uri": uri, "cid": "bafy", "value": self.post(uri)["record"]} for uri in self.uris(number)]
        elif kind == FOLLOW:
            found = [
                {"uri": f"at://{params['repo']}/{FOLLOW}/3k{one:011d}", "cid": "bafy", "value": {"$type": FOLLOW, "subject": self.dids[one], "createdAt": moment(one)}}
                for one in self.follows(number)
            ]  # fmt: skip
        else:
            found = []
        return self._paged(params, "records", found)

    def _person(self, who: str) -> int | None:
        found = self.number.get(who)
        if found is None:
            name = who.removeprefix("person").partition(".")[0]
            found = int(name) if name.isdigit() and int(name) < self.people else None
        return None if found in self.deleted_people else found

    def _or_gone(self, who: str, then: Callable[[int], Json]) -> Json:
        found = self._person(who)
        return then(found) if found is not None else {"error": "InvalidRequest", "message": "Profile not found"}

    def _paged(self, params: Any, name: str, items: list[Json]) -> Json:
        start = int(params.get("cursor") or 0)
        end = start + min(int(params.get("limit") or 50), self.page)
        return {name: items[start:end]} | ({"cursor": str(end)} if end < len(items) else {})


__all__ = ["Clock", "Fake", "answered", "did", "moment", "tables"]
