"""Arithmetic of crowds, on arrays: how large a share of a crowd is false, and which ties recur more than chance would have it.

The share is that of Saerens, Latinne & Decaestecker 2002 (doi 10.1162/089976602753284446): what expectation maximisation over the
members' likelihood ratios converges to is the maximum of a likelihood with one unknown, which is read off a grid here, for all
crowds at once. Its interval is where the likelihood falls by half the chi-square quantile (Wilks 1938).

First-digit tests (Benford) are left out on purpose: they condemn most genuine audiences of a thousand followers, and without a
reference of the same platform and size they show nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
BINS = np.linspace(-5, 5, 101)
"""Log likelihood ratios are counted in bins of 0.1."""
SHARES = np.linspace(0, 1, 201)
FALL = 1.3527717
"""Half of the 90 % quantile of chi-square with one degree of freedom."""
AT_ONCE = 4_000


def bin_of(log_ratio: Floats) -> Places:
    """The bin of each log likelihood ratio."""
    return np.clip(np.rint((log_ratio - BINS[0]) * 10), 0, len(BINS) - 1).astype(np.int64)


def false_share(crowd: Places, bins: Places, members: Places, crowds: int) -> tuple[Floats, Floats, Floats]:
    """Share of false members of each crowd with its 90 % sampling interval.

    A row says that so many members of a crowd fall into a bin; crowds are numbered from 0.
    """
    from scipy.sparse import csr_array

    # log of (1 - share) + share * ratio: what a member of the bin says for each share
    says = np.log1p(SHARES * np.expm1(BINS)[:, None])
    counts = csr_array((members.astype(np.float64), (crowd, bins)), shape=(crowds, len(BINS)))
    parts = [_read(counts[start : start + AT_ONCE] @ says) for start in range(0, crowds, AT_ONCE)]
    if not parts:
        return np.empty(0), np.empty(0), np.empty(0)
    value, low, high = zip(*parts, strict=True)
    return np.concatenate(value), np.concatenate(low), np.concatenate(high)


def _read(likelihood: Floats) -> tuple[Floats, Floats, Floats]:
    """The share with the highest likelihood, and where it has fallen by FALL on either side."""
    rows, best = np.arange(len(likelihood)), likelihood.argmax(axis=1)
    top, step = likelihood[rows, best], SHARES[1]
    left, right = (likelihood[rows, np.clip(best + way, 0, len(SHARES) - 1)] for way in (-1, 1))
    inside = (best > 0) & (best < len(SHARES) - 1)
    bend = np.where(inside, np.minimum(left - 2 * top + right, -1e-12), -1.0)
    value = SHARES[best] + np.where(inside, np.clip((left - right) / (2 * bend), -0.5, 0.5) * step, 0)
    near = likelihood >= (top - FALL)[:, None]
    low, high = near.argmax(axis=1), len(SHARES) - 1 - near[:, ::-1].argmax(axis=1)
    return value, np.minimum(SHARES[low], value), np.maximum(SHARES[high], value)


def embedded(one: Places, other: Places, size: int, ties: int) -> tuple[Floats, Floats, Floats]:
    """Of each tie one -> other: how many others tie to `other` to whom `one` ties too, the chance of so many or more, and that of all.

    The last says whether anything could be told at all: where nearly everybody ties to everybody, not even all of them recur beyond chance.

    By chance means: everybody keeps how many they tie to and how many tie to them, and the ends are dealt out anew among `ties`
    ties (the expectation of degree-preserving rewiring, Chung & Lu 2002; the count is nearly Poisson).
    """
    from scipy.sparse import csr_array
    from scipy.special import pdtrc

    if not len(one):
        return np.empty(0), np.empty(0), np.empty(0)
    there = csr_array((np.ones(len(one)), (one, other)), shape=(size, size))
    shared = _at(there @ there, one, other)
    outward, inward = np.bincount(one, minlength=size), np.bincount(other, minlength=size)
    reach = there.T @ inward.astype(np.float64)
    expected = np.maximum(outward[one] * reach[other] / max(ties, 1), 1e-12)

    def of(many: Floats) -> Floats:
        return np.where(many > 0, pdtrc(np.maximum(many - 1, 0), expected), 1.0)

    return shared, of(shared), of(np.minimum(outward[one], inward[other]) - 1.0)


def _at(matrix: Any, one: Places, other: Places) -> Floats:
    """Elements of a sparse matrix at some places."""
    from scipy.sparse import coo_array

    wanted = coo_array((np.ones(len(one)), (one, other)), shape=matrix.shape).tocsr()
    found = matrix.multiply(wanted).tocoo()
    width = matrix.shape[1]
    keys, values = found.row.astype(np.int64) * width + found.col, np.asarray(found.data, np.float64)
    order = np.argsort(keys)
    asked = one * width + other
    place = np.minimum(np.searchsorted(keys[order], asked), max(len(keys) - 1, 0))
    return np.where(keys[order][place] == asked, values[order][place], 0) if len(keys) else np.zeros(len(one))
