"""What is usual for a size, and what is to be expected of the next posts: learned from everybody, kept with the peers.

A curve a platform: log(likes and comments of a typical post + 1/2) against log(followers), through medians of groups of equal
size and never falling (Tian, Dew & Iyengar 2024: more followers never mean fewer impressions). Size is taken out by dividing by it.

A forecast is the mean of the recent posts. It is drawn towards the curve only in those size classes where that foretold posts that
were held back better, on the user's own data, surely; elsewhere the weight of the curve is nought.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

HALF = 0.5
"""Added before the logarithm, so that a post without any reaction counts (SCIENCE: log(median interactions + 0.5))."""
FEWEST = 30
"""Accounts of a platform, or of a size class, below which nothing is learned of it; as many make one point of a curve."""
MOST_POINTS = 20
PAIRS = 400
"""A slope is the median over pairs of at most so many accounts (Theil 1950, Sen 1968)."""
EDGES = (1_000.0, 10_000.0, 100_000.0, 1_000_000.0)
"""Where size classes begin, by the decades that the article on 2017 and Markerly 2016 use."""
CLASSES = ("under 1,000", "1,000 to 10,000", "10,000 to 100,000", "100,000 to 1 million", "over 1 million")

RECENT = 8
"""Posts that a forecast is made from: of 2 to 8 on real accounts more was never worse (design choice)."""
AHEAD = 4
"""Posts that it foretells."""
KAPPAS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""So many posts' worth of weight the curve may have."""
FOLDS = 5
SURE = 1.6448536
"""The paired gain over the plain mean must exceed so many standard errors."""
ACCOUNTS_TO_SHRINK = 100
"""Accounts of a size class below which the plain mean stays (design choice)."""


# -- the curve -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """log(reactions + 1/2) by log(followers): straight lines through points, and at the ends the general slope."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    slope: float

    def at(self, followers: Floats) -> Floats:
        """The usual log of reactions; nan where followers are unknown or none."""
        size = np.log(np.where(followers > 0, followers, np.nan))
        inside = np.interp(size, self.x, self.y)
        beyond = np.minimum(size - self.x[0], 0.0) + np.maximum(size - self.x[-1], 0.0)
        return np.where(np.isnan(size), np.nan, inside + self.slope * beyond)


def learn_curve(followers: Floats, reactions: Floats) -> Curve | None:
    """The curve of one platform; None when fewer than FEWEST accounts tell both numbers."""
    told = np.isfinite(followers) & np.isfinite(reactions) & (followers > 0)
    if told.sum() < FEWEST:
        return None
    x, y = np.log(followers[told]), np.log(reactions[told] + HALF)
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    groups = np.array_split(np.arange(len(x)), min(MOST_POINTS, len(x) // FEWEST))
    at = np.array([np.median(x[group]) for group in groups])
    level = _never_falling(np.array([np.median(y[group]) for group in groups]))
    return Curve(tuple(map(float, at)), tuple(map(float, level)), _slope(x, y))


def _never_falling(levels: Floats) -> Floats:
    """Pool neighbours that fall until none does (isotonic regression, Ayer et al. 1955)."""
    pools: list[tuple[float, int]] = []
    for level in levels:
        pools.append((float(level), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (high, m), (low, n) = pools[-2:]
            pools[-2:] = [((high * m + low * n) / (m + n), m + n)]
    return np.concatenate([np.full(size, level) for level, size in pools])


def _slope(x: Floats, y: Floats) -> float:
    """Median slope over pairs, not below 0; `x` is sorted, and of many accounts every so-manieth is taken."""
    few = np.unique(np.linspace(0, len(x) - 1, min(PAIRS, len(x))).astype(np.int64))
    i, j = np.triu_indices(len(few), 1)
    run, rise = x[few][j] - x[few][i], y[few][j] - y[few][i]
    return max(0.0, float(np.median(rise[run > 0] / run[run > 0]))) if (run > 0).any() else 0.0


def learn_curves(platforms: Whole, followers: Floats, reactions: Floats, names: Mapping[int, str]) -> dict[str, Curve]:
    """Platform -> curve, of every platform with enough accounts."""
    found = {
        name: learn_curve(followers[platforms == code], reactions[platforms == code]) for code, name in names.items()
    }
    return {name: curve for name, curve in found.items() if curve is not None}


def usual(curves: Mapping[str, Curve], platforms: Whole, followers: Floats, names: Mapping[int, str]) -> Floats:
    """The usual log of reactions of each account's size on its platform; nan where no curve speaks."""
    found = np.full(len(followers), np.nan)
    for code, name in names.items():
        if name in curves:
            mine = platforms == code
            found[mine] = curves[name].at(followers[mine])
    return found


def size_class(followers: Floats) -> Whole:
    """Which of CLASSES; -1 where followers are unknown."""
    return np.where(np.isnan(followers), -1, np.searchsorted(EDGES, np.nan_to_num(followers), side="right"))


# -- the forecast ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trust:
    """How forecasts of one size class are made: the weight of the curve in posts, and how far they were off (log, 5 % and 95 %)."""

    kappa: float
    low: float
    high: float
    n: int


def recent_mean(recent: Floats, last: int = RECENT) -> tuple[Floats, Whole]:
    """(mean, count) of the first `last` columns; newest first, unknown as nan."""
    seen = recent[:, :last]
    n = np.isfinite(seen).sum(axis=1)
    return np.where(n > 0, np.nansum(seen, axis=1) / np.maximum(n, 1), np.nan), n


def weight_of_own(kappa: Floats, n: Whole, curve: Floats) -> Floats:
    """Weight of the own posts: n / (n + kappa); all of it where no curve speaks."""
    return np.where(np.isnan(curve), 1.0, n / np.maximum(n + kappa, 1e-12))


def foretell(own: Floats, n: Whole, curve: Floats, kappa: Floats) -> Floats:
    """log(reactions + 1/2) of the posts to come."""
    weight = weight_of_own(kappa, n, curve)
    return weight * np.log(own + HALF) + (1 - weight) * np.where(np.isnan(curve), 0.0, curve)


def learn_trust(recent: Floats, followers: Floats, curve: Floats, lot: Whole) -> dict[int, Trust]:
    """Size class -> how to forecast there (-1: everybody), by holding back the last AHEAD posts of every account."""
    ahead, many = recent_mean(recent, AHEAD)
    own, n = recent_mean(recent[:, AHEAD:])
    told = (many == AHEAD) & (n > 0)
    truth = np.log(ahead + HALF)
    sizes = size_class(followers)
    found: dict[int, Trust] = {}
    for size in (-1, *range(len(CLASSES))):
        mine = np.flatnonzero(told & ((sizes == size) | (size == -1)))
        if len(mine) < FEWEST:
            continue
        kappa = _earned(truth[mine], own[mine], n[mine], curve[mine], lot[mine]) if size >= 0 else 0.0
        off = truth[mine] - foretell(own[mine], n[mine], curve[mine], np.full(len(mine), kappa))
        low, high = np.quantile(off, (0.05, 0.95))
        found[size] = Trust(kappa, float(min(low, 0.0)), float(max(high, 0.0)), len(mine))
    return found


def _earned(truth: Floats, own: Floats, n: Whole, curve: Floats, lot: Whole) -> float:
    """The weight of the curve that foretold held-back posts of *other* accounts surely better than the plain mean; else 0."""
    both = np.isfinite(curve)
    if both.sum() < ACCOUNTS_TO_SHRINK:
        return 0.0
    truth, own, n, curve, fold = truth[both], own[both], n[both], curve[both], lot[both] % FOLDS
    off = np.array([(truth - foretell(own, n, curve, np.full(len(n), kappa))) ** 2 for kappa in KAPPAS])
    others = np.array([off[:, fold != one].mean(axis=1) for one in range(FOLDS)])
    best = others.argmin(axis=1)[fold]
    gain = off[0] - off[best, np.arange(len(best))]
    error = gain.std() / np.sqrt(len(gain))
    return KAPPAS[int(off.mean(axis=1).argmin())] if gain.mean() > SURE * error > 0 else 0.0


def as_plain(curves: Mapping[str, Curve], trust: Mapping[int, Trust]) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        "curves": {name: asdict(curve) for name, curve in curves.items()},
        "trust": {str(size): asdict(one) for size, one in trust.items()},
    }


def from_plain(said: Mapping[str, Any]) -> tuple[dict[str, Curve], dict[int, Trust]]:
    """What `as_plain` wrote."""
    curves = {name: Curve(tuple(one["x"]), tuple(one["y"]), one["slope"]) for name, one in said["curves"].items()}
    return curves, {int(size): Trust(**one) for size, one in said["trust"].items()}
