"""YouTube: the table that Studio exports for a channel's own videos, and answers of the Data API v3 as people save them.

Studio: Analytics, Advanced mode, Export, CSV: `Table data.csv`. Its counts are those of the period that was chosen. The first row
is a total. What a channel earns is not read. Days are days in the channel's time zone.

API: `channels.list`, `videos.list`, `playlistItems.list`, `commentThreads.list` and `comments.list`: a whole answer, its items, or
one item to a line. Counts are text, subscribers are rounded to three digits and may be hidden. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.sources.files.layouts.cells import (
    Always,
    Computed,
    Count,
    Country,
    Flag,
    Given,
    Handle,
    Id,
    Language,
    Moment,
    Sheet,
    Text,
    Unless,
    Who,
    normalised,
)
from groundswell.sources.files.layouts.layout import (
    Account,
    Interaction,
    Layout,
    Part,
    Post,
    RecordMap,
    Unfolded,
    only,
    reshaped,
    without,
    words_of,
)
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.values import together

pc: Any = _compute  # its functions are made at run time, no type checker knows them
TOTALS = ("total", "gesamt", "totale", "totaal", "totales")
EARNINGS = ("estimatedrevenue", "yourestimatedrevenue", "estimatedadrevenue", "rpm", "cpm", "playbackbasedcpm")


def _studio(rows: Rows) -> Unfolded:
    """The videos, without the total and without what they earned."""
    rows, aside = without(rows, pc.is_in(words_of(rows, "Content"), pa.array(TOTALS)), "the sum of the other rows")
    kept = [name for name in rows.columns.column_names if not normalised(name).startswith(EARNINGS)]
    return Unfolded({"": Part(rows.columns.select(kept), rows.lines)}, aside)


STUDIO = Layout(
    id="youtube_studio",
    family="youtube_studio",
    title="YouTube Studio",
    says="Your own videos from YouTube Studio: Analytics, Advanced mode, Lifetime, Export, CSV. Earnings are not read.",
    platform="youtube",
    required=("Content", "Video title", "Video publish time"),
    accepts=lambda headers: "date" not in headers,  # the chart beside the table has a row a day
    kinds=("csv", "xlsx"),
    needs=("author",),
    unfold=_studio,
    ignored=EARNINGS,
    note="Views, likes and comments are those of the period that was chosen in Studio: only Lifetime gives all of them.",
    records=(
        Post(
            post=Id("Content"),
            account=Given("author"),
            text=Text("Video title"),
            created_at=Moment("Video publish time"),
            media=Always("video"),
            likes=Count("Likes"),
            replies=Count("Comments added", "Comments"),
            reposts=Count("Shares"),
            views=Count("Views"),
            reach=Count("Unique viewers"),
        ),
    ),
)


def _words(sheet: Sheet) -> pa.Array | None:
    """Title and description as one, as a reader sees them."""
    parts = [text for name in ("snippet/title", "snippet/description") if (text := sheet.text(name)) is not None]
    return together(parts, "\n\n")


_WORDS = Computed(_words, "snippet/title", "snippet/description")


def _answer(
    name: str,
    what: str,
    required: tuple[str | tuple[str, ...], ...],
    *records: RecordMap,
    unfold: Callable[[Rows], Unfolded] | None = None,
    note: str = "",
) -> Layout:
    read = (header for record in records for header in record.headers)
    return Layout(
        id=f"youtube_api_{name}",
        family="youtube_api",
        title=f"YouTube Data API: {what}",
        says=f"Answers of the YouTube Data API v3: {what}, saved as JSON.",
        platform="youtube",
        required=required,
        records=records,
        kinds=("json",),
        unfold=unfold or only(*read),
        note=note,
    )


_CHANNEL = Who("id")
CHANNELS = _answer(
    "channels",
    "channels",
    ("id", "snippet/title", ("statistics/subscriberCount", "statistics/hiddenSubscriberCount", "statistics/videoCount")),
    Account(
        account=_CHANNEL,
        handle=Handle("snippet/customUrl"),
        name=Text("snippet/title"),
        bio=Text("snippet/description"),
        country=Country("snippet/country"),
        language=Language("snippet/defaultLanguage"),
        created_at=Moment("snippet/publishedAt"),
        followers=Unless(Count("statistics/subscriberCount"), Flag("statistics/hiddenSubscriberCount")),
        posts_count=Count("statistics/videoCount"),
    ),
    unfold=only(
        "id", "snippet/customUrl", "snippet/title", "snippet/description", "snippet/country", "snippet/defaultLanguage",
        "snippet/publishedAt", "statistics/subscriberCount", "statistics/hiddenSubscriberCount", "statistics/videoCount",
    ),
    note="YouTube rounds subscribers to three digits.",
)  # fmt: skip
_OWNER = Who("snippet/channelId")
VIDEOS = _answer(
    "videos",
    "videos",
    ("id", "snippet/channelId", "snippet/title", ("statistics/viewCount", "contentDetails/duration", "snippet/categoryId")),
    Post(
        post=Id("id"),
        account=_OWNER,
        text=_WORDS,
        created_at=Moment("snippet/publishedAt"),
        media=Always("video"),
        language=Language("snippet/defaultAudioLanguage", "snippet/defaultLanguage"),
        paid_label=Flag("paidProductPlacementDetails/hasPaidProductPlacement"),
        likes=Count("statistics/likeCount"),
        replies=Count("statistics/commentCount"),
        views=Count("statistics/viewCount"),
    ),
    Account(account=_OWNER, name=Text("snippet/channelTitle")),
)  # fmt: skip
_UPLOADER = Who("snippet/videoOwnerChannelId")
PLAYLIST = _answer(
    "playlist",
    "items of a playlist",
    ("snippet/resourceId/videoId", "snippet/videoOwnerChannelId", "snippet/title"),
    Post(
        post=Id("snippet/resourceId/videoId"),
        account=_UPLOADER,
        text=_WORDS,
        created_at=Moment("contentDetails/videoPublishedAt"),  # publishedAt is when it was put on the list
        media=Always("video"),
    ),
    Account(account=_UPLOADER, name=Text("snippet/videoOwnerChannelTitle")),
    note="Items of a playlist hold no counts: ask videos.list for those.",
)


def _threads(rows: Rows) -> Unfolded:
    return reshaped(rows, lambda one: list(_thread(one)))


def _thread(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A comment under a video, and the answers that came with it."""
    about = _dict(one, "snippet")
    top = _dict(about, "topLevelComment")
    under = {"video": about.get("videoId"), "to": about.get("videoId"), "to_whom": about.get("channelId")}
    first = _comment(top) | under | {"replies": about.get("totalReplyCount")}
    yield first
    answers = _dict(one, "replies").get("comments")
    for answer in answers if isinstance(answers, list) else []:
        if isinstance(answer, dict):
            yield _comment(answer) | under | {"to": first["id"], "to_whom": first["author"]}


def _comments(rows: Rows) -> Unfolded:
    """Answers to one comment, as `comments.list` gives them: they name the comment and not whose it is."""
    return reshaped(rows, lambda one: [_comment(one) | {"to": _dict(one, "snippet").get("parentId")}])


def _comment(one: dict[str, Any]) -> dict[str, Any]:
    said = _dict(one, "snippet")
    name = said.get("authorDisplayName")
    return {
        "id": one.get("id"),
        "author": _dict(said, "authorChannelId").get("value"),
        "name": name,
        "handle": name if isinstance(name, str) and name.startswith("@") else None,
        "text": said.get("textOriginal") or said.get("textDisplay"),
        "published": said.get("publishedAt"),
        "likes": said.get("likeCount"),
        "video": said.get("videoId"),
    }


def _dict(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


_AUTHOR, _TO, _TO_WHOM = Who("author"), Id("to"), Who("to_whom")
_ID, _WHEN = Id("id"), Moment("published")
_COMMENT_RECORDS = (
    Post(
        post=_ID,
        account=_AUTHOR,
        text=Text("text"),
        created_at=_WHEN,
        kind=Always("reply"),
        reply_to=_TO,
        reply_to_account=_TO_WHOM,
        thread=Id("video"),
        likes=Count("likes"),
        replies=Count("replies"),
    ),
    Interaction(actor=_AUTHOR, verb=Always("reply"), account=_TO_WHOM, post=_TO, via=_ID, acted_at=_WHEN),
    Account(account=_AUTHOR, handle=Handle("handle"), name=Text("name")),
)
THREADS = _answer(
    "comment_threads",
    "comments under videos",
    ("snippet/topLevelComment/id", "snippet/videoId"),
    *_COMMENT_RECORDS,
    unfold=_threads,
)
COMMENTS = _answer(
    "comments",
    "answers to comments",
    ("snippet/parentId", "snippet/authorChannelId/value", ("snippet/textDisplay", "snippet/textOriginal")),
    *_COMMENT_RECORDS,
    unfold=_comments,
)

YOUTUBE = (STUDIO, CHANNELS, VIDEOS, PLAYLIST, THREADS, COMMENTS)
