"""Brief -> Shortlist: who fits, in order, every line with its reasons.

First the gates, each of which says how many people it removed and lists apart those who could not be checked; then an additive
score, so that the points of a line sum to the number shown. Follower count carries no weight of its own.

    brief       what a brand wants, read from TOML
    spending    how its money is to be divided, for the plan
    writing     a brief back as TOML
    segments    its countries, languages and channels, as people write them
    sector      its words, read in whichever language people write
    gates       who is in, who is out, who could not be checked
    checks      what a person should look at: contradictions, confirmations, incidents
    scoring     points, term by term
    ranking     both together, with evidence
    exposure    who gets the places, by language, platform, age of the account and size
    shortlist   what is handed over
"""

from __future__ import annotations

from groundswell.discover.brief import Brief, Persona, Rule, read_brief
from groundswell.discover.checks import Check
from groundswell.discover.exposure import Exposure, exposure
from groundswell.discover.ranking import discover
from groundswell.discover.shortlist import Evidence, GateResult, Match, Shortlist, Term
from groundswell.discover.spending import AtMost, Offer, Spending
from groundswell.discover.writing import brief_toml

__all__ = [
    "AtMost",
    "Brief",
    "Check",
    "Evidence",
    "Exposure",
    "GateResult",
    "Match",
    "Offer",
    "Persona",
    "Rule",
    "Shortlist",
    "Spending",
    "Term",
    "brief_toml",
    "discover",
    "exposure",
    "read_brief",
]
