"""A fetch that is killed anywhere and gone on with ends with the same tables, and asks for at most one page of each list again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from fake_bluesky import Fake
from faking import FakeNetwork, tables
from trials import TRIALS, Trial

from groundswell.fetch import Asked, fetch, resume
from groundswell.store import Workspace
from groundswell.store.fetches import all_fetches

ASKED = Asked(
    source="bluesky", who=("@person0.bsky.social",), lists=("posts", "followers", "likes"), hops=1, people=3, posts=1
)


class KilledError(BaseException):
    """The process is gone: nothing catches it."""


def killed_before(number: int, fake: FakeNetwork) -> Any:
    def answer(request: Any) -> Any:
        if len(fake.requests) >= number:
            raise KilledError
        return fake.answer(request)

    return answer


@pytest.fixture(scope="module")
def undisturbed(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Counter[str]]:
    workspace, fake = Workspace(Path(copytree(empty, tmp_path_factory.mktemp("undisturbed") / "w"))), Fake()
    fetch(workspace, ASKED, client=fake.client())
    return tables(workspace), Counter(fake.requests)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 16))
def test_killed_before_any_answer(number: int, workspace: Workspace, undisturbed: tuple[Any, Counter[str]]) -> None:
    fake = Fake()
    with pytest.raises(KilledError):
        fetch(workspace, ASKED, client=fake.client(killed_before(number, fake)))
    assert [one.state for one in all_fetches(workspace.state)] == ["open"]
    resume(workspace, client=fake.client())
    seen, asked = undisturbed
    assert tables(workspace) == seen
    assert Counter(fake.requests) == asked, "what was answered was kept, and is not asked for again"


@pytest.mark.slow
@pytest.mark.parametrize("trial", TRIALS, ids=str)
def test_every_source_killed_on_the_way(
    trial: Trial, workspace: Workspace, another: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in trial.environment.items():
        monkeypatch.setenv(key, value)
    undisturbed, fake = trial.fake(), trial.fake()
    fetch(another, trial.asked, client=undisturbed.client())
    with pytest.raises(KilledError):
        fetch(workspace, trial.asked, client=fake.client(killed_before(1, fake)))
    for number in range(2, len(undisturbed.requests)):
        with pytest.raises(KilledError):
            resume(workspace, client=fake.client(killed_before(number, fake)))
    resume(workspace, client=fake.client())
    assert tables(workspace) == tables(another)
    assert Counter(fake.requests) == Counter(undisturbed.requests), "what was answered is not asked for again"


@pytest.mark.crash
@pytest.mark.parametrize(
    "point", ["before a raw page", "after a raw page", "before commit of state", "after commit of state"]
)
@pytest.mark.parametrize("time", [2, 5, 9, 14])
def test_killed_at_any_boundary_of_the_store(
    point: str, time: int, workspace: Workspace, undisturbed: tuple[Any, Counter[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, met = Fake(), Counter[str]()

    def kill(name: str) -> None:
        met[name] += 1
        if name == point and met[name] == time:
            raise KilledError

    with monkeypatch.context() as patched:
        for module in ("raw", "state", "facts"):
            patched.setattr(f"groundswell.store.{module}.crash_point", kill)
        with pytest.raises(KilledError):
            fetch(workspace, ASKED, client=fake.client())
    resume(workspace, client=fake.client())
    seen, asked = undisturbed
    assert tables(workspace) == seen
    assert max((Counter(fake.requests) - asked).values(), default=0) <= 1
    assert (Counter(fake.requests) - asked).total() <= 1


@pytest.mark.crash
@pytest.mark.parametrize("time", [1, 3, 5])
def test_killed_while_the_pages_are_brought_in(
    time: int, workspace: Workspace, undisturbed: tuple[Any, Counter[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, met = Fake(), Counter[str]()

    def kill(name: str) -> None:
        met["append"] += name.startswith("after append")
        if met["append"] == time:
            raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr("groundswell.store.facts.crash_point", kill)
        with pytest.raises(KilledError):
            fetch(workspace, ASKED, client=fake.client())
    # The pages are all there, and the fetch has nothing more to ask.
    resume(workspace, client=fake.client())
    seen, asked = undisturbed
    assert tables(workspace) == seen
    assert Counter(fake.requests) == asked
