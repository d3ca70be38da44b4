"""How a live source is declared: what it needs, what it gives, how fast it may be asked, on which terms, and how its pages are read.

    Source(
        id="bluesky", title="Bluesky", platform="bluesky", needs="nothing",
        hosts=("public.api.bsky.app",),
        limits=(Limit("public.api.bsky.app", 3_000, 300, "docs.bsky.app, rate limits"),),
        terms=Terms("open", "...", "https://..."),
        gives=(Gives("account", ("followers", ...)),), examples=("@ann.bsky.social",),
        streams=(Stream(name="followers", about="account", page=100, ask=..., look=...),),
        read=read_pages,
    )

A *stream* is a list that a network gives page by page: the posts of an account, the followers of an account, the members of a list.
It says how to ask for a page and, of an answer, how many items it holds, what to ask next and whom it names. Reading a page into
records is another matter, and done later from the page as it was kept; so the same pages always give the same records.

From this one declaration come the command's choices, the capability matrix in app and documentation, the allowed hosts and the pace
of the client, what an import remembers of its terms, and the laws in `tests/laws/test_every_source.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from groundswell.sources import Page

NEEDS: dict[str, str] = {
    "nothing": "open to everybody, without key or login",
    "login": "a login of your own (an app password where the network has them)",
    "key": "a key that the network gives for free",
    "token": "a token of an account or app that the network has reviewed",
    "paid": "a key of your own, and money for what is read",
    "approval": "the network's approval of the purpose",
    "file": "a file that its owner exports",
}
"""What somebody needs before a source answers, from least to most."""
TERMS: dict[str, str] = {
    "open": "Public data; deletes are followed.",
    "api": "Data from an interface with rules of its own for keeping it.",
    "raw": "Data that may be shown as it came; measures of one's own need the network's consent.",
    "granted": "Data that its owner handed over.",
}
"""Terms class -> what it means for who keeps the data."""
JSON = "application/json"
OWN = "{own}"
"""Stands in a question for the user's own account, which only the secret names (`Source.own`)."""
MILLION = 1_000_000
ABOUT: dict[str, str] = {
    "account": "an account",
    "accounts": "several accounts at once",
    "post": "a post",
    "posts": "several posts at once",
    "list": "a list of accounts",
    "feed": "a feed",
    "words": "words",
    "site": "a site",
}
"""What a stream can be about."""


@dataclass(frozen=True)
class Limit:
    """So many requests in so many seconds to one host, and who says so."""

    host: str
    requests: int
    seconds: int
    source: str
    at_once: int = 0
    """How many may go at once; 0 for a tenth of them."""


@dataclass(frozen=True)
class Quota:
    """What a key may spend in a day, which begins at midnight somewhere; and who says so."""

    unit: str
    per_day: int
    zone: str
    source: str


@dataclass(frozen=True)
class Price:
    """What a network asks for what is read: the currency, and who says so. How much stands with each stream (`Stream.costs`)."""

    currency: str
    source: str


@dataclass(frozen=True)
class Ration:
    """So many different subjects of one stream in so many days, however often each is asked about; and who says so."""

    stream: str
    different: int
    days: int
    source: str


@dataclass(frozen=True)
class Terms:
    """On which terms data may be kept: a class, a sentence, and where to read them."""

    kind: str
    says: str
    address: str


@dataclass(frozen=True)
class Gives:
    """Fields of one record that a source gives, to whom, and what to know of them."""

    record: str
    fields: tuple[str, ...]
    needs: str = "nothing"
    note: str = ""


@dataclass(frozen=True)
class Ask:
    """One question to a host."""

    url: str
    params: tuple[tuple[str, str], ...] = ()
    login: bool = False
    """Whether it is asked in the name of the user."""
    accept: str = JSON
    """What is wanted. JSON is understood as it comes, and asked for again where it is none; of anything else the bytes are handed on."""
    whole: bool = False
    """Asked without conditions, because of the answer more matters than what is kept of it: its headers say where the list goes on."""


@dataclass(frozen=True)
class Todo:
    """A stream that should be asked: its name and whom or what it is about."""

    stream: str
    subject: str


@dataclass(frozen=True)
class Looked:
    """What one page holds, seen without reading it into records."""

    items: int
    cursor: str | None = None
    """What to ask next; None at the end."""
    people: tuple[str, ...] = ()
    """Accounts (ids) that it names, in its order."""
    todo: tuple[Todo, ...] = ()
    """Streams that it opens, whatever was asked for: a starter pack names its list."""
    posts: tuple[str, ...] = ()
    """Posts (ids) of the account it is about, for streams about posts."""
    totals: tuple[tuple[Todo, int], ...] = ()
    """How much there is of a stream, as the network counts it."""
    addressed: Mapping[str, str] = field(default_factory=lambda: {})
    """Person -> the subject of their own streams, where the network wants to be asked about them by more than their id."""
    missing: tuple[str, ...] = ()
    """What was asked for by name and is not there."""
    unlisted: int = 0
    """How many it holds who asked not to be listed: they are not named, and nothing of them is kept."""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A list that a network gives page by page; see the module."""

    name: str
    says: str
    """What it is, as in "the followers of an account"."""
    about: str
    page: int
    """Most items that a page holds."""
    ask: Callable[[str, str | None, int], Ask]
    """(subject, cursor, items wanted) -> the question."""
    look: Callable[[str, Any], Looked]
    """(subject, what was answered) -> what it holds."""
    look_at: Callable[[str, Any, str], Looked] | None = None
    """The same with the address that answered, where it matters: addresses on a page are told from there, also after a redirect."""
    opens: int = 0
    """How many more streams a page of it opens."""
    each: int = 0
    """How many more it opens for each person whom it introduces."""
    costs: int = 0
    """What one item of it costs, in millionths of the source's currency (`Source.price`)."""
    least: int = 1
    """Fewest items that may be asked for at once."""
    introduces: bool = False
    """Whether those it names are looked at from then on: their own streams are opened."""
    needs: str = "nothing"
    instead: str = ""
    """What to ask for when this one is refused."""
    otherwise: Callable[[str], Todo | None] | None = None
    """Subject -> what to ask instead where this one is not there; None when there is nothing left."""
    elsewhere: Callable[[str], Todo | None] | None = None
    """Subject -> what to ask where the host does not know this question at all, or no host of that name answers as the network does."""
    goes_on: Callable[[Mapping[str, str]], str | None] | None = None
    """Headers of an answer -> what to ask next, where that does not stand in its body."""


@dataclass(frozen=True)
class Kept:
    """A page as it was kept: who answered what, when, and the bytes."""

    stream: str
    subject: str
    number: int
    fetched_at: datetime
    body: bytes
    status: int = 200
    whole: bool = False
    """Whether the stream it belongs to was read to its end."""


@dataclass(frozen=True)
class Named:
    """What somebody typed, understood: which stream it begins, and its subject."""

    stream: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class Live:
    """The live stream of a network: what people do, as it happens, over a connection that stays open."""

    says: str
    addresses: tuple[str, ...]
    """Servers that send the same stream; when one does not answer, the next is asked."""
    people: int
    """Most people whose acts may be asked for."""
    keeps: timedelta
    """How long the network keeps what happened for those who come back."""
    ask: Callable[[str, int | None], str]
    """(server, moment of the last event, in microseconds) -> the address that sends what happened since."""
    hello: Callable[[Sequence[str]], str]
    """Ids of people as the network names them -> what to say first, so that it sends their acts and no others."""
    knows: Callable[[str], bool]
    """Whether an id may stand in that greeting: files may hold ids that the network never gave."""
    moment: Callable[[Any], int | None]
    """An event -> when it happened, in microseconds; None for what is no event."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One live source; see the module."""

    id: str
    title: str
    says: str
    platform: str
    needs: str
    hosts: tuple[str, ...]
    """Hosts that may be asked; `*` stands for any public one."""
    limits: tuple[Limit, ...]
    terms: Terms
    retention_days: int | None
    """After so many days what was fetched has to be gone; None where the terms name no time."""
    gives: tuple[Gives, ...]
    streams: Mapping[str, Stream]
    offers: Mapping[str, str]
    """What may be asked for of each person (and of their posts): the word for it -> the stream. `posts` is always among them."""
    introduce: str
    """The stream by which people are looked at; its subject holds one of them a line, as many as a page holds."""
    alone: str
    """The stream that looks at one of them alone, for those who are not among the others."""
    again: str
    """The stream by which posts are looked at again, likewise; one about an account, where they come with whose they are alone."""
    named: Callable[[str], Named]
    """What a user typed -> what it names; UsageError when it names nothing here."""
    read: Callable[[Sequence[Kept]], Page]
    """Kept pages -> records. Pure: the same pages give the same records."""
    refusal: Callable[[int, bytes], str]
    """Status and body of an answer that is no page -> "gone", "cursor", "login" or "refused"."""
    examples: tuple[str, ...]
    """What somebody may type; the first one is shown where nobody was named."""
    caveats: tuple[str, ...] = ()
    live: Live | None = None
    """Its live stream, where it has one; its pages are read like those of a stream called `live`."""
    login: Callable[[Callable[..., Any], str], Mapping[str, str]] | None = None
    """How a secret becomes the headers of a request, where there is a login. They go to no other host than the one that is asked."""
    keys: Callable[[str], Mapping[str, Mapping[str, str]]] | None = None
    """Secret -> host -> headers of every request to it, where each host has a login of its own, and none needs one."""
    also: tuple[str, ...] = ()
    """Other networks of ours whose people it brings in, under its own platform: a podcast is a feed."""
    by_handle: bool = False
    """Whether people are asked about by their handle, because the network takes no id."""
    own: Callable[[str], str] | None = None
    """Secret -> the user's own account, which is asked about others; it takes the place of `OWN`."""
    price: Price | None = None
    """Where what is read costs money. Nothing is asked then before the user said how much it may be."""
    ration: Ration | None = None
    quota: Quota | None = None
    """What may be spent in a day, where that is counted apart from the pace; each request costs one unit."""
    login_form: str = ""
    """What the secret is, in words, as in "handle:app-password"."""
    may_keep: Callable[[str, Any], Any] | None = None
    """(stream, what was answered) -> the same without what may not be kept; None where all of it may."""

    def stream(self, name: str) -> Stream:
        """One of its streams (KeyError when it has none of that name)."""
        return self.streams[name]
