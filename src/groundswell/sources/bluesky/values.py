"""One value out of what Bluesky sent: what is missing or odd is unknown, an id that is none is refused.

Collections are the network's own names for the kinds of record that an account keeps (AT Protocol, lexicons `app.bsky`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from groundswell.sources.values import OLDEST, json_of, language_in

Json = Any
POST, LIKE, REPOST, FOLLOW = "app.bsky.feed.post", "app.bsky.feed.like", "app.bsky.feed.repost", "app.bsky.graph.follow"
PROFILE, LIST_ITEM, BLOCK = "app.bsky.actor.profile", "app.bsky.graph.listitem", "app.bsky.graph.block"
TID = "234567abcdefghijklmnopqrstuvwxyz"


def moment_of_key(key: str) -> datetime | None:
    """When a record was made, out of its key: a TID holds the microseconds since 1970 (AT Protocol, record keys)."""
    if len(key) != 13 or any(letter not in TID for letter in key):
        return None
    number = 0
    for letter in key:
        number = number * 32 + TID.index(letter)
    found = datetime.fromtimestamp((number >> 10) / 1e6, UTC)
    return found if OLDEST <= found <= datetime(2100, 1, 1, tzinfo=UTC) else None


def handle_of(said: Json) -> str | None:
    """The handle, lower case; the network writes handle.invalid for one that no longer proves itself."""
    return said.lower() if isinstance(said, str) and said and said != "handle.invalid" else None


def did_of(said: Json) -> str:
    """A DID; ValueError for anything else."""
    if not isinstance(said, str) or not said.startswith("did:"):
        raise ValueError(f"{str(said)[:60]!r} is no DID")
    return said


def post_of(uri: Json) -> str:
    """The id of a post; ValueError where the address is of something else."""
    if not is_post(uri):
        raise ValueError(f"{str(uri)[:80]!r} is no address of a post")
    return f"bluesky:{uri}"


def is_post(uri: Json) -> bool:
    """Whether an address is that of a post."""
    return isinstance(uri, str) and uri.startswith("at://did:") and f"/{POST}/" in uri


def owner_of(post: str | None) -> str | None:
    """Whose post it is, by its id."""
    return "bluesky:" + post.split("/")[2] if post else None


def page_of(uri: str) -> str:
    """The address of the page that shows a post."""
    parts = uri.split("/")
    return f"https://bsky.app/profile/{parts[2]}/post/{parts[4]}"


def reply_of(record: Json) -> tuple[str, str] | None:
    """The post that is answered and the one that began the conversation."""
    said = record.get("reply")
    if not isinstance(said, dict) or not isinstance(said.get("parent"), dict) or not is_post(said["parent"].get("uri")):
        return None
    parent = said["parent"]["uri"]
    root = said["root"].get("uri") if isinstance(said.get("root"), dict) else parent
    return post_of(parent), post_of(root if is_post(root) else parent)


def quoted_in(record: Json) -> str | None:
    """The post that is quoted."""
    embed = record.get("embed")
    inner = embed.get("record") if isinstance(embed, dict) else None
    inner = inner.get("record", inner) if isinstance(inner, dict) else None
    uri = inner.get("uri") if isinstance(inner, dict) else None
    return post_of(uri) if is_post(uri) else None


def facets_of(record: Json) -> tuple[list[str], list[str], list[str]]:
    """Tags, people named (their DIDs) and addresses, from what the text marks and what it carries."""
    tags = [tag.lower() for tag in record.get("tags") or [] if isinstance(tag, str)]
    named, links = list[str](), list[str]()
    for facet in record.get("facets") or []:
        for feature in facet.get("features") or []:
            kind = str(feature.get("$type")).rpartition("#")[2]
            if kind == "tag" and isinstance(feature.get("tag"), str):
                tags.append(feature["tag"].lower())
            elif kind == "mention" and str(feature.get("did")).startswith("did:"):
                named.append(feature["did"])
            elif kind == "link" and isinstance(feature.get("uri"), str):
                links.append(feature["uri"])
    external = _external(record.get("embed"))
    return list(dict.fromkeys(tags)), list(dict.fromkeys(named)), list(dict.fromkeys(links + external))


def _external(embed: Json) -> list[str]:
    media = embed.get("media", embed) if isinstance(embed, dict) else None
    card = media.get("external") if isinstance(media, dict) else None
    return [card["uri"]] if isinstance(card, dict) and isinstance(card.get("uri"), str) else []


def media_of(record: Json) -> str:
    """What a post carries beside its words."""
    embed = record.get("embed")
    if not isinstance(embed, dict):
        return "text"
    media = embed.get("media")
    inner = media if isinstance(media, dict) else embed
    return str(inner.get("$type", "")).removeprefix("app.bsky.embed.").partition("#")[0] or "text"


def language_of(record: Json) -> str | None:
    """The language that the author said first."""
    found = record.get("langs")
    return language_in(found[0]) if isinstance(found, list) and found else None


def labels_of(said: Json) -> str:
    """What moderators say of it, sorted."""
    found = said.get("labels")
    return ",".join(sorted({str(one.get("val"))[:40] for one in found if isinstance(one, dict)})) if found else ""


GONE_WORDS = re.compile(
    r"not found|could not be found|NotFound|AccountDeactivated|AccountTakedown|RepoDeactivated|RepoTakendown|RepoSuspended|"
    r"Account has been suspended|Account is deactivated|Could not find (repo|user|root record)|Unable to resolve handle|not registered",
    re.IGNORECASE,
)


def says_gone(body: bytes) -> bool:
    """Whether a refusal says, as the network says it, that somebody or something is no more. A page of a box in between says nothing."""
    try:
        said = json_of(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and any(GONE_WORDS.search(str(said.get(name))) for name in ("error", "message"))


def reason_of(body: bytes) -> str:
    """Why something is not there, in the words of the network."""
    try:
        said = json_of(body)
        return str(said.get("message") or said.get("error"))[:200]
    except (ValueError, AttributeError):
        return "it is not there"
