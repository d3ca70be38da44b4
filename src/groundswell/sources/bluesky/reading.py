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

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from groundswell.records import RECORDS
from groundswell.sources import ADDRESSES, GONE, Page, SetAside
from groundswell.sources.bluesky.values import (
    FOLLOW,
    LIKE,
    POST,
    PROFILE,
    REPOST,
    count_of,
    did_of,
    facets_of,
    handle_of,
    is_post,
    labels_of,
    language_of,
    list_of,
    media_of,
    moment_of,
    moment_of_key,
    owner_of,
    page_of,
    post_of,
    quoted_in,
    reason_of,
    reply_of,
    scrubbed,
    text_of,
)
from groundswell.sources.declaring import Kept

Json = Any
LINES_A_PAGE = 1_000
"""Line 12,034 is item 34 of page 12; no page holds more than a few hundred."""
BACKDATED = timedelta(days=1)
HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
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


ODD = (KeyError, TypeError, AttributeError, ValueError, IndexError, OverflowError, RecursionError)
"""What comes of reading something of another shape."""


class Reader:
    """Gathers rows from kept pages; see the module."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in FIELDS}
        self.gone: list[tuple[str, str, datetime, str]] = []
        self.addresses: list[tuple[str, str, str | None, str, str]] = []
        self.unmapped: Counter[str] = Counter()
        self.aside: list[SetAside] = []
        self.items = self.empty = 0
        self.line = 0
        self.told: set[tuple[Any, ...]] = set()
        """What the page that is read said of accounts: an author stands beside each of a hundred posts."""
        self.at = self.kept_at = datetime.fromtimestamp(0, UTC)
        self.whole = False

    # -- pages -------------------------------------------------------------------------------------------------------------

    def page(self, kept: Kept) -> None:
        """Read one kept page. What cannot be read is set aside with its reason; nothing stops the rest."""
        self.at, self.line, self.whole = kept.fetched_at, kept.number * LINES_A_PAGE, kept.whole
        self.kept_at = kept.fetched_at
        self.told.clear()
        if kept.status != 200:
            self._refused(kept)
            return
        try:
            said = scrubbed(json.loads(kept.body)) if HALF_PAIR.search(kept.body) else json.loads(kept.body)
        except (ValueError, RecursionError) as error:
            self._aside(f"the page is no JSON ({error})"[:200], "", count=True)
            return
        try:
            for item, take in ITEMS[kept.stream](self, kept.subject, said):
                self._take(item, take)
        except ODD as error:
            self._aside(
                f"the page is not of the shape that was expected ({type(error).__name__}: {error})"[:200],
                said,
                count=True,
            )

    def _take(self, item: Json, take: Callable[[Json], Any]) -> None:
        """Read one item; rows of one that breaks off in the middle stay, for each of them was whole."""
        self.line += 1
        self.items += 1
        before = self._gathered()
        try:
            take(item)
        except ODD as error:
            self._aside(f"not of the shape that was expected ({type(error).__name__}: {error})"[:200], item)
        else:
            self.empty += self._gathered() == before

    def _gathered(self) -> int:
        return sum(map(len, self.rows.values())) + len(self.gone)

    def _refused(self, kept: Kept) -> None:
        """A refusal says that somebody or something is no more; it is one item."""
        self.line += 1
        self.items += 1
        kind = {"profiles": "account", "profile": "account", "posts": "post", "thread": "post"}.get(kept.stream)
        if kind and kept.subject.startswith(("did:", "at://did:")) and "\n" not in kept.subject:
            self.gone.append((kind, f"bluesky:{kept.subject}", self.at, reason_of(kept.body)))
        else:
            self.empty += 1

    def _aside(self, reason: str, item: Json, *, count: bool = False) -> None:
        self.items += count
        self.line += count
        self.aside.append(SetAside(self.line, reason, json.dumps(item, ensure_ascii=True, default=str)[:500]))

    # -- accounts ----------------------------------------------------------------------------------------------------------

    def account(self, said: Json, *, extra: Mapping[str, str] | None = None) -> str:
        """A profile in any of its three sizes; return the account's id."""
        account = "bluesky:" + did_of(said["did"])
        self._unmapped("profile", said)
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

    def _unmapped(self, kind: str, said: Json) -> None:
        if strange := said.keys() - KNOWN[kind]:
            self.unmapped.update(f"{kind}.{name[:60]}" for name in strange)

    # -- posts -------------------------------------------------------------------------------------------------------------

    def post(self, said: Json) -> str:
        """A post with its author and its counts as they were seen now; return its id."""
        self._unmapped("post", said)
        author = self.account(said["author"])
        counts = [count_of(said.get(name)) for name in COUNTS]
        return self.record(said["uri"], said["record"], author, counts, said.get("indexedAt"), labels_of(said))

    def record(
        self, uri: str, record: Json, author: str, counts: Sequence[int | None], indexed: Json = None, labels: str = ""
    ) -> str:
        """A post as its author wrote it, with counts where somebody counted."""
        post = post_of(uri)
        self._unmapped("record", record)
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
        self._unmapped("item", said)
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

    # -- the end -----------------------------------------------------------------------------------------------------------

    def found(self) -> Page:
        """Everything that was gathered, as one page."""
        records = {name: _table(name, rows) for name, rows in self.rows.items() if rows}
        return Page(
            rows=self.items, empty=self.empty, set_aside=self.aside, records=records,
            gone=_columns(self.gone, GONE), addresses=_columns(self.addresses, ADDRESSES), unmapped=dict(self.unmapped),
        )  # fmt: skip


COUNTS = ("likeCount", "replyCount", "repostCount", "quoteCount", "bookmarkCount")


def read_pages(kept: Sequence[Kept]) -> Page:
    """Read kept pages into records."""
    reader = Reader()
    for one in kept:
        reader.page(one)
    return reader.found()


def _table(name: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    types = {field.name: field.type for field in RECORDS[name].fields}
    schema = pa.schema([
        *(pa.field(field, types[field]) for field in FIELDS[name]),
        pa.field("line", pa.int64()), pa.field("observed_at", pa.timestamp("us", "UTC")),
    ])  # fmt: skip
    return _columns(rows, schema) or schema.empty_table()


def _columns(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table | None:
    if not rows:
        return None
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)],
        schema=schema,
    )


# -- what stands in each kind of page --------------------------------------------------------------------------------------

Taken = Iterator[tuple[Json, Callable[[Json], Any]]]


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


__all__ = ["FIELDS", "ITEMS", "read_pages"]
