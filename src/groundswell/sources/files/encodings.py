"""Which encoding a text file is in, and its bytes as UTF-8.

People's files come from Excel (UTF-16 or Windows-1252), from old exports (Latin-1), from everything else (UTF-8, with or
without a mark), and some from two of these glued together. A wrong guess damages every name in the file, so the order is:
what the user said, the byte-order mark, UTF-16 by its zeros, UTF-8 when it fits, and only then a guess, which is noted.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from groundswell.errors import UsageError
from groundswell.sources.files.blobs import Blob, Reader

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE = 1 << 18
MIXED = "groundswell.windows-1252"
"""Name of the error handler that reads what is not UTF-8 as Windows-1252."""


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    try:
        return wrong.decode("cp1252"), error.end
    except UnicodeDecodeError:  # five bytes mean nothing in Windows-1252
        return wrong.decode("latin-1"), error.end


codecs.register_error(MIXED, _as_windows)


@dataclass(frozen=True)
class Encoding:
    """What the bytes are written in. `note` is for the user when it was guessed."""

    name: str
    mark: int = 0
    """Length of the byte-order mark."""
    note: str = ""


def guess_encoding(sample: bytes, said: str | None = None) -> Encoding:
    """Tell the encoding of a file from its first bytes, or take the user's word (UsageError when there is no such encoding)."""
    for mark, name in MARKS:
        if sample.startswith(mark) and said is None:
            return Encoding(name, len(mark), "" if name == "utf-8" else f"read as {name.upper()}")
    if said is not None:
        return _said(sample, said)
    if wide := _wide(sample):
        return Encoding(wide, 0, f"read as {wide.upper()}")
    if _is_utf8(sample):
        return Encoding("utf-8")
    return _guess(sample)


def _said(sample: bytes, said: str) -> Encoding:
    try:
        name = codecs.lookup(said).name
    except LookupError as error:
        raise UsageError(
            f"There is no encoding called {said!r}.", next_step="Known are utf-8, utf-16, cp1252, ..."
        ) from error
    for mark, marked in MARKS:
        if sample.startswith(mark) and marked.startswith(name.removesuffix("-sig").removesuffix("_sig")):
            return Encoding(marked, len(mark))
    return Encoding({"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(name, name))


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: in most scripts' punctuation and digits every other byte is zero."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if max(even, odd) < max(4, 0.3 * half):
        return None
    if odd > 10 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 10 * odd else None


def _is_utf8(sample: bytes) -> bool:
    """Whether it is UTF-8, wholly or with a few foreign lines (which are then read line by line)."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        high = len(re.findall(rb"[\x80-\xff]+", sample))
        good = len(
            re.findall(rb"(?:[\xc3-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+", sample)
        )
        return good * 2 >= high
    return True


def _guess(sample: bytes) -> Encoding:
    """Western text has few letters above 127; where they are many, ask charset-normalizer which script it is."""
    letters = len(re.findall(rb"[A-Za-z\x80-\xff]", sample))
    high = len(re.findall(rb"[\x80-\xff]", sample))
    if high >= 32 and high > 0.2 * letters:
        from charset_normalizer import from_bytes

        best = from_bytes(sample).best()
        if best is not None and best.encoding not in ("cp1252", "latin_1", "ascii", "utf_8"):
            return Encoding(best.encoding, 0, f"encoding guessed: read as {best.encoding}")
    return Encoding("cp1252", 0, "read as Windows-1252")


class Utf8Reader:
    """Reads a blob's bytes as UTF-8, whatever they were. UTF-8 itself passes unexamined: parsers check it faster."""

    def __init__(self, reader: Reader, encoding: Encoding) -> None:
        self.reader, self.encoding = reader, encoding
        reader.read(encoding.mark) if encoding.mark else None
        plain = encoding.name in ("utf-8", "ascii")
        errors = MIXED if encoding.name == "cp1252" else "replace"
        self.decoder = None if plain else codecs.getincrementaldecoder(encoding.name)(errors)

    @property
    def done(self) -> int:
        """Bytes of the user's file that were read."""
        return self.reader.done

    def read(self, size: int) -> bytes:
        """Return some UTF-8 bytes, b"" at the end."""
        while True:
            data = self.reader.read(size)
            if self.decoder is None:
                return data
            text = self.decoder.decode(data, final=not data)
            if text or not data:
                return text.encode("utf-8", "replace")


def texts(blob: Blob, encoding: Encoding, size: int = 1 << 20) -> Iterator[tuple[str, int]]:
    """Yield a blob's text in pieces, with the bytes read so far. What is not UTF-8 in UTF-8 is read as Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")(MIXED)
    with blob.opener() as reader:
        source = Utf8Reader(reader, encoding)
        while data := source.read(size):
            yield decoder.decode(data), source.done
        yield decoder.decode(b"", final=True), source.done
