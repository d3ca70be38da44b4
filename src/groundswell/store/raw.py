"""Raw pages: what a network answered, and lists of people as they came, byte for byte, compressed, under the hash of the content.

    raw/ab/abcdef....zst

A page is on the disk before anything refers to it, and is let go of after nothing does any more. So a crash leaves at most a page
that nobody refers to, which the next purge takes away.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa

from groundswell.errors import UnreadableFileError
from groundswell.store.crash_points import crash_point


class Raw:
    """The folder of raw pages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, body: bytes) -> str:
        """Write a page if it is not there, and return its hash. It is on the disk when this returns."""
        name = hashlib.sha256(body).hexdigest()
        path = self._path(name)
        if path.is_file():
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

    def forget(self, name: str) -> int:
        """Take a page off the disk; return how many bytes that frees."""
        path = self._path(name)
        size = path.stat().st_size if path.is_file() else 0
        path.unlink(missing_ok=True)
        return size

    def stray(self, known: Collection[str]) -> Iterator[str]:
        """Pages that nobody refers to, and what was being written when a process was killed."""
        for path in sorted(self.folder.glob("*/*")):
            if path.suffix == ".part":
                path.unlink(missing_ok=True)
            elif path.stem not in known:
                yield path.stem

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / f"{name}.zst"
