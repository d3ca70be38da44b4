"""What is read out of a text, once: its language and the words that say "paid". Kept by content hash and version.

A finding is a fact about a text, not about an account: ten people who post the same words share it, and a text that was read
is not read again. Kept as small Parquet files under `cache/findings/`; deleting them costs only time.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from groundswell.store import Engine
from groundswell.store.crash_points import crash_point

Progress = Callable[[str, int, int], None]
"""Called with (what, done, in all)."""

WORDING_VERSION = 4
LETTERS_TO_TELL = 20
"""Below this many letters a language is not told: py3langid's errors grow quickly on shorter texts (design choice)."""
SURE = 0.7
"""A language is told when its normalised probability reaches this (design choice; else unknown)."""
BATCH = 50_000
HEAD = r"(?:^|[\n.!?*•|])[\s#]*"
"""Where a line or a sentence begins."""
GAP = " … "
"""How a term of disclosure writes words that may stand between."""
SENTENCE = r"(?:^|\n|[.!?…]\s)[\s#*(\[]*(?:{})(?:[.!…]\s|[.!…*)\]]*\s*(?:$|\n))"
"""Words that are a line or a sentence of their own; a full stop within an address begins none."""
START, END = r"(?:^|[^\p{L}\p{N}_#])", r"(?:$|[^\p{L}\p{N}_])"
NOT_SPEECH = re.compile(r"https?://\S+|[@#]\S+|\W+|\d+")


@dataclass(frozen=True)
class Words:
    """RE2 patterns for words of one kind."""

    whole: str
    """Terms that are one piece, and labels."""
    open: str
    """Terms between whose words others may stand: slow to look for, ..."""
    ends: str
    """... so only where one of their last words is there."""


@cache
def disclosure_words() -> tuple[Words, Words]:
    """Clear and unclear words of disclosure."""
    clear, unclear = ([rule for rule in disclosure_rules() if rule["clear"] is is_clear] for is_clear in (True, False))
    return words_of_rules(clear), words_of_rules(unclear)


def words_of_rules(rules: Sequence[dict[str, Any]]) -> Words:
    """Patterns for the terms, heads, labels and lone words of some rules of the term table."""
    terms, heads, labels, alone = (
        [term for rule in rules for term in rule.get(kind, ())] for kind in ("terms", "heads", "labels", "alone")
    )
    pieces = [term for term in terms if GAP not in term]
    whole, label = [rf"{START}(?:{alternatives(pieces)}){END}"], alternatives(labels)
    if heads:
        whole.append(rf"{HEAD}(?:{alternatives(heads)}){END}")
    if labels:
        whole.append(rf"{HEAD}(?:{label})\s*(?:[:|/–—]|-\s)|[\[(]\s*(?:{label})\s*[\])]|[|/]\s*(?:{label})\s*(?:$|\n)")
    if alone:
        whole.append(SENTENCE.format(alternatives(alone)))
    gaps = [term for term in terms if GAP in term]
    ends = alternatives(term.rpartition(GAP)[2] for term in gaps)
    return Words(
        "(?i)" + "|".join(whole),
        f"(?i){START}(?:{alternatives(gaps)}){END}" if gaps else "",
        f"(?i){ends}" if gaps else "",
    )


@cache
def _denied() -> str:
    """Any word of disclosure with a negation before it."""
    words, between = (alternatives(_disclosure_table()["negation"][name]) for name in ("words", "between"))
    told = [term.removeprefix("#") for term in _told("terms", "heads") if GAP not in term]
    return rf"(?i)(?:^|[^\p{{L}}\p{{N}}])(?:{words})\s+(?:(?:{between})\s+){{0,3}}#?(?:{alternatives(told)}){END}"


@cache
def _shown() -> str:
    """What is kept of a find, as group 1: the term, or its first words where others may stand between."""
    return f"(?i)({alternatives(term.partition(GAP)[0] for term in _told('terms', 'heads', 'labels'))})"


def _told(*kinds: str) -> list[str]:
    return [term for rule in disclosure_rules() for kind in kinds for term in rule.get(kind, ())]


def disclosure_rules() -> list[dict[str, Any]]:
    """The term table: rules with jurisdiction, whether clear, what the author got, source, terms and labels."""
    return _disclosure_table()["rule"]


@cache
def _disclosure_table() -> dict[str, Any]:
    return tomllib.loads((files("groundswell.signals") / "disclosure.toml").read_text(encoding="utf-8"))


def alternatives(terms: Iterable[str]) -> str:
    """One of these, longest first, so that "#advertisement" is not read as "#ad"; "…" is up to five words."""
    ordered = sorted(set(terms), key=lambda term: (-len(term), term))
    return "|".join(r"(?:\s+\S+){0,5}?\s+".join(map(re.escape, term.split(GAP))) for term in ordered)


def words_read(text: str, words: Words) -> str:
    """SQL for the words of a kind that a text says and does not deny; null where there are none."""
    # Where something was found at all is it asked whether it was denied: few texts are read twice.
    left = f"CASE WHEN {_says(text, _denied())} THEN regexp_replace({text}, {_quoted(_denied())}, ' ', 'g') ELSE {text} END"
    found = f"WHEN {_says(text, words.whole)} THEN regexp_extract({left}, {_quoted(words.whole)}, 0)"
    if words.open:
        found += f" WHEN {_says(text, words.ends)} THEN regexp_extract({text}, {_quoted(words.open)}, 0)"
    return f"nullif(regexp_extract(CASE {found} END, {_quoted(_shown())}, 1), '')"


def _says(text: str, pattern: str) -> str:
    return f"regexp_matches({text}, {_quoted(pattern)})"


def _quoted(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"


def read_wording(engine: Engine, folder: Path, progress: Progress | None = None, *, only_view: bool = False) -> None:
    """Read every text that was not read before; afterwards the view `wording` holds language, clear and unclear words."""
    kept = folder / f"wording-{WORDING_VERSION}"
    view_of_findings(engine, "wording", kept, "language VARCHAR, clear VARCHAR, unclear VARCHAR")
    if only_view:
        return
    todo = unread_texts(engine, "wording", kept)
    if todo:
        clear, unclear = disclosure_words()
        query = f"""
            SELECT text_hash, text, declared, {words_read("text", clear)} AS clear,
                   {words_read("text", unclear)} AS unclear FROM unread"""
        _keep(engine, query, kept, _with_language, todo, ("Reading texts", progress))
        view_of_findings(engine, "wording", kept, "language VARCHAR, clear VARCHAR, unclear VARCHAR")
    note_read(engine, kept)


def unread_texts(engine: Engine, view: str, folder: Path) -> int:
    """Make the temporary table `unread` (text_hash, text, declared) of texts that the view does not hold; return its size.

    Only imports that were not read whole before are looked at, and of them every text, whether it is in view now or not:
    so an undo that brings an older text back finds it read.
    """
    new = imports_to_read(engine, folder)
    if not new:
        return 0
    engine.execute("DROP TABLE IF EXISTS unread")
    engine.execute(
        f"""CREATE TEMP TABLE unread AS
            SELECT text_hash, any_value(text) AS text, bool_and(language IS NOT NULL) AS declared
            FROM raw_posts WHERE text IS NOT NULL AND import_id IN ({new})
                 AND text_hash NOT IN (SELECT text_hash FROM {view})
            GROUP BY text_hash ORDER BY text_hash"""
    )
    return engine.rows("SELECT count(*) FROM unread")[0][0]


def imports_to_read(engine: Engine, folder: Path) -> str:
    """Ids of live imports that were not read whole before, as a list in SQL; empty when there are none."""
    return ", ".join(map(str, sorted(set(engine.live) - _read_whole(folder))))


def note_read(engine: Engine, folder: Path) -> None:
    """Note that every text of the live imports was read (a look at the past does not see all of them)."""
    if not engine.present or set(engine.live) <= _read_whole(folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / "imports.part"
    part.write_text(json.dumps(sorted(_read_whole(folder) | set(engine.live))), encoding="utf-8")
    part.replace(folder / "imports.json")


def _read_whole(folder: Path) -> set[int]:
    path = folder / "imports.json"
    return set(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else set()


def view_of_findings(engine: Engine, name: str, folder: Path, columns: str) -> None:
    """Make the view `name` over the kept findings; empty, with the right columns, when there are none."""
    parts = sorted(folder.glob("*.parquet"))
    nothing = ", ".join(f"NULL::{kind} AS {column}" for column, kind in (one.split() for one in columns.split(", ")))
    source = engine.scan(parts) if parts else f"(SELECT NULL::BIGINT AS text_hash, {nothing} WHERE false)"
    engine.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {source}")


def _keep(
    engine: Engine,
    query: str,
    folder: Path,
    read: Callable[[pa.Table], pa.Table],
    total: int,
    report: tuple[str, Progress | None],
) -> None:
    keep_batches((pa.Table.from_batches([batch]) for batch in engine.reader(query, BATCH)), folder, read, total, report)


def keep_batches(
    batches: Any, folder: Path, read: Callable[[pa.Table], pa.Table], total: int, report: tuple[str, Progress | None]
) -> None:
    """Read texts batch by batch and keep what was found; a part is complete or not there at all."""
    folder.mkdir(parents=True, exist_ok=True)
    first, done = len(list(folder.glob("*.parquet"))), 0
    what, progress = report
    for number, batch in enumerate(batches, start=first):
        target = folder / f"{number:06d}.parquet"
        pq.write_table(read(batch), target.with_suffix(".part"), compression="zstd")
        crash_point("findings: before a part")
        target.with_suffix(".part").replace(target)
        crash_point("findings: after a part")
        done += batch.num_rows
        if progress:
            progress(what, done, total)


def _with_language(batch: pa.Table) -> pa.Table:
    texts, declared = batch.column("text").to_pylist(), batch.column("declared").to_pylist()
    # Where the platform declares the language of every post with this text, it is not guessed as well.
    told = [None if known else tell_language(text) for text, known in zip(texts, declared, strict=True)]
    return pa.table(
        {
            "text_hash": batch.column("text_hash"),
            "language": pa.array(told, pa.string()),
            "clear": batch.column("clear"),
            "unclear": batch.column("unclear"),
        }
    )


def tell_language(text: str) -> str | None:
    """ISO 639-1 code of a text's language, or None when it is too short or not sure."""
    speech = NOT_SPEECH.sub(" ", text)
    if len(speech) - speech.count(" ") < LETTERS_TO_TELL:
        return None
    code, sure = _identifier().classify(speech)
    return str(code) if float(sure) >= SURE else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
