"""The same money on one big name: what the article on 2017 asks to be compared with "perhaps 20 to 40 of these"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.discover.spending import money
from groundswell.graph.choosing import Choice
from groundswell.plan.audience import Audience, read_audience
from groundswell.plan.candidates import NEEDED, who_of
from groundswell.plan.model import BigName, Price, Who
from groundswell.plan.objectives import SIGNAL
from groundswell.plan.pool import Pool
from groundswell.plan.prices import price_of
from groundswell.signals.on_lists import on_lists
from groundswell.signals.present import Present
from groundswell.signals.values import Value

pc: Any = _compute  # its functions are made at run time, no type checker knows them

LARGEST = 500
"""Accounts looked at, the most followed first, until the money pays for one (design choice)."""
NOBODY = BigName(
    None, None, None, None, None, None, None, ("No big name whom this money would pay for is known by price.",)
)


@dataclass(frozen=True)
class Big:
    """The most followed account that the money would pay for."""

    who: Who
    price: Price
    values: dict[str, Value]
    audience: Audience


def read_big(present: Present, pool: Pool, budget_minor: int) -> Big | None:
    """Find the big name: among all people in the data but brands, those excluded and those who declined, whoever they are."""
    rows = present.table.rows
    declined = {name for name, said in on_lists(present).items() if said.declined}
    out = pa.array(sorted(pool.candidates.excluded | declined), pa.string())
    followers = pc.struct_field(in_one(rows.column("followers")), "value")
    wanted = pc.invert(pc.is_in(in_one(rows.column("account")), value_set=out))
    wanted = pc.and_(wanted, pc.not_equal(pc.fill_null(in_one(rows.column("account_type")), ""), "brand"))
    order = np.argsort(-pc.fill_null(followers, -1).to_numpy(zero_copy_only=False), kind="stable")
    kept = order[wanted.to_numpy(zero_copy_only=False)[order]]
    kept = _priceable(pool, rows, kept, followers)[:LARGEST]
    for row in rows.select(["account", "platform", "handle", "name", "url", *NEEDED]).take(pa.array(kept)).to_pylist():
        price = price_of(
            row["account"], row["platform"], row["followers"]["value"], quoted={}, fees=pool.fees, offers=pool.brief.spending.offers
        )  # fmt: skip
        if price is not None and 0 < price.minor <= budget_minor:
            with present.workspace.engine() as engine:
                audience = read_audience(engine, rows, [row["account"]], pool.brief, pool.audience.usual)
            return Big(who_of(row), price, {name: Value(signal=name, **row[name]) for name in NEEDED}, audience)
    return None


def _priceable(pool: Pool, rows: pa.Table, order: Any, followers: Any) -> Any:
    """Of these rows, those whose price may be known: with a fee, or about as large as somebody with one."""
    fees = pc.is_in(in_one(rows.column("account")), value_set=pa.array(list(pool.fees.of), pa.string()))
    known = fees.to_numpy(zero_copy_only=False)
    if pool.fees.line is not None:
        low, high = pool.fees.line.reach
        near = pc.and_(pc.greater_equal(followers, low), pc.less_equal(followers, high))
        known = known | pc.fill_null(near, False).to_numpy(zero_copy_only=False)
    return order[known[order]]


def against(pool: Pool, big: Big | None, same_money: Choice | None) -> BigName:
    """The big name beside what the same money comes to when it is divided."""
    if big is None:
        return NOBODY
    followers = big.values["followers"].value
    value = _alone(pool, big)
    known = int(big.audience.members().total) if big.audience.known else None
    price = money(big.price.minor, pool.currency)
    first = f"{big.who.called} is the most followed account that this money would pay for: {followers or 0:,.0f} followers, {big.price.says}."
    people, divided = (len(same_money.picks), same_money.value) if same_money is not None else (None, None)
    if divided is None or not people:
        second = f"{price} divided among others cannot be planned under the brief's conditions."
    elif value is None:
        second = f"What {big.who.called} alone comes to is unknown: {pool.objective.lacking[0]}."
    else:
        many = "1 other person comes" if people == 1 else f"{people:,} others come"
        second = f"For the same {price}, {many} to {_short(divided)}; {big.who.called} alone to {_short(value)}, by the plan's own measure."
    return BigName(big.who, big.price, value, known, followers, divided, people, (first, second))


def _alone(pool: Pool, big: Big) -> float | None:
    """What the big name comes to in the measure of the plan; None where nothing is known that would count."""
    if pool.objective.name in SIGNAL:
        return big.values[SIGNAL[pool.objective.name]].value
    if not pool.audience.known:
        return big.values["followers"].value
    return big.audience.reach(robust=pool.brief.spending.robust).total if big.audience.known else None


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"
