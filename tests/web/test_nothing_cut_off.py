"""Where a page shows the first few of something it says how many more there are, and leads to them."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from browsing import Browser


def test_of_four_rows_set_aside_three_are_shown_and_one_more_is_told(empty: Browser) -> None:
    rows = "".join(f"Person {n},,€90\n" for n in range(4))
    address = empty.bring(("sheet.csv", f"Name,Instagram handle,Fee\nAnn,@ann,€90\n{rows}".encode()))
    page = empty.page(address)
    assert page.count("no handle or profile address") == 3
    assert ">1 more</a>" in page


def test_what_a_sheet_of_a_workbook_lacks_is_told_in_two_sentences(empty: Browser) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Creators"  # type: ignore[union-attr]
    for row in (["Handle", "Platform", "Fee"], ["@ann", "Instagram", "€90"]):
        book.active.append(row)  # type: ignore[union-attr]
    notes = book.create_sheet("Notes")
    for words in ("call Mia about budget", "5k at most"):
        notes.append([words])
    file = BytesIO()
    book.save(file)
    page = empty.page(empty.bring(("sheet.xlsx", file.getvalue())))
    assert "call Mia about budget. Nothing we know looks like it." in page


@pytest.mark.slow
def test_texts_that_colleagues_share_are_all_there(empty: Browser) -> None:
    roster = "Name,Department,Bluesky\nAnn Rye,R&D,@ann.bsky.social\nBob Oat,HR,@bob.bsky.social\n"
    topics = "alder birch cedar dogwood elm fir gorse hazel ivy juniper kapok larch maple nutmeg oak pine quince rowan spruce teak ulmus willow"
    posts = "".join(
        f"bluesky,{name}{n},{name}.bsky.social,What the {tree} in front of our {tree} house taught me about {tree} wood,2026-10-{n + 1:02}\n"
        for name in ("ann", "bob")
        for n, tree in enumerate(topics.split())
    )
    empty.bring(
        ("roster.csv", roster.encode()), ("posts.csv", f"platform,id,author_handle,text,created_at\n{posts}".encode())
    )
    page = empty.page("/staff?company=Oat&id=1")
    assert page.count("Identical, 2 times by 2 people") == 22
    assert "<summary>The other 2</summary>" in page
