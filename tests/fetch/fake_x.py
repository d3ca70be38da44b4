"""A fake of X's API v2: the documented shapes of its answers, over a small made-up community.

It is a fake: what it answers was written from the reference (users, tweets, followers, search; partial errors; problems), not recorded.
`read` counts what is paid for: items of answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from faking import FakeNetwork, answered

Json = Any
BORN = datetime(2026, 3, 1, tzinfo=UTC)
TOKEN = "AAAA-bearer-of-the-test"
PROBLEM = "https://api.twitter.com/2/problems/"


def person(number: int) -> str:
    return str(7_000_000 + number)


def post(number: int, k: int) -> str:
    return str(1_900_000_000_000_000_000 + number * 1_000 + k)


@dataclass
class Fake(FakeNetwork):
    """The community, and what the API answers."""

    people: int = 12
    posts_each: int = 12
    page: int = 5
    """Most items a page of a list, however many were asked for."""
    deleted: set[str] = field(default_factory=lambda: set())
    credits: int = 1_000_000
    """Items that may still be read."""
    read: int = 0
    requests: list[str] = field(default_factory=lambda: [])

    # -- shapes ------------------------------------------------------------------------------------------------------------

    def user(self, number: int) -> Json:
        return {
            "id": person(number), "name": f"Person {number}", "username": f"Person{number}", "created_at": "2019-05-01T09:59:00.000Z",
            "description": f"beans, number {number}", "entities": {"url": {"urls": [{"expanded_url": f"https://person{number}.example"}]}},
            "location": "Berlin", "protected": False, "verified": number == 0, "verified_type": "none", "url": "https://t.co/x",
            "public_metrics": {"followers_count": self.people - 1, "following_count": self.people - 1, "tweet_count": self.posts_each, "listed_count": 2},
        }  # fmt: skip

    def tweet(self, number: int, k: int) -> Json:
        """Every fourth one is a copy, every fourth an answer; both of a post of the next one."""
        other = (number + 1) % self.people
        found: Json = {
            "id": post(number, k), "author_id": person(number), "conversation_id": post(number, k), "text": f"bean {k} #Beans @Person{other}",
            "created_at": (BORN + timedelta(days=k)).isoformat().replace("+00:00", ".000Z"), "lang": "en", "edit_history_tweet_ids": [post(number, k)],
            "entities": {"hashtags": [{"tag": "Beans"}], "mentions": [{"username": f"Person{other}", "id": person(other)}]},
            "possibly_sensitive": False,
            "public_metrics": {"retweet_count": k, "reply_count": 1, "like_count": 10 * k, "quote_count": 0, "bookmark_count": 2, "impression_count": 100 * k},
        }  # fmt: skip
        if k % 4 == 1:
            found["referenced_tweets"] = [{"type": "retweeted", "id": post(other, 0)}]
        if k % 4 == 2:
            found["referenced_tweets"] = [{"type": "replied_to", "id": post(other, 0)}]
            found |= {"in_reply_to_user_id": person(other), "conversation_id": post(other, 0)}
        return found

    # -- answers -----------------------------------------------------------------------------------------------------------

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request as the API would."""
        self.requests.append(str(request.url))
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return self._problem(401, "Unauthorized", "Unauthorized")
        if self.read >= self.credits:
            return self._problem(402, "CreditsDepleted", "Your account has no credits left.")
        return self._found(request.url.path.removeprefix("/2/"), dict(request.url.params))

    def _found(self, path: str, asked: dict[str, str]) -> httpx2.Response:
        others = lambda who: [self.user((who + k) % self.people) for k in range(1, self.people)]  # noqa: E731
        match path.split("/"):
            case ["users", "by", "username", name]:
                number = name.lower().removeprefix("person")
                there = number.isdigit() and int(number) < self.people
                return self._one(self.user(int(number)) if there else None, "user", "username", name)
            case ["users"]:
                return self._several(asked["ids"], "user", lambda one: self.user(int(one) - 7_000_000))
            case ["users", one]:
                return self._one(None if one in self.deleted else self.user(int(one) - 7_000_000), "user", "id", one)
            case ["users", one, "tweets"]:
                number = int(one) - 7_000_000
                return self._paged(asked, [self.tweet(number, k) for k in reversed(range(self.posts_each))])
            case ["users", one, "followers" | "following"]:
                return self._paged(asked, others(int(one) - 7_000_000))
            case ["tweets"]:
                return self._several(
                    asked["ids"], "tweet", lambda one: self.tweet(*divmod(int(one) - int(post(0, 0)), 1_000))
                )
            case ["tweets", one, "retweeted_by"]:
                return self._paged(asked, others(divmod(int(one) - int(post(0, 0)), 1_000)[0])[:3])
            case ["tweets", "search", "recent"]:
                return self._paged(asked, [self.tweet(number, 2) for number in range(6)], "next_token")
        return self._problem(404, "Not Found Error", "nothing here")

    def _one(self, found: Json, kind: str, parameter: str, value: str) -> httpx2.Response:
        if found is None:
            return self._said({"errors": [self._missing(kind, parameter, value)]}, 0)
        return self._said({"data": found}, 1)

    def _several(self, ids: str, kind: str, shape: Any) -> httpx2.Response:
        found = [shape(one) for one in ids.split(",") if one not in self.deleted]
        gone = [self._missing(kind, "ids", one) for one in ids.split(",") if one in self.deleted]
        return self._said(({"data": found} if found else {}) | ({"errors": gone} if gone else {}), len(found))

    def _missing(self, kind: str, parameter: str, value: str) -> Json:
        return {
            "value": value, "resource_id": value, "detail": f"Could not find {kind} with {parameter}: [{value}].", "title": "Not Found Error",
            "resource_type": kind, "parameter": parameter, "type": PROBLEM + "resource-not-found",
        }  # fmt: skip

    def _paged(self, asked: dict[str, str], items: list[Json], name: str = "pagination_token") -> httpx2.Response:
        start = int(asked.get(name, "t0")[1:])
        end = start + min(self.page, int(asked["max_results"]))
        found = items[start:end]
        meta = {"result_count": len(found)} | ({"next_token": f"t{end}"} if end < len(items) else {})
        return self._said(({"data": found} if found else {}) | {"meta": meta}, len(found))

    def _said(self, said: Json, items: int) -> httpx2.Response:
        self.read += items
        return answered(json.dumps(said).encode())

    def _problem(self, status: int, title: str, detail: str) -> httpx2.Response:
        said = {"title": title, "detail": detail, "type": "about:blank", "status": status}
        return answered(json.dumps(said).encode(), status)
