"""Which accounts are the company itself, surely or probably, and what of a post names it beside its words: a mention, a link to its site.

Whoever writes "@oatco" names Oat & Co, and Oat & Co's own posts are no unpaid voice. What is taken to be its own is said each time,
with the reason, and whoever asks may say that it is not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from groundswell.signals import SignalTable
from groundswell.store import Engine
from groundswell.store.text_index import words_of

SHORT = 3
"""A name of fewer letters proves nothing but by being the whole handle (design choice)."""
GLUED = 4
"""From this many letters on, a handle may go on behind the name without a mark between: `nikefootball` (design choice)."""
BEFORE = {"the", "official", "team", "hello", "ask", "get", "my", "join", "weare"}
"""What companies put before their name. Anything else before it is mostly a person's first name: `john_ford` (design choice)."""
ITS_PUBLIC = {
    "fan",
    "fans",
    "fanclub",
    "lover",
    "lovers",
    "hater",
    "haters",
    "sucks",
    "parody",
    "memes",
    "user",
    "users",
}
"""A name that goes on with one of these is somebody who speaks of the company."""
HOSTED = ".bsky.social"
ENDING = re.compile(r"(?:\.bsky\.social|(?:\.(?:com|net|org|info|app|shop|store|news|eu|[a-z]{2})){1,2})$")
SITE = re.compile(r"^@?((?:[\w-]+\.)+[a-z]{2,})$", re.IGNORECASE)
SHOWN = 8


@dataclass(frozen=True)
class Own:
    """An account that is the company's, or probably is."""

    account: str | None
    """None where nothing but mentions of it is in the data."""
    handle: str
    because: str
    sure: bool

    @property
    def called(self) -> str:
        """Its handle as posts write it."""
        return f"@{self.handle}"


@dataclass(frozen=True)
class Marks:
    """What names a company beside the spellings that were typed."""

    own: tuple[Own, ...]
    spellings: tuple[str, ...]
    """Its handles, looked for in texts; those are left out that say the same as what was typed."""
    mentions: tuple[str, ...]
    """Handles and ids as files list who is mentioned."""
    sites: tuple[str, ...]

    @property
    def why(self) -> dict[str, Own]:
        """Account -> why it is the company's own."""
        return {one.account: one for one in self.own if one.account}

    def says(self, typed: Sequence[str]) -> str:
        """Which spellings counted."""
        found = self.spellings
        more = f" and {len(found) - SHOWN:,} more of its handles" if len(found) > SHOWN else ""
        parts = [*typed, *found[:SHOWN]]
        linked = f", and links to {' or '.join(self.sites)}" if self.sites else ""
        return f"Counted as naming it: {', '.join(parts)}{more}{linked}."


def marks_of(
    engine: Engine,
    table: SignalTable,
    companies: Sequence[str],
    *,
    ours: Collection[str] = (),
    not_ours: Collection[str] = (),
    people: Collection[str] = (),
) -> Marks:
    """The company's accounts in the data, and what names it. `ours` and `not_ours` are ids or handles; `people` are colleagues: never it."""
    denied = {one.lower().lstrip("@") for one in not_ours}
    ours = {one.lower().lstrip("@") for one in ours}
    rows = _candidates(table, companies, ours)
    known = {row["handle"] for row in rows if row["handle"]}
    rows += [
        dict.fromkeys(("account", "platform", "name")) | {"handle": one}
        for one in _only_mentioned(engine, companies) - known
    ]
    own: list[Own] = []
    sites = [found[1].lower() for name in companies if (found := SITE.match(name.strip()))]
    for row in rows:
        if not row["handle"] or row["account"] in people or denied & _called(row):
            continue
        if told := _told(row, companies, ours):
            own.append(Own(row["account"], row["handle"], told[1], told[0]))
            if told[0] and _is_a_site(row):
                sites.append(row["handle"].lower())  # there a domain is the handle of nobody but its owner
    known = {one.account for one in own} | set(people)
    own += [
        Own(row["account"], row["handle"], f"Its handle is a part of {site}.", True)
        for site, row in _below(table, sites)
        if row["account"] not in known and not denied & _called(row)
    ]
    own.sort(key=lambda one: (not one.sure, one.handle, one.account or ""))
    ids = {one.account.partition(":")[2].lstrip("@") for one in own if one.account}
    return Marks(
        tuple(own),
        tuple(
            dict.fromkeys(
                one.called for one in own if words_of(one.handle) not in [words_of(name) for name in companies]
            )
        ),
        tuple(sorted(ids | {one.handle.lower() for one in own})),
        tuple(dict.fromkeys(sites)),
    )


def _told(row: dict[str, Any], companies: Sequence[str], ours: Collection[str]) -> tuple[bool, str] | None:
    if not _called(row).isdisjoint(ours):
        return True, "You said that it is yours."
    return why_itself(row["handle"], row["name"], companies)


def _called(row: dict[str, Any]) -> set[str]:
    """What one may call an account: its id or its handle."""
    return {row["handle"].lower().lstrip("@"), (row["account"] or "").lower()}


def _is_a_site(row: dict[str, Any]) -> bool:
    return row["platform"] == "bluesky" and "." in row["handle"] and not row["handle"].endswith(HOSTED)


def _below(table: SignalTable, sites: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """(site, account) of handles that are a part of the company's site: only its owner can give them, on Bluesky."""
    import pyarrow.compute as compute

    pc: Any = compute
    rows = table.rows.select(["account", "platform", "handle", "name"])
    rows = rows.filter(pc.fill_null(pc.equal(rows.column("platform"), "bluesky"), False))
    found: list[tuple[str, dict[str, Any]]] = []
    for site in dict.fromkeys(sites):
        part = pc.fill_null(pc.ends_with(pc.utf8_lower(rows.column("handle")), f".{site}"), False)
        found += [(site, row) for row in rows.filter(part).to_pylist()]
    return found


def why_itself(handle: str | None, name: str | None, companies: Iterable[str]) -> tuple[bool, str] | None:
    """(surely, why) an account seems to be the company's own; None for everybody else."""
    whole = (handle or "").lower().partition("@")[0]
    stem, named = words_of(ENDING.sub("", whole)), _plain(words_of(name or ""))
    for company in companies:
        plain = _plain(words := words_of(company))
        bare, glued = "".join(words), "".join(stem)
        if _is_part_of_its_site(whole, bare):
            return True, f"Its handle is a part of the site of {company}."
        if bare in (glued, "".join(words_of(whole))):
            return True, f"Its handle is {company}."
        if named == plain:
            return True, f"Its name is {company}."
        if (
            len(bare) < SHORT
            or (stem and stem[-1].removeprefix(bare) in ITS_PUBLIC)
            or (named and named[-1] in ITS_PUBLIC)
        ):
            continue
        called = named[: len(plain)] == plain or _begins(named, "".join(plain)) or _begins(named, bare)
        if called and glued.startswith(bare):
            return True, f"Its handle and its name both begin with {company}."
        if _begins(stem, bare) or (len(bare) >= GLUED and glued.startswith(bare) and (called or not named)):
            return False, f"Its handle begins with {company}."
        if glued.endswith(bare) and glued.removesuffix(bare) in BEFORE:
            return False, f"Its handle ends with {company}."
        if len(plain) > 1 and called:
            return False, f"Its name begins with {company}."
    return None


def _is_part_of_its_site(handle: str, bare: str) -> bool:
    """`nytopinion.nytimes.com` of nytimes: two marks at least, the name right before the ending of a domain."""
    without = ENDING.sub("", handle)
    before, mark, last = without.rpartition(".")
    return bool(before and mark) and without != handle and not handle.endswith(HOSTED) and last.replace("-", "") == bare


def _plain(words: list[str]) -> list[str]:
    """A name without its article."""
    return words[1:] if words[:1] == ["the"] and len(words) > 1 else words


def _begins(words: Sequence[str], bare: str) -> bool:
    """Whether the first words, written as one, are the name."""
    return any("".join(words[:at]) == bare for at in range(1, len(words) + 1))


def _candidates(table: SignalTable, companies: Sequence[str], ours: Collection[str]) -> list[dict[str, Any]]:
    """Accounts worth a closer look: those that hold the name anywhere, found without a loop over all of them."""
    import pyarrow.compute as compute

    pc: Any = compute
    rows = table.rows.select(["account", "platform", "handle", "name"])
    given = pa.array(sorted(ours), pa.string())
    close = pc.or_(
        pc.is_in(pc.utf8_lower(rows.column("account")), given),
        pc.fill_null(pc.is_in(pc.utf8_lower(rows.column("handle")), given), False),
    )
    for words in filter(None, map(words_of, companies)):
        for name, wanted in (("handle", words), ("name", _plain(words))):
            letters = pc.replace_substring_regex(pc.utf8_lower(rows.column(name)), r"[^\pL\pN]", "")
            holds = pc.match_substring if len("".join(wanted)) >= SHORT else pc.equal
            close = pc.or_(close, pc.fill_null(holds(letters, "".join(wanted)), False))
    return rows.filter(close).to_pylist()


def _only_mentioned(engine: Engine, companies: Sequence[str]) -> set[str]:
    """Handles that are the name and that posts mention; the account itself may be in no file."""
    bare = {"".join(words_of(company)) for company in companies}
    wanted = sorted(name + ending for name in bare if len(name) >= SHORT for ending in ("", "com", "bskysocial"))
    found = engine.rows(
        r"""SELECT DISTINCT lower(m) FROM (SELECT unnest(mentions) AS m FROM posts WHERE len(mentions) > 0)
            WHERE list_contains($1, regexp_replace(lower(m), '[^\pL\pN]', '', 'g'))""",
        [wanted],
    )
    return {handle for (handle,) in found}


BESIDE = r"""coalesce(list_has_any(list_transform(p.mentions, lambda m: lower(m)), {mentions}), false) AS marked,
             coalesce(len(list_filter(p.links, lambda l: regexp_matches(lower(l), {sites}))) > 0, false) AS linked"""
"""Columns that say whether a post `p` mentions the company or links to its site."""


def beside(marks: Marks, mentions: str, sites: str) -> tuple[str, list[Any]]:
    """The two columns of `BESIDE` for these marks, and what stands behind their parameters."""
    hosts = "|".join(re.escape(site) for site in marks.sites)
    pattern = rf"^(https?://)?([^/?#]+\.)?({hosts})([/:?#]|$)" if hosts else "^$a"
    return BESIDE.format(mentions=mentions, sites=sites), [[one.lower() for one in marks.mentions], pattern]


def posts_beside(engine: Engine, marks: Marks, accounts: Sequence[str]) -> set[str]:
    """Posts of these accounts that mention the company or link to its site, whatever their words."""
    engine.register("whose", pa.table({"account": pa.array(accounts, pa.string())}))
    columns, values = beside(marks, "$1", "$2")
    found = f"SELECT p.post, {columns} FROM posts AS p WHERE p.account IN (SELECT account FROM whose) AND (marked OR linked)"
    return set(engine.table(found, values).column("post").to_pylist())
