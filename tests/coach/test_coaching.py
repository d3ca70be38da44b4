"""What somebody is told about themselves: evidence for all of it, unknown where nothing is known, and never unkind."""

from __future__ import annotations

import csv
import json
import random
import re
import tomllib
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pytest
from tests.building import SUBJECTS, account, community, day, made, post, reply

from groundswell.coach import Coaching, coach, sentences_of
from groundswell.coach.advice import next_actions
from groundswell.coach.balance import balance_of
from groundswell.coach.conversation import done_in
from groundswell.coach.own_posts import OwnPost, address
from groundswell.coach.standing import place_among
from groundswell.coach.subject import log_odds
from groundswell.errors import UnknownNameError
from groundswell.explain import find_account
from groundswell.exports.tables import plain
from groundswell.signals import signal_table
from groundswell.signals.honesty import BAND_FROM, BAND_TO, score_of
from groundswell.signals.tone import lean_of
from groundswell.sources.files import LAYOUTS
from groundswell.sources.networks import SOURCES

Rows = dict[str, list[dict[str, Any]]]


def asked(number: int, text: str, *, when: float, who: str = "bo") -> Rows:
    """Somebody replied to post 0 of ann with this text."""
    via = f"{who}-{number}"
    return {
        "post": [post(who, number, text=text, kind="reply", created_at=day(when))],
        "interaction": [reply(who, "ann", "ann-0", via, day(when))],
    }


def together(*parts: Rows) -> Rows:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: [row for part in parts for row in part.get(name, [])] for name in names}


def ann(*texts: str, days: float = 3.0, **fields: Any) -> Rows:
    """An account with a post every few days."""
    rows = [
        post("ann", n, text=text, kind="post", created_at=day(days * n), language="en") for n, text in enumerate(texts)
    ]
    return {"account": [account("ann", **{"followers": 500} | fields), account("bo"), account("cy")], "post": rows}


def coached(folder: Path, *parts: Rows) -> Coaching:
    return coach(made(folder / "workspace", together(*parts)), "@ann")


PLAIN = tuple(f"I wrote about kneading dough at dawn, part {n}" for n in range(12))


@pytest.mark.slow
def test_the_five_oldest_open_questions_come_with_their_age_and_row(tmp_path: Path) -> None:
    questions = [asked(n, f"How long does number {n} rise?", when=40 + n) for n in range(7)]
    answered = {"interaction": [reply("ann", "bo", "bo-0", "ann-r", day(60))]}
    found = coached(tmp_path, ann(*PLAIN), *questions, answered).questions
    assert [one.act.text for one in found.open] == [f"How long does number {n} rise?" for n in range(1, 6)]
    assert (found.asked, found.waiting, found.sure) == (7, 6, True)
    assert found.open[0].age_days == pytest.approx(60 - 41)
    assert found.open[0].act.post_text == PLAIN[0]
    assert "import 1, line" in found.open[0].act.source


@pytest.mark.slow
def test_a_question_back_under_somebody_elses_post_is_none_of_ones_own(tmp_path: Path) -> None:
    """Ann comments on a post of Bo's and is asked back there; under her own post Bo asks again after her answer."""
    back = {
        "post": [post("bo", "back", text="And which oven?", kind="reply", created_at=day(50)), post("bo", "on", text="And for how long?", kind="reply", created_at=day(52))],
        "interaction": [
            reply("ann", "bo", "bo-post", "ann-c", day(49)), reply("bo", "ann", "ann-c", "bo-back", day(50)),
            reply("ann", "bo", "bo-1", "ann-r", day(51)), reply("bo", "ann", "ann-r", "bo-on", day(52)),
        ],
    }  # fmt: skip
    found = coached(tmp_path, ann(*PLAIN), asked(1, "How hot?", when=48), back).questions
    assert [one.act.text for one in found.open] == ["And for how long?"]
    assert (found.asked, found.waiting) == (2, 1)


@pytest.mark.slow
def test_where_no_reply_of_mine_is_in_the_data_a_question_is_not_said_to_be_open(tmp_path: Path) -> None:
    found = coached(tmp_path, ann(*PLAIN), asked(1, "Which flour?", when=40))
    assert not found.questions.sure
    assert found.questions.open[0].act.text == "Which flour?"
    assert "either they wait, or the file leaves your replies out" in found.questions.sentence
    assert "answer_questions" not in [action.rule for action in found.actions]
    assert any(gap.what == "which questions you have answered already" for gap in found.gaps)


@pytest.mark.slow
def test_without_replies_in_the_data_questions_are_unknown_and_not_none(tmp_path: Path) -> None:
    found = coached(tmp_path, ann(*PLAIN))
    assert found.questions.unknown == "not_observed"
    assert found.sparked.unknown == "not_observed"
    assert any("what replies say" in gap.what for gap in found.gaps)


@pytest.mark.slow
def test_a_question_mark_in_an_address_asks_nothing(tmp_path: Path) -> None:
    found = coached(tmp_path, ann(*PLAIN), asked(1, "See https://example.org/?q=rye for mine", when=40))
    assert found.questions.asked == 0


@pytest.mark.slow
def test_who_asks_nothing_in_ten_posts_is_advised_to_ask_and_who_asks_once_is_not(tmp_path: Path) -> None:
    plain = [f"Rye loaf number {number}, baked at night" for number in range(12)]
    advised = [{one.rule for one in coached(tmp_path / name, ann(*texts)).actions} for name, texts in (
        ("mute", plain), ("asking", [*plain[:-1], "Which flour do you take?"]),
    )]  # fmt: skip
    assert ["ask_a_question" in one for one in advised] == [True, False]


@pytest.mark.slow
def test_a_silence_has_its_two_ends_and_the_silence_at_the_end_counts(tmp_path: Path) -> None:
    rows = ann(*PLAIN, days=2)
    rows["post"].append(post("ann", "late", text="Back at last, with more dough", kind="post", created_at=day(80)))
    heard = {
        "interaction": [reply("ann", "bo", "bo-0", "ann-r", day(120)), reply("bo", "ann", "ann-0", "bo-9", day(200))]
    }
    found = coached(tmp_path, rows, heard).rhythm
    assert [(s.since, s.until) for s in found.silences] == [(day(22), day(80)), (day(80), day(120))]
    assert found.silences[0].days == pytest.approx(58)
    assert found.silences[1].after is None


@pytest.mark.slow
def test_beyond_the_plateau_nobody_is_asked_for_more(tmp_path: Path) -> None:
    found = coached(tmp_path, ann(*(f"Dough, note {n}" for n in range(30)), days=0.5))
    assert found.rhythm.at_plateau is True
    assert any("more posts would not be better" in sentence for sentence in found.rhythm.sentences)
    assert "rest_or_replies" in [action.rule for action in found.actions]


def test_no_advice_asks_for_followers_or_more_posts() -> None:
    rules = tomllib.loads((files("groundswell.coach") / "advice.toml").read_text("utf-8"))["rule"]
    for rule in rules:
        told = rule["do"].lower()
        assert "follower" not in told
        assert "10,000" not in told
        assert "more often" not in told
        assert "post more" not in told
        assert rule["source"]
        assert rule["why"]


def test_a_fact_that_is_unknown_fires_no_rule() -> None:
    assert next_actions({}, {}) == ()
    assert [one.rule for one in next_actions({"own_posts": 0, "only_replies": ""}, {})] == ["first_posts"]


@pytest.mark.slow
def test_every_rule_speaks_only_of_facts_that_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []

    def note(facts: dict[str, Any], evidence: Any) -> tuple[()]:
        seen.append(set(facts))
        return ()

    monkeypatch.setattr("groundswell.coach.coaching.next_actions", note)
    coached(tmp_path, ann(*PLAIN))
    for rule in tomllib.loads((files("groundswell.coach") / "advice.toml").read_text("utf-8"))["rule"]:
        named = {name for text in (rule["do"], rule["why"]) for _, name, _, _ in Formatter().parse(text) if name}
        assert named | {each["fact"] for each in rule["when"]} <= seen[0], rule["id"]


def test_every_file_that_would_settle_something_is_one_that_can_be_read() -> None:
    names = set(LAYOUTS) | {layout.family for layout in LAYOUTS.values()}
    told = tomllib.loads((files("groundswell.coach") / "advice.toml").read_text("utf-8"))
    for gap in told["gap"]:
        assert {where["layout"] for where in gap["files"].values()} <= names
    for platform, sentence in told["peers"].items():
        live = platform in {source.platform for source in SOURCES.values()}
        assert live or "groundswell fetch" not in sentence
        assert "layout" not in sentence, "nobody knows what a layout is called"


@pytest.mark.slow
def test_words_that_set_apart_are_those_that_others_do_not_say(tmp_path: Path) -> None:
    mine = [f"Proofing sourdough with everybody this morning, lamination try {n}" for n in range(12)]
    others: Rows = {"account": [], "post": []}
    for number in range(12):
        others["account"].append(account(f"o{number}"))
        others["post"] += [
            post(f"o{number}", n, text=f"Running the marathon with everybody this morning, interval {n}", language="en")
            for n in range(20)
        ]
    found = coached(tmp_path, ann(*mine), others).subject
    assert {word.word for word in found.words} & {"sourdough", "proofing", "lamination"}
    assert not {word.word for word in found.words} & {"everybody", "morning", "with", "this"}
    word = found.words[0]
    assert (word.posts, word.of, word.others) == (12, 12, 0.0)
    assert len(word.evidence) == 2
    assert word.evidence[0].created_at == day(33)


def test_a_word_of_all_is_nobodys_and_a_rare_slip_is_no_habit() -> None:
    strength = log_odds({"bread": 40, "the": 60, "slip": 1}, {"the": 600, "run": 400})
    assert strength["bread"] > strength["slip"] > strength["the"]
    assert strength["the"] < 1.645


@pytest.mark.slow
def test_alone_in_the_data_the_words_are_said_to_be_compared_with_nobody(tmp_path: Path) -> None:
    found = coached(tmp_path, ann(*PLAIN)).subject
    assert "No post of anybody else in your language is in the data" in found.sentence
    assert all(word.others is None for word in found.words)
    assert "dough" in {word.word for word in found.words}


def test_somebody_without_a_post_gets_unknowns_and_a_first_step(tmp_path: Path) -> None:
    found = coached(tmp_path, {"account": [account("ann", followers=80)]})
    assert found.subject.unknown == "not_observed"
    assert found.balance.unknown == "not_observed"
    assert found.peers.unknown
    assert [action.rule for action in found.actions] == ["first_posts"]
    assert [gap.layout for gap in found.gaps] == ["posts"]
    json.dumps(plain(found), allow_nan=False)
    assert "0 posts of your own" in "\n".join(sentences_of(found))


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("I tried the arcade cabinet because of you.", "tried"),
        ("Just bought mine!! So good", "bought"),
        ("ok I signed up for the course", "signed up for"),
        ("We joined today, both of us", "joined"),
        ("I made this on Sunday and it worked", "made"),
        ("Hab es gleich nachgebacken, danke", "made"),
        ("Ya lo compré, gracias", "bought"),
        ("I haven't tried the new one", None),
        ("Have you tried it?", None),
        ("I should have bought it", None),
        ("If I bought it, would it last", None),
        ("I tried to log in", None),
        ("Bought and paid for politicians", None),
    ],
)
def test_a_reply_says_what_was_done_or_nothing(text: str, action: str | None) -> None:
    assert done_in(text) == action


def test_a_term_is_letters_only_so_that_it_means_the_same_to_both_engines() -> None:
    rules = tomllib.loads((files("groundswell.coach") / "sparked.toml").read_text("utf-8"))["action"]
    for term in (term for rule in rules for some in rule["terms"].values() for term in some):
        assert re.fullmatch(r"[\w' ]+", term)
        assert term == term.lower()


@pytest.mark.slow
def test_what_was_sparked_is_a_ledger_and_claims_no_cause(tmp_path: Path) -> None:
    acts = [
        {
            "actor": "x:bo",
            "verb": "repost",
            "account": "x:ann",
            "post": "x:ann-0",
            "via": "x:bo-rt",
            "acted_at": day(9),
        },
        {
            "actor": "x:cy",
            "verb": "repost",
            "account": "x:ann",
            "post": "x:ann-1",
            "via": "x:cy-rt",
            "acted_at": day(9),
        },
    ]
    found = coached(
        tmp_path, ann(*PLAIN), asked(1, "I TRIED it today, thank you", when=40), {"interaction": acts}
    ).sparked
    assert [(t.what, t.times, t.people) for t in found.tallies] == [("tried", 1, 1), ("repost", 2, 2)]
    assert found.ledger[0].text == "I TRIED it today, thank you"
    assert found.ledger[0].post == "x:ann-0"
    assert "does not show that the posts caused them" in found.sentences[-1]


def own(number: int, text: str, language: str | None = "en") -> OwnPost:
    nothing = dict.fromkeys(
        ("created_at", "url", "kind", "media", "declared", "paid_label", "topic", "hashtags", "mentions")
    )
    counts = dict.fromkeys(("likes", "replies", "reposts", "quotes", "views", "saves", "reach"))
    seen = datetime(2026, 6, 1, tzinfo=UTC)
    rest: dict[str, Any] = {**nothing, **counts, "paid": False, "disclosed": False, "observed_own": True}
    return OwnPost(post=f"x:{number}", text=text, language=language, import_id=1, line=number, observed_at=seen, **rest)


GOOD, BAD = "I love this wonderful kettle.", "The handle is awful and it broke."


def test_praise_alone_scores_lowest_and_a_mix_within_the_band_highest() -> None:
    assert score_of(1.0) == 0.0
    assert score_of(0.4) == 0.0
    assert score_of(BAND_FROM) == score_of(0.8) == score_of(BAND_TO) == 1.0
    rising = [score_of(share / 100) for share in range(40, 71)]
    assert all(one <= two for one, two in pairwise(rising))
    falling = [score_of(share / 100) for share in range(93, 101)]
    assert all(one >= two for one, two in pairwise(falling))


def test_praise_and_reservation_are_counted_in_sentences() -> None:
    found = balance_of([own(n, f"{GOOD} {BAD} It has a lid. @brand https://x.example/good") for n in range(5)])
    assert (found.posts, found.praise, found.reservation, found.neither) == (5, 5, 5, 5)
    assert found.share is not None
    assert found.share.value == 0.5
    assert found.share.low < 0.5 < found.share.high


def test_fewer_than_five_weighing_posts_are_too_few() -> None:
    found = balance_of([own(n, GOOD) for n in range(4)] + [own(9, "It has a lid.")])
    assert (found.share, found.score, found.unknown) == (None, None, "too_few")


def test_another_language_is_abstained_from() -> None:
    found = balance_of([own(n, "Ich liebe diesen wunderbaren Kessel.", "de") for n in range(9)])
    assert (found.share, found.unknown) == (None, "not_applicable")
    assert "no instrument for other languages" in found.sentence


def test_how_review_sentences_lean_agrees_with_twenty_human_raters(data_folder: Path) -> None:
    """Snippets of product reviews, rated -4..4 by 20 people each; those that the raters put beyond 1 must come out on their side."""
    found = sorted((data_folder / "vader").glob("amazon*GroundTruth*"))
    if not found:
        pytest.skip("no rated review snippets")
    right = wrong = 0
    with found[0].open(encoding="utf-8", errors="replace") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            rating, text = float(row[1]), row[-1]
            lean = lean_of(text)
            if abs(rating) >= 1 and lean != "neither":
                right += (lean == "praise") == (rating > 0)
                wrong += (lean == "praise") != (rating > 0)
    assert right + wrong > 500
    assert right / (right + wrong) > 0.75


@pytest.mark.slow
def test_fewer_than_thirty_peers_are_refused_with_the_one_step_that_gets_them(tmp_path: Path) -> None:
    found = coach(made(tmp_path / "w", community(people=20)), "@p01").peers
    assert found.standings == ()
    assert found.unknown == "too_few"
    assert "To get peers, import" in found.next_step
    assert "accounts of your platform are in the data; 16 of your platform surely write in your language" in found.says
    assert "30 are needed" in found.says


@pytest.mark.slow
def test_who_is_in_the_data_is_counted_and_why_they_are_no_peers_is_said(tmp_path: Path) -> None:
    says = coached(tmp_path, ann(*PLAIN), asked(1, "Which flour?", when=40)).peers.says
    assert "beside you, 2 accounts of your platform are in the data; none of your platform surely writes" in says
    assert "of 2 of them it cannot be told in which language: no post of their own with text is in" in says


def fields_of_bakers_and_runners(followers: int) -> Rows:
    """160 accounts of four subjects; every fourth bakes. Followers grow or shrink with the number."""
    dice = random.Random(5)
    rows: Rows = {"account": [], "post": []}
    for number in range(160):
        rows["account"].append(account(f"p{number}", followers=100 + abs(followers - number * 500)))
        for n in range(10):
            words = " ".join(dice.sample(SUBJECTS[number % 4].split(), 5))
            fields: dict[str, Any] = {"likes": dice.randint(1, 90), "replies": 3, "language": "en", "kind": "post"}
            rows["post"].append(post(f"p{number}", n, text=f"{words} {number}", created_at=day(n * 3), **fields))
    return rows


@pytest.mark.slow
def test_peers_are_those_of_the_same_subject_whatever_their_size(tmp_path: Path) -> None:
    growing, shrinking = (
        coach(made(tmp_path / str(start), fields_of_bakers_and_runners(start)), "@p4").peers for start in (0, 80_000)
    )
    assert growing.count == shrinking.count == 39
    assert growing.standings[0].signal == "public_rate"
    assert growing.standings[0].peers == 39
    assert growing.standings[0].percentile.n == 39
    assert "x:p" not in json.dumps(plain(growing)), "peers stay anonymous"


def test_a_percentile_splits_ties_and_turns_round_where_less_is_better() -> None:
    others = np.arange(40, dtype=np.float64)
    place = place_among(20.0, others, higher=True)
    assert place.value == pytest.approx(20.5 / 40)
    assert place.low < place.value < place.high
    assert place_among(20.0, others, higher=False).value == pytest.approx(19.5 / 40)


@pytest.mark.slow
def test_ages_are_reckoned_from_the_end_of_the_data_and_never_from_the_clock(tmp_path: Path) -> None:
    rows = ann(*PLAIN)
    one, two = (coached(tmp_path / name, rows, asked(1, "Which flour?", when=40)) for name in "ab")
    assert one.data_ends == day(40)
    assert plain(one) | {"facts_version": ""} == plain(two) | {"facts_version": ""}


def test_an_address_is_given_only_where_the_post_can_be_seen() -> None:
    assert address("twitter:12345", None, simulated=False) == "https://x.com/i/status/12345"
    assert address("twitter:12345", None, simulated=True) is None
    assert address("instagram:12345", None, simulated=False) is None
    assert address("bluesky:at://did:plc:abc/app.bsky.feed.post/3k1", None, simulated=False) == (
        "https://bsky.app/profile/did:plc:abc/post/3k1"
    )


def test_a_name_that_nobody_has_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="ann"):
        coach(made(tmp_path / "w", ann(*PLAIN)), "@an")


def test_the_address_of_a_profile_names_its_account(tmp_path: Path) -> None:
    own_id, handle = "mastodon:@ann@scholar.social", "ann@scholar.social"
    table = signal_table(
        made(tmp_path / "w", {"account": [{"account": own_id, "platform": "mastodon", "handle": handle}]})
    )
    for typed in (
        "https://scholar.social/@ann",
        " https://scholar.social/@Ann/ ",
        "scholar.social/@ann",
        "@ann@scholar.social",
    ):
        assert find_account(table, typed) == own_id, typed
    with pytest.raises(UnknownNameError):
        find_account(table, "https://scholar.social/@bo")


@pytest.mark.slow
def test_words_of_strangers_are_never_a_pattern(tmp_path: Path) -> None:
    hostile = asked(1, "{question_who} {0.__class__} %s ?", when=40, who="{own_posts}")
    answer = {"interaction": [reply("ann", "bo", "bo-x", "ann-r", day(41))]}
    found = coached(tmp_path, ann(*PLAIN), hostile, answer)
    assert "{0.__class__}" in "\n".join(sentences_of(found))
