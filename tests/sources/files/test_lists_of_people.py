"""A list of colleagues: names, a column of handles for each network, who wants to speak. The heading says the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from groundswell.sources import Reading
from groundswell.sources.files import open_file
from groundswell.sources.files.layouts import recognise
from groundswell.sources.files.layouts.marketer import columns_of
from groundswell.sources.files.layouts.volunteers import asks_who_wants, names_a_department, wants

EXAMPLE = Path(__file__).with_name("examples") / "people_list.csv"


def accounts_in(path: Path, **asked: Any) -> list[tuple[str, str]]:
    return accounts_of(open_file(path, **asked))


def accounts_of(reading: Reading) -> list[tuple[str, str]]:
    rows = [row for page in reading.pages() for row in page.records["creator"].to_pylist()]
    return [(row["name"], row["account"]) for row in rows]


def written(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_without_an_address_of_mail_is_a_list_of_people_with_all_their_accounts() -> None:
    reading = open_file(EXAMPLE)
    assert reading.layout == "people_list"
    assert "colleagues" in reading.says
    assert "fee" not in reading.says
    assert accounts_of(reading) == [
        ("Ann Crumb", "linkedin:@ann-crumb"),
        ("Ann Crumb", "instagram:@ann.bakes"),
        ("Ann Crumb", "twitter:@annx"),
        ("Bob Rye", "linkedin:@bob-rye"),
        ("Cid Oat", "twitter:@cidx"),
    ]


def test_a_column_that_nothing_reads_is_named_and_those_of_colleagues_are_read() -> None:
    reading = open_file(EXAMPLE)
    list(reading.pages())
    assert reading.notes == ["Kept as it came, and nothing reads it: Shoe size."]


@pytest.mark.parametrize("said", [{}, {"constants": {"platform": "linkedin"}}])
def test_the_heading_says_the_network_whatever_the_addresses_beside_it_and_the_user_say(
    tmp_path: Path, said: dict[str, Any]
) -> None:
    text = "Name,E-mail,Instagram,LinkedIn,X\nAnn,a@b.example,@ann.bakes,https://www.linkedin.com/in/ann,@annx\nBob,b@b.example,@bob,,\n"
    assert set(accounts_in(written(tmp_path, text), **said)) == {
        ("Ann", "instagram:@ann.bakes"),
        ("Ann", "linkedin:@ann"),
        ("Ann", "twitter:@annx"),
        ("Bob", "instagram:@bob"),
    }


def test_where_no_heading_says_it_the_addresses_still_do(tmp_path: Path) -> None:
    text = "Creator,Handle,Link,Fee\nAnn,@ann,https://www.instagram.com/ann,20\nBob,@bob,,30\n"
    assert {account for _, account in accounts_in(written(tmp_path, text))} == {"instagram:@ann", "instagram:@bob"}


@pytest.mark.parametrize(
    "heading", ["X", "X handle", "X-Handle", "x account", "X profile", "handle on X (link)", "X-Profil"]
)
def test_x_is_a_network_where_only_words_of_accounts_stand_beside_it(heading: str) -> None:
    found = columns_of(["Name", heading]).on_platform
    assert found == ([] if " on " in heading else [("twitter", heading)])


@pytest.mark.parametrize("heading", ["size x length", "x ray", "x-mas gift", "1 x week"])
def test_a_letter_x_beside_other_words_is_no_network(heading: str) -> None:
    assert columns_of(["Name", heading]).on_platform == []


def test_a_name_in_two_columns_is_one_name(tmp_path: Path) -> None:
    text = "Vorname,Nachname,LinkedIn-Profil\nAnn,Crumb,https://www.linkedin.com/in/ann\n"
    assert accounts_in(written(tmp_path, text)) == [("Ann Crumb", "linkedin:@ann")]


@pytest.mark.parametrize(
    ("headers", "layout"),
    [
        ("Name, LinkedIn, Instagram, X handle, Volunteer yes/no", "people_list"),
        ("Name, E-mail, Instagram", "people_list"),
        ("Influencer, Instagram, Fee, Code, Status, E-mail", "marketer_sheet"),
        ("Name, Instagram, Discount Code, E-mail", "marketer_sheet"),
        ("Influencer, Handle, Platform, Fee", "marketer_sheet"),
    ],
)
def test_what_speaks_of_work_with_creators_is_their_sheet(headers: str, layout: str) -> None:
    assert recognise(headers.split(", ")).id == layout


@pytest.mark.parametrize(
    "heading", ["Volunteer: yes/no", "Volunteer", "Freiwillig?", "opt-in", "Opted in", "Wants to speak", "macht mit"]
)
def test_a_column_that_says_who_wants_to_speak_is_known_by_its_heading(heading: str) -> None:
    assert asks_who_wants(heading)
    assert wants(heading, "Yes") is wants(heading, "ja, gern") is wants(heading, "x") is True
    assert (
        wants(heading, "No") is wants(heading, "nein") is wants(heading, "FALSE") is wants(heading, "not now") is False
    )
    assert wants(heading, "") is wants(heading, "?") is wants(heading, "ask her") is None


def test_yes_to_staying_out_is_no() -> None:
    assert wants("Opt-out", "yes") is False
    assert wants("Opt-out", "no") is True
    assert not asks_who_wants("Volunteer hours")
    assert names_a_department("Abteilung")
    assert not names_a_department("Team spirit")
