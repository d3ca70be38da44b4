"""The company an account keeps: what those who speak to it speak of, how much they say, and who among them stands high.

A person's *main topic* is the one that most of their own posts are about, told from three posts on. When it changes, so does what is
known of everybody they speak to: the grain's face says so. Where few are asked for, other people's are the ones that were kept.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from groundswell.columns import in_one
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.evenness import entropies
from groundswell.signals.nearby import EVERYTHING, SPEAKING
from groundswell.signals.subjects import count_topics

MAIN_FROM = 3
"""Own posts with a topic from which on a main topic is told (design choice)."""
HIGHER = 10
"""Somebody stands high to whom ten times as many listen (design choice), or whom the platform verified."""

MAIN = f"""
    SELECT account, arg_max(topic, (posts, -topic)) AS topic, max(posts) AS posts FROM topic_cells
    GROUP BY account HAVING sum(posts) >= {MAIN_FROM}
"""
# Platforms name those who are answered; only a name that somebody chose to write passes anybody on.
SPOKE = f"""
    WITH named AS (
        SELECT p.account, p.actor, p.via FROM interactions AS p WHERE p.verb = 'mention' AND p.actor <> p.account AND {{wanted}}
    ),
    answers AS (
        SELECT DISTINCT via FROM {EVERYTHING}interactions WHERE verb = 'reply' AND via IN (SELECT via FROM named)
    )
    SELECT account, actor, bool_or(passed) AS passed
    FROM (SELECT p.account, p.actor, p.verb <> 'reply' AS passed FROM interactions AS p
          WHERE p.verb IN {SPEAKING} AND p.verb <> 'mention' AND p.actor <> p.account AND {{wanted}}
          UNION ALL
          SELECT n.account, n.actor, a.via IS NULL FROM named AS n LEFT JOIN answers AS a ON a.via = n.via)
    GROUP BY ALL
"""
HEARD = """
    SELECT account, sum(people)::BIGINT AS people, list(people ORDER BY topic) AS by_topic, arg_max(topic, (people, -topic)) AS topic
    FROM (SELECT s.account, m.topic, count(*) AS people FROM company_spoke AS s JOIN company_main AS m ON m.account = s.actor
          GROUP BY s.account, m.topic)
    GROUP BY account
"""
WITHIN = """
    SELECT o.account, any_value(o.topic) AS topic, any_value(o.posts) AS posts,
           count(*) FILTER (m.topic = o.topic) AS of_topic
    FROM company_main AS o LEFT JOIN company_spoke AS s ON s.account = o.account LEFT JOIN company_main AS m ON m.account = s.actor
    GROUP BY o.account
"""
SHOWN = "coalesce('@' || {0}.handle, {0}.account)"
NOTABLE = f"""
    SELECT s.account, count(*) AS met, count(*) FILTER (high) AS high,
           array_to_string(list(shown ORDER BY followers DESC, actor) FILTER (high)[:3], ', ') AS names
    FROM (SELECT s.account, s.actor, a.followers, {SHOWN.format("a")} AS shown,
                 a.followers >= {HIGHER}e0 * o.followers OR coalesce(a.verified, false) AS high
          FROM company_spoke AS s JOIN accounts AS a ON a.account = s.actor JOIN accounts AS o ON o.account = s.account
          WHERE a.followers IS NOT NULL AND o.followers IS NOT NULL) AS s
    GROUP BY s.account
"""
WORDS = """
    SELECT i.account, list_sort(list(v.words::BIGINT)) AS words
    FROM (SELECT p.account, p.actor, key_of_post(p.via) AS via FROM interactions AS p
          WHERE p.verb = 'reply' AND p.actor <> p.account AND p.via IS NOT NULL AND {wanted}) AS i
    JOIN (SELECT account, key, text_hash FROM posts WHERE (kind IS NULL OR kind NOT IN ('post', 'repost')) AND {few}) AS c
        ON c.key = i.via AND c.account = i.actor
    JOIN voice AS v ON v.text_hash = c.text_hash
    WHERE v.words > 0 GROUP BY i.account
"""
# Before words are counted: of few people's posts few are comments that are asked about.
COMMENTED = """key IN (SELECT key_of_post(p.via) FROM interactions AS p
                       WHERE p.verb = 'reply' AND p.actor <> p.account AND p.via IS NOT NULL AND {wanted})"""


@array_grain(
    "company",
    columns={
        "account": pa.string(), "people": pa.int64(), "entropy": pa.float64(), "entropy_error": pa.float64(), "topics": pa.int64(),
        "heard_name": pa.string(), "own_name": pa.string(), "own_posts": pa.int64(),
        "of_topic": pa.int64(), "told": pa.int64(), "passed": pa.int64(), "met": pa.int64(), "high": pa.int64(), "names": pa.string(),
        "words": pa.list_(pa.int64()),
    },
    face=("topic", "own_posts", "followers", "verified", "shown"),
    touches=f"""SELECT DISTINCT account FROM interactions
                WHERE verb IN {SPEAKING} AND actor IN (SELECT account FROM changed_company WHERE topic OR followers OR verified OR shown)""",
)  # fmt: skip
def company(asked: Asked) -> pa.Table:
    """One row an account: topics of those who speak to it, its standing in its own topic, who is notable, how much is said."""
    engine, wanted = asked.engine, asked.where("p.account")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE company_spoke AS {SPOKE.format(wanted=wanted)}")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE company_main AS {_main(asked)}")
    rows = engine.table(
        f"""SELECT a.account, h.people, h.by_topic, hn.topics, hn.name AS heard_name, tn.name AS own_name,
                   w.posts AS own_posts, w.of_topic, t.told, t.passed, n.met, n.high, n.names, c.words,
                   m.topic, p.followers, p.verified, {SHOWN.format("p")} AS shown
            FROM (SELECT p.account FROM accounts AS p WHERE {wanted}
                  UNION SELECT p.account FROM company_main AS p WHERE {wanted}) AS a
            LEFT JOIN accounts AS p ON p.account = a.account LEFT JOIN company_main AS m ON m.account = a.account
            LEFT JOIN ({HEARD}) AS h ON h.account = a.account LEFT JOIN topic_names AS hn ON hn.topic = h.topic
            LEFT JOIN ({WITHIN}) AS w ON w.account = a.account LEFT JOIN topic_names AS tn ON tn.topic = w.topic
            LEFT JOIN (SELECT account, count(*) AS told, count(*) FILTER (passed) AS passed FROM company_spoke GROUP BY account) AS t
                ON t.account = a.account
            LEFT JOIN ({NOTABLE}) AS n ON n.account = a.account
            LEFT JOIN ({WORDS.format(wanted=wanted, few=COMMENTED.format(wanted=wanted) if asked.only else "true")}) AS c ON c.account = a.account"""
    )
    for table in ("spoke", "main"):
        engine.execute(f"DROP TABLE company_{table}")
    topics = engine.rows("SELECT greatest(coalesce(max(topics), 2), 2) FROM topic_names")[0][0]
    value, error = entropies(in_one(rows.column("by_topic")), topics)
    rows = rows.append_column("entropy", pa.array(value, mask=np.isnan(value)))
    return rows.append_column("entropy_error", pa.array(error, mask=np.isnan(error)))


def _main(asked: Asked) -> str:
    """SQL for everybody's main topic; where few are asked for it is told anew of them, unless nothing of their own changed."""
    if asked.only:
        asked.engine.register("company_kept", asked.kept["company"])
    kept = "SELECT p.account, p.topic, p.own_posts AS posts FROM company_kept AS p WHERE p.topic IS NOT NULL"
    if asked.unchanged:
        return kept
    count_topics(asked)
    return f"{MAIN} UNION ALL {kept} AND NOT ({asked.where('p.account')})" if asked.only else MAIN
