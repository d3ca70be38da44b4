"""Sentences of the coach that follow from few numbers: consistent, never more than is known, and never twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from tests.building import day
from tests.coach.test_coaching import own

from groundswell.coach.advice import next_actions
from groundswell.coach.coaching import _unknown
from groundswell.coach.conversation import Questions, done_in, looked_for
from groundswell.coach.own_posts import OwnPost
from groundswell.coach.received import read_received
from groundswell.coach.rhythm import Rhythm, read_rhythm
from groundswell.coach.standing import COMPARED, place_among, place_in_words
from groundswell.coach.subject import Spoken, distinctive, unsigned
from groundswell.signals import SIGNALS, Value

SIGNATURE = "#opendata This is lesson {n} of my course, and I would like to hear from you."


def written(*days: float) -> list[OwnPost]:
    return [at(own(n, f"Rye {n}"), day(when)) for n, when in enumerate(days)]


def at(post: OwnPost, when: datetime | None = None, **fields: Any) -> OwnPost:
    return replace(post, created_at=when, **fields)


def rhythm(per_week: float | None, *days: float) -> Rhythm:
    values = {
        name: Value(name, per_week, reason=None if per_week else "too_few") for name in ("posts_per_week", "burstiness")
    }
    return read_rhythm(values, written(*days), None)


@pytest.mark.parametrize(
    ("per_week", "said"), [(57.9, "you can leave some out"), (6.0, "as often as is known to help")]
)
def test_far_above_the_plateau_it_is_not_praised_as_just_right(per_week: float, said: str) -> None:
    sentences = " ".join(rhythm(per_week, *range(20)).sentences)
    assert said in sentences
    assert ("as often as is known to help" in sentences) == (per_week < 10)


def test_four_posts_with_long_gaps_do_not_show_that_there_was_no_silence() -> None:
    sentences = rhythm(None, 0, 122, 221, 300).sentences
    assert not any("No long silence" in one for one in sentences)
    assert "4 posts are too few" in sentences[-1]
    assert "122 days" in sentences[-1]
    assert rhythm(1.0, *range(0, 70, 7)).sentences[-1] == "No long silence in the data."


def test_a_silence_is_one_of_the_data() -> None:
    assert rhythm(1.0, *range(10), 60).sentences[-1].startswith("51 days without a post in the data, from")


def test_a_sentence_under_every_post_is_no_habit_of_words() -> None:
    posts = [own(n, f"Rye rises in {chr(97 + n) * 5}. {SIGNATURE.format(n=n)}") for n in range(12)]
    assert {word.word for word in distinctive(posts, Spoken(Counter(), 0), None)} == {"rye", "rises", "opendata"}


def test_a_post_that_says_nothing_else_keeps_its_sentence() -> None:
    assert unsigned(["Rye, part 1."] * 9) == ["Rye, part 1."] * 9
    assert unsigned(["A. Bye.", "B. Bye."]) == ["A. Bye.", "B. Bye."]


def test_the_dot_in_a_name_ends_no_sentence() -> None:
    posts = [own(n, f"Rye rises in {chr(97 + n) * 5}. Story with @baker.bsky.social today") for n in range(12)]
    assert "social" not in {word.word for word in distinctive(posts, Spoken(Counter(), 0), None)}


@pytest.mark.parametrize("text", ["Thanks, I used your template and got the records.", "We're using your template now"])
def test_whoever_used_something_of_mine_did_something(text: str) -> None:
    assert done_in(text) == "tried"
    assert any(term in text.lower() for action, terms in looked_for() if action == "tried" for term in terms)


def test_counts_that_are_known_are_said_and_others_are_not_made_up() -> None:
    unknown = {name: Value(name, reason="not_observed") for name in ("followers", "public_rate")}
    found = read_received([at(own(n, "Rye"), likes=n, replies=1) for n in range(1, 4)], unknown)
    assert found.acts == "6 likes and 3 replies"
    assert found.sentences == ("6 likes on 3 posts, 2 on a middling one.", "3 replies on 3 posts, 1 on a middling one.")
    assert found.replies == 3
    nothing = read_received([own(1, "Rye")], unknown)
    assert (nothing.acts, nothing.replies, nothing.totals) == ("", None, ())
    assert "unknown" in nothing.sentences[0]


def test_what_waited_long_ago_is_no_step_of_this_week() -> None:
    facts = {"questions_waiting": 3.0, "question_who": "@bo", "question_when": "2017-01-01", "questions_words": "3 are"}
    assert next_actions(facts | {"data_is_recent": "no"}, {}) == ()
    assert [one.rule for one in next_actions(facts | {"data_is_recent": "yes"}, {})] == ["answer_questions"]


def test_questions_that_may_be_answered_already_are_a_step_too() -> None:
    facts = {"questions_unsure": 19.0, "questions_asked_words": "19 questions were asked", "data_is_recent": "yes"}
    assert [one.rule for one in next_actions(facts, {})] == ["look_at_questions"]


def test_readers_who_are_reached_again_are_not_called_people() -> None:
    unknown = {name: Value(name, None, reason="not_observed") for name in ("followers", "public_rate")}
    posts = [at(own(n, "Rye"), reach=reach, likes=reach) for n, reach in enumerate((21, 22))]
    said = " ".join(read_received(posts, unknown).sentences)
    assert "Reach of 43 added up over 2 posts: the same people count again for each; 22 on a middling one." in said
    assert "people reached" not in said


def test_replies_are_said_not_to_count_and_the_end_of_the_data_is_no_silence() -> None:
    values = {name: Value(name, 1.0) for name in ("posts_per_week", "burstiness")}
    found = read_rhythm(values, written(*range(0, 70, 7)), day(63), replies=10, now=day(112))
    assert "Counted are your 10 posts; your 10 replies in the data are not counted." in found.sentences
    assert found.sentences[-1].endswith("49 days ago; whether you posted since is not in it.")
    assert not any(one.after is None for one in found.silences)


def test_reach_that_was_brought_is_not_asked_for_again() -> None:
    values = {name: Value(name, 1.0) for name in SIGNALS} | {
        "reach_rate": Value("reach_rate", None, reason="not_observed")
    }
    questions = Questions((), 0, 0, True, "")
    posts = [at(own(1, "Rye"), reach=9, likes=1, saves=0, reposts=1)]
    assert _unknown(values, posts, questions) == {
        "reach_rest": "reach is in the data, but comments of your posts are not"
    }
    assert _unknown(values, [own(1, "Rye")], questions) == {"reach": "only you can see it"}


def test_what_every_feed_tells_is_compared() -> None:
    assert {"posts_per_week", "longest_silence_days", "sponsored_share"} <= set(COMPARED) <= set(SIGNALS)
    assert place_among(1.0, np.arange(40, dtype=np.float64), higher=False).value > 0.9


@pytest.mark.parametrize(
    ("signal", "mine", "theirs", "said"),
    [
        ("sponsored_share", 0.0, [0.0] * 36, "the same as all 36"),
        ("sponsored_share", 0.0, [0.0] * 20 + [0.5] * 16, "lower than 16 of 36 peers, the same as 20"),
        ("sponsored_share", 0.1, [0.2] * 9 + [0.05] * 27, "lower than 25% of 36 peers"),
        ("longest_silence_days", 3.0, [9.0] * 40, "shorter than 100% of 40 peers"),
        ("posts_per_week", 3.0, [1.0] * 36 + [3.0] * 4, "higher than 36 of 40 peers, the same as 4"),
    ],
)
def test_who_is_level_with_others_does_not_stand_above_them(
    signal: str, mine: float, theirs: list[float], said: str
) -> None:
    assert place_in_words(SIGNALS[signal], mine, np.asarray(theirs)) == said
