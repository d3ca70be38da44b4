"""A fake of Reddit's Data API: the documented shapes of its answers, over a small made-up community.

It is a fake: what it answers was written from the reference (about, submitted, comments, info, new; OAuth), not recorded. `logins`
are the questions for a token, which come once with every run and tell nothing of anybody.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import httpx2
from faking import FakeNetwork, answered

Json = Any
BORN = 1_772_323_200.0
"""1 March 2026."""
LOGIN = "client-of-the-test:secret-of-the-test"
TOKEN = "token-of-the-test"


def person(number: int) -> str:
    return f"t2_p{number}"


def submission(number: int, k: int) -> str:
    return f"t3_s{number}x{k}"


@dataclass
class Fake(FakeNetwork):
    """The community, and what the API answers."""

    people: int = 12
    each: int = 9
    page: int = 4
    """Most items a page of a list, however many were asked for."""
    deleted: set[str] = field(default_factory=lambda: set())
    requests: list[str] = field(default_factory=lambda: [])
    logins: list[str] = field(default_factory=lambda: [])

    # -- shapes ------------------------------------------------------------------------------------------------------------

    def about(self, number: int) -> Json:
        page = {
            "title": f"Person {number}",
            "public_description": f"beans, number {number}",
            "subscribers": 10 * (number + 1),
        }
        return {
            "id": f"p{number}", "name": f"Person{number}", "created_utc": 1_556_704_740.0, "link_karma": 12, "comment_karma": 34, "total_karma": 46,
            "subreddit": page, "is_employee": False, "verified": True,
        }  # fmt: skip

    def submission(self, number: int, k: int) -> Json:
        name = submission(number, k)
        there = name not in self.deleted
        return {
            "name": name, "id": name[3:], "author": f"Person{number}" if there else "[deleted]", "author_fullname": person(number),
            "title": f"bean {k}", "selftext": "more beans" if there else "[deleted]", "created_utc": BORN + 86_400 * k, "subreddit": "beans",
            "permalink": f"/r/beans/comments/{name[3:]}/bean/", "url": "https://beans.example", "is_self": k % 2 == 0, "score": 10 * k - 10,
            "num_comments": 3, "num_crossposts": 0, "hide_score": False,
        }  # fmt: skip

    def comment(self, number: int, k: int) -> Json:
        other = (number + 1) % self.people
        return {
            "name": f"t1_c{number}x{k}", "id": f"c{number}x{k}", "author": f"Person{number}", "author_fullname": person(number),
            "body": f"nice bean {k}", "created_utc": BORN + 86_400 * k + 60, "subreddit": "beans", "parent_id": submission(other, 0),
            "link_id": submission(other, 0), "link_author": f"Person{other}", "permalink": "/r/beans/comments/x/y/z/", "score": 2, "score_hidden": k == 0,
        }  # fmt: skip

    # -- answers -----------------------------------------------------------------------------------------------------------

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request as the API would."""
        if request.url.path == "/api/v1/access_token":
            return self._token(request)
        self.requests.append(str(request.url))
        if request.headers.get("authorization") != f"bearer {TOKEN}".replace("bearer", "Bearer"):
            return self._error(401, "Unauthorized")
        asked = dict(request.url.params)
        match request.url.path.strip("/").split("/"):
            case ["user", name, what]:
                number = name.lower().removeprefix("person")
                if not number.isdigit() or int(number) >= self.people or person(int(number)) in self.deleted:
                    return self._error(404, "Not Found")
                return self._of(int(number), what, asked)
            case ["api", "info"]:
                places = [one[4:].split("x") for one in asked["id"].split(",") if one.startswith("t3_")]
                return self._listing([("t3", self.submission(int(a), int(b))) for a, b in places], None)
            case ["r", _, "new"]:
                return self._paged(asked, [("t3", self.submission(number, 1)) for number in range(6)])
        return self._error(404, "Not Found")

    def _of(self, number: int, what: str, asked: dict[str, str]) -> httpx2.Response:
        ks = list(reversed(range(self.each)))
        if what == "about":
            return answered(json.dumps({"kind": "t2", "data": self.about(number)}).encode())
        if what == "submitted":
            there = [k for k in ks if submission(number, k) not in self.deleted]
            return self._paged(asked, [("t3", self.submission(number, k)) for k in there])
        return self._paged(asked, [("t1", self.comment(number, k)) for k in ks])

    def _token(self, request: httpx2.Request) -> httpx2.Response:
        self.logins.append(request.content.decode())
        if request.headers.get("authorization") != "Basic " + b64encode(LOGIN.encode()).decode():
            return self._error(401, "Unauthorized")
        return answered(
            json.dumps({"access_token": TOKEN, "token_type": "bearer", "expires_in": 86_400, "scope": "*"}).encode()
        )

    def _paged(self, asked: dict[str, str], items: list[tuple[str, Json]]) -> httpx2.Response:
        start = int(asked.get("after", "a0")[1:])
        end = start + min(self.page, int(asked["limit"]))
        return self._listing(items[start:end], f"a{end}" if end < len(items) else None)

    def _listing(self, items: list[tuple[str, Json]], after: str | None) -> httpx2.Response:
        children = [{"kind": kind, "data": one} for kind, one in items]
        return answered(
            json.dumps({"kind": "Listing", "data": {"after": after, "dist": len(items), "children": children}}).encode()
        )

    def _error(self, status: int, message: str) -> httpx2.Response:
        return answered(json.dumps({"message": message, "error": status}).encode(), status)
