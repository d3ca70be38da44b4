"""Who on a list may be one person? Evidence and how sure, proposed and never merged.

How sure follows from what comes together (design choices, none is measured):

    your list says so   one row names both accounts
    very likely         one address, shared by at most three accounts, and one handle or one name
    likely              one address, shared by at most three accounts; or one handle and one name
    possible            one handle, or one full name, alone; or an address that more than three accounts share
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from groundswell.advocacy.people import Listed, Place, several
from groundswell.records import platform_name

Sure = Literal["your list says so", "very likely", "likely", "possible"]
ORDER: tuple[Sure, ...] = ("your list says so", "very likely", "likely", "possible")
SHARED_BY_AGENCY = 3
"""An address of more accounts than this may be an agency's (design choice: agencies are common, people with four accounts are not)."""
LETTERS_OF_A_HANDLE = 5
"""Shorter handles (`ann`, `max`) belong to strangers on every platform (design choice)."""
MOST_NAMESAKES = 5
"""A name that more accounts of one list carry is a common name and says nothing (design choice)."""
DIGITS_OF_A_NUMBER = 9
"""Telephone numbers agree when their last nine digits do: the country's prefix is often left out (design choice)."""

Sign = tuple[str, tuple[str, ...], str]
"""(kind of evidence, accounts, sentence)."""


@dataclass(frozen=True)
class SamePerson:
    """Accounts that may belong to one person."""

    accounts: tuple[str, ...]
    how_sure: Sure
    called: tuple[str, ...]
    """How a sentence names them: `@ann on tiktok`."""
    evidence: tuple[str, ...]
    """Sentences; what speaks against it stands among them."""


@dataclass(frozen=True)
class Duplicate:
    """One account in several rows, of one list or of several."""

    account: str
    called: str
    places: tuple[Place, ...]
    fees: tuple[str, ...]
    """What each of the rows says of the fee; empty where it says none."""
    differs: tuple[str, ...]
    """What else the rows say differently: `status: contacted | agreed`."""

    @property
    def across(self) -> bool:
        """Whether more than one list names the account."""
        return len({place.import_id for place in self.places}) > 1

    @property
    def rows(self) -> tuple[tuple[Place, str], ...]:
        """Each row with what it says of the fee."""
        return tuple(
            (place, f"fee {fee}" if fee else "no fee") for place, fee in zip(self.places, self.fees, strict=True)
        )

    @property
    def says(self) -> str:
        """The finding in one sentence."""
        differing = f" They differ in {'; '.join(self.differs)}." if self.differs else ""
        return f"{self.called} stands in {' and '.join(f'{place} ({fee})' for place, fee in self.rows)}.{differing}"


def same_people(people: Sequence[Listed]) -> tuple[SamePerson, ...]:
    """Candidates, the surest first. A group is one set of accounts with all the evidence that points to exactly it.

    What is only likely of some accounts that one row of a list names together anyway is no news.
    """
    found: dict[tuple[str, ...], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for kind, accounts, sentence in _signs(people):
        found[accounts][kind].append(sentence)
    called = {
        one.account: f"{one.called} on {platform_name(one.platform)}" if one.handle else one.account for one in people
    }
    groups = [
        _group(accounts, tuple(called[one] for one in accounts), evidence) for accounts, evidence in found.items()
    ]
    said = [set(one.accounts) for one in groups if one.how_sure == ORDER[0]]
    news = [one for one in groups if not any(set(one.accounts) < row for row in said)]
    return tuple(sorted(news, key=lambda one: (ORDER.index(one.how_sure), one.accounts)))


def how_many(people: Sequence[Listed], groups: Sequence[SamePerson]) -> tuple[int, int]:
    """How many people these are, at least and at most: whoever only may be one person is one, or several."""
    by_id = _shared("row", people, lambda one: one.creators, str)
    perhaps = [*(one.accounts for one in groups), *(accounts for _, accounts, _ in by_id)]
    return len(set(_heads(people, perhaps).values())), len(set(surely_one(people, groups).values()))


def surely_one(people: Sequence[Listed], groups: Sequence[SamePerson]) -> dict[str, str]:
    """Account -> one account that stands for the person; one handle, one name, or an agency's address alone tie nobody."""
    return _heads(people, [one.accounts for one in groups if one.how_sure != "possible"])


def _heads(people: Sequence[Listed], groups: Iterable[Sequence[str]]) -> dict[str, str]:
    head = {one.account: one.account for one in people}

    def lead(account: str) -> str:
        while head[account] != account:
            head[account] = head[head[account]]
            account = head[account]
        return account

    for first, *others in groups:
        for other in others:
            head[lead(other)] = lead(first)
    return {account: lead(account) for account in head}


def _group(accounts: tuple[str, ...], called: tuple[str, ...], evidence: Mapping[str, list[str]]) -> SamePerson:
    sentences = [sentence for some in evidence.values() for sentence in some]
    if "address" in evidence and len(accounts) > SHARED_BY_AGENCY:
        sentences.append(f"{several(len(accounts), 'account')} share it: it may be an agency's.")
    return SamePerson(accounts, _how_sure(set(evidence), len(accounts)), called, tuple(sentences))


def _how_sure(kinds: set[str], accounts: int) -> Sure:
    own_address = "address" in kinds and accounts <= SHARED_BY_AGENCY
    if "row" in kinds:
        return "your list says so"
    if own_address:
        return "very likely" if kinds & {"handle", "name"} else "likely"
    return "likely" if kinds >= {"handle", "name"} else "possible"


def _signs(people: Sequence[Listed]) -> Iterator[Sign]:
    yield from _shared("row", people, _rows, lambda key: f"One row of your list names them ({key}).")
    yield from _shared(
        "address", people, lambda one: one.emails, lambda key: f"They are reached at one address, {key}."
    )
    yield from _shared(
        "address", people, _numbers, lambda key: f"They are reached at one telephone number, ... {key[-4:]}."
    )
    handles = _shared(
        "handle",
        people,
        _handle,
        lambda as_written: f"They use one handle, {as_written}, on different platforms.",
        _marked,
    )
    for sign in handles:
        if len({account.partition(":")[0] for account in sign[1]}) > 1:  # within a platform a handle is one account's
            yield sign
    names = _shared(
        "name", people, _name, lambda as_written: f"They are listed under one name, {as_written}.", lambda one: one.name
    )
    for sign in names:
        if len(sign[1]) <= MOST_NAMESAKES:
            yield sign


def _shared(
    kind: str,
    people: Iterable[Listed],
    keys: Callable[[Listed], Iterable[str]],
    says: Callable[[str], str],
    as_written: Callable[[Listed], str | None] = lambda _: None,
) -> Iterator[Sign]:
    """Signs that several accounts share; with `as_written` a sentence shows what the list says instead of what was compared."""
    holders: dict[str, list[Listed]] = defaultdict(list)
    for one in people:
        for key in dict.fromkeys(keys(one)):
            holders[key].append(one)
    for key, those in holders.items():
        if len(those) > 1:
            written = dict.fromkeys(filter(None, map(as_written, those)))
            yield kind, tuple(sorted(one.account for one in those)), says(" or ".join(written) or key)


def _rows(one: Listed) -> list[str]:
    return [str(place) for place in one.places]


def _marked(one: Listed) -> str:
    return f"@{one.handle}"


def _numbers(one: Listed) -> list[str]:
    digits = [re.sub(r"\D", "", phone) for phone in one.phones]
    return [number[-DIGITS_OF_A_NUMBER:] for number in digits if len(number) >= DIGITS_OF_A_NUMBER]


def _handle(one: Listed) -> list[str]:
    bare = re.sub(r"[\W_]", "", (one.handle or "").casefold())
    return [bare] if len(bare) >= LETTERS_OF_A_HANDLE else []


def _name(one: Listed) -> list[str]:
    """Words of a full name without accents and in one order, so that "Müller, Ann" is "Ann Muller". A first name alone says nothing."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", one.name or "") if not unicodedata.combining(c))
    words = re.findall(r"[^\W\d_]+", plain.casefold())
    return [" ".join(sorted(words))] if len(words) > 1 else []


def duplicates(people: Sequence[Listed], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[Duplicate, ...]:
    """Accounts that several rows name, those on several lists first. `rows`: account -> what each row says of it, and its `place`."""
    several_rows = ((one, rows[one.account]) for one in people if len(rows.get(one.account, ())) > 1)
    found = [
        Duplicate(
            one.account, one.called, tuple(row["place"] for row in some), tuple(row["fee"] or "" for row in some),
            _differences(some),
        )
        for one, some in several_rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: not one.across))


def _differences(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    said = {
        name: list(dict.fromkeys(str(row[name]) for row in rows if row.get(name)))
        for name in ("name", "status", "code", "followers")
    }
    return tuple(f"{name}: {' | '.join(values)}" for name, values in said.items() if len(values) > 1)
