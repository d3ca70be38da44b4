"""A figure that shows, or fails to show, that a signal is valid; and the arithmetic that figures share.

A module of this folder returns plain dicts (`Row`), one a figure. `Figure.read` checks them and says what is wrong:

    question, data, baseline, baseline_figure, figure, low, high, published, verdict     every figure has these
    target     "meets the target" | "misses the target"                                 where a target was set beforehand
    wanted     the target in words: "AUC > 0.94 and at most 5 % of friend groups flagged"; whoever says one says whether it is met
    apart      why meeting the target shows less than it seems, where that is so: such targets are counted apart
    measure    what `figure` and `baseline_figure` are: "AUC", "mean absolute error", "share" ...
    signals    names out of SIGNALS that the figure is about
    how        how it was measured, in a sentence or two a layman can follow
    because    why a question was not tested
    group      on fairness: who; `people` says how many. The baseline is then the group that fares best

`low` and `high` are a 90 % interval of `figure`. A verdict is earned by the *paired* difference to the baseline: `compared` draws
whole accounts (never rows of an account) with replacement, computes both figures on the same draw, and says "beats" only when
the 90 % interval of their difference lies on the good side of zero. A figure that is good because nothing is found earns no "beats":
whoever never flags anybody has it as well. Everything is drawn from a seed: two runs say the same.

The metrics are functions of arrays, (truth, said) -> float, and work on a draw as they do on the whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Numbers = NDArray[np.float64]
Row = dict[str, Any]
Metric = Callable[[Array, Array], float]

VERDICTS = ("beats", "no better than", "worse than", "not tested")
NOBODY = "nobody in these data is judged by it"
TARGETS = ("meets the target", "misses the target", "")
DRAWS = 500
SEED = 7
INTERVAL = 0.90


# -- the record ------------------------------------------------------------------------------------------------------------


class FigureError(ValueError):
    """A figure that cannot be shown: something is missing, contradicts itself or is no number."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One question, what was measured to answer it, and the verdict in words."""

    question: str
    data: str
    baseline: str
    verdict: str
    baseline_figure: float | None = None
    figure: float | None = None
    low: float | None = None
    high: float | None = None
    published: str = ""
    target: str = ""
    wanted: str = ""
    apart: str = ""
    measure: str = ""
    signals: tuple[str, ...] = ()
    how: str = ""
    because: str = ""
    group: str = ""
    people: int = 0
    module: str = ""

    @classmethod
    def read(cls, row: Mapping[str, Any], module: str = "") -> Figure:
        """Check a row and return it as a figure. Raises FigureError, which names the row and what is wrong with it."""
        known = [field.name for field in fields(cls)]
        for key in set(row) - set(known):
            near = get_close_matches(key, known, 1)
            raise FigureError(f"{_called(row)}: there is no {key!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        missing = [key for key in ("question", "data", "baseline", "verdict") if not str(row.get(key) or "").strip()]
        if missing:
            raise FigureError(f"{_called(row)}: nothing said for {', '.join(missing)}")
        numbers = {key: _number(row, key) for key in ("baseline_figure", "figure", "low", "high")}
        names = row.get("signals") or ()
        made: dict[str, Any] = {key: str(row.get(key) or "") for key in known} | numbers
        made["signals"] = (names,) if isinstance(names, str) else tuple(names)
        made["module"] = made["module"] or module
        made["people"] = int(row.get("people") or 0)
        figure = cls(**made)
        figure._check()
        return figure

    def _check(self) -> None:
        if self.verdict not in VERDICTS:
            raise FigureError(f"{self.question}: a verdict is one of {', '.join(VERDICTS)}, not {self.verdict!r}")
        if self.target not in TARGETS:
            raise FigureError(f"{self.question}: a target is met or missed, not {self.target!r}")
        if self.verdict == "not tested":
            if not self.because:
                raise FigureError(f"{self.question}: not tested, without a reason")
            return
        if self.figure is None:
            raise FigureError(f"{self.question}: a verdict without a figure")
        if bool(self.target) != bool(self.wanted):
            raise FigureError(
                f"{self.question}: a target is said in words, and whether it is met: {self.wanted!r}, {self.target!r}"
            )
        slack = 1e-9 + 1e-6 * abs(self.figure)
        if (self.low is not None and self.low > self.figure + slack) or (
            self.high is not None and self.high < self.figure - slack
        ):
            raise FigureError(f"{self.question}: {self.figure} lies outside its interval {self.low} to {self.high}")

    def written(self) -> Row:
        """The figure as docs/validity.json holds it: the seven keys of the record first, figures to four significant digits."""
        row: Row = asdict(self) | {"signals": list(self.signals)}
        ends = [_rounded(row.pop("low")), _rounded(row.pop("high"))]
        first = {key: row.pop(key) for key in ("question", "data", "baseline")}
        number, before = _rounded(row.pop("figure")), _rounded(row.pop("baseline_figure"))
        interval = None if ends == [None, None] else ends
        published, verdict = row.pop("published"), row.pop("verdict")
        return first | {"figure": number, "interval": interval, "published": published, "verdict": verdict} | {
            "baseline_figure": before
        } | row  # fmt: skip


def met(right: bool) -> str:
    """Whether a target is met, in the words of the record."""
    return "meets the target" if right else "misses the target"


def kept(high: float) -> str:
    """The verdict on a promise of 0.9: an interval wide enough holds everything, so that holding more often beats nothing."""
    return "worse than" if high < INTERVAL else "no better than"


def not_tested(
    question: str, because: str, *, signals: tuple[str, ...] = (), baseline: str = "none", **more: Any
) -> Row:
    """The row for a question that could not be put: never silence."""
    row: Row = {"question": question, "data": "none at hand", "baseline": baseline, "because": because}
    return row | {"verdict": "not tested", "signals": signals} | more


def _called(row: Mapping[str, Any]) -> str:
    return str(row.get("question") or "a figure without a question")


def _number(row: Mapping[str, Any], key: str) -> float | None:
    value = row.get(key)
    if value is None:
        return None
    number = float(value)
    if not math.isfinite(number):
        raise FigureError(f"{_called(row)}: {key} is {number}")
    return number


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")


# -- drawing again -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """A figure and its baseline on the same data, with intervals from the same draws."""

    figure: float
    low: float
    high: float
    baseline_figure: float
    gain: float
    """By how much the figure is better than the baseline: positive is good, whichever way the metric points."""
    gain_low: float
    gain_high: float
    of_nobody: bool = False

    @property
    def verdict(self) -> str:
        """In words, by the interval of the paired difference."""
        return "beats" if self.gain_low > 0 else "worse than" if self.gain_high < 0 else "no better than"

    def row(self, question: str, data: str, baseline: str, **more: Any) -> Row:
        """The row of this comparison; `more` gives published, target, wanted, measure, signals, how. Of nobody it says so."""
        if self.of_nobody:
            kept = {name: more[name] for name in ("published", "wanted", "measure", "signals") if name in more}
            return not_tested(question, NOBODY, baseline=baseline, **{"data": data} | kept)
        names = ("figure", "low", "high", "baseline_figure")
        row: Row = {"question": question, "data": data, "baseline": baseline, "published": ""}
        return row | {name: getattr(self, name) for name in names} | {"verdict": self.verdict} | more


def compared(
    metric: Metric,
    truth: Array,
    ours: Array,
    theirs: Array,
    *,
    accounts: Array | None = None,
    higher_is_better: bool = True,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Compared:
    """Compare two guesses at the truth by a metric; rows of one account are drawn together.

    Rows in which any of the three is unknown (nan) are the caller's to leave out, of both sides alike.
    """
    if not len(truth):
        return Compared(*[math.nan] * 7, of_nobody=True)
    both = again(lambda rows: (metric(truth[rows], ours[rows]), metric(truth[rows], theirs[rows])), len(truth),
                 accounts=accounts, draws=draws, seed=seed)  # fmt: skip
    mine, its = metric(truth, ours), metric(truth, theirs)
    sign = 1.0 if higher_is_better else -1.0
    (low, high), (gain_low, gain_high) = ends(both[:, 0]), ends(sign * (both[:, 0] - both[:, 1]))
    return Compared(mine, min(low, mine), max(high, mine), its, sign * (mine - its), gain_low, gain_high)


def against_constant(figure: float, low: float, high: float, bar: float, *, higher_is_better: bool = True) -> Compared:
    """Compare a figure with a number that does not move (a chance level, a bar that was set): its interval decides."""
    sign = 1.0 if higher_is_better else -1.0
    gains = sorted((sign * (low - bar), sign * (high - bar)))
    return Compared(figure, low, high, bar, sign * (figure - bar), *gains)


def bootstrap(
    statistic: Callable[[Array], float],
    rows: int,
    *,
    accounts: Array | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> tuple[float, float, float]:
    """A statistic of row numbers with its 90 % percentile interval: (value, low, high)."""
    value = statistic(np.arange(rows))
    low, high = ends(again(lambda drawn: (statistic(drawn),), rows, accounts=accounts, draws=draws, seed=seed)[:, 0])
    return value, min(low, value), max(high, value)


def again(
    statistics: Callable[[Array], tuple[float, ...]],
    rows: int,
    *,
    accounts: Array | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Numbers:
    """Statistics of `draws` resamples, one line a draw: whole accounts are drawn where `accounts` names them, else rows."""
    rng = np.random.default_rng(seed)
    if accounts is None:
        return np.array([statistics(rng.integers(0, rows, rows)) for _ in range(draws)], dtype=np.float64)
    _, group = np.unique(accounts, return_inverse=True)
    order, count = np.argsort(group, kind="stable"), np.bincount(group)
    start = np.cumsum(count) - count
    found = [statistics(order[_ranges(rng.integers(0, len(count), len(count)), start, count)]) for _ in range(draws)]
    return np.array(found, dtype=np.float64)


def ends(drawn: Numbers) -> tuple[float, float]:
    """The 90 % percentile interval of draws; draws on which nothing can be said (nan) are left out."""
    low, high = np.nanquantile(drawn, [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2])
    return float(low), float(high)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """90 % limits of a share (Wilson 1927)."""
    if n == 0:
        return 0.0, 1.0
    z, p = 1.6448536, hits / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))


def _ranges(chosen: Array, start: Array, count: Array) -> Array:
    """start..start+count of every chosen group, one after the other."""
    size = count[chosen]
    ends_at = np.cumsum(size)
    return np.arange(ends_at[-1] if len(size) else 0) + np.repeat(start[chosen] - (ends_at - size), size)


# -- metrics -----------------------------------------------------------------------------------------------------------------


def ranks(values: Array) -> Numbers:
    """Ranks from 1; those that tie share the mean of theirs."""
    _, group, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[group]


def auc(truth: Array, score: Array) -> float:
    """Chance that somebody of whom it is true scores higher than somebody of whom it is not; ties count half."""
    yes = truth.astype(bool)
    n, m = int(yes.sum()), int((~yes).sum())
    if not n or not m:
        return math.nan
    return float((ranks(score)[yes].sum() - n * (n + 1) / 2) / (n * m))


def accuracy(truth: Array, said: Array) -> float:
    """Share of rows that are right."""
    return float(np.mean(truth == said))


def f1(truth: Array, said: Array) -> float:
    """Harmonic mean of precision and recall of flags."""
    hits = float((truth.astype(bool) & said.astype(bool)).sum())
    return 2 * hits / max(float(truth.astype(bool).sum() + said.astype(bool).sum()), 1.0)


def precision(truth: Array, said: Array) -> float:
    """Share of what was flagged that is true; nan where nothing was."""
    flagged = said.astype(bool)
    return float(truth.astype(bool)[flagged].mean()) if flagged.any() else math.nan


def recall(truth: Array, said: Array) -> float:
    """Share of what is true that was flagged."""
    return precision(said, truth)


def precision_at(k: int) -> Metric:
    """Share of true ones among the k that score highest; a tie at the border counts in proportion."""

    def metric(truth: Array, score: Array) -> float:
        return float(_weights_at(k, score) @ truth.astype(np.float64)) / min(k, max(len(score), 1))

    return metric


def ndcg_at(k: int) -> Metric:
    """Discounted gain of the k that score highest, divided by the best order's (Järvelin & Kekäläinen 2002)."""

    def metric(truth: Array, score: Array) -> float:
        discount = 1 / np.log2(np.arange(2, min(k, len(truth)) + 2))
        best = float(np.sort(truth)[::-1][: len(discount)] @ discount)
        # Those that tie stand in an order that does not depend on the truth: the mean of all orders.
        shared = _mean_by_tie(truth.astype(np.float64), score)
        return float(shared[np.argsort(-score, kind="stable")][: len(discount)] @ discount) / best if best else math.nan

    return metric


def ece(truth: Array, probability: Array, bins: int = 10) -> float:
    """Expected calibration error over bins of equal width (Naeini et al. 2015): how far what is said is from what happens."""
    if not len(truth):
        return math.nan
    place = np.minimum((probability * bins).astype(np.int64), bins - 1)
    gap = np.bincount(place, probability, bins) - np.bincount(place, truth.astype(np.float64), bins)
    return float(np.abs(gap).sum() / len(truth))


def brier(truth: Array, probability: Array) -> float:
    """Mean squared distance between a probability and what happened (Brier 1950)."""
    return float(np.mean((probability - truth.astype(np.float64)) ** 2))


def log_loss(truth: Array, probability: Array) -> float:
    """Mean surprise at what happened, in nats; probabilities are kept 1e-6 away from certainty."""
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    return float(-np.mean(np.where(truth.astype(bool), np.log(p), np.log1p(-p))))


def spearman(truth: Array, score: Array) -> float:
    """Rank correlation (Spearman 1904); nan where one side does not vary."""
    a, b = ranks(truth), ranks(score)
    spread = float(a.std() * b.std())
    return float(((a - a.mean()) * (b - b.mean())).mean()) / spread if spread else math.nan


def pearson(truth: Array, score: Array) -> float:
    """Linear correlation; nan where one side does not vary."""
    spread = float(truth.std() * score.std())
    return float(((truth - truth.mean()) * (score - score.mean())).mean()) / spread if spread else math.nan


def rmse(truth: Array, said: Array) -> float:
    """Root of the mean squared error."""
    return float(np.sqrt(np.mean((said - truth) ** 2)))


def mean_absolute_error(truth: Array, said: Array) -> float:
    """Mean distance from the truth."""
    return float(np.mean(np.abs(said - truth)))


def bias(truth: Array, said: Array) -> float:
    """How far the mean of what is said lies above (or below) the mean of what is true, without its sign."""
    return float(abs(np.mean(said - truth)))


def purity(truth: Array, said: Array) -> float:
    """Share of rows whose group holds mostly rows of their own kind."""
    table = _contingency(truth, said)
    return float(table.max(axis=0).sum() / table.sum())


def nmi(truth: Array, said: Array) -> float:
    """Mutual information of two groupings divided by the mean of their entropies (Strehl & Ghosh 2002, arithmetic form)."""
    p = _contingency(truth, said)
    p = p / p.sum()
    a, b = p.sum(axis=1), p.sum(axis=0)
    mixed = a[:, None] * b[None, :]
    shared = float((p[p > 0] * np.log(p[p > 0] / mixed[p > 0])).sum())
    whole = float(-(a * np.log(a)).sum() - (b * np.log(b)).sum()) / 2
    return shared / whole if whole else math.nan


def concordance(truth: Array, score: Array, pairs: int = 200_000, seed: int = SEED) -> float:
    """Share of pairs that a score puts in the order of the truth; ties in the score count half (drawn pairs when there are many)."""
    rng, n = np.random.default_rng(seed), len(truth)
    one, other = rng.integers(0, n, pairs), rng.integers(0, n, pairs)
    differ = truth[one] != truth[other]
    one, other = one[differ], other[differ]
    agree = np.sign(truth[one] - truth[other]) * np.sign(score[one] - score[other])
    return float((agree + 1).mean() / 2) if len(agree) else math.nan


def _weights_at(k: int, score: Array) -> Numbers:
    """1 for those above the k-th score, a part for those that tie with it, 0 below."""
    if len(score) <= k:
        return np.ones(len(score))
    border = np.partition(score, len(score) - k)[len(score) - k]
    above, level = score > border, score == border
    return above + level * (k - above.sum()) / max(level.sum(), 1)


def _mean_by_tie(values: Numbers, score: Array) -> Numbers:
    _, group, count = np.unique(score, return_inverse=True, return_counts=True)
    return (np.bincount(group, values) / count)[group]


def _contingency(truth: Array, said: Array) -> Numbers:
    rows, a = np.unique(truth, return_inverse=True)
    columns, b = np.unique(said, return_inverse=True)
    return (
        np.bincount(a * len(columns) + b, minlength=len(rows) * len(columns)).reshape(len(rows), -1).astype(np.float64)
    )
