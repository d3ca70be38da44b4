"""Every live source by its name: the one list that commands, pages, documentation and laws read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundswell.errors import UnknownNameError, UsageError
from groundswell.sources.bluesky import BLUESKY
from groundswell.sources.declaring import Source

SOURCES: dict[str, Source] = {one.id: one for one in (BLUESKY,)}


def source_called(name: str, sources: Mapping[str, Source] = SOURCES) -> Source:
    """One source; UnknownNameError when there is none of that name."""
    if name not in sources:
        raise UnknownNameError("source", name, sources)
    return sources[name]


def source_for(words: Sequence[str], sources: Mapping[str, Source] = SOURCES) -> Source:
    """The source that is meant by what somebody typed: the first one that understands every word of it.

    Sources stand in the order in which they are tried: a handle of one network is no handle of those before it.
    Errors: UsageError when no source understands all of them.
    """
    for source in sources.values():
        try:
            for word in words:
                source.named(word)
        except UsageError:
            continue
        return source
    said = ", ".join(f"{one.examples[0]} ({one.title})" for one in sources.values())
    raise UsageError(
        f"No one source knows what is meant by {', '.join(words)[:200]}.",
        means="People of several networks are fetched one network at a time.",
        next_step=f"Write for example {said}; or name the network: --from {next(iter(sources))}.",
    )
