"""Whom to choose from a pool: the brief's conditions as limits, and in words what is in the way when they cannot hold together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from groundswell.discover.spending import AtMost, Spending, money
from groundswell.errors import InputError
from groundswell.graph.choosing import Choice, Chooser
from groundswell.graph.terms import InfeasibleError, Limit
from groundswell.plan.pool import Pool

USUAL_PEOPLE = (20, 40)
"""The article on 2017: the same budget as for the big one, "perhaps 20 to 40 of these"."""
WHYS = 4
"""Reasons told one by one where nobody can be chosen (design choice: who reads five has read enough)."""
TO_PRICE = (
    "Ask them what they take, and bring a list with handle, platform and fee; or give the price you know: under “A price you know” "
    "on the page, or as --price @ann=300."
)
BUDGET, PEOPLE, NEWCOMERS = "budget", "people", "newcomers"


class ImpossibleError(InputError):
    """No plan meets every condition of the brief; says which is in the way, and by how much."""


@dataclass(frozen=True)
class Conditions:
    """What a plan must hold to, as places in the pool."""

    least: int
    most: int
    soft: bool
    """Whether `least` was nobody's wish: then fewer people are better than no plan."""
    locked: tuple[int, ...]
    excluded: frozenset[int]
    limits: tuple[Limit, ...]
    notes: tuple[str, ...]
    chooser: Chooser


def conditions_of(pool: Pool) -> Conditions:
    """Read the conditions of the pool's brief.

    Errors: ImpossibleError where somebody who is locked in cannot be planned with.
    """
    spending, candidates = pool.brief.spending, pool.candidates
    _refuse_nobody(pool)
    least, most = spending.people or USUAL_PEOPLE
    locked = tuple(pool.places(candidates.locked))
    _refuse_unplannable(pool, locked)
    limits, notes = _limits(pool, spending)
    _refuse_twice(pool, locked)
    excluded = frozenset(pool.places(pool.everything_of(candidates.excluded) - candidates.locked)) | pool.closed
    return Conditions(least, most, spending.people is None, locked, excluded, limits, notes, pool.chooser())


def _refuse_nobody(pool: Pool) -> None:
    """Say why there is nobody to choose from."""
    if not pool.people and pool.candidates.declined:
        raise ImpossibleError(
            "Everybody who fits the brief declined, by your own list.",
            next_step="Lock in whoever changed their mind, or widen the brief.",
        )
    if not pool.people:
        raise ImpossibleError(
            f"Nobody of the {pool.candidates.population:,} people in the data fits the brief, so there is nobody to plan with.",
            next_step="Its shortlist (`groundswell discover`) says which condition removes how many.",
        )
    if len(pool.closed) == len(pool.people):
        raise ImpossibleError(
            "Nobody who fits the brief can be planned with yet.",
            means="\n".join(_why_nobody(pool)),
            next_step=TO_PRICE if None in pool.prices else pool.whys(pool.closed)[0][0][1],
        )


def _why_nobody(pool: Pool) -> Iterator[str]:
    """Who fit, how many of them were looked at, and each reason with its count: together they are all who were looked at."""
    fitting, looked_at, no = pool.candidates.fitting, len(pool.people), len(pool.candidates.declined)
    declined = f" {several(no)} left out, since your list says that they declined." if no else ""
    looked = f"the best {looked_at:,} were looked at" if looked_at < fitting - no else "all were looked at"
    yield f"{several(fitting)} fit the brief; {looked if not no else looked.replace('all', 'the others')}.{declined}"
    whys = pool.whys(pool.closed)
    yield from (f"{count:,} of the {looked_at:,}: {because}." for (because, _), count in whys[:WHYS])
    if rest := sum(count for _, count in whys[WHYS:]):
        yield f"{rest:,} of the {looked_at:,}: each for a reason of their own of this kind."


def _refuse_unplannable(pool: Pool, locked: Iterable[int]) -> None:
    for place in locked:
        who = pool.people[place].who
        why = next((one for one in pool.left_out if one.who == who), None)
        if place in pool.closed and why:
            raise ImpossibleError(f"{who.called} is locked in: {why.because}.", next_step=why.do)


def _refuse_twice(pool: Pool, locked: Iterable[int]) -> None:
    """Nobody is paid twice for being one person."""
    accounts = {pool.people[place].who.account: pool.people[place].who.called for place in locked}
    for group in pool.persons:
        if len(both := [accounts[one] for one in group if one in accounts]) > 1:
            raise ImpossibleError(
                f"{' and '.join(both)} are one person, as you said, and locked in together.",
                next_step="Lock one of them, or say that they are not the same: groundswell same --undo NUMBER.",
            )


def _limits(pool: Pool, spending: Spending) -> tuple[tuple[Limit, ...], tuple[str, ...]]:
    limits, notes = _once_each(pool)
    for one in spending.at_most:
        found = list(_limits_of(pool, one))
        limits += found
        if not found:
            notes.append(
                f"At most {one.people} of {one.of} {one.value or ''}: nobody who could be chosen is known to be of it."
            )
    if spending.newcomers:
        new = np.array([person.newcomer for person in pool.people], np.float64)
        limits.append(Limit(new, at_least=spending.newcomers, name=NEWCOMERS))
    return tuple(limits), tuple(notes)


def _once_each(pool: Pool) -> tuple[list[Limit], list[str]]:
    """Of the accounts of one person one at most is chosen."""
    limits: list[Limit] = []
    notes: list[str] = []
    for group in pool.persons:
        if len(places := pool.places(frozenset(group))) > 1:
            mine = np.zeros(len(pool.people))
            mine[places] = 1.0
            named = " and ".join(pool.people[place].who.called for place in places)
            limits.append(Limit(mine, at_most=1, name=f"one account of the person who is {named}"))
            notes.append(f"{named} are one person, as you said: one of these accounts at most is in the plan.")
    return limits, notes


def _limits_of(pool: Pool, one: AtMost) -> Iterable[Limit]:
    """One limit for each value that is meant; whoever's value is unknown is bound by none."""
    known = sorted({value for person in pool.people if (value := person.kinds[one.of])})
    wanted = [value for value in known if one.value is None or _is(value, one.value)]
    for value in wanted:
        mine = np.array([person.kinds[one.of] == value for person in pool.people], np.float64)
        yield Limit(mine, at_most=one.people, name=f"at most {one.people} of {one.of} {value}")


def _is(value: str, asked: str) -> bool:
    """Whether a value is what was asked: the same word, or one of the words by which a topic is named."""
    return asked.casefold() in {value.casefold(), *(word.strip().casefold() for word in value.split(","))}


def choose(pool: Pool, conditions: Conditions, budget_minor: int, *, thorough: bool = False) -> Choice:
    """The best plan for this money; of a large audience a second one is found sooner and bounded less closely, unless `thorough`.

    Errors: ImpossibleError, which says what is in the way.
    """
    ask = partial(
        conditions.chooser.choose, budget=budget_minor, at_most=conditions.most, locked=conditions.locked,
        excluded=conditions.excluded, limits=conditions.limits, thorough=thorough,
    )  # fmt: skip
    try:
        return ask(at_least=conditions.least)
    except InfeasibleError as error:
        if not conditions.soft:
            raise _impossible(pool, conditions, error) from error
    try:
        return ask()
    except InfeasibleError as error:
        raise _impossible(pool, replace(conditions, least=0), error) from error


def choose_somebody(pool: Pool, conditions: Conditions, budget_minor: int) -> Choice:
    """The best plan for this money, with somebody in it; errors as for `choose`."""
    choice = choose(pool, conditions, budget_minor, thorough=True)
    if not len(choice.picks):
        least = cheapest_for(pool, 1, conditions)
        costs = "Everybody is excluded." if least is None else f"The cheapest costs {money(least, pool.currency)}."
        raise ImpossibleError(f"{money(budget_minor, pool.currency)} pays for nobody.", next_step=costs)
    return choice


def chosen_or_none(pool: Pool, conditions: Conditions, budget_minor: int) -> Choice | None:
    """The best plan for this money, or None where there is none."""
    try:
        return choose(pool, conditions, budget_minor)
    except ImpossibleError:
        return None


def cheapest_for(pool: Pool, people: int, conditions: Conditions) -> float | None:
    """What so many people cost at least, the cheapest first; None where there are not so many. Limits may make it more."""
    open_ = np.sort([cost for place, cost in enumerate(pool.costs) if place not in conditions.excluded])
    return float(np.round(open_[:people]).sum()) if len(open_) >= people else None


def _impossible(pool: Pool, conditions: Conditions, error: InfeasibleError) -> ImpossibleError:
    open_ = len(pool.people) - len(conditions.excluded)
    ways = [_way(pool, name, by) for name, by in error.short.items()]
    means = f"{len(pool.people):,} people fit the brief and were looked at; {open_:,} of them have a price, something known that counts, and are not excluded."
    step = (
        f"Any one of these would make it possible: {'; '.join(ways)}."
        if ways
        else "Lock or exclude fewer people, or drop a condition."
    )
    return ImpossibleError("No plan meets every condition of the brief.", means=means, next_step=step)


def _way(pool: Pool, name: str, by: float) -> str:
    """One condition, and by how much it is in the way, in words."""
    if name == BUDGET:
        return f"{money(np.ceil(by), pool.currency)} more"
    people = several(int(np.ceil(by - 1e-9)))
    if name == NEWCOMERS:
        return f"{people} fewer who must be newcomers"
    if name.startswith(PEOPLE):
        return f"{people} fewer at least" if name.endswith("least") else f"{people} more at most"
    return f"{people} more than “{name}”"


def several(people: int) -> str:
    """`1 person`, `20 people`."""
    return "1 person" if people == 1 else f"{people:,} people"


__all__ = [
    "USUAL_PEOPLE",
    "Conditions",
    "ImpossibleError",
    "cheapest_for",
    "choose",
    "choose_somebody",
    "chosen_or_none",
    "conditions_of",
]
