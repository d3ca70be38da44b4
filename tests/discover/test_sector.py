"""A sector named in one language: whom its words reach in another, and that nobody is left out without a word about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from building import account, made, post
from groundswell.api import BriefForm
from groundswell.api.briefs import options_for
from groundswell.discover import Brief, discover
from groundswell.discover.sector import as_phrase, notes_on, read_sector
from groundswell.signals import signal_table
from groundswell.signals.kinship import Texts, read_texts
from groundswell.store import Workspace

BRIEF = Brief(brand="Nobody", definition="everyday_voice@1", segments={"sector": ("vegan food",)})
Notes = Callable[[dict[str, tuple[int, str]]], list[str]]


@pytest.fixture
def unreached(tmp_path: Path) -> Notes:
    """Notes on languages, of a world of people by language, each of whom writes one text four times."""

    def told(people: dict[str, tuple[int, str]]) -> list[str]:
        names = [
            (f"{language}{n}", language, text) for language, (number, text) in people.items() for n in range(number)
        ]
        rows: dict[str, list[dict[str, Any]]] = {
            "account": [account(name) for name, _, _ in names],
            "post": [
                post(name, f"{n}", text=text, language=language) for name, language, text in names for n in range(4)
            ],
        }
        return [note for note in discover(made(tmp_path / "w", rows), BRIEF).notes if "hardly reach" in note]

    return told


@pytest.mark.slow
def test_a_language_in_which_no_word_of_the_sector_is_said_is_named_with_its_people_and_a_way_out(
    unreached: Notes,
) -> None:
    (note,) = unreached({"en": (40, "my vegan bread"), "es": (30, "mi pan de espelta"), "fr": (29, "mon pain")})
    assert "30 people write in Spanish, of whom none ever says a word of it" in note
    assert "“fr”" not in note, "fewer than thirty"
    assert "“en”" not in note
    assert 'sector = ["vegan food", "veganes Essen"]' in note


@pytest.mark.slow
def test_a_word_that_both_languages_share_reaches_both(unreached: Notes) -> None:
    assert not unreached({"en": (40, "my vegan bread"), "de": (40, "mein vegan gebackenes Brot")})


@pytest.mark.slow
def test_a_topic_of_another_language_counts_where_it_is_named_after_a_word_of_the_sector(tmp_path: Path) -> None:
    subjects = {
        "en": ("vegan food tofu", "bicycle uphill saddle", "camera shutter film", "garden compost roses"),
        "de": (
            "vegane Hafersahne Gulasch",
            "Fahrrad fahren bergauf",
            "Kamera Blende Belichtung",
            "Beete Kompost Rosen",
        ),
    }
    says = {
        f"{language}-{subject}-{n}": (language, text)
        for language, texts in subjects.items()
        for subject, text in enumerate(texts)
        for n in range(30)
    }
    workspace = made(
        tmp_path / "w",
        {
            "account": [account(name) for name in says],
            "post": [
                post(name, f"{name}-{n}", text=f"{text} {n}", language=language)
                for name, (language, text) in says.items()
                for n in range(6)
            ],
        },
    )
    found = discover(workspace, replace(BRIEF, limit=200))
    assert "vegane" in found.notes[0]
    listed = {match.account for match in (*found.matches, *found.unchecked)}
    assert {name.rpartition("-")[0] for name in listed} == {"x:en-0", "x:de-0"}
    assert not [note for note in found.notes if "hardly reach" in note]


@pytest.mark.slow
def test_nothing_is_said_of_languages_where_nobody_at_all_says_the_words(unreached: Notes) -> None:
    assert not unreached({"en": (40, "my bicycle"), "es": (40, "mi bicicleta")})


class Index:
    """How many posts of a thousand say each word."""

    def __init__(self, **said: int) -> None:
        self.said = said

    def how_many_say(self, word: str) -> int:
        return self.said.get(word, 0)


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("vegan food", ["tofu, veganbread, seitan", "vegane, hafersahne, gulasch"]),
        ("Vegan", ["tofu, veganbread, seitan", "vegane, hafersahne, gulasch"]),
        ("art", []),  # three letters begin too much: "arte", "artikel"
        ("vegan surfboards", []),  # the rarer word says what is meant, and no topic is named after it
        ("hafersahnetorte", []),
        ("", []),
    ],
)
def test_a_topic_is_named_after_a_word_that_one_of_its_own_begins_with(phrase: str, found: list[str]) -> None:
    names = ("tofu, veganbread, seitan", "arte, grabado, primer", "vegane, hafersahne, gulasch")
    index: Any = Index(vegan=100, art=100, surfboards=1, hafersahnetorte=3)
    everything: Any = SimpleNamespace(index=index, corpus=SimpleNamespace(names=names), own_texts=np.array([1000]))
    assert [names[topic] for topic in Texts.topics_named(everything, phrase)] == found


FOOTBALL = {
    "goal": "goal corner salah keeper penalty",
    "cup": "worldcup usmnt qualifier squad anthem",
    "bread": "bread dough flour oven sourdough",
    "film": "camera shutter lens film darkroom",
}


@pytest.fixture
def reporters(tmp_path: Path) -> Workspace:
    """Thirty people a subject; those of the first two say "football" in two of 24 posts, and nobody else does."""
    says = {f"{subject}-{n}": subject for subject in FOOTBALL for n in range(30)}
    posts = [
        post(name, f"{name}-{n}", text=f"{FOOTBALL[subject]} {name} {n}{football}", language="en")
        for name, subject in says.items()
        for n in range(24)
        for football in [" football" if subject in ("goal", "cup") and n < 2 else ""]
    ]
    return made(tmp_path / "w", {"account": [account(name) for name in says], "post": posts})


@pytest.mark.slow
def test_topics_of_people_who_say_a_word_of_the_sector_now_and_then_are_offered_and_count_once_ticked(reporters: Workspace) -> None:  # fmt: skip
    table = signal_table(reporters)
    texts = read_texts(reporters, table)
    found = read_sector(["football"], table.rows, texts)
    near = {name.split(", ")[0] for name, people in found.near if people == 30}
    assert len(found.near) == 2
    assert not near & {"bread", "dough", "flour", "oven", "sourdough", "camera", "shutter", "lens", "film", "darkroom"}
    assert not found.topics
    (note,) = [one for one in notes_on(["football"], found) if "now and then" in one]
    assert f'sector = ["football", "{as_phrase(found.near[0][0])}"]' in note
    options = options_for(BriefForm(brand="Oat", sector=("football",)), table, texts, reporters.folder)
    assert [one.near for one in options.topics[:3]] == [30, 30, 0]
    ticked = ["football", *(as_phrase(name) for name, _ in found.near)]
    again = read_sector(ticked, table.rows, texts)
    assert not again.near
    assert set(again.topics) == {name for name, _ in found.near}
    assert int((again.shares.share > 0.9).sum()) == 60
    assert [one.chosen for one in options_for(BriefForm(brand="Oat", sector=tuple(ticked)), table, texts, reporters.folder).topics[:3]] == [True, True, False]  # fmt: skip


def test_words_of_a_ticked_topic_are_no_words_of_the_sector() -> None:
    """The name of a topic may hold any word that people share: whoever ticks one is not offered everybody who says "love"."""
    asked: list[list[str]] = []
    nothing = np.zeros(1, np.int64)

    def saying(words: list[str], **_: Any) -> SimpleNamespace:
        asked.append(words)
        return SimpleNamespace(hits=nothing)

    texts: Any = SimpleNamespace(
        topics_called=lambda phrase: [3] if phrase == "love moment fans" else [],
        topics_named=lambda _: [],
        saying=saying,
        in_sector=lambda *_, **__: (SimpleNamespace(hits=nothing), ()),
    )
    label = pa.StructArray.from_arrays([pa.array(["en"])], ["label"])
    rows = pa.table({"language": label, "topic_focus": label})
    read_sector(["women's football", "love moment fans"], rows, texts)
    read_sector(["love moment fans"], rows, texts)
    assert [sorted(words) for words in asked] == [["football", "s", "women"], ["fans", "love", "moment"]]
