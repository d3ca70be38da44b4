"""What is said depends on which files are there: not on the order in which they came, and not on one that was undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from building import account, bring, made, post
from groundswell.signals import learning, signal_table
from groundswell.store import Workspace

SUBJECTS = {
    "gravel": ["gravel tyres bottle", "tubeless gravel tyres", "gravel bottle cage", "tyres and gravel rims"],
    "bread": ["sourdough starter flour", "rye flour sourdough", "starter and crust", "flour crust sourdough"],
    "heavy": ["terrible saddle heavy", "heavy frame terrible", "saddle heavy refund", "terrible refund saddle"],
}


def rows(subject: str, people: range) -> dict[str, list[dict[str, Any]]]:
    """People of one subject, thirty posts each."""
    names = [f"{subject}{number}" for number in people]
    said = SUBJECTS[subject]
    return {
        "account": [account(name, followers=100) for name in names],
        "post": [
            post(name, place, text=f"{said[place % 4]} again and {said[(place + 1) % 4]}, {place} of {name[-1]}", kind="post")
            for name in names for place in range(30)
        ],
    }  # fmt: skip


def topics(workspace: Workspace) -> tuple[tuple[str, ...], list[Any]]:
    """What topics there are, and whose are which."""
    table = signal_table(workspace)
    return table.corpus.names if table.corpus else (), table.rows.select(["account", "topic_focus"]).to_pylist()


@pytest.mark.slow
def test_the_order_of_files_does_not_matter_and_an_undone_one_leaves_no_word(tmp_path: Path) -> None:
    one = made(tmp_path / "one", rows("gravel", range(8)))
    alone, _ = topics(one)
    bring(one, rows("bread", range(8)))
    other = made(tmp_path / "other", rows("bread", range(8)))
    topics(other)
    bring(other, rows("gravel", range(8)))
    together = topics(one)
    assert together == topics(other)
    assert together[0] != alone

    outsiders = bring(one, rows("heavy", range(8)))
    assert "heavy" in " ".join(topics(one)[0])
    one.undo(outsiders)
    assert topics(one) == together
    assert len(list(one.fits.glob("corpus-*"))) == 2, "the fit before it holds words of what was undone"


@pytest.mark.slow
def test_where_too_little_is_left_there_are_no_topics(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", rows("gravel", range(1)))
    assert signal_table(workspace).corpus is None
    many = bring(workspace, rows("heavy", range(8)))
    assert signal_table(workspace).corpus is not None
    workspace.undo(many)
    assert signal_table(workspace).corpus is None
    bring(workspace, rows("bread", range(8)))
    corpus = signal_table(workspace).corpus
    assert corpus is not None
    assert "heavy" not in " ".join(corpus.words)


@pytest.mark.slow
def test_a_large_workspace_learns_anew_when_it_has_grown_by_a_fifth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "AT_ONCE", 10)
    workspace = made(tmp_path / "w", rows("gravel", range(10)))
    assert learning.due(workspace)
    signal_table(workspace)
    assert not learning.due(workspace)
    little = bring(workspace, rows("gravel", range(10, 11)))
    assert not learning.due(workspace)
    workspace.undo(little)
    assert not learning.due(workspace), "it was not learned from"
    (workspace.fits / learning.FILE).unlink()
    assert not learning.due(workspace), "what an older program fitted is kept"
    bring(workspace, rows("gravel", range(11, 12)))
    signal_table(workspace)
    assert learning.is_noted(workspace)
    bring(workspace, rows("bread", range(4)))
    assert learning.due(workspace)
