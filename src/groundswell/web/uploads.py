"""Files on their way in from a browser: streamed to disk as they arrive, counted, and never named by the sender.

    folder/<random>/<n>/posts.csv       the name is ours: letters, digits, blank, dot, dash and underscore of theirs

Memory is bounded by the size of a network packet. A body larger than the cap is refused where it crosses it, and what had
arrived is removed.
"""

from __future__ import annotations

import re
import secrets
import shutil
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from groundswell.errors import InputError, UsageError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

CAP = 2 << 30
"""Bytes of one upload (design choice: larger files are imported from the command line, which reads them in place)."""
MOST_FILES = 50
MOST_FIELD = 4 << 20
"""Bytes of one text field: pasted handles, or a pasted feed."""
MOST_FIELDS = 2_000
"""Text fields of a form; a question about the columns of a wide table has one a column."""
DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


@dataclass
class Upload:
    """What a form brought: text fields in order, and files on disk under names of our own making."""

    folder: Path
    fields: list[tuple[str, str]] = field(default_factory=lambda: [])
    files: list[Path] = field(default_factory=lambda: [])

    def text(self, name: str) -> str:
        """The first text field of that name, or an empty text."""
        return next((value for key, value in self.fields if key == name), "")

    def drop(self) -> None:
        """Remove everything that was brought."""
        shutil.rmtree(self.folder, ignore_errors=True)


class TooLargeError(InputError):
    """An upload crossed the cap."""

    http_status = 413

    def __init__(self, cap: int) -> None:
        super().__init__(
            f"That is more than {cap / (1 << 30):.3g} GB.",
            means="Nothing of it was kept.",
            next_step="Import large files from the command line: groundswell import FILE reads them where they are.",
        )


def safe_name(said: str) -> str:
    """Return a file name made of the harmless letters of the one that was sent; its ending is kept."""
    last = unicodedata.normalize("NFC", said).replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r"[^\w .-]+", "_", last.encode("utf-8", "ignore").decode()).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, ""
    stem, ending = stem.strip(" .")[:80] or "file", re.sub(r"[^A-Za-z0-9]", "", ending)[:10]
    name = f"{stem}.{ending}" if ending else stem
    return f"_{name}" if DEVICES.match(name) else name


async def receive(content_type: str, body: AsyncIterator[bytes], folder: Path, *, cap: int = CAP) -> Upload:
    """Take a multipart form as it streams in.

    Raises TooLargeError beyond the cap and UsageError for what is no form; nothing stays on disk then.
    """
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise UsageError("That is not a form with files.")
    upload = Upload(folder / secrets.token_hex(8))
    upload.folder.mkdir(parents=True)
    parts = _Parts(upload)
    parser = MultipartParser(options[b"boundary"], parts.callbacks())
    size = 0
    try:
        async for chunk in body:
            size += len(chunk)
            if size > cap:
                raise TooLargeError(cap)
            parser.write(chunk)
        if not parts.ended:
            raise UsageError("The upload broke off.", next_step="Send it again.")
    except MultipartParseError as error:
        parts.abandon()
        raise UsageError("That is not a form with files.") from error
    except BaseException:  # a browser that goes away cancels the task: nothing may stay
        parts.abandon()
        raise
    return upload


class _Parts:
    """Takes the parts of a form from the parser, one at a time."""

    def __init__(self, upload: Upload) -> None:
        self.upload, self.ended = upload, False
        self._header, self._value = b"", b""
        self._name, self._text = "", bytearray()
        self._file: BinaryIO | None = None
        self._skips = False

    def callbacks(self) -> MultipartCallbacks:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._on_header,
            "on_header_value": self._on_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": lambda: None,
            "on_part_data": self._data,
            "on_part_end": self._part_ends,
            "on_end": self._end,
        }

    def abandon(self) -> None:
        """Close what is open and remove everything."""
        if self._file:
            self._file.close()
            self._file = None
        self.upload.drop()

    def _begin(self) -> None:
        self._header, self._value = b"", b""
        self._name, self._text, self._skips = "", bytearray(), False

    def _on_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
            if b"filename" in options:
                self._open(options[b"filename"].decode("utf-8", "replace"))
        self._header, self._value = b"", b""

    def _open(self, said: str) -> None:
        if not said:  # a file field in which nothing was chosen
            self._skips = True
            return
        if len(self.upload.files) >= MOST_FILES:
            raise UsageError(
                f"That is more than {MOST_FILES} files at once.", next_step="Send them in parts, or as one ZIP."
            )
        path = self.upload.folder / str(len(self.upload.files) + 1) / safe_name(said)
        path.parent.mkdir()
        self._file = path.open("xb")
        self.upload.files.append(path)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file:
            self._file.write(data[start:end])
        elif not self._skips:
            self._text += data[start:end]
            if len(self._text) > MOST_FIELD:
                raise TooLargeError(MOST_FIELD)

    def _part_ends(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
        elif not self._skips:
            if len(self.upload.fields) >= MOST_FIELDS:
                raise UsageError(f"That form has more than {MOST_FIELDS:,} fields.")
            self.upload.fields.append((self._name, self._text.decode("utf-8", "replace")))

    def _end(self) -> None:
        self.ended = True
