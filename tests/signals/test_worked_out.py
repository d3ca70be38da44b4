"""Numbers worked out by hand, of people made by hand: a circle of friends, a voice, and forty-one who are like one another."""

from __future__ import annotations

import math
import statistics
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from scipy import stats

from building import SEEN, Rows, account, day, made, post, reply
from groundswell.signals import SIGNALS, Value
from groundswell.signals.arrays import Asked
from groundswell.signals.computing import compute
from groundswell.signals.table import prepare

Told = dict[str, dict[str, Value]]
"""Who -> signal -> value."""


def told(folder: Path, rows: Rows) -> Told:
    """What all signals say; the second word of a text "about bread" is its topic, one of two."""
    workspace = made(folder / "w", rows)
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", None)
        engine.register("topic_names", pa.table({"topic": [0, 1], "name": ["bread", "garden"], "topics": [2, 2]}))
        engine.execute(
            """CREATE OR REPLACE VIEW topic_of_text AS
               SELECT DISTINCT p.text_hash, t.topic FROM posts AS p JOIN topic_names AS t ON split_part(p.text, ' ', 2) = t.name"""
        )
        found = compute(Asked(engine, workspace.fits, may_fit=True)).to_pylist()
    return {row["account"][2:]: {name: Value(signal=name, **row[name]) for name in SIGNALS} for row in found}


def wilson(hits: int, n: int) -> Any:
    found = stats.binomtest(hits, n).proportion_ci(0.90, method="wilson")
    return pytest.approx((found.low, found.high), rel=1e-6)


# -- a circle of friends and a voice ---------------------------------------------------------------------------------------

FRIENDS = ("bob", "cyd", "dan", "eve", "fay")
TIED = [*(("ann", friend) for friend in FRIENDS), *pairwise(("bob", "cyd", "dan", "gus"))]
"""Ann is tied to five, of whom Cyd is tied to Bob and to Dan; Dan is tied to Gus as well, whom Ann does not know."""
COMES = {"bob": (1, 2, 3), "cyd": (1, 1.2, 3), "dan": (1, 9), "eve": (4,), "fay": (5,)}
"""On which days each comments: of those who come three times, Cyd does so on two days."""
SAYS = ((1, "I use this pan on Mondays"), (20, "I used this pan for soup"), (40, "How to feed a starter, step by step"),
        (70, "I tried the rye at home again"), (80, "A walk by the sea with the dogs"), (90, "I can't stand plastic lids"))  # fmt: skip
"""Own use in January (twice) and in March; of six posts one explains and one has a strong opinion."""


@pytest.fixture(scope="module")
def ann(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Value]:
    follows = [{"follower": f"x:{a}", "followed": f"x:{b}"} for one, two in TIED for a, b in ((one, two), (two, one))]
    acts = [
        reply(who, "ann", f"ann-{number}", f"{who}-c{number}", day(when))
        for who, days in COMES.items() for number, when in enumerate(days)
    ]  # fmt: skip
    posts = [
        post("ann", number, text=text, language="en", kind="post", created_at=day(when))
        for number, (when, text) in enumerate(SAYS)
    ]
    people = [account("ann", bio="Nurse"), *(account(name) for name in (*FRIENDS, "gus"))]
    rows = {"account": people, "follow": follows, "interaction": acts, "post": posts}
    return told(tmp_path_factory.mktemp("circle"), rows)["ann"]


def test_of_ten_pairs_of_friends_two_are_friends(ann: dict[str, Value]) -> None:
    found = ann["clustering"]
    assert (found.value, found.n) == (2 / 10, 10)
    assert (found.low, found.high) == wilson(2, 10)


def test_each_tie_shares_what_both_have_of_what_either_has(ann: dict[str, Value]) -> None:
    """With Bob Cyd of (Cyd, Dan, Eve, Fay), with Cyd two of four, with Dan Cyd of (Bob, Cyd, Eve, Fay, Gus), with others none."""
    shared, found = [1 / 4, 2 / 4, 1 / 5, 0.0, 0.0], ann["embeddedness"]
    assert found.value == pytest.approx(statistics.mean(shared), rel=1e-12)
    assert found.n == 5
    assert found.high == pytest.approx(stats.t.interval(0.90, 4, 0.19, stats.sem(shared))[1], rel=0.05)


def test_one_of_five_comes_three_times_on_three_days(ann: dict[str, Value]) -> None:
    found = ann["basis_relationship"]
    assert (found.value, found.n) == (1 / 5, 5)
    assert (found.low, found.high) == wilson(1, 5)


def test_three_posts_speak_of_own_use_in_two_months(ann: dict[str, Value]) -> None:
    assert (ann["basis_experience"].value, ann["basis_experience"].n) == (2, 3)


def test_one_of_six_posts_explains_and_one_says_what_it_cannot_stand(ann: dict[str, Value]) -> None:
    for found in (ann["basis_knowledge"], ann["opinion_strength"]):
        assert (found.value, found.n) == (pytest.approx(1 / 6, rel=1e-9), 6)
        assert (found.low, found.high) == wilson(1, 6)


def test_one_occupation_is_one_kind_of_standing(ann: dict[str, Value]) -> None:
    assert (ann["basis_position"].value, ann["basis_position"].label) == (1, "nurse")


# -- among peers -----------------------------------------------------------------------------------------------------------

PEOPLE = 41
POSTS = 12
OTHERS = PEOPLE - 1
TOP = 1.0
"""The place of who is above all others."""
SECOND = (OTHERS - 1) / OTHERS
TIE = (OTHERS - 1) / 2 / OTHERS
"""The place of the forty who tie below the one at the top."""


def like_one_another() -> Rows:
    """Zoe is the largest, gets three times what is usual, is kept most, uses three formats and answers most.

    Yan, the smallest, follows back; Xia, the largest but one, gets four times what is usual.

    The others have two followers and one more for each reaction, so that reactions + 1/2 are half of the followers.
    """
    rows: dict[str, list[dict[str, Any]]] = {"account": [], "post": [], "interaction": [], "follow": []}
    for number in range(PEOPLE):
        name = {0: "yan", PEOPLE - 2: "xia", PEOPLE - 1: "zoe"}.get(number, f"p{number:02d}")
        zoe, yan = name == "zoe", name == "yan"
        likes, times = 1_000 + 10 * number, {"zoe": 3, "xia": 4}.get(name, 1)
        rows["account"].append(
            account(name, followers=2 * likes + 1, account_type="personal", created_at=day(-500), observed_at=SEEN)
        )
        for place in range(POSTS):
            when = day(place * (4 if yan else 2))
            media = ("image", "video", "album")[place % 3] if zoe else "image"
            topic = "garden" if zoe and place < 4 else "bread"
            rows["post"].append(
                post(name, place, kind="post", text=f"about {topic} {name} {place}", language="en", media=media,
                     likes=times * likes + (times > 1), replies=0, saves=likes if zoe else times * number, reposts=0,
                     created_at=when, observed_at=SEEN, paid_label=False)
            )  # fmt: skip
            said = f"{name}-{place}"
            rows["interaction"].append(reply("fan0", name, said, f"{said}-c", when))
            if place < (12 if zoe else 8 if yan else 6):
                rows["interaction"].append(reply(name, "fan0", f"{said}-c", f"{said}-a", when))
        rows["follow"] += [follow(f"fan{fan}", name) for fan in range(5)]
    rows["follow"] += [follow("yan", f"fan{fan}") for fan in range(3)]
    return rows


def follow(one: str, other: str) -> dict[str, Any]:
    return {"follower": f"x:{one}", "followed": f"x:{other}", "completeness": "local"}


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(tmp_path_factory.mktemp("peers"), like_one_another())


def test_three_words_for_media_are_three_formats(peers: Told) -> None:
    assert [peers[who]["format_variety"].value for who in ("zoe", "yan")] == [3, 1]


def test_engagement_for_its_size_is_reactions_by_what_is_usual(peers: Told) -> None:
    """Zoe has 2,801 followers, so that 1,400.5 would be usual, and gets 4,201 and a half."""
    assert peers["zoe"]["engagement_residual"].value == pytest.approx(4201.5 / 1400.5, rel=1e-9)
    assert peers["p07"]["engagement_residual"].value == pytest.approx(1, rel=1e-9)


def test_places_are_the_share_below_and_half_of_who_ties(peers: Told) -> None:
    for name, zoe, p07 in (
        ("reach_percentile", TOP, 7 / OTHERS),
        ("engagement_percentile", SECOND, 19 / OTHERS),
        ("tier_percentile", SECOND, 7 / OTHERS),
        ("quality_percentile", TOP, 7 / OTHERS),
    ):
        assert peers["zoe"][name].value == pytest.approx(zoe, rel=1e-9), name
        assert peers["p07"][name].value == pytest.approx(p07, rel=1e-9), name
        assert peers["p07"][name].n == OTHERS


def test_quality_is_the_mean_place_of_own_content_kept_and_formats(peers: Told) -> None:
    """All content is own, so that nobody has a place in that."""
    assert peers["zoe"]["quality"].value == pytest.approx((TOP + TOP) / 2, abs=1e-9)
    assert peers["p07"]["quality"].value == pytest.approx((7 / OTHERS + TIE) / 2, abs=1e-9)


def test_closeness_is_half_follows_returned_and_half_answers(peers: Told) -> None:
    """Only Yan follows back; Zoe answers most and Yan next, before thirty-nine who tie."""
    for who, follows, answers in (("zoe", TIE, TOP), ("yan", TOP, SECOND), ("p07", TIE, 19 / OTHERS)):
        assert peers[who]["closeness_percentile"].value == pytest.approx((follows + answers) / 2, rel=1e-9)


def test_an_alpha_consumer_has_the_geometric_mean_of_its_places_and_others_nothing(peers: Told) -> None:
    close = (TIE + TOP) / 2
    expected = math.pow(math.sqrt(TOP * SECOND) * TOP * close, 1 / 3)
    assert peers["zoe"]["alpha_consumer"].value == pytest.approx(expected, rel=1e-9)
    assert (peers["yan"]["alpha_consumer"].value, peers["yan"]["alpha_consumer"].label) == (
        0.0,
        "no, because of reach among peers",
    )


def test_the_kind_is_the_first_rule_that_holds_and_counts_those_ruled_out_before(peers: Told) -> None:
    """Zoe: not big, not new, posted for 22 days only; whether she grows is not known. Yan: 44 days, then silent until June."""
    zoe, yan = peers["zoe"]["small_kind"], peers["yan"]["small_kind"]
    assert (zoe.value, zoe.n, zoe.label) == (3 / 4, 5, "alpha (alpha consumer 0.9)")
    assert (yan.value, yan.n, yan.label) == (1.0, 3, "stalled (days of posting 44, days of silence 107)")


def test_peers_by_topic_stay_as_surely_as_the_topic_leads(peers: Told) -> None:
    """Eight posts on bread and four on the garden: a lead of a third, among twelve."""
    expected = statistics.NormalDist().cdf((1 / 3) * math.sqrt(12) / math.sqrt(1 - 1 / 9))
    assert peers["zoe"]["peer_stability"].value == pytest.approx(expected, rel=1e-9)
    assert (peers["zoe"]["peer_stability"].n, peers["zoe"]["peer_stability"].label) == (OTHERS, "its main topic")
    assert peers["p07"]["peer_stability"].value == pytest.approx(1, rel=1e-12)
