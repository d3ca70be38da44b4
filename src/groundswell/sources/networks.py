"""Every live source by its name: the one list that commands, pages, documentation and laws read."""

from __future__ import annotations

from collections.abc import Mapping

from groundswell.errors import UnknownNameError
from groundswell.sources.bluesky import BLUESKY
from groundswell.sources.declaring import Source

SOURCES: dict[str, Source] = {one.id: one for one in (BLUESKY,)}


def source_called(name: str, sources: Mapping[str, Source] = SOURCES) -> Source:
    """One source; UnknownNameError when there is none of that name."""
    if name not in sources:
        raise UnknownNameError("source", name, sources)
    return sources[name]
