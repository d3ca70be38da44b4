"""Voices by how they speak: balanced ones are found, paid posts are counted apart, and one may ask for a part of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from building import account, bring, day, made, post
from groundswell.advocacy import Census, census, census_table
from groundswell.advocacy.own import why_itself
from groundswell.advocacy.payers import payers_in
from groundswell.errors import UnknownNameError
from groundswell.exports.report import export_report
from groundswell.exports.reports import census_report
from groundswell.store import Workspace

NAMES = {"company": ["Lindrad"]}
SAID = {
    "ann": "Love the Lindrad frame, though the wheels are disappointing for that price.",
    "bob": "I love my Lindrad, a wonderful bike.",
    "cid": "Lindrad is terrible, the worst hotline.",
    "dee": "Lindrad opens a shop in Leipzig.",
    "eve": "Ich liebe mein Lindrad, das beste Rad.",
}


def workspace_of(folder: Path) -> Workspace:
    """One voice of each reading, and two paid ones: one paid by somebody else, its paid post older than three others."""
    posts = [
        post(name, 1, text=text, created_at=day(2), language="de" if name == "eve" else "en")
        for name, text in SAID.items()
    ]
    posts += [post("fay", n, text=f"Lindrad at kilometre {n}00", created_at=day(n), language="en") for n in range(3, 8)]
    posts += [
        post("fay", 1, text="Lovely great Lindrad race. Sponsored by Capital One", created_at=day(1), language="en"),
        post("gus", 1, text="I love this wonderful Lindrad #ad", created_at=day(1), language="en"),
    ]
    accounts: list[dict[str, Any]] = [account(name, followers=len(name) * 10) for name in (*SAID, "fay", "gus")]
    return made(folder, {"account": accounts, "post": posts})


def voices(found: Census) -> dict[str | None, str]:
    """Handle -> reading."""
    return {one.handle: one.reading for one in found.voices}


@pytest.mark.slow
def test_each_voice_has_a_reading_and_the_paid_ones_are_counted_apart(tmp_path: Path) -> None:
    found = census(workspace_of(tmp_path), NAMES)
    assert voices(found) == {
        "ann": "balanced", "bob": "warm", "cid": "critical", "dee": "neither", "eve": "unread", "fay": "neither", "gus": "warm",
    }  # fmt: skip
    assert dict(found.readings) == {"warm": 1, "balanced": 1, "critical": 1, "neither": 2, "unread": 1}
    assert (found.tone.warm, found.tone.both, found.paid_tone.warm) == (1, 1, 2)
    said = " ".join(found.sentences)
    assert "Counted apart: of 2 sentences with a sign of payment that could be read, 2 in warm words." in said
    assert "1 account with paid posts alone is not among them" in said
    assert found.sentences[1].startswith(
        "The tone is read in English alone. Not read: 1 sentence of 1 account in German"
    )


@pytest.mark.slow
def test_one_may_ask_for_a_part_of_the_voices_and_the_count_stays(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path)
    whole = census(workspace, NAMES)
    warm = census(workspace, NAMES, reading="warm", pay="unpaid")
    assert [one.handle for one in warm.voices] == ["bob"]
    assert (
        warm.narrowed
        == "Shown are 1 of 7 accounts: in warm words, never with a sign of payment; most unpaid mentions first."
    )
    assert (warm.sentences, warm.tone, warm.mentions) == (whole.sentences, whole.tone, whole.mentions)
    assert {one.handle for one in census(workspace, NAMES, pay="paid").voices} == {"fay", "gus"}
    assert census(workspace, NAMES, order="newest").voices[0].handle == "fay"
    assert census_table(warm).column("reading").to_pylist() == ["in warm words"]
    with pytest.raises(UnknownNameError, match="balanced"):
        census(workspace, NAMES, reading="happy")


@pytest.mark.slow
def test_the_sign_of_payment_is_shown_first_and_who_paid_is_said(tmp_path: Path) -> None:
    found = {one.handle: one for one in census(workspace_of(tmp_path), NAMES).voices}
    fay = found["fay"]
    assert "Capital One" in fay.evidence[0].text
    assert "sign of payment" in fay.evidence[0].why
    assert "(5 without a sign of payment, 1 with one: paid by Capital One, as it says)" in fay.sentence
    assert "names it once (with a sign of payment, by whom is not said)" in found["gus"].sentence
    assert "The one sentence that could be read: with praise and a reservation." in found["ann"].sentence


def test_who_paid_is_told_where_a_post_names_them() -> None:
    assert payers_in(["Great day. Sponsored by Capital One."], ["Oat & Co"]) == ("Capital One",)
    assert payers_in(["Paid partnership with Oat & Co"], ["Oat & Co"]) == ("it",)
    assert payers_in(["my #ad", "sponsored by nobody in particular"], ["Oat & Co"]) == ()


@pytest.mark.slow
def test_that_words_return_is_said_of_texts_and_from_three_posts_on(tmp_path: Path) -> None:
    posts = [post("ann", n, text="Lindrad again", created_at=day(n), language="en") for n in (1, 2)]
    workspace = made(tmp_path, {"account": [account("ann")], "post": posts})
    (ann,) = census(workspace, NAMES).voices
    assert "wording" not in ann.sentence
    bring(workspace, {"post": [post("ann", 3, text="Lindrad again", created_at=day(3), language="en")]})
    (ann,) = census(workspace, NAMES).voices
    assert "The same words return: 1 wording in 3 posts." in ann.sentence
    assert "itself" not in ann.sentence


def test_a_part_of_the_companys_site_is_its_own() -> None:
    assert (why_itself("nytopinion.nytimes.com", None, ["nytimes"]) or (None,))[0] is True
    assert why_itself("ann.nytimes.bsky.social", None, ["nytimes"]) is None
    assert why_itself("ann.notnytimes.com", None, ["nytimes"]) is None


@pytest.mark.slow
def test_an_account_below_a_site_of_its_own_is_its_own_and_one_may_say_so_of_others(tmp_path: Path) -> None:
    at = {"platform": "bluesky"}
    rows = {
        "account": [
            account("a") | at | {"account": "bluesky:did:a", "handle": "nyt.example", "name": "New York Times"},
            account("b") | at | {"account": "bluesky:did:b", "handle": "opinion.nyt.example"},
            account("cid"),
        ],
        "post": [
            post("b", 1, text="The New York Times on rain", created_at=day(1)) | {"account": "bluesky:did:b"},
            post("cid", 1, text="The New York Times on snow", created_at=day(1)),
        ],
    }  # fmt: skip
    workspace = made(tmp_path, rows)
    names = {"company": ["New York Times"]}
    found = census(workspace, names)
    assert [one.handle for one in found.itself] == ["opinion.nyt.example"]
    assert "2 accounts are taken to be its own" in " ".join(found.sentences)
    assert "1 of them named it in a post and stands apart" in " ".join(found.sentences)
    assert {one.handle for one in census(workspace, names, ours=["@CID"]).itself} == {"opinion.nyt.example", "cid"}


@pytest.mark.slow
def test_the_workbook_begins_with_what_it_comes_to_and_counts_no_unpaid_colleagues(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path / "home")
    roster = bring(workspace, {"post": [post("bob", 9, text="A day at the office", created_at=day(4))]})
    love = "I love my Lindrad, it is a great and wonderful bike."
    bring(
        workspace,
        {"account": [account("hal")], "post": [post("hal", n, text=love, created_at=day(n)) for n in range(3)]},
    )
    found = census(workspace, NAMES, roster=roster)
    assert "payment" not in found.colleagues[0].sentence
    book = openpyxl.load_workbook(export_report(census_report(found), tmp_path / "census.xlsx"))
    assert book.sheetnames[0] == "In short"
    heads = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book.worksheets}
    assert "Unpaid" in heads["Voices"]
    assert "Unpaid" not in heads["Colleagues"]
    table = heads[book.sheetnames[1]]
    assert table[0] == "who"
    assert table[-1] == "account"
    assert not [head for head in table if "@1" in str(head)]
    shares = [
        cells[table.index("warmth")] for cells in book.worksheets[1].iter_rows(min_row=2) if cells[0].value == "@hal"
    ]
    assert [(one.value, one.number_format[-1]) for one in shares] == [(1.0, "%")]
