"""`groundswell demo` ends at the page where somebody sits at a terminal, and says how to open it where nobody does."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
DEMO = [sys.executable, "-m", "groundswell", "demo", "--people", "300"]
NO_WINDOW = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")}
PATIENCE = 180


def at_a_terminal(command: list[str], folder: Path, until: str) -> tuple[str, int]:
    """What a command prints at a terminal until some words come, and the exit code after Ctrl+C there (or its own end)."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        command, cwd=folder, stdin=follower, stdout=follower, stderr=follower, env=NO_WINDOW, start_new_session=True
    )
    os.close(follower)
    said, end = "", time.monotonic() + PATIENCE
    try:
        while time.monotonic() < end and not re.search(until, said):
            if select.select([leader], [], [], 0.5)[0]:
                try:
                    said += os.read(leader, 65536).decode("utf-8", "replace")
                except OSError:  # the other end is closed: the program has ended
                    break
        if link := re.search(r"http://127\.0\.0\.1:\d+/enter\?token=[\w-]+", said):
            said += page_at(link[0])
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        code = process.wait(timeout=20)
        while select.select([leader], [], [], 0)[0]:
            try:
                said += os.read(leader, 65536).decode("utf-8", "replace")
            except OSError:
                break
        return said, code
    finally:
        process.kill()
        process.wait()
        os.close(leader)


def page_at(link: str) -> str:
    """The first page, as a browser with the link sees it once the numbers are there."""
    browser = build_opener(HTTPCookieProcessor())
    while True:
        with browser.open(link) as page:
            if page.status == 200:
                return str(page.read().decode())
        link = link.partition("/enter")[0]
        time.sleep(0.2)


@pytest.mark.slow
def test_at_a_terminal_the_demo_ends_at_the_page(tmp_path: Path) -> None:
    said, code = at_a_terminal(DEMO, tmp_path, r"Stop it with Ctrl\+C")
    assert "Wrote demo/shortlist.html" in said
    assert "Open this in your browser" in said
    assert "300 people read. What do you want to do?" in said, "the link opens the page, over the demo's workspace"
    assert "Stopped. Everything that was read is kept." in said
    assert code == 0


@pytest.mark.slow
@pytest.mark.parametrize("options", [["--no-serve"], ["--json"]])
def test_at_a_terminal_too_one_may_say_no(tmp_path: Path, options: list[str]) -> None:
    said, code = at_a_terminal([*DEMO, *options], tmp_path, "(?!)")
    assert code == 0
    assert "Open this in your browser" not in said


@pytest.mark.slow
def test_without_a_terminal_the_demo_says_how_to_open_the_page_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        DEMO, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "The same in a browser: groundswell serve --workspace demo/workspace"
    for name in ("shortlist.html", "shortlist.xlsx"):
        assert (tmp_path / "demo" / name).stat().st_size > 10_000, "a first useful result"
