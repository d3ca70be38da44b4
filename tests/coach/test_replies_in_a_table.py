"""A table of replies as the coach asks for it: four columns, the post named as people name it, and nothing told twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.building import account, day, made, post

from groundswell.coach import coach
from groundswell.coach.conversation import Questions, Sparked
from groundswell.ingest import ImportReport, import_file
from groundswell.store import Workspace

pytestmark = pytest.mark.slow
ROW = "cy,2026-03-01,I tried it. Which flour did you take?,{}"


def blog(folder: Path) -> Workspace:
    posts = [
        post("ann", n, text=f"Rye loaf {n}", created_at=day(3 * n), language="en")
        | {
            "post": f"blog:ann.example#p-{n}",
            "account": "blog:ann.example",
            "platform": "blog",
            "url": f"https://ann.example/{n}/",
        }
        for n in range(3)
    ]
    me = account("ann") | {"account": "blog:ann.example", "platform": "blog", "handle": None, "name": "Ann"}
    return made(folder / "workspace", {"account": [me], "post": posts})


def bring(workspace: Workspace, folder: Path, *rows: str, header: str = "author,date,text,reply_to") -> ImportReport:
    file = folder / f"replies-{len(list(folder.glob('replies-*')))}.csv"
    file.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return import_file(workspace, file, constants={"platform": "blog"})


def heard(workspace: Workspace) -> tuple[Questions, Sparked]:
    found = coach(workspace, "blog:ann.example")
    return found.questions, found.sparked


@pytest.mark.parametrize(
    "named",
    ["blog:ann.example#p-1", "p-1", "https://ann.example/1/", "https://www.ann.example/1", "http://ann.example/1/#c9"],
)
def test_a_reply_names_its_post_by_id_number_or_address(tmp_path: Path, named: str) -> None:
    workspace = blog(tmp_path)
    report = bring(workspace, tmp_path, ROW.format(named))
    assert not any("not in the data" in note for note in report.notes)
    questions, sparked = heard(workspace)
    assert [one.act.post_text for one in questions.open] == ["Rye loaf 1"]
    assert questions.open[0].act.text == "I tried it. Which flour did you take?"
    assert [one.what for one in sparked.ledger] == ["tried"]


def test_the_same_reply_named_in_three_ways_is_one(tmp_path: Path) -> None:
    workspace = blog(tmp_path)
    for named in ("blog:ann.example#p-1", "p-1", "https://ann.example/1/", "https://ann.example/1/"):
        bring(workspace, tmp_path, ROW.format(named))
    questions, sparked = heard(workspace)
    assert (questions.asked, len(sparked.ledger)) == (1, 1)


def test_replies_that_answer_nothing_in_the_data_are_counted(tmp_path: Path) -> None:
    workspace = blog(tmp_path)
    report = bring(workspace, tmp_path, ROW.format("p-1"), ROW.format("p-9"), ROW.format("https://bo.example/1"))
    assert any(note.startswith("2 of 3 replies answer a post that is not in the data") for note in report.notes)


def test_an_address_of_two_posts_names_neither(tmp_path: Path) -> None:
    workspace = made(
        tmp_path / "workspace",
        {
            "account": [account("ann")],
            "post": [post("ann", n, text=f"Rye {n}", url="https://ann.example/") for n in range(2)],
        },
    )
    file = tmp_path / "replies.csv"
    file.write_text("author,date,text,reply_to\nbo,2026-03-01,Why?,https://ann.example/\n", encoding="utf-8")
    import_file(workspace, file, constants={"platform": "blog"})
    assert coach(workspace, "x:ann").questions.asked == 0


def test_an_answer_of_mine_names_the_reply_by_its_number(tmp_path: Path) -> None:
    workspace = blog(tmp_path)
    header = "id,author,date,text,reply_to"
    bring(workspace, tmp_path, "c1," + ROW.format("p-1"), "c2," + ROW.format("p-2"), header=header)
    bring(workspace, tmp_path, "c3,blog:ann.example,2026-03-02,Rye.,c1", header=header)
    questions, _ = heard(workspace)
    assert (questions.asked, questions.waiting, questions.sure) == (2, 1, True)
