"""The same people under all definitions: who is picked by which, and how far two picks agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from building import community, made
from groundswell.definitions import (
    Band,
    Benchmark,
    Definition,
    Gate,
    Provenance,
    ScoreTerm,
    load_benchmarks,
    load_definitions,
    overlaps,
)
from groundswell.definitions.model import Level
from groundswell.signals import signal_table
from groundswell.signals.packing import VALUE

WHO = Provenance("us", "as we like")


def meaning(name: str, *, weight: float = 1.0, signal: str = "topic_focus", curve: str = "linear") -> Definition:
    term = ScoreTerm(signal, "t", curve, 0.0, 1.0, weight)  # type: ignore[arg-type]
    return Definition(name, 1, name, name, WHO, terms=(term,))


def panel(**columns: list[float | None]) -> pa.Table:
    size = len(next(iter(columns.values())))
    rows = {"account": pa.array([f"x:{n:03d}" for n in range(size)]), "platform": pa.array(["x"] * size)}
    for name, values in ({"followers": [1_000.0] * size} | columns).items():
        parts = [None if one is None else {"value": one, "low": one, "high": one, "n": 9} for one in values]
        rows[name] = pa.array(parts, VALUE)
    return pa.table(rows)


def test_a_definition_agrees_with_itself_and_not_at_all_with_its_contrary() -> None:
    rows = panel(topic_focus=[n / 100 for n in range(100)])
    found = overlaps(rows, [meaning("up"), meaning("twice", weight=2.0), meaning("down", curve="inverse")], {})
    said = {(pair.one, pair.other): pair.jaccard for pair in found.pairs}
    assert said == {("up@1", "twice@1"): 1.0, ("up@1", "down@1"): 0.0, ("twice@1", "down@1"): 0.0}
    assert [count for _, count in found.picked] == [10, 10, 10]


def test_who_cannot_be_checked_is_not_picked() -> None:
    rows = panel(topic_focus=[0.9] * 40, sponsored_share=[None] * 30 + [0.0] * 10)
    gated = replace(meaning("paid"), gates=(Gate("sponsored_share", at_most=0.1),))
    found = overlaps(rows, [gated, replace(meaning("big"), bands=(Band(5_000),))], {})
    assert dict(found.picked) == {"paid@1": 10, "big@1": 0}
    assert found.pairs[0].jaccard == 0.0
    assert found.sentences[0].startswith("big@1 picks nobody")


def test_of_whom_little_of_what_is_weighed_is_known_is_not_picked() -> None:
    rows = panel(topic_focus=[0.9] * 40, reply_rate=[0.5] * 5 + [None] * 35)
    terms = [ScoreTerm(signal, "t", "linear", 0.0, 1.0, weight) for signal, weight in (("topic_focus", 0.3), ("reply_rate", 0.7))]  # fmt: skip
    little = Definition("little", 1, "little", "little", WHO, terms=tuple(terms))
    most = replace(little, id="most", terms=(replace(terms[0], weight=0.7), replace(terms[1], weight=0.3)))
    found = overlaps(rows, [little, most], {})
    assert dict(found.picked) == {"little@1": 5, "most@1": 10}


def test_a_rate_that_was_measured_on_another_platform_weighs_nothing() -> None:
    rows = panel(like_rate=[0.05] * 20, sponsored_share=[0.0] * 20)
    usual = Benchmark("usual", 1, "u", "u", WHO, metrics=("like_rate",), platforms=("instagram",), levels=(Level(0, typical=0.05),))  # fmt: skip
    terms = (
        ScoreTerm("like_rate", "t", "linear", 0.0, 1.0, 0.7, against="usual@1"),
        ScoreTerm("sponsored_share", "t", "inverse", 0.0, 0.5, 0.3),
    )
    rated = Definition("rated", 1, "rated", "rated", WHO, terms=terms)
    for platform, picked in (("x", 0), ("instagram", 10)):
        there = rows.set_column(1, "platform", pa.array([platform] * 20))
        assert dict(overlaps(there, [rated], {"usual@1": usual}).picked) == {"rated@1": picked}


def test_who_picks_nobody_is_not_said_to_agree_least() -> None:
    rows = panel(topic_focus=[n / 100 for n in range(100)])
    nobody = replace(meaning("nobody"), bands=(Band(5_000),))
    found = overlaps(rows, [nobody, meaning("up"), meaning("down", curve="inverse")], {})
    assert [said.split(" and ")[0] for said in found.sentences[1:]] == ["up@1", "up@1"]


def test_nobody_in_either_pick_is_no_number() -> None:
    found = overlaps(panel(topic_focus=[None] * 3), [meaning("one"), meaning("other")], {})
    assert [pair.jaccard for pair in found.pairs] == [None]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    return signal_table(made(tmp_path_factory.mktemp("overlap") / "w", community())).rows


@pytest.mark.slow
def test_everything_we_ship_can_be_laid_beside_everything_else(people: pa.Table, tmp_path: Path) -> None:
    shipped = load_definitions(tmp_path)
    found = overlaps(people, shipped.values(), load_benchmarks(tmp_path))
    assert [name for name, _ in found.picked] == list(shipped)
    assert len(found.pairs) == len(shipped) * (len(shipped) - 1) / 2
    assert all(0 <= pair.both <= pair.either <= people.num_rows for pair in found.pairs)
    assert any(count for _, count in found.picked)
