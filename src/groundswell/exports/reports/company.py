"""A company's reports: colleagues who could speak, and everybody who speaks of it already."""

from __future__ import annotations

from typing import Any

from groundswell.advocacy import Census, Colleague, Staff, Voice, census_table, staff_table
from groundswell.exports.report import Column, Entries, Entry, Lines, Picture, Report, Table, section, sections
from groundswell.exports.reports.parts import bars, called, same_words
from groundswell.records import platform_name

DRAWN = 10
"""Bars of a picture (design choice: more are not compared by eye)."""
UNPAID = 2
"""Place of the column that counts mentions without a sign of payment."""
IN_WORDS = 20
"""People of a census who are shown with their posts; the table names the rest."""


def staff_report(found: Staff) -> Report:
    """Colleagues of a company."""
    return Report(
        title=f"Who of us could speak? {' / '.join(found.company_terms)}",
        dek=found.sentences[0],
        sections=sections(
            section("In short", Lines(found.sentences[1:]), Lines((found.volunteers,), soft=True)),
            section("One by one", Entries("First steps", tuple(map(_colleague, found.colleagues)))),
            section("The same words from several people", same_words(found.same_words)),
        ),
        simulated=found.simulated,
        facts_version=found.facts_version,
        table=staff_table(found),
    )


def _colleague(one: Colleague) -> Entry:
    step = ((one.step.says, f"{one.step.why} ({one.step.source})"),) if one.step else ()
    where = [" ".join((platform_name(it.platform), it.called)) for it in one.accounts]
    return Entry(
        heading=one.person.name or one.person.called,
        under=" · ".join([*([one.department] if one.department else []), *where, *map(str, one.person.places[:1])]),
        lines=one.sentences, notes=step, posts=one.evidence, mark=one.subject or "",
    )  # fmt: skip


def census_report(found: Census) -> Report:
    """Everybody who names a company."""
    named = " / ".join(name for names in found.names.values() for name in names)
    first = found.voices[:IN_WORDS]
    return Report(
        title=f"Who already speaks of {named}?",
        dek=found.sentences[0],
        sections=sections(
            section(
                "In short",
                Lines((*found.sentences[1:], *([found.narrowed] if found.narrowed else []))),
                Lines(tuple(f"Not known: {one}" for one in found.unknown), soft=True),
                _loudest(found),
            ),
            section("Those asked for" if found.narrowed else "Everybody, unpaid mentions first", _voices(found.voices)),
            section("In their own words", Entries("In their own words", tuple(map(_voice, first)))),
            section("Colleagues, apart", _voices(found.colleagues, colleagues=True)),
            section("The company itself, apart", Entries("The company itself", tuple(map(_voice, found.itself)))),
        ),
        simulated=found.simulated,
        facts_version=found.facts_version,
        table=census_table(found),
    )


def _loudest(found: Census) -> Picture:
    rows = (
        (called(one.handle, one.name, one.account), one.unpaid, f"{one.unpaid:,}")
        for one in found.voices[:DRAWN]
        if one.unpaid
    )
    return bars(rows, "Mentions without a sign of payment", "Most mentions without a sign of payment")


def _voices(voices: tuple[Voice, ...], *, colleagues: bool = False) -> Table:
    """Accounts as rows. What colleagues say is no unpaid voice: there no column counts it."""
    columns = [
        Column("Who", "text", 26), Column("Platform", "text", 12), Column("Unpaid", "whole", 8), Column("Mentions", "whole", 9),
        Column("Speaks", "text", 14), Column("Followers", "unit:count", 11), Column("Last", "day", 11), Column("In a sentence", "wrap", 60),
    ]  # fmt: skip
    rows = [
        [called(one.handle, one.name, one.account), platform_name(one.platform), one.unpaid, one.mentions, one.speaks,
         one.followers, one.last_at or "unknown", one.sentence]
        for one in voices
    ]  # fmt: skip
    if colleagues:
        columns, rows = _without(columns, UNPAID), [_without(row, UNPAID) for row in rows]
    return Table(
        "Colleagues" if colleagues else "Voices", "One row an account", tuple(columns), tuple(map(tuple, rows))
    )


def _without(some: list[Any], place: int) -> list[Any]:
    return [*some[:place], *some[place + 1 :]]


def _voice(one: Voice) -> Entry:
    follow = f"{one.followers_say} followers" if one.followers.known else "followers unknown"
    return Entry(
        heading=called(one.handle, one.name, one.account), under=f"{platform_name(one.platform)} · {follow}",
        lines=tuple(part for part in (one.sentence, one.itself and _itself(one)) if part), posts=one.evidence,
    )  # fmt: skip


def _itself(one: Voice) -> str:
    return one.itself or "" if one.surely else f"Probably its own: {one.itself} Tell us if it is not."
