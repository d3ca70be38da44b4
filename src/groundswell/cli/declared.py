"""A meaning, a tier set or a benchmark in full, as lines of words: what it says, who says so, what it asks, what is against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundswell.definitions import Band, Benchmark, Definition, Level, ScoreTerm, Tier, TierSet
    from groundswell.definitions.model import Declared


def declared_lines(kind: str, one: Declared) -> Iterator[str]:
    """One judgement in full; `kind` is what the list of all of them calls it."""
    from groundswell.definitions.model import GRADES

    said = one.provenance
    year = f", {said.year}" if said.year and str(said.year) not in said.source else ""
    yield f"{one.name}: {one.title} ({kind})"
    yield one.says
    yield f"“{said.quote}”"
    yield f"{said.source}{year}. Grade {said.grade}: {GRADES[said.grade]}."
    yield from [f"See {said.url}"] if said.url else []
    for head, lines in _parts(one):
        if lines:
            yield from ("", head, *(f"  {line}" for line in lines))
    yield from ("", f"It is declared in {one.file}")


def _parts(one: Declared) -> Iterator[tuple[str, list[str]]]:
    from groundswell.definitions import Benchmark, Definition, TierSet

    if isinstance(one, Definition):
        yield from _meaning(one)
    elif isinstance(one, TierSet):
        yield from _tiers(one)
    elif isinstance(one, Benchmark):
        yield from _benchmark(one)
    yield "What can be said against it", [objection.text for objection in one.objections]


def _meaning(one: Definition) -> Iterator[tuple[str, list[str]]]:
    yield "Speaks of", [f"{followers_of(band)} followers. {band.note}".rstrip() for band in one.bands]
    yield "Asks that", [f"{gate.says}. {gate.because}".rstrip() for gate in one.gates]
    yield "Weighs", [f"{term.weight:g}  {term.title} ({_curve(term)}). {term.because}".rstrip() for term in one.terms]
    yield "Its author also asks for what is not measured yet", list(one.lacks)


def _tiers(one: TierSet) -> Iterator[tuple[str, list[str]]]:
    yield "Sizes", [f"{tier.name}: {followers_of(tier)} followers" for tier in one.tiers]


def _benchmark(one: Benchmark) -> Iterator[tuple[str, list[str]]]:
    platforms = ", ".join(one.platforms) or "not named by the source"
    yield "Compared with", [f"{', '.join(one.metrics)}; platform: {platforms}; posts: {one.posts}"]
    fitted = f"Fitted from your own accounts; a band with fewer than {one.least} says nothing."
    levels = [f"{followers_of(level)} followers: {usual_of(level)}" for level in one.levels]
    yield "Usual", [fitted] if one.fitted else levels


def _curve(term: ScoreTerm) -> str:
    against = f", against {term.against}" if term.against else ""
    return f"{term.signal}, {term.curve} {term.start:g} to {term.to:g}{against}"


def followers_of(band: Band | Tier | Level) -> str:
    """The sizes that a band speaks of."""
    start, below = band.followers_from, band.followers_below
    return f"{start:,.0f} and more" if below is None else f"{start:,.0f} to below {below:,.0f}"


def usual_of(level: Level) -> str:
    """What is usual within a band of a benchmark."""
    if level.typical is not None:
        return f"{level.typical:.2%}"
    return (
        f"{level.rate_from:.0%} to {level.rate_to:.0%}"
        if level.rate_from is not None and level.rate_to is not None
        else "unknown"
    )
