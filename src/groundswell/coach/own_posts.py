"""What the coach reads of one account: its own posts, newest first, each with its counts, its subject and where its row came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from groundswell.signals.findings import QUOTED
from groundswell.signals.posts import Evidence
from groundswell.store import Engine
from groundswell.store.other_names import ANSWERED, other_names

COUNTS = ("likes", "replies", "reposts", "quotes", "views", "saves", "reach")
OWN = f"""
    SELECT p.post, p.text, p.created_at, p.url, p.kind, p.media, p.language AS declared,
           coalesce(p.language, w.language) AS language,
           coalesce(p.paid_label, false) OR w.clear IS NOT NULL OR w.unclear IS NOT NULL AS paid,
           coalesce(p.paid_label, false) OR w.clear IS NOT NULL OR coalesce(w.unclear LIKE '{QUOTED}%', false) AS disclosed, p.paid_label,
           n.name AS topic, p.hashtags, p.mentions, p.likes, p.replies, p.reposts, p.quotes, p.views, p.saves, p.reach,
           p.import_id, p.line, p.observed_at, p.observed_own
    FROM posts AS p
    LEFT JOIN wording AS w ON w.text_hash = p.text_hash
    LEFT JOIN topic_of_text AS t ON t.text_hash = p.text_hash
    LEFT JOIN topic_names AS n ON n.topic = t.topic
    WHERE p.account = $1 AND (p.kind IS NULL OR p.kind IN ('post', 'quote'))
    ORDER BY p.created_at DESC NULLS LAST, p.post
"""
ADDRESSES = (
    (re.compile(r"twitter:(\d+)"), r"https://x.com/i/status/\1"),
    (re.compile(r"bluesky:at://(did:[^/]+)/app\.bsky\.feed\.post/(\w+)"), r"https://bsky.app/profile/\1/post/\2"),
    (re.compile(r"youtube:([\w-]{11})"), r"https://www.youtube.com/watch?v=\1"),
    (re.compile(r"blog:(https?://\S+)"), r"\1"),
)
"""Where a post can be seen, where its id alone says so."""


@dataclass(frozen=True)
class OwnPost:
    """A post that the account wrote itself; counts that nobody read are None."""

    post: str
    text: str | None
    created_at: datetime | None
    url: str | None
    kind: str | None
    media: str | None
    declared: str | None
    """Language as the platform declares it."""
    language: str | None
    """Language as declared, else as told from the text."""
    paid: bool
    """Labelled, with words of payment, clear or unclear, or told in own words."""
    disclosed: bool
    """Labelled, with words that a guide accepts, or told in a sentence of its own."""
    paid_label: bool | None
    topic: str | None
    hashtags: list[str] | None
    mentions: list[str] | None
    likes: int | None
    replies: int | None
    reposts: int | None
    quotes: int | None
    views: int | None
    saves: int | None
    reach: int | None
    import_id: int
    line: int
    observed_at: datetime
    observed_own: bool

    @property
    def source(self) -> str:
        """Where the row came from."""
        return f"import {self.import_id}, line {self.line}"

    def shown(self, why: str) -> Evidence:
        """The post as evidence for something."""
        return Evidence(
            post=self.post, text=self.text or "", created_at=self.created_at, url=self.url, why=why,
            likes=self.likes, replies=self.replies, reposts=self.reposts, source=self.source,
        )  # fmt: skip


# The same table once with ids and once with addresses tells of every reply once.
ACTS = f"""
    SELECT * FROM interactions WHERE account = $1
    UNION ALL SELECT * FROM interactions WHERE actor = $1 AND account IS DISTINCT FROM $1
    UNION ALL (SELECT DISTINCT ON (i.actor, i.verb, n.post, i.via) i.* REPLACE ($1 AS account, n.post AS post) FROM interactions AS i
              JOIN (SELECT name, min(post) AS post FROM ({other_names("posts", "account = $1")})
                    GROUP BY name HAVING count(DISTINCT post) = 1) AS n ON n.name = {ANSWERED}
              WHERE i.account IS NULL AND i.actor <> $1 AND (i.via IS NULL OR i.via NOT IN (
                    SELECT via FROM interactions WHERE account = $1 AND via IS NOT NULL))
              ORDER BY i.import_id DESC, i.line)
"""


def gather_acts(engine: Engine, account: str) -> None:
    """Fetch once what the account did and what was done on its posts: the table `its_acts`, which other questions read."""
    engine.register("its_acts", engine.table(ACTS, [account]))


def read_own_posts(engine: Engine, account: str, *, simulated: bool) -> tuple[OwnPost, ...]:
    """Return the own posts of an account (posts and quotes; replies and reposts are not its own), newest first."""
    rows = engine.table(OWN, [account]).to_pylist()
    return tuple(OwnPost(**row | {"url": address(row["post"], row["url"], simulated=simulated)}) for row in rows)


def address(post: str | None, url: str | None, *, simulated: bool) -> str | None:
    """Where a post can be seen: its own address, else the one that its id says. What is made up can be seen nowhere."""
    if url or not post or simulated:
        return url
    for pattern, where in ADDRESSES:
        if found := pattern.fullmatch(post):
            return found.expand(where)
    return None


def newest_of(posts: Sequence[OwnPost], most: int, why: str) -> tuple[Evidence, ...]:
    """The newest few as evidence."""
    return tuple(post.shown(why) for post in posts[:most])


def data_ends(engine: Engine, account: str) -> datetime | None:
    """The last moment that the data speaks of this account: no clock is read, so that an old file gives an old answer.

    An act of or on the account, or an observation whose time the file itself gives.
    """
    rows = engine.rows(
        """SELECT max(moment) FROM (
               SELECT max(greatest(created_at, CASE WHEN observed_own THEN observed_at END)) AS moment FROM posts WHERE account = $1
               UNION ALL SELECT max(CASE WHEN observed_own THEN observed_at END) FROM accounts WHERE account = $1
               UNION ALL SELECT max(acted_at) FROM its_acts)""",
        [account],
    )
    return rows[0][0]


def collected_until(engine: Engine, account: str) -> datetime | None:
    """The last moment at which a post of this account would be in the data: an observation of it, or an act of its own.

    What others did later does not show that the account was silent: nobody may have collected its posts by then.
    """
    rows = engine.rows(
        """SELECT max(moment) FROM (
               SELECT max(greatest(created_at, CASE WHEN observed_own THEN observed_at END)) AS moment FROM posts WHERE account = $1
               UNION ALL SELECT max(acted_at) FROM its_acts WHERE actor = $1)""",
        [account],
    )
    return rows[0][0]


def bio_would_be_known(engine: Engine, account: str) -> bool:
    """Whether an import that tells of the account has bios of others: only then is a missing one an empty one."""
    rows = engine.rows(
        """SELECT 1 FROM seen_accounts WHERE bio IS NOT NULL AND import_id IN
           (SELECT import_id FROM seen_accounts WHERE account = $1) LIMIT 1""",
        [account],
    )
    return bool(rows)


def own_replies(engine: Engine, account: str) -> int:
    """How many replies the account wrote; they are not its own posts."""
    return engine.rows("SELECT count(*) FROM posts WHERE account = $1 AND kind = 'reply'", [account])[0][0]
