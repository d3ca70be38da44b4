"""Two side by side: only what cannot be chance is called higher, what is unknown is named, and turning the two round turns the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import account, community, day, made, post
from groundswell.errors import UnknownNameError
from groundswell.explain import SideBySide, compare
from groundswell.signals import SIGNALS
from groundswell.store import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return made(tmp_path_factory.mktemp("two") / "w", community())


def lines(found: SideBySide) -> dict[str, str]:
    return {line.signal: line.verdict for group in found.groups for line in group.lines}


@pytest.mark.slow
def test_every_signal_is_compared_once_under_its_question(workspace: Workspace) -> None:
    found = compare(workspace, "@p01", "@p02")
    assert sorted(lines(found)) == sorted(SIGNALS)
    assert all(line.says for group in found.groups for line in group.lines)


@pytest.mark.slow
def test_higher_is_said_only_where_the_intervals_do_not_overlap(workspace: Workspace) -> None:
    found = compare(workspace, "@p01", "@p03")
    seen: set[str] = set()
    for name, verdict in lines(found).items():
        a, b = found.first.values[name], found.second.values[name]
        seen.add(verdict)
        if not (a.known and b.known):
            assert verdict == "unknown", name
        elif a.low is None or a.high is None or b.low is None or b.high is None:
            assert verdict == "cannot_tell", name
        else:
            assert (verdict == "first") == (a.low > b.high), name
            assert (verdict == "second") == (b.low > a.high), name
    assert {"cannot_tell", "unknown"} < seen
    assert seen & {"first", "second"}


@pytest.mark.slow
def test_turned_round_the_answer_is_turned_round(workspace: Workspace) -> None:
    there, back = lines(compare(workspace, "@p01", "@p03")), lines(compare(workspace, "@p03", "@p01"))
    turned = {"first": "second", "second": "first"}
    assert there == {name: turned.get(verdict, verdict) for name, verdict in back.items()}


def test_with_oneself_nothing_is_higher(workspace: Workspace) -> None:
    assert not {"first", "second"} & set(lines(compare(workspace, "@p01", "x:p01")).values())


def test_whose_value_is_better_follows_the_signal(tmp_path: Path) -> None:
    posts = [
        post(name, number, kind="post", created_at=day(number), likes=likes + number % 3, replies=1)
        for name, likes in (("ann", 100), ("ben", 10))
        for number in range(20)
    ]
    slow = [post("cy", number, kind="post", created_at=day(9 * number), likes=5) for number in range(12)]
    people = [account(name, followers=1000) for name in ("ann", "ben", "cy")]
    workspace = made(tmp_path / "w", {"account": people, "post": [*posts, *slow]})
    of = {line.signal: line for group in compare(workspace, "@ann", "@ben").groups for line in group.lines}
    assert (of["like_rate"].verdict, of["like_rate"].better) == ("first", "first")
    assert of["followers"].verdict == "same"
    of = {line.signal: line for group in compare(workspace, "@cy", "@ann").groups for line in group.lines}
    assert (of["posts_per_week"].verdict, of["posts_per_week"].better) == ("second", None)


def test_two_platforms_are_warned_of_and_the_definitions_judge_both(tmp_path: Path) -> None:
    people = [
        account("ann", followers=1000),
        {"account": "tiktok:1", "platform": "tiktok", "handle": "bo", "followers": 9},
    ]
    workspace = made(tmp_path / "w", {"account": people})
    found = compare(workspace, "@ann", "@bo", definition_name="field_geek@1")
    assert "X and TikTok" in " ".join(found.says)
    assert [one.judged[0].definition for one in (found.first, found.second)] == ["field_geek@1"] * 2
    assert (found.first.judged[0].silent, found.second.judged[0].silent) == (False, True)


def test_a_name_that_nobody_has_is_refused(workspace: Workspace) -> None:
    with pytest.raises(UnknownNameError):
        compare(workspace, "@p01", "@nobody")
