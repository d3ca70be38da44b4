"""What a fetch cost until now, where a network asks money for what is read."""

from __future__ import annotations

from groundswell.fetch.asking import priced
from groundswell.sources.declaring import Source
from groundswell.store import State
from groundswell.store.fetches import Fetch, items_of


def paid(state: State, source: Source, fetch: int) -> int:
    """What was kept, counted as the network counts, item by item; in millionths of its currency."""
    return sum(source.streams[name].costs * items for name, items in items_of(state, fetch).items())


def paid_in_words(state: State, source: Source, fetch: Fetch) -> str:
    """What a fetch cost until now and may cost in all; empty where nothing is asked."""
    if source.price is None:
        return ""
    spend = fetch.asked.get("spend")
    bound = f"; it may cost {spend:,.2f} in all" if spend else ""
    return f"It cost about {priced(source, paid(state, source, fetch.id))} until now{bound}."


__all__ = ["paid", "paid_in_words"]
