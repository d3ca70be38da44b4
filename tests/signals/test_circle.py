"""Friends, fans and courtesy: a small world in which everybody's tie is known by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from building import account, day, made, post, reply
from groundswell.signals import Value
from groundswell.signals.arrays import Asked
from groundswell.signals.computing import compute
from groundswell.signals.evenness import entropies
from groundswell.signals.table import prepare
from groundswell.store import Engine, Workspace

Tell = Callable[..., Value]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """Return what a signal says of Ann in a workspace of these rows."""

    def told(name: str, **rows: list[dict[str, Any]]) -> Value:
        people = {str(row[key]) for some in rows.values() for row in some for key in ROLES if row.get(key)}
        known = [{"account": who, "platform": "x", "handle": who[2:], "followers": 100} for who in sorted(people)]
        workspace = made(tmp_path / str(len(list(tmp_path.iterdir()))), {"account": known, **rows})
        return value_of(workspace, name)

    return told


ROLES = ("account", "actor", "follower", "followed")


def value_of(workspace: Workspace, name: str) -> Value:
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", None)
        give_topics(engine)
        rows = compute(Asked(engine, workspace.fits), names=[name]).to_pylist()
    found = next(row for row in rows if row["account"] == "x:ann")
    return Value(signal=name, **found[name])


def give_topics(engine: Engine) -> None:
    """A text "about 3" is about the topic called three, of ten."""
    names = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    columns = {"topic": pa.array(range(10), pa.int64()), "name": list(names), "topics": pa.array([10] * 10, pa.int64())}
    engine.register("topic_names", pa.table(columns))
    engine.execute(
        """CREATE OR REPLACE VIEW topic_of_text AS SELECT DISTINCT text_hash, text[7:]::BIGINT AS topic FROM posts
           WHERE text LIKE 'about %'"""
    )


def follow(follower: str, followed: str, completeness: str | None = "local") -> dict[str, Any]:
    return {"follower": f"x:{follower}", "followed": f"x:{followed}", "completeness": completeness}


def fans(number: int, completeness: str | None = "local") -> list[dict[str, Any]]:
    return [follow(f"fan{n}", "ann", completeness) for n in range(number)]


CIRCLE = [follow(one, other) for one, other in permutations(("ann", "bob", "cyd", "dan"), 2)]


def test_friends_follow_one_another_and_share_a_friend(tell: Tell) -> None:
    found = tell("friends_family_share", follow=[*CIRCLE, *fans(9)])
    assert (found.value, found.n) == (0.25, 12)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.25 < found.high


def test_a_fan_who_is_followed_back_is_no_friend_while_they_share_nobody(tell: Tell) -> None:
    found = tell("friends_family_share", follow=[*CIRCLE, *fans(9), follow("ann", "fan1")])
    assert found.value == 0.25


@pytest.mark.parametrize("completeness", [None, "sampled", "full"])
def test_without_its_own_follows_nobody_can_say_who_is_followed_back(tell: Tell, completeness: str | None) -> None:
    assert tell("reciprocity", follow=fans(30, completeness)).reason == "not_observed"
    assert tell("friends_family_share", follow=fans(30, completeness)).reason == "not_observed"


def test_a_list_of_all_follows_among_these_accounts_shows_who_follows_nobody(tell: Tell) -> None:
    assert tell("reciprocity", follow=fans(30)).value == 0


def test_a_few_follows_that_other_peoples_lists_happen_to_show_are_not_its_own_list(tell: Tell) -> None:
    few = [follow("ann", f"star{n}", None) for n in range(4)]
    assert tell("reciprocity", follow=[*fans(30, None), *few]).reason == "not_observed"
    many = [follow("ann", f"star{n}", None) for n in range(5)]
    assert tell("reciprocity", follow=[*fans(30, None), *many, follow("ann", "fan1", None)]).value == pytest.approx(
        1 / 30
    )


def comments(actor: str, when: list[float], author: str = "ann") -> list[dict[str, Any]]:
    return [
        reply(actor, author, f"{author}-{n}", f"{actor}-{author}-{n}", day(moment)) for n, moment in enumerate(when)
    ]


def answered(*commented: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"actor": row["account"], "verb": "reply", "account": row["actor"], "post": row["via"], "via": f"{row['via']}-a",
         "acted_at": row["acted_at"]}
        for rows in commented for row in rows
    ]  # fmt: skip


def test_to_answer_a_comment_makes_no_tie_and_to_comment_in_turn_does(tell: Tell) -> None:
    crowd = [comments(f"fan{n}", [1, 2]) for n in range(6)]
    polite = [row for rows in crowd for row in rows] + answered(*crowd)
    assert tell("stranger_share", interaction=[*polite, *comments("ann", [5], "star")]).value == 1
    assert tell("stranger_share", interaction=[*polite, *comments("ann", [5], "fan0")]).value == pytest.approx(5 / 6)


def test_an_exchange_that_goes_on_is_told_from_one_that_ends_with_the_answer(tell: Tell) -> None:
    crowd = comments("bob", [1, 2, 3, 4, 5])
    back = answered(crowd)
    again = [row | {"via": f"{row['via']}-again"} for row in answered(back[:2])]
    found = tell("comment_depth", interaction=[*crowd, *back, *again])
    assert (found.value, found.n) == (0.4, 5)


def test_who_comes_three_times_on_one_day_is_no_regular(tell: Tell) -> None:
    rows = [row for n in range(4) for row in comments(f"fan{n}", [1, 1.1, 1.2])] + comments("bob", [1, 2, 3])
    assert tell("repeat_correspondents", interaction=rows).value == pytest.approx(0.2)


def test_superfans_come_in_three_months_on_three_posts_and_are_named(tell: Tell) -> None:
    rows = comments("bob", [1, 40, 70]) + comments("cyd", [1, 2, 3, 40])
    one_post = [row | {"post": "x:ann-0"} for row in comments("dan", [1, 40, 70])]
    found = tell("superfans", interaction=[*rows, *one_post])
    assert (found.value, found.label) == (1, "@bob")


def test_to_be_named_in_three_months_under_no_post_makes_no_superfan(tell: Tell) -> None:
    named = [row | {"verb": "mention", "post": None} for row in comments("bob", [1, 40, 70])]
    assert tell("superfans", interaction=named).value == 0


def test_dates_beyond_reason_belong_to_nobody_else(tell: Tell) -> None:
    far = [row | {"acted_at": datetime(9999, 12, 31, tzinfo=UTC)} for row in comments("bob", [1, 2, 3])]
    old = [row | {"acted_at": datetime(1, 1, 1, tzinfo=UTC)} for row in comments("cyd", [1])]
    assert tell("superfans", interaction=[*far, *old]).reason == "too_few"


def test_whoever_came_first_in_the_last_month_had_no_time_to_return(tell: Tell) -> None:
    old = [row for n in range(5) for row in comments(f"fan{n}", [1, 40] if n < 2 else [1])]
    new = [row for n in range(5, 30) for row in comments(f"fan{n}", [41])]
    found = tell("returning_share", interaction=[*old, *new])
    assert (found.value, found.n) == (0.4, 5)


def test_the_second_hop_counts_each_follower_of_superfans_once_and_none_of_its_own(tell: Tell) -> None:
    loyal = comments("bob", [1, 40, 70]) + comments("cyd", [1, 40, 70])
    of_them = [follow(who, fan) for fan in ("bob", "cyd") for who in ("eve", "fan1", "ann")] + [follow("fay", "bob")]
    found = tell("second_hop_reach", interaction=loyal, follow=[*fans(3), *of_them])
    assert (found.value, found.n) == (2, 2)


def test_to_be_named_in_an_answer_is_not_to_be_passed_on(tell: Tell) -> None:
    said = comments("bob", [1])
    named = [row | {"verb": "mention", "post": None} for row in said]
    assert tell("mentions_received", interaction=[*said, *named]).value is None
    spread = [{"actor": "x:cyd", "verb": "repost", "account": "x:ann", "post": "x:ann-0"}]
    assert tell("mentions_received", interaction=[*said, *named, *spread]).value == 1


def test_words_of_comments_are_counted_without_handles(tell: Tell) -> None:
    said = comments("bob", [1, 2, 3])
    texts = ["@ann yes", "@ann @cyd I do not think so", "well well well"]
    posts = [
        {"post": row["via"], "platform": "x", "account": row["actor"], "kind": "reply", "text": text}
        for row, text in zip(said, texts, strict=True)
    ]
    assert tell("comment_length", interaction=said, post=posts).value == 3


def test_notable_are_those_with_ten_times_its_followers_or_the_platforms_mark(tmp_path: Path) -> None:
    people = [
        account("ann", followers=50), account("big", followers=500), account("near", followers=499),
        account("sure", followers=1, verified=True),
    ]  # fmt: skip
    spoke = [row for who in ("big", "near", "sure") for row in comments(who, [1])]
    own = [post("ann", 0)]
    found = value_of(
        made(tmp_path / "w", {"account": people, "interaction": spoke, "post": own}), "notable_connections"
    )
    assert (found.value, found.n, found.label) == (2, 3, "@big, @sure")


def about(author: str, topics: list[int], since: float = 0) -> list[dict[str, Any]]:
    return [
        post(author, f"{since}-{n}", text=f"about {topic}", created_at=day(since + n), kind="post")
        for n, topic in enumerate(topics)
    ]


def crowd_about(topics: list[int]) -> dict[str, list[dict[str, Any]]]:
    """Somebody for each topic, who posts three times about it and speaks to Ann."""
    spoke = [row for n in range(len(topics)) for row in comments(f"fan{n}", [1])]
    return {
        "interaction": spoke,
        "post": [row for n, topic in enumerate(topics) for row in about(f"fan{n}", [topic] * 3)],
    }


@pytest.mark.slow
def test_an_audience_of_one_interest_is_told_from_a_mixed_one(tell: Tell) -> None:
    alike, mixed = (
        tell("audience_focus", **crowd_about([3] * 12)),
        tell("audience_focus", **crowd_about([*range(10)] * 2)),
    )
    assert (alike.value, alike.label, alike.n) == (1, "three", 12)
    assert mixed.value == 0
    assert tell("audience_focus", **crowd_about([3] * 9)).reason == "too_few"


def test_the_focus_of_an_audience_is_that_of_chao_wang_and_jost_worked_out_by_hand(tell: Tell) -> None:
    """Seven, four, one and one people; of ten topics, two have one person and none has two."""
    found = tell("audience_focus", **crowd_about([0] * 7 + [1] * 4 + [5, 6]))
    n, counts, once = 13, [7, 4, 1, 1], 2
    seen = sum(x / n * sum(1 / k for k in range(x, n)) for x in counts)
    left = 2 / ((n - 1) * (once - 1) + 2)
    tail = -np.log(left) - sum((1 - left) ** r / r for r in range(1, n))
    entropy = seen + once / n * (1 - left) ** (1 - n) * tail
    shares = (np.array([*counts, *[0] * 6]) + 0.1) / (n + 1)
    error = np.sqrt(
        np.cov(np.log(shares), aweights=shares, ddof=0) / (n + 1) + 9 / (2 * (n + 1) ** 2) + (once / n / 2) ** 2
    )
    value, reach = 1 - entropy / np.log(10), 1.6448536 * error / np.log(10)
    assert (found.value, found.low, found.high) == pytest.approx((value, max(0, value - reach), value + reach))


@pytest.mark.parametrize(("topics", "people"), [(10, 20), (20, 10), (20, 50), (40, 20), (40, 200)])
@pytest.mark.parametrize("strength", [0.1, 1.0, 50.0])
def test_the_interval_of_the_focus_of_an_audience_holds_the_truth_of_mixed_ones_too(
    topics: int, people: int, strength: float
) -> None:
    """From audiences of few interests to those of all; an interval by the correction of Miller & Madow would hold from 7 to 98 %."""
    dice = np.random.default_rng(topics + people)
    mix = dice.dirichlet(np.full(topics, strength), 1_500)
    drawn = dice.multinomial(people, mix)
    value, error = entropies(pa.array([row[row > 0].tolist() for row in drawn]), topics)
    truth = -(mix * np.log(np.maximum(mix, 1e-300))).sum(axis=1)
    reach = 1.6448536 * error
    # As the signal is cut off at nought and one, so is the entropy at all topics alike.
    held = (np.minimum(value - reach, np.log(topics)) <= truth + 1e-9) & (
        truth <= np.minimum(value + reach, np.log(topics)) + 1e-9
    )
    assert held.mean() >= 0.85


def test_authority_counts_people_of_its_own_topic_and_nobody_else(tell: Tell) -> None:
    crowd = crowd_about([3, 3, 3, 4, 5])
    found = tell("authority", interaction=crowd["interaction"], post=[*crowd["post"], *about("ann", [3, 3, 3, 3, 4])])
    assert (found.value, found.label, found.n) == (0.75, "three", 4)


def test_drift_is_nothing_while_the_mix_stays_and_whole_when_no_topic_stays(tell: Tell) -> None:
    same = tell("focus_drift", post=about("ann", [1, 2] * 30))
    moved = tell("focus_drift", post=about("ann", [1] * 40 + [2] * 20))
    assert same.value == 0
    assert moved.value == pytest.approx(1, abs=0.05)
    assert moved.label == "two"
    assert moved.low is not None
    assert moved.low > 0.8


def test_drift_is_the_divergence_of_two_mixes_worked_out_by_hand(tell: Tell) -> None:
    """Sixty days: of 40 before, 30 on one topic and 10 on two; of the last 20, 5 and 15."""
    found = tell("focus_drift", post=about("ann", [1] * 30 + [2] * 10 + [1] * 5 + [2] * 15))
    cells, posts = np.array([[30, 10], [5, 15]]), 60
    joint = cells / posts
    gain = np.log(joint / np.outer(joint.sum(axis=1), joint.sum(axis=0)))
    shared, period = (joint * gain).sum(), np.array([40, 20]) / posts
    most = -(period * np.log(period)).sum()
    value = (shared - 1 / (2 * posts)) / most
    error = np.sqrt(((joint * gain**2).sum() - shared**2) / posts + 1 / (2 * posts**2)) / most
    assert (found.value, found.n, found.label) == (pytest.approx(value), 60, "two")
    assert (found.low, found.high) == pytest.approx((value - 1.6448536 * error, value + 1.6448536 * error))
