"""What posts are about, counted once for all grains that ask: one row an account and topic, in the table `topic_cells`.

    posts   own posts on the topic            dated   of those, how many have a date
    paid    how many look sponsored           late    how many are of the last third of the time from which it has posts with a topic

To look the topic of ten million texts up costs more than everything that is asked of it afterwards.
"""

from __future__ import annotations

from groundswell.signals.arrays import Asked

CELLS = """
    CREATE OR REPLACE TEMP TABLE topic_cells AS
    WITH said AS (
        SELECT p.account, t.topic, epoch(p.created_at) AS moment, coalesce(p.paid_label, false) OR w.text_hash IS NOT NULL AS paid
        FROM posts AS p JOIN topic_of_text AS t ON t.text_hash = p.text_hash
        LEFT JOIN (SELECT text_hash FROM wording WHERE clear IS NOT NULL OR unclear IS NOT NULL) AS w ON w.text_hash = p.text_hash
        WHERE (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND t.topic IS NOT NULL AND {wanted}
    ),
    ends AS (SELECT account, max(moment) - (max(moment) - min(moment)) / 3e0 AS since FROM said GROUP BY account)
    SELECT s.account, s.topic, count(*) AS posts, count(*) FILTER (s.paid) AS paid, count(s.moment) AS dated,
           count(*) FILTER (s.moment > e.since) AS late
    FROM said AS s JOIN ends AS e ON e.account = s.account GROUP BY s.account, s.topic
"""


def count_topics(asked: Asked, wanted: str = "") -> None:
    """Make the table `topic_cells`, of everybody once a pass; of a few, of those asked for or those that a condition on `p` picks."""
    asked.once("topic_cells", lambda: asked.engine.execute(CELLS.format(wanted=wanted or asked.where("p.account"))))


__all__ = ["count_topics"]
