"""Groups of people are held beside the best-off, with the target that is set for them; the best-off itself has none."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.validity import worlds
from benchmarks.validity.authenticity import beside_best
from benchmarks.validity.fairness import (  # pyright: ignore[reportPrivateUsage]
    Counted,
    _four_fifths,
    _rows,
    bots_flagged,
)
from benchmarks.validity.figures import Figure
from benchmarks.validity.usual import _rows as usual_rows  # pyright: ignore[reportPrivateUsage]


def told(counted: Counted) -> dict[str, Figure]:
    rows = _rows(counted, "Who gets a place", "made up", "share", "Drawn.", judges={"language": _four_fifths})
    return {row["group"]: Figure.read(row) for row in rows}


def test_a_group_with_less_than_four_fifths_of_the_places_misses_the_target() -> None:
    places = {"en": 10.0, "de": 9.0, "es": 2.0}
    found = told({("language", name): [(some, 100.0, 100)] * 8 for name, some in places.items()})
    assert [found[name].target for name in places] == ["", "meets the target", "misses the target"]
    assert found["es"].verdict == "worse than"


def test_of_groups_for_which_nobody_set_a_number_none_is_said() -> None:
    found = told({("size", name): [(some, 100.0, 100)] * 8 for name, some in (("small", 1.0), ("large", 9.0))})
    assert {row.target for row in found.values()} == {""}


def test_genuine_people_may_be_flagged_a_quarter_more_often_than_the_best_off_and_no_more() -> None:
    assert beside_best(0.0125, 0.01)["target"] == "meets the target"
    assert beside_best(0.0476, 0.0098)["target"] == "misses the target"
    assert beside_best(0.001, 0.0) == {}


def test_nobody_flagged_among_bots_and_people_alike_beats_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "described", lambda: "made up")
    bots, people = np.full(60, 0.8), np.full(900, 0.97)
    spared = Figure.read(bots_flagged(bots, people, 0.5))
    assert (spared.figure, spared.verdict) == (0, "no better than")
    assert Figure.read(bots_flagged(bots, people, 0.9)).verdict == "beats"


def test_what_is_usual_for_a_size_is_judged_in_every_size_class_and_not_on_average_alone() -> None:
    """Everybody small lies below, everybody large above: half of all do, and nowhere is it right."""
    small = np.arange(200) < 100
    rows = [
        Figure.read(row)
        for row in usual_rows(
            "lie there", "a guess", small.astype(float), np.full(200, 0.5), np.where(small, 0, 1), "engagement_residual"
        )
    ]
    assert [row.target for row in rows] == ["meets the target", "misses the target", "misses the target"]
