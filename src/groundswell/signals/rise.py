"""Is it on the way up? How its followers grew, how likely it is to cross into the next tier, and what it does with a success.

Followers are read where somebody dated a count: at least three counts over two weeks, else nothing is said. The model is a
random walk with a trend on log followers (a local trend, Harvey 1989), fitted in closed form: increments that lie far from the
account's others (a bought crowd, a viral day) are drawn in, older ones count less, trends fade with time (Gardner & McKenzie
1985), and a short history is drawn towards no trend at all. The chance to cross is the chance that such a walk ever does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.declaring import Columns, signal
from groundswell.signals.starring import FEWEST_POSTS

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

Z = 1.6448536
FEWEST_COUNTS, FEWEST_DAYS = 3, 14.0
EDGES = np.array([1_000.0, 10_000.0, 100_000.0, 1_000_000.0])
"""Where the next tier begins: the article on 2017, retelling Markerly 2016; from 100,000 to a million the article is silent."""

HALF_LIFE = 60.0
"""Days after which an increment counts half (design choice, as are the next five)."""
FADES = 180.0
"""Days in which a trend loses half of its pace."""
TREND_SPREAD = 0.002
"""Spread of daily trends before anything is seen: 6 % a month."""
WALK, WALK_WEIGHT = 0.008, 3.0
"""Daily spread of log followers around the trend before anything is seen, and how many increments it weighs."""
FAR = 3.0
"""Increments further from the median than so many robust standard deviations are drawn in (Huber 1964)."""


@dataclass(frozen=True)
class Trend:
    """How the followers of each account moved; one element an account."""

    counts: Places
    days: Numbers
    """From the first to the last dated count."""
    last: Numbers
    """Log followers at the last."""
    pace: Numbers
    """Growth of log followers a day."""
    pace_error: Numbers
    walk: Numbers
    """Daily standard deviation around the trend."""


def read_trends(account: Places, day: Numbers, log_followers: Numbers) -> Trend:
    """Fit every account at once. Rows are sorted by account (0, 1, 2 ...) and day, one a day."""
    start = np.flatnonzero(np.diff(account, prepend=-1))
    end = np.append(start[1:], len(account))[: len(start)] - 1
    within = account[1:] == account[:-1]
    who, days, gain = account[1:][within], np.diff(day)[within], np.diff(log_followers)[within]
    gain = _drawn_in(who, days, gain)
    weight = 0.5 ** ((day[end][who] - day[1:][within]) / HALF_LIFE)

    def total(values: Numbers) -> Numbers:
        return np.bincount(who, values, minlength=len(start)).astype(np.float64)

    lived = np.maximum(total(weight * days), 1e-9)
    pace = total(weight * gain) / lived
    squares = total(weight * (gain - pace[who] * days) ** 2 / days)
    walk = np.sqrt((WALK_WEIGHT * WALK**2 + squares) / (WALK_WEIGHT + np.maximum(total(weight) - 1, 0)))
    error = walk * np.sqrt(total(weight**2 * days)) / lived
    return Trend(end - start + 1, day[end] - day[start], log_followers[end], pace, error, walk)


def _drawn_in(who: Places, days: Numbers, gain: Numbers) -> Numbers:
    """Increments, those far from the account's median pace drawn in; a week's jump says little about the next week."""
    middle = _medians(who, gain / days)
    off = (gain - middle[who] * days) / np.sqrt(days)
    spread = np.maximum(1.4826 * _medians(who, np.abs(off)), WALK / 2)[who]
    return middle[who] * days + np.clip(off, -FAR * spread, FAR * spread) * np.sqrt(days)


def _medians(who: Places, values: Numbers) -> Numbers:
    """Median of each account's values; 0 where an account has none."""
    count = np.bincount(who)
    order = np.lexsort((values, who))
    first, there = np.cumsum(count) - count, count > 0
    median = np.zeros(len(count))
    low, high = (first + (count - 1) // 2)[there], (first + count // 2)[there]
    median[there] = (values[order][low] + values[order][high]) / 2
    return median


def crossing(trend: Trend, goal: Numbers, horizon: float) -> tuple[Numbers, Numbers, Numbers]:
    """Chance that followers reach `goal` (log) within so many days, with 90 % limits from the uncertainty of the trend."""
    known = TREND_SPREAD**2 / (TREND_SPREAD**2 + trend.pace_error**2)
    pace, error = known * trend.pace, np.sqrt(known) * trend.pace_error
    nodes, weights = np.polynomial.hermite_e.hermegauss(9)
    chances = [_passes(pace + node * error, trend, goal, horizon) for node in nodes]
    chance = np.tensordot(weights / weights.sum(), np.array(chances), axes=1)
    limits = [_passes(pace + sign * Z * error, trend, goal, horizon) for sign in (-1, 1)]
    return chance, np.minimum(limits[0], chance), np.maximum(limits[1], chance)


def _passes(pace: Numbers, trend: Trend, goal: Numbers, horizon: float) -> Numbers:
    """First passage of a Brownian motion with drift (Cox & Miller 1965, 5.7); the drift is the mean of a fading trend."""
    from scipy.special import log_ndtr, ndtr

    fade = np.log(2) / FADES
    far, spread = np.maximum(goal - trend.last, 1e-9), trend.walk * np.sqrt(horizon)
    moved = pace * (1 - np.exp(-fade * horizon)) / fade
    back = np.minimum(2 * moved * far / spread**2 + log_ndtr((-far - moved) / spread), 0)
    return np.clip(ndtr((moved - far) / spread) + np.exp(back), 0, 1)


def next_edge(followers: Numbers) -> Numbers:
    """Followers at which the next tier begins; nan from a million on."""
    place = np.searchsorted(EDGES, followers, side="right")
    return np.append(EDGES, np.nan)[place]


# -- the grain -------------------------------------------------------------------------------------------------------------

# A backtest knows when nobody looked, and so has no dated count.
COUNTS = """
    SELECT account, day, max(followers) FILTER (seen = latest) AS followers
    FROM (
        SELECT h.account, epoch(h.observed_at) AS seen, floor(epoch(h.observed_at) / 86400e0) AS day, h.followers,
               max(epoch(h.observed_at)) OVER (PARTITION BY h.account, floor(epoch(h.observed_at) / 86400e0)) AS latest
        FROM account_history AS h JOIN accounts AS a ON a.account = h.account
        WHERE h.followers > 0 AND h.observed_own AND h.observed_at <= a.observed_at AND {wanted}
    )
    GROUP BY account, day ORDER BY account, day
"""


@dataclass(frozen=True)
class Series:
    """Dated counts, sorted by account and day."""

    names: pa.Array
    account: Places
    day: Numbers
    log_followers: Numbers


def read_series(asked: Asked) -> Series:
    """The last dated count of every day."""
    rows = asked.engine.table(COUNTS.replace("{wanted}", asked.where("h.account")))
    named = in_one(rows.column("account")).dictionary_encode()
    account = named.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    followers = rows.column("followers").to_numpy().astype(np.float64)
    return Series(named.dictionary, account, rows.column("day").to_numpy().astype(np.float64), np.log(followers))


CHANCES = {f"{name}_{days}": pa.float64() for days in (90, 180) for name in ("chance", "low", "high")}


@array_grain(
    "growth",
    columns={
        "account": pa.string(), "counts": pa.int64(), "days": pa.float64(), "followers": pa.float64(), "edge": pa.float64(),
        "pace": pa.float64(), "pace_error": pa.float64(), **CHANCES,
    },
)  # fmt: skip
def growth(asked: Asked) -> pa.Table:
    """One row an account with a dated count of followers: how it grew, and its chances to cross into the next tier."""
    series = read_series(asked)
    trend = read_trends(series.account, series.day, series.log_followers)
    edge = next_edge(np.exp(trend.last) + 0.5)
    told = (trend.counts >= FEWEST_COUNTS) & (trend.days >= FEWEST_DAYS)
    columns: dict[str, pa.Array] = {
        "account": series.names,
        **{name: pa.array(getattr(trend, name)) for name in ("counts", "days")},
        "followers": pa.array(np.exp(trend.last)),
        "edge": pa.array(edge, mask=np.isnan(edge)),
        **{name: pa.array(getattr(trend, name), mask=~told) for name in ("pace", "pace_error")},
    }
    for horizon in (90, 180):
        for name, chance in zip(("chance", "low", "high"), crossing(trend, np.log(edge), horizon), strict=True):
            columns[f"{name}_{horizon}"] = pa.array(chance, mask=~told | np.isnan(edge))
    return pa.table(columns)


def _crossing_columns(days: int) -> Columns:
    return Columns(
        value=f"chance_{days}",
        low=f"low_{days}",
        high=f"high_{days}",
        n="counts",
        label="CASE edge WHEN 1e3 THEN '1,000' WHEN 1e4 THEN '10,000' WHEN 1e5 THEN '100,000' ELSE '1,000,000' END",
        at_least=FEWEST_COUNTS,
        reason="CASE WHEN edge IS NULL AND pace IS NOT NULL THEN 'not_applicable' END",
    )


UNDATED = "Fewer than three dated counts of its followers over two weeks, or it has reached the last tier."
CROSSING = "local trend on log followers: Harvey 1989; fading: Gardner & McKenzie 1985; tiers: the article on 2017"


@signal(
    title="Chance to rise within 90 days", grain="growth", unit="share", better="higher",
    says="The chance to reach {label} followers within 90 days is {value:.0%} ({n} dated counts).",
    unknown=UNDATED, source=CROSSING, needs=("account.followers",),
)  # fmt: skip
def rise_90() -> Columns:
    """Chance that a random walk with its fading trend passes the next tier's edge within 90 days of the last count."""
    return _crossing_columns(90)


@signal(
    title="Chance to rise within 180 days", grain="growth", unit="share", better="higher",
    says="The chance to reach {label} followers within 180 days is {value:.0%} ({n} dated counts).",
    unknown=UNDATED, source=CROSSING, needs=("account.followers",),
)  # fmt: skip
def rise_180() -> Columns:
    """Chance that a random walk with its fading trend passes the next tier's edge within 180 days of the last count."""
    return _crossing_columns(180)


@signal(
    title="Growth a month", grain="growth", unit="change", better="neither",
    says="Its followers change by {value:+.1%} a month ({n} dated counts).",
    unknown="Fewer than three dated counts of its followers over two weeks.",
    source="weighted pace of log followers, far increments drawn in (Huber 1964)", needs=("account.followers",),
)  # fmt: skip
def growth_per_month() -> Columns:
    """exp(30 times the daily pace of log followers) - 1; recent increments count more, jumps are drawn in."""
    return Columns(
        value="exp(30e0 * pace) - 1e0",
        low=f"exp(30e0 * (pace - {Z}e0 * pace_error)) - 1e0",
        high=f"exp(30e0 * (pace + {Z}e0 * pace_error)) - 1e0",
        n="counts",
        at_least=FEWEST_COUNTS,
    )


# -- after a success -------------------------------------------------------------------------------------------------------

SPIKE = 3
"""The best post is a success when it got at least so many times the likes of a typical one (design choice)."""


@signal(
    title="Silence after its best post", grain="post", unit="ratio", better="lower",
    says="After its best post it was silent for {value:.1f} times its usual gap ({n:post} read).",
    unknown="Fewer than eight dated posts with likes, or none stands out.",
    source="the guide to becoming one ('avoid becoming too confident early on'); own typical gap as the measure (design choice)",
    needs=("post.likes", "post.created_at"), evidence="own AND likes IS NOT NULL ORDER BY likes DESC, post",
)  # fmt: skip
def post_spike_silence() -> Columns:
    """Days from its best post to the next, or to when it was last looked at, divided by its median gap.

    The limits divide by the order-statistic limits of the median gap (Conover 1980).
    """
    dated = "own AND created_at IS NOT NULL"
    rank = f"greatest(1, floor(len(@gaps) / 2e0 - {Z}e0 * sqrt(len(@gaps)) / 2e0))::BIGINT"
    return Columns(
        value="CASE WHEN @best_likes >= @typical * "
        f"{SPIKE} THEN @silence / nullif(@gaps[((len(@gaps) + 1) // 2)::BIGINT], 0) END",
        low="@silence / nullif(@gaps[greatest(1, len(@gaps) - @rank + 1)], 0)",
        high="@silence / nullif(@gaps[@rank], 0)",
        n=f"count(likes) FILTER ({dated} AND settled)",
        at_least=8,
        reason=f"CASE WHEN count(likes) FILTER ({dated} AND settled) >= 8 THEN 'not_applicable' END",
        once=(
            {
                "moments": f"list_sort(list(epoch(created_at)) FILTER ({dated}))",
                "best": f"arg_max(epoch(created_at), (likes, post)) FILTER ({dated} AND settled AND likes IS NOT NULL)",
                "best_likes": f"max(likes) FILTER ({dated} AND settled)",
                "typical": f"median(likes) FILTER ({dated} AND settled)",
                "seen": "max(seen_at)",
            },
            {
                "gaps": "list_sort(list_transform(range(2, len(@moments) + 1), lambda i: (@moments[i] - @moments[i - 1]) / 86400e0))",
                "silence": "(coalesce(list_filter(@moments, lambda x: x > @best)[1], @seen) - @best) / 86400e0",
            },
            {"rank": rank},
        ),
    )


@signal(
    title="Starification", grain="stars", unit="score", better="lower",
    says="It rises and lets go of those who made it, {value:.2f} of 1: {label} ({n:post} read).",
    unknown="Its followers were not counted over time, or fewer than five posts with likes are in either half of its time.",
    source="the essay Less is More ('starification … lost touch with their fan base'); chances from Welch 1947 and Agresti & Caffo 2000; marks are a "
    "design choice",
    needs=("account.followers", "post.likes", "post.created_at"),
    evidence="own AND likes IS NOT NULL ORDER BY created_at DESC, post",
    made_of=("growth_per_month",),
)  # fmt: skip
def starification() -> Columns:
    """Chance that it grows 2 % a month, times the geometric mean of the chances that engagement fell by a fifth and answers by a tenth.

    The second half of its time against the first; where comments are few, engagement alone. A chance says how sure it is: no interval.
    """
    return Columns(
        value="score",
        n="posts",
        label="label",
        at_least=2 * FEWEST_POSTS,
        reason="CASE WHEN NOT enough THEN 'too_few' END",
    )


__all__ = [
    "Series", "Trend", "crossing", "growth", "growth_per_month", "next_edge", "post_spike_silence", "read_series", "read_trends",
    "rise_90", "rise_180", "starification",
]  # fmt: skip
