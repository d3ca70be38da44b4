"""Tar archives, as Mastodon and many servers hand them out (`.tar.gz`): read once from front to back, and put into a ZIP of our own.

A tar has no table of contents, and what is in a packed one can be read in order only; a table is opened twice. So its files are
copied, under caps, into a temporary ZIP without a name on the disk, and read as those of any other archive. Links, devices and names
that point out of the archive are refused with the reason, one bad member does not spoil the rest, and an archive that breaks off is
read up to there.
"""

from __future__ import annotations

import struct
import tarfile
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import IO

from groundswell.errors import UnreadableFileError
from groundswell.sources.files.archives import (
    ENTRY_LIMIT,
    LITTER,
    RefusedMember,
    members,
    pictured,
    points_out,
    too_many,
)
from groundswell.sources.files.blobs import MIB, PIECE, SPOOL_LIMIT, Blob
from groundswell.sources.files.tables import TableFile
from groundswell.sources.files.tar_headers import OVERSIZED, Headers, TooLongError

BREAKS_OFF = "the archive breaks off before its end"
NO_HEADER = "what follows the last file is damaged, and was not read; pack it again, or unpack it yourself and import what is in it"
NO_END = "the header of the next file does not end, so reading stopped there; unpack the archive yourself and import what is in it"
TOO_LONG = (
    "the long name of the next file, or the notes on it, claim {:,} bytes and were not read (64 KiB are); that file goes by a short name; "
    "to have all, unpack the archive yourself and import what is in it"
)
NAME_LIMIT = 1_000
FOLDER_LIMIT = 5 * ENTRY_LIMIT
"""Folders and files together: a server's own archive nests a few folders for each picture."""


def tar_tables(blob: Blob, tables: Callable[[Blob], Iterator[TableFile]]) -> Iterator[TableFile]:
    """Yield the tables of every member; `tables` opens one. UnreadableFileError when no member can be read at all."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the archive that reads it
    try:
        refused = _repack(blob, file)
        archive = zipfile.ZipFile(file)
    except BaseException:
        file.close()
        raise
    weakref.finalize(archive, file.close)
    try:
        yield from members(blob, archive, tables)
    except UnreadableFileError as error:
        raise UnreadableFileError(
            error.what, means="\n".join([*(f"{name}: {why}" for name, why in refused[:5]), error.means]).strip(": \n")
        ) from error
    for name, why in refused:
        yield RefusedMember(name, why, blob.modified_at)


def _repack(blob: Blob, file: IO[bytes]) -> list[tuple[str, str]]:
    """Copy what may be read into a ZIP; return (name, reason) of what may not."""
    refused: list[tuple[str, str]] = []
    with blob.opener() as reader, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        try:
            headers = Headers(reader)
            for name, entry, budget in _files(blob, headers):
                if why := _danger(entry, budget) or _copy(headers.source, entry, name, target):
                    refused.append((name, why))
            if not headers.ended:
                refused.append(("", BREAKS_OFF if len(headers.forward.last) < tarfile.BLOCKSIZE else NO_HEADER))
        except TooLongError:
            refused.append(("", NO_END))
        except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError):
            refused.append(("", BREAKS_OFF))
    file.seek(0)
    return refused


def _files(blob: Blob, headers: Headers) -> Iterator[tuple[str, tarfile.TarInfo, int]]:
    """Every file with a name that can be shown, and how much may still be unpacked. Folders count, but not as files."""
    count, files, budget = 0, 0, SPOOL_LIMIT
    while entry := headers.following():
        count += 1
        if count > FOLDER_LIMIT:
            raise _too_many_folders(blob)
        if entry.isdir() or LITTER.search(entry.name):
            continue
        files += 1
        if files > ENTRY_LIMIT:
            raise too_many(blob, files)
        yield _shown(entry.name), entry, budget
        budget -= entry.size if entry.isreg() and not pictured(entry.name) and 0 <= entry.size <= budget else 0


def _too_many_folders(blob: Blob) -> UnreadableFileError:
    return UnreadableFileError(
        f"{blob.name} holds more than {FOLDER_LIMIT:,} folders and files.",
        means=f"Archives of up to {ENTRY_LIMIT:,} files, and {FOLDER_LIMIT:,} files and folders together, are opened.",
        next_step="Unpack it and import the files that hold tables.",
    )


def _shown(name: str) -> str:
    """A name that can be written and shown: letters of another encoding become �, and the middle of an endless one goes."""
    plain = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "�")
    plain = plain.removeprefix("./").rstrip("/") or "?"
    return plain if len(plain) <= NAME_LIMIT else f"{plain[: NAME_LIMIT - 101]}…{plain[-100:]}"


def _danger(entry: tarfile.TarInfo, budget: int) -> str:
    """Say why a member must not be read; "" when it may."""
    if points_out(entry.name):
        return "its name points out of the archive"
    if entry.type == OVERSIZED or entry.size < 0:
        return TOO_LONG.format(entry.size)
    if entry.issym() or entry.islnk():
        return "a link to another file, which is not followed"
    if not entry.isreg():
        return "no file but a device of another machine"
    if entry.size > budget and not pictured(entry.name):
        return f"the archive unpacks to more than {SPOOL_LIMIT // MIB} MiB; unpack it yourself and import what is in it"
    return ""


def _copy(source: tarfile.TarFile, entry: tarfile.TarInfo, name: str, target: zipfile.ZipFile) -> str:
    """Copy one member piece by piece; of a picture its name is enough, for that is all that is told of it. Say why where it fails."""
    try:
        made = zipfile.ZipInfo(name, _date(entry.mtime))
        made.compress_type = zipfile.ZIP_DEFLATED
        target.NameToInfo.pop(made.filename, None)  # a name may come twice; whoever reads them numbers them
        with target.open(made, "w", force_zip64=True) as into:
            content = None if pictured(name) else source.extractfile(entry)
            while content and (piece := content.read(PIECE)):
                into.write(piece)
    except (ValueError, struct.error, zipfile.LargeZipFile) as error:
        return f"it cannot be copied ({error}); unpack the archive yourself and import what is in it"[:300]
    return ""


def _date(seconds: float) -> tuple[int, int, int, int, int, int]:
    """The moment in the shape of a ZIP, which knows none before 1980; that year stands for unknown."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        moment = datetime(1980, 1, 1, tzinfo=UTC)
    year = moment.year if 1980 <= moment.year <= 2107 else 1980
    return (year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
