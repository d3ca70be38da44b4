"""A Modash report: one JSON document about one account, with its audience, history and posts.

Facts are taken: counts, posts, contacts and the monthly history. Modash's own estimates (credibility, audience) are not facts of
ours, and its guesses at ethnicity are never read.
"""

from __future__ import annotations

import calendar
from typing import Any

import pyarrow as pa

from groundswell.sources.files.layouts.cells import (
    Always,
    Count,
    Country,
    Flag,
    Handle,
    Id,
    Language,
    Moment,
    Tags,
    Text,
    Who,
    Word,
)
from groundswell.sources.files.layouts.identities import profile_of
from groundswell.sources.files.layouts.layout import Account, Contact, Interaction, Layout, Part, Post, Unfolded
from groundswell.sources.files.layouts.words import mentions
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.values import table_of

Found = list[tuple[dict[str, Any], int]]


def _report(rows: Rows) -> Unfolded:
    """One document -> its account, its history by month, its posts, its contacts."""
    parts: dict[str, Found] = {"profile": [], "history": [], "posts": [], "contacts": []}
    for document, line in zip(rows.objects or [], rows.lines.to_pylist(), strict=False):
        for name, found in _document(document).items():
            parts[name] += [(one, line) for one in found]
    tables = {
        name: Part(table_of([one for one, _ in found]), pa.array([line for _, line in found], pa.int64()))
        for name, found in parts.items()
        if found
    }
    return Unfolded(tables)


def _document(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    outer = _object(document.get("profile"))
    inner = _object(outer.get("profile"))
    who = _identity(outer, inner)
    if not who:
        return {}
    about = {key: value for key, value in (outer | inner).items() if not isinstance(value, dict | list)}
    return {
        "profile": [{**about, **who}],
        "history": [
            {**month, **who, "observed_at": _end_of(month.get("month"))}
            for month in _objects(outer.get("statHistory"))
            if _end_of(month.get("month"))
        ],
        "posts": [{**post, **who} for post in _posts(outer)],
        "contacts": [
            {"type": one.get("type"), "value": one.get("value"), **who} for one in _objects(outer.get("contacts"))
        ],
    }


def _posts(outer: dict[str, Any]) -> list[dict[str, Any]]:
    """Each post once, with what any of the three lists says of it. Only the sponsored ones say whether somebody paid."""
    posts: dict[str, dict[str, Any]] = {}
    for name in ("recentPosts", "popularPosts", "sponsoredPosts"):
        for post in _objects(outer.get(name)):
            key = str(post.get("id") or post.get("url"))
            paid = {"sponsored": True} if name == "sponsoredPosts" or post.get("sponsors") else {}
            posts[key] = {**post, **posts.get(key, {}), **paid}
    return list(posts.values())


def _identity(outer: dict[str, Any], inner: dict[str, Any]) -> dict[str, Any]:
    """Platform from the profile's address; the native id where the report has it."""
    profile = profile_of(str(inner.get("url") or "")) if inner.get("url") else None
    if profile is None or profile.platform == "blog":
        return {}
    return {
        "platform": profile.platform,
        "ownerId": outer.get("userId") or inner.get("userId"),
        "ownerHandle": inner.get("username") or profile.handle,
    }


def _end_of(month: Any) -> str | None:
    """`2024-03` -> the last second of March 2024."""
    if not isinstance(month, str) or len(month) != 7 or not month.replace("-", "").isdigit():
        return None
    year, number = int(month[:4]), int(month[5:])
    return f"{month}-{calendar.monthrange(year, number)[1]}T23:59:59Z" if 1 <= number <= 12 and year > 1900 else None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


_WHO = Who("ownerId", handle="ownerHandle")
_POST = Id("id", url="url")
_TEXT = Text("text")
_WHEN = Moment("created")
_MENTIONS = mentions("mentions", text=_TEXT, kind=Always("post"))

REPORT = Layout(
    id="modash_report",
    title="Modash report",
    says="A Modash profile report as JSON: one account with its posts, monthly history and contacts.",
    platform=None,
    required=("profile/profile/username", "profile/profile/followers", "profile/profile/url"),
    unfold=_report,
    whole=True,
    observed=("observed_at",),
    ignored=(
        "picture",
        "error",
        "engagementRate",
        "engagements",
        "avgLikes",
        "avgComments",
        "avgViews",
        "avgReelsPlays",
        "gender",
        "ageGroup",
        "userId",
    ),
    records=(
        Account(
            part="profile",
            account=_WHO,
            handle=Handle("ownerHandle"),
            name=Text("fullname"),
            bio=Text("bio"),
            url=Text("url"),
            location=Text("city", "state"),
            country=Country("country"),
            language=Language("language"),
            account_type=Text("accountType"),
            verified=Flag("isVerified"),
            private=Flag("isPrivate"),
            followers=Count("followers"),
            following=Count("following"),
            posts_count=Count("postsCount"),
        ),
        Account(
            part="history",
            account=_WHO,
            handle=Handle("ownerHandle"),
            followers=Count("followers"),
            following=Count("following"),
        ),
        Post(
            part="posts",
            post=_POST,
            account=_WHO,
            text=_TEXT,
            created_at=_WHEN,
            media=Text("type"),
            url=Text("url"),
            hashtags=Tags("hashtags"),
            mentions=_MENTIONS,
            paid_label=Flag("sponsored"),
            likes=Count("likes"),
            replies=Count("comments"),
            views=Count("views", "plays"),
        ),
        Interaction(part="posts", actor=_WHO, verb=Always("mention"), via=_POST, acted_at=_WHEN, each=_MENTIONS),
        Contact(
            part="contacts",
            account=_WHO,
            channel=Word(
                "type",
                spellings={
                    "email": "email",
                    "phone": "phone",
                    "tel": "phone",
                    "url": "url",
                    "website": "url",
                    "linktree": "url",
                },
            ),
            address=Text("value"),
        ),
    ),
)

MODASH = (REPORT,)
