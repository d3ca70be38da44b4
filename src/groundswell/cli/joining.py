"""The command about accounts that are one person."""

from __future__ import annotations

from typing import Annotated

import typer

from groundswell.cli.asking import AsJson, Folder, workspace_at
from groundswell.cli.printing import print_json, print_table, say
from groundswell.errors import UsageError


def same(
    accounts: Annotated[
        list[str] | None, typer.Argument(help="Two accounts, as they are listed, to say of them.")
    ] = None,
    different: Annotated[bool, typer.Option("--different", help="They are not one person.")] = False,
    undo: Annotated[
        int | None, typer.Option("--undo", metavar="N", help="Take back what was said, by its number.")
    ] = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """List accounts that may be one person, with what speaks for it; say that they are, or are not; take it back.

    Examples: groundswell same | groundswell same blog:ann.example mastodon:https://mastodon.example/users/ann | groundswell same --undo 3
    """
    from groundswell.fetch.persons import judge, proposals
    from groundswell.store.unions import all_unions, unsay

    at = workspace_at(workspace)
    if undo is not None:
        taken = unsay(at.state, undo)
        print_json(vars(taken)) if as_json else say(f"Taken back: {taken.one} and {taken.other} ({taken.verdict}).")
        return
    if accounts:
        if len(accounts) != 2:
            raise UsageError("Name two accounts.", next_step="`groundswell same` lists those that may be one person.")
        number = judge(at, accounts[0], accounts[1], different=different)
        said = f"Noted as {number}: {accounts[0]} and {accounts[1]} are {'different people' if different else 'one person'}."
        print_json({"id": number}) if as_json else say(f"{said} To take it back: groundswell same --undo {number}")
        return
    open_, judged = proposals(at), all_unions(at.state)
    if as_json:
        print_json({"proposed": [vars(one) for one in open_], "judged": [vars(one) for one in judged]})
        return
    rows = [[one.one, one.other, one.how, "; ".join(one.evidence)] for one in open_]
    print_table(["account", "may be the same as", "", "because"], rows, "No account says that another one is its own.")
    if judged:
        print_table(
            ["", "account", "and", "are"], [[str(one.id), one.one, one.other, one.verdict] for one in judged], ""
        )
