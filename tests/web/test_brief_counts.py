"""What the form of a brief says that it leaves is what the shortlist then lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import Browser

from building import bring
from groundswell.api import BriefForm
from groundswell.api.asking import form_of
from groundswell.api.briefs import brief_of, measured_elsewhere, options_for
from groundswell.definitions import definition
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


def test_a_meaning_says_what_of_it_was_measured_where_nobody_here_is() -> None:
    measured = definition("hypeauditor_2026@1")
    assert measured_elsewhere(measured, {"mastodon": 40, "bluesky": 3}) == (
        "Nobody in your data is on Instagram, where “engages more than HypeAuditor's panel” was measured: it is unknown of everybody here."
    )
    assert measured_elsewhere(measured, {"instagram": 2, "bluesky": 3}) == (
        "“engages more than HypeAuditor's panel” was measured on Instagram: it can be known only of the 2 there, of 5."
    )
    assert measured_elsewhere(measured, {"instagram": 2}) == ""
    assert measured_elsewhere(definition("field_geek@1"), {"mastodon": 40}) == "", "its panel is the data itself"


def test_the_page_of_a_brief_says_so_beside_the_meaning(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    account = {"account": "mastodon:1", "platform": "mastodon", "handle": "ann", "followers": 2_000}
    bring(workspace, {"account": [account]})
    with Browser(workspace) as browser:
        assert "Nobody in your data is on Instagram" in browser.page("/brief")
