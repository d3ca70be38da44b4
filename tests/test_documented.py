"""What exists is documented, and the reference pages are what the program says of itself."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import typer

from groundswell.cli import app
from groundswell.definitions import load_benchmarks, load_definitions, load_tier_sets
from groundswell.records import RECORDS
from groundswell.signals import SIGNALS
from groundswell.sources.files import LAYOUTS
from test_house import commands

ROOT = Path(__file__).parents[1]
GENERATOR = ROOT / "docs" / "generate.py"
pytestmark = pytest.mark.skipif(not GENERATOR.is_file(), reason="docs/generate.py is not written yet")


@cache
def reference() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "docs" / "reference").glob("*.md")))


@pytest.mark.slow
def test_the_reference_is_what_the_program_says_of_itself() -> None:
    done = subprocess.run([sys.executable, str(GENERATOR), "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_has_its_formula_source_and_sentence_in_the_reference(name: str) -> None:
    assert name in reference()
    assert " ".join(SIGNALS[name].explains.split()[:6]) in " ".join(reference().split())


@pytest.mark.parametrize(
    "field", [f"{record.name}.{field.name}" for record in RECORDS.values() for field in record.fields]
)
def test_a_field_of_a_record_is_in_the_reference(field: str) -> None:
    record, _, name = field.partition(".")
    assert record in reference().lower()
    assert f"`{name}`" in reference()


@pytest.mark.parametrize("name", commands(typer.main.get_command(app)))
def test_a_command_is_in_the_reference(name: str) -> None:
    assert name in reference()


@pytest.mark.parametrize("name", [*load_definitions(None), *load_tier_sets(None), *load_benchmarks(None)])
def test_a_definition_is_in_the_reference(name: str) -> None:
    assert name in reference()


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_in_the_reference(name: str) -> None:
    assert name in reference()
