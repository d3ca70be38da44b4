"""A letter that asks somebody for an export of their own data: the lawful way to networks that answer only to their members.

It writes text and sends nothing. What it promises is what this program does with such a file.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from groundswell.errors import UnknownNameError, UsageError


@dataclass(frozen=True)
class Letter:
    """A request for an export."""

    to: str
    platform: str
    subject: str
    text: str


def letter(who: str, platform: str, *, brand: str = "", because: str = "") -> Letter:
    """Write to somebody, in plain words, with the steps of their network.

    Errors: UnknownNameError for a platform whose steps are not known; UsageError when nobody is named.
    """
    name = who.strip()
    if not name or not name.isprintable():
        raise UsageError("Nobody is named to write to.", next_step="Say for example: groundswell ask @ann")
    known = platforms()
    if platform not in known:
        raise UnknownNameError("platform with known steps", platform, known)
    about, asks = known[platform], brand.strip() or "[your name or brand]"
    reason = (
        because.strip()
        or "we look for people whose word counts in their own community, and would like to know your work better"
    )
    steps = "\n".join(f"  {number}. {step}" for number, step in enumerate(about["steps"], 1))
    hint = "" if about.get("table") else ' (menus move; look for "download your data")'
    text = (
        f"Hello {name},\n\n"
        f"this is {asks}. We write because {reason}.\n\n"
        f"{about['title']} shows your numbers only to you, and we do not go behind that. So we ask you: would you give us a copy of "
        f"your own {about['title']} data? This is how to get it{hint}:\n\n{steps}\n\n"
        "Leave out what you do not want to show; messages are not needed. The file is read on our own machine, is given to nobody, "
        "and we delete it when you say so. You may see everything that is said about you in it, and contest it.\n\n"
        "If you would rather not, no answer is needed, and nothing follows from it.\n\n"
        f"Thank you,\n{asks}\n"
    )
    return Letter(name, platform, f"A copy of your {about['title']} data?", text)


@cache
def platforms() -> dict[str, Any]:
    """Platform -> title, steps and the source of the steps; `table` where people copy their numbers by hand."""
    return tomllib.loads(Path(__file__).with_name("exports.toml").read_text("utf-8"))
