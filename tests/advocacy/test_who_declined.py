"""Who said no, by the user's own list, is bought by no big name's money; statuses and fees are told as people would."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_sheet import asked, listed, reviewed

from groundswell.advocacy.prices import against_big_name


@pytest.mark.slow
def test_no_money_buys_who_declined_and_the_status_is_counted_in_one_tongue(tmp_path: Path) -> None:
    rows = [("big", 900_000, 900, "new"), ("huge", 990_000, 950, "abgesagt"), ("no", 9000, 10, "declined")]
    rows += [(f"p{n}", 1000 + n, 50, "gepostet" if n else "posted") for n in range(4)]
    text = "Handle,Platform,Followers,Fee,Status\n" + "".join(
        f"@{name}_x,Instagram,{size},€{fee},{status}\n" for name, size, fee, status in rows
    )
    _, _, review = reviewed(tmp_path, text)
    found = review.against_big_name
    assert found is not None
    assert (found.big.called, len(found.small)) == ("@big_x", 4), "the largest who did not decline is the big name"
    assert "2 accounts left out, since your list says that they declined." in found.sentences
    assert "Your list says that they declined: @huge_x (EUR 950.00), @no_x (EUR 10.00)." in found.left_out
    assert any("7 fees from EUR 10.00 to EUR 950.00" in said for said in review.sentences)
    assert review.status == (("posted", 4), ("declined", 2), ("new", 1))


@pytest.mark.slow
def test_one_fee_is_no_range(tmp_path: Path) -> None:
    _, _, review = reviewed(tmp_path, "Handle,Platform,Followers,Fee\n@ann_x,Instagram,900,£650\n")
    assert any(said.startswith("1 fee of GBP 650.00.") for said in review.sentences)


def test_the_only_big_name_is_held_against_the_others_though_it_declined_and_that_is_said() -> None:
    people = [replace(listed("big", 90_000, asked(900)), status="Abgesagt"), listed("a", 900, asked(90))]
    found = against_big_name([*people, listed("b", 800, asked(90))])
    assert found is not None
    assert f"Your list says that {found.big.called} declined: it stands here for its price alone." in found.sentences
