"""Who gets the places is counted rightly, and small groups are shown without being judged."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from groundswell.discover import Exposure, exposure


def rows(languages: list[str | None], followers: list[float | None], days: list[float | None]) -> pa.Table:
    """The columns that groups are made of, for made-up accounts."""
    size = len(languages)

    def told(values: list[float | None] | None = None, labels: list[str | None] | None = None) -> pa.Array:
        some = zip(values or [None] * size, labels or [None] * size, strict=True)
        kind = pa.struct([("value", pa.float64()), ("label", pa.string())])
        return pa.array([{"value": value, "label": label} for value, label in some], kind)

    return pa.table({
        "platform": pa.array(["x"] * size), "language_declared": pa.array([None] * size, pa.string()),
        "language": told(labels=languages), "followers": told(followers), "account_age_days": told(days),
    })  # fmt: skip


def of(found: tuple[Exposure, ...], by: str) -> dict[str, Exposure]:
    return {one.group: one for one in found if one.by == by}


def test_places_are_counted_by_group_and_held_against_the_best_off() -> None:
    made = rows(["en"] * 100 + ["de"] * 100, [500.0] * 200, [400.0] * 200)
    order = np.concatenate([np.arange(16), 100 + np.arange(4), 16 + np.arange(30), 104 + np.arange(10)])
    found = of(exposure(made, order), "language")
    assert (found["en"].people, found["en"].fitting, found["en"].places) == (100, 46, 16)
    assert (found["de"].people, found["de"].fitting, found["de"].places) == (100, 14, 4)
    assert found["en"].ratio == 1
    assert found["de"].ratio == pytest.approx(0.25)
    assert found["de"].surely_less
    assert found["de"].low < 0.04 < found["de"].high
    assert found["en"].mean_rank == pytest.approx((sum(range(1, 17)) + sum(range(21, 51))) / 46)


def test_a_group_of_few_or_of_nobody_knows_whom_is_shown_and_not_compared() -> None:
    made = rows(["en"] * 60 + ["fr"] * 5 + [None] * 40, [500.0] * 105, [400.0] * 105)
    found = of(exposure(made, np.arange(60, 105)), "language")
    assert found["fr"].ratio is None
    assert found["unknown"].ratio is None
    assert not found["en"].surely_less
    assert list(found) == ["en", "fr", "unknown"]


def test_bands_are_half_open_in_their_order_and_silence_is_unknown() -> None:
    made = rows(["en"] * 5, [999.0, 1000.0, 99_999.0, 100_000.0, None], [364.0, 366.0, 5 * 366.0, None, None])
    found = exposure(made, np.arange(5))
    assert {one.group: one.people for one in found if one.by == "size"} == {
        "under 1,000 followers": 1, "1,000 to 10,000 followers": 1, "10,000 to 100,000 followers": 1,
        "100,000 followers or more": 1, "unknown": 1,
    }  # fmt: skip
    assert list(of(found, "account age")) == ["under 1 year", "1 to 3 years", "3 years or more", "unknown"]


def test_a_ranking_of_nobody_gives_nobody_a_place() -> None:
    for one in exposure(rows(["en"] * 40, [1.0] * 40, [1.0] * 40), np.array([], np.int64)):
        assert (one.places, one.fitting, one.mean_rank, one.ratio) == (0, 0, None, None)
