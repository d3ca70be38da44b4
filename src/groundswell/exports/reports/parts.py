"""Parts that several reports share: who somebody is, texts that several people post, files to get next, bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from groundswell.advocacy.people import Listed
from groundswell.advocacy.same_words import SameWords
from groundswell.advocacy.settling import FileToGet
from groundswell.exports import pictures
from groundswell.exports.report import Column, Entries, Entry, Picture, Table
from groundswell.records import platform_name

FILES_SHOWN = 4
"""As on the page: the files that help most people."""
MOST_LETTERS = 200


def called(handle: str | None, name: str | None, account: str) -> str:
    """How a heading names somebody."""
    at = f"@{handle}" if handle else account
    return f"{name} ({at})" if name and name != at else at


def listed(one: Listed) -> str:
    """How a heading names somebody of a list."""
    return called(one.handle, one.name, one.account)


def size_and_place(one: Listed) -> str:
    """Where somebody is and how many follow: `Instagram · 3,400 followers · line 5 of roster.csv`."""
    follow = f"{one.followers:,.0f} followers" if one.followers is not None else "followers unknown"
    return " · ".join([platform_name(one.platform), follow, *map(str, one.places[:2])])


def same_words(some: Sequence[SameWords]) -> Table:
    """Texts that several accounts post."""
    columns = (
        Column("How alike", "text", 14),
        Column("Times", "whole", 7),
        Column("Accounts", "whole", 9),
        Column("Text", "wrap", 70),
    )
    rows = tuple(
        (one.kind, one.times, len(one.accounts), pictures.shortened(one.posts[0].text, MOST_LETTERS)) for one in some
    )
    return Table("Same words", "Texts that several of them post", columns, rows)


def files_to_get(some: Sequence[FileToGet]) -> Entries:
    """What to get next, the file that helps most people first."""
    return Entries(
        "Files to get",
        tuple(Entry(one.title, lines=(one.sentence, one.how, *one.caveats)) for one in some[:FILES_SHOWN]),
    )


def bars(rows: Iterable[tuple[str, float, str]], label: str, caption: str = "", *, whole: float = 0.0) -> Picture:
    """Bars from the left: (name, length, figure). The picture is as wide as the `whole`, else as the longest."""
    shown = list(rows)
    longest = whole or max((length for _, length, _ in shown), default=0.0) or 1.0
    drawn: list[str] = []
    for number, (name, length, figure) in enumerate(shown):
        y = 30.0 * number
        words = pictures.text(0, y + 13, pictures.shortened(name, 50 - len(figure)))
        drawn.append(words + pictures.text(pictures.WIDTH, y + 13, figure, "mu en"))
        drawn.append(pictures.bar("tr", 0, y + 18, pictures.WIDTH, 6))
        drawn.append(pictures.bar("ba", 0, y + 18, pictures.WIDTH * length / longest, 6))
    said = ", ".join(f"{name} {figure}" for name, _, figure in shown)
    return Picture(pictures.picture(30.0 * len(shown), f"{label}: {said}", "".join(drawn)) if shown else "", caption)
