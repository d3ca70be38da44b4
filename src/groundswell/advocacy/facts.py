"""What the signals do not hold and a triage asks: how long it posts, since when it is silent, whether it grows, whether it repeats itself.

    posting_days      days from the first to the last own post
    silent_days       days from the last own post to the end of what was collected
    follower_growth   last count of followers against the first one, when they lie half a year or more apart
    repeated_share    share of own texts that say word for word what another one says

The end of what was collected is the time of collection where the file says it, else the newest post in the same file, unless that
file holds one account alone: then a silence cannot be told from the end of the file, and it is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from groundswell.signals import SIGNALS, Value
from groundswell.signals.declaring import Number
from groundswell.signals.values import REASONS
from groundswell.store import Workspace

GROWTH_DAYS = 180
"""Growth is told over half a year or more: the growth of weeks is noise (design choice)."""
TEXTS_NEEDED = 5

SENTENCES = {
    "posting_days": ("Time of posting", "Its posts in the data span {value:,.0f} days."),
    "silent_days": ("Silence", "Its last post is {value:,.0f} days older than the end of what was collected."),
    "follower_growth": ("Growth", "Its followers changed by {value:+.1%} over the {n} days between two counts."),
    "repeated_share": ("Repetition", "{value:.0%} of its {n} texts say word for word what another one says."),
}


@dataclass(frozen=True)
class Condition:
    """A line drawn on a signal or fact. Asked of a value it is true, false, or None where that cannot be checked."""

    signal: str
    bound: str
    at_least: float | None
    at_most: float | None
    because: str

    def holds(self, value: Value | None) -> bool | None:
        """Whether the value lies on the right side."""
        number = None if value is None else {"value": value.value, "low": value.low, "high": value.high}[self.bound]
        if number is None:
            return None
        return (self.at_least is None or number >= self.at_least) and (self.at_most is None or number <= self.at_most)


def title_of(name: str) -> str:
    """What a signal or fact is called."""
    return SIGNALS[name].title if name in SIGNALS else SENTENCES[name][0]


def sentence_of(value: Value) -> str:
    """Say a signal or fact in one sentence, or why it is not known."""
    if value.signal in SIGNALS:
        return SIGNALS[value.signal].sentence(value)
    title, says = SENTENCES[value.signal]
    if value.value is None:
        return f"{title}: unknown, {REASONS[value.reason or 'not_observed']}."
    return says.format(value=Number(value.value), n=Number(value.n))


def facts_of(workspace: Workspace, accounts: Sequence[str]) -> dict[str, dict[str, Value]]:
    """The four facts of each account; unknown with its reason where the data do not tell."""
    with workspace.engine() as engine:
        engine.register("asked", pa.table({"account": pa.array(accounts, pa.string())}))
        rows = engine.table(_QUERY).to_pylist()
    return {row["account"]: dict(_values(row)) for row in rows}


def _values(row: Mapping[str, Any]) -> Any:
    posts, texts = row["posts"] or 0, row["texts"] or 0
    yield _known("posting_days", row["posting_days"] if posts > 1 else None, posts)
    yield _known("silent_days", row["silent_days"], posts)
    grown = row["growth_days"] is not None and row["growth_days"] >= GROWTH_DAYS
    yield _known(
        "follower_growth",
        row["growth"] if grown else None,
        int(row["growth_days"] or 0) if grown else row["counts"] or 0,
    )
    yield _known("repeated_share", row["repeated"] / texts if texts >= TEXTS_NEEDED else None, texts)


def _known(name: str, value: float | None, n: int) -> tuple[str, Value]:
    if value is None:
        return name, Value(name, n=n, reason="too_few" if n else "not_observed")
    return name, Value(name, float(value), float(value), float(value), n)


_QUERY = """
    WITH own AS (
        SELECT p.* FROM posts AS p
        WHERE p.account IN (SELECT account FROM asked) AND (p.kind IS NULL OR p.kind IN ('post', 'quote'))
    ),
    ends AS (SELECT import_id, max(created_at) AS until, count(DISTINCT account) AS authors FROM posts GROUP BY import_id),
    spans AS (
        SELECT account, count(created_at) AS posts, min(created_at) AS first_at, max(created_at) AS last_at,
               arg_max(import_id, (created_at, post)) AS import_id, max(observed_at) FILTER (observed_own) AS seen_at
        FROM own GROUP BY account
    ),
    texts AS (
        SELECT account, sum(times)::BIGINT AS texts, (sum(times) FILTER (times > 1))::BIGINT AS repeated
        FROM (SELECT account, text_hash, count(*) AS times FROM own WHERE text IS NOT NULL AND len(text) > 0 GROUP BY ALL)
        GROUP BY account
    ),
    counted AS (
        SELECT account, min(observed_at) AS first_at, max(observed_at) AS last_at, count(*) AS counts,
               arg_min(followers, observed_at) AS before, arg_max(followers, observed_at) AS after
        FROM account_history
        WHERE followers IS NOT NULL AND observed_own AND account IN (SELECT account FROM asked)
        GROUP BY account
    )
    SELECT q.account, s.posts, t.texts, coalesce(t.repeated, 0) AS repeated, c.counts,
           (epoch(s.last_at) - epoch(s.first_at)) / 86400e0 AS posting_days,
           (epoch(greatest(coalesce(s.seen_at, CASE WHEN e.authors > 1 THEN e.until END), s.last_at)) - epoch(s.last_at)) / 86400e0
               * CASE WHEN s.seen_at IS NULL AND e.authors <= 1 THEN NULL ELSE 1 END AS silent_days,
           c.after / nullif(c.before, 0) - 1 AS growth, (epoch(c.last_at) - epoch(c.first_at)) / 86400e0 AS growth_days
    FROM asked AS q
    LEFT JOIN spans AS s ON s.account = q.account
    LEFT JOIN ends AS e ON e.import_id = s.import_id
    LEFT JOIN texts AS t ON t.account = q.account
    LEFT JOIN counted AS c ON c.account = q.account
    ORDER BY q.account
"""
