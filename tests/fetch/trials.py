"""Every live source with its fake: what the tests of faults and of being killed put each of them through.

A new source is put through them by standing here; `tests/laws/test_every_source.py` notices when one does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import fake_bluesky
import fake_instagram
import fake_mastodon
import fake_reddit
import fake_sites
import fake_twitch
import fake_x
import fake_youtube
import httpx2
from faking import FakeNetwork, answered, body_of

from groundswell.fetch import Asked

Fault = Callable[[httpx2.Request, bytes], httpx2.Response]


@dataclass(frozen=True)
class Trial:
    """A source, a fake of it, and a fetch of some pages."""

    source: str
    fake: Callable[[], FakeNetwork]
    asked: Asked
    leads_back: Callable[[httpx2.Request, httpx2.Response], httpx2.Response]
    """A page that says to go on where it was asked."""
    true_answers: frozenset[str] = frozenset()
    """Faults that no program could tell from a true answer of this network."""
    environment: Mapping[str, str] = field(default_factory=lambda: {})
    """What the user's environment holds: a key."""

    def __str__(self) -> str:
        return self.source


def _cursor_back(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
    cursor, said = request.url.params.get("cursor"), json.loads(body_of(response))
    return answered(json.dumps(said | ({"cursor": cursor} if cursor else {})).encode())


def _link_back(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
    place = request.url.params.get("max_id")
    link: dict[str, Any] = {"link": f'<https://mastodon.example/x?max_id={place}>; rel="next"'} if place else {}
    return answered(body_of(response), 200, {"link": response.headers.get("link", "")} | link)


def _token_back(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
    token, said = request.url.params.get("pageToken"), json.loads(body_of(response))
    return answered(json.dumps(said | ({"nextPageToken": token} if token else {})).encode())


def _pagination_back(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
    cursor, said = request.url.params.get("after"), json.loads(body_of(response))
    return answered(json.dumps(said | ({"pagination": {"cursor": cursor}} if cursor else {})).encode())


def _meta_back(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
    token, said = request.url.params.get("pagination_token"), json.loads(body_of(response))
    return answered(json.dumps(said | ({"meta": said["meta"] | {"next_token": token}} if token else {})).encode())


def _listing_back(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
    place, said = request.url.params.get("after"), json.loads(body_of(response))
    return answered(json.dumps(said | ({"data": said["data"] | {"after": place}} if place else {})).encode())


def _media_back(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
    said, place = json.loads(body_of(response)), re.search(r"after\((\w+)\)", request.url.params.get("fields", ""))
    if place:
        said["business_discovery"]["media"]["paging"]["cursors"]["after"] = place[1]
    return answered(json.dumps(said).encode())


TRIALS = (
    Trial(
        "bluesky", lambda: fake_bluesky.Fake(people=12),
        Asked(source="bluesky", who=("@person0.bsky.social", "@person1.bsky.social"), lists=("posts", "followers")), _cursor_back,
    ),
    Trial(
        "mastodon", lambda: fake_mastodon.Fake(people=12),
        Asked(source="mastodon", who=("@person0@mastodon.example", "@person1@mastodon.example"), lists=("posts", "followers")), _link_back,
        # Who hides their followers has a list that is just as empty.
        true_answers=frozenset(("a list",)),
    ),
    Trial(
        "feeds", fake_sites.Fake, Asked(source="feeds", who=("https://ann.example/", "https://ben.example/", "https://cem.example/")),
        lambda _request, response: response,
        # A site says in its own words and with any page that something is not there; and its pages are no JSON that could be changed.
        true_answers=frozenset((
            "404 in HTML, from a box in between", "403 in HTML, from a box in between", "HTML instead of JSON", "items in another order",
            "items twice", "a field nobody knows",
        )),
    ),
    Trial(
        "youtube", lambda: fake_youtube.Fake(people=6), Asked(source="youtube", who=("@person0", "@person1"), lists=("posts", "replies"), posts=1),
        _token_back, environment={"GROUNDSWELL_YOUTUBE_LOGIN": fake_youtube.KEY},
    ),
    Trial(
        "twitch", fake_twitch.Fake, Asked(source="twitch", who=("@person0", "@person1"), lists=("posts", "reposts")), _pagination_back,
        # So it answers when it knows nobody of that name.
        true_answers=frozenset(("another shape",)), environment={"GROUNDSWELL_TWITCH_LOGIN": fake_twitch.LOGIN},
    ),
    Trial(
        "reddit", fake_reddit.Fake, Asked(source="reddit", who=("u/person0", "u/person1"), lists=("posts", "comments")), _listing_back,
        environment={"GROUNDSWELL_REDDIT_LOGIN": fake_reddit.LOGIN},
    ),
    Trial(
        "instagram", fake_instagram.Fake, Asked(source="instagram", who=("@person0", "@person1"), people=2), _media_back,
        environment={"GROUNDSWELL_INSTAGRAM_LOGIN": fake_instagram.LOGIN},
    ),
    Trial(
        "x", fake_x.Fake, Asked(source="x", who=("@person0", "@person1"), lists=("posts", "followers"), spend=100), _meta_back,
        environment={"GROUNDSWELL_X_LOGIN": fake_x.TOKEN},
    ),
)  # fmt: skip
BY_SOURCE = {one.source: one for one in TRIALS}
