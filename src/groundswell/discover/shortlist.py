"""What discovery hands over: matches in order, each with its reasons, and what every gate did."""

from __future__ import annotations

__all__ = ["Evidence", "GateResult", "Match", "Shortlist", "Term"]

from dataclasses import dataclass, field
from datetime import date, datetime

from groundswell.discover.brief import Brief
from groundswell.discover.checks import Check
from groundswell.discover.exposure import Exposure
from groundswell.signals.posts import Evidence
from groundswell.signals.values import Value


@dataclass(frozen=True)
class Term:
    """One additive part of a score. `points` None: unknown, and `most` says how much it could have been."""

    name: str
    title: str
    points: float | None
    most: float
    sentence: str
    """Why, in one sentence that uses only this term's own numbers."""


@dataclass(frozen=True)
class Match:
    """A line of the shortlist."""

    rank: int
    account: str
    platform: str
    handle: str | None
    name: str | None
    bio: str | None
    url: str | None
    score: float
    """Sum of the known points, 0..100."""
    score_most: float
    """What the score would be if every unknown term were granted in full."""
    terms: tuple[Term, ...]
    values: dict[str, Value]
    """Signal name -> value."""
    sentences: tuple[str, ...]
    """Reasons in words, the strongest first."""
    evidence: tuple[Evidence, ...] = ()
    posts_by_month: tuple[tuple[date, int], ...] = ()
    topics: tuple[tuple[str, float], ...] = ()
    """Topic name and share of the posts whose topic could be told, largest first."""
    topics_from: tuple[int, int] | None = None
    """Posts whose topic could be told, and all own posts."""
    checks: tuple[Check, ...] = ()
    """The brief's contradictions, confirmations and incidents, those to look at first; they leave nobody out."""
    unchecked: tuple[str, ...] = ()
    """Gates that could not be checked for this account (only in `Shortlist.unchecked`)."""


@dataclass(frozen=True)
class GateResult:
    """What one gate did."""

    name: str
    says: str
    """The condition in words."""
    before: int
    removed: int
    unknown: int
    """Listed apart: neither in nor out."""
    would_fit: int = 0
    """How many more would fit if this gate alone were dropped."""
    apart: int | None = None
    """Who stands apart after it: could not be checked by this gate or one before. None: only this gate's own are known."""

    @property
    def aside(self) -> int:
        """Neither in nor out after this gate; with who was removed and who is left over they are all that came to it."""
        return self.unknown if self.apart is None else self.apart

    @property
    def left(self) -> int:
        """Who passed this gate and all before for certain."""
        return self.before - self.removed - self.aside


@dataclass(frozen=True)
class Shortlist:
    """A ranked, explained list for one brief under one definition."""

    brief: Brief
    definition: str
    """id@version."""
    definition_title: str
    definition_says: str
    """Its author's quote and source."""
    matches: tuple[Match, ...]
    unchecked: tuple[Match, ...]
    gates: tuple[GateResult, ...]
    population: int
    """Accounts looked at."""
    fitting: int
    """Accounts that passed every gate; `matches` holds the best of them."""
    notes: tuple[str, ...]
    simulated: bool
    made_at: datetime
    facts_version: str
    fits: dict[str, str] = field(default_factory=lambda: {})
    """Fit name -> version stamped on the values."""
    empty_because: str = ""
    """Why nobody is listed, in words; empty when somebody is."""
    made_up: tuple[str, ...] = ()
    """Of those who are listed, whom their rows say to be made up."""
    not_checked: int = 0
    """How many could not be checked against every gate; `unchecked` shows the first of them."""
    context: tuple[tuple[str, float, float], ...] = ()
    """(account, followers, like rate) of at most 2,000 accounts of the population, for the picture of engagement against size."""
    exposure: tuple[Exposure, ...] = ()
    """Who gets the places: how groups by language, platform, account age and size fare (R112)."""
