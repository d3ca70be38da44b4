"""One next action a week, with its reason and its source. The rules are data (advice.toml); this file only reads them.

A rule names facts and when they hold. A fact that is unknown never fires a rule: nobody is advised on what nobody knows. The
order in the file is the order of importance; there is no rule that asks for more posts or more followers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from groundswell.signals.posts import Evidence

WEEKS = 4
"""How many weeks are planned ahead (design choice: after a month the data should be looked at again)."""

Fact = float | str | None


@dataclass(frozen=True)
class Action:
    """What to do in one week."""

    week: int
    rule: str
    do: str
    why: str
    source: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Gap:
    """Something that cannot be known yet, and the one file that would settle it."""

    what: str
    why: str
    layout: str
    """Id of the layout that reads it."""
    how: str
    thing: str
    """What is lacking, as advice.toml calls it."""


def next_actions(facts: Mapping[str, Fact], evidence: Mapping[str, Sequence[Evidence]]) -> tuple[Action, ...]:
    """The first four rules that hold, one a week."""
    held = [rule for rule in _rules()["rule"] if all(_holds(each, facts) for each in rule["when"])][:WEEKS]
    return tuple(
        Action(
            week=week, rule=rule["id"], do=_filled(rule["do"], facts), why=_filled(rule["why"], facts), source=rule["source"],
            evidence=tuple(evidence.get(rule["id"], ())),
        )
        for week, rule in enumerate(held, 1)
    )  # fmt: skip


def gaps(unknown: Mapping[str, str], platform: str) -> tuple[Gap, ...]:
    """What cannot be known and which file would settle it; `unknown` is thing -> why it is unknown."""
    found: list[Gap] = []
    for each in _rules()["gap"]:
        if each["thing"] in unknown:
            where = each["files"].get(platform) or each["files"]["any"]
            found.append(Gap(each["what"], unknown[each["thing"]], where["layout"], where["how"], each["thing"]))
    return tuple(found)


def peers_from(platform: str) -> str:
    """The one step that gets peers on a platform."""
    files_of = _rules()["peers"]
    return str(files_of.get(platform) or files_of["any"])


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((files("groundswell.coach") / "advice.toml").read_text("utf-8"))


def _holds(condition: Mapping[str, Any], facts: Mapping[str, Fact]) -> bool:
    value = facts.get(condition["fact"])
    if value is None:
        return False
    if "is" in condition:
        return value == condition["is"]
    return isinstance(value, int | float) and condition.get("at_least", value) <= value <= condition.get(
        "at_most", value
    )


def _filled(sentence: str, facts: Mapping[str, Fact]) -> str:
    """Put the facts into a sentence; texts of strangers are values here and never a pattern."""
    return sentence.format_map(dict(facts))
