"""What rate is usual for an account of this size, who says so, and where they say nothing.

A benchmark speaks about one metric, usually on one platform. Asked about another metric it does not answer with a number but
says what it measures; asked about another platform, or in a hole between its bands, it is silent. Benchmarks contradict one
another; they are shown side by side, each with its author, and never averaged.

The default benchmark, `measured_panel`, has no numbers in its file: `fit_panel` fits them from the user's own accounts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from groundswell.definitions.judging import Floats, Numbers, as_floats, band_of
from groundswell.definitions.model import Benchmark, Level


@dataclass(frozen=True)
class Typical:
    """What a benchmark says about one account: a typical rate, a range, or neither and the reason."""

    benchmark: str
    typical: float | None = None
    rate_from: float | None = None
    rate_to: float | None = None
    n: int | None = None
    reason: str | None = None
    remarks: tuple[str, ...] = ()
    """What the reader must know before comparing: another metric, no platform named, unpaid posts only."""

    @property
    def known(self) -> bool:
        """Whether the benchmark says anything."""
        return self.reason is None


@dataclass(frozen=True)
class Comparison:
    """A rate beside what is usual. `verdict` is below, within or above; None where the benchmark is silent."""

    metric: str
    value: float | None
    verdict: str | None
    usual: Typical
    sentence: str


def typical_of(benchmark: Benchmark, platform: str, followers: float | None, metric: str) -> Typical:
    """What `benchmark` calls usual for `metric` of an account on `platform` with so many followers.

    Silent with a reason: `not_applicable` (other metric or platform), `not_observed` (followers unknown), `too_few` (a fitted
    band with too few accounts), `definition_silent` (no band there, or not fitted).
    """
    if mismatch := _mismatch(benchmark, platform, metric):
        return Typical(benchmark.name, reason="not_applicable", remarks=(mismatch,))
    if followers is None or np.isnan(followers):
        return Typical(benchmark.name, reason="not_observed", remarks=("the follower count is not known.",))
    index = int(band_of(benchmark.levels, [followers])[0])
    if index < 0:
        return Typical(benchmark.name, reason="definition_silent", remarks=(_silence(benchmark, followers),))
    level = benchmark.levels[index]
    if level.typical is None and level.rate_from is None:
        few = f"only {level.n} {'account' if level.n == 1 else 'accounts'} of that size in your data; {benchmark.least} are needed."
        return Typical(benchmark.name, n=level.n, reason="too_few", remarks=(few,))
    return Typical(
        benchmark.name, level.typical, level.rate_from, level.rate_to, level.n, remarks=tuple(_cautions(benchmark))
    )


def typical_rates(benchmark: Benchmark, platform: str, followers: Numbers, metric: str) -> Floats:
    """The typical rate for a column of follower counts; NaN wherever the benchmark is silent.

    Where only a range is published, its geometric middle is taken: rates are skewed, and the arithmetic middle lies too high.
    """
    counts = as_floats(followers)
    if _mismatch(benchmark, platform, metric):
        return np.full(counts.shape, np.nan)
    typical = np.array([*(_middle(level) for level in benchmark.levels), np.nan])
    return typical[band_of(benchmark.levels, counts)]


def compare(
    benchmark: Benchmark, platform: str, followers: float | None, metric: str, value: float | None
) -> Comparison:
    """Set one account's rate beside what is usual, in words that name the author."""
    usual = typical_of(benchmark, platform, followers, metric)
    verdict = _verdict(usual, value)
    return Comparison(metric, value, verdict, usual, _sentence(benchmark, usual, value, verdict))


def compare_all(
    benchmarks: Iterable[Benchmark], platform: str, followers: float | None, metric: str, value: float | None
) -> list[Comparison]:
    """Set one rate beside every benchmark, one line each: contradictions stay visible."""
    return [compare(benchmark, platform, followers, metric, value) for benchmark in benchmarks]


def fit_panel(
    declared: Benchmark, followers: Numbers, rate: Numbers, platform: str, metric: str = "public_rate"
) -> Benchmark:
    """Fit a benchmark's numbers from the user's own accounts on one platform: median, quartiles and n of each band.

    `followers` and `rate` are columns of equal length; rows with an unknown among them are left out. A band with fewer than
    `declared.least` accounts keeps its n and says nothing.
    """
    counts, rates = as_floats(followers), as_floats(rate)
    known = ~(np.isnan(counts) | np.isnan(rates))
    counts, rates = counts[known], rates[known]
    ends = (*declared.edges[1:], None)
    bands = [Level(start, below) for start, below in zip(declared.edges, ends, strict=True)]
    found = band_of(bands, counts)
    levels = tuple(_fit(band, rates[found == index], declared.least) for index, band in enumerate(bands))
    return replace(declared, levels=levels, platforms=(platform,), metrics=(metric,))


def _fit(band: Level, rates: Floats, least: int) -> Level:
    if rates.size < least:
        return replace(band, n=int(rates.size))
    low, middle, high = (float(rate) for rate in np.quantile(rates, [0.25, 0.5, 0.75]))
    return replace(band, typical=middle, rate_from=low, rate_to=high, n=int(rates.size))


def _middle(level: Level) -> float:
    if level.typical is not None or level.rate_from is None or level.rate_to is None:
        return np.nan if level.typical is None else level.typical
    return float(np.sqrt(level.rate_from * level.rate_to))


def speaks_of(benchmark: Benchmark, platform: str) -> bool:
    """Whether a benchmark was measured on a platform, or names none."""
    return not benchmark.platforms or platform in benchmark.platforms


def _mismatch(benchmark: Benchmark, platform: str, metric: str) -> str | None:
    """Why this benchmark must not be compared with that metric or platform; None when it may."""
    if metric not in benchmark.metrics:
        return f"it speaks of {' or '.join(benchmark.metrics)}; {metric} is another quantity."
    if not speaks_of(benchmark, platform):
        return f"it was measured on {' and '.join(name.capitalize() for name in benchmark.platforms)} only."
    return None


def _silence(benchmark: Benchmark, followers: float) -> str:
    if benchmark.fitted and not benchmark.levels:
        return "it has not been fitted to your data."
    return f"it says nothing about accounts with {followers:,.0f} followers."


def _cautions(benchmark: Benchmark) -> Iterable[str]:
    if not benchmark.platforms:
        yield "it names no platform."
    if benchmark.posts != "all":
        yield f"it speaks of {benchmark.posts} posts."


def _verdict(usual: Typical, value: float | None) -> str | None:
    low = usual.typical if usual.rate_from is None else usual.rate_from
    high = usual.typical if usual.rate_to is None else usual.rate_to
    if value is None or np.isnan(value) or low is None or high is None:
        return None
    return "below" if value < low else "above" if value > high else "within"


def _sentence(benchmark: Benchmark, usual: Typical, value: float | None, verdict: str | None) -> str:
    source = benchmark.provenance.source
    if not usual.known:
        return f"No comparison with {benchmark.title}: {' '.join(usual.remarks)}"
    if usual.rate_from is None or usual.rate_to is None:
        said = f"the {usual.typical:.2%} that {source} gives as typical of this size"
    else:
        said = f"the {usual.rate_from:.1%} to {usual.rate_to:.1%} that {source} gives as usual for this size"
    if value is None or verdict is None:
        return f"The rate is not known; compare it with {said}."
    if verdict == "within":
        return f"{value:.2%} agrees with {said}."
    return f"{value:.2%} lies {verdict} {said}."
