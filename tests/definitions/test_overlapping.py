"""The same people under all definitions: who is picked by which, and how far two picks agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from building import community, made
from groundswell.definitions import (
    Band,
    Definition,
    Gate,
    Provenance,
    ScoreTerm,
    load_benchmarks,
    load_definitions,
    overlaps,
)
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
