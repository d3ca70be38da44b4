"""The archive that a Mastodon server gives its users (Preferences, Import and export), and its list of followed accounts as CSV.

`actor.json` says whose it is, `outbox.json` holds posts and boosts (ActivityStreams), `likes.json` and `bookmarks.json` addresses of
posts. Posts for followers only and direct messages are set aside unread. Ids are the posts' own addresses; accounts are
`name@server`. How often a post was liked and boosted is there where the server writes it (since mastodon/mastodon#32007, 2024).
Times carry their zone.
"""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlsplit

from groundswell.sources.files.layouts.cells import (
    Always,
    Count,
    Given,
    Handle,
    Id,
    Language,
    Links,
    Moment,
    Tags,
    Text,
    Who,
)
from groundswell.sources.files.layouts.generic import filled, kind_is
from groundswell.sources.files.layouts.layout import (
    Account,
    Family,
    Follow,
    Interaction,
    Post,
    Unfolded,
    only,
    reshaped,
)
from groundswell.sources.files.tables import Rows

SAYS = (
    "Your own archive from a Mastodon server: Preferences, Import and export, Request your archive. "
    "Direct messages and posts for followers only are never read."
)
PUBLIC = ("https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public")
_OWNER = Given("author")


def handle_in(address: Any) -> str | None:
    """Read `https://server/users/ann/statuses/1` or `https://server/@ann` as ann@server."""
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    found = re.match(r"/(?:users/|@)(\w[\w.-]*)(?:/|$)", parts.path)
    return f"{found[1]}@{parts.hostname}".lower() if found and parts.hostname else None


def plain(content: Any) -> str | None:
    """Return the words of a post that is kept as HTML."""
    if not isinstance(content, str):
        return None
    broken = re.sub(r"<br\s*/?>", "\n", re.sub(r"</p>\s*<p[^>]*>", "\n\n", content))
    return html.unescape(re.sub(r"<[^>]*>", "", broken)).strip() or None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _activities(rows: Rows) -> Unfolded:
    return reshaped(rows, _activity)


def _activity(one: dict[str, Any]) -> list[dict[str, Any]] | str:
    """A public post, or a boost of one."""
    note = one.get("object")
    addressed = [*_list(one.get("to")), *_list(one.get("cc"))]
    if not any(each in PUBLIC for each in addressed if isinstance(each, str)):
        return "for followers only or a direct message, which is private"
    if one.get("type") == "Announce":
        passed = note.get("id") if isinstance(note, dict) else note
        return [
            {
                "id": one.get("id"),
                "published": one.get("published"),
                "kind": "repost",
                "of": passed,
                "of_whom": handle_in(passed),
            }
        ]
    if one.get("type") != "Create" or not isinstance(note, dict):
        return f"neither a post nor a boost: {str(one.get('type'))[:40]}"
    return [_post(note) | {"published": note.get("published") or one.get("published")}]


def _post(note: dict[str, Any]) -> dict[str, Any]:
    tags = [tag for tag in _list(note.get("tag")) if isinstance(tag, dict)]
    languages = note.get("contentMap")
    answered = note.get("inReplyTo")
    words = [plain(note.get("summary")), plain(note.get("content"))]
    return {
        "id": note.get("id"),
        "url": note.get("url"),
        "text": "\n\n".join(word for word in words if word) or None,
        "language": next(iter(languages), None) if isinstance(languages, dict) else None,
        "kind": "reply" if answered else "post",
        "reply": answered if isinstance(answered, str) else None,
        "reply_whom": handle_in(answered),
        "hashtags": [str(tag.get("name")) for tag in tags if tag.get("type") == "Hashtag"] or None,
        "likes": _total(note.get("likes")),
        "shares": _total(note.get("shares")),
        "mentions": [who for tag in tags if tag.get("type") == "Mention" and (who := handle_in(tag.get("href")))] or None,
        "links": re.findall(r'href="(https?://[^"]+)"(?![^>]*class="[^"]*\b(?:mention|hashtag)\b)', str(note.get("content"))) or None,
    }  # fmt: skip


def _total(collection: Any) -> int | None:
    """How many a collection says it holds; None where the server says nothing."""
    number = collection.get("totalItems") if isinstance(collection, dict) else None
    return number if isinstance(number, int) and number >= 0 else None


def _addresses(rows: Rows) -> Unfolded:
    """Posts that were liked or kept, each with its author where the address says it."""
    return reshaped(
        rows, lambda one: [{"post": each, "whom": handle_in(each)} for each in _list(one.get("orderedItems"))]
    )


def _actor(rows: Rows) -> Unfolded:
    return reshaped(rows, _own)


def _own(actor: dict[str, Any]) -> list[dict[str, Any]]:
    handle = handle_in(actor.get("url")) or handle_in(actor.get("id"))
    kind = actor.get("type")
    return [
        {
            "handle": handle,
            "name": actor.get("name"),
            "bio": plain(actor.get("summary")),
            "url": actor.get("url"),
            "published": actor.get("published"),
            "type": "business" if kind in ("Organization", "Group") else None,
        }
    ]


_FAMILY = Family("mastodon_archive", "Mastodon archive", SAYS, "mastodon", kinds=("json",))

_POST = Id("id")
_WHEN = Moment("published")
_KIND = Text("kind")
_REPLY_TO, _REPLY_WHOM = Id("reply"), Who(handle="reply_whom")
_OF, _OF_WHOM = Id("of"), Who(handle="of_whom")
OUTBOX = _FAMILY.piece(
    "posts",
    "posts and boosts",
    ("type", "actor", "published", ("object", "object/content", "object/type")),
    Post(
        post=_POST,
        account=_OWNER,
        text=Text("text"),
        created_at=_WHEN,
        kind=_KIND,
        url=Text("url"),
        language=Language("language"),
        reply_to=_REPLY_TO,
        reply_to_account=_REPLY_WHOM,
        repost_of=_OF,
        hashtags=Tags("hashtags"),
        mentions=Tags("mentions"),
        links=Links("links"),
        likes=Count("likes"),
        reposts=Count("shares"),
    ),
    Interaction(
        actor=_OWNER, verb=Always("reply"), account=_REPLY_WHOM, post=_REPLY_TO, via=_POST, acted_at=_WHEN, when=filled(_REPLY_TO),
    ),
    Interaction(
        actor=_OWNER, verb=Always("repost"), account=_OF_WHOM, post=_OF, via=_POST, acted_at=_WHEN, when=kind_is(_KIND, "repost"),
    ),
    Interaction(actor=_OWNER, verb=Always("mention"), via=_POST, acted_at=_WHEN, each=Tags("mentions")),
    unfold=_activities,
    place="orderedItems|archive_posts",
    note="Likes and boosts of a post are known where your server writes them into the archive (older ones do not); your followers are never in it.",
)  # fmt: skip
LIKES = _FAMILY.piece(
    "likes",
    "likes",
    ("orderedItems", "type"),
    Interaction(actor=_OWNER, verb=Always("like"), account=Who(handle="whom"), post=Id("post")),
    unfold=_addresses,
    place=r"likes",
)
BOOKMARKS = _FAMILY.piece(
    "bookmarks",
    "bookmarks",
    ("orderedItems", "type"),
    Interaction(actor=_OWNER, verb=Always("save"), account=Who(handle="whom"), post=Id("post")),
    unfold=_addresses,
    place=r"bookmarks",
)
ACTOR = _FAMILY.piece(
    "actor",
    "profile",
    ("preferredUsername", "inbox", "outbox"),
    Account(
        account=Who(handle="handle"),
        handle=Handle("handle"),
        name=Text("name"),
        bio=Text("bio"),
        url=Text("url"),
        account_type=Text("type"),
        created_at=Moment("published"),
    ),
    unfold=_actor,
    owned=False,
)
FOLLOWS = _FAMILY.piece(
    "following",
    "followed accounts",
    ("Account address", "Show boosts"),
    Follow(follower=_OWNER, followed=Who(handle="Account address"), completeness=Always("full")),
    unfold=only("Account address"),
    kinds=("csv", "xlsx"),
)

MASTODON = (OUTBOX, LIKES, BOOKMARKS, ACTOR, FOLLOWS)
