"""The archive that X gives its users: Settings, Your account, Download an archive of your data. A ZIP with `data/tweets.js` and more.

`account.js` says whose it is; a single file needs `--set author=@me`. Followers are numbers without handles.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.sources.files.layouts.cells import (
    Always,
    Computed,
    Count,
    Given,
    Handle,
    Id,
    Language,
    Links,
    Moment,
    Sheet,
    Tags,
    Text,
    Unless,
    Who,
)
from groundswell.sources.files.layouts.generic import filled, kind_is, kind_of
from groundswell.sources.files.layouts.layout import (
    Account,
    Family,
    Follow,
    Interaction,
    Part,
    Post,
    Unfolded,
)
from groundswell.sources.files.layouts.words import Unescaped
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.values import table_of

pc: Any = _compute  # its functions are made at run time, no type checker knows them

SAYS = "Your own archive from X: Settings, Your account, Download an archive of your data."
_OWNER = Given("author")


def _tweets(rows: Rows) -> Unfolded:
    """Tweets with their tags, mentions and links, which lie three levels deep."""
    flat = [_tweet(one.get("tweet", one)) for one in rows.objects or []]
    columns = (
        table_of(flat)
        if flat
        else rows.columns.rename_columns([name.removeprefix("tweet/") for name in rows.columns.column_names])
    )
    return Unfolded({"": Part(columns, rows.lines)})


def _tweet(tweet: dict[str, Any]) -> dict[str, Any]:
    entities = tweet.get("entities")
    found = entities if isinstance(entities, dict) else {}
    plain = {key: value for key, value in tweet.items() if not isinstance(value, dict | list)}
    return plain | {
        "hashtags": _each(found, "hashtags", "text"),
        "mentions": _each(found, "user_mentions", "screen_name"),
        "links": _each(found, "urls", "expanded_url"),
    }


def _each(entities: dict[str, Any], name: str, key: str) -> list[str] | None:
    """One key of every entity of a kind."""
    items = entities.get(name)
    words = (
        [str(item[key]) for item in items if isinstance(item, dict) and item.get(key)]
        if isinstance(items, list)
        else []
    )
    return words or None


def _passed_on(sheet: Sheet) -> pa.Array | None:
    """Whose tweet a repost passes on: `RT @ann: ...`."""
    words = sheet.text("fulltext")
    if words is None:
        return None
    handle = pc.struct_field(pc.extract_regex(words, r"^RT @(?P<who>\w{1,15}):"), "who")
    return pc.binary_join_element_wise("twitter", pc.utf8_lower(handle), ":@")


_TWEET = Id("id_str", "id")
_WHEN = Moment("created_at")
_REPLY_TO = Id("in_reply_to_status_id_str", "in_reply_to_status_id")
_REPLY_TO_WHO = Who("in_reply_to_user_id_str", "in_reply_to_user_id", handle="in_reply_to_screen_name")
_KIND = kind_of(
    stated=(),
    repost=(),
    reply=(),
    reply_to=("in_reply_to_status_id_str", "in_reply_to_status_id"),
    quote=(),
    text=("full_text",),
    copies=True,
    otherwise="post",
)
_COPY = kind_is(_KIND, "repost")
_MENTIONS = Tags("mentions")


_FAMILY = Family("x_archive", "X archive", SAYS, "twitter")

TWEETS = _FAMILY.piece(
    "tweets",
    "tweets",
    (
        ("tweet/full_text", "full_text"),
        ("tweet/id_str", "id_str"),
        ("tweet/created_at", "created_at"),
        ("tweet/favorite_count", "favorite_count"),
    ),
    Post(
        post=_TWEET,
        account=_OWNER,
        text=Unescaped("full_text"),
        created_at=_WHEN,
        kind=_KIND,
        language=Language("lang"),
        reply_to=_REPLY_TO,
        reply_to_account=_REPLY_TO_WHO,
        hashtags=Tags("hashtags"),
        mentions=_MENTIONS,
        links=Links("links"),
        likes=Unless(Count("favorite_count"), _COPY),
        reposts=Unless(Count("retweet_count"), _COPY),
    ),
    Interaction(
        actor=_OWNER,
        verb=Always("reply"),
        account=_REPLY_TO_WHO,
        post=_REPLY_TO,
        via=_TWEET,
        acted_at=_WHEN,
        when=filled(_REPLY_TO),
    ),
    Interaction(
        actor=_OWNER, verb=Always("repost"), account=Computed(_passed_on), via=_TWEET, acted_at=_WHEN, when=_COPY
    ),
    Interaction(actor=_OWNER, verb=Always("mention"), via=_TWEET, acted_at=_WHEN, each=_MENTIONS),
    unfold=_tweets,
)
FOLLOWERS = _FAMILY.piece(
    "followers",
    "followers",
    ("follower/accountId",),
    Follow(follower=Who("follower/accountId"), followed=_OWNER, completeness=Always("full")),
    ignored=("follower/userLink",),
)
FOLLOWING = _FAMILY.piece(
    "following",
    "following",
    ("following/accountId",),
    Follow(follower=_OWNER, followed=Who("following/accountId"), completeness=Always("full")),
    ignored=("following/userLink",),
)
ACCOUNT = _FAMILY.piece(
    "account",
    "account",
    ("account/accountId", "account/username"),
    Account(
        account=Who("account/accountId", handle="account/username"),
        handle=Handle("account/username"),
        name=Text("account/accountDisplayName"),
        created_at=Moment("account/createdAt"),
    ),
    owned=False,
    ignored=("account/email", "account/phoneNumber", "account/createdVia"),
)
PROFILE = _FAMILY.piece(
    "profile",
    "profile",
    ("profile/description/bio",),
    Account(
        account=_OWNER,
        bio=Text("profile/description/bio"),
        url=Text("profile/description/website"),
        location=Text("profile/description/location"),
    ),
    ignored=("profile/avatarMediaUrl", "profile/headerMediaUrl"),
)
LIKES = _FAMILY.piece(
    "likes",
    "likes",
    ("like/tweetId",),
    Interaction(actor=_OWNER, verb=Always("like"), post=Id("like/tweetId")),
    ignored=("like/fullText", "like/expandedUrl"),
)

X_ARCHIVE = (TWEETS, FOLLOWERS, FOLLOWING, ACCOUNT, PROFILE, LIKES)
