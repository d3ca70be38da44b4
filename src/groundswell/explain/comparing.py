"""Two people side by side, signal by signal, with what can and what cannot be told from the data.

One is surely higher where the two 90 % intervals do not overlap. That is stricter than it sounds: of two people who are equal, about
one signal in fifty would look so (two normal intervals of equal width part at 2.3 standard errors of the difference; Schenker &
Gentleman 2001, doi 10.1198/000313001317097960). Nobody wins: there is no sum, and what is unknown of one is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from groundswell.explain.explaining import Explainer, Judged, find_account
from groundswell.records import platform_name
from groundswell.signals import REASONS, SIGNALS, Value
from groundswell.signals.findings import Progress
from groundswell.signals.present import open_present
from groundswell.signals.questions import asks, by_question
from groundswell.store import Workspace

Which = Literal["first", "second"]


@dataclass(frozen=True)
class Side:
    """One of the two."""

    account: str
    called: str
    profile: dict[str, Any]
    values: dict[str, Value]
    tiers: tuple[tuple[str, str], ...]
    judged: tuple[Judged, ...]


@dataclass(frozen=True)
class Line:
    """One signal of both."""

    signal: str
    verdict: Literal["first", "second", "same", "cannot_tell", "unknown"]
    """Who is surely higher, if anybody."""
    better: Which | None
    """Whose value is surely the better one, where the signal says which way is better."""
    says: str


@dataclass(frozen=True)
class Lines:
    """The signals of one human question."""

    question: str
    asks: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class SideBySide:
    """Two people, compared."""

    first: Side
    second: Side
    says: tuple[str, ...]
    """What can be told, in short, and how."""
    groups: tuple[Lines, ...]
    simulated: bool
    facts_version: str


def compare(
    workspace: Workspace,
    first: str,
    second: str,
    *,
    definition_name: str | None = None,
    progress: Progress | None = None,
) -> SideBySide:
    """Compare two accounts, named as in `explain`.

    Errors: UnknownNameError when nobody has a name; UsageError when several have it.
    """
    with open_present(workspace, progress) as present:
        return compared(Explainer(present), first, second, definition_name=definition_name)


def compared(explainer: Explainer, first: str, second: str, *, definition_name: str | None = None) -> SideBySide:
    """Compare two accounts from what is open."""
    one, other = (_side(explainer, name, definition_name) for name in (first, second))
    lines = {name: _line(name, one, other) for name in one.values}
    return SideBySide(
        first=one,
        second=other,
        says=tuple(_in_short(one, other, lines)),
        groups=tuple(
            Lines(question, asks(question), tuple(lines[name] for name in names))
            for question, names in by_question(lines).items()
        ),
        simulated=explainer.workspace.simulated(),
        facts_version=explainer.table.facts_version,
    )


def _side(explainer: Explainer, name: str, definition_name: str | None) -> Side:
    table, judges = explainer.table, explainer.judges()
    account = find_account(table, name)
    profile, values = table.profile(account), table.values(account)
    judged = tuple(judges.judge(meaning, profile["platform"], values) for meaning in judges.meanings(definition_name))
    called = f"@{profile['handle']}" if profile["handle"] else account
    return Side(account, called, profile, values, judges.tiers(values["followers"].value), judged)


def _line(name: str, one: Side, other: Side) -> Line:
    a, b = one.values[name], other.values[name]
    if not (a.known and b.known):
        return Line(
            name, "unknown", None, _unknown(name, [side for side in (one, other) if not side.values[name].known])
        )
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return Line(name, "cannot_tell", None, "Cannot tell: there is no interval.")
    if a.low == a.high == b.low == b.high:
        return Line(name, "same", None, "The same.")
    if a.low <= b.high and b.low <= a.high:
        return Line(name, "cannot_tell", None, "Cannot tell: the intervals overlap.")
    higher: Which = "first" if a.low > b.high else "second"
    better = _better(name, higher)
    side = one if higher == "first" else other
    says = f"{side.called} is surely higher" + (
        "." if better is None else ", the better." if better == higher else ", the worse."
    )
    return Line(name, higher, better, says)


def _unknown(name: str, sides: list[Side]) -> str:
    """Of whom it is unknown, and why."""
    why = [REASONS.get(side.values[name].reason or "", "no reason given") for side in sides]
    if len(set(why)) < len(why):
        return f"Unknown of both: {why[0]}."
    return " ".join(f"Unknown of {side.called}: {because}." for side, because in zip(sides, why, strict=True))


def _better(name: str, higher: Which) -> Which | None:
    if SIGNALS[name].better == "neither":
        return None
    lower: Which = "second" if higher == "first" else "first"
    return higher if SIGNALS[name].better == "higher" else lower


def _in_short(one: Side, other: Side, lines: Mapping[str, Line]) -> list[str]:
    """Who is surely higher in what, how much cannot be told, and what the words mean."""
    found = [
        f"{side.called} is surely higher in {_titles(names)}."
        for side, which in ((one, "first"), (other, "second"))
        if (names := [name for name, line in lines.items() if line.verdict == which])
    ]
    count = {verdict: sum(line.verdict == verdict for line in lines.values()) for verdict in ("cannot_tell", "unknown")}
    found.append(
        f"Of {len(lines)} signals, {count['cannot_tell']} cannot be told apart and {count['unknown']} are unknown of one or both."
    )
    found.append(
        "Surely higher means that the 90 % intervals do not overlap; by chance about one signal in fifty looks so."
    )
    if one.profile["platform"] != other.profile["platform"]:
        platforms = f"{platform_name(one.profile['platform'])} and {platform_name(other.profile['platform'])}"
        found.append(f"They are on {platforms}: what is usual differs between platforms, so compare each with its own.")
    return found


def _titles(names: list[str]) -> str:
    return ", ".join(f"“{SIGNALS[name].title}”" for name in names)
