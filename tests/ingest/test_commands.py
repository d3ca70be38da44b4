"""What the commands that bring files in say, and what they leave as exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundswell.cli import main
from groundswell.store import Workspace

POST = "platform,author,date,text,likes\ninstagram,@ann,2026-01-02,Oat & Co bread,12\n"
SHEET = "Name,Handle,Platform,Followers,Fee\nAnn,@ann,instagram,12K,€250\n"
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command in an empty folder: exit code, what it printed, what it complained of."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "posts.csv": POST,
        "sheet.csv": SHEET,
        "bad.csv": "colour\nred\n",
        "note.pdf": "%PDF-1.7",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["groundswell", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return run


def test_one_bad_file_does_not_keep_the_others_out(ask: Ask) -> None:
    code, out, err = ask("import", "bad.csv", "posts.csv", "missing.csv", "sheet.csv")
    assert code == 3
    assert "This is import 1." in out
    assert "This is import 2." in out
    last = err.strip().splitlines()[-1]
    assert last.startswith("2 of 4 files were not brought in: bad.csv (")
    assert "missing.csv (There is no file missing.csv.)" in last


def test_in_json_each_file_has_its_report_or_its_error(ask: Ask) -> None:
    code, out, _ = ask("import", "posts.csv", "note.pdf", "--json")
    first, second = json.loads(out)
    assert code == 3
    assert (first["source"], first["read"]) == ("posts.csv", 1)
    assert second["source"] == "note.pdf"
    assert second["error"]["what"] == "note.pdf is a PDF."
    assert second["error"]["next_step"]


def test_a_wrong_option_is_told_once_for_a_single_file(ask: Ask) -> None:
    code, out, err = ask("import", "posts.csv", "--as", "postz")
    assert (code, out) == (2, "")
    assert "files were not brought in" not in err


def test_a_row_that_gives_several_kinds_of_records_is_counted_by_kind(ask: Ask) -> None:
    _, out, _ = ask("import", "posts.csv")
    assert "1 row = 1 read + 0 set aside + 0 empty" in out
    assert "1 post: 1 new, 0 same, 0 changed" in out
    assert "1 account: 1 new, 0 same, 0 changed" in out


@pytest.mark.slow
@pytest.mark.parametrize("words", [("audit",), ("advocates", "staff", "--company", "Oat & Co")])
def test_a_list_that_is_asked_about_says_first_what_it_brought_in(words: tuple[str, ...], ask: Ask) -> None:
    ask("import", "posts.csv")
    _, out, err = ask(*words, "sheet.csv")
    assert out.startswith("sheet.csv was brought in as import 2: 1 row read."), err
    assert "To take it out again: groundswell imports undo 2" in out
    _, again, _ = ask(*words, "sheet.csv")
    assert again.startswith("sheet.csv is here already, as import 2.")
    _, out, _ = ask(*words, "sheet.csv", "--json")
    assert json.loads(out)["roster"]["id"] == 2


def test_dates_that_could_be_read_two_ways_are_settled_by_an_option(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text(POST.replace("2026-01-02", "03/04/2025"), encoding="utf-8")
    _, out, _ = ask("import", "posts.csv")
    assert "1 date in 'date' could be read two ways, such as 03/04/2025" in out
    assert (
        "groundswell imports undo 1, then import the file again with --dates day-first or --dates month-first." in out
    )
    ask("imports", "undo", "1")
    _, out, _ = ask("import", "posts.csv", "--dates", "month-first")
    assert "two ways" not in out
    with Workspace.open(Path("groundswell-data")).engine() as engine:
        assert str(engine.rows("SELECT created_at::DATE FROM posts")[0][0]) == "2025-03-04"


@pytest.mark.slow
def test_every_way_to_begin_and_to_undo_answers_in_json(ask: Ask) -> None:
    assert json.loads(ask("init", "--json")[1]) == {"workspace": "groundswell-data"}
    ask("import", "posts.csv")
    assert json.loads(ask("imports", "undo", "1", "--json")[1])["state"] == "undone"
    made = json.loads(ask("simulate", "made", "--people", "100", "--json")[1])
    assert all(Path(path).is_file() for path in made["wrote"])
    shown = json.loads(ask("demo", "shown", "--people", "300", "--json")[1])
    assert shown["shortlist"]["simulated"] is True
    assert all(Path(path).is_file() for path in shown["wrote"])
    assert len(shown["imports"]) == 6


def test_an_import_that_was_killed_is_named_and_swept(ask: Ask) -> None:
    ask("import", "posts.csv")
    workspace = Workspace.open(Path("groundswell-data"))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    workspace.state.begin_import(source="x.csv", layout="posts", sha256="", observed_at=moment, options={})
    assert "Import 2 was never finished" in ask("imports")[1]
    assert [one["to_sweep"] for one in json.loads(ask("imports", "--json")[1])] == [False, True]
    assert "Nothing was changed (dry run)." in ask("imports", "sweep", "--dry-run")[1]
    assert json.loads(ask("imports", "sweep", "--json")[1])["imports"] == [2]
    assert "every import was finished" in ask("imports", "sweep")[1]
