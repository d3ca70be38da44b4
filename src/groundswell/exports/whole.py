"""A file appears whole or not at all.

What is written goes into a hidden neighbour of the file first and takes its name only when it is complete and on the disk, so
that a crash, a full disk or a locked spreadsheet leaves the earlier file as it was.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from groundswell.errors import DiskFullError, WorkspaceError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def whole_file(path: Path) -> Generator[BinaryIO]:
    """Yield a binary file that becomes `path` when the block ends well; folders on the way are made.

    Raises DiskFullError when there is no space left, WorkspaceError for every other refusal of the system.
    """
    part = path.parent / f".groundswell-{secrets.token_hex(6)}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path.resolve())  # a symbolic link stays one
    except OSError as error:
        raise refused(path, error) from error
    finally:
        with_no_trace(part)


def with_no_trace(part: Path) -> None:
    """Remove what is left of an unfinished file; a disk that refuses even this is not the user's first worry."""
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return


def refused(path: Path, error: OSError) -> WorkspaceError:
    """Say what the system's refusal to write `path` means."""
    kept = "Nothing was written; an earlier file of that name is untouched."
    if error.errno in _FULL:
        return DiskFullError(
            f"No space left to write {path}.", means=kept, next_step="Free some space, or write to another disk."
        )
    if isinstance(error, PermissionError):
        step = "Close it if it is open in another program, or choose another folder."
        return WorkspaceError(f"{path} may not be written.", means=kept, next_step=step)
    if path.is_dir():
        return WorkspaceError(f"{path} is a folder.", means=kept, next_step="Name a file, as in shortlist.xlsx.")
    reason = error.strerror or str(error)
    return WorkspaceError(
        f"{path} could not be written: {reason}.", means=kept, next_step="Choose another name or folder."
    )
