"""A kit on paper: every number leads to its rows, and what strangers wrote stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from groundswell.coach.kits import Kit, Number, Row, of_signal
from groundswell.errors import UnknownNameError
from groundswell.exports.kit_page import ROWS_SHOWN, kit_page, kit_pdf, write_kit
from groundswell.signals import Value

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


@pytest.mark.parametrize(
    ("value", "low", "high", "shown", "between"),
    [
        (0.000166, 0.00012, 0.00021, "0.017%", "0.012% to 0.021%"), (0.0178, 0.004, 0.0761, "1.8%", "0.4% to 7.6%"),
        (0.0, 0.0, 0.026, "0.0%", "0.0% to 2.6%"), (0.000999, 0.0004, 0.00104, "0.100%", "0.040% to 0.104%"),
    ],
)  # fmt: skip
def test_a_share_and_its_interval_are_rounded_alike(
    value: float, low: float, high: float, shown: str, between: str
) -> None:
    made = of_signal(Value("public_rate", value, low, high, 100), [row(2)], "Typical")
    assert made is not None
    assert (made.words, made.range) == (shown, between)
    assert shown in made.says
    ends = [float(end.strip("%")) for end in between.split(" to ")]
    assert ends[0] <= float(shown.strip("%")) <= ends[1]


@pytest.mark.parametrize("count", [1, 15])
def test_the_first_page_of_the_pdf_holds_all_numbers_and_topics(kit_made: Kit, count: int) -> None:
    some = tuple(number(f"number-{n}", 1) for n in range(count))
    topics = tuple((f"topic {n}", 0.2) for n in range(5))
    made = replace(kit_made, numbers=some, topics=topics, profile=kit_made.profile | {"bio": "Bread. " * 40})
    pages = re.findall(rb"/Type\s*/Page\b", kit_pdf(made))
    assert len(pages) == 2  # numbers and topics, then the rows


def test_what_sets_a_row_apart_is_said_beside_it(kit_made: Kit) -> None:
    paid = replace(kit_made.numbers[0], rows=(replace(row(2), mark="sponsored"), row(3)))
    assert kit_page(replace(kit_made, numbers=(paid,))).count("<strong>sponsored</strong>") == 1


def test_a_made_up_person_is_marked_in_every_form(kit_made: Kit, tmp_path: Path) -> None:
    made_up = replace(kit_made, simulated=True)
    assert "Simulated." in kit_page(made_up)
    assert kit_pdf(made_up) != kit_pdf(kit_made)
    assert '\\"simulated\\":true' in write_kit(made_up, tmp_path / "kit.json").read_text("utf-8")


def test_an_ending_that_nobody_writes_offers_the_nearest(kit_made: Kit, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="pdf"):
        write_kit(kit_made, tmp_path / "kit.pdg")
    assert not (tmp_path / "kit.pdg").exists()
