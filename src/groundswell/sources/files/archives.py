"""ZIP archives: every member that holds a table, and a word about every one that does not.

Nothing is unpacked to disk under a name that the archive gives. What a member claims about its size is checked before it is
opened, and Python's `zipfile` never yields more than the claim: an understated size ends in a checksum error.
A member that is dangerous or unreadable is handed on as a `RefusedMember`, so that it appears in the account of the import.
"""

from __future__ import annotations

import re
import weakref
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pyarrow as pa

from groundswell.errors import UnreadableFileError
from groundswell.sources import SetAside
from groundswell.sources.files.blobs import MIB, RATIO_LIMIT, SPOOL_LIMIT, Blob, Reader, damaged
from groundswell.sources.files.tables import Rows, TableFile

ENTRY_LIMIT = 10_000
RATIO_GRACE = 1 * MIB
"""Members that unpack to less are not judged by their ratio."""
LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)")
NO_TABLE = frozenset(
    [
        *(
            "jpg",
            "jpeg",
            "png",
            "gif",
            "webp",
            "heic",
            "svg",
            "ico",
            "bmp",
            "mp4",
            "mov",
            "m4v",
            "webm",
            "avi",
            "mp3",
            "m4a",
        ),
        *("wav", "ogg", "pdf", "html", "htm", "css", "md", "woff", "woff2", "ttf", "map"),
    ]
)


class RefusedMember:
    """A member that is not read (a `TableFile` without rows or header): its one page says why."""

    kind = "refused"
    inner: frozenset[str] = frozenset()

    def __init__(self, member: str, reason: str, modified_at: datetime) -> None:
        self.member, self.reason, self.modified_at, self.place = member, reason, modified_at, member
        self.bytes_total = 0
        self.notes: list[str] = []

    def preview(self) -> Sequence[Sequence[str]]:
        """There is nothing to see: raises UnreadableFileError with the reason."""
        raise UnreadableFileError(f"{self.member or 'A part of the archive'}: {self.reason}")

    def rows(self, header_row: int = 0) -> Iterator[Rows]:  # noqa: ARG002
        """Yield the reason as the only thing set aside; line 0 means the whole member."""
        aside = SetAside(0, self.reason, member=self.member)
        yield Rows(pa.table({}), pa.array([], pa.int64()), set_aside=[aside])


def open_archive(blob: Blob) -> zipfile.ZipFile:
    """Open a ZIP file; UnreadableFileError when it is damaged. It closes its file when nothing uses it any more."""
    file = blob.seekable()
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        file.close()
        raise damaged(blob.name, error) from error
    weakref.finalize(archive, file.close)
    return archive


def members(blob: Blob, archive: zipfile.ZipFile, tables: Callable[[Blob], Iterator[TableFile]]) -> Iterator[TableFile]:
    """Yield the tables of every member; `tables` opens one. UnreadableFileError when no member can be read at all."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not LITTER.search(entry.filename)]
    if len(entries) > ENTRY_LIMIT:
        raise too_many(blob, len(entries))
    read, refused, budget = 0, 0, SPOOL_LIMIT
    reasons: list[str] = []
    for entry, name in zip(entries, distinguished([entry.filename for entry in entries]), strict=True):
        if pictured(entry.filename):
            continue
        reason = danger(entry, budget)
        if not reason:
            budget -= entry.file_size
            try:
                for table in tables(member_blob(blob, archive, entry, name)):
                    read += 1
                    yield table
                continue
            except UnreadableFileError as error:
                reason = str(error).replace("\n", " ")
        refused += 1
        reasons.append(f"{name}: {reason}")
        if refused <= ENTRY_LIMIT:
            yield RefusedMember(name, reason, blob.modified_at)
    if rest := tally(entries):
        yield RefusedMember("", rest, blob.modified_at)
    if not read:
        raise UnreadableFileError(
            f"{blob.name} holds no table that can be read.",
            means="\n".join([*reasons[:5], rest][: 5 + bool(rest)]).strip(),
        )


def pictured(name: str) -> bool:
    """Whether a name says that it is a picture, a film or a page."""
    return name.rpartition(".")[2].lower() in NO_TABLE


def tally(entries: Sequence[zipfile.ZipInfo]) -> str:
    """Say how many members hold no table by their names, in one line."""
    kinds = Counter(entry.filename.rpartition(".")[2].lower() for entry in entries if pictured(entry.filename))
    if not kinds:
        return ""
    listing = ", ".join(f"{number:,} {kind}" for kind, number in kinds.most_common())
    return f"{kinds.total():,} files in the archive hold no table ({listing})"


def too_many(blob: Blob, files: int) -> UnreadableFileError:
    """Say that an archive holds more files than are opened."""
    return UnreadableFileError(
        f"{blob.name} holds {files:,} files or more.",
        means=f"Archives of up to {ENTRY_LIMIT:,} files are opened.",
        next_step="Unpack it and import the files that hold tables.",
    )


def points_out(name: str) -> bool:
    """Whether the name of a member would lead out of the archive, were it unpacked under it."""
    parts = re.split(r"[\\/]", name)
    return ".." in parts or parts[0] == "" or re.match(r"[A-Za-z]:", name) is not None


def danger(entry: zipfile.ZipInfo, budget: int) -> str:
    """Say why a member must not be read; "" when it may."""
    if points_out(entry.filename):
        return "its name points out of the archive"
    if (entry.external_attr >> 16) & 0o170000 == 0o120000:
        return "a link to another file, which is not followed"
    if entry.flag_bits & 1:
        return "locked with a password; unpack it yourself and import what is in it"
    if entry.file_size > RATIO_GRACE and entry.file_size > RATIO_LIMIT * max(entry.compress_size, 1):
        return f"unpacks to {entry.file_size // max(entry.compress_size, 1):,} times its size, as bombs do"
    if entry.file_size > budget:
        return f"the archive unpacks to more than {SPOOL_LIMIT // MIB} MiB; unpack it yourself and import what is in it"
    return ""


def distinguished(names: Sequence[str]) -> list[str]:
    """Number names that occur more than once: `posts.csv`, `posts.csv (2)`."""
    seen: Counter[str] = Counter()
    result: list[str] = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result


def member_blob(blob: Blob, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Blob:
    """Wrap one member as bytes that can be opened again."""
    label = f"{blob.name}#{name}"

    def opener() -> Reader:
        try:
            return Reader(archive.open(entry), label)
        except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError) as error:
            raise damaged(label, error) from error

    return Blob(label, name, entry.file_size, _modified(entry, blob), opener)


def _modified(entry: zipfile.ZipInfo, blob: Blob) -> datetime:
    """ZIP keeps local time without a zone; 1980 means that nobody set it."""
    try:
        moment = datetime(*entry.date_time, tzinfo=UTC)
    except ValueError:
        return blob.modified_at
    return blob.modified_at if moment.year <= 1980 else moment
