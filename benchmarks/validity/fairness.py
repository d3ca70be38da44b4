"""Equal conditions: do language, platform, age of the account or size decide who gets a place, or who is flagged? (R112)

Briefs in English, one for each subject of the made-up world, ask for a subject and nothing else: no language, no platform, no
size. Who stands among the first 20 is counted group by group (see groundswell.discover.exposure). Briefs are drawn again, so the
intervals hold for the next brief on another subject. On real data there is no subject to ask for that everybody speaks of: there the
question is only who is flagged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import hypot
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from benchmarks.validity import worlds
from benchmarks.validity.authenticity import beside_best
from benchmarks.validity.figures import SEED, Array, Compared, Numbers, Row, again, auc, ends, met, not_tested, wilson
from benchmarks.validity.worlds import Simulated
from groundswell.discover import Brief, Persona, discover
from groundswell.discover.exposure import FEWEST, PLACES, UNKNOWN, groups_of
from groundswell.signals import SIGNALS, signal_table
from groundswell.signals.present import open_present
from groundswell.simulate.plan import Plan

pc: Any = _compute
DEFINITION = "field_geek@3"
Judge = Callable[[float, float], dict[str, str]]
"""(share of a group, share of the best-off) -> the target, and whether it is met."""
Counted = dict[tuple[str, str], list[tuple[float, float, int]]]
"""(by, group) -> for each brief or world: what they got, of how much, and of how many people."""


def fairness_figures(data_folder: Path | None = None) -> list[Row]:
    """Places, standing among those who fit, and flags, by group."""
    made = worlds.several()
    places, standing = _ranked(made)
    rows = [
        *_rows(
            places,
            "Who gets a place among the first 20",
            f"{worlds.described()}, a brief a subject",
            "share of the group's people who do",
            _PLACES,
            judges=dict.fromkeys(("language", "platform", "account age", "size"), _four_fifths),
        ),
        *_rows(
            standing,
            "How high does the typical person who fits stand",
            f"{worlds.described()}, a brief a subject",
            "share of those who fit whom it stands above",
            _STANDING,
        ),
    ]
    return rows + _flags(made, data_folder)


_PLACES = (
    f"Briefs in English under {DEFINITION}, each for one subject, without language, platform, country or size; places among the first "
    f"{PLACES}, summed over briefs, by people of the group. The definition itself speaks of 500 to 50,000 followers: who is outside gets no place by size. "
    "Intervals come from drawing the briefs anew."
)
_STANDING = f"The same briefs; of those who pass every gate, the mean place, as the share of the others below it. Groups with fewer than {FEWEST} people are left out."


def _four_fifths(share: float, best: float) -> dict[str, str]:
    return {"wanted": "at least .8 of the best-off group's share (29 CFR 1607.4 D)", "target": met(share >= 0.8 * best)}


ALIKE: Mapping[str, Judge] = {"language": beside_best}
"""Equal flags are asked for across languages; of other groups nobody set a number."""


def _ranked(made: Sequence[Simulated]) -> tuple[Counted, Counted]:
    """What each group got from each brief: places by people, and standing by those who fit."""
    places, standing = Counted(), Counted()
    subjects = Plan.read(100, 0, None).topics[: worlds.sized(24, 6)]
    for world in made:
        with open_present(world.workspace) as present:
            for subject in subjects:
                found = discover(world.workspace, _brief(subject), present=present)
                for one in found.exposure:
                    key = (one.by, one.group)
                    places.setdefault(key, []).append((one.places, one.people, one.people))
                    if one.mean_rank is not None:
                        above = 1 - (one.mean_rank - 0.5) / found.fitting
                        standing.setdefault(key, []).append((above * one.fitting, one.fitting, one.people))
    return places, standing


def _brief(subject: str) -> Brief:
    return Brief(
        brand="Nobody", definition=DEFINITION, personas=(Persona(text=subject),), segments={"sector": (subject,)}, limit=PLACES
    )  # fmt: skip


def _flags(made: Sequence[Simulated], data_folder: Path | None) -> list[Row]:
    """Who is taken for false without being so."""
    question = "Which ordinary people are flagged as not what they seem"
    if "authenticity" not in SIGNALS:
        return [not_tested(f"{question}?", "there is no signal `authenticity` yet")]
    from groundswell.signals.authenticity import FLAGGED_BELOW

    counted: Counted = {}
    bots, others = (
        np.concatenate(
            [world.value("authenticity")[np.isin(world.true("archetype"), kinds) == wanted] for world in made]
        )
        for kinds, wanted in (("bot", True), (("bot", "brand account"), False))
    )
    for world in made:
        ordinary = ~np.isin(world.true("archetype"), ("bot", "brand account"))
        _count_flags(counted, world.signals, world.value("authenticity"), ordinary, FLAGGED_BELOW, world)
    how = (
        f"Accounts that the world did not make as bots or brands; of its bots {np.mean(bots < FLAGGED_BELOW):.0%} are flagged: the fewer, the less "
        "do equal flags show. Intervals are Wilson's, differences Newcombe's (1998). Where nobody of the best-off is flagged there is no ratio to judge."
    )
    rows = [
        bots_flagged(bots[~np.isnan(bots)], others[~np.isnan(others)], FLAGGED_BELOW),
        *_rows(
            counted,
            question,
            worlds.described(),
            "share flagged; less is better",
            how,
            lower=True,
            of_people=True,
            judges=ALIKE,
        ),
    ]
    workspace = worlds.real("rumoureval_threads") if data_folder else None
    if workspace is None:
        return [*rows, not_tested(f"{question}, in real data?", "the real data are not at hand (GROUNDSWELL_DATA)")]
    table = signal_table(workspace).rows
    values = pc.struct_field(table.column("authenticity").combine_chunks(), "value").to_numpy(zero_copy_only=False)
    real: Counted = {}
    _count_flags(real, table, values, np.ones(len(values), bool), FLAGGED_BELOW, None)
    how = (
        "Everybody who wrote in these threads of news talk, 2014 and 2015; nobody labelled them, so some flags may be right. "
        "Intervals are Wilson's, differences Newcombe's (1998)."
    )
    return rows + _rows(
        real,
        f"{question}, in real data",
        "rumoureval_threads",
        "share flagged; less is better",
        how,
        lower=True,
        of_people=True,
        judges=ALIKE,
    )


def bots_flagged(bots: Numbers, others: Numbers, below: float) -> Row:
    """Whether anything is found where nobody is wronged: people are spared by whoever flags nobody, too."""
    flags = [np.column_stack([some < below, np.ones((len(some), 2))]) for some in (bots, others)]
    ranked = auc(np.repeat([1, 0], [len(bots), len(others)]), -np.concatenate([bots, others]))
    found = _by_people(*flags, 1.0)
    return found.row(
        "How many bots of the made-up communities are flagged?", worlds.described(), "ordinary people, flagged alike", measure="share flagged",
        signals=("authenticity",), people=len(bots),
        how=f"Bots were made with few followers, many whom they follow, and little liking. They are ranked below others (AUC {ranked:.2f}); "
        f"flagged is whoever is genuine by less than {below:.0%} in a world in which few are false.",
    )  # fmt: skip


def _count_flags(
    counted: Counted, rows: pa.Table, value: Numbers, ordinary: Array, below: float, world: Simulated | None
) -> None:
    """Add one line a person to the groups it belongs to. `value` and `ordinary` are in the order of the world's truth, if there is one."""
    place = (
        pc.index_in(world.truth.column("account").combine_chunks(), rows.column("account").combine_chunks())
        if world is not None
        else pa.array(np.arange(rows.num_rows))
    )
    asked = ordinary & ~np.isnan(value)
    for by, groups in groups_of(rows).items():
        names = np.array(groups.take(place).to_pylist())
        for name in np.unique(names[asked]):
            mine = value[asked & (names == name)]
            counted.setdefault((by, str(name)), []).extend((float(one < below), 1.0, 1) for one in mine)


# -- figures out of counts ---------------------------------------------------------------------------------------------------


def _rows(
    counted: Counted,
    question: str,
    data: str,
    measure: str,
    how: str,
    *,
    lower: bool = False,
    of_people: bool = False,
    judges: Mapping[str, Judge] = MappingProxyType({}),
) -> list[Row]:
    """One row a group, beside the group that fares best, which has no target: it is the measure of the others."""
    rows: list[Row] = []
    by_kind: defaultdict[str, dict[str, Numbers]] = defaultdict(dict)
    for (by, group), some in counted.items():
        by_kind[by][group] = np.array(some, np.float64)
    for by, groups in by_kind.items():
        people = {group: int(len(some) if of_people else some[:, 2].max()) for group, some in groups.items()}
        compared = {
            group: some
            for group, some in groups.items()
            if people[group] >= FEWEST and group != UNKNOWN and some[:, 1].sum()
        }
        for group, best, found in _beside_best(compared, lower, of_people):
            judged = judges[by](found.figure, found.baseline_figure) if by in judges and group != best else {}
            rows.append(
                found.row(
                    f"{question}, by {by}?", data, f"the best-off: {best}", measure=measure, how=how, group=group, people=people[group],
                    signals=("authenticity",) if of_people else (), **judged,
                )
            )  # fmt: skip
    return rows


def _beside_best(groups: dict[str, Numbers], lower: bool, of_people: bool) -> Iterator[tuple[str, str, Compared]]:
    """Each group, the best-off first, beside the best-off."""
    sign = -1.0 if lower else 1.0
    rate = {group: _rate(some)(np.arange(len(some))) for group, some in groups.items()}
    if not rate:
        return
    best = max(sorted(rate), key=lambda group: sign * rate[group])
    compare = _by_people if of_people else _by_briefs
    for group in sorted(rate, key=lambda group: (-sign * rate[group], group)):
        found = compare(groups[group], groups[best], sign)
        yield group, best, replace(found, gain_low=0.0, gain_high=0.0) if group == best else found


def _by_briefs(mine: Numbers, its: Numbers, sign: float) -> Compared:
    """Briefs are drawn anew: the same ones for both where both had all of them."""
    drawn = again(lambda rows: (_rate(mine)(rows),), len(mine))[:, 0]
    other = again(lambda rows: (_rate(its)(rows),), len(its), seed=SEED + (len(its) != len(mine)))[:, 0]
    a, b = (_rate(some)(np.arange(len(some))) for some in (mine, its))
    low, high = ends(drawn)
    return Compared(a, min(low, a), max(high, a), b, sign * (a - b), *ends(sign * (drawn - other)))


def _by_people(mine: Numbers, its: Numbers, sign: float) -> Compared:
    """Shares of people, which may be none at all: Wilson's limits, and Newcombe's for the difference (1998, method 10)."""
    (a, low, high), (b, its_low, its_high) = (
        (float(some[:, 0].mean()), *wilson(int(some[:, 0].sum()), len(some))) for some in (mine, its)
    )
    less, more = a - b - hypot(a - low, its_high - b), a - b + hypot(high - a, b - its_low)
    return Compared(a, min(low, a), max(high, a), b, sign * (a - b), *sorted((sign * less, sign * more)))


def _rate(some: Numbers) -> Callable[[Array], float]:
    return lambda rows: float(some[rows, 0].sum() / max(some[rows, 1].sum(), 1.0))
