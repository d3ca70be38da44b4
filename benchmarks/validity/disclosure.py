"""Is what a post discloses seen, in seven languages, and is nothing seen where nothing is said?

Eight sets of texts were written by hand, by different people, none of whom had read the table of words or seen the weights. The table was
mended after each, so only what was made of the newest at the first reading says how it does on texts of somebody else; the first
readings are kept beside the texts. Those from the fifth set on were labelled again by others, who saw the texts and the guideline alone.
Talk about the news, in which nobody advertises, shows what is marked without cause.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.validity import worlds
from benchmarks.validity.figures import (
    Array,
    Metric,
    Row,
    against_constant,
    compared,
    met,
    not_tested,
    precision,
    recall,
    wilson,
)
from groundswell.signals.disclosing import telling
from groundswell.signals.findings import disclosure_words, with_words
from groundswell.store import Workspace

SETS = Path(__file__).parents[2] / "tests" / "signals"
FIRST, NEWEST = "disclosure_set.toml", "disclosure_eighth_set.toml"
EARLIER = {
    "disclosure_seventh_set.toml": "the seventh set",
    "disclosure_sixth_set.toml": "the sixth set",
    "disclosure_fifth_set.toml": "the fifth set",
    "disclosure_fourth_set.toml": "the fourth set",
    "disclosure_third_set.toml": "a set made to be hard",
    "disclosure_second_set.toml": "an earlier set",
}
"""Sets that were new once: what they are called in a question."""
TWICE = tuple(f"disclosure_{number}_set.toml" for number in ("fifth", "sixth", "seventh", "eighth"))
"""Sets by two writers each, that two others labelled again."""
ONE_LINE = re.compile(r"(?i)#ad\b|#sponsored\b|#werbung\b|#anzeige\b|#pub\b|#publi\b|#adv\b")
PLAIN = re.compile(r"(?i)\b(ad|ads|sponsored|sponsor|paid|gifted|promotion|partnership|affiliate)\b")
SIGNALS = ("disclosed_share", "sponsored_share")
BASELINE = "seven hashtags"
UNCLEAR = "Bare affiliate links and press samples count as seen, though regulators call such words unclear."
UNSEEN = f"Nobody who wrote or labelled had read the table of words, and it and the weights were never held against these texts before. {UNCLEAR}"
MENDED = (
    f"The table was mended and weights were learned with these texts in sight, so they are no longer unseen. {UNCLEAR}"
)

IN_SIGHT = "texts that the words were mended with"


@dataclass(frozen=True)
class Read:
    """Texts of a set: what they say, and what was read in them."""

    languages: Array
    truth: Array
    clear: Array
    seen: Array
    """Clear words or unclear ones."""
    plainly: Array
    at_first: Array
    """As `seen`, at the first reading; the same where none was kept."""
    by: str
    by_table: Array

    @property
    def data(self) -> str:
        """The set in words."""
        return f"{len(self.truth)} short texts in {len(np.unique(self.languages))} languages, half of which disclose nothing, {self.by}"


def disclosure_figures() -> list[Row]:
    """Recall and precision on all sets, and marks on real talk in which nobody advertises."""
    return [*_newest_set(), *(row for name in EARLIER for row in _earlier_set(name)), *_first_set(), *_news()]


def _newest_set() -> list[Row]:
    read = read_set(NEWEST)
    return [
        _row("How many disclosures are seen, in texts nobody had tried?", read, recall, read.at_first, 0.95, UNSEEN),
        _row("How many texts that are marked say so, in texts nobody had tried?", read, precision, read.at_first, 0.98, UNSEEN),
        _beside_the_table("Are more disclosures seen than by the table of terms alone, in those texts?", read, recall),
        _beside_the_table("Are as many of those that are marked right as by the table of terms alone, in those texts?", read, precision),
    ]  # fmt: skip


def _beside_the_table(question: str, read: Read, metric: Metric) -> Row:
    """The first reading beside the table of terms as it is: true as long as nobody mends the table with the newest set in sight."""
    found = compared(metric, read.truth, read.at_first, read.by_table)
    return found.row(
        question, read.data, "the table of terms alone", measure=metric.__name__, how=UNSEEN, signals=SIGNALS
    )


def _earlier_set(name: str) -> list[Row]:
    """What the table of that day made of a set at first, and what today's makes of it."""
    read, which = read_set(name), EARLIER[name]
    return [
        _row(f"How many disclosures were seen, at the first reading of {which}?", read, recall, read.at_first, 0.95, UNSEEN),
        _row(f"How many texts that were marked said so, at the first reading of {which}?", read, precision, read.at_first, 0.98, UNSEEN),
        _row(f"How many disclosures are seen today, in {which}?", read, recall, read.seen, 0.95, MENDED),
        _row(f"How many texts that are marked today say so, in {which}?", read, precision, read.seen, 0.98, MENDED),
    ]  # fmt: skip


def _first_set() -> list[Row]:
    read = read_set(FIRST)
    return [
        _row("How many disclosures are seen?", read, recall, read.seen, 0.95, MENDED),
        _row("How many disclosures are seen by words that regulators accept?", read, recall, read.clear, None, MENDED),
        _row("How many texts that are marked, rightly so?", read, precision, read.seen, 0.98, MENDED),
    ]


def _row(question: str, read: Read, metric: Metric, ours: Array, wanted: float | None, how: str) -> Row:
    found = compared(metric, read.truth, ours, read.plainly)
    each = [
        metric(read.truth[rows], ours[rows]) for rows in (read.languages == one for one in np.unique(read.languages))
    ]
    target: dict[str, Any] = {} if wanted is None else {
        "wanted": f">= {wanted}", "target": met(found.figure >= wanted), "apart": IN_SIGHT if how == MENDED else "",
    }  # fmt: skip
    how = f"{how} Worst language: {min(each):.2f}."
    return found.row(question, read.data, BASELINE, measure=metric.__name__, how=how, signals=SIGNALS, **target)


def read_set(name: str) -> Read:
    """A set with what the table of words makes of it."""
    told = tomllib.loads((SETS / name).read_text(encoding="utf-8"))
    kept = "first_missed" in told
    missed, mistaken = (tuple(told.pop(key, ())) for key in ("first_missed", "first_mistaken"))
    rows = [(one, kind != "none", text) for one, kinds in told.items() for kind, some in kinds.items() for text in some]
    languages, truth, texts = (list(column) for column in zip(*rows, strict=True))
    clear, seen = marked(texts)
    yes = np.array(truth)
    first = [text.startswith(missed if said else mistaken) != said for said, text in zip(truth, texts, strict=True)]
    plainly = np.array([bool(ONE_LINE.search(text)) for text in texts])
    by = "by two people, labelled again by two others who saw the texts alone" if name in TWICE else "by one person"
    return Read(
        np.array(languages),
        yes,
        clear,
        seen,
        plainly,
        np.array(first) if kept else seen,
        by,
        marked(texts, weights=False)[1],
    )


def marked(texts: list[str], *, weights: bool = True) -> tuple[Array, Array]:
    """Of each text whether clear words, and whether any words of disclosure are read in it; by the table alone without `weights`."""
    clear, unclear = disclosure_words()
    query = with_words("texts", {"clear": clear, "unclear": unclear})
    with TemporaryDirectory() as folder, Workspace.create(Path(folder) / "w").engine() as engine:
        engine.register("texts", pa.table({"place": list(range(len(texts))), "text": texts}))
        found = engine.rows(f"SELECT clear, unclear FROM ({query}) ORDER BY place")
    clear, unclear = (np.array([bool(row[column]) for row in found]) for column in (0, 1))
    return clear, clear | unclear | telling(pa.array(texts)) if weights else clear | unclear


def _news() -> list[Row]:
    """Talk of the news and posts of a newspaper, in which nobody advertises."""
    workspace, baseline = worlds.real("rumoureval_threads", "bluesky_keegan"), "nine plain words, anywhere in the text"
    return [
        _never(question, workspace, platform, data, baseline)
        for question, platform, data in (
            ("How many tweets of news talk are marked?", "twitter", "rumoureval_threads: {:,} texts of 2014 and 2015"),
            (
                "How many posts of newspapers and their readers are marked?",
                "bluesky",
                "bluesky_keegan: {:,} texts of 2024 to 2026",
            ),
        )
    ]


def _never(question: str, workspace: Workspace | None, platform: str, data: str, baseline: str) -> Row:
    if workspace is None:
        return not_tested(question, "the real texts are not at hand", signals=SIGNALS, baseline=baseline)
    with workspace.engine() as engine:
        rows = engine.rows(f"SELECT DISTINCT text FROM posts WHERE platform = '{platform}' AND text IS NOT NULL")
    texts = [text for (text,) in rows]
    hits, plainly = int(marked(texts)[1].sum()), sum(bool(PLAIN.search(text)) for text in texts)
    found = against_constant(hits / len(texts), *wilson(hits, len(texts)), plainly / len(texts), higher_is_better=False)
    return found.row(
        question, data.format(len(texts)), baseline, measure="share marked", signals=SIGNALS,
        how="Nobody labelled them, but they talk of events and not of wares: at worst every mark is wrong. Nothing was learned from them; the line from "
        "which on own words count was raised once when too many of them were marked.",
    )  # fmt: skip
