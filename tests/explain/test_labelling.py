"""What the user knows of accounts: kept, taken back, and learned from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from building import account, made
from groundswell.cli import app
from groundswell.errors import UnknownNameError, UsageError
from groundswell.explain.labelling import label, labels, take_back
from groundswell.signals import signal_table
from groundswell.signals.authenticity import ELSEWHERE, allowance
from groundswell.signals.bending import Bend, bends, fit_bend
from groundswell.store import Workspace

COLLECTORS = 12


def world(folder: Path) -> Workspace:
    """A place where whoever follows many is genuine: other than where the model was learned; and some who post and follow few."""
    people: list[dict[str, Any]] = [
        account(f"many{number}", followers=4, following=2_000 + number, posts_count=30) for number in range(COLLECTORS)
    ]
    bots = [account(f"few{number}", followers=90, following=3, posts_count=40_000) for number in range(COLLECTORS)]
    return made(folder, {"account": [*people, *bots]})


def authenticity(workspace: Workspace, name: str) -> float:
    found = signal_table(workspace).values(f"x:{name}")["authenticity"].value
    assert found is not None
    return found


@pytest.mark.slow
def test_labels_bend_what_is_guessed_of_those_who_were_not_labelled(tmp_path: Path) -> None:
    workspace = world(tmp_path)
    before = authenticity(workspace, "few11")
    for number in range(8):
        label(workspace, f"@few{number}", genuine=True, note="met them all")
        label(workspace, f"@many{number}", genuine=False, kind="mass follower")
    assert authenticity(workspace, "few11") > before
    assert bends(workspace.fits)["x"].labels == 16


@pytest.mark.slow
def test_a_few_labels_of_one_kind_change_no_guess(tmp_path: Path) -> None:
    workspace = world(tmp_path)
    before = authenticity(workspace, "few11")
    for number in range(6):
        label(workspace, f"@few{number}", genuine=True)
    assert authenticity(workspace, "few11") == before


def test_a_label_is_kept_replaced_and_taken_back(tmp_path: Path) -> None:
    workspace = world(tmp_path)
    label(workspace, "@few1", genuine=True)
    label(workspace, "@few1", genuine=False, kind="automated", note="posts every ten minutes")
    assert [(one.account, one.kind) for one in labels(Workspace.open(tmp_path))] == [("x:few1", "automated")]
    done = take_back(workspace, "@few1")
    assert done.taken_back
    assert labels(workspace) == []


@pytest.mark.slow
def test_after_taking_all_back_every_guess_is_as_before(tmp_path: Path) -> None:
    workspace = world(tmp_path)
    before = authenticity(workspace, "few11")
    names = [f"@{kind}{number}" for kind in ("few", "many") for number in range(6)]
    for name in names:
        label(workspace, name, genuine=name.startswith("@few"))
    for name in names:
        take_back(workspace, name)
    assert authenticity(workspace, "few11") == before


def test_what_cannot_be_meant_is_said(tmp_path: Path) -> None:
    workspace = world(tmp_path)
    with pytest.raises(UnknownNameError):
        label(workspace, "@nobody", genuine=True)
    with pytest.raises(UnknownNameError):
        label(workspace, "@few1", genuine=False, kind="evil")
    with pytest.raises(UsageError):
        label(workspace, "@few1", genuine=True, kind="automated")
    with pytest.raises(UnknownNameError):
        take_back(workspace, "@few1")


def test_intervals_narrow_from_a_hundred_labels_on() -> None:
    assert allowance(99, ELSEWHERE) == ELSEWHERE
    assert allowance(100, ELSEWHERE) == ELSEWHERE / 2 > allowance(400, ELSEWHERE)


def test_labels_that_agree_with_the_model_leave_it_nearly_as_it_is() -> None:
    dice = np.random.default_rng(1)
    false = dice.random(400) < 0.3
    bend = fit_bend(dice.normal(np.where(false, 2.0, -2.0), 2), false)
    assert bend.slope == pytest.approx(1, abs=0.15)
    assert bend.shift == pytest.approx(0, abs=0.3)


def test_whom_the_user_chose_to_label_does_not_pass_for_how_many_are_false() -> None:
    dice = np.random.default_rng(2)
    false = dice.random(2_000) < 0.8
    assert fit_bend(dice.normal(np.where(false, 2.0, -2.0), 2), false).shift == pytest.approx(0, abs=0.3)


def test_without_labels_nothing_is_bent(tmp_path: Path) -> None:
    assert bends(tmp_path) == {}
    assert fit_bend(np.array([1.0]), np.array([True])) == Bend(labels=1)


def test_the_command_labels_lists_and_takes_back(tmp_path: Path) -> None:
    world(tmp_path)
    at = ["--workspace", str(tmp_path)]
    said = CliRunner().invoke(app, ["label", "@few1", "genuine", "--note", "a friend", *at])
    assert said.exit_code == 0
    assert "@few1 is labelled genuine." in said.output
    listed = CliRunner().invoke(app, ["label", "--json", *at])
    assert [one["account"] for one in json.loads(listed.output)] == ["x:few1"]
    assert "no longer labelled" in CliRunner().invoke(app, ["label", "@few1", "--take-back", *at]).output
    assert isinstance(CliRunner().invoke(app, ["label", "@few1", "perhaps", *at]).exception, UsageError)
