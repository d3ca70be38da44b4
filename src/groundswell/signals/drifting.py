"""How the mix of topics moves: own posts of the last third of an account's time against those before.

The distance is the mutual information of topic and period, which is the Jensen-Shannon divergence of the two mixes weighed by
their numbers of posts (Lin 1991), less what chance alone would show of it (Miller & Madow 1955); 1 is no topic in common.
"""

from __future__ import annotations

import pyarrow as pa

from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.subjects import count_topics

LATE_FROM, BEFORE_FROM = 3, 5
"""Posts of late and before from which on two mixes are compared (design choice)."""

MIXES = """
    WITH cells AS (SELECT account, topic, dated AS posts, late FROM topic_cells WHERE dated > 0),
    sums AS (SELECT account, sum(posts)::BIGINT AS posts, sum(late)::BIGINT AS late, count(*) AS kinds FROM cells GROUP BY account),
    terms AS (
        SELECT c.account, c.topic, c.late / a.late - (c.posts - c.late) / (a.posts - a.late) AS gain,
               c.late / a.posts AS here, (c.posts - c.late) / a.posts AS there,
               CASE WHEN c.late > 0 THEN ln(c.late * a.posts / (c.posts * a.late)) ELSE 0e0 END AS log_here,
               CASE WHEN c.posts > c.late THEN ln((c.posts - c.late) * a.posts / (c.posts * (a.posts - a.late))) ELSE 0e0 END AS log_there
        FROM cells AS c JOIN sums AS a ON a.account = c.account WHERE a.late > 0 AND a.posts > a.late
    )
    SELECT t.account, any_value(a.posts) AS posts, any_value(a.late) AS late, any_value(a.kinds) AS kinds,
           sum(here * log_here + there * log_there) AS shared,
           sum(here * log_here * log_here + there * log_there * log_there) AS shared_square,
           arg_max(t.topic, (gain, -t.topic)) AS grown
    FROM terms AS t JOIN sums AS a ON a.account = t.account GROUP BY t.account
"""


@array_grain(
    "mix",
    columns={
        "account": pa.string(), "posts": pa.int64(), "late": pa.int64(), "kinds": pa.int64(), "shared": pa.float64(),
        "shared_square": pa.float64(), "grown": pa.string(),
    },
)  # fmt: skip
def mix(asked: Asked) -> pa.Table:
    """One row an account: what its topics say of the period a post is from, in nats."""
    count_topics(asked)
    return asked.engine.table(
        f"SELECT m.* REPLACE (n.name AS grown) FROM ({MIXES}) AS m LEFT JOIN topic_names AS n ON n.topic = m.grown"
    )
