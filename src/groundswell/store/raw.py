"""Raw pages: what a network answered, and lists of people as they came, byte for byte, compressed, under the hash of the content.

    raw/ab/abcdef....zst

A page is on the disk before anything refers to it, and is let go of after nothing does any more. So a crash leaves at most a page
that nobody refers to, which a later purge takes away. Between the two another process may be about to refer to it: so what was
written or wanted again in the last hour is nobody's stray, and nothing leaves that was wanted again since it was looked at.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from groundswell.errors import UnreadableFileError
from groundswell.store.crash_points import crash_point

STRAY_AFTER = 3_600.0
"""Seconds after which a page that nobody refers to was left behind: a fetch refers to one at once (design choice)."""

LEAVES = 0
"""When a page that is to go was wanted the last time."""


class Raw:
    """The folder of raw pages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, body: bytes) -> str:
        """Write a page if it is not there, and return its hash. It is on the disk when this returns."""
        name = hashlib.sha256(body).hexdigest()
        path = self._path(name)
        if _touched(path):
            return name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{name}.{os.getpid()}.part")
        crash_point("before a raw page")
        with part.open("wb") as file:
            file.write(pa.compress(body, codec="zstd", asbytes=True))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        crash_point("after a raw page")
        return name

    def has(self, name: str) -> bool:
        """Whether the page is there."""
        return bool(name) and self._path(name).is_file()

    def read(self, name: str) -> bytes:
        """A page; UnreadableFileError when it is not what was written."""
        path = self._path(name)
        try:
            with pa.input_stream(str(path), compression="zstd") as stream:
                body: bytes = stream.read()
        except (OSError, pa.ArrowInvalid) as error:
            raise UnreadableFileError(f"The raw page {name[:12]} cannot be read ({error}).") from error
        if hashlib.sha256(body).hexdigest() != name:
            raise UnreadableFileError(f"The raw page {name[:12]} is not what was written.")
        return body

    def there(self) -> dict[str, int]:
        """Every page that is there -> when it was written or wanted again the last time, in nanoseconds."""
        return {path.stem: moment for path in self.folder.glob("*/*.zst") if (moment := _moment(path)) is not None}

    def leave(self, name: str, moment: int) -> None:
        """Say of a page that it is to go, unless it was wanted again after the moment at which it was seen: then it is a stray at once."""
        path = self._path(name)
        if _moment(path) == moment:
            os.utime(path, ns=(LEAVES, LEAVES))

    def forget(self, name: str) -> None:
        """Take a page that is to go off the disk, unless it was wanted again."""
        path = self._path(name)
        if _moment(path) == LEAVES:
            path.unlink(missing_ok=True)

    def stray(self, there: Mapping[str, int], known: Collection[str]) -> Iterator[str]:
        """Of the pages that are there, those that nobody referred to for an hour. `known` is to be read after what is there."""
        until = _long_ago()
        yield from sorted(name for name, moment in there.items() if name not in known and moment < until)

    def sweep(self) -> None:
        """Take away what was being written when a process was killed."""
        until = _long_ago()
        for path in self.folder.glob("*/*.part"):
            if (moment := _moment(path)) is not None and moment < until:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / f"{name}.zst"


def _touched(path: Path) -> bool:
    """Say of a page that it is wanted again, if it is there."""
    try:
        os.utime(path, ns=(now := time.time_ns(), now))
    except FileNotFoundError:
        return False
    return True


def _moment(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _long_ago() -> int:
    return time.time_ns() - int(STRAY_AFTER * 1e9)
