"""Does a plan bring more than the rules of the trade, in what people then do?

Made-up communities are cut in time: what was written and done before a moment is brought in, a plan is made of it, and what came after
decides. Nothing there follows the plan's model: who acts is drawn from friendship, subject and chance by the simulator, prices from
followers with noise, and of those who are asked one in five declines. Everybody's list is bought for the same money, price by price.
A community is one case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
import pyarrow.parquet as pq

from benchmarks.validity import worlds
from benchmarks.validity.figures import Array, Numbers, Row, again, ends
from groundswell.discover import Brief, Spending
from groundswell.ingest import import_file
from groundswell.plan import planned
from groundswell.plan.pool import Pool, read_pool
from groundswell.signals.present import open_present
from groundswell.simulate import simulate
from groundswell.store import Workspace

pc: Any = _compute
COMMUNITIES, QUICK = 50, 2
PEOPLE = 300
CUT = 0.6
"""Share of the posts that are known when the plan is made."""
BUDGET = 250_000
"""Minor units; at the prices below it pays for some twenty people."""
DECLINES = 0.2
DRAWS = 400
"""Times that one later post of each is drawn, and who declines."""
TIMES = {"posts": "created_at", "interactions": "acted_at", "follows": "since", "history": "observed_at"}
SPARKED = ("reply", "repost", "quote")
OBJECTIVES = {"unique reach": "different people who acted", "sparked actions": "replies, reposts and quotes"}
RULES: dict[str, Callable[[Pool], Numbers]] = {
    "top by past sparked actions": lambda pool: _known(pool, "sparked"),
    "past sparked actions per price": lambda pool: _known(pool, "sparked") / pool.costs,
    "most followers first": lambda pool: _known(pool, "followers"),
    "followers per price": lambda pool: _known(pool, "followers") / pool.costs,
}


def plan_figures() -> list[Row]:
    """What a plan brought beside each rule, over communities that nobody has seen."""
    seeds = range(500, 500 + worlds.sized(COMMUNITIES, QUICK))
    found = [_community(seed, list(worlds.KINDS)[seed % len(worlds.KINDS)]) for seed in seeds]
    return [
        _row(objective, rule, np.array([[one[objective]["plan"], one[objective][rule]] for one in found]))
        for objective in OBJECTIVES
        for rule in RULES
    ]


def _row(objective: str, rule: str, brought: Numbers) -> Row:
    def gained(rows: Array) -> tuple[float, ...]:
        return (float(brought[rows, 0].sum() / brought[rows, 1].sum() - 1),)

    [gain] = gained(np.arange(len(brought)))
    low, high = ends(again(gained, len(brought))[:, 0])
    aimed = rule == "top by past sparked actions"
    return {
        "question": f"By how much does a plan for {objective} bring more than “{rule}”?",
        "data": f"{len(brought)} made-up communities of {PEOPLE} people (kinds: {', '.join(worlds.KINDS)}), split in time",
        "baseline": rule, "baseline_figure": 0.0, "figure": gain, "low": min(low, gain), "high": max(high, gain), "published": "",
        "verdict": "beats" if low > 0 else "worse than" if high < 0 else "no better than", "measure": "share more",
        "wanted": "at least .10 more, the interval above zero" if aimed else "",
        "target": ("meets the target" if gain >= 0.1 and low > 0 else "misses the target") if aimed else "",
        "people": len(brought) * PEOPLE, "signals": ("sparked",) if "sparked" in rule else (),
        "how": f"{OBJECTIVES[objective].capitalize()} after one later post of each, {brought[:, 0].mean():.1f} a plan against {brought[:, 1].mean():.1f}, "
        "on average over later posts and over who declines (one in five). Profiles are as they were at the end, for both.",
    }  # fmt: skip


@dataclass(frozen=True)
class _After:
    """What came after the moment: of each account, for each of its later posts, who acted and how many acts it sparked."""

    acted: dict[str, list[Array]]
    sparked: dict[str, list[int]]

    def brought(self, picks: Sequence[str], objective: str, rng: np.random.Generator) -> float:
        """What these people bring on average when each posts once more and one in five declines."""
        total = 0.0
        for _ in range(DRAWS):
            met = [one for one in picks if rng.random() >= DECLINES and self.acted.get(one)]
            at = [int(rng.integers(len(self.acted[one]))) for one in met]
            if objective == "sparked actions":
                total += sum(self.sparked[one][place] for one, place in zip(met, at, strict=True))
            elif met:
                everybody = np.concatenate([self.acted[one][place] for one, place in zip(met, at, strict=True)])
                total += len(np.unique(everybody))
        return total / DRAWS


def _community(seed: int, kind: str) -> dict[str, dict[str, float]]:
    """Objective -> plan or rule -> what it brought."""
    with TemporaryDirectory(prefix="validity-plans-") as folder:
        with worlds.assuming(worlds.KINDS[kind]):
            files = simulate(Path(folder) / "files", people=PEOPLE, seed=seed, form="parquet").files
        tables = {name: pq.read_table(path) for name, path in files.items() if name != "sheet"}
        own = pc.equal(tables["posts"].column("kind"), "post")
        moment = pc.quantile(pc.cast(tables["posts"].filter(own).column("created_at"), pa.int64()), CUT)[0].as_py()
        cut = pc.cast(pa.scalar(int(moment), pa.int64()), tables["posts"].schema.field("created_at").type)
        workspace = _before(Path(folder), tables, cut)
        return _brought(workspace, _after(tables, cut), np.random.default_rng(seed))


def _before(folder: Path, tables: dict[str, pa.Table], cut: pa.Scalar) -> Workspace:
    """A workspace that knows what had been said and done at the moment, and nothing of what came after."""
    workspace, seen = Workspace.create(folder / "workspace"), cut.as_py()
    assert isinstance(seen, datetime)
    for name, rows in tables.items():
        if column := TIMES.get(name):
            when = rows.column(column)
            rows = rows.filter(pc.fill_null(pc.less_equal(when, pc.cast(cut, when.type)), True))
        if "observed_at" in rows.column_names and name != "history":
            at = rows.schema.get_field_index("observed_at")
            rows = rows.set_column(
                at, "observed_at", pa.repeat(pc.cast(cut, rows.schema.field(at).type), rows.num_rows)
            )
        path = folder / f"{name}.parquet"
        pq.write_table(rows, path)
        import_file(workspace, path, observed_at=seen)
    return workspace


def _after(tables: dict[str, pa.Table], cut: pa.Scalar) -> _After:
    posts, acts = tables["posts"], tables["interactions"]
    later = posts.filter(pc.and_(pc.equal(posts.column("kind"), "post"), pc.greater(posts.column("created_at"), cut)))
    by_post: dict[Any, list[tuple[Any, bool]]] = {}
    names = ("target_post", "actor_id", "target_account", "verb")
    for post, actor, owner, verb in zip(*(acts.column(name).to_pylist() for name in names), strict=True):
        if actor != owner:
            by_post.setdefault(post, []).append((actor, verb in SPARKED))
    acted: dict[str, list[Array]] = {}
    sparked: dict[str, list[int]] = {}
    platforms, authors, ids = (later.column(name).to_pylist() for name in ("platform", "author_id", "id"))
    for platform, author, post in zip(platforms, authors, ids, strict=True):
        found = by_post.get(post, [])
        acted.setdefault(f"{platform}:{author}", []).append(np.array([actor for actor, _ in found], np.int64))
        sparked.setdefault(f"{platform}:{author}", []).append(sum(is_spark for _, is_spark in found))
    return _After(acted, sparked)


def _brought(workspace: Workspace, after: _After, rng: np.random.Generator) -> dict[str, dict[str, float]]:
    with open_present(workspace) as present:
        prices = _prices(present.table.rows, rng)
        made: dict[str, dict[str, float]] = {}
        for objective in OBJECTIVES:
            brief = Brief(
                "Oat & Co", "field_geek@1", budget={"amount_minor": BUDGET, "currency": "EUR"},
                segments={"channel": ("instagram",)}, spending=Spending(objective=objective, prices=prices),
            )  # fmt: skip
            pool = read_pool(present, brief)  # what `plan` reads, read once for the plan and for the rules
            picks = {"plan": [pick.who.account for pick in planned(present, pool).picks]}
            picks |= {rule: _bought(pool, order(pool)) for rule, order in RULES.items()}
            made[objective] = {name: after.brought(some, objective, rng) for name, some in picks.items()}
    return made


def _prices(rows: pa.Table, rng: np.random.Generator) -> tuple[tuple[str, int], ...]:
    """What each asks: less than in proportion to followers, and not by what they are worth."""
    followers = pc.struct_field(rows.column("followers").combine_chunks(), "value").to_pylist()
    asked = [round(150 * (count or 100) ** 0.6 * rng.lognormal(0, 0.5)) for count in followers]
    return tuple(zip(rows.column("account").to_pylist(), asked, strict=True))


def _known(pool: Pool, name: str) -> Numbers:
    return np.array([one.values[name].value or 0.0 for one in pool.people], np.float64)


def _bought(pool: Pool, worth: Numbers) -> list[str]:
    """Whom a buyer gets who goes down a list and takes everybody whom the rest of the money pays, forty at most."""
    left, chosen = float(BUDGET), list[str]()
    for place in np.argsort(-worth, kind="stable").tolist():
        if place not in pool.closed and pool.costs[place] <= left and len(chosen) < 40:
            chosen.append(pool.people[place].who.account)
            left -= pool.costs[place]
    return chosen


__all__ = ["plan_figures"]
