"""What a text does: speaks of own use, holds an opinion, explains, thanks, asks ... told by weights of its words in seven languages.

Nobody's list of phrases is long enough: of texts that people write freely, lists heard a twentieth. So some thousand texts were
written for the purpose, each labelled by a guideline, and one linear function a thing was learned from them (`train_said.py` in
benchmarks/validity). How often it is right is measured on texts of other writers, and on real ones (docs/validity.md).

It is a plain sum over words and parts of words: no text is understood. What is said of an account is a share of its posts, with the
posts themselves as evidence.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

POSTS = ("use", "opinion", "correction", "explains", "superlative", "gifted", "trade")
"""What a post may do. Whether it means to amuse is not among them: of texts of a writer who was left out one joke in a hundred was told."""
REPLIES = ("asks", "thanks", "apology", "fix")
"""What a reply may do."""


@dataclass(frozen=True)
class Weights:
    """The linear functions: places x things."""

    names: tuple[str, ...]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float32]
    lines: NDArray[np.float32]
    """The sum from which on a thing is said."""


def said(texts: pa.Array, things: tuple[str, ...]) -> dict[str, NDArray[np.bool_]]:
    """Which of the texts do each of some things; one without words does none."""
    # What is compiled is imported where texts are read, not at every start.
    from groundswell.signals.wordsums import sums

    given = weights()
    places = [given.names.index(thing) for thing in things]
    found = sums(texts, given.rarity, np.ascontiguousarray(given.weights[:, places]))
    return {
        thing: found[:, number] >= given.lines[place]
        for number, (thing, place) in enumerate(zip(things, places, strict=True))
    }


@cache
def weights() -> Weights:
    """The functions that come with the program."""
    with (files("groundswell.signals") / "said.npz").open("rb") as file, np.load(file) as kept:
        scaled = kept["weights"].astype(np.float32) * kept["scale"].astype(np.float32)
        rarity = kept["rarity"].astype(np.float32)
    declared = _declared()
    names = tuple(one["name"] for one in declared)
    return Weights(names, rarity, scaled, np.array([one["line"] for one in declared], np.float32))


def _declared() -> list[dict[str, Any]]:
    return tomllib.loads((files("groundswell.signals") / "said.toml").read_text(encoding="utf-8"))["thing"]


@cache
def said_version() -> str:
    """Names the weights: with others, texts are read again."""
    folder = files("groundswell.signals")
    return blake2b((folder / "said.npz").read_bytes() + (folder / "said.toml").read_bytes(), digest_size=5).hexdigest()


__all__ = ["POSTS", "REPLIES", "said", "said_version", "weights"]
