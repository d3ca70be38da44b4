"""Killed at every boundary of the store, the view is always that of before or of after, and the same command then succeeds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from building import community, made
from groundswell.ingest import import_file
from groundswell.signals import signal_table
from groundswell.signals.kinship import read_texts
from groundswell.store import Workspace

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork: not measured"),
]
KILLED = 9
ONE_THREAD = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
HEAD = "platform,id,author_id,username,caption,published,likes,comments\n"
FIRST = HEAD + "\n".join(
    [f"instagram,{i},77,ann,rye bread {i},2026-02-{i:02}T08:00:00Z,{i},1" for i in range(1, 6)]
    + ["instagram,9,,bob,hello oven,2026-02-03T00:00:00Z,5,5"]
)
SECOND = HEAD + "\n".join(
    [f"instagram,{i},77,ann,rye bread {i},2026-02-{i:02}T08:00:00Z,{i * 10},1" for i in range(3, 8)]
    + [
        "instagram,3,77,ann,rye bread 3,2026-02-03T08:00:00Z,31,2",
        "instagram,8,78,bob,more bread,2026-02-03T00:00:00Z,5,5",
    ]
    + ["instagram,,,,,,,", "instagram,10,79,,,yesterday,many,"]
)
"""Posts that were known, one of them twice; the native id of somebody known by handle; rows that cannot be used."""
THIRD = FIRST.replace("rye bread 4", "wheat bread 4")


def nothing_yet(folder: Path) -> Workspace:
    return Workspace.create(folder)


def one_import(folder: Path) -> Workspace:
    workspace = Workspace.create(folder)
    import_file(workspace, _file(folder, "first.csv", FIRST))
    read_texts(workspace, signal_table(workspace))
    return workspace


def two_imports(folder: Path) -> Workspace:
    workspace = one_import(folder)
    import_file(workspace, _file(folder, "second.csv", SECOND))
    return workspace


def settled(folder: Path) -> Workspace:
    """One import of which the present was written down, and a second that lies over it."""
    usual, Workspace.settle_from = Workspace.settle_from, 1
    try:
        return two_imports(folder)
    finally:
        Workspace.settle_from = usual


def one_was_killed(folder: Path) -> Workspace:
    """One import, and what another left that was killed when all of its rows were on disk."""
    one_import(folder)
    file, rehearsed = _file(folder, "second.csv", SECOND), folder.with_name("rehearsed")
    shutil.copytree(folder, rehearsed)
    points = _killed_at(10_000, file, rehearsed)
    last = len(points) - points[::-1].index("after append to repeats")
    assert _killed_at(last, file, folder)[-1] == "after append to repeats"
    return Workspace.open(folder)


def _killed_at(number: int, file: Path, folder: Path) -> list[str]:
    """Import a file, killed at a point; return the points that were passed."""
    trace = folder.with_name(f"{folder.name}-{number}.trace")
    asked = [sys.executable, "-m", "groundswell", "import", str(file), "--workspace", str(folder)]
    crash = {"GROUNDSWELL_CRASH_AT": str(number), "GROUNDSWELL_CRASH_TRACE": str(trace)}
    subprocess.run(asked, env=ONE_THREAD | crash, capture_output=True)
    return trace.read_text().splitlines()


def many_texts(folder: Path) -> Workspace:
    return made(folder, community(people=16))


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder.parent / f"{folder.name}-{name}"
    path.write_text(text, encoding="utf-8")
    return path


ACTS: dict[str, tuple[Any, dict[str, Any], set[str]]] = {
    "first import": (nothing_yet, {"act": "import", "text": FIRST}, {"posts", "accounts", "provisional"}),
    "import of known things": (one_import, {"act": "import", "text": SECOND}, {"posts", "repeats", "set_aside"}),
    "undo": (two_imports, {"act": "undo", "id": 2}, {"commit of state"}),
    "renewed signals": (two_imports, {"act": "signals"}, {"findings", "the table", "the stamp", "text index"}),
    "import over a settled present": (settled, {"act": "import", "text": THIRD}, {"posts", "repeats"}),
    "undo of what was settled": (settled, {"act": "undo", "id": 1}, {"commit of state"}),
    "signals settled anew": (
        settled,
        {"act": "signals"},
        {"settled: before", "settled: after", "the table", "text index"},
    ),
    "sweep": (one_was_killed, {"act": "sweep"}, {"sweep: before posts", "after delete from posts", "commit of state"}),
    "first signals": (many_texts, {"act": "signals"}, {"findings", "fit", "the table", "the stamp", "text index"}),
}
"""Act -> the workspace before it, what is done, and boundaries it must at least have passed."""


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[dict[str, str], list[dict[str, Any]]]]:
    """Act -> (the view before it, one entry a life). Two processes at a time."""
    room = tmp_path_factory.mktemp("lives")
    for name, (make, _, _) in ACTS.items():
        (room / name).mkdir()
        make(room / name / "before")
    plans = [_plan(name, room / name) for name in ACTS]
    with ThreadPoolExecutor(2) as pool:
        halves = list(pool.map(_run, [plans[::2], plans[1::2]], [room / "one", room / "other"]))
    return {name: (first["seen"], rest) for half in halves for name, (first, *rest) in half.items()}


def _plan(name: str, folder: Path) -> dict[str, Any]:
    plan = ACTS[name][1] | {"name": name, "before": str(folder / "before"), "scratch": str(folder)}
    plan["settle_from"] = 1 if "settled" in name else Workspace.settle_from
    return plan | ({"file": str(_file(folder, "file.csv", plan["text"]))} if "text" in plan else {})


def _run(plans: list[dict[str, Any]], room: Path) -> dict[str, list[dict[str, Any]]]:
    room.mkdir()
    (room / "plans.json").write_text(json.dumps(plans), encoding="utf-8")
    script = Path(__file__).with_name("forking.py")
    command = [sys.executable, str(script), str(room / "plans.json"), str(room / "told.json")]
    done = subprocess.run(command, capture_output=True, text=True, env=ONE_THREAD)
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads((room / "told.json").read_text(encoding="utf-8"))
    assert not any(life["failed"] for lives in answer.values() for life in lives), done.stderr[-3000:]
    return answer


Tried = dict[str, tuple[dict[str, str], list[dict[str, Any]]]]
every_act = pytest.mark.parametrize("act", ACTS)


@every_act
def test_it_is_killed_at_every_point_until_it_survives(tried: Tried, act: str) -> None:
    _, lives = tried[act]
    assert [life["status"] for life in lives] == [KILLED] * (len(lives) - 1) + [0]
    passed = " ".join(life["point"] for life in lives)
    assert [must for must in ACTS[act][2] if must not in passed] == []


@every_act
def test_killed_anywhere_the_view_is_that_of_before_or_after(tried: Tried, act: str) -> None:
    before, lives = tried[act]
    after = lives[-1]["seen"]
    odd = {
        life["point"]: life["seen"]
        for life in lives
        if not (life["seen"].items() <= before.items() or life["seen"].items() <= after.items())
    }
    assert odd == {}
    assert (before == after) == (ACTS[act][1]["act"] in ("signals", "sweep"))


def test_killed_anywhere_a_second_sweep_leaves_nothing_behind(tried: Tried) -> None:
    _, lives = tried["sweep"]
    assert len(lives) > 10
    assert [life["left"] for life in lives] == [0] * len(lives)


@every_act
def test_the_same_command_again_succeeds_and_doubles_nothing(tried: Tried, act: str) -> None:
    _, lives = tried[act]
    after = lives[-1]["seen"]
    odd = {life["point"]: life["seen_again"] for life in lives if not life["seen_again"].items() <= after.items()}
    assert odd == {}
    assert all(len(life["seen_again"]) >= 10 for life in lives)
