"""Words that a sheet has for a fee and for where talks stand mean the same in its review as in a plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundswell.advocacy import review_sheet
from groundswell.ingest import import_file
from groundswell.signals.on_lists import asks_no_money, counted_as, says_no
from groundswell.sources.files.layouts.marketer import columns_of
from groundswell.store import Workspace


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("Contacted 3.11.", "contacted"),
        ("kontaktiert am 03.11.2026", "contacted"),
        ("posted on 2026-10-01", "posted"),
        ("posted (1.10.)", "posted"),
        ("YES!!", "yes"),
        ("3.11.", "3.11."),
        ("?", "?"),
        ("round 2", "round 2"),
        ("24/7 available", "24/7 available"),
    ],
)
def test_a_status_is_counted_without_the_day_and_the_joy(status: str, word: str) -> None:
    assert counted_as(status) == word


def test_whoever_asks_for_no_money_is_not_asked_what_they_cost(tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    file.write_text(
        "Name,Handle,Platform,Fee\nAnn,@ann,Instagram,barter\nBob,@bob,Instagram,ca. 150€ + product\nCid,@cid,Instagram,\nDot,@dot,Instagram,€90\n",
        encoding="utf-8",
    )
    workspace = Workspace.create(tmp_path / "w")
    import_file(workspace, file)
    asked = {
        one.person.handle
        for one in review_sheet(workspace).accounts
        if "what it costs" in {gap.question for gap in one.unknown}
    }
    assert asked == {"bob", "cid"}
    assert asks_no_money("gifted only")
    assert not asks_no_money("price on request")


@pytest.mark.parametrize(
    ("status", "no"),
    [
        ("Ghosted us", True), ("ghosted (2x)", True), ("no reply", False), ("rather not", True), ("Lieber nicht!", True), ("no, thanks", True),
        ("nein danke", True), ("rather not sure yet", False), ("thanks, no news", False),
    ],
)  # fmt: skip
def test_who_stopped_answering_or_said_no_politely_is_no_longer_asked(status: str, *, no: bool) -> None:
    assert says_no(status) is no


@pytest.mark.parametrize("heading", ["Disc. code", "disc code", "Voucher Code", "Discount code"])
def test_an_abbreviated_heading_of_codes_is_read(heading: str) -> None:
    assert columns_of(["Name", "Handle", heading]).code == heading
