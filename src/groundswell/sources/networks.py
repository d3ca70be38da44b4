"""Every live source by its name: the one list that commands, pages, documentation and laws read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundswell.errors import UnknownNameError, UsageError
from groundswell.sources.bluesky import BLUESKY
from groundswell.sources.declaring import Source
from groundswell.sources.feeds import FEEDS
from groundswell.sources.files.layouts.identities import profile_of
from groundswell.sources.instagram import INSTAGRAM
from groundswell.sources.mastodon import MASTODON
from groundswell.sources.reddit import REDDIT
from groundswell.sources.twitch import TWITCH
from groundswell.sources.x import X
from groundswell.sources.youtube import YOUTUBE

SOURCES: dict[str, Source] = {one.id: one for one in (MASTODON, BLUESKY, YOUTUBE, TWITCH, REDDIT, INSTAGRAM, X, FEEDS)}
OPEN_WEB = "blog"
"""What an address is of that no network owns."""


def source_called(name: str, sources: Mapping[str, Source] = SOURCES) -> Source:
    """One source; UnknownNameError when there is none of that name."""
    if name not in sources:
        raise UnknownNameError("source", name, sources)
    return sources[name]


def source_for(words: Sequence[str], sources: Mapping[str, Source] = SOURCES) -> Source:
    """The source that is meant by what somebody typed: the first one that understands every word of it.

    Sources stand in the order in which they are tried: what is a name for one is none for those before it. An address on a site of
    a network that we know belongs to that network alone.
    Errors: UsageError when no source understands all of them.
    """
    owners = {found.platform for word in words if "://" in word and (found := profile_of(word))} - {OPEN_WEB}
    for source in sources.values():
        if owners <= {source.platform} and _understands(source, words):
            return source
    if closed := sorted(owners - {one.platform for one in sources.values()}):
        raise UsageError(
            f"Nothing is fetched from {closed[0]}: it answers only to its members, or for a contract.",
            means="Its people can give you their own data as a file.",
            next_step=f"Write to them: groundswell ask @ann --platform {closed[0]}",
        )
    said = ", ".join(f"{one.examples[0]} ({one.title})" for one in sources.values())
    raise UsageError(
        f"No one source knows what is meant by {', '.join(words)[:200] or 'nothing'}.",
        means="People of several networks are fetched one network at a time.",
        next_step=f"Write for example {said}; or name the network: --from {next(iter(sources))}.",
    )


def _understands(source: Source, words: Sequence[str]) -> bool:
    try:
        return bool([source.named(word) for word in words])
    except UsageError:
        return False
