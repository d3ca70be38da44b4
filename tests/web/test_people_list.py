"""The order in which people are listed: by what is sure, so that a few lucky posts of a tiny account do not lead the list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import Browser

from building import bring, day
from groundswell.signals import SIGNALS
from groundswell.store import Workspace


def everybody(browser: Browser, query: str = "") -> list[dict[str, Any]]:
    """Who is on the list, page after page."""
    pages = browser.get(f"/people.json?{query}").json()["pages"]
    return [row for n in range(1, pages + 1) for row in browser.get(f"/people.json?{query}&page={n}").json()["rows"]]


def kind_of(value: dict[str, Any]) -> int:
    """0 with an interval, 1 without, 2 unknown."""
    return 2 if value["value"] is None else 1 if value["low"] is None else 0


def test_what_one_may_sort_by_is_grouped_and_the_common_comes_first(community: Browser) -> None:
    page = community.page("/people")
    menu = page[page.index('id="sort"') : page.index("</select>", page.index('id="sort"'))]
    options = re.findall(r'<option value="(\w+)"', menu)
    assert sorted(options) == sorted(SIGNALS)
    assert menu.count("<optgroup") > 10
    assert menu.index('label="Most asked for"') < menu.index('value="followers"') < menu.index("</optgroup>")
    assert menu.count(" selected") == 1


def test_the_list_begins_with_whose_engagement_is_surely_high(community: Browser) -> None:
    rows = everybody(community)
    values = [row["values"]["like_rate"] for row in rows]
    kinds = [kind_of(value) for value in values]
    assert kinds == sorted(kinds)
    assert kinds.count(0) > 50
    sure = [value["low"] for value, kind in zip(values, kinds, strict=True) if kind == 0]
    assert sure == sorted(sure, reverse=True)
    by_value = [value["value"] for value in values[: len(sure)]]
    assert by_value != sorted(by_value, reverse=True), "else the end of the interval decides nothing"
    followers = [row["values"]["followers"]["value"] for row in rows if row["values"]["followers"]["value"] is not None]
    assert followers not in (sorted(followers), sorted(followers, reverse=True))


def test_where_less_is_better_the_upper_end_decides(community: Browser) -> None:
    values = [row["values"]["sponsored_share"] for row in everybody(community, "sort=sponsored_share")]
    sure = [value["high"] for value in values if value["high"] is not None]
    assert len(set(sure)) > 10
    assert sure == sorted(sure)
    assert [kind_of(value) for value in values[: len(sure)]] == [0] * len(sure)


def test_whoever_asks_for_the_highest_gets_the_highest_value(community: Browser) -> None:
    for order, downward in (("high", True), ("low", False)):
        found = [row["values"]["like_rate"]["value"] for row in everybody(community, f"sort=like_rate&order={order}")]
        known = [value for value in found if value is not None]
        assert known == sorted(known, reverse=downward)
        assert None not in found[: len(known)]


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Browser]:
    """A tiny account with three lucky posts, one with a rate without an interval, and one that is sure."""
    people = {"tiny": (40, [45, 1, 44, 2, 60, 90]), "bare": (10, [12, 12, 12]), "sure": (5000, [500] * 40)}
    accounts = [
        {"account": f"instagram:{name}", "platform": "instagram", "handle": name, "followers": size}
        for name, (size, _) in people.items()
    ]
    posts = [
        {"post": f"instagram:{name}{n}", "platform": "instagram", "account": f"instagram:{name}", "created_at": day(n), "likes": likes, "kind": "post"}
        for name, (_, counts) in people.items() for n, likes in enumerate(counts)
    ]  # fmt: skip
    workspace = Workspace.create(tmp_path / "workspace")
    bring(workspace, {"account": accounts, "post": posts})
    with Browser(workspace) as browser:
        yield browser


def test_a_lucky_few_posts_do_not_lead_and_the_page_says_so(three: Browser) -> None:
    found = three.get("/people.json").json()
    assert [(row["handle"], kind_of(row["values"]["like_rate"])) for row in found["rows"]] == [
        ("sure", 0),
        ("tiny", 0),
        ("bare", 1),
    ]
    assert found["by"] == "low"
    page = three.page("/people")
    assert "Who is surely high comes first: the lower end of each interval decides; who has none comes after." in page
    assert 'aria-sort="other"' in page
    assert "comes first" not in three.page("/people?order=high")
    assert "comes first" not in three.page("/people?sort=followers"), "a count is exact"


def test_of_whom_more_is_known_stands_before_who_is_only_named(tmp_path: Path) -> None:
    people = ("aaron", "beth", "zoe")
    workspace = Workspace.create(tmp_path / "workspace")
    posts = [
        {"post": f"bluesky:zoe{n}", "platform": "bluesky", "account": "bluesky:zoe", "created_at": day(n), "kind": "post"}
        for n in range(30)
    ]  # fmt: skip
    accounts = [
        {"account": f"bluesky:{name}", "platform": "bluesky", "handle": name, "followers": None} for name in people
    ]
    bring(workspace, {"account": accounts, "post": posts})
    with Browser(workspace) as browser:
        found = browser.get("/people.json?sort=like_rate").json()
        assert [row["handle"] for row in found["rows"]] == ["zoe", "aaron", "beth"], "nobody has a rate"
        assert browser.get("/people.json").json()["sort"] == "posts_per_week", "nobody's likes per follower are known"
        assert '<option value="posts_per_week" selected>' in browser.page("/people")


def test_a_size_that_the_set_has_no_name_for_is_a_choice_of_its_own(tmp_path: Path) -> None:
    sizes = {"small": 5_000, "big": 400_000, "star": 2_000_000, "hidden": None}
    accounts = [
        {"account": f"instagram:{name}", "platform": "instagram", "handle": name, "followers": size}
        for name, size in sizes.items()
    ]
    workspace = Workspace.create(tmp_path / "workspace")
    bring(workspace, {"account": accounts})
    with Browser(workspace) as browser:
        assert "100,000 to 1,000,000, without a name (1)" in browser.page("/people")
        found = {
            tier: [row["handle"] for row in everybody(browser, f"tier={tier}")]
            for tier in ("unnamed", "none", "1M+and+more")
        }
    assert found == {"unnamed": ["big"], "none": ["hidden"], "1M+and+more": ["star"]}
