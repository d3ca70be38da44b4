"""Zeeschuimer's own files (NDJSON): what a browser was shown, each item as the platform sent it. Open Zeeschuimer, Download .ndjson.

    {"item_id": ..., "timestamp_collected": ms, "source_platform": "tiktok.com", "data": {the platform's own object}}

Items of TikTok, Instagram and X are read; those of other platforms are set aside, and 4CAT makes a CSV of them. A platform changes
its objects when it likes: an item without the parts that are needed is set aside, never guessed at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundswell.sources.files.layouts.cells import Always, Count, Flag, Handle, Id, Moment, Tags, Text, Who
from groundswell.sources.files.layouts.fourcat import NOTE
from groundswell.sources.files.layouts.layout import Account, Interaction, Layout, Post, Unfolded, reshaped
from groundswell.sources.files.tables import Rows
from groundswell.sources.values import tweet_of

Item = dict[str, Any]


def _at(value: Any, path: str) -> Any:
    """What lies at `a/b/c`, None where there is no such place."""
    for key in path.split("/"):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _first(value: Any, *paths: str) -> Any:
    return next((found for path in paths if (found := _at(value, path)) is not None), None)


def _each(value: Any, path: str, key: str) -> list[str] | None:
    items = _at(value, path)
    words = [str(found) for item in items if (found := _at(item, key))] if isinstance(items, list) else []
    return words or None


def _tiktok(data: Item) -> Item:
    author = data.get("author")
    handle = author if isinstance(author, str) else _at(author, "uniqueId")
    return {
        "id": data.get("id"),
        "author_id": _first(data, "author/id", "authorId"),
        "author": handle,
        "name": _first(data, "author/nickname", "nickname"),
        "bio": _at(data, "author/signature"),
        "verified": _at(data, "author/verified"),
        "private": _at(data, "author/privateAccount"),
        "followers": _at(data, "authorStats/followerCount"),
        "following": _at(data, "authorStats/followingCount"),
        "posts_count": _at(data, "authorStats/videoCount"),
        "text": data.get("desc"),
        "created": data.get("createTime"),
        "media": "video",
        "hashtags": _each(data, "challenges", "title") or _each(data, "textExtra", "hashtagName"),
        "mentions": _each(data, "textExtra", "userUniqueId"),
        "likes": _at(data, "stats/diggCount"),
        "replies": _at(data, "stats/commentCount"),
        "reposts": _at(data, "stats/shareCount"),
        "views": _at(data, "stats/playCount"),
        "saves": _at(data, "stats/collectCount"),
        "paid": data.get("isAd"),
    }


def _instagram(data: Item) -> Item:
    hidden = data.get("like_and_view_counts_disabled")
    return {
        "id": _first(data, "pk", "id"),
        "author_id": _first(data, "user/pk", "user/id"),
        "author": _at(data, "user/username"),
        "name": _at(data, "user/full_name"),
        "verified": _at(data, "user/is_verified"),
        "private": _at(data, "user/is_private"),
        "text": _at(data, "caption/text"),
        "created": data.get("taken_at"),
        "media": {1: "image", 2: "video", 8: "album"}.get(data.get("media_type", 0)),
        "mentions": _each(data, "usertags/in", "user/username"),
        "likes": None if hidden else data.get("like_count"),
        "hidden": hidden,
        "replies": data.get("comment_count"),
        "views": None if hidden else data.get("play_count"),
        "paid": data.get("is_paid_partnership"),
    }


def _x(data: Item) -> Item:
    """A tweet; one that passes another on shows that one's counts, which are not its own."""
    said = data.get("legacy")
    user = _at(data, "core/user_results/result")
    copy = _at(said, "retweeted_status_result") is not None
    answered = _at(said, "in_reply_to_status_id_str")
    quoted = _at(said, "is_quote_status")
    about: Item = {
        "id": _first(data, "rest_id", "legacy/id_str", "id"),
        "author_id": _at(user, "rest_id"),
        "author": _first(user, "legacy/screen_name", "core/screen_name"),
        "name": _first(user, "legacy/name", "core/name"),
        "bio": _at(user, "legacy/description"),
        "followers": _at(user, "legacy/followers_count"),
        "following": _at(user, "legacy/friends_count"),
        "posts_count": _at(user, "legacy/statuses_count"),
        "text": tweet_of(_at(data, "note_tweet/note_tweet_results/result/text") or _at(said, "full_text")),
        "created": _at(said, "created_at"),
        "language": _at(said, "lang"),
        "kind": "repost" if copy else "reply" if answered else "quote" if quoted else "post",
        "reply": answered,
        "reply_whom": _at(said, "in_reply_to_user_id_str"),
        "hashtags": _each(said, "entities/hashtags", "text"),
        "mentions": _each(said, "entities/user_mentions", "screen_name"),
    }
    counts = {
        "likes": _at(said, "favorite_count"),
        "replies": _at(said, "reply_count"),
        "reposts": _at(said, "retweet_count"),
        "quotes": _at(said, "quote_count"),
        "saves": _at(said, "bookmark_count"),
        "views": _at(data, "views/count"),
    }
    return about | ({} if copy else counts)


READ: dict[str, tuple[str, Callable[[Item], Item]]] = {
    "tiktok.com": ("tiktok", _tiktok),
    "instagram.com": ("instagram", _instagram),
    "x.com": ("twitter", _x),
    "twitter.com": ("twitter", _x),
}


def _items(rows: Rows) -> Unfolded:
    return reshaped(rows, _item)


def _item(one: Item) -> list[Item] | str:
    source, data = one.get("source_platform"), one.get("data")
    if not isinstance(source, str) or source not in READ:
        return f"items of {str(source)[:40]} are not read from Zeeschuimer's own file: make a CSV of it with 4CAT"
    if not isinstance(data, dict):
        return "an item that holds no data"
    platform, read = READ[source]
    found = read(data)
    if not found.get("id") or not (found.get("author") or found.get("author_id")):
        return f"an item of {platform} in a shape that is not known: no id or no author in it"
    return [found | {"source_platform": platform, "timestamp_collected": one.get("timestamp_collected")}]


_AUTHOR, _POST, _WHEN = Who("author_id", handle="author"), Id("id"), Moment("created")
_REPLY_TO, _REPLY_WHOM = Id("reply"), Who("reply_whom")
RAW = Layout(
    id="zeeschuimer",
    title="Zeeschuimer",
    says="TikTok, Instagram or X items as Zeeschuimer collected them: Download, .ndjson.",
    platform=None,
    platform_columns=("sourceplatform",),
    required=("source_platform", "item_id", "timestamp_collected"),
    kinds=("json",),
    observed=("timestamp_collected",),
    unfold=_items,
    note=NOTE,
    records=(
        Post(
            post=_POST,
            account=_AUTHOR,
            text=Text("text"),
            created_at=_WHEN,
            kind=Text("kind"),
            media=Text("media"),
            language=Text("language"),
            reply_to=_REPLY_TO,
            reply_to_account=_REPLY_WHOM,
            hashtags=Tags("hashtags"),
            mentions=Tags("mentions"),
            paid_label=Flag("paid"),
            likes_hidden=Flag("hidden"),
            likes=Count("likes"),
            replies=Count("replies"),
            reposts=Count("reposts"),
            quotes=Count("quotes"),
            views=Count("views"),
            saves=Count("saves"),
        ),
        Account(
            account=_AUTHOR,
            handle=Handle("author"),
            name=Text("name"),
            bio=Text("bio"),
            verified=Flag("verified"),
            private=Flag("private"),
            followers=Count("followers"),
            following=Count("following"),
            posts_count=Count("posts_count"),
        ),
        Interaction(actor=_AUTHOR, verb=Always("mention"), via=_POST, acted_at=_WHEN, each=Tags("mentions")),
    ),
)

ZEESCHUIMER = (RAW,)
