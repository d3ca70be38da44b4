"""`docs/requirements.toml` claims only what a test shows."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS: list[dict[str, Any]] = tomllib.loads((ROOT / "docs" / "requirements.toml").read_text("utf-8"))[
    "requirement"
]
NUMBER = 115


def shown_by(requirement: dict[str, Any]) -> list[str]:
    named = requirement.get("test", [])
    return [named] if isinstance(named, str) else named


@cache
def parsed(file: Path) -> list[ast.stmt]:
    return ast.parse(file.read_text("utf-8")).body


def is_collected(test: str) -> bool:
    """Whether pytest would collect `path::[Class::]name`, read from the source; a test skipped outright does not count."""
    path, *names = test.split("::")
    file = ROOT / path
    if not (names and path.startswith("tests/") and file.name.startswith("test_") and file.is_file()):
        return False
    body = parsed(file)
    for name in names[:-1]:
        body = next((node.body for node in body if isinstance(node, ast.ClassDef) and node.name == name), [])
    found = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == names[-1]]
    return (
        names[-1].startswith("test_")
        and len(found) == 1
        and not any(given_up(mark) for mark in found[0].decorator_list)
    )


def given_up(decorator: ast.expr) -> bool:
    return re.search(r"\bmark\.(skip|xfail)\b", ast.unparse(decorator)) is not None


def test_every_requirement_is_there_once_and_in_order() -> None:
    assert [requirement["id"] for requirement in REQUIREMENTS] == [f"R{number}" for number in range(1, NUMBER + 1)]


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement["id"])
def test_what_works_has_a_test_that_shows_it(requirement: dict[str, Any]) -> None:
    assert set(requirement) <= {"id", "says", "source", "quote", "status", "test"}
    assert requirement["says"].endswith(".")
    assert requirement["quote"]
    assert re.match(r"seed 00[0-4]\b", requirement["source"])
    assert requirement["status"] in {"works", "partly", "planned"}
    assert bool(shown_by(requirement)) == (requirement["status"] != "planned"), (
        "works and partly need a test, planned has none"
    )
    for test in shown_by(requirement):
        assert is_collected(test), f"{test} is not a test that runs"


def test_a_test_that_does_not_exist_or_never_runs_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "tests").mkdir()
    source = "def test_real(): ...\n\n@pytest.mark.skip\ndef test_skipped(): ...\n\nclass TestIt:\n    def test_in(self): ...\n"
    (tmp_path / "tests" / "test_x.py").write_text(source, encoding="utf-8")
    assert is_collected("tests/test_x.py::test_real")
    assert is_collected("tests/test_x.py::TestIt::test_in")
    for wrong in (
        "tests/test_x.py",
        "tests/test_x.py::test_gone",
        "tests/test_x.py::test_skipped",
        "tests/test_y.py::test_real",
    ):
        assert not is_collected(wrong), wrong
