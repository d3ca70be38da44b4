"""A count that somebody rounded does not take the place of an exact one that it agrees with."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundswell.advocacy import review_sheet
from groundswell.ingest import import_file
from groundswell.records import ROUNDED_TO
from groundswell.sources.files.values import rounded_to
from groundswell.store import Workspace

EXACT = "handle,platform,followers,bio,verified,simulated\nann,instagram,{},bakes,false,true\n"


def brought(folder: Path, files: list[tuple[str, str, int]]) -> Workspace:
    """A workspace with files: name, text, month of the year 2026 in which they were seen."""
    workspace = Workspace.create(folder / "w")
    for name, text, month in files:
        path, seen = folder / name, datetime(2026, month, 1, tzinfo=UTC).timestamp()
        path.write_text(text, encoding="utf-8")
        os.utime(path, (seen, seen))
        import_file(workspace, path)
    return workspace


def followers(workspace: Workspace) -> list[tuple[int, str | None]]:
    with workspace.engine() as engine:
        return engine.rows("SELECT followers, extra['simulated'] FROM accounts ORDER BY handle")


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
@pytest.mark.parametrize(
    ("exact", "typed", "known"),
    [(2134, "2.1K", 2134), (2090, "2.1K", 2090), (2134, "2K", 2134), (2134, "~2000", 2134), (1500, "2.1K", 2100), (2134, "2100", 2100)],
)  # fmt: skip
def test_a_rounded_count_stands_back_only_where_it_agrees(
    tmp_path: Path, exact: int, typed: str, known: int, order: tuple[int, ...]
) -> None:
    files = [
        ("profiles.csv", EXACT.format(exact), 1),
        ("sheet.csv", f"Name,Handle,Platform,Followers,Fee\nAnn,@ann,Instagram,{typed},€90\n", 6),
    ]
    assert followers(brought(tmp_path, [files[at] for at in order])) == [(known, "true")]


def test_a_newer_exact_count_counts_and_a_rounded_one_alone_is_what_is_known(tmp_path: Path) -> None:
    sheet = ("sheet.csv", "Name,Handle,Platform,Followers,Fee\nAnn,@ann,Instagram,2.1K,€90\n", 3)
    workspace = brought(tmp_path, [sheet])
    assert followers(workspace) == [(2100, None)]
    (one,) = review_sheet(workspace).accounts
    assert one.person.followers == 2100
    with workspace.engine() as engine:
        assert engine.rows(f"SELECT extra['{ROUNDED_TO}'] FROM raw_accounts") == [("100",)]


def test_two_rows_of_one_account_are_one_whether_rounded_or_not(tmp_path: Path) -> None:
    text = "Name,Handle,Platform,Followers,Fee\nAnn,@ann,Instagram,2.1K,€90\nAnn,@ann,Instagram,2.1K,€95\nBob,@bob,Instagram,12,€9\n"
    assert followers(brought(tmp_path, [("sheet.csv", text, 3)])) == [(2100, None), (12, None)]


@pytest.mark.parametrize(
    ("word", "step"),
    [
        ("2.1K", 100), ("~2k", 1000), ("22k subs", 1000), ("1.25M", 10_000), ("3,4 Mio", 100_000), ("ca. 1500", 100), ("~2,000", 1000),
        ("2100", None), ("2,100", None), ("2.134k", None), ("ca. 2134", None), ("lots", None), ("0k", None), ("", None),
    ],
)  # fmt: skip
def test_how_finely_somebody_counted_is_read_off_the_word(word: str, step: int | None) -> None:
    assert rounded_to(word) == step
