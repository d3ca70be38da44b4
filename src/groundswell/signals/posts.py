"""The posts behind the numbers: for a few people, what they wrote, when, about what, and which posts show a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from groundswell.signals.declaring import SIGNALS
from groundswell.signals.grains import GRAINS
from groundswell.signals.present import Present, asking
from groundswell.signals.told import hold
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
# No evidence asks how many followers somebody had: looking them up would be a quarter of the time.
OF_ONE = f"""
    WITH posts AS (FROM its_posts), wording AS (FROM its_findings), accounts AS (SELECT $1 AS account, 0 AS followers),
    follower_steps AS (SELECT '' AS account, [{{at_time: NULL::TIMESTAMPTZ, followers: 0}}] AS steps WHERE false),
    of_one AS (
        SELECT p.* REPLACE (coalesce(p.language, f.language) AS language),
               f.* EXCLUDE (text_hash, language, clear, unclear), n.name AS topic_name
        FROM ({GRAINS["post"].replace("{wanted}", "true")}) AS p
        LEFT JOIN its_findings AS f ON f.text_hash = p.text_hash
        LEFT JOIN topic_names AS n ON n.topic = f.topic
    )
"""


def read_one(
    engine: Engine, account: str, signals: Sequence[str], present: Present | None = None, most: int = 3
) -> tuple[PostsOf, dict[str, tuple[Evidence, ...]]]:
    """The own posts of one account, and signal -> the posts that show it.

    One question for all signals: which posts each condition picks, and the place of each post in each order.
    """
    _gather_one(engine, account, present)
    shown = {name: SIGNALS[name].evidence.partition(" ORDER BY ") for name in signals if SIGNALS[name].evidence}
    picks = {where: f"pick_{place}" for place, where in enumerate(dict.fromkeys(how[0] for how in shown.values()))}
    orders = {order: f"order_{place}" for place, order in enumerate(dict.fromkeys(how[2] for how in shown.values()))}
    asked = [f"coalesce({where}, false) AS {name}" for where, name in picks.items()]
    asked += [f"row_number() OVER (ORDER BY {order}) AS {name}" for order, name in orders.items()]
    found = engine.few(
        f"""{OF_ONE} SELECT {", ".join([PARTS, "own", "settled", "topic_name", *asked])} FROM of_one AS p
            ORDER BY p.created_at DESC NULLS LAST, p.post""",
        [account],
    )
    rows = found.drop_columns([*picks.values(), *orders.values()]).rename_columns({"topic_name": "topic"}).to_pylist()
    places = {order: found.column(name).to_numpy() for order, name in orders.items()}
    chosen: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for how in dict.fromkeys(shown.values()):
        there = found.column(picks[how[0]]).to_numpy().nonzero()[0]
        chosen[how] = [rows[place] for place in there[places[how[2]][there].argsort()][:most]]
    evidence = {name: tuple(as_evidence(post, name) for post in chosen[how]) for name, how in shown.items()}
    return PostsOf({account: [row for row in rows if row["own"]]}, {}), evidence


def _gather_one(engine: Engine, account: str, present: Present | None) -> None:
    """Fetch all posts of one account, and what was found in its texts.

    Step by step, each step naming what the one before found, so that of every file only the row groups are read that may hold it.
    """
    posts = engine.few(f"SELECT * EXCLUDE ({UNREAD}) FROM {engine.posts_near(account)} WHERE account = $1", [account])
    hashes = set(posts.column("text_hash").drop_null().to_pylist())
    engine.register("its_posts", posts)
    told = present.told() if present is not None and present.kept else hold(engine, _whose(hashes))
    engine.register("its_findings", told.of(hashes))


def _whose(hashes: set[int]) -> str:
    among = ", ".join(map(str, sorted(hashes))) or "NULL"
    named = len(hashes) <= NAMED_AT_MOST
    return f"text_hash IN ({among})" if named else "text_hash IN (SELECT text_hash FROM its_posts)"


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
