"""What X can be asked with a token, stream by stream (docs.x.com/x-api). What is read costs money, so no more is asked for than is read.

Posts come without the profiles of those whom they name: each of those would be paid for, whether anybody wanted it or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from groundswell.errors import UsageError
from groundswell.sources.declaring import Ask, Looked, Named, Stream, Todo
from groundswell.sources.values import count_of, dict_of, list_of, text_of, the_list

Json = Any
HOST = "api.x.com"
POST_COSTS, PERSON_COSTS = 5_000, 10_000
"""Millionths of a dollar (docs.x.com/x-api/getting-started/pricing)."""
NAME, SITE = r"\w{1,15}", r"(?:https?://)?(?:www\.|mobile\.)?(?:x|twitter)\.com"
TYPED = (
    (rf"{SITE}/(?:{NAME}|i/web)/status/(?P<it>\d{{1,19}})(?:/\w+(?:/\d+)?)?", "look"),
    (rf"{SITE}/i/user/(?P<it>\d{{1,19}})", "users"),
    (rf"(?:{SITE}/@?|@)(?P<it>{NAME})(?:/(?:with_replies|media|followers|following))?", "user"),
)
"""What somebody may type -> the stream that it begins."""
PAGES = frozenset(
    ("i", "home", "search", "explore", "hashtag", "intent", "share", "settings", "notifications", "messages")
)
"""Addresses there that are nobody's name."""
OPEN_WAYS = "Without one: an archive of one's own and tables of several tools come in as files (`groundswell layouts`)."
USER_FIELDS = (
    "user.fields",
    "created_at,description,entities,location,protected,public_metrics,url,verified,verified_type",
)
TWEET_FIELDS = (
    "tweet.fields",
    "author_id,conversation_id,created_at,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,note_tweet,possibly_sensitive,public_metrics,referenced_tweets",
)


def named(word: str) -> Named:
    """What somebody typed: a name, the address of a profile or post, or words to search for."""
    plain = word.strip()
    for pattern, stream in TYPED:
        if (found := re.fullmatch(pattern + r"/?(?:\?.*)?", plain, re.ASCII)) and found["it"].lower() not in PAGES:
            return Named(stream, f"@{found['it'].lower()}" if stream == "user" else found["it"])
    if (plain.startswith("#") or " " in plain) and plain.isprintable() and "@" not in plain and len(plain) < 200:
        return Named("search", plain)
    raise UsageError(
        f"{word[:80]!r} names nobody on X.",
        next_step="Write a name (@ann), or the address of a profile or a post; or some words to search for.",
    )


def refusal(status: int, body: bytes) -> str:  # noqa: ARG001  X says it in the status
    """What a refusal means; 402 when the credits of the account are spent."""
    return {401: "login", 402: "limit", 404: "gone"}.get(status, "refused")


def login(_post: Callable[..., Any], secret: str) -> Mapping[str, str]:
    """The token goes into a header, so that it stands in no address that is logged or kept."""
    return {"authorization": f"Bearer {secret.strip()}"}


def streams() -> Mapping[str, Stream]:
    """Every stream, by name."""

    def asked(name: str, says: str, about: str, page: int, method: Callable[[str], str], params: Callable[[str], list[tuple[str, str]]], look: Callable[[str, Json], Looked], costs: int, least: int = 1, onward: str = "pagination_token", **more: Any) -> Stream:  # fmt: skip
        several = about in ("accounts", "posts")

        def ask(subject: str, cursor: str | None, most: int) -> Ask:
            paging = [("max_results", str(max(least, most)))] if page > 1 and not several else []
            paging += [(onward, cursor)] if cursor else []
            return Ask(f"https://{HOST}/2/{method(subject)}", tuple(params(subject) + paging), login=True)

        return Stream(
            name=name, says=says, about=about, page=page, ask=ask, look=look, needs="paid", instead=OPEN_WAYS, costs=costs,
            least=least, **more,
        )  # fmt: skip

    def ids(subject: str) -> tuple[str, str]:
        return "ids", subject.replace("\n", ",")

    found = (
        asked("users", "profiles", "accounts", 100, lambda _: "users", lambda who: [ids(who), USER_FIELDS], _users, PERSON_COSTS, introduces=True),
        asked("user", "a profile", "account", 1, _alone, lambda _: [USER_FIELDS], _user, PERSON_COSTS, introduces=True),
        asked("tweets", "the posts of an account, newest first", "account", 100, lambda who: f"users/{who}/tweets", lambda _: [TWEET_FIELDS], _tweets, POST_COSTS, 5),
        asked("followers", "who follows an account", "account", 1_000, lambda who: f"users/{who}/followers", lambda _: [USER_FIELDS], _people, PERSON_COSTS),
        asked("following", "whom an account follows", "account", 1_000, lambda who: f"users/{who}/following", lambda _: [USER_FIELDS], _people, PERSON_COSTS),
        asked("retweeted_by", "who passed a post on", "post", 100, lambda post: f"tweets/{post}/retweeted_by", lambda _: [USER_FIELDS], _people, PERSON_COSTS),
        asked("conversation", "what was answered to a post in the last seven days", "post", 100, lambda _: "tweets/search/recent", lambda post: [("query", f"conversation_id:{post}"), TWEET_FIELDS], _timeline, POST_COSTS, 10, "next_token"),
        asked("search", "posts of the last seven days that are found by words", "words", 100, lambda _: "tweets/search/recent", lambda words: [("query", f"{words} -is:retweet"), TWEET_FIELDS], _timeline, POST_COSTS, 10, "next_token"),
        asked("look", "posts, to see how they stand now", "posts", 100, lambda _: "tweets", lambda posts: [ids(posts), TWEET_FIELDS], _look, POST_COSTS),
    )  # fmt: skip
    return {one.name: one for one in found}


def _alone(who: str) -> str:
    return f"users/by/username/{who[1:]}" if who.startswith("@") else f"users/{who}"


# -- what a page holds -------------------------------------------------------------------------------------------------------


def missing_from(said: Json) -> tuple[str, ...]:
    """Those who were asked for and may not be shown: they are no more, suspended, or open to their own people only."""
    told = [one for one in list_of(said, "errors") if isinstance(one, dict)]
    return tuple(str(one.get("resource_id") or one.get("value") or "") for one in told)


def found_in(said: Json) -> list[Json]:
    """What was asked for by its ids: what is there, or that it is not; KeyError for what is no answer of this API."""
    there = said.get("data")
    found = [there] if isinstance(there, dict) else list_of(said, "data")
    if not found and not missing_from(said):
        raise KeyError("data")
    return found


def listed_in(said: Json) -> list[Json]:
    """The items of a list; where there are none, only their number is sent."""
    if count_of(said["meta"]["result_count"]) == 0:
        return []
    return the_list(said["data"])


def _onward(said: Json) -> str | None:
    return text_of(dict_of(said, "meta").get("next_token"))


def _ids(some: list[Json], name: str = "id") -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one[name]) for one in some))


def _users(_subject: str, said: Json) -> Looked:
    found = found_in(said)
    counts = [(one["id"], dict_of(one, "public_metrics")) for one in found]
    totals = tuple(
        (Todo(stream, who), numbers[name])
        for who, numbers in counts
        for stream, name in (
            ("followers", "followers_count"),
            ("following", "following_count"),
            ("tweets", "tweet_count"),
        )
        if count_of(numbers.get(name)) is not None
    )
    return Looked(len(found), people=_ids(found), totals=totals, missing=missing_from(said))


def _user(subject: str, said: Json) -> Looked:
    if isinstance(said.get("data", {}), list):
        raise TypeError("one person was asked about")
    return _users(subject, said)


def _tweets(_subject: str, said: Json) -> Looked:
    """The account's own posts: those can be asked who passed them on."""
    found = listed_in(said)
    own = [one for one in found if not any(it.get("type") == "retweeted" for it in list_of(one, "referenced_tweets"))]
    return Looked(len(found), _onward(said), posts=_ids(own))


def _people(_subject: str, said: Json) -> Looked:
    found = listed_in(said)
    return Looked(len(found), _onward(said), people=_ids(found))


def _timeline(_subject: str, said: Json) -> Looked:
    found = listed_in(said)
    return Looked(len(found), _onward(said), people=_ids(found, "author_id"))


def _look(_subject: str, said: Json) -> Looked:
    found = found_in(said)
    return Looked(len(found), people=_ids(found, "author_id"), missing=missing_from(said))


__all__ = ["HOST", "found_in", "listed_in", "login", "missing_from", "named", "refusal", "streams"]
