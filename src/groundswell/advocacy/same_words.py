"""Who says the same, word for word or nearly? Posts by their runs of three words, after handles and links are taken out.

Two texts are near-identical when they share four of five runs (Broder 1997; Jaccard), or differ in one word of fifteen or more, or one of
twenty or more has two words put in: one exchanged word takes three runs away, which in a short text is more than every fifth. Only texts
that share one of their rarest runs are compared (prefix filtering: Chaudhuri, Ganti & Kaushik 2006), which misses nothing and is not
quadratic.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from groundswell.store.text_index import words_of

RUN = 3
NEAR = 0.8
"""Share of common runs from which texts are near-identical (design choice; mail merges reach .74-.81)."""
WORDS_TO_DIFFER = 15
"""From so many words on, two texts that differ in one word are near-identical whatever their share of runs (design choice)."""
WORDS_FOR_TWO = 20
"""From so many words on two may be put in ("thank you to all *the* colleagues, you are *simply* the best"); two that are exchanged make
another text (design choice)."""
RUNS_OF_A_WORD = 3
"""Runs that one word takes part in, at most."""
WORDS_NEEDED = 6
"""Shorter texts ("happy birthday to you") are said alike by everybody (design choice)."""
RUNS_TO_COMPARE = 10
"""Texts with fewer runs are alike only when they are identical: one odd word would already be a tenth (design choice)."""
NOT_ITS_OWN = re.compile(r"https?://\S+|www\.\S+|(?<!\w)@[\w.\-]+")
PASSED_ON = re.compile(r"^\s*RT @", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """A post, as far as its words matter."""

    account: str
    post: str
    text: str
    created_at: datetime | None = None
    url: str | None = None


@dataclass(frozen=True)
class SameWords:
    """Posts that say the same."""

    kind: Literal["identical", "near-identical"]
    likeness: float
    """The smallest share of common runs by which any of them was tied to another; 1 for identical ones."""
    posts: tuple[Said, ...]
    """One post of each account, the oldest first."""
    accounts: tuple[str, ...]
    times: int
    """Posts in all, repetitions included."""


def cleaned(text: str) -> tuple[str, ...]:
    """The words of a text without handles and links."""
    return tuple(words_of(NOT_ITS_OWN.sub(" ", text)))


def runs(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """Every run of three words."""
    return frozenset(tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def same_across(posts: Iterable[Said]) -> tuple[SameWords, ...]:
    """Groups of posts by two or more accounts that say the same; what most accounts say first."""
    by_words: dict[tuple[str, ...], list[Said]] = defaultdict(list)
    for post in posts:
        words = cleaned(post.text)
        if len(words) >= WORDS_NEEDED and not PASSED_ON.match(post.text):
            by_words[words].append(post)
    texts = sorted(by_words)
    groups = _tied(len(texts), list(_pairs(texts)))
    found = [_group([post for at in group for post in by_words[texts[at]]], len(group), near) for group, near in groups]
    across = [one for one in found if len(one.accounts) > 1]
    return tuple(sorted(across, key=lambda one: (-len(one.accounts), -one.times, one.posts[0].post)))


def few_words_apart(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two long enough texts differ in one word, exchanged, left out or put in, or the longer has two more words anywhere."""
    short, long = sorted((one, other), key=len)
    if len(short) < WORDS_TO_DIFFER or len(long) - len(short) > 2:
        return False
    if len(long) - len(short) == 2:
        rest = iter(long)
        return len(short) >= WORDS_FOR_TWO and all(word in rest for word in short)
    at = next((at for at, word in enumerate(short) if word != long[at]), len(short))
    return list(short[at + (len(short) == len(long)) :]) == list(long[at + 1 :])


def _pairs(written: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, float]]:
    """(one, other, likeness) of all pairs that are near-identical, each once."""
    texts = [runs(words) for words in written]
    often = Counter(run for text in texts for run in text)
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        if len(text) < RUNS_TO_COMPARE:
            continue
        unlike = max(
            len(text) - math.ceil(NEAR * len(text)), RUNS_OF_A_WORD * (1 + (len(written[at]) >= WORDS_FOR_TWO))
        )
        rarest = sorted(text, key=lambda run: (often[run], run))[: unlike + 1]
        for other in sorted({other for run in rarest for other in holders[run]}):
            if NEAR * len(text) <= len(texts[other]) <= len(text) / NEAR:
                common = len(text & texts[other])
                likeness = common / (len(text) + len(texts[other]) - common)
                if likeness >= NEAR or few_words_apart(written[at], written[other]):
                    yield other, at, likeness
        for run in rarest:
            holders[run].append(at)


def _tied(size: int, pairs: Sequence[tuple[int, int, float]]) -> list[tuple[list[int], float]]:
    """Texts that hang together by pairs, with the smallest likeness among those pairs; single texts too."""
    leader = list(range(size))

    def lead(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    for one, other, _ in pairs:
        leader[lead(other)] = lead(one)
    members: dict[int, list[int]] = defaultdict(list)
    for at in range(size):
        members[lead(at)].append(at)
    least: dict[int, float] = {}
    for one, _, likeness in pairs:
        least[lead(one)] = min(likeness, least.get(lead(one), 1.0))
    return [(group, least.get(head, 1.0)) for head, group in members.items()]


def _group(posts: Sequence[Said], texts: int, likeness: float) -> SameWords:
    ordered = sorted(posts, key=_when)
    first: dict[str, Said] = {}
    for post in ordered:
        first.setdefault(post.account, post)
    kind: Literal["identical", "near-identical"] = "identical" if texts == 1 else "near-identical"
    return SameWords(kind, likeness, tuple(first.values()), tuple(sorted(first)), len(posts))


def _when(post: Said) -> tuple[bool, float, str]:
    """Oldest first; posts without a date last; ties by id."""
    return post.created_at is None, post.created_at.timestamp() if post.created_at else 0.0, post.post
