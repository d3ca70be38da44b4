"""The posts behind the numbers: for a few people, what they wrote, when, about what, and which posts show a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from groundswell.signals.declaring import SIGNALS
from groundswell.signals.grains import GRAINS
from groundswell.signals.present import Present, asking
from groundswell.signals.topics import Corpus
from groundswell.store import Engine, Workspace
from groundswell.store.text_index import words_of


@dataclass(frozen=True)
class Evidence:
    """A stored post that stands behind a reason."""

    post: str
    text: str
    created_at: datetime | None
    url: str | None
    why: str
    """What it is evidence for: the name of a signal or term, or `most liked`."""
    likes: int | None = None
    replies: int | None = None
    reposts: int | None = None
    source: str = ""
    """Where the row came from: import and line."""


@dataclass(frozen=True)
class PostsOf:
    """Own posts of a few accounts, newest first, with topics."""

    posts: Mapping[str, list[dict[str, Any]]]
    wanted: Mapping[str, Sequence[str]]
    """Reason -> phrases to look for."""

    def evidence(self, account: str, most: int) -> tuple[Evidence, ...]:
        """Posts that show the reasons: the newest that says each of the asked phrases, then the most liked."""
        mine, chosen = self.posts.get(account, []), dict[str, Evidence]()
        for why, phrases in self.wanted.items():
            for post in [post for post in mine if _says(post["text"], phrases)][:2]:
                chosen.setdefault(post["post"], as_evidence(post, why))
        for post in sorted((p for p in mine if p["likes"] is not None), key=lambda p: (-p["likes"], p["post"]))[:1]:
            chosen.setdefault(post["post"], as_evidence(post, "most liked"))
        for post in mine:
            if len(chosen) >= min(most, 2):
                break
            chosen.setdefault(post["post"], as_evidence(post, "newest"))
        return tuple(chosen.values())[:most]

    def texts(self, account: str) -> int:
        """Own posts with text."""
        return sum(bool(post["text"]) for post in self.posts.get(account, []))

    def showing(self, account: str, why: str, says: Callable[[str], bool]) -> tuple[Evidence, ...]:
        """Own posts whose text says something, newest first."""
        return tuple(
            as_evidence(post, why) for post in self.posts.get(account, []) if post["text"] and says(post["text"])
        )

    def by_month(self, account: str) -> tuple[tuple[date, int], ...]:
        """Own posts a month, from the first to the last month, silent months included."""
        months = Counter(
            post["created_at"].date().replace(day=1) for post in self.posts.get(account, []) if post["created_at"]
        )
        if not months:
            return ()
        first, last = min(months), max(months)
        span = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)]
        return tuple((month, months[month]) for month in span if first <= month <= last)

    def topics(self, account: str) -> tuple[tuple[str, float], ...]:
        """Topics of its own posts with their share of those whose topic could be told, largest first, at most six."""
        found = Counter(post["topic"] for post in self.posts.get(account, []) if post["topic"])
        total = sum(found.values())
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return tuple((name, count / total) for name, count in ordered[:6])

    def topics_from(self, account: str) -> tuple[int, int]:
        """Of how many own posts the topic could be told, and how many there are."""
        mine = self.posts.get(account, [])
        return sum(bool(post["topic"]) for post in mine), len(mine)


PARTS = "p.account, p.post, p.text, p.created_at, p.url, p.likes, p.replies, p.reposts, p.import_id, p.line"
OWN = f"""
    SELECT {PARTS}, n.name AS topic
    FROM posts AS p
    LEFT JOIN topic_of_text AS t ON t.text_hash = p.text_hash LEFT JOIN topic_names AS n ON n.topic = t.topic
    WHERE p.account IN (SELECT account FROM wanted_accounts) AND (p.kind IS NULL OR p.kind IN ('post', 'quote'))
    ORDER BY p.account, p.created_at DESC NULLS LAST, p.post
"""


def posts_of(
    workspace: Workspace,
    corpus: Corpus | None,
    accounts: Sequence[str],
    wanted: Mapping[str, Sequence[str]],
    *,
    present: Present | None = None,
) -> PostsOf:
    """Fetch the own posts of a few accounts."""
    if not accounts:
        return PostsOf({}, wanted)
    found: dict[str, list[dict[str, Any]]] = {account: [] for account in accounts}
    with asking(workspace, corpus, accounts, present) as engine:
        for row in engine.table(OWN).to_pylist():
            found[row["account"]].append(row)
    return PostsOf(found, wanted)


def evidence_for(
    workspace: Workspace,
    corpus: Corpus | None,
    account: str,
    signals: Sequence[str],
    most: int = 3,
    *,
    present: Present | None = None,
) -> dict[str, tuple[Evidence, ...]]:
    """For each signal that declares how to show itself, the posts of one account that do so best."""
    with asking(workspace, corpus, [account], present) as engine:
        return read_one(engine, account, signals, present, most)[1]


NAMED_AT_MOST = 1_000
"""Texts that are named one by one in a query; more are joined (design choice: a query of some kilobytes)."""
UNREAD = "hashtags, mentions, media, links, reply_to, reply_to_account, repost_of, thread, member, extra, key, content"
"""Columns of posts that neither the grain nor a page reads."""
TONE = "o.speaks, o.superlative, o.gifted, o.praise, o.reservation, o.concrete"
"""What evidence may ask of the tone of a text."""
OF_ONE = f"""
    WITH posts AS (FROM its_posts), accounts AS (FROM its_account), wording AS (FROM its_wording)
    SELECT p.* REPLACE (coalesce(p.language, w.language) AS language), t.topic, n.name AS topic_name, {TONE}
    FROM ({GRAINS["post"].replace("{wanted}", "true")}) AS p
    LEFT JOIN its_wording AS w ON w.text_hash = p.text_hash
    LEFT JOIN its_topics AS t ON t.text_hash = p.text_hash
    LEFT JOIN its_tone AS o ON o.text_hash = p.text_hash
    LEFT JOIN topic_names AS n ON n.topic = t.topic
"""


def read_one(
    engine: Engine, account: str, signals: Sequence[str], present: Present | None = None, most: int = 3
) -> tuple[PostsOf, dict[str, tuple[Evidence, ...]]]:
    """The own posts of one account, and signal -> the posts that show it."""
    _gather_one(engine, account, present)
    told = f"SELECT {PARTS}, topic_name AS topic, own FROM of_one AS p ORDER BY p.created_at DESC NULLS LAST, p.post"
    rows = {row["post"]: row for row in engine.few(told).to_pylist()}
    shown = {name: SIGNALS[name].evidence for name in signals if SIGNALS[name].evidence}
    picked = _picked(engine, list(dict.fromkeys(shown.values())), most)
    evidence = {name: tuple(as_evidence(rows[post], name) for post in picked[how]) for name, how in shown.items()}
    return PostsOf({account: [row for row in rows.values() if row["own"]]}, {}), evidence


def _gather_one(engine: Engine, account: str, present: Present | None) -> None:
    """Fetch all posts of one account as the grain `post` has them, with language and topic: the table `of_one`.

    Step by step, each step naming what the one before found, so that of every file only the row groups are read that may hold it.
    """
    posts = engine.few(f"SELECT * EXCLUDE ({UNREAD}) FROM {engine.posts_near(account)} WHERE account = $1", [account])
    engine.register("its_posts", posts)
    engine.register("its_account", engine.few("SELECT account, followers FROM accounts WHERE account = $1", [account]))
    hashes = set(posts.column("text_hash").drop_null().to_pylist())
    wording, topics = _findings_of(engine, hashes, present)
    engine.register("its_wording", wording)
    engine.register("its_topics", topics)
    engine.register("its_tone", engine.few(f"SELECT o.text_hash, {TONE} FROM tone AS o WHERE {_whose(hashes)}"))
    engine.register("of_one", engine.few(OF_ONE))


def _findings_of(engine: Engine, hashes: set[int], present: Present | None) -> tuple[pa.Table, pa.Table]:
    """Wording and topics of the texts in `its_posts`: from memory where they are held, else from the files."""
    if present is not None and present.kept:
        wording, topics = present.told()
        return wording.of(sorted(hashes)), topics.of(sorted(hashes))
    whose = _whose(hashes)
    return (
        engine.few(f"SELECT text_hash, language, clear, unclear FROM wording WHERE {whose}"),
        engine.few(f"SELECT text_hash, topic FROM topic_of_text WHERE {whose}"),
    )


def _whose(hashes: set[int]) -> str:
    among = ", ".join(map(str, sorted(hashes))) or "NULL"
    named = len(hashes) <= NAMED_AT_MOST
    return f"text_hash IN ({among})" if named else "text_hash IN (SELECT text_hash FROM its_posts)"


def _picked(engine: Engine, conditions: Sequence[str], most: int) -> dict[str, list[str]]:
    """Condition of a signal's evidence -> ids of the posts that it picks; all conditions are asked at once."""
    parts = [condition.partition(" ORDER BY ") for condition in conditions]
    lists = ", ".join(f"(list(post ORDER BY {order}) FILTER ({where}))[1:{int(most)}]" for where, _, order in parts)
    found = engine.rows(f"SELECT {lists} FROM of_one")[0] if lists else ()
    return {condition: posts or [] for condition, posts in zip(conditions, found, strict=True)}


def _says(text: str | None, phrases: Sequence[str]) -> bool:
    words = set(words_of(text or ""))
    return any(wish and set(wish) <= words for wish in map(words_of, phrases))


def as_evidence(post: Mapping[str, Any], why: str) -> Evidence:
    """A post as it is shown."""
    return Evidence(
        post=post["post"], text=post["text"] or "", created_at=post["created_at"], url=post["url"], why=why,
        likes=post["likes"], replies=post["replies"], reposts=post["reposts"],
        source=f"import {post['import_id']}, line {post['line']}",
    )  # fmt: skip
