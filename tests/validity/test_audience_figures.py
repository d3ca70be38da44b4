"""Figures on audiences are earned: put together from real accounts, their false share is found again; and nothing found earns nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.validity.crowds import group_rows, lean, share_figures
from benchmarks.validity.figures import Figure

FRIENDS = [("close friends", False)] * 16 + [("family", False)] * 16
NOBODY = [*FRIENDS, *[("daily round", False)] * 16, *[("automated", False)] * 16]
PODS = [*FRIENDS, *[("daily round", False)] * 16, *[("automated", True)] * 16]


def test_whoever_flags_nobody_spares_friends_and_earns_nothing_by_it() -> None:
    friends, pods = (Figure.read(row) for row in group_rows(NOBODY, ""))
    assert (friends.figure, friends.verdict, friends.target) == (0, "no better than", "misses the target")
    assert (pods.figure, pods.verdict) == (0, "no better than")
    assert "finds nothing" in friends.how


def test_whoever_finds_pods_and_spares_friends_beats_and_says_which_pods_it_never_finds() -> None:
    friends, pods = (Figure.read(row) for row in group_rows(PODS, ", texts not known"))
    assert (friends.verdict, friends.target, pods.verdict, pods.figure) == ("beats", "meets the target", "beats", 0.5)
    assert "Never found: daily round." in pods.how


def test_too_much_here_and_too_little_there_do_not_cancel() -> None:
    truth = np.repeat([0.1, 0.3], 50)
    row = Figure.read(lean(truth, truth + np.repeat([0.05, -0.05], 50), truth + 0.1, "made up", "at once"))
    assert row.figure == pytest.approx(0.05)
    assert row.target == "misses the target"


@pytest.mark.slow
def test_the_false_share_of_an_audience_is_found_within_five_points_after_a_hundred_labels(data_folder: Path) -> None:
    rows = [Figure.read(row) for row in share_figures(data_folder)]
    wanted = [row for row in rows if "after 100 labels" in row.question and row.measure != "largest bias of any share"]
    assert len(wanted) == 4
    assert all(row.target == "meets the target" for row in wanted)
    assert all(row.verdict == "beats" for row in rows if row.measure == "mean absolute error")


def test_without_data_the_question_is_not_tested_and_says_so() -> None:
    (row,) = (Figure.read(row) for row in share_figures(None))
    assert row.verdict == "not tested"
