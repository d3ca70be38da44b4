"""Over which posts engagement is counted is told, and how many were too young, wherever a person's engagement is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from building import SEEN, account, day, made, post
from groundswell.cli.colleague import explanation_lines
from groundswell.explain import Explanation, explain
from groundswell.explain.window import window_of
from groundswell.exports.person import export_person

SAYS = (
    "Engagement is counted over 12 of 13 own posts, from {first} to {last}. "
    "1 is left out: it was younger than 72 hours when it was counted, and its counts still grew."
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Explanation:
    posts = [
        post("ann", n, text=f"Rye loaf {n}", likes=30 + n, created_at=day(n), kind="post") for n in range(-40, -28)
    ]
    posts.append(
        post(
            "ann", 99, text="Just baked", likes=2, created_at=SEEN - timedelta(hours=20), kind="post", observed_at=SEEN
        )
    )
    told = {"account": [account("ann", followers=900)], "post": posts}
    return explain(made(tmp_path_factory.mktemp("window") / "w", told), "@ann")


def test_the_window_and_the_posts_left_out_are_told_where_engagement_is_told(
    found: Explanation, tmp_path: Path
) -> None:
    window = found.window
    assert window
    assert (window.counted, window.too_young, window.young_hours) == (12, 1, 72)
    assert found.values["like_rate"].n == window.counted
    assert window.says == SAYS.format(first=window.first, last=window.last)
    lines = list(explanation_lines(found))
    assert lines[lines.index("\nHow much does its audience do?") + 1] == f"  {window.says}"
    assert window.says in export_person(found, tmp_path / "ann.md").read_text("utf-8")
    assert window.says in export_person(found, tmp_path / "ann.html").read_text("utf-8")
    said = json.loads(export_person(found, tmp_path / "ann.json").read_text("utf-8"))
    assert (said["window"]["too_young"], said["window"]["last"]) == (1, str(window.last))


def own(likes: int | None, days_ago: float | None, *, settled: bool = True) -> dict[str, Any]:
    when = None if days_ago is None else datetime(2026, 9, 10, tzinfo=UTC) - timedelta(days=days_ago)
    return {"likes": likes, "created_at": when, "settled": settled}


@pytest.mark.parametrize(
    ("posts", "says"),
    [
        ([own(1, 9)], "over 1 own post, of 2026-09-01. None was younger than 72 hours"),
        ([own(1, 9), own(2, None), own(None, 2)], "over 2 own posts whose likes are known, of 2026-09-01 and 1 without a date. None"),
        ([own(1, 1, settled=False), own(1, 0, settled=False)], "over 0 of 2 own posts. 2 are left out: they were younger than 72"),
        ([own(3, None)], "over 1 own post, without dates. None"),
    ],
)  # fmt: skip
def test_what_is_not_dated_or_not_known_is_said(posts: list[dict[str, Any]], says: str) -> None:
    window = window_of(posts)
    assert window
    assert f"Engagement is counted {says}" in window.says


def test_where_no_likes_are_known_there_is_no_window() -> None:
    assert window_of([]) is None
    assert window_of([own(None, 3)]) is None
    assert window_of([own(4, 3)]) is not None
