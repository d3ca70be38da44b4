"""The creator's reports: the coaching, and the kit's numbers with all their rows as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from groundswell.coach import Coaching, Kit
from groundswell.coach.conversation import Act
from groundswell.coach.kits import Row
from groundswell.exports.pictures import shortened
from groundswell.exports.report import (
    Cell,
    Column,
    Entries,
    Entry,
    Lines,
    Report,
    Section,
    Table,
    section,
    sections,
)
from groundswell.exports.reports.parts import bars, called
from groundswell.exports.wording import number_in_words, safe_link
from groundswell.records import platform_name

SHARE = (Column("Share", "unit:share", 9), Column("At least", "unit:share", 9), Column("At most", "unit:share", 9))
ACTS_SHOWN = 40
"""Acts that the page shows too; the workbook of a kit holds them all."""


def coaching_report(found: Coaching) -> Report:
    """An account, spoken to as its owner."""
    who = found.profile
    name = called(who.get("handle"), who.get("name"), found.account)
    ends = f"The data ends on {found.data_ends:%Y-%m-%d}." if found.data_ends else ""
    return Report(
        title=f"{name}: how am I doing, what next?",
        dek=f"{platform_name(str(who['platform']))}; {found.own_posts:,} own posts read. {found.notice or ends}".rstrip(),
        sections=sections(
            section("One thing a week", _next(found)),
            section("Is this also you?", _also(found)),
            _stands_for(found),
            section("Your rhythm", Lines(found.rhythm.sentences), _silences(found)),
            section("Who waits for your answer", Lines((found.questions.sentence,)), _questions(found)),
            section("What you say about products", Lines((found.balance.sentence,)), _balance(found)),
            section("How your posts are received", Lines(found.received.sentences)),
            section("What your posts sparked", Lines(found.sparked.sentences), _sparked(found)),
            section("Among your peers", _peers_say(found), _peers(found)),
            section("What cannot be known yet", _gaps(found)),
        ),
        simulated=found.simulated,
        facts_version=found.facts_version,
    )


def _next(found: Coaching) -> Entries:
    entries = tuple(
        Entry(one.do, under=one.source, lines=(one.why,), posts=one.evidence, mark=f"week {one.week}")
        for one in found.actions
    )
    return Entries("One thing a week", entries)


def _also(found: Coaching) -> Entries:
    entries = tuple(
        Entry(called(one.handle, one.name, one.account), under=platform_name(one.platform), lines=one.evidence)
        for one in found.also
        if not one.verdict
    )
    return Entries("Accounts that may be yours, too", entries)


def _stands_for(found: Coaching) -> Section:
    subject = found.subject
    drawn = bars(
        ((one.name, one.share.value, number_in_words(one.share.value, "share")) for one in subject.topics),
        "Topics of your posts", whole=1.0,
    )  # fmt: skip
    topics = Table(
        "Topics", "Topics of your posts, with 90 % intervals", (Column("Topic", "text", 40), Column("Posts", "whole", 8), *SHARE),
        tuple((one.name, int(one.share.hits), one.share.value, one.share.low, one.share.high) for one in subject.topics),
    )  # fmt: skip
    words = Table(
        "Words", "Words of yours", (Column("Word", "text", 24), Column("Posts", "whole", 8), Column("Of", "whole", 8)),
        tuple((one.word, one.posts, one.of) for one in subject.words),
    )  # fmt: skip
    tags = Table(
        "Hashtags", "Hashtags of yours", (Column("Hashtag", "text", 24), Column("Posts", "whole", 8), Column("Of", "whole", 8)),
        tuple((f"#{one.tag}", int(one.share.hits), one.share.n) for one in subject.tags),
    )  # fmt: skip
    return section("What you stand for", Lines((subject.sentence,)), drawn, topics, tags, words)


def _silences(found: Coaching) -> Table:
    rows = tuple(
        (one.since, one.until, one.days, "and on" if one.after is None else "ended by a post")
        for one in found.rhythm.silences
    )
    columns = (
        Column("From", "day", 12),
        Column("To", "day", 12),
        Column("Days", "whole", 8),
        Column("Then", "text", 18),
    )
    return Table(
        "Silences", "Silences that stand out", columns, tuple((a, b, round(days), then) for a, b, days, then in rows)
    )


def _questions(found: Coaching) -> Entries:
    entries = tuple(
        Entry(
            f"@{one.act.who.removeprefix('@')}", link=one.act.link,
            lines=(one.act.text, *((f"Under: {shortened(one.act.post_text, 120)}",) if one.act.post_text else ())),
            under=f"{one.age_days:,.0f} days before the data ends" if one.age_days is not None else "date unknown",
        )
        for one in (*found.questions.open, *found.questions.further)
    )  # fmt: skip
    return Entries("Open questions", entries)


def _balance(found: Coaching) -> Entries:
    shown = (("Praise", found.balance.praising), ("Reservation", found.balance.reserved))
    return Entries("Praise and reservation", tuple(Entry(name, posts=posts[:1]) for name, posts in shown if posts))


def _sparked(found: Coaching) -> Table:
    columns = (
        Column("What", "text", 14), Column("Who", "text", 22), Column("When", "day", 12), Column("In their words", "wrap", 60),
        Column("After the post", "wrap", 50),
    )  # fmt: skip
    return Table(
        "Sparked",
        "What followed, with the post it followed",
        columns,
        tuple(map(_act, found.sparked.ledger[:ACTS_SHOWN])),
    )


def _act(one: Act) -> tuple[Cell, ...]:
    return one.what, one.who, one.when or "unknown", shortened(one.text, 200), shortened(one.post_text, 120)


def _peers_say(found: Coaching) -> Lines:
    return Lines((found.peers.says, found.peers.next_step if found.peers.unknown else ""))


def _peers(found: Coaching) -> Table:
    rows = tuple(
        (one.title, one.percentile.value, one.percentile.low, one.percentile.high, one.place)
        for one in found.peers.standings
    )
    columns = (
        Column("What", "text", 28),
        Column("Behind you", "unit:share", 9),
        *SHARE[1:],
        Column("In words", "wrap", 60),
    )
    return Table(
        "Peers",
        f"Where you stand among {found.peers.count:,} accounts; never matched by followers",
        columns,
        rows,
    )


def _gaps(found: Coaching) -> Entries:
    return Entries("Gaps", tuple(Entry(one.what.capitalize(), lines=(f"{one.why}.", one.how)) for one in found.gaps))


def reply_form(found: Coaching) -> pa.Table:
    """A table to fill in with the replies to the newest posts: a row for each post, its id in it, and room for who said what when."""
    posts, size = found.newest, len(found.newest)
    empty = pa.nulls(size, pa.string())
    said = [shortened(" ".join(post.text.split()), 80) for post in posts]
    names, platform = [post.post for post in posts], [str(found.profile["platform"])] * size
    return pa.table(
        {"author": empty, "date": empty, "text": empty, "platform": platform, "reply_to": names, "in answer to": said}
    )


# -- the kit as a workbook -------------------------------------------------------------------------------------------------


def kit_book(made: Kit, path: Path) -> Path:
    """Write a kit as a workbook: its numbers, and behind each all of its rows. Errors as in `write_kit`."""
    from groundswell.exports.report import export_report

    numbers = Table(
        "Numbers", "What is known", (
            Column("Number", "text", 32), Column("In words", "text", 16), Column("Value", "plain", 14), Column("At least", "plain", 14),
            Column("At most", "plain", 14), Column("Rows behind it", "whole", 10), Column("Sentence", "wrap", 70),
        ),
        tuple((one.title, one.words, one.value, one.low, one.high, one.n, one.says) for one in made.numbers),
    )  # fmt: skip
    rows = Table(
        "Rows", "The rows behind each number", (
            Column("Number", "text", 32), Column("Date", "day", 12), Column("Post", "text", 28), Column("Link", "link", 40),
            Column("File", "text", 28), Column("Line", "whole", 9), Column("Import", "whole", 9), Column("Mark", "text", 12),
        ),
        tuple((one.title, *_row(row)) for one in made.numbers for row in one.rows),
    )  # fmt: skip
    name = called(made.profile.get("handle"), made.profile.get("name"), made.account)
    about = Lines(tuple(_about(made)))
    report = Report(f"Kit of {name}", made.stands_for, sections(section("About", about), section("Numbers", numbers), section("Rows", rows)),
                    made.simulated, made.facts_version)  # fmt: skip
    return export_report(report, path)


def _row(row: Row) -> tuple[Cell, ...]:
    return row.date, row.post, safe_link(row.link), row.file, row.line, row.import_id, row.mark


def _about(made: Kit) -> Iterable[str]:
    yield f"Made on {made.made_at:%Y-%m-%d}" + (f" by {made.made_by}." if made.made_by else ".")
    if made.data_ends:
        yield f"The data ends on {made.data_ends:%Y-%m-%d}."
    if made.left_out:
        yield f"Left out on purpose: {', '.join(made.left_out)}."
    yield "Only the signed file (.json) can be checked by whoever gets it."
