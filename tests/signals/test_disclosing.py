"""Does a post tell in its own words what its author got? What words mean, what weighs, and what is kept of it."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from building import account, day, made, post
from groundswell.signals import signal_table
from groundswell.signals.disclosing import SHOWN, learned, most_telling, score, telling, word_kinds
from groundswell.signals.findings import in_own_words
from groundswell.signals.wordkinds import LONGEST, PREFIX, added, kinds_of, things, weighed

TOLD = (
    "They sent it to me for nothing and I get to keep it, so here is my honest review of the lamp.",
    "Das Hotel hat uns umsonst eingeladen, dafür zeigen wir euch hier das Zimmer.",
    "La marque m'a envoyé la poêle gratuitement pour que je vous la montre ici.",
    "La marca me mandó la sartén gratis a cambio de que la enseñe aquí.",
    "Se comprate da questo link io prendo una piccola commissione.",
    "Als je via mijn link bestelt krijg ik een paar procent van de winkel.",
    "A marca pagou-me para fazer este vídeo.",
)
SILENT = (
    "My sister gave me this lamp for my birthday and I love it.",
    "Das Hotel haben wir selbst bezahlt, zwei Nächte, und es war jeden Euro wert.",
    "La marque m'a proposé de l'argent pour en parler, j'ai refusé.",
    "Me mandaron el tamaño equivocado y ahora quieren que pague el envío.",
    "Il link per comprare i biglietti del concerto è nel programma.",
    "Ik kreeg van mijn buurman een zak peren, vandaag maak ik jam.",
    "O meu patrão pagou-me o ordenado com atraso outra vez.",
    "Marseille want to sign Ethan on loan from Arsenal for the rest of the season",
    "",
    "👍👍👍",
)


def told(*texts: str) -> list[bool]:
    return telling(pa.array(texts)).tolist()


@pytest.mark.parametrize("text", TOLD)
def test_what_somebody_got_is_told_in_own_words_of_any_language(text: str) -> None:
    assert told(text) == [True]


@pytest.mark.parametrize("text", SILENT)
def test_gifts_of_friends_own_money_refusals_and_the_rest_are_not(text: str) -> None:
    assert told(text) == [False]


def test_the_sentence_that_weighs_most_is_kept() -> None:
    long = "We left at six. The brand sent me these boots for free so that I show them here. It rained all day."
    assert most_telling(long) == "The brand sent me these boots for free so that I show them here."
    assert len(most_telling("free lamp from the brand " * 30)) <= SHOWN
    assert most_telling("They paid me for this") == "They paid me for this"


def wording(
    *rows: tuple[str, str | None, str | None], languages: list[str | None]
) -> list[tuple[str | None, str | None]]:
    names = ("text", "clear", "unclear")
    table = pa.table(
        {name: pa.array(column, pa.string()) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    )
    return list(zip(*(column.to_pylist() for column in in_own_words(table, languages)), strict=True))


def test_own_words_are_a_sign_of_payment_and_never_a_clear_one() -> None:
    assert wording((TOLD[0], None, None), (SILENT[0], None, None), languages=["en", None]) == [
        (None, f"“{TOLD[0]}”"),
        (None, None),
    ]


def test_words_of_the_table_stay_as_they_are() -> None:
    rows = [
        ("Good shoes. #ad", "#ad", None),
        ("gifted by Lamp & Co", None, "gifted"),
        (f"{TOLD[0]} #gifted", "#gifted", None),
    ]
    assert wording(*rows, languages=["en", "en", "en"]) == [row[1:] for row in rows]


def test_in_a_language_of_which_nothing_was_learned_the_table_decides_alone() -> None:
    assert wording(("Dobre buty #reklama", "#reklama", None), (TOLD[0], None, None), languages=["pl", "pl"]) == [
        ("#reklama", None),
        (None, None),
    ]


# -- what words mean -------------------------------------------------------------------------------------------------------


def keys(text: str, declared: dict[str, list[str]]) -> set[int]:
    """What is in a text as far as kinds of words go."""
    _, found, groups = things(pa.array([text]), kinds_of(declared))
    return set(found[groups == 0].tolist())


def test_the_same_kinds_of_words_in_a_row_are_the_same_in_every_language() -> None:
    declared = {
        "company": ["hotel"],
        "invite": ["invited", "invito", "eingeladen"],
        "me": ["us", "nos", "uns"],
        "free": ["free", "gratis"],
    }
    assert keys("Hotel invited us free", declared) == keys("HOTEL invitó nos gratis", declared)
    assert keys("Hotel invited us free", declared) != keys("us invited hotel free", declared)


def test_a_phrase_goes_before_its_words_and_a_beginning_stands_for_all_endings() -> None:
    declared = {"free": ["free", "on the house"], "company": ["house*"], "tag": ["# free"]}
    alone = keys("on the house", declared)
    assert alone == keys("free", declared)
    assert keys("houses", declared) == keys("houseboats", declared) != alone
    assert keys("#free", declared) != keys("free", declared)


def test_a_word_means_what_lists_it_first() -> None:
    assert keys("gift", {"one": ["gift"], "other": ["gift"]}) == keys("gift", {"one": ["gift"], "other": []})


def test_every_word_of_the_table_is_written_as_it_is_looked_up() -> None:
    declared = tomllib.loads((files("groundswell.signals") / "wordkinds.toml").read_text(encoding="utf-8"))
    for words in declared.values():
        for phrase in words:
            assert phrase == phrase.lower().strip(), phrase
            assert len(phrase.split()) <= LONGEST, phrase
            assert not phrase.endswith("*") or len(phrase.split()[-1]) <= PREFIX + 1, phrase


def test_a_thing_counts_once_and_what_was_not_learned_weighs_nothing() -> None:
    _, found, _ = things(pa.array(["lamp"]), word_kinds())
    given = weighed(
        np.unique(found), np.ones(len(np.unique(found)), np.float32), np.ones(len(np.unique(found)), np.float32)
    )
    one, twice, other = added(pa.array(["lamp", "lamp lamp", "zzz"]), word_kinds(), given).tolist()
    assert one > other
    assert twice <= one + 1e-6
    assert added(
        pa.array(["zzz"]), word_kinds(), weighed(*(np.zeros(0, kind) for kind in (np.uint32, np.float32, np.float32)))
    ).tolist() == [0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "a" * 100_000,
        "free " * 100_000,
        "?!.\n" * 9_999,
        "@" * 9_999,
        "#ad" * 9_999,
        "💌" * 9_999,
        "\ud7ff",
    ],
)
def test_odd_texts_weigh_something_finite(text: str) -> None:
    assert np.isfinite(score(pa.array([text]))).all()


def test_a_text_weighs_the_same_alone_and_among_others() -> None:
    texts = [*TOLD, *SILENT]
    assert np.allclose(score(pa.array(texts)), [score(pa.array([text]))[0] for text in texts], atol=1e-6)
    assert np.allclose(score(pa.array(["x", *texts]).slice(1)), score(pa.array(texts)), atol=1e-6)


def test_the_weights_come_with_the_program() -> None:
    given = learned()
    assert given.line > 0
    assert np.isfinite(given.things.weights).all()


def test_posts_told_in_own_words_count_as_paid_and_are_left_out_of_what_is_disclosed(tmp_path: Path) -> None:
    texts = [*["Good shoes. #ad"] * 2, "Nice lamp, link in bio #collab", *TOLD[:2], *SILENT[:4]]
    workspace = made(
        tmp_path / "w",
        {
            "account": [account("ann")],
            "post": [
                post("ann", n, kind="post", text=f"{text} {n}", created_at=day(n)) for n, text in enumerate(texts)
            ],
        },
    )
    found = signal_table(workspace).values("x:ann")
    by_table = found["disclosed_share"].n
    assert found["sponsored_share"].value == pytest.approx((by_table + 2) / len(texts))
    assert by_table == 3
