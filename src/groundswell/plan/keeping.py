"""Plans that were made, kept in the workspace: the brief as it was planned, and the plan, under the hash of both.

plans/8d0c51f2a6b7.toml    the brief, with budget, locks and prices: `groundswell plan` reads it again
plans/8d0c51f2a6b7.json    the plan
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from groundswell.discover import Brief, brief_toml, read_brief
from groundswell.errors import UnknownNameError, UsageError
from groundswell.plan.model import Plan
from groundswell.store import Workspace

FOLDER = "plans"


def keep(workspace: Workspace, made: Plan) -> Path:
    """Keep a plan, and return the path of its brief."""
    folder = workspace.folder / FOLDER
    folder.mkdir(exist_ok=True)
    _write(folder / f"{made.name}.json", json.dumps(asdict(made), ensure_ascii=False, indent=1, default=_as_text))
    return _write(folder / f"{made.name}.toml", brief_toml(made.brief))


def kept_brief(workspace: Workspace, name: str = "") -> Brief:
    """The brief of a kept plan; the one made last when no name is given.

    Errors: UsageError where none is kept, UnknownNameError for another name.
    """
    found = sorted((workspace.folder / FOLDER).glob("*.toml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    if not found:
        raise UsageError("No plan is kept here yet.", next_step="Make one: groundswell plan brief.toml --budget 5000")
    by_name = {path.stem: path for path in found}
    if name and name not in by_name:
        raise UnknownNameError("plan", name, by_name)
    return replace(read_brief(by_name[name] if name else found[-1]), path="")


def _write(path: Path, text: str) -> Path:
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8", errors="replace")
    part.replace(path)
    return path


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
