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


def test_the_platform_that_was_said_is_remembered_with_the_columns(tmp_path: Path) -> None:
    workspace, path = Workspace.create(tmp_path / "w"), tmp_path / "beitraege.csv"
    path.write_text(FILE, encoding="utf-8")
    import_file(workspace, path, mapping=NAMED, constants={"platform": "IG"})
    for likes in ("15", "16"):  # what is recalled is not forgotten by recalling it
        path.write_text(FILE.replace("12", likes), encoding="utf-8")
        again = import_file(workspace, path)
        assert again.records["post"].changed == 1
        assert any("last time" in note and "instagram" in note for note in again.notes)
    elsewhere = import_file(workspace, path, constants={"platform": "tiktok"})
    assert elsewhere.records["post"].new == 2
    assert not any("instagram" in note for note in elsewhere.notes)


def test_a_column_of_a_sheet_can_be_named_too(tmp_path: Path) -> None:
    workspace, path = Workspace.create(tmp_path / "w"), tmp_path / "sheet.csv"
    path.write_text("Name,Handle,Platform,Followers,Ask per reel\nAnn,@ann,instagram,12K,€250\n", encoding="utf-8")
    import_file(workspace, path, mapping={"Ask per reel": "fee.amount_minor"}, layout="marketer_sheet")
    with workspace.engine() as engine:
        assert engine.rows("SELECT amount_minor, currency FROM fees") == [(25000, "EUR")]


def test_a_hidden_like_count_is_known_to_be_hidden(tmp_path: Path) -> None:
    workspace, path = Workspace.create(tmp_path / "w"), tmp_path / "posts.csv"
    path.write_text("author,date,text,likes\n@ann,2026-01-02,Brot,12\n@ann,2026-01-05,Kuchen,-1\n", encoding="utf-8")
    import_file(workspace, path, constants={"platform": "instagram"})
    with workspace.engine() as engine:
        found = engine.rows("SELECT text, likes, likes_hidden, account FROM posts ORDER BY created_at")
        assert engine.rows("SELECT account, handle FROM accounts") == [("instagram:@ann", "ann")]
    assert found == [("Brot", 12, None, "instagram:@ann"), ("Kuchen", None, True, "instagram:@ann")]
