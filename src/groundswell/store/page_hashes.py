"""Which raw pages fetches and the client still refer to, and letting go of them: what a purge and a sweep ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from groundswell.store.fetches import OPEN, fetches, pages, responses
from groundswell.store.state import State

TOGETHER = 500
"""Pages that are named in one question."""


def kept_hashes(state: State) -> set[str]:
    """Hashes of all pages that fetches keep."""
    with state.engine.connect() as connection:
        return set(connection.execute(sa.select(pages.c.hash).where(pages.c.hash.is_not(None)).distinct()).scalars())


def waiting_hashes(state: State) -> set[str]:
    """Hashes of pages that were kept and not brought in yet: of fetches that are under way, or were killed."""
    return {name for _, name in _waiting(state)}


def waiting_fetches(state: State) -> set[int]:
    """Numbers of the fetches that keep such pages."""
    return {fetch for fetch, _ in _waiting(state)}


def _waiting(state: State) -> Iterator[tuple[int, str]]:
    brought: dict[Any, float] = {}
    for one in state.imports():
        if one.state == "live" and one.options.get("fetch"):
            last = float(one.options.get("pages", "inf"))
            brought[one.options["fetch"]] = max(last, brought.get(one.options["fetch"], 0))
    query = (
        sa.select(pages.c.fetch, pages.c.number, pages.c.hash)
        .join(fetches, fetches.c.id == pages.c.fetch)
        .where(fetches.c.state == OPEN, pages.c.hash.is_not(None))
    )
    with state.engine.connect() as connection:
        yield from (
            (fetch, name) for fetch, number, name in connection.execute(query) if number > brought.get(fetch, 0)
        )


def fetch_hashes(state: State, fetch: int, last: float) -> set[str]:
    """Hashes of the pages of one fetch, until the one of a number."""
    query = sa.select(pages.c.hash).where(pages.c.fetch == fetch, pages.c.hash.is_not(None), pages.c.number <= last)
    with state.engine.connect() as connection:
        return set(connection.execute(query).scalars())


def other_hashes(state: State, some: Iterable[int]) -> set[str]:
    """Hashes of the pages of all fetches but some."""
    query = sa.select(pages.c.hash).where(pages.c.fetch.not_in(list(some)), pages.c.hash.is_not(None)).distinct()
    with state.engine.connect() as connection:
        return set(connection.execute(query).scalars())


def responses_of(state: State) -> set[str]:
    """Hashes of the answers that are kept to be asked for conditionally."""
    with state.engine.connect() as connection:
        return set(connection.execute(sa.select(responses.c.hash)).scalars())


def last_page(state: State) -> int:
    """Number of the page that was noted last."""
    with state.engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.max(pages.c.id))).scalar() or 0)


def drop_pages(state: State, names: Sequence[str], last: int) -> None:
    """Let go of what refers to raw pages, as far as it was noted until the page numbered `last`; that there was one stays known."""
    with state.transaction() as connection:
        for start in range(0, len(names), TOGETHER):
            some = names[start : start + TOGETHER]
            connection.execute(pages.update().where(pages.c.hash.in_(some), pages.c.id <= last).values(hash=None))
            connection.execute(responses.delete().where(responses.c.hash.in_(some)))


def unless_kept(state: State, names: Sequence[str], forget: Callable[[str], object]) -> None:
    """Do something with those pages that nothing refers to, while nobody can begin to refer to one."""
    for start in range(0, len(names), TOGETHER):
        some = names[start : start + TOGETHER]
        with state.transaction() as connection:
            kept = {
                name
                for column in (pages.c.hash, responses.c.hash)
                for name in connection.execute(sa.select(column).where(column.in_(some))).scalars()
            }
            for name in some:
                if name not in kept:
                    forget(name)
