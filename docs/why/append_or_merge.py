"""What it costs to bring a thousand posts into a table of a million: appending them, or merging them in.

python docs/why/append_or_merge.py
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

ROWS, UPDATE = 1_000_000, 1_000


def posts(ids: np.ndarray, likes: int) -> pa.Table:
    """A table of posts with a text of 80 characters each."""
    texts = pa.array([f"{number:>80}" for number in ids.tolist()])
    return pa.table({"post": ids, "account": ids // 50, "text": texts, "likes": np.full(len(ids), likes)})


def timed(what: str, folder: str, work: Callable[[], object]) -> None:
    """Run it and print the seconds, the bytes of new files, and the peak of memory so far."""
    before = size(folder)
    start = time.perf_counter()
    work()
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(
        f"{what:<24}{time.perf_counter() - start:6.2f} s  {(size(folder) - before) / (1 << 20):6.2f} MiB written, "
        f"peak {peak:,.0f} MiB"
    )


def size(folder: str) -> int:
    """Bytes of a folder; files that a merge replaced still lie there."""
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def main() -> None:
    """Append, append again, merge."""
    everything = posts(np.arange(ROWS), 1)
    update = posts(np.arange(0, ROWS, ROWS // UPDATE), 2)
    with tempfile.TemporaryDirectory() as folder:
        timed(f"append {ROWS:,} rows", folder, lambda: write_deltalake(folder, everything))
        timed(f"append {UPDATE:,} rows", folder, lambda: write_deltalake(folder, update, mode="append"))
    with tempfile.TemporaryDirectory() as folder:
        write_deltalake(folder, everything)
        merge = DeltaTable(folder).merge(update, predicate="t.post = s.post", source_alias="s", target_alias="t")
        timed(
            f"merge {UPDATE:,} rows",
            folder,
            lambda: merge.when_matched_update_all().when_not_matched_insert_all().execute(),
        )


if __name__ == "__main__":
    main()
