"""The command for what the user knows of accounts: label one, see the labels, take one back."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from groundswell.cli.asking import AsJson, Folder, workspace_at
from groundswell.cli.printing import print_json, say_all
from groundswell.errors import UsageError


def label(
    account: Annotated[str | None, typer.Argument(help="@handle, platform:@handle, or an id.")] = None,
    verdict: Annotated[str | None, typer.Argument(help="genuine or false.")] = None,
    kind: Annotated[str, typer.Option(help='Of a false one: automated, "mass follower" or "bought crowd".')] = "",
    note: Annotated[str, typer.Option(help="How you know.")] = "",
    take_back: Annotated[bool, typer.Option("--take-back", help="Take the account's label back.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Say of an account you know that it is genuine or false: what is guessed of the others learns from it.

    Examples: groundswell label @ann genuine | groundswell label @b0t false --kind automated | groundswell label (lists them)
    """
    from groundswell.explain.labelling import label as set_label
    from groundswell.explain.labelling import labels
    from groundswell.explain.labelling import take_back as take_label_back
    from groundswell.exports.tables import plain

    opened = workspace_at(workspace)
    if account is None:
        found = labels(opened)
        if as_json:
            print_json(plain(found))
        else:
            say_all(
                [f"{one.account}: {_called(one.genuine, one.kind)}. {one.note}".rstrip() for one in found]
                or ["Nobody is labelled."]
            )
        return
    done = (
        take_label_back(opened, account)
        if take_back
        else set_label(opened, account, genuine=_genuine(verdict), kind=kind, note=note)
    )
    if as_json:
        print_json(plain(done))
    else:
        say_all(done.sentences)


def _called(genuine: bool, kind: str) -> str:
    return "genuine" if genuine else f"false ({kind})" if kind else "false"


def _genuine(verdict: str | None) -> bool:
    """Read what was said of the account."""
    said: Literal["genuine", "false"] | str = (verdict or "").strip().lower()
    if said not in ("genuine", "false"):
        raise UsageError(
            f"{verdict!r} is no label." if verdict else "Nothing is said of the account.",
            next_step="Say genuine or false, for example: groundswell label @ann genuine",
        )
    return said == "genuine"
