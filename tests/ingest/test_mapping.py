"""Columns that a user named once are known the next time."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundswell.errors import GroundswellError
from groundswell.ingest import import_file
from groundswell.store import Workspace

FILE = "wer,wann,was,daumen\n@ann,2026-01-02,Brot gebacken,12\n@bob,2026-01-03,Kuchen gebacken,4\n"
NAMED = {"wer": "author", "wann": "created_at", "was": "text", "daumen": "likes"}


def test_a_mapping_is_remembered_for_the_same_headers(tmp_path: Path) -> None:
    workspace, path = Workspace.create(tmp_path / "w"), tmp_path / "beitraege.csv"
    path.write_text(FILE, encoding="utf-8")
    with pytest.raises(GroundswellError):
        import_file(workspace, path, constants={"platform": "instagram"})
    first = import_file(workspace, path, mapping=NAMED, layout="posts", constants={"platform": "instagram"})
    assert first.records["post"].new == 2
    path.write_text(FILE.replace("12", "15"), encoding="utf-8")
    again = import_file(workspace, path, constants={"platform": "instagram"})
    assert again.read == 2
    assert any("last time" in note for note in again.notes)
    with workspace.engine() as engine:
        assert engine.rows("SELECT max(likes) FROM posts") == [(15,)]
