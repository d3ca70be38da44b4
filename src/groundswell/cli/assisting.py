"""The command that an assistant's program starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groundswell.cli.asking import Folder, workspace_at


def mcp(
    allow_writes: Annotated[bool, typer.Option("--allow-writes", help="It may also bring files in.")] = False,
    files: Annotated[
        list[Path] | None, typer.Option(help="Folder from which it may have files read [the current folder].")
    ] = None,
    workspace: Folder = None,
) -> None:
    """Answer an assistant (Model Context Protocol): its program starts this and talks over stdin and stdout. Reads only.

    Example: groundswell mcp --workspace groundswell-data
    """
    from groundswell.mcp import serve

    serve(workspace_at(workspace, create=allow_writes), allow_writes=allow_writes, folders=files or ())
