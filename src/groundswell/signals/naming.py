"""Does a text name somebody, and in which sentence? A name is its words in their order, whatever the marks and capitals between."""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundswell.store.text_index import words_of

ADDRESSED = re.compile(r"^(?:[\s.,]*@[\w.\-]+)+\s*")
SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


def names_in(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The names that a text contains word for word: `#OatCo` and `@oatco` are `oatco`, `Oat & Co` is `oat co`."""
    said = f" {' '.join(words_of(text))} "
    return tuple(name for name in names if (words := words_of(name)) and f" {' '.join(words)} " in said)


def sentences_naming(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """The sentences of a text that contain any of the names."""
    return tuple(part.strip() for part in SENTENCE.split(text) if names_in(part, names))


def without(text: str, names: Sequence[str]) -> str:
    """The text with each name replaced by "it", so that a name ("Happy Oats") is not read as praise of itself."""
    for name in sorted(names, key=len, reverse=True):
        words = r"[\W_]+".join(map(re.escape, words_of(name)))
        if words:
            text = re.sub(rf"(?i)(?<![^\W_])[#@]?{words}(?![^\W_])", "it", text)
    return text


def unaddressed(text: str) -> str:
    """A reply without the handles that it begins with: a platform puts them there, the writer did not name them."""
    return ADDRESSED.sub("", text)
