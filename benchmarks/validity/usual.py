"""Is what the program calls usual for a size usual among accounts that it has not seen?

Half of the accounts teach, the other half is asked. Taught are the curve that engagement for its size is held against, and the range
that the user's own panel gives for each size class. Half of the others should lie below the one, and half within the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.validity import worlds
from benchmarks.validity.figures import SEED, Array, Compared, Numbers, Row, compared, met, not_tested
from benchmarks.validity.worlds import Simulated
from groundswell.definitions import benchmark
from groundswell.definitions.judging import band_of
from groundswell.definitions.rates import fit_panel
from groundswell.signals import by_size
from groundswell.signals.comparing import part

SLACK = 0.03
"""Of a half, so much to either side."""
Halves = tuple[Array, Array]


def usual_figures() -> list[Row]:
    """The middle and the middle half of a size class, on accounts that they were not learned from."""
    made = worlds.several()
    middle, within = (
        tuple(np.concatenate(column) for column in zip(*map(of, made), strict=True)) for of in (_below, _inside)
    )
    upper = not_tested(
        "Do nine in ten lie below the upper tenth of their size?", "the program tells a middle and a middle half for a size, and no upper tenth",
        signals=("engagement_residual",), wanted="0.87 to 0.93",
    )  # fmt: skip
    return [
        *_rows("lie below what is usual for their size", "one rate for every size: its median", *middle, "engagement_residual"),
        *_rows("lie within the usual range of their size", "one range for every size", *within, "tier_percentile"),
        upper,
    ]  # fmt: skip


def _halves(world: Simulated) -> tuple[Halves, Halves]:
    half = np.random.default_rng(SEED).permutation(world.signals.num_rows) % 2
    return (half == 0, half == 1), (half == 1, half == 0)


def _below(world: Simulated) -> tuple[Numbers, Numbers, Array]:
    """Of each account whether it lies below the curve, and below one rate for every size (a half where it lies on it); its size class."""
    rows = world.signals
    followers, reactions = part(rows, "followers"), part(rows, "typical_reactions")
    names, platforms = np.unique(np.array(rows.column("platform").to_pylist(), object).astype(str), return_inverse=True)
    called, truth = dict(enumerate(map(str, names))), np.log(reactions + by_size.HALF)
    curve, flat = np.full(len(followers), np.nan), np.full(len(followers), np.nan)
    size = np.log(np.where(followers > 0, followers, np.nan))
    for learned, asked in _halves(world):
        curves = by_size.learn_curves(platforms[learned], followers[learned], reactions[learned], called)
        curve[asked] = by_size.usual(curves, platforms, followers, called)[asked]
        flat[asked] = size[asked] + np.nanmedian(truth[learned] - size[learned])
    told = np.isfinite(truth) & np.isfinite(curve)
    ours, theirs = ((truth < said) + 0.5 * (truth == said) for said in (curve, flat))
    return ours[told], theirs[told], by_size.size_class(followers)[told]


def _inside(world: Simulated) -> tuple[Numbers, Numbers, Array]:
    """Of each account whether its rate lies within the panel's range for its size, and within one range for every size."""
    rows = world.signals
    followers, rate = part(rows, "followers"), part(rows, "public_rate")
    platforms = np.array(rows.column("platform").to_pylist(), object).astype(str)
    ours, theirs = np.full(len(rate), np.nan), np.full(len(rate), np.nan)
    for learned, asked in _halves(world):
        for platform in np.unique(platforms):
            mine, here = learned & (platforms == platform), np.flatnonzero(asked & (platforms == platform))
            if not np.isfinite(rate[mine]).any():
                continue
            panel = fit_panel(benchmark("measured_panel"), followers[mine], rate[mine], platform)
            ends = np.array([(level.rate_from, level.rate_to) for level in panel.levels] + [(None, None)], np.float64)
            ours[here] = _between(rate[here], *ends[band_of(panel.levels, followers[here])].T)
            theirs[here] = _between(rate[here], *np.nanquantile(rate[mine], (0.25, 0.75)))
    told = np.isfinite(ours) & np.isfinite(theirs)
    return ours[told], theirs[told], by_size.size_class(followers)[told]


def _between(rate: Numbers, low: Numbers, high: Numbers) -> Numbers:
    return np.where(np.isnan(rate) | np.isnan(low), np.nan, (low <= rate) & (rate <= high))


def _rows(what: str, baseline: str, ours: Numbers, theirs: Numbers, sizes: Array, signal: str) -> Iterator[Row]:
    """How far from a half, over every size and in each class with enough accounts."""
    off: Callable[[Array, Array], float] = lambda _, said: abs(float(said.mean()) - 0.5)  # noqa: E731
    for size, name in ((None, "every size"), *enumerate(by_size.CLASSES)):
        mine = np.ones(len(sizes), bool) if size is None else sizes == size
        if mine.sum() < by_size.FEWEST:
            continue
        found: Compared = compared(off, ours[mine], ours[mine], theirs[mine], higher_is_better=False)
        yield found.row(
            f"Do half of the accounts {what}: {name}?", f"{worlds.described()}, {int(mine.sum()):,} accounts that it was not learned from", baseline,
            measure="distance of the share from one half", wanted=f"at most {SLACK:g}", target=met(found.figure <= SLACK), signals=(signal,),
            how=f"{ours[mine].mean():.1%} do.",
        )  # fmt: skip


__all__ = ["usual_figures"]
