"""What is read out of a text, once: its language and the words that say "paid", in the table's or in its own. Kept by content hash and version.

A finding is a fact about a text, not about an account: ten people who post the same words share it, and a text that was read
is not read again. Kept as small Parquet files under `cache/findings/`; deleting them costs only time.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
import pyarrow.parquet as pq

from groundswell.columns import in_one
from groundswell.signals.disclosing import LEARNED, most_telling, telling, telling_version
from groundswell.store import Engine
from groundswell.store.crash_points import crash_point

pc: Any = _compute  # its functions are made at run time, no type checker knows them

Progress = Callable[[str, int, int], None]
"""Called with (what, done, in all)."""

WORDING_FORM = 7
QUOTED = "“"
"""What a sentence begins with that stands where unclear words would: told in own words, of which no guide says whether they are clear."""
WORDING = "language VARCHAR, clear VARCHAR, unclear VARCHAR"
LETTERS_TO_TELL, SIGNS_TO_TELL = 20, 6
"""Below this many letters a language is not told: py3langid's errors grow quickly on shorter texts (design choice). Of a script other than
the Latin, which few languages share, fewer signs tell it."""
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
QUOTES = r"['\"„“”«»‘’]"
TOGETHER, OPEN_TOGETHER = 400, 60
"""Terms in one pattern: RE2 is ten times slower where a pattern outgrows its memory (measured)."""
LOUD = 5
"""Letters from which on a label in capitals counts at the head of a line (design choice: AD and PUB are more)."""
NOT_SPEECH = re.compile(r"https?://\S+|[@#]\S+|\W+|\d+")
NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")


@dataclass(frozen=True)
class Words:
    """What to look for of one kind: RE2 patterns, and tags."""

    whole: tuple[str, ...]
    """Terms that are one piece, labels and the rest; some hundreds a pattern (see TOGETHER)."""
    open: tuple[str, ...]
    """Terms between whose words others may stand: slow to look for, ..."""
    ends: str
    """... so only where one of their last words is there."""
    tags: tuple[str, ...]
    """Hashtags without #, in small letters: each term is one, too, written without its blanks."""
    tag_ends: str
    """What a tag ends with that says it."""
    bought: str
    """Words by which nothing is left of it: that the thing was bought."""


@cache
def disclosure_words() -> tuple[Words, Words]:
    """Clear and unclear words of disclosure."""
    clear, unclear = ([rule for rule in disclosure_rules() if rule["clear"] is is_clear] for is_clear in (True, False))
    return words_of_rules(clear), words_of_rules(unclear, bought=_disclosure_table()["negation"]["bought"])


def words_of_rules(rules: Sequence[dict[str, Any]], bought: Sequence[str] = ()) -> Words:
    """Patterns for the terms, heads, labels, lone words and tags of some rules of the term table."""
    terms, heads, labels, alone, ends = (
        [term for rule in rules for term in rule.get(kind, ())]
        for kind in ("terms", "heads", "labels", "alone", "tag_ends")
    )
    pieces = [term for term in terms if GAP not in term and not term.startswith("#")]
    whole, label = [rf"{START}(?:{some}){END}" for some in _shared_out(pieces, TOGETHER)], alternatives(labels)
    if heads:
        whole.append(rf"{HEAD}(?:{alternatives(heads)}){END}")
    if labels:
        whole.append(
            rf"{HEAD}(?:{label})\s*(?:[:|/–—·•\p{{So}}]|-\s)|[\[(*]\s*(?:{label})\s*[\])*]|[|/]\s*(?:{label})\s*(?:$|\n)"
        )
    if alone:
        whole.append(SENTENCE.format(alternatives(alone)))
        # In capitals before small letters: "WERBUNG für ..."; words that are short are too much else in capitals.
        loud = [word.upper() for word in alone if len(word) >= LOUD and " " not in word]
        whole.append(rf"{HEAD}(?-i:(?:{alternatives(loud)})\s+[\p{{Ll}}@])")
    gaps = [term for term in terms if GAP in term]
    last = alternatives(term.rpartition(GAP)[2] for term in gaps)
    return Words(
        tuple(f"(?i){one}" for one in whole),
        tuple(f"(?i){START}(?:{some}){END}" for some in _shared_out(gaps, OPEN_TOGETHER)),
        f"(?i){last}" if gaps else "",
        tuple(sorted({re.sub(r"\W", "", term) for term in [*terms, *heads, *labels] if _is_tag(term)})),
        f"(?:{'|'.join(ends)})$" if ends else "",
        f"(?i){START}(?:{alternatives(bought)}){END}" if bought else "",
    )


def _shared_out(terms: Iterable[str], size: int) -> list[str]:
    """Alternatives, so many at a time; words that begin alike stay together."""
    ordered = sorted(set(terms))
    return [alternatives(ordered[first : first + size]) for first in range(0, len(ordered), size)]


def _is_tag(term: str) -> bool:
    """Whether a term is a hashtag, or several words that make one together."""
    return GAP not in term and (term.startswith("#") or " " in term)


@cache
def _denied() -> str:
    """Any word of disclosure with a negation before it, in quotation marks, or with somebody private after it."""
    words, between, private, after = (
        alternatives(_disclosure_table()["negation"][name]) for name in ("words", "between", "private", "after")
    )
    told = [term.partition(GAP)[0].removeprefix("#") for term in _told("terms", "heads", "labels")]
    by = [term for term in told if term.rpartition(" ")[2] in _disclosure_table()["negation"]["by"]]
    named = rf"#?(?:{alternatives(told)})"
    return "|".join(
        (
            rf"(?i)(?:^|[^\p{{L}}\p{{N}}])(?:{words})\s+(?:(?:{between})\s+){{0,3}}{named}{END}",
            rf"{QUOTES}\s*{named}\s*{QUOTES}",
            rf"{START}{named}[\s,|/(:–-]*(?:\S+\s+){{0,3}}?(?:{after}){END}",
            rf"{START}(?:{alternatives(by)})\s+(?:{private}){END}",
        )
    )


@cache
def _shown() -> str:
    """What is kept of a find, as group 1: the term, or its first words where others may stand between."""
    return f"(?i)({alternatives(term.partition(GAP)[0] for term in _told('terms', 'heads', 'labels', 'alone'))})"


def _told(*kinds: str) -> list[str]:
    return [term for rule in disclosure_rules() for kind in kinds for term in rule.get(kind, ())]


def disclosure_rules() -> list[dict[str, Any]]:
    """The term table: rules with jurisdiction, whether clear, what the author got, source, terms and labels."""
    return _disclosure_table()["rule"]


@cache
def _disclosure_table() -> dict[str, Any]:
    return tomllib.loads((files("groundswell.signals") / "disclosure.toml").read_text(encoding="utf-8"))


def alternatives(terms: Iterable[str]) -> str:
    """One of these, longest first, so that "paid partnership" is not read as "paid"; "…" is up to five words."""
    ordered = sorted(set(terms), key=lambda term: (-len(term), term))
    return "|".join(r"(?:\s+\S+){0,5}?\s+".join(map(re.escape, term.split(GAP))) for term in ordered)


def with_words(source: str, kinds: Mapping[str, Words]) -> str:
    """SQL for the rows of a source with one column a kind: the words of it that `text` says and does not deny, or null.

    Where something was found at all is it asked whether it was denied, so that few texts are read twice. In steps, for every pattern
    is made ready anew wherever it stands.
    """
    hits = ", ".join(f"{_hit(words)} AS hit_{kind}" for kind, words in kinds.items())
    some = " OR ".join(f"hit_{kind}" for kind in kinds)
    left = f"CASE WHEN {some} THEN regexp_replace(text, {_quoted(_denied())}, ' ', 'g') END AS left_over"
    found = ", ".join(f"CASE WHEN hit_{kind} THEN {_found(words)} END AS found_{kind}" for kind, words in kinds.items())
    kept = ", ".join(
        f"coalesce(nullif(regexp_extract(found_{kind}, {_quoted(_shown())}, 1), ''), CASE WHEN hit_{kind} THEN {_tags('left_over', words)}[1] END) AS {kind}"
        for kind, words in kinds.items()
    )
    helpers = ", ".join(["left_over", *(f"hit_{kind}, found_{kind}" for kind in kinds)])
    hit = f"SELECT *, {hits} FROM {source}"
    return f"SELECT * EXCLUDE ({helpers}), {kept} FROM (SELECT *, {found} FROM (SELECT *, {left} FROM ({hit})))"


def _hit(words: Words) -> str:
    """SQL for whether anything of a kind is in the text, denied or not."""
    hit = " OR ".join([*(_says("text", one) for one in words.whole), f"coalesce(len({_tags('text', words)}), 0) > 0"])
    if words.open:
        hit += f" OR ({_says('text', words.ends)} AND ({' OR '.join(_says('text', one) for one in words.open)}))"
    return f"({hit})" + (f" AND NOT {_says('text', words.bought)}" if words.bought else "")


def _found(words: Words) -> str:
    """SQL for the first words of a kind in what is left of the text."""
    found = [f"nullif(regexp_extract(left_over, {_quoted(one)}, 0), '')" for one in (*words.whole, *words.open)]
    return f"coalesce({', '.join(found)})"


def _tags(text: str, words: Words) -> str:
    """SQL for the tags of a kind in a text."""
    ends = f" OR regexp_matches(tag, {_quoted(words.tag_ends)})" if words.tag_ends else ""
    known = _quoted(" ".join(("", *words.tags, "")))  # one constant: to plan thousands takes longer than most readings
    tags = rf"CASE WHEN contains({text}, '#') THEN regexp_extract_all({text}, '#[\p{{L}}\p{{N}}_]+') END"
    return f"list_filter({tags}, lambda tag: contains({known}, ' ' || lower(tag[2:]) || ' '){ends})"


def _says(text: str, pattern: str) -> str:
    return f"regexp_matches({text}, {_quoted(pattern)})"


def _quoted(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"


@cache
def wording_version() -> str:
    """Names this reading of language and words: with another, texts are read again."""
    return f"{WORDING_FORM}-{telling_version()}"


def read_wording(engine: Engine, folder: Path, progress: Progress | None = None, *, only_view: bool = False) -> None:
    """Read every text that was not read before; afterwards the view `wording` holds language, clear and unclear words."""
    kept = folder / f"wording-{wording_version()}"
    view_of_findings(engine, "wording", kept, WORDING)
    if only_view:
        return
    todo = unread_texts(engine, "wording", kept)
    if todo:
        clear, unclear = disclosure_words()
        query = with_words(
            "(SELECT text_hash, text, declared, declared_language FROM unread)", {"clear": clear, "unclear": unclear}
        )
        _keep(engine, query, kept, _with_language, todo, ("Reading texts", progress))
        view_of_findings(engine, "wording", kept, WORDING)
    note_read(engine, kept)


def unread_texts(engine: Engine, view: str, folder: Path) -> int:
    """Make the temporary table `unread` (text_hash, text, declared, declared_language) of texts that the view does not hold; return its size.

    Only imports that were not read whole before are looked at, and of them every text, whether it is in view now or not:
    so an undo that brings an older text back finds it read.
    """
    new = imports_to_read(engine, folder)
    if not new:
        return 0
    engine.execute("DROP TABLE IF EXISTS unread")
    engine.execute(
        f"""CREATE TEMP TABLE unread AS
            SELECT text_hash, any_value(text) AS text, bool_and(language IS NOT NULL) AS declared,
                   CASE WHEN bool_and(language IS NOT NULL) THEN lower(left(min(language), 2)) END AS declared_language
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
    spoken = [code or one for code, one in zip(batch.column("declared_language").to_pylist(), told, strict=True)]
    return pa.table(
        {
            "text_hash": batch.column("text_hash"),
            "language": pa.array(told, pa.string()),
        }
        | dict(zip(("clear", "unclear"), in_own_words(batch, spoken), strict=True))
    )


def in_own_words(batch: pa.Table, languages: Sequence[str | None]) -> tuple[pa.Array, pa.Array]:
    """Clear and unclear words of the table as they are; where there are none and a text tells it all the same, the sentence that does, quoted.

    In a language of which nothing was learned the table decides alone.
    """
    texts, clear, unclear = (in_one(batch.column(name)) for name in ("text", "clear", "unclear"))
    silent = pc.and_(pc.is_null(clear), pc.is_null(unclear)).to_numpy(zero_copy_only=False)
    asked = np.flatnonzero(silent & np.array([one is None or one in LEARNED for one in languages], np.bool_))
    own = asked[telling(texts.take(pa.array(asked)))]
    if not len(own):
        return clear, unclear
    said = [f"{QUOTED}{most_telling(text)}”" for text in texts.take(pa.array(own)).to_pylist()]
    mask = np.zeros(len(silent), np.bool_)
    mask[own] = True
    return clear, pc.replace_with_mask(unclear, pa.array(mask), pa.array(said, pa.string()))


def tell_language(text: str) -> str | None:
    """ISO 639-1 code of a text's language, or None when it is too short or not sure."""
    speech = NOT_SPEECH.sub(" ", text)
    letters = len(speech) - speech.count(" ")
    if letters < LETTERS_TO_TELL and (
        speech.isascii() or len(NOT_LATIN.findall(speech)) < max(SIGNS_TO_TELL, letters / 2)
    ):
        return None
    code, sure = _identifier().classify(speech)
    return str(code) if float(sure) >= SURE else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
