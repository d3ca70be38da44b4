"""What people ask of those who read them: not to be listed, not to be searched.

    discoverable   no: leave me out of listings and suggestions
    noindex        yes: leave me out of search engines
    indexable      no: do not let my posts be found by their words

(docs.joinmastodon.org, entities/Account.) Who did not say either is not asked for more than their public posts. Whom a wish of the first
two kinds leaves out is counted and nothing else: not read, not looked at, and taken out of the page before it is kept. Of posts by
people with the third wish the words are taken out; when they were written and how they were received stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundswell.sources.values import dict_of

Json = Any
LEFT_OUT = "asked not to be listed"
WORDS = ("content", "spoiler_text", "card", "tags", "poll")
"""Fields of a post that hold its words."""
VISIBLE = (None, "public", "unlisted")


def unlisted(account: Json) -> bool:
    """Whether somebody asked not to be listed."""
    return isinstance(account, dict) and (account.get("discoverable") is False or account.get("noindex") is True)


def left_out(one: Json) -> bool:
    """Whether this is what is left of somebody, or of a post of somebody, who asked not to be listed."""
    return isinstance(one, dict) and one.get(LEFT_OUT) is True


def counted_out(stream: str, said: Json) -> int:
    """How many of a page ask not to be listed, each once an item."""
    return sum(left_out(one) for one in _items(may_keep(stream, said)))


def may_keep(stream: str, said: Json) -> Json:
    """The page without those who asked not to be listed, and without words that are not to be searched."""
    if isinstance(said, list):
        return [_kept(one) for one in said]
    if stream == "context" and isinstance(said, dict):
        return said | {
            name: [_kept(one) for one in said[name]]
            for name in ("ancestors", "descendants")
            if isinstance(said.get(name), list)
        }
    return _kept(said)


def _items(said: Json) -> Iterator[Json]:
    if isinstance(said, list):
        yield from said
    elif isinstance(said, dict):
        yield said
        for name in ("ancestors", "descendants"):
            yield from said.get(name) or []


def _kept(one: Json) -> Json:
    """An account or a post, as much of it as may be kept."""
    if not isinstance(one, dict):
        return one
    if "account" not in one:
        return {LEFT_OUT: True} if unlisted(one) else one
    boosted = one.get("reblog")
    if unlisted(one["account"]) or (isinstance(boosted, dict) and unlisted(boosted.get("account"))):
        return {LEFT_OUT: True}
    if one.get("visibility") not in VISIBLE:
        return {"not public": True}
    quiet = isinstance(one["account"], dict) and one["account"].get("indexable") is False
    kept = {name: value for name, value in one.items() if not (quiet and name in WORDS)}
    quoted = dict_of(dict_of(one, "quote"), "quoted_status")
    if quoted:
        kept["quote"] = dict_of(one, "quote") | {"quoted_status": _kept(quoted)}
    return kept | ({"reblog": _kept(boosted)} if isinstance(boosted, dict) else {})
