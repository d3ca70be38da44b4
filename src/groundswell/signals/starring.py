"""Stars who lose touch: followers come while likes a follower and answers fall, between the first half of its posts and the second.

Three chances are named one by one: that it grows, that engagement fell by a fifth at least, that it answers more seldom by a tenth of
all comments at least. How ties end is in no file that is at hand, so mutual ties over time are not looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.grains import YOUNG_HOURS

pc: Any = _compute  # its functions are made at run time, no type checker knows them

Numbers = NDArray[np.float64]
Z = 1.6448536

GROWS = 0.02
"""Growth a month from which on somebody counts as growing (design choice, as are the next four)."""
FALLEN = 0.8
"""Engagement has fallen when so much of it is left. Growth alone costs less: twice the followers leave .83 (elasticity -.27, Akyon 2019)."""
SELDOMER = 0.1
"""Answers have fallen by at least so much of all comments."""
FEWEST_POSTS, FEWEST_COMMENTS = 5, 5
"""In each half, below which nothing is said."""
PATIENCE = 3 * 86_400
"""Seconds in which an answer counts; comments younger than that are left out, for they may still be answered."""

HALVES = f"""
    WITH counted AS (
        SELECT h.account, h.observed_at, max(h.followers) AS followers FROM account_history AS h JOIN growing AS g ON g.account = h.account
        WHERE h.followers > 0 AND h.observed_own GROUP BY ALL
    ),
    firsts AS (SELECT account, arg_min(followers, observed_at) AS followers FROM counted GROUP BY account),
    mine AS (
        SELECT p.account, p.created_at, p.likes + coalesce(p.replies, 0) AS acts
        FROM posts AS p JOIN growing AS g ON g.account = p.account
        WHERE (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND p.created_at IS NOT NULL AND p.likes IS NOT NULL
              AND epoch_us(p.observed_at) - epoch_us(p.created_at) >= {YOUNG_HOURS * 3_600_000_000}
    ),
    -- Followers as last counted before the post, else as first counted after it.
    said AS (
        SELECT m.account, epoch(m.created_at) AS moment, m.acts, coalesce(c.followers, f.followers) AS followers
        FROM mine AS m ASOF LEFT JOIN counted AS c ON c.account = m.account AND c.observed_at <= m.created_at
        JOIN firsts AS f ON f.account = m.account
    ),
    middles AS (SELECT account, (min(moment) + max(moment)) / 2e0 AS middle FROM said GROUP BY account),
    posts_of AS (
        SELECT account, count(*) FILTER (NOT late) AS posts_before, count(*) FILTER (late) AS posts_after,
               avg(rate) FILTER (late) - avg(rate) FILTER (NOT late) AS moved,
               sqrt(var_samp(rate) FILTER (late) / nullif(count(*) FILTER (late), 0)
                    + var_samp(rate) FILTER (NOT late) / nullif(count(*) FILTER (NOT late), 0)) AS moved_error
        FROM (SELECT s.account, moment > middle AS late, ln((acts + 1e0) / followers) AS rate FROM said AS s JOIN middles USING (account))
        GROUP BY account
    ),
    comments AS (
        SELECT i.account, i.via, epoch(i.acted_at) AS moment FROM interactions AS i JOIN growing AS g ON g.account = i.account
        WHERE i.verb = 'reply' AND i.actor <> i.account AND i.via IS NOT NULL AND i.acted_at IS NOT NULL
    ),
    answers AS (
        SELECT i.actor AS account, i.post AS via, min(epoch(i.acted_at)) AS answered FROM interactions AS i JOIN growing AS g ON g.account = i.actor
        WHERE i.verb = 'reply' AND i.post IS NOT NULL AND i.acted_at IS NOT NULL GROUP BY ALL
    ),
    -- Whose own replies the file leaves out was not silent.
    heard AS (SELECT account, max(answered) AS until FROM answers GROUP BY account),
    ends AS (
        SELECT c.account, greatest(max(c.moment), any_value(h.until)) - {PATIENCE} AS until
        FROM comments AS c JOIN heard AS h USING (account) GROUP BY c.account
    ),
    comments_of AS (
        SELECT c.account, count(*) FILTER (c.moment <= middle) AS comments_before, count(*) FILTER (c.moment > middle) AS comments_after,
               count(*) FILTER (c.moment <= middle AND a.answered - c.moment BETWEEN 0 AND {PATIENCE}) AS answers_before,
               count(*) FILTER (c.moment > middle AND a.answered - c.moment BETWEEN 0 AND {PATIENCE}) AS answers_after
        FROM comments AS c JOIN ends AS e ON e.account = c.account AND c.moment <= e.until JOIN middles AS m ON m.account = c.account
        LEFT JOIN answers AS a ON a.account = c.account AND a.via = c.via
        GROUP BY c.account
    )
    SELECT account, posts_before, posts_after, moved, moved_error,
           coalesce(comments_before, 0) AS comments_before, coalesce(comments_after, 0) AS comments_after,
           coalesce(answers_before, 0) AS answers_before, coalesce(answers_after, 0) AS answers_after
    FROM posts_of LEFT JOIN comments_of USING (account) ORDER BY account
"""


@array_grain(
    "stars",
    columns={
        "account": pa.string(), "posts": pa.int64(), "enough": pa.bool_(), "score": pa.float64(), "label": pa.string(),
    },
    late=True,
)  # fmt: skip
def stars(asked: Asked) -> pa.Table:
    """One row an account that was counted over time and has posts: how surely it grows while engagement and answers fall."""
    growth = _growth(asked.found())
    asked.engine.register("growing", growth.select(["account"]))
    found = asked.engine.table(HALVES)
    place = pc.index_in(in_one(found.column("account")), value_set=in_one(growth.column("account")))
    half = {
        name: found.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False) for name in found.column_names[1:]
    }
    by_month, error = (growth.take(place).column(name).to_numpy(zero_copy_only=False) for name in ("pace", "error"))
    answers, fewer = _seldomer(half)
    engagement = _chance(np.log(FALLEN) - half["moved"], half["moved_error"])
    fell = np.where(np.isnan(answers), engagement, np.sqrt(engagement * answers))
    enough = np.minimum(half["posts_before"], half["posts_after"]) >= FEWEST_POSTS
    score = np.where(enough, _chance(by_month - np.log1p(GROWS), error) * fell, np.nan)
    told = {
        "account": found.column("account"),
        "posts": pa.array((half["posts_before"] + half["posts_after"]).astype(np.int64)),
        "enough": pa.array(enough),
        "score": pa.array(score, mask=np.isnan(score)),
        "label": _labels(np.expm1(by_month), np.expm1(half["moved"]), fewer),
    }
    return pa.table(told)


def _growth(rows: pa.Table) -> pa.Table:
    """Who was counted over time: growth of log followers a month, and its standard error."""
    said = in_one(rows.column("growth_per_month"))
    known = pc.is_valid(pc.struct_field(said, "value"))
    said = said.filter(known)
    value, low, high = (
        np.log1p(pc.struct_field(said, part).to_numpy(zero_copy_only=False)) for part in ("value", "low", "high")
    )
    return pa.table({"account": rows.column("account").filter(known), "pace": value, "error": (high - low) / (2 * Z)})


def _seldomer(half: dict[str, Numbers]) -> tuple[Numbers, Numbers]:
    """Chance that answers fell, and by how much; nan where comments are few. Interval of Agresti & Caffo 2000."""
    enough = np.minimum(half["comments_before"], half["comments_after"]) >= FEWEST_COMMENTS
    before, after = ((half[f"answers_{part}"] + 1) / (half[f"comments_{part}"] + 2) for part in ("before", "after"))
    error = np.sqrt(
        before * (1 - before) / (half["comments_before"] + 2) + after * (1 - after) / (half["comments_after"] + 2)
    )
    return np.where(enough, _chance(before - after - SELDOMER, error), np.nan), np.where(enough, after - before, np.nan)


def _chance(distance: Numbers, error: Numbers) -> Numbers:
    """Chance that something lies beyond a mark, from how far beyond it was seen and the standard error of that."""
    from scipy.special import ndtr

    return ndtr(distance / np.maximum(error, 1e-6))


def _labels(by_month: Numbers, moved: Numbers, fewer: Numbers) -> pa.Array:
    """The parts by name, each with its change."""
    answers = pc.binary_join_element_wise(", answers ", _percent(fewer), " of comments", "")
    answers = pc.if_else(pa.array(np.isnan(fewer)), ", answers not known", answers)
    followers, engagement = _percent(by_month), _percent(moved)
    return pc.binary_join_element_wise(
        "followers ", followers, " a month, engagement a follower ", engagement, answers, ""
    )


def _percent(change: Numbers) -> pa.Array:
    """+12% and -3%, whole."""
    whole = np.nan_to_num(np.clip(np.rint(100 * change), -100, 1e9)).astype(np.int64)
    return pc.binary_join_element_wise(
        pa.array(np.where(whole < 0, "", "+")), pa.array(whole).cast(pa.string()), "%", ""
    )


__all__ = ["stars"]
