"""What several commands ask for in the same way: the workspace, JSON or words, pairs, a moment."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundswell.errors import UsageError

if TYPE_CHECKING:
    from groundswell.store import Workspace

Folder = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Folder of the workspace [GROUNDSWELL_WORKSPACE, else ./groundswell-data]."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]


def workspace_at(folder: Path | None, *, create: bool = False) -> Workspace:
    """Open the workspace that is meant, or (`create`) make it."""
    from groundswell.store import Workspace

    chosen = folder_of(folder)
    return Workspace.create(chosen) if create else Workspace.open(chosen)


def folder_of(folder: Path | None) -> Path:
    """Which folder is meant: the option, else the environment, else the current folder's."""
    return folder or Path(os.environ.get("GROUNDSWELL_WORKSPACE") or "groundswell-data")


def pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """Read what was given as NAME=VALUE."""
    found: dict[str, str] = {}
    for one in given or []:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                f"{option} {one!r} is not of the form NAME=VALUE.", next_step=f"For example {option} author=@ann"
            )
        found[name.strip()] = value.strip()
    return found


def moment_of(text: str) -> datetime:
    """Read a date or a moment; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a date.", next_step="Write it as 2026-03-01 or 2026-03-01T12:00:00+00:00."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
