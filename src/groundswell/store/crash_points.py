"""Where a crash is worth trying: before and after whatever makes something visible or durable.

In production a point is one look-up of an unset variable. The crash tests set GROUNDSWELL_CRASH_AT to n, and the process kills
itself at the n-th point that it passes.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

_passed = itertools.count(1)


def crash_point(name: str) -> None:
    """Pass a point; `name` says what has or has not happened yet, and is noted in the file GROUNDSWELL_CRASH_TRACE."""
    wanted = os.environ.get("GROUNDSWELL_CRASH_AT")
    if wanted is None:
        return
    trace = os.environ.get("GROUNDSWELL_CRASH_TRACE")
    if trace:
        with Path(trace).open("a", encoding="utf-8") as file:
            file.write(name + "\n")
    if next(_passed) == int(wanted):
        os.kill(os.getpid(), 9)
