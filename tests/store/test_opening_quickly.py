"""A workspace that is up to date is opened without what brings older ones up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from groundswell.store.state import MIGRATIONS, NEWEST
from groundswell.store.workspace import Workspace


def test_a_migrations_file_begins_with_its_revision() -> None:
    files = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))
    for file in files:
        assert f'revision = "{file.stem[:4]}"' in file.read_text().splitlines(), file.name
    assert files[-1].stem[:4] == NEWEST


def test_nothing_is_migrated_where_nothing_has_to_be(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w")
    script = "import sys, pathlib; from groundswell.store.workspace import Workspace; "
    script += "Workspace.open(pathlib.Path(sys.argv[1])); print('alembic' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script, tmp_path / "w"], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
