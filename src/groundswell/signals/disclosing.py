"""Whether a post tells in its own words what its author got for it: money, the thing itself, a share of what is sold.

The table of terms (disclosure.toml) holds what people agreed to write. Many write it as they would say it: of texts by people who had
never seen the table it found four in ten. So what words mean together (`wordkinds`) and the words themselves (`wordsums`) are
weighed, by one linear function that was learned from texts written for the purpose (`train_disclosing.py` in benchmarks/validity).
It is a plain sum, no text is understood; what it marks is a sign of payment, neither a clear disclosure nor an unclear one, and the
sentence that weighed most is kept as its evidence. How often it is right is measured on texts of others (docs/validity.md).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from groundswell.signals.wordkinds import Kinds, Weighed

LEARNED = ("en", "de", "fr", "es", "it", "nl", "pt")
"""Languages of the texts that it was learned from."""
SHOWN = 120
"""Letters of a sentence that are kept as evidence."""
FILES = ("disclosure.toml", "wordkinds.toml", "disclosing.toml", "disclosing.npz")
Flags: TypeAlias = NDArray[np.bool_]
SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True)
class Learned:
    """The linear function, and the sum from which on a text tells."""

    things: Weighed
    line: float


def telling(texts: pa.Array) -> Flags:
    """Which of the texts tell in their own words what their author got."""
    return score(texts) >= learned().line


def score(texts: pa.Array) -> NDArray[np.float32]:
    """What the words of each text weigh."""
    # What is compiled is imported where texts are read, not at every start.
    from groundswell.signals.wordkinds import added

    return added(texts, word_kinds(), learned().things)


def most_telling(text: str) -> str:
    """The sentence of a text that weighs most, as evidence; the whole text where none tells it alone."""
    sentences = [one.strip() for one in SENTENCES.split(text) if one.strip()]
    weighed = score(pa.array(sentences))
    best = sentences[int(weighed.argmax())] if weighed.max() >= learned().line else " ".join(sentences)
    return best if len(best) <= SHOWN else best[: SHOWN - 2].rsplit(" ", 1)[0] + " …"


@cache
def word_kinds() -> Kinds:
    """The table of what words mean."""
    from groundswell.signals.wordkinds import kinds_of

    return kinds_of(tomllib.loads((files("groundswell.signals") / "wordkinds.toml").read_text(encoding="utf-8")))


@cache
def learned() -> Learned:
    """The function that comes with the program."""
    from groundswell.signals.wordkinds import weighed

    folder = files("groundswell.signals")
    told = tomllib.loads((folder / "disclosing.toml").read_text(encoding="utf-8"))
    with (folder / "disclosing.npz").open("rb") as file, np.load(file) as kept:
        weights = kept["weights"].astype(np.float32) * kept["scale"][kept["group"]]
        rarity = rarity_of(kept["often"], told["texts"]).astype(np.float32)
        return Learned(weighed(kept["keys"], weights, rarity), told["line"])


def rarity_of(often: NDArray[Any], texts: int) -> NDArray[np.float64]:
    """How rare things are that so many of the texts have: the smoothed logarithm of texts over texts that have it."""
    return np.log((1 + texts) / (1 + often.astype(np.float64))) + 1


@cache
def telling_version() -> str:
    """Names the weights and words: with others, texts are read again."""
    folder = files("groundswell.signals")
    return blake2b(b"".join((folder / name).read_bytes() for name in FILES), digest_size=5).hexdigest()


__all__ = ["LEARNED", "learned", "most_telling", "rarity_of", "score", "telling", "telling_version", "word_kinds"]
