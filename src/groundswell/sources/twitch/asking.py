"""What Twitch can be asked with an app of one's own, stream by stream (dev.twitch.tv/docs/api/reference).

A channel is asked about by its number; who typed a name is asked about by it once, and by the number from then on. How many follow a
channel does not stand in its profile, so each profile opens one more question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from groundswell.errors import UsageError
from groundswell.sources.declaring import Ask, Looked, Named, Stream, Todo
from groundswell.sources.values import dict_of, text_of, the_list

Json = Any
HOST = "api.twitch.tv"
NAME, SITE = r"[A-Za-z0-9]\w{2,24}", r"(?:https?://)?(?:www\.|m\.)?twitch\.tv"
TYPED = (
    (rf"{SITE}/videos/(?P<it>\d{{1,19}})", "video"),
    (rf"(?:{SITE}/|@)(?P<it>{NAME})(?:/(?:videos|clips|about|schedule))?", "user"),
)
"""What somebody may type -> the stream that it begins."""
OPEN_WAYS = "Without one: tables of people's own come in as files (`groundswell layouts`)."


def named(word: str) -> Named:
    """What somebody typed: a name, or the address of a channel or a video."""
    for pattern, stream in TYPED:
        if found := re.fullmatch(pattern + r"/?(?:\?.*)?", word.strip(), re.ASCII):
            return Named(stream, found["it"] if stream == "video" else f"@{found['it'].lower()}")
    raise UsageError(
        f"{word[:80]!r} names nobody on Twitch.",
        next_step="Write a name (@ann), or the address of a channel or a video.",
    )


def refusal(status: int, body: bytes) -> str:  # noqa: ARG001  Twitch says it all in the status
    """What a refusal means."""
    return {401: "login", 404: "gone"}.get(status, "refused")


def login(_post: Callable[..., Any], secret: str) -> Mapping[str, str]:
    """The number of the app and its token go into two headers."""
    client, _, token = secret.strip().partition(":")
    if not client or not token:
        raise UsageError(
            "The login for Twitch is not of the form client-id:token.",
            next_step="Register an application at dev.twitch.tv and make an app access token for it.",
        )
    return {"client-id": client, "authorization": f"Bearer {token}"}


def streams() -> Mapping[str, Stream]:
    """Every stream, by name."""

    def listed(name: str, says: str, about: str, page: int, method: str, asks: Callable[[str], list[tuple[str, str]]], look: Callable[[str, Json], Looked], **more: Any) -> Stream:  # fmt: skip
        def ask(subject: str, cursor: str | None, most: int) -> Ask:
            paging = [("first", str(max(1, most)))] if about == "account" and page > 1 else []
            paging += [("after", cursor)] if cursor else []
            return Ask(f"https://{HOST}/helix/{method}", tuple(asks(subject) + paging), login=True)

        return Stream(
            name=name, says=says, about=about, page=page, ask=ask, look=look, needs="key", instead=OPEN_WAYS, **more
        )

    found = (
        listed("users", "channels", "accounts", 100, "users", lambda ids: [_one(it) for it in ids.split("\n")], _users, introduces=True, each=1),
        listed("user", "one channel", "account", 1, "users", lambda who: [_one(who)], _users, introduces=True, each=1),
        listed("total", "how many follow a channel", "account", 1, "channels/followers", lambda who: [("broadcaster_id", who), ("first", "1")], _total),
        listed("videos", "the videos of a channel, newest first", "account", 100, "videos", lambda who: [("user_id", who)], _videos),
        listed("clips", "clips that people cut from a channel, most watched first", "account", 100, "clips", lambda who: [("broadcaster_id", who)], _clips),
        listed("video", "a video, to see how it stands now", "posts", 1, "videos", lambda video: [("id", video)], _one_video),
    )  # fmt: skip
    return {one.name: one for one in found}


def _one(who: str) -> tuple[str, str]:
    return ("login", who[1:]) if who.startswith("@") else ("id", who)


# -- what a page holds -------------------------------------------------------------------------------------------------------


def missing_from(subject: str, found: list[Json]) -> tuple[str, ...]:
    """Those who were asked for and are not in the answer."""
    there = {f"@{one['login'].lower()}" for one in found} | {one["id"] for one in found}
    return tuple(one for one in subject.split("\n") if one not in there)


def _users(subject: str, said: Json) -> Looked:
    found = the_list(said["data"])
    people = tuple(str(one["id"]) for one in found)
    return Looked(
        len(found),
        people=people,
        todo=tuple(Todo("total", one) for one in people),
        missing=missing_from(subject, found),
    )


def _total(_subject: str, said: Json) -> Looked:
    return Looked(1 if type(said["total"]) is int else 0)


def _onward(said: Json) -> str | None:
    """Where a list goes on; an answer of another shape has no word of it at all."""
    said["pagination"]
    return text_of(dict_of(said, "pagination").get("cursor"))


def _videos(_subject: str, said: Json) -> Looked:
    found = the_list(said["data"])
    return Looked(len(found), _onward(said), posts=tuple(str(one["id"]) for one in found))


def _clips(_subject: str, said: Json) -> Looked:
    found = the_list(said["data"])
    makers = (text_of(one.get("creator_id")) for one in found)
    return Looked(len(found), _onward(said), people=tuple(dict.fromkeys(filter(None, makers))))


def _one_video(_subject: str, said: Json) -> Looked:
    found = the_list(said["data"])
    return Looked(len(found), people=tuple(str(one["user_id"]) for one in found))


__all__ = ["HOST", "login", "missing_from", "named", "refusal", "streams"]
