"""From what the Graph API answered to records: the same page always gives the same rows.

Its numbers of accounts and posts are its own, and nobody else's: so an account goes by its handle (`instagram:@ann`), as in Meta's own
tables, and a post by the number that its address says. What stands under a tag has no author there, and is nobody's row.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

from groundswell.sources.files.layouts.identities import coded_posts
from groundswell.sources.gathering import Gathering, Taken, reads
from groundswell.sources.instagram.asking import media_of, mentioned, somebody_in
from groundswell.sources.values import count_of, extra_of, moment_of, text_of, the_list

Json = Any
FIELDS: dict[str, tuple[str, ...]] = {
    "account": ("account", "platform", "handle", "name", "bio", "url", "followers", "following", "posts_count", "extra"),
    "post": (
        "post", "platform", "account", "text", "created_at", "kind", "media", "url", "hashtags", "mentions", "likes_hidden", "likes", "replies",
    ),
    "interaction": ("actor", "verb", "account", "post", "via", "acted_at"),
}  # fmt: skip
"""Record -> the fields of it that this source gives."""
KNOWN: dict[str, frozenset[str]] = {
    "account": frozenset((
        "id", "username", "name", "biography", "website", "followers_count", "follows_count", "media_count", "media",
    )),
    "media": frozenset((
        "id", "caption", "media_type", "media_product_type", "permalink", "timestamp", "like_count", "comments_count",
    )),
}  # fmt: skip
"""Kind of object -> its fields that are read, or known and left alone; others are counted."""
CODE = re.compile(r"instagram\.com/(?:[\w.]+/)?(?:p|reel|tv)/([\w-]+)", re.ASCII)
TAG = re.compile(r"(?<!\w)#(\w+)")


class Reader(Gathering):
    """Gathers rows from kept pages; see the module."""

    fields, known = FIELDS, KNOWN

    def account(self, said: Json) -> None:
        """A profile, in full or with its numbers alone."""
        self.note_unmapped("account", said)
        self.add(
            "account", account=f"instagram:@{said['username'].lower()}", platform="instagram", handle=said["username"].lower(),
            name=text_of(said.get("name")), bio=text_of(said.get("biography")), url=text_of(said.get("website")),
            followers=count_of(said.get("followers_count")), following=count_of(said.get("follows_count")),
            posts_count=count_of(said.get("media_count")), extra=extra_of([("number in the Graph API", text_of(said.get("id")))]),
        )  # fmt: skip

    def post(self, said: tuple[str, Json]) -> None:
        """A post, and whom its caption names."""
        owner, one = said
        self.note_unmapped("media", one)
        author, post, caption = f"instagram:@{owner}", _post_id(one), text_of(one.get("caption"))
        named, when = mentioned(caption), moment_of(one.get("timestamp"))
        self.add(
            "post", post=post, platform="instagram", account=author, text=caption, created_at=when, kind="post",
            media=text_of(one.get("media_product_type")) or text_of(one.get("media_type")), url=text_of(one.get("permalink")),
            hashtags=[tag.lower() for tag in TAG.findall(caption or "")] or None, mentions=list(named) or None,
            likes_hidden="like_count" not in one, likes=count_of(one.get("like_count")), replies=count_of(one.get("comments_count")),
        )  # fmt: skip
        for name in named:
            self.add("interaction", actor=author, verb="mention", account=f"instagram:@{name}", via=post, acted_at=when)

    def nobody(self, said: Json) -> None:
        """A post under a tag: nothing says whose it is."""
        self.note_unmapped("media", said)


def _post_id(said: Json) -> str:
    """The post's number, out of its address; without one the Graph API's own."""
    found = CODE.search(text_of(said.get("permalink")) or "")
    return str(coded_posts(pa.array([found[1]]))[0].as_py()) if found else f"instagram:{said['id']}"


def _profiles(reader: Reader, _subject: str, said: Json) -> Taken:
    yield somebody_in(said), reader.account


def _media(reader: Reader, _subject: str, said: Json) -> Taken:
    somebody = somebody_in(said)
    yield somebody, reader.account
    yield from (((somebody["username"].lower(), one), reader.post) for one in media_of(somebody))


def _names(_reader: Reader, _subject: str, said: Json) -> Taken:
    yield from ((one, lambda _: None) for one in the_list(said["data"]))


def _tagged(reader: Reader, _subject: str, said: Json) -> Taken:
    yield from ((one, reader.nobody) for one in the_list(said["data"]))


Reader.items_of = {"profile": _profiles, "media": _media, "hashtag": _names, "tagged": _tagged}
"""Stream -> the items of one of its pages, each with what reads it."""
read_pages = reads(Reader)

__all__ = ["FIELDS", "Reader", "read_pages"]
