"""Stars who lose touch, and sponsorships off somebody's topics."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from building import SEEN, account, day, made, post, reply
from groundswell.signals import Value
from groundswell.signals.arrays import Asked
from groundswell.signals.computing import compute
from groundswell.signals.table import prepare
from groundswell.store import Workspace


def told(workspace: Workspace, name: str, topics: tuple[str, ...] = ()) -> dict[str, Value]:
    """A signal by handle; topics are given, not fitted: the first word of a text."""
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", None)
        if topics:
            names = {"topic": list(range(len(topics))), "name": list(topics), "topics": [8] * len(topics)}
            engine.register("topic_names", pa.table(names))
            engine.execute(
                "CREATE OR REPLACE VIEW topic_of_text AS SELECT DISTINCT text_hash, topic FROM posts "
                "JOIN topic_names ON name = split_part(text, ' ', 1)"
            )
        rows = compute(Asked(engine, workspace.fits), names=[name]).to_pylist()
    return {row["handle"]: Value(signal=name, **row[name]) for row in rows}


def grower(name: str, *, grows: float, cools: float, answers_fall: bool) -> dict[str, list[dict[str, Any]]]:
    """Somebody counted every ten days for 140, with twenty posts that five people out of a hundred like, and a comment on each."""
    counts = [
        account(name, followers=round(1_000 * (1 + grows * when / 140)), observed_at=day(when))
        for when in range(0, 141, 10)
    ]
    posts: list[dict[str, Any]] = []
    acts: list[dict[str, Any]] = []
    for number in range(20):
        when = 7 * number + 2
        likes = 50 * (1 + grows * when / 140) * (1 - cools * (number >= 10)) * (0.9 + 0.05 * (number % 5))
        posts.append(post(name, number, kind="post", likes=round(likes), created_at=day(when), observed_at=SEEN))
        acts.append(reply("fan", name, f"{name}-{number}", f"{name}-ask{number}", day(when + 0.1)))
        if number < 10 or not answers_fall:
            acts.append(
                reply(name, "fan", f"{name}-ask{number}", f"{name}-said{number}", day(when + 0.1) + timedelta(hours=2))
            )
    return {"account": counts, "post": posts, "interaction": acts}


@pytest.mark.slow
def test_who_grows_and_lets_go_is_told_from_who_only_grows_or_only_fades(tmp_path: Path) -> None:
    parts = [
        grower("star", grows=1.0, cools=0.5, answers_fall=True),
        grower("grower", grows=1.0, cools=0.0, answers_fall=False),
        grower("fading", grows=0.0, cools=0.5, answers_fall=True),
    ]
    rows = {record: [row for part in parts for row in part[record]] for record in parts[0]}
    found = told(made(tmp_path / "w", rows), "starification")
    assert (found["star"].value or 0) > 0.9
    assert (found["grower"].value or 0) < 0.1
    assert (found["fading"].value or 0) < 0.1
    for part in ("followers +1", "engagement a follower -", "answers -"):
        assert part in (found["star"].label or "")


@pytest.mark.slow
def test_who_was_counted_once_is_unknown_and_no_star(tmp_path: Path) -> None:
    rows = grower("once", grows=1.0, cools=0.5, answers_fall=True)
    once = told(made(tmp_path / "w", rows | {"account": rows["account"][-1:]}), "starification")["once"]
    assert (once.value, once.reason) == (None, "not_observed")


def test_sponsorships_off_its_topics_are_told_from_those_on_them(tmp_path: Path) -> None:
    said = {
        "true": [*["bread"] * 6, "film", *["bread #ad"] * 4],
        "stray": [*["bread"] * 6, "film", *["film #ad"] * 4],
        "unpaid": ["bread"] * 8,
        "sold": ["bread #ad"] * 8,
    }
    rows = {
        "account": [account(name) for name in said],
        "post": [
            post(name, number, kind="post", text=f"{text} {number}")
            for name, texts in said.items()
            for number, text in enumerate(texts)
        ],
    }
    found = told(made(tmp_path / "w", rows), "off_topic_sponsored_share", ("bread", "film"))
    assert (found["true"].value, found["stray"].value) == (0, 1)
    assert (found["unpaid"].value, found["unpaid"].reason) == (None, "not_applicable")
    assert (found["sold"].value, found["sold"].reason) == (None, "too_few")
