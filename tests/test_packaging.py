"""What is handed to people: the locks, the wheel, the first pages they read."""

from __future__ import annotations

import ast
import itertools
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

import groundswell

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-peers.lock", "requirements-spark.lock")
PACKAGE = ROOT / "src" / "groundswell"


def pinned(lock: str) -> dict[str, str]:
    """Each pin of a lock (name==version and marker) with the lines that follow it."""
    parts = re.split(r"^(?=[a-z0-9])", (ROOT / lock).read_text("utf-8"), flags=re.MULTILINE)
    return {part.split("\\")[0].strip(): part for part in parts if part.strip()}


def name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_in_a_lock_has_a_version_and_hashes(lock: str) -> None:
    pins = pinned(lock)
    assert len(pins) > 20
    for pin, block in pins.items():
        assert re.match(r"[a-z0-9-]+==\S+", pin), pin
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), f"{pin} has no hash"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"https?:|file:|index-url|find-links|trusted-host| @ ", text)


def test_the_locks_hold_whatever_the_project_asks_for() -> None:
    groups = PROJECT["dependency-groups"]
    asked = [*PROJECT["project"]["dependencies"], *groups["build"]]
    locked = {name_of(pin) for pin in pinned("requirements.lock")}
    locked_dev = {name_of(pin) for pin in pinned("requirements-dev.lock")}
    assert {name_of(one) for one in asked} <= locked, "run `make lock`"
    assert {name_of(one) for one in [*asked, *groups["dev"]]} <= locked_dev, "run `make lock`"


def test_developers_use_the_versions_that_users_get() -> None:
    assert set(pinned("requirements.lock")) <= set(pinned("requirements-dev.lock"))


def test_the_version_is_said_once_and_the_same_everywhere() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.findall(r"^## \[(\d[^\]]*)\]", changes, flags=re.MULTILINE)[0]
    assert newest == groundswell.__version__ == PROJECT["project"]["version"]


def test_the_readme_is_short_and_begins_with_one_command() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 120
    assert "make run" in text.split("\n## ")[0]


@pytest.mark.parametrize(
    "page", sorted(path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda path: path.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
    lost = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not lost


def test_make_alone_lists_every_target() -> None:
    if shutil.which("make") is None:
        pytest.skip("no make here")
    # Within `make test` the outer make hands its flags down; they are not meant for this one.
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    said = subprocess.run(["make"], cwd=ROOT, env=plain, capture_output=True, text=True, check=True).stdout
    rule = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    assert rule
    for target in rule[1].split():
        assert re.search(rf"make {target}\s+\S", said), f"{target} has no ## text"


@pytest.mark.slow
def test_whatever_is_imported_is_asked_for() -> None:
    found = {
        name.split(".")[0]
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    named = packages_distributions()
    theirs = {name for name in found if name not in sys.stdlib_module_names and name != "groundswell"}
    extras = PROJECT["project"]["optional-dependencies"].values()
    asked = {name_of(one) for one in (*PROJECT["project"]["dependencies"], *itertools.chain(*extras))}
    missing = {name for name in theirs if not {name_of(one) for one in named.get(name, [name])} & asked}
    assert not missing, "add to the dependencies in pyproject.toml, then `make lock`"


def uv() -> str | None:
    """The uv that the Makefile fetched, or one on the path."""
    fetched = ROOT / ".tools" / "bin" / "uv"
    return str(fetched) if fetched.exists() else shutil.which("uv")


def test_the_wheel_holds_everything_that_is_not_code(tmp_path: Path) -> None:
    tool = uv()
    if tool is None or find_spec("hatchling") is None:
        pytest.skip("no uv or no hatchling here; `make dev` brings both")
    # The build tools of the lock are installed already: nothing is fetched.
    build = [
        tool,
        "build",
        "-q",
        "--wheel",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "--out-dir",
        str(tmp_path),
    ]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    wanted = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {Path(name).suffix for name in wanted} >= {".py", ".toml", ".html", ".css", ".typed"}
    assert wanted <= held
    assert any(name.endswith("licenses/LICENSE") for name in held)
    assert not [name for name in held if not name.startswith("groundswell")], "nothing but the package"


@pytest.mark.slow
def test_the_reference_pages_say_what_the_declarations_say() -> None:
    said = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
