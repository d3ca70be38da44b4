"""When whom or what was looked at, whichever fetch it was: what must not be asked again yet, and where a stream goes on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from groundswell.store.fetches import OPEN, fetches, pages, people, streams
from groundswell.store.state import State


def latest_cursor(state: State, source: str, stream: str) -> str | None:
    """Where the streams of this name stand, whichever fetch they belong to: the last place that was noted."""
    chosen = (streams.c.name == stream) & (fetches.c.source == source) & streams.c.cursor.is_not(None)
    query = sa.select(streams.c.cursor).join(fetches, fetches.c.id == streams.c.fetch).where(chosen)
    with state.engine.connect() as connection:
        return connection.execute(query.order_by(streams.c.id.desc()).limit(1)).scalar()


def last_looks(state: State, source: str, stream: str) -> dict[str, str]:
    """Subject of a stream -> when it last gave something, whichever fetch asked."""
    query = (
        sa.select(streams.c.subject, sa.func.max(pages.c.fetched_at))
        .join(pages, pages.c.stream == streams.c.id)
        .join(fetches, fetches.c.id == streams.c.fetch)
        .where(fetches.c.source == source, streams.c.name == stream, pages.c.status == 200, pages.c["items"] > 0)
        .group_by(streams.c.subject)
    )
    with state.engine.connect() as connection:
        return {str(subject): str(moment) for subject, moment in connection.execute(query)}


def last_tries(state: State, source: str, names: Iterable[str]) -> dict[str, str]:
    """What streams of these names were about, each for itself -> when it was asked about the last time, whatever came of it."""
    tried = (streams.c.state != OPEN) | (streams.c.pages > 0)
    query = (
        sa.select(streams.c.subject, sa.func.max(sa.func.coalesce(pages.c.fetched_at, fetches.c.started_at)))
        .join(fetches, fetches.c.id == streams.c.fetch)
        .join(pages, pages.c.stream == streams.c.id, isouter=True)
        .where(fetches.c.source == source, streams.c.name.in_(list(names)), tried)
        .group_by(streams.c.subject)
    )
    found: dict[str, str] = {}
    with state.engine.connect() as connection:
        for subject, moment in connection.execute(query):
            for one in str(subject).split("\n"):
                found[one] = max(str(moment), found.get(one, ""))
    return found


def looked_at_first(state: State, source: str, *, live: bool) -> dict[str, str]:
    """Person -> when the first fetch began that looked at them; with `live` those whom pieces of the live stream heard."""
    piece = sa.func.coalesce(sa.func.json_extract(fetches.c.asked, "$.live"), 0)
    query = (
        sa.select(people.c.person, sa.func.min(fetches.c.started_at))
        .join(fetches, fetches.c.id == people.c.fetch)
        .where(fetches.c.source == source, people.c.state == "asked", piece == int(live))
        .group_by(people.c.person)
    )
    with state.engine.connect() as connection:
        return {str(person): str(moment) for person, moment in connection.execute(query)}


def subjects_asked(state: State, source: str, stream: str, since: datetime) -> set[str]:
    """What the streams of a name were asked about since a moment, by any fetch from a source."""
    chosen = (streams.c.name == stream) & (fetches.c.source == source) & (pages.c.fetched_at >= since.isoformat())
    query = (
        sa.select(streams.c.subject)
        .join(pages, pages.c.stream == streams.c.id)
        .join(fetches, fetches.c.id == streams.c.fetch)
        .where(chosen)
        .distinct()
    )
    with state.engine.connect() as connection:
        return set(connection.execute(query).scalars())
