"""Sheets as people type them: a rounded count, a handle with its server, a yes under "paid?", a German heading, a polite no."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundswell.ingest import import_file
from groundswell.sources.files import open_file
from groundswell.sources.files.layouts.marketer import Named, named_in
from groundswell.sources.files.layouts.volunteers import wants
from groundswell.sources.files.values import count_of
from groundswell.store import Workspace


def read(folder: Path, text: str) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Every record of a table, and what its reader tells."""
    path = folder / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    reading = open_file(path)
    records: dict[str, list[dict[str, Any]]] = {}
    for page in reading.pages():
        for name, rows in page.records.items():
            records.setdefault(name, []).extend(rows.to_pylist())
    return records, list(reading.notes)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("~2k", 2000),
        ("ca. 12.4K", 12400),
        ("about 900", 900),
        ("22k subs", 22000),
        ("8,4 Tsd. Follower", 8400),
        ("1,200 followers", 1200),
        ("≈ 3 Mio Abonnenten", 3_000_000),
        ("caro 5", None),
        ("subs", None),
        ("~", None),
        ("lots", None),
        ("2-3k", None),
    ],
)
def test_a_count_that_somebody_rounded_or_named_is_a_count(word: str, count: int | None) -> None:
    assert count_of(word) == count


def test_followers_that_are_no_count_are_told_with_their_heading_and_line(tmp_path: Path) -> None:
    records, notes = read(
        tmp_path,
        "Name,Handle,Platform,How many (Followers),Followers,Fee\n"
        "Ann,@ann,Instagram,,~2k,€90\nBob,@bob,Instagram,,lots,€90\nCid,@cid,Instagram,,?,€90\nDot,@dot,Instagram,,7.260,€90\n",
    )
    counts = {row["account"]: row["followers"] for row in records["account"]}
    assert counts == {"instagram:@ann": 2000, "instagram:@bob": None, "instagram:@cid": None, "instagram:@dot": 7260}
    told = [note for note in notes if "count" in note]
    assert told == ["In “Followers” 1 value is no count and is kept in words: line 3 “lots”."]
    bob = next(row for row in records["creator"] if row["account"] == "instagram:@bob")
    assert dict(bob["extra"])["Followers"] == "lots"


@pytest.mark.parametrize(
    ("cell", "platform", "named"),
    [
        ("@ann@mastodon.social", "mastodon", [Named("ann@mastodon.social", "mastodon")]),
        ("@Ann@chaos.social", None, [Named("ann@chaos.social", "mastodon")]),
        ("ann@chaos.social", "mastodon", [Named("ann@chaos.social", "mastodon")]),
        ("Mastodon: @ann@chaos.social / @annx", None, [Named("ann@chaos.social", "mastodon"), Named("annx", None)]),
        ("ann@chaos.social", None, []),
        ("ann@example.org", "instagram", []),
    ],
)
def test_a_handle_with_its_server_is_an_account(cell: str, platform: str | None, named: list[Named]) -> None:
    assert named_in(cell, platform) == named


def test_a_roster_holds_those_of_whom_only_a_handle_with_its_server_is_known(tmp_path: Path) -> None:
    records, _ = read(
        tmp_path,
        "Name,Department,Mastodon,LinkedIn\nAnn Rye,R&D,@ann@mastodon.social,\nBob Oat,HR,,https://www.linkedin.com/in/bob-oat\n",
    )
    assert {(row["name"], row["account"]) for row in records["creator"]} == {
        ("Ann Rye", "mastodon:@ann@mastodon.social"),
        ("Bob Oat", "linkedin:@bob-oat"),
    }


def test_the_platform_beside_a_handle_tells_it_from_an_address_of_mail(tmp_path: Path) -> None:
    records, _ = read(tmp_path, "Name,Handle,Platform,Fee\nAnn,ann@chaos.social,Mastodon,€90\nBob,@bob,Instagram,€80\n")
    assert {row["account"] for row in records["creator"]} == {"mastodon:@ann@chaos.social", "instagram:@bob"}


def test_yes_under_paid_is_no_fee_in_words(tmp_path: Path) -> None:
    _, notes = read(tmp_path, "handle,platform,cost,paid?\nann,instagram,100,yes\nbob,instagram,barter,no\n")
    assert not [note for note in notes if "paid?" in note]
    assert [note for note in notes if "“barter”" in note]


def test_a_table_of_posts_says_its_authors_followers_in_german_too(tmp_path: Path) -> None:
    records, _ = read(
        tmp_path,
        "Plattform,ID,Account,Text,Datum,Likes,Follower\nbluesky,1,ann,Hallo,22.09.2026,3,1200\nbluesky,2,bob,Tag,23.09.2026,1,\n",
    )
    assert {row["account"]: row["followers"] for row in records["account"]} == {
        "bluesky:@ann": 1200,
        "bluesky:@bob": None,
    }


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("lieber nicht", False),
        ("Eher nicht", False),
        ("please not", False),
        ("rather not", False),
        ("klar, bin dabei", True),
        ("weiß nicht", None),
        ("noch nicht gefragt", None),
        ("lieber später", None),
    ],
)
def test_a_polite_no_is_a_no(cell: str, answer: bool | None) -> None:
    assert wants("Freiwillig dabei?", cell) is answer


@pytest.mark.parametrize("status", ["contacted", "shipped", "replied", "agreed"])
def test_who_stands_in_two_campaigns_has_the_status_and_code_of_the_last_row(tmp_path: Path, status: str) -> None:
    path = tmp_path / "campaigns.csv"
    path.write_text(
        "Campaign,Influencer,Handle,Platform,Discount Code,Status\n"
        "Spring,Kim,@kim,Instagram,KIM10,posted\nSpring,Lou,@lou,TikTok,LOU10,paid\n"
        f"Summer,Kim,@kim,Instagram,KIM20,{status}\nSummer,Lou,@lou,TikTok,,paid\n"
    )
    workspace = Workspace.create(tmp_path / "w")
    report = import_file(workspace, path)
    with workspace.engine() as engine:
        found = engine.rows("SELECT name, status, code FROM creators ORDER BY name")
    assert found == [("Kim", status, "KIM20"), ("Lou", "paid", "LOU10")]
    assert "Who stands in several rows has the status and the code of the last one: @kim (lines 2, 4)." in report.notes
    assert vars(report.records["creator"]) == {"new": 2, "same": 0, "changed": 0}


def test_the_currency_of_a_fee_may_stand_in_a_column_of_its_own(tmp_path: Path) -> None:
    records, notes = read(
        tmp_path,
        'Name,Instagram,Fee,Währung\nAnn,@ann,"1.200,50",EUR\nBo,@bo,$90,EUR\nCy,@cy,50-70,chf\nDi,@di,40,vouchers\nEd,@ed,9000,JPY\n',
    )
    fees = {row["account"].rpartition("@")[2]: (row["amount_minor"], row["currency"]) for row in records["fee"]}
    assert fees == {
        "ann": (120050, "EUR"), "bo": (9000, "USD"), "cy": (7000, "CHF"), "di": (4000, None), "ed": (9000, "JPY"),
    }  # fmt: skip
    kept = {row["name"]: dict(row["extra"] or ()) for row in records["creator"]}
    assert [kept[name].get("Währung") for name in ("Ann", "Di")] == [None, "vouchers"]
    assert not [note for note in notes if "Währung" in note]
