"""A port on this computer, the launch link printed, the browser opened."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from threading import Timer

import uvicorn

from groundswell.errors import UsageError
from groundswell.store import Workspace
from groundswell.web.app import make_app
from groundswell.web.safety import Launch, recalled

PORT = 8765
"""Tried first when none is asked for; any free one after it (design choice)."""


def serve(
    workspace: Workspace, *, port: int | None = None, open_browser: bool = True, say: Callable[[str], None] = print
) -> None:
    """Serve a workspace to this computer until it is stopped with Ctrl+C.

    Raises UsageError when the port that was asked for is taken.
    """
    kept = workspace.folder / "keys" / "browsers.json"
    before, _ = recalled(kept)
    listening = _listen((port,) if port is not None else (before or PORT, PORT, 0))
    number: int = listening.getsockname()[1]
    launch = Launch(
        number,
        renewed=lambda link: say(f"Opened. For another browser: {link}"),
        kept=kept,
    )
    config = uvicorn.Config(
        make_app(workspace, launch), log_level="warning", access_log=False, server_header=False, ws="none",
        timeout_graceful_shutdown=2, timeout_keep_alive=30,
    )  # fmt: skip
    say(f"Workspace: {workspace.folder.resolve()}")
    say(f"Open this in your browser:\n\n    {launch.link}\n")
    say("It answers only this computer. Stop it with Ctrl+C.")
    if open_browser:
        Timer(0.5, _open, [launch.link]).start()
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    with suppress(KeyboardInterrupt):
        asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))
    say("Stopped. Everything that was read is kept.")


def _listen(ports: tuple[int, ...]) -> socket.socket:
    """Bind to the loopback address only, on the first of these ports that is free; a workspace's last one still is known there."""
    for number in ports:
        # Named as TCP, or asyncio leaves Nagle's wait of 40 ms on: head and body of an answer are two writes.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", number))
            listening.listen(128)  # from here on a browser that comes early waits, instead of being refused
        except (OSError, OverflowError):
            listening.close()
        else:
            return listening
    raise UsageError(
        f"Port {ports[0]} is taken or not allowed.", next_step="Leave --port out, and a free one is found."
    )


def _open(link: str) -> None:
    """Open a browser that has a window; one that runs in the terminal would take the terminal away."""
    windows = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")))
    if not windows:
        return
    try:
        webbrowser.open(link)
    except webbrowser.Error:  # no browser here: the link is printed anyway
        return
