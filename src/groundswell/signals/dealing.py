"""What is sold against what is spoken of: topics of posts that look sponsored, beside those of the same author's other posts."""

from __future__ import annotations

import pyarrow as pa

from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.subjects import count_topics

OTHERS_FROM = 5
"""Other posts with a topic from which on its topics are told (design choice)."""
MAIN_SHARE = 0.15
"""From this share of its other posts on a topic is one of its own (design choice; as credibility in a sector is asked of a shortlist)."""

DEALS = f"""
    WITH cells AS (FROM topic_cells),
    sums AS (SELECT account, sum(posts - paid)::BIGINT AS others, sum(paid)::BIGINT AS paid FROM cells GROUP BY account)
    SELECT s.account, any_value(s.others) AS others, any_value(s.paid) AS paid,
           coalesce(sum(c.paid) FILTER (c.posts - c.paid < {MAIN_SHARE} * s.others), 0)::BIGINT AS off
    FROM sums AS s JOIN cells AS c ON c.account = s.account GROUP BY s.account
"""


@array_grain(
    "deals", columns={"account": pa.string(), "others": pa.int64(), "paid": pa.int64(), "off": pa.int64()}
)  # fmt: skip
def deals(asked: Asked) -> pa.Table:
    """One row an account with posts whose topic can be told: how many look sponsored, and how many of those are off its topics."""
    count_topics(asked)
    return asked.engine.table(DEALS)


__all__ = ["deals"]
