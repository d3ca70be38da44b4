"""When what is learned from everybody (topics, peers, curves) is learned anew.

A fit of few people must not speak of many who came later, nor may the words of a file that was undone go on naming what others
write about. So a small workspace learns anew whenever other files are in it: what is said then depends on which files are there,
not on the order in which they came. In a large one learning takes minutes, and every value would move a little with every file;
there it is done when the data have grown by a fifth, when a file goes that was learned from, or on command.
"""

from __future__ import annotations

import json
from pathlib import Path

from groundswell.store import Workspace

AT_ONCE = 50_000
"""Records up to which other files are learned from at once (design choice: it takes seconds)."""
GROWN = 1.2
"""Beyond, the data must have grown by this factor (design choice)."""
FILE = "learned.json"


def due(workspace: Workspace) -> bool:
    """Whether what was learned is to be learned anew, from the files that count now."""
    now, then = workspace.brought(), _then(workspace.fits)
    records = sum(now.values())
    if (
        then is None
    ):  # nothing was learned yet, or by a program that did not note from what: a large workspace keeps what it has
        return records <= AT_ONCE or not any(workspace.fits.glob("*.json"))
    if not set(then) <= set(now):
        return True
    return set(then) != set(now) and (records <= AT_ONCE or records >= GROWN * sum(then.values()))


def is_noted(workspace: Workspace) -> bool:
    """Whether it is known which files were learned from."""
    return (workspace.fits / FILE).exists()


def note_learned(workspace: Workspace) -> None:
    """Note which files were learned from."""
    workspace.fits.mkdir(parents=True, exist_ok=True)
    part = workspace.fits / f"{FILE}.part"
    part.write_text(
        json.dumps({str(number): records for number, records in workspace.brought().items()}), encoding="utf-8"
    )
    part.replace(workspace.fits / FILE)


def _then(fits: Path) -> dict[int, int] | None:
    """Import -> how many records it had brought when it was learned from; None before the first time."""
    try:
        return {
            int(number): records for number, records in json.loads((fits / FILE).read_text(encoding="utf-8")).items()
        }
    except FileNotFoundError:
        return None
