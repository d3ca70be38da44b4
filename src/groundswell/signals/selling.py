"""When did it begin to sell more, and what became of its other posts? The moment from which on more posts look sponsored.

The moment is the split of an account's dated posts that sets a lower share before and a higher share after apart most, by the ratio
of likelihoods of two shares against one (Hinkley & Hinkley 1970, Biometrika 57). A split may lie anywhere but in the first and last
15 % of the posts; so sought out, a ratio of 8.68 comes by chance in one account out of twenty at most (Andrews 2003, Econometrica 71).

Only posts that do not look sponsored are laid beside one another, so that an advertisement's own lack of likes is not taken for
what it did to the rest; and only the nearest ones, so that years of growth are not either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.grains import WORDLESS, YOUNG_HOURS

pc: Any = _compute  # its functions are made at run time, no type checker knows them

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

FEWEST = 5
"""Posts on either side of a rise, and unsponsored ones with likes, below which nothing is said (design choice)."""
FEWEST_PAID = 3
"""Sponsored-looking posts below which no rise is sought (design choice)."""
NEAREST = 20
"""Unsponsored posts with likes on either side that are compared (design choice)."""
TRIMMED, CRITICAL = 0.15, 8.68

OWN = f"""
    (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND p.created_at IS NOT NULL
    AND (p.text_hash <> {WORDLESS} OR p.paid_label IS NOT NULL)"""
SAID = f"""
    SELECT p.account, p.created_at, p.post, coalesce(p.paid_label, false) OR w.text_hash IS NOT NULL AS paid,
           CASE WHEN epoch_us(p.observed_at) - epoch_us(p.created_at) >= {YOUNG_HOURS * 3_600_000_000}
                THEN ln(p.likes + coalesce(p.replies, 0) + 1e0) END AS score
    FROM posts AS p LEFT JOIN (SELECT text_hash FROM wording WHERE clear IS NOT NULL OR unclear IS NOT NULL) AS w
        ON w.text_hash = p.text_hash
    WHERE {OWN} AND {{wanted}}"""
SOLD = (
    f"SELECT account, count(*) AS posts, count(*) FILTER (paid) AS paid FROM ({SAID}) GROUP BY account ORDER BY account"
)
IN_ORDER = f"SELECT epoch(created_at) AS moment, paid, score FROM ({SAID}) ORDER BY account, created_at, post"


@dataclass(frozen=True)
class Posts:
    """Posts of many accounts in the order of accounts and time."""

    start: Places
    """Where each account begins."""
    moment: Numbers
    paid: NDArray[np.bool_]
    score: Numbers
    """Log of likes and comments; nan where they are not known, are still growing, or the post looks sponsored."""

    @property
    def whose(self) -> Places:
        """The account of each post, 0, 1, 2 ..."""
        return np.repeat(np.arange(len(self.start)), np.diff(np.append(self.start, len(self.moment))))


def rises(posts: Posts) -> tuple[Places, Places, Places]:
    """The first post after the rise of each account (-1 where none stands out), and sponsored posts before and after it."""
    whose, size = posts.whose, np.diff(np.append(posts.start, len(posts.moment)))
    before = np.arange(len(posts.moment)) - posts.start[whose]
    counted = np.cumsum(posts.paid) - posts.paid
    paid = counted - counted[posts.start][whose]
    of, whole = size[whose], np.add.reduceat(posts.paid.astype(np.int64), posts.start)[whose]
    after, paid_after = of - before, whole - paid
    ratio = 2 * (_likelihood(paid, before) + _likelihood(paid_after, after) - _likelihood(whole, of))
    least = np.maximum(FEWEST, TRIMMED * of)
    fit = (before >= least) & (after >= least) & (paid_after * before > paid * after) & (ratio >= CRITICAL)
    ratio = np.where(fit, ratio, -1.0)
    order = np.lexsort((np.arange(len(ratio)), -ratio, whose))
    best = order[posts.start]
    return np.where(ratio[best] > 0, best, -1), paid[best], paid_after[best]


def _likelihood(hits: Places, of: Places) -> Numbers:
    """Log likelihood of a share at its best."""
    p: Numbers = hits / np.maximum(of, 1)
    return np.asarray(hits * np.log(np.where(p > 0, p, 1.0)) + (of - hits) * np.log(np.where(p < 1, 1 - p, 1.0)), float)


def nearby(posts: Posts, at: Places) -> tuple[Places, Places, Numbers, Numbers]:
    """Of the nearest unsponsored posts before and after a moment: the smaller number, all, the change of the mean, its error (Welch 1947)."""
    known = np.flatnonzero(~np.isnan(posts.score) & (at[posts.whose] >= 0))
    whose, score = posts.whose[known], posts.score[known]
    late = known >= at[whose]
    # How many of the same side lie between a post and the moment: counted backwards before it, forwards after it.
    side = 2 * whose + late
    place = np.arange(len(known)) - np.searchsorted(side, side)
    count = np.bincount(side, minlength=2 * len(posts.start))
    near = np.where(late, place, count[side] - 1 - place) < NEAREST
    n, mean, variance = _moments(side[near], score[near], 2 * len(posts.start))
    early_n, late_n = n[0::2], n[1::2]
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(variance[0::2] / early_n + variance[1::2] / late_n)
    return np.minimum(early_n, late_n), early_n + late_n, mean[1::2] - mean[0::2], error


def _moments(group: Places, values: Numbers, groups: int) -> tuple[Places, Numbers, Numbers]:
    """Number, mean and sample variance of each group; nan where they are not defined."""
    n = np.bincount(group, minlength=groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(group, values, minlength=groups) / n
        variance = np.bincount(group, (values - mean[group]) ** 2, minlength=groups) / (n - 1)
    return n, mean, np.where(n > 1, variance, np.nan)


SELLING = {
    "account": pa.string(), "posts": pa.int64(), "paid": pa.int64(), "rose": pa.bool_(), "label": pa.string(), "few": pa.int64(),
    "compared": pa.int64(), "change": pa.float64(), "error": pa.float64(),
}  # fmt: skip


@array_grain("selling", columns=SELLING)
def selling(asked: Asked) -> pa.Table:
    """One row an account with dated posts that can be read: whether its sponsored posts rose, when, and how its other posts did then."""
    whole = asked.engine.table(SOLD.format(wanted=asked.where("p.account")))
    sought = pc.and_(
        pc.greater_equal(whole.column("paid"), FEWEST_PAID), pc.greater_equal(whole.column("posts"), 2 * FEWEST)
    )
    found = _found(asked, whole.filter(sought))
    place = pc.index_in(in_one(whole.column("account")), value_set=in_one(found.column("account")))
    told = found.drop_columns("account").take(place)
    for name in told.column_names:
        whole = whole.append_column(name, told.column(name))
    return whole


def _found(asked: Asked, sellers: pa.Table) -> pa.Table:
    """What is told of accounts that sell enough (account, posts), sorted by account, as they are."""
    asked.engine.register("selling_accounts", sellers)
    rows = asked.engine.table(IN_ORDER.format(wanted="p.account IN (SELECT account FROM selling_accounts)"))
    moment, score = (rows.column(name).to_numpy(zero_copy_only=False) for name in ("moment", "score"))
    paid = rows.column("paid").to_numpy(zero_copy_only=False).astype(bool)
    size = sellers.column("posts").to_numpy()
    posts = Posts(np.cumsum(size) - size, moment, paid, np.where(paid, np.nan, score.astype(float)))
    if not len(size):
        return pa.table({name: pa.array([], kind) for name, kind in SELLING.items() if name not in ("posts", "paid")})
    at, before, after = rises(posts)
    few, compared, change, error = nearby(posts, at)
    rose, enough = at >= 0, few >= FEWEST
    return pa.table({
        "account": sellers.column("account"), "rose": rose, "label": _labels(posts, at, before, after), "few": few, "compared": compared,
        "change": pa.array(change, mask=~(rose & enough)), "error": pa.array(error, mask=~(rose & enough)),
    })  # fmt: skip


def _labels(posts: Posts, at: Places, before: Places, after: Places) -> pa.Array:
    """When it rose, and from what share to what: "from 2026-03-14 on, 5 % of posts before and 40 % after"."""
    size, earlier = np.diff(np.append(posts.start, len(posts.moment))), at - posts.start
    later = size - earlier
    day = pa.array(posts.moment[at].astype("datetime64[s]"), mask=at < 0)
    shares = [
        pa.array(np.rint(100 * hits / np.maximum(of, 1)).astype(np.int64)).cast(pa.string())
        for hits, of in ((before, earlier), (after, later))
    ]
    said = pc.strftime(day, "%Y-%m-%d")
    return pc.binary_join_element_wise(
        "from ", said, " on, ", shares[0], " % of posts before and ", shares[1], " % after", ""
    )


__all__ = ["Posts", "nearby", "rises", "selling"]
