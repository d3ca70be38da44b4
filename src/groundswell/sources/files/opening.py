"""Any file that people have, as tables.

    open_tables("posts.csv")        one table
    open_tables("export.zip")       one table for each member that holds one
    open_tables("sheet.xlsx")       one table a sheet
    open_tables("report.json")      one table for each list of objects, and one for the object around them

A file is recognised by its content; its name only settles doubts. What cannot be read is answered with an
UnreadableFileError that says what it is and what to do; what is readable in part is read in part, and the rest is set aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from groundswell.sources.files.blobs import Blob, file_blob
from groundswell.sources.files.encodings import SAMPLE, guess_encoding
from groundswell.sources.files.tables import TableFile


def open_tables(path: Path, *, encoding: str | None = None) -> Iterator[TableFile]:
    """Yield the tables in a file, in its own order. `encoding` overrules the guess for text files."""
    yield from _tables(file_blob(path), encoding)


def _tables(blob: Blob, encoding: str | None) -> Iterator[TableFile]:
    from groundswell.sources.files.csv_rows import CsvTable

    yield CsvTable(blob, guess_encoding(blob.head(SAMPLE), encoding))
