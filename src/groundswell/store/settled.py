"""The present, settled: one row a key, written down once so that questions need not reconcile it each time. A cache.

    cache/settled/VERSION/            what the views showed when the imports in its stamp.json were live
        accounts.parquet ...          one row a key, sorted by whose facts they are; `content` unknown where several rows were reconciled
        posts.0000.parquet ...        posts in parts, so that one person is read from one of them, however many there are
        several_posts.parquet ...     the keys of those
        interactions_open.parquet     acts of which it was not known whose posts they concern; the others are in interactions.parquet
        over-VERSION/                 the same with imports that came later, which are live in its own stamp.json
            posts.parquet ...         rows that are new or say something else now
            keys_posts.parquet ...    keys whose settled rows these replace

What lies over it is small, and written anew at each import; when it has grown large, everything is settled again. Neither is used
when an import in it was undone, or when a handle that it speaks of was linked to another id since.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from groundswell.store.crash_points import crash_point

FORM = 7
"""How the files are laid out; a state of another form is not read."""
KEPT = 2
"""How many are kept: somebody may still be reading the one before."""
ABANDONED_SECONDS = 86_400


@dataclass(frozen=True)
class Settled:
    """One settled state: its folder and the imports it holds, and perhaps what lies over it."""

    folder: Path
    live: tuple[int, ...]
    over: Path | None = None
    counts_replaced: Mapping[str, int] = field(default_factory=dict[str, int])
    firsts: Sequence[str] = ()
    """The account with which each part of the posts begins, after the first."""

    def files(self, table: str) -> list[Path]:
        """The Parquet files of one table. Acts that are open lie apart: few, and looked at often."""
        if table == "posts":
            return sorted(self.folder.glob("posts.*.parquet"))
        parts = [table, "interactions_open"] if table == "interactions" else [table]
        return [self.folder / f"{part}.parquet" for part in parts]

    def files_near(self, table: str, account: str) -> list[Path]:
        """Those of the files that can hold rows of one account."""
        files = self.files(table)
        if table != "posts" or len(files) != len(self.firsts) + 1:
            return files
        return files[bisect_left(self.firsts, account) : bisect_right(self.firsts, account) + 1]

    def several(self, table: str) -> Path:
        """The keys of one table of which more than one row speaks."""
        return self.folder / f"several_{table}.parquet"

    @property
    def links(self) -> Path:
        """The provisional ids that were linked in it, with their native ids."""
        return (self.over or self.folder) / "links.parquet"

    def rows_over(self, table: str) -> Path:
        """What later imports added to a table or changed in it."""
        return (self.over or self.folder) / f"{table}.parquet"

    def keys_over(self, table: str) -> Path:
        """The keys that these rows replace."""
        return (self.over or self.folder) / f"keys_{table}.parquet"

    def replaced(self, table: str) -> int:
        """How many settled rows of a table are replaced."""
        return self.counts_replaced.get(table, 0)


def latest_settled(cache: Path, live: tuple[int, ...]) -> Settled | None:
    """The settled state that holds most of the live imports and nothing else; None when there is none."""
    found: list[Settled] = []
    for stamp in (cache / "settled").glob("*/stamp.json"):
        said = json.loads(stamp.read_text(encoding="utf-8"))
        held = tuple(said["live"])
        if said.get("form") == FORM and set(held) <= set(live):
            found.append(Settled(stamp.parent, held, firsts=tuple(said["firsts"])))
    return max(found, key=lambda one: (len(one.live), one.folder.name), default=None)


def with_later(settled: Settled, live: tuple[int, ...]) -> Settled | None:
    """The same with what lies over it, so that it holds just the live imports; None when that was not written."""
    if set(settled.live) == set(live):
        return settled
    for stamp in settled.folder.glob("over-*/stamp.json"):
        said = json.loads(stamp.read_text(encoding="utf-8"))
        if set(said["live"]) == set(live):
            return replace(settled, live=tuple(live), over=stamp.parent, counts_replaced=said["replaced"])
    return None


def new_folder(parent: Path, name: str) -> Path:
    """An empty folder to write into, under a name that no other process writes to."""
    folder = parent / f"{name}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def finish(
    folder: Path,
    live: tuple[int, ...],
    *,
    replaced: Mapping[str, int] | None = None,
    firsts: Sequence[str] = (),
) -> None:
    """Stamp a complete state, and let go of those of its kind that are older than the one before."""
    part = folder / "stamp.part"
    part.write_text(
        json.dumps({"form": FORM, "live": live, "replaced": replaced or {}, "firsts": firsts}), encoding="utf-8"
    )
    crash_point("settled: before stamp")
    part.replace(folder / "stamp.json")
    crash_point("settled: after stamp")
    over = folder.name.startswith("over-")
    kind = [one for one in folder.parent.iterdir() if one.is_dir() and one.name.startswith("over-") == over]
    for old in sorted((one for one in kind if one != folder), key=lambda one: one.stat().st_mtime)[: 1 - KEPT or None]:
        # Without a stamp it may be being written by another process; one that was killed leaves it for a day.
        if (old / "stamp.json").is_file() or time.time() - old.stat().st_mtime > ABANDONED_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
