"""Reading a tar from front to back with `tarfile`, which keeps in memory whatever a header claims to be.

A long name (types L and K) or a list of notes (x, g and X, the PAX headers) may claim any size, and a sparse file may go on listing its
pieces. So a block that claims too much is passed over as if it were a file of unknown kind, before `tarfile` looks into it, and
what is read between one file and the next has an end. It happens in memory that is bounded, whatever the archive says.
"""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Callable
from typing import Self, TypeVar

from groundswell.sources.files.blobs import PIECE, Readable, read_up_to

T = TypeVar("T")
KIB = 1 << 10
BLOCK_LIMIT = 64 * KIB
"""Bytes of one long name, or of the notes on one file. Linux allows paths of 4 KiB, and labels of 64 KiB (xattr(7))."""
BETWEEN_LIMIT = 6 * BLOCK_LIMIT
"""Bytes of all headers of one file: its name, what it links to, its notes, those for all files."""
GLOBAL_LIMIT = 1_000
"""Notes on all files that are remembered; where there are more, those are forgotten."""
OVERSIZED = b"?"
"""The type that is given to a block that claims too much: `tarfile` knows none of that name and passes over it."""
NAMING = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)


class TooLongError(tarfile.TarError):
    """The headers of one file have no end that is near."""


class BoundedInfo(tarfile.TarInfo):
    """A header, changed to one of unknown kind where it claims what no honest one does."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read a header; see the module."""
        found = super().frombuf(buf, encoding, errors)
        if found.size < 0 or (found.type in NAMING and found.size > BLOCK_LIMIT):
            found.type = OVERSIZED
            found.size = max(found.size, 0)
        return found


class Forward:
    """Bytes that are read once, in the shape of a file that `tarfile` can go forward in."""

    def __init__(self, reader: Readable) -> None:
        self.reader, self.at = reader, 0
        self.left = BETWEEN_LIMIT
        """How much may be read before the next file is reached."""
        self.last = b""
        """The header that was read last."""

    def read(self, size: int) -> bytes:
        """Return `size` bytes, or what is left; TooLongError where that is more than may be read at once."""
        if not 0 <= size <= self.left:
            raise TooLongError("too long")
        self.left -= size
        found = read_up_to(self.reader, size)
        self.at += len(found)
        if size == tarfile.BLOCKSIZE:
            self.last = found
        return found

    def seek(self, place: int) -> int:
        """Go forward to a place, or to the end where that comes first."""
        if place < self.at:
            raise tarfile.StreamError("what was read is not there any more")
        while self.at < place and (piece := self.reader.read(min(PIECE, place - self.at))):
            self.at += len(piece)
        return self.at

    def tell(self) -> int:
        """Where reading stands."""
        return self.at

    def seekable(self) -> bool:
        """Forward, yes."""
        return True

    def write(self, _data: bytes) -> int:
        """Nothing is written to an archive that is read."""
        raise NotImplementedError

    def close(self) -> None:
        """Whoever opened the bytes closes them."""


class _Passing(tarfile.TarFile):
    """A tar that is gone through once; what it keeps has a name here."""

    members: list[tarfile.TarInfo]


class Headers:
    """The entries of a tar, one after the other."""

    def __init__(self, reader: Readable) -> None:
        self.forward = Forward(reader)
        self.source = _bounded(
            lambda: _Passing(
                fileobj=self.forward, tarinfo=BoundedInfo, errorlevel=1, encoding="utf-8", errors="surrogateescape"
            )
        )

    def following(self) -> tarfile.TarInfo | None:
        """The next entry; None at the end. TarError and ValueError where there is none that can be read."""
        self.forward.left = BETWEEN_LIMIT
        entry = _bounded(self.source.next)
        self.source.members = []  # it keeps every entry it has seen, with its notes
        if len(self.source.pax_headers) > GLOBAL_LIMIT:
            self.source.pax_headers = {}
        self.forward.left = sys.maxsize
        return entry

    @property
    def ended(self) -> bool:
        """Whether the last header that was read is an end: empty blocks, or nothing."""
        return not self.forward.last.strip(b"\0")


def _bounded(read: Callable[[], T]) -> T:
    """Read on; `tarfile` goes one deeper with each header before a file."""
    try:
        return read()
    except (RecursionError, KeyError, IndexError) as error:
        raise TooLongError("headers that say nothing") from error
