"""Bluesky tables, as notebooks and research archives save them: posts by at:// address, profiles, follows, likes, daily counts.

The author of a post stands in its address: `at://did:plc:abc/app.bsky.feed.post/xyz` was written by did:plc:abc.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.sources.files.layouts.cells import (
    Always,
    Computed,
    Count,
    DayEnd,
    Flag,
    Given,
    Handle,
    Id,
    Language,
    Links,
    Moment,
    Sheet,
    Tags,
    Text,
    Who,
    normalised,
)
from groundswell.sources.files.layouts.generic import OBSERVED, kind_of
from groundswell.sources.files.layouts.layout import Account, Follow, Interaction, Layout, Part, Post, Unfolded
from groundswell.sources.files.tables import Rows

pc: Any = _compute  # its functions are made at run time, no type checker knows them

DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def _author(sheet: Sheet) -> pa.Array | None:
    """The did in the address of a post; `bluesky:@handle` where the address holds a handle."""
    addresses = sheet.text("uri")
    if addresses is None:
        return None
    owner = pc.struct_field(pc.extract_regex(addresses, r"^at://(?P<owner>[^/]+)/"), "owner")
    is_did = pc.starts_with(owner, "did:")
    return pc.if_else(
        is_did, pc.binary_join_element_wise("bluesky", owner, ":"), pc.binary_join_element_wise("bluesky", owner, ":@")
    )


_POST = Id("uri")
_WHO = Computed(_author, "uri", "author_did")
_CREATED = Moment("created_at", "record/createdAt")
_MENTIONS = Tags("mentions")

POSTS = Layout(
    id="bluesky_posts",
    title="Bluesky posts",
    says="A table of Bluesky posts by their at:// addresses, with counts.",
    platform="bluesky",
    required=(
        "uri",
        ("created_at", "indexed_at", "record/createdAt"),
        ("text", "record/text", "like_count", "sentiment", "author_handle", "author"),
    ),
    observed=OBSERVED,
    ignored=("author_did", "author/did"),
    records=(
        Post(
            post=_POST,
            account=_WHO,
            text=Text("text", "record/text"),
            created_at=_CREATED,
            kind=kind_of(stated=(), repost=(), reply=("is_reply",), reply_to=(), quote=()),
            media=Text("embed_type", "embed_class"),
            language=Language("langs", "lang", "record/langs"),
            reply_to=Id("reply_parent", "reply_to", "parent_uri", "record/reply/parent/uri"),
            thread=Id("reply_root", "root_uri", "record/reply/root/uri"),
            hashtags=Tags("hashtags", "tags"),
            mentions=_MENTIONS,
            links=Links("links", "external_uri"),
            likes=Count("like_count"),
            replies=Count("reply_count"),
            reposts=Count("repost_count"),
            quotes=Count("quote_count"),
        ),
        Account(
            account=_WHO,
            handle=Handle("author_handle", "author/handle", "author"),
            name=Text("author_display_name", "author/displayName"),
        ),
        Interaction(
            actor=Who(anyone="account"), verb=Always("repost"), account=_WHO, post=_POST, when=Flag("is_repost")
        ),
        Interaction(actor=_WHO, verb=Always("mention"), via=_POST, acted_at=_CREATED, each=_MENTIONS),
    ),
)

_PROFILE = Who("did", handle="handle")

ACCOUNTS = Layout(
    id="bluesky_accounts",
    title="Bluesky profiles",
    says="A table of Bluesky profiles with their counts.",
    platform="bluesky",
    required=("did", "handle", ("followers_count", "follows_count", "posts_count", "description")),
    observed=OBSERVED,
    records=(
        Account(
            account=_PROFILE,
            handle=Handle("handle"),
            name=Text("display_name"),
            bio=Text("description"),
            created_at=Moment("created_at"),
            followers=Count("followers_count"),
            following=Count("follows_count"),
            posts_count=Count("posts_count"),
        ),
    ),
)

FOLLOW_LIST = Layout(
    id="bluesky_follow_list",
    title="Followers or follows of one Bluesky account",
    says="A list of Bluesky profiles, read as accounts; where it is said of whom (followed, follower), also as follows.",
    platform="bluesky",
    required=("did", "handle", ("display_name", "created_at")),
    accepts=lambda headers: not headers & {"followerscount", "followscount", "postscount"},
    observed=OBSERVED,
    note="Whose followers these are the file does not say: --set followed=@name (they follow it) or --set follower=@name (it follows them).",
    answers=("followed", "follower"),
    records=(
        Account(
            account=_PROFILE,
            handle=Handle("handle"),
            name=Text("display_name"),
            bio=Text("description"),
            created_at=Moment("created_at"),
        ),
        Follow(follower=_PROFILE, followed=Given("followed")),
        Follow(follower=Given("follower"), followed=_PROFILE),
    ),
)

FOLLOWS = Layout(
    id="bluesky_follows",
    title="Bluesky follows",
    says="A table of who follows whom on Bluesky, by did.",
    platform="bluesky",
    required=("source_did", "target_did"),
    observed=OBSERVED,
    records=(Follow(follower=Who("source_did"), followed=Who("target_did"), since=Moment("created_at")),),
)


def _liker(sheet: Sheet) -> pa.Array | None:
    """Likers that the file only numbers: `bluesky:~<post>/<number>`, the same person only within this post."""
    index, post = sheet.text("likerindex"), sheet.constants.get("post")
    if index is None or post is None:
        return None
    return pc.binary_join_element_wise(
        "bluesky:~" + post.rstrip("/").rpartition("/")[2], pc.utf8_trim_whitespace(index), "/"
    )


def _liked_author(sheet: Sheet) -> pa.Array | None:
    """The author of the post that the user named."""
    found = re.search(r"at://(did:[^/]+)/", sheet.constants.get("post", ""))
    return pa.repeat(pa.scalar(f"bluesky:{found[1]}" if found else None, pa.string()), len(sheet))


LIKES = Layout(
    id="bluesky_likes",
    title="Likes of one Bluesky post",
    says="The likes of one Bluesky post over time; who liked is only numbered.",
    platform="bluesky",
    required=("liker_index", "indexed_at"),
    needs=("post",),
    observed=OBSERVED,
    ignored=("hours_since_post",),
    records=(
        Interaction(
            actor=Computed(_liker, "liker_index"),
            verb=Always("like"),
            account=Computed(_liked_author),
            acted_at=Moment("indexed_at"),
        ),
    ),
)


def _days(rows: Rows) -> Unfolded:
    """A column for each account -> a row for each account and day."""
    names = rows.columns.column_names
    dates = next(name for name in names if normalised(name) == "date")
    tables = [
        pa.table(
            {
                "date": rows.columns.column(dates),
                "handle": pa.repeat(name, len(rows.lines)),
                "day_posts": _texts(rows.columns.column(name)),
            }
        )
        for name in names
        if name != dates
    ]
    lines = pa.concat_arrays([rows.lines] * len(tables))
    return Unfolded({"days": Part(pa.concat_tables(tables), lines)})


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.string())


DAILY = Layout(
    id="bluesky_daily_counts",
    title="Posts a day, a column for each account",
    says="A table of how many posts each account wrote a day: a date, and a column for each Bluesky handle.",
    platform="bluesky",
    required=("date",),
    accepts=lambda headers: len(headers) > 1 and all(name == "date" or DOMAIN.fullmatch(name) for name in headers),
    unfold=_days,
    observed=("date",),
    observed_by=DayEnd,
    records=(
        Account(part="days", account=Who(handle="handle"), handle=Handle("handle"), day_posts=Count("day_posts")),
    ),
)

BLUESKY = (POSTS, ACCOUNTS, FOLLOW_LIST, FOLLOWS, LIKES, DAILY)
