"""What people ask of those who read them: not to be listed, not to be searched.

    discoverable   no: leave me out of listings and suggestions
    noindex        yes: leave me out of search engines
    indexable      no: do not let my posts be found by their words

(docs.joinmastodon.org, entities/Account.) Who did not say either is not asked for more than their public posts. Whom a wish of the first
two kinds leaves out is counted and nothing else: not read, not looked at, and taken out of the page before it is kept. Of posts by
people with the third wish the words are taken out, also those about pictures; when they were written and how they were received stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundswell.sources.values import dict_of, list_of

Json = Any
LEFT_OUT = "asked not to be listed"
WITHOUT_WORDS = (
    "id", "uri", "url", "created_at", "edited_at", "visibility", "sensitive", "language", "in_reply_to_id", "in_reply_to_account_id", "account",
    "mentions", "replies_count", "reblogs_count", "favourites_count", "quotes_count",
)  # fmt: skip
"""Fields of a post that hold none of its words. All others go: servers of other makers repeat the words where nobody expects them."""
VISIBLE = (None, "public", "unlisted")

A_POST = frozenset(("content", "uri", "visibility"))
"""One of these beside an account: a post of theirs."""


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
    if quiet:
        kept = _without_words(one)
    else:
        kept = {name: value if name == "account" else _within(value) for name, value in one.items()}
    return kept | ({"reblog": _kept(boosted)} if isinstance(boosted, dict) else {})


def _without_words(one: Json) -> Json:
    """When a post was written, whom it answers and quotes, how it was received, and what kinds of pictures it has."""
    kept = {name: one[name] for name in WITHOUT_WORDS if name in one}
    pictures = [picture for picture in list_of(one, "media_attachments") if isinstance(picture, dict)]
    kept["media_attachments"] = [{"type": picture.get("type")} for picture in pictures]
    if quoted := dict_of(dict_of(one, "quote"), "quoted_status"):
        kept["quote"] = {"quoted_status": _kept(quoted)}
    return kept


def _within(said: Json) -> Json:
    """A part of a post, with other people's posts and profiles in it as much as may be kept of them."""
    if isinstance(said, list):
        return [_within(one) for one in said]
    if not isinstance(said, dict):
        return said
    if unlisted(said) or ("account" in said and not said.keys().isdisjoint(A_POST)):
        return _kept(said)
    return {name: _within(value) for name, value in said.items()}
