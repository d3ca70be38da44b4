"""From what a Mastodon server answered to records: the same page always gives the same rows.

Ids are those that an archive gives as well (`sources.files.layouts.mastodon`): the address of an account or post in the network, as in
`mastodon:https://mastodon.example/users/ann`. Where a server does not tell it the id is the handle with its server, which the store
links when the address turns up (`mastodon:@ann@mastodon.example`).

- What people wrote comes as HTML; the words that a reader sees are kept, and the links apart.
- A count that a server hides is -1 there and unknown here.
- A boost is somebody's act; its own address is its `via`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from groundswell.sources.declaring import Kept
from groundswell.sources.gathering import Gathering, Taken, reads
from groundswell.sources.html import tags_in, words_of
from groundswell.sources.mastodon.asking import uri_of
from groundswell.sources.mastodon.wishes import LEFT_OUT, left_out, unlisted
from groundswell.sources.values import (
    count_of,
    dict_of,
    extra_of,
    language_in,
    list_of,
    moment_of,
    text_of,
    the_list,
)

Json = Any
FIELDS: dict[str, tuple[str, ...]] = {
    "account": (
        "account", "platform", "handle", "name", "bio", "url", "account_type", "private", "created_at", "followers", "following", "posts_count",
        "extra",
    ),
    "post": (
        "post", "platform", "account", "text", "created_at", "kind", "media", "url", "language", "reply_to", "reply_to_account", "repost_of", "hashtags",
        "mentions", "links", "likes", "replies", "reposts", "quotes", "extra",
    ),
    "interaction": ("actor", "verb", "account", "post", "via", "acted_at"),
    "follow": ("follower", "followed", "completeness"),
}  # fmt: skip
"""Record -> the fields of it that this source gives."""
KNOWN: dict[str, frozenset[str]] = {
    "account": frozenset((
        "id", "username", "acct", "display_name", "locked", "bot", "discoverable", "indexable", "group", "created_at", "note", "url", "uri",
        "avatar", "avatar_static", "avatar_description", "header", "header_static", "header_description", "followers_count", "following_count",
        "statuses_count", "last_status_at", "hide_collections", "noindex", "emojis", "roles", "fields", "moved", "suspended", "limited",
        "memorial", "source", "role", "mute_expires_at", "feature_approval", "show_media", "show_media_replies", "show_featured",
    )),
    "status": frozenset((
        "id", "created_at", "in_reply_to_id", "in_reply_to_account_id", "sensitive", "spoiler_text", "visibility", "language", "uri", "url",
        "replies_count", "reblogs_count", "favourites_count", "quotes_count", "edited_at", "content", "reblog", "application", "account",
        "media_attachments", "mentions", "tags", "emojis", "card", "poll", "quote", "quote_approval", "pinned", "filtered", "local_only",
        "tagged_collections",
    )),
}  # fmt: skip
"""Kind of object -> its fields that are read, or known and left alone; others are counted."""
_ACCOUNT = r"https?://[^/]+/(?:users/\w[\w.-]*|ap/users/\d+)"
OWN = {"account": (("account", _ACCOUNT),), "status": (("post", _ACCOUNT + r"/statuses/\d+"),)}
"""Stream -> what is gone when it is refused, under which addresses."""


class Reader(Gathering):
    """Gathers rows from kept pages; see the module."""

    fields, known = FIELDS, KNOWN

    def __init__(self) -> None:
        super().__init__()
        self.here: dict[tuple[str, str, str], str] = {}
        """(post or account, server, number there) -> its id, of what this page told: an answer names what it answers only by number."""
        self.last: tuple[Json, str] = (None, "")
        """The account that was read last, as it came, and its id: an author stands beside each of forty posts."""

    def page(self, kept: Kept) -> None:
        """Each page by itself, so that it gives the same rows whichever pages are read with it."""
        self.here.clear()
        self.last = (None, "")
        super().page(kept)

    def refused(self, kept: Kept) -> bool:
        """A server that says that somebody or something of its own is no more, under an address as Mastodon gives them."""
        return self.gone_from(kept.stream, kept.subject, "it is not there any more")

    def gone_from(self, stream: str, subject: str, why: str) -> bool:
        """Note that whom or what a page was asked about is not to be had; whether an address of theirs says who that is."""
        address = subject.split("\n")[0]
        for kind, pattern in OWN.get(stream, ()):
            if re.fullmatch(pattern, address):
                self.gone.append((kind, f"mastodon:{address}", self.at, why))
                return True
        return False

    def account(self, said: Json, server: str) -> str:
        """A profile, as a server tells it; return the account's id."""
        if said == self.last[0] and isinstance(said, dict):
            return self.last[1]
        self.note_unmapped("account", said)
        account = id_of(said)
        self.last = (said, account)
        self.here[("account", server, str(said.get("id")))] = account
        if said.get("suspended") is True:
            # Only the server on which somebody lives can say so; another one has just shut them out.
            if _home(said) == server:
                self.gone.append(("account", account, self.at, "suspended by its server"))
            return account
        facts = [
            (text_of(one.get("name")), words_of(one.get("value")))
            for one in list_of(said, "fields")
            if isinstance(one, dict)
        ]
        kind = "brand" if said.get("group") is True else None
        told = [(f"profile: {name[:60]}", value) for name, value in facts if name and value]
        told += [("bot", "yes")] * (said.get("bot") is True)
        self.add_once(
            "account", account=account, platform="mastodon", handle=handle_of(said), name=text_of(said.get("display_name")),
            bio=words_of(said.get("note")), url=text_of(said.get("url")), account_type=kind,
            private=said["locked"] if isinstance(said.get("locked"), bool) else None, created_at=moment_of(said.get("created_at")),
            followers=count_of(said.get("followers_count")), following=count_of(said.get("following_count")),
            posts_count=count_of(said.get("statuses_count")), extra=extra_of(told),
        )  # fmt: skip
        return account

    def status(self, said: Json, server: str) -> str:
        """A post, or a boost of one; return the id of what was written."""
        self.note_unmapped("status", said)
        author, when = self.account(said["account"], server), moment_of(said.get("created_at"))
        if isinstance(said.get("reblog"), dict):
            boosted = self.status(said["reblog"], server)
            self.act(author, "repost", id_of(said["reblog"]["account"]), boosted, f"mastodon:{said['uri']}", when)
            return boosted
        post = f"mastodon:{address_of(said['uri'])}"
        self.here[("post", server, str(said.get("id")))] = post
        self._post(said, server, post, author, when)
        return post

    def _post(self, said: Json, server: str, post: str, author: str, when: datetime | None) -> None:
        answered = self.here.get(("post", server, str(said.get("in_reply_to_id"))))
        whom = self.here.get(("account", server, str(said.get("in_reply_to_account_id"))))
        quoted = dict_of(dict_of(said, "quote"), "quoted_status")
        quotes = (
            self.status(quoted, server)
            if quoted.get("uri") and not left_out(quoted) and not unlisted(quoted.get("account"))
            else None
        )
        named = [one for one in list_of(said, "mentions") if isinstance(one, dict)]
        words = [words_of(said.get("spoiler_text")), words_of(said.get("content"))]
        kind = "reply" if said.get("in_reply_to_id") else "quote" if quotes else "post"
        self.add(
            "post", post=post, platform="mastodon", account=author, text="\n\n".join(filter(None, words)) or None, created_at=when, kind=kind,
            media=_media(said), url=text_of(said.get("url")), language=language_in(said.get("language")), reply_to=answered, reply_to_account=whom,
            repost_of=quotes,
            hashtags=[str(tag["name"]).lower() for tag in list_of(said, "tags")] or None,
            mentions=[handle_at(one, server) for one in named] or None, links=_links(said.get("content")) or None,
            likes=count_of(said.get("favourites_count")), replies=count_of(said.get("replies_count")),
            reposts=count_of(said.get("reblogs_count")), quotes=count_of(said.get("quotes_count")),
            extra=extra_of([("edited_at", text_of(said.get("edited_at")))]),
        )  # fmt: skip
        if answered:
            self.act(author, "reply", whom, answered, post, when)
        if quotes:
            self.act(author, "quote", id_of(quoted["account"]), quotes, post, when)
        for one in named:
            self.act(author, "mention", f"mastodon:@{handle_at(one, server)}", None, post, when)

    def act(
        self, actor: str, verb: str, whom: str | None, post: str | None, via: str | None, when: datetime | None
    ) -> None:
        """What somebody did."""
        self.add("interaction", actor=actor, verb=verb, account=whom, post=post, via=via, acted_at=when)


def id_of(said: Json) -> str:
    """Who an account is."""
    return f"mastodon:{uri_of(said) or '@' + handle_of(said)}"


def _home(said: Json) -> str:
    """The server on which an account lives."""
    return urlsplit(uri_of(said) or "").netloc.lower() or handle_of(said).rpartition("@")[2]


def handle_of(said: Json) -> str:
    """The handle with its server, lower case; a server leaves its own name out."""
    acct = said["acct"].lower()
    return acct if "@" in acct else f"{acct}@{urlsplit(said['url']).netloc.lower()}"


def handle_at(said: Json, server: str) -> str:
    """The same of somebody who is named in a post."""
    acct = str(said["acct"]).lower()
    return acct if "@" in acct else f"{acct}@{server}"


def address_of(uri: Json) -> str:
    """The address of a post; ValueError for what is none."""
    if not isinstance(uri, str) or not uri.startswith(("https://", "http://")):
        raise ValueError(f"{str(uri)[:80]!r} is no address of a post")
    return uri


def _media(said: Json) -> str:
    kinds = [str(one.get("type")) for one in list_of(said, "media_attachments") if isinstance(one, dict)]
    return kinds[0] if kinds else "poll" if isinstance(said.get("poll"), dict) else "text"


def _links(content: Json) -> list[str]:
    """Addresses that a post points to, without those of tags and of people."""
    own = frozenset(("mention", "hashtag"))
    links = [one.attributes.get("href", "") for one in tags_in(content, "a") if not one.words("class") & own]
    return list(dict.fromkeys(link for link in links if link.startswith(("https://", "http://"))))


# -- what stands in each kind of page --------------------------------------------------------------------------------------


def _server(subject: str) -> str:
    parts = subject.split("\n")
    return parts[1] if len(parts) >= 4 else urlsplit(parts[0]).netloc or parts[0]


def _id_at(address: str) -> str:
    """Who is at an address in the network, or has a handle."""
    return f"mastodon:{address}" if "://" in address else f"mastodon:@{address}"


def _one_account(reader: Reader, subject: str, said: Json) -> Taken:
    def take(one: Json) -> None:
        if left_out(one):
            # Who asks it now may have been brought in before they did: a purge takes that away.
            reader.gone_from("account", subject, LEFT_OUT)
        else:
            reader.account(one, _server(subject))

    yield said, take


def _posts(reader: Reader, subject: str, said: Json) -> Taken:
    posts = the_list(said)
    return _in_order(reader, subject, posts)


def _in_order(reader: Reader, subject: str, posts: list[Json]) -> Taken:
    """Older ones first: an answer names what it answers by its number, which has to be known by then."""
    server = _server(subject)
    yield from ((one, lambda it: _status(reader, it, server)) for one in sorted(posts, key=_number))


def _number(one: Json) -> tuple[int, str]:
    found = str(one.get("id", "")) if isinstance(one, dict) else ""
    return len(found), found


def _status(reader: Reader, said: Json, server: str) -> None:
    if not left_out(said) and "not public" not in said:
        reader.status(said, server)


def _context(reader: Reader, subject: str, said: Json) -> Taken:
    address, server, here, _, author = subject.split("\n")
    reader.here[("post", server, here)] = f"mastodon:{address}"
    for one in [*the_list(said["ancestors"]), *the_list(said["descendants"])]:
        if isinstance(one, dict) and one.get("in_reply_to_id") == here and one.get("in_reply_to_account_id"):
            reader.here[("account", server, str(one["in_reply_to_account_id"]))] = _id_at(author)
    return _in_order(reader, subject, [*the_list(said["ancestors"]), *the_list(said["descendants"])])


def _one_post(reader: Reader, subject: str, said: Json) -> Taken:
    return _in_order(reader, subject, [said])


def _edges(subject_follows: bool) -> Callable[[Reader, str, Json], Taken]:
    def items(reader: Reader, subject: str, said: Json) -> Taken:
        address, server, _, where = subject.split("\n")
        about = _id_at(address)

        def take(one: Json) -> None:
            if left_out(one):
                return
            other = reader.account(one, server)
            pair = (about, other) if subject_follows else (other, about)
            completeness = "local" if where != "home" else "full" if reader.whole else "sampled"
            reader.add("follow", follower=pair[0], followed=pair[1], completeness=completeness)

        yield from ((one, take) for one in the_list(said))

    return items


def _acts(verb: str) -> Callable[[Reader, str, Json], Taken]:
    def items(reader: Reader, subject: str, said: Json) -> Taken:
        address, server, _, _, author = subject.split("\n")
        post, whose = f"mastodon:{address}", _id_at(author)

        def take(one: Json) -> None:
            if not left_out(one):
                reader.act(reader.account(one, server), verb, whose, post, None, None)

        yield from ((one, take) for one in the_list(said))

    return items


Reader.items_of = {
    "account": _one_account, "statuses": _posts, "followers": _edges(subject_follows=False), "following": _edges(subject_follows=True),
    "favourited_by": _acts("like"), "reblogged_by": _acts("repost"), "context": _context, "hashtag": _posts, "trends": _posts,
    "post": _one_post, "status": _one_post, "webfinger": lambda _reader, _subject, said: iter([(said, lambda _: None)]),
}  # fmt: skip
"""Stream -> the items of one of its pages, each with what reads it."""
read_pages = reads(Reader)

__all__ = ["FIELDS", "read_pages"]
