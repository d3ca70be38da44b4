"""Live sources, as every door tells of them: what each needs and gives, what a fetch would take, and what fetches covered.

Nothing here asks a network. Who wants people fetched says so at the command line or on the page, where a person sees what it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from groundswell.advocacy.people import several
from groundswell.errors import LoginNeededError, UsageError
from groundswell.fetch import Asked, Coverage, Forecast, beginning, coverage_of, forecast
from groundswell.sources.declaring import MILLION, NEEDS, Source
from groundswell.sources.networks import SOURCES, source_called
from groundswell.store import Purged, Workspace
from groundswell.store.fetches import Fetch, all_fetches


@dataclass(frozen=True)
class Fetched:
    """A fetch, and what it covered until now."""

    fetch: Fetch
    title: str
    """Of its source."""
    covered: Coverage


def source_as_json(one: Source) -> dict[str, Any]:
    """Everything that a source's declaration says of itself."""
    parts = ("id", "title", "says", "platform", "needs", "hosts", "retention_days", "caveats")
    return {name: getattr(one, name) for name in parts} | {
        "needs_in_words": NEEDS[one.needs], "limits": [asdict(limit) for limit in one.limits], "terms": asdict(one.terms),
        "gives": [asdict(give) for give in one.gives], "offers": offers_of(one), "examples": list(one.examples), "price": price_of(one), "live": one.live.says if one.live else None,
    }  # fmt: skip


def price_of(one: Source) -> dict[str, Any] | None:
    """What is to be paid for what is read: the currency, who says so, and the price of an item of each list."""
    if one.price is None:
        return None
    each = {name: stream.costs / MILLION for name, stream in one.streams.items() if stream.costs}
    return asdict(one.price) | {"each": each}


def sources_as_json(some: Iterable[Source] = SOURCES.values()) -> list[dict[str, Any]]:
    """The same of several sources."""
    return [source_as_json(one) for one in some]


def offers_of(source: Source) -> dict[str, str]:
    """What may be asked for of each person -> what it is, in words."""
    return {name: source.streams[stream].says for name, stream in source.offers.items()}


def forecast_of(asked: Asked, sources: Mapping[str, Source] = SOURCES) -> Forecast:
    """Count what a fetch would take at most; nobody is asked.

    Errors: UsageError and its kin for what cannot be asked.
    """
    return forecast(asked, source_called(asked.source, sources))


def needed(asked: Asked, sources: Mapping[str, Source] = SOURCES) -> LoginNeededError | None:
    """What is lacking before such a fetch can begin: a login, a key, or how much it may cost. None where nothing is.

    Errors: UsageError and its kin for what cannot be asked.
    """
    try:
        beginning(asked, sources)
    except LoginNeededError as error:
        return error
    return None


def fetched(workspace: Workspace, sources: Mapping[str, Source] = SOURCES) -> list[Fetched]:
    """Every fetch with what it covered, newest first."""
    return [
        Fetched(one, sources[one.source].title, coverage_of(workspace.state, sources[one.source], one.id))
        for one in reversed(all_fetches(workspace.state))
        if one.source in sources
    ]


def names_in(said: str) -> tuple[str, ...]:
    """Split what was typed into the names that one begins with: at line ends and commas, for words to search for hold blanks."""
    parts = (part.strip() for line in said.splitlines() for part in line.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def refuse_nobody(who: tuple[str, ...]) -> None:
    """Say so when nobody was named."""
    if not who:
        raise UsageError(
            "Nobody is named to begin with.",
            next_step="Name somebody: a handle or the address of a profile, one a line.",
        )


def purged_sentences(purged: Purged, go_on: str) -> list[str]:
    """What a purge took away, or would, the whole first; `go_on` is how somebody brings in what waits."""
    gone = ", ".join(several(number, kind) for kind, number in purged.gone.items() if number)
    said: list[str] = []
    if not purged.nothing:
        what = "Purged" if purged.done else "Would purge"
        said.append(f"{what}: {several(purged.rows, 'row')} and {several(purged.pages, 'raw page')}.")
        if gone:
            said.append(f"Deleted where they were: {gone}.")
        if purged.expired:
            said.append(f"Kept as long as the terms allow: import {', '.join(map(str, purged.expired))}.")
        if purged.replaced:
            imports = ", ".join(map(str, purged.replaced))
            said.append(f"Replaced by a later import of the same fetch, or undone: import {imports}.")
    else:
        said.append("There is nothing to purge.")
    if purged.waiting:
        one = purged.waiting == 1
        said.append(
            f"{several(purged.waiting, 'raw page')} that {'speaks' if one else 'speak'} of somebody deleted {'was' if one else 'were'} not "
            f"brought in yet and {'stays' if one else 'stay'} until then. {go_on}, then purge again."
        )
    if purged.unbrought and not purged.done:
        said.append(
            f"What fetch {', '.join(map(str, purged.unbrought))} kept was not brought in yet. A purge brings it in first and then takes "
            "out of it what may not be kept any longer; that is not counted here."
        )
    return said
