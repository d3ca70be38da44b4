"""Why an account seems genuine or not is told with the counts that were imported, and not where the number is hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import SEEN, account, day, made
from groundswell.explain import contest, explain
from groundswell.store import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    people = [
        account(
            "ann", followers=900, following=200, posts_count=800, listed=35, verified=False, bio="Bakes rye bread", url="https://a.example",
            created_at=day(-2000), observed_at=SEEN,
        ),
        account("crowd", followers=30, following=40_000, posts_count=90_000, bio=""),
        account("mute", bio="Nothing is counted of me"),
    ]  # fmt: skip
    return made(tmp_path_factory.mktemp("seeming") / "w", {"account": people})


def test_what_speaks_for_and_against_is_told_strongest_first_with_imported_counts(workspace: Workspace) -> None:
    found = explain(workspace, "@ann")
    strengths = [abs(one.pull) for one in found.pulls]
    assert strengths == sorted(strengths, reverse=True)
    assert {"other people put it on 35 lists", "the platform's mark: no", "900 followers"} <= {
        one.says for one in found.pulls
    }
    assert any(one.startswith("What speaks for genuine, strongest first:") for one in found.seeming)


def test_which_kind_of_false_it_would_be_is_told_where_false_is_likelier(workspace: Workspace) -> None:
    found = explain(workspace, "@crowd")
    assert found.values["authenticity"].label == "mass follower"
    assert found.seeming[0] == "If it is not what it seems, it looks most like this: mass follower."
    assert any(one.startswith("What speaks for not") and "follows 40,000 accounts" in one for one in found.seeming)
    assert not any("looks most like" in one for one in explain(workspace, "@ann").seeming)


def test_of_whom_too_little_is_known_nothing_is_told(workspace: Workspace) -> None:
    found = explain(workspace, "@mute")
    assert (found.pulls, found.seeming) == ((), ())


@pytest.mark.slow
def test_what_is_contested_is_not_told_by_its_parts(tmp_path: Path) -> None:
    person = account("ann", followers=900, following=200, listed=35)
    hidden = made(tmp_path / "w", {"account": [person]})
    assert explain(hidden, "@ann").pulls
    contest(hidden, "@ann", "authenticity", because="I am no program.")
    assert (explain(hidden, "@ann").pulls, explain(hidden, "@ann").seeming) == ((), ())
