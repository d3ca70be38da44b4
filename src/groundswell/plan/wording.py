"""What a plan says of itself, in sentences that use its own numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from groundswell.discover.spending import money
from groundswell.graph.choosing import Choice
from groundswell.plan.audience import DRAWN
from groundswell.plan.choosing import Conditions, cheapest_for
from groundswell.plan.model import AudienceKnown, Pick, Plan, Who
from groundswell.plan.objectives import Named
from groundswell.plan.pool import Pool

UNEVEN = 3.0
"""Audiences known this many times better than others make those look better: then it is said (design choice)."""
LONG_AGO = 365
"""Days without a post after which a plan says so, where most of those planned are so long silent (design choice: a year)."""
NAMED = 5
"""People named in one sentence (design choice)."""
OVERLAP = "Overlap is the share of a person's known audience whom those before them in the plan reach already."


def plan_says(made: Plan, declined: Sequence[Who] = ()) -> tuple[str, ...]:
    """What it is, what it comes to, what is left."""
    many = people(len(made.picks))
    spent, budget = money(made.spent_minor, made.currency), money(made.budget_minor, made.currency)
    says = [f"{many} for {spent} of {budget}; {money(made.left_minor, made.currency)} are left."]
    says.append(f"Together they come to {number(made.value)}: {made.measure}.")
    says += _long_silent(made)
    if declined:
        says.append(f"Left out, since your list says that they declined: {_named(declined)}.")
    kept = made.value_if_declined / made.value if made.value and not made.robust else None
    if made.robust:
        says.append(
            "Chosen for the case that each of them declines with a chance of one in five; the figures count with that."
        )
    elif kept is not None:
        says.append(
            f"If each declines with a chance of one in five, {number(made.value_if_declined)} can be expected ({kept:.0%})."
        )
    return tuple(says)


def _long_silent(made: Plan) -> list[str]:
    """Whether most of them were last seen posting so long ago that nobody knows whether they still do."""
    dated = [pick.last_post for pick in made.picks if pick.last_post]
    silent = [one for one in dated if (made.made_at.date() - one).days > LONG_AGO]
    if not silent or 2 * len(silent) <= len(made.picks):
        return []
    who = (
        "None of them has"
        if len(silent) == len(made.picks)
        else f"{len(silent):,} of these {len(made.picks):,} have not"
    )
    have = "posted within a year of today" if "not" in who else "a post within a year of today"
    return [
        f"{who} {have}, as far as the data tell (the newest post is of {max(dated)}): look whether they still post before you ask."
    ]


def warning_of(pool: Pool, named: Named) -> str:
    """What somebody must know before any number: what the plan goes by, or that it cannot be decided by that."""
    if not pool.objective.overlaps or not named.too_few:
        return pool.objective_note
    return (
        f"This measure cannot carry a decision here: {named.says}. Plan by interactions, or bring lists of their followers. "
        f"{pool.objective_note}"
    ).strip()


def certificate_says(choice: Choice, *, few: bool = False) -> str:
    """How far from the best possible, as a sentence; `few`: where its measure rests on too few people."""
    if few:
        return "By the few people whom the data name, no other plan is surely better; that says nothing of all others."
    if choice.certificate >= 1 - 1e-9:
        return "No plan under these conditions comes to more by this measure: it is the best possible."
    return (
        f"This plan is at least {np.floor(choice.certificate * 1000) / 10:.1f}% of the best possible: no plan under these conditions comes "
        f"to more than {number(choice.bound)} by this measure."
    )


def overlap_says(pool: Pool, picks: Sequence[int], made: Plan, named: Named) -> str:
    """How much the audiences have in common, and what is meant by it."""
    known = made.audience
    if not pool.audience.known:
        return "Overlap is unknown: the data name nobody who follows these people or acted on their posts. Import followers or comments to know it."
    if not known.follows_listed:
        return f"Overlap is unknown for this plan: nobody of its audience is named in the data. {OVERLAP}"
    if named.too_few:
        return f"Overlap is unknown for this plan: {named.says}, too few to tell who is reached twice. Bring lists of their followers."
    share = 1 - known.members / known.follows_listed
    whole = int(pool.audience.whole[list(picks)].sum())
    rest = (
        f"All followers are known of {whole:,} of these {len(picks):,}; what others share outside the data is unknown."
        if whole < len(picks)
        else "All followers of each are known."
    )
    return (
        f"{known.members:,} different people in {known.follows_listed:,} places of audiences: {share:.0%} of the places are taken by "
        f"somebody counted before. {OVERLAP} {rest}"
    )


def audience_says(pool: Pool, picks: Sequence[int], known: AudienceKnown) -> tuple[str, ...]:
    """From what the audience is known, and what is not known of it."""
    audience = pool.audience
    if not audience.known:
        return ("Nobody who follows these people or acts on their posts is named in the data.",)
    read = {"follows": "who follows them", "acts": "who acted on their posts"}
    says = [
        f"Read from {' and '.join(read[source] for source in audience.sources)}: {known.members:,} different people."
    ]
    if audience.usual is not None:
        says.append(
            f"The chance that a post moves somebody is learned from posts of which acts are in the data ({percent(audience.usual)} on average; each person's own share "
            f"is drawn towards what is usual for that audience, which counts like {DRAWN:.0f} posts)."
        )
    elif "acts" in audience.sources:
        says.append(
            "Nothing tells how often somebody acts (nobody acted on a second post, and no follower on one), so that everybody in an "
            "audience counts as reached."
        )
    else:
        says.append("No acts on posts are known, so that everybody in an audience counts as reached.")
    shares = [
        audience.followers_named[pick] / size for pick in picks if (size := pool.people[pick].values["followers"].value)
    ]
    named = [share for share in shares if share]
    if named:
        says.append(
            f"Of a typical person's followers the data name {percent(min(float(np.median(named)), 1))}; nothing is scaled up to the rest."
        )
        if max(named) > UNEVEN * min(named):
            says.append(
                f"The data name from {percent(min(min(named), 1))} to {percent(min(max(named), 1))} of somebody's followers: who is better known looks better here."
            )
    if known.without_false:
        says.append(f"{people(known.without_false)} left out because the account looks false.")
    return tuple(says)


def other_says(pool: Pool, budget: int, other: Choice, leaves: Sequence[Who], enters: Sequence[Who]) -> str:
    """What another budget changes."""
    parts = [f"With {money(budget, pool.currency)}: {people(len(other.picks))}, {number(other.value)}."]
    if leaves:
        parts.append(f"{_named(leaves)} would leave.")
    if enters:
        parts.append(f"{_named(enters)} would enter.")
    return " ".join(parts) if len(parts) > 1 else f"{parts[0]} Nobody would leave or enter."


def notes_of(pool: Pool, conditions: Conditions, choice: Choice) -> tuple[str, ...]:
    """What else somebody should know."""
    notes = [*conditions.notes, *_too_few(pool, conditions, choice), *_prices(pool, choice)]
    notes += _left_out(pool)
    no = [pool.people[pick].who for pick in choice.picks.tolist() if pool.people[pick].listed.declined]
    if no:
        notes.append(f"{_named(no)}: locked in, though your list says “declined”. Ask before you count with them.")
    vouched = [pool.people[pick].who for pick in choice.picks.tolist() if pool.people[pick].unchecked]
    if vouched:
        notes.append(f"{_named(vouched)}: locked in, though not every condition of the brief could be checked.")
    if pool.candidates.fitting > len(pool.people):
        notes.append(f"{pool.candidates.fitting:,} people fit the brief; the best {len(pool.people):,} were looked at.")
    return tuple(note for note in notes if note)


def _too_few(pool: Pool, conditions: Conditions, choice: Choice) -> list[str]:
    if not conditions.soft or len(choice.picks) >= conditions.least:
        return []
    least = cheapest_for(pool, conditions.least, conditions)
    advice = f"“Perhaps 20 to 40 of these” is the advice of the article on 2017; this plan comes to {people(len(choice.picks))}."
    if least is None:
        open_ = len(pool.people) - len(conditions.excluded)
        return [
            f"{advice} More money would not bring it to {conditions.least}: only {people(open_)} of those who fit can be paid and valued at "
            "all, for the reasons that stand beside the others. Find more who fit, or the prices of those left out."
        ]
    return [f"{advice} {conditions.least} people cost at least {money(least, pool.currency)}."]


def _prices(pool: Pool, choice: Choice) -> list[str]:
    sources = Counter(price.source for pick in choice.picks.tolist() if (price := pool.prices[pick]))
    said = ", ".join(f"{count:,} {source}" for source, count in sources.most_common())
    estimated = sources.get("estimated", 0)
    tail = ""
    if estimated and (line := pool.fees.line):
        tail = (
            f" Ask for the estimated ones before anything is promised: of the {line.deals:,} deals they rest on, each held against the "
            f"others, {line.tried():,} lie below what is estimated for their size (three of four should)."
        )
    if any(
        (price := pool.prices[pick]) and price.source == "no fee" and not price.minor for pick in choice.picks.tolist()
    ):
        tail += " Who takes no fee counts as free here: what a product costs you is counted once the brief names it under [[plan.offer]]."
    return [f"Prices: {said}.{tail}"] if said else []


def _left_out(pool: Pool) -> list[str]:
    return [f"{people(count)} could not be chosen: {because}. {do}" for (because, do), count in pool.whys()[:NAMED]]


def people(count: int) -> str:
    """`1 person`, `20 people`."""
    return "1 person" if count == 1 else f"{count:,} people"


def number(value: float) -> str:
    """A value of the objective as it reads."""
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"


def gain_of(pick: Pick, currency: str) -> str:
    """What a pick adds, and for how much money."""
    for_money = f", {pick.gain_per_money:.2g} for each {currency}" if pick.gain_per_money is not None else ""
    return f"{number(pick.gain)}{for_money}"


def standing(pick: Pick) -> str:
    """When somebody last posted, and where the talks stand by the user's own list."""
    last = f"Last post {pick.last_post}" if pick.last_post else "Last post unknown"
    return f"{last}; your list says “{pick.status}”." if pick.status else f"{last}."


def percent(share: float) -> str:
    """A share as it reads, small ones too: `18.9%`, `0.0045%`."""
    return f"{share:.1%}" if share >= 0.01 or not share else f"{100 * share:.2g}%"


def _named(some: Sequence[Who]) -> str:
    named = [one.called for one in some[:NAMED]]
    more = len(some) - len(named)
    return ", ".join(named) + (f" and {people(more)} more" if more else "")
