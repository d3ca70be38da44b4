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
    assert number_in_words(8.7e-09, "share") == "less than 0.0001%"
    assert number_in_words(-3e-17, "score") == "0.00"


CHANGES = [
    ("sponsored_engagement_gap", (-1.0, -0.48, 0.82), "-48%", "-100% to +82%"),
    ("growth_per_month", (0.043, 0.062, 0.0818), "+6.2%", "+4.3% to +8.2%"),
    ("sponsorship_trend", (-0.066, 0.0, 0.23), "0%", "-7% to +23%"),
]


@pytest.mark.parametrize(("signal", "numbers", "said", "between"), CHANGES)
def test_the_interval_of_a_change_is_written_in_percents_as_the_change_is(
    signal: str, numbers: tuple[float, float, float], said: str, between: str
) -> None:
    low, value, high = numbers
    one = Value(signal, value=value, low=low, high=high, n=100)
    assert f" {said} " in SIGNALS[signal].sentence(one)
    assert range_beside(one, SIGNALS[signal].unit) == between
    assert value_in_words(one, SIGNALS[signal].unit) == number_in_words(value, "change")
    assert range_in_words(one, SIGNALS[signal].unit) == f"{low:+.1%} to {high:+.1%}"


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_whose_sentence_says_percents_is_read_in_percents_everywhere(name: str) -> None:
    form = SIGNALS[name].form
    assert form is None or form.percent == (SIGNALS[name].unit in ("share", "change"))


def test_an_interval_has_as_many_places_as_its_value() -> None:
    reactions = Value("typical_reactions", value=154.0, low=103.6, high=204.0, n=9)
    assert range_beside(reactions, "count") == range_in_words(reactions, "count") == "104 to 204"
    few = Value("typical_reactions", value=2.0, low=1.5, high=4.0, n=9)
    assert (value_in_words(few, "count"), range_in_words(few, "count")) == ("2.0", "1.5 to 4.0")
    residual = Value("engagement_residual", value=1.57, low=0.49, high=2.304, n=9, label="Instagram")
    assert "gets 1.6 times" in SIGNALS["engagement_residual"].sentence(residual)
    assert range_beside(residual, "ratio") == "0.5 to 2.3"


def test_a_chance_below_one_in_a_thousand_is_no_row_of_zeros() -> None:
    chance = Value("rise_180", value=1e-130, low=1e-300, high=1e-24, n=52, label="10,000")
    assert SIGNALS["rise_180"].sentence(chance) == (
        "The chance to reach 10,000 followers within 180 days is less than 0.1% (52 dated counts)."
    )
    assert range_beside(chance, "share") == range_in_words(chance, "share") == "less than 0.1%"
    assert value_in_words(chance, "share") == "10,000 (less than 0.1%)"
    higher = Value("rise_180", value=4.3e-05, low=5e-10, high=0.0121, n=52, label="10,000")
    assert range_beside(higher, "share") == "less than 0.1% to 1%"
    genuine = Value("authenticity", value=1e-5, low=1e-6, high=1e-4, n=1)
    assert "with a chance of less than 0.1% (less than 0.1%): a hint" in SIGNALS["authenticity"].sentence(genuine)


def test_what_computing_leaves_over_is_nothing() -> None:
    pod = Value("pod_share", value=0.0, low=6.4e-18, high=0.08, n=30, label="0")
    assert "(0% to 8% of 30)" in SIGNALS["pod_share"].sentence(pod)
    level = Value("sponsored_engagement_gap", value=8.9e-16, low=-0.1, high=0.1, n=5)
    assert SIGNALS["sponsored_engagement_gap"].sentence(level) == (
        "A typical sponsored-looking post gets as many likes and comments as its other posts: 0% (5 such posts)."
    )
    sparked = Value("sparked", value=3.92, low=3.91999996, high=3.92000004, n=50, label="associated")
    assert "followed by 3.92 replies" in SIGNALS["sparked"].sentence(sparked)
    assert range_beside(sparked, "count") == "3.92 to 3.92"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (-0.32, "Paid posts praise less than unpaid ones about products: -32% (90% interval -60% to 0%; 9 reviews)."),
        (0.32, "Paid posts praise more than unpaid ones about products: +32% (90% interval 0% to +60%; 9 reviews)."),
        (0.0, "Paid posts praise as much as unpaid ones about products: 0% (90% interval 0% to 0%; 9 reviews)."),
    ],
)
def test_a_sentence_about_a_difference_reads_right_on_either_side_of_nothing(value: float, says: str) -> None:
    low, high = sorted((0.0, 0.6 * (value > 0) - 0.6 * (value < 0)))
    gap = Value("paid_tone_gap", value=value, low=low, high=high, n=9)
    assert SIGNALS["paid_tone_gap"].sentence(gap) == says


@pytest.mark.parametrize("name", [name for name, one in SIGNALS.items() if one.unit == "change"])
def test_a_fall_is_never_said_to_be_a_rise(name: str) -> None:
    fall = SIGNALS[name].sentence(Value(name, value=-0.4, low=-0.5, high=-0.3, n=9, label="since May"))
    assert not re.search(r"\b(?:more|beyond|faster)\b[^:;(]*-\d", fall), fall
    rise = SIGNALS[name].sentence(Value(name, value=0.4, low=0.3, high=0.5, n=9, label="since May"))
    assert "-40" in fall and "+40" in rise  # noqa: PT018  (one sentence either way)
