"""Does it foresee who rises, and measure rhythm without bias?

Made-up people grow by a straight line, by an S, in spurts or hardly at all, with heavy-tailed gusts; none is the random walk with a
trend that the signals fit. What is said at a moment is held against what came after it. Each account is one case; an account seen at
several moments is drawn as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.validity import worlds
from benchmarks.validity.basics import in_order, known
from benchmarks.validity.figures import (
    SEED,
    Array,
    Compared,
    Metric,
    Numbers,
    Row,
    auc,
    bias,
    brier,
    compared,
    concordance,
    ece,
    log_loss,
    mean_absolute_error,
    met,
    not_tested,
    precision_at,
    rmse,
    spearman,
)  # fmt: skip
from benchmarks.validity.formulas import on_facts, on_rows
from benchmarks.validity.worlds import Simulated
from groundswell.signals.arrays import Asked
from groundswell.signals.computing import compute
from groundswell.signals.rise import next_edge
from groundswell.store import Engine, Workspace

DAY = 86_400
SPLIT = "split in time"


def as_of(
    workspace: Workspace, moment: datetime, names: Sequence[str], *, backtest: bool = False, fits: Path | None = None
) -> pa.Table:
    """Some signals as of a moment: without the others, which would take most of the time. In `fits` they are fitted as of then."""
    with workspace.engine(moment=moment, backtest=backtest) as engine:
        return compute(Asked(engine, fits or workspace.fits, may_fit=fits is not None), names=names)


def _verdict(found: Compared, bar: float) -> str:
    return met(found.figure > bar)


# -- who rises -------------------------------------------------------------------------------------------------------------


AHEAD = 90
COUNTS_BEFORE = """
    SELECT account, ln(arg_max(followers, observed_at)) AS last,
           (ln(arg_max(followers, observed_at)) - ln(list_sort(list(struct_pack(at := observed_at, f := followers)))[-2].f)) AS step,
           max(observed_at) AS at
    FROM account_history WHERE followers > 0 AND observed_own AND observed_at <= '{moment}' GROUP BY account HAVING count(*) >= 3
"""
COUNTS_AFTER = """
    SELECT account, max(followers) AS most, arg_max(followers, observed_at) AS final FROM account_history
    WHERE followers > 0 AND observed_own AND observed_at > '{moment}' GROUP BY account
"""


def rise_figures() -> list[Row]:
    """Who reaches the next tier within 90 days, and how fast somebody grows."""
    made = worlds.several()
    parts = [_before_and_after(world) for world in made]
    rose, chance, last, step, edge, grew, pace, slope = (np.concatenate(column) for column in zip(*parts, strict=True))
    by_step = np.clip(step * AHEAD / STEP_DAYS, -3, 3)
    baselines = {
        "highest recent growth (between the last two counts)": step,
        "nearest to the next tier": last - edge,
        "the growth between the last two counts goes on": last + by_step - edge,
    }
    return [
        *(_risers(name, *known(rose, chance, guess)) for name, guess in baselines.items()),
        *(_first_fifty(name, *known(rose, chance, guess)) for name, guess in baselines.items()),
        *_calibrated(*known(rose, chance, (last + by_step >= edge).astype(np.float64))),
        *_growth(grew, pace, by_step, slope),
        *_stars(made),
        not_tested("Does it foresee who reaches the next tier within 180 days?",
                   "the made-up window is half a year: nothing comes after what half a year ahead would need", signals=("rise_180",),
                   wanted="AUC > 0.80, calibration error at most 0.03"),
        not_tested("Does it foresee who rises among real people?",
                   "no file at hand counts real followers over time", signals=("rise_90", "growth_per_month"),
                   wanted="AUC > 0.80, calibration error at most 0.03, precision at 50 above that of those who grew most"),
    ]  # fmt: skip


STEP_DAYS = 14
"""Days between two looks at the made-up followers (simulate.toml)."""


def _before_and_after(world: Simulated) -> tuple[Numbers, ...]:
    """(rose, chance said, log followers, last step, log of the edge, growth that came, growth said, growth so far) of everybody watched."""
    with world.workspace.engine() as engine:
        end = engine.rows("SELECT max(observed_at) FROM account_history WHERE observed_own")[0][0]
        moment = end - timedelta(days=AHEAD)
        before, after = (engine.table(sql.format(moment=moment)) for sql in (COUNTS_BEFORE, COUNTS_AFTER))
        first = engine.table(
            f"""SELECT account, ln(arg_min(followers, observed_at)) AS first, (epoch(max(observed_at)) - epoch(min(observed_at))) / {DAY}e0 AS days
                FROM account_history WHERE followers > 0 AND observed_own AND observed_at <= '{moment}' GROUP BY account"""
        )
    last, step, start, days = (
        in_order(world, rows, name)
        for rows, name in ((before, "last"), (before, "step"), (first, "first"), (first, "days"))
    )
    most, final = in_order(world, after, "most"), in_order(world, after, "final")
    edge = np.full(len(last), np.nan)
    edge[~np.isnan(last)] = next_edge(np.exp(last[~np.isnan(last)]) + 0.5)
    then = as_of(world.workspace, moment, ("rise_90", "growth_per_month"))
    rose = np.where(np.isnan(most) | np.isnan(edge), np.nan, (most >= edge).astype(np.float64))
    chance, pace = (world.value(name, signals=then) for name in ("rise_90", "growth_per_month"))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (last - start) / days * AHEAD
        return rose, chance, last, step, np.log(edge), np.log(final) - last, np.log1p(pace) * AHEAD / 30, slope


def _risers(baseline: str, rose: Numbers, chance: Numbers, guess: Numbers) -> Row:
    found = compared(auc, rose, chance, guess)
    return found.row(
        "Does it foresee who reaches the next tier within 90 days?", f"{worlds.described()}, {SPLIT}", baseline, measure="AUC",
        signals=("rise_90",), wanted="AUC > 0.80", target=_verdict(found, 0.80), people=len(rose),
        how=f"{len(rose):,} people with at least three counts before, of whom {int(rose.sum()):,} rose in the 90 days after. "
        "The shapes of growth are made up: what holds here need not hold of real people.",
    )  # fmt: skip


def _first_fifty(baseline: str, rose: Numbers, chance: Numbers, guess: Numbers) -> Row:
    found = compared(precision_at(50), rose, chance, guess)
    asked = baseline.startswith("highest recent growth")
    wanted = {"wanted": "more than of those who grew most", "target": met(found.verdict == "beats")}
    return found.row(
        "How many of the fifty likeliest to reach the next tier within 90 days do?", f"{worlds.described()}, {SPLIT}", baseline,
        measure="precision at 50", signals=("rise_90",), people=len(rose), **(wanted if asked else {}),
        how=f"All communities in one list of {len(rose):,} people, of whom {rose.mean():.1%} rose.",
    )  # fmt: skip


def _calibrated(rose: Numbers, chance: Numbers, goes_on: Numbers) -> list[Row]:
    data, half = f"{worlds.described()}, {SPLIT}", np.random.default_rng(SEED).permutation(len(rose)) % 2 == 0
    base = np.full(len(rose), float(rose[half].mean()))
    apart = compared(ece, rose, chance, goes_on, higher_is_better=False)
    squared = compared(brier, rose[~half], chance[~half], base[~half], higher_is_better=False)
    return [
        apart.row(
            "Do as many rise as the chances say?", data, "yes or no, as the growth between the last two counts goes on", signals=("rise_90",),
            measure="expected calibration error", wanted="at most 0.03", target=met(apart.figure <= 0.03),
            how=f"Ten bins of equal width. Said: {chance.mean():.1%} on average; {rose.mean():.1%} rose.",
        ),
        squared.row(
            "Is the chance to rise worth more than how many rise at all?", data, "the share of the other half of the people who rose",
            measure="Brier score", signals=("rise_90",), how="The share is learned from one half of the people; both are asked of the other.",
        ),
    ]  # fmt: skip


def _growth(grew: Numbers, pace: Numbers, by_step: Numbers, slope: Numbers) -> list[Row]:
    data, how = (
        f"{worlds.described()}, {SPLIT}",
        "Log followers 90 days later, less those at the moment; said: the pace a month, three times.",
    )
    common = {"signals": ("growth_per_month",), "how": how}
    return [
        compared(spearman, *known(grew, pace, by_step)).row(
            "Does growth a month order people by how they grow next?", data, "growth between the last two counts", measure="rank correlation", **common,
        ),
        compared(mean_absolute_error, *known(grew, pace, slope), higher_is_better=False).row(
            "How far is growth a month from the growth that comes?", data, "the straight line through the first and the last count",
            measure="mean distance in log followers", **common,
        ),
        compared(mean_absolute_error, *known(grew, pace, np.zeros(len(grew))), higher_is_better=False).row(
            "How far is growth a month from the growth that comes?", data, "followers stay as they are",
            measure="mean distance in log followers", **common,
        ),
    ]  # fmt: skip


def _stars(made: Sequence[Simulated]) -> list[Row]:
    """Planted stars among everybody who was watched: growth alone does not make one, nor does a loss of likes."""
    planted = np.concatenate([world.true("starified").astype(np.float64) for world in made])
    said, growth = (
        np.concatenate([world.value(name) for world in made]) for name in ("starification", "growth_per_month")
    )
    true, ours, theirs = known(planted, said, growth)
    flagged = int((ours >= FLAGGED).sum())
    right = float(true[ours >= FLAGGED].mean()) if flagged else 0.0
    return [
        compared(auc, true, ours, theirs).row(
            "Does it find those who rise and let go of their fans?", worlds.described(), "growth a month", measure="AUC",
            signals=("starification",), people=len(true),
            how=f"{int(true.sum())} planted among {len(true):,} who were counted over time and post enough; their likes a follower and their "
            f"answers fall to 15 to 50 %. At {FLAGGED} or more {flagged} are warned of, {right:.0%} of them rightly.",
        )
    ]  # fmt: skip


FLAGGED = 0.5
"""From this score on somebody counts as warned of."""


# -- rhythm ----------------------------------------------------------------------------------------------------------------


INTERVALS = 12
HORIZON = 30
SHAPES = {"by chance": 1.0, "almost by the clock": 8.0, "in bursts": 0.3}


def rhythm_figures(data_folder: Path | None = None) -> list[Row]:
    """Burstiness of few posts, and who goes on."""
    bursts = [row for comes, shape in SHAPES.items() for row in _burstiness(comes, shape)]
    cases = [_then_and_later(world) for world in worlds.several()]
    found = tuple(np.concatenate(column) for column in zip(*cases, strict=True))
    return [*bursts, *_goes_on(f"{worlds.described()}, {SPLIT}", *found), *_real_rhythm(data_folder)]


def _burstiness(comes: str, shape: float) -> list[Row]:
    rng, people = np.random.default_rng(SEED), worlds.sized(3_000, 600)
    gaps = rng.standard_gamma(shape, (people, INTERVALS)) / shape * 3 * DAY
    at = np.column_stack([np.zeros(people), np.cumsum(gaps, axis=1)])
    posts = pa.table({
        "account": pa.array(np.repeat(np.arange(people), INTERVALS + 1)), "kind": pa.array(["post"] * at.size),
        "created_at": _moments(at.ravel()), "observed_at": _moments(np.full(at.size, at.max() + DAY)),
    })  # fmt: skip
    ours = on_facts("burstiness", np.arange(people), posts=posts)["value"]
    plain = (gaps.std(axis=1) - gaps.mean(axis=1)) / (gaps.std(axis=1) + gaps.mean(axis=1))
    true = np.full(people, (1 - np.sqrt(shape)) / (1 + np.sqrt(shape)))
    measures: tuple[tuple[str, Metric], ...] = (("bias", bias), ("root mean squared error", rmse))
    return [
        _few_posts(comes, name, compared(metric, *known(true, ours, plain), higher_is_better=False))
        for name, metric in measures
    ]


def _few_posts(comes: str, measure: str, found: Compared) -> Row:
    wanted = {"wanted": "at most 0.03", "target": "meets the target" if found.figure <= 0.03 else "misses the target"}
    return found.row(
        f"How far is the burstiness of {INTERVALS} intervals from the truth, where posts come {comes}?", "posts drawn from known gaps",
        "(sd - mean) / (sd + mean), Goh & Barabasi 2008", measure=measure, signals=("burstiness",),
        how="Gamma gaps, whose burstiness with endless posts is known.", **(wanted if measure == "bias" else {}),
    )  # fmt: skip


def _moments(seconds: Numbers) -> pa.Array:
    return pa.array((seconds * 1e6).astype(np.int64)).cast(pa.timestamp("us", tz="UTC"))


# (account, whether it posted within 30 days after, chance said, days of silence, days until its next post)
def _then_and_later(world: Simulated) -> tuple[Numbers, ...]:
    with world.workspace.engine() as engine:
        names, *cases = _looked_at(engine, world.moment(0.6))
    place = {name: row for row, name in enumerate(world.truth.column("account").to_pylist())}
    account = np.array([place[name] for name in names], np.float64) + 1e6 * world.seed
    return known(account, *cases)


def _looked_at(engine: Engine, moment: datetime) -> tuple[list[str], Numbers, Numbers, Numbers, Numbers]:
    """Who had spoken at a moment, as somebody who looked at it then would have seen it; and what came after."""
    gaps = engine.table(OWN_GAPS.format(moment=moment))
    names: list[str] = gaps.column("account").to_pylist()
    said = on_rows("persistence", np.array(names), gaps)["value"] if names else np.zeros(0)
    later = {name: came for name, *came in engine.rows(LATER.format(moment=moment, horizon=HORIZON))}
    posted, silence, wait = (np.array([later[name][place] for name in names], np.float64) for place in range(3))
    return names, posted, said, silence, wait


LATER = """
    SELECT account, (min(created_at) FILTER (created_at > '{moment}') <= '{moment}'::TIMESTAMPTZ + INTERVAL {horizon} DAY) IS TRUE AS posted,
           epoch('{moment}'::TIMESTAMPTZ - max(created_at) FILTER (created_at <= '{moment}')) / 86400e0 AS silence,
           coalesce(epoch(min(created_at) FILTER (created_at > '{moment}') - '{moment}'::TIMESTAMPTZ) / 86400e0, 1e6) AS wait
    FROM posts WHERE kind IS NULL OR kind IN ('post', 'quote') GROUP BY account
"""


def _goes_on(
    data: str, account: Numbers, posted: Numbers, said: Numbers, silence: Numbers, wait: Numbers, *, note: str = ""
) -> list[Row]:
    """Against recency: who spoke last; and for chances, how many went on among those who had been silent as long."""
    half = np.random.default_rng(SEED).permutation(int(account.max()) + 1)[account.astype(np.int64)] % 2 == 0
    usual = _by_recency(posted, silence, half)
    common = {"signals": ("persistence",), "people": len(np.unique(account))}
    how = f"{len(posted):,} cases; {posted.mean():.0%} posted again within 30 days.{note}"
    sooner = compared(_sooner, wait, said, -silence, accounts=account, draws=200)
    return [
        compared(auc, posted, said, -silence, accounts=account).row(
            "Does it tell who will post within 30 days?", data, "recency: who posted last", measure="AUC", how=how, **common),
        sooner.row(
            "Do those of whom it says so post again sooner?", data, "recency: who posted last", measure="C-index",
            wanted="recency's and .03 more", target="meets the target" if sooner.gain >= 0.03 else "misses the target",
            how="Of two people drawn at random, whether the one with the higher chance posts again first.", **common),
        compared(log_loss, posted[~half], said[~half], usual, accounts=account[~half], higher_is_better=False).row(
            "Are its chances to go on worth more than recency alone?", data, "share of the other half, silent as long, who went on",
            measure="log loss", how=f"{how} Recency: eighths of the other half of the people by their silence.", **common),
    ]  # fmt: skip


def _sooner(wait: Array, score: Array) -> float:
    return concordance(-wait, score, pairs=20_000)


def _by_recency(posted: Numbers, silence: Numbers, half: Array) -> Numbers:
    """How many went on among those of the one half who had been silent about as long, for everybody of the other."""
    edges = np.quantile(silence[half], np.arange(1, 8) / 8)
    bins = np.searchsorted(edges, silence)
    yes, all_ = (np.bincount(bins[half], weights, 8) for weights in (posted[half], None))
    return ((yes + 0.5) / (all_ + 1))[bins[~half]]


MOMENTS = [datetime(2025, month, 1, tzinfo=UTC) for month in range(7, 13)] + [
    datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 6)
]
"""First days of months: what real people had posted before, and the 30 days after, are in the files."""
OWN_GAPS = """
    SELECT account, len(m) AS posts, m[1] AS first_at, m[len(m)] AS last_at, epoch('{moment}'::TIMESTAMPTZ) AS seen_at,
           list_transform(range(2, len(m) + 1), lambda i: (m[i] - m[i - 1]) / 86400e0) AS gaps
    FROM (SELECT account, list_sort(list(epoch(created_at))) AS m FROM posts
          WHERE created_at <= '{moment}' AND (kind IS NULL OR kind IN ('post', 'quote')) GROUP BY account) WHERE len(m) >= 4
"""


def _real_rhythm(data_folder: Path | None) -> list[Row]:
    question, workspace = "Does it tell which real people will post within 30 days?", worlds.real("bluesky_keegan")
    if data_folder is None or workspace is None:
        absent = "the real data that this needs are not at hand (GROUNDSWELL_DATA)"
        return [not_tested(question, absent, signals=("persistence",))]
    with workspace.engine() as engine:
        looks = [_looked_at(engine, moment) for moment in MOMENTS]
    names, *columns = (np.concatenate(part) for part in zip(*looks, strict=True))
    columns = known(np.unique(names, return_inverse=True)[1].astype(np.float64), *columns)
    if not 5 <= columns[1].sum() <= len(columns[1]) - 5:
        alike = f"of {len(columns[1])} cases in the files nearly all end alike"
        return [not_tested(question, alike, signals=("persistence",))]
    return _goes_on(
        "Bluesky accounts around one newspaper, at the first days of eleven months",
        *columns,
        note=" The files hold only the newest posts of each account: whoever posts often is missing from the early months.",
    )


__all__ = ["SPLIT", "as_of", "rhythm_figures", "rise_figures"]
