"""Everything that a plan needs and that neither its budget nor a lock or an exclusion changes: read once, planned from often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from groundswell.discover import Brief
from groundswell.errors import BriefError
from groundswell.explain import find_account
from groundswell.graph.choosing import Chooser
from groundswell.plan.audience import Audience, read_audience
from groundswell.plan.candidates import Candidate, Candidates, candidates_of, names_in
from groundswell.plan.model import LeftOut, Price
from groundswell.plan.objectives import (
    DEFAULT,
    INSTEAD,
    Objective,
    instead_of,
    named_of,
    objective_named,
    objective_of,
    without_value,
)
from groundswell.plan.outcomes import Past, read_past
from groundswell.plan.prices import Fees, fees_known, price_of, why_no_price
from groundswell.signals.findings import Progress
from groundswell.signals.present import Present
from groundswell.store.unions import persons

AS_GOOD_AS_NOTHING = 1e-6
"""What somebody who costs nothing is taken to cost, in minor units: a chooser divides by prices (design choice)."""


@dataclass(frozen=True)
class Pool:
    """Who may be chosen, what each costs, and what each brings."""

    brief: Brief
    candidates: Candidates
    prices: tuple[Price | None, ...]
    fees: Fees
    audience: Audience
    past: Past
    objective: Objective
    objective_note: str
    """What to know first of how it is measured; empty where nothing."""
    left_out: tuple[LeftOut, ...]
    currency: str
    simulated: bool
    facts_version: str
    persons: tuple[tuple[str, ...], ...] = ()
    """Accounts that are one person, as somebody confirmed: of each group one is chosen at most."""

    @property
    def people(self) -> tuple[Candidate, ...]:
        """Who may be chosen, best first."""
        return self.candidates.people

    def chooser(self) -> Chooser:
        """Chooses among them. A new one for each plan: what was asked before must not change an answer."""
        return Chooser(self.objective.cover, prices=self.costs)

    @cached_property
    def costs(self) -> NDArray[np.float64]:
        """What each costs in minor units, as a chooser counts."""
        return np.array([max(price.minor, AS_GOOD_AS_NOTHING) if price else 1.0 for price in self.prices])

    @cached_property
    def closed(self) -> frozenset[int]:
        """Places of those who cannot be chosen: without a price, or without anything known that would count."""
        valued = zip(self.prices, self.objective.valued, strict=True)
        return frozenset(place for place, (price, known) in enumerate(valued) if price is None or not known)

    def places(self, accounts: frozenset[str]) -> list[int]:
        """Places of these accounts, of those who are among the candidates."""
        return [place for place, one in enumerate(self.people) if one.who.account in accounts]

    def whys(self, places: frozenset[int] | None = None) -> list[tuple[tuple[str, str], int]]:
        """Why people could not be chosen and what to do, the commonest first: each of them counts once, by the first reason."""
        meant = None if places is None else {self.people[place].who.account for place in places}
        first: dict[str, tuple[str, str]] = {}
        for one in self.left_out:
            if meant is None or one.who.account in meant:
                first.setdefault(one.who.account, (one.because, one.do))
        return Counter(first.values()).most_common()

    def everything_of(self, accounts: frozenset[str]) -> frozenset[str]:
        """These accounts, and all others of the same people."""
        return accounts.union(*(group for group in self.persons if accounts & set(group)))


def same_pool(brief: Brief) -> Brief:
    """The brief without what no pool hangs on: the amount of money, how many people, who is locked in or excluded, limits."""
    free = replace(brief.spending, people=None, lock=(), exclude=(), newcomers=0, at_most=())
    return replace(brief, budget={"amount_minor": 1, "currency": budget_of(brief)[1]}, spending=free, path="")


def asked_of(pool: Pool, present: Present, brief: Brief) -> Pool:
    """The pool for another brief with the same `same_pool`; read anew only where somebody locked in is not in it.

    Errors: as for `read_pool`.
    """
    locked, excluded = names_in(present, brief)
    if not locked <= set(pool.candidates.accounts):
        return read_pool(present, brief)
    chosen = replace(pool.candidates, locked=locked, excluded=excluded)
    return replace(pool, brief=brief, candidates=chosen, persons=persons(present.workspace.state))


def budget_of(brief: Brief) -> tuple[int, str]:
    """The money of a brief.

    Errors: BriefError where there is none.
    """
    if not brief.budget.get("amount_minor"):
        raise BriefError(
            "There is no money to divide.",
            next_step="Say how much there is, for example 5000: as the budget on the page, as --budget 5000, or as amount under [budget] in the brief.",
        )
    return brief.budget["amount_minor"], brief.budget["currency"]


def read_pool(present: Present, brief: Brief, progress: Progress | None = None) -> Pool:
    """Read what a plan for this brief needs.

    Errors: BriefError and UnknownNameError as for `candidates_of`; for a quoted price of somebody who is not in the data.
    """
    _, currency = budget_of(brief)
    name, note, said = objective_named(brief)
    candidates = candidates_of(present, brief, progress)
    people, accounts = candidates.people, candidates.accounts
    rows = present.table.rows
    quoted = {find_account(present.table, account): minor for account, minor in brief.spending.prices}
    with present.workspace.engine() as engine:
        fees = fees_known(engine, rows, currency)
        audience = read_audience(engine, rows, accounts, brief)
        past = read_past(engine, accounts)
    priced = [_price(one, quoted, fees, brief) for one in people]
    objective = objective_of(name, people, audience, robust=brief.spending.robust)
    instead = None if said else instead_of(objective, people, audience, robust=brief.spending.robust)
    if instead:
        few = named_of(people, audience, range(len(people)))
        note = f"{note.replace(DEFAULT, INSTEAD)} " if note else ""
        note += (
            f"Planned by {INSTEAD}, and not by {DEFAULT}: {few.says}, by whom no plan should be decided. How many are reached twice is "
            f"unknown. Bring lists of their followers to plan by {DEFAULT}."
        )
    unpriced = tuple(_unpriced(one, fees) for one, price in zip(people, priced, strict=True) if price is None)
    return Pool(
        brief=brief, candidates=candidates, prices=tuple(priced), fees=fees, audience=audience, past=past, objective=instead or objective,
        objective_note=note, left_out=(*unpriced, *without_value(instead or objective, people), *candidates.left_out), currency=currency,
        simulated=present.workspace.simulated(), facts_version=present.table.facts_version,
        persons=persons(present.workspace.state),
    )  # fmt: skip


def _price(one: Candidate, quoted: dict[str, int], fees: Fees, brief: Brief) -> Price | None:
    followers = one.values["followers"].value
    return price_of(
        one.who.account, one.who.platform, followers, quoted=quoted, fees=fees, offers=brief.spending.offers
    )


def _unpriced(one: Candidate, fees: Fees) -> LeftOut:
    because, do = why_no_price(one.who.account, one.who.platform, one.values["followers"].value, fees)
    return LeftOut(one.who, because, do)
