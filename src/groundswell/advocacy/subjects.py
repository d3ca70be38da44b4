"""A subject of one's own: what somebody speaks about when they do not speak about the company, in words that they use themselves.

A post that names the company tells what the company stands for. So a subject is looked for in the others alone, and it is called by
those words of its topic that stand in the person's own posts: a topic is fitted on everybody's, and its weightiest words may be a
stranger's.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groundswell.signals import Value
from groundswell.signals.declaring import Z
from groundswell.signals.topics import NAMING_WORDS, TOKENS, Corpus
from groundswell.store.text_index import words_of

POSTS_NEEDED = 10
"""Own posts with a topic from which a subject is told, as the signal `topic_focus` has it."""
WORDS_NEEDED = 2
"""A subject is told from so many words of its topic that stand in the person's own posts (design choice)."""
POSTS_WITH_A_WORD = 2
"""A word that stands in one post alone may be there by chance (design choice)."""
OF_THE_HEAVIEST = 0.05
"""Words that weigh less in a topic than this part of its heaviest one do not tell what it is about (design choice)."""
PART_OF_A_NAME = 4
"""From so many letters on, a word that holds a name of the company is the company's: teamlindrad (design choice)."""
TOPICS_SHOWN = 6


@dataclass(frozen=True)
class Subject:
    """What somebody's posts are about that do not name the company."""

    focus: Value
    """As the signal `topic_focus`, of these posts alone; its label is made of the person's own words, None where they have too few."""
    topics: tuple[tuple[str, float], ...]
    """Topics in the person's words with their share, the largest first."""


def subject_of(posts: Sequence[Mapping[str, Any]], corpus: Corpus | None, company: Collection[str]) -> Subject:
    """Look at somebody's own posts, none of which names the company. `company`: words of its names, which label nothing."""
    by_topic: dict[str, list[str]] = defaultdict(list)
    for post in posts:
        if post["topic"] and post["text"]:
            by_topic[post["topic"]].append(post["text"])
    if corpus is None or not by_topic:
        return Subject(Value("topic_focus", reason="not_observed"), ())
    counts = {name: len(texts) for name, texts in by_topic.items()}
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    places = {name: place for place, name in enumerate(corpus.names)}
    labels = {name: _label(corpus, places[name], by_topic[name], company) for name in ordered if name in places}
    shares: dict[str, float] = defaultdict(float)
    for name in ordered:
        if label := labels.get(name):
            shares[label] += counts[name] / sum(counts.values())
    largest = sorted(shares.items(), key=lambda item: -item[1])
    focus = focus_of(list(counts.values()), len(corpus.names), labels.get(ordered[0]))
    return Subject(focus, tuple(largest[:TOPICS_SHOWN]))


def focus_of(counts: Sequence[int], topics: int, label: str | None) -> Value:
    """One minus the entropy of topics over the log of their number, as the signal `topic_focus` has it (a test compares them)."""
    n, k = sum(counts), max(topics, 2)
    if n < POSTS_NEEDED:
        return Value("topic_focus", n=n, reason="too_few" if n else "not_observed")
    plug_in = math.log(n) - sum(x * math.log(x) for x in counts) / n
    focus = 1 - (plug_in + (len(counts) - 1) / (2 * n)) / math.log(k)
    logs = [((x + 1 / k) / (n + 1), math.log(x + 1 / k)) for x in counts] + [(1 / k / (n + 1), -math.log(k))] * (
        k - len(counts)
    )
    first, second = sum(p * log for p, log in logs), sum(p * log * log for p, log in logs)
    error = math.sqrt(max(second - first * first, 0.0) / (n + 1)) / math.log(k)
    low, value, high = (min(1.0, max(0.0, x)) for x in (focus - float(Z) * error, focus, focus + float(Z) * error))
    return Value("topic_focus", value, low, high, n, label)


def words_of_names(names: Collection[str]) -> frozenset[str]:
    """The words of a company's names, as topics would have them."""
    return frozenset(word for name in names for word in [*words_of(name), "".join(words_of(name))] if len(word) > 1)


def _label(corpus: Corpus, topic: int, texts: Sequence[str], company: Collection[str]) -> str | None:
    """The words of a topic that these posts say most, weighed as the topic weighs them; None where too few of them do."""
    said = Counter(word for text in texts for word in {one.lstrip("#") for one in TOKENS.findall(text.lower())})
    weights = corpus.topics[topic]
    heavy = {word.lstrip("#"): float(weight) for word, weight in zip(corpus.words, weights, strict=True) if weight > 0}
    least = OF_THE_HEAVIEST * max(heavy.values(), default=0.0)
    found = {
        word: weight * said[word]
        for word, weight in heavy.items()
        if weight >= least and said[word] >= POSTS_WITH_A_WORD and not _is_the_companys(word, company)
    }
    chosen = sorted(found, key=lambda word: (-found[word], word))[:NAMING_WORDS]
    return ", ".join(chosen) if len(chosen) >= WORDS_NEEDED else None


def _is_the_companys(word: str, company: Collection[str]) -> bool:
    return word in company or any(len(name) >= PART_OF_A_NAME and name in word for name in company)
