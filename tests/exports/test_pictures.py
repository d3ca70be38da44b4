"""Pictures: numbers in, well-formed SVG out, true to scale."""

from __future__ import annotations

import math
import random
import xml.etree.ElementTree as ET
from datetime import date

import pytest

from groundswell.discover import GateResult, Term
from groundswell.exports import pictures

TERMS = (
    Term("a", "Sector", 21.5, 30.0, ""),
    Term("b", "Replies & <rhythm>", None, 20.0, ""),
    Term("c", "Focus", 33.25, 50.0, ""),
)


def shapes(svg: str, kind: str) -> list[ET.Element]:
    """The shapes of a class, after the picture was read as XML."""
    return [element for element in ET.fromstring(svg).iter() if element.get("class") == kind]


def width(element: ET.Element) -> float:
    return float(element.get("width", "0"))


def left(element: ET.Element) -> float:
    return float(element.get("x", "0"))


def test_bars_of_a_waterfall_sum_to_the_score() -> None:
    *parts, total = shapes(pictures.waterfall(TERMS), "ba")
    assert sum(map(width, parts)) == pytest.approx(width(total), abs=0.1)
    assert width(total) == pytest.approx(pictures.WIDTH * 54.75 / 100, abs=0.1)
    assert left(parts[1]) == pytest.approx(width(parts[0]), abs=0.1), "a bar starts where the one before ended"


def test_an_unknown_term_is_hatched_and_moves_nothing() -> None:
    svg = pictures.waterfall(TERMS)
    (hatched,) = shapes(svg, "un")
    assert width(hatched) == pytest.approx(pictures.WIDTH * 20 / 100, abs=0.1)
    assert "unknown, up to +20.0" in svg
    assert "Replies &amp; &lt;rhythm&gt; unknown" in svg


def test_points_taken_away_go_back() -> None:
    svg = pictures.waterfall([Term("a", "A", 30.0, 40.0, ""), Term("b", "B", -12.0, 0.0, "")])
    (back,), *_ = [shapes(svg, "lo")]
    assert left(back) + width(back) == pytest.approx(pictures.WIDTH * 30 / 40, abs=0.2)


def test_nan_points_are_unknown() -> None:
    assert "NaN" not in pictures.waterfall([Term("a", "A", math.nan, 10.0, "")])
    assert shapes(pictures.waterfall([Term("a", "A", math.nan, 10.0, "")]), "un")


def test_a_month_without_posts_has_no_bar_and_old_months_are_left_out() -> None:
    svg = pictures.posts_over_time([(date(2020, 1, 1), 9), (date(2026, 3, 1), 4), (date(2026, 1, 1), 2)])
    (path,) = shapes(svg, "mo")
    assert path.get("d", "").count("M") == 2
    assert "to Mar 2026, 6 in all, at most 4" in svg
    assert pictures.posts_over_time([]) == ""


def test_a_funnel_says_what_each_gate_left() -> None:
    gates = [GateResult("g", "Speaks German", 1000, 600, 100), GateResult("h", "Small", 300, 299, 0)]
    svg = pictures.funnel(gates, 1000, 1)
    solid = shapes(svg, "ba")
    assert [round(width(bar)) for bar in solid[:2]] == [340, 102]
    assert width(solid[2]) == 1.5, "one of a thousand can be seen"
    assert width(shapes(svg, "un")[0]) == pytest.approx(34)
    ET.fromstring(pictures.funnel([], 0))


def test_the_same_dots_are_drawn_whatever_the_order() -> None:
    context = [(f"x:{n}", float(n), 0.1) for n in range(2000)]
    shuffled = random.Random(7).sample(context, len(context))
    assert pictures.sample(shuffled) == pictures.sample(context)
    assert len(pictures.sample(context)) == pictures.DOTS
    assert pictures.sample([("x", math.nan, 0.1)]) == []


def test_ten_times_the_followers_are_one_step_to_the_right() -> None:
    where = pictures.plane([(100.0, 0.01), (90_000.0, 0.02)])
    assert where
    assert where.x(1000) - where.x(100) == pytest.approx(where.x(10_000) - where.x(1000))
    assert where.x(0) <= where.x(1) <= where.x(100)
    assert pictures.plane([]) is None


@pytest.mark.parametrize("me", [(0.0, 0.0), (1.0, 9.0), (5e8, 1e-9)])
def test_engagement_against_size_shows_everybody_even_the_odd(me: tuple[float, float]) -> None:
    svg = pictures.engagement_against_size([(10.0, 0.5), (1e6, 0.001)], me, [("micro", 10_000.0)], "Ann & Co")
    (mark,) = [e for e in ET.fromstring(svg).iter() if e.get("class") == "me"]
    assert 0 <= float(mark.get("cx", "")) <= pictures.WIDTH
    assert 0 <= float(mark.get("cy", "")) <= 216
    assert "Ann &amp; Co" in svg


def test_shares_and_intervals_stay_inside_their_picture() -> None:
    (bar,) = shapes(pictures.shares([("a", 1.7)]), "ba")
    assert width(bar) == pictures.WIDTH
    assert pictures.shares([]) == ""
    ET.fromstring(pictures.interval(5.0, -9.0, 99.0, (0.0, 10.0)))
    ET.fromstring(pictures.interval(0.0, 0.0, 0.0, (0.0, 0.0)))
    ET.fromstring(pictures.DEFS)


def test_names_of_narrow_tiers_never_lie_over_one_another() -> None:
    tiers = [("nano influencer", 500.0), ("micro", 800.0), ("mid", 1_000.0), ("macro", 1_200.0), ("mega", 90_000.0)]
    svg = pictures.engagement_against_size([(100.0, 0.5), (1e6, 0.001)], (2_000.0, 0.1), tiers)
    assert svg.count('class="ti"') == len(tiers), "every line stays"
    names = [(float(one.get("x", "0")), one.get("y"), one.text or "") for one in shapes(svg, "mu")]
    assert {"micro", "mega"} <= {words for _, _, words in names}
    for x, y, words in names:
        assert not any(x < other < x + 5.5 * len(words) for other, row, _ in names if row == y)
