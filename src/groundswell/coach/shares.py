"""A share with what is behind it: hits of n, and its 90 % interval by Jeffreys' prior, Beta(hits + 1/2, n - hits + 1/2).

Brown, Cai & DasGupta 2001 recommend it for small n (doi 10.1214/ss/1009213286).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """A share of rows with its 90 % interval."""

    hits: float
    n: int
    value: float
    low: float
    high: float


def share_of(hits: float, n: int) -> Share:
    """Return hits / n with its interval; `hits` may hold halves, where ties were split. There must be a row."""
    from scipy.special import betaincinv

    low, high = (float(betaincinv(hits + 0.5, n - hits + 0.5, at)) for at in (0.05, 0.95))
    # At the ends the interval would leave out the share itself (Brown et al. 2001, section 4.1.1).
    return Share(hits, n, hits / n, 0.0 if hits == 0 else low, 1.0 if hits == n else high)
