"""A window on the program as a user starts it: Debian's Chromium, without a window, at a server of its own."""

from __future__ import annotations

import os
import random
import re
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
NARROW, WIDE = {"width": 360, "height": 800}, {"width": 1280, "height": 900}


class Served:
    """The program as a user starts it."""

    def __init__(self, folder: Path) -> None:
        self.cookies: list[Any] = []
        self.folder = folder
        # A port of its own: where two tests run side by side and one program is stopped for a moment, the other's next one
        # would otherwise take the port that the stopped one's browser still asks.
        self.start("--port", str(free_port()))

    def start(self, *options: str) -> None:
        """Start it and read the link that it prints."""
        command = [sys.executable, "-m", "groundswell", "serve", "--no-open", "--workspace", str(self.folder), *options]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
        )
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/enter\?token=\S+", line):
                self.link = found[0]
                return
        raise AssertionError("it printed no link")

    @property
    def home(self) -> str:
        """The address of the first page."""
        return self.link.partition("/enter")[0]

    @property
    def port(self) -> str:
        """The port it listens on."""
        return self.home.rpartition(":")[2]

    def stop(self) -> None:
        """Stop it as a crash would."""
        self.process.kill()
        self.process.communicate()


def free_port() -> int:
    """A port that nobody listens on, from below those that a system gives away by itself."""
    for number in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", number))
            return number
    raise AssertionError("no port is free")


def tab_of(chromium: Any, served: Served, size: dict[str, int] = WIDE, **options: Any) -> Any:
    """A tab that was let in; what it complains of is noted."""
    context = chromium.new_context(viewport=size, **options)
    context.set_default_timeout(60_000)
    tab = context.new_page()
    tab.complaints = []
    tab.on(
        "console", lambda message: tab.complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
    if served.cookies:
        context.add_cookies(served.cookies)
        tab.goto(served.home)
    else:
        tab.goto(served.link)
        assert "token" not in tab.url
        served.cookies = context.cookies()
    return tab


def fits(tab: Any) -> bool:
    """Whether nothing sticks out to the right.

    Asked when everything has come: on a busy machine the words are there before the style sheet, and unstyled they are wider.
    """
    tab.wait_for_load_state("load")
    return tab.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def settled(tab: Any, address: str) -> int:
    """Go to a page and stay until the numbers behind it are there; its status."""
    for _ in range(120):
        answer = tab.goto(address)
        # No answer: the page that waits went to the same address by itself at this very moment, and its going took the place of ours.
        if answer is not None and answer.status != 202:
            return int(answer.status)
        tab.wait_for_timeout(250)
    raise AssertionError(f"the numbers for {address} never came")
