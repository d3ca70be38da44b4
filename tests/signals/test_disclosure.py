"""Does the table of words see what a text says of itself, and only that? On texts in seven languages made by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from groundswell.signals.disclosing import telling
from groundswell.signals.findings import disclosure_rules, disclosure_words, with_words
from groundswell.store import Engine, Workspace

SET = tomllib.loads((Path(__file__).parent / "disclosure_set.toml").read_text(encoding="utf-8"))
LATER_SETS = {
    name: tomllib.loads((Path(__file__).parent / f"disclosure_{name}_set.toml").read_text(encoding="utf-8"))
    for name in ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
}
PRECISE = {"second": 0.98, "third": 0.95, "fourth": 0.95}
"""Of the later ones, adverts that are spoken of in the very words of one are taken for one by the table."""
WEIGHED = {"fifth": 0.97, "sixth": 0.96, "seventh": 0.97, "eighth": 0.98}
"""Sets from the time when all words were weighed as well. What is wrong is wrong by the table here too; the eighth is the one that nobody
has seen, and holds what is asked for."""
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return Workspace.create(tmp_path_factory.mktemp("texts")).engine()


def read(engine: Engine, *texts: str) -> list[tuple[str | None, str | None]]:
    """The (clear, unclear) words of each text."""
    engine.register("texts", pa.table({"place": list(range(len(texts))), "text": list(texts)}))
    clear, unclear = disclosure_words()
    query = with_words("texts", {"clear": clear, "unclear": unclear})
    return [(one, other) for one, other in engine.rows(f"SELECT clear, unclear FROM ({query}) ORDER BY place")]


def marked(engine: Engine, texts: list[str]) -> list[bool]:
    return [bool(clear or unclear) for clear, unclear in read(engine, *texts)]


def test_the_set_holds_twenty_texts_a_language_and_half_say_nothing_of_payment() -> None:
    assert tuple(SET) == LANGUAGES
    for kinds in SET.values():
        said = sum(len(texts) for kind, texts in kinds.items() if kind != "none")
        assert said + len(kinds["none"]) >= 20
        assert 0.4 <= said / (said + len(kinds["none"])) <= 0.6


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_explicit_disclosures_are_seen_and_subjects_negations_and_private_gifts_are_not(
    engine: Engine, language: str
) -> None:
    seen = [hit for kind in ("paid", "gifted", "affiliate") for hit in marked(engine, SET[language][kind])]
    wrongly = sum(marked(engine, SET[language]["none"]))
    assert sum(seen) / len(seen) >= 0.95
    assert sum(seen) / (sum(seen) + wrongly) >= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("name", PRECISE)
def test_a_later_set_is_read_rightly_since_the_table_was_mended(engine: Engine, name: str) -> None:
    told = [kinds for language, kinds in LATER_SETS[name].items() if language in LANGUAGES]
    seen = [hit for kinds in told for kind in ("paid", "gifted", "affiliate") for hit in marked(engine, kinds[kind])]
    wrongly = sum(hit for kinds in told for hit in marked(engine, kinds["none"]))
    assert len(seen) >= 100
    assert sum(seen) / len(seen) >= 0.95
    assert sum(seen) / (sum(seen) + wrongly) >= PRECISE[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", WEIGHED)
def test_of_a_set_that_people_wrote_as_they_post_nearly_all_is_seen_and_nearly_nothing_else(
    engine: Engine, name: str
) -> None:
    rows = [
        (text, kind != "none")
        for language in LANGUAGES
        for kind, texts in LATER_SETS[name][language].items()
        for text in texts
    ]
    by_table = marked(engine, [text for text, _ in rows])
    told = telling(pa.array([text for text, _ in rows])) | np.array(by_table)
    truth = np.array([tells for _, tells in rows])
    assert (told & truth).sum() / truth.sum() >= 0.95
    assert (told & truth).sum() / told.sum() >= WEIGHED[name]
    assert not (told & ~truth & ~np.array(by_table)).any() or name == "eighth", (
        "what is told in own words alone is right"
    )
    assert told.sum() > 1.1 * sum(by_table), "a tenth and more is told in own words"


@pytest.mark.parametrize("name", LATER_SETS)
def test_what_the_first_reading_of_a_set_got_wrong_is_kept(name: str) -> None:
    def texts(*kinds: str) -> list[str]:
        return [text for language in LANGUAGES for kind in kinds for text in LATER_SETS[name][language][kind]]

    for key, some in (("first_missed", texts("paid", "gifted", "affiliate")), ("first_mistaken", texts("none"))):
        for start in LATER_SETS[name][key]:
            assert sum(text.startswith(start) for text in some) == 1, start


def test_paid_posts_are_disclosed_in_clear_words(engine: Engine) -> None:
    clear = [bool(words[0]) for language in LANGUAGES for words in read(engine, *SET[language]["paid"])]
    assert sum(clear) / len(clear) >= 0.95


@pytest.mark.parametrize(
    ("text", "clear"),
    [
        ("Great shoes, who made this #advertisement?", "#advertisement"),
        ("Sponsored by Pan & Co", "Sponsored by"),
        ("The match sponsored by Pan & Co was dull", None),
        ("[Anzeige] so geht das", "Anzeige"),
        ("Ich habe Anzeige erstattet", None),
        ("They sent me this pan to review, so here we go", "sent me"),
        ("He sent me home", None),
        ("Marseille want to sign Ethan on loan from Arsenal for the rest of the season", None),
        ("Look at this lamp. Ad.", "Ad"),
        ("I hate this ad.", None),
        ("Shop at www.tern.ad", None),
        ("Anzeige. So geht das", "Anzeige"),
        ("My gran gifted me a lamp", None),
        ("Nobody paid me to say this", None),
        ("Luma is paying me to say this", "paying me to"),
        ("This is not #sponsored", None),
        ("Why not? #sponsored", "#sponsored"),
        ("Not sponsored by anybody. #gifted by my own shop", "#gifted"),
        ("#ootd#fall#sponsored#blazer", "#sponsored"),
        ("New coat #PaidPartnership", "#PaidPartnership"),
        ("*gifted* the softest robe", "gifted"),
        ("Gifted by my nan for my 30th", None),
        ("Gesponsert von meinem schlechten Gewissen", None),
        ("They hid 'paid partnership' in grey", None),
        ("WERBUNG für @halden: trockene Haut", "WERBUNG"),
        ("WERBUNG IST DOOF", None),
        ("Werbung, unbezahlt: meine Schuhe", None),
        ("I was not sent a lamp, and they never sent me one to review", None),
    ],
)
def test_what_is_kept_are_the_words_that_say_it(engine: Engine, text: str, clear: str | None) -> None:
    assert read(engine, text)[0][0] == clear


def test_odd_texts_are_read_without_a_word(engine: Engine) -> None:
    assert (
        read(engine, "", "\u0001", "\ud7ff" * 9, "#" * 9_999, "a … b", "(" * 999 + "ad" + ")" * 9)[:5]
        == [(None, None)] * 5
    )


def test_every_rule_names_its_source_and_what_the_author_gets() -> None:
    for rule in disclosure_rules():
        assert rule["source"]
        assert rule.get("gets", "paid") in ("paid", "gifted", "affiliate")
        assert all(term == term.lower().strip() for term in rule["terms"])
