"""Workbooks, Parquet, feeds, archives: recognised by content, read as far as they can be, never trusted."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import warnings
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from groundswell.errors import UnreadableFileError
from groundswell.sources.files import archives, blobs
from groundswell.sources.files.opening import open_tables
from groundswell.sources.files.tables import TableFile


def opened(path: Path, content: bytes) -> list[TableFile]:
    path.write_bytes(content)
    return list(open_tables(path))


def rows(table: TableFile, header_row: int = 0) -> list[dict[str, object]]:
    return [row for part in table.rows(header_row) for row in part.columns.to_pylist()]


def zipped(members: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # doubled names are what some tests want
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, cells in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in cells:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    book.close()
    return buffer.getvalue()


# Workbooks


def test_every_sheet_that_holds_anything_is_a_table(tmp_path):
    content = workbook([["handle", "followers"], ["@ann", 1200]], [], [["code"], ["OAT10"]])
    found = opened(tmp_path / "crm.xlsx", content)
    assert [(table.member, table.kind) for table in found] == [("Sheet1", "xlsx"), ("Sheet3", "xlsx")]
    assert rows(found[0]) == [{"handle": "@ann", "followers": 1200}]
    assert rows(found[1]) == [{"code": "OAT10"}]


def test_cells_arrive_as_what_they_are(tmp_path):
    day = datetime(2026, 3, 1, 12, 30)  # noqa: DTZ001  workbooks know no zones
    (table,) = opened(
        tmp_path / "a.xlsx",
        workbook(
            [["id", "n", "rate", "at", "ok", "mixed"], [17.0, 1, 0.5, day, True, 3.0], [18, 2, 2, day, False, "x"]]
        ),
    )
    (part,) = table.rows()
    assert [str(field.type) for field in part.columns.schema] == [
        "int64",
        "int64",
        "double",
        "timestamp[us]",
        "bool",
        "string",
    ]
    assert part.columns.to_pylist()[0] == {"id": 17, "n": 1, "rate": 0.5, "at": day, "ok": True, "mixed": "3"}
    assert part.lines.to_pylist() == [2, 3]


def test_the_header_of_a_marketers_sheet_may_stand_lower_and_blank_rows_are_counted(tmp_path):
    cells = [
        ["Our creators 2026"],
        [],
        ["Creator", "Fee", None, "Code"],
        ["Ann", 100, None, "A"],
        [],
        [],
        ["Bob", None, "x", "B"],
    ]
    (table,) = opened(tmp_path / "a.xlsx", workbook(cells))
    assert list(table.preview()[1]) == ["Creator", "Fee", "", "Code"]
    assert rows(table, 1) == [
        {"Creator": "Ann", "Fee": 100, "column_3": None, "Code": "A"},
        {"Creator": "Bob", "Fee": None, "column_3": "x", "Code": "B"},
    ]
    (part,) = table.rows(1)
    assert (part.lines.to_pylist(), part.empty) == ([4, 7], 2)


def test_one_cell_in_the_last_corner_costs_nothing(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "far.xlsx")
    (table,) = open_tables(tmp_path / "far.xlsx")
    parts = list(table.rows())
    assert sum(part.columns.num_rows for part in parts) == 1
    assert sum(part.empty for part in parts) == 1048576 - 2
    assert any("left out" in note for note in table.notes)


def test_errors_in_cells_are_unknown_and_noted(tmp_path):
    (table,) = opened(tmp_path / "a.xlsx", workbook([["a", "b"], ["x", "#N/A"]]))
    assert rows(table) == [{"a": "x", "b": None}]
    assert any("#N/A" in note for note in table.notes)


def test_a_workbook_without_cells_or_with_damage_is_refused_in_words(tmp_path):
    with pytest.raises(UnreadableFileError, match="holds no cells"):
        opened(tmp_path / "a.xlsx", workbook([]))
    with pytest.raises(UnreadableFileError, match="damaged"):
        opened(tmp_path / "b.xlsx", workbook([["a"], [1]])[:-200])
    with pytest.raises(UnreadableFileError, match=r"Excel 97.*\n.*\n.*save it as"):
        opened(tmp_path / "c.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


@pytest.mark.hostile
@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"]
)
def test_entities_in_a_workbook_are_refused(tmp_path, part):
    laughs = '<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    members: list[tuple[str, bytes]] = []
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet().write_column(0, 0, ["a", "x"])
    with zipfile.ZipFile(buffer) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode()
            if name == part:
                start = text.find("?>") + 2 if text.startswith("<?xml") else 0
                text = text[:start] + laughs + text[start:].replace(">x<", ">&b;<")
            members.append((name, text.encode()))
    assert part in dict(members)
    with pytest.raises(UnreadableFileError, match="cannot be read as a workbook"):
        [rows(table) for table in opened(tmp_path / "a.xlsx", zipped(members))]


@pytest.mark.hostile
def test_a_workbook_that_unpacks_to_a_bomb_is_refused(tmp_path):
    with zipfile.ZipFile(io.BytesIO(workbook([["a"], ["x"]]))) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    members.append(("xl/worksheets/sheet2.xml", b"<row></row>" * (8 << 20)))
    with pytest.raises(UnreadableFileError, match="suspicious size"):
        opened(tmp_path / "a.xlsx", zipped(members))


# Parquet


def test_parquet_keeps_its_types_and_raises_nested_fields(tmp_path):
    table = pa.table({"id": [1, 2], "owner": [{"name": "ann"}, {"name": None}], "tags": [["a"], []]})
    pq.write_table(table, tmp_path / "a.parquet")
    (found,) = open_tables(tmp_path / "a.parquet")
    assert rows(found) == [
        {"id": 1, "owner/name": "ann", "tags": ["a"]},
        {"id": 2, "owner/name": None, "tags": []},
    ]
    assert [list(row) for row in found.preview()] == [["id", "owner/name", "tags"], ["1", "ann", "a"], ["2", "", ""]]
    (part,) = found.rows()
    assert part.lines.to_pylist() == [1, 2]


def test_parquet_without_rows_or_with_damage(tmp_path):
    pq.write_table(pa.table({"id": pa.array([], pa.int64())}), tmp_path / "a.parquet")
    (found,) = open_tables(tmp_path / "a.parquet")
    assert (list(found.preview()[0]), rows(found)) == (["id"], [])
    torn = (tmp_path / "a.parquet").read_bytes()[:-20]
    with pytest.raises(UnreadableFileError, match="Parquet"):
        opened(tmp_path / "b.parquet", torn)


# Feeds

RSS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml"><channel><title>Bread</title>
<link>https://bread.example</link><language>en</language><item><title>Rye</title><guid>g1</guid>
<link>https://bread.example/1</link><author>Ann</author><pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate>
<category>rye</category><category>oven</category><slash:comments>7</slash:comments><description>Dark.</description>
%s</item><item><title>Spelt</title><guid>g2</guid></item></channel></rss>"""


def test_a_feed_is_a_table_of_its_entries(tmp_path):
    (table,) = opened(tmp_path / "feed.xml", RSS % b"")
    first, second = rows(table)
    assert table.kind == "feed"
    assert first | {"published": None} == {
        "feed_title": "Bread", "feed_link": "https://bread.example", "author": "Ann", "id": "g1",
        "link": "https://bread.example/1", "title": "Rye", "summary": "Dark.", "content": None, "published": None,
        "updated": "Sun, 01 Mar 2026 10:00:00 GMT", "comments": "7", "language": "en", "tags": ["rye", "oven"],
    }  # fmt: skip
    assert first["published"] == "Sun, 01 Mar 2026 10:00:00 GMT"
    assert (second["author"], second["tags"]) == (None, [])
    assert "title" in table.preview()[0]


def test_a_place_that_breaks_the_parser_does_not_cost_the_feed(tmp_path):
    (table,) = opened(tmp_path / "feed.xml", RSS % b"<gml:pos></gml:pos>")
    assert [row["title"] for row in rows(table)] == ["Rye", "Spelt"]


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"<gml:pos></gml:pos>", "no RSS or Atom"),
        (b"<!doctype html><html><body>Log in</body></html>", "web page"),
        (
            b'<!DOCTYPE b [<!ENTITY a "x">]><rss version="2.0"><channel><title>&a;</title></channel></rss>',
            "document type",
        ),
        (b"<a>" * 5000 + b"</a>" * 5000, "deeper"),
    ],
)
def test_other_xml_is_refused_in_words(tmp_path, content, match):
    with pytest.raises(UnreadableFileError, match=match):
        opened(tmp_path / "a.xml", content)


# Archives and gzip


def test_an_archive_gives_a_table_for_each_member(tmp_path):
    buffer = io.BytesIO()
    pq.write_table(pa.table({"id": [1]}), buffer)
    content = zipped(
        [
            ("data/posts.csv", b"id,likes\n1,2\n"),
            ("posts.csv", b"id\n1\n"),
            ("posts.csv", b"id\n2\n"),
            ("report.json", b'{"posts":[{"id":1}]}'),
            ("book.xlsx", workbook([["a"], [1]])),
            ("t.parquet", buffer.getvalue()),
            ("media/1.jpg", b"\xff\xd8\xff"),
            ("media/2.jpg", b"\xff\xd8\xff"),
            ("__MACOSX/._posts.csv", b"\0\1"),
        ]
    )
    found = opened(tmp_path / "export.zip", content)
    tables = {table.member: table for table in found}
    assert list(tables) == [
        "data/posts.csv", "posts.csv", "posts.csv (2)", "report.json#posts", "book.xlsx#Sheet1", "t.parquet", "",
    ]  # fmt: skip
    assert rows(tables["posts.csv (2)"]) == [{"id": "2"}]
    assert rows(tables["t.parquet"]) == [{"id": 1}]
    (said,) = tables[""].rows()
    assert tables[""].kind == "refused"
    assert said.set_aside[0].reason == "2 files in the archive hold no table (2 jpg)"


@pytest.mark.parametrize("name", ["../evil.csv", "/abs.csv", "..\\win.csv", "C:\\x.csv", "ok/../../x.csv"])
def test_a_member_that_points_out_of_the_archive_is_set_aside_and_the_rest_is_read(tmp_path, name):
    bad, good = opened(tmp_path / "a.zip", zipped([(name, b"a\n1\n"), ("good.csv", b"a\n2\n")]))
    (part,) = bad.rows()
    assert [(each.line, each.reason) for each in part.set_aside] == [(0, "its name points out of the archive")]
    assert rows(good) == [{"a": "2"}]
    assert list(tmp_path.iterdir()) == [tmp_path / "a.zip"]


def test_an_archive_within_an_archive_is_not_opened(tmp_path):
    inner = zipped([("a.csv", b"a\n1\n")])
    with pytest.raises(UnreadableFileError, match=r"holds no table[\s\S]*archive within an archive"):
        opened(tmp_path / "a.zip", zipped([("inner.zip", inner), ("inner.csv.gz", gzip.compress(b"a\n1\n"))]))
    with pytest.raises(UnreadableFileError, match="archive within an archive"):
        opened(tmp_path / "a.csv.gz", gzip.compress(inner))


def test_what_all_members_unpack_to_is_capped(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "SPOOL_LIMIT", 100)
    first, second = opened(
        tmp_path / "a.zip", zipped([("1.csv", b"a\n" + b"1\n" * 40), ("2.csv", b"a\n" + b"2\n" * 40)])
    )
    assert len(rows(first)) == 40
    assert second.kind == "refused"


def test_a_locked_member_is_set_aside(tmp_path):
    content = bytearray(zipped([("a.csv", b"a\n1\n")]))
    for header in (content.find(b"PK\1\2") + 8, 6):
        content[header] |= 1
    with pytest.raises(UnreadableFileError, match="password"):
        opened(tmp_path / "a.zip", bytes(content))


def test_gzip_is_read_like_what_is_in_it(tmp_path):
    (table,) = opened(tmp_path / "a.csv.gz", gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"))
    assert rows(table) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    (lines,) = opened(tmp_path / "b.ndjson.gz", gzip.compress(b'{"a":1}\n{"a":2}\n'))
    assert rows(lines) == [{"a": 1}, {"a": 2}]


def test_a_gzip_that_breaks_off_gives_what_came_before_and_says_so(tmp_path):
    text = b"a,b\n" + b"".join(b"%d,%d\n" % (n * 7919, n * 104729 % 1000003) for n in range(100_000))
    (table,) = opened(tmp_path / "a.csv.gz", gzip.compress(text)[:-1000])
    parts = list(table.rows())
    assert sum(part.columns.num_rows for part in parts) > 90_000
    assert parts[-1].set_aside[-1].line == 0
    assert "breaks off" in parts[-1].set_aside[-1].reason


@pytest.mark.hostile
def test_a_gzip_that_unpacks_without_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(blobs, "GZIP_GRACE", 4 << 20)
    (table,) = opened(tmp_path / "a.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * (4 << 20)))
    with pytest.raises(UnreadableFileError, match="bomb"):
        rows(table)


# Whatever else people try


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"SQLite format 3\0...", "SQLite"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (bytes(range(1, 9)) * 100, "neither text"),
        (b"", "empty"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path, content, match):
    with pytest.raises(UnreadableFileError, match=match):
        opened(tmp_path / "a.csv", content)


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path):
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        list(open_tables(tmp_path / "absent.csv"))
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        list(open_tables(tmp_path))


def test_the_name_does_not_have_to_be_right(tmp_path):
    (sheet,) = opened(tmp_path / "a.csv", workbook([["a"], [1]]))
    (table,) = opened(tmp_path / "b.xlsx", b"a,b\n1,2\n")
    (lines,) = opened(tmp_path / "c.txt", b'{"a":1}\n{"a":2}\n')
    (other,) = opened(tmp_path / "d.json", b"a,b\n1,2\n3,4\n")
    assert [each.kind for each in (sheet, table, lines, other)] == ["xlsx", "csv", "json", "csv"]


READ_IT = """
import sys
from pathlib import Path
from groundswell.errors import GroundswellError
from groundswell.sources.files.opening import open_tables
try:
    rows = 0
    for table in open_tables(Path(sys.argv[1])):
        for part in table.rows():
            assert part.columns.num_rows == len(part.lines)
            rows += part.columns.num_rows
    print("read", rows, end=" ")
except GroundswellError as error:
    assert len(str(error)) < 2000
    print("refused", 0, end=" ")
print(int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024)
"""


@pytest.fixture(scope="session")
def bombs(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bombs")
    subprocess.run([sys.executable, "-W", "ignore", data_folder / "hostile" / "make_bombs.py", folder], check=True)
    return folder


@pytest.mark.hostile
@pytest.mark.slow
def test_no_bomb_takes_five_seconds_or_half_a_gigabyte(bombs):
    heavy: list[str] = []
    for path in sorted(bombs.iterdir()):
        done = subprocess.run(
            [sys.executable, "-c", READ_IT, path], capture_output=True, text=True, timeout=15, check=False
        )
        assert done.returncode == 0, f"{path.name}: {done.stderr[-500:]}"
        if int(done.stdout.split()[2]) > 512:
            heavy.append(f"{path.name} {done.stdout}")
    assert heavy == []


@pytest.mark.hostile
@pytest.mark.slow
def test_a_line_of_two_gigabytes_is_passed_over_in_little_memory(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n")
        for _ in range(2048):
            file.write(b"x" * (1 << 20))
        file.write(b"\n3,4\n")
    done = subprocess.run([sys.executable, "-c", READ_IT, path], capture_output=True, text=True, timeout=60, check=True)
    said, found, memory = done.stdout.split()
    assert (said, found) == ("read", "2")
    assert int(memory) < 512
