"""What they say: sentences with every combination written out beforehand, so that saying one is looking one up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.simulate.plan import Flags, Numbers, Plan, Shares

pc: Any = _compute  # its functions are made at run time, no type checker knows them


@dataclass(frozen=True)
class Phrases:
    """Sentences of one kind, all combinations written out, found by (language, column): a topic, a brand, or 0."""

    sentences: pa.Array
    first: Numbers
    count: Numbers

    @classmethod
    def of(cls, cells: Sequence[Sequence[Sequence[str]]]) -> Phrases:
        """From a list of sentences for each [language][column]."""
        count = np.array([[len(cell) for cell in row] for row in cells], dtype=np.int64)
        first = (np.cumsum(count.ravel()) - count.ravel()).reshape(count.shape)
        return cls(pa.array([text for row in cells for cell in row for text in cell], pa.string()), first, count)

    def index(self, chance: Shares, language: Numbers, column: Numbers | int = 0) -> Numbers:
        """Which sentence, for each chance in [0, 1)."""
        return self.first[language, column] + (chance * self.count[language, column]).astype(np.int64)

    def pick(
        self, chance: Shares, language: Numbers, column: Numbers | int = 0, share: float | Flags = 1.0
    ) -> pa.Array:
        """A sentence for each chance, null where `share` (a share or flags) leaves it out."""
        kept = share if isinstance(share, np.ndarray) else chance < share
        spread = chance if isinstance(share, np.ndarray) else chance / share
        return self.sentences.take(pa.array(self.index(spread, language, column), mask=~kept))


@dataclass(frozen=True)
class Words:
    """Everything that can be said."""

    by_kind: dict[str, Phrases]
    tags: Phrases
    plain_tags: pa.Array
    """The same tags as a list field: commas between, no #."""
    bot_replies: pa.Array

    @classmethod
    def of(cls, plan: Plan) -> Words:
        """Write out every sentence of the declared vocabularies."""
        assumed = plan.assumed
        spoken = {code: assumed["language"][code] for code in plan.languages}
        kinds = {"openers": 1, "places": 1, "asides": 1, "closers": 1, "disclosure": 1}
        by_kind = {kind: Phrases.of([[own[kind]] for own in spoken.values()]) for kind in kinds}
        for kind in ("clauses", "more", "questions", "praise", "thanks", "bios"):
            rows = [[_on_topic(own, kind, code, topic) for topic in assumed["topic"]] for code, own in spoken.items()]
            by_kind[kind] = Phrases.of(rows)
        for kind in ("praise_brand", "reserve_brand", "paid_brand"):
            rows = [[_on_brand(own[kind], brand) for brand in assumed["brand"]] for own in spoken.values()]
            by_kind[kind] = Phrases.of(rows)
        tags = [[*((one,) for one in topic["tags"]), *product(topic["tags"], repeat=2)] for topic in assumed["topic"]]
        hashed = Phrases.of(
            [[[" ".join(f"#{tag}" for tag in dict.fromkeys(some)) for some in topic] for topic in tags]]
        )
        plain = pa.array([",".join(dict.fromkeys(some)) for topic in tags for some in topic], pa.string())
        return cls(by_kind, hashed, plain, pa.array(assumed["names"]["bot_replies"]))


def _on_topic(spoken: dict[str, Any], kind: str, code: str, topic: dict[str, Any]) -> list[str]:
    """All sentences of a kind in one language on one topic."""
    things, deeds = topic[code]["things"], topic[code]["deeds"]
    if kind == "clauses":
        combined: Iterable[tuple[str, ...]] = product(spoken["clauses"], deeds, things, spoken["endings"])
        return [_capital(said.format(deed=deed, thing=thing, ending=end)) + "." for said, deed, thing, end in combined]
    pairs = zip(things, [*things[1:], things[0]], strict=True)
    return [
        _capital(pattern.format(thing=thing, thing2=other, topic=topic["name"]))
        for thing, other in pairs
        for pattern in spoken[kind]
    ]


def _on_brand(patterns: list[str], brand: dict[str, Any]) -> list[str]:
    code = "".join(letter for letter in brand["name"].upper() if letter.isalpha())[:4] + "10"
    return [pattern.format(brand=brand["name"], code=code) for pattern in patterns]


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def joined(parts: Sequence[pa.Array]) -> pa.Array:
    """Parts of a text with spaces between; parts left out leave no space.

    One part at least must be there in every row: pyarrow 26 drops rows in which all are null.
    """
    return pc.binary_join_element_wise(*parts, " ", null_handling="skip")
