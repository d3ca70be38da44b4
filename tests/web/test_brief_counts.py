"""What the form of a brief says that it leaves is what the shortlist then lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundswell.api import BriefForm
from groundswell.api.asking import form_of
from groundswell.api.briefs import brief_of, options_for
from groundswell.discover import discover
from groundswell.errors import BriefError
from groundswell.ingest import import_file
from groundswell.signals import signal_table
from groundswell.signals.kinship import read_texts
from groundswell.simulate import simulate
from groundswell.store import Workspace


@pytest.mark.slow
@pytest.mark.parametrize(
    "brought",
    [("accounts",), pytest.param(("accounts", "posts"), marks=pytest.mark.slow)],
    ids=["no posts", "posts"],
)
@pytest.mark.parametrize("definition", [pytest.param("everyday_voice@1", marks=pytest.mark.slow), "field_geek@1"])
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


def test_rules_of_the_form_are_those_of_the_file() -> None:
    said = (
        ("never_if", 'shaves "the" hair', "we sell shampoo"),
        ("confirm", "cooks at home", ""),
        ("incident", "court case", ""),
    )
    found = brief_of(BriefForm(brand="Oat & Co", sector=("vegan food",), exclude=("x:@rival",), rules=said))
    assert [(one.kind, one.text, one.because) for one in found.rules] == list(said)


def test_a_row_of_rules_that_was_left_empty_is_none_and_a_kind_that_is_none_is_refused() -> None:
    form = form_of(brand="Oat", rule=["", "fur", "cats"], rule_kind=["confirm", "incident"], rule_because=["x", "cold"])
    assert form.rules == (("incident", "fur", "cold"), ("never_if", "cats", ""))
    with pytest.raises(BriefError, match="A rule cannot be 'charm'"):
        brief_of(form_of(brand="Oat", rule=["fur"], rule_kind=["charm"]))
