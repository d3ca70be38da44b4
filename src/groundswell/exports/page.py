"""A page out: one file that a marketer sends to a boss.

No script, no outside address, no font to fetch: the file shows the same on a train, on a telephone and on paper. Text of strangers
is escaped by the template engine, links pass an allow-list (http, https), and the page's own Content-Security-Policy forbids the
rest. What is unknown is said where the number would stand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from groundswell.discover import Brief, Evidence, Match, Shortlist
from groundswell.explain.window import RULE
from groundswell.exports import pictures
from groundswell.exports.wording import (
    Titles,
    finite,
    printable,
    range_in_words,
    safe_link,
    signal_names,
    signal_titles,
    title_of,
    topics_caption,
    unit_of,
    unknown_because,
    value_in_words,
    who,
)
from groundswell.records import platform_name
from groundswell.signals import SIGNALS
from groundswell.signals.questions import asks, by_question
from groundswell.signals.values import Value

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_UNCHECKED = 200
"""How many of those who could not be checked the page lists; the spreadsheet holds them all."""
MOST_POSTS = 3
"""Posts shown as evidence for one person."""
IN_FULL = 50
"""Ranks shown in full. After them numbers and topics are listed, not drawn, and one post stands for all, so that a list of 500
stays a file that a mail can carry."""
UNFOLDED = 10
"""Ranks that a page of the web app shows unfolded: the table above leads to every one (design choice)."""
ASKED_WITH_BRIEF = "What does the brief ask?"
SIZE, RATE = "followers", "like_rate"
"""The signals behind the picture of engagement against size, where the population's context does not hold the person."""


@dataclass(frozen=True)
class Line:
    """A signal of one person as the page shows it."""

    title: str
    words: str
    known: bool
    range: str
    bar: str
    rows: str


@dataclass(frozen=True)
class Card:
    """What is known of one person about one human question."""

    asks: str
    lines: list[Line]

    @property
    def known(self) -> int:
        """How many of them are known."""
        return sum(line.known for line in self.lines)


@dataclass(frozen=True)
class Person:
    """A match with its pictures drawn."""

    match: Match
    name: str
    platform: str
    link: str | None
    waterfall: str
    standing: str
    no_standing: str
    """Why there is no picture of engagement against size; empty when there is one."""
    months: str
    topics: str
    topics_says: str
    cards: list[Card]
    posts: list[tuple[Evidence, str]]
    """Post and the title of what it is evidence for."""
    in_full: bool


@dataclass(frozen=True)
class Setting:
    """What all people of a page share: names of signals, the plane of the picture, scales of the intervals."""

    titles: Titles
    plane: pictures.Plane | None
    places: Mapping[str, tuple[float, float]]
    """Account -> (followers, like rate), where both are known."""
    spans: Mapping[str, tuple[float, float]] = field(default_factory=lambda: {})


def shortlist_page(
    shortlist: Shortlist, *, titles: Titles | None = None, tiers: Sequence[tuple[str, float]] = ()
) -> str:
    """Return a shortlist as one self-contained HTML page.

    `titles` and `tiers` as in `export_shortlist`.
    """
    return _drawn("shortlist.html", shortlist, titles, tiers)


def shortlist_part(
    shortlist: Shortlist, *, titles: Titles | None = None, tiers: Sequence[tuple[str, float]] = ()
) -> Markup:
    """Return what stands on that page, from its heading on, to stand inside another page of ours."""
    return Markup(_drawn("shortlist_part.html", shortlist, titles, tiers, unfolded=UNFOLDED))  # noqa: S704  (escaped by its template)


def _drawn(
    template: str,
    shortlist: Shortlist,
    titles: Titles | None,
    tiers: Sequence[tuple[str, float]],
    *,
    unfolded: int | None = None,
) -> str:
    names = signal_titles() if titles is None else titles
    points = pictures.sample(shortlist.context)
    places = _places(shortlist)
    plane = pictures.plane(points, places.values()) if places else None
    setting = Setting(names, plane, places, _spans(shortlist.matches))
    page = (
        _environment()
        .get_template(template)
        .render(
            s=shortlist,
            asked=asked(shortlist.brief),
            people=[
                _person(match, setting, in_full=number < IN_FULL) for number, match in enumerate(shortlist.matches)
            ],
            in_full=IN_FULL,
            unfolded=len(shortlist.matches) if unfolded is None else unfolded,
            crowd=pictures.crowd(points, tiers, plane) if plane else "",
            funnel=pictures.funnel(shortlist.gates, shortlist.population, len(shortlist.matches)),
            dots=len(points),
            pictures=pictures,
            summary=summary(shortlist),
            empty=shortlist.empty_because,
            unchecked=_alike(shortlist, shortlist.unchecked[:MOST_UNCHECKED]),
            titles=names,
            key_signals=_key_signals(shortlist.matches, names),
            window_rule=RULE,
        )
    )
    return re.sub(r"\n\s*\n+", "\n", page)


def asked(brief: Brief) -> list[tuple[str, str]]:
    """Return what was asked as (what, wish), in the order of the brief."""
    parts = [(key, _worded(value)) for key, value in brief.objective.items()]
    budget = dict(brief.budget)
    if budget:
        parts.append(("budget", f"{budget['amount_minor'] / 100:,.2f} {budget['currency']}"))
    parts += [(name, ", ".join(wanted)) for name, wanted in brief.segments.items()]
    return [*parts, ("left out", ", ".join(brief.exclude))] if brief.exclude else parts


def _worded(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:,.2f}".removesuffix(".00") if is_number else str(value)


def summary(shortlist: Shortlist) -> str:
    """Say in one sentence how many were looked at and how many are here."""
    found, listed = shortlist.fitting, len(shortlist.matches)
    people = "One account fits" if found == 1 else f"{found:,} accounts fit" if found else "No account fits"
    rest = f" The best {listed:,} are listed." if listed < found else ""
    return f"{people}, of {shortlist.population:,} looked at.{rest}"


@cache
def _environment() -> Environment:
    """Return the template engine: escapes everything that is not our own markup, and fails on a name that does not exist."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    engine = Environment(
        loader=PackageLoader("groundswell.exports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    filters: dict[str, Any] = {"link": safe_link, "svg": Markup, "who": who, "cut": pictures.shortened, "value": _value}
    engine.filters.update(filters)
    return engine


def _shown(value: Any) -> Any:
    """Return a value as the page may hold it; our own markup passes."""
    return value if isinstance(value, Markup) else printable(value) if isinstance(value, str) else value


def _value(match: Match, name: str, titles: Titles) -> str:
    value = match.values.get(name)
    return value_in_words(value, unit_of(name, titles)) if value and (value.known or value.label) else ""


def _places(shortlist: Shortlist) -> dict[str, tuple[float, float]]:
    """Return (followers, like rate) of each match for whom both are known."""
    context = {account: (followers, rate) for account, followers, rate in shortlist.context}
    found: dict[str, tuple[float, float]] = {}
    for match in shortlist.matches:
        size, rate = _number(match, SIZE), _number(match, RATE)
        if size is not None and rate is not None:
            found[match.account] = (size, rate)
        elif match.account in context and None not in map(finite, context[match.account]):
            found[match.account] = context[match.account]
    return found


def _number(match: Match, name: str) -> float | None:
    value = match.values.get(name)
    return finite(value.value) if value else None


def _spans(matches: Sequence[Match]) -> dict[str, tuple[float, float]]:
    """Return the common scale of each signal's interval bars, so that people can be compared."""
    spans: dict[str, tuple[float, float]] = {}
    for name in signal_names(matches):
        values = [value for match in matches if (value := match.values.get(name))]
        numbers = [
            number
            for value in values
            for part in (value.value, value.low, value.high)
            if (number := finite(part)) is not None
        ]
        if numbers:
            spans[name] = (min(0.0, *numbers), max(numbers))
    return spans


def _person(match: Match, setting: Setting, *, in_full: bool) -> Person:
    place, name = setting.places.get(match.account), who(match)
    terms = {term.name: term.title for term in match.terms}
    standing = pictures.standing(place, name, setting.plane, "crowd") if place and setting.plane else ""
    return Person(
        match=match,
        name=name,
        platform=platform_name(match.platform),
        link=safe_link(match.url),
        waterfall=pictures.waterfall(match.terms) if match.terms else "",
        standing=standing,
        no_standing="" if standing else _no_standing(match),
        months=pictures.posts_over_time(match.posts_by_month),
        topics=pictures.shares(match.topics) if in_full else "",
        topics_says=topics_caption(*match.topics_from) if match.topics_from and match.topics else "Topics",
        in_full=in_full,
        cards=_cards(match, setting, drawn=in_full),
        posts=[
            (post, terms.get(post.why) or title_of(post.why, setting.titles))
            for post in match.evidence[: MOST_POSTS if in_full else 1]
        ],
    )


def _no_standing(match: Match) -> str:
    """Say which of size and engagement is unknown."""
    missing = [
        f"{name.replace('_', ' ')} {unknown_because(match.values.get(name) or Value(name))}"
        for name in (SIZE, RATE)
        if _number(match, name) is None
    ]
    return f"Not drawn: {'; '.join(missing)}."


def _cards(match: Match, setting: Setting, *, drawn: bool) -> list[Card]:
    """All values under the question that each answers; first what was asked with the brief itself."""
    lines = {name: _line(name, value, setting, drawn=drawn) for name, value in match.values.items()}
    of_brief = [line for name, line in lines.items() if name not in SIGNALS]
    asked = [Card(ASKED_WITH_BRIEF, of_brief)] if of_brief else []
    grouped = by_question(name for name in lines if name in SIGNALS)
    return asked + [Card(asks(question), [lines[name] for name in names]) for question, names in grouped.items()]


def _line(name: str, value: Value, setting: Setting, *, drawn: bool) -> Line:
    number, unit = finite(value.value), unit_of(name, setting.titles)
    low, high = finite(value.low), finite(value.high)
    bar = ""
    if drawn and number is not None and low is not None and high is not None:
        bar = pictures.interval(number, low, high, setting.spans[name])
    return Line(
        title=title_of(name, setting.titles),
        words=value_in_words(value, unit),
        known=number is not None or value.label is not None,
        range=range_in_words(value, unit),
        bar=bar,
        rows=f"{value.n:,}" if value.n else "",
    )


def _alike(shortlist: Shortlist, some: Sequence[Match]) -> list[tuple[list[Match], str, str]]:
    """Those who could not be checked for the same reasons, together: what is read thirty times alike is not read."""
    found: dict[tuple[str, str], list[Match]] = {}
    for match in some:
        found.setdefault(_unchecked(match, shortlist), []).append(match)
    return [(matches, *why) for why, matches in found.items()]


def _unchecked(match: Match, shortlist: Shortlist) -> tuple[str, str]:
    """Return the gates that could not be checked for a person, and why."""
    says = {gate.name: gate.says or gate.name for gate in shortlist.gates}
    gates = "; ".join(says.get(gate, gate) for gate in match.unchecked)
    because = "; ".join(unknown_because(match.values[gate]) for gate in match.unchecked if gate in match.values)
    return gates, because


def _key_signals(matches: Sequence[Match], titles: Titles) -> list[tuple[str, str]]:
    """Return name and title of the signals that the overview table shows: size, engagement and the first other one known."""
    present = signal_names(matches)
    first = [name for name in (SIZE, RATE, "posts_per_week") if name in present]
    return [(name, title_of(name, titles)) for name in first or present[:2]]
