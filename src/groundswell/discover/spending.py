"""How the money of a brief is to be divided: its table [plan], read and refused like the rest of the brief.

[plan]
people = [20, 40]               # left out: twenty to forty if the money lasts (the article on 2017)
objective = "unique reach"      # unique reach | interactions | sparked actions | conversions
lock = ["@ann"]                 # these for sure
exclude = ["@bob"]              # these not
newcomers = 5                   # at least so many who are on none of your lists
sector_credibility = 0.3        # stricter than the gate: surely at least this share of own posts
robust = true                   # choose for the case that a fifth declines
[plan.price]
"@ann" = 300                    # quoted to you, in the currency of [budget]
[[plan.at_most]]
of = "topic"                    # topic | platform | tier | language | country
is = "bread"                    # left out: each of them
people = 8
[[plan.offer]]                  # what everybody gets; left out: the fee of each
kind = "product"                # fee | product | visibility | training
cost = 40                       # to you, for each person
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from groundswell.definitions.sections import Section
from groundswell.sources.files.money import NO_MINOR, money_of

OBJECTIVES = ("unique reach", "interactions", "sparked actions", "conversions")
KINDS = ("fee", "product", "visibility", "training")
"""Ways to thank somebody (the guide to becoming one and the essay Less is More: "a simple boost of their visibility or a chance to try your brand new product")."""
SORTS = ("topic", "platform", "tier", "language", "country")
MOST_PEOPLE = 1_000
MOST_MONEY = 10**12
"""In the currency's main unit: what is more is a slip of the finger (design choice), and no longer exact as a number."""


@dataclass(frozen=True)
class AtMost:
    """No more than so many people of one kind."""

    of: str
    value: str | None
    """Which topic, platform ...; None: each of them."""
    people: int


@dataclass(frozen=True)
class Offer:
    """One thing that everybody in the plan gets."""

    kind: str
    cost_minor: int | None
    """What it costs for each person; None for a fee, which is each person's own."""


@dataclass(frozen=True)
class Spending:
    """What a brief says of dividing its money."""

    people: tuple[int, int] | None = None
    """At least and at most so many; None: twenty to forty if the money lasts."""
    objective: str | None = None
    lock: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    newcomers: int = 0
    sector_credibility: float | None = None
    robust: bool = False
    prices: tuple[tuple[str, int], ...] = ()
    """(account as written, minor units) of what was quoted."""
    at_most: tuple[AtMost, ...] = ()
    offers: tuple[Offer, ...] = field(default=(Offer("fee", None),))


def read_spending(top: Section, currency: str) -> Spending:
    """Read the table [plan] of a brief, whose money is in `currency`; nothing said is nothing asked."""
    if "plan" not in top.values:
        return Spending()
    part = top.table("plan").only(
        "people", "objective", "lock", "exclude", "newcomers", "sector_credibility", "robust", "price", "at_most", "offer"
    )  # fmt: skip
    offers = tuple(_offer(one, currency) for one in part.tables("offer"))
    return Spending(
        people=_people(part),
        objective=part.choice("objective", OBJECTIVES) if "objective" in part.values else None,
        lock=part.texts("lock"),
        exclude=part.texts("exclude"),
        newcomers=part.whole_or_none("newcomers") or 0,
        sector_credibility=_share(part, "sector_credibility"),
        robust=part.flag("robust"),
        prices=_prices(part, currency),
        at_most=tuple(map(_at_most, part.tables("at_most"))),
        offers=offers or Spending().offers,
    )


def minor_in_main(currency: str) -> int:
    """How many minor units make one main unit; some currencies have no minor ones."""
    return 1 if currency in NO_MINOR else 100


def minor_units(amount: float, currency: str) -> int:
    """An amount of money as whole minor units."""
    return int((Decimal(str(amount)) * minor_in_main(currency)).to_integral_value())


def amount_said(said: str, currency: str) -> float | None:
    """An amount as somebody types it (`5000`, `5.000 €`, `5k`); None where it is none, or says another currency."""
    found = money_of(said.strip(), currency)
    if found is None or found[1] not in (None, currency):
        return None
    return found[0] / minor_in_main(currency)


def money(minor: float, currency: str | None) -> str:
    """Write an amount: `EUR 1,250.00`; with the currency's name left open where a list does not say it."""
    digits = 0 if currency in NO_MINOR else 2
    amount = f"{minor / 10**digits:,.{digits}f}"
    return f"{currency} {amount}" if currency else f"{amount} (no currency said)"


def _people(part: Section) -> tuple[int, int] | None:
    if "people" not in part.values:
        return None
    said = part.numbers("people")
    if len(said) != 2 or any(number != int(number) for number in said):
        raise part.wrong("people", "'people' must be two whole numbers, such as [20, 40].")
    least, most = map(int, said)
    if not 0 <= least <= most or not 1 <= most <= MOST_PEOPLE:
        raise part.wrong(
            "people", f"'people' cannot be [{least}, {most}]: from the fewest to the most, to {MOST_PEOPLE}."
        )
    return least, most


def _share(part: Section, key: str) -> float | None:
    share = part.number_or_none(key)
    if share is not None and not 0 <= share <= 1:
        raise part.wrong(key, f"{key!r} must lie between 0 and 1, not {share:g}.", "Write 30 % as 0.3.")
    return share


def _prices(part: Section, currency: str) -> tuple[tuple[str, int], ...]:
    if "price" not in part.values:
        return ()
    table = part.table("price")
    return tuple((account, _money(table, account, currency)) for account in table.values)


def _money(part: Section, key: str, currency: str) -> int:
    amount = part.number(key)
    if not 0 < amount <= MOST_MONEY:
        raise part.wrong(key, f"A price cannot be {amount:g}.", "Write what it costs in the currency of the budget.")
    return minor_units(amount, currency)


def _at_most(part: Section) -> AtMost:
    part.only("of", "is", "people")
    part.number("people")
    return AtMost(part.choice("of", SORTS), part.text_or_none("is") or None, part.whole_or_none("people") or 0)


def _offer(part: Section, currency: str) -> Offer:
    part.only("kind", "cost")
    kind = part.choice("kind", KINDS)
    cost = part.number_or_none("cost")
    if kind == "fee" and cost is None:
        return Offer(kind, None)
    if cost is None or not 0 <= cost <= MOST_MONEY:
        raise part.wrong("cost", f"What {kind} costs for each person must be an amount of 0 or more.")
    return Offer(kind, minor_units(cost, currency))
