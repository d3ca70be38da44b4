"""What YouTube can be asked with a key, stream by stream. Each page costs one unit of the day's quota, and so does each refusal.

A channel's videos are a playlist of its own (`uploads`), which names them without counts; so each page of it opens one question for the
counts of all that are on it. Search has a bucket of its own and is asked only for words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from groundswell.errors import UsageError
from groundswell.sources.declaring import Ask, Looked, Named, Stream, Todo
from groundswell.sources.typed import is_word, readable
from groundswell.sources.values import counted_in_words, dict_of, list_of, text_of

Json = Any
HOST = "www.googleapis.com"
CHANNEL, VIDEO = r"UC[\w-]{22}", r"[\w-]{11}"
OPEN_WAYS = "Without a key: a channel's own table from YouTube Studio, or saved answers of this API, come in as files (`groundswell layouts`)."
SITE = r"(?:https?://)?(?:www\.|m\.)?youtube\.com"
TYPED = (
    (rf"(?P<it>{CHANNEL})", "channels"),
    (rf"{SITE}/channel/(?P<it>{CHANNEL})(?:/\w+)?", "channels"),
    (rf"(?:{SITE}/)?(?P<it>@[^\s/?#@]{{1,30}})(?:/\w+)?", "channel"),
    (rf"{SITE}/watch\?(?:[^#]*&)?v=(?P<it>{VIDEO})(?:&.*)?", "videos"),
    (rf"(?:https?://)?youtu\.be/(?P<it>{VIDEO})", "videos"),
    (rf"{SITE}/shorts/(?P<it>{VIDEO})", "videos"),
    (rf"{SITE}/playlist\?(?:[^#]*&)?list=(?P<it>[\w-]{{10,64}})(?:&.*)?", "playlist"),
)
"""What somebody may type -> the stream that it begins."""
SPENT = frozenset(("quotaExceeded", "dailyLimitExceeded", "rateLimitExceeded", "userRateLimitExceeded"))
NO_KEY = frozenset(("keyInvalid", "keyExpired", "accessNotConfigured", "forbidden", "ipRefererBlocked", "required"))


def named(word: str) -> Named:
    """What somebody typed: a handle, a channel, a video or a playlist by its address, or words to search for."""
    plain = readable(word)
    for pattern, stream in TYPED:
        found = re.fullmatch(pattern + r"(?:/|\?si=[\w-]+)?", plain, re.ASCII)
        if found and (stream != "channel" or _is_handle(found["it"][1:])):
            return Named(stream, found["it"] if stream != "playlist" else f"{found['it']}\n")
    if (plain.startswith("#") or " " in plain) and plain.isprintable() and "@" not in plain and len(plain) < 200:
        return Named("search", plain)
    raise UsageError(
        f"{word[:80]!r} names nobody on YouTube.",
        next_step="Write a handle (@ann), or the address of a channel, video or playlist; or some words to search for.",
    )


def _is_handle(said: str) -> bool:
    """Three letters at least, or one in scripts of which one is a word (YouTube Help, Handles overview)."""
    return is_word(said, "_-.") and (len(said) >= 3 or not said.isascii())


def refusal(status: int, body: bytes) -> str:
    """What a refusal means; the reason stands in the answer (YouTube Data API, Errors)."""
    reasons = _reasons(body)
    if status == 429 or reasons & SPENT:
        return "limit"
    if status == 404:
        return "gone"
    return "login" if status == 401 or reasons & NO_KEY or b"API key not valid" in body[:2_000] else "refused"


def _reasons(body: bytes) -> frozenset[str]:
    try:
        return frozenset(
            str(one.get("reason"))
            for one in list_of(dict_of(json.loads(body), "error"), "errors")
            if isinstance(one, dict)
        )
    except (ValueError, RecursionError):
        return frozenset()


def key(_post: Callable[..., Any], secret: str) -> Mapping[str, str]:
    """The key goes into a header, so that it stands in no address that is logged or kept."""
    return {"x-goog-api-key": secret.strip()}


def streams() -> Mapping[str, Stream]:
    """Every stream, by name."""

    def listed(name: str, says: str, about: str, page: int, method: str, params: Callable[[str], list[tuple[str, str]]], look: Callable[[str, Json], Looked], **more: Any) -> Stream:  # fmt: skip
        def ask(subject: str, cursor: str | None, most: int) -> Ask:
            paging = [("maxResults", str(max(1, most)))] if page > 1 else []
            paging += [("pageToken", cursor)] if cursor else []
            return Ask(f"https://{HOST}/youtube/v3/{method}", tuple(params(subject) + paging), login=True)

        return Stream(
            name=name, says=says, about=about, page=page, ask=ask, look=look, needs="key", instead=OPEN_WAYS, **more
        )

    channel_parts, video_parts = (
        ("part", "snippet,statistics,contentDetails"),
        ("part", "snippet,statistics,contentDetails"),
    )
    list_parts = ("part", "snippet,contentDetails")
    found = (
        listed("channels", "channels", "accounts", 50, "channels", lambda ids: [channel_parts, ("id", ids.replace("\n", ","))], _channels, introduces=True),
        listed("channel", "one channel", "account", 1, "channels", lambda who: [channel_parts, _one(who)], _channels, introduces=True),
        listed("uploads", "the videos of a channel, newest first", "account", 50, "playlistItems", lambda it: [list_parts, ("playlistId", it.split("\n")[0])], _uploads, opens=1),
        listed("playlist", "the videos on a list", "list", 50, "playlistItems", lambda it: [list_parts, ("playlistId", it.split("\n")[0])], _uploads, opens=1),
        listed("videos", "videos with their counts", "posts", 50, "videos", lambda ids: [video_parts, ("id", ids.replace("\n", ","))], _videos),
        listed("comments", "comments under a video, newest first", "post", 100, "commentThreads", lambda video: [("part", "snippet,replies"), ("videoId", video), ("order", "time"), ("textFormat", "plainText")], _comments),
        listed("search", "videos that are found by words", "words", 50, "search", lambda words: [("part", "snippet"), ("type", "video"), ("q", words)], _search),
    )  # fmt: skip
    return {one.name: one for one in found}


def _one(who: str) -> tuple[str, str]:
    return ("forHandle", who) if who.startswith("@") else ("id", who)


# -- what a page holds -------------------------------------------------------------------------------------------------------


def items_of(said: Json) -> list[Json]:
    """The items of an answer; KeyError for what is no answer of this API. Where nothing is found there is no list at all."""
    if not str(said["kind"]).startswith("youtube#"):
        raise ValueError("no answer of YouTube's")
    return [one for one in list_of(said, "items") if isinstance(one, dict)]


def missing_from(subject: str, found: list[Json]) -> tuple[str, ...]:
    """Those who were asked for by their id, or by name alone, and are not in the answer."""
    there = {one.get("id") for one in found}
    asked = subject.split("\n")
    if len(asked) == 1 and asked[0].startswith("@"):
        return () if found else (asked[0],)
    return tuple(one for one in asked if one not in there)


def _channels(subject: str, said: Json) -> Looked:
    found = items_of(said)
    places, totals = dict[str, str](), list[tuple[Todo, int]]()
    for one in found:
        uploads = text_of(dict_of(dict_of(one, "contentDetails"), "relatedPlaylists").get("uploads"))
        places[str(one["id"])] = f"{uploads or 'UU' + str(one['id'])[2:]}\n{one['id']}"
        if (count := counted_in_words(dict_of(one, "statistics").get("videoCount"))) is not None:
            totals.append((Todo("uploads", places[str(one["id"])]), count))
    return Looked(
        len(found), people=tuple(places), addressed=places, totals=tuple(totals), missing=missing_from(subject, found)
    )


def _uploads(_subject: str, said: Json) -> Looked:
    """A page of videos opens the question for their counts, and names whose they are."""
    found = items_of(said)
    snippets = [dict_of(one, "snippet") for one in found]
    videos = tuple(dict.fromkeys(str(dict_of(one, "resourceId")["videoId"]) for one in snippets))
    owners = tuple(dict.fromkeys(owner for one in snippets if (owner := text_of(one.get("videoOwnerChannelId")))))
    counts = (Todo("videos", "\n".join(videos)),) if videos else ()
    return Looked(len(found), text_of(said.get("nextPageToken")), people=owners, todo=counts, posts=videos)


def _videos(subject: str, said: Json) -> Looked:
    found = items_of(said)
    owners = (text_of(dict_of(one, "snippet").get("channelId")) for one in found)
    return Looked(len(found), people=tuple(dict.fromkeys(filter(None, owners))), missing=missing_from(subject, found))


def _comments(_subject: str, said: Json) -> Looked:
    found = items_of(said)
    tops = (dict_of(dict_of(dict_of(one, "snippet"), "topLevelComment"), "snippet") for one in found)
    authors = (text_of(dict_of(one, "authorChannelId").get("value")) for one in tops)
    return Looked(len(found), text_of(said.get("nextPageToken")), people=tuple(dict.fromkeys(filter(None, authors))))


def _search(_subject: str, said: Json) -> Looked:
    found = items_of(said)
    owners = (text_of(dict_of(one, "snippet").get("channelId")) for one in found)
    return Looked(len(found), text_of(said.get("nextPageToken")), people=tuple(dict.fromkeys(filter(None, owners))))


__all__ = ["HOST", "items_of", "key", "missing_from", "named", "refusal", "streams"]
