"""RSS and Atom files as a table, one row an entry.

XML can do more than hold a feed: declare entities that unfold to gigabytes, or that name a file of this machine. Feeds need none
of that, so a document type is refused before anything else looks at the file. Parsing happens in a process of its own
(`feed_process`), with a cap on time and memory.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from groundswell.errors import UnreadableFileError
from groundswell.sources.files.blobs import MIB, Blob
from groundswell.sources.files.encodings import Encoding, texts
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.typed_columns import in_words

SIZE_LIMIT = 32 * MIB
SECONDS_LIMIT = 30
DEPTH_LIMIT = 200
PREVIEW = 50
TEXT_COLUMNS = (
    "feed_title", "feed_link", "author", "id", "link", "title", "summary", "content", "published", "updated", "comments",
    "language",
)  # fmt: skip
DECLARED = re.compile(r"<!(DOCTYPE|ENTITY)\b", re.IGNORECASE)


class FeedTable:
    """A feed (a `TableFile`)."""

    kind = "feed"
    inner: frozenset[str] = frozenset()

    def __init__(self, blob: Blob, encoding: Encoding) -> None:
        self.blob, self.member, self.place = blob, blob.member, blob.member or blob.name
        self.bytes_total, self.modified_at = blob.size, blob.modified_at
        self.notes: list[str] = [encoding.note] if encoding.note else []
        feed = parsed(blob, encoding)
        self.entries = [self._row(feed, entry) for entry in feed["entries"]]

    def _row(self, feed: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
        """Entries without an author or language have those of the feed."""
        own = {name: value for name, value in entry.items() if value is not None}
        feeds = {"author": feed["author"], "language": feed["language"]}
        return feeds | own | {"feed_title": feed["title"], "feed_link": feed["link"]}

    def preview(self) -> Sequence[Sequence[str]]:
        """Return the column names, then the first entries as text."""
        names = [*TEXT_COLUMNS, "tags"]
        return [names, *[[in_words(entry.get(name)) or "" for name in names] for entry in self.entries[: PREVIEW - 1]]]

    def rows(self, header_row: int = 0) -> Iterator[Rows]:  # noqa: ARG002  entries carry their own names
        """Yield the entries at once: a feed is small."""
        columns: dict[str, pa.Array] = {
            name: pa.array([entry.get(name) or None for entry in self.entries], pa.string()) for name in TEXT_COLUMNS
        }
        columns["tags"] = pa.array([entry["tags"] for entry in self.entries], pa.list_(pa.string()))
        lines = pa.array(range(1, len(self.entries) + 1), pa.int64())
        yield Rows(pa.table(columns), lines, bytes_done=self.bytes_total)


def parsed(blob: Blob, encoding: Encoding) -> dict[str, Any]:
    """Return the feed as `feed_process` writes it; UnreadableFileError when it is none or is dangerous."""
    pieces, length = [], 0
    for piece, _ in texts(blob, encoding):
        pieces.append(piece)
        length += len(piece)
        if length > SIZE_LIMIT:
            raise refused(blob, f"is XML of more than {SIZE_LIMIT // MIB} MiB; feeds are smaller")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", "".join(pieces), count=1)  # its encoding is no longer true
    inspect(blob, text)
    return _parse_apart(blob, text)


def inspect(blob: Blob, text: str) -> None:
    """Refuse document types, entities and absurd depth. XML that is merely untidy passes: feeds often are."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser: Any = DefusedXMLParser(target=_Depth(), forbid_dtd=True)
    try:
        parser.feed(text)
        parser.close()
    except DefusedXmlException as error:
        raise refused(blob, "declares a document type or entities, which feeds do not need and bombs do") from error
    except RecursionError as error:
        raise refused(blob, f"nests its tags deeper than {DEPTH_LIMIT}") from error
    except (ParseError, ValueError) as error:
        if DECLARED.search(text):
            raise refused(blob, "declares a document type or entities, which feeds do not need and bombs do") from error


class _Depth:
    """Counts how deep tags are nested, and keeps nothing."""

    def __init__(self) -> None:
        self.depth = 0

    def start(self, tag: str, attributes: object) -> None:  # noqa: ARG002
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise RecursionError

    def end(self, tag: str) -> None:  # noqa: ARG002
        self.depth -= 1

    def data(self, text: str) -> None:
        """Text is of no interest here."""

    def close(self) -> None:
        """There is nothing to hand over."""


def _parse_apart(blob: Blob, text: str) -> dict[str, Any]:
    command = [sys.executable, "-I", str(Path(__file__).with_name("feed_process.py"))]
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and file
            command, input=text.encode("utf-8", "replace"), capture_output=True, timeout=SECONDS_LIMIT, check=True
        )
        feed: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise refused(blob, f"took longer than {SECONDS_LIMIT} s to read as a feed") from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise refused(blob, "cannot be read as a feed") from error
    if not feed["entries"] and not feed["version"]:
        raise refused(blob, "is XML, but no RSS or Atom feed")
    return feed


def refused(blob: Blob, why: str) -> UnreadableFileError:
    """Say why an XML file is not read."""
    return UnreadableFileError(
        f"{blob.name} {why}.",
        means="Of XML files only RSS and Atom feeds are read.",
        next_step="If it is a feed, download it again from its own address.",
    )
