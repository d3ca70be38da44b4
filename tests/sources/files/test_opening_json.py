"""JSON: strict, in pieces, and what cannot be used is set aside where it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from groundswell.errors import GroundswellError, UnreadableFileError
from groundswell.sources.files.opening import open_tables
from groundswell.sources.files.tables import Rows, TableFile


def tables(path: Path, content: str | bytes) -> list[TableFile]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(open_tables(path))


def rows(table: TableFile) -> list[dict[str, object]]:
    return [row for part in table.rows() for row in part.columns.to_pylist()]


def asides(table: TableFile) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for part in table.rows() for each in part.set_aside]


def positions(table: TableFile) -> list[int]:
    return [line for part in table.rows() for line in part.lines.to_pylist()]


def test_a_list_of_objects_is_a_table_with_paths_for_names(tmp_path):
    (table,) = tables(
        tmp_path / "posts.json",
        '[{"id":"7","owner":{"id":1,"is":{"verified":true}},"tags":["a","b"],"comments":[{"text":"hi"}],"v":1.5},{"id":"8"}]',
    )
    part: Rows = next(iter(table.rows()))
    assert part.columns.to_pylist() == [
        {"id": "7", "owner/id": 1, "owner/is/verified": True, "tags": ["a", "b"], "v": 1.5},
        {"id": "8", "owner/id": None, "owner/is/verified": None, "tags": None, "v": None},
    ]
    assert part.columns.schema.field("tags").type == pa.list_(pa.string())
    assert part.objects is not None
    assert part.objects[0]["comments"] == [{"text": "hi"}]
    assert table.preview()[0] == ["id", "owner/id", "owner/is/verified", "tags", "v"]
    assert table.preview()[1] == ["7", "1", "true", "a, b", "1.5"]


def test_an_object_around_lists_gives_a_table_for_each(tmp_path):
    report = {
        "profile": {"name": "ann"},
        "posts": [{"id": 1}, {"id": 2}],
        "audience": {"geo": [{"code": "DE"}], "n": [1, 2]},
    }
    found = tables(tmp_path / "report.json", json.dumps(report))
    assert [table.member for table in found] == ["", "posts", "audience/geo"]
    assert rows(found[0]) == [{"profile/name": "ann", "audience/n": ["1", "2"]}]
    assert next(iter(found[0].rows())).objects == [report]
    assert rows(found[1]) == [{"id": 1}, {"id": 2}]


def test_one_object_to_a_line_keeps_its_line(tmp_path):
    (table,) = tables(tmp_path / "a.ndjson", '{"id":1}\n\n{"id":2}\r\n{"id":}\n3\n{"id":3} x\n{"id":4}')
    assert rows(table) == [{"id": 1}, {"id": 2}, {"id": 4}]
    assert positions(table) == [1, 3, 7]
    assert asides(table) == [
        (4, "not JSON: expecting value"),
        (5, "not an object"),
        (6, "there is something after the end of the object"),
    ]
    assert sum(part.empty for part in table.rows()) == 1


def test_an_archive_of_x_is_read_behind_its_assignment(tmp_path):
    (table,) = tables(tmp_path / "tweets.js", 'window.YTD.tweets.part0 = [ {"tweet":{"id_str":"9007199254740993"}} ]')
    assert rows(table) == [{"tweet/id_str": "9007199254740993"}]


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ('{"er":NaN}', "NaN is not a JSON number"),
        ('{"er":-Infinity}', "-Infinity is not a JSON number"),
        ('{"er":1e999}', "a number too large to hold"),
        ('{"n":9223372036854775808}', "a whole number beyond 64 bits"),
        ('{"n":-9223372036854775809}', "a whole number beyond 64 bits"),
        ('{"n":' + "9" * 5000 + "}", "a whole number beyond 64 bits"),
        (r'{"h":"\ud800"}', "half of a surrogate pair, which is no character"),
        (r'{"\udfff":1}', "half of a surrogate pair, which is no character"),
        ('{"d":' + "[" * 300 + "]" * 300 + "}", "nested deeper than 200 levels"),
        ('{"d":' + "[" * 10_000 + "]" * 10_000 + "}", "nested deeper than 200 levels"),
        ('{"a":1,}', "not JSON: expecting property name enclosed in double quotes"),
        ('{"a":"x\ny"}', "not JSON: invalid control character at"),
        ("7", "not an object"),
        ('"text"', "not an object"),
    ],
)
def test_what_is_not_taken_is_set_aside_and_the_list_goes_on(tmp_path, element, reason):
    (table,) = tables(tmp_path / "a.json", f'[{{"id":1}}, {element}, {{"id":2}}]')
    assert rows(table) == [{"id": 1}, {"id": 2}]
    assert positions(table) == [1, 3]
    assert [(line, said.lower()) for line, said in asides(table)] == [(2, reason.lower())]


def test_whole_numbers_at_the_edge_of_64_bits_are_exact(tmp_path):
    (table,) = tables(tmp_path / "a.json", '[{"n":9223372036854775807},{"n":-9223372036854775808}]')
    assert rows(table) == [{"n": 9223372036854775807}, {"n": -9223372036854775808}]


def test_a_pair_of_surrogates_is_one_character(tmp_path):
    (table,) = tables(tmp_path / "a.json", r'[{"h":"\ud83c\udf0a"}]')
    assert rows(table) == [{"h": "🌊"}]


def test_a_download_that_broke_off_keeps_what_came(tmp_path):
    (table,) = tables(tmp_path / "a.json", '[{"id":1},{"id":2},{"id')
    assert rows(table) == [{"id": 1}, {"id": 2}]
    assert [line for line, _ in asides(table)] == [3]


def test_numbers_and_text_in_one_column_become_text_without_a_point(tmp_path):
    (table,) = tables(tmp_path / "a.json", '[{"id":12.0},{"id":"x"},{"id":true},{"id":1.5}]')
    assert rows(table) == [{"id": "12"}, {"id": "x"}, {"id": "true"}, {"id": "1.5"}]


def test_large_whole_numbers_beside_fractions_are_not_rounded(tmp_path):
    (table,) = tables(tmp_path / "a.json", '[{"id":9007199254740993},{"id":1.5}]')
    assert rows(table) == [{"id": "9007199254740993"}, {"id": "1.5"}]


@pytest.mark.slow
def test_a_long_list_is_read_in_batches(tmp_path):
    content = "[" + ",\n".join(f'{{"id":{at},"text":"{"word " * 20}"}}' for at in range(50_000)) + "]"
    (table,) = tables(tmp_path / "a.json", content)
    parts = list(table.rows())
    assert len(parts) > 1
    assert positions(table) == list(range(1, 50_001))
    assert parts[-1].bytes_done == table.bytes_total


def test_objects_keyed_by_ids_do_not_become_endless_columns(tmp_path):
    content = "[" + ",".join(json.dumps({f"id{at}_{n}": 1 for n in range(100)}) for at in range(300)) + "]"
    (table,) = tables(tmp_path / "a.json", content)
    parts = list(table.rows())
    assert sum(part.columns.num_rows for part in parts) == 300
    assert all(part.columns.num_columns <= 10_000 for part in parts)


@pytest.mark.parametrize("content", ["", "   ", '"text"', "12", "nul", '{"a":', '{"a":1} x', "[NaN]", "{]"])
def test_what_holds_no_rows_is_refused_in_words(tmp_path, content):
    with pytest.raises(UnreadableFileError) as caught:
        tables(tmp_path / "a.json", content)
    assert caught.value.means or caught.value.next_step


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_json_is_read_in_the_encodings_it_is_saved_in(tmp_path, encoding):
    (table,) = tables(tmp_path / "a.json", '[{"name":"José"}]'.encode(encoding))
    assert rows(table) == [{"name": "José"}]


def test_a_csv_whose_header_stands_in_brackets_is_no_json(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("[id],[name]\n1,ann\n")
    (table,) = open_tables(path)
    assert table.kind == "csv"


@pytest.mark.hostile
def test_the_json_test_suite_is_read_where_it_must_be_and_never_breaks_anything(data_folder):
    wrongly_taken: list[str] = []
    wrongly_refused: list[str] = []
    for path in sorted((data_folder / "hostile" / "jsontestsuite" / "test_parsing").glob("*.json")):
        whole, found = True, 0
        try:
            for table in open_tables(path):
                for part in table.rows():
                    found += part.columns.num_rows
                    whole = whole and not [each for each in part.set_aside if each.reason != "not an object"]
        except GroundswellError:
            whole = False
        text = path.read_bytes().strip()
        if path.name.startswith("n_") and whole:
            wrongly_taken.append(path.name)
        if path.name.startswith("y_") and not whole and text[:1] in (b"[", b"{"):
            wrongly_refused.append(path.name)
    assert wrongly_taken == []
    assert wrongly_refused == []
