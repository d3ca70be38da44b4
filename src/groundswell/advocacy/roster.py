"""A bought list, looked at before it is paid for: who is an alpha consumer, a specialist, an everyday voice, new, stalled, big; or cannot be told.

The essay on wrong definitions: "if a network tries to sell you a 'micro-influencer' program consisting simply of lower tier smaller bloggers … little bang
for your buck". The rules are data (`triage`), each with its source. A rule that cannot be checked never decides; what would
settle it is named. Red flags are questions to ask, with the posts that raise them; nobody is called fake.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import pyarrow as pa

from groundswell.advocacy.facts import facts_of, sentence_of, title_of
from groundswell.advocacy.flags import Flag, own_posts, raise_flags, some
from groundswell.advocacy.people import Listed, listed_people, money, several
from groundswell.advocacy.same_words import SameWords, same_across
from groundswell.advocacy.settling import FileToGet, files_that_settle, open_questions
from groundswell.advocacy.triage import CANNOT_TELL, Rule, triage
from groundswell.definitions import load_tier_sets, tier_of
from groundswell.errors import UsageError
from groundswell.signals import Value, signal_table
from groundswell.signals.findings import Progress
from groundswell.signals.values import REASONS
from groundswell.store import Workspace


@dataclass(frozen=True)
class Audited:
    """One account of the roster."""

    person: Listed
    kind: str
    title: str
    because: tuple[str, ...]
    """The values that decided, in sentences; where nothing decided, why not."""
    signals: tuple[str, ...]
    """Names of the signals and facts that decided."""
    doubts: tuple[str, ...]
    """Titles of the rules that an unknown value keeps from being ruled out."""
    missing: tuple[str, ...]
    """Titles of the signals whose absence stands in the way."""
    flags: tuple[Flag, ...]
    tiers: tuple[tuple[str, str], ...]


WANTED = ("alpha", "specialist", "everyday voice")
"""Classes that a brand asks for when it asks for micro-influencers."""


@dataclass(frozen=True)
class Share:
    """One class of the roster."""

    kind: str
    accounts: int
    of: int
    flagged: int
    priced: tuple[tuple[str, int, int, int], ...]
    """(currency, accounts with a fee in it, sum, median), in minor units; the cheapest fee of each account."""

    @property
    def says(self) -> str:
        """The class in one sentence."""
        prices = [
            f"{number:,} with a fee: {money(total, currency)} in all, {money(middle, currency)} at the median"
            for currency, number, total, middle in self.priced
        ]
        return f"{self.accounts:,} of {self.of:,} {self.kind}" + (f" ({'; '.join(prices)})" if prices else "") + "."


@dataclass(frozen=True)
class Audit:
    """A roster, audited."""

    accounts: tuple[Audited, ...]
    classes: tuple[Share, ...]
    flags: tuple[tuple[str, int], ...]
    """(name of the flag, accounts), commonest first."""
    same_words: tuple[SameWords, ...]
    files: tuple[FileToGet, ...]
    not_found: tuple[str, ...]
    """Names that were asked for and that nothing in the data knows."""
    sentences: tuple[str, ...]
    simulated: bool
    facts_version: str


def audit_roster(
    workspace: Workspace,
    accounts: Sequence[str] | None = None,
    *,
    import_id: int | None = None,
    progress: Progress | None = None,
) -> Audit:
    """Sort the accounts named (ids), those of one import, or everybody on the lists of the workspace.

    Errors: UsageError when there is nobody to audit.
    """
    table = signal_table(workspace, progress)
    people = listed_people(workspace, table, import_id=import_id, accounts=accounts)
    if not people:
        raise UsageError("There is nobody to audit.", next_step="Import the roster: groundswell audit roster.csv")
    facts = facts_of(workspace, [one.account for one in people])
    people = [replace(one, values=one.values | facts[one.account]) for one in people]
    alike = same_across(own_posts(workspace, [one.account for one in people]))
    flags = raise_flags(workspace, table, people, alike)
    tiers = load_tier_sets(workspace.folder)
    audited = tuple(
        replace(
            sort_out(one),
            flags=tuple(flags.get(one.account, ())),
            tiers=tuple(
                (name, (t := tier_of(found, one.followers)).name or f"unknown: {REASONS[t.reason or 'not_observed']}")
                for name, found in tiers.items()
            ),
        )
        for one in people
    )
    audit = Audit(
        accounts=audited,
        classes=tuple(_shares(audited)),
        flags=tuple(sorted(Counter(f.name for one in audited for f in one.flags).items(), key=lambda i: (-i[1], i[0]))),
        same_words=alike,
        files=files_that_settle(people, open_questions(people)),
        not_found=tuple(sorted(set(accounts or ()) - {one.account for one in people})),
        sentences=(),
        simulated=workspace.simulated(),
        facts_version=table.facts_version,
    )
    return replace(audit, sentences=tuple(_summary(audit)))


# -- the class -------------------------------------------------------------------------------------------------------------


def sort_out(one: Listed) -> Audited:
    """The class of one account by the rules in their order, with what decided and what could not be ruled out."""
    open_rules: list[Rule] = []
    for rule in triage().rules:
        answer = rule.holds(one.values)
        if answer:
            signals = tuple(line.signal for line in rule.when)
            because = tuple(dict.fromkeys(sentence_of(one.values[name]) for name in signals))
            return _audited(one, rule.kind, rule.title, because, signals, open_rules)
        if answer is None:
            open_rules.append(rule)
    return _audited(one, CANNOT_TELL, "Cannot tell", _why_not(one, open_rules), (), open_rules)


def _audited(
    one: Listed, kind: str, title: str, because: tuple[str, ...], signals: tuple[str, ...], open_rules: Sequence[Rule]
) -> Audited:
    missing = dict.fromkeys(title_of(name) for rule in open_rules for name in rule.unchecked(one.values))
    doubts = dict.fromkeys(rule.title.lower() for rule in open_rules)
    return Audited(one, kind, title, because, signals, tuple(doubts), tuple(missing), (), ())


def _why_not(one: Listed, open_rules: Sequence[Rule]) -> tuple[str, ...]:
    if open_rules:
        lacking = dict.fromkeys(name for rule in open_rules for name in rule.unchecked(one.values))
        return _unknown([one.values[name] for name in lacking])
    told = dict.fromkeys(line.signal for rule in triage().rules for line in rule.when)
    known = [one.values[name] for name in told if one.values[name].known]
    return ("None of the classes fits.", *(sentence_of(value) for value in known))


def _unknown(values: Sequence[Value]) -> tuple[str, ...]:
    """What is not known, those with one reason in one sentence."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for value in values:
        by_reason[REASONS[value.reason or "not_observed"]].append(title_of(value.signal).lower())
    return tuple(f"Not known: {', '.join(titles)} ({reason})." for reason, titles in by_reason.items())


# -- all of them -----------------------------------------------------------------------------------------------------------


def _shares(audited: Sequence[Audited]) -> list[Share]:
    shares: list[Share] = []
    for kind in triage().kinds:
        mine = [one for one in audited if one.kind == kind]
        shares.append(Share(kind, len(mine), len(audited), sum(bool(one.flags) for one in mine), tuple(_priced(mine))))
    return shares


def _priced(some: Sequence[Audited]) -> list[tuple[str, int, int, int]]:
    """(currency, accounts, sum, median) over the cheapest fee of each account."""
    by_currency: dict[str, list[int]] = defaultdict(list)
    for one in some:
        cheapest: dict[str, int] = {}
        for fee in one.person.fees:
            if fee.currency and fee.amount_minor > 0:
                cheapest[fee.currency] = min(fee.amount_minor, cheapest.get(fee.currency, fee.amount_minor))
        for currency, amount in cheapest.items():
            by_currency[currency].append(amount)
    return [(currency, len(some), sum(some), round(median(some))) for currency, some in sorted(by_currency.items())]


def _summary(audit: Audit) -> list[str]:
    of = len(audit.accounts)
    lines = [
        f"{several(of, 'account')}: "
        + ", ".join(f"{one.accounts:,} {one.kind}" for one in audit.classes if one.accounts)
        + "."
    ]
    lines += money_lines(audit.accounts)
    if audit.flags:
        asking = sum(bool(one.flags) for one in audit.accounts)
        told = ", ".join(f"{name} ({number:,})" for name, number in audit.flags)
        lines.append(f"{several(asking, 'account')} with something to ask about: {told}.")
    silent = sum(not one.person.values["posting_days"].n for one in audit.accounts)
    if silent:
        lines.append(
            f"Red flags are looked for in posts; {several(silent, 'account')} {'has' if silent == 1 else 'have'} none in the data."
        )
    elif not audit.flags:
        lines.append("Nothing to ask about was found.")
    unsure = next(one.accounts for one in audit.classes if one.kind == CANNOT_TELL)
    if unsure:
        missing = Counter(name for one in audit.accounts if one.kind == CANNOT_TELL for name in one.missing)
        why = ", ".join(f"{name} ({number:,})" for name, number in missing.most_common())
        lines.append(
            f"{unsure:,} cannot be told" + (f"; not known: {why}." if why else ": none of the classes fits them.")
        )
        if audit.files:
            lines.append(f"One file would settle most: {audit.files[0].sentence} {audit.files[0].how}")
    if audit.not_found:
        lines.append(
            f"{several(len(audit.not_found), 'name')} that nothing in the data knows: {some(audit.not_found)}."
        )
    return lines


def money_lines(accounts: Sequence[Audited]) -> list[str]:
    """What the essay on wrong definitions asks, in money: what of the roster's cost goes to those one came for, and of how much it cannot be told.

    Not divided by their number: what is unknown of the others would make the few who are known look dear.
    """
    groups = (
        ("alpha, specialist or everyday voice", [one for one in accounts if one.kind in WANTED]),
        ("of another class", [one for one in accounts if one.kind not in (*WANTED, CANNOT_TELL)]),
        ("cannot be told", [one for one in accounts if one.kind == CANNOT_TELL]),
    )
    lines: list[str] = []
    for currency, number, total, _ in _priced(accounts):
        parts = [
            f"{count:,} {title}: {money(sum_, currency)}"
            for title, some in groups
            for unit, count, sum_, _ in _priced(some)
            if unit == currency
        ]
        lines.append(
            f"{several(number, 'account')} with a fee in {currency} cost {money(total, currency)}. {'; '.join(parts)}."
        )
    return lines


def audit_table(audit: Audit) -> pa.Table:
    """One row an account: class, reasons, doubts, flags with their questions, price, tiers."""
    rows = [
        {
            "account": one.person.account, "platform": one.person.platform, "handle": one.person.handle, "name": one.person.name,
            "class": one.kind, "because": " ".join(one.because), "cannot be ruled out": "; ".join(one.doubts) or None,
            "not known": "; ".join(one.missing) or None, "flags": "; ".join(flag.name for flag in one.flags) or None,
            "what raises them": " ".join(flag.sentence for flag in one.flags) or None,
            "ask": " ".join(flag.ask for flag in one.flags) or None,
            "posts": "; ".join(dict.fromkeys(post.url or post.post for flag in one.flags for post in flag.evidence)) or None,
            "followers": one.person.followers, "fees": "; ".join(fee.says for fee in one.person.fees) or None,
            **{f"tier by {name}": tier for name, tier in one.tiers},
            "where": "; ".join(map(str, one.person.places)) or None,
        }
        for one in audit.accounts
    ]  # fmt: skip
    schema = pa.schema([(name, pa.float64() if name == "followers" else pa.string()) for name in rows[0]])
    return pa.Table.from_pylist(rows, schema=schema)
