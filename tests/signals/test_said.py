"""What a text does is told by sums over its words: the same for the same text, whatever stands beside it, and of any text at all."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from groundswell.signals.said import POSTS, REPLIES, said, weights
from groundswell.signals.wordsums import READ_AT_MOST, features, sums

HOSTILE = [
    "", " ", "\x00", "?", "@", "#", "http://", "https:/", "h" * 10_000, "a " * 10_000, "🙂" * 5_000, "\u202eabc\u202d", "é" * 3_000, "\U0010ffff", "ﷺ" * 900,
    "@" * 4_000, "x" * (READ_AT_MOST - 1) + "é", "<script>alert(1)</script>", "'; DROP TABLE posts; --",
]  # fmt: skip


def of(texts: list[str]) -> Any:
    given = weights()
    return sums(pa.array(texts, pa.string()), given.rarity, given.weights)


def test_the_weights_tell_of_everything_that_is_declared() -> None:
    assert set(weights().names) == {*POSTS, *REPLIES}
    assert weights().weights.shape[1] == len(weights().lines) == len(weights().names)


def test_the_sum_of_a_text_is_that_of_its_places() -> None:
    texts = ["I have worn these boots for 3 years, see https://x.example/a?b=c @ann!", "Wie geht das?", ""]
    given, found = weights(), of(texts)
    starts, places, shares = features(pa.array(texts))
    for number in range(len(texts)):
        mine = slice(starts[number], starts[number + 1])
        values = shares[mine] * given.rarity[places[mine]]
        length = np.sqrt((values**2).sum()) or 1
        assert found[number] == pytest.approx((given.weights[places[mine]] * values[:, None]).sum(0) / length, abs=1e-4)


@given(some.lists(some.text(max_size=60), min_size=1, max_size=6))
def test_what_stands_beside_a_text_changes_nothing(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    assert np.array_equal(of(texts), np.concatenate([of([text]) for text in texts]))


def test_any_text_is_read_and_no_more_of_it_than_is_allowed() -> None:
    found = of(HOSTILE)
    assert np.isfinite(found).all()
    assert np.array_equal(of(["word " * 400 + "tail one"]), of(["word " * 400 + "tail two"])), "beyond what is read"
    for text in HOSTILE:
        assert np.array_equal(of([text]), of([text]))


def test_names_figures_addresses_accents_and_capitals_are_read_alike() -> None:
    one, other = "@ann LOVES the café, 3 stars https://a.example/x", "@bob loves the cafe 7 stars https://b.example/y?z"
    assert np.array_equal(of([one.replace(",", "")]), of([other]))


def test_null_and_sliced_texts_are_read_in_their_places() -> None:
    texts = pa.array(["Thank you so much!", None, "How much is it?", "Good morning"], pa.string())
    whole = said(texts, REPLIES)
    assert whole["thanks"].tolist() == [True, False, False, False]
    assert whole["asks"].tolist() == [False, False, True, False]
    assert [part.tolist() for part in said(texts.slice(2), REPLIES).values()] == [
        part[2:].tolist() for part in whole.values()
    ]


@pytest.mark.parametrize("name", ["said_set.toml", "said_second_set.toml"])
def test_much_is_found_of_what_nobody_had_tried(name: str) -> None:
    """Far below what is found today (docs/validity.md), far above what lists of phrases found: a twentieth."""
    rows = tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))
    for kind, things in (("post", ("use", "opinion", "correction", "explains", "gifted")), ("reply", REPLIES)):
        found = said(pa.array([row["text"] for row in rows[kind]]), things)
        hits = wanted = flagged = 0
        for thing in things:
            truth = np.array([thing in row["labels"] for row in rows[kind]])
            hits, wanted, flagged = (
                hits + (truth & found[thing]).sum(),
                wanted + truth.sum(),
                flagged + found[thing].sum(),
            )
        assert hits / wanted > 0.4, kind
        assert hits / flagged > 0.7, kind
