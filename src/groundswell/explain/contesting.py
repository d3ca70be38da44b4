"""Right of reply: who says that a number about them is wrong has it hidden at once, everywhere, until a person has looked.

    contest(workspace, "@ann", "reply_rate", because="The comments of March are missing.", by="Ann, by mail")
    review_contest(workspace, 3, uphold=True, note="They are; the file is asked for.")

Hidden means unknown with the reason `contested`: a gate on it cannot be checked, a list says so. Nothing is deleted.
"""

from __future__ import annotations

from groundswell.errors import UnknownNameError, UsageError
from groundswell.explain.explaining import find_account
from groundswell.signals import SIGNALS, signal_table
from groundswell.store import Workspace
from groundswell.store.contests import REJECTED, UPHELD, Contest, add_contest, add_review

MOST_LETTERS = 4_000
"""A reason or a note may be as long as two pages (design choice)."""
THEMSELVES = "the account's owner"


def contest(workspace: Workspace, name: str, signal: str, *, because: str, by: str = "") -> Contest:
    """Hide one number about one account until a person has looked at it.

    Errors: UnknownNameError for an account or a signal that is not there; UsageError without a reason, or when it is hidden already.
    """
    if signal not in SIGNALS:
        raise UnknownNameError("signal", signal, SIGNALS)
    why = _said(because, "Say in a sentence why the number is wrong.")
    table = signal_table(workspace)
    account = find_account(table, name)
    for one in workspace.contests():
        if (one.account, one.signal, one.hides) == (account, signal, True):
            raise UsageError(
                f"{SIGNALS[signal].title} of {name} is hidden already: contest {one.id} is {one.state}.",
                next_step="Review that one instead.",
            )
    who = table.profile(account)
    return add_contest(
        workspace.state, account=account, platform=who["platform"], handle=who["handle"], signal=signal, because=why,
        by=by.strip()[:MOST_LETTERS] or THEMSELVES,
    )  # fmt: skip


def review_contest(workspace: Workspace, number: int, *, uphold: bool, note: str, by: str = "") -> Contest:
    """Say what a person found who looked: upheld, the number stays hidden; rejected, it is shown again.

    A contest may be reviewed again; every review is kept and the latest counts.
    """
    found = _said(note, "Say in a sentence what you found; it is kept with your name.")
    reviewer = by.strip()[:MOST_LETTERS] or "somebody here"
    return add_review(
        workspace.state, number, verdict=UPHELD if uphold else REJECTED, note=found, by=reviewer
    )  # fmt: skip


def _said(words: str, wanted: str) -> str:
    said = words.strip()
    if not said:
        raise UsageError("No reason is given.", next_step=wanted)
    if len(said) > MOST_LETTERS:
        raise UsageError(f"That has {len(said):,} letters.", next_step=f"Say it in {MOST_LETTERS:,} at most.")
    return said


__all__ = ["contest", "review_contest"]
