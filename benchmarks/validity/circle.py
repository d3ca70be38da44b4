"""Circles: are friends told from fans, and do those come back of whom it is said? Friends were planted, and nobody else knows of them.

The signals see follows and comments. The simulator knows who belongs to which circle, which no file tells; a fan may follow back
by chance, and in the loosely knit world circles are large and most comments come from fans.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.validity import worlds
from benchmarks.validity.basics import in_order, joined, known
from benchmarks.validity.figures import Numbers, Row, auc, compared, mean_absolute_error, met, spearman
from benchmarks.validity.worlds import Simulated
from groundswell.simulate.plan import Plan

MADE_UP = "made-up communities of four kinds"
CLOSE = 0.5
"""From this density of ties among a circle on, an archetype counts as friendly (half of all pairs)."""


def circle_figures() -> list[Row]:
    """Friends against what was planted, and loyalty against what came after."""
    made = worlds.several()
    return [*_friendly(made), *_knit(made), _share_of_friends(made), _closer(made), _returns(made)]


def _friendly(made: Sequence[Simulated]) -> list[Row]:
    planted = np.concatenate([_planted(world) for world in made])
    said = joined(made, ":friends_family_share")
    baselines = {
        "accounts it follows per follower": joined(made, ":following_ratio"),
        "number of followers that it follows back": np.concatenate([_mutual(world) for world in made]),
        NEIGHBOURS: joined(made, ":embeddedness"),
    }
    return [_told_apart(name, *known(planted, said, guess)) for name, guess in baselines.items()]


NEIGHBOURS = "common neighbours (embeddedness) alone"


def _told_apart(baseline: str, planted: Numbers, said: Numbers, guess: Numbers) -> Row:
    found = compared(auc, planted, said, guess)
    wanted = {"wanted": "more than common neighbours tell", "target": met(found.verdict == "beats")}
    return found.row(
        "Is the share of friends and family higher where circles are close?", MADE_UP, baseline,
        measure="AUC", signals=("friends_family_share",), **(wanted if baseline == NEIGHBOURS else {}),
        how="Planted: whether people of the archetype tie most of the pairs within a circle. Who has fewer than ten people in the "
        "audience seen is left out of both sides.",
    )  # fmt: skip


def _knit(made: Sequence[Simulated]) -> list[Row]:
    planted, followed_back = (np.concatenate([of(world) for world in made]) for of in (_planted, _mutual))
    return [
        compared(auc, *known(planted, joined(made, f":{name}"), followed_back)).row(
            f"Does {name} tell close circles from loose ones?", MADE_UP, "number of followers that it follows back",
            measure="AUC", signals=(name,), how="Planted: whether people of the archetype tie most of the pairs within a circle.",
        )
        for name in ("embeddedness", "clustering")
    ]  # fmt: skip


def _planted(world: Simulated) -> Numbers:
    """Whether the archetype of each ties at least half of the pairs within its circle."""
    kinds = Plan.read(100, 0, None).assumed["archetype"]  # no kind of world changes the archetypes
    friends = {kind["name"]: kind["friends"] for kind in kinds}
    return np.array([float(friends[kind] >= CLOSE) for kind in world.truth.column("archetype").to_pylist()])


def _mutual(world: Simulated) -> Numbers:
    with world.workspace.engine() as engine:
        rows = engine.table(
            """SELECT f.followed AS account, count(*) AS both FROM follows AS f
               JOIN follows AS g ON g.follower = f.followed AND g.followed = f.follower GROUP BY f.followed"""
        )
    return np.nan_to_num(in_order(world, rows, "both"))


def _share_of_friends(made: Sequence[Simulated]) -> Row:
    friends, listed = joined(made, "friends"), joined(made, "listed_followers")
    true = np.where(listed >= 10, friends / np.maximum(listed, 1), np.nan)
    found = compared(
        mean_absolute_error,
        *known(true, joined(made, ":friends_family_share"), joined(made, ":reciprocity")),
        higher_is_better=False,
    )
    return found.row(
        "How far is the share of friends and family from the planted one?", MADE_UP, "share of followers who are followed back",
        measure="mean distance in share", signals=("friends_family_share", "reciprocity"),
        how="True: friends of the circle among the followers that the files list. The signal's audience holds people who only comment, too.",
    )  # fmt: skip


def _closer(made: Sequence[Simulated]) -> Row:
    friends, listed = joined(made, "friends"), joined(made, "listed_followers")
    true = np.where(listed >= 10, friends / np.maximum(listed, 1), np.nan)
    found = compared(spearman, *known(true, joined(made, ":embeddedness"), -joined(made, ":followers")))
    return found.row(
        "Do the ties of those with many friends among their followers overlap more?", MADE_UP, "fewer followers",
        measure="Spearman", signals=("embeddedness",), how="True: friends of the circle among the followers that the files list.",
    )  # fmt: skip


def _returns(made: Sequence[Simulated]) -> Row:
    parts = [_came_after(world) for world in made]
    true, said, crowd = (np.concatenate(part) for part in zip(*parts, strict=True))
    found = compared(spearman, *known(true, said, crowd))
    return found.row(
        "Do the people return of whom it is said that they come back?", MADE_UP, "number of people who spoke to it before",
        measure="Spearman", signals=("returning_share",),
        how="Of those who spoke to an account in the first part of the time, the share who do in the rest; five people or more.",
    )  # fmt: skip


def _came_after(world: Simulated) -> tuple[Numbers, Numbers, Numbers]:
    moment = world.moment(0.6)
    with world.workspace.engine() as engine:
        rows = engine.table(
            f"""SELECT account, avg(CASE WHEN after > 0 THEN 1e0 ELSE 0e0 END) AS came, count(*)::DOUBLE AS crowd FROM (
                    SELECT account, actor, count(*) FILTER (acted_at > TIMESTAMPTZ '{moment.isoformat()}') AS after,
                           count(*) FILTER (acted_at <= TIMESTAMPTZ '{moment.isoformat()}') AS before
                    FROM interactions WHERE verb IN ('reply', 'quote', 'repost', 'mention') AND actor <> account GROUP BY ALL)
                WHERE before > 0 GROUP BY account HAVING count(*) >= 5"""
        )
    said = world.value("returning_share", signals=world.past(moment))
    return in_order(world, rows, "came"), said, in_order(world, rows, "crowd")
