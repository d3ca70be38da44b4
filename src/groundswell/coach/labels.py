"""What a person's own subjects are called: only in words that stand in that person's own posts.

A topic is fitted on everybody, and named by what everybody says of it. Told of one person, that name can hold words that the person
never wrote. So the words of a topic are looked for in the posts of it that the person wrote; where fewer than two of them stand there
often enough, the subject has no name and is not told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from groundswell.coach.own_posts import OwnPost
from groundswell.signals.topics import NAMING_WORDS, Corpus

CANDIDATES = 20
"""Words of a topic that may name it, heaviest first (design choice)."""
LEAST_WORDS = 2
"""Own words that a subject must have to be named (design choice: one word may stand there by chance)."""
SAYING_SHARE, SAYING_POSTS = 1 / 3, 2
"""A word names a subject that stands in a third of the own posts of it, and in two of them at least (design choices)."""
EVERYDAY = frozenset(
    [
        "ago",
        "always",
        "answer",
        "ask",
        "asked",
        "away",
        "bad",
        "best",
        "better",
        "big",
        "bit",
        "book",
        "books",
        "day",
        "days",
        "did",
        "different",
        "does",
        "doing",
        "done",
        "drew",
        "early",
        "easy",
        "end",
        "ever",
        "every",
        "fine",
        "first",
        "free",
        "full",
        "good",
        "got",
        "great",
        "hand",
        "hard",
        "help",
        "home",
        "hour",
        "hours",
        "joined",
        "just",
        "kind",
        "know",
        "last",
        "late",
        "later",
        "least",
        "less",
        "little",
        "long",
        "look",
        "looked",
        "looking",
        "lot",
        "love",
        "made",
        "make",
        "making",
        "many",
        "maybe",
        "mean",
        "minute",
        "minutes",
        "moment",
        "month",
        "months",
        "morning",
        "need",
        "needed",
        "new",
        "next",
        "nice",
        "night",
        "note",
        "notes",
        "number",
        "old",
        "open",
        "page",
        "pages",
        "people",
        "person",
        "plan",
        "planned",
        "please",
        "point",
        "post",
        "posts",
        "put",
        "question",
        "questions",
        "read",
        "real",
        "really",
        "right",
        "said",
        "say",
        "says",
        "second",
        "see",
        "seen",
        "set",
        "show",
        "showed",
        "shown",
        "soon",
        "start",
        "started",
        "still",
        "sure",
        "talk",
        "tell",
        "thank",
        "thanks",
        "thing",
        "things",
        "think",
        "thought",
        "thread",
        "time",
        "times",
        "today",
        "together",
        "told",
        "tomorrow",
        "tonight",
        "took",
        "tried",
        "true",
        "try",
        "trying",
        "use",
        "used",
        "want",
        "wanted",
        "way",
        "ways",
        "week",
        "weeks",
        "well",
        "went",
        "whole",
        "wonderful",
        "word",
        "words",
        "work",
        "worked",
        "world",
        "write",
        "wrong",
        "wrote",
        "year",
        "years",
        "yes",
        "yesterday",
        "yet",
        "yourself",
    ]
)
"""English words that everybody says about everything: no subject (design choice)."""


def labels_of(posts: Sequence[OwnPost], corpus: Corpus | None, words_in: Callable[[str], set[str]]) -> dict[str, str]:
    """Topic -> what it is called in these posts' own words; without those that have no name there."""
    if corpus is None:
        return {}
    heaviest = _heaviest(corpus)
    found: dict[str, str] = {}
    for topic in {post.topic for post in posts if post.topic and post.topic in heaviest}:
        own = [words_in(post.text or "") for post in posts if post.topic == topic]
        said = Counter(word for words in own for word in words)
        least = max(SAYING_POSTS, len(own) * SAYING_SHARE)
        usable = {
            w: weight * said[w] for w, weight in heaviest[topic].items() if said[w] >= least and w not in EVERYDAY
        }
        if len(usable) >= LEAST_WORDS:
            found[topic] = ", ".join(sorted(usable, key=lambda word: (-usable[word], word))[:NAMING_WORDS])
    return found


def _heaviest(corpus: Corpus) -> Mapping[str, Mapping[str, float]]:
    """Topic -> its heaviest words, a tag as its word."""
    best = np.argsort(-corpus.topics, axis=1, kind="stable")[:, :CANDIDATES]
    return {
        name: {
            corpus.words[at].lstrip("#"): float(corpus.topics[topic, at])
            for at in reversed(best[topic])
            if corpus.topics[topic, at] > 0
        }
        for topic, name in enumerate(corpus.names)
    }
