"""A shortlist as a report for paper: the gates, everybody in a table, then each person with the picture of the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from groundswell.discover import Match, Shortlist
from groundswell.explain.window import RULE
from groundswell.exports import pictures
from groundswell.exports.page import asked, summary
from groundswell.exports.report import Column, Entries, Entry, Lines, Picture, Report, Section, Table, section, sections
from groundswell.exports.tables import shortlist_as_table
from groundswell.exports.wording import (
    Titles,
    finite,
    signal_titles,
    title_of,
    unit_of,
    unknown_because,
    value_in_words,
    who,
)
from groundswell.records import platform_name
from groundswell.signals import Value
from groundswell.signals.posts import Evidence

IN_FULL = 50
"""People shown with pictures, as on the page; the table names everybody."""
KEY_SIGNALS = ("followers", "like_rate", "posts_per_week")
"""Size, engagement and rhythm, as in the table of the page."""
SENTENCES = 4
"""Reasons in words, the strongest first; the workbook holds them all."""


def shortlist_report(
    shortlist: Shortlist, *, titles: Titles | None = None, tiers: Sequence[tuple[str, float]] = ()
) -> Report:
    """A shortlist; `titles` and `tiers` as in `export_shortlist`."""
    names = signal_titles() if titles is None else titles
    points = pictures.sample(shortlist.context)
    people = tuple(_person(match, points, tiers, names) for match in shortlist.matches[:IN_FULL])
    return Report(
        title=f"Shortlist for {shortlist.brief.brand}",
        dek=summary(shortlist),
        sections=sections(
            _asked(shortlist),
            section(
                "From everybody to this list", _funnel(shortlist), _gates(shortlist), Lines((shortlist.empty_because,))
            ),
            section("The list", _everybody(shortlist, names)),
            section("One by one", Entries("One by one", people)),
            section("Could not be checked", _unchecked(shortlist)),
            section("Notes", Lines((*shortlist.notes, RULE), soft=True)),
        ),
        simulated=shortlist.simulated,
        facts_version=shortlist.facts_version,
        table=shortlist_as_table(shortlist),
    )


def _asked(shortlist: Shortlist) -> Section:
    brief = shortlist.brief
    wishes = [
        f"{one.text} ({'must' if one.must else 'never' if one.never else f'weight {one.weight:g}'})"
        for one in brief.personas
    ]
    judged = f"Judged by {shortlist.definition_title} ({shortlist.definition}). {shortlist.definition_says}"
    lines = (*(f"{what}: {wish}" for what, wish in asked(brief)), *wishes)
    return section("What was asked, and how it was judged", Lines(lines), Lines((judged, POINTS), soft=True))


POINTS = (
    "Gates come first; then points are added up. The number of followers carries no points of its own. "
    "Unknown is not zero: it gives no points and is shown hatched."
)


def _funnel(shortlist: Shortlist) -> Picture:
    return Picture(pictures.funnel(shortlist.gates, shortlist.population, len(shortlist.matches)))


def _gates(shortlist: Shortlist) -> Table:
    columns = (
        Column("Gate", "wrap", 60), Column("Before", "whole", 10), Column("Removed", "whole", 10), Column("Not checked, so far", "whole", 10), Column("Left for certain", "whole", 10),
    )  # fmt: skip
    rows = tuple((one.says or one.name, one.before, one.removed, one.aside, one.left) for one in shortlist.gates)
    return Table(
        "Gates",
        "What each gate did: who came to it was removed, could not be checked until then, or is left",
        columns,
        rows,
    )


def _everybody(shortlist: Shortlist, titles: Titles) -> Table:
    columns = (
        Column("", "whole", 5), Column("Who", "text", 34), Column("Platform", "text", 13), Column("Score", "points", 8),
        *(Column(title_of(name, titles), f"unit:{unit_of(name, titles)}", 14) for name in KEY_SIGNALS),
    )  # fmt: skip
    rows = tuple(
        (
            one.rank,
            _called(one),
            platform_name(one.platform),
            one.score,
            *(one.values.get(name) for name in KEY_SIGNALS),
        )
        for one in shortlist.matches
    )
    return Table("The list", "In order of score, of 100 points", columns, rows)


def _called(match: Match) -> str:
    return f"{match.name} (@{match.handle})" if match.name and match.handle else who(match)


def _person(
    match: Match, points: Sequence[tuple[float, float]], tiers: Sequence[tuple[str, float]], titles: Titles
) -> Entry:
    terms = {term.name: term.title for term in match.terms}
    return Entry(
        heading=f"{match.rank}. {_called(match)}",
        under=" · ".join([platform_name(match.platform), *_key_numbers(match.values, titles)]),
        link=match.url,
        lines=match.sentences[:SENTENCES],
        notes=tuple((check.says, check.asks) for check in match.checks if check.flagged),
        posts=tuple(_renamed(post, terms, titles) for post in match.evidence[:1]),
        pictures=tuple(one for one in (_score(match), _standing(match, points, tiers)) if one.svg),
        mark=f"{match.score:.1f}",
    )


def _key_numbers(values: Mapping[str, Value], titles: Titles) -> list[str]:
    known = [(name, values.get(name)) for name in KEY_SIGNALS]
    return [
        f"{title_of(name, titles)}: {value_in_words(value, unit_of(name, titles))}" for name, value in known if value
    ]


def _renamed(post: Evidence, terms: Mapping[str, str], titles: Titles) -> Evidence:
    """The post with what it is evidence for in words."""
    return replace(post, why=terms.get(post.why) or title_of(post.why, titles))


def _score(match: Match) -> Picture:
    return Picture(pictures.waterfall(match.terms) if match.terms else "", "How the score comes about")


def _standing(match: Match, points: Sequence[tuple[float, float]], tiers: Sequence[tuple[str, float]]) -> Picture:
    size, rate = (finite(value.value) if (value := match.values.get(name)) else None for name in KEY_SIGNALS[:2])
    drawn = (
        pictures.engagement_against_size(points, (size, rate), tiers, who(match))
        if points and size is not None and rate is not None
        else ""
    )
    return Picture(drawn, "Engagement against size, among everybody")


def _unchecked(shortlist: Shortlist) -> Table:
    says = {gate.name: gate.says or gate.name for gate in shortlist.gates}
    columns = (
        Column("Who", "text", 30), Column("Platform", "text", 12), Column("Could not be checked", "wrap", 44), Column("Because", "wrap", 40),
    )  # fmt: skip
    rows = tuple(
        (_called(one), platform_name(one.platform), "; ".join(says.get(gate, gate) for gate in one.unchecked),
         "; ".join(dict.fromkeys(unknown_because(one.values[gate]) for gate in one.unchecked if gate in one.values)))
        for one in shortlist.unchecked
    )  # fmt: skip
    return Table("Not checked", "Neither in nor out; what would settle it stands beside each", columns, rows)
