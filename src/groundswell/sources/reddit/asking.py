"""What Reddit can be asked by an app that it has approved, stream by stream (www.reddit.com/dev/api).

People are asked about by name; where their number is known from before it stands behind it (`ann t2_1ab2c`), so that what is said of
a name that is gone can be told to the account that had it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from groundswell.errors import UsageError
from groundswell.sources.declaring import Ask, Looked, Named, Stream
from groundswell.sources.values import dict_of, text_of, the_list

Json = Any
HOST, LOGIN = "oauth.reddit.com", "www.reddit.com"
NAME, SITE = r"[\w-]{3,20}", r"(?:https?://)?(?:www\.|old\.|new\.)?reddit\.com"
TYPED = (
    (rf"(?:{SITE}/|/)?(?:user|u)/(?P<it>{NAME})(?:/(?:submitted|comments|overview))?", "about"),
    (rf"(?:{SITE}/|/)?r/\w{{2,21}}/comments/(?P<it>[a-z0-9]{{1,10}})(?:/.*)?", "info"),
    (rf"(?:{SITE}/|/)?r/(?P<it>\w{{2,21}})(?:/(?:new|hot|top))?", "community"),
)
"""What somebody may type -> the stream that it begins."""
NOBODY = frozenset(("[deleted]", "AutoModerator"))
TRIES = 4
"""Times that a token is asked for; it may be asked for again without harm (design choice)."""
OPEN_WAYS = "Without one: ask people for their own export, and bring it as a table."


def named(word: str) -> Named:
    """What somebody typed: a person, a community or a submission, as Reddit writes them."""
    for pattern, stream in TYPED:
        if found := re.fullmatch(pattern + r"/?(?:\?.*)?", word.strip(), re.ASCII):
            return Named(stream, f"t3_{found['it']}" if stream == "info" else found["it"].lower())
    raise UsageError(
        f"{word[:80]!r} names nobody on Reddit.",
        next_step="Write u/ann, r/gardening, or the address of a person, a community or a submission.",
    )


def refusal(status: int, body: bytes) -> str:  # noqa: ARG001  Reddit says it in the status
    """What a refusal means."""
    return {401: "login", 404: "gone"}.get(status, "refused")


def login(post: Callable[..., Any], secret: str) -> Mapping[str, str]:
    """The app asks for a token in its own name (OAuth 2, client credentials)."""
    client, _, password = secret.strip().partition(":")
    if not client or not password:
        raise UsageError(
            "The login for Reddit is not of the form client-id:client-secret.",
            next_step="Both stand with your app at www.reddit.com/prefs/apps, once Reddit has approved it.",
        )
    who = {"authorization": "Basic " + b64encode(f"{client}:{password}".encode()).decode("ascii")}
    form = {"grant_type": "client_credentials"}
    answer = post(f"https://{LOGIN}/api/v1/access_token", form, headers=who, tries=TRIES)
    token = text_of(answer.said.get("access_token")) if isinstance(answer.said, dict) else None
    if answer.status != 200 or token is None:
        raise UsageError(
            "Reddit does not take this client id and secret.",
            next_step="Look at them again, and whether Reddit has approved the app.",
        )
    return {"authorization": f"Bearer {token}"}


def streams() -> Mapping[str, Stream]:
    """Every stream, by name."""

    def listed(name: str, says: str, about: str, path: str, look: Callable[[str, Json], Looked]) -> Stream:
        def ask(subject: str, cursor: str | None, most: int) -> Ask:
            paging = (("limit", str(max(1, most))), ("sort", "new"), ("raw_json", "1")) + (
                (("after", cursor),) if cursor else ()
            )
            return Ask(f"https://{HOST}/{path.format(_name(subject))}", paging, login=True)

        return Stream(
            name=name, says=says, about=about, page=100, ask=ask, look=look, needs="approval", instead=OPEN_WAYS
        )

    def info(subject: str, _cursor: str | None, _most: int) -> Ask:
        return Ask(f"https://{HOST}/api/info", (("id", subject.replace("\n", ",")), ("raw_json", "1")), login=True)

    def about(subject: str, _cursor: str | None, _most: int) -> Ask:
        return Ask(f"https://{HOST}/user/{_name(subject)}/about", (("raw_json", "1"),), login=True)

    found = (
        Stream(name="about", says="a profile", about="account", page=1, ask=about, look=_about, needs="approval", instead=OPEN_WAYS, introduces=True),
        listed("submitted", "what somebody submitted, newest first", "account", "user/{}/submitted", _own),
        listed("comments", "what somebody commented, newest first", "account", "user/{}/comments", _own),
        listed("community", "the newest submissions in a community", "feed", "r/{}/new", _authors),
        Stream(name="info", says="submissions and comments, to see how they stand now", about="posts", page=100, ask=info, look=_authors, needs="approval", instead=OPEN_WAYS),
    )  # fmt: skip
    return {one.name: one for one in found}


def _name(subject: str) -> str:
    return quote(subject.split(" ")[0], safe="")


# -- what a page holds -------------------------------------------------------------------------------------------------------


def profile_in(said: Json) -> Json:
    """The profile that an answer holds; KeyError and its kin for what is none."""
    if said["kind"] != "t2":
        raise ValueError("no profile of Reddit's")
    said["data"]["name"]
    return said["data"]


def children_in(said: Json) -> list[Json]:
    """What a listing holds, each with its kind."""
    if said["kind"] != "Listing":
        raise ValueError("no listing of Reddit's")
    return the_list(said["data"]["children"])


def _about(_subject: str, said: Json) -> Looked:
    profile = profile_in(said)
    return Looked(1, people=() if profile.get("is_suspended") is True else (profile["name"].lower(),))


def _onward(said: Json) -> str | None:
    return text_of(dict_of(said, "data").get("after"))


def _own(_subject: str, said: Json) -> Looked:
    found = children_in(said)
    return Looked(len(found), _onward(said), posts=tuple(str(one["data"]["name"]) for one in found))


def _authors(_subject: str, said: Json) -> Looked:
    found = children_in(said)
    authors = [text_of(one["data"].get("author")) for one in found]
    people = tuple(dict.fromkeys(one.lower() for one in authors if one and one not in NOBODY))
    return Looked(len(found), _onward(said), people=people)


__all__ = ["HOST", "LOGIN", "children_in", "login", "named", "profile_in", "refusal", "streams"]
