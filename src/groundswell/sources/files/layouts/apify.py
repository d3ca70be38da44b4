"""Apify's Instagram scraper and the actors that imitate it: profiles and posts, JSON or CSV. Open the run, Export results.

The CSV spreads lists over columns (`hashtags/0`, `latestPosts/0/caption`); the JSON nests them. Community actors rename:
`followerCount`, `mediaCount`, `isVerified`, `publicEmail`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.sources import SetAside
from groundswell.sources.files.layouts.cells import Always, Count, Flag, Handle, Id, Moment, Tags, Text, Who
from groundswell.sources.files.layouts.generic import filled, hidden_likes
from groundswell.sources.files.layouts.layout import (
    Account,
    Contact,
    Interaction,
    Layout,
    Part,
    Post,
    RecordMap,
    Unfolded,
)
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.values import table_of, texts

pc: Any = _compute  # its functions are made at run time, no type checker knows them
_OWNER = Who("ownerId", "owner/id", handle=("ownerUsername", "owner/username"))
_MENTIONS = Tags("mentions")
_CODES = ("shortCode", "code")
_POST = Id("id", "postId", "pk", code=_CODES, url=("url", "postUrl"))
_WHEN = Moment("timestamp", "takenAt", "taken_at")
_KNOWN = (
    *_CODES,
    "displayUrl",
    "images",
    "inputUrl",
    "latestComments",
    "childPosts",
    "firstComment",
    "taggedUsers",
    "musicInfo",
    "error",
    "errorDescription",
)

POST_AMONG_PROFILES = "a post among profiles: import the file once more with --as apify_instagram_post"


def _post(part: str) -> tuple[RecordMap, ...]:
    return (
        Post(
            part=part,
            post=_POST,
            account=_OWNER,
            text=Text("caption", "text"),
            created_at=_WHEN,
            media=Text("type", "productType", "mediaType"),
            url=Text("url", "postUrl"),
            hashtags=Tags("hashtags"),
            mentions=_MENTIONS,
            paid_label=Flag("isSponsored", "isPaidPartnership"),
            likes_hidden=hidden_likes(("likesCount", "likeCount")),
            likes=Count("likesCount", "likeCount"),
            replies=Count("commentsCount", "commentCount"),
            views=Count("videoPlayCount", "videoViewCount", "playCount"),
            reposts=Count("sharesCount", "reshareCount"),
        ),
        Account(
            part=part, account=_OWNER, handle=Handle("ownerUsername", "owner/username"), name=Text("ownerFullName")
        ),
        Interaction(part=part, actor=_OWNER, verb=Always("mention"), via=_POST, acted_at=_WHEN, each=_MENTIONS),
    )


_COMMENTER = Who("ownerId", "owner/id", handle=("ownerUsername", "owner/username"))
_COMMENTS = Interaction(
    part="comments",
    actor=_COMMENTER,
    verb=Always("reply"),
    account=Who("ofId", handle="ofUsername"),
    post=Id("ofPost", code="ofCode", url="ofAddress"),
    via=Id("id"),
    acted_at=Moment("timestamp"),
)


def _without_reports(rows: Rows, what: str) -> tuple[Rows, list[SetAside]]:
    """Split off the rows in which the scraper only reports that it could not read something."""
    said = _words(rows, "error")
    failed = pc.invert(pc.is_in(pc.utf8_lower(pc.fill_null(said, "")), pa.array(["", "false", "none", "null"])))
    if not pc.any(failed).as_py():
        return rows, []
    why = zip(said.filter(failed).to_pylist(), _words(rows, "errorDescription").filter(failed).to_pylist(), strict=True)
    reasons = [f"the tool could not read this {what}: {word}{f' ({more})' if more else ''}" for word, more in why]
    return _without(rows, failed, reasons)


def _without_posts(rows: Rows) -> tuple[Rows, list[SetAside]]:
    """Split off posts that lie beside profiles: each has an id, which is no account's."""
    coded = pc.or_(*(pc.is_valid(_words(rows, name)) for name in _CODES))
    owned = pc.or_(*(pc.is_valid(_words(rows, name)) for name in ("ownerUsername", "ownerId")))
    posts = pc.and_(pc.is_null(_words(rows, "username")), pc.or_(coded, owned))
    if not pc.any(posts).as_py():
        return rows, []
    return _without(rows, posts, [POST_AMONG_PROFILES] * pc.sum(posts).as_py())


def _without(rows: Rows, lost: pa.Array, reasons: list[str]) -> tuple[Rows, list[SetAside]]:
    gone = zip(rows.lines.filter(lost).to_pylist(), reasons, rows.columns.filter(lost).to_pylist(), strict=True)
    aside = [SetAside(line, why, _shown(row)) for line, why, row in gone]
    kept = pc.invert(lost)
    objects = rows.objects and [one for one, keep in zip(rows.objects, kept.to_pylist(), strict=True) if keep]
    return replace(rows, columns=rows.columns.filter(kept), lines=rows.lines.filter(kept), objects=objects), aside


def _words(rows: Rows, name: str) -> pa.Array:
    if name not in rows.columns.column_names:
        return pa.nulls(len(rows.lines), pa.string())
    return texts(in_one(rows.columns.column(name)))


def _shown(row: dict[str, Any]) -> str:
    return " | ".join(str(cell) for cell in row.values() if cell is not None)[:500]


def _posts_and_comments(rows: Rows) -> Unfolded:
    """Posts as they are; of JSON also the latest comments under them."""
    rows, aside = _without_reports(rows, "post")
    found = list(zip(rows.objects or [], rows.lines.to_pylist(), strict=False))
    comments = [
        ({**comment, **_below(one)}, line) for one, line in found for comment in _dicts(one.get("latestComments"))
    ]
    return Unfolded({"": Part(rows.columns, rows.lines)} | _part("comments", comments), aside)


def _below(post: dict[str, Any]) -> dict[str, Any]:
    """What a comment has to say of the post it stands under."""
    of = {"ofPost": "id", "ofCode": "shortCode", "ofAddress": "url", "ofId": "ownerId", "ofUsername": "ownerUsername"}
    return {ours: post.get(theirs) for ours, theirs in of.items()}


def _profiles(rows: Rows) -> Unfolded:
    """Profiles, and the latest posts that lie within them."""
    rows, aside = _without_reports(rows, "profile")
    rows, posts_aside = _without_posts(rows)
    aside += posts_aside
    if rows.objects is not None:
        found = zip(rows.objects, rows.lines.to_pylist(), strict=False)
        posts = [
            ({"ownerId": one.get("id"), "ownerUsername": one.get("username"), **post}, line)
            for one, line in found
            for post in _dicts(one.get("latestPosts"))
        ]
        return Unfolded({"": Part(rows.columns, rows.lines)} | _part("posts", posts), aside)
    return Unfolded({"": Part(rows.columns, rows.lines)} | _spread(rows), aside)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _part(name: str, found: list[tuple[dict[str, Any], int]]) -> dict[str, Part]:
    if not found:
        return {}
    return {name: Part(table_of([row for row, _ in found]), pa.array([line for _, line in found], pa.int64()))}


def _spread(rows: Rows) -> dict[str, Part]:
    """`latestPosts/0/caption`, `latestPosts/1/caption` ... as one table of posts."""
    names = rows.columns.column_names
    places = sorted({int(found[1]) for name in names if (found := re.match(r"latestPosts/(\d+)/", name))})
    owner = {
        new: rows.columns.column(old) for old, new in (("id", "ownerId"), ("username", "ownerUsername")) if old in names
    }
    tables = []
    for place in places:
        prefix = f"latestPosts/{place}/"
        tables.append(
            pa.table(
                owner
                | {name.removeprefix(prefix): rows.columns.column(name) for name in names if name.startswith(prefix)}
            )
        )
    if not tables:
        return {}
    return {
        "posts": Part(
            pa.concat_tables(tables, promote_options="permissive"), pa.concat_arrays([rows.lines] * len(tables))
        )
    }


POSTS = Layout(
    id="apify_instagram_post",
    title="Apify Instagram posts",
    says="Posts from the Instagram scraper on Apify: open the run, Export results, JSON or CSV.",
    platform="instagram",
    required=(
        ("shortCode", "code"),
        ("ownerUsername", "owner/username"),
        ("likesCount", "likeCount", "commentsCount", "caption"),
    ),
    observed=("scrapedAt", "observed_at"),
    unfold=_posts_and_comments,
    ignored=_KNOWN,
    records=(
        *_post(""),
        _COMMENTS,
        Account(part="comments", account=_COMMENTER, handle=Handle("ownerUsername"), verified=Flag("ownerIsVerified")),
    ),
)

_PROFILE = Who("id", "pk", "userId", handle="username")
_EMAIL = Text("publicEmail", "businessEmail", "email")
PROFILES = Layout(
    id="apify_instagram_profile",
    title="Apify Instagram profiles",
    says="Profiles from the Instagram scraper on Apify: open the run, Export results, JSON or CSV.",
    platform="instagram",
    required=(
        "username",
        ("followersCount", "followerCount"),
        ("followsCount", "followingCount", "postsCount", "mediaCount"),
    ),
    accepts=lambda headers: (
        bool(
            headers
            & {"biography", "fullname", "inputurl", "isbusinessaccount", "profilepicurl", "latestposts", "externalurl"}
        )
        and not headers & {"platform", "network"}
    ),
    observed=("scrapedAt", "observed_at"),
    unfold=_profiles,
    ignored=(
        "error",
        "errorDescription",
        "inputUrl",
        "profilePicUrl",
        "profilePicUrlHD",
        "latestPosts",
        "latestIgtvVideos",
        "relatedProfiles",
    ),
    records=(
        Account(
            account=_PROFILE,
            handle=Handle("username"),
            name=Text("fullName"),
            bio=Text("biography"),
            url=Text("externalUrl", "url"),
            category=Text("businessCategoryName", "categoryName", "category"),
            verified=Flag("verified", "isVerified"),
            private=Flag("private", "isPrivate"),
            followers=Count("followersCount", "followerCount"),
            following=Count("followsCount", "followingCount"),
            posts_count=Count("postsCount", "mediaCount"),
        ),
        Contact(account=_PROFILE, channel=Always("email"), address=_EMAIL, when=filled(_EMAIL)),
        *_post("posts"),
    ),
)

APIFY = (POSTS, PROFILES)
