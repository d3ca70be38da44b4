"""Learn by what words people tell what they got for a post, and write `disclosing.npz` and `disclosing.toml` of the signals.

    python -m benchmarks.validity.train_disclosing NEWS.parquet

Learned from the texts in `disclosing/`, each file `writer_*` one writer's, most of which were made to mislead, from the sets that the
table of terms was mended with, and from the ordinary posts in `said/`, in which nothing is disclosed. The line from which on a
text tells it is drawn on texts of two others (`drawn_*`), who wrote in the proportions in which people post and from whom nothing is
learned. NEWS is a file with the posts (column `text`) of somebody who reports and discloses nothing, which are many: the line is so high that
hardly any of them is told. Sets that are only tested on lie among the tests and are never read here.
"""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.svm import LinearSVC

from benchmarks.validity.disclosure import SETS as TESTED
from benchmarks.validity.disclosure import marked
from groundswell.signals.disclosing import learned, rarity_of, score, word_kinds
from groundswell.signals.wordkinds import FLOOR, things

pc: Any = _compute  # its functions are made at run time, no type checker knows them
HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "src/groundswell/signals"
EARLIER = ("", "second_", "third_", "fourth_", "fifth_", "sixth_", "seventh_")
"""Sets that the table was mended with."""
SLACK = 0.4
"""C of the support vector machine: chosen with writers left out; 0.1 to 1 give nearly the same."""
FIRST_SET = 100
"""Number of the first of the sets that the table was mended with."""
RIGHT = 0.985
"""Of a hundred that are told so many should be right, among texts in the proportions in which people write them."""
WRONGLY = 0.0005
"""Of ordinary posts of a writer who was left out so many may be told at most: one in two thousand."""
NEWS = 0.001
"""Of a reporter's posts so many may be told at most: a big account's few disclosures must not be fewer than its false alarms."""
FEWEST = (3, 3, 6)
"""Texts in which a thing must be to get a weight: kinds of words together, words in a row, parts of words."""
FACTORS = (3.0, 2.0, 2.0)
"""How much the three count against one another before weights are learned: chosen with writers left out."""
HEAD = (
    "# From what sum of weights (disclosing.npz) on a post tells in its own words what its author got. Written by\n"
    "# benchmarks/validity/train_disclosing.py; what counts is told in benchmarks/validity/disclosing/guideline.md.\n\n"
)
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Texts:
    """Texts, which of them tell, and whose they are; those below 0 wrote of something else, in which hardly anything is disclosed."""

    texts: list[str]
    tells: Flags
    writer: NDArray[np.int64]


def read() -> Texts:
    """All texts that are learned from."""
    rows = list[tuple[str, bool, int]]()
    for number, file in enumerate(sorted((HERE / "disclosing").glob("writer_*.toml"))):
        rows += [(one["text"], one["label"] != "none", number) for one in _posts(file)]
    for number, name in enumerate(EARLIER, start=FIRST_SET):
        told = tomllib.loads((TESTED / f"disclosure_{name}set.toml").read_text(encoding="utf-8"))
        sets = [kinds for kinds in told.values() if isinstance(kinds, dict)]
        rows += [(text, kind != "none", number) for kinds in sets for kind, some in kinds.items() for text in some]
    for number, file in enumerate(sorted((HERE / "said").glob("*.toml")), start=1):
        rows += [(one["text"], False, -number) for one in _posts(file) if not {"trade", "gifted"} & set(one["labels"])]
    texts, tells, writer = zip(*rows, strict=True)
    return Texts(list(texts), np.array(tells), np.array(writer))


def drawn() -> Texts:
    """Texts that the line is drawn on."""
    rows = [
        (one["text"], one["label"] != "none", number)
        for number, file in enumerate(sorted((HERE / "disclosing").glob("drawn_*.toml")))
        for one in _posts(file)
    ]
    texts, tells, writer = zip(*rows, strict=True)
    return Texts(list(texts), np.array(tells), np.array(writer))


def _posts(file: Path) -> list[dict[str, object]]:
    return tomllib.loads(file.read_text(encoding="utf-8"))["post"]


@dataclass(frozen=True)
class Things:
    """What is in texts: which text has which thing, and of each thing its key, its group and how many texts have it."""

    there: csr_matrix
    keys: NDArray[np.uint32]
    group: NDArray[np.uint8]
    often: NDArray[np.int64]


def things_in(texts: list[str]) -> Things:
    """Things that enough of the texts have."""
    starts, keys, groups = things(pa.array(texts), word_kinds())
    every, first, place = np.unique(keys, return_index=True, return_inverse=True)
    whole = csr_matrix((np.ones(len(keys)), place, starts), shape=(len(texts), len(every)))
    whole.sum_duplicates()
    whole.data[:] = 1
    often = np.asarray(whole.sum(axis=0)).ravel().astype(np.int64)
    kept = np.flatnonzero(often >= np.array(FEWEST)[groups[first]])
    return Things(whole[:, kept].tocsr(), every[kept], groups[first][kept], often[kept])


def matrix_of(found: Things) -> csr_matrix:
    """Texts x things as they are weighed: kinds, words and parts of words each a vector of one length, times a factor."""
    weighed = found.there @ diags(rarity_of(found.often, found.there.shape[0]))
    parts = list[csr_matrix]()
    for group, factor in enumerate(FACTORS):
        mine = weighed @ diags((found.group == group).astype(float))
        length = np.sqrt(np.asarray(mine.multiply(mine).sum(axis=1)).ravel() + FLOOR)
        parts.append(diags(factor / length) @ mine)
    return (parts[0] + parts[1] + parts[2]).tocsr()


def line_of(scores: NDArray[np.float32], truth: Flags, by_table: Flags) -> float:
    """The lowest line beyond which RIGHT of what is told, by weights or by the table, is right."""
    lines = np.unique(scores[~by_table])[::-1]
    told = [by_table | (scores >= line) for line in lines]
    right = np.array([(truth & some).sum() for some in told])
    precision = right / np.array([some.sum() for some in told])
    return float(lines[np.flatnonzero(precision >= RIGHT)[-1]])


def left_out(texts: Texts, matrix: csr_matrix) -> NDArray[np.float64]:
    """What each text weighs by what was learned from the other writers."""
    scores = np.zeros(len(texts.texts))
    for writer in np.unique(texts.writer):
        out = texts.writer == writer
        scores[out] = LinearSVC(C=SLACK).fit(matrix[~out], texts.tells[~out]).decision_function(matrix[out])
    return scores


def keep(found: Things, weights: NDArray[np.float64]) -> None:
    """Write the weights of things, by eight bits each."""
    scaled = weights * np.array(FACTORS)[found.group]
    scale = np.array([np.abs(scaled[found.group == group]).max() / 127 for group in range(3)], np.float32)
    np.savez_compressed(
        OUT / "disclosing.npz", keys=found.keys, group=found.group, often=found.often.astype(np.uint32), scale=scale,
        weights=np.round(scaled / scale[found.group]).astype(np.int8),
    )  # fmt: skip


def main(news: str) -> int:
    """Learn everything anew and write it."""
    texts, others = read(), drawn()
    reported = pc.unique(pc.drop_null(pq.read_table(news, columns=["text"]).column("text"))).cast(pa.string())
    found, by_table = things_in(texts.texts), marked(texts.texts, weights=False)[1]
    matrix = matrix_of(found)
    fit = LinearSVC(C=SLACK).fit(matrix, texts.tells)
    keep(found, fit.coef_[0])
    write(0.0, len(texts.texts), "")  # the line is drawn with the weights as they are kept
    misleading, ordinary = (texts.writer >= 0) & (texts.writer < FIRST_SET), texts.writer < 0
    scores = left_out(texts, matrix) - float(fit.intercept_[0])
    weighed, others_by_table = score(pa.array(others.texts)), marked(others.texts, weights=False)[1]
    line = max(
        line_of(weighed, others.tells, others_by_table),
        float(np.quantile(scores[ordinary], 1 - WRONGLY, method="higher")),
        float(np.quantile(score(reported), 1 - NEWS, method="higher")),
    )
    told, drawn_told = (scores >= line) | by_table, (weighed >= line) | others_by_table
    seen = (
        f"of {others.tells.sum()} in {len(others.texts)} texts of two writers that the line was drawn on {_share(drawn_told, others.tells)} are "
        f"found, {_share(others.tells, drawn_told)} of what is found is right; with the writer left out, in texts of which most were made to "
        f"mislead {_share(told, misleading & texts.tells)} are found (by the table alone {_share(by_table, misleading & texts.tells)}), "
        f"{_share(texts.tells, misleading & told)} of what is found is right, and of {ordinary.sum()} ordinary posts {(told & ordinary).sum()} are told, "
        f"of {len(reported)} of a newspaper {(score(reported) >= line).sum()}"
    )
    print(seen)
    write(line, len(texts.texts), seen)
    return 0


def _share(some: Flags, among: Flags) -> str:
    return f"{(some & among).sum() / among.sum():.0%}"


def write(line: float, texts: int, seen: str) -> None:
    """Write what is no array."""
    told = f'{HEAD}line = {line:.4f}\ntexts = {texts}\nseen = "{seen}"\n'
    (OUT / "disclosing.toml").write_text(told, encoding="utf-8", newline="\n")
    learned.cache_clear()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
