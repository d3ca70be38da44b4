"""A fake of Twitch's API (Helix): the documented shapes of its answers, over a small made-up community.

It is a fake: what it answers was written from the reference (users, channels/followers, videos, clips; errors), not recorded.
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
LOGIN = "client-of-the-test:token-of-the-test"


def channel(number: int) -> str:
    return str(40_000_000 + number)


def video(number: int, k: int) -> str:
    return str(2_000_000_000 + number * 1_000 + k)


@dataclass
class Fake(FakeNetwork):
    """The community, and what the API answers."""

    people: int = 12
    videos_each: int = 9
    page: int = 4
    """Most items a page of a list, however many were asked for."""
    deleted: set[str] = field(default_factory=lambda: set())
    requests: list[str] = field(default_factory=lambda: [])

    # -- shapes ------------------------------------------------------------------------------------------------------------

    def user(self, number: int) -> Json:
        return {
            "id": channel(number), "login": f"person{number}", "display_name": f"Person{number}", "type": "", "broadcaster_type": "affiliate",
            "description": f"beans, number {number}", "profile_image_url": "", "offline_image_url": "", "view_count": 0,
            "created_at": "2019-05-01T09:59:00Z",
        }  # fmt: skip

    def video(self, number: int, k: int) -> Json:
        made = (BORN + timedelta(days=k)).isoformat().replace("+00:00", "Z")
        return {
            "id": video(number, k), "stream_id": None, "user_id": channel(number), "user_login": f"person{number}", "user_name": f"Person{number}",
            "title": f"bean {k}", "description": "", "created_at": made, "published_at": made, "url": f"https://www.twitch.tv/videos/{video(number, k)}",
            "thumbnail_url": "", "viewable": "public", "view_count": 100 * k, "language": "en", "type": "archive", "duration": "3m21s",
            "muted_segments": None,
        }  # fmt: skip

    def clip(self, number: int, maker: int) -> Json:
        return {
            "id": f"GoodBean{number}-{maker}", "url": "https://clips.twitch.tv/x", "embed_url": "", "broadcaster_id": channel(number),
            "broadcaster_name": f"Person{number}", "creator_id": channel(maker), "creator_name": f"Person{maker}", "video_id": video(number, 1),
            "game_id": "1", "language": "en", "title": "look at this bean", "view_count": 7, "created_at": "2026-04-01T00:00:00Z",
            "thumbnail_url": "", "duration": 12.9, "vod_offset": 3, "is_featured": False,
        }  # fmt: skip

    # -- answers -----------------------------------------------------------------------------------------------------------

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request as the API would."""
        self.requests.append(str(request.url))
        client, _, token = LOGIN.partition(":")
        if (request.headers.get("client-id"), request.headers.get("authorization")) != (client, f"Bearer {token}"):
            return self._error(401, "Unauthorized", "Invalid OAuth token")
        asked = request.url.params
        match request.url.path.removeprefix("/helix/"):
            case "users":
                names = {f"person{number}": number for number in range(self.people)}
                found = [names[one] for one in asked.get_list("login") if one in names]
                found += [int(one) - 40_000_000 for one in asked.get_list("id")]
                return self._said([self.user(one) for one in found if channel(one) not in self.deleted])
            case "channels/followers":
                number = int(asked["broadcaster_id"]) - 40_000_000
                return self._said([], total=1_000 * (number + 1), pagination={})
            case "videos" if "id" in asked:
                if asked["id"] in self.deleted:
                    return self._error(404, "Not Found", "Not Found")
                return self._said([self.video(*divmod(int(asked["id"]) - 2_000_000_000, 1_000))], pagination={})
            case "videos":
                number = int(asked["user_id"]) - 40_000_000
                names = [k for k in reversed(range(self.videos_each)) if video(number, k) not in self.deleted]
                return self._paged(asked, [self.video(number, k) for k in names])
            case "clips":
                number = int(asked["broadcaster_id"]) - 40_000_000
                return self._paged(asked, [self.clip(number, (number + k) % self.people) for k in range(6)])
        return self._error(404, "Not Found", "")

    def _paged(self, asked: Any, items: list[Json]) -> httpx2.Response:
        start = int(asked.get("after", "c0")[1:])
        end = start + min(self.page, int(asked.get("first", "20")))
        return self._said(items[start:end], pagination={"cursor": f"c{end}"} if end < len(items) else {})

    def _said(self, items: list[Json], **more: Json) -> httpx2.Response:
        return answered(json.dumps({"data": items} | more).encode())

    def _error(self, status: int, error: str, message: str) -> httpx2.Response:
        return answered(json.dumps({"error": error, "status": status, "message": message}).encode(), status)
