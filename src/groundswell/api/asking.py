"""What may be asked, as the parameters of a question: read once, so that an address, a form and a tool ask in the same words.

Each function takes plain texts and numbers, says in its annotations what they mean and where they end, and returns what `Answers`
is asked with. Nothing is judged here but the form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from itertools import zip_longest
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BeforeValidator, Field

from groundswell.advocacy.voices import Order, Pay, Reading
from groundswell.api.briefs import BriefForm, PlanForm, as_number
from groundswell.api.live import names_in, refuse_nobody
from groundswell.api.people import PeopleAsked
from groundswell.definitions import DEFAULT_DEFINITION
from groundswell.errors import UsageError
from groundswell.fetch import Asked, phrases_in
from groundswell.sources.networks import source_for

Names = tuple[tuple[str, tuple[str, ...]], ...]
AccountName = Annotated[str, Query(description="@handle, platform:@handle, or an id")]
ListNumber = Annotated[
    Annotated[int, Field(ge=0, lt=2**63)] | None,
    BeforeValidator(lambda said: None if said == "" else said),  # a form in which all lists are chosen
    Query(description="Number of an import; without it all lists"),
]
Spellings = Annotated[str, Query(description="Its name; further spellings by commas")]
NotOurs = Annotated[
    list[str],
    Query(description="Accounts that look like the company's own and are not: @handle or id, each on its own"),
]


@dataclass(frozen=True)
class PersonAsked:
    """One person, judged by one definition or by all."""

    account: str
    definition: str | None = None
    sql: bool = False


@dataclass(frozen=True)
class PairAsked:
    """Two people, judged by one definition or by all."""

    account: str
    other: str
    definition: str | None = None


@dataclass(frozen=True)
class LikeAsked:
    """Who is like somebody, on the same platform or on all."""

    account: str
    limit: int = 10
    anywhere: bool = False


@dataclass(frozen=True)
class SheetAsked:
    """A list, and the big name whose money is compared with the others'."""

    list: int | None
    big: str | None = None


@dataclass(frozen=True)
class StaffAsked:
    """A list of colleagues and their company."""

    list: int | None
    company: tuple[str, ...]
    not_ours: tuple[str, ...]


def leaving_of(undone: Annotated[bool, Query(description="Also what files held that were undone")] = False) -> bool:
    """Whether imports that were undone are meant, too."""
    return undone


def nothing() -> None:
    """Ask without saying more."""


def person_of(
    account: AccountName,
    definition: Annotated[str | None, Query(description="Judge by this definition only")] = None,
    sql: Annotated[bool, Query(description="Also the query behind each signal")] = False,
) -> PersonAsked:
    """Read who is asked about, and how the person is to be judged."""
    return PersonAsked(account, definition or None, sql)


def pair_of(
    account: AccountName,
    other: Annotated[str, Query(description="The second one: @handle, platform:@handle, or an id")],
    definition: Annotated[str | None, Query(description="Judge by this definition only")] = None,
) -> PairAsked:
    """Read which two are to be compared."""
    return PairAsked(account, other, definition or None)


def like_of(
    account: AccountName,
    limit: Annotated[int, Query(ge=1, le=100, description="How many to list at most")] = 10,
    anywhere: Annotated[bool, Query(description="On all platforms, not only on theirs")] = False,
) -> LikeAsked:
    """Read like whom others are to be found."""
    return LikeAsked(account, limit, anywhere)


def account_of(account: AccountName) -> str:
    """Read who is asked about."""
    return account


def maybe_account_of(
    account: Annotated[
        str | None, Query(description="Whose values: @handle or id; without it, what can be known")
    ] = None,
) -> str | None:
    """Read whose values are asked for, if anybody's."""
    return account or None


def asked_of(
    q: Annotated[str, Query(description="Words of handle, name or bio")] = "",
    platform: str = "",
    tier: str = "",
    sort: Annotated[str, Query(description="A signal; without it the first rate that is known of many")] = "",
    order: Literal["best", "high", "low"] = "best",
    known: Annotated[
        Literal["", "yes", "no"], Query(description="Only those for whom the signal is known, or is not")
    ] = "",
    page: Annotated[int, Query(ge=1, le=10**9)] = 1,
) -> PeopleAsked:
    """Read what is asked of the list of people."""
    return PeopleAsked(q, platform, tier, sort, order, known, page)


def form_of(
    brand: Annotated[str, Query(description="Who is looking")] = "",
    wish: Annotated[list[str], Query(description="Whom it looks for, a phrase each")] = [],  # noqa: B006  (FastAPI copies it)
    how: Annotated[list[str], Query(description="For each wish: nice, matters, must or never")] = [],  # noqa: B006
    sector: Annotated[str, Query(description="Subjects, by commas: they must post about one of them")] = "",
    topic: Annotated[list[str], Query(description="Topics of the data that belong to the sector, one by one")] = [],  # noqa: B006
    channel: Annotated[list[str], Query(description="Platforms")] = [],  # noqa: B006
    country: Annotated[list[str], Query(description="Countries, as two letters")] = [],  # noqa: B006
    language: Annotated[list[str], Query(description="Languages, as the signal `language` names them")] = [],  # noqa: B006
    definition: Annotated[str, Query(description="Which meaning of micro-influencer")] = DEFAULT_DEFINITION,
    amount: Annotated[str, Query(description="The budget, as 5000 or 5000.50")] = "",
    currency: str = "EUR",
    exclude: Annotated[str, Query(description="Accounts to leave out, by commas")] = "",
    brand_terms: Annotated[str, Query(description="Other spellings of the brand, by commas")] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="How many to list at most")] = 50,
    rule: Annotated[
        list[str], Query(description="What a person should look at before asking somebody, a phrase each")
    ] = [],  # noqa: B006
    rule_kind: Annotated[list[str], Query(description="For each rule: never_if, confirm or incident")] = [],  # noqa: B006
    rule_because: Annotated[list[str], Query(description="For each rule: why, or nothing")] = [],  # noqa: B006
) -> BriefForm:
    """Read a brief; a wish without its `how` is nice to have, a rule without its kind is what speaks against somebody."""
    hows = [*how, *["nice"] * (len(wish) - len(how))]
    wishes = tuple((words.strip(), chosen) for words, chosen in zip(wish, hows, strict=False) if words.strip())
    return BriefForm(
        brand=brand.strip(), wishes=wishes, sector=(*several(sector), *filter(None, topic)), channel=tuple(filter(None, channel)),
        country=tuple(filter(None, country)), language=tuple(filter(None, language)), definition=definition,
        amount=as_number(amount, currency), currency=currency, exclude=several(exclude), brand_terms=several(brand_terms), limit=limit,
        rules=_rules(rule, rule_kind, rule_because),
    )  # fmt: skip


def _rules(words: list[str], kinds: list[str], reasons: list[str]) -> tuple[tuple[str, str, str], ...]:
    rows = zip_longest(kinds[: len(words)], words, reasons[: len(words)])
    return tuple((kind or "never_if", said.strip(), (why or "").strip()) for kind, said, why in rows if said.strip())


def _beside_a_brief(reads: Callable[..., PlanForm]) -> Callable[..., PlanForm]:
    """Give a function the parameters of a brief as well, as if it had written them out."""
    of_brief, own = signature(form_of), signature(reads)
    mine = [one for one in own.parameters.values() if one.kind is not one.VAR_KEYWORD]
    reads.__signature__ = own.replace(parameters=[*of_brief.parameters.values(), *mine])  # type: ignore[attr-defined]
    reads.__annotations__ = form_of.__annotations__ | reads.__annotations__
    return reads


@_beside_a_brief
def plan_of(
    people: Annotated[str, Query(description="At least and at most so many, as in 20-40")] = "",
    objective: Annotated[str, Query(description="unique reach, interactions or sparked actions")] = "",
    lock: Annotated[list[str], Query(description="These for sure: @handle, or an id")] = [],  # noqa: B006
    skip: Annotated[list[str], Query(description="These not")] = [],  # noqa: B006
    price: Annotated[list[str], Query(description="What was quoted, as in @ann=300")] = [],  # noqa: B006
    newcomers: Annotated[int, Query(ge=0, le=1000, description="At least so many who are on no list")] = 0,
    robust: Annotated[bool, Query(description="Choose for the case that a fifth declines")] = False,
    **brief: Any,
) -> PlanForm:
    """Read a brief and how its money, `amount`, is to be divided."""
    locked, skipped, priced = (tuple(one for one in said if one.strip()) for said in (lock, skip, price))
    return PlanForm(form_of(**brief), people, objective, locked, skipped, priced, newcomers, robust)


def of_list(id: ListNumber = None) -> int | None:
    """Read which list is meant."""
    return id


def sheet_of(
    id: ListNumber = None,
    big: Annotated[
        str | None,
        Query(description="Whose money is to be compared: @handle or id; without it the list's one big name"),
    ] = None,
) -> SheetAsked:
    """Read which list is meant, and against whom the others are to be held."""
    return SheetAsked(id, (big or "").strip() or None)


def staff_of(id: ListNumber = None, company: Spellings = "", not_ours: NotOurs = []) -> StaffAsked:  # noqa: B006
    """Read which list of colleagues is meant, of which company, and which accounts are not the company's."""
    return StaffAsked(id, several(company), _handles(not_ours))


@dataclass(frozen=True)
class CensusAsked:
    """What a census looks for, the import of one's colleagues, and which of the voices are wanted."""

    names: Names
    staff: int | None
    not_ours: tuple[str, ...]
    ours: tuple[str, ...] = ()
    reading: str | None = None
    pay: str | None = None
    order: str | None = None


def census_of(
    company: Spellings = "", product: Spellings = "", service: Spellings = "", person: Spellings = "",
    staff: Annotated[ListNumber, Query(description="Number of the import of one's colleagues: they are kept apart")] = None,
    not_ours: NotOurs = [],  # noqa: B006
    ours: Annotated[list[str], Query(description="Accounts that are the company's own: @handle or id, each on its own")] = [],  # noqa: B006
    reading: Annotated[Reading | Literal[""], Query(description="Only voices that speak so")] = "",
    pay: Annotated[Pay | Literal[""], Query(description="Only voices never, or at least once, with a sign of payment")] = "",
    order: Annotated[Order | Literal[""], Query(description="What comes first")] = "",
) -> CensusAsked:  # fmt: skip
    """Read what a census looks for, who is a colleague, which accounts are the company's or not, and which voices are wanted."""
    given = (("company", company), ("product", product), ("service", service), ("person", person))
    names = tuple((kind, several(said)) for kind, said in given if several(said))
    return CensusAsked(names, staff, _handles(not_ours), _handles(ours), reading or None, pay or None, order or None)


def _handles(said: list[str]) -> tuple[str, ...]:
    return tuple(sorted({one.strip() for one in said if one.strip()}))


def import_of(id: Annotated[int, Query(description="Number of an import")]) -> int:
    """Read which import is meant."""
    if abs(id) >= 2**63:
        raise UsageError("That is no number of an import.", next_step="Their numbers are in /imports.json.")
    return id


def fetch_of(
    who: Annotated[
        str, Query(description="Whom to begin with, one a line: handles, addresses of profiles, lists, feeds")
    ] = "",
    source: Annotated[str, Query(description="Which live source; without it the one that the names are of")] = "",
    lists: Annotated[list[str], Query(description="What of each of them, as the source offers it")] = [],  # noqa: B006
    people: Annotated[int, Query(ge=1, le=100_000, description="Most people to look at")] = 100,
    hops: Annotated[int, Query(ge=0, le=5, description="1: also those whom their lists name; and so on")] = 0,
    about: Annotated[
        str, Query(description="What people should speak of, commas between: those named by people who do come first")
    ] = "",
    each: Annotated[int, Query(ge=1, le=1_000_000, description="Most items of each list")] = 100,
    posts: Annotated[
        int, Query(ge=1, le=1_000, description="How many newest posts are asked for likes and the like")
    ] = 5,
    requests: Annotated[int, Query(ge=1, le=1_000_000, description="Most requests of one run")] = 1_000,
    spend: Annotated[
        float | None, Query(gt=0, lt=1_000_000, description="Most money it may cost, where a network asks some")
    ] = None,
) -> Asked:
    """Read whom and what to fetch; UsageError when nobody is named."""
    names = names_in(who)
    refuse_nobody(names)
    return Asked(
        source=source or source_for(names).id, who=names, lists=tuple(filter(None, lists)) or ("posts",), people=people, hops=hops,
        about=phrases_in(about), each=each, posts=posts, requests=requests, spend=spend,
    )  # fmt: skip


@dataclass(frozen=True)
class LetterAsked:
    """To whom a letter is to be written, of which network, by whom, and what for."""

    who: str
    platform: str
    brand: str
    because: str


def letter_of(
    who: Annotated[str, Query(description="Whom: a name or a handle")] = "",
    platform: Annotated[str, Query(description="Their network")] = "instagram",
    brand: Annotated[str, Query(description="Who asks")] = "",
    because: Annotated[str, Query(description="What for")] = "",
) -> LetterAsked:
    """Read to whom a letter is to be written."""
    return LetterAsked(who, platform, brand, because)


def name_of(name: Annotated[str, Query(description="Name of a signal")]) -> str:
    """Read which signal is meant."""
    return name


def several(said: str) -> tuple[str, ...]:
    """Split what was typed at commas and line ends."""
    parts = (part.strip() for part in said.replace("\n", ",").split(","))
    return tuple(part for part in parts if part)
