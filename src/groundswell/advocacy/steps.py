"""A first step for each who wants to speak: the shipped table of steps, each with when it fits, its reason and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from string import Formatter

from groundswell.definitions.sections import Section, read_section

QUANTITIES = (
    "own_posts",
    "company_share",
    "subject_sure",
    "subject_likely",
    "subjects",
    "same_words",
    "silent_days",
    "reply_rate",
)
"""What a step may ask about somebody."""


@dataclass(frozen=True)
class Step:
    """A first step, with the reason and where the advice comes from."""

    name: str
    says: str
    why: str
    source: str
    at_least: tuple[tuple[str, float], ...] = ()
    at_most: tuple[tuple[str, float], ...] = ()

    def fits(self, known: Mapping[str, float | None], words: Mapping[str, str] | None = None) -> bool:
        """Whether every line is known to hold and every word is there that it says; what is unknown proposes nothing."""
        said = {name for _, name, _, _ in Formatter().parse(self.says + self.why) if name}
        return (
            said <= set(words or {})
            and all((x := known[name]) is not None and x >= line for name, line in self.at_least)
            and all((x := known[name]) is not None and x <= line for name, line in self.at_most)
        )

    def of(self, words: Mapping[str, str]) -> Step:
        """The step in somebody's own words."""
        return replace(self, says=self.says.format(**words), why=self.why.format(**words))


@cache
def steps() -> tuple[Step, ...]:
    """The shipped first steps, in order."""
    top = read_section(files("groundswell.advocacy") / "first_steps.toml").only("step")
    return tuple(_step(part) for part in top.tables("step"))


def _step(part: Section) -> Step:
    part.only("name", "says", "why", "source", "at_least", "at_most")
    return Step(
        part.text("name"),
        part.text("says"),
        part.text("why"),
        part.text("source"),
        _lines(part, "at_least"),
        _lines(part, "at_most"),
    )


def _lines(part: Section, key: str) -> tuple[tuple[str, float], ...]:
    if key not in part.values:
        return ()
    lines = part.table(key).only(*QUANTITIES)
    return tuple((name, lines.number(name)) for name in lines.values)
