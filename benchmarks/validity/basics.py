"""The plain questions: does the program count, time, and read rightly? Most are asked of worlds whose truth was planted.

Where a formula corrects something (entropy of few posts, waiting that has not ended), it is held against the uncorrected one on
facts drawn from known numbers; where it reads texts, against the simplest rule that anybody would write down first.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from benchmarks.validity import worlds
from benchmarks.validity.figures import (
    SEED,
    Array,
    Compared,
    Numbers,
    Row,
    again,
    bias,
    brier,
    compared,
    ends,
    log_loss,
    mean_absolute_error,
    met,
)  # fmt: skip
from benchmarks.validity.formulas import on_facts
from benchmarks.validity.worlds import Simulated

DAY = 86_400
CHANCE = "facts drawn from known numbers"


def size_and_rhythm_figures() -> list[Row]:
    """Counts and rates against what was planted."""
    made = worlds.several()
    return [_followers(made), _like_rate(made), _own_share(made), _posts_to_come(made), *_posts_per_week_covers()]


def _followers(made: Sequence[Simulated]) -> Row:
    true, said, edges = (joined(made, name) for name in ("followers", ":followers", "listed_followers"))
    found = compared(
        mean_absolute_error, *known(np.log1p(true), np.log1p(said), np.log1p(edges)), higher_is_better=False
    )
    return found.row(
        "How far are follower counts from the truth?", worlds.described(), "counting the follows that the files list",
        measure="mean distance in log followers", signals=("followers",),
        how="The platform's own count, read from a file of accounts, beside the rows of the file of follows, which is always a part of them.",
    )  # fmt: skip


def _like_rate(made: Sequence[Simulated]) -> Row:
    newest = np.concatenate([_newest_rate(world) for world in made])
    true, said = joined(made, "like_rate"), joined(made, ":like_rate")
    with np.errstate(divide="ignore"):
        logs = [np.log(np.where(part > 0, part, np.nan)) for part in (true, said, newest)]
    found = compared(mean_absolute_error, *known(*logs), higher_is_better=False)
    return found.row(
        "How near is the typical like rate to the one that was planted?", worlds.described(), "likes per follower of the newest settled post",
        measure="mean distance in log rate", signals=("like_rate",),
        how="Likes of each post scatter around the account's own rate, heavily; accounts with a rate of 0 by either side are left out of both.",
    )  # fmt: skip


def _newest_rate(world: Simulated) -> Numbers:
    with world.workspace.engine() as engine:
        rows = engine.table(
            """SELECT account, arg_max(p.likes / a.followers, p.created_at) AS rate FROM posts AS p JOIN accounts AS a USING (account)
               WHERE p.kind = 'post' AND p.likes IS NOT NULL AND a.followers > 0
                 AND epoch(p.observed_at) - epoch(p.created_at) >= 259200 GROUP BY account"""
        )
    return in_order(world, rows, "rate")


def _own_share(made: Sequence[Simulated]) -> Row:
    own, passed = joined(made, "own_posts"), joined(made, "reposts_made")
    true = np.where(own + passed >= 3, own / np.maximum(own + passed, 1), np.nan)
    said = joined(made, ":own_share")
    found = compared(
        mean_absolute_error, *known(true, said, np.where(np.isnan(true), np.nan, 1.0)), higher_is_better=False
    )
    return found.row(
        "How near is the share of own posts to what was done?", worlds.described(), "taking every post for its author's own",
        measure="mean distance between shares", signals=("own_share",),
        how="Everything a person posted or passed on is in the file; the world counted it too.",
    )  # fmt: skip


def _posts_to_come(made: Sequence[Simulated]) -> Row:
    parts = [_to_come(world) for world in made]
    true, said, recent = (np.concatenate(column) for column in zip(*parts, strict=True))
    found = compared(mean_absolute_error, *known(true, said, recent), higher_is_better=False)
    return found.row(
        "Does posts per week foresee how much somebody will post?", f"{worlds.described()}, split in time", "the last 28 days go on",
        measure="mean distance in log posts to come", signals=("posts_per_week",),
        how="What was known when 60 % of the posts were written, held against the posts after it; each account is one case.",
    )  # fmt: skip


def _to_come(world: Simulated) -> tuple[Numbers, Numbers, Numbers]:
    moment = world.moment(0.6)
    with world.workspace.engine() as engine:
        engine.execute(
            "CREATE TEMP TABLE own AS SELECT account, created_at FROM posts WHERE kind = 'post' AND created_at IS NOT NULL"
        )
        rows = engine.table(
            f"""SELECT account, count(*) FILTER (created_at > '{moment}') AS later,
                       count(*) FILTER (created_at <= '{moment}' AND created_at > '{moment}'::TIMESTAMPTZ - INTERVAL 28 DAY) / 4e0 AS recent,
                       (SELECT epoch(max(created_at)) - epoch('{moment}'::TIMESTAMPTZ) FROM own) / 604800e0 AS weeks
                FROM own GROUP BY account"""
        )
    weeks, rate = in_order(world, rows, "weeks"), world.value("posts_per_week", signals=world.past(moment))
    return tuple(
        np.log1p(part)
        for part in (in_order(world, rows, "later"), rate * weeks, in_order(world, rows, "recent") * weeks)
    )  # type: ignore[return-value]


def _posts_per_week_covers() -> list[Row]:
    """Does the interval hold the true rate as often as it says? By chance it should; in bursts nobody promised."""
    return [_covers(8.0, "come almost by the clock"), _covers(1.0, "come by chance"), _covers(0.3, "come in bursts")]


def _covers(shape: float, comes: str) -> Row:
    rng, people, weeks = np.random.default_rng(SEED), worlds.sized(3_000, 600), 26
    rate = np.exp(rng.uniform(np.log(0.3), np.log(5), people))
    # A renewal process looked at over a window that begins somewhere within it.
    gaps = rng.standard_gamma(shape, (people, 400)) / shape / rate[:, None]
    at = np.cumsum(gaps, axis=1) - 400 / 3 * 0.5 / rate[:, None]
    inside = (at >= 0) & (at <= weeks)
    who, moments = np.nonzero(inside)[0], at[inside]
    accounts = np.arange(people)
    posts = pa.table({
        "account": pa.array(who), "kind": pa.array(["post"] * len(who)),
        "created_at": _moments(moments * 7 * DAY), "observed_at": _moments(np.full(len(who), (weeks * 7 + 30) * DAY)),
    })  # fmt: skip
    found = on_facts("posts_per_week", accounts, posts=posts)
    ours = (found["low"] <= rate) & (rate <= found["high"])
    n, value = found["n"], found["value"]
    half = 1.6448536 * value / np.sqrt(np.maximum(n - 1, 1))
    plain = (value - half <= rate) & (rate <= value + half)
    right, row = covered(~np.isnan(value), ours, plain)
    return right.row(
        f"How often does the 90 % interval of posts per week hold the truth, where posts {comes}?", CHANCE,
        "rate plus and minus 1.645 standard errors", measure="share of intervals that hold the truth", signals=("posts_per_week",),
        wanted="0.87 to 0.93", target="meets the target" if 0.87 <= right.figure <= 0.93 else "misses the target", how=row,
    )  # fmt: skip


def covered(ok: Array, ours: Array, plain: Array) -> tuple[Compared, str]:
    """Coverage beside that of another interval: the better one is nearer to 0.9."""
    mine, its = ours[ok].astype(float), plain[ok].astype(float)
    both = again(lambda rows: (float(mine[rows].mean()), float(its[rows].mean())), len(mine))
    gains = np.abs(both[:, 1] - 0.9) - np.abs(both[:, 0] - 0.9)
    low, high = ends(both[:, 0])
    gain = abs(float(its.mean()) - 0.9) - abs(float(mine.mean()) - 0.9)
    found = Compared(float(mine.mean()), low, high, float(its.mean()), gain, *ends(gains))
    return found, f"{len(mine):,} accounts; the nearer to 0.9 the better, from either side."


def reply_figures() -> list[Row]:
    """Who answers, and how fast."""
    made = worlds.several()
    return [_reply_rate(made), *_will_answer(made), *(_latency(share) for share in (0.25, 0.5))]


def _reply_rate(made: Sequence[Simulated]) -> Row:
    true, said = joined(made, "reply_rate"), joined(made, ":reply_rate")
    true, said, _ = known(true, said, said)
    found = compared(mean_absolute_error, true, said, np.full(len(true), float(np.mean(said))), higher_is_better=False)
    return found.row(
        "How near is the reply rate to the one that was planted?", worlds.described(), "the mean of everybody for everybody",
        measure="mean distance between shares", signals=("reply_rate",),
        how="Accounts with at least three comments; what answers somebody's own comment is none. Answers that would have come after the end of the files are missing, as in life.",
    )  # fmt: skip


def _will_answer(made: Sequence[Simulated]) -> list[Row]:
    """Of comments after a moment: does the rate known before say which are answered within 24 hours?"""
    parts = [_later_comments(world) for world in made]
    if any(part is None for part in parts):
        return []
    account, answered, before, middle = (
        np.concatenate(column) for column in zip(*[part for part in parts if part], strict=True)
    )
    ok = ~np.isnan(before)
    account, answered, before, middle = account[ok], answered[ok], before[ok], middle[ok]
    base = np.full(len(answered), float(np.mean(before)))
    common = {
        "signals": ("reply_rate",),
        "how": "The rate of an account known when 60 % of the posts were written, held against each later comment.",
    }
    raw = compared(brier, answered, before, base, accounts=account, higher_is_better=False)
    shrunk = {
        name: compared(log_loss, answered, middle, guess, accounts=account, higher_is_better=False)
        for name, guess in (("everybody's mean before", base), ("the rate so far as it stands", before))
    }
    question = "Does the reply rate foresee which comments will be answered"
    return [
        raw.row(f"{question}?", f"{worlds.described()}, split in time", "everybody's mean before", measure="Brier score, lower is better", **common),
        *(found.row(
            f"{question}, when the middle of its interval is taken for the chance?", f"{worlds.described()}, split in time", name,
            measure="log loss, lower is better", wanted="below the base rate's and the raw rate's", target=met(found.verdict == "beats"), **common,
        ) for name, found in shrunk.items()),
    ]  # fmt: skip


def _later_comments(world: Simulated) -> tuple[Array, Numbers, Numbers, Numbers] | None:
    moment = world.moment(0.6)
    with world.workspace.engine() as engine:
        rows = engine.table(
            f"""WITH r AS (SELECT account, actor, post, via, acted_at FROM interactions WHERE verb = 'reply' AND via IS NOT NULL),
                     own AS (SELECT actor AS account, account AS actor, via AS post FROM r),
                     c AS (SELECT account, via FROM r WHERE actor <> account AND acted_at > '{moment}'
                                 AND (account, actor, post) NOT IN (SELECT (account, actor, post) FROM own)),
                     a AS (SELECT DISTINCT actor AS account, post AS via FROM r WHERE post IS NOT NULL)
                SELECT c.account, a.via IS NOT NULL AS answered FROM c LEFT JOIN a USING (account, via) ORDER BY c.account, via"""
        )
    past, names = world.past(moment), world.truth.column("account").to_pylist()
    place = {name: number for number, name in enumerate(names)}
    at = np.array([place[name] for name in rows.column("account").to_pylist()], np.int64)
    value, low, high = (world.value("reply_rate", part, past) for part in ("value", "low", "high"))
    return (
        at + 1_000_000 * world.seed,
        rows.column("answered").to_numpy().astype(np.float64),
        value[at],
        ((low + high) / 2)[at],
    )


def _latency(censored: float) -> Row:
    """Median time to reply, where a share of the comments is not answered by the end."""
    rng, people, comments = np.random.default_rng(SEED), worlds.sized(1_500, 300), 40
    truth = np.exp(rng.normal(np.log(8), 0.6, people))
    waits = truth[:, None] * np.exp(rng.normal(0, 1.0, (people, comments)))
    # Comments come evenly until the end; the window is as long as makes this share of them wait beyond it.
    window = _window(censored) * truth[:, None]
    asked = rng.random((people, comments)) * window
    done = asked + waits
    in_time = done <= window
    accounts, who = np.arange(people), np.repeat(np.arange(people), comments)
    via = np.arange(people * comments)
    comment = _acts(who, "somebody", via, None, asked.ravel())
    answer = _acts(who, "author", None, via, done.ravel()).filter(pa.array(in_time.ravel()))
    found = on_facts("reply_latency_hours", accounts, interactions=pa.concat_tables([comment, answer]))
    plain = np.array([np.median(some[ok]) if ok.any() else np.nan for some, ok in zip(waits, in_time, strict=True)])
    true, said, median = known(np.log(truth), np.log(found["value"]), np.log(plain))
    result = compared(bias, true, said, median, higher_is_better=False)
    met = "meets the target" if result.high <= 0.1 else "misses the target"
    return result.row(
        f"How far off is the typical time to reply when {censored:.0%} of the comments have no answer yet?", CHANCE,
        "median of the answers that came", measure="bias in log hours", signals=("reply_latency_hours",),
        wanted="median unbiased under 50 % censoring: within 10 %", target=met,
        published="Kaplan & Meier 1958",
        how=f"{len(true):,} of {people:,} accounts with {comments} comments each; the others have too few answers for a median and are unknown.",
    )  # fmt: skip


def _window(censored: float) -> float:
    """Length of the window, in true medians, in which evenly spread comments leave this share of log-normal waits unanswered."""
    rng = np.random.default_rng(SEED)
    waits, place = np.exp(rng.normal(0, 1.0, 20_000)), rng.random(20_000)
    lengths = np.exp(np.linspace(np.log(0.5), np.log(100), 200))
    open_share = np.array([float(np.mean(place * length + waits > length)) for length in lengths])
    return float(lengths[np.argmin(np.abs(open_share - censored))])


def _acts(who: Array, actor: str, via: Array | None, post: Array | None, hours: Numbers) -> pa.Table:
    rows, empty = len(who), pa.nulls(len(who), pa.int64())
    account = pa.array(who)
    other = pa.array(who + 10_000_000) if actor == "somebody" else account
    return pa.table({
        "account": account if actor == "somebody" else pa.nulls(rows, pa.int64()), "actor": other, "verb": pa.array(["reply"] * rows),
        "via": empty if via is None else pa.array(via), "post": empty if post is None else pa.array(post),
        "acted_at": _moments(hours * 3600),
    })  # fmt: skip


def _moments(seconds: Numbers) -> pa.Array:
    """Moments so many seconds after an arbitrary one."""
    return pa.array((seconds * 1e6 + 1.7e15).astype(np.int64), pa.timestamp("us", tz="UTC"))


# -- arrays in the order of the truth ----------------------------------------------------------------------------------------


def joined(made: Sequence[Simulated], column: str) -> Numbers:
    """A column of the truth (or, as ":name", a signal) of several worlds, one after the other."""
    parts = [world.value(column[1:]) if column.startswith(":") else world.true(column) for world in made]
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])


def in_order(world: Simulated, rows: pa.Table, column: str) -> Numbers:
    """A column of a table with one row an account, in the order of the world's truth; nan for who is not in it."""
    import pyarrow.compute as pc

    place = pc.index_in(world.truth.column("account").combine_chunks(), rows.column("account").combine_chunks())  # type: ignore[attr-defined]
    return np.array(
        rows.column(column).combine_chunks().take(place).cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64
    )


def known(*columns: Numbers) -> tuple[Numbers, ...]:
    """The rows in which all columns are known and finite."""
    ok = np.logical_and.reduce([np.isfinite(column) for column in columns])
    return tuple(column[ok] for column in columns)
