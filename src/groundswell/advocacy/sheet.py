"""A marketer's sheet, read by a colleague: who is in it twice, who costs much, what is not known and which file would tell.

    review = review_sheet(workspace)
    review.sentences               # what to read first
    sheet_back(workspace, review)  # the sheet's own rows and columns, with new ones beside them (`sheet_back`)

It works from handles, followers and fees alone. Posts, once they are there, answer more of the same questions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from groundswell.advocacy.people import Fee, Listed, Place, count, listed_people, money, several
from groundswell.advocacy.prices import AgainstBigName, FeeCheck, against_big_name, check_fees
from groundswell.advocacy.same_person import Duplicate, SamePerson, duplicates, how_many, same_people
from groundswell.advocacy.settling import FileToGet, Open, files_that_settle, open_questions
from groundswell.definitions import load_tier_sets, tier_of
from groundswell.errors import UsageError
from groundswell.records import platform_name
from groundswell.signals import SIGNALS, signal_table
from groundswell.signals.findings import Progress
from groundswell.signals.on_lists import asks_no_money, counted_as
from groundswell.signals.values import REASONS
from groundswell.sources.files.layouts.fees import only_answers, range_behind
from groundswell.sources.files.layouts.marketer import columns_of
from groundswell.sources.files.money import money_of
from groundswell.sources.files.values import count_of
from groundswell.store import Workspace


@dataclass(frozen=True)
class Reviewed:
    """One account of the sheet with what can be said of it."""

    person: Listed
    tiers: tuple[tuple[str, str], ...]
    """(tier set, tier or why it has none)."""
    fees: tuple[FeeCheck, ...]
    maybe_same_as: tuple[SamePerson, ...]
    duplicate_in: tuple[Duplicate, ...]
    unknown: tuple[Open, ...]
    sentences: tuple[str, ...]
    """What is known, signal by signal."""
    fee_as_written: tuple[str, ...] = ()
    """What the lists say of the fee where that is no single amount: `150-200 €`, `barter`."""


@dataclass(frozen=True)
class CurrencyOpen:
    """A list with fees of which it does not say the currency."""

    import_id: int
    file: str
    fees: int
    likely: str | None
    """The only currency that other fees of the list name."""
    kept: bool
    """Whether the list was kept as it came, so that it can be read again once somebody says it."""


@dataclass(frozen=True)
class SheetReview:
    """A sheet, reviewed."""

    import_id: int | None
    """None: all lists of the workspace."""
    sources: tuple[str, ...]
    accounts: tuple[Reviewed, ...]
    persons: tuple[int, int]
    """How many people they are, at least and at most: who shares only a name or an agency's address may be one or several."""
    duplicates: tuple[Duplicate, ...]
    same_person: tuple[SamePerson, ...]
    status: tuple[tuple[str, int], ...]
    """(word of the sheet, accounts), commonest first: a row that names two accounts counts for both, a German word as its English sister."""
    without_status: int
    files: tuple[FileToGet, ...]
    """What to get next, the file that helps most people first."""
    against_big_name: AgainstBigName | None
    currency_open: tuple[CurrencyOpen, ...]
    sentences: tuple[str, ...]
    simulated: bool
    facts_version: str

    @property
    def unknown_of_all(self) -> tuple[str, ...]:
        """Questions that are open for everybody: said once, not beside each name."""
        of = Counter(found.question for one in self.accounts for found in one.unknown)
        return tuple(question for question, number in of.items() if number == len(self.accounts) > 1)


def review_sheet(
    workspace: Workspace, *, import_id: int | None = None, big: str | None = None, progress: Progress | None = None
) -> SheetReview:
    """Review the people of one import, or of all lists in the workspace. `big` is the account to compare the others' money with.

    Errors: UsageError when there is nobody to review.
    """
    table = signal_table(workspace, progress)
    people = listed_people(workspace, table, import_id=import_id)
    if not people:
        raise UsageError("There is nobody to review.", next_step="Import a sheet: groundswell import sheet.xlsx")
    rows = _rows_of(workspace, people, import_id)
    still_open = open_questions(
        people, {account for account, some in rows.items() if any(map(asks_no_money, _fee_in_words(some)))}
    )
    checks, same = check_fees(people), same_people(people)
    twice = duplicates(people, rows)
    tiers = load_tier_sets(workspace.folder)
    fees, lines, gaps = (_by_account(some, lambda one: (one.account,)) for some in (checks, twice, still_open))
    groups = _by_account(same, lambda group: group.accounts)
    reviewed = tuple(
        Reviewed(
            one,
            tuple((name, _tier(tier_of(found, one.followers))) for name, found in tiers.items()),
            fees[one.account],
            groups[one.account],
            lines[one.account],
            gaps[one.account],
            tuple(SIGNALS[name].sentence(value) for name, value in one.values.items() if value.known),
            _fee_in_words(rows.get(one.account, ())),
        )
        for one in people
    )
    words = Counter(counted_as(one.status) for one in people if one.status)
    review = SheetReview(
        import_id=import_id,
        sources=tuple(dict.fromkeys(place.file for one in people for place in one.places)),
        accounts=reviewed,
        persons=how_many(people, same),
        duplicates=twice,
        same_person=same,
        status=tuple(sorted(words.items(), key=lambda item: (-item[1], item[0]))),
        without_status=sum(not one.status for one in people),
        files=files_that_settle(people, still_open),
        against_big_name=against_big_name(people, big),
        currency_open=_currency_open(workspace, people),
        sentences=(),
        simulated=workspace.simulated(),
        facts_version=table.facts_version,
    )
    return replace(review, sentences=tuple(_summary(review)))


def _currency_open(workspace: Workspace, people: Sequence[Listed]) -> tuple[CurrencyOpen, ...]:
    named: defaultdict[int, list[str | None]] = defaultdict(list)
    for one in people:
        for fee in one.fees:
            if fee.import_id is not None:
                named[fee.import_id].append(fee.currency)
    found: list[CurrencyOpen] = []
    for key, said in sorted(named.items()):
        silent, others = said.count(None), set(filter(None, said))
        one = workspace.state.import_by_id(key)
        if silent:
            likely = others.pop() if len(others) == 1 else None
            found.append(CurrencyOpen(key, one.source, silent, likely, workspace.raw.has(one.sha256)))
    return tuple(found)


def _by_account(some: Iterable[Any], accounts: Callable[[Any], Iterable[str]]) -> defaultdict[str, tuple[Any, ...]]:
    """The findings of each account; nothing for who has none."""
    grouped: defaultdict[str, tuple[Any, ...]] = defaultdict(tuple)
    for one in some:
        for account in accounts(one):
            grouped[account] += (one,)
    return grouped


def _tier(found: Any) -> str:
    return found.name or f"unknown: {REASONS[found.reason or 'not_observed']}"


def _rows_of(workspace: Workspace, people: Sequence[Listed], import_id: int | None) -> dict[str, list[dict[str, Any]]]:
    """What each row of each list says of an account, with its place: for comparing rows, and for fees that are no amount."""
    with workspace.engine() as engine:
        engine.register("people", pa.table({"account": pa.array([one.account for one in people], pa.string())}))
        found = engine.table(
            """SELECT c.account, c.import_id, coalesce(c.member, '') AS member, c.line, c.name, c.status, c.code, f.fees,
                      a.followers, c.extra
               FROM seen_creators AS c
               LEFT JOIN (SELECT account, import_id, coalesce(member, '') AS member, line,
                                 list({'minor': amount_minor, 'currency': currency, 'what': deliverable}
                                      ORDER BY deliverable NULLS FIRST, amount_minor) AS fees
                          FROM seen_fees GROUP BY ALL) AS f
                 ON f.account = c.account AND f.import_id = c.import_id AND f.member = coalesce(c.member, '') AND f.line = c.line
               LEFT JOIN (SELECT account, import_id, coalesce(member, '') AS member, line, any_value(followers) AS followers
                          FROM seen_accounts GROUP BY ALL) AS a
                 ON a.account = c.account AND a.import_id = c.import_id AND a.member = coalesce(c.member, '') AND a.line = c.line
               WHERE c.account IN (SELECT account FROM people) AND c.line IS NOT NULL
               ORDER BY c.observed_at, c.import_id, member, c.line"""
        )
    files, again = {one.id: one.source for one in workspace.state.imports()}, _same_file_again(workspace, import_id)
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in found.to_pylist(maps_as_pydicts="lossy"):
        if row["import_id"] not in again:
            rows.setdefault(row["account"], []).append(_read_row(row, files))
    return rows


def _same_file_again(workspace: Workspace, import_id: int | None) -> set[int]:
    """Imports of a file that another one brought as well: its rows count once, those of the list asked for or of the last one."""
    kept: dict[str, int] = {}
    live = [one for one in workspace.state.imports() if one.state == "live"]
    for one in sorted(live, key=lambda one: (one.id == import_id, one.id)):
        kept[one.sha256] = one.id
    return {one.id for one in live} - set(kept.values())


def _fee_in_words(rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """What is said of the fee in words since the last row that names an amount; what came before it is past."""
    last = max((at for at, row in enumerate(rows) if row["fees"]), default=0)
    return tuple(dict.fromkeys(words for row in rows[last:] for words in row["written"]))


def _read_row(row: dict[str, Any], files: dict[int, str]) -> dict[str, Any]:
    """The row with its place, its fees in words and what of them is no amount."""
    extra: dict[str, str] = row.pop("extra") or {}
    columns = columns_of(list(extra))
    said = [extra[header] for header in columns.fees if not only_answers(header, extra[header])]
    written = list(dict.fromkeys(said))
    named = [(one["minor"], one["currency"], one["what"]) for one in row["fees"] or ()]
    fees = [Fee(*one, None, dearer_end_of=range_behind(extra, *one)) for one in named]
    written = [words for words in written if words not in {fee.dearer_end_of for fee in fees}]
    amounts = [fee.says for fee in fees]
    followers = [columns.followers, *columns.followers_on.values()]
    return row | {
        "place": Place(row["import_id"], files[row["import_id"]], row["member"], row["line"]),
        "fee": ", ".join([*(one.replace(" (no currency said)", "") for one in amounts), *written]),
        "written": [one for one in written if money_of(one) is None],
        "followers": row["followers"]
        or next((count_of(extra[header]) for header in followers if header in extra), None),
    }


# -- in words --------------------------------------------------------------------------------------------------------------


def _summary(review: SheetReview) -> list[str]:
    lines = [_who_is_listed(review)]
    if review.duplicates:
        across = [one for one in review.duplicates if one.across]
        within = [one for one in review.duplicates if not one.across]
        for some, where in ((across, "on more than one list"), (within, "in more than one row of a list")):
            if some:
                lines.append(f"{several(len(some), 'account')} {where}. {some[0].says}")
    if review.same_person:
        lines.append(
            f"{several(len(review.same_person), 'group')} of accounts may be one person each; nothing was merged. "
            f"{review.same_person[0].how_sure.capitalize()}: {' and '.join(review.same_person[0].called[:4])}."
        )
    if review.status:
        without = f", {review.without_status:,} without a word" if review.without_status else ""
        lines.append(
            "Where it stands, in accounts: "
            + ", ".join(f"{number:,} {word}" for word, number in review.status)
            + without
            + "."
        )
    lines += _about_fees(review)
    if review.against_big_name:
        lines += review.against_big_name.sentences
    lines += _about_the_unknown(review)
    return lines


def _who_is_listed(review: SheetReview) -> str:
    platforms = Counter(one.person.platform for one in review.accounts)
    spread = ", ".join(
        f"{number:,} on {platform_name(name)}"
        for name, number in sorted(platforms.items(), key=lambda i: (-i[1], i[0]))
    )
    least, most = review.persons
    between = f" of {least:,} to {most:,} people" if least != most else f" of {several(most, 'person', 'people')}"
    people = between if least != len(review.accounts) else ""
    sizes = [one.person.followers for one in review.accounts if one.person.followers is not None]
    known = (
        f" Followers are known for {len(sizes):,} of them, from {count(min(sizes))} to {count(max(sizes))}."
        if sizes
        else " Nobody's followers are known."
    )
    return f"{several(len(review.accounts), 'account')}{people}: {spread}.{known}"


def _about_fees(review: SheetReview) -> list[str]:
    checks = [check for one in review.accounts for check in one.fees]
    if not checks:
        return ["The list holds no fee, so that nothing can be said of money."]
    odd = [check for check in checks if check.verdict in ("high for its size", "low for its size")]
    odd.sort(key=lambda check: -check.out_of_line)
    judged = [check for check in checks if check.verdict]
    by_currency = Counter(check.fee.currency for check in checks)
    sums = [
        f"{several(number, 'fee')} {_from_to(min(amounts), max(amounts), currency)}"
        for currency, number in by_currency.items()
        if (amounts := [check.fee.amount_minor for check in checks if check.fee.currency == currency])
    ]
    lines = [f"{', '.join(sums)}."]
    if judged:
        lines[0] += (
            f" Of the {len(judged):,} that could be compared, {len(odd) or 'none'} {'is' if len(odd) < 2 else 'are'} unusual for the size."
        )
        lines += [check.sentence for check in odd[:5]]
    else:
        lines[0] += f" None could be compared with its size: {checks[0].sentence.partition('cannot be said: ')[2]}"
    lines += [
        f"{several(one.fees, 'fee')} of {one.file} {'names' if one.fees == 1 else 'name'} no currency: they are taken to be in one and "
        "compared among themselves, with no other list's."
        for one in review.currency_open
    ]
    return lines


def _from_to(least: int, most: int, currency: str | None) -> str:
    if least == most:
        return f"of {money(most, currency)}"
    return f"from {money(least, currency).removesuffix(' (no currency said)')} to {money(most, currency)}"


def _about_the_unknown(review: SheetReview) -> list[str]:
    gaps = Counter(found.signal for one in review.accounts for found in one.unknown)
    questions = {found.signal: found.question for one in review.accounts for found in one.unknown}
    if not gaps:
        return ["Every first question has an answer for everybody."]
    told = ", ".join(f"{questions[name]} ({number:,})" for name, number in gaps.most_common())
    lines = [f"Not known yet, with the number of accounts: {told}."]
    if review.files:
        first = review.files[0]
        lines.append(f"One file would settle most: {first.sentence} {first.how}")
    return lines


def short(accounts: Sequence[str]) -> list[str]:
    """Name accounts as a cell may hold them; of many the first four."""
    return [account.replace(":@", " @") for account in accounts[:4]] + (["..."] if len(accounts) > 4 else [])
