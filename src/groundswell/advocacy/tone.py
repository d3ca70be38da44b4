"""In warm or in critical words? Asked only of sentences that name the subject, only in English; all the rest is "not read".

The tone is that of the sentence: a report of an accident has hard words and no opinion, so nobody is called a critic by it. VADER (Hutto & Gilbert 2014) was made for short English posts and agrees with people about as well as one person does. For other
languages no instrument is shipped, so nothing is said of them: a German sentence is counted as not read, never as neutral.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groundswell.advocacy.naming import sentences_naming, without
from groundswell.signals import Value
from groundswell.signals.tone import LEANS, lean_score

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

    def __add__(self, other: Tone) -> Tone:
        """Both together."""
        return Tone(
            self.warm + other.warm,
            self.critical + other.critical,
            self.plain + other.plain,
            self.not_read + other.not_read,
        )

    @property
    def balance(self) -> Value:
        """Warm ones among warm and critical ones, with a 90 % Wilson interval (Wilson 1927); unknown below three."""
        n = self.warm + self.critical
        if n < JUDGED_NEEDED:
            return Value("warmth", n=n, reason="too_few" if n or self.plain else "not_observed")
        p = self.warm / n
        middle, half, scale = p + Z * Z / (2 * n), Z * (p * (1 - p) / n + Z * Z / (4 * n * n)) ** 0.5, 1 + Z * Z / n
        return Value("warmth", p, max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale), n)


def tone_of(text: str, names: Sequence[str], language: str | None) -> Tone:
    """How a text speaks of a subject, sentence by sentence."""
    sentences = sentences_naming(text, names)
    if language != "en":
        return Tone(not_read=len(sentences))
    return sum((_of_sentence(without(sentence, names)) for sentence in sentences), Tone())


def _of_sentence(sentence: str) -> Tone:
    score = lean_score(sentence)
    return Tone(warm=1) if score >= LEANS else Tone(critical=1) if score <= -LEANS else Tone(plain=1)
