"""A subject of somebody is named in that person's own words, or not told at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.coach.test_coaching import own

from groundswell.coach.kits import _in_my_words
from groundswell.coach.labels import EVERYDAY, labels_of
from groundswell.coach.own_posts import OwnPost
from groundswell.coach.shares import share_of
from groundswell.coach.subject import Subject, Tag, Word, _tags, _too_few_others, _topics, words_in
from groundswell.signals.topics import Corpus

WORDS = ("year", "planned", "tried", "newton", "prisms", "kinetic")
CORPUS = Corpus(
    "0001",
    WORDS,
    np.ones(len(WORDS)),
    np.array([[0.8, 0.5, 0.4, 0.1, 0.0, 0.0], [0.0, 0.0, 0.0, 0.6, 0.9, 0.3]]),
    np.zeros((1, len(WORDS))),
    ("year, planned, tried", "prisms, newton, kinetic"),
    100,
)


def about(topic: str | None, *texts: str) -> list[OwnPost]:
    return [replace(own(n, text), post=f"x:{topic}-{n}", topic=topic) for n, text in enumerate(texts)]


def test_no_word_of_others_names_a_subject_of_mine() -> None:
    mine = about(CORPUS.names[0], *["I was wrong about this last year"] * 5)
    assert labels_of(mine, CORPUS, words_in) == {}, "one everyday word is no subject"


def test_a_subject_is_named_by_its_own_words_that_stand_in_my_posts() -> None:
    mine = about(CORPUS.names[1], *["Newton on kinetic energy"] * 3, "Newton once more", "Of Newton, kinetic again")
    assert labels_of(mine, CORPUS, words_in) == {CORPUS.names[1]: "newton, kinetic"}


def test_a_word_that_stands_once_is_no_name() -> None:
    mine = about(CORPUS.names[1], *["Newton again"] * 4, "Newton and prisms")
    assert labels_of(mine, CORPUS, words_in) == {}


@pytest.mark.parametrize("word", ["year", "wrong", "pages", "planned", "tried"])
def test_everyday_words_are_no_subject(word: str) -> None:
    assert word in EVERYDAY


def test_subjects_are_told_only_where_most_posts_can_be_told() -> None:
    told = about(CORPUS.names[1], *["Newton on kinetic energy"] * 4)
    other = [replace(post, hashtags=["HistSci"]) for post in about(None, *["Something else"] * 6)]
    topics, count = _topics([*told, *other], CORPUS)
    assert (topics, count) == ((), 4)
    [tag] = _tags([*told, *other])
    assert (tag.tag, tag.share.hits, tag.share.n) == ("histsci", 6, 10)
    [topic] = _topics([*told, *other[:4]], CORPUS)[0]
    assert (topic.name, topic.share.hits, topic.posts) == ("newton, kinetic", 4, tuple(one.post for one in told))


def test_where_subjects_cannot_be_told_the_kit_names_tags_and_words_with_their_counts() -> None:
    words = (Word("merian", 10, 50, 0.0, 3.0, ()),)
    subject = Subject((), words, 605, "", tags=(Tag("histsci", share_of(40, 50), (), ()),))
    said = _in_my_words(subject)
    assert "#histsci (40 of 50 posts)" in said
    assert "merian (10 of 50 posts)" in said


def test_nobody_is_said_to_be_absent_who_is_there() -> None:
    assert _too_few_others(12) == "12 posts of others in your language are in the data; 100 are needed to compare."
