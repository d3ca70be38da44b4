"""Shortlist and money -> plan. The choice itself is made by `groundswell.graph.choosing`; here stands what is said about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import numpy as np

from groundswell.discover import Brief
from groundswell.discover.spending import minor_in_main, money
from groundswell.graph.choosing import Choice
from groundswell.plan.audience import wishes
from groundswell.plan.big_name import Big, against, read_big
from groundswell.plan.choosing import Conditions, choose_somebody, chosen_or_none, conditions_of
from groundswell.plan.model import AudienceKnown, CurvePoint, MixLine, OtherBudget, Pair, Pick, Plan
from groundswell.plan.objectives import named_of, objective_of
from groundswell.plan.outcomes import likes_and_comments, sparked_actions, why_so_many
from groundswell.plan.pool import Pool, budget_of, read_pool
from groundswell.plan.wording import (
    audience_says,
    certificate_says,
    notes_of,
    other_says,
    overlap_says,
    plan_says,
    warning_of,
)
from groundswell.signals.findings import Progress
from groundswell.signals.kinship import wilson_limits
from groundswell.signals.present import Present, open_present
from groundswell.store import Workspace

LESS, MORE = 0.8, 1.2
"""What leaves when the money falls by a fifth, and what enters when it grows by one (design choice)."""
CURVE = (0.2, 0.4, 0.6, LESS, 1.0, MORE, 1.5)
"""Budgets, as parts of the one that was asked for, at which the curve is drawn (design choice)."""
PAIRS_SHOWN = 780
"""All pairs of forty people; of a larger plan those that share most (design choice)."""
MIX_SHOWN = 6
"""Countries or languages, the most frequent first (design choice: nobody reads more)."""


def plan(
    workspace: Workspace, brief: Brief, progress: Progress | None = None, *, present: Present | None = None
) -> Plan:
    """Divide a brief's money among the people of a workspace.

    Errors: BriefError for a brief without money or with names that do not fit it; ImpossibleError where no plan meets it.
    """
    budget_of(brief)
    if present is None:
        with open_present(workspace, progress) as present:
            return planned(present, read_pool(present, brief, progress))
    return planned(present, read_pool(present, brief, progress))


def planned(present: Present, pool: Pool) -> Plan:
    """The plan from a pool that was read."""
    budget, _ = budget_of(pool.brief)
    return plan_from(pool, read_big(present, pool, budget))


def plan_from(pool: Pool, big: Big | None) -> Plan:
    """The plan from what was read, with everything that is said about it."""
    budget, _ = budget_of(pool.brief)
    conditions = conditions_of(pool)
    others = _climb(pool, conditions, budget)
    choice = others[1.0]
    assert choice is not None
    picks = choice.picks.tolist()
    named = named_of(pool.people, pool.audience, picks)
    same_money = chosen_or_none(pool, replace(conditions, least=0, soft=True), big.price.minor) if big else None
    robust = _declining(pool, picks)
    spent = sum(_minor(pool, pick) for pick in picks)
    made = Plan(
        name="",
        brief=pool.brief,
        definition=pool.candidates.definition,
        objective=pool.objective.name,
        measure=pool.objective.measure,
        budget_minor=budget,
        spent_minor=spent,
        left_minor=budget - spent,
        currency=pool.currency,
        people=(conditions.least, conditions.most),
        picks=_picks(pool, choice, few=named.too_few),
        value=choice.value,
        best_possible=choice.bound,
        certificate=choice.certificate,
        warning=warning_of(pool, named),
        sentences=(),
        certificate_says=certificate_says(choice, few=pool.objective.overlaps and named.too_few),
        audience=_audience(pool, picks),
        overlap_says="",
        overlaps=() if named.too_few else _pairs(pool, picks),
        expected=_expected(pool, picks),
        mix=_mix(pool, picks),
        number=why_so_many(
            pool.past, [place for place in range(len(pool.people)) if place not in pool.closed], len(picks)
        ),
        big_name=against(pool, big, same_money),
        less=_other(pool, picks, others[LESS], round(budget * LESS)),
        more=_other(pool, picks, others[MORE], round(budget * MORE)),
        curve=_curve(pool, others, budget),
        robust=pool.brief.spending.robust,
        value_if_declined=robust,
        left_out=pool.left_out,
        notes=notes_of(pool, conditions, choice),
        population=pool.candidates.population,
        fitting=pool.candidates.fitting,
        considered=len(pool.people),
        simulated=pool.simulated,
        made_at=datetime.now(UTC),
        facts_version=pool.facts_version,
    )
    return replace(
        made,
        name=_name(pool),
        overlap_says=overlap_says(pool, picks, made, named),
        sentences=plan_says(made, pool.candidates.declined),
    )


def _climb(pool: Pool, conditions: Conditions, budget: int) -> dict[float, Choice | None]:
    """The best plan for each part of the budget, the smallest first: each starts from the one before, and is never worse."""
    found: dict[float, Choice | None] = {}
    for part in CURVE:
        ask = choose_somebody if part == 1.0 else chosen_or_none
        found[part] = ask(pool, conditions, round(budget * part))
    return found


def _name(pool: Pool) -> str:
    """Hash of what was asked and of the facts."""
    asked = json.dumps([repr(replace(pool.brief, path="")), pool.facts_version], ensure_ascii=True)
    return blake2b(asked.encode(), digest_size=6).hexdigest()


def _minor(pool: Pool, place: int) -> int:
    price = pool.prices[place]
    return price.minor if price else 0


def _picks(pool: Pool, choice: Choice, *, few: bool) -> tuple[Pick, ...]:
    members = pool.audience.members()
    own, fresh = members.each, members.gains(choice.picks)
    main = minor_in_main(pool.currency)
    return tuple(
        _pick(pool, place, pick, float(gain), None if few else float(new), float(own[pick]), main)
        for place, (pick, gain, new) in enumerate(
            zip(choice.picks.tolist(), choice.gains.tolist(), fresh.tolist(), strict=True), start=1
        )
    )


def _pick(pool: Pool, place: int, pick: int, gain: float, fresh: float | None, own: float, main: int) -> Pick:
    one, price = pool.people[pick], pool.prices[pick]
    assert price is not None
    followers, named = one.values["followers"], int(pool.audience.followers_named[pick])
    return Pick(
        place=place,
        who=one.who,
        price=price,
        gain=gain,
        gain_per_money=gain / (price.minor / main) if price.minor else None,
        known_audience=round(own),
        followers=followers,
        known_share=min(named / followers.value, 1.0) if named and followers.value else None,
        overlap=max(0.0, 1 - fresh / own) if own and fresh is not None else None,
        reactions=one.values["typical_reactions"],
        kinds=one.kinds,
        newcomer=one.newcomer,
        locked=one.who.account in pool.candidates.locked,
        because=one.because,
        score=one.score,
        status=one.listed.status,
        last_post=pool.past.newest[pick],
        unchecked=one.unchecked,
    )


def _audience(pool: Pool, picks: Sequence[int]) -> AudienceKnown:
    members = pool.audience.members()
    found = AudienceKnown(
        sources=pool.audience.sources,
        members=round(members.value(picks)),
        among_candidates=round(members.total),
        follows_listed=round(float(members.each[list(picks)].sum())),
        without_false=pool.audience.without_false,
        sentences=(),
    )
    return replace(found, sentences=audience_says(pool, picks, found))


def _pairs(pool: Pool, picks: Sequence[int]) -> tuple[Pair, ...]:
    """Pairs that share somebody, the largest share of the smaller audience first."""
    shared = pool.audience.shared(picks)
    own = np.diag(shared)
    one, other = np.triu_indices(len(picks), 1)
    smaller = np.minimum(own[one], own[other])
    share = np.divide(shared[one, other], smaller, out=np.zeros(len(one)), where=smaller > 0)
    low, high = _share_limits(pool.audience.whole[list(picks)], own, one, other, shared[one, other])
    order = [place for place in np.argsort(-share, kind="stable").tolist() if share[place] > 0][:PAIRS_SHOWN]
    names = [pool.people[pick].who.account for pick in picks]
    return tuple(
        Pair(
            names[one[place]], names[other[place]], round(float(shared[one[place], other[place]])), float(share[place]),
            _finite(low[place]), _finite(high[place]),
        )
        for place in order
    )  # fmt: skip


def _share_limits(whole: Any, own: Any, one: Any, other: Any, shared: Any) -> tuple[Any, Any]:
    """Limits of the shared part of the smaller audience.

    Exact where both lists are whole, Wilson's (1927) where the known part of the smaller is held against a whole list, else NaN.
    """
    smaller = np.where(own[one] <= own[other], one, other)
    against = np.where(own[one] <= own[other], other, one)
    low, high = wilson_limits(shared.astype(np.int64), own[smaller].astype(np.int64))
    exact = np.divide(shared, own[smaller], out=np.zeros(len(shared)), where=own[smaller] > 0)
    both, unknown = whole[smaller] & whole[against], ~whole[against]
    return tuple(np.where(unknown, np.nan, np.where(both, exact, end)) for end in (low, high))  # type: ignore[return-value]


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


def _expected(pool: Pool, picks: Sequence[int]) -> tuple[Any, ...]:
    return likes_and_comments(pool.past, picks), sparked_actions(
        [pool.people[pick].values["sparked"] for pick in picks]
    )


def _mix(pool: Pool, picks: Sequence[int]) -> tuple[MixLine, ...]:
    """The audience that would be reached, beside everybody whom the candidates reach and what the brief names."""
    audience, asked = pool.audience, wishes(pool.brief)
    if not audience.known:
        return ()
    reached, lines = audience.reached_by(picks), list[MixLine]()
    for by, (codes, names) in audience.kinds.items():
        known = codes >= 0
        ours = np.bincount(codes[known & reached], weights=audience.people[known & reached], minlength=len(names))
        everybody = np.bincount(codes[known], weights=audience.people[known], minlength=len(names))
        order = sorted(range(len(names)), key=lambda place: (-ours[place], names[place]))
        wanted = [place for place in order if names[place].lower() in asked.get(by, ())]
        for place in dict.fromkeys([*wanted, *order[:MIX_SHOWN]]):
            share, of_all = ours[place] / max(ours.sum(), 1), everybody[place] / max(everybody.sum(), 1)
            is_wanted = names[place].lower() in asked[by] if by in asked else None
            lines.append(MixLine(by, names[place], float(share), float(of_all), is_wanted, round(float(ours[place]))))
    return tuple(lines)


def _other(pool: Pool, picks: Sequence[int], other: Choice | None, budget: int) -> OtherBudget:
    if other is None:
        return OtherBudget(
            budget, None, 0, (), (), f"With {money(budget, pool.currency)} no plan meets the brief's conditions."
        )
    theirs = other.picks.tolist()
    leaves = tuple(pool.people[pick].who for pick in reversed(picks) if pick not in theirs)
    enters = tuple(pool.people[pick].who for pick in theirs if pick not in picks)
    says = other_says(pool, budget, other, leaves, enters)
    return OtherBudget(budget, other.value, len(theirs), leaves, enters, says)


def _curve(pool: Pool, others: dict[float, Choice | None], budget: int) -> tuple[CurvePoint, ...]:
    points = [CurvePoint(0, 0, 0.0, 0)]
    for part in CURVE:
        choice = others[part]
        if choice is not None:
            spent = sum(_minor(pool, pick) for pick in choice.picks.tolist())
            points.append(CurvePoint(round(budget * part), spent, choice.value, len(choice.picks)))
    return tuple(points)


def _declining(pool: Pool, picks: Sequence[int]) -> float:
    """What the plan is expected to come to when each declines with a chance of one in five."""
    objective = objective_of(pool.objective.name, pool.people, pool.audience, robust=True)
    return objective.cover.value(picks)
