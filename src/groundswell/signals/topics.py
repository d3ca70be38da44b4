"""What people here talk about: topics fitted on the whole corpus, named by their words. A versioned fit, made anew when `learning` says so.

TF-IDF over words and hashtags, non-negative matrix factorisation for topics (Lee & Seung 1999), truncated SVD for likeness of
texts (Deerwester et al. 1990). Fitted on at most 30,000 documents, drawn by a hash so that the draw does not depend on order.
A fit is kept as arrays and JSON, never as a pickle: a workspace may come from somebody else.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundswell.signals.findings import (
    BATCH,
    Progress,
    keep_batches,
    note_read,
    tell_language,
    unread_texts,
    view_of_findings,
)
from groundswell.store import Engine
from groundswell.store.crash_points import crash_point

SAMPLE = 30_000
TEXTS_NEEDED = 200
"""Below this many texts no topics are fitted (design choice)."""
DIMENSIONS = 64
NAMING_WORDS = 3
DOCUMENTS_OF_A_LANGUAGE = 30
"""From this many documents on, a language has everyday words of its own (design choice)."""
MOST_TOPICS = 40
WORDS_FROM = 3
"""Words below which nothing can be told apart: two topics need three."""
COMMON = 0.35
"""Words in more than this share of documents say nothing of a subject (design choice)."""
TOKEN = r"(?u)(?<![\w@/.])#?[^\W\d_]{3,}"  # noqa: S105 - a word of three letters or more, with its # but no @handle
TOKENS = re.compile(TOKEN)
FAINT = 0.12
"""A text belongs to no topic when its likeness to the best one is below this (design choice)."""


@dataclass(frozen=True)
class Corpus:
    """A fit: words, their rarity, topics over words, and the space in which texts are compared."""

    version: str
    words: tuple[str, ...]
    idf: NDArray[np.float64]
    topics: NDArray[np.float64]
    """topics x words, rows of unit length."""
    space: NDArray[np.float64]
    """dimensions x words."""
    names: tuple[str, ...]
    fitted_on: int

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.words)}

    def weigh(self, texts: list[str]) -> Any:
        """Texts -> sparse TF-IDF rows of unit length (texts x words).

        The same as scikit-learn's CountVectorizer and TfidfTransformer with sublinear_tf (a test compares them); written
        out because importing scikit-learn takes longer than answering a brief.
        """
        from scipy.sparse import csr_array

        found, places = TOKENS.findall, self._places
        starts, columns, counts = [0], list[int](), list[int]()
        for text in texts:
            seen = Counter(places[word] for word in found(text.lower()) if word in places)
            columns += seen.keys()
            counts += seen.values()
            starts.append(len(columns))
        at, start = np.array(columns, np.int64), np.array(starts, np.int64)
        weights = (1.0 + np.log(np.array(counts, np.float64))) * self.idf[at]
        row = np.repeat(np.arange(len(texts)), np.diff(start))
        length = np.sqrt(np.bincount(row, weights * weights, minlength=len(texts)))
        return csr_array((weights / length[row], at, start), shape=(len(texts), len(self.words)))

    def topic_of(self, texts: list[str]) -> NDArray[np.int64]:
        """Texts -> index of the likeliest topic each, -1 where none is likely enough."""
        likeness = np.asarray(self.weigh(texts) @ self.topics.T)
        best = likeness.argmax(axis=1)
        return np.where(likeness[np.arange(len(texts)), best] >= FAINT, best, -1)

    def place(self, texts: list[str]) -> NDArray[np.float32]:
        """Texts -> unit vectors (texts x dimensions); zeros where no word is known."""
        points = np.asarray(self.weigh(texts) @ self.space.T)
        length = np.linalg.norm(points, axis=1, keepdims=True)
        return (points / np.where(length > 0, length, 1)).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Keep the fit as `corpus-VERSION.npz` and `.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        crash_point("fit: before its arrays")
        np.savez_compressed(folder / f"corpus-{self.version}.npz", idf=self.idf, topics=self.topics, space=self.space)
        crash_point("fit: before its words")
        said = {"words": self.words, "names": self.names, "fitted_on": self.fitted_on, "version": self.version}
        part = folder / f"corpus-{self.version}.json.part"
        part.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        part.replace(folder / f"corpus-{self.version}.json")


def latest_corpus(folder: Path) -> Corpus | None:
    """The newest fit in a folder, or None where there is none or there was too little text the last time."""
    found = sorted(folder.glob("corpus-*.json"))
    if not found:
        return None
    said = json.loads(found[-1].read_text(encoding="utf-8"))
    if not said["words"]:
        return None
    with np.load(folder / f"corpus-{said['version']}.npz", allow_pickle=False) as arrays:
        return Corpus(
            version=said["version"],
            words=tuple(said["words"]),
            idf=arrays["idf"],
            topics=arrays["topics"],
            space=arrays["space"],
            names=tuple(said["names"]),
            fitted_on=said["fitted_on"],
        )


def fit_corpus(engine: Engine, folder: Path) -> Corpus | None:
    """Fit topics and the text space on the posts in view and keep them as the next version; None when there is too little text."""
    texts = _documents(engine)
    before = sorted(folder.glob("corpus-*.json"))
    version = f"{int(before[-1].stem.removeprefix('corpus-')) + 1 if before else 1:04d}"
    corpus = _fit(texts, version) if len(texts) >= TEXTS_NEEDED else None
    if corpus is not None:
        corpus.save(folder)
    elif before:
        _nothing(version).save(folder)
    for file in before:  # the words of a fit that is no longer in use may be those of somebody who is gone
        file.with_suffix(".npz").unlink(missing_ok=True)
        file.unlink()
    return corpus


def _nothing(version: str) -> Corpus:
    """A fit without words, in the place of one whose texts are gone."""
    none = np.zeros((0, 0))
    return Corpus(version, (), np.zeros(0), none, none, (), 0)


def _documents(engine: Engine) -> list[str]:
    """What is fitted on: an account's texts together where there are many accounts, else text by text.

    Short texts share stock phrases more than subjects; put together by author, subjects come out (Hong & Davison 2010, doi
    10.1145/1964858.1964870).
    """
    own = "text IS NOT NULL AND len(text) >= 20 AND (kind IS NULL OR kind <> 'repost')"
    authors = engine.rows(f"SELECT count(DISTINCT account) FROM posts WHERE {own}")[0][0]
    by = "account || ' ' || place // 30" if authors >= TEXTS_NEEDED else "text_hash::VARCHAR"
    # Which texts are looked at is settled by their hashes; only of those are the words fetched.
    found = engine.table(
        f"""WITH placed AS (
                SELECT key, account, text_hash, row_number() OVER (PARTITION BY account ORDER BY text_hash, key) - 1 AS place
                FROM posts WHERE {own}),
            pieces AS (SELECT key, place, {by} AS document, md5(account || text_hash) AS draw FROM placed WHERE place < 60),
            drawn AS (SELECT document, min(draw) AS first FROM pieces GROUP BY document ORDER BY first LIMIT {SAMPLE})
            SELECT string_agg(p.text, ' ' ORDER BY c.place, c.key) AS text
            FROM posts AS p JOIN pieces AS c ON c.key = p.key JOIN drawn AS d ON d.document = c.document
            WHERE p.{own} GROUP BY d.document ORDER BY min(d.first)"""
    )
    return found.column("text").to_pylist()


def _fit(texts: list[str], version: str) -> Corpus | None:
    from sklearn import decomposition
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    reduce: Any = decomposition
    stop_words = ENGLISH_STOP_WORDS | STOP_WORDS | _common_words(texts)
    weigher = TfidfVectorizer(
        token_pattern=TOKEN,
        stop_words=sorted(stop_words),
        min_df=3,
        max_df=COMMON,
        max_features=8_000,
        sublinear_tf=True,
    )
    try:
        rows = weigher.fit_transform(texts)
    except ValueError:  # nothing but stop words
        return None
    words = tuple(weigher.get_feature_names_out())
    if len(words) < WORDS_FROM:
        return None
    count = int(np.clip(np.sqrt(len(texts)) / 1.5, 2, min(MOST_TOPICS, len(words) - 1)))
    factors = reduce.NMF(n_components=count, init="nndsvda", random_state=0, max_iter=150, tol=1e-3)
    _quietly(factors.fit, rows)
    topics = factors.components_
    topics = topics / np.maximum(np.linalg.norm(topics, axis=1, keepdims=True), 1e-12)
    space = reduce.TruncatedSVD(min(DIMENSIONS, len(words) - 1), random_state=0).fit(rows)
    rarity = np.asarray(weigher.idf_, np.float64)
    return Corpus(version, words, rarity, topics, space.components_, _names(topics, words), len(texts))


def _common_words(texts: list[str]) -> frozenset[str]:
    """Words common within any one language: else the everyday words of a smaller language would pass for a subject."""
    from sklearn.feature_extraction.text import CountVectorizer

    spoken = np.asarray([tell_language(text[:1_000]) or "" for text in texts], object)
    found: set[str] = set()
    for language in sorted(set(spoken) - {""}):
        mine = [texts[i] for i in np.flatnonzero(spoken == language)]
        if len(mine) < DOCUMENTS_OF_A_LANGUAGE:
            continue
        counter: Any = CountVectorizer(token_pattern=TOKEN, binary=True)
        shares = np.asarray(counter.fit_transform(mine).mean(axis=0)).ravel()
        found.update(np.asarray(counter.get_feature_names_out(), object)[shares > COMMON])
    return frozenset(found)


def _quietly(fit: Any, rows: Any) -> None:
    """Fit without the warning that the iteration limit was met: the limit is the design, the fit is stamped either way."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    # Where the fit is exact, rounding can leave what is not explained a hair below nothing, of which the root is taken.
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit(rows)


def _names(topics: NDArray[np.float64], words: tuple[str, ...]) -> tuple[str, ...]:
    """Name each topic by its heaviest words; a hashtag and its word count once."""
    names: list[str] = []
    for row in topics:
        chosen: list[str] = []
        for index in np.argsort(-row, kind="stable"):
            word = words[index].lstrip("#")
            if word not in chosen:
                chosen.append(word)
            if len(chosen) == NAMING_WORDS:
                break
        name = ", ".join(chosen)
        names.append(name if name not in names else f"{name} ({len(names)})")
    return tuple(names)


def read_topics(
    engine: Engine, corpus: Corpus | None, folder: Path, progress: Progress | None = None, *, only_views: bool = False
) -> None:
    """Give every unread text its topic; afterwards the views `topic_of_text` and `topic_names` exist."""
    kept = folder / f"topic-{corpus.version if corpus else 'none'}"
    view_of_findings(engine, "topic_of_text", kept, "topic BIGINT")
    names = list(corpus.names) if corpus else []
    engine.register(
        "topic_names",
        pa.table(
            {
                "topic": pa.array(range(len(names)), pa.int64()),
                "name": pa.array(names, pa.string()),
                "topics": pa.array([len(names)] * len(names), pa.int64()),
            }
        ),
    )
    if corpus is None or only_views:
        return
    todo = unread_texts(engine, "topic_of_text", kept)
    if todo:
        batches = (
            pa.Table.from_batches([batch]) for batch in engine.reader("SELECT text_hash, text FROM unread", BATCH)
        )

        def read(batch: pa.Table) -> pa.Table:
            found = corpus.topic_of(batch.column("text").to_pylist())
            return pa.table({"text_hash": batch.column("text_hash"), "topic": pa.array(found, mask=found < 0)})

        keep_batches(batches, kept, read, todo, ("Finding topics", progress))
        view_of_findings(engine, "topic_of_text", kept, "topic BIGINT")
    note_read(engine, kept)


# Small function words of the commonest languages besides English, so that topics are not named by them.
STOP_WORDS = frozenset(
    [
        "http",
        "https",
        "www",
        "com",
        "amp",
        "via",
        "und",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "ein",
        "eine",
        "einen",
        "einem",
        "einer",
        "ist",
        "sind",
        "war",
        "nicht",
        "auch",
        "auf",
        "mit",
        "von",
        "für",
        "als",
        "bei",
        "aus",
        "nach",
        "wie",
        "ich",
        "sie",
        "wir",
        "ihr",
        "mein",
        "dein",
        "sich",
        "noch",
        "nur",
        "aber",
        "oder",
        "wenn",
        "dann",
        "über",
        "zum",
        "zur",
        "vom",
        "beim",
        "heute",
        "mal",
        "sehr",
        "mehr",
        "schon",
        "hat",
        "habe",
        "haben",
        "wird",
        "que",
        "los",
        "las",
        "una",
        "uno",
        "del",
        "por",
        "con",
        "para",
        "como",
        "pero",
        "más",
        "este",
        "esta",
        "muy",
        "sin",
        "hay",
        "mis",
        "sus",
        "son",
        "fue",
        "está",
        "hoy",
        "les",
        "des",
        "est",
        "dans",
        "pour",
        "pas",
        "avec",
        "sur",
        "plus",
        "par",
        "une",
        "qui",
        "vous",
        "nous",
        "mon",
        "mes",
        "ses",
        "leur",
        "cette",
        "ces",
        "sont",
        "che",
        "non",
        "per",
        "una",
        "della",
        "dei",
        "gli",
        "con",
        "sono",
        "anche",
        "het",
        "een",
        "van",
        "dat",
        "niet",
        "met",
        "voor",
        "zijn",
        "maar",
        "nog",
        "wel",
        "just",
        "like",
        "really",
        "got",
        "get",
        "new",
        "one",
        "day",
        "today",
        "time",
        "good",
        "great",
        "know",
        "think",
        "make",
        "made",
        "people",
        "going",
        "want",
        "need",
        "dont",
        "didn",
        "doesn",
        "isn",
        "wasn",
        "ve",
        "ll",
        "re",
        "im",
        "its",
        "thing",
        "things",
        "way",
    ]
)
