"""What an import left that was killed on the way goes from the disk; nothing else does, and nobody notices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from building import SEEN, bring, community, made, table
from groundswell.errors import UnknownNameError, WorkspaceBusyError
from groundswell.records import RECORDS
from groundswell.store import Workspace, sweep, unfinished
from groundswell.store.facts import HELPERS, schemas


def killed(workspace: Workspace, people: int = 6) -> int:
    """An import whose rows reached the disk and which never became live."""
    key = workspace.state.begin_import(source="killed.csv", layout="made", sha256="", observed_at=SEEN, options={})
    staging = workspace.staging(key)
    for record, rows in community(people).items():
        if rows:
            staging.add(RECORDS[record], table(record, rows), observed_at=SEEN, member="")
    aside = pa.table([[key], [""], [2], ["no account"], ["?"]], schema=HELPERS["set_aside"])
    staging.add_set_aside(aside)
    staging.count()
    staging.close()
    return key


def rows_of(workspace: Workspace, key: int) -> int:
    return sum(workspace.facts.weigh(name, [key]).rows for name in schemas())


def on_disk(workspace: Workspace) -> dict[str, set[str]]:
    return {name: {path.name for path in (workspace.facts.folder / name).glob("*.parquet")} for name in schemas()}


def seen(workspace: Workspace) -> dict[str, list[Any]]:
    with workspace.engine() as engine:
        return {
            name: sorted(engine.rows(f"SELECT * FROM {name}"), key=repr) for name in ("accounts", "posts", "follows")
        }


@pytest.mark.slow
def test_rows_of_an_unfinished_import_go_and_all_others_stay(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", community(5), community(3))
    workspace.undo(2)
    before, files, left = seen(workspace), on_disk(workspace), killed(workspace)
    assert rows_of(workspace, left) > 0
    swept = sweep(workspace)
    assert (swept.imports, swept.done) == ((left,), True)
    assert swept.rows > 0
    assert on_disk(workspace) == files
    assert seen(workspace) == before
    assert rows_of(workspace, 2) > 0
    assert [one.state for one in workspace.state.imports()] == ["live", "undone"]
    assert bring(workspace, community(4)) == left + 1


@pytest.mark.slow
def test_a_dry_run_says_the_same_and_changes_nothing(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", community(5))
    left = killed(workspace)
    files = on_disk(workspace)
    said = sweep(workspace, dry_run=True)
    assert on_disk(workspace) == files
    assert [one.id for one in unfinished(workspace)] == [left]
    done = sweep(workspace)
    assert (done.rows, done.bytes, done.imports) == (said.rows, said.bytes, said.imports)
    assert not unfinished(workspace)
    assert sweep(workspace).bytes == 0


def test_a_file_that_an_append_left_before_its_commit_goes_too(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", community(5))
    files = on_disk(workspace)
    (workspace.facts.folder / "posts" / "part-00000-torn.parquet").write_bytes(b"PAR1")
    assert sweep(workspace).bytes == 4
    assert on_disk(workspace) == files


@pytest.mark.slow
def test_who_reads_meanwhile_reads_on(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", community(5))
    killed(workspace)
    with workspace.engine() as engine:
        before = engine.rows("SELECT count(*), sum(likes) FROM posts")
        sweep(workspace)
        assert engine.rows("SELECT count(*), sum(likes) FROM posts") == before
        assert engine.rows("SELECT count(*) FROM interactions") != [(0,)]


@pytest.mark.slow
def test_beside_a_running_import_nothing_is_swept(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", community(5))
    with workspace.writing():
        left = killed(workspace)
        assert unfinished(workspace) == []
        with pytest.raises(WorkspaceBusyError):
            sweep(workspace)
    assert rows_of(workspace, left) > 0


@pytest.mark.slow
def test_what_was_swept_is_no_import_any_more(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", community(5))
    left = killed(workspace)
    sweep(workspace)
    with pytest.raises(UnknownNameError):
        workspace.undo(left)
