"""What Meta's Graph API can be asked about other people on Instagram, stream by stream (Business Discovery, Hashtag Search).

Every question is asked of one's own account, whose number only the secret knows (`OWN`): "of those that I may see, tell me about ann".
Addresses by which a list goes on hold the token, so they are taken out of an answer before it is kept; the place in the list is enough.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from groundswell.errors import UsageError
from groundswell.sources.declaring import OWN, Ask, Looked, Named, Stream, Todo
from groundswell.sources.values import count_of, dict_of, text_of, the_list

Json = Any
HOST, VERSION = "graph.facebook.com", "v25.0"
NAME, SITE = r"\w[\w.]{0,29}", r"(?:https?://)?(?:www\.|m\.)?instagram\.com"
TYPED = (
    (rf"(?:{SITE}/explore/tags/|#)(?P<it>\w{{1,100}})", "hashtag"),
    (rf"(?:{SITE}/|@)(?P<it>{NAME})(?:/(?:reels|tagged))?", "profile"),
)
"""What somebody may type -> the stream that it begins."""
PAGES = frozenset(("p", "reel", "reels", "stories", "explore", "accounts", "direct", "tv"))
"""Addresses there that are nobody's name."""
PROFILE = "id,username,name,biography,website,followers_count,follows_count,media_count"
MEDIA = "id,caption,media_type,media_product_type,permalink,timestamp,like_count,comments_count"
TAGGED = "id,caption,media_type,permalink,timestamp,like_count,comments_count"
MENTION = re.compile(r"(?<![\w.@/])@(\w(?:[\w.]{0,28}\w)?)", re.ASCII)
OPEN_WAYS = "Without one: their own download, Meta Business Suite and tables of several tools come in as files (`groundswell ask @ann`)."
SPENT, CLOSED = frozenset((4, 17, 32, 613, 80002)), frozenset((10, 102, 190, *range(200, 300)))
"""Codes of errors that mean "too often", and those that mean "not with this token" (Graph API, Handle Errors and Rate Limits)."""


def named(word: str) -> Named:
    """What somebody typed: a name, the address of a profile, or a tag."""
    for pattern, stream in TYPED:
        found = re.fullmatch(pattern + r"/?(?:\?.*)?", word.strip(), 0 if stream == "hashtag" else re.ASCII)
        if found and found["it"].lower() not in PAGES:
            return Named(stream, found["it"].lower())
    raise UsageError(
        f"{word[:80]!r} names nobody on Instagram.",
        next_step="Write a name (@ann), the address of a profile, or a tag (#gardening, with --from instagram).",
    )


def refusal(_status: int, body: bytes) -> str:
    """What a refusal means: its code stands in the answer. Who is not there and who is no professional look the same."""
    try:
        code = dict_of(json.loads(body), "error").get("code")
    except (ValueError, RecursionError):
        return "refused"
    return "limit" if code in SPENT else "login" if code in CLOSED else "refused"


def _parts(secret: str) -> tuple[str, str]:
    number, _, token = secret.strip().partition(":")
    if not (number.isascii() and number.isdigit() and token):
        raise UsageError(
            "The login for Instagram is not of the form number:token.",
            next_step="The number is that of your own professional account in the Graph API, the token one of your app's users.",
        )
    return number, token


def headers(_post: Callable[..., Any], secret: str) -> Mapping[str, str]:
    """The token goes into a header, so that it stands in no address that is logged or kept."""
    return {"authorization": f"Bearer {_parts(secret)[1]}"}


def own(secret: str) -> str:
    """The number of one's own account, of which everything is asked."""
    return _parts(secret)[0]


def may_keep(_stream: str, said: Json) -> Json:
    """An answer without the addresses by which its lists go on: they hold the token."""
    if isinstance(said, list):
        return [may_keep(_stream, one) for one in said]
    if not isinstance(said, dict):
        return said
    left_out = ("next", "previous") if "cursors" in said else ()
    return {name: may_keep(_stream, one) for name, one in said.items() if name not in left_out}


def streams() -> Mapping[str, Stream]:
    """Every stream, by name."""

    def asked(name: str, says: str, about: str, page: int, ask: Callable[[str, str | None, int], tuple[str, tuple[tuple[str, str], ...]]], look: Callable[[str, Json], Looked], **more: Any) -> Stream:  # fmt: skip
        def question(subject: str, cursor: str | None, most: int) -> Ask:
            path, params = ask(subject, cursor, most)
            return Ask(f"https://{HOST}/{VERSION}/{path}", params, login=True)

        return Stream(
            name=name,
            says=says,
            about=about,
            page=page,
            ask=question,
            look=look,
            needs="token",
            instead=OPEN_WAYS,
            **more,
        )

    def of_somebody(who: str, fields: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        return OWN, (("fields", f"business_discovery.username({who}){{{fields}}}"),)

    def media(who: str, cursor: str | None, most: int) -> tuple[str, tuple[tuple[str, str], ...]]:
        place = f".after({cursor})" if cursor else ""
        return of_somebody(who, f"username,followers_count,media_count,media{place}.limit({max(1, most)}){{{MEDIA}}}")

    def tagged(tag: str, cursor: str | None, most: int) -> tuple[str, tuple[tuple[str, str], ...]]:
        paging = (("limit", str(max(1, most))), *((("after", cursor),) if cursor else ()))
        return f"{tag}/recent_media", (("user_id", OWN), ("fields", TAGGED), *paging)

    found = (
        asked("profile", "a profile", "account", 1, lambda who, _c, _m: of_somebody(who, PROFILE), _profile, introduces=True),
        asked("media", "the posts of an account, newest first", "account", 50, media, _media),
        asked("hashtag", "what a tag is called there", "words", 1, lambda tag, _c, _m: ("ig_hashtag_search", (("user_id", OWN), ("q", tag))), _hashtag, opens=1),
        asked("tagged", "what was posted under a tag in the last day", "feed", 50, tagged, _tagged),
    )  # fmt: skip
    return {one.name: one for one in found}


# -- what a page holds -------------------------------------------------------------------------------------------------------


def somebody_in(said: Json) -> Json:
    """The account that an answer tells of; KeyError and its kin for what is none."""
    found = said["business_discovery"]
    found["username"].lower()
    return found


def media_of(somebody: Json) -> list[Json]:
    """The posts of an answer; somebody without any has no list."""
    return the_list(somebody["media"]["data"]) if "media" in somebody else []


def mentioned(caption: Json) -> tuple[str, ...]:
    """Whom a caption names, in its order."""
    return tuple(dict.fromkeys(one.lower() for one in MENTION.findall(caption or "")))


def _after(paging: Json) -> str | None:
    cursor = text_of(dict_of(paging, "cursors").get("after"))
    if cursor and not re.fullmatch(r"[\w=+/-]{1,1000}", cursor, re.ASCII):
        raise ValueError("no place in a list")
    return cursor


def _profile(_subject: str, said: Json) -> Looked:
    somebody = somebody_in(said)
    name, number = somebody["username"].lower(), count_of(somebody.get("media_count"))
    return Looked(1, people=(name,), totals=((Todo("media", name), number),) if number is not None else ())


def _media(_subject: str, said: Json) -> Looked:
    somebody = somebody_in(said)
    found = media_of(somebody)
    people = [name for one in found for name in mentioned(one.get("caption"))]
    return Looked(
        len(found),
        _after(dict_of(dict_of(somebody, "media"), "paging")) if found else None,
        tuple(dict.fromkeys(people)),
    )


def _hashtag(_subject: str, said: Json) -> Looked:
    return Looked(1, todo=(Todo("tagged", str(said["data"][0]["id"])),))


def _tagged(_subject: str, said: Json) -> Looked:
    found = the_list(said["data"])
    people = [name for one in found for name in mentioned(one.get("caption"))]
    paging = dict_of(said, "paging")
    return Looked(len(found), _after(paging) if "next" in paging else None, tuple(dict.fromkeys(people)))


__all__ = ["HOST", "headers", "may_keep", "media_of", "mentioned", "named", "own", "refusal", "somebody_in", "streams"]
