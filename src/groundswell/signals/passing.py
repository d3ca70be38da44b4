"""How often will its next post be passed on because of it? Reposts a post, drawn towards what is usual, less what comes whenever it comes.

The plain mean of reposts so far is mostly chance where posts are passed on once in ten: it foretells too much of those who were
lucky and nothing of those who were not. So each account's is drawn towards everybody's by as much as accounts differ beyond
chance (a Gamma distribution over accounts, counts that scatter more than Poisson's by one factor: Robbins 1956; Efron & Morris
1973). Of that counts the share that came in the two days after its post beyond what the same reposts would show with their times
shuffled (Anagnostopoulos, Kumar & Mahdian 2008), itself drawn towards everybody's share.

What is usual is a fit of four numbers, kept, so that strangers change nobody's value. It is learned from all who post on platforms of
which reposts are in the data, but for those who are passed on beyond all others: one post that went round the world would else be
everybody's prospect.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from groundswell.signals.arrays import Asked
from groundswell.store.crash_points import crash_point

Numbers = NDArray[np.float64]
FEWEST_PEOPLE = 30
"""Accounts from which on it is said what is usual (design choice)."""
FEW = 0.05
"""Share of accounts, those that are passed on most and those whose posts scatter most, that count with care (design choice)."""
FAR = 5.0
"""Whoever is passed on more than so many times as often as all but FEW is left out of what is usual (design choice)."""
MOST_UNLIKE = 20.0
"""Accounts are taken to differ by at most so many times the mean (squared): beyond it the mean of a Gamma leaves its own interval."""
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
    platforms: tuple[str, ...]
    """Of these reposts are in the data: elsewhere none is no zero."""


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

    def of(self, some: NDArray[Any]) -> Reposts:
        """Some of the accounts, by a mask or by places."""
        return Reposts(*(getattr(self, one.name)[some] for one in fields(Reposts)))


def learn(seen: Reposts, platforms: tuple[str, ...] = ()) -> Usual | None:
    """What is usual among accounts; None where they are fewer than FEWEST_PEOPLE, or nothing was passed on."""
    if len(seen.posts) < FEWEST_PEOPLE:
        return None
    seen = seen.of(
        seen.count / seen.posts <= FAR * max(_ordinary(seen.count / seen.posts), 1.0 / float(seen.posts.max()))
    )
    if not seen.count.sum():
        return None
    mean = float(seen.count.sum() / seen.posts.sum())
    own = seen.count / seen.posts
    within, freedom = seen.squares - seen.posts * own**2, (seen.posts - 1) * own
    ratio = np.divide(within, freedom, out=np.zeros_like(within), where=freedom > 0)
    calm = ratio <= _ordinary(ratio[freedom > 0]) if (freedom > 0).any() else np.zeros(len(ratio), bool)
    scatter = max(1.0, float(within[calm].sum() / freedom[calm].sum())) if freedom[calm].sum() > 0 else 1.0
    expected = seen.posts * mean
    beyond = float(((seen.count - expected) ** 2 - scatter * expected).sum() / (expected**2).sum())
    told = float((seen.count - seen.by_chance).sum())
    share = float((seen.soon - seen.by_chance).sum()) / told if told > 0 else 0.0
    return Usual(mean, 1 / min(max(beyond, 1e-3), MOST_UNLIKE), scatter, min(1.0, max(0.0, share)), platforms)


def _ordinary(values: Numbers) -> float:
    """What all but the highest FEW do not exceed."""
    return float(np.quantile(values, 1 - FEW, method="higher"))


def foretold(seen: Reposts, usual: Usual) -> tuple[Numbers, Numbers, Numbers]:
    """(value, low, high) of the reposts that a further post will bring beyond chance.

    The posterior mean of the rate and its 5 % and 95 %, each times the share, whose own uncertainty is left aside.
    """
    shape = seen.count / usual.scatter + usual.shape
    rate = seen.posts / usual.scatter + usual.shape / usual.mean
    beyond = seen.soon - seen.by_chance + WEIGHT_OF_SHARE * usual.share
    share = np.clip(beyond / (seen.count - seen.by_chance + WEIGHT_OF_SHARE), 0.0, 1.0)
    low, high = (gammaincinv(shape, end) / rate for end in (0.05, 0.95))
    return shape / rate * share, low * share, high * share


# -- the fit ---------------------------------------------------------------------------------------------------------------


def usual_version(folder: Path) -> str | None:
    """The version of the fit that says how often posts are passed on."""
    newest = max(folder.glob("reposts-*.json"), default=None)
    return newest.stem.removeprefix("reposts-") if newest else None


def usual_for(asked: Asked, seen: Reposts, platforms: tuple[str, ...]) -> Usual | None:
    """The fit in use; made first where it may be and is missing or wanted anew. An empty one says that nothing is usual."""
    version = usual_version(asked.fits)
    if asked.may_fit and (version is None or asked.anew):
        learned = learn(seen, platforms)
        if learned is None and version is None:
            return None
        version = f"{int(version or 0) + 1:06d}"
        asked.fits.mkdir(parents=True, exist_ok=True)
        part = asked.fits / f"reposts-{version}.json.part"
        part.write_text(json.dumps(asdict(learned) if learned else {}), encoding="utf-8")
        crash_point("reposts: before the fit")
        part.replace(asked.fits / f"reposts-{version}.json")
    if version is None:
        return None
    told = json.loads((asked.fits / f"reposts-{version}.json").read_text(encoding="utf-8"))
    return Usual(**told | {"platforms": tuple(told["platforms"])}) if told else None


__all__ = ["Reposts", "Usual", "foretold", "learn", "usual_for", "usual_version"]
