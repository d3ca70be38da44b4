"""A value, its interval and small numbers are written with as many digits as tell them apart, and never in powers of ten."""

from __future__ import annotations

import re

import pytest

from groundswell.exports.wording import number_in_words, range_beside, range_in_words, value_in_words
from groundswell.signals import SIGNALS, Value

ENDS = [
    (0.000072, 0.0000745, 0.000077),
    (0.0112, 0.0113, 0.0114),
    (0.0052, 0.0055, 0.0058),
    (0.5, 0.62, 0.7),
    (0.0, 0.0001, 0.002),
]


def read(words: str) -> list[float]:
    return [float(one) for one in re.findall(r"[\d.]+(?=%)", words)]


@pytest.mark.parametrize("signal", ["like_rate_mean", "use_in_context_share"])
@pytest.mark.parametrize(("low", "value", "high"), ENDS)
def test_a_value_lies_in_its_own_interval_as_shown(signal: str, low: float, value: float, high: float) -> None:
    one = Value(signal, value=value, low=low, high=high, n=100)
    for said, between in (
        (SIGNALS[signal].sentence(one), range_beside(one, "share")),
        (value_in_words(one, "share"), range_in_words(one, "share")),
    ):
        (shown,), (least, most) = read(said), read(between)
        assert least <= shown <= most
        assert least < most


def test_no_number_is_written_in_powers_of_ten() -> None:
    ratio = Value("following_ratio", value=8.7e-05, low=8.7e-05, high=8.7e-05, n=1)
    assert SIGNALS["following_ratio"].sentence(ratio) == "It follows 0.000087 accounts for every follower it has."
    assert number_in_words(8.7e-05, "ratio") == "0.000087"
    assert number_in_words(8.7e-09, "share") == "0.00000087%"
