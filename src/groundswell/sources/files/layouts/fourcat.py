"""4CAT and Zeeschuimer: what researchers collect while they browse, one CSV a platform. Create a dataset, Download, CSV.

Zeeschuimer sees what the browser was shown: a sample, in the platform's order, never the whole of an account.
`is_paid_partnership` and `likes_hidden` are the platforms' own words, which is rare.
"""

from __future__ import annotations

from groundswell.records import POST
from groundswell.sources.files.layouts.cells import (
    Always,
    Cell,
    Count,
    Flag,
    Handle,
    Id,
    Language,
    Links,
    Moment,
    Tags,
    Text,
    Unless,
    Who,
)
from groundswell.sources.files.layouts.generic import filled, hidden_likes, kind_is, kind_of
from groundswell.sources.files.layouts.layout import Account, Interaction, Layout, RecordMap

OBSERVED = ("collected_at", "timestamp_collected", "time_collected")
NOTE = "Collected while browsing: a sample in the platform's order, not all posts of an account."
_ID = Id("id", url=("url", "link"))
_WHEN = Moment("timestamp", "unix_timestamp", "created_at")
_COMMON: dict[str, Cell] = {
    "post": _ID,
    "text": Text("body"),
    "created_at": _WHEN,
    "thread": Id("thread_id"),
    "hashtags": Tags("hashtags", "tags"),
}


def _post(**cells: Cell) -> RecordMap:
    return RecordMap(POST, _COMMON | cells)


def _says(platform: str) -> str:
    return f"{platform} posts from 4CAT or Zeeschuimer: open the dataset, Download, CSV."


_IG_AUTHOR = Who("author_id", handle="author")
INSTAGRAM = Layout(
    id="fourcat_instagram",
    title="4CAT: Instagram",
    says=_says("Instagram"),
    platform="instagram",
    required=("id", "body", "author", "num_likes", "num_comments"),
    observed=OBSERVED,
    note=NOTE,
    ignored=("unix_timestamp",),
    records=(
        _post(
            account=_IG_AUTHOR,
            media=Text("media_type", "type"),
            url=Text("url"),
            mentions=Tags("usertags", "mentions"),
            paid_label=Flag("is_paid_partnership"),
            likes_hidden=hidden_likes(("num_likes",), "likes_hidden"),
            likes=Count("num_likes"),
            replies=Count("num_comments"),
            views=Count("play_count"),
        ),
        Account(
            account=_IG_AUTHOR,
            handle=Handle("author"),
            name=Text("author_fullname"),
            verified=Flag("verified"),
            private=Flag("author_is_private"),
        ),
    ),
)

_TT_AUTHOR = Who("author_id", handle="author")
TIKTOK = Layout(
    id="fourcat_tiktok",
    title="4CAT: TikTok",
    says=_says("TikTok"),
    platform="tiktok",
    required=("id", "body", "author", "plays", "shares"),
    observed=OBSERVED,
    note=NOTE,
    ignored=("unix_timestamp",),
    records=(
        _post(
            account=_TT_AUTHOR,
            url=Text("tiktok_url", "url"),
            paid_label=Flag("is_paid_partnership", "is_ad"),
            likes=Count("likes"),
            replies=Count("comments"),
            reposts=Count("shares"),
            views=Count("plays"),
            mentions=Tags("mentions"),
        ),
        Account(
            account=_TT_AUTHOR,
            handle=Handle("author"),
            name=Text("author_full"),
            followers=Count("author_followers"),
            posts_count=Count("author_videos"),
            following=Count("author_following"),
        ),
    ),
)

_X_AUTHOR = Who("author_id", handle="author")
_X_TO = Who("replied_author_id", handle=("replied_author", "replied_user"))
_X_KIND = kind_of(
    stated=(),
    repost=("is_retweet",),
    reply=("is_reply",),
    reply_to=("replied_to_post",),
    quote=("is_quote_tweet", "is_quote"),
    text=("body",),
    copies=True,
)
_X_MENTIONS = Tags("mentions")
_X_COPY = kind_is(_X_KIND, "repost")
X = Layout(
    id="fourcat_x",
    title="4CAT: X (Twitter)",
    says=_says("X"),
    platform="twitter",
    required=("id", "body", "author", "retweet_count", "like_count", "is_retweet"),
    observed=OBSERVED,
    note=NOTE,
    ignored=("unix_timestamp",),
    records=(
        _post(
            account=_X_AUTHOR,
            kind=_X_KIND,
            url=Text("url", "link"),
            language=Language("language", "lang"),
            reply_to_account=_X_TO,
            mentions=_X_MENTIONS,
            links=Links("urls", "links"),
            likes=Unless(Count("like_count"), _X_COPY),
            replies=Unless(Count("reply_count"), _X_COPY),
            reposts=Unless(Count("retweet_count"), _X_COPY),
            quotes=Unless(Count("quote_count"), _X_COPY),
            views=Unless(Count("impression_count"), _X_COPY),
        ),
        Account(
            account=_X_AUTHOR,
            handle=Handle("author"),
            name=Text("author_fullname", "author_name"),
            verified=Flag("verified", "author_is_verified"),
        ),
        Interaction(actor=_X_AUTHOR, verb=Always("reply"), account=_X_TO, via=_ID, acted_at=_WHEN, when=filled(_X_TO)),
        Interaction(
            actor=_X_AUTHOR,
            verb=Always("repost"),
            account=Who(handle="retweeted_user"),
            via=_ID,
            acted_at=_WHEN,
            when=_X_COPY,
        ),
        Interaction(actor=_X_AUTHOR, verb=Always("mention"), via=_ID, acted_at=_WHEN, each=_X_MENTIONS),
    ),
)

_TH_AUTHOR = Who("author_id", handle="author")
THREADS = Layout(
    id="fourcat_threads",
    title="4CAT: Threads",
    says=_says("Threads"),
    platform="threads",
    required=("id", "body", "author", "likes", "reposts", "replies", "quotes"),
    observed=OBSERVED,
    note=NOTE,
    ignored=("unix_timestamp",),
    records=(
        _post(
            account=_TH_AUTHOR,
            url=Text("url"),
            paid_label=Flag("is_paid_partnership"),
            likes_hidden=Flag("likes_hidden"),
            likes=Count("likes"),
            replies=Count("replies"),
            reposts=Count("reposts"),
            quotes=Count("quotes"),
            mentions=Tags("mentions"),
        ),
        Account(
            account=_TH_AUTHOR,
            handle=Handle("author"),
            name=Text("author_fullname", "author_name"),
            verified=Flag("verified", "author_is_verified"),
        ),
    ),
)

_LI_AUTHOR = Who("author_id", handle="author")
LINKEDIN = Layout(
    id="fourcat_linkedin",
    title="4CAT: LinkedIn",
    says=_says("LinkedIn"),
    platform="linkedin",
    required=("id", "body", "author", "reactions", "comments", "timestamp_ago"),
    observed=OBSERVED,
    note=NOTE + " LinkedIn shows only how long ago a post was made: its dates are estimates.",
    ignored=("unix_timestamp",),
    records=(
        _post(
            account=_LI_AUTHOR,
            url=Text("url", "link"),
            paid_label=Flag("is_promoted"),
            likes=Count("reactions"),
            replies=Count("comments"),
            reposts=Count("shares"),
            mentions=Tags("author_mentions", "mentions"),
        ),
        Account(
            account=_LI_AUTHOR,
            handle=Handle("author"),
            name=Text("author_name"),
            bio=Text("author_description", "author_headline"),
        ),
    ),
)

_BS_AUTHOR = Who("author_id", handle="author")
_BS_TO = Who(anyone="replied_to_user")
_BS_REPLY = Id("replied_to_post")
_BS_MENTIONS = Tags("mentions")
BLUESKY = Layout(
    id="fourcat_bluesky",
    title="4CAT: Bluesky",
    says=_says("Bluesky"),
    platform="bluesky",
    required=("id", "body", "author", "author_id", "like_count", "repost_count", "replied_to_post"),
    observed=OBSERVED,
    note=NOTE,
    ignored=("unix_timestamp",),
    records=(
        _post(
            account=_BS_AUTHOR,
            kind=kind_of(stated=(), repost=(), reply=(), reply_to=("replied_to_post",), quote=(), text=()),
            url=Text("link", "url"),
            language=Language("languages"),
            reply_to=_BS_REPLY,
            reply_to_account=_BS_TO,
            mentions=_BS_MENTIONS,
            links=Links("links"),
            likes=Count("like_count"),
            replies=Count("reply_count"),
            reposts=Count("repost_count"),
            quotes=Count("quote_count"),
        ),
        Account(
            account=_BS_AUTHOR,
            handle=Handle("author"),
            name=Text("author_display_name"),
            created_at=Moment("author_created_at"),
        ),
        Interaction(
            actor=_BS_AUTHOR,
            verb=Always("reply"),
            account=_BS_TO,
            post=_BS_REPLY,
            via=_ID,
            acted_at=_WHEN,
            when=filled(_BS_REPLY),
        ),
        Interaction(actor=_BS_AUTHOR, verb=Always("mention"), via=_ID, acted_at=_WHEN, each=_BS_MENTIONS),
    ),
)

FOURCAT = (INSTAGRAM, TIKTOK, X, THREADS, LINKEDIN, BLUESKY)
