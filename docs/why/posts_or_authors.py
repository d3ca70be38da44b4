"""What topics are named by when they are fitted post by post, and when they are fitted on what each author wrote together.

python docs/why/posts_or_authors.py     (the demo's community of 2,000 made-up people)
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pyarrow.csv as pacsv

from groundswell.signals import topics
from groundswell.simulate import simulate

SHOWN = 12


def main() -> None:
    """Fit the same posts three ways and print the names of the first topics."""
    with tempfile.TemporaryDirectory() as folder:
        table = pacsv.read_csv(simulate(Path(folder)).files["posts"]).select(["author_id", "kind", "text"])
    own = [(row["author_id"], row["text"]) for row in table.to_pylist() if row["text"] and row["kind"] != "repost"]
    by_author: dict[str, list[str]] = defaultdict(list)
    for author, text in own:
        by_author[author].append(text)
    authors = [" ".join(texts[:30]) for texts in by_author.values()]
    fit: Callable[..., topics.Corpus | None] = topics._fit
    with patch.object(topics, "_common_words", lambda _texts: frozenset[str]()):
        said("post by post", fit([text for _, text in own][: topics.SAMPLE], "1"))
        said("by author", fit(authors, "1"))
    said("by author, without the words common in each language", fit(authors, "1"))


def said(how: str, corpus: topics.Corpus | None) -> None:
    """Print the first topics of a fit."""
    names = corpus.names if corpus else ()
    print(f"{how} ({corpus.fitted_on if corpus else 0:,} documents, {len(names)} topics)")
    print("  " + " / ".join(names[:SHOWN]))


if __name__ == "__main__":
    main()
