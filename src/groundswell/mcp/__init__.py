"""The door for assistants: the same questions and the same numbers, asked by a program that reads text (Model Context Protocol).

    groundswell mcp                  reads only; the assistant's program starts it and talks to it over stdin and stdout
    groundswell mcp --allow-writes   may also bring files in, from the current folder or from `--files FOLDER`

    tools      what can be asked: every question of `groundswell.api.questions` that is of use here, and `import`
    files      which files an assistant may have read: in the folders that were named, and nowhere else
    server     the protocol: tools listed, called, answered; errors in the words of the library

An assistant reads what strangers wrote, and a bio may hold "ignore your instructions". So nothing of theirs enters a sentence of
the server's own: it stays in fields, the answer names those fields, and the instructions say that they are data.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundswell.errors import UsageError
from groundswell.store import Workspace

__all__ = ["serve"]


def serve(workspace: Workspace, *, allow_writes: bool = False, folders: Sequence[Path] = ()) -> None:
    """Answer an assistant over stdin and stdout until it hangs up. `folders` are those it may have files read from.

    Errors: UsageError when the package for the protocol is not installed.
    """
    try:
        from groundswell.mcp.server import run
    except ImportError as error:
        raise UsageError(
            "The door for assistants needs a package that is not installed.",
            next_step="Install it with: pip install 'groundswell[mcp]'",
        ) from error
    run(workspace, allow_writes=allow_writes, folders=folders)
