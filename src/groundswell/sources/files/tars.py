"""Tar archives, as Mastodon and many servers hand them out (`.tar.gz`): read once from front to back, and put into a ZIP of our own.

A tar has no table of contents, and what is in a packed one can be read in order only; a table is opened twice. So its files are
copied, under caps, into a temporary ZIP without a name on the disk, and read as those of any other archive. Links, devices and names
that point out of the archive are refused with the reason, and an archive that breaks off is read up to there.
"""

from __future__ import annotations

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

BREAKS_OFF = "the archive breaks off before its end"


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
    count, budget = 0, SPOOL_LIMIT
    with blob.opener() as reader, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        try:
            with tarfile.open(fileobj=reader, mode="r|", errorlevel=1) as source:  # type: ignore[call-overload]
                for entry in source:
                    if entry.isdir() or LITTER.search(entry.name):
                        continue
                    count += 1
                    if count > ENTRY_LIMIT:
                        raise too_many(blob, count)
                    if why := _danger(entry, budget):
                        refused.append((entry.name, why))
                        continue
                    budget -= 0 if pictured(entry.name) else entry.size
                    _copy(source, entry, target)
        except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError):
            refused.append(("", BREAKS_OFF))
    file.seek(0)
    return refused


def _danger(entry: tarfile.TarInfo, budget: int) -> str:
    """Say why a member must not be read; "" when it may."""
    if points_out(entry.name):
        return "its name points out of the archive"
    if entry.issym() or entry.islnk():
        return "a link to another file, which is not followed"
    if not entry.isreg():
        return "no file but a device of another machine"
    if entry.size > budget and not pictured(entry.name):
        return f"the archive unpacks to more than {SPOOL_LIMIT // MIB} MiB; unpack it yourself and import what is in it"
    return ""


def _copy(source: tarfile.TarFile, entry: tarfile.TarInfo, target: zipfile.ZipFile) -> None:
    """Copy one member piece by piece; of a picture its name is enough, for that is all that is told of it."""
    made = zipfile.ZipInfo(entry.name.removeprefix("./"), _date(entry.mtime))
    made.compress_type = zipfile.ZIP_DEFLATED
    target.NameToInfo.pop(made.filename, None)  # a name may come twice; whoever reads them numbers them
    with target.open(made, "w", force_zip64=True) as into:
        content = None if pictured(entry.name) else source.extractfile(entry)
        while content and (piece := content.read(PIECE)):
            into.write(piece)


def _date(seconds: float) -> tuple[int, int, int, int, int, int]:
    """The moment in the shape of a ZIP, which knows none before 1980; that year stands for unknown."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        moment = datetime(1980, 1, 1, tzinfo=UTC)
    year = moment.year if 1980 <= moment.year <= 2107 else 1980
    return (year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
