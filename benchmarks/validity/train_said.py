"""Learn what texts do from the texts in `said/`, and write `said.npz` and `said.toml` of the signals.

    python -m benchmarks.validity.train_said

Each file of `said/` is one writer's. The line from which on a thing is said comes from sums over texts of a writer who was left out
(as many turns as writers), so that no line is drawn where the words are known already. Sets that are only tested on lie among the
tests (`tests/signals/said_*.toml`) and are never read here.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from groundswell.signals.said import POSTS, REPLIES
from groundswell.signals.wordsums import BITS, features

SETS = Path(__file__).resolve().parent / "said"
OUT = Path(__file__).resolve().parents[2] / "src/groundswell/signals"
SLACK = 3.0
"""C of the support vector machine: chosen with writers left out, 1 and 10 give nearly the same."""
RIGHT = (0.9, 0.8)
"""Of ten that are said nine should be right; eight where nine are never reached."""
FEWEST = 0.1
"""Recall below which a line does not count as reached."""
HEAD = (
    "# What a text can be told to do by the weights of its words (said.npz), each with the line from which on it is said.\n"
    "# Written by benchmarks/validity/train_said.py: lines are where nine of ten were right among texts of writers that the weights had\n"
    "# not seen, or eight of ten where nine are never reached. What the words mean is told in benchmarks/validity/said/guideline.md.\n"
)


@dataclass(frozen=True)
class Texts:
    """Labelled texts."""

    texts: tuple[str, ...]
    labels: tuple[frozenset[str], ...]
    writer: NDArray[np.int64]

    def does(self, thing: str) -> NDArray[np.bool_]:
        """Which of them are labelled so."""
        return np.array([thing in some for some in self.labels], np.bool_)


def read(files: Sequence[Path], kind: str) -> Texts:
    """The posts or the replies of some sets."""
    rows: list[tuple[str, frozenset[str], int]] = []
    for number, file in enumerate(files):
        some: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))[kind]
        rows += [(one["text"], frozenset(one["labels"]), number) for one in some]
        if kind == "reply":  # some networks put the names of those spoken to before it, others do not
            rows += [(f"@somebody {one['text']}", frozenset(one["labels"]), number) for one in some]
    texts, labels, writer = zip(*rows, strict=True)
    return Texts(texts, labels, np.array(writer))


def rarity_of(texts: Sequence[str]) -> NDArray[np.float32]:
    """How rare each place is: the smoothed log of texts over texts that have it, as it is kept."""
    starts, places, _ = features(pa.array(texts))
    whose = np.repeat(np.arange(len(texts)), np.diff(starts))
    once = np.unique(whose.astype(np.int64) << BITS | places)
    count = np.bincount(once & ((1 << BITS) - 1), minlength=1 << BITS)
    return (np.log((1 + len(texts)) / (1 + count)) + 1).astype(np.float16).astype(np.float32)


def table(texts: Sequence[str], rarity: NDArray[np.float32]) -> csr_matrix:
    """Texts x places, as the sums weigh them."""
    starts, places, shares = features(pa.array(texts))
    values, whose = shares.astype(np.float64) * rarity[places], np.repeat(np.arange(len(texts)), np.diff(starts))
    length = np.sqrt(np.bincount(whose, values**2, minlength=len(texts)))
    found = csr_matrix((values / np.maximum(length[whose], 1e-9), places, starts), shape=(len(texts), 1 << BITS))
    found.sum_duplicates()
    return found


def line(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float, float]:
    """The line, and recall and precision beyond it."""
    order = np.argsort(-scores)
    hits = np.cumsum(truth[order])
    precision, recall = hits / np.arange(1, len(truth) + 1), hits / truth.sum()
    for right in RIGHT:
        reached = np.flatnonzero((precision >= right) & (recall >= FEWEST))
        if len(reached):
            return float(scores[order[reached[-1]]]), float(recall[reached[-1]]), float(precision[reached[-1]])
    best = int(np.argmax(np.where(hits >= 3, precision, 0)))
    return float(scores[order[best]]), float(recall[best]), float(precision[best])


def learned(texts: Texts, thing: str, matrix: csr_matrix) -> tuple[NDArray[np.float64], float, str]:
    """Weights of a thing, the line from which on it is said (less the constant), and what was seen of it."""
    truth, scores = texts.does(thing), np.zeros(len(texts.texts))
    for writer in np.unique(texts.writer):
        out = texts.writer == writer
        scores[out] = LinearSVC(C=SLACK).fit(matrix[~out], truth[~out]).decision_function(matrix[out])
    fit = LinearSVC(C=SLACK).fit(matrix, truth)
    at, recall, precision = line(scores, truth)
    share = 0.5 if thing in REPLIES else 1  # a reply stands there with a name before it, too
    said = f"of {truth.sum() * share:.0f} in {len(truth) * share:.0f} texts {recall:.0%} are found, {precision:.0%} of what is found is right, with the writer left out"
    return fit.coef_[0], at - float(fit.intercept_[0]), said


def main() -> int:
    """Learn everything anew and write it."""
    files = sorted(SETS.glob("*.toml"))
    kinds = {kind: (read(files, kind), things) for kind, things in (("post", POSTS), ("reply", REPLIES))}
    rarity = rarity_of([text for texts, _ in kinds.values() for text in texts.texts])
    columns, said = list[NDArray[np.float64]](), [HEAD]
    for texts, things in kinds.values():
        matrix = table(texts.texts, rarity)
        for thing in things:
            weights, at, how = learned(texts, thing, matrix)
            print(f"{thing:12} {how}", flush=True)
            columns.append(weights)
            said.append(f'[[thing]]\nname = "{thing}"\nline = {at:.4f}\nseen = "{how}"\n')
    weights = np.stack(columns, 1)
    scale = np.abs(weights).max(0) / 127
    kept = np.round(weights / scale).astype(np.int8)
    np.savez_compressed(
        OUT / "said.npz", weights=kept, scale=scale.astype(np.float32), rarity=rarity.astype(np.float16)
    )
    (OUT / "said.toml").write_text("\n".join(said), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
