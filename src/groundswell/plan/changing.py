"""Another budget, a lock, an exclusion, a price: what somebody says beside a brief, laid over it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from groundswell.discover import Brief
from groundswell.discover.spending import MOST_MONEY, MOST_PEOPLE, OBJECTIVES, minor_units
from groundswell.errors import UnknownNameError, UsageError
from groundswell.sources.files.money import money_of


@dataclass(frozen=True)
class Changes:
    """What is said beside a brief; None and nothing leave it as it is."""

    budget: float | None = None
    currency: str | None = None
    people: tuple[int, int] | None = None
    objective: str | None = None
    lock: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    """Neither locked nor excluded any more."""
    prices: Mapping[str, float] = field(default_factory=lambda: {})
    newcomers: int | None = None
    robust: bool | None = None


def changed(brief: Brief, changes: Changes) -> Brief:
    """The brief with what was said beside it.

    Errors: UsageError for money and numbers that cannot be, UnknownNameError for an objective.
    """
    if changes.objective and changes.objective not in OBJECTIVES:
        raise UnknownNameError("objective", changes.objective, OBJECTIVES)
    budget = _budget(brief, changes)
    currency, old = budget.get("currency", "EUR"), brief.spending
    named = {_key(name) for name in (*changes.lock, *changes.exclude, *changes.free)}
    prices = dict(old.prices) | {name: _price(name, amount, currency) for name, amount in changes.prices.items()}
    spending = replace(
        old,
        people=_people(changes.people) or old.people,
        objective=changes.objective or old.objective,
        lock=(*_without(old.lock, named), *_once(changes.lock)),
        exclude=(*_without(old.exclude, named), *_once(changes.exclude)),
        prices=tuple(prices.items()),
        newcomers=old.newcomers if changes.newcomers is None else changes.newcomers,
        robust=old.robust if changes.robust is None else changes.robust,
    )
    return replace(brief, budget=budget, spending=spending)


BETWEEN = re.compile(r"\s*(?:–|—|\bto\b|\bbis\b)\s*", re.IGNORECASE)
"""What people write between two numbers besides a hyphen."""


def from_to(said: str) -> tuple[int, int] | None:
    """Read how many people, as in 20-40; one number is just so many.

    Errors: UsageError for anything else.
    """
    if not said.strip():
        return None
    least, _, most = (part.strip() for part in BETWEEN.sub("-", said, count=1).partition("-"))
    if len(said) > 12 or not all(part.isascii() and part.isdecimal() for part in (least, most or least)):
        raise UsageError(f"{said[:40]!r} is not of the form FROM-TO.", next_step="For example 20-40.")
    return int(least), int(most or least)


def quoted(said: Iterable[str]) -> dict[str, float]:
    """Read prices as in @ann=300.

    Errors: UsageError for anything else.
    """
    found: dict[str, float] = {}
    for one in said:
        who, equals, amount = one.rpartition("=")
        price = money_of(amount.strip())
        if not equals or not who.strip() or not price or price[1]:
            raise UsageError(f"{one[:80]!r} is no price.", next_step="Write who and how much, as in @ann=300.")
        found[who.strip()] = price[0] / 100
    return found


def _budget(brief: Brief, changes: Changes) -> dict[str, Any]:
    currency = (changes.currency or brief.budget.get("currency") or "EUR").upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise UsageError(f"{currency!r} is no currency.", next_step="Write three letters such as EUR.")
    if changes.budget is None:
        if changes.currency and brief.budget and currency != brief.budget["currency"]:
            raise UsageError(
                f"The budget of the brief is in {brief.budget['currency']}; nothing is converted.",
                next_step=f"Say the budget in {currency} as well: --budget 5000 --currency {currency}",
            )
        return brief.budget
    if not 0 < changes.budget <= MOST_MONEY:
        raise UsageError(f"A budget cannot be {changes.budget:g}.", next_step="Write it as 5000 or 5000.50.")
    if brief.spending.prices and brief.budget and currency != brief.budget["currency"]:
        raise UsageError(
            f"The brief quotes prices in {brief.budget['currency']}; nothing is converted to {currency}.",
            next_step="Leave the currency as it is, or write the prices anew.",
        )
    return {"amount_minor": minor_units(changes.budget, currency), "currency": currency}


def _people(said: tuple[int, int] | None) -> tuple[int, int] | None:
    if said is not None and not (0 <= said[0] <= said[1] <= MOST_PEOPLE and said[1] >= 1):
        raise UsageError(
            f"From {said[0]} to {said[1]} people cannot be planned.",
            next_step=f"For example 20 to 40, at most {MOST_PEOPLE:,}.",
        )
    return said


def _price(name: str, amount: float, currency: str) -> int:
    if not 0 < amount <= MOST_MONEY:
        raise UsageError(f"{name} cannot cost {amount:g}.", next_step="Write what was quoted, as in --price @ann=300.")
    return minor_units(amount, currency)


def _without(names: Iterable[str], taken: set[str]) -> tuple[str, ...]:
    return tuple(name for name in names if _key(name) not in taken)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _key(name: str) -> str:
    return name.strip().casefold()
