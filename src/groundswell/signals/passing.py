"""How often will its next post be passed on because of it? Reposts a post, drawn towards what is usual, less what comes whenever it comes.

The plain mean of reposts so far is mostly chance where posts are passed on once in ten: it foretells too much of those who were
lucky and nothing of those who were not. So each account's is drawn towards everybody's by as much as accounts differ beyond
chance (a Gamma distribution over accounts, counts that scatter more than Poisson's by one factor: Robbins 1956; Efron & Morris
1973). Of that counts the share that came in the two days after its post beyond what the same reposts would show with their times
shuffled (Anagnostopoulos, Kumar & Mahdian 2008), itself drawn towards everybody's share.

What is usual is a fit of four numbers, kept, so that strangers change nobody's value.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from groundswell.signals.arrays import Asked
from groundswell.store.crash_points import crash_point

Numbers = NDArray[np.float64]
FEWEST_PEOPLE = 30
"""Accounts from which on it is said what is usual (design choice)."""
WEIGHT_OF_SHARE = 30
"""Reposts' worth of weight that everybody's share beyond chance has (design choice: of 3 to 100 none foretold reposts worse)."""


@dataclass(frozen=True)
class Usual:
    """What was learned from everybody."""

    mean: float
    """Reposts a post."""
    shape: float
    """Of the Gamma distribution over accounts: small where they differ much."""
    scatter: float
    """Variance over mean among the posts of one account; 1 were Poisson's."""
    share: float
    """Share of reposts that come soon after the post beyond chance."""


@dataclass(frozen=True)
class Reposts:
    """Reposts of the own posts of accounts; one element an account."""

    posts: Numbers
    count: Numbers
    squares: Numbers
    """Sum of the squared counts of single posts."""
    soon: Numbers
    """Of them, those in the window after their post."""
    by_chance: Numbers
    """How many would come in the window with their times shuffled."""


def learn(seen: Reposts) -> Usual | None:
    """What is usual among accounts; None where they are fewer than FEWEST_PEOPLE, or nothing was passed on."""
    if len(seen.posts) < FEWEST_PEOPLE or not seen.count.sum():
        return None
    mean = float(seen.count.sum() / seen.posts.sum())
    own = seen.count / seen.posts
    within, freedom = (seen.squares - seen.posts * own**2).sum(), ((seen.posts - 1) * own).sum()
    scatter = max(1.0, float(within / freedom)) if freedom > 0 else 1.0
    expected = seen.posts * mean
    beyond = float(((seen.count - expected) ** 2 - scatter * expected).sum() / (expected**2).sum())
    told = float((seen.count - seen.by_chance).sum())
    share = float((seen.soon - seen.by_chance).sum()) / told if told > 0 else 0.0
    return Usual(mean, 1 / max(beyond, 1e-3), scatter, min(1.0, max(0.0, share)))


def foretold(seen: Reposts, usual: Usual) -> tuple[Numbers, Numbers, Numbers]:
    """(value, low, high) of the reposts that a further post will spark: the posterior mean and its 5 % and 95 %, times the share."""
    shape = seen.count / usual.scatter + usual.shape
    rate = seen.posts / usual.scatter + usual.shape / usual.mean
    beyond = seen.soon - seen.by_chance + WEIGHT_OF_SHARE * usual.share
    share = np.clip(beyond / (seen.count - seen.by_chance + WEIGHT_OF_SHARE), 0.0, 1.0)
    low, high = (gammaincinv(shape, end) / rate for end in (0.05, 0.95))
    return shape / rate * share, low * share, high * share


# -- the fit ---------------------------------------------------------------------------------------------------------------


def usual_version(folder: Path) -> str | None:
    """The version of the fit that says how often posts are passed on."""
    newest = max(folder.glob("passed-*.json"), default=None)
    return newest.stem.removeprefix("passed-") if newest else None


def usual_for(asked: Asked, seen: Reposts) -> Usual | None:
    """The fit in use; made first where it may be and is missing or wanted anew."""
    version = usual_version(asked.fits)
    if asked.may_fit and (version is None or asked.anew):
        learned = learn(seen)
        if learned is None:
            for file in asked.fits.glob("passed-*.json"):
                file.unlink()
            return None
        version = f"{int(version or 0) + 1:06d}"
        asked.fits.mkdir(parents=True, exist_ok=True)
        part = asked.fits / f"passed-{version}.json.part"
        part.write_text(json.dumps(asdict(learned)), encoding="utf-8")
        crash_point("passed: before the fit")
        part.replace(asked.fits / f"passed-{version}.json")
    if version is None:
        return None
    return Usual(**json.loads((asked.fits / f"passed-{version}.json").read_text(encoding="utf-8")))


__all__ = ["Reposts", "Usual", "foretold", "learn", "usual_for", "usual_version"]
