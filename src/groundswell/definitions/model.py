"""The shapes of a judgement: what a definition, a tier set and a benchmark consist of.

All are frozen and named `id@version`. Bands are half-open, `followers_from <= followers < followers_below`; a missing
`followers_below` means "and more". Rates and shares are fractions (0.05 is 5 %).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

Bound = Literal["value", "low", "high"]
Curve = Literal["linear", "log", "plateau", "inverse"]
Grade = Literal["A", "B", "C", "D"]

GRADES: dict[str, str] = {
    "A": "measured, with the method and the number of accounts published",
    "B": "measured, with the method or the number of accounts partly published",
    "C": "said by a practitioner, without figures to check",
    "D": "our own reading or choice",
}


@dataclass(frozen=True)
class Provenance:
    """Who says so. `year` and `url` are None where the source does not give them."""

    source: str
    quote: str
    url: str | None = None
    year: int | None = None
    grade: Grade = "D"


@dataclass(frozen=True)
class Band:
    """A range of follower counts about which an author speaks."""

    followers_from: float
    followers_below: float | None = None
    note: str = ""
    """Where the edges come from."""


LEAST: dict[Bound, str] = {"value": "at least ", "low": "surely at least ", "high": "possibly at least "}
MOST: dict[Bound, str] = {"value": "at most ", "low": "possibly at most ", "high": "surely at most "}
"""An end of the 90 % interval -> what a limit on it asks."""


@dataclass(frozen=True)
class Gate:
    """A condition that must hold. `bound` says which end of the 90 % interval is asked; unknown is neither in nor out."""

    signal: str
    bound: Bound = "value"
    at_least: float | None = None
    at_most: float | None = None
    equals: float | str | bool | None = None
    """A number for the value, or text for its label (a language)."""
    because: str = ""

    @property
    def says(self) -> str:
        """The condition in words: `topic_focus is surely at least 0.5`."""
        limits = ((LEAST[self.bound], self.at_least), (MOST[self.bound], self.at_most), ("", self.equals))
        return f"{self.signal} is " + " and ".join(f"{word}{limit}" for word, limit in limits if limit is not None)


@dataclass(frozen=True)
class ScoreTerm:
    """One additive part of a score: a signal, bent by a curve to 0..1, times a weight.

    linear   0 at `start`, 1 at `to`, capped at both ends
    log      the same on a logarithmic scale, both above 0; a value of 0 or less counts as `start`
    inverse  1 at `start`, 0 at `to`
    plateau  1 from `start` to `to`; falls in a line to 0 at `zero_below` and `zero_above` (without one: stays 1 on that side)
    """

    signal: str
    title: str
    curve: Curve
    start: float
    to: float
    weight: float
    zero_below: float | None = None
    zero_above: float | None = None
    against: str | None = None
    """A benchmark: the value is first divided by what is typical of accounts of that size."""
    because: str = ""


@dataclass(frozen=True)
class Objection:
    """What can be said against it, shown beside the result."""

    text: str


@dataclass(frozen=True)
class Declared:
    """What every judgement has: a name that never changes its meaning, words, and an author."""

    id: str
    version: int
    title: str
    says: str
    provenance: Provenance
    objections: tuple[Objection, ...] = ()
    file: str = ""
    """The file it was read from."""

    @property
    def name(self) -> str:
        """`id@version`."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True)
class Definition(Declared):
    """What somebody means by a micro-influencer. Without bands it speaks about every size."""

    bands: tuple[Band, ...] = ()
    gates: tuple[Gate, ...] = ()
    terms: tuple[ScoreTerm, ...] = ()
    lacks: tuple[str, ...] = ()
    """What the author asks for and no signal measures yet."""


@dataclass(frozen=True)
class Tier:
    """A size class."""

    name: str
    followers_from: float
    followers_below: float | None = None


@dataclass(frozen=True)
class TierSet(Declared):
    """Somebody's size classes. Follower counts outside all of them have no tier here."""

    tiers: tuple[Tier, ...] = ()

    @property
    def unnamed(self) -> tuple[tuple[float, float | None], ...]:
        """(from, below) of the sizes that no tier names, the smallest first."""
        found, reached = list[tuple[float, float | None]](), 0.0
        for tier in sorted(self.tiers, key=lambda tier: tier.followers_from):
            if tier.followers_from > reached:
                found.append((reached, tier.followers_from))
            reached = max(reached, inf if tier.followers_below is None else tier.followers_below)
        return (*found, (reached, None)) if reached < inf else tuple(found)


@dataclass(frozen=True)
class Level:
    """What is usual within one band. A range, a typical value, or both; neither when too few accounts were measured."""

    followers_from: float
    followers_below: float | None = None
    typical: float | None = None
    rate_from: float | None = None
    rate_to: float | None = None
    n: int | None = None
    """Accounts behind it; None where the source does not say."""
    quote: str = ""


@dataclass(frozen=True)
class Benchmark(Declared):
    """Usual rates, bound to a metric and, where the source names one, to a platform. Outside its levels it is silent."""

    metrics: tuple[str, ...] = ()
    """Signals it may be compared with; any other is another quantity."""
    platforms: tuple[str, ...] = ()
    """Empty: the source names no platform."""
    posts: str = "all"
    """Which posts were measured: all, unpaid or sponsored."""
    levels: tuple[Level, ...] = ()
    fitted: bool = False
    """The levels come from the user's own data (`fit_panel`)."""
    edges: tuple[float, ...] = ()
    """Where the bands of a fit begin."""
    least: int = 0
    """A band of a fit with fewer accounts than this says nothing."""
