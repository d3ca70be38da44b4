"""What somebody asked for: whom to begin with, which of their lists, how far, how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from groundswell.errors import UnknownNameError, UsageError
from groundswell.fetch.promising import looked_for
from groundswell.sources.declaring import MILLION, Source, Stream
from groundswell.store.fetches import ToOpen

SEED = -1
"""Depth of the lists that one begins with: whom they name stands at depth 0."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request to a live source, as it is kept with the fetch."""

    source: str
    who: tuple[str, ...]
    """What was typed: handles, addresses of profiles, posts, lists, starter packs, feeds; words where search is open."""
    lists: tuple[str, ...] = ("posts",)
    """What is wanted of each person, in the words of the source (`Source.offers`)."""
    people: int = 100
    """Most people that are looked at."""
    hops: int = 0
    """0: only those named by what was typed; 1: also those whom the lists of these name; and so on."""
    each: int = 100
    """Most items of each list."""
    posts: int = 5
    """How many of each person's newest posts are asked for likes, reposts, quotes and replies."""
    requests: int = 1_000
    """Most requests of one run."""
    spend: float | None = None
    """Most money that the fetch may cost in all its runs, in the currency of the source; None where nothing is to be paid."""
    about: tuple[str, ...] = ()
    """What people should speak of: those named by people who do are looked at first. Empty: whoever is named most."""
    live: bool = False
    """Whether this is a piece of the live stream (`groundswell listen`), which nobody goes on with."""

    def as_json(self) -> dict[str, Any]:
        """For the state."""
        return asdict(self)

    @classmethod
    def of(cls, said: dict[str, Any]) -> Asked:
        """As it was kept."""
        several: dict[str, Any] = {name: tuple(said[name]) for name in ("who", "lists", "about") if name in said}
        return cls(**(said | several))


def checked(asked: Asked, source: Source) -> Asked:
    """The same, if it can be asked at all.

    Errors: UsageError for a number out of range; UnknownNameError for a list that the source does not have.
    """
    for name, least in (("people", 1), ("hops", 0), ("each", 1), ("posts", 1), ("requests", 1)):
        if getattr(asked, name) < least:
            raise UsageError(f"--{name} {getattr(asked, name)} is less than {least}.")
    for name in asked.lists:
        if name not in source.offers:
            raise UnknownNameError(f"list of {source.title}", name, source.offers)
    if asked.spend is not None and not 0 < asked.spend < MILLION:
        raise UsageError(
            f"--spend {asked.spend} is no sum that may be spent.", next_step="Write for example --spend 5."
        )
    if not asked.who:
        raise UsageError(
            "Nobody is named to begin with.",
            next_step=f"Say for example: groundswell fetch {source.examples[0]} --from {source.id}",
        )
    if asked.about and not looked_for(asked.about):
        raise UsageError(
            "What people should speak of holds no word.", next_step='Say for example: --about "vegan food"'
        )
    return asked


def first_streams(asked: Asked, source: Source) -> list[ToOpen]:
    """The streams that a fetch begins with: people together, as many as a page holds; lists each for itself."""
    found = list(dict.fromkeys(source.named(word) for word in asked.who))
    people = [one.subject for one in found if one.stream == source.introduce]
    lists = [one for one in found if one.stream != source.introduce]
    return introductions(source, people, depth=0) + [
        ToOpen(
            one.stream,
            one.subject,
            0 if source.streams[one.stream].introduces else SEED,
            rank,
            wanted=max(asked.each, asked.people),
        )
        for rank, one in enumerate(lists)
    ]


def introductions(source: Source, people: Sequence[str], depth: int, rank: int = 0) -> list[ToOpen]:
    """The streams that look at people, several of them at once."""
    return together(source.introduce, source.streams[source.introduce].page, people, depth, rank)


def together(stream: str, size: int, subjects: Sequence[str], depth: int, rank: int = 0) -> list[ToOpen]:
    """Streams about several subjects at once, one a line."""
    return [ToOpen(stream, "\n".join(subjects[at : at + size]), depth, rank) for at in range(0, len(subjects), size)]


def lists_of_people(asked: Asked, source: Source) -> list[str]:
    """Streams that are opened for each person, in order. What is about posts needs the posts."""
    chosen = [source.offers[name] for name in asked.lists]
    own = [name for name in chosen if source.streams[name].about == "account"]
    posts = source.offers["posts"]
    if asked.about:  # whether somebody speaks of it is read from their posts, before their other lists are
        return list(dict.fromkeys((posts, *own)))
    return [posts] * (len(own) < len(chosen) and posts not in own) + own


def lists_of_posts(asked: Asked, source: Source) -> list[str]:
    """Streams that are opened for each person's newest posts."""
    chosen = (source.offers[name] for name in asked.lists)
    return [name for name in chosen if source.streams[name].about == "post"]


@dataclass(frozen=True)
class Forecast:
    """What a fetch takes when it finds as much as was allowed and every page comes full; `Asked.requests` is never exceeded."""

    requests: int
    people: int
    seconds: float
    """At the pace that the network allows."""
    money: str
    limited: bool
    """Whether the budget of requests ends it before."""
    quota: str = ""
    """What it takes of what a key may spend in a day, where there is such a thing."""
    price: float = 0.0
    """The same money as a number, in the currency of the source."""


def forecast(asked: Asked, source: Source) -> Forecast:
    """Count the requests that a fetch takes, without asking anybody.

    How long lists are is not known before they are read, so every list counts with as many pages as were allowed. Short pages make more of them,
    short lists fewer.
    """
    first = first_streams(checked(asked, source), source)
    alone = [one for one in first if one.name != source.introduce and source.streams[one.name].introduces]
    lists = [one for one in first if not source.streams[one.name].introduces]
    named = len(alone) + sum(one.subject.count("\n") + 1 for one in first if one.name == source.introduce)
    people = max(named, asked.people) if lists or asked.hops else named
    # Whose it is, what it opens (a starter pack names its list), then the pages of that.
    fewest = min((one.page for one in source.streams.values() if one.page > 1), default=1)
    seeds = sum(2 + ceil((one.wanted or 1) / fewest) for one in lists)
    # People are looked at together, but never those of two depths.
    introduce = source.streams[source.introduce]
    looks = ceil(people / introduce.page) * (1 + introduce.opens) + people * introduce.each + asked.hops + bool(lists)
    own = sum(_pages(source, name, asked) for name in lists_of_people(asked, source))
    about_posts = sum(_pages(source, name, asked) for name in lists_of_posts(asked, source))
    most = len(alone) + seeds + looks + people * (own + about_posts * asked.posts)
    spent = min(most, asked.requests)
    dear = sum(max(one.wanted or 1, 1) * _dearest(source, one) for one in lists) + people * introduce.costs
    dear += people * sum(_costs(source.streams[name], asked.each) for name in lists_of_people(asked, source))
    dear += (
        people * asked.posts * sum(_costs(source.streams[name], asked.each) for name in lists_of_posts(asked, source))
    )
    return summed(source, spent, people, dear, asked.spend, limited=most > asked.requests)


def summed(
    source: Source, requests: int, people: int, dear: int, spend: float | None, *, limited: bool = False
) -> Forecast:
    """So many requests about so many people, with what they take of time, quota and money."""
    pace, quota = source.limits[0], source.quota
    # What may go at once goes at once; the rest waits its turn.
    waiting = max(0, requests - pace.at_once) * pace.seconds / pace.requests
    units = f"{requests:,} of the {quota.per_day:,} {quota.unit} of a day" if quota else ""
    return Forecast(requests, people, waiting, _money(source, dear, spend), limited, units, dear / MILLION)


def _costs(stream: Stream, items: int) -> int:
    return stream.costs * max(items, stream.least)


def _dearest(source: Source, opened: ToOpen) -> int:
    """What an item of a list costs that one begins with, and of what it opens."""
    stream = source.streams[opened.name]
    return max(stream.costs, max((one.costs for one in source.streams.values()), default=0) if stream.opens else 0)


def _money(source: Source, dear: int, spend: float | None) -> str:
    if source.price is None:
        return "nothing"
    bound = f", of which {spend:,.2f} may be spent" if spend is not None and spend * MILLION < dear else ""
    return f"at most {priced(source, dear)}{bound}"


def priced(source: Source, dear: int) -> str:
    """A sum in the currency of a source, to the next cent above."""
    assert source.price is not None
    return f"{ceil(dear / 10_000) / 100:,.2f} {source.price.currency}"


def _pages(source: Source, name: str, asked: Asked) -> int:
    stream = source.streams[name]
    if stream.page > 1:
        return ceil(asked.each / stream.page) * (1 + stream.opens)
    return 1 + stream.opens * ceil(asked.each / max(one.page for one in source.streams.values()))
