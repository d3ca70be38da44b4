"""What Mastodon servers can be asked, stream by stream.

Everybody is asked about at their own server: only that one knows all who follow them, and all that they wrote. What somebody types may
name another one (`https://mastodon.example/@ann@elsewhere.example`); then that one is asked, and what it knows of strangers is a part.

An account goes by its address in the network (its ActivityPub id), never by its handle, which can change hands. Servers number their
accounts and posts each for themselves, so the subject of a list has both, one a line:

    https://mastodon.example/users/ann      whose list it is
    mastodon.example                        who is asked
    109302436954721982                      what it is called there
    home                                    or: elsewhere
    https://mastodon.example/users/ann      of a post: whose it is

How a list goes on stands in the header `Link`. Of the address there only the place is taken (`max_id`, `offset`), never the host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from groundswell.errors import UsageError
from groundswell.sources.declaring import Ask, Looked, Named, Stream, Todo
from groundswell.sources.mastodon.wishes import counted_out, unlisted
from groundswell.sources.typed import ascii_host, is_word, readable
from groundswell.sources.values import count_of, the_list

Json = Any
SERVER = r"(?P<server>[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?)"
NAME = r"[A-Za-z0-9_](?:[\w.-]{0,62}\w)?"
THERE = r"(?P<server>[^\s/?#@:]+(?::\d{1,5})?)"
"""A server as it is typed: `bücher.example` as well."""
OTHER = r"[^\s/?#@:]+\.[^\s/?#@:]+"
TAG = r"(?P<tag>[^\s/?#@]+)"
PLACES = ("max_id", "offset", "page")
CLOSED = "This server is closed to strangers. Its people are open where they came from or let be read elsewhere; others go on."
TYPED = (
    (rf"@?(?P<who>{NAME})@{THERE}", "account"),
    (rf"#{TAG}@{THERE}", "hashtag"),
    (rf"https?://{THERE}/@(?P<who>{NAME}(?:@{OTHER})?)(?:/(?:with_replies|media|followers|following))?", "account"),
    (rf"https?://{THERE}/@{NAME}(?:@{OTHER})?/(?P<post>\d+)", "post"),
    (rf"https?://{THERE}/users/(?P<who>{NAME})", "account"),
    (rf"https?://{THERE}/users/{NAME}/statuses/(?P<post>\d+)", "post"),
    (rf"https?://{THERE}/tags/{TAG}", "hashtag"),
    (rf"https?://{THERE}/explore", "trends"),
)
"""What somebody may type -> the stream that it begins."""


def named(word: str) -> Named:
    """What somebody typed: a handle with its server, a tag at a server, or an address as a browser shows it."""
    plain = readable(word)
    for pattern, stream in TYPED:
        if found := re.fullmatch(
            pattern + r"/?(?:[?#].*)?" * pattern.startswith("http"), plain, re.IGNORECASE | re.ASCII
        ):
            said, server = found.groupdict(), _server(found["server"])
            tag, (name, _, home) = said.get("tag"), (said.get("who") or "").partition("@")
            if not server or not is_word(tag or "_") or (home and not _server(home)):
                continue
            if stream == "account":
                return Named(stream, f"{server}/{name.lower()}" + (f"@{_server(home)}" if home else ""))
            return Named(stream, "\n".join([server, *filter(None, (tag, said.get("post")))]))
    raise UsageError(
        f"{word[:80]!r} names nobody on Mastodon.",
        next_step="Write a handle with its server (@ann@mastodon.example), a tag at a server (#gardening@mastodon.example), "
        "or the address of a profile, post, tag or of what a server explores.",
    )


def _server(said: str) -> str:
    """A server as it is asked; "" where what was typed is none."""
    host, colon, port = said.partition(":")
    found = ascii_host(host) + colon + port
    return found if re.fullmatch(SERVER, found, re.ASCII) else ""


def refusal(status: int, body: bytes) -> str:
    """What a refusal means. 401 and 403 are a server's door, closed to strangers; 422 says it in some versions."""
    said = body[:2_000].decode("utf-8", "replace").lower()
    # Who does not know the question at all says 404 as well, in other words: a server of another kind never means "deleted".
    if status == 410 or (status == 404 and "record not found" in said):
        return "gone"
    if status in (401, 403) or (status == 422 and "authenticated" in said):
        return "login"
    return "refused"


def streams(scheme: str) -> Mapping[str, Stream]:
    """Every stream, by name."""

    def paged(name: str, says: str, about: str, page: int, path: str, look: Callable[[str, Json], Looked]) -> Stream:
        def ask(subject: str, cursor: str | None, most: int) -> Ask:
            server, here = _door(subject)
            place = [(key, value) for key, _, value in [(cursor or "").partition("=")] if value]
            return Ask(
                f"{scheme}://{server}/api/v1/{path.format(quote(here, safe=''))}", (("limit", str(most)), *place)
            )

        return Stream(name=name, says=says, about=about, page=page, ask=ask, look=look, goes_on=goes_on, instead=CLOSED)

    def single(name: str, says: str, about: str, ask: Callable[[str], Ask], look: Callable[[str, Json], Looked], **more: Any) -> Stream:  # fmt: skip
        return Stream(
            name=name,
            says=says,
            about=about,
            page=1,
            ask=lambda subject, _c, _m: ask(subject),
            look=look,
            instead=CLOSED,
            **more,
        )

    def of_post(subject: str, tail: str = "") -> Ask:
        server, here = _door(subject)
        return Ask(f"{scheme}://{server}/api/v1/statuses/{quote(here, safe='')}{tail}")

    found = (
        single("account", "a profile", "account", lambda who: _profile(scheme, who), _account, introduces=True, elsewhere=_asked_by_name),
        single("webfinger", "where somebody of that name is at home", "account", lambda who: _finger(scheme, who), _at_home),
        paged("statuses", "the posts of an account, newest first", "account", 40, "accounts/{}/statuses", _statuses),
        paged("followers", "who follows an account", "account", 80, "accounts/{}/followers", _people("followers")),
        paged("following", "whom an account follows", "account", 80, "accounts/{}/following", _people("following")),
        paged("favourited_by", "who favoured a post", "post", 80, "statuses/{}/favourited_by", _people("favourited_by")),
        paged("reblogged_by", "who boosted a post", "post", 80, "statuses/{}/reblogged_by", _people("reblogged_by")),
        single("context", "the conversation around a post", "post", lambda post: of_post(post, "/context"), _context),
        paged("hashtag", "what a server has seen under a tag", "words", 40, "timelines/tag/{}", _timeline),
        paged("trends", "the posts that a server's people pass on most now", "feed", 40, "trends/statuses", _timeline),
        single("post", "a post", "post", of_post, _post, opens=1),
        single("status", "a post, to see how it stands now", "posts", of_post, lambda _, said: _authors("status", [said])),
    )  # fmt: skip
    return {one.name: one for one in found}


# -- how it is asked ---------------------------------------------------------------------------------------------------------


def _door(subject: str) -> tuple[str, str]:
    """Which server is asked, and what is meant there: a list's subject, `server` and `name` in two lines, or the address of a post."""
    parts = subject.split("\n")
    if len(parts) >= 4:
        return parts[1], parts[2]
    if subject.startswith(("https://", "http://")):
        address = urlsplit(subject)
        return address.netloc, address.path.rstrip("/").rpartition("/")[2]
    return parts[0], parts[1] if len(parts) > 1 else ""


def _profile(scheme: str, who: str) -> Ask:
    """A profile by `server/handle`, by a handle with its server, or by its address in the network."""
    if who.startswith(("https://", "http://")):
        address = urlsplit(who)
        name = address.path.rstrip("/").rpartition("/")[2].lstrip("@")
        if re.fullmatch(r"/ap/users/\d+", address.path.rstrip("/")):
            return Ask(f"{scheme}://{address.netloc}/api/v1/accounts/{name}")
        return _lookup(scheme, address.netloc, name)
    if "/" in who:
        server, _, name = who.partition("/")
        return _lookup(scheme, server, name)
    name, _, server = who.rpartition("@")
    return _lookup(scheme, server or who, name)


def _lookup(scheme: str, server: str, name: str) -> Ask:
    return Ask(f"{scheme}://{server}/api/v1/accounts/lookup", (("acct", name),))


def _asked_by_name(who: str) -> Todo | None:
    """Whose handle ends in a name that is no server of this kind: that name may say where they are (WebFinger, RFC 7033)."""
    if who.startswith(("https://", "http://")) or "/" not in who or "@" in who:
        return None
    server, _, name = who.partition("/")
    return Todo("webfinger", f"{name}@{server}")


def _finger(scheme: str, who: str) -> Ask:
    server = who.rpartition("@")[2]
    return Ask(f"{scheme}://{server}/.well-known/webfinger", (("resource", f"acct:{who}"),))


def keys(secret: str) -> Mapping[str, Mapping[str, str]]:
    """Tokens of servers, as `server:token`, several of them apart by commas or blanks: each goes to its own server alone."""
    found = dict[str, Mapping[str, str]]()
    for one in re.split(r"[\s,]+", secret.strip()):
        server, _, token = one.rpartition(":")
        if not re.fullmatch(SERVER, server.lower(), re.ASCII) or not token:
            raise UsageError(
                "The login for Mastodon is not of the form server:token.",
                next_step="Make an application in the preferences of your server (read access is enough) and give its token; several with commas.",
            )
        found[server.lower().partition(":")[0]] = {"authorization": f"Bearer {token}"}
    return found


def goes_on(headers: Mapping[str, str]) -> str | None:
    """Where a list goes on, out of `Link: <https://...?max_id=12>; rel="next"`."""
    for address, relation in re.findall(r"<([^<>]*)>\s*;[^,]*\brel=\"?(\w+)", headers.get("link", "")[:8_000]):
        if relation == "next":
            asked = parse_qs(urlsplit(address).query)
            return next((f"{name}={asked[name][0]}" for name in PLACES if name in asked), None)
    return None


# -- what a page holds -------------------------------------------------------------------------------------------------------


def uri_of(account: Json) -> str | None:
    """An account's address in the network. Servers older than 4.2 leave it out: their own people have it in the old form."""
    said = account.get("uri")
    if isinstance(said, str) and said.startswith(("https://", "http://")):
        return said
    if "@" not in account["acct"] and isinstance(account.get("url"), str):
        address = urlsplit(account["url"])
        return f"{address.scheme}://{address.netloc}/users/{account['username']}"
    return None


def person_of(account: Json) -> str | None:
    """Who it is, in words that can be asked for: the address in the network, else the handle with its server."""
    if not isinstance(account, dict) or not isinstance(account.get("acct"), str) or unlisted(account):
        return None
    return uri_of(account) or account["acct"].lower()


def _account(subject: str, said: Json) -> Looked:
    """A profile opens its lists at the server that answered; how it numbers the account stands in the subject of each."""
    person = person_of(said)
    if unlisted(said) or person is None:
        said["acct"]  # what has none is no account
        return Looked(1, unlisted=int(unlisted(said)))
    server = _asked_at(subject)
    place = f"{person}\n{server}\n{said['id']}\n{'elsewhere' if '@' in said['acct'] else 'home'}"
    counted = (("followers", "followers_count"), ("following", "following_count"), ("statuses", "statuses_count"))
    totals = tuple((Todo(name, place), said[key]) for name, key in counted if count_of(said.get(key)) is not None)
    return Looked(1, people=(person,), addressed={person: place}, totals=totals)


def _at_home(_subject: str, said: Json) -> Looked:
    """The address of a person's account in the network, where a name says that it is elsewhere."""
    if not isinstance(said["subject"], str):
        raise TypeError("no answer of WebFinger's")
    for one in said["links"]:
        address = one.get("href")
        if (
            one.get("rel") == "self"
            and isinstance(address, str)
            and re.fullmatch(rf"https?://{SERVER}/[!-~]+", address, re.ASCII)
        ):
            return Looked(1, todo=(Todo("account", address),))
    return Looked(0)


def _asked_at(subject: str) -> str:
    if subject.startswith(("https://", "http://")):
        return urlsplit(subject).netloc
    return subject.partition("/")[0] if "/" in subject else subject.rpartition("@")[2]


def _known(accounts: list[Json]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person for one in accounts if (person := person_of(one))))


def _people(stream: str) -> Callable[[str, Json], Looked]:
    return lambda _, said: Looked(len(the_list(said)), people=_known(said), unlisted=counted_out(stream, said))


def _authors(stream: str, posts: list[Json]) -> Looked:
    authors = [post["account"] for post in posts]
    authors += [post["reblog"]["account"] for post in posts if isinstance(post.get("reblog"), dict)]
    return Looked(len(posts), people=_known(authors), unlisted=counted_out(stream, posts))


def _timeline(_subject: str, said: Json) -> Looked:
    return _authors("hashtag", the_list(said))


def _statuses(subject: str, said: Json) -> Looked:
    """The account's own posts, newest first: those can be asked for who favoured them."""
    person, server, _, where = subject.split("\n")
    own = [post for post in the_list(said) if not isinstance(post.get("reblog"), dict)]
    posts = tuple(
        f"{post['uri']}\n{server}\n{post['id']}\n{where}\n{person}" for post in own if isinstance(post.get("uri"), str)
    )
    return Looked(len(said), posts=posts, unlisted=counted_out("statuses", said))


def _context(_subject: str, said: Json) -> Looked:
    posts = [*the_list(said["ancestors"]), *the_list(said["descendants"])]
    return Looked(len(posts), people=_authors("context", posts).people, unlisted=counted_out("context", posts))


def _post(subject: str, said: Json) -> Looked:
    """A post that somebody typed opens the conversation around it."""
    server, here = _door(subject)
    where = "home" if "@" not in said["account"]["acct"] else "elsewhere"
    looked = _authors("post", [said])
    author = person_of(said["account"])
    opened = (Todo("context", f"{said['uri']}\n{server}\n{here}\n{where}\n{author}"),) if author else ()
    return Looked(1, people=looked.people, todo=() if looked.unlisted else opened, unlisted=looked.unlisted)


__all__ = ["goes_on", "keys", "named", "person_of", "refusal", "streams", "uri_of"]
