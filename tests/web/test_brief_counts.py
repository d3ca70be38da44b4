"""What the form of a brief says that it leaves is what the shortlist then lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundswell.api import BriefForm
from groundswell.api.briefs import brief_of, options_for
from groundswell.discover import discover
from groundswell.ingest import import_file
from groundswell.signals import signal_table
from groundswell.signals.kinship import read_texts
from groundswell.simulate import simulate
from groundswell.store import Workspace


@pytest.mark.parametrize("brought", [("accounts",), ("accounts", "posts")], ids=["no posts", "posts"])
@pytest.mark.parametrize("definition", ["everyday_voice@1", "field_geek@1"])
def test_the_form_and_the_shortlist_count_alike(tmp_path: Path, brought: tuple[str, ...], definition: str) -> None:
    files = simulate(tmp_path / "files", people=200, seed=3).files
    workspace = Workspace.create(tmp_path / "w")
    for name in brought:
        import_file(workspace, files[name])
    form, table = BriefForm(brand="Oat & Co", definition=definition), signal_table(workspace)
    said = options_for(form, table, read_texts(workspace, table), workspace.folder)
    found = discover(workspace, brief_of(form))
    assert (said.left, said.unchecked) == (found.fitting, found.not_checked)
    assert found.fitting + found.not_checked > 0
