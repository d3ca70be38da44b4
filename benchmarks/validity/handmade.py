"""Short sets written and labelled by hand, kept among the tests: languages of posts, occupations in bios.

They are small, and nobody's real words. The one of occupations was labelled by who wrote the table of words, so that a low figure
would prove that the table fails and a high one does not prove that it holds elsewhere.
"""

from __future__ import annotations

import csv
import re
import tempfile
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.validity.figures import Array, Row, accuracy, compared, not_tested
from groundswell.ingest import import_file
from groundswell.signals import SIGNALS, signal_table
from groundswell.signals.findings import tell_language
from groundswell.store import Workspace

TESTS = Path(__file__).resolve().parents[2] / "tests" / "signals"


def handmade_figures() -> list[Row]:
    """Languages and occupations."""
    return [*_languages(), *_occupations()]


def _languages() -> list[Row]:
    question, baseline = "Is the language of a short post told, in seven languages?", "English for every post"
    table = _read("disclosure_set.toml")
    texts = [
        (name, text)
        for name, kinds in table.items()
        if isinstance(kinds, dict)
        for some in kinds.values()
        for text in some
    ]
    if not texts:
        return [not_tested(question, "the handmade set is not there", signals=("language",), baseline=baseline)]
    truth, said = np.array([name for name, _ in texts]), np.array([tell_language(text) or "" for _, text in texts])
    told = said != ""
    found = compared(accuracy, truth[told], said[told], np.full(int(told.sum()), "en"))
    return [
        found.row(
            question, "posts in en, de, fr, es, it, nl and pt, written by hand (tests/signals/disclosure_set.toml)", baseline,
            measure="share that is right", signals=("language",), published="Lui & Baldwin 2012 on the method; not on these texts",
            how=f"Of {len(texts)} posts the language is told for {int(told.sum())}; the others are too short or not sure, and stay unknown.",
        )
    ]  # fmt: skip


def _occupations() -> list[Row]:
    question, baseline = (
        "Is it right what a bio says somebody is?",
        "the first word of the table that stands in the bio",
    )
    bios = _read("bios.toml").get("bio", [])
    if "occupation" not in SIGNALS or not bios:
        return [not_tested(question, "the signal or the handmade set is not there", baseline=baseline)]
    right = [{answer} if isinstance(answer, str) else set(answer) for _, answer in bios]
    ours, theirs = _found([bio for bio, _ in bios]), [_first_word(bio) for bio, _ in bios]
    hits, misses = ([label in wanted for label, wanted in zip(some, right, strict=True)] for some in (ours, theirs))
    found = compared(accuracy, np.ones(len(bios), bool), _flags(hits), _flags(misses))
    claims = [hit for hit, label in zip(hits, ours, strict=True) if label]
    return [
        found.row(
            question, f"{len(bios)} bios in seven languages, half of them traps (tests/signals/bios.toml)", baseline,
            measure="share of bios answered rightly, “nothing” included", signals=("occupation",),
            how=f"Written and labelled by who wrote the table of words, so not independent of it. Of {len(claims)} claims {sum(claims)} are right.",
        )
    ]  # fmt: skip


def _found(bios: list[str]) -> list[str]:
    """What the signal says of accounts that have these bios and nothing else."""
    with tempfile.TemporaryDirectory(prefix="validity-") as folder:
        path = Path(folder) / "accounts.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(["platform", "id", "handle", "bio", "followers", "following", "posts_count"])
            lines.writerows(
                ["instagram", 10_000 + number, f"somebody{number:04}", bio, 100, 100, 10]
                for number, bio in enumerate(bios)
            )
        workspace = Workspace.create(Path(folder) / "workspace")
        import_file(workspace, path)
        rows = signal_table(workspace).rows
        told = {
            row["handle"]: row["occupation"]["label"] or "" for row in rows.select(["handle", "occupation"]).to_pylist()
        }
    return [told.get(f"somebody{number:04}", "") for number in range(len(bios))]


def _first_word(bio: str) -> str:
    said = " ".join(re.findall(r"\w+", bio.lower()))
    places = [
        (found.start(), -len(term), name)
        for term, name in _terms()
        if (found := re.search(rf"\b{re.escape(term)}\b", said))
    ]
    return min(places)[2] if places else ""


@cache
def _terms() -> tuple[tuple[str, str], ...]:
    from groundswell.signals.callings import own_table

    entries: list[dict[str, Any]] = own_table()["occupation"]
    return tuple(
        (term.lower(), entry["name"])
        for entry in entries
        for key, terms in entry.items()
        if len(key) == 2
        for term in terms
    )


def _flags(values: list[bool]) -> Array:
    return np.array(values, bool)


def _read(name: str) -> dict[str, Any]:
    path = TESTS / name
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
