"""Choosing on one part of the accounts, and asking the other: the parts do not mix, and the rules that choose do what they say."""

from __future__ import annotations

import numpy as np
from benchmarks.validity.anew import SALT, Asked, _line, _surprise  # pyright: ignore[reportPrivateUsage]
from benchmarks.validity.train_authenticity import part_of

from groundswell.signals.authenticity import PRIOR_FALSE

HANDLES = [f"somebody{number}" for number in range(2_000)]


def test_another_salt_splits_anew_and_the_same_salt_alike() -> None:
    before, anew, again = ([part_of(one, salt) for one in HANDLES] for salt in ("", SALT, SALT))
    assert anew == again
    moved = np.mean([one != other for one, other in zip(before, anew, strict=True)])
    assert 0.5 < moved < 0.65  # two draws from parts of 50, 10 and 40 % differ in 58 %
    assert abs(anew.count("test") / len(HANDLES) - 0.4) < 0.04


def asked(ratio: np.ndarray) -> Asked:
    false = np.arange(len(ratio)) < len(ratio) // 2
    return Asked(false, ~false, ratio, 0.5)


def test_the_line_is_the_highest_at_which_few_ordinary_people_are_flagged() -> None:
    odds = np.log((1 - PRIOR_FALSE) / PRIOR_FALSE)
    sure = asked(np.full(400, -5.0))
    assert _line(sure) == 0.9
    one_in_twenty_looks_false = np.where(np.arange(400) >= 390, odds + 0.5, -5.0)
    assert 0.3 <= _line(asked(one_in_twenty_looks_false)) < 0.5


def test_who_tells_the_two_apart_surprises_less() -> None:
    apart = np.where(np.arange(400) < 200, 2.0, -2.0)
    assert _surprise(asked(apart)) < _surprise(asked(np.zeros(400))) < _surprise(asked(-apart))
