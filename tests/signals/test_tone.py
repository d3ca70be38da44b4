"""Which way do texts lean, and what do replies do? Read once a text, in languages that are known, kept by their words."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from building import account, bring, day, made, post, reply, value_of
from groundswell.signals import Value, signal_table
from groundswell.signals.honesty import score_of
from groundswell.signals.tone import LANGUAGES, lean_of, leans_of, sentences
from groundswell.store import Workspace

GOOD, BAD, PLAIN = "I love this wonderful kettle.", "The handle is awful and it broke.", "It has a lid."
Rows = dict[str, list[dict[str, Any]]]


def of(workspace: Workspace, who: str = "ann") -> dict[str, Value]:
    return signal_table(workspace).values(f"x:{who}")


def reviewer(*texts: str, language: str = "en") -> Rows:
    said = [f"I bought it {n} times. {text}" for n, text in enumerate(texts)]
    posts = [post("ann", n, text=text, kind="post", language=language) for n, text in enumerate(said)]
    return {"account": [account("ann")], "post": posts}


# -- one text --------------------------------------------------------------------------------------------------------------


def test_sentences_lean_one_way_or_neither() -> None:
    assert [lean_of(one) for one in (GOOD, BAD, PLAIN, "")] == ["praise", "reservation", "neither", "neither"]
    found = leans_of(f"{GOOD} {BAD} {PLAIN} Ouch, pain!")
    assert (found.praise, found.reservation, found.concrete, found.neither) == (1, 2, 1, 1)


def test_names_tags_and_addresses_are_no_opinion() -> None:
    assert sentences("@happy #love https://x.example/good") == []
    assert leans_of("It is by @LoveAndJoy #best").praise == 0


def test_hostile_texts_are_read_to_an_end() -> None:
    for text in ("\x01" * 9_999, "!" * 100_000, "good " * 100_000, "<b>bad</b>" * 9_999):
        assert leans_of(text).praise >= 0


def test_every_language_has_words_of_every_kind() -> None:
    table = tomllib.loads((files("groundswell.signals") / "tone.toml").read_text(encoding="utf-8"))
    for kind, words in table.items():
        assert set(words) - {"about"} == set(LANGUAGES), kind
        assert all(term == term.strip().lower() for language in LANGUAGES for term in words[language])


def test_balance_is_low_for_all_praise_and_for_all_complaint_and_nowhere_jumps() -> None:
    assert score_of(1.0) == score_of(0.4) == score_of(0.0) == 0.0
    assert score_of(0.70) == score_of(0.93) == 1.0
    assert all(score_of(share / 100) <= score_of((share + 1) / 100) for share in range(93))
    assert all(score_of(share / 100) >= score_of((share + 1) / 100) for share in range(70, 100))


# -- people ----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_all_praise_and_all_complaint_score_lower_than_both_together(tmp_path: Path) -> None:
    scores = {
        name: value_of(made(tmp_path / name, reviewer(*texts)), "ann", "honesty_balance").value
        for name, texts in {"praise": [GOOD] * 6, "complaint": [BAD] * 6, "both": [GOOD] * 4 + [GOOD + BAD] * 2}.items()
    }
    assert scores == {"praise": 0.0, "complaint": 0.0, "both": 1.0}


def test_few_reviews_and_other_languages_are_unknown_never_balanced(tmp_path: Path) -> None:
    few = value_of(made(tmp_path / "few", reviewer(*[GOOD] * 4)), "ann", "honesty_balance")
    german = value_of(made(tmp_path / "de", reviewer(*[GOOD] * 9, language="de")), "ann", "praise_share")
    assert (few.value, few.reason) == (None, "too_few")
    assert (german.value, german.reason) == (None, "not_applicable")


@pytest.mark.slow
def test_a_text_first_read_as_german_is_weighed_once_it_is_known_to_be_english(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", reviewer(*[GOOD + BAD] * 6, language="de"))
    assert of(workspace)["praise_share"].value is None
    bring(workspace, reviewer(*[GOOD + BAD] * 6), seen=day(500))
    assert of(workspace)["praise_share"].value == 0.5


@pytest.mark.slow
def test_a_mention_counts_from_when_its_account_is_known_to_be_a_brand(tmp_path: Path) -> None:
    rows = reviewer(*["Nothing to say."] * 4)
    rows["account"] += [account("pans"), *(account(f"other{n}") for n in range(9))]
    rows["interaction"] = [
        {"actor": "x:ann", "verb": "mention", "account": "x:pans", "via": f"x:ann-{n}"} for n in range(3)
    ]
    workspace = made(tmp_path / "w", rows)
    assert of(workspace)["unpaid_brand_variety"].reason == "not_observed"
    key = bring(workspace, {"account": [account("pans", account_type="brand")]}, seen=day(500))
    table = signal_table(workspace)
    assert table.recomputed < table.rows.num_rows
    assert table.values("x:ann")["unpaid_brand_variety"].value == 1
    workspace.undo(key)
    assert of(workspace)["unpaid_brand_variety"].reason == "not_observed"


@pytest.mark.slow
def test_a_question_counts_from_when_its_text_is_known(tmp_path: Path) -> None:
    names = [f"fan{n}" for n in range(9)]
    asked = [reply(name, "ann", "ann-0", f"{name}-0", None) for name in names[:3]]
    heard = [reply("ann", names[0], f"{names[0]}-0", "ann-a", None)]
    workspace = made(
        tmp_path / "w", {"account": [account(name) for name in ("ann", *names)], "interaction": asked + heard}
    )
    assert of(workspace)["question_reply_rate"].value is None
    bring(workspace, {"post": [post(name, 0, text="Where is it from?", kind="reply") for name in names[:3]]})
    assert of(workspace)["question_reply_rate"].value == pytest.approx(1 / 3)


def test_who_is_answered_under_somebody_elses_post_got_no_comment(tmp_path: Path) -> None:
    """Ann comments on four of Bob's posts, is answered on three, and comes back on two."""
    said = [reply("ann", "bob", f"bob-{n}", f"ann-{n}", None) for n in range(4)]
    answers = [reply("bob", "ann", f"ann-{n}", f"bob-a{n}", None) for n in range(3)]
    back = [reply("ann", "bob", f"bob-a{n}", f"ann-b{n}", None) for n in range(2)]
    rows: Rows = {"account": [account("ann"), account("bob")], "interaction": [*said, *answers, *back]}
    workspace = made(tmp_path / "w", rows)
    ann, bob = of(workspace), of(workspace, "bob")
    assert ann["reply_rate"].value is ann["conversation_depth"].value is None
    assert (bob["reply_rate"].value, bob["reply_rate"].n) == (0.75, 4)
    assert (bob["conversation_depth"].value, bob["conversation_depth"].n) == (0.5, 4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "asks"),
    [("Where is it from?", True), ("¿Cuánto cuesta?", True), ("The lid broke after two days, what now?", True), ("Bei mir geht das nicht, die App stürzt immer ab.", True),
     ("So nice!", False), ("See https://x.example/?a=b", False)],
)  # fmt: skip
def test_questions_and_problems_ask_and_addresses_ask_nothing(tmp_path: Path, text: str, asks: bool) -> None:
    said = [reply(f"fan{n}", "ann", "ann-0", f"fan{n}-0", None) for n in range(3)]
    rows: Rows = {
        "account": [account("ann"), *(account(f"fan{n}") for n in range(3))],
        "post": [post(f"fan{n}", 0, text=text, kind="reply") for n in range(3)],
        "interaction": [*said, reply("ann", "fan0", "fan0-0", "ann-a", None)],
    }
    assert (value_of(made(tmp_path / "w", rows), "ann", "question_reply_rate").n == 3) is asks


# -- as people read --------------------------------------------------------------------------------------------------------


def test_the_share_of_praise_is_near_what_twenty_people_see(data_folder: Path) -> None:
    """Reviews are worded plainly where something is missing: the share may be a little too high, never by a tenth."""
    for file, most in (("tweets_GroundTruth.txt", 0.04), ("amazonReviewSnippets_GroundTruth.txt", 0.10)):
        if not (data_folder / "vader" / file).is_file():
            pytest.skip("no rated texts")
        lines = (data_folder / "vader" / file).read_text(encoding="utf-8", errors="replace").splitlines()
        rated = [(float(parts[1]), lean_of(parts[-1])) for parts in (line.split("\t") for line in lines)]
        people = np.array([rating for rating, _ in rated])
        ours = np.array([lean for _, lean in rated])
        share = (ours == "praise").sum() / (ours != "neither").sum()
        assert abs(share - (people >= 0.5).sum() / (np.abs(people) >= 0.5).sum()) < most


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("Dieses Produkt habe ich selbst gekauft, unbezahlte Werbung. Die Pfanne ist gut.", False),
        ("Selbst bezahlt: der neue Ofen von TopfCo ist sein Geld wert.", False),
        ("Anzeige: Pfanne von TopfCo, damit brate ich jeden Tag.", False),
        ("In collaboration with Mill & Co: this flour is what I bake with.", False),
        ("Paid partnership with @topfco: I tried the new pan for a month.", False),
        ("Collaboration commerciale avec Leica, j'adore cet appareil photo.", False),
        ("Topf & Co gifted me this pan to try, and I like it.", True),
        ("#gifted The new pan by Topf & Co browns evenly.", True),
    ],
)
def test_bought_or_paid_for_is_not_given(tmp_path: Path, text: str, given: bool) -> None:
    share = value_of(made(tmp_path, reviewer(*[f"{text} {n}" for n in range(5)])), "ann", "gifted_share")
    assert share.value in ((1.0,) if given else (0.0, None))
