"""What speaks for one person behind two accounts is told as the list writes it, not as it was compared."""

from __future__ import annotations

from dataclasses import replace

from groundswell.advocacy.people import Fee, Listed, Place
from groundswell.advocacy.prices import against_big_name
from groundswell.advocacy.same_person import how_many, same_people
from groundswell.signals import Value

ROW = (Place(1, "list.xlsx", "Creators", 7),)


def listed(platform: str, handle: str, name: str, places: tuple[Place, ...] = ()) -> Listed:
    return Listed(f"{platform}:@{handle}", platform, handle, name, (name,), None, None, (), (), (), places, {})


def test_names_handles_and_rows_stand_as_they_were_written() -> None:
    (found,) = same_people(
        [listed("instagram", "quiet_kettle", "Tobin Quill", ROW), listed("tiktok", "quiet.kettle", "Quill, Tobin", ROW)]
    )
    assert found.evidence == (
        "One row of your list names them (line 7 of list.xlsx (Creators)).",
        "They use one handle, @quiet_kettle or @quiet.kettle, on different platforms.",
        "They are listed under one name, Tobin Quill or Quill, Tobin.",
    )


def test_what_is_written_alike_is_said_once() -> None:
    (found,) = same_people(
        [listed("instagram", "ann_rye_bakes", "Ann Rye"), listed("tiktok", "ann_rye_bakes", "Ann Rye")]
    )
    assert found.evidence == (
        "They use one handle, @ann_rye_bakes, on different platforms.",
        "They are listed under one name, Ann Rye.",
    )


def test_who_stands_in_one_row_anyway_is_not_proposed_once_more_by_a_handle() -> None:
    (found,) = same_people(
        [
            listed("instagram", "harbour_tea", "Ann Rye", ROW),
            listed("tiktok", "harbour_tea", "Ann Rye", ROW),
            listed("youtube", "annstea", "Ann Rye", ROW),
        ]
    )
    assert found.how_sure == "your list says so"
    assert len(found.accounts) == 3


def test_a_name_alone_makes_nobody_certain() -> None:
    namesakes = [listed("instagram", "harbour_tea", "Ann Rye"), listed("instagram", "annstea", "Ann Rye")]
    one_row = [listed(network, f"on_{network}", "Bob Bread", ROW) for network in ("instagram", "tiktok")]
    one_mail = [
        replace(listed("tiktok", handle, name), emails=("cid@x.example",))
        for handle, name in (("cidoat", "Cid Oat"), ("oats", "C. Oat"))
    ]
    people = [*namesakes, *one_row, *one_mail]
    assert how_many(people, same_people(people)) == (3, 4)


def test_a_namesake_is_left_out_as_perhaps_the_same_person() -> None:
    fee = Fee(10_000, "EUR", None, None)
    big = Listed("tiktok:@big", "tiktok", "big", "Big", ("big",), None, None, (replace(fee, amount_minor=900_000),), (), (), (), {"followers": Value("followers", 900_000)})  # fmt: skip
    others = [
        replace(listed("tiktok", handle, name, places), fees=(fee,), values={"followers": Value("followers", size)})
        for handle, name, places, size in (
            ("harbour_tea", "Ann Rye", (), 900), ("annstea", "Ann Rye", (), 800), ("bobs", "Bob Bread", ROW, 700), ("bobb", "Bob Bread", ROW, 600),
        )
    ]  # fmt: skip
    found = against_big_name([big, *others])
    assert found is not None
    assert [offer.account for offer in found.small] == ["tiktok:@harbour_tea", "tiktok:@bobs"]
    assert found.left_out == (
        "Perhaps the same person as somebody among them, by the name on your list: @annstea (EUR 100.00, 800 followers).",
        "The same person as somebody among them, by your list: @bobb (EUR 100.00, 600 followers).",
    )
