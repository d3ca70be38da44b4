"""From what X answered to records: the same page always gives the same rows.

Ids are those that files give as well: `twitter:2708897486` for people and posts. A copy that passes a post on carries the counts of
the original, which are not its own, so it has none here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from groundswell.sources.gathering import Gathering, Taken, reads
from groundswell.sources.values import count_of, dict_of, language_in, list_of, moment_of, text_of, tweet_of
from groundswell.sources.x.asking import found_in, listed_in

Json = Any
FIELDS: dict[str, tuple[str, ...]] = {
    "account": (
        "account", "platform", "handle", "name", "bio", "url", "location", "verified", "private", "created_at", "followers", "following",
        "posts_count", "listed",
    ),
    "post": (
        "post", "platform", "account", "text", "created_at", "kind", "language", "reply_to", "reply_to_account", "repost_of", "thread",
        "hashtags", "mentions", "links", "likes", "replies", "reposts", "quotes", "views", "saves",
    ),
    "interaction": ("actor", "verb", "account", "post", "via", "acted_at"),
    "follow": ("follower", "followed", "completeness"),
}  # fmt: skip
"""Record -> the fields of it that this source gives."""
KNOWN: dict[str, frozenset[str]] = {
    "user": frozenset((
        "id", "name", "username", "created_at", "description", "entities", "location", "protected", "public_metrics", "url", "verified",
        "verified_type",
    )),
    "tweet": frozenset((
        "id", "text", "author_id", "conversation_id", "created_at", "edit_history_tweet_ids", "entities", "in_reply_to_user_id", "lang",
        "note_tweet", "possibly_sensitive", "public_metrics", "referenced_tweets",
    )),
}  # fmt: skip
"""Kind of object -> its fields that are read, or known and left alone; others are counted."""
KINDS = {"retweeted": "repost", "replied_to": "reply", "quoted": "quote"}
HIDDEN = ("resource-not-found", "not-authorized-for-resource")
"""Kinds of error by which X says that something may not be kept: it is no more, or no longer for everybody."""


class Reader(Gathering):
    """Gathers rows from kept pages; see the module."""

    fields, known = FIELDS, KNOWN

    def user(self, said: Json) -> str:
        """A profile; return the account's id."""
        self.note_unmapped("user", said)
        account, counts = f"twitter:{said['id']}", dict_of(said, "public_metrics")
        links = list_of(dict_of(dict_of(said, "entities"), "url"), "urls")
        link = text_of(links[0].get("expanded_url")) if links else text_of(said.get("url"))
        self.add(
            "account", account=account, platform="twitter", handle=said["username"].lower(), name=text_of(said.get("name")),
            bio=text_of(said.get("description")), url=link, location=text_of(said.get("location")), verified=_flag(said.get("verified")),
            private=_flag(said.get("protected")), created_at=moment_of(said.get("created_at")), followers=count_of(counts.get("followers_count")),
            following=count_of(counts.get("following_count")), posts_count=count_of(counts.get("tweet_count")),
            listed=count_of(counts.get("listed_count")),
        )  # fmt: skip
        return account

    def tweet(self, said: Json) -> None:
        """A post, and what its author does with it."""
        self.note_unmapped("tweet", said)
        author, post, when = f"twitter:{said['author_id']}", f"twitter:{said['id']}", moment_of(said.get("created_at"))
        told = {KINDS.get(one.get("type"), ""): f"twitter:{one['id']}" for one in list_of(said, "referenced_tweets")}
        kind = next((one for one in ("repost", "reply", "quote") if one in told), "post")
        counts = {} if kind == "repost" else dict_of(said, "public_metrics")
        named = list_of(dict_of(said, "entities"), "mentions")
        whom = f"twitter:{said['in_reply_to_user_id']}" if text_of(said.get("in_reply_to_user_id")) else None
        entities = dict_of(said, "entities")
        self.add(
            "post", post=post, platform="twitter", account=author, text=tweet_of(dict_of(said, "note_tweet").get("text")) or tweet_of(said.get("text")),
            created_at=when, kind=kind, language=language_in(said.get("lang")), reply_to=told.get("reply"), reply_to_account=whom,
            repost_of=told.get("repost") or told.get("quote"),
            thread=f"twitter:{said['conversation_id']}" if text_of(said.get("conversation_id")) else None,
            hashtags=[str(one["tag"]).lower() for one in list_of(entities, "hashtags")] or None,
            mentions=[str(one["username"]).lower() for one in named] or None,
            links=[str(one["expanded_url"]) for one in list_of(entities, "urls") if text_of(one.get("expanded_url"))] or None,
            likes=count_of(counts.get("like_count")), replies=count_of(counts.get("reply_count")), reposts=count_of(counts.get("retweet_count")),
            quotes=count_of(counts.get("quote_count")), views=count_of(counts.get("impression_count")), saves=count_of(counts.get("bookmark_count")),
        )  # fmt: skip
        for verb, original in told.items():
            if verb:
                self._act(author, verb, whom if verb == "reply" else None, original, post, when)
        for one in named:
            if text_of(one.get("id")):
                self._act(author, "mention", f"twitter:{one['id']}", None, post, when)

    def _act(self, actor: str, verb: str, whom: str | None, post: str | None, via: str, when: datetime | None) -> None:
        self.add("interaction", actor=actor, verb=verb, account=whom, post=post, via=via, acted_at=when)

    def hidden(self, said: Json) -> None:
        """What X says may not be shown any more."""
        kind = {"user": "account", "tweet": "post"}.get(said.get("resource_type"))
        key = str(said.get("resource_id") or said.get("value") or "")
        if kind and key.isdigit() and str(said.get("type")).rpartition("/")[2] in HIDDEN:
            self.gone.append((kind, f"twitter:{key}", self.at, "it is not there for everybody any more"))

    def follow(self, follower: str, followed: str) -> None:
        """Who follows whom."""
        self.add("follow", follower=follower, followed=followed, completeness="full" if self.whole else "sampled")


def _flag(said: Json) -> bool | None:
    return said if isinstance(said, bool) else None


def _lookup(take: str) -> Any:
    def items(reader: Reader, _subject: str, said: Json) -> Taken:
        yield from ((one, getattr(reader, take)) for one in found_in(said))
        yield from ((one, reader.hidden) for one in list_of(said, "errors"))

    return items


def _tweets(reader: Reader, _subject: str, said: Json) -> Taken:
    yield from ((one, reader.tweet) for one in listed_in(said))


def _edges(*, subject_follows: bool) -> Any:
    def items(reader: Reader, subject: str, said: Json) -> Taken:
        def take(one: Json) -> None:
            pair = (f"twitter:{subject}", reader.user(one))
            reader.follow(*(pair if subject_follows else pair[::-1]))

        yield from ((one, take) for one in listed_in(said))

    return items


def _passed_on(reader: Reader, subject: str, said: Json) -> Taken:
    def take(one: Json) -> None:
        reader.add("interaction", actor=reader.user(one), verb="repost", post=f"twitter:{subject}")

    yield from ((one, take) for one in listed_in(said))


Reader.items_of = {
    "users": _lookup("user"), "user": _lookup("user"), "look": _lookup("tweet"), "tweets": _tweets, "conversation": _tweets,
    "search": _tweets, "followers": _edges(subject_follows=False), "following": _edges(subject_follows=True), "retweeted_by": _passed_on,
}  # fmt: skip
"""Stream -> the items of one of its pages, each with what reads it."""
read_pages = reads(Reader)

__all__ = ["FIELDS", "Reader", "read_pages"]
