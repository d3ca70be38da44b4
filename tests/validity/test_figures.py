"""The arithmetic behind docs/validity.md says what it should where the answer is known."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from benchmarks.validity import figures
from benchmarks.validity.figures import Figure, FigureError, compared, not_tested

ROW = {
    "question": "Is it so?", "data": "made up", "baseline": "a guess", "baseline_figure": 0.5, "figure": 0.8, "low": 0.7, "high": 0.9,
    "published": "", "verdict": "beats",
}  # fmt: skip


def test_a_figure_is_written_with_the_seven_keys_of_the_record_first() -> None:
    written = Figure.read(ROW).written()
    assert list(written)[:7] == ["question", "data", "baseline", "figure", "interval", "published", "verdict"]
    assert written["interval"] == [0.7, 0.9]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"verdict": "wins"}, "a verdict is one of"),
        ({"target": "nearly"}, "a target is met or missed"),
        ({"wanted": "above 0.9"}, "and whether it is met"),
        ({"target": "meets the target"}, "and whether it is met"),
        ({"figure": None}, "without a figure"),
        ({"figure": 0.95}, "outside its interval"),
        ({"figure": math.nan}, "figure is nan"),
        ({"baseline": " "}, "nothing said for baseline"),
        ({"verdict": "not tested"}, "without a reason"),
        ({"basline": "x"}, "did you mean 'baseline'"),
    ],
)
def test_a_figure_that_cannot_be_shown_is_refused_and_named(change: dict[str, object], said: str) -> None:
    with pytest.raises(FigureError, match=said):
        Figure.read(ROW | change)


def test_what_could_not_be_put_to_the_test_is_a_figure_too() -> None:
    figure = Figure.read(not_tested("Who lies?", "no data say who does", signals=("trust",)))
    assert (figure.verdict, figure.figure, figure.signals) == ("not tested", None, ("trust",))


def test_a_comparison_of_nobody_is_not_tested() -> None:
    nobody = np.zeros(0)
    row = compared(figures.rmse, nobody, nobody, nobody).row(
        "Is it so?", "a small world", "a guess", signals=("rate",), target="meets the target"
    )
    figure = Figure.read(row)
    assert (figure.verdict, figure.figure, figure.data, figure.target) == ("not tested", None, "a small world", "")
    assert "nobody" in figure.because


def test_a_better_guess_beats_and_an_equal_one_does_not() -> None:
    rng = np.random.default_rng(1)
    truth = rng.random(400)
    good, bad = truth + rng.normal(0, 0.1, 400), truth + rng.normal(0, 1, 400)
    assert compared(figures.spearman, truth, good, bad).verdict == "beats"
    assert compared(figures.spearman, truth, bad, good).verdict == "worse than"
    assert compared(figures.rmse, truth, good, bad, higher_is_better=False).verdict == "beats"
    assert compared(figures.rmse, truth, good, good).verdict == "no better than"


def test_rows_of_one_account_are_drawn_together() -> None:
    """A hundred copies of ten people say no more than the ten people do."""
    rng = np.random.default_rng(2)
    people = rng.normal(0, 1, 10)
    copied, accounts = np.repeat(people, 100), np.repeat(np.arange(10), 100)

    def mean(values: figures.Array) -> Callable[[figures.Array], float]:
        return lambda rows: float(values[rows].mean())

    _, low, high = figures.bootstrap(mean(copied), 1000, accounts=accounts)
    _, low_of_people, high_of_people = figures.bootstrap(mean(people), 10)
    _, low_of_rows, high_of_rows = figures.bootstrap(mean(copied), 1000)
    assert high - low == pytest.approx(high_of_people - low_of_people, rel=0.2)
    assert high_of_rows - low_of_rows < (high - low) / 5


def test_an_interval_that_holds_everything_beats_no_promise() -> None:
    assert figures.kept(1.0) == figures.kept(0.91) == "no better than"
    assert figures.kept(0.85) == "worse than"


def test_the_same_seed_says_the_same() -> None:
    rng = np.random.default_rng(3)
    truth, score = rng.random(50) < 0.5, rng.random(50)
    assert compared(figures.auc, truth, score, -score) == compared(figures.auc, truth, score, -score)


def test_metrics_say_what_they_are_known_to_say() -> None:
    truth, score = np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])
    assert figures.auc(truth, score) == 0.75
    assert figures.auc(truth, np.zeros(4)) == 0.5
    assert math.isnan(figures.auc(np.ones(4), score))
    assert figures.f1(truth, np.array([0, 1, 1, 1])) == pytest.approx(0.8)
    assert figures.precision(truth, score > 0.38) == 0.5
    assert figures.recall(truth, score > 0.38) == 0.5
    assert figures.precision_at(2)(truth, score) == 0.5
    assert figures.precision_at(2)(truth, np.zeros(4)) == 0.5
    assert figures.ndcg_at(2)(truth, truth) == 1
    assert figures.ndcg_at(4)(np.array([0, 1]), np.array([1, 0])) == pytest.approx(1 / np.log2(3))
    assert figures.ece(truth, truth.astype(float)) == 0
    assert figures.ece(truth, np.full(4, 0.9)) == pytest.approx(0.4)
    assert figures.spearman(truth, truth * 7) == pytest.approx(1)
    assert figures.rmse(np.zeros(2), np.array([3.0, -3.0])) == 3
    assert figures.bias(np.zeros(2), np.array([3.0, -3.0])) == 0
    assert figures.brier(truth, np.full(4, 0.5)) == 0.25
    assert figures.log_loss(truth, np.full(4, 0.5)) == pytest.approx(math.log(2))
    assert figures.purity(np.array([1, 1, 2, 2]), np.array([5, 5, 5, 6])) == 0.75
    assert figures.nmi(np.array([1, 1, 2, 2]), np.array([5, 5, 6, 6])) == pytest.approx(1)
    assert figures.nmi(np.array([1, 2, 1, 2]), np.array([5, 5, 6, 6])) == pytest.approx(0)
    assert figures.concordance(np.arange(50), np.arange(50)) == 1
    assert figures.wilson(0, 0) == (0.0, 1.0)
