"""Why a row or a column was not used is said so that somebody can do something about it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from groundswell.errors import InputError
from groundswell.sources import SetAside
from groundswell.sources.files import open_file

ANN: dict[str, Any] = {
    "username": "ann", "id": "771", "fullName": "Ann", "biography": "oats", "followersCount": 1200, "postsCount": 3,
}  # fmt: skip
GONE = {
    "username": "gone",
    "url": "https://www.instagram.com/gone",
    "error": "not_found",
    "errorDescription": "No such page",
}
POST = {
    "shortCode": "Cx",
    "ownerUsername": "ann",
    "caption": "oats",
    "likesCount": 5,
    "timestamp": "2026-03-04T09:00:00Z",
}


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def aside(path: Path) -> list[SetAside]:
    return [one for page in open_file(path).pages() for one in page.set_aside]


def test_what_a_scraper_reports_as_missing_is_no_account(tmp_path: Path) -> None:
    path = written(tmp_path / "profiles.json", ANN, GONE)
    (page,) = open_file(path).pages()
    assert page.records["account"].column("account").to_pylist() == ["instagram:771"]
    (one,) = page.set_aside
    assert (one.line, one.reason) == (2, "the tool could not read this profile: not_found (No such page)")
    assert "gone" in one.text


def test_a_post_that_could_not_be_read_says_what_the_tool_said(tmp_path: Path) -> None:
    path = written(
        tmp_path / "posts.json", POST, {"url": "https://www.instagram.com/p/Cy/", "error": "restricted_page"}
    )
    assert [one.reason for one in aside(path)] == ["the tool could not read this post: restricted_page"]


def test_a_table_with_a_column_of_errors_is_read_where_it_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "profiles.csv"
    path.write_text(
        "username,id,biography,followersCount,postsCount,error\nann,771,oats,1200,3,\ngone,,,,,not_found\n", "utf-8"
    )
    assert [one.reason for one in aside(path)] == ["the tool could not read this profile: not_found"]


def test_a_report_in_an_archive_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(written(tmp_path / "profiles.json", ANN, GONE), "profiles.json")
    assert [one.member for one in aside(path)] == ["profiles.json"]


def test_a_file_that_holds_nothing_but_reports_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="only what the tool could not read: not_found"):
        open_file(written(tmp_path / "profiles.json", GONE, GONE | {"username": "also"}))


def test_columns_that_are_lost_are_named_with_the_reason_and_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "follows.csv"
    path.write_text("follower,followed,colour\ntwitter:1,twitter:2,red\n", "utf-8")
    reading = open_file(path)
    list(reading.pages())
    assert reading.notes == [
        "Columns not kept, since follows have no field for them: colour. "
        "If one holds a field under another name, import the file again with --map COLUMN=FIELD."
    ]


def lines(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_row_without_a_platform_is_not_said_to_lack_its_account(tmp_path: Path) -> None:
    path = lines(tmp_path / "accounts.csv", "platform,handle,followers", "instagram,ann,5", ",ben,6", "Intagram,cy,7")
    assert [(one.line, one.reason) for one in aside(path)] == [
        (3, "no platform in 'platform'"),
        (4, "unknown platform 'Intagram'"),
    ]


def test_a_verb_that_nobody_knows_is_named(tmp_path: Path) -> None:
    head = "actor,verb,target,platform,date"
    path = lines(
        tmp_path / "acts.csv", head, "@a,like,@b,x,2026-01-01", "@a,zap,@b,x,2026-01-02", "@a,,@b,x,2026-01-02"
    )
    assert [(one.line, one.reason) for one in aside(path)] == [(3, "unknown verb 'zap'"), (4, "no verb in 'verb'")]


def test_ids_of_posts_that_a_spreadsheet_rounded_are_told(tmp_path: Path) -> None:
    head = "post_id,username,platform,created_at,text,url"
    rows = [f"1.23457E+18,@ann,x,2026-01-0{day},bread {day}," for day in (1, 2)]
    known = "1.23457E+18,@ann,x,2026-01-03,rye,https://x.com/ann/status/1234567890123456789"
    reading = open_file(lines(tmp_path / "posts.csv", head, *rows, known, "77,@ann,x,2026-01-04,rye,"))
    (page,) = reading.pages()
    assert page.records["post"].column("post").to_pylist()[2:] == ["twitter:1234567890123456789", "twitter:77"]
    said = "2 post ids were damaged by a spreadsheet; a post without one is known by its author, date and text."
    assert said in reading.notes


def test_a_post_among_profiles_is_no_account(tmp_path: Path) -> None:
    latest = {**ANN, "latestPosts": [POST | {"id": "p1"}]}
    path = written(tmp_path / "mixed.json", latest, GONE, {**POST, "id": "q1"}, {**POST, "id": "q2"})
    (page,) = open_file(path).pages()
    assert set(page.records["account"].column("account").to_pylist()) == {"instagram:771"}
    assert page.records["post"].num_rows == 1
    assert [(one.line, one.reason) for one in page.set_aside if one.line > 2] == [
        (line, "a post among profiles: import the file once more with --as apify_instagram_post") for line in (3, 4)
    ]
