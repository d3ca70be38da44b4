"""A fake of Meta's Graph API as far as it tells of Instagram: the documented shapes of its answers, over a small made-up community.

It is a fake: what it answers was written from the reference (Business Discovery, Hashtag Search, errors), not recorded. As there, the
address by which a list goes on holds the token.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from faking import FakeNetwork, answered

Json = Any
BORN = datetime(2026, 3, 1, tzinfo=UTC)
OWN, TOKEN = "17841400000000001", "EAAB-token-of-the-test"
LOGIN = f"{OWN}:{TOKEN}"


@dataclass
class Fake(FakeNetwork):
    """The community, and what the API answers."""

    people: int = 12
    posts_each: int = 9
    page: int = 4
    """Most items a page of a list, however many were asked for."""
    personal: set[int] = field(default_factory=lambda: {11})
    """Accounts that are no professional ones."""
    hidden: set[int] = field(default_factory=lambda: {2})
    """Accounts that hide how many like their posts."""
    calls: int = 10_000
    requests: list[str] = field(default_factory=lambda: [])

    # -- shapes ------------------------------------------------------------------------------------------------------------

    def profile(self, number: int) -> Json:
        return {
            "id": str(17_841_400_000_000_100 + number), "username": f"person{number}", "name": f"Person {number}", "biography": f"beans, number {number}",
            "website": f"https://person{number}.example", "followers_count": 1_000 * (number + 1), "follows_count": 20, "media_count": self.posts_each,
        }  # fmt: skip

    def media(self, number: int, k: int) -> Json:
        letter = "ABCDEFGHIJKL"
        likes = {} if number in self.hidden else {"like_count": 10 * k}
        return likes | {
            "id": str(17_900_000_000_000_000 + 100 * number + k), "caption": f"bean {k} #Beans with @person{(number + 1) % self.people}",
            "media_type": "IMAGE", "media_product_type": "FEED", "permalink": f"https://www.instagram.com/p/CxY{letter[number]}{letter[k]}aaaaaa/",
            "timestamp": (BORN + timedelta(days=k)).strftime("%Y-%m-%dT%H:%M:%S+0000"), "comments_count": 3,
        }  # fmt: skip

    # -- answers -----------------------------------------------------------------------------------------------------------

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request as the API would."""
        self.requests.append(str(request.url))
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return self._error(190, "Invalid OAuth access token.")
        if len(self.requests) > self.calls:
            return self._error(4, "Application request limit reached")
        asked = dict(request.url.params)
        path = request.url.path.removeprefix("/v25.0/")
        if path == OWN:
            return self._discovered(asked["fields"])
        if asked.get("user_id") != OWN:
            return self._error(100, "The parameter user_id is required")
        if path == "ig_hashtag_search":
            return answered(json.dumps({"data": [{"id": f"1784{sum(asked['q'].encode())}"}]}).encode())
        return self._tagged(asked)

    def _discovered(self, fields: str) -> httpx2.Response:
        found = re.fullmatch(r"business_discovery\.username\(([\w.]+)\)\{(.*)\}", fields)
        number = found[1].removeprefix("person") if found else ""
        if not number.isdigit() or int(number) >= self.people or int(number) in self.personal:
            return self._error(110, "Invalid user id")
        said = {
            name: value for name, value in self.profile(int(number)).items() if found and name in found[2].split("{")[0]
        }
        said["id"] = self.profile(int(number))["id"]
        if found and (paged := re.search(r"media(?:\.after\((\w+)\))?\.limit\((\d+)\)", found[2])):
            start = int((paged[1] or "a0")[1:])
            end = start + min(self.page, int(paged[2]))
            ks = list(reversed(range(self.posts_each)))
            after = {"cursors": {"before": "b", "after": f"a{end}"}} if end < len(ks) else {"cursors": {"before": "b"}}
            said["media"] = {"data": [self.media(int(number), k) for k in ks[start:end]], "paging": after}
        return answered(json.dumps({"business_discovery": said, "id": OWN}).encode())

    def _tagged(self, asked: dict[str, str]) -> httpx2.Response:
        items = [self.media(number, 1) for number in range(6)]
        start = int(asked.get("after", "a0")[1:])
        end = start + min(self.page, int(asked["limit"]))
        paging: Json = {"cursors": {"after": f"a{end}"}}
        if end < len(items):
            paging["next"] = f"https://graph.facebook.com/v25.0/1/recent_media?access_token={TOKEN}&after=a{end}"
        return answered(json.dumps({"data": items[start:end], "paging": paging}).encode())

    def _error(self, code: int, message: str) -> httpx2.Response:
        said = {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "x"}}
        return answered(json.dumps(said).encode(), 400)
