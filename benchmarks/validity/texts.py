"""What texts say: does the lean of sentences agree with people?

The lean is held against 20 human raters a text (Hutto & Gilbert 2014, the tweets and review snippets behind VADER itself: its
authors tuned its rules with texts like these, so the figures are what it can do at best). Reviews are drawn whole.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.validity.figures import (
    Array,
    Numbers,
    Row,
    accuracy,
    compared,
    mean_absolute_error,
    not_tested,
    pearson,
    precision,
    recall,
)
from groundswell.signals.tone import LEANS, PRAISES, leans_of
from groundswell.signals.tone import lean_score as score_of

CLEARLY = 0.5
"""Mean rating (-4..4) from which we say that people saw praise, or a reservation (design choice)."""
KINDS = {
    "tweets": ("tweets_GroundTruth.txt", 0.881),
    "review snippets": ("amazonReviewSnippets_GroundTruth.txt", 0.565),
}
"""Kind of text -> file, and the correlation that the authors publish (their Table 4)."""
PLAIN_PRAISE = re.compile(r"(?i)\b(good|great|love|best|nice|happy|excellent|perfect|like)\b")
PLAIN_BLAME = re.compile(r"(?i)\b(bad|worst|hate|terrible|poor|awful|problem|problems|broken|disappointed)\b")


# -- lean --------------------------------------------------------------------------------------------------------------------


def tone_figures(data_folder: Path) -> list[Row]:
    """Correlation and side of single texts; share of praise and two-sidedness of whole reviews."""
    rows: list[Row] = []
    for kind, (file, published) in KINDS.items():
        path = data_folder / "vader" / file
        if not path.is_file():
            rows.append(
                not_tested(
                    f"Does the lean of {kind} agree with people?",
                    "the rated texts are not at hand",
                    signals=("praise_share",),
                )
            )
            continue
        rated = read_rated(path)
        rows += [_correlation(kind, rated, published), _sides(kind, rated)]
        if kind == "review snippets":
            rows += [_shares(rated), _both_sides(rated), _balance(rated)]
    return rows


@dataclass(frozen=True)
class Rated:
    """Texts with the mean of what people said of them."""

    of: Array
    """The review, or tweet, that a text belongs to."""
    people: Numbers
    texts: list[str]

    @cached_property
    def ours(self) -> Numbers:
        """VADER's compound score."""
        return np.array([score_of(text) for text in self.texts])

    @cached_property
    def plainly(self) -> Numbers:
        """The baseline: nine plain words of praise less nine of blame."""
        return np.array(
            [len(PLAIN_PRAISE.findall(text)) - len(PLAIN_BLAME.findall(text)) for text in self.texts], np.float64
        )


def read_rated(path: Path) -> Rated:
    """Read a file of id, mean rating, text."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        lines = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) >= 3]
    of = np.array([row[0].partition("_")[0] for row in lines])
    return Rated(of, np.array([float(row[1]) for row in lines]), [row[-1] for row in lines])


def _said(kind: str, rated: Rated) -> dict[str, Any]:
    return {
        "data": f"{len(rated.texts):,} {kind} rated by 20 people each (Hutto & Gilbert 2014)",
        "baseline": "plain words of praise less plain words of blame",
    }


def _correlation(kind: str, rated: Rated, published: float) -> Row:
    found = compared(pearson, rated.people, rated.ours, rated.plainly, accounts=rated.of)
    return found.row(
        f"Does the score of {kind} follow how people rate them?", **_said(kind, rated), measure="correlation",
        published=f"{published} (Hutto & Gilbert 2014, table 4)", signals=("praise_share",),
        how="Pearson's correlation of VADER's compound score with the mean of 20 human ratings.",
    )  # fmt: skip


def _sides(kind: str, rated: Rated) -> Row:
    clear = np.abs(rated.people) >= CLEARLY
    truth = np.sign(rated.people[clear]).astype(int)
    ours, plainly = _side(rated.ours[clear], PRAISES, LEANS), _side(rated.plainly[clear], 1, 1)
    found = compared(accuracy, truth, ours, plainly, accounts=rated.of[clear])
    lean = ours != 0
    return found.row(
        f"Do {kind} lean the way that people clearly see them lean?", **_said(kind, rated), measure="share right",
        signals=("praise_share", "honesty_balance"),
        how=f"Texts whose mean rating is {CLEARLY} or more from 0; a text that is read as neither counts as wrong. "
        f"Of the {lean.mean():.0%} that are read as leaning, {accuracy(truth[lean], ours[lean]):.0%} lean the right way.",
    )  # fmt: skip


def _side(score: Numbers, praise: float, reservation: float) -> Array:
    return np.where(score >= praise, 1, np.where(score <= -reservation, -1, 0))


# -- whole reviews -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Review:
    """A review, as people see it and as we read it."""

    people: tuple[int, int]
    """Sentences of praise and of reservation."""
    ours: tuple[int, int]
    concrete: int


def _reviews(rated: Rated) -> list[Review]:
    """Whole reviews in which both people and we find something that leans."""
    found: list[Review] = []
    for review in np.unique(rated.of):
        rows = np.flatnonzero(rated.of == review)
        leans = [leans_of(rated.texts[row]) for row in rows]
        people = int((rated.people[rows] >= CLEARLY).sum()), int((rated.people[rows] <= -CLEARLY).sum())
        ours = sum(one.praise for one in leans), sum(one.reservation for one in leans)
        if sum(people) and sum(ours):
            found.append(Review(people, ours, sum(one.concrete for one in leans)))
    return found


def _share(pairs: list[tuple[int, int]]) -> Numbers:
    return np.array([praise / (praise + blame) for praise, blame in pairs])


def _shares(rated: Rated) -> Row:
    reviews = _reviews(rated)
    truth, ours = _share([one.people for one in reviews]), _share([one.ours for one in reviews])
    found = compared(mean_absolute_error, truth, ours, np.full(len(truth), truth.mean()), higher_is_better=False)
    lean = float(np.mean(ours - truth))
    return found.row(
        "How far is the share of praise in a review from the one that people see?", f"{len(reviews)} whole product reviews",
        "the mean share of all reviews", measure="mean absolute error", signals=("praise_share",),
        how=f"Praise among leaning sentences, a review at a time. On average ours is {lean:+.2f} from people's. The line from which a "
        "sentence praises was chosen on these texts (+0.14 before); odd and even reviews agree on it.",
    )  # fmt: skip


def _both_sides(rated: Rated) -> Row:
    reviews = _reviews(rated)
    truth = np.array([min(one.people) > 0 for one in reviews])
    ours = np.array([one.ours[0] > 0 and one.concrete > 0 for one in reviews])
    found = compared(accuracy, truth, ours, np.full(len(truth), truth.mean() >= 0.5))
    return found.row(
        "Are reviews with praise and a reservation told from one-sided ones?", f"{len(reviews)} whole product reviews",
        "the commoner of the two", measure="share right", signals=("two_sided_share",),
        how=f"{truth.mean():.0%} are two-sided to people. Recall {recall(truth, ours):.2f}, precision {precision(truth, ours):.2f}.",
    )  # fmt: skip


def _balance(rated: Rated) -> Row:
    from groundswell.signals.honesty import score_of as balance

    reviews = _reviews(rated)
    curve: Callable[[Numbers], Numbers] = lambda shares: np.array([balance(one) for one in shares])  # noqa: E731
    truth, ours = curve(_share([one.people for one in reviews])), curve(_share([one.ours for one in reviews]))
    found = compared(mean_absolute_error, truth, ours, np.full(len(truth), np.median(truth)), higher_is_better=False)
    return found.row(
        "How far is the balance of one review from the one that people's ratings give?", f"{len(reviews)} whole product reviews",
        "the median balance of all reviews", measure="mean absolute error", signals=("honesty_balance",),
        how="One review at a time, which is harder than the five or more that the signal asks for.",
    )  # fmt: skip
