"""The posts behind the numbers: for a few people, what they wrote, when, about what, and which posts show a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from groundswell.signals.declaring import SIGNALS
from groundswell.signals.grains import grain_sql
from groundswell.signals.table import prepare
from groundswell.signals.topics import Corpus
from groundswell.store import Workspace
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
                chosen.setdefault(post["post"], _evidence(post, why))
        for post in sorted((p for p in mine if p["likes"] is not None), key=lambda p: (-p["likes"], p["post"]))[:1]:
            chosen.setdefault(post["post"], _evidence(post, "most liked"))
        for post in mine:
            if len(chosen) >= min(most, 2):
                break
            chosen.setdefault(post["post"], _evidence(post, "newest"))
        return tuple(chosen.values())[:most]

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
        """Topics of its own posts with their share, largest first, at most six."""
        found = Counter(post["topic"] for post in self.posts.get(account, []) if post["topic"])
        total = sum(found.values())
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return tuple((name, count / total) for name, count in ordered[:6])


def posts_of(
    workspace: Workspace, corpus: Corpus | None, accounts: Sequence[str], wanted: Mapping[str, Sequence[str]]
) -> PostsOf:
    """Fetch the own posts of a few accounts."""
    if not accounts:
        return PostsOf({}, wanted)
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", corpus, only_views=True, only=accounts)
        engine.register("few", pa.table({"account": pa.array(accounts, pa.string())}))
        rows = engine.table(
            """SELECT p.account, p.post, p.text, p.created_at, p.url, p.likes, p.replies, p.reposts, p.import_id, p.line,
                      n.name AS topic
               FROM posts AS p
               LEFT JOIN topic_of_text AS t ON t.text_hash = p.text_hash LEFT JOIN topic_names AS n ON n.topic = t.topic
               WHERE p.account IN (SELECT account FROM few) AND (p.kind IS NULL OR p.kind IN ('post', 'quote'))
               ORDER BY p.account, p.created_at DESC NULLS LAST, p.post"""
        )
    found: dict[str, list[dict[str, Any]]] = {account: [] for account in accounts}
    for row in rows.to_pylist():
        found[row["account"]].append(row)
    return PostsOf(found, wanted)


def evidence_for(
    workspace: Workspace, corpus: Corpus | None, account: str, signals: Sequence[str], most: int = 3
) -> dict[str, tuple[Evidence, ...]]:
    """For each signal that declares how to show itself, the posts of one account that do so best."""
    shown = {name: SIGNALS[name].evidence for name in signals if SIGNALS[name].evidence}
    if not shown:
        return {}
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", corpus, only_views=True, only=[account])
        engine.execute(
            f"""CREATE TEMP TABLE its_posts AS
                SELECT p.* REPLACE (coalesce(p.language, w.language) AS language), t.topic
                FROM ({grain_sql("post", only=True)}) AS p
                LEFT JOIN wording AS w ON w.text_hash = p.text_hash LEFT JOIN topic_of_text AS t ON t.text_hash = p.text_hash"""
        )
        found: dict[str, tuple[Evidence, ...]] = {}
        by_condition: dict[str, tuple[Evidence, ...]] = {}
        for name, condition in shown.items():
            if condition not in by_condition:
                rows = engine.table(f"SELECT * FROM its_posts WHERE {condition} LIMIT {most}").to_pylist()
                by_condition[condition] = tuple(_evidence(row, name) for row in rows)
            found[name] = by_condition[condition]
    return found


def _says(text: str | None, phrases: Sequence[str]) -> bool:
    words = set(words_of(text or ""))
    return any(wish and set(wish) <= words for wish in map(words_of, phrases))


def _evidence(post: Mapping[str, Any], why: str) -> Evidence:
    return Evidence(
        post=post["post"], text=post["text"] or "", created_at=post["created_at"], url=post["url"], why=why,
        likes=post["likes"], replies=post["replies"], reposts=post["reposts"],
        source=f"import {post['import_id']}, line {post['line']}",
    )  # fmt: skip
