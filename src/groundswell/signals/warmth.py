"""In warm or in critical words? Asked only of sentences that name the subject, only in English; all the rest is "not read".

The tone is that of the sentence: a report of an accident has hard words and no opinion, so nobody is called a critic by it. VADER
(Hutto & Gilbert 2014) was made for short English posts and agrees with people about as well as one person does. It adds up good and
bad words and does not know whom they are about: condolences came out as praise of an airline, and so did "did NOT report distress".
A warm verdict therefore needs more here (`warmth.toml`): a score that is praise among people, a word that praises and is not denied,
and neither grief nor harm. What is not sure is neither. Praise and a reservation in one sentence are both.

For other languages no instrument is shipped, so nothing is said of them: a German sentence is counted as not read, never as neutral.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from groundswell.signals.naming import SENTENCE, names_in, without
from groundswell.signals.tone import LEANS, PRAISES, lean_score, words_of_praise
from groundswell.signals.values import Value

Reading = Literal["warm", "balanced", "critical", "neither", "unread"]
READINGS: tuple[Reading, ...] = get_args(Reading)
"""How a voice speaks, taken together."""
BOTH_SIDES = 0.2
"""Of praise and reservations, the share of the lesser from which a voice is balanced (design choice: one in five is no slip)."""
PART_OF_ALL = 0.2
"""Of the sentences read, the share that must praise or criticise before a voice is called warm or critical (design choice): nobody is a
critic by one grim sentence in eighteen."""
JUDGED_NEEDED = 3
"""Below so many warm or critical sentences no balance is told (design choice)."""
Z = 1.6448536


@dataclass(frozen=True)
class Tone:
    """Sentences that name the subject, by how they speak of it."""

    warm: int = 0
    """In warm words."""
    critical: int = 0
    """In critical or grim words."""
    plain: int = 0
    """Read, and neither."""
    not_read: int = 0
    """In another language, or in one that could not be told."""
    both: int = 0
    """With praise and with a reservation."""

    def __add__(self, other: Tone) -> Tone:
        """Both together."""
        return Tone(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    @property
    def praise(self) -> int:
        """Sentences that hold praise."""
        return self.warm + self.both

    @property
    def reservations(self) -> int:
        """Sentences that hold a reservation or grim words."""
        return self.critical + self.both

    @property
    def read(self) -> int:
        """Sentences that could be read."""
        return self.warm + self.critical + self.both + self.plain

    @property
    def reading(self) -> Reading:
        """All of it in one word."""
        judged = self.praise + self.reservations
        if not judged:
            return "neither" if self.plain else "unread"
        if self.warm + self.critical + self.both < PART_OF_ALL * self.read:
            return "neither"
        if min(self.praise, self.reservations) >= BOTH_SIDES * judged:
            return "balanced"
        return "warm" if self.praise > self.reservations else "critical"

    @property
    def balance(self) -> Value:
        """Praise among praise and reservations, with a 90 % Wilson interval (Wilson 1927); unknown below three."""
        n = self.praise + self.reservations
        if n < JUDGED_NEEDED:
            return Value("warmth", n=n, reason="too_few" if n or self.plain else "not_observed")
        p = self.praise / n
        middle, half, scale = p + Z * Z / (2 * n), Z * (p * (1 - p) / n + Z * Z / (4 * n * n)) ** 0.5, 1 + Z * Z / n
        return Value("warmth", p, max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale), n)


def tone_of(text: str, names: Sequence[str], language: str | None, *, grim: bool = True) -> Tone:
    """How a text speaks of a subject, sentence by sentence. Without `grim`, words of grief and harm alone are no criticism."""
    sentences = _with_what_turns(text, names)
    if language != "en":
        return Tone(not_read=len(sentences))
    return sum((_of_sentence(without(sentence, names), grim) for sentence in sentences), Tone())


def _with_what_turns(text: str, names: Sequence[str]) -> list[str]:
    """The sentences that name it, each with the next where that only takes it further: "I love it. But the wheels are soft."."""
    found: list[str] = []
    named = False
    for part in SENTENCE.split(text):
        if names_in(part, names):
            found.append(part.strip())
            named = True
        elif named and (turn := _turns().match(part.strip())) and not turn.start():
            found[-1] += f" {part.strip()}"
        else:
            named = False
    return found


def _of_sentence(sentence: str, grim: bool) -> Tone:
    parts = _parts(sentence)
    leans = {_lean(part, grim) for part in parts}
    if {"warm", "critical"} <= leans:
        return Tone(both=1)
    return Tone(**{leans.pop() if parts == [sentence] else _lean(sentence, grim): 1})


def _lean(words: str, grim: bool) -> Literal["warm", "critical", "plain"]:
    """Which way words lean, warm only where that is sure."""
    if _words("rebuke").search(words):
        return "critical"
    score = lean_score(words)
    if score <= -LEANS:
        blames = grim or lean_score(_words("grim").sub(" ", words)) <= -LEANS
        return "critical" if blames else "plain"
    if score < PRAISES or _words("grim").search(words) or _signs().search(words):
        return "plain"
    told = words_of_praise(_phrases().sub(" ", words))
    return "warm" if told - _lukewarm() else "plain"


def _parts(sentence: str) -> list[str]:
    """A sentence where it turns: at "but" and the like; one that begins with "although" turns at its comma."""
    turn = _turns().match(sentence.strip())
    if turn and "," in sentence:
        before, _, after = sentence.partition(",")
        return [before, after]
    return [part for part in _turns().split(sentence) if part.strip()]


# -- words -----------------------------------------------------------------------------------------------------------------


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("groundswell.signals") / "warmth.toml").read_text(encoding="utf-8"))


def _any_of(terms: Iterable[str]) -> str:
    """Whole words in any case; an apostrophe may be a curly one."""
    longest = sorted(terms, key=len, reverse=True)
    written = "|".join(
        re.escape(term.rstrip("*")).replace("'", "['’]") + (r"\w*" if term.endswith("*") else "") for term in longest
    )
    return rf"(?<![^\W_])(?:{written})(?![^\W_])"


@cache
def _words(kind: str) -> re.Pattern[str]:
    return re.compile(_any_of(_table()[kind]["en"]), re.IGNORECASE)


@cache
def _phrases() -> re.Pattern[str]:
    return re.compile(_any_of(_table()["lukewarm"]["phrases"]), re.IGNORECASE)


@cache
def _signs() -> re.Pattern[str]:
    return re.compile("|".join(_table()["grim"]["signs"]))


@cache
def _lukewarm() -> frozenset[str]:
    return frozenset(_table()["lukewarm"]["en"])


@cache
def _turns() -> re.Pattern[str]:
    """Words at which a sentence turns, where they are no part of a saying in which nothing turns ("nothing but", "but also")."""
    turns = _table()["turns"]
    before = "".join(rf"(?<!{re.escape(word)} )" for word in turns["not_after"])
    after = "|".join(map(re.escape, turns["not_before"]))
    return re.compile(rf"{before}{_any_of(turns['en'])}(?!\s+(?:{after})\b)", re.IGNORECASE)
