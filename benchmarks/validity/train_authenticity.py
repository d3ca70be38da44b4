"""Learn the model of authenticity from labelled accounts and write `src/groundswell/signals/authenticity.toml`.

    python -m benchmarks.validity.train_authenticity DATA_FOLDER

Accounts are split by a hash of their handle: half to learn from (train), a tenth to choose thresholds on (dev), two fifths that are
only ever tested on (test). The same account is never on both sides.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundswell.signals.authenticity import SAYS_AUTOMATED, Feature, Model, _curved  # pyright: ignore[reportPrivateUsage]

SEEN = datetime(2017, 4, 1, tzinfo=UTC)
"""When the accounts were collected, nearly (the newest posts in the files are of March 2017)."""
OUT = Path(__file__).resolve().parents[2] / "src/groundswell/signals/authenticity.toml"
CELEBRITIES = 0.05
"""Share of verified accounts among genuine ones that is learned for (design choice: in the data it is 43 %, in life a few in a
hundred)."""
FEATURES = (
    Feature("followers", "followers", "log", "bought crowd", "{value:,.0f} followers"),
    Feature("followers_squared", "followers", "square", "bought crowd", "{value:,.0f} followers"),
    Feature("following", "following", "log", "mass follower", "follows {value:,.0f} accounts"),
    Feature("following_squared", "following", "square", "mass follower", "follows {value:,.0f} accounts"),
    Feature("posts", "posts", "log", "automated", "{value:,.0f} posts so far"),
    Feature("posts_squared", "posts", "square", "automated", "{value:,.0f} posts so far"),
    Feature("listed", "listed", "log", "bought crowd", "other people put it on {value:,.0f} lists"),
    Feature("verified", "verified", "plain", "", "the platform's mark: {value:.0f}"),
    Feature("has_bio", "bio", "any", "automated", "says of itself {value:.0%} of what fits into a bio"),
    Feature("bio_length", "bio", "plain", "automated", "says of itself {value:.0%} of what fits into a bio"),
    Feature("has_link", "url", "plain", "automated", "links in the profile: {value:.0f}"),
    Feature("digits", "digits", "plain", "automated", "{value:.0%} of its handle are digits"),
    Feature("says_automated", "named", "plain", "automated", "handle or bio name a bot or automation: {value:.0f}"),
    Feature("pace", "pace", "log", "automated", "{value:.1f} posts a day"),
)
FORMATS = ("%a %b %d %H:%M:%S %z %Y", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M")


def accounts(folder: Path) -> list[dict[str, Any]]:
    """Labelled accounts, each handle once, with the fields of a profile as the program reads them."""
    csv.field_size_limit(10**9)
    found: dict[str, dict[str, Any]] = {}
    for name in ("bots_data.csv", "nonbots_data.csv"):
        with (folder / "jubins_twitter_bots" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                handle = row["screen_name"].lower().strip('" ')
                found.setdefault(handle, profile(handle, row))
    return list(found.values())


def profile(handle: str, row: Mapping[str, str]) -> dict[str, Any]:
    bio, url = (row[name].strip('" ') for name in ("description", "url"))
    posts = float(row["statuses_count"])
    return {
        "handle": handle, "false": row["bot"] == "1", "celebrity": row["verified"] == "TRUE",
        "language": row["lang"].strip('" ').lower()[:2],
        "followers": float(row["followers_count"]), "following": float(row["friends_count"]), "posts": posts,
        "listed": float(row["listedcount"]), "verified": float(row["verified"] == "TRUE"), "bio": min(len(bio), 160) / 160,
        "url": float(bool(url)), "digits": sum(letter in "0123456789" for letter in handle) / len(handle),
        "named": float(bool(re.search(SAYS_AUTOMATED, f"{handle} {bio}"))),
        "pace": posts / max((SEEN - opened(row["created_at"])).days, 1),
    }  # fmt: skip


def opened(text: str) -> datetime:
    for form in FORMATS:
        try:
            return datetime.strptime(text.strip('" '), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueError(text)


def part_of(handle: str, salt: str = "") -> str:
    """train, dev or test, by a hash of the handle; another salt splits anew."""
    tenth = int(hashlib.sha256(f"{salt}{handle}".encode()).hexdigest(), 16) % 10
    return "train" if tenth < 5 else "dev" if tenth < 6 else "test"


def weights(rows: list[dict[str, Any]], celebrities: float = CELEBRITIES) -> NDArray[np.float64]:
    """What each account counts: celebrities, nearly half of the genuine ones here, as one in twenty of them, as elsewhere."""
    known, false = (np.array([row[name] for row in rows]) for name in ("celebrity", "false"))
    stars, others = int((known & ~false).sum()), int((~known & ~false).sum())
    return np.where(known & ~false, celebrities / (1 - celebrities) * others / max(stars, 1), 1.0)


def columns(rows: list[dict[str, Any]]) -> dict[str, NDArray[np.float64]]:
    names = {one.field for one in FEATURES}
    return {name: np.array([row[name] for row in rows], float) for name in names}


@dataclass(frozen=True)
class Learned:
    """What was learned: a model, and how strongly its weights were held back."""

    model: Model
    penalty: float


def learn(rows: list[dict[str, Any]], celebrities: float = CELEBRITIES, penalties: int = 9) -> Learned:
    """Logistic regression on what profiles show; how strongly weights are held back is chosen by cross-validation."""
    from sklearn.linear_model import LogisticRegressionCV

    fields, false = columns(rows), np.array([row["false"] for row in rows])
    weight = weights(rows, celebrities)
    made = np.column_stack([_curved(fields[one.field], one.curve) for one in FEATURES])
    low, high = np.quantile(made, 0.005, axis=0), np.quantile(made, 0.995, axis=0)
    made = np.clip(made, low, high)
    mean = np.average(made, axis=0, weights=weight)
    scale = np.sqrt(np.average((made - mean) ** 2, axis=0, weights=weight))
    ready = (made - mean) / scale
    regression: Any = LogisticRegressionCV  # its types do not know what its documentation allows
    fit = regression(
        Cs=np.logspace(-2, 2, penalties),
        cv=10,
        scoring="neg_log_loss",
        max_iter=5000,
        l1_ratios=(0,),
        use_legacy_attributes=False,
    )
    fit.fit(ready, false, sample_weight=weight)
    together, mix = np.cov(ready.T, aweights=weight) + 1e-3 * np.eye(len(FEATURES)), np.average(false, weights=weight)
    made_of = (low, high, mean, scale, fit.coef_[0], float(fit.intercept_[0]), together, "twitter", float(mix))
    return Learned(Model(FEATURES, *made_of), float(np.ravel(fit.C_)[0]))


def main(folder: Path) -> None:
    rows = [row for row in accounts(folder) if part_of(row["handle"]) == "train"]
    found = learn(rows)
    one = found.model
    numbers = zip(FEATURES, one.low, one.high, one.mean, one.scale, one.weights, strict=True)
    false = np.array([row["false"] for row in rows])
    OUT.write_text(header(rows, false) + learned(found) + "".join(feature(*one) for one in numbers), encoding="utf-8")


def header(rows: list[dict[str, Any]], false: NDArray[np.bool_]) -> str:
    return f"""# Written by benchmarks/validity/train_authenticity.py; not by hand.

[provenance]
source = "github.com/jubins/MachineLearning-Detecting-Twitter-Bots, commit 4517f9c, 2017-11-08"
licence = "MIT"
platform = "twitter"
collected = "about March 2017"
split = "half of the accounts, by a hash of the handle; nothing was learned from the test part, but how much celebrities count was chosen after figures on it had been seen"
accounts = {len(rows)}
false_accounts = {int(false.sum())}
trained = {datetime.now(UTC).date().isoformat()}
seed = "none: nothing is drawn by chance"
caveat = "What is labelled are bots, many of which say so; of the others nearly half are verified celebrities, who count as one in twenty here. One platform, one year."
"""


def learned(found: Learned) -> str:
    one = found.model
    rows = ",\n".join("  [" + ", ".join(f"{number:.6g}" for number in row) + "]" for row in one.together)
    return (
        f"\n[learned]\nconstant = {one.constant:.9g}\nmix = {one.mix:.9g}\npenalty = {found.penalty:.4g}\n"
        f"together = [\n{rows},\n]\n"
    )


def feature(one: Feature, low: float, high: float, mean: float, scale: float, weight: float) -> str:
    return (
        f'\n[[feature]]\nname = "{one.name}"\nfield = "{one.field}"\ncurve = "{one.curve}"\nkind = "{one.kind}"\n'
        f'says = "{one.says}"\nlow = {low:.9g}\nhigh = {high:.9g}\nmean = {mean:.9g}\nscale = {scale:.9g}\nweight = {weight:.9g}\n'
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
