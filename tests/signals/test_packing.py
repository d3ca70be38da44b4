"""From plain columns to what is known: numbers are rounded to twelve digits, and too few rows are no number."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from groundswell.signals import SIGNALS
from groundswell.signals.packing import packed

ASKED = SIGNALS["like_rate"]


def told(value: float | None, n: int | None, reason: str | None = None) -> dict[str, object]:
    """What becomes of one row with this value, limits a tenth around it."""
    low, high = (None, None) if value is None else (value * 0.9, value * 1.1)
    row = {"account": "a", "like_rate": value, "like_rate_low": low, "like_rate_high": high, "like_rate_n": n}
    return packed(pa.Table.from_pylist([row | {"like_rate_label": None, "like_rate_reason": reason}]), [ASKED]).to_pylist()[0]["like_rate"]  # fmt: skip


@pytest.mark.parametrize(
    "value", [0.0, 1 / 3, -2 / 3, 1e-7 / 3, 123456789012.3456, 1e15, 1.23456789012345e18, 5e-324, 1e300, -1e-300]
)
def test_twelve_digits_are_kept_of_every_size(value: float) -> None:
    kept = told(value, 100)["value"]
    assert kept == pytest.approx(float(f"{value:.11e}"), rel=1e-15, abs=1e-290)


def test_below_the_least_number_of_rows_there_is_no_number_and_the_reason_is_told() -> None:
    least = ASKED.columns.at_least
    assert told(0.5, least - 1) == {"value": None, "low": None, "high": None, "n": least - 1, "label": None, "reason": "too_few"}  # fmt: skip
    assert told(0.5, least - 1, "hidden")["reason"] == "hidden"
    assert told(None, 0)["reason"] == "not_observed"
    assert told(None, None)["n"] == 0
    assert told(0.5, least)["value"] == 0.5


def test_limits_need_more_rows_than_a_number() -> None:
    few = told(0.5, ASKED.columns.interval_from - 1)
    assert (few["value"], few["low"], few["high"]) == (0.5, None, None)
    assert told(0.5, ASKED.columns.interval_from)["low"] == pytest.approx(0.45)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_no_number_is_unknown(value: float) -> None:
    assert told(value, 100)["value"] is None
    assert told(value, 100)["reason"] == "too_few"
