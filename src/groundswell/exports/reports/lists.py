"""A marketer's lists as reports: the sheet reviewed, the roster sorted."""

from __future__ import annotations

import pyarrow as pa

from groundswell.advocacy import Audit, Audited, SheetReview, audit_table
from groundswell.advocacy.people import money
from groundswell.advocacy.prices import AgainstBigName
from groundswell.advocacy.sheet import Reviewed
from groundswell.exports.report import (
    Cell,
    Column,
    Entries,
    Entry,
    Lines,
    Picture,
    Report,
    Section,
    Table,
    section,
    sections,
)
from groundswell.exports.reports.parts import bars, files_to_get, listed, same_words, size_and_place
from groundswell.records import platform_name


def audit_report(found: Audit) -> Report:
    """A roster, sorted."""
    return Report(
        title="Roster audit",
        dek=found.sentences[0],
        sections=sections(
            section("In short", Lines(found.sentences[1:])),
            section("What you would be buying", _drawn(found), _classes(found)),
            section("One by one", Entries("Asked about", tuple(map(_audited, found.accounts)))),
            section("The same words from several people", same_words(found.same_words)),
            section("The one file to get next", files_to_get(found.files)),
        ),
        simulated=found.simulated,
        facts_version=found.facts_version,
        table=audit_table(found),
    )


def _drawn(found: Audit) -> Picture:
    return bars(
        ((one.kind, one.accounts, f"{one.accounts:,} of {one.of:,}") for one in found.classes if one.accounts),
        "Accounts by class",
        whole=len(found.accounts),
    )


def _classes(found: Audit) -> Table:
    columns = (
        Column("Class", "text", 16), Column("Accounts", "whole", 9), Column("Share", "unit:share", 8),
        Column("With a flag", "whole", 9), Column("In a sentence", "wrap", 60),
    )  # fmt: skip
    rows = tuple(
        (
            one.kind,
            one.accounts,
            one.accounts / one.of if one.of else None,
            one.flagged,
            one.says if one.accounts else "",
        )
        for one in found.classes
    )
    return Table("Classes", "Classes, by rules that each name their source", columns, rows)


def _audited(one: Audited) -> Entry:
    doubts = f"Could also be: {'; '.join(one.doubts)}." if one.doubts else ""
    missing = f"Missing to tell: {', '.join(one.missing)}." if one.missing else ""
    return Entry(
        heading=listed(one.person),
        under=size_and_place(one.person),
        lines=(*one.because, " ".join(part for part in (doubts, missing) if part)),
        notes=tuple((flag.sentence, flag.ask) for flag in one.flags),
        posts=tuple({post.post: post for flag in one.flags for post in flag.evidence}.values()),
        mark=one.kind,
    )


def review_report(found: SheetReview, back: pa.Table) -> Report:
    """A sheet, reviewed; `back` is the sheet with the new columns beside its own."""
    big = found.against_big_name
    elsewhere = set(big.sentences) if big else set[str]()
    said = [line for line in found.sentences if line not in elsewhere]
    return Report(
        title="Your sheet, reviewed",
        dek=said[0],
        sections=sections(
            section("In short", Lines(tuple(said[1:]))),
            section("The one file to get next", files_to_get(found.files)),
            *([_against(big)] if big else []),
            section("Twice on your lists, or the same person", _twice(found)),
            section("One by one", _unknown_of_all(found), _people(found)),
            section("Where they stand", _status(found)),
        ),
        simulated=found.simulated,
        facts_version=found.facts_version,
        table=back,
        gives_back=True,
    )


def _against(big: AgainstBigName) -> Section:
    columns = (Column("Who", "text", 30), Column("Followers", "whole", 12), Column("Fee", "text", 18))
    rows = tuple((one.called, one.followers, money(one.fee_minor, big.currency)) for one in (big.big, *big.small))
    caption = f"Against {big.big.called}, who comes first; then in order of {big.ordered_by}"
    return section(
        f"{len(big.small):,} against one big name, for the same money"
        if len(big.small) > 1
        else f"What the money of {big.big.called} would buy instead",
        Lines(big.sentences), Table("Against one name", caption, columns, rows), Lines((*(f"Not known: {one}" for one in big.unknown), *(f"Not among them. {one}" for one in big.left_out)), soft=True),
    )  # fmt: skip


def _twice(found: SheetReview) -> Lines:
    same = [
        f"{' and '.join(group.called)}: {group.how_sure}. {' '.join(group.evidence)}" for group in found.same_person
    ]
    return Lines((*(one.says for one in found.duplicates), *same))


def _people(found: SheetReview) -> Table:
    columns = (
        Column("Who", "text", 26), Column("Followers", "unit:count", 11),
        Column("Size class", "wrap", 34), Column("Fee", "wrap", 44), Column("Not known yet", "wrap", 26),
    )  # fmt: skip
    return Table(
        "One by one",
        "Size class under each tier set; fees against size by your own data only",
        columns,
        tuple(_reviewed(one, found.unknown_of_all) for one in found.accounts),
    )


def _unknown_of_all(found: SheetReview) -> Lines:
    of_all = "; ".join(found.unknown_of_all)
    return Lines((f"Not known yet of anybody on the list: {of_all}.",) if of_all else ())


def _reviewed(one: Reviewed, of_all: tuple[str, ...]) -> tuple[Cell, ...]:
    by_tier: dict[str, list[str]] = {}
    for name, tier in one.tiers:
        by_tier.setdefault(tier, []).append(name)
    tiers = "; ".join(f"{tier} by {', '.join(names)}" for tier, names in by_tier.items())
    written = (f"Fee as written: {words}." for words in one.fee_as_written)
    fees = " ".join((*(f"{check.in_short}." for check in one.fees), *written)) or "no fee"
    gaps = "; ".join(gap.question for gap in one.unknown if gap.question not in of_all)
    return (
        f"{listed(one.person)}, {platform_name(one.person.platform)}",
        one.person.values["followers"],
        tiers,
        fees,
        gaps,
    )


def _status(found: SheetReview) -> Table:
    rows = (*found.status, *((("no word", found.without_status),) if found.without_status else ()))
    return Table(
        "Status",
        "Words of the sheet, commonest first",
        (Column("Word", "text", 24), Column("Accounts", "whole", 10)),
        rows,
    )
