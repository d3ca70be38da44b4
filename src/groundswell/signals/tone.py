"""How a text speaks: which way its sentences lean, whether it asks, thanks, apologises, puts right. Kept by content hash.

Two kinds of findings, each read only from texts that can matter, once, and kept as `wording` is (see `findings`):

    tone       own posts that may speak of a product or brand: words of payment, a label, a mention, words of people who judge a
               thing they used, or what is heard in them (`hearing`). Sentences that praise and that hold a reservation,
               superlatives, and gifts.
    remarks    replies: whether one asks or tells of a problem, thanks, apologises, puts something right, by the weights of its words
               (`said`).

The lean is asked of English alone, by VADER (Hutto & Gilbert 2014, doi 10.1609/icwsm.v8i1.14550): compound >= .40 praise, <= -.05
reservation, else neither. Other languages have no instrument here: they are abstained from, never counted as neutral. Irony is not
understood and no lie is detected: this says how a text reads, not what its author believes.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from groundswell.signals.findings import (
    BATCH,
    Progress,
    alternatives,
    disclosure_rules,
    imports_to_read,
    keep_batches,
    note_read,
    view_of_findings,
    with_words,
    wording_version,
    words_of_rules,
)
from groundswell.signals.hearing import hearing_version, marks, quoted
from groundswell.signals.said import REPLIES, said, said_version
from groundswell.store import Engine

LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")
"""Languages of the table of words."""
LEANS = 0.05
"""Compound score from which a sentence leans (the authors' own threshold): below -.05 it holds a reservation."""
PRAISES = 0.40
"""Compound score from which it praises. People say what they miss in plain words: with .05 on both sides the share of praise came out
.14 too high on whole product reviews rated by 20 people, and right on tweets; with .40 it is .06 too high and .02 too low. "Nice" is
.42, "good" .44 (measured on the texts behind VADER, halves of the reviews agree; see docs/validity.md)."""
DENIED_BY = 3
"""Words before a good word in which a "not" denies it, as in VADER."""
CONCRETE = 4
"""Words that a reservation needs to be one about something: "Ouch." is none (design choice)."""
READ_AT_MOST = 5_000
"""Letters of a text that are read (design choice: a caption has 2,200 at most, and a text may be hostile)."""
SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
NOISE = re.compile(r"https?://\S+|[@#]\S+")
WORD = re.compile(r"[^\W\d_]{2,}")
OWN = "(kind IS NULL OR kind IN ('post', 'quote'))"
TONE = "speaks BOOLEAN, superlative BOOLEAN, gifted VARCHAR, praise INTEGER, reservation INTEGER, concrete INTEGER, neither INTEGER"
REMARKS = "asks BOOLEAN, thanks BOOLEAN, apology BOOLEAN, fix BOOLEAN"
NEW = "<new imports>"
GIVEN = "given, by its words as a whole"
"""What is kept of a gift that no term tells."""
OF_A_THING = ("use", "superlative", "gifted")
"""What is heard only of things (`hearing`)."""

Lean = Literal["praise", "reservation", "neither"]


# -- one text --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Leans:
    """The sentences of an English text, by the way they lean."""

    praise: int = 0
    reservation: int = 0
    concrete: int = 0
    """Reservations of at least CONCRETE words."""
    neither: int = 0


def leans_of(text: str) -> Leans:
    """Read an English text, sentence by sentence."""
    found = [(lean_of(one), one) for one in sentences(text[:READ_AT_MOST])]
    leans = [lean for lean, _ in found]
    concrete = sum(lean == "reservation" and len(WORD.findall(one)) >= CONCRETE for lean, one in found)
    return Leans(leans.count("praise"), leans.count("reservation"), concrete, leans.count("neither"))


def sentences(text: str) -> list[str]:
    """The sentences of a text that hold words, without addresses, names and tags."""
    found = (one.strip() for one in SENTENCE.findall(NOISE.sub(" ", text)))
    return [one for one in found if WORD.search(one)]


def lean_of(sentence: str) -> Lean:
    """Which way an English sentence leans."""
    compound = lean_score(sentence)
    return "praise" if compound >= PRAISES else "reservation" if compound <= -LEANS else "neither"


def lean_score(text: str) -> float:
    """VADER's compound score of an English text: -1 bad .. 1 good."""
    return float(_vader().polarity_scores(text)["compound"])


def words_of_praise(text: str) -> frozenset[str]:
    """The good words of an English text that are not denied: VADER's own, by its own rule of denial (three words before)."""
    from vaderSentiment.vaderSentiment import SentiText, negated

    instrument = _vader()
    told = "".join(f" {instrument.emojis[one]} " if one in instrument.emojis else one for one in text)
    words = [word.lower() for word in SentiText(told).words_and_emoticons]
    return frozenset(
        word
        for at, word in enumerate(words)
        if instrument.lexicon.get(word, 0) > 0 and not negated(words[max(0, at - DENIED_BY) : at])
    )


@cache
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def speaks_of_a_thing(text: str) -> bool:
    """Whether a text holds words of people who judge a thing they used."""
    return bool(_speaks().search(text))


@cache
def _speaks() -> re.Pattern[str]:
    return re.compile(rf"(?i)(?<!\w)(?:{alternatives(_terms('speaks'))})(?!\w)")


def pattern_of(kind: str) -> str:
    """RE2 for the words of a kind, in all languages of the table."""
    return rf"(?i)(?:^|[^\p{{L}}\p{{N}}_])(?:{alternatives(_terms(kind))})(?:$|[^\p{{L}}\p{{N}}_])"


def _terms(kind: str) -> list[str]:
    return [term for language in LANGUAGES for term in _table()[kind][language]]


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("groundswell.signals") / "tone.toml").read_text(encoding="utf-8"))


@cache
def tone_version() -> str:
    """Names the words and this reading of them: with other words, texts are read again."""
    told = (_weigh(), said_version(), hearing_version(), wording_version(), TONE, REMARKS, LEANS, PRAISES, CONCRETE)
    return blake2b(repr(told).encode(), digest_size=5).hexdigest()


# -- all texts -------------------------------------------------------------------------------------------------------------


def read_tone(engine: Engine, folder: Path, progress: Progress | None = None, *, only_views: bool = False) -> None:
    """Read the tone of texts that were not read before; afterwards the views `tone` and `remarks` hold what was found.

    The views `wording` and `voice` must be there: the language is asked first, and what is heard.
    """
    tone, remarks = folder / f"tone-{tone_version()}", folder / f"remarks-{tone_version()}"
    _tone_view(engine, tone)
    view_of_findings(engine, "remarks", remarks, REMARKS)
    if only_views:
        return
    if todo := _texts_to_weigh(engine, tone):
        keep_batches(_batches(engine, _weigh()), tone, _with_leans, todo, ("Weighing words", progress))
        _tone_view(engine, tone)
    note_read(engine, tone)
    if todo := _replies_to_read(engine, remarks):
        replies = _batches(engine, "SELECT text_hash, text FROM unread ORDER BY text_hash")
        keep_batches(replies, remarks, _remarks, todo, ("Reading replies", progress))
        view_of_findings(engine, "remarks", remarks, REMARKS)
    note_read(engine, remarks)


def _tone_view(engine: Engine, folder: Path) -> None:
    """One row a text: the one that was read as English, where the same words were first read as another language."""
    view_of_findings(engine, "tone_parts", folder, TONE)
    counts = ", ".join(f"max({name}) AS {name}" for name in ("praise", "reservation", "concrete", "neither"))
    engine.execute(
        f"""CREATE OR REPLACE VIEW tone AS
            SELECT text_hash, bool_or(speaks) AS speaks, bool_or(superlative) AS superlative, max(gifted) AS gifted, {counts}
            FROM tone_parts GROUP BY text_hash"""
    )


def _texts_to_weigh(engine: Engine, folder: Path) -> int:
    """Make the table `unread` of own texts that may speak of a product or brand, each with whether it is English, and discloses in clear words."""
    speaks, things = pattern_of("speaks").replace("'", "''"), sum(marks()[name] for name in OF_A_THING)
    return _make_unread(
        engine,
        folder,
        f"""SELECT u.* FROM (
            SELECT r.text_hash, any_value(r.text) AS text, any_value(coalesce(v.marks, 0)) AS marks,
                   bool_or(coalesce(coalesce(r.language, w.language) = 'en', false)) AS english,
                   bool_or(w.clear IS NOT NULL) AS disclosed
            FROM raw_posts AS r LEFT JOIN wording AS w ON w.text_hash = r.text_hash LEFT JOIN voice AS v ON v.text_hash = r.text_hash
            WHERE r.text IS NOT NULL AND {OWN} AND import_id IN ({NEW})
                  AND (w.clear IS NOT NULL OR w.unclear IS NOT NULL OR coalesce(r.paid_label, false)
                       OR contains(r.text, '@') OR coalesce(v.marks & {things}, 0) <> 0 OR regexp_matches(r.text, '{speaks}'))
            GROUP BY r.text_hash) AS u
            WHERE NOT EXISTS (FROM tone_parts AS t
                              WHERE t.text_hash = u.text_hash AND (t.praise IS NOT NULL OR NOT u.english))""",
    )


def _replies_to_read(engine: Engine, folder: Path) -> int:
    return _make_unread(
        engine,
        folder,
        f"""SELECT text_hash, any_value(text) AS text FROM raw_posts
           WHERE text IS NOT NULL AND kind = 'reply' AND import_id IN ({NEW}) AND text_hash NOT IN (SELECT text_hash FROM remarks)
           GROUP BY text_hash""",
    )


def _make_unread(engine: Engine, folder: Path, query: str) -> int:
    new = imports_to_read(engine, folder)
    if not new:
        return 0
    engine.execute(f"CREATE OR REPLACE TEMP TABLE unread AS {query.replace(NEW, new)}")
    return engine.rows("SELECT count(*) FROM unread")[0][0]


def _batches(engine: Engine, query: str) -> Any:
    return (pa.Table.from_batches([batch]) for batch in engine.reader(query, BATCH))


def _weigh() -> str:
    speaks = pattern_of("speaks").replace("'", "''")
    gifted = words_of_rules([rule for rule in disclosure_rules() if rule.get("gets") == "gifted"])
    read = with_words("(SELECT text_hash, text, english, marks, disclosed FROM unread)", {"gifted": gifted})
    things = sum(marks()[name] for name in OF_A_THING)
    # By weight alone what was bought sounds like a gift, and an advert too: where clear words say what it was, they decide.
    by_weight = f"(marks & {marks()['gifted']}) <> 0 AND NOT disclosed AND NOT regexp_matches(text, {quoted(pattern_of('bought'))})"
    return f"""SELECT text_hash, text, english, (marks & {things}) <> 0 OR regexp_matches(text, '{speaks}') AS speaks,
                      (marks & {marks()["superlative"]}) <> 0 AS superlative,
                      coalesce(gifted, CASE WHEN {by_weight} THEN '{GIVEN}' END) AS gifted
               FROM ({read}) ORDER BY text_hash"""


def _remarks(batch: pa.Table) -> pa.Table:
    """Only replies in which something was found are kept: most say none of it."""
    found = said(batch.column("text").combine_chunks(), REPLIES)
    some = np.logical_or.reduce(list(found.values()))
    rows = pa.table(
        {"text_hash": batch.column("text_hash"), **{thing: pa.array(does) for thing, does in found.items()}}
    )
    return rows.filter(pa.array(some))


def _with_leans(batch: pa.Table) -> pa.Table:
    texts, english = batch.column("text").to_pylist(), batch.column("english").to_pylist()
    leans = [leans_of(text) if spoken else None for text, spoken in zip(texts, english, strict=True)]
    rows = batch.select(["text_hash", "speaks", "superlative", "gifted"])
    for name in ("praise", "reservation", "concrete", "neither"):
        rows = rows.append_column(name, pa.array([one and getattr(one, name) for one in leans], pa.int32()))
    return rows


__all__ = [
    "LANGUAGES", "LEANS", "PRAISES", "Lean", "Leans", "lean_of", "lean_score", "leans_of", "pattern_of", "read_tone", "sentences",
    "speaks_of_a_thing", "words_of_praise",
]  # fmt: skip
