"""Right of reply: a contested number is unknown everywhere until a person has looked, and nothing of it is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import account, bring, made, made_and_computed
from groundswell.discover import Brief, discover
from groundswell.errors import UnknownNameError, UsageError
from groundswell.explain import contest, explain, review_contest
from groundswell.signals import SIGNALS, signal_table
from groundswell.store import Workspace

WHO, SIGNAL = "@p01", "topic_focus"
OWN = """
id = "gardener"
version = 1
title = "Gardener"
says = "Somebody with a field."
[provenance]
source = "a test"
quote = "with a field"
grade = "D"
[[gate]]
signal = "topic_focus"
at_least = 0.05
because = "a field"
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    opened = made_and_computed(tmp_path / "w")
    assert explain(opened, WHO).values[SIGNAL].known
    return opened


def test_a_contested_number_is_unknown_with_that_reason_and_nothing_of_it_is_told(workspace: Workspace) -> None:
    before = explain(workspace, WHO)
    contest(workspace, WHO, SIGNAL, because="Half of my posts are missing.")
    after = explain(workspace, WHO)
    value = after.values[SIGNAL]
    assert (value.value, value.low, value.high, value.label, value.n, value.reason) == (None,) * 4 + (0, "contested")
    assert SIGNAL not in after.evidence
    assert "contests it" in after.sentences[SIGNAL]
    assert after.facts_version != before.facts_version
    hidden = {name for name, other in after.values.items() if other != before.values[name]}
    assert hidden <= made_of(SIGNAL)


def made_of(signal: str) -> set[str]:
    """A signal and whatever says to be made of it, or of that."""
    found, size = {signal}, 0
    while len(found) > size:
        size = len(found)
        found |= {name for name, one in SIGNALS.items() if found & set(one.made_of)}
    return found


def test_what_is_made_of_a_contested_number_is_hidden_with_it_and_nothing_else(workspace: Workspace) -> None:
    before = explain(workspace, "@n05").values
    contest(workspace, "@n05", "typical_reactions", because="It is not so.")
    after = explain(workspace, "@n05").values
    made = {
        "typical_reactions",
        "engagement_percentile",
        "engagement_residual",
        "engagement_forecast",
        "alpha_consumer",
        "small_kind",
    }
    known = {name for name in made if before[name].known}
    assert {"engagement_percentile", "engagement_residual"} <= known
    assert {name for name in SIGNALS if after[name] != before[name]} == known
    assert all(after[name].reason == "contested" for name in known)
    assert after["reach_percentile"].known


def test_a_contested_verdict_hides_itself_alone(workspace: Workspace) -> None:
    before = explain(workspace, "@n05").values
    contest(workspace, "@n05", "tier_percentile", because="It is not so.")
    after = explain(workspace, "@n05").values
    assert {name for name in SIGNALS if after[name] != before[name]} == {"tier_percentile"}


@pytest.mark.slow
def test_a_gate_on_a_contested_number_cannot_be_checked(workspace: Workspace) -> None:
    (workspace.folder / "definitions").mkdir()
    (workspace.folder / "definitions" / "gardener.toml").write_text(OWN, encoding="utf-8")
    brief = Brief(brand="Oat", definition="gardener@1")

    def shortlist() -> tuple[set[str], set[str]]:
        found = discover(workspace, brief)
        return {one.account for one in found.matches}, {one.account for one in found.unchecked}

    listed, _ = shortlist()
    someone = sorted(listed)[0]
    contest(workspace, someone, SIGNAL, because="It is not so.")
    after, unchecked = shortlist()
    assert explain(workspace, someone, definition_name="gardener@1").judged[0].holds is None
    assert after == listed - {someone}
    assert someone in unchecked


def test_rejected_it_is_shown_again_and_upheld_it_stays_hidden(workspace: Workspace) -> None:
    before = explain(workspace, WHO).values[SIGNAL]
    made_one = contest(workspace, WHO, SIGNAL, because="It is not so.", by="Ann, by mail")
    review_contest(workspace, made_one.id, uphold=True, note="Right: the file was cut.", by="Bea")
    assert explain(workspace, WHO).values[SIGNAL].reason == "contested"
    review_contest(workspace, made_one.id, uphold=False, note="The whole file came; it is so.", by="Cy")
    assert explain(workspace, WHO).values[SIGNAL] == before
    kept = workspace.contests()[0]
    assert (kept.because, kept.contested_by, kept.state) == ("It is not so.", "Ann, by mail", "rejected")
    assert [(one.verdict, one.reviewed_by) for one in kept.reviews] == [("upheld", "Bea"), ("rejected", "Cy")]
    assert all(one.reviewed_at >= kept.contested_at for one in kept.reviews)


def test_nothing_is_computed_again_for_a_contest(workspace: Workspace) -> None:
    contest(workspace, WHO, SIGNAL, because="It is not so.")
    assert signal_table(workspace).recomputed == 0


@pytest.mark.slow
def test_a_contest_outlives_an_import_and_a_change_of_id(tmp_path: Path) -> None:
    rows = {"account": [account("ann", account="x:@ann", followers=900), account("ben", followers=800)]}
    workspace = made(tmp_path / "w", rows)
    contest(workspace, "@ann", "followers", because="I have more.")
    bring(workspace, {"account": [account("ann", account="x:77", followers=900)]})
    found = explain(workspace, "@ann")
    assert found.account == "x:77"
    assert found.values["followers"].reason == "contested"
    assert explain(workspace, "@ben").values["followers"].value == 800


def test_what_was_unknown_before_keeps_its_own_reason(workspace: Workspace) -> None:
    silent = explain(workspace, "@p00").values[SIGNAL]
    contest(workspace, "@p00", SIGNAL, because="It is not so.")
    assert explain(workspace, "@p00").values[SIGNAL] == silent


@pytest.mark.parametrize(
    ("who", "signal", "because", "error"),
    [
        ("@nobody", SIGNAL, "It is not so.", UnknownNameError),
        (WHO, "charm", "It is not so.", UnknownNameError),
        (WHO, SIGNAL, " \n", UsageError),
        (WHO, SIGNAL, "no " * 5_000, UsageError),
    ],
)
def test_a_contest_names_a_number_that_is_there_and_says_why(
    workspace: Workspace, who: str, signal: str, because: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        contest(workspace, who, signal, because=because)
    assert workspace.contests() == ()


def test_the_same_number_is_contested_once(workspace: Workspace) -> None:
    contest(workspace, WHO, SIGNAL, because="It is not so.")
    with pytest.raises(UsageError, match="hidden already: contest 1 is open"):
        contest(workspace, "x:p01", SIGNAL, because="Still not.")
