"""How evenly a few people spread over many topics: the entropy of a crowd, with what a small one has not shown.

The estimator is that of Chao, Wang & Jost 2013 (doi 10.1111/2041-210X.12108), which tells from topics that one or two people have
how many have none; the plug-in entropy with the correction of Miller & Madow 1955 told audiences of ten people, mixed over twenty
topics, to be focused by .21 too much. Its error is that of the delta method on shares smoothed by one more person, with two terms
that matter where that one vanishes: what evenness itself leaves to chance, (k - 1) / 2n^2, and half the share of topics seen once.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
FROM, TO, POINTS = -4.5, 4.2, 160
"""Where the integral is taken, and at how many points (checked against the sum: see the tests)."""


def entropies(counts: pa.ListArray, kinds_in_all: int) -> tuple[Numbers, Numbers]:
    """Entropy (nats) of each list of counts by kind, and its standard error; nan of a list that is null."""
    from scipy.special import digamma

    size = counts.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    whose = np.repeat(np.arange(len(size)), size)
    x = np.asarray(counts.flatten().to_numpy(zero_copy_only=False), np.float64)

    def total(values: Numbers) -> Numbers:
        return np.bincount(whose, values, minlength=len(size)).astype(np.float64)

    n, once, twice = total(x), total((x == 1).astype(float)), total((x == 2).astype(float))
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = digamma(n) - total(x * digamma(x)) / n
        value = np.where(n > 0, np.minimum(seen + _unseen(n, once, twice), np.log(kinds_in_all)), np.nan)
        logs = np.log((x + 1 / kinds_in_all) / (n[whose] + 1))
        none, empty = np.log(1 / kinds_in_all / (n + 1)), (kinds_in_all - size) / kinds_in_all
        first, second = (
            (total((x + 1 / kinds_in_all) * logs**power) + empty * none**power) / (n + 1) for power in (1, 2)
        )
        spread = np.maximum(second - first**2, 0) / (n + 1)
        error = np.sqrt(spread + (kinds_in_all - 1) / (2 * (n + 1) ** 2) + (once / n / 2) ** 2)
    return value, np.where(n > 0, error, np.nan)


def _unseen(n: Numbers, once: Numbers, twice: Numbers) -> Numbers:
    """The part of the entropy that lies in kinds of which nobody was seen: f1/n times the tail of a series.

    The tail, the sum of q^j / (n - 1 + j), is the integral of q e^-s / (1 - q e^(-s/n)) ds / n from 0 on; taken at points that
    crowd together where it is steep (Takahasi & Mori 1974) it comes out to fourteen digits, whatever the size of the crowd.
    """
    left = np.where(twice > 0, 2 * twice / ((n - 1) * once + 2 * twice), 2 / ((n - 1) * np.maximum(once - 1, 0) + 2))
    step = (TO - FROM) / (POINTS - 1)
    tail = np.zeros(len(n))
    for y in np.linspace(FROM, TO, POINTS):
        s = np.exp(y - np.exp(-y))
        tail += np.exp(-s) * s * (1 + np.exp(-y)) * step / -np.expm1(np.log1p(-left) - s / n)
    return np.where((once > 0) & (left < 1), once / n * (1 - left) / n * tail, 0.0)


__all__ = ["entropies"]
