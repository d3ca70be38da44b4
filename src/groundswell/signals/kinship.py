"""Is it kin to a brand, a sector, a wish? What an account's own posts say, asked for one brief.

These values depend on the question, so they are not in the table of signals: `sector_share`, `sector_unpaid_posts`, `kinship`
and `persona_match` are computed for a brief, with the same shape, intervals and reasons.

A post belongs to a sector when it says all words of the sector's phrase, or when its topic is one whose posts say them often. How somebody
speaks of a brand (used, praised, criticised) is asked of the posts that name it: see `regard`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.findings import Progress
from groundswell.signals.regard import Regard, nobody, read_regard
from groundswell.signals.table import SignalTable, prepare
from groundswell.signals.topics import Corpus
from groundswell.store import Engine, Workspace
from groundswell.store.text_index import Hits, TextIndex, words_of

pc: Any = _compute  # its functions are made at run time, no type checker knows them

Z = 1.6448536
BRANDS_KEPT = 4
"""Brands of which is kept how everybody speaks of them (design choice: bounded memory; a form asks of the same one again and again)."""
TEXTS_READ = 20
"""Newest own posts of an account that enter its place in the space of texts, with its bio (design choice: bounded work)."""
SPOKEN_IN_TOPIC = 0.1
"""Share of a topic's posts that must say a sector's word before the topic stands for the sector (design choice)."""
LETTERS = 5
"""Letters from which on a word is told in the beginning of another, longer one (design choice: "vegan" in "veganes", not "art" in "arte")."""
EPOCH = date(1970, 1, 1)


def wilson_limits(hits: NDArray[np.int64], of: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """90 % limits of shares (Wilson 1927); NaN where there is nothing to have a share of."""
    n = np.where(of > 0, of, np.nan).astype(np.float64)
    p = hits / n
    middle, half = p + Z * Z / (2 * n), Z * np.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return np.clip((middle - half) / scale, 0, 1), np.clip((middle + half) / scale, 0, 1)


@dataclass(frozen=True)
class Shares:
    """Per account: posts that match, among own posts with text; unpaid ones; when last. Parallel to the table's rows."""

    hits: NDArray[np.int64]
    unpaid: NDArray[np.int64]
    last_day: NDArray[np.int64]
    """Days since 1970 of the newest match; -1 when there is none."""
    texts: NDArray[np.int64]
    """Own posts with text: 0 means that nothing can be said."""

    @property
    def share(self) -> NDArray[np.float64]:
        """Hits / texts; NaN where no text was read."""
        return np.divide(self.hits, self.texts, out=np.full(len(self.hits), np.nan), where=self.texts > 0)

    def wilson(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """90 % limits of the share (Wilson 1927); NaN where no text was read."""
        return wilson_limits(self.hits, self.texts)

    def last(self, row: int) -> date | None:
        """When the account last said it."""
        day = int(self.last_day[row])
        return None if day < 0 else EPOCH + timedelta(days=day)


@dataclass(frozen=True)
class Texts:
    """Everything needed to ask what accounts say: the index, the place of each account, its number of texts."""

    index: TextIndex
    corpus: Corpus | None
    keys: NDArray[np.int64]
    """Hash of each account id, parallel to the rows of the table of signals."""
    own_texts: NDArray[np.int64]
    places: NDArray[np.float32] | None
    """accounts x dimensions, unit rows; None without a fit."""
    topic_posts: NDArray[np.int64]
    """Own posts of each topic."""
    accounts: pa.Table
    """account, platform, handle, name, account_type, language: parallel to the rows of the table of signals."""
    lend: Callable[[], AbstractContextManager[Engine]]
    """Lends an engine with the views of findings."""
    _asked: dict[tuple[str, ...], Regard] = field(default_factory=lambda: {})

    def naming(self, terms: Sequence[str]) -> Regard:
        """How every account speaks of a brand that these words and handles name."""
        wanted = tuple(term for term in dict.fromkeys(terms) if words_of(term))
        if not wanted or not len(self.keys):
            return nobody(self.own_texts)
        if (kept := self._asked.get(wanted)) is not None:
            return kept
        with self.lend() as engine:
            found = read_regard(engine, self.accounts, self.own_texts, wanted)
        while len(self._asked) >= BRANDS_KEPT:
            self._asked.pop(next(iter(self._asked)), None)
        self._asked[wanted] = found
        return found

    def saying(self, phrases: Sequence[str], *, topics: Sequence[int] = (), together: bool = False) -> Shares:
        """Count, per account, own posts that say a phrase or have a topic."""
        return self._per_account(self.index.posts_saying(phrases, topics=topics, together=together))

    def in_sector(self, phrases: Sequence[str], also: Iterable[int] = ()) -> tuple[Shares, tuple[str, ...]]:
        """Count, per account, own posts in a sector, `also` in these topics; names the topics that the phrases were read as."""
        topics = sorted({*also, *(topic for phrase in phrases for topic in self.topics_about(phrase))})
        names = tuple(self._names[topic] for topic in topics) if self._names else ()
        return self.saying(phrases, topics=topics, together=True), names

    def topics_about(self, phrase: str) -> list[int]:
        """Topics whose posts say a phrase's words: at least one post in ten, and half as much as the topic that says them most.

        Words are weighed by their rarity; a word of more than a third of all posts says nothing. The words that name a topic, in any
        order, are that topic alone.
        """
        size, whole = len(self.topic_posts), int(self.own_texts.sum())
        said, most = np.zeros(size), np.zeros(size)
        if called := self.topics_called(phrase):
            return called
        for word in set(words_of(phrase)):
            if not 0 < self.index.how_many_say(word) <= whole / 3:
                continue
            hits = self.index.posts_saying([word])
            rate = np.bincount(hits.topic[hits.topic >= 0], minlength=size)[:size] / np.maximum(self.topic_posts, 1)
            said, most = said + rate * np.log(whole / len(hits)), np.maximum(most, rate)
        chosen = (most >= SPOKEN_IN_TOPIC) & (said >= said.max(initial=0.0) / 2)
        return [int(topic) for topic in np.flatnonzero(chosen)]

    def topics_called(self, phrase: str) -> list[int]:
        """Topics whose name is just these words, in any order."""
        words = sorted(words_of(phrase))
        return [topic for topic, name in enumerate(self._names) if sorted(words_of(name)) == words]

    def topics_named(self, phrase: str) -> list[int]:
        """Topics with a word in their name that begins with one of a phrase's, in whichever language.

        The words so found must weigh half as much, by their rarity, as all words of the phrase that are said at all.
        """
        if self.corpus is None:
            return []
        whole = int(self.own_texts.sum())
        said = {word: self.index.how_many_say(word) for word in set(words_of(phrase))}
        weight = {word: float(np.log(whole / hits)) for word, hits in said.items() if 0 < hits <= whole / 3}
        stems = {word: rarity for word, rarity in weight.items() if len(word) >= LETTERS}

        def named(name: str) -> float:
            return sum(rarity for stem, rarity in stems.items() if any(w.startswith(stem) for w in words_of(name)))

        least = sum(weight.values()) / 2
        return [topic for topic, name in enumerate(self.corpus.names) if stems and named(name) >= least]

    @property
    def _names(self) -> tuple[str, ...]:
        return self.corpus.names if self.corpus else ()

    def likeness(self, phrase: str) -> NDArray[np.float64]:
        """Cosine of each account's words to a phrase, 0..1; NaN where nothing is known of either."""
        if self.corpus is None or self.places is None:
            return np.full(len(self.keys), np.nan)
        wish = self.corpus.place([phrase])[0]
        if not wish.any():
            return np.full(len(self.keys), np.nan)
        silent = ~self.places.any(axis=1)
        found = np.clip(self.places @ wish, 0, 1).astype(np.float64)
        return np.where(silent, np.nan, found)

    @cached_property
    def _by_key(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows in the order of their keys, and the keys so ordered."""
        order = np.argsort(self.keys, kind="stable")
        return order, self.keys[order]

    def _per_account(self, hits: Hits) -> Shares:
        order, keys = self._by_key
        found = np.minimum(np.searchsorted(keys, hits.account), max(len(order) - 1, 0))
        known = keys[found] == hits.account if len(order) else np.zeros(0, bool)
        rows, size = order[found[known]], len(self.keys)
        last = np.full(size, -1, np.int64)
        np.maximum.at(last, rows, hits.day[known])
        return Shares(
            np.bincount(rows, minlength=size),
            np.bincount(rows[~hits.paid[known]], minlength=size),
            last,
            self.own_texts,
        )


def read_texts(workspace: Workspace, table: SignalTable, progress: Progress | None = None) -> Texts:
    """Open the text index and the places of accounts, making or renewing what is not there."""
    index = TextIndex(workspace.cache / "text-index")
    live = list(workspace.state.live_ids())
    stamp: dict[str, Any] = {"live": live, "corpus": table.corpus.version if table.corpus else None}
    folder = workspace.cache / "places"
    if index.stamp != stamp or not (folder / f"{_name(stamp)}.npz").is_file():
        with workspace.engine() as engine:
            prepare(engine, workspace.cache / "findings", table.corpus, progress)
            _index(engine, workspace, index, stamp)
            _place(engine, table, folder, stamp, progress)
    with np.load(folder / f"{_name(stamp)}.npz", allow_pickle=False) as kept:
        places = kept.get("places")
        keys, own_texts, topic_posts = (kept[name] for name in ("keys", "own_texts", "topic_posts"))
    return Texts(
        index,
        table.corpus,
        keys,
        own_texts,
        places,
        topic_posts,
        _accounts(table),
        lambda: _lent(workspace, table.corpus),
    )


def _accounts(table: SignalTable) -> pa.Table:
    spoken = pc.struct_field(in_one(table.rows.column("language")), "label")
    return table.rows.select(["account", "platform", "handle", "name", "account_type"]).append_column(
        "language", spoken
    )


@contextmanager
def _lent(workspace: Workspace, corpus: Corpus | None) -> Generator[Engine]:
    """An engine of its own: who asks may hold one that is lent already."""
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", corpus, only_views=True, only=())
        yield engine


HASH = "(md5_number_lower(account) >> 1)::BIGINT"
OWN = "text IS NOT NULL AND (kind IS NULL OR kind IN ('post', 'quote'))"


def _documents(restriction: str = "true") -> str:
    return f"""
        SELECT p.post, p.text, (md5_number_lower(p.account) >> 1)::BIGINT AS account, coalesce(t.topic, -1) AS topic,
               (coalesce(p.paid_label, false) OR w.clear IS NOT NULL OR w.unclear IS NOT NULL)::BIGINT AS paid,
               coalesce(epoch(p.created_at) // 86400, -1)::BIGINT AS day
        FROM posts AS p
        LEFT JOIN wording AS w ON w.text_hash = p.text_hash
        LEFT JOIN topic_of_text AS t ON t.text_hash = p.text_hash
        WHERE p.text IS NOT NULL AND (p.kind IS NULL OR p.kind IN ('post', 'quote')) AND {restriction}"""


def _index(engine: Engine, workspace: Workspace, index: TextIndex, stamp: dict[str, Any]) -> None:
    before = index.stamp
    if before == stamp:
        return
    if before is None or before["corpus"] != stamp["corpus"]:
        index.build(engine.reader(_documents()), stamp)
        return
    changed = sorted(set(before["live"]) ^ set(workspace.state.live_ids()))
    with Engine(workspace.facts.of(changed), changed) as delta:
        stale = delta.table("SELECT DISTINCT post FROM raw_posts")
    engine.register("stale_posts", stale)
    index.update(
        engine.reader(_documents("p.post IN (SELECT post FROM stale_posts)")), stale.column("post").to_pylist(), stamp
    )


def _place(engine: Engine, table: SignalTable, folder: Path, stamp: dict[str, Any], progress: Progress | None) -> None:
    """Put every account at the mean of its bio and newest own texts, and count its own texts."""
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE own_words AS
            SELECT account, count(*) AS texts, string_agg(text, ' ') FILTER (place <= {TEXTS_READ}) AS words
            FROM (SELECT account, text, row_number() OVER (PARTITION BY account ORDER BY created_at DESC NULLS LAST, post) AS place
                  FROM posts WHERE {OWN}) GROUP BY account"""
    )
    rows = engine.table(
        f"""SELECT {HASH} AS key, coalesce(texts, 0) AS texts, concat_ws(' ', bio, words) AS words
            FROM accounts LEFT JOIN own_words USING (account) ORDER BY account"""
    )
    count = len(table.corpus.names) if table.corpus else 0
    kept = {
        "topic_posts": _posts_by_topic(engine, count),
        "keys": rows.column("key").to_numpy().astype(np.int64),
        "own_texts": rows.column("texts").to_numpy().astype(np.int64),
    }
    if table.corpus is not None:
        kept["places"] = _places(table.corpus, rows.column("words"), progress)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.npz"):
        old.unlink()
    part = folder / "new.part"
    with part.open("wb") as file:
        np.savez(file, **kept)  # type: ignore[arg-type]
    part.replace(folder / f"{_name(stamp)}.npz")


def _posts_by_topic(engine: Engine, count: int) -> NDArray[np.int64]:
    found = dict(
        engine.rows(
            f"SELECT topic, count(*) FROM posts JOIN topic_of_text USING (text_hash) WHERE {OWN} GROUP BY topic"
        )
    )
    return np.array([found.get(topic, 0) for topic in range(count)], np.int64)


def _places(corpus: Corpus, words: pa.ChunkedArray, progress: Progress | None) -> NDArray[np.float32]:
    step, parts = 5_000, list[NDArray[np.float32]]()
    for start in range(0, len(words), step):
        parts.append(corpus.place([text or "" for text in words.slice(start, step).to_pylist()]))
        if progress:
            progress("Placing accounts", min(start + step, len(words)), len(words))
    return np.concatenate(parts) if parts else np.zeros((0, len(corpus.space)), np.float32)


def _name(stamp: dict[str, Any]) -> str:
    return blake2b(json.dumps(stamp, sort_keys=True).encode(), digest_size=8).hexdigest()
