"""Everyone who names a company is found, small ones too; what is only passed on, or only addressed, is not called a mention."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from building import account, bring, day, made, post
from groundswell.advocacy import Census, census, census_table
from groundswell.errors import UnknownNameError, UsageError
from groundswell.ingest import import_file
from groundswell.signals import signal_table
from groundswell.signals.kinship import read_texts
from groundswell.signals.naming import names_in, sentences_naming, without
from groundswell.signals.warmth import Tone, tone_of
from groundswell.store import Workspace

ENGLISH = {"language": "en"}


def workspace_of(folder: Path) -> Workspace:
    """Praise, complaint, payment, a repost, an addressed reply, and the company itself."""
    rows: dict[str, list[dict[str, Any]]] = {
        "account": [
            account("ann", followers=40), account("bob", followers=90_000), account("cid"), account("dee"), account("eve"),
            account("oatco", followers=700) | {"name": "Oat & Co"}, account("gus"),
        ],
        "post": [
            post("ann", 1, text="I love Oat & Co. The rain was terrible.", created_at=day(1), **ENGLISH),
            post("ann", 2, text="Oat & Co is great!", created_at=day(3), **ENGLISH),
            post("ann", 3, text="oat & co made me happy again", created_at=day(2), kind="reply", **ENGLISH),
            post("bob", 1, text="Delicious oat drink by Oat & Co #ad", created_at=day(2), **ENGLISH),
            post("cid", 1, text="RT @ann: I love Oat & Co", created_at=day(2), **ENGLISH),
            post("dee", 1, text="@oat_co @ann you are right", kind="reply", created_at=day(2), **ENGLISH),
            post("eve", 1, text="Ich finde Oat & Co furchtbar", created_at=day(2), language="de"),
            post("oatco", 1, text="Oat & Co wishes you a good morning", created_at=day(2), **ENGLISH),
            post("gus", 1, text="my oat cookies and a boat coat", created_at=day(2), **ENGLISH),
        ],
    }  # fmt: skip
    return made(folder, rows)


def found_in(folder: Path) -> Census:
    """The census of the company."""
    return census(workspace_of(folder), {"company": ["Oat & Co"], "product": ["oat drink"]})


@pytest.mark.slow
def test_big_and_small_are_found_and_the_order_is_by_unpaid_mentions(tmp_path: Path) -> None:
    found = found_in(tmp_path)
    assert [one.handle for one in found.voices] == ["ann", "eve", "bob", "dee"]
    ann, _, bob, _ = found.voices
    assert (ann.mentions, ann.unpaid, ann.last_at) == (3, 3, day(3))
    assert (bob.mentions, bob.unpaid) == (1, 0)
    assert dict(bob.by_kind) == {"company": 1, "product": 1}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["company", "product", "service", "person"])
def test_a_mention_says_which_kind_of_thing_was_named(kind: str, tmp_path: Path) -> None:
    found = census(workspace_of(tmp_path), {kind: ["Oat & Co"]})
    assert [dict(one.by_kind) for one in found.voices if one.handle == "ann"] == [{kind: 3}]


@pytest.mark.slow
def test_what_is_passed_on_or_only_addressed_is_no_mention(tmp_path: Path) -> None:
    found = found_in(tmp_path)
    dee = found.voices[-1]
    assert (dee.mentions, dee.addressed) == (0, 1)
    assert found.passed_on == 1
    assert "cid" not in {one.handle for one in found.voices}


@pytest.mark.slow
def test_words_inside_other_words_are_no_mention(tmp_path: Path) -> None:
    assert "gus" not in {one.handle for one in found_in(tmp_path).voices}


@pytest.mark.slow
def test_the_company_itself_stands_apart_with_the_reason(tmp_path: Path) -> None:
    (own,) = found_in(tmp_path).itself
    assert own.handle == "oatco"
    assert own.itself == "Its handle is Oat & Co."


@pytest.mark.slow
def test_tone_is_asked_only_of_the_sentence_that_names_it_and_only_in_english(tmp_path: Path) -> None:
    ann, eve = found_in(tmp_path).voices[:2]
    assert (ann.tone.warm, ann.tone.critical) == (3, 0)
    assert ann.warmth.value == 1
    assert eve.tone == Tone(not_read=1)
    assert eve.warmth.value is None


def test_two_judged_sentences_are_too_few_for_a_balance() -> None:
    assert Tone(warm=1, critical=1).balance.reason == "too_few"
    assert Tone(not_read=9).balance.reason == "not_observed"
    balance = Tone(warm=3, critical=1).balance
    assert balance.value == 0.75
    assert balance.low is not None
    assert balance.low < 0.75


def test_a_name_is_not_praise_of_itself() -> None:
    assert without("Happy Oats is #HappyOats and happy  oats", ["Happy Oats", "HappyOats"]) == "it is it and it"
    assert tone_of("I had Happy Oats.", ["Happy Oats"], "en") == Tone(plain=1)


def test_a_name_is_its_words_in_their_order() -> None:
    assert names_in("With @Oat_Co today", ["Oat Co"]) == ("Oat Co",)
    assert names_in("Co oat", ["Oat Co"]) == ()
    assert sentences_naming("Rain. Oat & Co! Sun.", ["Oat & Co"]) == ("Oat & Co!",)


@pytest.mark.slow
def test_the_census_counts_own_posts_as_the_text_index_does(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path)
    table = signal_table(workspace)
    shares = read_texts(workspace, table).saying(["Oat & Co"])
    indexed = dict(zip(table.rows.column("handle").to_pylist(), shares.hits.tolist(), strict=True))
    found = census(workspace, {"company": ["Oat & Co"]})
    mine = {one.handle: one.mentions for one in (*found.voices, *found.itself)}
    assert {name: mine.get(name, 0) for name in ("bob", "eve", "oatco", "gus")} == {
        name: indexed[name] for name in ("bob", "eve", "oatco", "gus")
    }
    assert mine["ann"] == indexed["ann"] + 1  # the index leaves replies out


@pytest.mark.slow
def test_more_posts_of_strangers_change_nothing_about_a_voice(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path)
    before = census(workspace, {"company": ["Oat & Co"]}).voices[0]
    bring(workspace, {"account": [account("zoe")], "post": [post("zoe", 1, text="Oat & Co", created_at=day(9))]})
    assert census(workspace, {"company": ["Oat & Co"]}).voices[0] == before


@pytest.mark.slow
def test_nobody_is_an_answer_and_an_empty_table(tmp_path: Path) -> None:
    found = census(workspace_of(tmp_path), {"person": ["Zzyzx Nobody"]})
    assert found.sentences[0] == "Nobody in the data names Zzyzx Nobody."
    assert census_table(found).num_rows == 0


def test_a_kind_that_nobody_declared_and_a_name_without_letters_are_refused(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    with pytest.raises(UnknownNameError, match="company"):
        census(workspace, {"companny": ["x"]})
    with pytest.raises(UsageError, match="Whom"):
        census(workspace, {"company": ["&"]})


@pytest.mark.slow
def test_people_who_name_cnn_in_real_threads_are_mostly_small(data_folder: Path, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    import_file(workspace, data_folder / "rumoureval_threads" / "tweets.csv")
    found = census(workspace, {"company": ["CNN"]})
    assert all(names_in(one.evidence[0].text, ["CNN"]) for one in found.voices)
    assert sum((one.followers.value or 0) < 1000 for one in found.voices) > len(found.voices) / 2
    assert census_table(found).num_rows == len(found.voices) + len(found.itself)


@pytest.mark.slow
def test_people_of_the_own_roster_are_kept_apart_from_unpaid_voices(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "workspace")
    names = {"company": ["Oat & Co"], "product": ["oat drink"]}
    before = census(workspace, names)
    roster = bring(workspace, {"post": [post("ann", 9, text="A day at the office", created_at=day(4), **ENGLISH)]})
    found = census(workspace, names, roster=roster)
    assert [one.handle for one in found.colleagues] == ["ann"]
    assert [one.handle for one in found.voices] == ["eve", "bob", "dee"]
    assert "1 account of your own roster is listed apart" in " ".join(found.sentences)
    assert found.tone.warm < before.tone.warm, "what colleagues say is not what people say"
    table = census_table(found)
    assert dict(zip(table.column("handle").to_pylist(), table.column("colleague").to_pylist(), strict=True)) == {
        "eve": None, "bob": None, "dee": None, "ann": "on your roster", "oatco": None,
    }  # fmt: skip
