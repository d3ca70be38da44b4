"""Figures on audiences are earned: put together from real accounts, their false share is found again."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.validity.crowds import share_figures
from benchmarks.validity.figures import Figure


@pytest.mark.slow
def test_the_false_share_of_an_audience_is_found_within_five_points_after_a_hundred_labels(data_folder: Path) -> None:
    rows = [Figure.read(row) for row in share_figures(data_folder)]
    wanted = [row for row in rows if "after 100 labels" in row.question]
    assert len(wanted) == 4
    assert all(row.target == "meets the target" for row in wanted)
    assert all(row.verdict == "beats" for row in rows if row.measure == "mean absolute error")


def test_without_data_the_question_is_not_tested_and_says_so() -> None:
    (row,) = (Figure.read(row) for row in share_figures(None))
    assert row.verdict == "not tested"
