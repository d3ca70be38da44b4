"""What was planted is looked for: a rise of advertising and what became of the rest, growth in a time of praise, kinds of small accounts.

Rows are drawn for the purpose and nothing else, so that what is true is known to a figure; they say how far a signal is off where
its picture of the world holds, and nothing of whether the world is like that.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.validity import worlds
from benchmarks.validity.basics import joined, known
from benchmarks.validity.figures import (
    SEED,
    Array,
    Numbers,
    Row,
    accuracy,
    bootstrap,
    compared,
    kept,
    mean_absolute_error,
    met,
)
from benchmarks.validity.worlds import Simulated, sized
from groundswell.ingest import import_file
from groundswell.signals.by_size import EDGES, FEWEST
from groundswell.store import Workspace

SEEN = datetime(2026, 10, 31, 20, tzinfo=UTC)
DAYS, POSTS, LOOKS = 360, 90, 52
MADE = "accounts drawn for the purpose, 90 posts each"
GOOD = "I tried this pan and it is wonderful, I love it."
MIXED = "I tried this pan and it is lovely. Sadly the handle broke and that is terrible."


def planted_figures() -> list[Row]:
    """Advertising, praise, kinds, size classes, and peers drawn again."""
    return [*_advertising(), *_praise(), _kinds(), _fields(), _size_class(), _again()]


# -- advertising, and praise -----------------------------------------------------------------------------------------------


@cache
def sellers(people: int) -> Simulated:
    """Accounts that begin to advertise at some day, which changed what their other posts get; and that praised alone for a time."""
    chance, folder = np.random.default_rng(SEED), Path(tempfile.mkdtemp(prefix="validity-sellers-"))
    start, factor = chance.uniform(0.3, 0.7, people), np.exp(chance.normal(0, 0.35, people))
    pace, faster = chance.normal(0.001, 0.001, people), chance.normal(0, 0.002, people)
    posts, seen = [], []
    for who in range(people):
        at = np.sort(chance.uniform(0, 1, POSTS))
        level = np.exp(chance.normal(5, 1) + DAYS * pace[who] * at)  # likes grow as its followers do
        late = at >= start[who]
        paid = chance.random(POSTS) < np.where(late, 0.35, 0.03)
        got = level * np.exp(chance.normal(0, 0.5, POSTS)) * np.where(late, factor[who], 1) * np.where(paid, 0.6, 1)
        praised = (at > 0.35) & (at < 0.65)
        for number in range(POSTS):
            text = f"{GOOD if praised[number] else MIXED} {number}" + (" #ad" if paid[number] else "")
            posts.append(
                (
                    str(who),
                    f"{who}-{number}",
                    SEEN - timedelta(days=DAYS * (1 - at[number]) + 5),
                    text,
                    int(got[number]),
                )
            )
        # Counts go on as they would, a little by chance; within the time of praise by another pace.
        share = np.linspace(0, 1, LOOKS)
        first, last = at[praised].min(), at[praised].max()
        within = np.clip(share, first, last) - first
        log = 8 + DAYS * (pace[who] * share + faster[who] * within) + np.cumsum(chance.normal(0, 0.004, LOOKS))
        seen += [
            (str(who), SEEN - timedelta(days=DAYS * (1 - day) + 5), int(np.exp(size)))
            for day, size in zip(share, log, strict=True)
        ]
    workspace = Workspace.create(folder / "workspace")
    names = ("author_id", "id", "created_at", "text", "likes")
    table = pa.table({name: [row[place] for row in posts] for place, name in enumerate(names)})
    for name, value in {
        "platform": "instagram",
        "language": "en",
        "kind": "post",
        "observed_at": SEEN,
        "replies": 0,
    }.items():
        table = table.append_column(name, pa.array([value] * table.num_rows))
    counts = pa.table(
        {name: [row[place] for row in seen] for place, name in enumerate(("id", "observed_at", "followers"))}
    )
    counts = counts.append_column("platform", pa.array(["instagram"] * counts.num_rows)).append_column(
        "handle", pa.array([f"seller{row[0]}" for row in seen])
    )
    for name, rows in {"accounts": counts, "posts": table}.items():
        pq.write_table(rows, folder / f"{name}.parquet")
        import_file(workspace, folder / f"{name}.parquet")
    pq.write_table(pa.table({
        "account": [f"instagram:{who}" for who in range(people)], "start": start, "change": factor - 1, "faster": np.expm1(30 * faster), "pace": np.expm1(30 * (pace + faster)),
    }), folder / "truth.parquet")  # fmt: skip
    return Simulated("sellers", SEED, "sellers", folder)


def _advertising() -> list[Row]:
    """Of accounts whose rise of advertising was planted."""
    world = sellers(sized(400, 60))
    true, said = world.true("change"), world.value("after_sponsorship")
    told = np.isfinite(said)
    halves = _halves(world)
    found = compared(mean_absolute_error, *known(true, said, halves), higher_is_better=False)
    low, high = world.value("after_sponsorship", "low"), world.value("after_sponsorship", "high")
    how = f"The share of advertisements rose from 3 to 35 % at a day between the third and seventh tenth of the time. The rise is found in {told.mean():.0%}."
    return [found.row(
        "How far off is what became of the other posts when somebody began to sell?", f"{sized(400, 60)} {MADE}",
        "other posts of the second half of its time against the first", measure="mean distance of a ratio", signals=("after_sponsorship",),
        how=how,
    ), _holds("what became of the other posts when somebody began to sell", ((low <= true) & (true <= high))[told], "after_sponsorship", how)]  # fmt: skip


def _holds(what: str, inside: Array, signal: str, how: str) -> Row:
    """How often a 90 % interval holds what was planted: too seldom is wrong, and much too often says less than it could."""
    value, low, high = bootstrap(lambda rows: float(inside[rows].mean()), len(inside))
    return {
        "question": f"How often does the 90 % interval hold the truth: {what}?", "data": f"{len(inside)} {MADE}", "baseline": "what it promises",
        "baseline_figure": 0.9, "figure": value, "low": low, "high": high, "published": "", "verdict": kept(high),
        "measure": "share of intervals that hold the truth", "wanted": "0.87 to 0.93", "target": met(0.87 <= value <= 0.93), "signals": (signal,), "how": how,
    }  # fmt: skip


def _halves(world: Simulated) -> Numbers:
    with world.workspace.engine() as engine:
        rows = engine.table(
            """WITH p AS (SELECT account, ln(likes + 1e0) AS score, ntile(2) OVER (PARTITION BY account ORDER BY created_at) AS half
                          FROM posts WHERE NOT contains(text, '#ad'))
               SELECT account, exp(avg(score) FILTER (half = 2) - avg(score) FILTER (half = 1)) - 1 AS change FROM p GROUP BY account"""
        )
    found = dict(zip(rows.column("account").to_pylist(), rows.column("change").to_pylist(), strict=True))
    return np.array([found[name] for name in world.truth.column("account").to_pylist()], np.float64)


def _praise() -> list[Row]:
    """Of the same accounts: their followers while they only praised."""
    world = sellers(sized(400, 60))
    true, said = world.true("faster"), world.value("praise_run_growth")
    told = np.isfinite(said)
    low, high = world.value("praise_run_growth", "low"), world.value("praise_run_growth", "high")
    found = compared(mean_absolute_error, *known(true, said, world.true("pace")), higher_is_better=False)
    how = f"Told of {told.mean():.0%}."
    return [found.row(
        "How far off is how followers moved while somebody only praised?", f"{sized(400, 60)} {MADE}, followers counted each week",
        "growth within the time of praise, as it was", measure="mean distance of growth a month", signals=("praise_run_growth",),
        how=how,
    ), _holds("how followers moved while somebody only praised", ((low <= true) & (true <= high))[told], "praise_run_growth", how)]  # fmt: skip


# -- communities -----------------------------------------------------------------------------------------------------------

KINDS = {
    "new": "new",
    "stalled": "stalled",
    "alpha": "alpha consumer",
    "specialist": "specialist",
    "everyday voice": "everyday voice",
}


OF_ONE_FIELD, OF_MANY = ("specialist", "brand account"), ("everyday voice", "alpha consumer", "entertainer")


def _kind(label: str) -> str:
    """The kind that a label begins with: "alpha consumer (score 0.81)"."""
    return next((kind for short, kind in KINDS.items() if label.startswith(short)), "")


def _kinds() -> Row:
    """Kinds of small accounts, as they were made."""
    made = worlds.several()
    true = np.concatenate([world.true("archetype") for world in made])
    said = np.array([_kind(label or "") for world in made for label in world.labels("small_kind")])
    made_so = np.isin(true, list(KINDS.values()))
    told = made_so & (said != "")
    commonest = Counter(true[told].tolist()).most_common(1)[0][0]
    found = compared(accuracy, true[told], said[told], np.full(int(told.sum()), commonest))
    kinds = ", ".join(f"{kind} {np.mean(said[told & (true == kind)] == kind):.0%}" for kind in KINDS.values())
    return found.row(
        "Is the kind of a small account the one that it was made as?", worlds.described(), f"“{commonest}” for everybody",
        measure="share that is right", signals=("small_kind",), people=int(told.sum()),
        how=f"Of those who were made as one of the five kinds; {told.sum() / made_so.sum():.0%} of them are told any. Found again: {kinds}. The line of the "
        "specialist was chosen on worlds of these kinds.",
    )  # fmt: skip


def _fields() -> Row:
    """Who passes the gate of one field: those who were made to write of one, and others."""
    made = worlds.several()
    archetype = np.concatenate([world.true("archetype") for world in made])
    lead, focus = (
        np.concatenate([world.value(name, "low") for world in made]) for name in ("topic_lead", "topic_focus")
    )
    told = np.isfinite(lead) & np.isfinite(focus) & np.isin(archetype, [*OF_ONE_FIELD, *OF_MANY])
    true, ours, theirs = np.isin(archetype, OF_ONE_FIELD)[told], (lead >= 0.15)[told], (focus >= 0.5)[told]
    found = compared(accuracy, true, ours, theirs)
    shares = [f"{np.mean(said[true == kind]):.0%}" for said in (ours, theirs) for kind in (True, False)]
    return found.row(
        "Do those pass as people of one field who were made to write of one?", worlds.described(), "half of the focus, as in field_geek@2",
        measure="share judged rightly", signals=("topic_lead", "topic_focus"), people=int(told.sum()),
        how=f"Specialists and brands against everyday voices, alpha consumers and entertainers. field_geek@3 lets {shares[0]} of the former pass "
        f"and {shares[1]} of the latter; version 2 let {shares[2]} and {shares[3]} pass. The line was chosen on worlds of these kinds.",
    )  # fmt: skip


def _size_class() -> Row:
    """Places among accounts of one size, counted by hand."""
    made = worlds.several()
    right, hasty = (np.concatenate([_places(world, within) for world in made]) for within in (True, False))
    true, said, rough = known(right, joined(made, ":tier_percentile"), hasty)
    found = compared(mean_absolute_error, true, said, rough, higher_is_better=False)
    return found.row(
        "How far is the place in a size class from the one that one counts by hand?", worlds.described(), "place among all of its platform",
        measure="mean distance of shares", signals=("tier_percentile",), people=len(true),
        how="By hand: the share of accounts of its platform and decade of followers that move less of their followers, equal ones counted half.",
    )  # fmt: skip


def _places(world: Simulated, within: bool) -> Numbers:
    rate, followers = world.value("public_rate"), world.value("followers")
    platform = np.array([name.partition(":")[0] for name in world.truth.column("account").to_pylist()])
    group = np.array(
        [f"{one} {size}" if within else one for one, size in zip(platform, np.digitize(followers, EDGES), strict=True)]
    )
    found = np.full(len(rate), np.nan)
    for one in np.unique(group):
        here = np.flatnonzero((group == one) & np.isfinite(rate) & (followers > 0))
        if len(here) > FEWEST:
            others = rate[here][None, :]
            found[here] = (
                (others < rate[here][:, None]).sum(1) + 0.5 * ((others == rate[here][:, None]).sum(1) - 1)
            ) / (len(here) - 1)
    return found


def _again() -> Row:
    """Main topics when posts are drawn again, two hundred times."""
    world = worlds.world(11, kind="usual")
    true, label = _stays(world), np.array([one or "" for one in world.labels("peer_stability")])
    said = np.where(label == "its main topic", world.value("peer_stability"), np.nan)
    true, said, always = known(true, said, np.ones(len(true)))
    found = compared(mean_absolute_error, true, said, always, higher_is_better=False)
    return found.row(
        "How far is the steadiness of peers from what drawing the posts again shows?", "a made-up community, those whose peers are chosen by topic",
        "taking every main topic for settled", measure="mean distance of shares", signals=("peer_stability",), people=len(true),
        how="Of each account as many posts as it has are drawn from them with replacement, two hundred times: how often the main topic stays.",
    )  # fmt: skip


def _stays(world: Simulated) -> Array:
    from groundswell.signals.table import prepare
    from groundswell.signals.topics import latest_corpus

    chance = np.random.default_rng(SEED)
    assert world.signals.num_rows
    with world.workspace.engine() as engine:
        prepare(engine, world.workspace.cache / "findings", latest_corpus(world.workspace.fits))
        rows = engine.rows(
            """SELECT account, list(posts ORDER BY topic) FROM (
                   SELECT account, topic, count(*) AS posts FROM posts JOIN topic_of_text USING (text_hash)
                   WHERE (kind IS NULL OR kind IN ('post', 'quote')) AND topic IS NOT NULL GROUP BY ALL) GROUP BY account"""
        )
    found = {}
    for account, counts in rows:
        shares = np.array(counts) / sum(counts)
        again = chance.multinomial(sum(counts), shares, 200)
        found[account] = float(np.mean(again.argmax(1) == shares.argmax()))
    return np.array([found.get(name, np.nan) for name in world.truth.column("account").to_pylist()])
