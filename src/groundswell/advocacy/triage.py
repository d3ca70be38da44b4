"""The rules by which a roster is sorted: judgement is data, each line with its source.

The classes are those of the signal `small_kind` and stand beside it (`signals/small_kinds.toml`); here they are asked of one person
at a time, with what a list knows beyond the signals. What a buyer should ask about is ours (`triage.toml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from groundswell.advocacy.facts import Condition, title_of
from groundswell.definitions.sections import Section, read_section
from groundswell.signals import Value

CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Rule:
    """One way into a class: all of `when`, none of `unless`."""

    kind: str
    title: str
    says: str
    source: str
    quote: str
    when: tuple[Condition, ...]
    unless: tuple[Condition, ...]

    def holds(self, values: Mapping[str, Value]) -> bool | None:
        """Three-valued: one line that fails settles it, one that cannot be checked leaves it open."""
        answers = [line.holds(values.get(line.signal)) for line in self.when]
        if False in answers or any(line.holds(values.get(line.signal)) for line in self.unless):
            return False
        return None if None in answers else True

    def unchecked(self, values: Mapping[str, Value]) -> list[str]:
        """The signals whose absence leaves the rule open."""
        return [line.signal for line in self.when if line.holds(values.get(line.signal)) is None]


@dataclass(frozen=True)
class FlagRule:
    """What a buyer should ask about."""

    name: str
    ask: str
    source: str
    when: tuple[Condition, ...]
    below_benchmark: float | None = None
    """Raised when a rate is surely under this part of what is typical of the size."""
    grades: tuple[str, ...] = ()
    """How well a benchmark must be grounded to raise it."""


@dataclass(frozen=True)
class Triage:
    """All rules and flags."""

    rules: tuple[Rule, ...]
    flags: tuple[FlagRule, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every class in the order of the rules, then `cannot tell`."""
        return (*dict.fromkeys(rule.kind for rule in self.rules), CANNOT_TELL)


@cache
def triage() -> Triage:
    """The shipped rules."""
    kinds = read_section(files("groundswell.signals") / "small_kinds.toml").only("rule")
    flags = read_section(files("groundswell.advocacy") / "triage.toml").only("flag")
    return Triage(
        tuple(_rule(part) for part in kinds.tables("rule")), tuple(_flag(part) for part in flags.tables("flag"))
    )


def _rule(part: Section) -> Rule:
    part.only("class", "title", "says", "source", "quote", "when", "unless")
    return Rule(
        part.text("class"), part.text("title"), part.text("says"), part.text("source"), part.text("quote"),
        _conditions(part, "when"), _conditions(part, "unless"),
    )  # fmt: skip


def _flag(part: Section) -> FlagRule:
    part.only("name", "ask", "source", "when", "benchmark")
    plain = FlagRule(part.text("name"), part.text("ask"), part.text("source"), _conditions(part, "when"))
    if "benchmark" not in part.values:
        return plain
    usual = part.table("benchmark").only("below", "grades", "because")
    return replace(plain, below_benchmark=usual.number("below"), grades=usual.texts("grades"))


def _conditions(part: Section, key: str) -> tuple[Condition, ...]:
    return tuple(_condition(one) for one in part.tables(key))


def _condition(part: Section) -> Condition:
    part.only("signal", "bound", "at_least", "at_most", "because")
    name = part.text("signal")
    try:
        title_of(name)
    except KeyError as error:
        raise part.wrong("signal", f"There is no signal or fact called {name!r}.") from error
    bound = part.choice("bound", ("value", "low", "high"), "value")
    return Condition(name, bound, part.number_or_none("at_least"), part.number_or_none("at_most"), part.text("because"))
