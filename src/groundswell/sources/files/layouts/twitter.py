"""Twitter as researchers publish it: tables of tweets with their authors, tables of user objects."""

from __future__ import annotations

from groundswell.sources.files.layouts.cells import (
    Always,
    Count,
    Flag,
    Handle,
    Id,
    Language,
    Links,
    Moment,
    Name,
    Tags,
    Text,
    Unless,
    Who,
)
from groundswell.sources.files.layouts.generic import OBSERVED, filled, kind_is, kind_of
from groundswell.sources.files.layouts.layout import Account, Interaction, Layout, Post
from groundswell.sources.files.layouts.words import Unescaped, mentions

_TWEET = Id("tweet_id", "id_str", "status_id", "id")
_AUTHOR = Who(
    "user_id",
    "user_id_str",
    "user/id_str",
    "user/id",
    "author_id",
    handle=("screen_name", "user_screen_name", "user/screen_name", "username"),
)
_CREATED = Moment("created_at", "tweet_created_at")
_REPLY_TO = Id("in_reply_to", "in_reply_to_status_id_str", "in_reply_to_status_id")
_REPLY_TO_WHO = Who("in_reply_to_user_id_str", "in_reply_to_user_id", handle="in_reply_to_screen_name")
_REPOST_OF = Id("retweeted_status_id_str", "retweeted_status_id", "quoted_status_id_str", "quoted_status_id")
_TEXT = ("text", "full_text", "tweet", "tweet_text")
_WORDS = Unescaped(*_TEXT)
_KIND = kind_of(
    stated=(), reply_to=("in_reply_to", "in_reply_to_status_id_str", "in_reply_to_status_id"), text=_TEXT, copies=True
)
_MENTIONS = mentions("mentions", "user_mentions", text=_WORDS, kind=_KIND)
_COPY = kind_is(_KIND, "repost")

TWEETS = Layout(
    id="twitter_tweets",
    title="Tweets with their authors",
    says="A table of tweets with the columns of their authors, as research data sets publish them.",
    platform="twitter",
    required=(
        ("tweet_id", "status_id", "id_str"),
        ("screen_name", "user_screen_name", "user/screen_name"),
        _TEXT,
        ("retweet_count", "favorite_count", "in_reply_to"),
    ),
    observed=OBSERVED,
    records=(
        Post(
            post=_TWEET,
            account=_AUTHOR,
            text=_WORDS,
            created_at=_CREATED,
            kind=_KIND,
            language=Language("lang", "language"),
            reply_to=_REPLY_TO,
            reply_to_account=_REPLY_TO_WHO,
            repost_of=_REPOST_OF,
            thread=Id("thread", "conversation_id", "conversation_id_str"),
            hashtags=Tags("hashtags"),
            mentions=_MENTIONS,
            links=Links("urls", "links", "expanded_urls"),
            likes=Unless(Count("favorite_count", "like_count"), _COPY),
            replies=Unless(Count("reply_count"), _COPY),
            reposts=Unless(Count("retweet_count"), _COPY),
            quotes=Unless(Count("quote_count"), _COPY),
            views=Unless(Count("view_count", "impression_count"), _COPY),
            saves=Unless(Count("bookmark_count"), _COPY),
        ),
        Account(
            account=_AUTHOR,
            handle=Handle("screen_name", "user_screen_name", "user/screen_name", "username"),
            name=Name("name", "user_name", "user/name"),
            bio=Text("description", "user_description", "user/description"),
            location=Text("location", "user_location", "user/location"),
            followers=Count("followers", "followers_count", "user_followers_count", "user/followers_count"),
            following=Count("friends", "friends_count", "user_friends_count", "user/friends_count"),
            listed=Count("listed", "listed_count", "user_listed_count", "user/listed_count"),
            posts_count=Count("statuses", "statuses_count", "user_statuses_count", "user/statuses_count"),
            verified=Flag("verified", "user_verified", "user/verified"),
            created_at=Moment("user_created", "user_created_at", "user/created_at"),
        ),
        Interaction(
            actor=_AUTHOR,
            verb=Always("reply"),
            account=_REPLY_TO_WHO,
            post=_REPLY_TO,
            via=_TWEET,
            acted_at=_CREATED,
            when=filled(_REPLY_TO),
        ),
        Interaction(
            actor=_AUTHOR,
            verb=Always("repost"),
            post=_REPOST_OF,
            via=_TWEET,
            acted_at=_CREATED,
            when=_COPY,
        ),
        Interaction(actor=_AUTHOR, verb=Always("mention"), via=_TWEET, acted_at=_CREATED, each=_MENTIONS),
    ),
)

USERS = Layout(
    id="twitter_users",
    title="Twitter user objects",
    says="A table of Twitter user objects, one account a row, as its API gave them.",
    platform="twitter",
    required=("screen_name", "followers_count", "friends_count", "statuses_count"),
    accepts=lambda headers: "tweetid" not in headers and "fulltext" not in headers,
    observed=OBSERVED,
    records=(
        Account(
            account=Who("id_str", "id", "user_id", handle="screen_name"),
            handle=Handle("screen_name"),
            name=Name("name"),
            bio=Text("description"),
            url=Text("url"),
            location=Text("location"),
            language=Language("lang"),
            verified=Flag("verified"),
            private=Flag("protected"),
            created_at=Moment("created_at"),
            followers=Count("followers_count"),
            following=Count("friends_count"),
            posts_count=Count("statuses_count"),
            listed=Count("listed_count", "listedcount"),
        ),
    ),
)

TWITTER = (TWEETS, USERS)
