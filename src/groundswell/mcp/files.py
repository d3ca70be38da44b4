"""Which files an assistant may have read.

An assistant may have been talked into anything by a text that it read. So a file must lie in a folder that a human named when the
program was started (where links lead is what counts), be an ordinary file, and neither be hidden nor belong to the workspace.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundswell.errors import InputError


def readable(name: str, folders: Sequence[Path], workspace: Path) -> Path:
    """Return the file that is meant, if it may be read.

    Relative names are looked up in each of the folders. InputError says why a file is refused.
    """
    inside = [folder.resolve() for folder in folders]
    wanted = Path(name)
    places = [wanted] if wanted.is_absolute() else [folder / wanted for folder in inside]
    try:
        found = [place.resolve() for place in places]
        allowed = [(place, home) for place in found for home in inside if place.is_relative_to(home)]
        there = [(place, home) for place, home in allowed if place.is_file()]
    except (OSError, ValueError):  # a name with NUL, a loop of links, a name longer than the system takes
        there = allowed = []
    if not allowed:
        raise _refused(f"{name!r} lies outside the folders from which files may be read.", inside)
    if not there:
        raise _refused(f"There is no file {name!r} in the folders from which files may be read.", inside)
    path, home = there[0]
    if any(part.startswith(".") for part in path.relative_to(home).parts):
        raise _refused(f"{name!r} is hidden.", inside)
    if path.is_relative_to(workspace.resolve()):
        raise _refused(f"{name!r} belongs to the workspace itself.", inside)
    return path


def _refused(what: str, folders: Sequence[Path]) -> InputError:
    return InputError(
        what,
        means="It was not read.",
        next_step=f"Put it into {', '.join(map(str, folders))}, or start `groundswell mcp --allow-writes --files FOLDER`.",
    )
