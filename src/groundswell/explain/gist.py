"""What a good colleague would say first of somebody: what stands out, what is uncertain and why, what is missing.

Nothing is weighed or summed: a signal stands out when its whole 90 % interval lies beyond nine in ten of the people for whom it is
known, and the difference is no trifle. Size is said in the first line anyway and is nothing to stand out by. At most two signals of one question are named, since
what one file measures goes together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from groundswell.explain.missing import FileThatTells, Missing, files_that_tell, missing_by_reason
from groundswell.records import platform_name
from groundswell.signals import SIGNALS, Value
from groundswell.signals.among import LEAST_PEOPLE, Others, Place
from groundswell.signals.questions import asks, by_question

SURELY_BEYOND = 0.9
"""Share of people whom even the nearer end of the interval leaves behind (design choice)."""
LEAST_SHARE, LEAST_HITS = 0.01, 3
"""Of its rows at least this share and so many, before more than nearly everybody's stands out (design choice: a trifle is no trait)."""
LEAST_ROWS = {"longest_silence_days": 12}
"""Signal -> rows from which it may stand out, where its own count of a few says little (design choice: the longest of five gaps between
posts of a sample may be the sample's)."""
WIDE, HALF_AS_MUCH_AGAIN = 0.5, 1.5
"""An interval says little that holds half of all people and whose upper end is at least 1.5 times the lower (design choice)."""
MOST_NAMED, MOST_OF_A_QUESTION = 6, 2
"""How many signals a colleague would name before you stop listening (design choice)."""


@dataclass(frozen=True)
class StandsOut:
    """A signal in which somebody surely differs from nearly everybody."""

    signal: str
    kind: Literal["good", "bad", "neither"]
    """Whether that is for the better; `neither` where the signal does not say which way is better."""
    place: Place
    says: str
    """How it compares; what it is, the signal's own sentence says."""


@dataclass(frozen=True)
class Uncertain:
    """A value that is known so badly that half of all people lie within its interval, or that has no interval."""

    signal: str
    because: Literal["few_rows", "varies", "no_interval"]
    place: Place | None
    says: str


@dataclass(frozen=True)
class Group:
    """All signals of one human question."""

    question: str
    asks: str
    signals: tuple[str, ...]
    known: int


@dataclass(frozen=True)
class Gist:
    """What to know first; everything else is in the groups."""

    stands_out: tuple[StandsOut, ...]
    uncertain: tuple[Uncertain, ...]
    more_uncertain: int
    """How many more are as badly known."""
    missing: tuple[Missing, ...]
    files: tuple[FileThatTells, ...]
    """Files that would settle what is missing, the one that settles most first."""
    told: str = field(default="", kw_only=True)
    """What is known of it from elsewhere, to be read before any file is asked for."""
    groups: tuple[Group, ...]
    ordinary: str
    """What to say when nothing stands out; empty when something does."""


def gist_of(values: Mapping[str, Value], others: Others, brought: Collection[str] = ()) -> Gist:
    """Say first what matters of one person's values; `brought` are the layouts that speak of it already."""
    places = {name: place for name, value in values.items() if (place := others.place(value))}
    out = _standing_out({name: place for name, place in places.items() if matters(values[name], place)})
    uncertain, more = _uncertain(values, places, others)
    return Gist(
        stands_out=out,
        uncertain=uncertain,
        more_uncertain=more,
        missing=missing_by_reason(values),
        files=files_that_tell(others.platform, values, brought),
        groups=_groups(values),
        ordinary="" if out else _ordinary(values, places),
    )


def _standing_out(places: Mapping[str, Place]) -> tuple[StandsOut, ...]:
    """Those surely beyond nearly everybody, furthest first."""
    sure = {name: _beyond(place) for name, place in places.items() if not _is_size(name)}
    furthest = sorted((name for name in sure if sure[name] >= SURELY_BEYOND), key=lambda name: -sure[name])
    return tuple(_stands_out(name, places[name]) for name in _few(furthest))


def matters(value: Value, place: Place) -> bool:
    """Whether a difference, however sure, is worth a word: one post of nine thousand is none, nor the longest of five gaps."""
    if value.value is None or value.n < LEAST_ROWS.get(value.signal, 0):
        return False
    if place.low < 0.5 or not SIGNALS[value.signal].columns.of_rows:
        return True
    return value.value >= LEAST_SHARE and value.value * value.n >= LEAST_HITS - 0.5


def _is_size(name: str) -> bool:
    """Whether a signal says how big somebody is, be it by a bare count or as a place among peers."""
    one = SIGNALS[name]
    return (
        one.question == "size"
        or (one.unit, one.better) == ("count", "neither")
        or set(one.needs) == {"account.followers"}
    )


def _few(names: Iterable[str]) -> list[str]:
    """The first few, and not more than two of a question."""
    taken, chosen = Counter[str](), list[str]()
    for name in names:
        taken[SIGNALS[name].question] += 1
        if taken[SIGNALS[name].question] <= MOST_OF_A_QUESTION:
            chosen.append(name)
    return chosen[:MOST_NAMED]


def _beyond(place: Place) -> float:
    """The share of people that the whole interval leaves behind, on whichever side."""
    return max(place.low, 1 - place.high)


def _stands_out(name: str, place: Place) -> StandsOut:
    is_high = place.low >= 0.5
    better = SIGNALS[name].better
    kind: Literal["good", "bad", "neither"] = (
        "neither" if better == "neither" else "good" if (better == "higher") == is_high else "bad"
    )
    # Who is level with somebody does not stand below them, so such are not counted here.
    sure, likely = (place.surely_above, place.above) if is_high else (place.surely_below, place.below)
    most = f", most likely {_percent(likely)}" if _percent(likely) != _percent(sure) else ""
    says = f"{'Higher' if is_high else 'Lower'} than {_percent(sure)} of {_whom(place)}{most}."
    return StandsOut(name, kind, place, says)


def _uncertain(
    values: Mapping[str, Value], places: Mapping[str, Place], others: Others
) -> tuple[tuple[Uncertain, ...], int]:
    """The few that are known worst, and how many more there are."""
    wide = [name for name, place in places.items() if place.within >= WIDE and _differs_much(values[name])]
    wide.sort(key=lambda name: -places[name].within)
    bare = [name for name, value in values.items() if _lacks_interval(value)]
    chosen = _few([*wide, *bare])
    said = (_wide(values[name], places[name], others) if name in places else _bare(values[name]) for name in chosen)
    return tuple(said), len(wide) + len(bare) - len(chosen)


def _differs_much(value: Value) -> bool:
    """Whether it matters which end of the interval is true."""
    low, high = value.low or 0.0, value.high or 0.0
    return low <= 0 or high >= HALF_AS_MUCH_AGAIN * low


def _lacks_interval(value: Value) -> bool:
    """Whether a value has no interval although its signal gives one from enough rows on."""
    return value.known and value.low is None and SIGNALS[value.signal].columns.low != "NULL"


def _bare(value: Value) -> Uncertain:
    return Uncertain(value.signal, "no_interval", None, f"With {_rows(value)} nobody can say how sure that is.")


def _wide(value: Value, place: Place, others: Others) -> Uncertain:
    """Say how wide it is, and whether that lies in few rows or in rows that differ."""
    usual = others.usual_rows(value.signal)
    few = value.n < usual
    why = f"half of the others have {usual:,.0f} or more" if few else "no fewer than others have, so more need not help"
    says = (
        f"Among {_whom(place)} it may stand anywhere from {_percent(place.low)} to {_percent(place.high)} of the way up: "
        f"it rests on {_rows(value)}; {why}."
    )
    return Uncertain(value.signal, "few_rows" if few else "varies", place, says)


def _groups(values: Mapping[str, Value]) -> tuple[Group, ...]:
    return tuple(
        Group(question, asks(question), signals, sum(values[name].known for name in signals))
        for question, signals in by_question(values).items()
    )


def _ordinary(values: Mapping[str, Value], places: Collection[str]) -> str:
    known = sum(value.known for value in values.values())
    if not known:
        return "Nothing is known yet."
    if not places:
        if any(value.known and value.low is not None for value in values.values()):
            return f"Nothing can be compared: what is known with an interval is known of fewer than {LEAST_PEOPLE} people, and {LEAST_PEOPLE} are needed."
        return "Nothing can be compared: what is known has no interval."
    return f"Nothing surely stands out: in none of {len(places)} signals does the whole interval lie beyond nine in ten people by what matters."


def _whom(place: Place) -> str:
    return f"{place.people:,} people{f' on {platform_name(place.where)}' if place.where else ''} of whom it is known"


def _rows(value: Value) -> str:
    return f"{value.n:,} {'row' if value.n == 1 else 'rows'}"


def _percent(part: float) -> str:
    """A share in whole percent, rounded down, so that it is never said of more people than it is true of."""
    return f"{int(part * 100)}%"
