"""Any file that people have, as tables.

    open_tables("posts.csv")        one table
    open_tables("export.zip")       one table for each member that holds one; of a .tar or .tar.gz likewise
    open_tables("sheet.xlsx")       one table a sheet
    open_tables("report.json")      one table for each list of objects, and one for the object around them

A file is recognised by its content; its name only settles doubts. What cannot be read is answered with an
UnreadableFileError that says what it is and what to do; what is readable in part is read in part, and the rest is set aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from groundswell.errors import UnreadableFileError
from groundswell.sources.files.blobs import Blob, file_blob, gzip_blob, nested
from groundswell.sources.files.encodings import SAMPLE, Encoding, guess_encoding
from groundswell.sources.files.tables import TableFile

STRANGERS = (
    (
        b"\xd0\xcf\x11\xe0",
        "a workbook of Excel 97-2003",
        "Open it in a spreadsheet program and save it as .xlsx or .csv.",
    ),
    (b"%PDF", "a PDF", "Export the table itself as CSV or XLSX."),
    (b"SQLite format 3\0", "an SQLite database", "Export the table you need as CSV."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it and import what is in it."),
    (b"Rar!", "a RAR archive", "Unpack it and import what is in it."),
    (b"BZh", "a bzip2 file", "Unpack it and import what is in it."),
    (b"\xfd7zXZ\0", "an xz file", "Unpack it and import what is in it."),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", "Unpack it and import what is in it."),
    (b"\x89PNG", "a picture", "Tables are read from CSV, XLSX, JSON or Parquet."),
    (b"\xff\xd8\xff", "a picture", "Tables are read from CSV, XLSX, JSON or Parquet."),
    (b"GIF8", "a picture", "Tables are read from CSV, XLSX, JSON or Parquet."),
    (b"ARROW1", "an Arrow file", "Save it as Parquet."),
)
"""First bytes of what people try, what it is, and what to do."""
GZIP = b"\x1f\x8b"
ZIP = (b"PK\3\4", b"PK\5\6")
CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
JSON_NAMES = ("json", "ndjson", "jsonl", "js")
TABLE_NAMES = ("csv", "tsv", "tab", "txt")


def open_tables(path: Path, *, encoding: str | None = None) -> Iterator[TableFile]:
    """Yield the tables in a file, in its own order. `encoding` overrules the guess for text files.

    A `TableFile` holds no open file: it opens its bytes anew for `preview` and for each `rows`.
    Raises UnreadableFileError for what cannot be read, UsageError for an encoding that does not exist.
    """
    blob = file_blob(path)
    head = blob.head(SAMPLE)
    if head.startswith(GZIP):
        blob = gzip_blob(blob)
        head = blob.head(SAMPLE)
        if head.startswith((GZIP, *ZIP)):
            raise nested(blob.name)
    yield from tables_of(blob, head, encoding)


def tables_of(blob: Blob, head: bytes, encoding: str | None) -> Iterator[TableFile]:
    """Yield the tables of a blob that begins with `head`."""
    if not head.strip():
        raise UnreadableFileError(f"{blob.name} is empty.", next_step="Export it again, or leave it out.")
    refuse_strangers(blob, head)
    if head[257:262] == b"ustar":
        from groundswell.sources.files.tars import tar_tables

        if blob.member:
            raise nested(blob.name)
        yield from tar_tables(blob, lambda member: member_tables(member, encoding))
        return
    if head.startswith(ZIP):
        yield from zip_tables(blob, encoding)
        return
    if head.startswith(b"PAR1"):
        from groundswell.sources.files.parquet_rows import ParquetTable

        table = ParquetTable(blob)
        table.preview()  # a damaged file is refused now, not in the middle
        yield table
        return
    yield from text_tables(blob, head, encoding)


def zip_tables(blob: Blob, encoding: str | None) -> Iterator[TableFile]:
    """Yield the tables of a workbook or of an archive; both are ZIP files."""
    from groundswell.sources.files.archives import members, open_archive
    from groundswell.sources.files.sheets import Workbook

    with open_archive(blob) as archive:
        names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        yield from Workbook(blob).sheets()
    elif "[Content_Types].xml" in names or "mimetype" in names:
        raise UnreadableFileError(
            f"{blob.name} is an office document, but no workbook of the kind that is read.",
            next_step="Open it and save the table as .xlsx or .csv.",
        )
    elif blob.member:
        raise nested(blob.name)
    else:
        yield from members(blob, open_archive(blob), lambda member: member_tables(member, encoding))


def member_tables(blob: Blob, encoding: str | None) -> Iterator[TableFile]:
    """Yield the tables of one member of an archive."""
    head = blob.head(SAMPLE)
    if head.startswith(GZIP):
        raise nested(blob.name)
    return tables_of(blob, head, encoding)


def text_tables(blob: Blob, head: bytes, encoding: str | None) -> Iterator[TableFile]:
    """Yield the tables of a text file."""
    said = guess_encoding(head, encoding)
    kind = kind_of_text(blob, head, said)
    if kind == "json":
        from groundswell.sources.files.json_rows import json_tables

        yield from json_tables(blob, said)
    elif kind == "feed":
        from groundswell.sources.files.feeds import FeedTable

        yield FeedTable(blob, said)
    else:
        from groundswell.sources.files.csv_rows import CsvTable

        yield CsvTable(blob, said)


def refuse_strangers(blob: Blob, head: bytes) -> None:
    """Raise UnreadableFileError for a kind of file that is known and not read."""
    for start, what, next_step in STRANGERS:
        if head.startswith(start):
            raise UnreadableFileError(
                f"{blob.name} is {what}.", means="That kind of file is not read.", next_step=next_step
            )


def kind_of_text(blob: Blob, head: bytes, encoding: Encoding) -> str:
    """Tell JSON, a feed and a table apart by how the text begins; the name settles what the text leaves open."""
    text = head[encoding.mark :].decode(encoding.name, "replace").lstrip()
    if text[:1] in ("{", "[") and (blob.extension not in TABLE_NAMES or _begins_as_json(text)):
        return "json"
    if re.match(r"(window\.|(var|let|const) \w+ *=)", text):
        return "json"
    if blob.extension in JSON_NAMES and not _begins_as_table(text):
        return "json"
    if text.startswith("<"):
        if re.match(r"(?is)(\s|<!--.*?-->)*<(!doctype\s+html|html|head|body)\b", text):
            raise UnreadableFileError(
                f"{blob.name} is a web page, not a table.",
                means="Often this is a log-in page that was saved instead of the export.",
                next_step="Download the export again while logged in.",
            )
        return "feed"
    if encoding.name == "utf-8" and len(CONTROL.findall(head)) > len(head) // 50:
        raise UnreadableFileError(f"{blob.name} is neither text nor a kind of file that is read.")
    return "csv"


def _begins_as_table(text: str) -> bool:
    """Whether the first lines of a file that calls itself JSON all have the same number of cells, two or more."""
    from groundswell.sources.files.csv_rows import sniff_shape

    shape = sniff_shape(text.encode("utf-8", "replace"))
    return "\n" in text.strip() and shape.width > 1 and shape.agree == 1.0


def _begins_as_json(text: str) -> bool:
    """Whether the bracket at the start is JSON's: a quote, a bracket or nothing follows it, and not a header in brackets."""
    return re.match(r'[\[{]\s*(["\[{\]}]|$)', text) is not None
