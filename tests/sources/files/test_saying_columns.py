"""Whoever says which column is what is believed: a list of people is one, whatever its columns are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundswell.errors import InputError, UnknownNameError
from groundswell.sources.files import open_file
from groundswell.sources.files.layouts import recognise


def read(path: Path, **said: Any) -> dict[str, list[dict[str, Any]]]:
    pages = open_file(path, **said).pages()
    return {name: rows.to_pylist() for page in pages for name, rows in page.records.items()}


@pytest.mark.parametrize(
    ("headers", "mapping", "fee"),
    [
        ("who,net,shoe", {"who": "account", "net": "platform"}, None),
        ("who,net,cost", {"who": "handle", "net": "platform"}, 30000),
        ("Konto,Netz,Betrag", {"Konto": "account", "Netz": "platform", "Betrag": "amount_minor"}, 30000),
    ],
)
def test_who_and_where_is_enough(tmp_path: Path, headers: str, mapping: dict[str, str], fee: int | None) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"{headers}\n@ann,Instagram,300\n@bob,TikTok,300\n")
    found = read(file, mapping=mapping)
    assert [one["account"] for one in found["account"]] == ["instagram:@ann", "tiktok:@bob"]
    assert [one["amount_minor"] for one in found.get("fee", ())] == ([fee, fee] if fee else [])


def test_a_column_that_is_there_is_never_said_to_be_missing(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("shoe,size\nboot,41\n")
    with pytest.raises(InputError, match="No layout fits"):
        open_file(file, mapping={"shoe": "name"})
    with pytest.raises(UnknownNameError, match="no column called 'shoes'") as refused:
        open_file(file, mapping={"shoes": "handle"})
    assert "shoe" in str(refused.value.next_step)


@pytest.mark.parametrize(
    "headers",
    [
        "Name, Handle, Plattform, Follower, Honorar, Rabattcode, Status, E-Mail, Notizen, Mein Score, Link",
        "Name, Handle, Plattform, Follower, Preis pro Post, Link",
        "handle, platform, fee_eur, class promised",
        "Nutzername, Plattform, Gage (EUR)",
    ],
)
def test_a_sheet_with_fees_is_one_in_whatever_words(headers: str) -> None:
    assert recognise(headers.split(", ")).id == "marketer_sheet"


def test_counts_copied_for_posts_of_an_archive_find_them(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    at = "https://scholar.social/@martha/113000000000000000"
    file.write_text(f"author,url,likes,comments\nmartha@scholar.social,{at},19,1\n")
    [post] = read(file, constants={"platform": "mastodon"})["post"]
    assert post["post"] == "mastodon:https://scholar.social/users/martha/statuses/113000000000000000"
    assert (post["account"], post["likes"], post["replies"]) == ("mastodon:@martha@scholar.social", 19, 1)


@pytest.mark.parametrize(
    ("headers", "layout"),
    [
        ("author, url, likes, comments", "post_counts"),
        ("handle, url, followers, likes, bio", "accounts"),
        ("name, handle, link, score, status, notes", "marketer_sheet"),
    ],
)
def test_a_table_without_text_is_of_posts_only_when_it_counts_likes(headers: str, layout: str) -> None:
    assert recognise(headers.split(", ")).id == layout


@pytest.mark.parametrize(
    "headers", ["author, text, url, created_at, status, likes", "url, name, caption, date, notes, likes, author"]
)
def test_a_table_of_posts_stays_one(headers: str) -> None:
    assert recognise(headers.split(", ")).id == "posts"
