"""A kit on paper: every number leads to its rows, and what strangers wrote stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from groundswell.coach.kits import Kit, Number, Row
from groundswell.errors import UnknownNameError
from groundswell.exports.kit_page import ROWS_SHOWN, kit_page, kit_pdf, write_kit

AT = datetime(2026, 7, 1, tzinfo=UTC)
HOSTILE = (
    '<script>alert(1)</script> #import "x": * $x^2$ *bold* `code` \\ #panic() @label <r1> {{ 7*7 }} \u202e 後藤 🥣'
)


def row(number: int, link: str | None = None) -> Row:
    return Row("tweets.csv", number, 1, f"x:{number}", link, AT)


def number(name: str, rows: int = 3) -> Number:
    behind = tuple(row(at, f"https://example.org/{at}") for at in range(2, rows + 2))
    return Number(name, name.capitalize(), "4", 4.0, None, None, rows, "count", behind, f"{name}: 4.")


@pytest.fixture
def kit_made(tmp_path: Path) -> Kit:
    profile = {
        "account": "twitter:1",
        "platform": "twitter",
        "handle": "ann",
        "name": "Ann",
        "bio": "Bread",
        "url": None,
    }
    numbers = (number("sparked"), number("followers", 1))
    return Kit(
        profile,
        AT,
        "Ann",
        AT,
        "8 of 10 posts are about bread.",
        (("bread", 0.8),),
        numbers,
        (),
        (),
        False,
        "v",
        tmp_path,
    )


def hostile(made: Kit) -> Kit:
    profile = made.profile | {"name": HOSTILE, "bio": HOSTILE, "handle": HOSTILE, "url": "javascript:alert(1)"}
    bad = Number(
        "x",
        HOSTILE,
        HOSTILE,
        1.0,
        0.5,
        2.0,
        1,
        "count",
        (row(2, "javascript:alert(1)"), Row(HOSTILE, 2, 1, HOSTILE, HOSTILE)),
        HOSTILE,
    )
    return replace(made, profile=profile, numbers=(bad,), made_by=HOSTILE, stands_for=HOSTILE, topics=((HOSTILE, 0.5),))


class Seen(HTMLParser):
    """Tags, ids and addresses of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.ids, self.links = set[str](), set[str](), list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        named = dict(attrs)
        self.ids.add(named.get("id") or "")
        if named.get("href"):
            self.links.append(str(named["href"]))


def test_every_number_links_to_its_rows_and_every_row_says_file_and_line(kit_made: Kit) -> None:
    page = kit_page(kit_made)
    seen = Seen(page)
    inside = [link[1:] for link in seen.links if link.startswith("#")]
    assert set(inside) <= seen.ids
    assert {"r1", "r2"} <= set(inside)
    assert page.count("tweets.csv, line") == 4
    assert "https://example.org/2" in seen.links


def test_what_strangers_wrote_is_text_on_the_page(kit_made: Kit) -> None:
    page = kit_page(hostile(kit_made))
    seen = Seen(page)
    assert not seen.tags & {"script", "iframe", "img", "object", "link", "form"}
    assert all(link.startswith(("#", "https://", "http://")) for link in seen.links)
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page


def test_the_page_fetches_nothing(kit_made: Kit) -> None:
    page = kit_page(kit_made)
    assert not re.search(r"(?:src|@import|url\()\s*=?\s*[\"']?https?:", page)
    assert "default-src 'none'" in page


def test_what_strangers_wrote_is_text_in_the_pdf_too(kit_made: Kit) -> None:
    assert kit_pdf(hostile(kit_made)).startswith(b"%PDF-")


def test_more_rows_than_a_page_holds_are_counted_and_said(kit_made: Kit) -> None:
    page = kit_page(replace(kit_made, numbers=(number("many", ROWS_SHOWN + 1_500),)))
    assert "and 1,500 more, all of them in the signed file." in page


def test_a_made_up_person_is_marked_in_every_form(kit_made: Kit, tmp_path: Path) -> None:
    made_up = replace(kit_made, simulated=True)
    assert "Simulated." in kit_page(made_up)
    assert kit_pdf(made_up) != kit_pdf(kit_made)
    assert '\\"simulated\\":true' in write_kit(made_up, tmp_path / "kit.json").read_text("utf-8")


def test_an_ending_that_nobody_writes_offers_the_nearest(kit_made: Kit, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="pdf"):
        write_kit(kit_made, tmp_path / "kit.pdg")
    assert not (tmp_path / "kit.pdg").exists()
