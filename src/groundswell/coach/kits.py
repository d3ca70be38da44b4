"""The kit: one page of numbers that a creator hands to a brand, each with the rows behind it. What was sparked comes first.

    made = kit(workspace, "@me", made_by="Ann Example")
    write_kit(made, Path("kit.pdf"))            (groundswell.exports.kit_page) .pdf .html .json

The creator chooses what goes in (`leave_out`). Replies of other people are counted and, where they have an address, linked, never quoted: their words and
names are not the creator's to hand on. The number of followers comes last, or not at all.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from groundswell.coach.coaching import Coaching, coach
from groundswell.coach.conversation import PASSED_ON, Act, done_in, hear, may_say_done
from groundswell.coach.own_posts import COUNTS, OwnPost, address, gather_acts, read_own_posts
from groundswell.coach.subject import Subject, Tag, Topic
from groundswell.errors import UnknownNameError
from groundswell.signals import SIGNALS, Value
from groundswell.signals.declaring import Number as Numeral
from groundswell.signals.findings import Progress
from groundswell.signals.grains import GRAINS
from groundswell.signals.present import Present, asking
from groundswell.signals.topics import latest_corpus
from groundswell.store import Engine, Workspace
from groundswell.store.engine import ORDER

SCHEMA = "groundswell-kit"
PARTS = ("posts", "texts", "sparked", "balance", "paid", "followers")
"""What a creator may leave out."""
PROFILE = (
    "account", "platform", "handle", "name", "bio", "url", "location", "country", "language", "category", "account_type", "verified",
    "created_at", "followers", "following", "posts_count", "observed_at",
)  # fmt: skip
OF_POSTS = (
    "post",
    "text",
    "created_at",
    "url",
    "kind",
    "media",
    "hashtags",
    "mentions",
    "paid_label",
    *COUNTS,
    "observed_at",
)
COUNTED = {
    "public_rate": "own AND settled AND (likes + replies) / followers IS NOT NULL",
    "posts_per_week": "own AND created_at IS NOT NULL",
    "sponsored_share": "own AND (text IS NOT NULL OR paid_label IS NOT NULL)",
}
"""Signal -> the posts that it was computed from; a test compares their number with the signal's own n."""
MINE = {
    "reply_rate": "I answered {words} of the {n} comments on my posts that are in the data.",
    "public_rate": "A typical post of mine moves {words} of followers to like or comment ({n} posts).",
    "posts_per_week": "I post {value:.1f} times a week ({n} dated posts).",
    "sponsored_share": "{words} of my {n} posts look paid, gifted or affiliated.",
}
"""The signals' sentences, in the first person."""
WHO_SAYS_FOLLOWERS = f"""
    SELECT import_id, line, observed_at, observed_own FROM seen_accounts WHERE account = $1 AND followers IS NOT NULL
    ORDER BY {ORDER} DESC LIMIT 1
"""
"""The row that the followers come from: a later row about the account need not say them."""
TOPICS_SHOWN, POSTS_A_TOPIC, SHARE_A_TOPIC = 2, 3, 0.1
"""Subjects that a kit names, and the posts and the share of posts that each must have (design choices)."""
TITLES = {
    "repost": "Times a post of mine was passed on",
    "quote": "Times a post of mine was quoted",
    "bought": "Replies that say: I bought it",
    "signed up for": "Replies that say: I signed up",
    "joined": "Replies that say: I joined",
    "made": "Replies that say: I made it",
    "tried": "Replies that say: I tried it",
}


@dataclass(frozen=True)
class Row:
    """A row of a file that stands behind a number."""

    file: str
    line: int
    import_id: int
    post: str | None = None
    link: str | None = None
    date: datetime | None = None
    mark: str | None = None
    """What sets it apart from the other rows of its number."""


@dataclass(frozen=True)
class Number:
    """A number of the kit, in words and as it is, with its rows."""

    name: str
    title: str
    words: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: str
    rows: tuple[Row, ...]
    says: str
    """The whole sentence."""

    @property
    def range(self) -> str:
        """The 90 % interval, rounded as the number itself is: else a small one would lie outside of it. Empty where there is none."""
        if self.low is None or self.high is None or self.low == self.high == self.value:
            return ""
        low, high = (_worded(end, self.unit, self.value or self.high) for end in (self.low, self.high))
        return f"{low.removesuffix(PER_WEEK)} to {high}"


@dataclass(frozen=True)
class Kit:
    """A kit before it is written. `keys` is the workspace whose key signs it."""

    profile: dict[str, Any]
    made_at: datetime
    made_by: str | None
    data_ends: datetime | None
    stands_for: str
    topics: tuple[tuple[str, float], ...]
    numbers: tuple[Number, ...]
    posts: tuple[dict[str, Any], ...]
    """Own posts with their counts, as a brand's workspace imports them."""
    left_out: tuple[str, ...]
    simulated: bool
    facts_version: str
    keys: Path = field(compare=False)

    @property
    def account(self) -> str:
        """Whose kit it is."""
        return str(self.profile["account"])


def kit(
    workspace: Workspace,
    account: str,
    *,
    made_by: str | None = None,
    leave_out: Collection[str] = (),
    made_at: datetime | None = None,
    progress: Progress | None = None,
    present: Present | None = None,
) -> Kit:
    """Make the kit of an account. `leave_out` names parts of it (PARTS) that the creator does not want to show.

    With `present`, from what is open already.
    Errors as in `coach`; UnknownNameError for a part that does not exist.
    """
    for part in leave_out:
        if part not in PARTS:
            raise UnknownNameError("part of a kit", part, PARTS)
    found = coach(workspace, account, progress=progress, present=present)
    with asking(workspace, latest_corpus(workspace.fits), [found.account], present) as engine:
        gather_acts(engine, found.account)
        profile, own = _profile(engine, found.account), read_own_posts(engine, found.account, simulated=found.simulated)
        rows = _Rows(engine, found)
        numbers = [
            *_sparked(rows),
            *_signals(rows, own),
            *_subject(rows, own),
            *_balance(rows, own),
            *_followers(rows, profile, workspace),
        ]
    return Kit(
        profile={key: profile.get(key) for key in PROFILE if key not in _hidden(leave_out)},
        made_at=made_at or datetime.now(UTC), made_by=made_by, data_ends=found.data_ends, stands_for=_in_my_words(found.subject),
        topics=tuple((topic.name, topic.share.value) for topic in found.subject.topics),
        numbers=tuple(one for one in numbers if one.rows and not _is_left_out(one.name, leave_out)),
        posts=() if "posts" in leave_out else tuple(_post(post, leave_out) for post in own),
        left_out=tuple(part for part in PARTS if part in leave_out), simulated=found.simulated,
        facts_version=found.facts_version, keys=workspace.folder,
    )  # fmt: skip


class _Rows:
    """The rows behind numbers, asked for by condition."""

    def __init__(self, engine: Engine, found: Coaching) -> None:
        self.engine, self.found = engine, found
        hear(engine, found.account)
        engine.register(
            "posts_of_kit", engine.table(GRAINS["post"].replace("{wanted}", "p.account = $1"), [found.account])
        )

    def of(self, import_id: int, line: int, post: str | None, link: str | None, date: datetime | None) -> Row:
        """One row, with the name of its file."""
        return Row(self.found.sources.get(import_id, ""), line, import_id, post, link, date)

    def of_post(self, post: OwnPost) -> Row:
        """The row of an own post."""
        return self.of(post.import_id, post.line, post.post, post.url, post.created_at)

    def of_act(self, act: Act) -> Row:
        """The row of an act: where it can be seen, not what it says."""
        return self.of(act.import_id, act.line, act.via, act.link, act.when)

    def posts(self, condition: str) -> tuple[Row, ...]:
        """Posts that meet a condition over the grain `post`."""
        rows = self.engine.rows(
            f"SELECT import_id, line, post, url, created_at FROM posts_of_kit WHERE {condition} ORDER BY created_at DESC NULLS LAST, post"
        )
        return tuple(
            self.of(i, line, post, address(post, url, simulated=self.found.simulated), at)
            for i, line, post, url, at in rows
        )

    def acts(self, condition: str) -> list[tuple[str, Row]]:
        """(text or "", row) of acts on the account's posts that meet a condition."""
        rows = self.engine.rows(
            f"SELECT text, import_id, line, via, via_url, moment FROM received WHERE {condition} ORDER BY moment DESC NULLS LAST, via, actor"
        )
        return [
            (text or "", self.of(i, line, via, address(via, url, simulated=self.found.simulated), at))
            for text, i, line, via, url, at in rows
        ]


def _sparked(rows: _Rows) -> list[Number]:
    tallies, replies = rows.found.sparked.tallies, rows.acts(may_say_done())
    numbers: list[Number] = []
    for tally in tallies:
        behind = (
            [row for _, row in rows.acts(f"verb = '{tally.what}'")]
            if tally.what in PASSED_ON
            else [row for text, row in replies if done_in(text) == tally.what]
        )
        title = TITLES[tally.what]
        people = "1 person" if tally.people == 1 else f"{tally.people:,} people"
        says = f"By {people}. Associated with my posts; that they caused it is not shown."
        numbers.append(
            _counted(f"sparked_{tally.what.replace(' ', '_')}", title, tally.times, f"{tally.times:,}", behind, says)
        )
    return numbers


def _signals(rows: _Rows, own: Sequence[OwnPost]) -> list[Number]:
    values, paid = rows.found.values, {post.post for post in own if post.paid}

    def behind(name: str) -> Sequence[Row]:
        found = rows.posts(COUNTED[name])
        return _marked(found, paid, "sponsored") if name == "sponsored_share" else found

    known = [
        of_signal(values["reply_rate"], [row for _, row in rows.acts(_REPLIES)], "Comments that I answered"),
        *(of_signal(values[name], behind(name), SIGNALS[name].title) for name in COUNTED),
    ]
    return [one for one in known if one]


def _marked(rows: Sequence[Row], which: Collection[str], mark: str) -> list[Row]:
    """The rows meant first, and marked: a page shows the first few only."""
    marked = [replace(row, mark=mark) if row.post in which else row for row in rows]
    return sorted(marked, key=lambda row: row.mark is None)


_REPLIES = "verb = 'reply' AND via IS NOT NULL AND begins"


def _in_my_words(subject: Subject) -> str:
    """What the posts stand for, in the first person; nothing where it cannot be told."""
    if subject.unknown:
        return ""
    tags = ", ".join(f"#{one.tag} ({one.share.hits:,.0f} of {one.share.n:,} posts)" for one in subject.tags)
    tagged = f"Hashtags that I use: {tags}." if tags and not subject.topics else ""
    return f"{tagged} {_words_of_mine(subject)}".strip()


def _words_of_mine(subject: Subject) -> str:
    if not subject.words:
        return ""
    named = ", ".join(f"{word.word} ({word.posts:,} of {word.of:,} posts)" for word in subject.words)
    beside = (
        f" more often than other people here ({subject.compared_with:,} of their posts read)"
        if subject.words[0].others is not None
        else ""
    )
    return f"Words that I use{beside or ' most'}: {named}."


def of_signal(value: Value, rows: Sequence[Row], title: str) -> Number | None:
    """A signal's value as a number of the kit; None where it is unknown."""
    if value.value is None:
        return None
    signal = SIGNALS[value.signal]
    words = _worded(value.value, signal.unit, value.value or value.high)
    said = MINE[value.signal].format(words=words, value=Numeral(value.value), n=Numeral(value.n))
    return Number(
        value.signal, title, words, value.value, value.low, value.high, value.n, signal.unit, tuple(rows), said
    )


def _subject(rows: _Rows, own: Sequence[OwnPost]) -> list[Number]:
    """The largest subjects; where they cannot be told of most posts, the tags that are used most."""
    subject = rows.found.subject
    chosen: list[tuple[Topic | Tag, str, str, str]] = [
        (one, f"topic:{one.name}", f"Posts about {one.name}", f"whose subject can be told are about {one.name}")
        for one in subject.topics
    ] or [(one, f"tag:{one.tag}", f"Posts with #{one.tag}", f"carry the hashtag #{one.tag}") for one in subject.tags]
    numbers: list[Number] = []
    for one, name, title, says in chosen:
        share = one.share
        if share.hits < POSTS_A_TOPIC or share.value < SHARE_A_TOPIC or len(numbers) == TOPICS_SHOWN:
            continue
        behind = tuple(rows.of_post(post) for post in own if post.post in set(one.posts))
        words = _worded(share.value, "share")
        said = f"{share.hits:.0f} of my {share.n:,} posts {says}."
        numbers.append(Number(name, title, words, share.value, share.low, share.high, share.n, "share", behind, said))
    return numbers


def _balance(rows: _Rows, own: Sequence[OwnPost]) -> list[Number]:
    balance = rows.found.balance
    if balance.share is None:
        return []
    behind = tuple(rows.of_post(post) for post in own if post.post in balance.weighed)
    share = balance.share
    return [
        Number(
            "balance",
            "Praise among sentences that lean",
            _worded(share.value, "share"),
            share.value,
            share.low,
            share.high,
            share.n,
            "share",
            behind,
            balance.sentence,
        )
    ]


def _followers(rows: _Rows, profile: Mapping[str, Any], workspace: Workspace) -> list[Number]:
    count = profile.get("followers")
    if count is None:
        return []
    import_id, line, at, own = rows.engine.rows(WHO_SAYS_FOLLOWERS, [profile["account"]])[0]
    seen = at if own else None
    row = rows.of(import_id, line, None, profile.get("url"), seen)
    imported = workspace.state.import_by_id(import_id).started_at[:10]
    when = (
        f"as seen on {seen:%Y-%m-%d}"
        if seen
        else f"as of the import on {imported}; the file does not say when it was seen"
    )
    return [
        _counted(
            "followers",
            "Followers",
            count,
            f"{count:,}",
            [row],
            f"{count:,} followers, {when}.",
        )
    ]


def _counted(name: str, title: str, value: int, words: str, rows: Sequence[Row], says: str) -> Number:
    return Number(name, title, words, float(value), None, None, len(rows), "count", tuple(rows), says)


PER_WEEK = " a week"


def _worded(value: float, unit: str, scale: float | None = None) -> str:
    """A number in words; shares with as many digits as `scale` needs to keep two that count."""
    if unit == "share":
        return f"{value:.{_decimals(value if scale is None else scale)}%}"
    return f"{value:.1f}{PER_WEEK}" if unit == "per_week" else f"{value:,.1f}"


def _decimals(share: float) -> int:
    percent = abs(share) * 100
    return 1 if percent >= 0.1 or percent < 1e-6 else 1 - math.floor(math.log10(percent))


def _profile(engine: Engine, account: str) -> dict[str, Any]:
    """What is known of the account; seen when its followers were, where they are known: a kit hands both on together."""
    found = engine.table("SELECT * FROM accounts WHERE account = $1", [account]).to_pylist()
    if found and (told := engine.rows(WHO_SAYS_FOLLOWERS, [account])):
        return found[0] | {"observed_at": told[0][2]}
    return found[0] if found else {}


def _post(post: OwnPost, leave_out: Collection[str]) -> dict[str, Any]:
    row = {name: getattr(post, name) for name in OF_POSTS} | {"language": post.declared}
    return {
        key: value for key, value in row.items() if value is not None and not (key == "text" and "texts" in leave_out)
    }


def _hidden(leave_out: Collection[str]) -> frozenset[str]:
    return frozenset(("followers", "following")) if "followers" in leave_out else frozenset()


def _is_left_out(name: str, leave_out: Collection[str]) -> bool:
    part = {"sponsored_share": "paid", "public_rate": "followers"}.get(name, name.partition("_")[0])
    return part in leave_out


def keys_that_changed(workspace: Workspace, import_id: int | None) -> list[str]:
    """Say of whom an import brought a kit that is signed with another key than the kit that came first (trust on first use)."""
    kits = {one.id for one in workspace.state.imports() if one.state == "live" and "kit" in one.layout.split("+")}
    if import_id not in kits:
        return []
    with workspace.engine() as engine:
        signed = engine.rows(
            "SELECT account, handle, import_id, extra['signed_by'] FROM raw_accounts WHERE extra['signed_by'] IS NOT NULL ORDER BY import_id"
        )
    first: dict[str, tuple[int, str]] = {}
    said: list[str] = []
    for account, handle, brought_by, key in (row for row in signed if row[2] in kits):
        known_by, known = first.setdefault(account, (brought_by, key))
        if brought_by == import_id and key != known:
            who = f"@{handle}" if handle else account
            said.append(
                f"Another key than before: this kit of {who} is signed with {key}, the first one (import {known_by}) with {known}. "
                "Either they have a new key, or somebody else signed it: ask them before you rely on it, or undo this import."
            )
    return list(dict.fromkeys(said))


def content_of(made: Kit) -> dict[str, Any]:
    """What is signed: profile, posts, and the numbers with their rows, as plain values."""
    return {
        "schema": SCHEMA,
        "made_at": made.made_at,
        "made_by": made.made_by,
        "data_ends": made.data_ends,
        "simulated": made.simulated,
        "facts_version": made.facts_version,
        "account": made.profile,
        "stands_for": made.stands_for,
        "topics": [{"name": name, "share": share} for name, share in made.topics],
        "numbers": made.numbers,
        "posts": made.posts,
        "left_out": made.left_out,
    }
