"""What the commands print that list signals and definitions: words for people, JSON for machines, one thing when one is named."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from building import account, day, made, post
from groundswell.cli import main
from groundswell.definitions import load_benchmarks, load_definitions, load_tier_sets
from groundswell.signals.computing import PROFILE
from groundswell.signals.packing import VALUE

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command in an empty folder: exit code, what it printed, what it complained of."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["groundswell", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return run


def test_a_definition_is_told_in_words_and_in_its_newest_version(ask: Ask) -> None:
    code, out, _ = ask("definitions", "field_geek")
    assert code == 0
    assert out.startswith("field_geek@3: Field geek (meaning)\nA person with one field")
    assert "\nAsks that\n  topic_lead is surely at least 0.15. " in out
    assert "  0.25  knows one field (topic_lead, linear 0 to 1). " in out
    assert out.rstrip().endswith("Other versions: field_geek@1, field_geek@2")
    assert "{" not in out


def test_a_name_of_two_kinds_tells_both(ask: Ask) -> None:
    out = ask("definitions", "seed_001")[1]
    assert "(tiers)" in out
    assert "  micro: 0 to below 50,000 followers" in out
    assert "(benchmark)" in out
    assert "  10,000 to below 100,000 followers: 5% to 10%" in out


def test_every_definition_can_be_told_in_words_with_what_is_against_it(ask: Ask) -> None:
    for some in (load_definitions(), load_tier_sets(), load_benchmarks()):
        for one in some.values():
            out = ask("definitions", one.name)[1]
            assert f"{one.name}: {one.title} (" in out
            assert all(objection.text in out for objection in one.objections)


def test_for_machines_a_definition_is_json_in_all_its_versions(ask: Ask) -> None:
    found = json.loads(ask("definitions", "field_geek", "--json")[1])
    assert [(one["kind"], one["version"]) for one in found] == [("meaning", 1), ("meaning", 2), ("meaning", 3)]


def test_a_definition_that_is_not_there_is_met_with_each_name_once(ask: Ask) -> None:
    code, out, err = ask("definitions", "nonsense")
    assert (code, out) == (2, "")
    assert err.count("field_geek") == 1


def test_one_signal_is_written_alone(ask: Ask, tmp_path: Path) -> None:
    rows = {
        "account": [account("ann", followers=100)],
        "post": [post("ann", number, kind="post", created_at=day(number), likes=7) for number in range(6)],
    }
    made(tmp_path / "w", rows)
    ask("signals", "like_rate", "--to", "rates.csv", "--workspace", "w")
    with Path("rates.csv").open(encoding="utf-8-sig") as lines:
        (row,) = csv.DictReader(lines)
    parts = ["like_rate" if part.name == "value" else f"like_rate_{part.name}" for part in VALUE]
    assert list(row) == [*PROFILE, *parts]
    assert row["like_rate"] == "0.07"
    code, _, err = ask("signals", "like_rat", "--to", "none.csv", "--workspace", "w")
    assert code == 2
    assert "Did you mean like_rate?" in err
    assert not Path("none.csv").exists()
