"""Who soon wrote to the same person probably answered: told apart from what waits and from what was surely answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.building import account, day, made, post

from groundswell.coach import coach
from groundswell.coach.conversation import Questions

ME = "mastodon:@ann@a.example"


def asked(folder: Path, answer: dict[str, Any]) -> Questions:
    """One question of Elke's, named without her server; one reply of Ann's."""
    of_mastodon = {"platform": "mastodon"}
    rows = {
        "account": [account("ann") | of_mastodon | {"account": ME, "handle": "ann@a.example"}],
        "post": [
            post("ann", 1, text="Rye", created_at=day(0)) | of_mastodon | {"account": ME, "post": "mastodon:1"},
            post("elke", 2, text="Which flour?", created_at=day(2)) | of_mastodon | {"account": "mastodon:@elke", "post": "mastodon:~2"},
        ],
        "interaction": [
            {"actor": "mastodon:@elke", "verb": "reply", "account": ME, "post": "mastodon:1", "via": "mastodon:~2", "acted_at": day(2)},
            {"actor": ME, "verb": "reply", "account": "mastodon:@elke@b.example", "post": "mastodon:9", "via": "mastodon:3", "acted_at": day(4)} | answer,
        ],
    }  # fmt: skip
    return coach(made(folder / "w", rows), ME).questions


@pytest.mark.slow
def test_a_reply_to_the_same_person_within_two_weeks_probably_answers(tmp_path: Path) -> None:
    found = asked(tmp_path, {})
    assert (found.waiting, [one.act.text for one in found.probably]) == (0, ["Which flour?"])
    assert "none waits. 1 you probably answered" in found.sentence


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer",
    [
        {"acted_at": day(17)}, {"acted_at": day(1)}, {"acted_at": None}, {"account": "mastodon:@elka@b.example"},
        {"actor": "mastodon:@bob@b.example"},
    ],
)  # fmt: skip
def test_nothing_else_does(tmp_path: Path, answer: dict[str, Any]) -> None:
    found = asked(tmp_path, answer)
    assert (found.waiting, found.probably) == (1, ())


@pytest.mark.slow
def test_a_reply_that_surely_answers_is_no_probable_one(tmp_path: Path) -> None:
    found = asked(tmp_path, {"post": "mastodon:~2"})
    assert (found.waiting, found.probably, found.asked) == (0, (), 1)
    assert "you answered it" in found.sentence
