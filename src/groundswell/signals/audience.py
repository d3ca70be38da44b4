"""Who is the audience? How much of it is false, and whether it came by purchase.

What is known of an audience is a part of it, and a model learned elsewhere looks at it: the interval holds both, the luck of the
sample and an allowance for the strange place. Nobody in an audience is called false; only the share is told.

A jump of followers is suspicious only where nothing else happened: whoever was praised that week, or wrote what everybody passed
on, gains followers honestly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.authenticity import ELSEWHERE, allowance, bins_seen
from groundswell.signals.bending import bends, bent_version
from groundswell.signals.crowds import BINS, Places, false_share
from groundswell.signals.declaring import Columns, signal
from groundswell.signals.nearby import EVERYTHING
from groundswell.signals.pairs import Pairs, actors, followers

pc: Any = _compute  # its functions are made at run time, no type checker knows them
Flags = NDArray[np.bool_]

SEEN_FROM = 30
"""Members of an audience below which no share is told (design choice: the sampling interval alone is then 30 points wide)."""

# What somebody did without a word is not gathered near them.
CROWD_TOUCHES = f"""
    SELECT followed FROM follows WHERE follower IN (SELECT account FROM changed_seeming)
    UNION SELECT account FROM {EVERYTHING}interactions WHERE account IS NOT NULL AND actor IN (SELECT account FROM changed_seeming)
"""
CROWD = {
    "account": pa.string(), "share": pa.float64(), "lowest": pa.float64(), "highest": pa.float64(), "members": pa.int64(),
    "who": pa.string(),
}  # fmt: skip


@array_grain("crowd", columns=CROWD, touches=CROWD_TOUCHES, fit_version=bent_version)
def crowd(asked: Asked) -> pa.Table:
    """One row an account with anybody in its audience: the share that is false, from the profiles of those who were seen."""
    followed, acted = followers(asked), actors(asked)
    seen = bins_seen(asked, lambda: pa.chunked_array([followed.names, acted.names]))
    platforms = asked.engine.table(f"SELECT account, platform FROM accounts AS p WHERE {asked.where('p.account')}")
    return _shares(*_counted(seen, followed, acted), seen, platforms, bends(asked.fits))


def _counted(seen: pa.Table, followed: Pairs, acted: Pairs) -> tuple[Places, Places, Places, Flags]:
    """(account, bin, members) by place among those seen, and of which accounts the followers were taken.

    Followers where enough of them are known, else those who act on what the account posts; where neither are enough, whom more is known of.
    """
    by_follow, by_act = (_cells(seen, pairs) for pairs in (followed, acted))
    follows, acts = (np.bincount(cells[0], cells[2], seen.num_rows) for cells in (by_follow, by_act))
    chosen = (follows >= SEEN_FROM) | ((acts < SEEN_FROM) & (follows >= acts))
    kept = zip(*(cells[:, keep[cells[0]]] for cells, keep in ((by_follow, chosen), (by_act, ~chosen))), strict=True)
    account, bin_, members = (np.concatenate(both) for both in kept)
    return account, bin_, members, chosen


def _cells(seen: pa.Table, pairs: Pairs) -> Places:
    """(account, bin, members) of pairs, one column a cell: how many others of each account fall into each bin."""
    bins = seen.column("bin").to_numpy()
    found = pc.index_in(pairs.names, value_set=in_one(seen.column("account")))
    place = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    bin_of_name = np.where(place < 0, -1, bins[place])
    account, other = place[pairs.account], bin_of_name[pairs.other]
    known = (account >= 0) & (other >= 0)
    cell, members = np.unique_counts(account[known] * len(BINS) + other[known])
    return np.array([cell // len(BINS), cell % len(BINS), members])


def _shares(
    account: Places, bins: Places, members: Places, follows: Flags, seen: pa.Table, platforms: pa.Table, given: Any
) -> pa.Table:
    there = np.bincount(account, minlength=seen.num_rows) > 0
    of, place = np.flatnonzero(there), (np.cumsum(there) - 1)[account]
    value, low, high = false_share(place, bins, members, len(of))
    here = in_one(seen.column("account")).take(pa.array(of))
    known = pc.index_in(here, value_set=in_one(platforms.column("account")))
    names = in_one(platforms.column("platform")).take(known).to_pylist()
    reach = {name: allowance(given[name].labels if name in given else 0, ELSEWHERE) for name in set(names)}
    slack = np.array([reach[name] for name in names], float)
    return pa.table(
        {
            "account": here,
            "share": value,
            "lowest": np.maximum(low - slack, 0),
            "highest": np.minimum(high + slack, 1),
            "members": np.bincount(place, members, len(value)).astype(np.int64),
            "who": np.where(follows[of], "followers", "people who act on its posts"),
        }
    )


@signal(
    title="False share of the audience", grain="crowd", unit="share", better="lower",
    says="About {value:.0%} of its audience does not look genuine ({low:.0%} to {high:.0%}, from {n:,.0f} {label} whose profiles are known).",
    unknown="Profiles of at least 30 of its followers, or of those who act on its posts, must be known.",
    source="Saerens, Latinne & Decaestecker 2002, doi 10.1162/089976602753284446, over `authenticity`; allowance for another population: measured, "
    "up to 10 points",
    needs=("follow.follower", "account.followers", "account.following"), lifecycle="experimental",
)  # fmt: skip
def false_audience_share() -> Columns:
    """Share of the audience that is not authentic, the likeliest given how likely each member seen is false.

    Followers where 30 or more are known, else those who act on its posts. The interval adds 10 points on either side for a
    population that the model does not know, less once a hundred accounts of the platform are labelled.
    """
    return Columns(value="share", low="lowest", high="highest", n="members", label="who", at_least=SEEN_FROM)


# -- bought growth -----------------------------------------------------------------------------------------------------------

STEPS_FROM = 8
"""Steps between observations below which what is usual for the account is not known (design choice)."""
LONGEST_STEP = 14
"""Days between two observations beyond which nobody can say what happened that week (design choice)."""
UNUSUAL = 6
"""Robust standard deviations that make a jump (design choice: about one false alarm in many account-years where growth is normal)."""
SMALLEST = 0.05
"""Share of the followers that a step must bring beyond what is usual to be a jump (purchases of 5-50 % are what is looked for)."""
FEWEST = 50
"""Followers that a jump must bring (design choice)."""
FLOOR = 0.002
"""Least daily spread of growth that is believed, whatever the account's own history says (design choice)."""
BUSY = 2
"""An account was talked of when it got this many times its usual acts (design choice), and three more."""
BEFORE = 3
"""Days before a step that may explain it (design choice)."""

GROWTH = f"""
    WITH daily AS (
        SELECT p.account, floor(epoch(p.observed_at) / 86400e0) AS day, arg_max(p.followers, (p.observed_at, p.followers)) AS followers
        FROM account_history AS p
        WHERE p.followers > 0 AND {{wanted}}
        GROUP BY ALL
    ),
    steps AS (
        SELECT account, day, followers, followers - before AS gain, before, day - day_before AS days,
               ln(followers / before::DOUBLE) / (day - day_before) AS pace
        FROM (SELECT *, lag(followers) OVER w AS before, lag(day) OVER w AS day_before FROM daily
              WINDOW w AS (PARTITION BY account ORDER BY day))
        WHERE day - day_before <= {LONGEST_STEP}
    ),
    usual AS (
        SELECT account, count(*) AS steps, median(pace) AS pace, greatest(1.4826e0 * mad(pace), {FLOOR}) AS spread,
               min(day - days) AS first_day, max(day) AS last_day
        FROM steps GROUP BY account HAVING count(*) >= {STEPS_FROM}
    ),
    jumps AS (
        SELECT s.account, s.day, s.days, s.followers, u.first_day, u.last_day, s.gain - s.before * (exp(u.pace * s.days) - 1) AS excess,
               1.6448536e0 * s.before * u.spread * s.days AS doubt
        FROM steps AS s JOIN usual AS u USING (account)
        WHERE s.pace - u.pace > {UNUSUAL} * u.spread AND s.gain >= {FEWEST}
          AND s.gain - s.before * (exp(u.pace * s.days) - 1) >= {SMALLEST} * s.before
    ),
    happened AS (
        SELECT account, floor(epoch(acted_at) / 86400e0) AS day, count(*) AS acts FROM interactions
        WHERE acted_at IS NOT NULL AND actor <> account AND account IN (SELECT account FROM usual) GROUP BY ALL
        UNION ALL
        SELECT account, floor(epoch(created_at) / 86400e0), sum(coalesce(likes, 0) + coalesce(replies, 0) + coalesce(reposts, 0))
        FROM posts WHERE created_at IS NOT NULL AND (kind IS NULL OR kind IN ('post', 'quote'))
          AND account IN (SELECT account FROM usual) GROUP BY ALL
    ),
    judged AS (
        SELECT j.account, j.day, any_value(j.excess) AS excess, any_value(j.doubt) AS doubt,
               coalesce(sum(h.acts) FILTER (h.day BETWEEN j.day - j.days - {BEFORE} AND j.day), 0) AS then_acts,
               coalesce(sum(h.acts) FILTER (NOT h.day BETWEEN j.day - j.days - {BEFORE} AND j.day), 0)
                   / greatest(any_value(j.last_day - j.first_day - j.days - {BEFORE}), 1) AS usual_a_day,
               any_value(j.days) + {BEFORE} AS days
        FROM jumps AS j LEFT JOIN happened AS h ON h.account = j.account AND h.day BETWEEN j.first_day AND j.last_day
        GROUP BY j.account, j.day
    ),
    alone AS (SELECT * FROM judged WHERE then_acts < {BUSY} * usual_a_day * days + 3)
    SELECT u.account, u.steps, l.followers,
           u.account IN (SELECT account FROM happened) AS watched,
           coalesce(any_value(a.excess), 0) AS excess, coalesce(any_value(a.doubt), 0) AS doubt, any_value(a.jumps) AS jumps,
           any_value(a.label) AS label
    FROM usual AS u
    JOIN (SELECT account, followers FROM accounts WHERE followers > 0) AS l USING (account)
    LEFT JOIN (SELECT account, sum(excess) AS excess, sqrt(sum(doubt * doubt)) AS doubt, count(*) AS jumps,
                      strftime(make_timestamp((arg_max(day, (excess, -day)) * 86400000000)::BIGINT), '%Y-%m-%d') AS label
               FROM alone GROUP BY account) AS a USING (account)
    GROUP BY u.account, u.steps, l.followers
"""
GROWTH_COLUMNS = {
    "account": pa.string(), "steps": pa.int64(), "watched": pa.bool_(), "share": pa.float64(), "lowest": pa.float64(),
    "highest": pa.float64(), "label": pa.string(),
}  # fmt: skip


@array_grain("jump", columns=GROWTH_COLUMNS)
def growth(asked: Asked) -> pa.Table:
    """One row an account whose followers were counted often enough: what came in jumps that nothing explains."""
    found = asked.engine.table(GROWTH.format(wanted=asked.where("p.account")))
    followers, excess, doubt = (
        np.asarray(found.column(name).to_numpy(zero_copy_only=False), float) for name in ("followers", "excess", "doubt")
    )  # fmt: skip
    largest = np.maximum(followers, 1)
    return pa.table(
        {
            "account": found.column("account"),
            "steps": found.column("steps"),
            "watched": found.column("watched"),
            "share": np.clip(excess / largest, 0, 1),
            "lowest": np.clip((excess - doubt) / largest, 0, 1),
            "highest": np.clip((excess + doubt) / largest, 0, 1),
            "label": found.column("label"),
        }
    )


@signal(
    title="Followers that came in unexplained jumps", grain="jump", unit="share", better="lower",
    says="{value:.0%} of its followers came in jumps while nothing else happened ({low:.0%} to {high:.0%}, over {n:,.0f} steps between counts).",
    unknown="Its followers must have been counted at least nine times, no more than two weeks apart, and its posts or what others did "
    "to them must be known.",
    source="Robust change points (Leys et al. 2013, doi 10.1016/j.jesp.2013.03.013: median and MAD) checked against what happened that week (design "
    "choice)",
    needs=("account.followers", "post.created_at", "interaction.acted_at"), lifecycle="experimental",
)  # fmt: skip
def bought_growth() -> Columns:
    """Followers gained beyond the usual, in jumps while the account was not talked of more than usual, divided by its followers now.

    A jump is a step more than 6 robust standard deviations above the account's own median pace that brings at least 5 % and 50
    followers beyond it. It is explained when the account got twice its usual acts from three days before on. The label is the day
    of the largest jump that nothing explains.
    """
    return Columns(
        value="CASE WHEN watched THEN share END", low="lowest", high="highest", n="steps", label="label",
        reason="CASE WHEN NOT watched THEN 'not_observed' END",
    )  # fmt: skip
