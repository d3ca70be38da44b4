"""Tables that somebody made: accounts, posts, follows and interactions under whatever headers they chose.

The alias lists hold the headers that exports, notebooks and published data sets use. Anything else: `--map column=field`.
The names of our own fields are always understood.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.sources.files.layouts.cells import (
    Always,
    Cell,
    Computed,
    Count,
    Country,
    Flag,
    HandleBeside,
    Id,
    Language,
    Links,
    Moment,
    Name,
    NamedPost,
    Sheet,
    Tags,
    Text,
    Verb,
    Who,
    Word,
    normalised,
    unnamed_post,
)
from groundswell.sources.files.layouts.layout import Account, Follow, Interaction, Layout, Post
from groundswell.sources.files.layouts.words import mentions

pc: Any = _compute  # its functions are made at run time, no type checker knows them

OBSERVED = (
    "observed_at",
    "collected_at",
    "retrieved_at",
    "scraped_at",
    "fetched_at",
    "crawled_at",
    "collection_time",
    "stand",
)
HANDLES = ("handle", "username", "user_name", "screen_name", "account_name", "nickname", "nutzername", "benutzername", "profile_name", "author_handle", "author_username", "owner_username")  # fmt: skip
NATIVE = (
    "native_id",
    "account_id",
    "user_id",
    "author_id",
    "owner_id",
    "profile_id",
    "channel_id",
    "did",
    "author_did",
    "uid",
)
ANYONE = (
    "account",
    "author",
    "user",
    "owner",
    "profile",
    "creator",
    "influencer",
    "channel_name",
    "from",
    "profile_url",
    "author_url",
    "poster",
)
FOLLOWERS = ("followers", "followers_count", "follower_count", "subscribers", "subscriber_count", "subscribers_count", "fans", "follower", "abonnenten", "n_followers", "num_followers", "author_followers", "user_followers")  # fmt: skip
FOLLOWING = (
    "following",
    "following_count",
    "follows_count",
    "friends",
    "friends_count",
    "follows",
    "followings",
    "abonniert",
    "author_following",
)
POSTS_COUNT = ("posts_count", "post_count", "media_count", "statuses", "statuses_count", "tweet_count", "video_count", "videos", "posts", "num_posts", "beiträge")  # fmt: skip
BIO = ("bio", "biography", "description", "about", "profile_text", "user_description", "author_bio")
NAME = (
    "name",
    "full_name",
    "display_name",
    "fullname",
    "title",
    "author_display_name",
    "author_name",
    "author_fullname",
)
TEXT = ("text", "caption", "body", "content", "message", "full_text", "post_text", "tweet", "status_text", "title", "description", "beschreibung", "beitrag", "post_message")  # fmt: skip
CREATED = ("created_at", "published_at", "published", "timestamp", "date", "created", "created_time", "posted_at", "publish_time", "publishtime", "time", "datetime", "post_date", "posting_date", "taken_at", "datum", "veröffentlicht", "date_posted", "createdat")  # fmt: skip
LIKES = ("likes", "likes_count", "like_count", "favorite_count", "favourites_count", "favorites", "favourites", "favs", "num_likes", "reactions", "gefällt_mir", "hearts", "diggcount", "n_likes", "total_likes", "upvotes", "score")  # fmt: skip
REPLIES = ("replies", "replies_count", "reply_count", "comments", "comments_count", "comment_count", "num_comments", "kommentare", "n_comments", "n_replies", "total_comments")  # fmt: skip
REPOSTS = ("reposts", "reposts_count", "repost_count", "retweets", "retweet_count", "retweets_count", "shares", "share_count", "shares_count", "reblogs_count", "boosts", "n_retweets", "geteilt")  # fmt: skip
QUOTES = ("quotes", "quotes_count", "quote_count")
VIEWS = ("views", "views_count", "view_count", "plays", "play_count", "playcount", "impressions", "impression_count", "video_views", "video_view_count", "aufrufe", "n_views")  # fmt: skip
SAVES = ("saves", "saves_count", "save_count", "saved", "bookmarks", "bookmark_count", "collect_count")
REACH = ("reach", "accounts_reached", "reichweite")
POST_ID = ("post", "post_id", "id", "tweet_id", "status_id", "media_id", "video_id", "id_str", "uri", "shortcode", "message_id", "item_id", "post_uri")  # fmt: skip
POST_URL = ("url", "link", "permalink", "post_url", "post_link", "tweet_url", "video_url", "permalink_url")
REPLY_TO = ("reply_to", "in_reply_to", "in_reply_to_status_id_str", "in_reply_to_status_id", "in_reply_to_id", "replied_to_post", "parent_id", "reply_to_id", "reply_to_post", "in_reply_to_tweet_id")  # fmt: skip
REPLY_TO_ACCOUNT = (
    "reply_to_account",
    "in_reply_to_user_id_str",
    "in_reply_to_user_id",
    "in_reply_to_account_id",
    "reply_to_user_id",
)
REPLY_TO_HANDLE = (
    "in_reply_to_screen_name",
    "replied_to_user",
    "replied_author",
    "reply_to_handle",
    "reply_to_user",
    "reply_to_username",
)
REPOST_OF = ("repost_of", "retweet_of", "retweeted_status_id", "retweeted_id", "retweet_id", "reposted_post", "shared_post", "quoted_status_id", "quoted_post")  # fmt: skip
THREAD = ("thread", "thread_id", "conversation_id", "root", "root_id", "thread_root")
LANGUAGE = ("language", "lang", "langs", "languages", "sprache", "language_code")
KINDS = {
    "post": "post", "tweet": "post", "original": "post", "status": "post", "own": "post", "reply": "reply", "comment": "reply", "answer": "reply",
    "replied_to": "reply", "repost": "repost", "retweet": "repost", "retweeted": "repost", "share": "repost", "boost": "repost", "reblog": "repost",
    "rt": "repost", "quote": "quote", "quoted": "quote", "quote tweet": "quote",
}  # fmt: skip
PAID = (
    "paid_label",
    "is_paid_partnership",
    "paid_partnership",
    "is_sponsored",
    "sponsored",
    "is_promoted",
    "is_ad",
    "paid",
    "branded_content",
)


def kind_of(
    *,
    stated: tuple[str, ...] = ("kind", "post_kind", "post_type", "type"),
    repost: tuple[str, ...] = ("is_retweet", "is_repost", "retweeted"),
    reply: tuple[str, ...] = ("is_reply",),
    reply_to: tuple[str, ...] = REPLY_TO,
    quote: tuple[str, ...] = ("is_quote", "is_quote_status"),
    text: tuple[str, ...] = TEXT,
    copies: bool = False,
    otherwise: str | None = None,
) -> Cell:
    """The kind of a post: what a column says, else from flags, the post it answers, or an old-style "RT @" in front.

    A table that says nothing of the sort leaves it unknown, or is taken to mean `otherwise`. With `copies` (X, where it is the
    custom) an "RT @" in front is believed whatever else the table has.
    """

    def work(sheet: Sheet) -> pa.Array | None:
        said = sheet.read(Word(*stated, spellings=KINDS))
        told = [sheet.read(Flag(*names)) for names in (repost, reply, quote)]
        answers = sheet.read(Text(*reply_to))
        silent = answers is None and all(one is None for one in told)
        if silent and not copies:
            return said
        words = sheet.read(Text(*text))
        judged = words is not None and (copies or answers is not None)
        is_repost = _any(told[0], pc.starts_with(words, "RT @") if judged else None, len(sheet))
        is_reply = _any(told[1], pc.is_valid(answers) if answers is not None else None, len(sheet))
        is_quote = _any(told[2], None, len(sheet))
        plain = pa.scalar(otherwise, pa.string()) if silent else pc.if_else(is_quote, "quote", "post")
        first = told[0] if told[0] is not None else pa.repeat(pa.scalar(False), len(sheet))
        kind = pc.if_else(is_reply, "reply", pc.if_else(is_repost, "repost", plain))
        kind = pc.if_else(pc.fill_null(first, False), "repost", kind)
        return kind if said is None else pc.coalesce(said, kind)

    return Computed(work, *stated, *repost, *reply, *quote)


def _any(a: pa.Array | None, b: pa.Array | None, length: int) -> pa.Array:
    no = pa.repeat(pa.scalar(False), length)
    left, right = (no if one is None else pc.fill_null(one, False) for one in (a, b))
    return pc.or_(left, right)


_AUTHOR = Who(*NATIVE, handle=HANDLES, anyone=ANYONE)
_CALLED = tuple(name for name in ANYONE if name != "channel_name")
_AUTHOR_HANDLE = HandleBeside(*HANDLES, ids=NATIVE, anyone=_CALLED)
_CREATED = Moment(*CREATED)
_POST_ID = NamedPost(Id(*POST_ID, url=POST_URL, code="shortcode"), unnamed_post(_AUTHOR, _CREATED, Text(*TEXT)))
_REPLY_TO = Id(*REPLY_TO)
_REPLY_TO_WHO = Who(
    *(name for name in REPLY_TO_ACCOUNT if name != "reply_to_account"),
    handle=REPLY_TO_HANDLE,
    anyone="reply_to_account",
)
_REPOST_OF = Id(*REPOST_OF)


def hidden_likes(likes: tuple[str, ...], *flags: str) -> Cell:
    """Whether likes are hidden: a column says so, or the count is written as hidden (-1 is how Instagram exports say it)."""

    def work(sheet: Sheet) -> pa.Array | None:
        told, written = sheet.read(Flag(*flags)), sheet.read(Text(*likes))
        if written is None or not pa.types.is_string(written.type):
            return told
        marked = pc.is_in(
            pc.utf8_lower(pc.utf8_trim_whitespace(written)), pa.array(["-1", "-1.0", "hidden", "versteckt"])
        )
        return pc.if_else(marked, True, told if told is not None else pa.scalar(None, pa.bool_()))

    return Computed(work, *flags)


def filled(cell: Cell) -> Cell:
    """True where another cell is known."""

    def work(sheet: Sheet) -> pa.Array | None:
        values = sheet.read(cell)
        return None if values is None else pc.is_valid(values)

    return Computed(work)


def kind_is(cell: Cell, kind: str) -> Cell:
    """True where a kind cell says so."""

    def work(sheet: Sheet) -> pa.Array | None:
        values = sheet.read(cell)
        return None if values is None else pc.equal(values, kind)

    return Computed(work)


_KIND = kind_of()
_MENTIONS = mentions("mentions", "mentioned", "usertags", "user_mentions", text=Text(*TEXT), kind=_KIND)
POSTS = Layout(
    id="posts",
    title="A table of posts",
    says="A table of posts: text, date, author and counts under common headers.",
    platform=None,
    required=(TEXT, (*CREATED, *LIKES, *POST_ID, *REPLIES)),
    generic=True,
    observed=OBSERVED,
    records=(
        Post(
            post=_POST_ID,
            account=_AUTHOR,
            text=Text(*TEXT),
            created_at=_CREATED,
            kind=_KIND,
            media=Text("media", "media_type", "embed_type", "format", "type", "post_type"),
            url=Text(*POST_URL),
            language=Language(*LANGUAGE),
            reply_to=_REPLY_TO,
            reply_to_account=_REPLY_TO_WHO,
            repost_of=_REPOST_OF,
            thread=Id(*THREAD),
            hashtags=Tags("hashtags", "tags", "hashtag"),
            mentions=_MENTIONS,
            links=Links("links", "urls", "outlinks", "expanded_urls"),
            paid_label=Flag(*PAID),
            likes_hidden=hidden_likes(LIKES, "likes_hidden", "like_count_hidden"),
            likes=Count(*LIKES),
            replies=Count(*REPLIES),
            reposts=Count(*REPOSTS),
            quotes=Count(*QUOTES),
            views=Count(*VIEWS),
            saves=Count(*SAVES),
            reach=Count(*REACH),
        ),
        Account(
            account=_AUTHOR,
            handle=_AUTHOR_HANDLE,
            name=Name("author_display_name", "author_name", "author_fullname"),
            followers=Count("author_followers", "user_followers", "owner_followers", *FOLLOWERS),
        ),
        Interaction(
            actor=_AUTHOR,
            verb=Always("reply"),
            account=_REPLY_TO_WHO,
            post=_REPLY_TO,
            via=_POST_ID,
            acted_at=_CREATED,
            when=filled(_REPLY_TO),
        ),
        Interaction(
            actor=_AUTHOR,
            verb=Always("repost"),
            post=_REPOST_OF,
            via=_POST_ID,
            acted_at=_CREATED,
            when=kind_is(_KIND, "repost"),
        ),
        Interaction(actor=_AUTHOR, verb=Always("mention"), via=_POST_ID, acted_at=_CREATED, each=_MENTIONS),
    ),
)

_STANDS = frozenset(map(normalised, (*TEXT, *FOLLOWERS, *BIO)))
COUNTS = replace(
    POSTS,
    id="post_counts",
    title="A table of how posts were received",
    says="Likes, comments and other counts, copied for posts by their address or id.",
    required=((*POST_URL, *POST_ID), tuple(name for name in LIKES if name != "score")),
    accepts=lambda headers: not headers & _STANDS,
)
"""What one copies by hand for the posts of an archive that holds no counts; it adds to posts that are known."""

_ACCOUNT_ID = Who(
    "native_id",
    "account_id",
    "user_id",
    "profile_id",
    "channel_id",
    "did",
    "id_str",
    "id",
    "uid",
    handle=HANDLES,
    anyone=(*ANYONE, "url", "link"),
)

ACCOUNTS = Layout(
    id="accounts",
    title="A table of accounts",
    says="A table of accounts: handle or id, bio and counts under common headers.",
    platform=None,
    required=(
        (*HANDLES, *ANYONE, "native_id", "account_id", "user_id", "profile_id", "channel_id", "did", "id", "url"),
        (*FOLLOWERS, *BIO, *FOLLOWING, *POSTS_COUNT, *NAME),
    ),
    generic=True,
    observed=OBSERVED,
    records=(
        Account(
            account=_ACCOUNT_ID,
            handle=HandleBeside(*HANDLES, ids=_ACCOUNT_ID.names, anyone=_CALLED),
            name=Name(*NAME),
            bio=Text(*BIO),
            url=Text("url", "external_url", "website", "profile_url", "link"),
            location=Text("location", "city", "place", "ort"),
            country=Country("country", "country_code", "land"),
            language=Language(*LANGUAGE),
            category=Text("category", "business_category_name", "niche", "vertical"),
            account_type=Text("account_type", "type"),
            verified=Flag("verified", "is_verified", "blue_verified"),
            private=Flag("private", "is_private", "protected"),
            created_at=Moment(
                "created_at", "account_created_at", "joined", "user_created", "registered", "date_joined"
            ),
            followers=Count(*FOLLOWERS),
            following=Count(*FOLLOWING),
            posts_count=Count(*POSTS_COUNT),
            listed=Count("listed", "listed_count", "listedcount"),
            day_posts=Count("day_posts"),
        ),
    ),
)

_FOLLOWER = (
    "follower",
    "follower_handle",
    "follower_name",
    "source",
    "source_did",
    "from",
    "from_user",
    "src",
    "user",
    "follower_account",
)
_FOLLOWED = (
    "followed",
    "followed_handle",
    "followee",
    "following",
    "target",
    "target_did",
    "to",
    "to_user",
    "dst",
    "friend",
    "followed_account",
)

FOLLOWS = Layout(
    id="follows",
    title="A table of follows",
    says="A table of who follows whom, one edge a row.",
    platform=None,
    required=(("follower_id", "source_id", *_FOLLOWER), ("followed_id", "followee_id", "target_id", *_FOLLOWED)),
    generic=True,
    observed=OBSERVED,
    records=(
        Follow(
            follower=Who("follower_id", "source_id", anyone=_FOLLOWER),
            followed=Who("followed_id", "followee_id", "target_id", anyone=_FOLLOWED),
            since=Moment("since", "created_at", "followed_at", "date", "timestamp"),
            completeness=Text("completeness"),
        ),
    ),
)

_ACTOR = (
    "actor",
    "actor_handle",
    "user",
    "username",
    "handle",
    "author",
    "from",
    "source",
    "liker",
    "commenter",
    "sender",
)
_WHOSE = ("account", "target_account", "target", "target_handle", "to", "whose", "target_user", "receiver")

INTERACTIONS = Layout(
    id="interactions",
    title="A table of interactions",
    says="A table of acts: who liked, answered, passed on or named whom.",
    platform=None,
    required=(
        ("actor_id", "user_id", "source_id", *_ACTOR),
        ("verb", "action", "interaction", "interaction_type", "act", "edge_type", "relation"),
        ("account_id", "target_id", "post", "target_post", "post_id", "target_post_id", *_WHOSE),
    ),
    generic=True,
    observed=OBSERVED,
    records=(
        Interaction(
            actor=Who("actor_id", "user_id", "source_id", "actor_did", anyone=_ACTOR),
            verb=Verb("verb", "action", "interaction", "interaction_type", "act", "edge_type", "relation"),
            account=Who("account_id", "target_account_id", "target_id", "owner_id", anyone=_WHOSE),
            post=Id(
                "post", "target_post", "post_id", "target_post_id", "tweet_id", "post_uri", url=("post_url", "url")
            ),
            via=Id("via", "via_post", "reply_id", "via_id", "comment_id"),
            acted_at=Moment("acted_at", "created_at", "timestamp", "date", "time", "indexed_at"),
            times=Count("times", "weight", "count", "n"),
        ),
    ),
)

GENERIC = (POSTS, COUNTS, ACCOUNTS, FOLLOWS, INTERACTIONS)
