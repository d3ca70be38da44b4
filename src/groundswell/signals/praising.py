"""Runs of nothing but praise: how somebody's posts on products and brands lean one after another, and how followers moved then.

A run is of posts that judge, in the order of their days; one reservation ends it. Followers are laid beside it where somebody dated
counts of them: steps between two counts that lie wholly within the run against those that lie wholly outside, so that no step is
parted by a guess.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.grains import WORDLESS
from groundswell.signals.rise import WALK, WALK_WEIGHT, Series, read_series
from groundswell.signals.tone import LANGUAGES

pc: Any = _compute  # its functions are made at run time, no type checker knows them

Numbers = NDArray[np.float64]

RUN_FROM = 5
"""Reviews in a row from which on followers are laid beside them (design choice, as many as a balance of praise needs)."""
FEWEST_DAYS = 14.0
"""Days counted within the run, and besides, below which two paces are not compared (design choice)."""
BRAND = "lower(account_type) IN ('brand', 'business')"
NAMES_BRANDS = f"""
    SELECT actor FROM interactions
    WHERE verb = 'mention' AND account IN (
        SELECT account FROM described_accounts
        WHERE account_type IS NOT NULL AND ({BRAND} OR account IN (SELECT account FROM raw_accounts WHERE {BRAND})))"""
"""Whose posts are about something else once an account is known to be a brand's; a file that says nothing of it changes nothing."""
# Most texts have no tone and no word of payment: the few that have are gathered before posts are laid beside them.
READ = """
    SELECT text_hash, t.* EXCLUDE (text_hash), w.language, coalesce(w.says_paid, false) AS says_paid
    FROM (SELECT * FROM tone WHERE {wanted}) AS t
    FULL JOIN (SELECT text_hash, language, clear IS NOT NULL OR unclear IS NOT NULL AS says_paid FROM wording
               WHERE {wanted} AND (clear IS NOT NULL OR unclear IS NOT NULL OR text_hash IN (SELECT text_hash FROM tone))) AS w
        USING (text_hash)
"""


BRANDS_NAMED = f"""
    CREATE OR REPLACE TEMP TABLE brands_named AS
    SELECT DISTINCT i.via AS post, i.account AS brand
    FROM interactions AS i JOIN (SELECT account FROM accounts WHERE {BRAND}) AS b ON b.account = i.account
    WHERE i.verb = 'mention' AND i.via IS NOT NULL AND i.actor <> i.account AND {{actor}}
"""
WITH_TEXT = f"""
    CREATE OR REPLACE TEMP TABLE with_text AS
    SELECT p.account, count(*) AS texts FROM posts AS p
    WHERE (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND p.text_hash <> {WORDLESS} AND {{account}} GROUP BY p.account
"""
OF_THINGS = f"""
    CREATE OR REPLACE TEMP TABLE of_things AS
    WITH read AS ({READ}),
    own AS (
        SELECT p.account, p.post, p.created_at, n.post IS NOT NULL AS names, t.superlative, t.gifted,
               CASE WHEN coalesce(p.language, t.language) = 'en' AND t.praise + t.reservation > 0 THEN t.praise END AS praise,
               t.praise + t.reservation AS leaning, t.concrete,
               coalesce(p.paid_label, false) OR coalesce(t.says_paid, false) AS paid, coalesce(t.speaks, false) AS speaks,
               coalesce(coalesce(p.language, t.language) IN {LANGUAGES}, true) AS readable
        FROM posts AS p
        LEFT JOIN read AS t ON t.text_hash = p.text_hash
        LEFT JOIN (SELECT DISTINCT post FROM brands_named) AS n ON n.post = p.post
        WHERE (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND p.text_hash <> {WORDLESS} AND {{account}}
    )
    SELECT * FROM own WHERE paid OR names OR speaks
"""


def read_of_things(asked: Asked) -> None:
    """Make the tables `with_text` (how many own posts with text), `of_things` (those about a product or brand) and `brands_named`."""
    account, actor = asked.where("p.account"), asked.where("i.actor")
    wanted = f"text_hash IN (SELECT p.text_hash FROM posts AS p WHERE {account})" if asked.only else "true"

    def read() -> None:
        for sql in (BRANDS_NAMED, WITH_TEXT, OF_THINGS):
            asked.engine.execute(sql.format(account=account, actor=actor, wanted=wanted))

    asked.once("of_things", read)


# Runs: the numbering of all reviews less the numbering of those that praise alone stays the same as long as none comes between.
RUNS = """
    WITH judged AS (
        SELECT account, epoch(created_at) AS moment, post, praise = leaning AS alone FROM of_things
        WHERE praise IS NOT NULL AND created_at IS NOT NULL
    ),
    numbered AS (
        SELECT *, row_number() OVER (PARTITION BY account ORDER BY moment, post)
                  - row_number() OVER (PARTITION BY account, alone ORDER BY moment, post) AS island
        FROM judged
    ),
    runs AS (
        SELECT account, count(*) AS run, min(moment) AS since, max(moment) AS until FROM numbered WHERE alone
        GROUP BY account, island
    ),
    longest AS (
        SELECT account, max(run) AS run, arg_max(since, (run, since)) AS since, arg_max(until, (run, since)) AS until
        FROM runs GROUP BY account
    )
    SELECT w.account, coalesce(j.reviews, 0) AS reviews, coalesce(l.run, 0) AS run, l.since, l.until
    FROM with_text AS w
    LEFT JOIN (SELECT account, count(*) AS reviews FROM judged GROUP BY account) AS j ON j.account = w.account
    LEFT JOIN longest AS l ON l.account = w.account
    ORDER BY w.account"""


@array_grain(
    "praising",
    columns={
        "account": pa.string(), "reviews": pa.int64(), "run": pa.int64(), "label": pa.string(), "counts": pa.int64(),
        "faster": pa.float64(), "error": pa.float64(),
    },
    touches=NAMES_BRANDS,
)  # fmt: skip
def praising(asked: Asked) -> pa.Table:
    """One row an account with texts: its longest run of praise alone, and the pace of followers within it and besides."""
    read_of_things(asked)
    found = asked.engine.table(RUNS)
    since, until = (found.column(name).to_numpy(zero_copy_only=False).astype(np.float64) for name in ("since", "until"))
    series = read_series(asked)
    place = pc.index_in(series.names, value_set=in_one(found.column("account")))
    mine = pc.fill_null(place, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    counts, faster, error = paces(series, mine, since / 86_400, until / 86_400)
    unknown = np.isnan(faster)
    return found.drop_columns(["since", "until"]).append_column("label", _labels(since, until)).append_column(
        "counts", pa.array(counts)
    ).append_column("faster", pa.array(faster, mask=unknown)).append_column("error", pa.array(error, mask=unknown))  # fmt: skip


def paces(
    series: Series, place: NDArray[np.int64], since: Numbers, until: Numbers
) -> tuple[NDArray[np.int64], Numbers, Numbers]:
    """Dated counts beside each run, how much faster log followers moved within it than besides a day, and the error of that.

    `place` is the run of each account of the series, -1 for none. Unknown (nan) where either side was counted too shortly.
    """
    whose = place[series.account]
    step = (series.account[1:] == series.account[:-1]) & (whose[1:] >= 0)
    run = whose[1:][step]
    start, end, gain = series.day[:-1][step], series.day[1:][step], np.diff(series.log_followers)[step]
    # A count is known by its day alone, so the run is taken by whole days.
    inside = (start >= np.floor(since[run])) & (end <= np.floor(until[run]))
    outside = (end <= np.floor(since[run])) | (start >= np.floor(until[run]))
    told = inside | outside
    side, lasts, gain = (2 * run + inside)[told], (end - start)[told], gain[told]
    days, sums, steps = (np.bincount(side, weights, minlength=2 * len(since)) for weights in (lasts, gain, None))
    with np.errstate(invalid="ignore", divide="ignore"):
        pace = sums / days
        squares = np.bincount(side, (gain - pace[side] * lasts) ** 2 / lasts, minlength=2 * len(since))
        walk = np.sqrt(
            (WALK_WEIGHT * WALK**2 + squares[0::2] + squares[1::2])
            / (WALK_WEIGHT + np.maximum(steps[0::2] + steps[1::2] - 2, 0))
        )
        error = walk * np.sqrt(1 / days[0::2] + 1 / days[1::2])
    enough = np.minimum(days[0::2], days[1::2]) >= FEWEST_DAYS
    counts = np.bincount(whose[whose >= 0], minlength=len(since)).astype(np.int64)
    return counts, np.where(enough, pace[1::2] - pace[0::2], np.nan), np.where(enough, error, np.nan)


def _labels(since: Numbers, until: Numbers) -> pa.Array:
    """The days of a run: "2026-01-02 to 2026-03-04"; "none" where nothing is praised alone."""
    first, last = (
        pc.strftime(pa.array(np.nan_to_num(moment).astype("datetime64[s]"), mask=np.isnan(moment)), "%Y-%m-%d")
        for moment in (since, until)
    )
    return pc.coalesce(pc.binary_join_element_wise(first, last, " to "), "none")


__all__ = ["NAMES_BRANDS", "RUN_FROM", "paces", "praising", "read_of_things"]
