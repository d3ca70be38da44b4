"""One person explained, as a report: the gist first, then everything by question, then who judges and from where it comes."""

from __future__ import annotations

from groundswell.explain import Explanation
from groundswell.explain.signed import SignedWord
from groundswell.exports.report import Column, Entries, Entry, Lines, Report, Table, section, sections
from groundswell.exports.reports.parts import called
from groundswell.exports.wording import number_in_words, range_beside, range_in_words, safe_link
from groundswell.records import platform_name
from groundswell.signals import SIGNALS

HOLDS = {True: "yes, as far as it is measured", False: "no", None: "cannot be checked"}


def person_report(found: Explanation) -> Report:
    """Everything that is known of one account, in sentences."""
    who, gist = found.profile, found.gist
    missing = tuple(f"{one.says[0].upper()}{one.says[1:]}: {_titles(one.signals)}." for one in gist.missing)
    files = (gist.told, *(f"To settle it: {one.says} {one.how}" for one in gist.files))
    return Report(
        title=called(who.get("handle"), who.get("name"), found.account),
        dek=" ".join(part for part in (f"{platform_name(str(who['platform']))}.", found.declared, *found.listed, who.get("bio"), _also(found)) if part),
        sections=sections(
            section("What stands out", Lines((gist.ordinary,)), _stands_out(found)),
            section("What is uncertain, and why", _uncertain(found)),
            section("What is missing", Lines(missing), Lines(files, soft=True)),
            *(section(word.heading, _signed(word), Lines((word.remark,), soft=True)) for word in found.signed),
            section("Is it what it seems?", Lines(found.seeming)),
            section("All that is known, question by question", Lines((found.window.says,) if found.window else ()), _known(found)),
            section("Size class, by whom you ask", _tiers(found)),
            section("Is this what they mean?", _judged(found)),
            section("Beside what is usual", Lines(tuple(dict.fromkeys(one.sentence for one in found.comparisons)))),
            section("Where it comes from", Lines(found.sources or ("No file.",), soft=True)),
        ),
        simulated=found.simulated,
        facts_version=found.facts_version,
    )  # fmt: skip


def _also(found: Explanation) -> str:
    return f"The same person, as you said: {', '.join(found.also)}." if found.also else ""


def _titles(names: tuple[str, ...]) -> str:
    return "; ".join(SIGNALS[name].title for name in names)


def _said(found: Explanation, name: str) -> str:
    between = range_beside(found.values[name], SIGNALS[name].unit)
    return found.sentences[name] + (f" [90 %: {between}]" if between else "")


def _stands_out(found: Explanation) -> Entries:
    words = {"good": "for the better", "bad": "for the worse"}
    link = safe_link(found.profile.get("url"))
    entries = tuple(
        Entry(
            SIGNALS[one.signal].title, under=one.says, lines=(_said(found, one.signal),), mark=words.get(one.kind, ""),
            posts=found.evidence.get(one.signal, ()), link=link if place == 0 else None,
        )
        for place, one in enumerate(found.gist.stands_out)
    )  # fmt: skip
    return Entries("What stands out", entries)


def _uncertain(found: Explanation) -> Entries:
    entries = tuple(
        Entry(SIGNALS[one.signal].title, under=one.says, lines=(_said(found, one.signal),))
        for one in found.gist.uncertain
    )
    return Entries("Uncertain", entries)


def _signed(word: SignedWord) -> Table:
    columns = (
        Column("They say", "wrap", 40),
        Column("Number", "text", 14),
        Column("90 % interval", "text", 20),
        Column("Rows of theirs", "whole", 8),
    )
    rows = tuple(
        (one.title, number_in_words(one.value, one.unit), range_in_words(one.as_value, one.unit), one.rows)
        for one in word.numbers
    )
    return Table(f"Signed, import {word.import_id}", "As it was signed; nothing of it is computed here", columns, rows)


def _known(found: Explanation) -> Table:
    columns = (
        Column("Question", "text", 30),
        Column("Signal", "text", 26),
        Column("What is known", "wrap", 80),
        Column("Rows", "whole", 8),
    )
    rows = tuple(
        (group.asks, SIGNALS[name].title, _said(found, name), found.values[name].n)
        for group in found.gist.groups for name in group.signals
    )  # fmt: skip
    return Table("Known", "Every signal, with its 90 % interval where it has one", columns, rows)


def _tiers(found: Explanation) -> Table:
    columns = (Column("According to", "text", 30), Column("It is", "text", 40))
    return Table("Size classes", "Tier under each tier set", columns, tuple(found.tiers))


def _judged(found: Explanation) -> Table:
    columns = (
        Column("Definition", "text", 24),
        Column("It is one", "text", 26),
        Column("What stands in the way", "wrap", 80),
    )
    rows = tuple(
        (one.title, HOLDS[one.holds], "; ".join(f"{'unknown' if answer is None else 'no'}: {says}" for says, answer in one.gates if not answer))
        for one in found.judged
    )  # fmt: skip
    return Table("Definitions", "How each definition judges", columns, rows)
