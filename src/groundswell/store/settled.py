"""The present, settled: one row a key, written down once so that questions need not reconcile it each time. A cache.

    cache/settled/VERSION/posts.parquet accounts.parquet ...    what the views showed when the imports in stamp.json were live

Rows are sorted by whose facts they are. Imports that came later are laid over it: only the keys that they speak of are
reconciled again from the facts. When an import in it was undone, or a handle was linked since, it is not used, and made anew.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from groundswell.store.crash_points import crash_point

FORM = 4
"""How the files are laid out; a state of another form is not read."""
KEPT = 2
"""How many are kept: somebody may still be reading the one before."""


@dataclass(frozen=True)
class Settled:
    """One settled state: its folder and the imports it holds."""

    folder: Path
    live: tuple[int, ...]

    def files(self, table: str) -> list[Path]:
        """The Parquet files of one table. Acts of which it is not known whose posts they concern lie apart: few, and looked at often."""
        parts = [table, "interactions_open"] if table == "interactions" else [table]
        return [self.folder / f"{part}.parquet" for part in parts]

    def several(self, table: str) -> Path:
        """The keys of one table that more than one row speaks of."""
        return self.folder / f"several_{table}.parquet"

    @property
    def open_posts(self) -> Path:
        """The keys of posts that acts concern, and of which it was not known whose they are."""
        return self.folder / "open_posts.parquet"

    @property
    def links(self) -> Path:
        """The provisional ids that were linked in it, with their native ids."""
        return self.folder / "links.parquet"


def latest_settled(cache: Path, live: tuple[int, ...]) -> Settled | None:
    """The settled state that holds most of the live imports and nothing else; None when there is none."""
    found: list[Settled] = []
    for stamp in (cache / "settled").glob("*/stamp.json"):
        said = json.loads(stamp.read_text(encoding="utf-8"))
        held = tuple(said["live"])
        if said.get("form") == FORM and set(held) <= set(live):
            found.append(Settled(stamp.parent, held))
    return max(found, key=lambda one: (len(one.live), one.folder.name), default=None)


def new_folder(cache: Path, version: str) -> Path:
    """An empty folder to write a settled state into; unfinished ones of earlier runs are swept away."""
    folder = cache / "settled" / f"{version}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def finish(folder: Path, live: tuple[int, ...]) -> Settled:
    """Stamp a complete state, and let go of those that are older than the one before."""
    part = folder / "stamp.part"
    part.write_text(json.dumps({"form": FORM, "live": live}), encoding="utf-8")
    crash_point("settled: before stamp")
    part.replace(folder / "stamp.json")
    crash_point("settled: after stamp")
    states = sorted(folder.parent.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in [one for one in states if one != folder][KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)
    return Settled(folder, live)
