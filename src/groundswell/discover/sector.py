"""How the words of a sector are read, in whichever language people write: as topics, and as posts that say them.

A brief names a sector in one language. Its words find the topics whose posts say them (see groundswell.signals.kinship), and those are
topics of that language. A topic of another language counts, too, where one of the words that name it begins with a word of the sector
("vegane" with "vegan"). Where neither a word nor such a topic reaches the people of a language, nobody of them can fit, however good:
the shortlist says so, and how to ask in their language, too.

Who knows a subject seldom says its name: reporters of football write "goal", "Salah", "World Cup". So topics are named, too, about which
people write mostly who say a word of the sector now and then. They are offered and never added: whether they belong to it, a person knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.discover.exposure import FEWEST
from groundswell.records import language_name
from groundswell.signals.kinship import Shares, Texts
from groundswell.store.text_index import words_of

pc: Any = _compute  # its functions are made at run time, no type checker knows them

HARDLY = 0.1
"""A language hardly knows a sector's words when its people say them a tenth as often as those who say them most (design choice)."""


SAID_FROM = 2
"""Posts with a word of the sector from which on somebody says it now and then (design choice)."""
NEAR_SHOWN = 6
NEAR_FROM = 2
"""People who write mostly about a topic and say a word of the sector now and then, from which on it is offered (design choice)."""


@dataclass(frozen=True)
class Sector:
    """What a brief's sector came to."""

    shares: Shares
    topics: tuple[str, ...]
    """Names of the topics that it was read as."""
    unreached: tuple[tuple[str, int, int], ...]
    """(language, people who write in it, how many of them say a word of the sector), the largest first."""
    near: tuple[tuple[str, int], ...] = ()
    """Topics that may belong to it, and how many people write mostly about each and say a word of the sector now and then."""


def read_sector(phrases: Sequence[str], rows: pa.Table, texts: Texts) -> Sector:
    """Find the posts of a sector, the topics that it was read as, and the languages that its words do not reach."""
    spoken = _Spoken.read(rows)
    # A topic that was ticked is no word of the sector: its name may hold any word that people share ("world", "love").
    typed = [phrase for phrase in phrases if not texts.topics_called(phrase)] or phrases
    hits = texts.saying([word for phrase in typed for word in words_of(phrase)]).hits
    saying = spoken.people(hits > 0)
    said = {language: saying.get(language, 0) / people for language, people in spoken.all.items()}
    home = max(sorted(said), key=lambda language: said[language], default="")
    abroad = {
        topic: language
        for topic in sorted({topic for phrase in phrases for topic in texts.topics_named(phrase)})
        if (language := spoken.language_of(texts, topic)) not in ("", home)
    }
    shares, topics = texts.in_sector(phrases, also=abroad)
    unreached = tuple(_unreached(spoken.all, saying, said, set(abroad.values())))
    return Sector(shares, topics, unreached, tuple(_near(rows, hits >= SAID_FROM, set(topics))))


def main_topics(rows: pa.Table) -> pa.Array:
    """What each account writes about most, in the words of the fit; null where that cannot be told."""
    return pc.struct_field(in_one(rows.column("topic_focus")), "label")


def _near(rows: pa.Table, saying: NDArray[np.bool_], read: set[str]) -> list[tuple[str, int]]:
    """Topics of which at least half of the people say a word of the sector now and then, but for those that it was read as."""
    main = main_topics(rows)
    all_of = {one["values"]: one["counts"] for one in pc.value_counts(main.drop_null()).to_pylist()}
    some = pc.value_counts(main.filter(pa.array(saying)).drop_null()).to_pylist()
    found = [
        (str(one["values"]), int(one["counts"]))
        for one in some
        if one["counts"] >= max(NEAR_FROM, all_of[one["values"]] / 2) and one["values"] not in read
    ]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def _unreached(
    people: Mapping[str, int], saying: Mapping[str, int], said: Mapping[str, float], reached: set[str]
) -> list[tuple[str, int, int]]:
    most = max(said.values(), default=0.0)
    found = [
        (language, number, saying.get(language, 0))
        for language, number in people.items()
        if number >= FEWEST and most > 0 and said[language] <= HARDLY * most and language not in reached
    ]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def notes_on(phrases: Sequence[str], sector: Sector) -> list[str]:
    """Say how the sector was read, and whom its words do not reach."""
    named = " or ".join(phrases)
    read = (
        f"the topics {' / '.join(sector.topics)}, and posts that say its words"
        if sector.topics
        else "posts that say its words"
    )
    notes = [f"The sector {named} was read as {read}."]
    if sector.near:
        some = "; ".join(f"{name} ({people:,})" for name, people in sector.near[:NEAR_SHOWN])
        notes.append(
            f"People who say {named} now and then write mostly about {some}. What of that belongs to the sector, add to it: in the "
            f'form by ticking it, in a brief as sector = ["{phrases[0]}", "{as_phrase(sector.near[0][0])}"].'
        )
    if sector.unreached:
        whom = "; ".join(_of_whom(*one) for one in sector.unreached)
        notes.append(
            f"The words of the sector hardly reach some languages: {whom}. Nearly all of them are left out, "
            "however good. To ask in their language, too, add its words to the sector: in the form with a comma between them, in a "
            'brief as sector = ["vegan food", "veganes Essen"].'
        )
    return notes


def as_phrase(topic: str) -> str:
    """A topic's name as words of a sector, which are parted by commas."""
    return topic.replace(",", "")


def _of_whom(language: str, people: int, saying: int) -> str:
    said = "none ever says a word of it" if not saying else f"{saying:,} ever said a word of it"
    return f"{people:,} people write in {language_name(language)}, of whom {said}"


@dataclass(frozen=True)
class _Spoken:
    """In which language each account writes most, and how many do."""

    codes: NDArray[np.int64]
    """Parallel to the rows: place of the language in `names`, -1 where it is unknown."""
    names: tuple[str, ...]

    @classmethod
    def read(cls, rows: pa.Table) -> _Spoken:
        labels = pc.struct_field(in_one(rows.column("language")), "label").dictionary_encode()
        codes = pc.fill_null(labels.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
        return cls(codes, tuple(labels.dictionary.to_pylist()))

    @property
    def all(self) -> dict[str, int]:
        return self.people(np.ones(len(self.codes), bool))

    def people(self, who: NDArray[np.bool_]) -> dict[str, int]:
        """How many of these accounts write in each language; languages of none are left out."""
        counts = np.bincount(self.codes[who & (self.codes >= 0)], minlength=len(self.names))
        return {name: int(count) for name, count in zip(self.names, counts, strict=True) if count}

    def language_of(self, texts: Texts, topic: int) -> str:
        """The language of those who wrote most of a topic's posts; empty where no post has it."""
        hits, known = texts.saying([], topics=[topic]).hits, self.codes >= 0
        posts = np.bincount(self.codes[known], weights=hits[known], minlength=len(self.names))
        return self.names[int(posts.argmax())] if posts.any() else ""
