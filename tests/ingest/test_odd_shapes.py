"""Files of an odd shape: very wide, broken off, and again with nearly every number changed."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

from groundswell.ingest import import_file
from groundswell.store import Counts, Workspace

HEADER = "platform,id,author_handle,text,created_at,likes"


def row(number: int, likes: int = 5) -> str:
    return f"instagram,{3 * 10**18 + number},ann,oat {number * 7919 % 10007},2026-01-02T03:04:05Z,{likes}"


def test_a_table_of_ten_thousand_columns_takes_seconds(tmp_path: Path) -> None:
    wide = tmp_path / "wide.csv"
    more = ",".join(f"c{number}" for number in range(10_000))
    cells = ",".join("x" * 10_000)
    wide.write_text(f"{HEADER},{more}\n" + "".join(f"{row(number)},{cells}\n" for number in range(3)))
    start = time.process_time()
    report = import_file(Workspace.create(tmp_path / "w"), wide, dry_run=True)
    assert report.read == 3
    assert time.process_time() - start < 15  # columns looked up one by one took 49 s


def test_a_file_that_breaks_off_is_not_said_to_lose_columns(tmp_path: Path) -> None:
    torn = tmp_path / "torn.csv.gz"
    text = "\n".join([HEADER, *(row(number) for number in range(20_000))])
    torn.write_bytes(gzip.compress(text.encode())[:-5000])
    report = import_file(Workspace.create(tmp_path / "w"), torn, dry_run=True)
    assert report.set_aside == 2
    assert report.read > 100
    assert not [note for note in report.notes if "not kept" in note]


def test_a_file_of_changed_counts_is_counted_as_changed(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    for name, likes in (("first", 5), ("second", 6)):
        rows = (row(number, likes if number % 10 else 5) for number in range(1000))
        (tmp_path / f"{name}.csv").write_text("\n".join([HEADER, *rows]))
        report = import_file(workspace, tmp_path / f"{name}.csv")
    assert report.records["post"] == Counts(new=0, same=100, changed=900)
