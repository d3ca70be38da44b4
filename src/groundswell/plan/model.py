"""What a plan is: picks in the order in which they add value, what they cost, what to expect, and how far from the best it is.

Money is in whole minor units of one currency. What is not known is None, and a sentence beside it says why. Everything here is
plain data: the same for the command line, the browser, programs and files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from groundswell.discover import Brief
from groundswell.signals.values import Value


@dataclass(frozen=True)
class Who:
    """A person in a plan, as an account."""

    account: str
    platform: str
    handle: str | None
    name: str | None
    url: str | None

    @property
    def called(self) -> str:
        """How a sentence names it."""
        return f"@{self.handle}" if self.handle else self.account


@dataclass(frozen=True)
class LeftOut:
    """Somebody who could not be chosen, and what would change that."""

    who: Who
    because: str
    do: str


@dataclass(frozen=True)
class Price:
    """What somebody costs in this plan, and how that is known."""

    minor: int
    """What the plan counts with: the fee, and what else everybody gets."""
    source: str
    """quoted, asked, paid, listed, estimated, or no fee."""
    says: str
    fee_minor: int = 0
    low_minor: int | None = None
    high_minor: int | None = None
    """90 % of such fees are expected in low..high; None where the fee is no estimate."""


@dataclass(frozen=True)
class Pick:
    """Somebody in the plan."""

    place: int
    """In the order in which they add value."""
    who: Who
    price: Price
    gain: float
    """What they add to those before."""
    gain_per_money: float | None
    """The same for each main unit of the currency; None for somebody who costs nothing."""
    known_audience: int
    """Different people who follow them or acted on their posts, as far as the data tell."""
    followers: Value
    known_share: float | None
    """Share of their followers whom the data name; None where no list of followers or no count is known."""
    overlap: float | None
    """Share of their known audience that those before reach already; None where no audience is known."""
    reactions: Value
    kinds: dict[str, str | None]
    newcomer: bool
    locked: bool
    because: str
    """The reason of the shortlist in which they are farthest before the other candidates."""
    score: float
    unchecked: tuple[str, ...] = ()
    status: str | None = None
    """Where the talks stand, in the words of the user's own list."""
    last_post: date | None = None
    """Of its newest post in the data; None where no dated one is known."""


@dataclass(frozen=True)
class Pair:
    """Two people of the plan who share part of their audience."""

    one: str
    other: str
    shared: int
    share: float
    """Of the known audience of the one with the smaller."""
    low: float | None
    high: float | None
    """90 % interval for the whole audience of the one with the smaller; None where neither list of followers is whole, so that
    what they share outside the data is unknown."""


@dataclass(frozen=True)
class AudienceKnown:
    """What is known of the people whom the plan would reach."""

    sources: tuple[str, ...]
    """follows, acts: what the audience was read from; empty where there is neither."""
    members: int
    """Different people known in the audience of the plan."""
    among_candidates: int
    """The same for all who could have been chosen."""
    follows_listed: int
    """Places in the audiences of the plan, somebody in two audiences counted twice."""
    without_false: int
    """People left out because their accounts look false."""
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """What past posts let one expect if each person of the plan posts once. Never from the model of reach."""

    what: str
    value: float | None
    low: float | None
    high: float | None
    posts: int
    """Past posts behind it."""
    people: int
    unknown: int
    """People of the plan of whom too little is known; they add nothing here."""
    says: str


@dataclass(frozen=True)
class MixLine:
    """One part of the audience that the plan would reach, beside what the brief wants."""

    by: str
    value: str
    share: float
    """Of the plan's known audience of whom it is known."""
    of_all: float
    """The same among everybody whom the candidates reach."""
    wanted: bool | None
    """Whether the brief names it; None where the brief says nothing of it."""
    members: int


@dataclass(frozen=True)
class NumberReason:
    """Why so many people: how uneven outcomes are, and how many it takes until they even out."""

    cv: float | None
    """Standard deviation of what a post of one of them brings, divided by the mean."""
    needed: int | None
    says: str


@dataclass(frozen=True)
class BigName:
    """The plan beside one big name for the same money."""

    who: Who | None
    price: Price | None
    value: float | None
    """What they alone come to in the plan's own measure."""
    known_audience: int | None
    followers: float | None
    divided: float | None
    """What the big name's price comes to when it is divided among others."""
    divided_people: int | None
    says: tuple[str, ...]


@dataclass(frozen=True)
class OtherBudget:
    """What another budget would change."""

    budget_minor: int
    value: float | None
    """None where nothing can be planned with it."""
    people: int
    leaves: tuple[Who, ...]
    """Of this plan, who would not be in it; those who add least first."""
    enters: tuple[Who, ...]
    says: str


@dataclass(frozen=True)
class CurvePoint:
    """What so much money comes to."""

    budget_minor: int
    spent_minor: int
    value: float
    people: int


@dataclass(frozen=True)
class Plan:
    """Whom to choose with a budget."""

    name: str
    """Hash of what was asked and of the facts: the file under which it is kept."""
    brief: Brief
    definition: str
    objective: str
    measure: str
    """What `value` and the gains count, in words."""
    budget_minor: int
    spent_minor: int
    left_minor: int
    currency: str
    people: tuple[int, int]
    """At least and at most so many were asked for."""
    picks: tuple[Pick, ...]
    value: float
    best_possible: float
    """No plan under these conditions comes to more, in the same measure."""
    certificate: float
    """value / best_possible."""
    warning: str
    """What to know before any number of it; empty where nothing."""
    sentences: tuple[str, ...]
    """The plan in words: first what it is."""
    certificate_says: str
    audience: AudienceKnown
    overlap_says: str
    overlaps: tuple[Pair, ...]
    expected: tuple[Expected, ...]
    mix: tuple[MixLine, ...]
    number: NumberReason
    big_name: BigName
    less: OtherBudget
    more: OtherBudget
    curve: tuple[CurvePoint, ...]
    robust: bool
    value_if_declined: float
    """Expected when each person declines with a chance of one in five, independently."""
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]
    population: int
    fitting: int
    considered: int
    simulated: bool
    made_at: datetime
    facts_version: str


__all__ = [
    "AudienceKnown", "BigName", "CurvePoint", "Expected", "LeftOut", "MixLine", "NumberReason", "OtherBudget", "Pair", "Pick",
    "Plan", "Price", "Who",
]  # fmt: skip
