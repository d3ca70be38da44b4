"""What fetches asked, what they kept and what they would ask next: the part of the state that a live source needs.

    fetches         one request of somebody: source, what was asked, open or done
    fetch_streams   the lists that it reads page by page, each with its cursor
    fetch_pages     the pages that were kept (`raw`), in the order in which they came
    fetch_people    whom it came across, and how often
    hosts           how fast each host may be asked, across runs
    responses       what was answered with an ETag or a date, for conditional requests

A page, the cursor after it, whom it names and which streams it opens are noted in one transaction. So a fetch that is killed
anywhere asks for at most one page of each stream again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from groundswell.errors import UnknownNameError
from groundswell.store.state import State, metadata

OPEN, DONE = "open", "done"
fetches = sa.Table(
    "fetches",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    *(sa.Column(name, sa.String) for name in ("source", "state", "because", "started_at", "ended_at")),
    sa.Column("asked", sa.JSON),
    *(sa.Column(name, sa.Integer) for name in ("requests", "repeated")),
)
streams = sa.Table(
    "fetch_streams",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    *(sa.Column(name, sa.String) for name in ("name", "subject", "cursor", "state", "note")),
    *(sa.Column(name, sa.Integer) for name in ("fetch", "depth", "rank", "wanted", "got", "total", "pages", "empty", "round", "unlisted", "fits", "promise")),
)  # fmt: skip
pages = sa.Table(
    "fetch_pages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    *(sa.Column(name, sa.Integer) for name in ("fetch", "stream", "number", "round", "bytes", "items", "status")),
    *(sa.Column(name, sa.String) for name in ("cursor", "hash", "fetched_at")),
)
people = sa.Table(
    "fetch_people",
    metadata,
    sa.Column("fetch", sa.Integer, primary_key=True),
    sa.Column("person", sa.String, primary_key=True),
    *(sa.Column(name, sa.Integer) for name in ("depth", "seen", "lot", "promise")),
    sa.Column("state", sa.String),
)
hosts = sa.Table(
    "hosts",
    metadata,
    sa.Column("host", sa.String, primary_key=True),
    *(sa.Column(name, sa.Float) for name in ("tokens", "at", "until")),
)
responses = sa.Table(
    "responses",
    metadata,
    sa.Column("url", sa.String, primary_key=True),
    *(sa.Column(name, sa.String) for name in ("hash", "etag", "modified", "kept_at")),
)


@dataclass(frozen=True)
class Fetch:
    """One request of somebody to a live source."""

    id: int
    source: str
    asked: dict[str, Any]
    state: str
    """`open` while there is something left to ask, else `done`."""
    because: str
    """Why it stands where it stands."""
    started_at: str
    ended_at: str | None
    requests: int
    repeated: int


@dataclass(frozen=True)
class StreamRow:
    """One list that is read page by page, and how far."""

    id: int
    fetch: int
    name: str
    subject: str
    depth: int
    rank: int
    wanted: int | None
    """Items after which it is enough; None for all of them."""
    got: int
    total: int | None
    """How many there are, as the network counts."""
    pages: int
    empty: int
    """Empty pages in a row."""
    round: int
    """How often it was begun anew, because its place was no longer known."""
    cursor: str | None
    state: str
    """open, done (read to its end), enough, gone, refused, login, loop or failed."""
    note: str
    unlisted: int = 0
    """How often it held somebody who asked not to be listed."""
    fits: int = 0
    """Items that speak of what the fetch looks for, where it does."""
    promise: int = 0
    """How many lists of people who speak of it named whose it is."""


@dataclass(frozen=True)
class PageRow:
    """One page that was kept."""

    id: int
    fetch: int
    stream: int
    number: int
    round: int
    cursor: str | None
    hash: str | None
    """None once it was purged."""
    bytes: int
    items: int
    status: int
    fetched_at: str


@dataclass(frozen=True)
class ToOpen:
    """A stream that is to be opened, unless it is there."""

    name: str
    subject: str
    depth: int
    rank: int
    wanted: int | None = None
    total: int | None = None
    state: str = OPEN
    note: str = ""
    promise: int = 0


@dataclass
class Noted:
    """All that one page means to the state; noted at once."""

    hash: str
    bytes: int
    items: int
    status: int
    fetched_at: datetime
    stream: Mapping[str, Any] = field(default_factory=lambda: {})
    """Columns of its stream that change."""
    open: Sequence[ToOpen] = ()
    found: Iterable[str] = ()
    """People that it names."""
    depth: int = 0
    asked: Iterable[str] = ()
    """People who are being looked at from now on."""
    promise: int = 0
    """1 where those it names may speak of what is looked for, because whose list it is does."""


def begin_fetch(state: State, source: str, asked: Mapping[str, Any], first: Sequence[ToOpen]) -> int:
    """Make a fetch with its first streams and return its number."""
    row = {
        "source": source, "asked": dict(asked), "state": OPEN, "because": "", "started_at": _now(), "requests": 0, "repeated": 0,
    }  # fmt: skip
    with state.transaction() as connection:
        key = connection.execute(fetches.insert().values(row)).inserted_primary_key
        assert key is not None
        _open(connection, int(key[0]), first)
    return int(key[0])


def all_fetches(state: State) -> list[Fetch]:
    """Every fetch, oldest first."""
    with state.engine.connect() as connection:
        return [Fetch(**row) for row in connection.execute(fetches.select().order_by(fetches.c.id)).mappings()]


def fetch_by_id(state: State, number: int) -> Fetch:
    """One fetch; UnknownNameError when there is none."""
    found = {one.id: one for one in all_fetches(state)}
    if number not in found:
        raise UnknownNameError("fetch", str(number), map(str, found))
    return found[number]


def next_stream(state: State, fetch: int) -> StreamRow | None:
    """The open stream that is asked next: the nearest first, then the one with fewest pages, so that all get their first one."""
    c = streams.c
    order = (c.depth, c.pages, c.rank, c.id)
    query = streams.select().where(c.fetch == fetch, c.state == OPEN).order_by(*order).limit(1)
    with state.engine.connect() as connection:
        row = connection.execute(query).mappings().first()
    return StreamRow(**row) if row else None


def streams_of(state: State, fetch: int) -> list[StreamRow]:
    """Every stream of a fetch, in the order in which they were opened."""
    query = streams.select().where(streams.c.fetch == fetch).order_by(streams.c.id)
    with state.engine.connect() as connection:
        return [StreamRow(**row) for row in connection.execute(query).mappings()]


def pages_of(state: State, fetch: int) -> list[PageRow]:
    """Every page of a fetch that is still there, in the order in which they came."""
    query = pages.select().where(pages.c.fetch == fetch, pages.c.hash.is_not(None)).order_by(pages.c.number)
    with state.engine.connect() as connection:
        return [PageRow(**row) for row in connection.execute(query).mappings()]


def pages_purged(state: State, fetch: int) -> int:
    """How many pages of a fetch are not there any more."""
    query = sa.select(sa.func.count()).where(pages.c.fetch == fetch, pages.c.hash.is_(None))
    with state.engine.connect() as connection:
        return int(connection.execute(query).scalar() or 0)


def cursors_asked(state: State, stream: StreamRow) -> set[str | None]:
    """The cursors with which a stream was asked since it was last begun."""
    query = sa.select(pages.c.cursor).where(pages.c.stream == stream.id, pages.c.round == stream.round)
    with state.engine.connect() as connection:
        return set(connection.execute(query).scalars())


def items_of(state: State, fetch: int) -> dict[str, int]:
    """Stream -> how many items its pages held, also those of pages that are purged."""
    query = (
        sa.select(streams.c.name, sa.func.sum(pages.c["items"]))
        .join(streams, streams.c.id == pages.c.stream)
        .where(pages.c.fetch == fetch)
        .group_by(streams.c.name)
    )
    with state.engine.connect() as connection:
        return {name: int(items or 0) for name, items in connection.execute(query)}


def note_page(state: State, stream: StreamRow, noted: Noted, *, requests: int, repeated: int) -> None:
    """Keep a page, where its stream goes on, whom it names and what it opens: all of it or nothing."""
    number = sa.select(sa.func.coalesce(sa.func.max(pages.c.number), 0) + 1).where(pages.c.fetch == stream.fetch)
    row = {
        "fetch": stream.fetch, "stream": stream.id, "number": number.scalar_subquery(), "round": stream.round,
        "cursor": stream.cursor, "hash": noted.hash, "bytes": noted.bytes, "items": noted.items, "status": noted.status,
        "fetched_at": noted.fetched_at.isoformat(),
    }  # fmt: skip
    with state.transaction() as connection:
        connection.execute(pages.insert().values(row))
        connection.execute(
            streams.update().where(streams.c.id == stream.id).values(pages=streams.c.pages + 1, **noted.stream)
        )
        _meet(connection, stream.fetch, noted)
        _open(connection, stream.fetch, noted.open)
        _spend(connection, stream.fetch, requests, repeated)


def note_stream(state: State, stream: StreamRow, /, *, requests: int = 0, repeated: int = 0, **columns: Any) -> None:
    """Note that a stream ended, or begins anew, without a page."""
    with state.transaction() as connection:
        connection.execute(streams.update().where(streams.c.id == stream.id).values(**columns))
        _spend(connection, stream.fetch, requests, repeated)


def look_at_people(
    state: State, fetch: int, most: int, hops: int, to_open: Any, *, by_lot: int = 0, requests: int = 0
) -> Sequence[str]:
    """Choose whom to look at next and open their streams at once: who promises most, the nearest, those who were named most often.

    Among equals a number drawn from their id decides (`lot`), not the order in which they came: a list begins with its newest.
    With `by_lot`, one in so many is drawn from those who promise nothing, however often they were named.
    """
    c = people.c
    with state.transaction() as connection:
        waiting = (c.fetch == fetch) & (c.state == "found") & (c.depth <= hops)
        first = sa.select(c.depth, c.promise).where(waiting).order_by(c.promise.desc(), c.depth).limit(1)
        found = connection.execute(first).first()
        if found is None or most <= 0:
            return ()
        depth, promise = found
        near = sa.select(c.person).where(waiting, c.depth == depth, (c.promise > 0) == (promise > 0))
        best = near.order_by(c.promise.desc(), c.seen.desc(), c.lot).limit(most)
        chosen = list(connection.execute(best).scalars())
        if by_lot and promise:
            lots = max(1, len(chosen) // by_lot)
            drawn = sa.select(c.person).where(waiting, c.depth == depth, c.promise == 0).order_by(c.lot).limit(lots)
            chosen = [*chosen[: max(1, most - lots)], *connection.execute(drawn).scalars()]
        connection.execute(people.update().where(c.fetch == fetch, c.person.in_(chosen)).values(state="asked"))
        _open(connection, fetch, to_open(chosen, depth))
        _spend(connection, fetch, requests, 0)
    return chosen


def promises_of(state: State, fetch: int, some: Sequence[str]) -> dict[str, int]:
    """Person -> how many lists of people who speak of what is looked for name them; only those of whom there are some."""
    c = people.c
    query = sa.select(c.person, c.promise).where(c.fetch == fetch, c.person.in_(some), c.promise > 0)
    with state.engine.connect() as connection:
        return {row.person: row.promise for row in connection.execute(query)}


def fits_of(state: State, fetch: int, name: str, subject: str) -> tuple[int, int]:
    """Of one list: items that speak of what is looked for, and all that were read."""
    c = streams.c
    query = sa.select(sa.func.sum(c.fits), sa.func.sum(c.got)).where(
        c.fetch == fetch, c.name == name, c.subject == subject
    )
    with state.engine.connect() as connection:
        fits, got = connection.execute(query).one()
    return fits or 0, got or 0


def people_counts(state: State, fetch: int) -> dict[tuple[str, int], int]:
    """(found or asked, depth) -> how many people."""
    c = people.c
    query = sa.select(c.state, c.depth, sa.func.count()).where(c.fetch == fetch).group_by(c.state, c.depth)
    with state.engine.connect() as connection:
        return {(one, depth): count for one, depth, count in connection.execute(query)}


def end_fetch(state: State, fetch: int, *, done: bool, because: str) -> None:
    """Say where a fetch stands, and why."""
    values = {"state": DONE if done else OPEN, "because": because, "ended_at": _now()}
    with state.transaction() as connection:
        connection.execute(fetches.update().where(fetches.c.id == fetch).values(values))


def reopen(state: State, fetch: int, asked: Mapping[str, Any], again: Sequence[str]) -> None:
    """Go on with a fetch: streams in these states are asked again where they stopped."""
    with state.transaction() as connection:
        connection.execute(fetches.update().where(fetches.c.id == fetch).values(state=OPEN, asked=dict(asked)))
        chosen = (streams.c.fetch == fetch) & streams.c.state.in_(again)
        connection.execute(streams.update().where(chosen).values(state=OPEN, note=""))


def _open(connection: sa.Connection, fetch: int, some: Sequence[ToOpen]) -> None:
    if some:
        rows = [
            vars(one) | {"fetch": fetch, "got": 0, "pages": 0, "empty": 0, "round": 0, "unlisted": 0, "fits": 0}
            for one in some
        ]
        connection.execute(insert(streams).on_conflict_do_nothing(), rows)


def _meet(connection: sa.Connection, fetch: int, noted: Noted) -> None:
    asked = list(dict.fromkeys(noted.asked))
    found = [one for one in dict.fromkeys(noted.found) if one not in set(asked)]
    for some, state in ((asked, "asked"), (found, "found")):
        if some:
            rows = [{"fetch": fetch, "person": one, "depth": noted.depth, "seen": 1, "lot": _lot(one), "promise": noted.promise, "state": state} for one in some]  # fmt: skip
            statement = insert(people)
            known = {
                "seen": people.c.seen + 1,
                "promise": people.c.promise + statement.excluded.promise,
                "depth": sa.func.min(people.c.depth, statement.excluded.depth),
            }
            changed = known | ({"state": "asked"} if state == "asked" else {})
            connection.execute(statement.on_conflict_do_update(index_elements=["fetch", "person"], set_=changed), rows)


def _spend(connection: sa.Connection, fetch: int, requests: int, repeated: int) -> None:
    if requests:
        spent = {"requests": fetches.c.requests + requests, "repeated": fetches.c.repeated + repeated}
        connection.execute(fetches.update().where(fetches.c.id == fetch).values(spent))


def _lot(person: str) -> int:
    return int.from_bytes(blake2b(person.encode("utf-8", "replace"), digest_size=6).digest())


def _now() -> str:
    return datetime.now(UTC).isoformat()


# -- what the client remembers -----------------------------------------------------------------------------------------------


def host_row(connection: sa.Connection, host: str) -> tuple[float, float, float] | None:
    """(tokens, at, until) of a host's bucket."""
    query = sa.select(hosts.c.tokens, hosts.c.at, hosts.c.until).where(hosts.c.host == host)
    row = connection.execute(query).first()
    return (row[0], row[1], row[2]) if row else None


def set_host(connection: sa.Connection, host: str, tokens: float, at: float, until: float) -> None:
    """Keep a host's bucket."""
    row = {"host": host, "tokens": tokens, "at": at, "until": until}
    connection.execute(insert(hosts).values(row).on_conflict_do_update(index_elements=["host"], set_=row))


def response_of(state: State, url: str) -> tuple[str, str | None, str | None] | None:
    """(hash, ETag, date) of what an address answered the last time."""
    query = sa.select(responses.c.hash, responses.c.etag, responses.c.modified).where(responses.c.url == url)
    with state.engine.connect() as connection:
        row = connection.execute(query).first()
    return (row[0], row[1], row[2]) if row else None


def keep_response(state: State, url: str, digest: str, etag: str | None, modified: str | None) -> None:
    """Remember what an address answered, and what to ask it with the next time."""
    row = {"url": url, "hash": digest, "etag": etag, "modified": modified, "kept_at": _now()}
    with state.transaction() as connection:
        connection.execute(insert(responses).values(row).on_conflict_do_update(index_elements=["url"], set_=row))
