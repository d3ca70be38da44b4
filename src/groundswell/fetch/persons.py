"""Which accounts may be one person: proposed with the evidence, confirmed by a person, undone at any time.

Evidence is only what an account says itself: an address in its profile, or a page that marks one as its owner's (`rel="me"`). Who links to
somebody may be anybody, so one link is a question. Where both point to each other it is as good as certain, for nobody else can
write into both; those come first. Two that both name one site, which is not in the data itself, are a question, too. Names that look alike are no evidence, and faces are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlsplit

from groundswell.errors import UnknownNameError, UsageError
from groundswell.sources.files.layouts.identities import profile_of
from groundswell.store import Engine, Workspace
from groundswell.store.unions import DIFFERENT, SAME, all_unions, say

LINKS = r"""
WITH said AS (
    SELECT account, 'its profile links to' AS how, concat_ws(' ', url, bio) AS words FROM accounts
    UNION ALL
    SELECT account, CASE WHEN starts_with(entry.key, 'rel=me') THEN 'its page marks as its owner''s' ELSE 'its profile links to' END, entry.value
    FROM (SELECT account, unnest(map_entries(extra)) AS entry FROM accounts WHERE extra IS NOT NULL)
    WHERE entry.key = 'rel=me' OR starts_with(entry.key, 'profile: ')
)
SELECT DISTINCT account, how, rtrim(address, '.,;:!?)') AS address
FROM (SELECT account, how, unnest(regexp_extract_all(words, '(?:https?://|www\.)[^\s"<>|]+')) AS address FROM said WHERE words LIKE '%.%')
"""
PLACES = """
SELECT account, platform, lower(handle) FROM accounts
WHERE lower(handle) IN (SELECT unnest($1::VARCHAR[])) OR lower(account[strpos(account, ':') + 1 :]) IN (SELECT unnest($1::VARCHAR[]))
"""
MOST_AT_A_SITE = 5
"""Accounts that name one site, beyond which it is a shop's or a company's, say (design choice)."""
FEDIVERSE = re.compile(r"/(?:@|users/)(\w[\w.-]*)/?")


@dataclass(frozen=True)
class Proposal:
    """Two accounts that may be one person."""

    one: str
    other: str
    evidence: tuple[str, ...]
    mutual: bool
    """Both point to each other."""
    directly: bool = True
    """One points to the other; else both name one site."""

    @property
    def how(self) -> str:
        """How they point to each other, in two words."""
        return "both ways" if self.mutual else "one way" if self.directly else "one site"


def proposals(workspace: Workspace) -> tuple[Proposal, ...]:
    """Who may be one person and was not judged yet; those who point to each other first."""
    with workspace.engine() as engine:
        found = proposed(engine)
    judged = {(one.one, one.other) for one in all_unions(workspace.state)}
    return tuple(one for one in found if (one.one, one.other) not in judged)


def proposed(engine: Engine, account: str | None = None) -> tuple[Proposal, ...]:
    """Who may be one person, judged or not; with `account`, who may be the same person as that one."""
    links = engine.rows(f"{LINKS} ORDER BY ALL") if account is None else _links_about(engine, account)
    names = sorted({name for _, _, address in links for _, name in _named(address)})
    places = _places(engine.rows(PLACES, [names]))
    found = _told(links, places)
    return found if account is None else tuple(one for one in found if account in (one.one, one.other))


def _links_about(engine: Engine, account: str) -> list[tuple[str, str, str]]:
    """What an account links to, and which links may mean it or a site that it names."""
    own = engine.rows(f"SELECT * FROM ({LINKS}) WHERE account = $1", [account])
    handles = engine.rows("SELECT lower(handle) FROM accounts WHERE account = $1 AND handle IS NOT NULL", [account])
    names = [account.partition(":")[2].lower(), *(handle for (handle,) in handles)]
    names += [name.partition("@")[0] for name in names]  # https://mastodon.example/@ann
    names += [site for _, _, address in own for platform, site in _named(address) if platform == "blog"]
    told = "len(list_filter($2::VARCHAR[], lambda name: contains(lower(address), name))) > 0"
    return engine.rows(
        f"SELECT * FROM ({LINKS}) WHERE account = $1 OR {told} ORDER BY ALL", [account, sorted({*names} - {""})]
    )


def _told(links: list[tuple[str, str, str]], places: Mapping[tuple[str, str], list[str]]) -> tuple[Proposal, ...]:
    told: dict[tuple[str, str], dict[str, None]] = {}
    ways: set[tuple[str, str]] = set()
    for pair, evidence in _at_one_site(links, places):
        told.setdefault(pair, {}).update(dict.fromkeys(evidence))
    for account, how, address in links:
        for other in _meant(address, places):
            if other != account:
                pair = (min(account, other), max(account, other))
                told.setdefault(pair, {})[f"{account}: {how} {address}"] = None
                ways.add((account, other))
    found = [
        Proposal(
            one,
            other,
            tuple(evidence),
            {(one, other), (other, one)} <= ways,
            not ways.isdisjoint({(one, other), (other, one)}),
        )
        for (one, other), evidence in told.items()
    ]
    return tuple(sorted(found, key=lambda it: (not it.mutual, it.one, it.other)))


def judge(workspace: Workspace, one: str, other: str, *, different: bool = False) -> int:
    """Say that two accounts are the same person, or are not; what speaks for it is kept with it.

    Errors: UsageError for one account twice; UnknownNameError for one that is not in the workspace.
    """
    if one == other:
        raise UsageError("An account is the same as itself.", next_step="Name two accounts.")
    with workspace.engine() as engine:
        for account in (one, other):
            if not engine.table("SELECT 1 FROM accounts WHERE account = $account", {"account": account}).num_rows:
                near = engine.table(
                    "SELECT account FROM accounts WHERE contains(account, $word) LIMIT 20", {"word": account.rpartition(":")[2].lstrip("@")}
                )  # fmt: skip
                raise UnknownNameError("account", account, near.column("account").to_pylist())
    pair = {one, other}
    evidence = next(
        (it.evidence for it in proposals(workspace) if {it.one, it.other} == pair), ("said without evidence",)
    )
    return say(workspace.state, one, other, DIFFERENT if different else SAME, evidence)


def _at_one_site(
    links: list[tuple[str, str, str]], places: Mapping[tuple[str, str], list[str]]
) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Accounts of two networks that name one site which is not in the data; a site that many name is nobody's own."""
    naming: dict[str, dict[str, str]] = {}
    for account, how, address in links:
        for platform, site in _named(address):
            if platform == "blog" and not places.get((platform, site)):
                naming.setdefault(site, {})[account] = f"{account}: {how} {address}"
    for found in naming.values():
        if len(found) <= MOST_AT_A_SITE:
            for one, other in combinations(sorted(found), 2):
                if one.partition(":")[0] != other.partition(":")[0]:
                    yield (one, other), [found[one], found[other]]


def _places(rows: list[tuple[str, str, str | None]]) -> Mapping[tuple[str, str], list[str]]:
    """(platform, name there) -> accounts: the native id, and the handle, which may have changed hands."""
    found: dict[tuple[str, str], list[str]] = {}
    for account, platform, handle in rows:
        for name in {account.partition(":")[2].lower(), handle or ""} - {""}:
            found.setdefault((platform, name), []).append(account)
    return found


def _meant(address: str, places: Mapping[tuple[str, str], list[str]]) -> Iterator[str]:
    """The accounts that an address means."""
    for place in _named(address):
        yield from places.get(place, ())


def _named(address: str) -> Iterator[tuple[str, str]]:
    full = address if "://" in address else f"https://{address}"
    try:
        parts, profile = urlsplit(full), profile_of(full)
    except ValueError:
        return
    host = (parts.hostname or "").removeprefix("www.")
    if profile and profile.platform != "blog":
        yield profile.platform, (profile.native or profile.handle or "").lower()
        return
    if found := FEDIVERSE.fullmatch(parts.path):
        yield "mastodon", f"{found[1]}@{host}".lower()
    yield "blog", f"{host}{parts.path}".rstrip("/").lower()


__all__ = ["Proposal", "judge", "proposals"]
