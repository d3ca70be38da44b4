"""Looking for people who speak of something: whom to look at next, what is told of it, and when it stops."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fake_bluesky import Fake
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from groundswell.cli import app
from groundswell.errors import UsageError
from groundswell.fetch import Asked, fetch, phrases_in, resume
from groundswell.fetch.promising import DRY, count_fits, looked_for, speaks
from groundswell.sources.networks import SOURCES
from groundswell.store import Workspace
from groundswell.store.fetches import streams_of

BAKER = "person0.bsky.social"


@dataclass
class Camps(Fake):
    """Even people bake and follow those who bake, odd ones race cars; the baker one begins with follows one of each."""

    people: int = 200
    page: int = 100

    def follows(self, number: int) -> list[int]:
        if number == 0:
            return [1, 2]
        return [(number + 2 * step) % self.people for step in range(1, 12)]

    def post(self, uri: str) -> Any:
        found = super().post(uri)
        number, _ = self._whose(uri)
        found["record"]["text"] = "Sourdough again" if number % 2 == 0 else "Lap times"
        return found


def wanted(**more: Any) -> Asked:
    asked: dict[str, Any] = {"lists": ("follows",), "hops": 4, "people": 60} | more
    return Asked(source="bluesky", who=(BAKER,), **asked)


def looked_at(workspace: Workspace, fake: Fake) -> list[int]:
    """Whose posts were read, after the one that it began with."""
    rows = streams_of(workspace.state, 1)
    return [
        fake.number[one.subject]
        for one in rows
        if one.name == SOURCES["bluesky"].offers["posts"] and one.depth > 0 and one.pages
    ]


@pytest.mark.slow
def test_those_named_by_people_who_speak_of_it_come_first_and_every_fifth_by_lot(
    workspace: Workspace, another: Workspace
) -> None:
    fake, other = Camps(), Camps()
    report = fetch(workspace, wanted(about=("sourdough",), hops=20), client=fake.client())
    found = looked_at(workspace, fake)
    bakers = sum(number % 2 == 0 for number in found)
    fetch(another, wanted(lists=("posts", "follows"), hops=20), client=other.client())
    without = looked_at(another, other)
    assert len(found) == len(without) == 59
    assert bakers / len(found) > 0.7 > 0.6 > sum(number % 2 == 0 for number in without) / len(without)
    assert bakers < len(found), "some are drawn by lot, so that one sees what was passed over"
    (told,) = [one for one in report.coverage.sentences if "speaks of “sourdough”" in one]
    assert "1 of 1 with whom it began" in told
    assert "whom somebody who speaks of it named" in told
    assert "no sample at random" in told


@pytest.mark.slow
def test_the_run_ends_when_nobody_speaks_of_it_any_more_and_can_be_gone_on_with(workspace: Workspace) -> None:
    fake = Camps()
    report = fetch(workspace, wanted(about=("opera",), people=150, hops=20), client=fake.client())
    assert not report.done
    assert f"last {DRY} people nobody speaks" in report.because
    assert report.coverage.people < 150
    assert resume(workspace, client=fake.client()).coverage.people > report.coverage.people


def test_what_they_should_speak_of_holds_a_word(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="holds no word"):
        fetch(workspace, wanted(about=("…",)), client=Camps().client())


def test_words_are_found_where_they_begin_and_in_whatever_an_answer_holds() -> None:
    pattern = looked_for(("Vegan",))
    assert pattern
    said = {"cursor": "x", "feed": [{"post": {"text": "VEGANES Essen"}}, {"tags": ["nonvegan"]}, {"a": [["#vegan"]]}]}
    assert count_fits(said, pattern) == 2
    assert count_fits("<rss><item>vegan</item><item>ham</item></rss>", pattern) == 1
    assert looked_for(("", "--")) is None


@pytest.mark.slow
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_any_answer_can_be_counted(said: Any) -> None:
    pattern = looked_for(("a",))
    assert pattern
    assert count_fits(said, pattern) >= 0


def test_a_word_in_passing_makes_nobody_speak_of_it() -> None:
    assert speaks(2, 10)
    assert not speaks(1, 1)
    assert not speaks(10, 100)


def test_phrases_are_typed_with_commas_or_lines() -> None:
    assert phrases_in(" vegan food,\nsourdough,, ") == ("vegan food", "sourdough")


def test_a_brief_says_what_they_should_speak_of(tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(app, words)

    brief = tmp_path / "brief.toml"
    brief.write_text('brand = "Oat & Co"\n')
    refused = run("fetch", "@ann.bsky.social", "--brief", str(brief), "--dry-run")
    assert "names no sector" in str(refused.exception)
    brief.write_text('brand = "Oat & Co"\n[segments]\nsector = ["vegan food"]\n')
    assert run("fetch", "@ann.bsky.social", "--brief", str(brief), "--dry-run").exit_code == 0
