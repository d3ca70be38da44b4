"""A fake of the YouTube Data API v3: the documented shapes of its answers, over a small made-up community.

It is a fake: what it answers was written from the reference (channels, playlistItems, videos, commentThreads, search; errors; quota), not
recorded. Each request costs a unit; when they are spent it says so as the reference does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from faking import FakeNetwork, answered

Json = Any
BORN = datetime(2026, 3, 1, tzinfo=UTC)
KEY = "AIza-of-the-test"


def channel(number: int) -> str:
    return f"UC{number:022d}"


def video(number: int, k: int) -> str:
    return f"v{number:04d}_{k:05d}"


def error(status: int, reason: str, message: str) -> tuple[int, Json]:
    return status, {
        "error": {
            "code": status,
            "message": message,
            "errors": [{"message": message, "domain": "youtube.quota", "reason": reason}],
        }
    }


@dataclass
class Fake(FakeNetwork):
    """The community, and what the API answers."""

    people: int = 20
    videos_each: int = 12
    page: int = 5
    """Most items a page of a list, however many were asked for."""
    units: int = 10_000
    hidden: set[int] = field(default_factory=lambda: {2})
    """Channels that hide how many subscribe."""
    closed: set[int] = field(default_factory=lambda: {3})
    """Channels that close their comments and hide their likes."""
    deleted: set[str] = field(default_factory=lambda: set())
    requests: list[str] = field(default_factory=lambda: [])

    def commenters(self, number: int) -> list[int]:
        return [(number + k) % self.people for k in range(1, 8)]

    # -- shapes ------------------------------------------------------------------------------------------------------------

    def channel(self, number: int) -> Json:
        counts: Json = {
            "viewCount": "120000",
            "hiddenSubscriberCount": number in self.hidden,
            "videoCount": str(self.videos_each),
        }
        counts |= {"subscriberCount": "0" if number in self.hidden else str(1_000 * (number + 1))}
        return {
            "kind": "youtube#channel", "etag": "e", "id": channel(number),
            "snippet": {"title": f"Person {number}", "description": f"beans, number {number}", "customUrl": f"@person{number}", "publishedAt": "2019-05-01T09:59:00Z", "country": "DE"},
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": "UU" + channel(number)[2:]}}, "statistics": counts,
        }  # fmt: skip

    def item(self, number: int, k: int) -> Json:
        made = (BORN + timedelta(days=k)).isoformat().replace("+00:00", "Z")
        snippet = {
            "publishedAt": made, "channelId": channel(number), "title": f"bean {k}", "description": "", "channelTitle": f"Person {number}",
            "playlistId": "UU" + channel(number)[2:], "position": 0, "resourceId": {"kind": "youtube#video", "videoId": video(number, k)},
            "videoOwnerChannelTitle": f"Person {number}", "videoOwnerChannelId": channel(number),
        }  # fmt: skip
        return {
            "kind": "youtube#playlistItem",
            "etag": "e",
            "id": f"UE{k}",
            "snippet": snippet,
            "contentDetails": {"videoId": video(number, k), "videoPublishedAt": made},
        }

    def video(self, name: str) -> Json:
        number, k = int(name[1:5]), int(name[6:])
        counts = {"viewCount": str(100 * k), "favoriteCount": "0"}
        counts |= (
            {}
            if number in self.closed
            else {"likeCount": str(10 * k), "commentCount": str(len(self.commenters(number)))}
        )
        snippet = self.item(number, k)["snippet"] | {"categoryId": "26", "defaultAudioLanguage": "en-GB"}
        return {
            "kind": "youtube#video",
            "etag": "e",
            "id": name,
            "snippet": snippet,
            "contentDetails": {"duration": "PT5M12S"},
            "statistics": counts,
        }

    def thread(self, name: str, who: int) -> Json:
        said = {
            "channelId": channel(int(name[1:5])), "videoId": name, "textDisplay": "more beans", "textOriginal": "more beans", "authorDisplayName": f"@person{who}",
            "authorChannelId": {"value": channel(who)}, "likeCount": 1, "publishedAt": "2026-04-01T00:00:00Z", "updatedAt": "2026-04-01T00:00:00Z",
        }  # fmt: skip
        top = {"kind": "youtube#comment", "etag": "e", "id": f"Ug{name}{who:03d}", "snippet": said}
        return {
            "kind": "youtube#commentThread",
            "etag": "e",
            "id": top["id"],
            "snippet": {
                "channelId": said["channelId"],
                "videoId": name,
                "topLevelComment": top,
                "canReply": True,
                "totalReplyCount": 0,
                "isPublic": True,
            },
        }

    # -- answers -----------------------------------------------------------------------------------------------------------

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request as the API would."""
        self.requests.append(str(request.url))
        if request.headers.get("x-goog-api-key") != KEY:
            status, said = error(400, "badRequest", "API key not valid. Please pass a valid API key.")
        elif len(self.requests) > self.units:
            status, said = error(
                403, "quotaExceeded", "The request cannot be completed because you have exceeded your quota."
            )
        else:
            status, said = self._found(request.url.path.rpartition("/")[2], dict(request.url.params))
        return answered(json.dumps(said).encode(), status)

    def _found(self, method: str, asked: dict[str, str]) -> tuple[int, Json]:
        ids = [one for one in asked.get("id", "").split(",") if one and one not in self.deleted]
        match method:
            case "channels":
                known = [int(one[2:]) for one in ids if one[2:].isdigit()]
                if handle := asked.get("forHandle", "").removeprefix("@person"):
                    known = [int(handle)] if handle.isdigit() else []
                return 200, self._answer(
                    "channel",
                    [self.channel(one) for one in known if one < self.people and channel(one) not in self.deleted],
                )
            case "videos":
                return 200, self._answer("video", [self.video(one) for one in ids])
            case "playlistItems":
                number = int(asked["playlistId"][2:])
                names = [k for k in reversed(range(self.videos_each)) if video(number, k) not in self.deleted]
                return self._paged("playlistItem", names, asked, lambda k: self.item(number, k))
            case "commentThreads" if int(asked["videoId"][1:5]) in self.closed:
                return error(
                    403, "commentsDisabled", "The video identified by the videoId parameter has disabled comments."
                )
            case "commentThreads":
                return self._paged(
                    "commentThread",
                    self.commenters(int(asked["videoId"][1:5])),
                    asked,
                    lambda who: self.thread(asked["videoId"], who),
                )
            case "search":
                return self._paged(
                    "searchListResponse",
                    list(range(8)),
                    asked,
                    lambda one: {
                        "kind": "youtube#searchResult",
                        "id": {"kind": "youtube#video", "videoId": video(one, 1)},
                        "snippet": {"channelId": channel(one), "title": "bean 1"},
                    },
                )
        return error(404, "notFound", "not found")

    def _answer(self, kind: str, items: list[Json], onward: Json | None = None) -> Json:
        """Where nothing is found there is no list at all."""
        head = {
            "kind": f"youtube#{kind}ListResponse",
            "etag": "e",
            "pageInfo": {"totalResults": len(items), "resultsPerPage": self.page},
        }
        return head | (onward or {}) | ({"items": items} if items else {})

    def _paged(
        self, kind: str, items: list[int], asked: dict[str, str], shape: Callable[[int], Json]
    ) -> tuple[int, Json]:
        start = int(asked.get("pageToken", "t0")[1:])
        end = start + min(self.page, int(asked.get("maxResults", "5")))
        onward = {"nextPageToken": f"t{end}"} if end < len(items) else {}
        return 200, self._answer(kind, [shape(one) for one in items[start:end]], onward)
