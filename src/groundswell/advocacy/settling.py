"""What cannot be known yet of the people on a list, and which one file would settle most of it.

Nothing here is a list of files kept by hand: a signal declares the fields it needs, a layout declares the fields it brings, and a
file settles a question for a person when it brings everything that the question's signal still lacks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from groundswell.advocacy.people import Listed, several
from groundswell.records import platform_name
from groundswell.signals import SIGNALS
from groundswell.signals.topics import TEXTS_NEEDED
from groundswell.signals.values import REASONS
from groundswell.sources.files.layouts import LAYOUTS
from groundswell.sources.files.layouts.layout import Layout

QUESTIONS = {
    "followers": "how big it is",
    "public_rate": "how much its audience does",
    "posts_per_week": "how often it speaks",
    "topic_focus": "what it stands for",
    "sponsored_share": "how much is paid",
    "reply_rate": "whether it answers",
}
"""Signal -> the question that it answers, in the order of a first look."""


@dataclass(frozen=True)
class Open:
    """A question about an account that the data cannot answer yet."""

    account: str
    signal: str
    """Name of the signal; `fee` or `address` for what only the list itself could say."""
    question: str
    reason: str


@dataclass(frozen=True)
class FileToGet:
    """A file that would settle open questions."""

    layout: str
    title: str
    platform: str
    how: str
    """How a user gets such a file."""
    accounts: tuple[str, ...]
    """For whom it would settle something."""
    settles: tuple[str, ...]
    """The questions."""
    answers: int
    """Questions times people: by this the files are in order."""
    sentence: str
    caveats: tuple[str, ...]


def open_questions(people: Sequence[Listed], without_money: Collection[str] = ()) -> tuple[Open, ...]:
    """What is not known yet, person by person; of accounts `without_money` a list says that they ask for none."""
    found: list[Open] = []
    for one in people:
        for name, question in QUESTIONS.items():
            value = one.values.get(name)
            if value is None or not value.known:
                found.append(Open(one.account, name, question, (value.reason if value else None) or "not_observed"))
        if not one.fees and one.account not in without_money:
            found.append(Open(one.account, "fee", "what it costs", "not_observed"))
        if not one.emails and not one.phones:
            found.append(Open(one.account, "address", "how to reach it", "not_observed"))
    return tuple(found)


def files_that_settle(people: Sequence[Listed], still_open: Sequence[Open]) -> tuple[FileToGet, ...]:
    """For each platform on the list the file that answers most, the one that helps most people first."""
    by_platform: dict[str, list[Listed]] = {}
    for one in people:
        by_platform.setdefault(one.platform, []).append(one)
    best = [_best(platform, some, still_open) for platform, some in by_platform.items()]
    return tuple(sorted((file for file in best if file), key=lambda file: (-file.answers, file.platform)))


def _best(platform: str, people: Sequence[Listed], still_open: Sequence[Open]) -> FileToGet | None:
    own = [layout for layout in LAYOUTS.values() if layout.platform == platform and _covers_many(layout)]
    anywhere = [
        layout for layout in LAYOUTS.values() if layout.platform is None and layout.generic and _covers_many(layout)
    ]
    found = [_file(layout, platform, people, still_open) for layout in own or anywhere]
    helpful = [file for file in found if file.answers]
    return max(helpful, key=lambda file: (file.answers, len(file.settles), file.layout), default=None)


def _covers_many(layout: Layout) -> bool:
    """Whether one such file may speak of many accounts: an own archive or a report speaks of one, and a sheet you have."""
    return not (layout.family or layout.whole or layout.needs or layout.introduces) and layout.id not in (
        "marketer_sheet",
        "people_list",
    )


def _file(layout: Layout, platform: str, people: Sequence[Listed], still_open: Sequence[Open]) -> FileToGet:
    brings = frozenset(f"{part.record.name}.{name}" for part in layout.records for name in part.cells)
    mine = {one.account: one for one in people}
    settled = [
        one
        for one in still_open
        if one.account in mine and one.signal in SIGNALS and one.reason in ("not_observed", "too_few")
        and set(SIGNALS[one.signal].needs) <= brings | _has(mine[one.account])
    ]  # fmt: skip
    accounts = tuple(sorted({one.account for one in settled}))
    questions = tuple(question for name, question in QUESTIONS.items() if any(one.signal == name for one in settled))
    sentence = (
        f"{layout.title} of {several(len(accounts), 'account')} on {platform_name(platform)} would tell {_and(questions)}."
        if accounts
        else ""
    )
    return FileToGet(
        layout.id,
        layout.title,
        platform,
        layout.says,
        accounts,
        questions,
        len(settled),
        sentence,
        _caveats(layout, settled),
    )


def _has(one: Listed) -> frozenset[str]:
    """Fields that the data hold already for an account."""
    return frozenset({"account.followers"} if one.followers is not None else ())


def _caveats(layout: Layout, settled: Sequence[Open]) -> tuple[str, ...]:
    signals = {one.signal for one in settled}
    found = [layout.note] if layout.note else []
    if "topic_focus" in signals:
        found.append(
            f"What it stands for is told from {TEXTS_NEEDED} texts on, of all accounts together, and ten of its own."
        )
    if "public_rate" in signals:
        found.append("Rates need at least three posts that were older than three days when they were counted.")
    return tuple(found)


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def in_words(still_open: Sequence[Open]) -> str:
    """Open questions of one account, those with the same reason in one sentence."""
    reasons = dict.fromkeys(one.reason for one in still_open)
    return " ".join(
        f"Not known: {_and([one.question for one in still_open if one.reason == reason])} ({REASONS[reason]})."
        for reason in reasons
    )
