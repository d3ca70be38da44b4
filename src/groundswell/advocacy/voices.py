"""Who speaks of a company, and how: the answer of a census, and how one asks for a part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from groundswell.advocacy.own import Own
from groundswell.advocacy.people import count, several
from groundswell.errors import UnknownNameError
from groundswell.signals import Value
from groundswell.signals.posts import Evidence
from groundswell.signals.warmth import READINGS, Reading, Tone

Kind = Literal["company", "product", "service", "person"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The essay Less is More: "a product, a service, a brand or a personality"."""


@dataclass(frozen=True)
class Voice:
    """One account that names the company or what is its own."""

    account: str
    platform: str
    handle: str | None
    name: str | None
    followers: Value
    tiers: tuple[tuple[str, str], ...]
    mentions: int
    """Posts, quotes and replies that name it."""
    addressed: int
    """Replies that name it nowhere but among the handles they begin with; not among the mentions."""
    different: int
    """Mentions in words of their own: those that differ in nothing but numbers, handles and links count once."""
    unpaid: int
    """Mentions without a sign of payment: no paid label, no word of disclosure, no sign of affiliation. What is not said cannot be seen."""
    paid_by: tuple[str, ...]
    """Who paid for the others, where a post says it in words; the company itself is "it"."""
    last_at: datetime | None
    by_kind: tuple[tuple[Kind, int], ...]
    """(kind, posts that name one of it)."""
    reading: Reading
    """How it speaks, taken together: by its mentions without a sign of payment where it has any, else by the paid ones."""
    tone: Tone
    """Of mentions without a sign of payment."""
    paid_tone: Tone
    """Of mentions with one."""
    unread: tuple[tuple[str, int], ...]
    """(language, sentences) that have no instrument."""
    warmth: Value
    itself: str | None
    """Why it is taken to be the company's own account; None for everybody else."""
    surely: bool
    """Whether that is sure; of who is only probably its own, whoever asks may say that it is not."""
    evidence: tuple[Evidence, ...]
    unknown: tuple[str, ...]
    sentence: str

    @property
    def speaks(self) -> str:
        """Its reading in a word or two; who only answered spoke of something else."""
        if not self.mentions:
            return "only answered"
        return {"critical": "critical or grim", "unread": "not read"}.get(self.reading, self.reading)

    @property
    def followers_say(self) -> str:
        """Its followers in words, or that they are not known."""
        return count(self.followers.value) if self.followers.value is not None else "not known"


@dataclass(frozen=True)
class Census:
    """Everyone who names the company."""

    names: dict[Kind, tuple[str, ...]]
    voices: tuple[Voice, ...]
    """Most unpaid mentions first, ties by id."""
    colleagues: tuple[Voice, ...]
    """People of the company's own roster, apart: they are no unpaid voices, whatever they were paid for a post."""
    itself: tuple[Voice, ...]
    """Accounts that seem to be the company's own, apart; the sure ones first."""
    own: tuple[Own, ...]
    """The company's accounts whose mentions count as naming it, whether they posted or not."""
    counted: str
    """Which spellings counted."""
    mentions: int
    passed_on: int
    """Posts that only pass on somebody else's mention; not counted."""
    tone: Tone
    """Of everybody's mentions without a sign of payment, colleagues and the company itself left out."""
    paid_tone: Tone
    """Of their mentions with one."""
    readings: tuple[tuple[Reading, int], ...]
    """(reading, accounts) of those with a mention without a sign of payment, whatever was asked to be shown."""
    tier_titles: tuple[tuple[str, str], ...]
    """(tier set, its title)."""
    narrowed: str
    """Which of the voices are shown, in words; nothing where all are."""
    sentences: tuple[str, ...]
    unknown: tuple[str, ...]
    simulated: bool
    facts_version: str


Pay = Literal["unpaid", "paid"]
PAYS: tuple[Pay, ...] = get_args(Pay)
Order = Literal["unpaid", "mentions", "followers", "newest", "praise", "reservations"]
ORDERS: tuple[Order, ...] = get_args(Order)
"""In which order voices may be asked for; the first is the usual one."""
READING_WORDS: dict[Reading, str] = {
    "warm": "in warm words", "balanced": "balanced: praise and reservations", "critical": "in critical or grim words",
    "neither": "neither", "unread": "not read",
}  # fmt: skip
"""A reading as it is said of an account."""
PAY_WORDS: dict[Pay, str] = {"unpaid": "never with a sign of payment", "paid": "at least once with a sign of payment"}
ORDER_WORDS: dict[Order, str] = {
    "unpaid": "most unpaid mentions first", "mentions": "most mentions first", "followers": "most followers first",
    "newest": "the newest first", "praise": "most praise first", "reservations": "most reservations first",
}  # fmt: skip
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
"""Stands for no date."""

_BY: dict[Order, Callable[[Voice], Any]] = {
    "unpaid": lambda one: -one.unpaid,
    "mentions": lambda one: -one.mentions,
    "followers": lambda one: -(-1.0 if one.followers.value is None else one.followers.value),
    "newest": lambda one: -(one.last_at or EARLIEST).timestamp() if one.last_at else float("inf"),
    "praise": lambda one: (-one.tone.praise, one.tone.reservations),
    "reservations": lambda one: (-one.tone.reservations, one.tone.praise),
}


def narrowed(found: Census, *, reading: str | None = None, pay: str | None = None, order: str | None = None) -> Census:
    """The same census with the voices that were asked for, in the order that was asked for. What it counts stays what it is.

    Raises UnknownNameError for a reading, a pay or an order that nobody declared.
    """
    for what, said, known in (("reading", reading, READINGS), ("pay", pay, PAYS), ("order", order, ORDERS)):
        if said and said not in known:
            raise UnknownNameError(what, said, known)
    if not (reading or pay or order):
        return found
    kept = [
        one
        for one in found.voices
        if (not reading or one.reading == reading)
        and (not pay or (one.mentions > 0 and (pay == "paid") == (one.mentions > one.unpaid)))
    ]
    by: Order = ORDERS[ORDERS.index(order)] if order in ORDERS else ORDERS[0]
    kept.sort(key=_BY[by])
    asked = [READING_WORDS[one] for one in READINGS if one == reading] + [PAY_WORDS[one] for one in PAYS if one == pay]
    shown = f"Shown are {len(kept):,} of {several(len(found.voices), 'account')}" if asked else "All are shown"
    said = "; ".join([shown + (": " + ", ".join(asked) if asked else ""), ORDER_WORDS[by]])
    return replace(found, voices=tuple(kept), narrowed=f"{said}.")
