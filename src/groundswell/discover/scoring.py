"""Points, term by term. They add up to the score, so that the picture of a line sums to its number.

A score is 100 points, divided among what the brief asks about (weights below, scaled to what is asked):

    the definition's own terms   50     what its author means by a good person
    personas                     25     likeness of the account's words to the brief's wishes, by their weights
    sector                       15     share of own posts in the sector
    kinship                      10     own unpaid posts that name the brand, but for critical ones; who is a critic earns none

These four weights are a design choice; nothing in the literature sets them. An unknown term earns nothing and loses nothing: it is
shown as "up to +x". Follower count has no term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.definitions import Definition, ScoreTerm, benchmark, fit_panel, fractions, typical_rates
from groundswell.discover.brief import Brief
from groundswell.discover.gates import Gate
from groundswell.discover.shortlist import Term
from groundswell.records import platform_name
from groundswell.signals import SIGNALS
from groundswell.signals.kinship import Shares, Texts
from groundswell.signals.regard import Regard
from groundswell.signals.values import Value

pc: Any = _compute  # its functions are made at run time, no type checker knows them

DEFINITION, PERSONAS, SECTOR, KINSHIP = 50.0, 25.0, 15.0, 10.0
MENTIONS_FOR_ALL = 3
"""Own unpaid posts that name the brand, from which kinship earns all its points (design choice)."""


SOMETHING_KNOWN = "something_known"


@dataclass(frozen=True)
class Scored:
    """One term for every account: the fraction earned (NaN unknown), its most points, and how to say why."""

    name: str
    title: str
    earned: NDArray[np.float64]
    most: float
    says: Callable[[int], str]
    """Row number -> sentence."""

    def term(self, row: int) -> Term:
        """Return what one account earns of it, and why."""
        part = float(self.earned[row])
        points = None if np.isnan(part) else round(part * self.most, 6)
        return Term(self.name, self.title, points, self.most, self.says(row))


@dataclass(frozen=True)
class Asked:
    """What the brief's own questions came to, per account."""

    sector: Shares | None
    kinship: Regard | None


def scored_terms(brief: Brief, meaning: Definition, rows: pa.Table, texts: Texts, asked: Asked) -> list[Scored]:
    """All terms of a brief under a definition, scaled so that their most points add up to 100."""
    terms = [
        *_definition_terms(meaning, rows),
        *_persona_terms(brief, texts),
        *_sector_term(brief, asked.sector),
        *_kinship_term(brief, rows, asked.kinship),
    ]
    scale = 100.0 / (sum(term.most for term in terms) or 1.0)
    return [Scored(term.name, term.title, term.earned, term.most * scale, term.says) for term in terms]


def totals(terms: list[Scored], size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Known points and possible points of every account."""
    known, possible = np.zeros(size), np.zeros(size)
    for term in terms:
        points = term.earned * term.most
        known += np.nan_to_num(points)
        possible += np.where(np.isnan(points), term.most, points)
    return np.round(known, 9), np.round(possible, 9)


def something_known(terms: list[Scored]) -> Iterator[Gate]:
    """The last gate, where it matters: of whom nothing that earns points is known does not fit; it cannot be told."""
    nothing = np.logical_and.reduce([np.isnan(term.earned) for term in terms]) if terms else np.zeros(0, bool)
    if nothing.any():
        holds = pa.array(np.ones(len(nothing), bool), mask=nothing)
        yield Gate(SOMETHING_KNOWN, "anything that earns points here is known", holds)


def _definition_terms(meaning: Definition, rows: pa.Table) -> Iterator[Scored]:
    whole = sum(term.weight for term in meaning.terms) or 1.0
    for term in meaning.terms:
        column = in_one(rows.column(term.signal))
        usual = _usual(term, rows) if term.against else None
        earned = fractions(term, pc.struct_field(column, "value"), usual)
        yield Scored(
            term.signal, term.title, earned, DEFINITION * term.weight / whole, _signal_sentence(term, column, usual)
        )


def _usual(term: ScoreTerm, rows: pa.Table) -> NDArray[np.float64]:
    """What is usual for each account's size on its platform, fitted from the user's own data where the benchmark asks so."""
    assert term.against is not None
    declared = benchmark(term.against)
    followers = _numbers(rows, "followers")
    rate = _numbers(rows, term.signal)
    platforms = np.asarray(rows.column("platform").to_pylist(), object)
    usual = np.full(rows.num_rows, np.nan)
    for platform in sorted(set(platforms)):
        mine = platforms == platform
        fitted = (
            fit_panel(declared, followers[mine], rate[mine], platform, term.signal) if declared.fitted else declared
        )
        usual[mine] = typical_rates(fitted, platform, followers[mine], term.signal)
    return usual


def _numbers(rows: pa.Table, signal: str) -> NDArray[np.float64]:
    found = pc.struct_field(in_one(rows.column(signal)), "value")
    return found.to_numpy(zero_copy_only=False).astype(np.float64)


def _signal_sentence(
    term: ScoreTerm, column: pa.StructArray, usual: NDArray[np.float64] | None
) -> Callable[[int], str]:
    declared = SIGNALS[term.signal]

    def say(row: int) -> str:
        value = Value(term.signal, **column[row].as_py())
        sentence = declared.sentence(value)
        if usual is not None and value.known:
            against = (
                "no account of its size to compare with"
                if np.isnan(usual[row])
                else f"usual at its size: {usual[row]:.2%}"
            )
            sentence = f"{sentence[:-1]}; {against}."
        return sentence

    return say


def _persona_terms(brief: Brief, texts: Texts) -> Iterator[Scored]:
    wishes = [persona for persona in brief.personas if not persona.never and persona.weight > 0]
    whole = sum(persona.weight for persona in wishes) or 1.0
    for number, persona in enumerate(wishes, start=1):
        alike = texts.likeness(persona.text)
        name = "persona_match" if number == 1 else f"persona_match_{number}"
        yield Scored(
            name,
            f"is like '{persona.text}'",
            alike,
            PERSONAS * persona.weight / whole,
            _alike_sentence(persona.text, alike),
        )


def _alike_sentence(text: str, alike: NDArray[np.float64]) -> Callable[[int], str]:
    def say(row: int) -> str:
        if np.isnan(alike[row]):
            return f"Whether its words are like '{text}' is unknown: no words in common with what was fitted."
        return f"Its bio and newest posts are like '{text}' by {alike[row]:.2f} of 1."

    return say


def _sector_term(brief: Brief, sector: Shares | None) -> Iterator[Scored]:
    if sector is None:
        return
    named, shares = " or ".join(brief.segments["sector"]), sector.share

    def say(row: int) -> str:
        if not sector.texts[row]:
            return f"Whether it speaks of {named} is unknown: none of its posts has text."
        last = sector.last(row)
        when = f"; the newest on {last:%Y-%m-%d}" if last else ""
        return (
            f"{shares[row]:.0%} of its {_own_posts(sector.texts[row], 'is', 'are')} about {named}, "
            f"{sector.unpaid[row]} of them with no sign of payment{when}."
        )

    yield Scored("sector_share", f"speaks of {named}", shares, SECTOR, say)


def _own_posts(number: int, one: str = "", several: str = "") -> str:
    """`1 own post`, `12 own posts`, with the verb that goes with it."""
    said = f"1 own post {one}" if number == 1 else f"{number} own posts {several}"
    return said.rstrip()


def _kinship_term(brief: Brief, rows: pa.Table, kinship: Regard | None) -> Iterator[Scored]:
    if kinship is None:
        return
    earned = np.where(kinship.known, np.minimum(kinship.friendly / MENTIONS_FOR_ALL, 1.0), np.nan)
    platforms = rows.column("platform")

    def say(row: int) -> str:
        where = platform_name(platforms[row].as_py())
        return kinship_sentence(brief.brand, kinship, row, where)

    yield Scored("kinship", f"knows {brief.brand}", earned, KINSHIP, say)


def kinship_sentence(brand: str, kinship: Regard, row: int, where: str) -> str:
    """How an account speaks of a brand: in how many posts, where and when last, how many unpaid, and how these do."""
    if not kinship.known[row]:
        return f"Whether it has named {brand} is unknown: none of its posts has text."
    named, acts, unpaid = (int(counts[row]) for counts in (kinship.named, kinship.acts, kinship.unpaid))
    if not named + acts:
        return f"None of its {_own_posts(kinship.texts[row])} names {brand}."
    last = kinship.last(row)
    when = f", last on {last:%Y-%m-%d}" if last else ""
    said = f"It named {brand} in {_own_posts(named)} on {where}{when}" if named else ""
    if acts:
        told = f"{acts:,} mention{'s' if acts != 1 else ''} of it {'are' if acts != 1 else 'is'} in the data without a post"
        said = f"{said}; {told}" if said else f"It mentioned {brand} on {where}{when}: {told}"
    if named:
        said += f"; {unpaid:,} show{'s' if unpaid == 1 else ''} no sign of payment"
    if ways := kinship.ways(row):
        said += f" and {ways}" if unpaid == 1 else f": {ways}"
    return f"{said}. A critic earns no points here." if kinship.critic[row] else f"{said}."
