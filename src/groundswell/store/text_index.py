"""The text index: which posts say this? A cache (tantivy) over the own posts in view; deletable, rebuilt when missing.

It yields candidates and counts, never a score: what it finds is always counted exactly, in numbers that do not depend on the
order in which documents arrived. Numbers of a hit (whose, when, paid) come from its columns, so no text is stored twice.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from filelock import FileLock
from numpy.typing import NDArray

from groundswell.store.crash_points import crash_point

COLUMNS = ("account", "topic", "paid", "day")
"""Fast integer columns: hash of the account id, topic (-1 none), paid 0/1, days since 1970 (-1 not known)."""
HEAP = 256 << 20


@dataclass(frozen=True)
class Hits:
    """Posts found, one entry a post, as parallel arrays."""

    account: NDArray[np.int64]
    paid: NDArray[np.bool_]
    day: NDArray[np.int64]
    topic: NDArray[np.int64]

    def __len__(self) -> int:
        """How many posts were found."""
        return len(self.account)


class TextIndex:
    """An index in one folder, with a stamp of what it was made from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def stamp(self) -> dict[str, Any] | None:
        """What the index was made from, or None when there is no complete one."""
        path = self.folder / "stamp.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def build(self, documents: Iterable[pa.RecordBatch], stamp: dict[str, Any]) -> None:
        """Make the index anew from batches of (post, text, account, topic, paid, day)."""
        import tantivy

        with FileLock(self.folder.with_suffix(".lock")):
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            self._write(tantivy.Index(_schema(), path=str(self.folder)), documents, [])
            self._sign(stamp)

    def update(self, documents: Iterable[pa.RecordBatch], stale: Sequence[str], stamp: dict[str, Any]) -> None:
        """Replace the posts named in `stale` by these documents (a post that is gone is in `stale` alone)."""
        import tantivy

        with FileLock(self.folder.with_suffix(".lock")):
            (self.folder / "stamp.json").unlink(missing_ok=True)
            self._write(tantivy.Index.open(str(self.folder)), documents, stale)
            self._sign(stamp)

    def _sign(self, stamp: dict[str, Any]) -> None:
        part = self.folder / "stamp.part"
        part.write_text(json.dumps(stamp), encoding="utf-8")
        crash_point("text index: before its stamp")
        part.replace(self.folder / "stamp.json")
        crash_point("text index: after its stamp")

    def _write(self, index: Any, documents: Iterable[pa.RecordBatch], stale: Sequence[str]) -> None:
        import tantivy

        writer = index.writer(heap_size=HEAP, num_threads=2)
        for post in stale:
            writer.delete_documents("post", post)
        for batch in documents:
            columns = [batch.column(name).to_pylist() for name in ("post", "text", *COLUMNS)]
            for post, text, account, topic, paid, day in zip(*columns, strict=True):
                writer.add_document(
                    tantivy.Document(post=post, text=text, account=account, topic=topic, paid=paid, day=day)
                )
        crash_point("text index: before commit")
        writer.commit()
        writer.wait_merging_threads()

    @cached_property
    def _searcher(self) -> Any:
        import tantivy

        index = tantivy.Index.open(str(self.folder))
        index.reload()
        return index.searcher()

    def posts_saying(self, phrases: Sequence[str], *, topics: Sequence[int] = (), together: bool = False) -> Hits:
        """Posts that contain any of the phrases word for word (`together`: all of a phrase's words, anywhere), or have a topic."""
        import tantivy

        parts: list[Any] = [
            tantivy.Query.term_query(_schema(), "topic", topic, index_option="basic") for topic in topics
        ]
        parts += [query for phrase in phrases if (query := _query(phrase, together=together)) is not None]
        if not parts:
            return Hits(np.zeros(0, np.int64), np.zeros(0, np.bool_), np.zeros(0, np.int64), np.zeros(0, np.int64))
        either = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
        searcher = self._searcher
        found = searcher.search(
            tantivy.Query.const_score_query(either, 1.0), limit=max(searcher.num_docs, 1), count=False
        )
        places = [place for _, place in found.hits]
        account, paid, day, topic = (
            np.asarray(searcher.fast_field_values(name, places), np.int64)
            for name in ("account", "paid", "day", "topic")
        )
        return Hits(account, paid.astype(bool), day, topic)

    def how_many_say(self, word: str) -> int:
        """In how many posts a word stands: told without looking at any of them."""
        query = _query(word, together=False)
        return int(self._searcher.search(query, limit=1).count) if query is not None else 0


def words_of(phrase: str) -> list[str]:
    """Split a phrase as the index splits texts: letters and digits, lower case."""
    cleaned = "".join(letter if letter.isalnum() else " " for letter in phrase.lower())
    return cleaned.split()


def _query(phrase: str, *, together: bool) -> Any:
    import tantivy

    words = words_of(phrase)
    if not words:
        return None
    if len(words) == 1:
        return tantivy.Query.term_query(_schema(), "text", words[0])
    if together:
        terms = [(tantivy.Occur.Must, tantivy.Query.term_query(_schema(), "text", word)) for word in words]
        return tantivy.Query.boolean_query(terms)
    return tantivy.Query.phrase_query(_schema(), "text", list(words))


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name="default", index_option="position")
    builder.add_text_field("post", stored=False, tokenizer_name="raw", index_option="basic")
    for name in COLUMNS:
        builder.add_integer_field(name, stored=False, indexed=name == "topic", fast=True)
    return builder.build()
