"""Bringing what a fetch kept takes the memory of a few pages, however many were kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.fetched import keep_pages
from benchmarks.measuring import Private, piece

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Private.STATUS.is_file(), reason="only Linux tells what memory is a process's own"),
]
MOST = 200.0
"""MiB of its own; the mapped pages of libraries (some 140 MiB) are shared, and the system can drop them."""


def test_reading_many_pages_stays_in_its_bounds(tmp_path: Path) -> None:
    taken: dict[int, float] = {}
    for items in (3_000, 30_000):
        target = tmp_path / str(items)
        kept = keep_pages(str(target), items)
        measured = piece("replay", workspace=target, fetch=kept["fetch"])
        assert measured["records"]["post"]["new"] > items / 2
        taken[items] = measured["private_mb"]
    assert taken[3_000] > 40  # something was measured
    assert taken[30_000] < MOST, taken
