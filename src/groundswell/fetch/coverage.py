"""What a fetch covered, and what it did not: how a sample came about is a part of every result drawn from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from groundswell.fetch.collecting import WORDS
from groundswell.fetch.paying import paid_in_words
from groundswell.fetch.promising import whom_it_found
from groundswell.sources.declaring import Source
from groundswell.store import State
from groundswell.store.fetches import StreamRow, fetch_by_id, people_counts, streams_of


@dataclass(frozen=True)
class Lists:
    """What became of all lists of one kind."""

    name: str
    says: str
    lists: int
    whole: int
    """Read to their end."""
    items: int
    cut: int
    """Not read to their end, because enough was read or the run ended."""
    counted: int | None
    """Items of those that were cut, as the network counts; None where it does not."""
    counted_read: int
    """Items read of those."""
    hidden: int = 0
    """Lists that came empty though the network counts something in them."""


@dataclass(frozen=True)
class Coverage:
    """What was looked at and what was not."""

    people: int
    not_looked_at: int
    """People who were named and not looked at."""
    lists: tuple[Lists, ...]
    troubles: tuple[tuple[str, str, str], ...]
    """(stream, subject, why) of what could not be read."""
    waiting: int
    """Lists that a next run would go on with."""
    unlisted: int
    """How often somebody came up who asked not to be listed."""
    sentences: tuple[str, ...]
    """The same in words."""


def coverage_of(state: State, source: Source, fetch: int) -> Coverage:
    """Say what a fetch covered until now."""
    itself, counts = fetch_by_id(state, fetch), people_counts(state, fetch)
    asked = itself.asked
    if asked.get("live"):
        heard = sum(one.got for one in streams_of(state, fetch))
        said = f"{heard:,} {'event was' if heard == 1 else 'events were'} heard of the people that were fetched before, as they happened."
        return Coverage(0, 0, (), (), 0, 0, (said,))
    streams = streams_of(state, fetch)
    looked_at = sum(count for (one, _), count in counts.items() if one == "asked")
    found = sum(counts.values()) - looked_at
    order = sorted((one for one in streams if source.streams[one.name].page > 1), key=lambda one: one.name)
    lists = tuple(_lists(source, name, list(some)) for name, some in groupby(order, key=lambda one: one.name))
    troubles = tuple((one.name, one.subject, one.note or WORDS[one.state]) for one in streams if one.state in WORDS)
    waiting = sum(one.state == "open" for one in streams)
    unlisted = sum(one.unlisted for one in streams)
    about = tuple(asked.get("about") or ())
    posts = [one for one in streams if one.name == source.offers["posts"]]
    said = (
        *_sentences(source, looked_at, found, lists, troubles, waiting, bool(about)),
        *whom_it_found(about, posts),
        *_unlisted(unlisted),
        *filter(None, (paid_in_words(state, source, itself),)),
    )
    return Coverage(looked_at, found, lists, troubles, waiting, unlisted, said)


def _lists(source: Source, name: str, streams: Sequence[StreamRow]) -> Lists:
    cut = [one for one in streams if one.state in ("enough", "open")]
    counted = [one for one in cut if one.total is not None]
    return Lists(
        name, source.streams[name].says, len(streams), sum(one.state == "done" for one in streams), sum(one.got for one in streams),
        len(cut), sum(one.total or 0 for one in counted) if counted else None, sum(one.got for one in counted),
        sum(one.state == "done" and not one.got and not one.unlisted and bool(one.total) for one in streams),
    )  # fmt: skip


def _sentences(
    source: Source,
    people: int,
    found: int,
    lists: Sequence[Lists],
    troubles: Sequence[tuple[str, str, str]],
    waiting: int,
    about: bool,
) -> Iterator[str]:
    yield f"{people:,} {'person was' if people == 1 else 'people were'} looked at."
    if found:
        yield (
            f"{found:,} more {'was' if found == 1 else 'were'} named and not looked at: they are further away than was asked for, "
            f"or the number of people or requests was reached. Those who were named most often{' by people who speak of it' if about else ''} came first."
        )
    for one in lists:
        if one.cut and one.name not in (source.introduce, source.again):
            yield _cut(one)
        if one.hidden:
            yield (
                f"Of {one.lists:,} {'list' if one.lists == 1 else 'lists'} ({one.says}), {one.hidden:,} came empty though the network "
                "counts something in them: their owners hide them."
            )
    for why, some in groupby(sorted(troubles, key=lambda one: one[2]), key=lambda one: one[2]):
        whom = [subject.replace("\n", " ") for _, subject, _ in some]
        more = f" and {len(whom) - 3:,} more" if len(whom) > 3 else ""
        yield f"Not read: {', '.join(whom[:3])}{more} ({why.rstrip('.')})."
    if waiting:
        yield f"{waiting:,} {'list waits' if waiting == 1 else 'lists wait'} to be read further."


def _unlisted(times: int) -> Iterator[str]:
    if times:
        yield (
            f"{times:,} {'time' if times == 1 else 'times'} somebody came up who asked not to be listed: "
            "they are left out, and nothing of them is kept."
        )


def _cut(one: Lists) -> str:
    """A list that was cut off is no sample at random."""
    known = f": {one.counted_read:,} of {one.counted:,}" if one.counted is not None else ""
    return (
        f"Of {one.lists:,} {'list' if one.lists == 1 else 'lists'} ({one.says}), {one.cut:,} "
        f"{'was' if one.cut == 1 else 'were'} not read to the end{known}. What was read is the first part as the network orders it, "
        "usually the newest, not a sample at random."
    )
