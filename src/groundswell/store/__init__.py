"""The workspace: one folder that holds facts, state and caches, and the one way to read and write them.

    workspace/
      groundswell.db    state: imports, remembered mappings, contests (SQLite, WAL)
      raw/              pages of live sources as they came, by hash of content
      facts/            append-only Delta tables, one a record kind
      definitions/ ...  the user's own meanings, tiers and benchmarks (plain TOML)
      cache/            signals, findings, text index: deletable, rebuilt when missing
      fits/             what was fitted on the whole corpus (topics, panel), versioned

Every fact row carries the import that brought it. The row in `imports` is the one commit point: readers see only rows of live
imports, so a crash loses and doubles nothing and undo flips a flag. Backup is a copy of the folder.
"""

from __future__ import annotations

from groundswell.store.engine import Engine
from groundswell.store.facts import FACT_COLUMNS, Facts
from groundswell.store.leaving import anybody_gone
from groundswell.store.made_up import made_up_among, real_beside_made_up
from groundswell.store.purging import Purged, purge
from groundswell.store.state import RAW, Import, State
from groundswell.store.sweeping import Swept, sweep, unfinished
from groundswell.store.workspace import Counts, Staging, Workspace

__all__ = [
    "FACT_COLUMNS", "RAW", "Counts", "Engine", "Facts", "Import", "Purged", "Staging", "State", "Swept", "Workspace", "anybody_gone", "made_up_among", "purge", "real_beside_made_up", "sweep", "unfinished",
]  # fmt: skip
