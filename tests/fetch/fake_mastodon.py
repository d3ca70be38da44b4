"""A fake of two Mastodon servers: the documented shapes of their answers, over a small made-up community.

It is a fake: what it answers was written from Mastodon's documentation (entities Account, Status, Context; methods accounts, statuses,
timelines, trends; rate limits) and from the serializers and controllers of its source, not recorded. The client library Mastodon.py (2.3.3)
reads it, paging, errors and limits included. Nothing here was tried against a server of the real network.

    mastodon.example     thirty people, all of whom follow the first; open to strangers
    elsewhere.example    three more who follow the first; its numbers are its own
    closed.example       lets nobody in who is not logged in
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from faking import FakeNetwork, answered

Json = Any
HOME, ELSEWHERE, CLOSED = "mastodon.example", "elsewhere.example", "closed.example"
BORN = datetime(2026, 3, 1, tzinfo=UTC)
NOT_FOUND = {"error": "Record not found"}
ONLY_MEMBERS = {"error": "This method requires an authenticated user"}


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
    unlisted: set[int] = field(default_factory=lambda: set())
    quiet: set[int] = field(default_factory=lambda: set())
    """Those who do not let their posts be searched."""
    hides: set[int] = field(default_factory=lambda: set())
    """Those who hide whom they follow and who follows them."""
    deleted_people: set[int] = field(default_factory=lambda: set())
    deleted_posts: set[int] = field(default_factory=lambda: set())
    scheme: str = "https"
    left: int = 299

    # -- the truth ---------------------------------------------------------------------------------------------------------

    def server(self, number: int) -> str:
        return ELSEWHERE if number >= self.people - 3 else HOME

    def uri(self, number: int) -> str:
        return f"https://{self.server(number)}/users/person{number}"

    def handle(self, number: int) -> str:
        return f"person{number}@{self.server(number)}"

    def followers(self, number: int) -> list[int]:
        """Everybody follows the first; each of the others is followed by the five after it."""
        found = list(range(1, self.people)) if number == 0 else [(number + k) % self.people for k in range(1, 6)]
        return [one for one in found if one != number and one not in self.deleted_people]

    def following(self, number: int) -> list[int]:
        return [one for one in range(self.people) if number in self.followers(one) and one not in self.deleted_people]

    def posts(self, number: int) -> list[int]:
        """Newest first. Post 3 of everybody but the first answers post 2 of the first; post 4 boosts it."""
        found = [number * 100 + k for k in reversed(range(self.posts_each))]
        return [one for one in found if one not in self.deleted_posts]

    def post_uri(self, post: int) -> str:
        return f"{self.uri(post // 100)}/statuses/{10_000 + post}"

    def favoured_by(self, post: int) -> list[int]:
        return [one for one in self.followers(post // 100) if (one + post) % 3 == 0]

    # -- shapes ------------------------------------------------------------------------------------------------------------

    def id_at(self, number: int, server: str) -> str:
        """Servers number people each for themselves."""
        return str((5_000 if server == HOME else 7_000) + number)

    def account(self, number: int, server: str) -> Json:
        local = self.server(number) == server
        return {
            "id": self.id_at(number, server), "username": f"person{number}", "acct": f"person{number}" if local else self.handle(number),
            "display_name": f"Person {number}", "locked": False, "bot": False, "group": False,
            "discoverable": number not in self.unlisted, "indexable": number not in self.quiet, "created_at": moment(0),
            "note": f"<p>I grow beans, number {number}<br>and <a href=\"https://beans.example\" rel=\"me\">write</a></p>",
            "url": f"https://{self.server(number)}/@person{number}", "uri": self.uri(number), "avatar": "", "emojis": [],
            "followers_count": len(self.followers(number)), "following_count": len(self.following(number)),
            "statuses_count": len(self.posts(number)), "last_status_at": "2026-03-12", "hide_collections": number in self.hides,
            "fields": [{"name": "Garden", "value": "<a href=\"https://beans.example\">beans</a>", "verified_at": None}],
        } | ({"noindex": False} if local else {})  # fmt: skip

    def status(self, post: int, server: str) -> Json:
        number, k = divmod(post, 100)
        boosts, answers = k == 4 and number > 0, k == 3 and number > 0
        words = f"<p>beans {k} of person {number} <a href=\"https://{server}/tags/gardening\" class=\"mention hashtag\" rel=\"tag\">#<span>gardening</span></a></p><p>see <a href=\"https://beans.example/{k}\"><span class=\"invisible\">https://</span><span>beans.example/{k}</span></a></p>"  # fmt: skip
        return {
            "id": str(10_000 + post), "created_at": moment(24 * k + number / 60), "in_reply_to_id": "10002" if answers else None,
            "in_reply_to_account_id": self.id_at(0, server) if answers else None, "sensitive": False, "spoiler_text": "", "visibility": "public",
            "language": "en", "uri": self.post_uri(post) + ("/activity" if boosts else ""), "url": f"https://{self.server(number)}/@person{number}/{10_000 + post}",
            "replies_count": 0, "reblogs_count": 0, "favourites_count": len(self.favoured_by(post)), "edited_at": None,
            "content": "" if boosts else words, "reblog": self.status(2, server) if boosts else None, "account": self.account(number, server),
            "media_attachments": [], "mentions": [{"id": self.id_at(0, server), "username": "person0", "url": self.uri(0), "acct": "person0" if server == HOME else self.handle(0)}] if answers else [],
            "tags": [{"name": "gardening", "url": f"https://{server}/tags/gardening"}], "emojis": [], "card": None, "poll": None,
        }  # fmt: skip

    # -- answers -----------------------------------------------------------------------------------------------------------

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request as the servers would."""
        url = f"{request.url.scheme}://{request.headers['host']}{request.url.raw_path.decode()}"
        status, said, headers = self.said(url)
        return answered(json.dumps(said).encode(), status, headers)

    def said(self, url: str) -> tuple[int, Json, dict[str, str]]:
        """Status, body and headers for an address."""
        self.requests.append(url)
        parts = urlsplit(url)
        asked, path = dict(parse_qsl(parts.query)), parts.path.removeprefix("/api/v1/").split("/")
        limits = {
            "x-ratelimit-limit": "300",
            "x-ratelimit-remaining": str(self.left),
            "x-ratelimit-reset": "2026-06-01T00:00:30.000000Z",
        }
        server = parts.netloc.partition(":")[0]
        if server == CLOSED:
            return 401, ONLY_MEMBERS, limits
        status, said, link = self._found(path, asked, server, url.partition("?")[0])
        return status, said, limits | ({"link": link} if link else {})

    def _found(self, path: list[str], asked: dict[str, str], server: str, base: str) -> tuple[int, Json, str]:
        def paged(items: list[int], shape: Callable[[int, str], Json], place: str = "max_id") -> tuple[int, Json, str]:
            """A page; where it goes on stands in `Link` only, and is no id of what is on it."""
            start = int(asked.get(place, "900000")) if place == "max_id" else 900_000 - int(asked.get(place, "0"))
            at, size = 900_000 - start, min(int(asked.get("limit", "40")), self.page)
            rest = items[at + size :]
            onward = f"{place}={start - size}" if place == "max_id" else f"{place}={at + size}"
            before = f'<{base}?min_id={start}>; rel="prev"'
            link = f'<{base}?limit={size}&{onward}>; rel="next", {before}' if rest else before
            return 200, [shape(one, server) for one in items[at : at + size]], link

        match path:
            case ["accounts", "lookup"]:
                return self._one(self._called(asked["acct"], server), self.account, server)
            case ["accounts", number]:
                return self._one(self._numbered(number, server), self.account, server)
            case ["accounts", number, what]:
                found = self._numbered(number, server)
                if found is None:
                    return 404, NOT_FOUND, ""
                if what == "statuses":
                    return paged(self.posts(found), self.status)
                hidden = found in self.hides
                return paged(
                    [] if hidden else (self.followers if what == "followers" else self.following)(found), self.account
                )
            case ["statuses", number]:
                post = int(number) - 10_000
                gone = post in self.deleted_posts or post // 100 in self.deleted_people
                return self._one(None if gone else post, self.status, server)
            case ["statuses", number, "context"]:
                answers = [one * 100 + 3 for one in range(1, self.people)] if number == "10002" else []
                return 200, {"ancestors": [], "descendants": [self.status(one, server) for one in answers]}, ""
            case ["statuses", number, _]:
                return paged(self.favoured_by(int(number) - 10_000), self.account)
            case ["timelines", "tag", "gardening"]:
                return paged([one * 100 + 5 for one in range(self.people)], self.status)
            case ["trends", "statuses"]:
                return paged([one * 100 + 6 for one in range(15)], self.status, "offset")
        return 404, {"error": "The page you are looking for isn't here."}, ""

    def _one(self, found: int | None, shape: Callable[[int, str], Json], server: str) -> tuple[int, Json, str]:
        return (404, NOT_FOUND, "") if found is None else (200, shape(found, server), "")

    def _called(self, acct: str, server: str) -> int | None:
        name, _, home = acct.partition("@")
        number = int(name.removeprefix("person")) if name.removeprefix("person").isdigit() else -1
        there = 0 <= number < self.people and number not in self.deleted_people
        return number if there and self.server(number) == (home or server) else None

    def _numbered(self, said: str, server: str) -> int | None:
        number = int(said) - int(self.id_at(0, server))
        return number if 0 <= number < self.people and number not in self.deleted_people else None

    # -- over the wire -----------------------------------------------------------------------------------------------------

    @contextmanager
    def served(self) -> Generator[int]:
        """Answer real HTTP on this machine; which server is meant says the header `Host`."""
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, said, headers = fake.said(f"http://{self.headers['host']}{self.path}")
                body = json.dumps(said).encode()
                self.send_response(status)
                for name, value in (
                    headers | {"content-type": "application/json", "content-length": str(len(body))}
                ).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
