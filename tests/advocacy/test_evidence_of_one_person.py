"""What speaks for one person behind two accounts is told as the list writes it, not as it was compared."""

from __future__ import annotations

from groundswell.advocacy.people import Listed, Place
from groundswell.advocacy.same_person import same_people

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
