"""Puts every question in turn and keeps what came out: figures, or the reason why there is none. Silence is not possible.

A question that nobody wrote yet, whose data are absent, or whose code fails becomes a line "not tested" that says so; so does every
signal that no figure names.
"""

from __future__ import annotations

import importlib
import inspect
import json
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.validity import worlds
from benchmarks.validity.figures import Figure, Row, not_tested


@dataclass(frozen=True)
class Part:
    """A function of a module of this folder that returns rows."""

    module: str
    function: str
    asks: str
    """What it answers, for the line that says it could not."""

    @property
    def name(self) -> str:
        """As --only and the record call it."""
        return f"{self.module}.{self.function}"


PARTS = (
    Part("basics", "size_and_rhythm_figures", "Does the program count and time posts rightly?"),
    Part("basics", "reply_figures", "Does it measure rightly who answers, and how fast?"),
    Part("recounts", "recount_figures", "Do plain counts say what one counts by hand?"),
    Part("recounts_of_posts", "post_figures", "Do counts of what posts are and say come out as one counts them by hand?"),
    Part("planted", "planted_figures", "Is what was planted found again?"),
    Part("reading", "topic_figures", "Does it find what people speak of?"),
    Part("reading", "focus_figures", "Does it measure rightly how much somebody keeps to one subject?"),
    Part("reading", "language_figures", "Does it tell the language of a post?"),
    Part("reading", "sponsored_figures", "Does it find the posts that are paid for, and those that say so?"),
    Part("handmade", "handmade_figures", "Are short sets that people labelled by hand read as they read them?"),
    Part("labelled", "labelled_figures", "Is what posts and replies do told as people tell it?"),
    Part("engagement", "engagement_figures", "Does it foresee the engagement of the next posts?"),
    Part("engagement", "standing_figures", "Does it find those who stand highest among their like?"),
    Part("usual", "usual_figures", "Is what it calls usual for a size usual?"),
    Part("texts", "tone_figures", "Does it read praise and reservation as people do?"),
    Part("disclosure", "disclosure_figures", "Does it see what is disclosed, in seven languages?"),
    Part("authenticity", "authenticity_figures", "Does it tell accounts that are not what they seem?"),
    Part("authenticity", "audience_figures", "Does it tell how much of an audience is false, and pods from friends?"),
    Part("anew", "anew_figures", "Does authenticity hold on a split that nobody has seen?"),
    Part("circle", "circle_figures", "Does it find circles of friends and family?"),
    Part("rise", "rise_figures", "Does it foresee who rises?"),
    Part("sparking", "influence_figures", "Does it find whose word others pass on?"),
    Part("rise", "rhythm_figures", "Does it measure rhythm and persistence without bias?"),
    Part("plans", "plan_figures", "Does a plan bring more than the rules of the trade?"),
    Part("kin", "kin_figures", "Does it tell who is kin to a sector or a brand?"),
    Part("absent", "absent_figures", "What is asked for, and no data can answer?"),
    Part("fairness", "fairness_figures", "Are conditions equal for languages, platforms, newcomers and small accounts?"),
)  # fmt: skip
HERE = "benchmarks.validity"
UNWRITTEN = "nobody has written this test yet"
NOBODY = "untested"
"""The part that names the signals of which no figure speaks."""


@dataclass(frozen=True)
class Answered:
    """What became of one part."""

    part: Part
    rows: tuple[Row, ...]
    seconds: float
    failure: str = ""
    """The traceback where the code failed."""


def chosen(names: Sequence[str]) -> tuple[Part, ...]:
    """The parts called so (module, function, or both); all of them when nothing is named."""
    if not names:
        return PARTS
    found = tuple(part for part in PARTS if {part.module, part.function, part.name} & set(names))
    known = {name for part in found for name in (part.module, part.function, part.name)}
    if unknown := [name for name in names if name not in known]:
        raise KeyError(f"there is no {unknown[0]!r}; known: {', '.join(part.name for part in PARTS)}")
    return found


def answer(part: Part) -> Answered:
    """Put one question. Whatever goes wrong becomes a line that says so."""
    start, failure = time.perf_counter(), ""
    try:
        rows = [Figure.read(row, part.name).written() for row in _asked(part)]
    except Exception:
        failure = traceback.format_exc()
        why = f"the test itself failed: {failure.strip().splitlines()[-1][:200]}"
        rows = [Figure.read(not_tested(part.asks, why), part.name).written()]
    return Answered(part, tuple(rows), time.perf_counter() - start, failure)


def answer_all(parts: Sequence[Part], jobs: int, settings: worlds.Settings) -> Iterable[Answered]:
    """Put all questions, several at once; they come back in the order of PARTS."""
    if jobs < 2 or len(parts) < 2:
        yield from map(answer, parts)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _settled, (settings,)) as pool:
        yield from pool.map(answer, parts)


def _settled(settings: worlds.Settings) -> None:
    worlds.use(folder=settings.folder, data=settings.data, quick=settings.quick)


def _asked(part: Part) -> list[Row]:
    """The rows of a part as it gives them, or the line that says why there are none."""
    function = _function(part)
    if function is None:
        return [not_tested(part.asks, UNWRITTEN)]
    given = _arguments(function)
    if given is None:
        return [not_tested(part.asks, "the real data that this needs are not at hand (GROUNDSWELL_DATA)")]
    return list(function(**given)) or [not_tested(part.asks, "nothing came out of these data")]


def _function(part: Part) -> Callable[..., list[Row]] | None:
    try:
        return getattr(importlib.import_module(f"{HERE}.{part.module}"), part.function, None)
    except ModuleNotFoundError as error:
        if error.name != f"{HERE}.{part.module}":
            raise
        return None


def _arguments(function: Callable[..., Any]) -> dict[str, Any] | None:
    """What a function asks for by name; None when it needs data that are absent."""
    asked = inspect.signature(function).parameters
    data = worlds.data_folder()
    if "data_folder" in asked and data is None and asked["data_folder"].default is inspect.Parameter.empty:
        return None
    offered = {"data_folder": data, "quick": worlds.sized(0, 1) == 1}
    return {name: offered[name] for name in asked if name in offered}


# -- the record --------------------------------------------------------------------------------------------------------------


def untested(rows: Sequence[Row], reasons: dict[str, str]) -> list[Row]:
    """A line for each signal that no figure names, with the reason."""
    from groundswell.signals import SIGNALS

    named = {name for row in rows for name in row["signals"]}
    return [
        Figure.read(
            not_tested(f"Is “{SIGNALS[name].title}” right?", reasons.get(name, OTHERWISE), signals=(name,)), f"{NOBODY}.{name}"
        ).written()
        for name in sorted(SIGNALS)
        if name not in named
    ]  # fmt: skip


OTHERWISE = (
    "no data at hand hold an answer to compare with, and a made-up world that plants one would only repeat our own formula; "
    "that it is computed as declared is held by the laws that every signal is tested by"
)


def merged(before: Sequence[Row], answers: Sequence[Answered]) -> list[Row]:
    """The record with the rows of these parts renewed, in the order of PARTS; what was not asked this time stays."""
    fresh = {one.part.name: list(one.rows) for one in answers}
    kept: dict[str, list[Row]] = {}
    for row in before:
        kept.setdefault(str(row["module"]), []).append(row)
    kept = {name: [_as_now(row) for row in rows] for name, rows in kept.items() if name not in fresh}
    return [row for part in PARTS for row in fresh.get(part.name, kept.get(part.name, []))]


def _as_now(row: Row) -> Row:
    """A kept row in today's form, held to today's laws."""
    low, high = row["interval"] or (None, None)
    said = {key: value for key, value in row.items() if key != "interval"}
    return Figure.read(said | {"low": low, "high": high}).written()


def completed(rows: Sequence[Row]) -> list[Row]:
    """The record with a line for every part that never was asked, and for every signal that no figure names."""
    from benchmarks.validity.reasons import REASONS

    asked = {row["module"] for row in rows}
    silent = [
        Figure.read(not_tested(part.asks, UNWRITTEN), part.name).written() for part in PARTS if part.name not in asked
    ]
    order = {part.name: place for place, part in enumerate(PARTS)}
    known = sorted([*rows, *silent], key=lambda row: order[row["module"]])
    return [*known, *untested(known, REASONS)]


def read_record(path: Path) -> list[Row]:
    """The rows of docs/validity.json, without the lines on untested signals; none where it is not there."""
    rows: list[Row] = json.loads(path.read_text("utf-8")) if path.is_file() else []
    return [row for row in rows if not str(row["module"]).startswith(f"{NOBODY}.")]
