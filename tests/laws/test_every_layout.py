"""What must be true of every file layout. A new one is held to this by having an example file of its name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from groundswell.errors import GroundswellError
from groundswell.records import RECORDS, SEEN_WITH
from groundswell.sources import Page
from groundswell.sources.files import LAYOUTS, FileReading, open_file

EXAMPLES = Path(__file__).parents[1] / "sources" / "files" / "examples"
GIVEN = (
    {
        "bluesky_likes": {"post": "at://did:plc:ann/app.bsky.feed.post/3k1"},
        "bluesky_follow_list": {"followed": "@ann.example"},
    }
    | {name: {"author": "@ann"} for name, layout in LAYOUTS.items() if "author" in layout.needs}
    | {"hypeauditor_search": {"platform": "instagram"}}
)
STRANGE = "Ωåt 🥣 \u202e\u0000oat".replace("\u0000", "") + " 'quoted' ज़"
"""What "oat" becomes: letters of many scripts, an emoji, a right-to-left override, an apostrophe."""
every_layout = pytest.mark.parametrize("name", sorted(LAYOUTS))


def is_document(name: str) -> bool:
    """Whether the example is one object, or markup, and no list of rows."""
    kind = example(name).suffix
    return kind == ".xml" or (kind == ".json" and example(name).read_text("utf-8").lstrip().startswith("{"))


def example(name: str) -> Path:
    return next(EXAMPLES.glob(f"{name}.*"))


def opened(path: Path, name: str) -> FileReading:
    return open_file(path, constants=GIVEN.get(name, {}))


def pages(path: Path, name: str) -> list[Page]:
    return list(opened(path, name).pages())


def pages_unless_refused(path: Path, name: str) -> list[Page]:
    """The pages, or none when the file is refused with a message; any other exception fails the test."""
    try:
        return pages(path, name)
    except GroundswellError:
        return []


def changed(name: str, folder: Path, change: Callable[[bytes], bytes]) -> Path:
    path = folder / example(name).name
    path.write_bytes(change(example(name).read_bytes()))
    return path


def records(found: list[Page], *, lines: bool = True) -> dict[str, list[str]]:
    """Every record as text, sorted, so that readings can be compared."""
    rows: dict[str, list[str]] = {}
    for page in found:
        for kind, table in page.records.items():
            for row in table.to_pylist():
                row["extra"] = sorted(row.get("extra") or [])
                rows.setdefault(kind, []).append(repr(sorted((k, v) for k, v in row.items() if lines or k != "line")))
    return {kind: sorted(each) for kind, each in rows.items()}


def assert_accounted(found: list[Page]) -> None:
    """Rows = read + empty + set aside, no row both set aside and read, and every row set aside says where and why."""
    for page in found:
        assert page.rows == page.read + page.empty + len(page.set_aside)
        assert page.read >= 0
        aside = [one.line for one in page.set_aside]
        assert all(one.reason for one in page.set_aside)
        used = {line for table in page.records.values() for line in table.column("line").to_pylist()}
        assert not used & set(aside)


def assert_sound(found: list[Page]) -> None:
    """Tables match the record's schema; what is required is there."""
    for page in found:
        for kind, table in page.records.items():
            schema = RECORDS[kind].schema
            assert table.schema.field("line").type == pa.int64()
            for column in table.schema:
                if column.name in ("line", "observed_at", SEEN_WITH):
                    continue
                assert column.type == schema.field(column.name).type, f"{kind}.{column.name}"
            for field in RECORDS[kind].fields:
                assert not field.required or table.column(field.name).null_count == 0, f"{kind}.{field.name}"


def rewritten(
    name: str, change: Callable[[list[dict[str, object]]], list[dict[str, object]]]
) -> Callable[[bytes], bytes]:
    """A change of rows, for CSV (under any title rows) and JSON lists alike."""

    def work(content: bytes) -> bytes:
        text = content.decode()
        if example(name).suffix == ".csv":
            lines = list(csv.reader(io.StringIO(text)))
            widest = max(map(len, lines))
            top = next(at for at, line in enumerate(lines) if all(line) and len(line) == widest)
            rows = change([dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :]])
            out = io.StringIO()
            writer = csv.writer(out)
            writer.writerows(lines[:top])
            writer.writerow(list(rows[0]))
            writer.writerows(list(row.values()) for row in rows)
            return out.getvalue().encode()
        if example(name).suffix == ".ndjson":
            return "".join(
                json.dumps(row) + "\n" for row in change([json.loads(line) for line in text.splitlines()])
            ).encode()
        start = text.index("[") if text.startswith("window") else 0
        value = json.loads(text[start:])
        return (text[:start] + json.dumps(change(value) if isinstance(value, list) else change([value])[0])).encode()

    return work


@every_layout
def test_an_example_is_recognised_as_itself(name: str) -> None:
    assert opened(example(name), name).layout == LAYOUTS[name].name


@every_layout
def test_an_example_gives_sound_records_and_every_row_is_accounted_for(name: str) -> None:
    found = pages(example(name), name)
    assert_accounted(found)
    assert_sound(found)
    assert sum(page.read for page in found) > 0
    primary = LAYOUTS[name].records[0].record.name
    assert sum(page.records[primary].num_rows for page in found) >= sum(page.read for page in found)
    assert not any(page.set_aside for page in found)


@every_layout
def test_the_order_of_columns_does_not_matter(name: str, tmp_path: Path) -> None:
    if example(name).suffix == ".xml":
        pytest.skip("XML has no columns to reorder")
    turned = changed(name, tmp_path, rewritten(name, lambda rows: [dict(reversed(row.items())) for row in rows]))
    assert opened(turned, name).layout == LAYOUTS[name].name
    assert records(pages(turned, name)) == records(pages(example(name), name))


@every_layout
def test_duplicated_rows_are_all_accounted_for(name: str, tmp_path: Path) -> None:
    if is_document(name):
        pytest.skip("one document, not rows")
    doubled = pages(changed(name, tmp_path, rewritten(name, lambda rows: rows + rows)), name)
    once = pages(example(name), name)
    assert_accounted(doubled)
    assert sum(page.read for page in doubled) == 2 * sum(page.read for page in once)
    assert {kind: sorted(set(rows)) for kind, rows in records(doubled, lines=False).items()} == {
        kind: sorted(set(rows)) for kind, rows in records(once, lines=False).items()
    }


@every_layout
@pytest.mark.hostile
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.97])
def test_a_torn_file_never_crashes_and_loses_nothing_in_silence(name: str, kept: float, tmp_path: Path) -> None:
    torn = changed(name, tmp_path, lambda content: content[: int(len(content) * kept)])
    found = pages_unless_refused(torn, name)
    assert_accounted(found)
    assert_sound(found)


@every_layout
@pytest.mark.hostile
@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252", "utf-32-le"])
def test_another_encoding_never_crashes(name: str, encoding: str, tmp_path: Path) -> None:
    path = changed(name, tmp_path, lambda content: content.decode().replace("oat", "öat").encode(encoding))
    found = pages_unless_refused(path, name)
    assert_accounted(found)
    assert_sound(found)
    if encoding == "utf-8-sig":
        assert sum(page.read for page in found) == sum(page.read for page in pages(example(name), name))


@every_layout
def test_words_of_any_script_come_through_byte_for_byte(name: str, tmp_path: Path) -> None:
    content = example(name).read_text("utf-8")
    if "oat" not in content or name == "x_archive_likes":
        pytest.skip("the example holds no words")
    found = pages(changed(name, tmp_path, lambda raw: raw.decode().replace("oat", STRANGE).encode()), name)
    assert_accounted(found)
    values = [
        value
        for page in found
        for table in page.records.values()
        for row in table.to_pylist()
        for value in row.values()
    ]
    assert any(isinstance(value, str) and STRANGE in value for value in values)
    assert sum(page.read for page in found) == sum(page.read for page in pages(example(name), name))


@every_layout
def test_a_column_that_no_field_claims_is_kept_or_named(name: str, tmp_path: Path) -> None:
    if (
        example(name).suffix == ".xml"
        or name in ("modash_report", "bluesky_daily_counts", "kit", "zeeschuimer")
        or LAYOUTS[name].family
    ):
        pytest.skip("its shape is fixed by the platform")
    wider = changed(name, tmp_path, rewritten(name, lambda rows: [row | {"Zz Unheard Of": "kept"} for row in rows]))
    reading = opened(wider, name)
    found = list(reading.pages())
    holders = [table for page in found for table in page.records.values() if "extra" in table.column_names]
    kept = [("Zz Unheard Of", "kept") in (row or []) for table in holders for row in table.column("extra").to_pylist()]
    assert any(kept) or any("Zz Unheard Of" in note for note in reading.notes)


def test_every_layout_says_what_it_is_and_has_one_example() -> None:
    for name, layout in LAYOUTS.items():
        assert layout.says.endswith(".")
        assert len(list(EXAMPLES.glob(f"{name}.*"))) == 1, name
