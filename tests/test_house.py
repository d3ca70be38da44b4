"""The plan of the house, held to: who may import whom, what every module says of itself, what a door may cost."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
import typer

from groundswell.cli import app

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "groundswell"
MODULES = sorted(SOURCE.rglob("*.py"))
DATABASES = {"duckdb", "deltalake", "sqlalchemy", "tantivy", "alembic"}
HEAVY = {"duckdb", "deltalake", "pyarrow", "numpy", "scipy", "sklearn", "tantivy", "sqlalchemy", "openpyxl", "jinja2"}
every_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(path: Path) -> set[str]:
    """First names of everything that a module imports, wherever it does so."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_imports_point_to_the_left() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed")
    done = subprocess.run([str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_has_its_place_in_the_plan() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    plan = next(one for one in contracts if one["type"] == "layers")
    placed = {room.strip(" ()") for layer in plan["layers"] for room in re.split(r"[|:]", layer)} | set(
        plan["exhaustive_ignores"]
    )
    rooms = {path.stem for path in SOURCE.iterdir() if (path / "__init__.py").is_file() or path.suffix == ".py"} - {
        "__init__"
    }
    assert rooms <= placed
    assert plan["exhaustive"] is True


@every_module
def test_a_module_tells_its_story(path: Path) -> None:
    assert len(ast.get_docstring(tree_of(path)) or "") >= 20


@every_module
def test_only_the_store_talks_to_a_database(path: Path) -> None:
    assert path.is_relative_to(SOURCE / "store") or not imported(path) & DATABASES


@every_module
def test_only_the_command_line_prints(path: Path) -> None:
    called = {
        node.func.id
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "print" not in called or path.name == "cli.py"


@every_module
def test_public_names_are_sorted_and_exist(path: Path) -> None:
    for node in tree_of(path).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            names: list[str] = ast.literal_eval(node.value)
            assert names == sorted(names, key=_as_isort)
            assert len(names) == len(set(names))


def _as_isort(name: str) -> tuple[int, list[tuple[bool, int, str]]]:
    """Constants, then classes, then functions, as the linter sorts them: numbers in a name by their size."""
    parts = [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name) if part]
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), parts


@pytest.mark.parametrize(
    "path",
    sorted(p for p in SOURCE.rglob("*") if p.is_file() and p.parent.name != "__pycache__"),
    ids=lambda path: path.name,
)
def test_no_file_knows_the_machine_it_was_written_on(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    assert str(ROOT) not in text
    assert not re.search(r"(?<![\w.:/])/(?:home|work|root|Users|mnt|opt)/\w", text)


def commands(group: click.Command, name: str = "groundswell") -> dict[str, click.Command]:
    """Every command by its full name, groups included."""
    found = {name: group}
    for sub, command in getattr(group, "commands", {}).items():
        found |= commands(command, f"{name} {sub}")
    return found


COMMANDS: dict[str, Any] = {
    name: one for name, one in commands(typer.main.get_command(app)).items() if name != "groundswell"
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_ends_in_an_example(name: str) -> None:
    last = (COMMANDS[name].help or "").strip().splitlines()[-1].strip()
    assert re.match(r"Examples?: groundswell \w", last)
    for example in last.partition(": ")[2].split(" | "):
        assert " ".join(example.split()[:2]) in COMMANDS


def test_help_answers_without_what_is_heavy() -> None:
    """No time is measured: it is enough that nothing heavy is imported, by whichever command first."""
    asked = f"""
import sys
from groundswell.cli import app
for name in {["groundswell", *COMMANDS]!r}:
    sys.argv = [*name.split(), "--help"]
    try:
        app()
    except SystemExit as end:
        assert end.code in (0, None), (name, end.code)
    assert not {HEAVY!r} & set(sys.modules), (name, {HEAVY!r} & set(sys.modules))
print("heavy:")
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", asked], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("heavy:")


def test_no_two_files_of_tests_have_one_name() -> None:
    """Tests are no packages: of two files with one name only the first would be collected."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
