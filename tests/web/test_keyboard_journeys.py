"""The three journeys on the made-up community with a keyboard and no mouse, from the first page to the file in hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from browsing import Hands
from openpyxl import load_workbook
from windows import NARROW, WIDE, Served, fits, settled, tab_of

pytestmark = pytest.mark.slow


@pytest.fixture(params=[NARROW, WIDE], ids=["narrow", "wide"])
def hands(request: pytest.FixtureRequest, chromium: Any, demo: Served) -> Iterator[Hands]:
    """Somebody with a keyboard at the first page of the demo; nothing may complain, nor any mouse be used."""
    tab = tab_of(chromium, demo, request.param)
    settled(tab, demo.home)
    yield Hands(tab)
    assert fits(tab)
    assert tab.complaints == []
    tab.context.close()


def said(hands: Hands) -> str:
    return str(hands.tab.locator("main").inner_text())


def rows(workbook: bytes, sheet: int = 0) -> list[list[str]]:
    """What stands in a sheet of a workbook, below the line that says it is made up."""
    first, *rest = load_workbook(BytesIO(workbook)).worksheets[sheet].iter_rows(values_only=True)
    assert str(first[0]).startswith("SIMULATED")
    return [[str(cell) for cell in row] for row in rest]


def test_a_marketer_fills_in_a_brief_and_takes_the_shortlist(hands: Hands) -> None:
    hands.go("Whom should I work with?", "/marketer")
    hands.go("Rank people for a brief", "/brief")
    hands.write("Your brand", "Oat & Co")
    hands.write("Wish 1", "bakes vegan bread")
    hands.choose("How much it counts", "matters much")
    before = hands.tab.locator(".tally b").inner_text()
    hands.write("Sector", "vegan food")
    hands.tick("Instagram")
    hands.reach("Field geek")
    hands.pick("Reputable source")
    hands.tab.wait_for_function(
        """before => location.search.includes('definition=reputable_source')
                     && document.querySelector('.tally b').innerText !== before""",
        arg=before,
    )
    counted = hands.tab.locator(".tally b").inner_text()
    hands.open("Budget, exclusions")
    hands.write("Budget", "5000")
    hands.go("Show the shortlist", "/shortlist")
    assert "Shortlist for Oat & Co" in said(hands)
    assert f"{counted} accounts fit" in said(hands)
    listed = rows(hands.save("Excel"))
    place = listed[0].index("Platform")
    assert {row[place] for row in listed[1:]} == {"Instagram"}
    hands.go("Change the brief", "/brief", by="Shift+Tab")
    assert hands.tab.get_by_label("Your brand").input_value() == "Oat & Co"
    assert hands.tab.get_by_label("Budget", exact=True).input_value() == "5000"


def test_a_marketer_takes_the_sheet_back_and_audits_the_roster(hands: Hands) -> None:
    hands.go("For a brand", "/marketer")
    hands.go("Review my sheet", "/sheet")
    title, _, header, *people = load_workbook(BytesIO(hands.save("Excel"))).worksheets[0].iter_rows(values_only=True)
    assert "simulated" in str(title[0]), "the sheet is the one that was brought, titles and all"
    assert header[:5] == ("Name", "Handle", "Platform", "Followers", "Fee"), "one's own columns come first"
    assert str(header[9]).startswith("Groundswell: ")
    assert sum(str(row[1]) in said(hands) for row in people) > 20
    hands.go("For a brand", "/marketer", by="Shift+Tab")
    hands.go("Audit a roster", "/audit")
    assert "The roster, sorted" in said(hands)
    assert hands.save("PDF").startswith(b"%PDF")


def test_a_creator_is_coached_and_signs_a_kit(hands: Hands) -> None:
    hands.go("How am I doing, what next?", "/coach")
    hands.write("Your handle or name", "oven")
    hands.keys.press("Enter")
    first = hands.tab.locator(".choose a").first.inner_text()
    hands.go(first, "/coach")
    hands.tab.get_by_role("heading", name="One thing a week").wait_for()
    hands.open("The posts meant")
    hands.write("Signed by", "Ann")
    hands.tick("how many follow me", on=False)
    kit = json.loads(hands.save("Signed file for a brand"))
    told = json.loads(kit["content"])
    assert kit["signature"]
    assert told["account"]["name"] == first
    assert (told["made_by"], told["left_out"]) == ("Ann", ["followers"])


def test_a_company_counts_who_speaks_of_it_and_looks_at_its_colleagues(hands: Hands) -> None:
    hands.go("Who of us could speak?", "/company")
    hands.go("Everybody who mentions us", "/census")
    hands.write("Company", "Oat & Co")
    hands.go("Count", "/census")
    hands.tab.get_by_role("heading", name="Everybody, unpaid mentions first").wait_for()
    voices = rows(hands.save("Excel"), sheet=1)[1:]  # the first says what it comes to
    assert f"{len(voices)} accounts name Oat & Co" in said(hands)
    hands.open(hands.tab.locator("main table details summary").first.inner_text())
    hands.go("Your company", "/company", by="Shift+Tab")
    hands.go("Colleagues", "/staff")
    hands.write("The company's name", "Oat & Co")
    hands.choose("These are our people", hands.tab.locator("#list option", has_text="sheet.xlsx").inner_text())
    hands.go("Look", "/staff")
    hands.tab.get_by_role("heading", name="One by one").wait_for()
    assert b"Oat &amp; Co" in hands.save("One page (HTML)")
