"""From what Bluesky answered to records: the same page always gives the same rows.

Ids are those that files give as well (`sources.files.layouts.bluesky`): `bluesky:did:plc:...` for an account,
`bluesky:at://did:plc:.../app.bsky.feed.post/...` for a post. So a table that somebody exported and a fetch of the same posts are one.

Three things need saying:

- A post may carry any date that its author likes. The network shows it under the earlier of that date and the one at which it was
  first seen there (as the network's own feeds do), so that is when it was published; a date that was put back by more than a day
  stands in `extra` beside it.
- A list or starter pack names people: that is an act of its maker (`mention`, by way of the list), and its title is kept with each.
- A count that was not sent is unknown. Posts out of a repository have none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell.sources.bluesky.values import (
    FOLLOW,
    LIKE,
    POST,
    PROFILE,
    REPOST,
    did_of,
    facets_of,
    handle_of,
    is_post,
    labels_of,
    language_of,
    media_of,
    moment_of_key,
    owner_of,
    page_of,
    post_of,
    quoted_in,
    reason_of,
    reply_of,
    says_gone,
)
from groundswell.sources.declaring import Kept
from groundswell.sources.gathering import Gathering, Taken, reads
from groundswell.sources.values import count_of, list_of, moment_of, text_of

Json = Any
BACKDATED = timedelta(days=1)
GONE_STATES = frozenset(("deleted", "takendown", "suspended", "deactivated"))
"""Of an account that is in one of these states nothing may be shown (AT Protocol, account hosting); coming back it can be fetched again."""

FIELDS: dict[str, tuple[str, ...]] = {
    "account": ("account", "platform", "handle", "name", "bio", "url", "verified", "created_at", "followers", "following", "posts_count", "extra"),
    "post": (
        "post", "platform", "account", "text", "created_at", "kind", "media", "url", "language", "reply_to", "reply_to_account",
        "repost_of", "thread", "hashtags", "mentions", "links", "likes", "replies", "reposts", "quotes", "saves", "extra",
    ),
    "interaction": ("actor", "verb", "account", "post", "via", "acted_at"),
    "follow": ("follower", "followed", "since", "completeness"),
}  # fmt: skip
"""Record -> the fields of it that this source gives."""
KNOWN: dict[str, frozenset[str]] = {
    "profile": frozenset(
        ["did", "handle", "displayName", "description", "avatar", "banner", "followersCount", "followsCount", "postsCount", "associated", "joinedViaStarterPack", "indexedAt", "createdAt", "viewer", "labels", "pinnedPost", "verification", "status", "pronouns", "website", "debug", "$type"]
    ),
    "post": frozenset(
        ["uri", "cid", "author", "record", "embed", "bookmarkCount", "replyCount", "repostCount", "likeCount", "quoteCount", "indexedAt", "viewer", "labels", "threadgate", "debug", "$type"]
    ),
    "record": frozenset(["text", "$type", "createdAt", "langs", "facets", "reply", "embed", "tags", "labels", "entities", "via", "bridgyOriginalText", "bridgyOriginalUrl"]),
    "item": frozenset(["post", "reply", "reason", "feedContext", "reqId", "$type"]),
}  # fmt: skip
"""Kind of object -> its fields that are read, or known and left alone; others are counted."""


class Reader(Gathering):
    """Gathers rows from kept pages; see the module."""

    fields, known = FIELDS, KNOWN

    def refused(self, kept: Kept) -> bool:
        """A refusal says that somebody or something is no more; it is one item."""
        kind = {"profiles": "account", "profile": "account", "posts": "post", "thread": "post"}.get(kept.stream)
        if (
            not kind
            or "\n" in kept.subject
            or not kept.subject.startswith(("did:", "at://did:"))
            or not says_gone(kept.body)
        ):
            return False
        self.gone.append((kind, f"bluesky:{kept.subject}", self.at, reason_of(kept.body)))
        return True

    # -- accounts ----------------------------------------------------------------------------------------------------------

    def account(self, said: Json, *, extra: Mapping[str, str] | None = None) -> str:
        """A profile in any of its three sizes; return the account's id."""
        account = "bluesky:" + did_of(said["did"])
        self.note_unmapped("profile", said)
        checked = said.get("verification")
        more = dict(extra or {})
        if labels := labels_of(said):
            more["labels"] = labels
        row = (
            account, "bluesky", handle_of(said.get("handle")), text_of(said.get("displayName")), text_of(said.get("description")),
            text_of(said.get("website")), checked.get("verifiedStatus") == "valid" if isinstance(checked, dict) else None,
            moment_of(said.get("createdAt")), count_of(said.get("followersCount")), count_of(said.get("followsCount")),
            count_of(said.get("postsCount")),
        )  # fmt: skip
        if (key := (*row, *more.items())) not in self.told:
            self.told.add(key)
            self.rows["account"].append((*row, list(more.items()) or None, self.line, self.at))
        return account

    # -- posts -------------------------------------------------------------------------------------------------------------

    def post(self, said: Json) -> str:
        """A post with its author and its counts as they were seen now; return its id."""
        self.note_unmapped("post", said)
        author = self.account(said["author"])
        counts = [count_of(said.get(name)) for name in COUNTS]
        return self.record(said["uri"], said["record"], author, counts, said.get("indexedAt"), labels_of(said))

    def record(
        self, uri: str, record: Json, author: str, counts: Sequence[int | None], indexed: Json = None, labels: str = ""
    ) -> str:
        """A post as its author wrote it, with counts where somebody counted."""
        post = post_of(uri)
        self.note_unmapped("record", record)
        first_seen, told = moment_of(indexed), moment_of(record.get("createdAt"))
        when = min(filter(None, (told, first_seen)), default=None)
        answers, quoted = reply_of(record), quoted_in(record)
        parent, root = answers if answers else (None, None)
        tags, named, links = facets_of(record)
        extra = [("labels", labels)] if labels else []
        if first_seen and told and first_seen - told > BACKDATED:
            extra.append(("first_seen_at", first_seen.isoformat()))
        kind = "reply" if parent else "quote" if quoted else "post"
        self.rows["post"].append((
            post, "bluesky", author, text_of(record.get("text")), when, kind, media_of(record), page_of(uri), language_of(record),
            parent, owner_of(parent), quoted, root, tags or None, named or None, links or None, *counts, extra or None, self.line, self.at,
        ))  # fmt: skip
        if parent:
            self.act(author, "reply", parent, post, when)
        if quoted:
            self.act(author, "quote", quoted, post, when)
        for did in dict.fromkeys(named):
            self.rows["interaction"].append((author, "mention", f"bluesky:{did}", None, post, when, self.line, self.at))
        return post

    def act(self, actor: str, verb: str, post: str, via: str | None, when: datetime | None) -> None:
        """What somebody did to a post."""
        self.rows["interaction"].append((actor, verb, owner_of(post), post, via, when, self.line, self.at))

    def item(self, said: Json) -> None:
        """An entry of a feed: a post, what it answers, and who passed it on."""
        self.note_unmapped("item", said)
        post = self.post(said["post"])
        reason = said.get("reason")
        if isinstance(reason, dict) and isinstance(reason.get("by"), dict):
            self.act(self.account(reason["by"]), "repost", post, None, moment_of(reason.get("indexedAt")))
        answers = said.get("reply")
        for name in ("parent", "root") if isinstance(answers, dict) else ():
            if isinstance(answers.get(name), dict) and "record" in answers[name] and "author" in answers[name]:
                self.post(answers[name])

    # -- edges -------------------------------------------------------------------------------------------------------------

    def follow(self, follower: str, followed: str, since: datetime | None = None) -> None:
        """One account follows another."""
        self.rows["follow"].append((follower, followed, since, "full" if self.whole else "sampled", self.line, self.at))

    def own(self, did: str, uri: str, value: Json) -> None:
        """A record out of an account's own repository, or as the live stream tells it."""
        if not uri.startswith(f"at://{did}/"):
            raise ValueError("a record of somebody else: a server speaks for its own people only")
        actor, when = f"bluesky:{did}", moment_of(value.get("createdAt"))
        kind = value.get("$type") or uri.split("/")[3]
        if kind == POST:
            self.record(uri, value, actor, (None,) * len(COUNTS), self.at.isoformat())
        elif kind in (LIKE, REPOST) and is_post(value["subject"]["uri"]):
            verb, post = ("like" if kind == LIKE else "repost"), post_of(value["subject"]["uri"])
            self.act(actor, verb, post, None, when)
            self.addresses.append((uri, "interaction", verb, actor, post))
        elif kind == FOLLOW:
            followed = "bluesky:" + did_of(value["subject"])
            self.follow(actor, followed, when)
            self.addresses.append((uri, "follow", None, actor, followed))
        elif kind == PROFILE:
            self.account({"did": did} | {name: value.get(name) for name in ("displayName", "description", "website")})


COUNTS = ("likeCount", "replyCount", "repostCount", "quoteCount", "bookmarkCount")


# -- what stands in each kind of page --------------------------------------------------------------------------------------


def _profiles(reader: Reader, _subject: str, said: Json) -> Taken:
    yield from ((one, reader.account) for one in list_of(said, "profiles"))


def _feed(reader: Reader, _subject: str, said: Json) -> Taken:
    yield from ((one, reader.item) for one in list_of(said, "feed"))


def _posts(reader: Reader, _subject: str, said: Json) -> Taken:
    yield from ((one, reader.post) for one in list_of(said, "posts"))


def _followers(reader: Reader, subject: str, said: Json) -> Taken:
    whom = f"bluesky:{_subject_of(said, subject)}"
    yield from ((one, lambda it: reader.follow(reader.account(it), whom)) for one in list_of(said, "followers"))


def _follows(reader: Reader, subject: str, said: Json) -> Taken:
    who = f"bluesky:{_subject_of(said, subject)}"
    yield from ((one, lambda it: reader.follow(who, reader.account(it))) for one in list_of(said, "follows"))


def _subject_of(said: Json, subject: str) -> str:
    told = said.get("subject")
    return did_of(told["did"]) if isinstance(told, dict) and "did" in told else subject


def _likes(reader: Reader, subject: str, said: Json) -> Taken:
    def take(one: Json) -> None:
        when = moment_of(one.get("createdAt")) or moment_of(one.get("indexedAt"))
        reader.act(reader.account(one["actor"]), "like", post_of(subject), None, when)

    yield from ((one, take) for one in list_of(said, "likes"))


def _reposts(reader: Reader, subject: str, said: Json) -> Taken:
    def take(one: Json) -> None:
        reader.act(reader.account(one), "repost", post_of(subject), None, None)

    yield from ((one, take) for one in list_of(said, "repostedBy"))


def _members(reader: Reader, _subject: str, said: Json) -> Taken:
    about = said["list"]
    owner = reader.account(about["creator"]) if isinstance(about.get("creator"), dict) else None
    title, via = text_of(about.get("name")) or about["uri"], "bluesky:" + about["uri"]

    def take(one: Json) -> None:
        account = reader.account(one["subject"], extra={"in_list": title})
        if owner and owner != account:
            when = moment_of_key(one.get("uri", "").rpartition("/")[2])
            reader.rows["interaction"].append((owner, "mention", account, None, via, when, reader.line, reader.at))

    yield from ((one, take) for one in list_of(said, "items"))


def _pack(reader: Reader, _subject: str, said: Json) -> Taken:
    yield said["starterPack"], lambda one: reader.account(one["creator"])


def _thread(reader: Reader, _subject: str, said: Json) -> Taken:
    waiting = [said["thread"]]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("post"), dict):
            yield one["post"], reader.post
        waiting += one.get("replies") or []
        waiting.append(one.get("parent"))


def _own_records(reader: Reader, subject: str, said: Json) -> Taken:
    did = subject.split("\n")[0]
    yield from ((one, lambda it: reader.own(did, it["uri"], it["value"])) for one in list_of(said, "records"))


def _identity(reader: Reader, subject: str, said: Json) -> Taken:
    def take(one: Json) -> None:
        names = [name.removeprefix("at://") for name in one.get("alsoKnownAs") or [] if name.startswith("at://")]
        reader.account({"did": subject, "handle": names[0] if names else None})

    yield said, take


def _resolved(reader: Reader, subject: str, said: Json) -> Taken:
    yield said, lambda one: reader.account({"did": one["did"], "handle": subject.split("/")[2]})


def _events(reader: Reader, _subject: str, said: Json) -> Taken:
    yield from ((one, lambda it: _event(reader, it)) for one in list_of(said, "events"))


def _event(reader: Reader, said: Json) -> None:
    """One event of the live stream: a record made, changed or deleted; a new handle; an account that left."""
    # Nothing is seen before it happens, whatever a clock elsewhere says.
    did, reader.at = did_of(said["did"]), min(datetime.fromtimestamp(said["time_us"] / 1e6, UTC), reader.kept_at)
    if said.get("kind") == "account":
        state = said["account"]
        if not state.get("active", True) and state.get("status") in GONE_STATES:
            reader.gone.append(("account", f"bluesky:{did}", reader.at, state["status"]))
    elif said.get("kind") == "identity":
        reader.account({"did": did, "handle": said["identity"].get("handle")})
    elif said.get("kind") == "commit":
        commit = said["commit"]
        uri = f"at://{did}/{commit['collection']}/{commit['rkey']}"
        if commit["operation"] != "delete":
            reader.whole = False
            reader.own(did, uri, commit["record"])
        elif commit["collection"] in (POST, LIKE, REPOST, FOLLOW):
            kind = "post" if commit["collection"] == POST else "act"
            reader.gone.append((kind, f"bluesky:{uri}" if kind == "post" else uri, reader.at, "deleted by its author"))


ITEMS: dict[str, Callable[[Reader, str, Json], Taken]] = {
    "profiles": _profiles, "profile": lambda reader, _, said: iter([(said, reader.account)]), "feed": _feed, "posts": _posts,
    "followers": _followers, "follows": _follows, "likes": _likes, "reposts": _reposts, "quotes": _posts, "thread": _thread,
    "list": _members, "pack": _pack, "feedgen": _feed, "search": _posts, "identity": _identity, "resolve": _resolved, "repo": _own_records,
    "live": _events,
}  # fmt: skip
"""Stream -> the items of one of its pages, each with what reads it."""
Reader.items_of = ITEMS
read_pages = reads(Reader)


__all__ = ["FIELDS", "ITEMS", "read_pages"]
