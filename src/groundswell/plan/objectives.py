"""What a plan is to bring, as a cover: whoever is reached counts once, whatever is counted a person adds up.

unique reach      members of the audience, each once, by their fit and the chance to move them; without a graph, followers
interactions      likes and comments of a typical post of each, added up
sparked actions   replies, reposts and quotes beyond chance of a post of each, added up
Where nobody says which, and the data name so few of the candidates' followers that unique reach would be told by a handful of people,
a plan goes by interactions and says so; who asks for unique reach gets it, with a warning.

conversions       refused, as long as no past campaign tells how many there were
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundswell.discover import Brief
from groundswell.errors import BriefError
from groundswell.graph.cover import Cover
from groundswell.plan.audience import DECLINES, Audience
from groundswell.plan.candidates import Candidate
from groundswell.plan.model import LeftOut

OF_METRIC = {"reach": "unique reach", "interactions": "interactions", "sparked": "sparked actions"}
"""The brief's metric -> the plan's objective."""
DEFAULT, INSTEAD = "unique reach", "interactions"
NAMED_ENOUGH = 0.001
"""Share of the followers counted whom the data name, below which unique reach carries no decision (design choice: one in a thousand)."""
VALUED_ENOUGH = 0.5
"""Interactions take its place where they are known of this share of those whose audience is (design choice)."""
SIGNAL = {"interactions": "typical_reactions", "sparked actions": "sparked"}


@dataclass(frozen=True)
class Objective:
    """What is to be brought, and by whom."""

    name: str
    measure: str
    """What one of its numbers counts, in words."""
    cover: Cover
    valued: NDArray[np.bool_]
    """Of which candidates anything is known to count."""
    lacking: tuple[str, str]
    """Why somebody cannot be valued, and what to do."""
    overlaps: bool
    """Whether people who are reached twice count once."""


def objective_named(brief: Brief) -> tuple[str, str, bool]:
    """What the brief asks a plan to bring, what to say of it, and whether it was said at all.

    Errors: BriefError for conversions, of which nothing is known yet.
    """
    asked = brief.spending.objective
    if asked == "conversions":
        raise BriefError(
            "A plan cannot aim at conversions: no past campaign with conversions is known.",
            next_step="Plan by 'unique reach', 'interactions' or 'sparked actions', and count conversions this time.",
        )
    metric = brief.objective.get("metric")
    if asked or metric is None:
        return asked or DEFAULT, "", asked is not None
    if metric in OF_METRIC:
        return OF_METRIC[metric], "", True
    return (
        DEFAULT,
        f"The brief aims at {metric}; no past campaign with {metric} is known, so this plan goes by {DEFAULT}.",
        False,
    )


@dataclass(frozen=True)
class Named:
    """How many of the followers of some people the data name."""

    members: int
    followers: float

    @property
    def too_few(self) -> bool:
        """Whether they are so few that nothing can be told of the others by them."""
        return 0 < self.members < NAMED_ENOUGH * self.followers

    @property
    def says(self) -> str:
        """The two numbers, in words."""
        share = self.members / self.followers if self.followers else 0.0
        return f"of about {self.followers:,.0f} followers the data name {self.members:,} ({100 * share:.2g}%)"


def named_of(people: Sequence[Candidate], audience: Audience, places: Sequence[int]) -> Named:
    """How many of the followers of these people are known, of those whose followers are counted."""
    counted = [place for place in places if people[place].values["followers"].value]
    if not audience.known or not counted:
        return Named(0, 0.0)
    followers = sum(people[place].values["followers"].value or 0.0 for place in counted)
    return Named(round(audience.members().value(counted)), followers)


def instead_of(
    objective: Objective, people: Sequence[Candidate], audience: Audience, *, robust: bool
) -> Objective | None:
    """Interactions, where the audience is too little known for unique reach and they are known well enough."""
    if not objective.overlaps or not named_of(people, audience, range(len(people))).too_few:
        return None
    sizes = [one.values["followers"].value or 0.0 for one in people]
    shares = [float(known) / size for known, size in zip(audience.members().each, sizes, strict=True) if known and size]
    if not shares or np.median(shares) >= NAMED_ENOUGH:
        return None  # one giant alone is little known: should it be chosen, the plan warns
    other = objective_of(INSTEAD, people, audience, robust=robust)
    return other if other.valued.sum() >= max(1, VALUED_ENOUGH * objective.valued.sum()) else None


def objective_of(name: str, people: Sequence[Candidate], audience: Audience, *, robust: bool) -> Objective:
    """What these people could bring; `robust` counts with a fifth of them declining."""
    if name in SIGNAL:
        measure = {
            "interactions": "likes and comments of a typical post of each, added up",
            "sparked actions": "replies, reposts and quotes beyond chance after a post of each, added up",
        }[name]
        lacking = (
            f"{measure.partition(' of ')[0].partition(' after')[0]} of its posts are not known",
            "Import its posts with their counts and comments.",
        )
        return _added(name, measure, [one.values[SIGNAL[name]].value for one in people], lacking, robust)
    if not audience.known:
        lacking = ("neither its audience nor its number of followers is known", "Import its profile, or its followers.")
        measure = "followers, added up as if nobody followed two of them: overlap is unknown"
        return _added(name, measure, [one.values["followers"].value for one in people], lacking, robust)
    cover = audience.reach(robust=robust)
    valued = cover.each > 0
    moved = (
        "different people expected to act on a post if each of them posts once"
        if audience.usual is not None
        else "different people in the audience"
    )
    fitting = ", by how well they fit the brief" if (audience.fit < 1).any() else ""
    lacking = (
        "nobody of its audience who could count here is known",
        "Import who follows it, or who acted on its posts.",
    )
    return Objective(name, f"{moved}{fitting}; only people whom the data name", cover, valued, lacking, overlaps=True)


def _added(
    name: str, measure: str, values: Sequence[float | None], lacking: tuple[str, str], robust: bool
) -> Objective:
    worth = np.array([value or 0.0 for value in values])
    places = np.arange(len(values))
    kept = 1 - DECLINES if robust else 1.0
    cover = Cover.of(places, places, weight=worth * kept, size=len(values), among=len(values))
    known = np.array([value is not None for value in values], np.bool_)
    return Objective(name, measure, cover, known, lacking, overlaps=False)


def without_value(objective: Objective, people: Sequence[Candidate]) -> tuple[LeftOut, ...]:
    """Those of whom nothing is known that would count."""
    because, do = objective.lacking
    return tuple(
        LeftOut(one.who, because, do) for one, known in zip(people, objective.valued, strict=True) if not known
    )
