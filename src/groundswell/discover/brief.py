"""The brief: what a brand wants, in its own words. One TOML file, refused with line and nearest key where it does not hold.

brand = "Oat & Co"
definition = "field_geek@1"
[objective]
metric = "conversions"          # reach | interactions | sparked | conversions
target = 200
by = 2027-03-01
[budget]
amount = 5000.00
currency = "EUR"
[[persona]]
text = "bakes vegan bread"
weight = 3                      # or must = true / never = true
[segments]
sector = ["vegan food"]
country = ["DE", "Austria"]
channel = ["instagram", "blog"]
[exclude]
accounts = ["instagram:@rival"]
[[never_if]]                    # shown with the post, for a person to decide; [[confirm]] and [[incident]] have the same form
text = "shaves the hair"
because = "we sell shampoo"
terms = ["shaved my head"]      # optional: these words instead of the text
[plan]                          # how the money is to be divided: see `spending`
people = [20, 40]
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from groundswell.definitions import DEFAULT_DEFINITION
from groundswell.definitions.sections import Section, read_section
from groundswell.discover.segments import checked
from groundswell.discover.spending import MOST_MONEY, Spending, minor_units, read_spending
from groundswell.errors import BriefError
from groundswell.store.text_index import words_of

METRICS = ("reach", "interactions", "sparked", "conversions")
SEGMENTS = ("sector", "country", "channel", "language", "tone", "age", "sex")
MOST_MATCHES = 1_000


@dataclass(frozen=True)
class Persona:
    """One wish about the person, in the brand's words."""

    text: str
    weight: float = 1.0
    must: bool = False
    never: bool = False


RULES = ("never_if", "confirm", "incident")
"""What speaks against somebody, what should be seen to hold, and what may have happened: each for a person to judge."""


@dataclass(frozen=True)
class Rule:
    """Something to look for in the posts of whoever fits; it leaves nobody out."""

    kind: str
    """One of RULES."""
    text: str
    because: str = ""
    terms: tuple[str, ...] = ()
    """Words to look for; the text itself when there are none."""


@dataclass(frozen=True)
class Brief:
    """What a brand wants: objective, personas, segments, budget. Read from TOML."""

    brand: str
    definition: str
    objective: dict[str, Any] = field(default_factory=lambda: {})
    """metric, target, by; empty when the brief sets none."""
    budget: dict[str, Any] = field(default_factory=lambda: {})
    """amount_minor (integer), currency."""
    personas: tuple[Persona, ...] = ()
    segments: dict[str, tuple[str, ...]] = field(default_factory=lambda: {})
    exclude: tuple[str, ...] = ()
    brand_terms: tuple[str, ...] = ()
    """Words and handles by which the brand is recognised in posts; the brand's name when not given."""
    rules: tuple[Rule, ...] = ()
    limit: int = 50
    spending: Spending = field(default_factory=Spending)
    path: str = ""


def read_brief(path: Path) -> Brief:
    """Read a brief from a TOML file; BriefError names the line and the nearest key."""
    if not path.is_file():
        raise BriefError(f"There is no brief {path}.", next_step="`groundswell demo` leaves one to start from.")
    top = read_section(path).only(
        "brand", "definition", "objective", "budget", "persona", "segments", "exclude", "brand_terms", "limit", "plan",
        *RULES,
    )  # fmt: skip
    limit = top.whole_or_none("limit", least=1) or 50
    if limit > MOST_MATCHES:
        raise top.wrong("limit", f"limit is {limit}; at most {MOST_MATCHES} people are listed.")
    budget = _budget(top)
    return Brief(
        brand=top.text("brand"),
        definition=top.text_or_none("definition") or DEFAULT_DEFINITION,
        objective=_objective(top),
        budget=budget,
        personas=tuple(_persona(one) for one in top.tables("persona")),
        segments=_segments(top),
        exclude=top.table("exclude").only("accounts").texts("accounts") if "exclude" in top.values else (),
        brand_terms=top.texts("brand_terms"),
        rules=tuple(_rule(kind, one) for kind in RULES for one in top.tables(kind)),
        limit=limit,
        spending=read_spending(top, budget.get("currency", "EUR")),
        path=str(path),
    )


def _objective(top: Section) -> dict[str, Any]:
    if "objective" not in top.values:
        return {}
    part = top.table("objective").only("metric", "target", "by")
    by = part.values.get("by")
    if by is not None and (isinstance(by, datetime) or not isinstance(by, date)):
        raise part.wrong("by", f"'by' must be a date such as 2027-03-01, not {by!r}.")
    return {"metric": part.choice("metric", METRICS), "target": part.number_or_none("target"), "by": by}


def _budget(top: Section) -> dict[str, Any]:
    if "budget" not in top.values:
        return {}
    part = top.table("budget").only("amount", "currency")
    amount, currency = part.number("amount"), part.text_or_none("currency") or "EUR"
    if not 0 <= amount <= MOST_MONEY:
        raise part.wrong("amount", f"The budget cannot be {amount:g}.")
    if len(currency) != 3 or not currency.isalpha():
        raise part.wrong("currency", f"'currency' must be three letters such as EUR, not {currency!r}.")
    return {"amount_minor": minor_units(amount, currency.upper()), "currency": currency.upper()}


def _persona(part: Section) -> Persona:
    part.only("text", "weight", "must", "never")
    weight = part.number_or_none("weight")
    if weight is not None and weight < 0:
        raise part.wrong("weight", "A weight below 0 is not a wish; say never = true instead.")
    if part.flag("must") and part.flag("never"):
        raise part.wrong("must", "A wish cannot be both must and never.")
    return Persona(part.text("text"), 1.0 if weight is None else weight, part.flag("must"), part.flag("never"))


def _rule(kind: str, part: Section) -> Rule:
    part.only("text", "because", "terms")
    rule = Rule(kind, part.text("text"), part.text_or_none("because") or "", part.texts("terms"))
    if not all(words_of(phrase) for phrase in rule.terms or (rule.text,)):
        raise part.wrong("terms" if rule.terms else "text", "There is no word in it to look for.")
    return rule


def _segments(top: Section) -> dict[str, tuple[str, ...]]:
    if "segments" not in top.values:
        return {}
    part = top.table("segments").only(*SEGMENTS)
    return {name: checked(name, part) for name in SEGMENTS if part.texts(name)}
