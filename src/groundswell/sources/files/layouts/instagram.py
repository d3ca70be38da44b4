"""The download that Instagram gives its users, as JSON: Accounts Centre, Your information, Download, All time, JSON.

A ZIP with `connections/followers_and_following/followers_1.json` and more, or single files out of it. Read are followers, those
followed, own posts and reels, own comments and the profile's public side. Messages, e-mail, telephone, log-ins, searches, close
friends, blocks and what advertisers are told are never read.

Its text is UTF-8 that was taken for Latin-1 once (`CafÃ©`) and is mended. Posts and comments have no ids and no counts. Newer
files name an account in `title`, older ones in `value`. Labels of the profile are in the user's language.
"""

from __future__ import annotations

import re
from typing import Any

from groundswell.sources.files.layouts.cells import (
    Always,
    Cell,
    Given,
    Handle,
    Moment,
    Tags,
    Text,
    Who,
    unnamed_post,
)
from groundswell.sources.files.layouts.generic import filled
from groundswell.sources.files.layouts.layout import (
    Account,
    Family,
    Follow,
    Interaction,
    Post,
    Unfolded,
    reshaped,
)
from groundswell.sources.files.tables import Rows

SAYS = (
    "Your own download from Instagram: Accounts Centre, Your information, Download, JSON, All time. "
    "Messages, contact data, log-ins and searches are never read."
)
_OWNER = Given("author")
_WHEN = Moment("timestamp")
_TEXT = Text("text")
NAMES = (
    "Username",
    "Benutzername",
    "Nombre de usuario",
    "Nom d’utilisateur",
    "Nome de usuário",
    "Nome utente",
    "Gebruikersnaam",
)
"""How the profile labels the handle, in the languages we know it in."""


def mended(text: str) -> str:
    """Undo one reading of UTF-8 as Latin-1; what was not read so stays as it is."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def broken(text: str) -> str:
    """What Instagram makes of a text."""
    return text.encode().decode("latin-1")


def _word(value: Any) -> str | None:
    return mended(value) if isinstance(value, str) and value.strip() else None


def _time(*values: Any) -> int | None:
    """The first time that is one: 0 stands for unknown."""
    return next((value for value in values if isinstance(value, int) and value > 0), None)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _people(rows: Rows) -> Unfolded:
    """Whoever stands in a list of relationships, under `value`, `title` or in the address."""
    return reshaped(rows, _person)


def _person(entry: dict[str, Any]) -> list[dict[str, Any]]:
    title = _word(entry.get("title"))
    return [
        {"who": _word(item.get("value")) or title or item.get("href"), "timestamp": _time(item.get("timestamp"))}
        for item in _dicts(entry.get("string_list_data"))
    ]


def _posts(rows: Rows) -> Unfolded:
    return reshaped(rows, lambda entry: [_post(entry)])


def _post(entry: dict[str, Any]) -> dict[str, Any]:
    """A post of one picture has its words and time with the picture, one of several has them itself."""
    media = _dicts(entry.get("media"))
    words = [_word(one.get("title")) for one in (entry, *media)]
    text = next((word for word in words if word), None)
    return {
        "timestamp": _time(*(one.get("creation_timestamp") for one in (entry, *media))),
        "text": text,
        "hashtags": re.findall(r"#(\w+)", text or "") or None,
        "mentions": re.findall(r"(?<![\w.])@(\w[\w.]*\w)", text or "") or None,
        "media": "album" if len(media) > 1 else None,
    }


def _comments(rows: Rows) -> Unfolded:
    return reshaped(rows, _comment)


def _comment(entry: dict[str, Any]) -> list[dict[str, Any]]:
    said = entry.get("string_map_data")
    said = said if isinstance(said, dict) else {}
    words, owner, time = (
        said.get(key) if isinstance(said.get(key), dict) else {} for key in ("Comment", "Media Owner", "Time")
    )
    return [
        {
            "text": _word((words or {}).get("value")),
            "owner": _word((owner or {}).get("value")),
            "timestamp": _time((time or {}).get("timestamp")),
        }
    ]


def _profile(rows: Rows) -> Unfolded:
    return reshaped(rows, _own)


def _own(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The public side of a profile only."""
    said = {
        mended(key): value for key, value in (entry.get("string_map_data") or {}).items() if isinstance(value, dict)
    }
    values = {key: _word(value.get("value")) for key, value in said.items()}
    handle = next((values[name] for name in NAMES if values.get(name)), None)
    return [{"handle": handle, "name": values.get("Name"), "bio": values.get("Bio"), "website": values.get("Website")}]


_FAMILY = Family("instagram_download", "Instagram download", SAYS, "instagram", kinds=("json",))

_THEY: Cell = Who(handle="who")
FOLLOWERS = _FAMILY.piece(
    "followers",
    "followers",
    ("string_list_data/href",),
    Follow(follower=_THEY, followed=_OWNER, since=_WHEN, completeness=Always("full")),
    unfold=_people,
    place=r"(^|[/_])followers(_\d+)?( ?\(\d+\))?\.json|relationships_followers",
)
FOLLOWING = _FAMILY.piece(
    "following",
    "followed accounts",
    ("string_list_data/href",),
    Follow(follower=_OWNER, followed=_THEY, since=_WHEN, completeness=Always("full")),
    unfold=_people,
    place=r"(^|[/_])following( ?\(\d+\))?\.json(#relationships_following)?$|#relationships_following$",
)
POSTS = _FAMILY.piece(
    "posts",
    "posts and reels",
    ("media/creation_timestamp", "media/uri"),
    Post(
        account=_OWNER,
        text=_TEXT,
        created_at=_WHEN,
        media=Text("media"),
        hashtags=Tags("hashtags"),
        mentions=Tags("mentions"),
    ),
    Interaction(
        actor=_OWNER,
        verb=Always("mention"),
        via=unnamed_post(_OWNER, _WHEN, _TEXT),
        acted_at=_WHEN,
        each=Tags("mentions"),
    ),
    unfold=_posts,
    place=r"(^|/|download_)posts(_\d+)?( ?\(\d+\))?\.json|#ig_(reels_media|posts)$",
    note="Instagram's download holds neither ids nor counts of posts: likes and comments are unknown.",
)
_MEDIA_OWNER = Who(handle="owner")
COMMENTS = _FAMILY.piece(
    "comments",
    "own comments",
    ("string_map_data/Comment/value", "string_map_data/Time/timestamp"),
    Post(account=_OWNER, text=_TEXT, created_at=_WHEN, kind=Always("reply"), reply_to_account=_MEDIA_OWNER),
    Interaction(
        actor=_OWNER,
        verb=Always("reply"),
        account=_MEDIA_OWNER,
        via=unnamed_post(_OWNER, _WHEN, _TEXT),
        acted_at=_WHEN,
        when=filled(_MEDIA_OWNER),
    ),
    unfold=_comments,
)
ACCOUNT = _FAMILY.piece(
    "account",
    "profile",
    (tuple(f"string_map_data/{spelled}/value" for name in NAMES for spelled in (name, broken(name))),),
    Account(account=Who(handle="handle"), handle=Handle("handle"), name=Text("name"), bio=Text("bio"), url=Text("website")),
    unfold=_profile,
    place="profile_user|download_account",
    owned=False,
)  # fmt: skip

INSTAGRAM = (FOLLOWERS, FOLLOWING, POSTS, COMMENTS, ACCOUNT)
