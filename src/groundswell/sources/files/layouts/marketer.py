"""The sheet that every influencer marketer keeps: people, handles, fees, codes, where the talks stand.

It was written for eyes. Several handles stand in one cell ("@ann / tiktok: @ann_b"), the header is under a title, a Total row
closes it, the fee is "€250", followers are "12.4K". One row gives a creator with one or several accounts, contacts and fees.
Of several rows that name one account the last that says a fee, followers, a status or a code counts; what the others say of the first
two is kept in its words.
Sheets are typed by people and have thousands of rows, not millions: this one layout reads them one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from groundswell.records import FEE_IN_WORDS
from groundswell.sources import SetAside
from groundswell.sources.files.layouts.cells import (
    PLATFORM_HEADERS,
    Amount,
    Count,
    Currency,
    Handle,
    RoundedTo,
    Text,
    Who,
    normalised,
)
from groundswell.sources.files.layouts.fees import (
    CURRENCIES,
    currency_in,
    fee_in_words,
    fees_of,
    names_a_fee,
    settle_fees,
)  # fmt: skip
from groundswell.sources.files.layouts.identities import PLATFORM_NAMES, profile_of
from groundswell.sources.files.layouts.layout import Account, Contact, Creator, Fee, Layout, Part, Unfolded
from groundswell.sources.files.layouts.several_rows import in_several_rows
from groundswell.sources.files.layouts.sheet_followers import columns_by_platform, settle_followers
from groundswell.sources.files.layouts.volunteers import read_of_colleagues
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.values import table_of, texts

NAMES = ("influencer", "creator", "influencer/affiliate name", "influencer name", "creator name", "full name", "real name", "name", "talent", "blogger", "person", "kol", "ambassador", "affiliate", "partner", "colleague", "employee", "mitarbeiter", "mitarbeiterin", "kollege", "kollegin")  # fmt: skip
HANDLES = ("handle", "handles", "handle(s)", "username", "user name", "profile", "profiles", "profile link", "profile url", "account", "accounts", "social", "social media", "link", "links", "url", "@", "social handle", "ig handle", "nutzername", "kanalname", "channel link")  # fmt: skip
PEOPLE = ("name", "full name", "person", "people", "colleague", "employee", "member", "mitarbeiter", "mitarbeiterin", "kollege", "kollegin", "vor- und nachname")  # fmt: skip
"""Headings of a name in a list of people, whatever they are wanted for."""
OF_POSTS = ("text", "post", "content", "caption", "message", "tweet")
"""Such a table tells of posts, whoever wrote them."""
IN_TWO = (("first name", "vorname", "given name"), ("last name", "surname", "family name", "nachname", "familienname"))
"""Headings of a name that stands in two columns."""
FOLLOWERS = ("followers", "follower", "follower count", "followers count", "subscribers", "audience", "reichweite", "abonnenten", "fans", "following size")  # fmt: skip
CODES = (
    "code",
    "discount code",
    "disc. code",
    "disc code",
    "voucher code",
    "promo code",
    "coupon",
    "coupon code",
    "rabattcode",
    "gutscheincode",
    "affiliate code",
)
STATUS = ("status", "stage", "state", "phase", "pipeline", "progress", "step")
EMAILS = (
    "email",
    "e-mail",
    "mail",
    "email address",
    "contact",
    "contact email",
    "kontakt",
    "contact info",
    "email/phone",
)
PHONES = ("phone", "telephone", "tel", "mobile", "whatsapp", "telefon")
NOTES = (
    "notes",
    "note",
    "comment",
    "comments",
    "remarks",
    "notizen",
    "bemerkung",
    "bemerkungen",
    "anmerkung",
    "description",
)
LANGUAGES = ("language", "sprache")
FEES = ("fee", "fees", "rate", "price", "cost", "costs", "honorar", "preis", "gage", "kosten", "budget")
WORK = (*CODES, *STATUS, *EMAILS, *NOTES, "rate", "fee…", "price…", "cost…", "honorar…", "preis…", "gage…", "kosten…", "budget…")  # fmt: skip
TOTAL = re.compile(
    r"^\W*(grand\s+)?(total|sum|summe|gesamt|gesamtsumme|average|avg|mean|durchschnitt|subtotal|zwischensumme)\b\W*(\d.*)?$",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
OF_AN_ACCOUNT = re.compile(r"handle|link|url|profil|name|account|konto|seite|page|@")
"""What a heading says beside a network, when handles or profiles on it stand below."""
X_ALONE = re.compile(
    r"(?:[^\w]*\b(?:x|handles?|links?|urls?|profile?s?|names?|username|user|accounts?|konto|followers?|follower)\b)+[^\w]*"
)
"""X is a network where nothing but such words stands beside the letter: `X handle`, and not `size x length`."""
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s,;|<>]+|(?:[\w-]+\.)+[a-z]{2,}/[^\s,;|<>]+", re.IGNORECASE)
HANDLE = re.compile(r"@?[\w][\w.\-]{0,63}$")
FEDERATED = re.compile(r"@?\w[\w.\-]{0,63}@[\w-]+(?:\.[\w-]+)+")
"""A handle with its server, as on Mastodon: `@ann@mastodon.social`. Without the first @ only the heading tells it from mail."""
KNOWN = frozenset(
    normalised(name)
    for name in (
        *NAMES,
        *HANDLES,
        *FOLLOWERS,
        *CODES,
        *STATUS,
        *EMAILS,
        *PHONES,
        *NOTES,
        *CURRENCIES,
        *PLATFORM_HEADERS,
    )
)


@dataclass(frozen=True)
class Named:
    """One account as the sheet names it: a handle with its platform where the sheet says it, or a full id."""

    account: str
    platform: str | None


@dataclass
class Columns:
    """Which column of the sheet holds what."""

    name: str | None = None
    last_name: str | None = None
    """Where the name stands in two columns."""
    handles: list[str] = field(default_factory=lambda: [])
    on_platform: list[tuple[str, str]] = field(default_factory=lambda: [])
    """Columns called after a platform ("Instagram"), which hold handles on it."""
    platform: str | None = None
    followers: str | None = None
    followers_on: dict[str, str] = field(default_factory=lambda: {})
    code: str | None = None
    status: str | None = None
    emails: list[str] = field(default_factory=lambda: [])
    phones: list[str] = field(default_factory=lambda: [])
    notes: str | None = None
    fees: list[str] = field(default_factory=lambda: [])
    currency: str | None = None
    """Where the currency of the fees has a column of its own."""

    @property
    def used(self) -> set[str]:
        """Columns that some field reads."""
        single = (self.name, self.last_name, self.platform, self.followers, self.code, self.status, self.notes)
        spread = (
            *self.handles,
            *self.emails,
            *self.phones,
            *self.fees,
            *(header for _, header in self.on_platform),
            *self.followers_on.values(),
            self.currency,
        )
        return {header for header in (*single, *spread) if header}


def columns_of(headers: list[str]) -> Columns:
    """Read the header of a sheet."""
    found = Columns()
    keys = {normalised(header): header for header in reversed(headers)}
    found.name = _first(keys, NAMES)
    if found.name is None:
        found.name, found.last_name = (_first(keys, names) for names in IN_TWO)
    found.platform = _first(keys, PLATFORM_HEADERS)
    found.followers, found.code, found.status, found.notes, found.currency = (
        _first(keys, names) for names in (FOLLOWERS, CODES, STATUS, NOTES, CURRENCIES)
    )
    found.handles = _all(keys, HANDLES)
    found.emails, found.phones = _all(keys, EMAILS), _all(keys, PHONES)
    for header in headers:
        word = header.strip().lower()
        platform = _platform_in(word)
        if platform and re.search(r"follower|subscriber|fans|abonn", word):
            found.followers_on.setdefault(platform, header)
        elif platform and re.fullmatch(r"[^\d]*", word) and (word in PLATFORM_NAMES or OF_AN_ACCOUNT.search(word)):
            found.on_platform.append((platform, header))
        elif names_a_fee(word) and normalised(header) not in KNOWN:
            found.fees.append(header)
    found.handles = [header for header in found.handles if header not in {one for _, one in found.on_platform}]
    return found


def _first(keys: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((keys[normalised(name)] for name in names if normalised(name) in keys), None)


def _all(keys: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(keys[normalised(name)] for name in names if normalised(name) in keys))


def _platform_in(word: str) -> str | None:
    return next(
        (
            PLATFORM_NAMES[part]
            for part in re.split(r"[^\w]+", word)
            if (part in PLATFORM_NAMES and part not in ("web", "x")) or (part == "x" and X_ALONE.fullmatch(word))
        ),
        None,
    )


# --- handles -----------------------------------------------------------------------------------------------------------------


def named_in(cell: str, platform: str | None = None) -> list[Named]:
    """Every account that a cell names: `@ann / tiktok: @ann_b`, profile addresses, several lines."""
    found: list[Named] = []
    for address in ADDRESS.findall(cell):
        if profile := profile_of(address.rstrip(".,;:!?)]>")):
            found.append(Named(profile.account, profile.platform))
    for chunk in re.split(r"[\n\r;,|•]+|\s+/\s+|/(?=\s*@)|\s+(?:&|\+|and|und)\s+", ADDRESS.sub("\n", cell)):
        found += _in_chunk(chunk.strip(), platform)
    return list(dict.fromkeys(found))


def _in_chunk(chunk: str, platform: str | None) -> list[Named]:
    words = [word for word in re.split(r"[\s:()\[\]]+", chunk) if word.strip("-–—")]
    said = next((PLATFORM_NAMES[word.lower()] for word in words if word.lower() in PLATFORM_NAMES), None)
    if federated := _federated(words, said or platform):
        return federated
    if not chunk or EMAIL.fullmatch(chunk):
        return []
    left = [word for word in words if word.lower() not in PLATFORM_NAMES]
    marked = [word for word in left if word.startswith("@")]
    plain = marked or (left if len(left) == 1 else [])
    return [
        Named(word.strip("@").lower(), said or platform)
        for word in plain
        if HANDLE.fullmatch(word) and re.search(r"[^\W_]", word)
    ]


def _federated(words: list[str], platform: str | None) -> list[Named]:
    """Handles with their server, unless another network is named."""
    if platform not in (None, "mastodon"):
        return []
    return [
        Named(word.strip("@").lower(), "mastodon")
        for word in words
        if FEDERATED.fullmatch(word) and (platform or word.startswith("@"))
    ]


def accounts_in(row: dict[str, str], columns: Columns) -> list[Named]:
    """Every account of a row. One handle with several platforms is taken as the same handle on each."""
    platforms = _platforms_in(row.get(columns.platform or "", ""))
    found: list[Named] = []
    for header in columns.handles:
        named = named_in(row.get(header, ""), "mastodon" if platforms == ["mastodon"] else None)
        free = [one for one in named if one.platform is None]
        for position, one in enumerate(named):
            if one.platform is not None:
                found.append(one)
            elif len(free) == 1 and len(platforms) > 1:
                found += [Named(one.account, platform) for platform in platforms]
            else:
                place = min(position, len(platforms) - 1)
                found.append(Named(one.account, platforms[place] if platforms else None))
    for platform, header in columns.on_platform:
        found += named_in(row.get(header, ""), platform)
    if (
        not found
        and columns.name
        and (row.get(columns.name, "").startswith("@") or ADDRESS.search(row.get(columns.name, "")))
    ):
        found = [
            Named(one.account, one.platform or (platforms[0] if platforms else None))
            for one in named_in(row[columns.name])
        ]
    return list(dict.fromkeys(found))


def _platforms_in(cell: str) -> list[str]:
    words = [word.strip().lower() for word in re.split(r"[,;|&+\n]|/(?!x\b)|\band\b|\bund\b", cell)]
    return list(dict.fromkeys(PLATFORM_NAMES[word] for word in words if word in PLATFORM_NAMES))


# --- rows --------------------------------------------------------------------------------------------------------------------


@dataclass
class _Tables:
    people: list[dict[str, Any]] = field(default_factory=lambda: [])
    contacts: list[dict[str, Any]] = field(default_factory=lambda: [])
    fees: list[dict[str, Any]] = field(default_factory=lambda: [])


def _sheet(rows: Rows) -> Unfolded:
    """People, contacts and fees out of the rows of a sheet."""
    headers = rows.columns.column_names
    columns = columns_of(headers)
    tables, aside = _Tables(), list[SetAside]()
    cells = {header: texts(_array(rows.columns.column(header))).to_pylist() for header in headers}
    by_line: dict[int, dict[str, str]] = {}
    for position, line in enumerate(rows.lines.to_pylist()):
        row = {header: values[position].strip() for header, values in cells.items() if values[position]}
        by_line[line] = row
        reason = _take(row, line, columns, tables)
        if reason:
            aside.append(SetAside(line, reason, " | ".join(row.values())[:500]))
    notes = settle_fees(tables.fees, tables.people, by_line)
    notes += settle_followers(
        tables.people, by_line, columns_by_platform(columns.followers, columns.followers_on.items())
    )
    notes += in_several_rows(tables.people)
    return Unfolded({name: _part(found) for name, found in vars(tables).items() if found}, aside, notes)


def _array(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _part(found: list[dict[str, Any]]) -> Part:
    lines = pa.array([one.pop("line") for one in found], pa.int64())
    return Part(table_of(found), lines)


def _take(row: dict[str, str], line: int, columns: Columns, tables: _Tables) -> str:
    """Add one row to the tables; the reason when it is not a person."""
    name = " ".join(filter(None, (row.get(columns.name or "", ""), row.get(columns.last_name or "", ""))))
    first = next(iter(row.values()), "")
    if TOTAL.match(name or first) or any(TOTAL.match(row.get(header, "")) for header in columns.handles):
        return "a total, not a person"
    found = accounts_in(row, columns)
    if not found:
        return "no handle or profile address"
    emails = list(
        dict.fromkeys(address.lower() for header in columns.emails for address in EMAIL.findall(row.get(header, "")))
    )
    creator = emails[0] if emails else " ".join(name.lower().split()) or _full(found[0])
    rest = {header: value for header, value in row.items() if header not in columns.used}
    if columns.currency in row and not currency_in(row[columns.currency]):
        rest[columns.currency] = row[columns.currency]
    words = fee_in_words(row, columns.fees)
    for position, one in enumerate(found):
        tables.people.append(
            rest
            | ({FEE_IN_WORDS: words} if words and position == 0 else {})  # as the fees, of the first account
            | {
                "line": line,
                "_creator": creator,
                "_account": _marked(one),
                "_handle": one.account if ":" not in one.account else one.account.partition(":@")[2] or None,
                "platform": one.platform,
                "_name": name or None,
                "_followers": _followers(row, columns, one, position, len(found)),
                "_rounded_to": None,
                "_status": row.get(columns.status or ""),
                "_code": row.get(columns.code or ""),
                "_notes": row.get(columns.notes or ""),
            }
        )
    _reach(row, line, columns, found[0], emails, tables)
    owner = {"line": line, "_account": _marked(found[0]), "platform": found[0].platform}
    tables.fees += [owner | fee for fee in fees_of(row, columns.fees, columns.status, columns.currency)]
    return ""


def _full(one: Named) -> str:
    return one.account if ":" in one.account else f"{one.platform or ''}:@{one.account}"


def _marked(one: Named) -> str:
    return one.account if ":" in one.account else "@" + one.account


def _followers(row: dict[str, str], columns: Columns, one: Named, position: int, of: int) -> str | None:
    """The count of the account's own platform; the plain column speaks of the first account."""
    own = columns.followers_on.get(one.platform or "")
    if own:
        return row.get(own)
    return row.get(columns.followers or "") if position == 0 and (of == 1 or not columns.followers_on) else None


def _reach(row: dict[str, str], line: int, columns: Columns, one: Named, emails: list[str], tables: _Tables) -> None:
    owner = {"line": line, "_account": _marked(one), "platform": one.platform}
    tables.contacts += [{**owner, "_channel": "email", "_address": address} for address in emails]
    tables.contacts += [
        {**owner, "_channel": "phone", "_address": row[header]}
        for header in columns.phones
        if re.search(r"\d{5}", re.sub(r"\D", "", row.get(header, "")))
    ]


def _lacks(rows: list[list[str]]) -> list[str]:
    """Whether anything in the sheet says on which platform its handles are."""
    columns = columns_of(rows[0])
    if columns.platform or columns.on_platform:
        return []
    said = any(one.platform for row in rows[1:] for cell in row for one in named_in(cell[:1000]))
    return [] if said else ["platform"]


def _unread(headers: list[str]) -> list[str]:
    """Columns that are kept as they came: nothing reads them, and whoever wrote them wants to know it."""
    used = columns_of(headers).used | read_of_colleagues(headers)
    heard = {*map(normalised, (*LANGUAGES, "simulated"))}
    return [header for header in headers if header not in used and normalised(header) not in heard]


def _is_of_people(headers: frozenset[str]) -> bool:
    """Whether a table names people and has a column a network for their accounts, and says nothing of work with creators."""
    others = {normalised(name) for name in (*CODES, *STATUS, *OF_POSTS)}
    if headers & others or any(names_a_fee(one) for one in headers):
        return False
    return any(_network(one) for one in headers)


def _network(header: str) -> bool:
    """Whether a heading, as headings are compared, is a network's, alone or with what says that accounts stand below."""
    longest = max((name for name in _NETWORKS if header.startswith(name)), key=len, default=None)
    return longest is not None and re.fullmatch(_BESIDE, header.removeprefix(longest)) is not None


_NETWORKS = frozenset(normalised(name) for name in PLATFORM_NAMES) - {"web", "website", "newsletter", "blog"}
_BESIDE = r"\W*(handles?|links?|urls?|profile?s?|(user|account)?names?|accounts?|konto|seite|page|@)?\W*"
_WHO = Who(anyone="_account")

_RECORDS = (
    Creator(
        part="people",
        creator=Text("_creator"),
        account=_WHO,
        name=Text("_name"),
        status=Text("_status"),
        code=Text("_code"),
        notes=Text("_notes"),
    ),
    Account(
        part="people",
        account=_WHO,
        handle=Handle("_handle"),
        followers=Count("_followers"),
        extra=RoundedTo("_rounded_to"),
    ),
    Contact(part="contacts", account=_WHO, channel=Text("_channel"), address=Text("_address")),
    Fee(
        part="fees",
        account=_WHO,
        deliverable=Text("_deliverable"),
        amount_minor=Amount("_fee"),
        currency=Currency("_fee"),
        kind=Text("_kind"),
    ),
)

SHEET = Layout(
    id="marketer_sheet",
    title="A marketer's sheet of creators",
    says="A sheet of creators as marketers keep it: handles, fee, code, status, contact.",
    platform=None,
    required=((*HANDLES, *NAMES, "instagram", "tiktok", "youtube", "ig", "insta", "instagram handle"), WORK),
    generic=True,
    kinds=("csv", "xlsx", "parquet"),
    unfold=_sheet,
    reads=(*NAMES, *HANDLES, *FOLLOWERS, *CODES, *STATUS, *EMAILS, *PHONES, *NOTES, *FEES, *CURRENCIES),
    lacks=_lacks,
    unread=_unread,
    records=_RECORDS,
)

LIST_OF_PEOPLE = Layout(
    id="people_list",
    title="A list of people",
    says="A list of people, colleagues for instance: names, and a column of handles or profiles for each network.",
    platform=None,
    required=((*PEOPLE, *IN_TWO[0]),),
    accepts=_is_of_people,
    generic=True,
    kinds=("csv", "xlsx", "parquet"),
    unfold=_sheet,
    reads=(*NAMES, *HANDLES, *FOLLOWERS, *EMAILS, *PHONES, *NOTES),
    lacks=_lacks,
    unread=_unread,
    records=_RECORDS,
)

MARKETER = (LIST_OF_PEOPLE, SHEET)
