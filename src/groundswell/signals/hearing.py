"""What is heard in a text, once: own use, strong opinion, correction, explaining, trade, amusement; sites it links, and its words counted.

A mark is heard by a phrase (hearing.toml, one pattern a mark) or by the weights of all words (`said`), in seven languages; what was
heard is a number of bits, kept by content hash as language is. Which language the text is in is kept beside it: a text in any other
language, or in one that cannot be told, is not counted as silent, it is not counted at all.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from groundswell.signals.findings import BATCH, Progress, keep_batches, note_read, unread_texts, view_of_findings
from groundswell.signals.said import POSTS, said, said_version
from groundswell.store import Engine

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
"""Languages that are listened to: of texts in any other, nothing is said."""
COLUMNS = "language VARCHAR, marks INTEGER, said_to_be VARCHAR, sites VARCHAR[], words INTEGER"
# Spaces are counted, not words found: a third of the cost, and the same but for doubled spaces. Handles are no words.
WORDS = """(strlen(t.text) - strlen(replace(t.text, ' ', '')) + 1
                - CASE WHEN contains(t.text, '@') THEN strlen(t.text) - strlen(replace(t.text, '@', '')) ELSE 0 END)::INTEGER"""
WORDS_OF_A_ROLE = 4
"""Words after "I am a" that are kept, to be looked up in the table of occupations."""
BETWEEN_WORDS = r"[^\p{L}\p{M}\p{N}#':-]+"
"""What becomes one space when a text is made plain: everything but letters, figures and a few signs."""
SITES = r"https?://(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)"


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads((files("groundswell.signals") / "hearing.toml").read_text(encoding="utf-8"))


@cache
def hearing_version() -> str:
    """Names the phrases and weights and this reading of them: with others, texts are read again."""
    return blake2b((repr(_declared()) + heard("texts") + COLUMNS + said_version()).encode(), digest_size=5).hexdigest()


@cache
def marks() -> dict[str, int]:
    """Mark -> its bit."""
    return {mark["name"]: 1 << place for place, mark in enumerate(_declared()["mark"])}


@cache
def has_phrases(mark: str) -> bool:
    """Whether a mark is heard by phrases, too."""
    return any(language in one for one in _declared()["mark"] if one["name"] == mark for language in LANGUAGES)


@cache
def phrase_pattern(mark: str) -> str:
    """The RE2 pattern that hears a mark, in any of the languages, in a plain text."""
    declared = next(one for one in _declared()["mark"] if one["name"] == mark)
    return pattern([phrase for language in LANGUAGES for phrase in declared.get(language, [])])


def bio_kinds() -> list[str]:
    """Kinds of evidence that a bio may hold."""
    return [one["name"] for one in _declared()["bio"]]


@cache
def bio_pattern(kind: str) -> str:
    """The RE2 pattern that finds a kind of evidence in a plain bio."""
    return pattern(next(one["terms"] for one in _declared()["bio"] if one["name"] == kind))


def pattern(phrases: list[str]) -> str:
    """One RE2 pattern for phrases in a plain text: no classes of letters in it, which make RE2 a hundred times slower."""
    told = sorted({_phrase(phrase) for phrase in phrases}, key=lambda one: (-len(one), one))
    return f" (?:{'|'.join(told)})"


def _phrase(phrase: str) -> str:
    """A phrase as a pattern, up to the end of its last word."""
    words = [r"[^ ]+(?: [^ ]+)?" if word == "*" else _word(word) for word in phrase.split()]
    return " ".join(words) + ("" if phrase.endswith("*") else "[ :]")


def _word(word: str) -> str:
    return re.escape(word).replace(r"\*", "[^ ]*")


@cache
def role_pattern() -> str:
    """The RE2 pattern whose group 1 is what somebody says to be, in a few words of a plain text."""
    cues = [cue for language in LANGUAGES for cue in _declared()["cue"][language]]
    told = "|".join(sorted((re.escape(cue) for cue in cues), key=lambda one: (-len(one), one)))
    return f" (?:{told}) ([^ ]+(?: [^ ]+){{0,{WORDS_OF_A_ROLE - 1}}}) "


def read_voice(engine: Engine, folder: Path, progress: Progress | None = None, *, only_view: bool = False) -> None:
    """Hear every text that was not heard before; afterwards the view `voice` holds what was heard. After `read_wording`."""
    kept = folder / f"voice-{hearing_version()}"
    view_of_findings(engine, "voice", kept, COLUMNS)
    if only_view:
        return
    todo = unread_texts(engine, "voice", kept)
    if todo:
        batches = (pa.Table.from_batches([batch]) for batch in engine.reader(heard("unread"), BATCH))
        keep_batches(batches, kept, with_said, todo, ("Listening to texts", progress))
        view_of_findings(engine, "voice", kept, COLUMNS)
    note_read(engine, kept)


def with_said(batch: pa.Table) -> pa.Table:
    """Add the marks that the weights of words tell, and leave the texts away."""
    found = batch.column("marks").to_numpy().copy()
    for thing, does in said(batch.column("text").combine_chunks(), POSTS).items():
        found |= np.where(does, marks()[thing], 0).astype(found.dtype)
    place = batch.column_names.index("marks")
    return batch.set_column(place, "marks", pa.array(found)).drop_columns(["text"])


def heard(source: str) -> str:
    """SQL for what phrases say in the texts of a table (text_hash, text), with the texts."""
    bits = " + ".join(
        f"CASE WHEN regexp_matches(t.said, {quoted(phrase_pattern(name))}) THEN {bit} ELSE 0 END"
        for name, bit in marks().items()
        if has_phrases(name)
    )
    return f"""
        SELECT t.text_hash, t.text, w.language, ({bits})::INTEGER AS marks,
               nullif(regexp_extract(t.said, {quoted(role_pattern())}, 1), '') AS said_to_be,
               CASE WHEN contains(t.text, '://')
                    THEN list_sort(list_distinct(regexp_extract_all(lower(t.text), {quoted(SITES)}, 1))) END AS sites,
               {WORDS} AS words
        FROM (SELECT text_hash, text, {plain("text")} AS said FROM {source}) AS t
        LEFT JOIN wording AS w ON w.text_hash = t.text_hash"""


def evidence_of(mark: str) -> str:
    """Which posts show a mark: a condition on the grain `post`, and an order."""
    return f"own AND (marks & {marks()[mark]}) <> 0 ORDER BY created_at DESC, post"


def plain(text: str) -> str:
    """SQL for a text in small letters, its words parted by single spaces, with a space at either end."""
    apostrophe = quoted("'")
    return f"' ' || regexp_replace(replace(lower({text}), '’', {apostrophe}), {quoted(BETWEEN_WORDS)}, ' ', 'g') || ' '"


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
