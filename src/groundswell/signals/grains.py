"""Grains: the rows that signals aggregate over, as named SQL. One query a grain computes all its signals.

`account`   one row an account, as it is now
`post`      one row a post, with the author's followers at the time and the words in its text that say "paid"
`gap`       one row an account, with the days between its successive own posts as a list, and when they were last looked at
`received`  one row a comment on the account's posts by somebody else, with the author's answer if there was one; what answers a
            comment of the account's own is none
`topic`     one row an account and topic, with its number of own posts
`spoken`    one row an account and language, with its number of own posts

`{wanted}` becomes a condition that restricts the pass to the accounts that changed. A pass over few of many accounts gathers
their rows first (GATHERED), so that each long table is read once, and not once a grain.
"""

from __future__ import annotations

from groundswell.signals.disclosing import LEARNED
from groundswell.signals.findings import QUOTED

YOUNG_HOURS = 72
"""A post younger than this, when it was counted, does not enter rates: its counts still grow (house rule)."""

WORDLESS = "2373362457374003413"
"""The hash that a post without text has (of the one letter U+0001): to ask it is far cheaper than to read the texts."""

# Whole microseconds are subtracted, not moments: the engine's calendar arithmetic was three fifths of this query's time.
POST = f"""
    SELECT p.account, p.post, p.platform, p.text, p.text_hash, p.url, p.created_at, p.kind, p.import_id, p.line,
           p.likes, p.replies, p.reposts, p.quotes, p.views, p.saves, p.reach,
           coalesce(p.likes_hidden, false) AS likes_hidden,
           p.kind IS NULL OR p.kind IN ('post', 'quote') AS own,
           p.created_at IS NULL OR epoch_us(p.observed_at) - epoch_us(p.created_at) >= {YOUNG_HOURS * 3_600_000_000} AS settled,
           nullif(CASE WHEN s.steps IS NULL THEN a.followers ELSE coalesce(
               list_last(list_filter(s.steps, lambda x: x.at_time <= p.created_at)).followers, a.followers) END, 0) AS followers,
           p.text_hash <> {WORDLESS} AS has_text, p.language, p.paid_label, w.clear, w.unclear,
           coalesce(p.paid_label, false) OR w.clear IS NOT NULL OR w.unclear IS NOT NULL AS paid,
           coalesce(p.paid_label, false) OR w.clear IS NOT NULL AS disclosed,
           coalesce(w.unclear LIKE '{QUOTED}%', false) AND NOT coalesce(p.paid_label, false) AS own_words,
           -- In a language whose words of payment nobody knows here, silence says nothing.
           p.paid_label IS NOT NULL OR p.text_hash <> {WORDLESS} AND (w.clear IS NOT NULL OR w.unclear IS NOT NULL
               OR NOT coalesce(p.language NOT IN {LEARNED}, w.text_hash IS NOT NULL, false)) AS readable,
           CASE WHEN p.observed_own THEN epoch(p.observed_at) END AS seen_at
    FROM posts AS p
    JOIN accounts AS a ON a.account = p.account
    LEFT JOIN follower_steps AS s ON s.account = p.account
    LEFT JOIN (SELECT text_hash, clear, unclear FROM wording
               WHERE clear IS NOT NULL OR unclear IS NOT NULL OR language NOT IN {LEARNED}) AS w
        ON w.text_hash = p.text_hash
    WHERE {{wanted}}
"""

GAP = """
    SELECT account, len(moments) AS posts, moments[1] AS first_at, moments[len(moments)] AS last_at, seen_at,
           list_transform(range(2, len(moments) + 1), lambda i: (moments[i] - moments[i - 1]) / 86400e0) AS gaps
    FROM (
        SELECT p.account, list_sort(list(epoch(p.created_at))) AS moments,
               max(epoch(p.observed_at)) FILTER (p.observed_own) AS seen_at
        FROM posts AS p
        WHERE p.created_at IS NOT NULL AND (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND {wanted}
        GROUP BY p.account
    )
"""

RECEIVED = """
    WITH replies AS (
        SELECT p.account, p.actor, p.post, p.via, p.acted_at
        FROM interactions AS p
        WHERE p.verb = 'reply' AND ({wanted} OR {wanted_actor})
    ),
    comments AS (
        -- Whoever answers what it said to them begins nothing, and asks for no answer.
        SELECT p.account, p.actor, p.via, p.acted_at
        FROM replies AS p
        LEFT JOIN replies AS own ON own.via = p.post AND own.actor = p.account AND own.account = p.actor
        WHERE own.via IS NULL AND p.account IS NOT NULL AND p.actor <> p.account AND p.via IS NOT NULL AND {wanted}
    ),
    answers AS (
        SELECT p.actor AS account, p.post AS via, min(p.acted_at) AS answered_at
        FROM replies AS p
        WHERE p.post IS NOT NULL AND {wanted_actor}
        GROUP BY ALL
    ),
    voices AS (
        -- Only where the account's own replies are in the data can silence be told from a file that leaves replies out.
        SELECT p.actor AS account, max(p.acted_at) AS heard_until
        FROM replies AS p
        WHERE {wanted_actor}
        GROUP BY p.actor
    ),
    spoken_to AS (SELECT account, max(acted_at) AS until FROM comments GROUP BY account),
    timed AS (
        SELECT c.account, c.actor, c.via, v.account IS NOT NULL AS replies_known, a.account IS NOT NULL AS answered,
               CASE WHEN c.acted_at IS NOT NULL AND (a.account IS NULL OR a.answered_at IS NOT NULL)
                    -- What is not answered has waited until the last that is known of the conversation, whoever said it.
                    THEN greatest(epoch(coalesce(a.answered_at, greatest(v.heard_until, s.until))) - epoch(c.acted_at), 0e0) / 3600e0 END AS hours
        FROM comments AS c
        LEFT JOIN answers AS a ON a.account = c.account AND a.via = c.via
        LEFT JOIN voices AS v ON v.account = c.account
        LEFT JOIN spoken_to AS s ON s.account = c.account
    ),
    at_risk AS (
        SELECT *, count(hours) OVER (PARTITION BY account ORDER BY hours, answered DESC, via
                                     ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS waiting
        FROM timed
    )
    SELECT *,
           -- Kaplan-Meier: the share still waiting after this many hours, and Greenwood's variance of it
           exp(sum(CASE WHEN answered AND hours IS NOT NULL THEN ln(greatest(1e0 - 1e0 / waiting, 1e-12)) ELSE 0e0 END) OVER so_far) AS unanswered,
           sum(CASE WHEN answered AND hours IS NOT NULL THEN 1e0 / (waiting * greatest(waiting - 1e0, 0.5e0)) ELSE 0e0 END) OVER so_far AS greenwood
    FROM at_risk
    WINDOW so_far AS (PARTITION BY account ORDER BY hours, answered DESC, via ROWS UNBOUNDED PRECEDING)
"""

TOPIC = """
    SELECT p.account, n.name AS topic, count(*) AS posts, any_value(n.topics) AS topics
    FROM posts AS p
    JOIN topic_of_text AS t ON t.text_hash = p.text_hash
    JOIN topic_names AS n ON n.topic = t.topic
    WHERE (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND {wanted}
    GROUP BY p.account, n.name
"""

# Where the platform declares the language nothing is looked up, and nothing was guessed.
SPOKEN = """
    SELECT account, language, count(*) AS posts
    FROM (
        SELECT p.account, p.language FROM posts AS p
        WHERE (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND p.language IS NOT NULL AND {wanted}
        UNION ALL
        SELECT p.account, w.language FROM posts AS p JOIN wording AS w ON w.text_hash = p.text_hash
        WHERE (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND p.language IS NULL AND w.language IS NOT NULL AND {wanted}
    )
    GROUP BY ALL
"""

ACCOUNT = "SELECT p.* FROM accounts AS p WHERE {wanted}"

GRAINS: dict[str, str] = {
    "account": ACCOUNT,
    "post": POST,
    "gap": GAP,
    "received": RECEIVED,
    "topic": TOPIC,
    "spoken": SPOKEN,
}
ONE_ROW = frozenset({"account", "gap"})
"""Grains with one row an account: their signals are plain expressions, not aggregates."""
COUNTED: dict[str, str] = {
    "topic": """
    SELECT c.account, n.name AS topic, sum(c.posts)::BIGINT AS posts, any_value(n.topics) AS topics
    FROM topic_cells AS c JOIN topic_names AS n ON n.topic = c.topic GROUP BY c.account, n.name
    """
}
"""Grain -> the same rows out of what a pass over everybody has counted already (see `subjects`)."""


def grain_sql(grain: str, *, only: bool) -> str:
    """Return the SQL of a grain; with `only`, for the accounts in the table `wanted_accounts` alone."""
    wanted = "p.account IN (SELECT account FROM wanted_accounts)" if only else "true"
    actor = "p.actor IN (SELECT account FROM wanted_accounts)" if only else "true"
    return GRAINS[grain].replace("{wanted_actor}", actor).replace("{wanted}", wanted)
