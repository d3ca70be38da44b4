"""Bytes that can be opened again: a file, what is inside a gzip, one member of an archive.

A table is read at least twice (once to recognise it, once for its rows), so what is handed round is not an open file but a
`Blob`, which opens as often as it is asked. Whoever reads it learns how far it is in the bytes the user sees, for progress.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol, Self

from groundswell.errors import UnreadableFileError

MIB = 1 << 20
GZIP_LIMIT = 8192 * MIB
"""Unpacked bytes of a gzip: a large honest table passes, an endless stream does not (house rule)."""
GZIP_GRACE = 64 * MIB
"""The ratio is judged only after this much: short files of equal lines compress extremely well."""
RATIO_LIMIT = 200
"""Unpacked : packed. Tables of text reach 5 to 50; deflate's own ceiling is 1,032 (zlib, Gailly & Adler)."""
SPOOL_LIMIT = 512 * MIB
PIECE = 1 * MIB


class Readable(Protocol):
    """Whatever gives bytes when asked."""

    def read(self, size: int) -> bytes:
        """Return some bytes, about `size`, or b"" at the end."""
        ...


class Reader:
    """An open file, or an archive member, which looks like one. `done` counts bytes as the user's disk holds them."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self.file, self.name, self.done = file, name, 0

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; a damaged archive member becomes an UnreadableFileError."""
        try:
            data = self.file.read(size)
        except (OSError, EOFError, zlib.error, ValueError, NotImplementedError, RuntimeError) as error:
            raise damaged(self.name, error) from error
        except Exception as error:  # zipfile.BadZipFile derives from Exception only
            raise damaged(self.name, error) from error
        self.done += len(data)
        return data

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class GzipReader(Reader):
    """Unpacks a gzip piece by piece, so that a stream that breaks off still gives what came before the break."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__(file, name)
        self.unpacker = zlib.decompressobj(wbits=31)
        self.waiting = b""
        self.unpacked = 0
        self.broken = ""
        """Why the stream ended before its end, if it did."""

    def read(self, size: int) -> bytes:
        """Return up to `size` unpacked bytes."""
        while not self.broken:
            if not self.waiting:
                self.waiting = super().read(PIECE)
                if not self.waiting:
                    self.broken = (
                        "" if self.unpacker.eof or not self.done else "the gzip file breaks off before its end"
                    )
                    return b""
            if self.unpacker.eof and not self._next_part():
                return b""
            data = self._unpack(size)
            if data:
                return data
        return b""

    def _next_part(self) -> bool:
        """Gzip files may be strung together; zeros after the last one are padding."""
        self.waiting = self.waiting.lstrip(b"\0")
        if self.waiting[:1] != b"\x1f":
            self.waiting = b""
            return False
        self.unpacker = zlib.decompressobj(wbits=31)
        return True

    def _unpack(self, size: int) -> bytes:
        try:
            data = self.unpacker.decompress(self.waiting, size)
        except zlib.error as error:
            raise damaged(self.name, error) from error
        self.waiting = self.unpacker.unused_data if self.unpacker.eof else self.unpacker.unconsumed_tail
        self.unpacked += len(data)
        packed = self.done - len(self.waiting)
        if self.unpacked > GZIP_LIMIT or (self.unpacked > GZIP_GRACE and self.unpacked > RATIO_LIMIT * packed):
            raise UnreadableFileError(
                f"{self.name} unpacks to more than {self.unpacked // MIB} MiB from {max(packed // 1024, 1)} KiB.",
                means="A compressed file of that shape is either a bomb or not worth its packing; reading it was stopped.",
                next_step="If you trust it, unpack it yourself and import the unpacked file.",
            )
        return data


@dataclass(frozen=True)
class Blob:
    """Bytes with a name. `opener` opens them from the start, every time."""

    name: str
    """For messages: the file, and the member of an archive after a `#`."""
    member: str
    """Name within the archive; empty for a plain file."""
    size: int
    """Bytes by which progress is measured."""
    modified_at: datetime
    opener: Callable[[], Reader]
    path: Path | None = None
    """Where it lies, when it is a plain file."""

    @property
    def extension(self) -> str:
        """Last part of the name, lower case and without the dot; that of the unpacked file for `x.csv.gz`."""
        name = (self.member or self.name).lower().removesuffix(".gz")
        return name.rpartition(".")[2] if "." in name else ""

    def head(self, size: int) -> bytes:
        """Return the first `size` bytes (fewer when there are fewer)."""
        with self.opener() as reader:
            return read_up_to(reader, size)

    def seekable(self) -> IO[bytes]:
        """Return a file that can jump, for formats whose table of contents is at their end."""
        if self.path is not None:
            return self.path.open("rb")
        spool = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
        with self.opener() as reader:
            for piece in iter(lambda: reader.read(PIECE), b""):
                if spool.tell() > SPOOL_LIMIT:
                    spool.close()
                    raise too_large(self.name)
                spool.write(piece)
        spool.seek(0)
        return spool


def file_blob(path: Path) -> Blob:
    """Wrap a file of the disk; UnreadableFileError when it cannot be opened at all."""
    try:
        facts = path.stat()
        with path.open("rb"):
            pass
    except OSError as error:
        raise UnreadableFileError(
            f"{path} cannot be opened: {error.strerror or error}.",
            next_step="Check the name and the rights of the file.",
        ) from error
    modified = datetime.fromtimestamp(facts.st_mtime, UTC)
    return Blob(path.name, "", facts.st_size, modified, lambda: Reader(path.open("rb"), path.name), path)


def gzip_blob(packed: Blob) -> Blob:
    """Wrap the inside of a gzip file; progress stays in packed bytes."""
    path = packed.path
    if path is None:
        raise nested(packed.name)
    return Blob(packed.name, "", packed.size, packed.modified_at, lambda: GzipReader(path.open("rb"), packed.name))


def read_up_to(reader: Readable, size: int) -> bytes:
    """Read until `size` bytes are there or the end is reached."""
    pieces: list[bytes] = []
    while size > 0 and (piece := reader.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def damaged(name: str, error: Exception) -> UnreadableFileError:
    """Say that packed bytes do not unpack."""
    return UnreadableFileError(
        f"{name} is damaged: {error or type(error).__name__}.",
        means="What is packed inside does not unpack to what was promised.",
        next_step="Download or export the file again.",
    )


def nested(name: str) -> UnreadableFileError:
    """Say that an archive lies within an archive."""
    return UnreadableFileError(
        f"{name} is an archive within an archive.",
        means="Archives are opened one level deep.",
        next_step="Unpack the outer archive and import what is in it.",
    )


def too_large(name: str) -> UnreadableFileError:
    """Say that an archive holds more than is read from archives."""
    return UnreadableFileError(
        f"{name} unpacks to more than {SPOOL_LIMIT // MIB} MiB.",
        means="That much is not unpacked on behalf of an archive.",
        next_step="If you trust it, unpack it yourself and import the unpacked file.",
    )
