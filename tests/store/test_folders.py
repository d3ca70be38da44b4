"""A workspace lies where its owner puts it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from building import account, bring
from groundswell.errors import WorkspaceError
from groundswell.store import Workspace


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spring campaign", "Größe 汉 🥣", "vegan?", "o'neil #2 {a,b} *~&;", "C=1, +2 (3)"])
def test_a_folder_of_almost_any_name_holds_a_workspace(tmp_path: Path, name: str) -> None:
    workspace = Workspace.create(tmp_path / name)
    for followers in (1, 2):
        bring(workspace, {"account": [account("ann", followers=followers)]})
    with Workspace.open(tmp_path / name).engine() as engine:
        assert engine.rows("SELECT count(*) FROM accounts") == [(1,)]


@pytest.mark.hostile
@pytest.mark.parametrize("name", ["spring [2026]", "50%20", "a|b", "a\tb"])
def test_a_folder_that_delta_cannot_use_is_refused_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(WorkspaceError, match="cannot lie in"):
        Workspace.create(tmp_path / name)


def test_two_threads_may_make_workspaces_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(Workspace.create, [tmp_path / str(number) for number in range(8)]))
    assert [workspace.state.imports() for workspace in made] == [[]] * 8
