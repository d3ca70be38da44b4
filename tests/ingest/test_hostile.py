"""Hostile files and hostile words, all the way through: import, store, signals, shortlist, exports."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from groundswell.discover import discover, read_brief
from groundswell.errors import GroundswellError
from groundswell.explain import explain
from groundswell.exports import export_shortlist
from groundswell.ingest import import_file
from groundswell.store import Workspace

pytestmark = pytest.mark.hostile


@pytest.fixture(scope="module")
def naughty(data_folder: Path) -> list[str]:
    """Strings that break programs; what CSV cannot carry inside one cell (NUL) and blanks are left out."""
    strings: list[str] = json.loads((data_folder / "hostile" / "blns.json").read_text(encoding="utf-8"))
    return [text for text in strings if text.strip() and "\x00" not in text and "\r" not in text]


def test_no_hostile_file_breaks_an_import_or_the_workspace(tmp_path: Path, data_folder: Path) -> None:
    hostile = data_folder / "hostile"
    subprocess.run([sys.executable, str(hostile / "make_bombs.py"), str(tmp_path / "bombs")], check=True)
    files = [*sorted((tmp_path / "bombs").iterdir()), *sorted((hostile / "csv-spectrum" / "csvs").iterdir())]
    files += sorted((hostile / "jsontestsuite" / "test_parsing").iterdir())
    workspace = Workspace.create(tmp_path / "w")
    refused = 0
    for path in files:
        try:
            report = import_file(workspace, path, constants={"platform": "twitter"})
        except GroundswellError as error:
            refused += bool(error.what)
        else:
            assert report.rows == report.read + report.set_aside + report.empty, path.name
            assert report.read >= 0, path.name
    assert refused > len(files) // 2  # most of them are no table of people
    assert all(one.state in ("live", "pending") for one in workspace.state.imports())
    with workspace.engine() as engine:
        assert engine.rows("SELECT count(*) FROM posts")[0][0] >= 0
    assert not (tmp_path / "evil.txt").exists()
    assert not Path("/var/evil.txt").exists()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, naughty: list[str]) -> Workspace:
    """A workspace in which every text field of an account and its posts holds a hostile string."""
    folder = tmp_path_factory.mktemp("naughty")
    with (folder / "accounts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["platform", "id", "handle", "name", "bio", "location", "url", "followers", "note"])
        for number, text in enumerate(naughty):
            writer.writerow(["twitter", 1000 + number, f"h{number}", text, text, text, text, 1000, text])
    with (folder / "posts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["platform", "id", "author_id", "text", "created_at", "likes", "url", "hashtags"])
        for number, text in enumerate(naughty):
            for turn in range(3):
                url = "javascript:alert(1)" if turn else text
                writer.writerow(
                    ["twitter", f"{number}-{turn}", 1000 + number, f"{text} bread {turn}", "2026-01-02", 5, url, text]
                )
    made = Workspace.create(folder / "w")
    for name in ("accounts.csv", "posts.csv"):
        report = import_file(made, folder / name)
        assert report.set_aside == 0
    return made


def test_hostile_words_are_stored_as_they_came(workspace: Workspace, naughty: list[str]) -> None:
    with workspace.engine() as engine:
        stored = dict(engine.rows("SELECT account, bio FROM accounts"))
    for number, text in enumerate(naughty):
        assert stored[f"twitter:{1000 + number}"] in (text, text.strip(), text.strip(" "))


class Live(HTMLParser):
    """Counts what must not be in a page: tags that act, attributes that act, addresses that act."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "form", "base", "img", "video", "audio", "marquee"):
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (name in ("href", "src", "xlink:href") and _acts(value or "")):
                self.found.append(f"{tag} {name}={value}")


def _acts(address: str) -> bool:
    return not address.startswith(("http://", "https://", "#"))


def test_hostile_words_come_out_as_words(workspace: Workspace, tmp_path: Path) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_text(
        'brand = "Oat & Co"\ndefinition = "everyday_voice@1"\nlimit = 600\n[[persona]]\ntext = "bread"\n',
        encoding="utf-8",
    )
    shortlist = discover(workspace, read_brief(brief))
    assert len(shortlist.matches) > 400
    page = export_shortlist(shortlist, tmp_path / "s.html").read_text(encoding="utf-8")
    reader = Live()
    reader.feed(page)
    assert reader.found == []
    book = openpyxl.load_workbook(export_shortlist(shortlist, tmp_path / "s.xlsx"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert json.loads(export_shortlist(shortlist, tmp_path / "s.json").read_text(encoding="utf-8"))["matches"]
    with export_shortlist(shortlist, tmp_path / "s.csv").open(encoding="utf-8-sig", newline="") as file:
        written = [cell for row in csv.reader(file) for cell in row]
    assert [
        cell for cell in written if cell[:1] in ("=", "@", "\t", "＝") or (cell[:1] in "+-" and not _is_number(cell))
    ] == []


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return not cell
    return True


def test_a_hostile_person_can_be_explained(workspace: Workspace) -> None:
    for number in range(0, 400, 40):
        found = explain(workspace, f"twitter:{1000 + number}")
        assert found.values["followers"].value == 1000
