"""What is read out of a text, once: its language and the words that say "paid". Kept by content hash and version.

A finding is a fact about a text, not about an account: ten people who post the same words share it, and a text that was read
is not read again. Kept as small Parquet files under `cache/findings/`; deleting them costs only time.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
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

WORDING_VERSION = 2
LETTERS_TO_TELL = 20
"""Below this many letters a language is not told: py3langid's errors grow quickly on shorter texts (design choice)."""
SURE = 0.7
"""A language is told when its normalised probability reaches this (design choice; else unknown)."""
BATCH = 50_000
NOT_SPEECH = re.compile(r"https?://\S+|[@#]\S+|\W+|\d+")


def disclosure_patterns() -> tuple[str, str]:
    """RE2 patterns for (clear, unclear) words, each with the word as group 1, from the term table."""
    rules = disclosure_rules()
    return tuple(
        _pattern([t for rule in rules if rule["clear"] is clear for t in rule["terms"]]) for clear in (True, False)
    )  # type: ignore[return-value]


@cache
def disclosure_rules() -> list[dict[str, Any]]:
    """The term table: rules with jurisdiction, whether clear, source, and terms."""
    return tomllib.loads((files("groundswell.signals") / "disclosure.toml").read_text(encoding="utf-8"))["rule"]


def _pattern(terms: list[str]) -> str:
    # Longest first, so that "#advertisement" is not read as "#ad".
    words = "|".join(re.escape(term) for term in sorted(set(terms), key=lambda term: (-len(term), term)))
    return rf"(?i)(?:^|[^\p{{L}}\p{{N}}_#])({words})(?:$|[^\p{{L}}\p{{N}}_])"


def read_wording(engine: Engine, folder: Path, progress: Progress | None = None, *, only_view: bool = False) -> None:
    """Read every text that was not read before; afterwards the view `wording` holds language, clear and unclear words."""
    kept = folder / f"wording-{WORDING_VERSION}"
    view_of_findings(engine, "wording", kept, "language VARCHAR, clear VARCHAR, unclear VARCHAR")
    if only_view:
        return
    todo = unread_texts(engine, "wording", kept)
    if todo:
        clear, unclear = (pattern.replace("'", "''") for pattern in disclosure_patterns())
        query = f"""
            SELECT text_hash, text, declared, nullif(regexp_extract(text, '{clear}', 1), '') AS clear,
                   nullif(regexp_extract(text, '{unclear}', 1), '') AS unclear FROM unread"""
        _keep(engine, query, kept, _with_language, todo, ("Reading texts", progress))
        view_of_findings(engine, "wording", kept, "language VARCHAR, clear VARCHAR, unclear VARCHAR")
    note_read(engine, kept)


def unread_texts(engine: Engine, view: str, folder: Path) -> int:
    """Make the temporary table `unread` (text_hash, text, declared) of texts that the view does not hold; return its size.

    Only imports that were not read whole before are looked at, and of them every text, whether it is in view now or not:
    so an undo that brings an older text back finds it read.
    """
    new = sorted(set(engine.live) - _read_whole(folder))
    if not new:
        return 0
    engine.execute("DROP TABLE IF EXISTS unread")
    engine.execute(
        f"""CREATE TEMP TABLE unread AS
            SELECT text_hash, any_value(text) AS text, bool_and(language IS NOT NULL) AS declared
            FROM raw_posts WHERE text IS NOT NULL AND import_id IN ({", ".join(map(str, new))})
                 AND text_hash NOT IN (SELECT text_hash FROM {view})
            GROUP BY text_hash ORDER BY text_hash"""
    )
    return engine.rows("SELECT count(*) FROM unread")[0][0]


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
