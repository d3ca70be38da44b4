"""03/04/2025 is the third of April or the fourth of March: the column says, else the user, and nobody guesses."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from groundswell.errors import UnknownNameError
from groundswell.ingest import ImportReport, import_file
from groundswell.sources.files import csv_rows
from groundswell.store import Workspace

HEAD = "platform,author,text,date,likes\n"


def posts(folder: Path, *dates: str) -> Path:
    path = folder / "posts.csv"
    path.write_text(
        HEAD + "".join(f"instagram,@ann,oats {i},{day},5\n" for i, day in enumerate(dates)), encoding="utf-8"
    )
    return path


def brought(folder: Path, path: Path, **options: str) -> tuple[ImportReport, list[date | None]]:
    workspace = Workspace.create(folder / "workspace")
    report = import_file(workspace, path, **options)  # type: ignore[arg-type]
    with workspace.engine() as engine:
        return report, [when and when.date() for (when,) in engine.rows("SELECT created_at FROM posts ORDER BY text")]


def test_a_date_that_nothing_settles_is_unknown_and_counted(tmp_path: Path) -> None:
    report, dates = brought(tmp_path, posts(tmp_path, "03/04/2025", "05/06/2025", "07/07/2025"))
    assert dates == [None, None, date(2025, 7, 7)]
    assert report.open_dates == {"date": 2}
    (note,) = [note for note in report.notes if "two ways" in note]
    assert note.startswith("2 dates in 'date' could be read two ways, such as 03/04/2025")
    assert note.endswith("are unknown; say --dates day-first or --dates month-first.")


@pytest.mark.parametrize(("order", "read"), [("day-first", date(2025, 4, 3)), ("month-first", date(2025, 3, 4))])
def test_the_user_settles_it_once_for_all_files_with_these_headers(order: str, read: date, tmp_path: Path) -> None:
    report, dates = brought(tmp_path, posts(tmp_path, "03/04/2025"), dates=order)
    assert (dates, report.open_dates) == ([read], {})
    again, dates = brought(tmp_path, posts(tmp_path, "03/04/2025", "09/10/2025"))
    assert dates[0] == read
    assert None not in dates
    assert any(f"are read {order}, as you said last time" in note for note in again.notes)


@pytest.mark.parametrize(("last", "read"), [("13/04/2025", date(2025, 4, 3)), ("04/13/2025", date(2025, 3, 4))])
def test_the_last_date_settles_the_first_although_they_lie_in_different_batches(
    last: str, read: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_rows, "BLOCK", 4096)
    report, dates = brought(tmp_path, posts(tmp_path, *["03/04/2025"] * 2000, last))
    assert set(dates[:1]) == {read}
    assert None not in dates
    assert not report.open_dates


def test_a_column_that_holds_both_orders_settles_nothing(tmp_path: Path) -> None:
    report, dates = brought(tmp_path, posts(tmp_path, "13/04/2025", "04/13/2025", "03/04/2025"))
    assert dates == [date(2025, 4, 13), date(2025, 4, 13), None]
    assert any("other dates of the column are written day/month and month/day" in note for note in report.notes)
    assert report.open_dates == {"date": 1}
    assert "1 date in 'date' is written day/month, the first number above 12: the column mixes both." in report.notes
    assert "1 date in 'date' is written month/day, the second number above 12: the column mixes both." in report.notes


def test_dots_mean_that_the_day_comes_first(tmp_path: Path) -> None:
    assert brought(tmp_path, posts(tmp_path, "03.04.2025"))[1] == [date(2025, 4, 3)]


def test_a_date_in_an_archive_is_settled_too(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(posts(tmp_path, "03/04/2025", "13/04/2025"), "posts.csv")
    assert brought(tmp_path, path)[1] == [date(2025, 4, 3), date(2025, 4, 13)]


def test_an_order_that_does_not_exist_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="dayfirst") as error:
        brought(tmp_path, posts(tmp_path, "03/04/2025"), dates="dayfirst")
    assert "day-first" in f"{error.value.means} {error.value.next_step}"


def test_the_platform_of_a_list_is_remembered_and_a_row_that_says_its_own_keeps_it(tmp_path: Path) -> None:
    workspace, path = Workspace.create(tmp_path / "w"), tmp_path / "list.csv"
    path.write_text("Name,Handle,Followers,Fee\nAnn,@ann,12K,250\n", encoding="utf-8")
    import_file(workspace, path, constants={"platform": "ig"})
    rows = "Bob,@bob,1K,25\nCy,https://tiktok.com/@cy,2K,30\nDee,https://instagram.com/dee,3K,35\n"
    path.write_text(f"Name,Handle,Followers,Fee\n{rows}", encoding="utf-8")
    report = import_file(workspace, path)
    assert "The platform, instagram, is the one you gave last time for a file with these headers." in report.notes
    with workspace.engine() as engine:
        found = engine.rows("SELECT account FROM accounts ORDER BY account")
    assert found == [("instagram:@ann",), ("instagram:@bob",), ("instagram:@dee",), ("tiktok:@cy",)]


def test_the_platform_that_was_said_is_remembered_without_any_columns(tmp_path: Path) -> None:
    workspace, path = Workspace.create(tmp_path / "w"), tmp_path / "posts.csv"
    for likes, constants in (("5", {"platform": "tiktok"}), ("6", {})):
        path.write_text(f"author,date,text,likes\n@ann,2026-01-02,oats,{likes}\n", encoding="utf-8")
        report = import_file(workspace, path, constants=constants)
    assert report.records["post"].changed == 1
    assert "The platform, tiktok, is the one you gave last time for a file with these headers." in report.notes
