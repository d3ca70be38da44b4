"""Runs one act again and again, each time killed at the next crash point, until it survives. Started as a process of its own.

    python forking.py PLAN.json

It imports what is heavy once, starts no thread, and forks a child for every life; so a life costs what the act costs.
For each point: the act is killed there; the view is noted; the act is run again; the view is noted again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import duckdb  # noqa: F401
import numpy  # noqa: F401
import openpyxl  # noqa: F401
import pyarrow.csv
import pyarrow.parquet  # noqa: F401
import sklearn.decomposition
import sklearn.feature_extraction.text  # noqa: F401
import tantivy  # noqa: F401
from deltalake import DeltaTable, WriterProperties, write_deltalake  # noqa: F401

import groundswell.sources.files  # noqa: F401
from groundswell.ingest import import_file
from groundswell.records import RECORDS
from groundswell.signals import signal_table
from groundswell.signals.findings import tell_language
from groundswell.signals.kinship import read_texts
from groundswell.store import Workspace, sweep

KILLED = 9


def act(plan: dict[str, Any], workspace: Workspace) -> None:
    """What is tried: an import, an undo, a sweep, or the making of everything that is kept."""
    if plan["act"] == "import":
        import_file(workspace, Path(plan["file"]))
    elif plan["act"] == "undo" and workspace.state.import_by_id(plan["id"]).state == "live":
        workspace.undo(plan["id"])
    elif plan["act"] == "sweep":
        sweep(workspace)
    elif plan["act"] == "signals":
        read_texts(workspace, signal_table(workspace)).in_sector(["bread"])


def view(workspace: Workspace, *, whole: bool = True) -> dict[str, str]:
    """What a question could read, hashed table by table, without which import brought it and whether one row alone says it.

    `whole`: also what is made of the facts and kept, which takes longer.
    """
    seen: dict[str, str] = {}
    with workspace.engine() as engine:
        names = [record.table for record in RECORDS.values()] + ["account_history", "post_history", "links"]
        for name in names:
            table = engine.table(f"SELECT * FROM {name}")
            kept = [column for column in table.column_names if column not in ("import_id", "content")]
            seen[name] = _hashed(table.select(kept).to_pylist())
    if whole:
        table = signal_table(workspace)
        seen["signals"] = _hashed(table.rows.to_pylist())
        shares, _ = read_texts(workspace, table).in_sector(["bread"])
        seen["text index"] = _hashed([shares.hits.tolist(), shares.texts.tolist(), shares.last_day.tolist()])
    return seen


def warm(scratch: Path) -> None:
    """Load what is otherwise loaded in every life: the migrations, the language model. Neither starts a thread."""
    Workspace.create(scratch)
    tell_language("Enough letters to make it look at what language this is.")


def _hashed(rows: list[Any]) -> str:
    ordered = sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)
    return f"{len(rows)} rows, {hashlib.blake2b(chr(10).join(ordered).encode(), digest_size=8).hexdigest()}"


def lives(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The view before, then one entry a crash point, the last for the life that survived."""
    Workspace.settle_from = plan["settle_from"]
    found: list[dict[str, Any]] = [_first_look(plan)]
    for number in range(1, 60):
        folder = Path(plan["scratch"]) / f"life-{number}"
        shutil.copytree(plan["before"], folder)
        trace = folder.with_suffix(".trace")
        status = forked(lambda folder=folder: act(plan, Workspace.open(folder)), None, number, trace)
        told = folder.with_suffix(".json")
        point = trace.read_text().splitlines()[-1]
        failed = forked(lambda folder=folder, point=point: _looks(plan, folder, point), told)
        seen = json.loads(told.read_text()) if told.exists() else {}
        found.append({"point": point, "status": status, "failed": failed} | seen)
        shutil.rmtree(folder)
        if status != KILLED:
            return found
    return found


def _first_look(plan: dict[str, Any]) -> dict[str, Any]:
    folder = Path(plan["scratch"]) / "look"
    shutil.copytree(plan["before"], folder)
    told = folder.with_suffix(".json")
    failed = forked(lambda: view(Workspace.open(folder)), told)
    return {"failed": failed, "seen": json.loads(told.read_text()) if told.exists() else {}}


def _looks(plan: dict[str, Any], folder: Path, point: str) -> dict[str, Any]:
    workspace = Workspace.open(folder)
    if plan["act"] == "signals":
        first = view(workspace)
        return {"seen": first, "seen_again": first}  # to look at them is to make them again
    first = view(workspace, whole="commit" in point)
    act(plan, workspace)
    again = view(workspace, whole="commit" in point)
    return {"seen": first, "seen_again": again, "left": sweep(workspace, dry_run=True).bytes}


def forked(work: Any, told: Path | None, crash_at: int = 0, trace: Path | None = None) -> int:
    """Run in a child and return the signal or exit code it ended with; what it returns is written to `told`."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return (
            os.WTERMSIG(status)
            if os.WIFSIGNALED(status)
            else os.WEXITSTATUS(status) + 1000 * bool(os.WEXITSTATUS(status))
        )
    try:
        if crash_at:
            os.environ |= {"GROUNDSWELL_CRASH_AT": str(crash_at), "GROUNDSWELL_CRASH_TRACE": str(trace)}
        result = work()
        if told:
            told.write_text(json.dumps(result))
        os._exit(0)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    plans = json.loads(Path(sys.argv[1]).read_text())
    warm(Path(sys.argv[1]).with_suffix(".warm"))
    Path(sys.argv[2]).write_text(json.dumps({plan["name"]: lives(plan) for plan in plans}))
