"""Brief -> Shortlist: who fits, in order, every line with its reasons.

First the gates, each of which says how many people it removed and lists apart those who could not be checked; then an additive
score, so that the points of a line sum to the number shown. Follower count carries no weight of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from groundswell.signals.values import Value


@dataclass(frozen=True)
class Persona:
    """One wish about the person, in the brand's words."""

    text: str
    weight: float = 1.0
    must: bool = False
    never: bool = False


@dataclass(frozen=True)
class Brief:
    """What a brand wants: objective, personas, segments, budget. Read from TOML."""

    brand: str
    definition: str
    objective: dict[str, Any] = field(default_factory=lambda: {})
    budget: dict[str, Any] = field(default_factory=lambda: {})
    personas: tuple[Persona, ...] = ()
    segments: dict[str, tuple[str, ...]] = field(default_factory=lambda: {})
    exclude: tuple[str, ...] = ()
    brand_terms: tuple[str, ...] = ()
    """Words and handles by which the brand is recognised in posts; the brand's name when not given."""
    limit: int = 50
    path: str = ""


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
class Evidence:
    """A stored post that stands behind a reason."""

    post: str
    text: str
    created_at: datetime | None
    url: str | None
    why: str
    """What it is evidence for: the signal's or term's name."""
    likes: int | None = None
    replies: int | None = None
    reposts: int | None = None


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
    """Topic name and share of own posts, largest first."""
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
    notes: tuple[str, ...]
    simulated: bool
    made_at: datetime
    facts_version: str
    fits: dict[str, str] = field(default_factory=lambda: {})
    """Fit name -> version stamped on the values."""
    context: tuple[tuple[str, float, float], ...] = ()
    """(account, followers, like rate) of at most 2,000 accounts of the population, for the picture of engagement against size."""
