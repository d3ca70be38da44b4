"""How somebody speaks: heard in seven languages, said of nobody whose language is not listened to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from building import account, day, made, post
from groundswell.explain import explain
from groundswell.signals import SIGNALS, Value, signal_table
from groundswell.signals.hearing import heard as heard_by_phrases
from groundswell.signals.hearing import marks
from groundswell.signals.trust import trust_parts
from groundswell.store import Workspace

SAID = {
    "use": [
        "My kettle broke after a year", "I've been using this for months", "Ich benutze die Pfanne täglich", "J’utilise ce four",
        "Llevo meses usando estas botas", "L'ho provato ieri sera", "Ik gebruik dit elke dag", "Eu uso todo dia",
    ],
    "opinion": [
        "I can't stand plastic lids", "Hands down the best bread", "Meiner Meinung nach zu teuer", "À mon avis, c'est raté",
        "En mi opinión, no vale", "Secondo me è buono", "Naar mijn mening te zoet", "Na minha opinião, não vale",
    ],
    "correction": [
        "Correction: it was Tuesday", "I was wrong about rye", "Korrektur: 20 Gramm", "Je me suis trompée hier", "Me equivoqué ayer",
        "Mi sbagliavo sul forno", "Ik had het mis", "Eu estava errada",
    ],
    "explains": [
        "How to sharpen a knife", "Schritt für Schritt zum Brot", "Voici comment je fais", "Paso a paso", "Ecco come si fa",
        "Stap voor stap", "Passo a passo",
    ],
    "trade": ["Use my code RYE10", "Mit meinem Code spart ihr", "Avec mon code promo", "Con mi código", "Sorteio no domingo"],
    "funny": ["#dadjoke of the week", "So a bear walks into a bar"],
}  # fmt: skip
NOT_SAID = {
    "use": ["The user manual is long", "Is it of use?", "She used to live here", "Der Nutzen ist klar"],
    "opinion": ["Love Street, London", "A favourite of the queen", "The opinion poll closes"],
    "correction": ["The market correction continues", "A wrong turn near the mill", "Edit your garden"],
    "explains": ["How lovely", "The explanation was poor", "Tipping is rude"],
    "trade": ["The building code changed", "He follows the river", "Follow the path"],
    "funny": ["A funny feeling in my knee", "The bar was empty"],
}


def heard(folder: Path, texts: Sequence[str]) -> dict[str, int]:
    """Text -> its marks."""
    posts = [post("a", number, text=text) for number, text in enumerate(texts)]
    workspace = made(folder / "w", {"account": [account("a")], "post": posts})
    signal_table(workspace)
    from groundswell.signals.table import prepare

    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", None, only_views=True)
        return dict(engine.rows("SELECT p.text, v.marks FROM posts AS p JOIN voice AS v USING (text_hash)"))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    texts = [text for some in SAID.values() for text in some]
    return heard(tmp_path_factory.mktemp("heard"), texts)


@pytest.mark.parametrize("mark", SAID)
def test_each_mark_is_heard_where_it_is_said(found: Mapping[str, int], mark: str) -> None:
    assert [text for text in SAID[mark] if not found[text] & marks()[mark]] == []


@pytest.mark.parametrize("mark", NOT_SAID)
def test_no_phrase_is_heard_where_its_words_mean_something_else(mark: str) -> None:
    """How often the weights of words err is measured, not promised: docs/validity.md."""
    texts = duckdb.connect()
    texts.execute(
        "CREATE TABLE wording (text_hash BIGINT, language VARCHAR); CREATE TABLE texts (text_hash BIGINT, text VARCHAR)"
    )
    texts.executemany("INSERT INTO texts VALUES (?, ?)", list(enumerate(NOT_SAID[mark])))
    said = texts.execute(f"SELECT text, marks FROM ({heard_by_phrases('texts')})").fetchall()
    assert [text for text, found in said if found & marks()[mark]] == []


def values(workspace: Workspace, who: str) -> dict[str, Value]:
    return signal_table(workspace).values(f"x:{who}")


def people(**bios: str | None) -> list[dict[str, Any]]:
    return [account(name, bio=bio) for name, bio in bios.items()]


def said_by(name: str, texts: Sequence[str], **fields: Any) -> list[dict[str, Any]]:
    return [
        post(name, number, text=text, created_at=day(20 * number), kind="post", **fields)
        for number, text in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    plain = [
        "I use this pan every day",
        "A walk by the sea with the dogs",
        "I was wrong about rye",
        "See https://www.a.org/x",
    ]
    trade = ["Use my code RYE10 today", "Giveaway! Tag three friends below", "A walk by the sea with the dogs"]
    short = ["https://t.co/abc", "https://bit.ly/x yes", "https://x.com/me/status/1"]
    posts = [
        *said_by("hobby", [*plain, "And https://a.org/y and https://b.org"], language="en"),
        *said_by("pro", trade, language="en"),
        *said_by("finn", plain, language="fi"),
        *said_by("short", short, language="en"),
    ]
    who = people(
        hobby="Long walks, short bread", pro="Content creator | collabs: me@example.org | media kit", finn=None,
        short="Comedian. Dad jokes.", mute=None,
    )  # fmt: skip
    return made(tmp_path_factory.mktemp("voice") / "w", {"account": who, "post": posts})


@pytest.mark.slow
def test_a_hobby_voice_has_no_mark_and_a_professional_has_each_by_name(workspace: Workspace) -> None:
    assert values(workspace, "hobby")["professional_marks"].value == 0
    marked = values(workspace, "pro")["professional_marks"]
    assert marked.value == 5
    for kind in ("media kit", "e-mail address", "calls itself a creator", "brand deals", "codes, deals"):
        assert kind in (marked.label or "")
    assert values(workspace, "mute")["professional_marks"].reason == "not_observed"


def test_of_a_language_that_is_not_listened_to_nothing_is_said(workspace: Workspace) -> None:
    for name in ("opinion_strength", "use_in_context_share", "correction_share", "basis_knowledge"):
        assert values(workspace, "finn")[name].reason == "not_observed"
    assert values(workspace, "hobby")["use_in_context_share"].value == pytest.approx(0.2)
    assert values(workspace, "hobby")["correction_share"].value == pytest.approx(0.2)


def test_the_posts_shown_for_a_mark_are_those_that_say_it(workspace: Workspace) -> None:
    shown = explain(workspace, "hobby").evidence
    for name, says in (
        ("use_in_context_share", "I use this pan every day"),
        ("correction_share", "I was wrong about rye"),
    ):
        assert {one.text for one in shown[name]} == {says}, name
    assert {one.text for one in explain(workspace, "pro").evidence["professional_marks"]} >= {"Use my code RYE10 today"}


def test_sites_are_counted_once_and_shortened_links_are_hidden_and_not_none(workspace: Workspace) -> None:
    linked = values(workspace, "hobby")["linked_domains"]
    assert (linked.value, linked.label) == (2, "a.org")
    assert values(workspace, "short")["linked_domains"].reason == "hidden"
    assert values(workspace, "pro")["linked_domains"].reason == "not_observed"


@pytest.mark.slow
def test_an_entertainer_is_told_by_the_bio(workspace: Workspace) -> None:
    assert values(workspace, "short")["entertainer"].value == 1
    assert values(workspace, "hobby")["entertainer"].value == 0
    assert values(workspace, "short")["occupation"].label == "entertainer"


def test_a_basis_without_evidence_is_left_blank(workspace: Workspace) -> None:
    found = values(workspace, "hobby")
    assert found["basis_position"].reason == "not_observed"
    assert found["basis_knowledge"].reason == "not_observed"
    assert values(workspace, "short")["basis_position"].label == "entertainer"


def test_a_reading_of_trust_names_its_parts_and_adds_nothing_up(workspace: Workspace) -> None:
    parts = trust_parts(values(workspace, "hobby"))
    assert [value.signal for _, value in parts] == [value.signal for _, value in parts if value.signal in SIGNALS]
    told = {part: value.known for part, value in parts}
    assert told["corrects itself"]
    assert not told["answers"]
    assert not {"trust", "trust_score"} & set(SIGNALS)
