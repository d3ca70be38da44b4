"""What Bluesky can be asked, stream by stream, through the doors that its makers keep open to everybody.

Profiles, posts, followers, likes and lists come from the AppView (`public.api.bsky.app`), which needs no login. An account's whole
repository comes from the server that holds it; which one that is says the account's DID document. Only search wants a login: the
network refuses it to strangers on purpose, for the AppView is no source for bulk data (bluesky-social/atproto#3583), and a refusal
is never dodged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from groundswell.errors import UsageError
from groundswell.sources.bluesky.live import JETSTREAM
from groundswell.sources.bluesky.values import FOLLOW, LIKE, POST, PROFILE, REPOST, says_gone
from groundswell.sources.declaring import Ask, Looked, Named, Stream, Todo
from groundswell.sources.typed import ascii_host

Json = Any
APPVIEW, DIRECTORY, LOGIN = "https://public.api.bsky.app", "https://plc.directory", "https://bsky.social"
TOGETHER = 25
"""Profiles or posts that are asked for at once (lexicons of getProfiles and getPosts)."""
REPLIES_DEEP, PARENTS_HIGH = 10, 80
COLLECTIONS = (PROFILE, POST, LIKE, REPOST, FOLLOW)
OPEN_WAYS = "Begin with people instead: accounts, a list, a starter pack or a feed about the subject, or the followers of one of them."
LIST, PACK, FEEDGEN = "app.bsky.graph.list", "app.bsky.graph.starterpack", "app.bsky.feed.generator"
PAGES = (
    (r"(?:www\.)?bsky\.app/profile/(?P<who>[^/?#]+)/post/(?P<key>[\w.~-]+)", "thread", POST),
    (r"(?:www\.)?bsky\.app/profile/(?P<who>[^/?#]+)/lists/(?P<key>[\w.~-]+)", "list", LIST),
    (r"(?:www\.)?bsky\.app/profile/(?P<who>[^/?#]+)/feed/(?P<key>[\w.~-]+)", "feedgen", FEEDGEN),
    (r"(?:www\.)?bsky\.app/(?:starter-pack|start)/(?P<who>[^/?#]+)/(?P<key>[\w.~-]+)", "pack", PACK),
    (r"(?:www\.)?bsky\.app/profile/(?P<who>[^/?#]+)", "profiles", ""),
)
"""Addresses of the app's pages -> which stream they begin, and the collection of the record that they show."""
BY_COLLECTION = {POST: "thread", LIST: "list", FEEDGEN: "feedgen", PACK: "pack"}


def named(word: str) -> Named:
    """What somebody typed: a handle, a DID, an address of the app or of the network, or words to search for."""
    plain = word.strip()
    if (plain.startswith("#") and "@" not in plain) or " " in plain:
        return Named("search", plain)
    if found := re.fullmatch(r"at://(?P<who>[^/]+)/(?P<kind>[\w.]+)/(?P<key>[\w.~-]+)", plain):
        stream = BY_COLLECTION.get(found["kind"])
        if stream:
            return _located(stream, found["who"], found["kind"], found["key"])
    bare = re.sub(r"^https?://", "", plain)
    for pattern, stream, collection in PAGES:
        if found := re.fullmatch(pattern + r"/?(?:[?#].*)?", bare):
            who = unquote(found["who"])
            return _located(stream, who, collection, found["key"]) if collection else Named("profiles", _actor(who))
    return Named("profiles", _actor(plain))


def _located(stream: str, who: str, collection: str, key: str) -> Named:
    """A record by its address; whose it is has to be looked up first where only a handle is said."""
    address = f"at://{who}/{collection}/{key}"
    return Named(stream, address) if who.startswith("did:") else Named("resolve", f"{stream}\n{address}")


def _actor(word: str) -> str:
    plain = word.lstrip("@").lower() if not word.startswith("did:") else word
    plain = ascii_host(plain) if "." in plain else plain
    if re.fullmatch(r"did:(plc:[a-z2-7]{10,40}|web:[\w.%:-]+)|[a-z0-9-]+(\.[a-z0-9-]+)+", plain):
        return plain
    if re.fullmatch(r"[a-z0-9][a-z0-9-]{1,30}", plain):
        return f"{plain}.bsky.social"
    raise UsageError(
        f"{word[:80]!r} names nobody on Bluesky.",
        next_step="Write a handle (@ann.bsky.social), or the address of a profile, post, list, starter pack or feed.",
    )


def refusal(status: int, body: bytes) -> str:
    """What a refusal means: something is gone, the place in a list is no longer known, a login is needed, or just no."""
    said = body[:2_000].decode("utf-8", "replace")
    if status in (400, 404, 410) and says_gone(body):
        return "gone"
    if status == 400 and "cursor" in said.lower():
        return "cursor"
    return "login" if status in (401, 403) else "refused"


@dataclass(frozen=True)
class Doors:
    """Where the parts of the network answer."""

    appview: str = APPVIEW
    directory: str = DIRECTORY
    login: str = LOGIN
    live: tuple[str, ...] = JETSTREAM


def streams(doors: Doors) -> Mapping[str, Stream]:
    """Every stream, by name."""
    view = doors.appview

    def paged(name: str, says: str, about: str, method: str, key: str, look: Callable[[str, Json], Looked], **more: Any) -> Stream:  # fmt: skip
        def ask(subject: str, cursor: str | None, most: int) -> Ask:
            params = [(key, subject), ("limit", str(most)), *more.get("params", ())]
            return Ask(f"{view}/xrpc/{method}", tuple(params + ([("cursor", cursor)] if cursor else [])))

        return Stream(name=name, says=says, about=about, page=100, ask=ask, look=look)

    def together(name: str, says: str, about: str, method: str, key: str, look: Callable[[str, Json], Looked], *, introduces: bool = False) -> Stream:  # fmt: skip
        def ask(subject: str, _cursor: str | None, _most: int) -> Ask:
            return Ask(f"{view}/xrpc/{method}", tuple((key, one) for one in subject.split("\n")))

        return Stream(name=name, says=says, about=about, page=TOGETHER, ask=ask, look=look, introduces=introduces)

    found = (
        together("profiles", "profiles", "accounts", "app.bsky.actor.getProfiles", "actors", _profiles, introduces=True),
        Stream(
            name="profile", says="one profile, to see whether it is still there", about="account", page=1, introduces=True,
            ask=lambda who, _c, _m: Ask(f"{view}/xrpc/app.bsky.actor.getProfile", (("actor", who),)),
            look=lambda _, said: Looked(1, people=(said["did"],), totals=_totals(said)),
        ),
        paged("feed", "the posts of an account, newest first", "account", "app.bsky.feed.getAuthorFeed", "actor", _feed),
        paged("followers", "who follows an account", "account", "app.bsky.graph.getFollowers", "actor", _people("followers")),
        paged("follows", "whom an account follows", "account", "app.bsky.graph.getFollows", "actor", _people("follows")),
        paged("likes", "who likes a post", "post", "app.bsky.feed.getLikes", "uri", _likes),
        paged("reposts", "who passed a post on", "post", "app.bsky.feed.getRepostedBy", "uri", _people("repostedBy")),
        paged("quotes", "which posts quote a post", "post", "app.bsky.feed.getQuotes", "uri", _posts),
        together("posts", "posts with their counts", "posts", "app.bsky.feed.getPosts", "uris", _posts_again),
        Stream(
            name="thread", says="a post and the conversation around it", about="post", page=1, look=_thread,
            ask=lambda uri, _c, _m: Ask(
                f"{view}/xrpc/app.bsky.feed.getPostThread",
                (("uri", uri), ("depth", str(REPLIES_DEEP)), ("parentHeight", str(PARENTS_HIGH))),
            ),
        ),
        paged("list", "the members of a list", "list", "app.bsky.graph.getList", "list", _members),
        Stream(
            name="pack", says="a starter pack and its members", about="list", page=1, look=_pack,
            ask=lambda uri, _c, _m: Ask(f"{view}/xrpc/app.bsky.graph.getStarterPack", (("starterPack", uri),)),
        ),
        paged("feedgen", "what a feed shows now, and so who posts in it", "feed", "app.bsky.feed.getFeed", "feed", _feed_of_many),
        Stream(
            name="search", says="posts that hold some words", about="words", page=100, needs="login", instead=OPEN_WAYS,
            look=_posts, ask=lambda words, cursor, most: Ask(
                f"{doors.login}/xrpc/app.bsky.feed.searchPosts",
                (("q", words), ("limit", str(most)), *([("cursor", cursor)] if cursor else [])), login=True,
            ),
        ),
        Stream(
            name="resolve", says="whose a handle is", about="account", page=1, look=_resolved,
            ask=lambda subject, _c, _m: Ask(
                f"{view}/xrpc/com.atproto.identity.resolveHandle", (("handle", subject.split("/")[2]),)
            ),
        ),
        Stream(name="identity", says="the whole repository of an account, from the server that holds it", about="account", page=1, opens=len(COLLECTIONS), ask=_document(doors.directory), look=_home),
        Stream(name="repo", says="all that an account ever did, from its own server", about="account", page=100, ask=_records, look=_own),
    )  # fmt: skip
    return {one.name: one for one in found}


# -- how a page is asked for, where it is not the AppView that answers --------------------------------------------------------


def _document(directory: str) -> Callable[[str, str | None, int], Ask]:
    def ask(did: str, _cursor: str | None, _most: int) -> Ask:
        if did.startswith("did:web:"):
            return Ask(f"https://{unquote(did.removeprefix('did:web:')).split(':')[0]}/.well-known/did.json")
        return Ask(f"{directory}/{quote(did, safe=':')}")

    return ask


def _records(subject: str, cursor: str | None, most: int) -> Ask:
    did, server, collection = subject.split("\n")
    params = [("repo", did), ("collection", collection), ("limit", str(most))]
    return Ask(f"{server}/xrpc/com.atproto.repo.listRecords", tuple(params + ([("cursor", cursor)] if cursor else [])))


# -- what a page holds -------------------------------------------------------------------------------------------------------


def _cursor(said: Json) -> str | None:
    found = said.get("cursor")
    return found if isinstance(found, str) and found else None


def _dids(found: Json) -> tuple[str, ...]:
    """The accounts that some objects are or belong to, each once, in their order."""
    some = found if isinstance(found, list) else []
    return tuple(dict.fromkeys(one["did"] for one in some if isinstance(one, dict) and isinstance(one.get("did"), str)))


def _inner(said: Json, name: str, part: str) -> list[Json]:
    return [one[part] for one in said.get(name) or [] if isinstance(one, dict) and isinstance(one.get(part), dict)]


def _people(name: str) -> Callable[[str, Json], Looked]:
    return lambda _, said: Looked(len(said[name]), _cursor(said), _dids(said[name]))


def _profiles(subject: str, said: Json) -> Looked:
    """Those who are not among them are asked for one by one: only then does the network say why."""
    found = [one for one in said["profiles"] if isinstance(one, dict)]
    there = {str(one.get(name)).lower() for one in found for name in ("did", "handle")}
    missing = tuple(Todo("profile", who) for who in subject.split("\n") if who.lower() not in there)
    totals = tuple(total for one in found if isinstance(one.get("did"), str) for total in _totals(one))
    return Looked(len(said["profiles"]), people=_dids(found), todo=missing, totals=totals)


def _totals(said: Json) -> tuple[tuple[Todo, int], ...]:
    """How many followers, follows and posts there are, as the profile says."""
    counted = (("followers", "followersCount"), ("follows", "followsCount"))
    return tuple((Todo(stream, said["did"]), said[name]) for stream, name in counted if type(said.get(name)) is int)


def _posts_again(subject: str, said: Json) -> Looked:
    """Posts that are not among them are asked for one by one: only then does the network say that they are deleted."""
    there = {one.get("uri") for one in said["posts"] if isinstance(one, dict)}
    missing = tuple(Todo("thread", uri) for uri in subject.split("\n") if uri not in there)
    return Looked(len(said["posts"]), people=_dids([one.get("author") for one in said["posts"]]), todo=missing)


def _feed(subject: str, said: Json) -> Looked:
    posts = [one.get("uri") for one in _inner(said, "feed", "post")]
    own = tuple(uri for uri in posts if isinstance(uri, str) and uri.startswith(f"at://{subject}/"))
    return Looked(len(said["feed"]), _cursor(said), posts=own)


def _feed_of_many(_subject: str, said: Json) -> Looked:
    authors = [one.get("author") for one in _inner(said, "feed", "post")]
    return Looked(len(said["feed"]), _cursor(said), _dids(authors))


def _posts(_subject: str, said: Json) -> Looked:
    return Looked(len(said["posts"]), _cursor(said), _dids([one.get("author") for one in said["posts"]]))


def _likes(_subject: str, said: Json) -> Looked:
    return Looked(len(said["likes"]), _cursor(said), _dids(_inner(said, "likes", "actor")))


def _members(_subject: str, said: Json) -> Looked:
    return Looked(len(said["items"]), _cursor(said), _dids(_inner(said, "items", "subject")))


def _pack(_subject: str, said: Json) -> Looked:
    address = said["starterPack"]["record"]["list"]
    return Looked(1, todo=(Todo("list", address),))


def _thread(_subject: str, said: Json) -> Looked:
    waiting, authors = [said["thread"]], list[Json]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            authors += [one["post"].get("author")] if isinstance(one.get("post"), dict) else []
            waiting += [*(one.get("replies") or []), one.get("parent")]
    return Looked(len(authors), people=_dids(authors))


def _resolved(subject: str, said: Json) -> Looked:
    stream, address = subject.split("\n")
    whole = re.sub(r"^at://[^/]+", f"at://{said['did']}", address)
    return Looked(1, todo=(Todo(stream, whole),))


def _home(subject: str, said: Json) -> Looked:
    """The server that holds an account opens one stream for each kind of record there."""
    services = [one for one in said["service"] if str(one.get("id", "")).endswith("#atproto_pds")]
    server = str(services[0]["serviceEndpoint"]).rstrip("/") if services else ""
    return Looked(1, todo=tuple(Todo("repo", f"{subject}\n{server}\n{kind}") for kind in COLLECTIONS if server))


def _own(_subject: str, said: Json) -> Looked:
    return Looked(len(said["records"]), _cursor(said))


def login(post: Callable[..., Any], secret: str, server: str = LOGIN) -> Mapping[str, str]:
    """An app password (`handle:xxxx-xxxx-xxxx-xxxx`) becomes the headers of a session."""
    name, _, password = secret.partition(":")
    if not name or not password:
        raise UsageError(
            "The login for Bluesky is not of the form handle:app-password.",
            next_step="Make an app password in the app under Settings, Privacy and security, App passwords.",
        )
    answer = post(f"{server}/xrpc/com.atproto.server.createSession", {"identifier": name, "password": password})
    if answer.status != 200 or not isinstance(answer.said, dict) or "accessJwt" not in answer.said:
        raise UsageError("Bluesky does not take this app password.", next_step="Make a new one and give it again.")
    return {"authorization": f"Bearer {answer.said['accessJwt']}"}


__all__ = ["Doors", "login", "named", "refusal", "streams"]
