"""A handle stays known where an id stands beside it, under whatever heading the table calls its author by."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundswell.ingest import import_file
from groundswell.sources.files import open_file
from groundswell.store import Workspace


def table(folder: Path, *lines: str) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def handles(path: Path) -> list[tuple[str, str | None]]:
    found = [row for page in open_file(path).pages() for row in page.records["account"].to_pylist()]
    return list(dict.fromkeys((row["account"], row.get("handle")) for row in found))


@pytest.mark.parametrize("heading", ["author", "user", "account", "profile", "owner", "username", "screen_name"])
def test_posts_with_an_id_and_a_handle_give_both(tmp_path: Path, heading: str) -> None:
    path = table(tmp_path, f"post_id,author_id,{heading},platform,created_at,text", "1,100,@Mono,x,2026-01-01,hi")
    assert handles(path) == [("twitter:100", "mono")]


def test_accounts_with_an_id_and_a_handle_give_both(tmp_path: Path) -> None:
    path = table(tmp_path, "user_id,user,platform,followers", "9001,@accuser,x,500")
    assert handles(path) == [("twitter:9001", "accuser")]


def test_a_row_without_the_id_is_of_the_same_person(tmp_path: Path) -> None:
    rows = ("1,100,@mono,x,2026-01-01,hi there", "2,,@mono,x,2026-01-02,hi you")
    workspace = Workspace.create(tmp_path / "w")
    import_file(workspace, table(tmp_path, "post_id,author_id,author,platform,created_at,text", *rows))
    with workspace.engine() as engine:
        assert engine.rows("SELECT account, handle FROM accounts") == [("twitter:100", "mono")]
        assert engine.rows("SELECT DISTINCT account FROM posts") == [("twitter:100",)]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("jane.d", "bob", ["jane.d", "bob"]),
        ("https://x.com/jane", "@bob", ["jane", "bob"]),
        ("Jane Doe", "Bob", [None, None]),  # names: of one word among them nobody can say that it is a handle
        ("100", "101", [None, None]),
    ],
)
def test_without_an_at_sign_a_column_of_handles_is_told_from_one_of_names(
    tmp_path: Path, first: str, second: str, expected: list[str | None]
) -> None:
    rows = (f"1,100,{first},x,2026-01-01,hi", f"2,101,{second},x,2026-01-01,ho")
    path = table(tmp_path, "post_id,author_id,author,platform,created_at,text", *rows)
    assert [handle for _, handle in handles(path)] == expected
