"""From what Twitch answered to records: the same page always gives the same rows.

A clip is cut by somebody from somebody else's channel: it is a post of who cut it, and an act towards whose channel it is.
"""

from __future__ import annotations

from typing import Any

from groundswell.sources.declaring import Kept
from groundswell.sources.gathering import Gathering, Taken, reads
from groundswell.sources.twitch.asking import missing_from
from groundswell.sources.values import count_of, language_in, moment_of, text_of, the_list

Json = Any
FIELDS: dict[str, tuple[str, ...]] = {
    "account": ("account", "platform", "handle", "name", "bio", "url", "category", "created_at", "followers"),
    "post": ("post", "platform", "account", "text", "created_at", "kind", "media", "url", "language", "repost_of", "views"),
    "interaction": ("actor", "verb", "account", "post", "via", "acted_at"),
}  # fmt: skip
"""Record -> the fields of it that this source gives."""
KNOWN: dict[str, frozenset[str]] = {
    "user": frozenset((
        "id", "login", "display_name", "type", "broadcaster_type", "description", "profile_image_url", "offline_image_url", "view_count",
        "email", "created_at",
    )),
    "video": frozenset((
        "id", "stream_id", "user_id", "user_login", "user_name", "title", "description", "created_at", "published_at", "url", "thumbnail_url",
        "viewable", "view_count", "language", "type", "duration", "muted_segments",
    )),
    "clip": frozenset((
        "id", "url", "embed_url", "broadcaster_id", "broadcaster_name", "creator_id", "creator_name", "video_id", "game_id", "language", "title",
        "view_count", "created_at", "thumbnail_url", "duration", "vod_offset", "is_featured",
    )),
}  # fmt: skip
"""Kind of object -> its fields that are read, or known and left alone; others are counted."""


class Reader(Gathering):
    """Gathers rows from kept pages; see the module."""

    fields, known = FIELDS, KNOWN

    def refused(self, kept: Kept) -> bool:
        """A video that was asked for by its number and is not there any more."""
        if kept.stream != "video" or kept.status != 404 or not kept.subject.isdigit():
            return False
        self.gone.append(("post", f"twitch:{kept.subject}", self.at, "it is not there any more"))
        return True

    def user(self, said: Json) -> None:
        """A profile."""
        self.note_unmapped("user", said)
        self.add(
            "account", account=f"twitch:{said['id']}", platform="twitch", handle=said["login"].lower(), name=text_of(said.get("display_name")),
            bio=text_of(said.get("description")), url=f"https://www.twitch.tv/{said['login']}", category=text_of(said.get("broadcaster_type")),
            created_at=moment_of(said.get("created_at")),
        )  # fmt: skip

    def missing(self, who: str) -> None:
        """A channel that was asked for by its number and is not in the answer."""
        if who.isdigit():
            self.gone.append(("account", f"twitch:{who}", self.at, "it is not there any more"))

    def total(self, said: tuple[str, Json]) -> None:
        """How many follow a channel."""
        who, number = said
        if (count := count_of(number)) is not None:
            self.add("account", account=f"twitch:{who}", platform="twitch", followers=count)

    def video(self, said: Json) -> None:
        """A video of a channel."""
        self.note_unmapped("video", said)
        words = filter(None, (text_of(said.get("title")), text_of(said.get("description"))))
        self.add(
            "post", post=f"twitch:{said['id']}", platform="twitch", account=f"twitch:{said['user_id']}", text="\n\n".join(words) or None,
            created_at=moment_of(said.get("published_at")) or moment_of(said.get("created_at")), kind="post", media=text_of(said.get("type")),
            url=text_of(said.get("url")), language=language_in(said.get("language")), views=count_of(said.get("view_count")),
        )  # fmt: skip

    def clip(self, said: Json) -> None:
        """A clip: whose it is, and from whose channel it was cut."""
        self.note_unmapped("clip", said)
        maker, clip, when = f"twitch:{said['creator_id']}", f"twitch:{said['id']}", moment_of(said.get("created_at"))
        cut_from = f"twitch:{said['video_id']}" if text_of(said.get("video_id")) else None
        self.add_once("account", account=maker, platform="twitch", name=text_of(said.get("creator_name")))
        self.add(
            "post", post=clip, platform="twitch", account=maker, text=text_of(said.get("title")), created_at=when, kind="repost", media="clip",
            url=text_of(said.get("url")), language=language_in(said.get("language")), repost_of=cut_from, views=count_of(said.get("view_count")),
        )  # fmt: skip
        owner = f"twitch:{said['broadcaster_id']}"
        if maker != owner:
            self.add("interaction", actor=maker, verb="repost", account=owner, post=cut_from, via=clip, acted_at=when)


def _users(reader: Reader, subject: str, said: Json) -> Taken:
    found = the_list(said["data"])
    yield from ((one, reader.user) for one in found)
    yield from ((one, reader.missing) for one in missing_from(subject, found))


def _total(reader: Reader, subject: str, said: Json) -> Taken:
    yield (subject, said["total"]), reader.total


def _videos(reader: Reader, _subject: str, said: Json) -> Taken:
    yield from ((one, reader.video) for one in the_list(said["data"]))


def _clips(reader: Reader, _subject: str, said: Json) -> Taken:
    yield from ((one, reader.clip) for one in the_list(said["data"]))


Reader.items_of = {
    "users": _users, "user": _users, "total": _total, "videos": _videos, "video": _videos, "clips": _clips,
}  # fmt: skip
read_pages = reads(Reader)

__all__ = ["FIELDS", "Reader", "read_pages"]
