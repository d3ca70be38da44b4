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


def source_naming(words: Sequence[str], sources: Mapping[str, Source] = SOURCES) -> Source:
    """The source that all these words name somebody on; where several do, the first in order.

    Errors: UsageError when there is none, in the words of the source that knew most of them.
    """
    misses: list[tuple[int, UsageError]] = []
    for source in sources.values():
        missed = _missed(source, words)
        if not missed:
            return source
        misses.append((len(missed), missed[0]))
    if len(misses) > 1 and min(misses, key=lambda pair: pair[0])[0] < len(words):
        raise UsageError(
            "These names are not all of one network.",
            next_step="Fetch from each network by itself, or say which one is meant.",
        )
    raise min(misses, key=lambda pair: pair[0])[1]


def _missed(source: Source, words: Sequence[str]) -> list[UsageError]:
    missed: list[UsageError] = []
    for word in words:
        try:
            source.named(word)
        except UsageError as error:
            missed.append(error)
    return missed
