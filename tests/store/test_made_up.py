"""Made-up people beside real ones: each is told from the other, and a real person is never called made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundswell.advocacy import review_sheet
from groundswell.advocacy.sheet_back import NEW_COLUMNS, added_by_place
from groundswell.api.answers import Answers
from groundswell.discover import Brief, discover
from groundswell.exports.tables import shortlist_as_table
from groundswell.ingest import import_file
from groundswell.store import Workspace, made_up_among, real_beside_made_up

MADE_UP = "platform,handle,followers,simulated\ninstagram,quill,1200,true\ninstagram,tobin,900,true\n"
SHEET = "Name,Handle,Platform,Fee,Status\nAnn,@ann,Instagram,€90,agreed\nQuill,@quill,Instagram,€80,\nTotal,,,€170,\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.create(tmp_path / "w")
    bring(workspace, "people.csv", MADE_UP)
    return workspace


def bring(workspace: Workspace, name: str, text: str) -> None:
    path = workspace.folder.parent / name
    path.write_text(text, encoding="utf-8")
    import_file(workspace, path)


def test_a_workspace_is_partly_simulated_once_somebody_real_is_in(workspace: Workspace) -> None:
    answers = Answers(workspace)
    assert answers.simulated()
    assert not answers.real_beside_made_up()
    bring(workspace, "sheet.csv", SHEET)
    assert answers.simulated()
    assert answers.real_beside_made_up()


def test_without_made_up_people_nobody_is_asked_about(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "real")
    assert not real_beside_made_up(workspace)
    assert made_up_among(workspace, ["instagram:@ann"]) == frozenset()


def test_in_a_sheet_that_comes_back_only_made_up_people_are_marked(workspace: Workspace) -> None:
    bring(workspace, "sheet.csv", SHEET)
    one = workspace.state.imports()[-1]
    added = added_by_place(workspace, review_sheet(workspace, import_id=one.id), one)
    marked = {line: cells.get(NEW_COLUMNS + "simulated") for (_, line), cells in added.items()}
    assert marked == {2: None, 3: "made up", 4: None}


def test_on_a_shortlist_only_made_up_people_are_marked(workspace: Workspace) -> None:
    bring(workspace, "more.csv", "platform,handle,followers\ninstagram,ann,500\n")
    found = discover(workspace, Brief(brand="Tea & Stone", definition="everyday_voice@2"))
    people = {one.account for one in (*found.matches, *found.unchecked)}
    assert people == {"instagram:@ann", "instagram:@quill", "instagram:@tobin"}
    assert found.made_up == ("instagram:@quill", "instagram:@tobin")
    table = shortlist_as_table(found)
    assert dict(zip(table.column("account").to_pylist(), table.column("simulated").to_pylist(), strict=True)) == {
        one.account: one.account != "instagram:@ann" for one in found.matches
    }
