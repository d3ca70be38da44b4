"""The human questions, in the words in which each file asks its own: its first sentence. Pages group signals by them."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from groundswell.signals.declaring import SIGNALS

ORDER = (
    "size", "focus", "occupation", "voice", "rhythm", "engagement", "responsiveness", "loyalty", "circle", "audience", "authenticity",
    "arrangement", "honesty", "sponsorship", "trust", "standing", "apex", "influence", "rise", "safety",
)  # fmt: skip
"""The order in which somebody new is asked about (design choice); what is not named here comes after, as it was declared."""


def asks(question: str) -> str:
    """What a file of signals asks: `engagement` asks "How much does its audience do?"."""
    story = (sys.modules[f"groundswell.signals.{question}"].__doc__ or "").strip()
    return story[: story.index("?") + 1]


def by_question(signals: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Question -> its signals among those named, in the order in which to read them."""
    found: dict[str, tuple[str, ...]] = {}
    for name in signals:
        question = SIGNALS[name].question
        found[question] = (*found.get(question, ()), name)
    places = {question: place for place, question in enumerate(ORDER)}
    return dict(sorted(found.items(), key=lambda item: places.get(item[0], len(ORDER))))
