"""Commands for the right of reply: contest a number, see what is contested, say what was found.

groundswell contest @ann reply_rate --because "..."     is `groundswell contest number @ann ...` in short
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from groundswell.cli.asking import AsJson, Folder, workspace_at
from groundswell.cli.colleague import contest_lines
from groundswell.cli.printing import print_json, say_all
from groundswell.errors import UsageError

if TYPE_CHECKING:
    from groundswell.store.contests import Contest

IN_SHORT = "number"


class NumberFirst(TyperGroup):
    """A group whose first word may be an account instead of a command."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Take what is no command for the account whose number is contested."""
        return super().resolve_command(ctx, args if args[0] in self.commands else [IN_SHORT, *args])


def contests(
    context: typer.Context,
    _list: Annotated[bool, typer.Option("--list", help="List what is contested; so does no word at all.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Hide a number about somebody until a person has looked, list what is contested, and review it."""
    if context.invoked_subcommand:
        return
    _print(workspace_at(workspace).contests(), as_json)


def number(
    account: Annotated[str, typer.Argument(help="Whose number: @handle, platform:@handle, or an id.")],
    signal: Annotated[str, typer.Argument(help="Which number; `groundswell signals` lists them.")],
    because: Annotated[str, typer.Option(help="Why it is wrong, in a sentence.")],
    by: Annotated[str, typer.Option(help="Who says so; the account's owner when left out.")] = "",
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Contest a number: it is unknown everywhere from now on, until somebody has looked.

    Example: groundswell contest @ann reply_rate --because "The comments of March are missing."
    """
    from groundswell.explain import contest

    _print((contest(workspace_at(workspace), account, signal, because=because, by=by),), as_json, one=True)


def review(
    contest_id: Annotated[int, typer.Argument(metavar="ID")],
    note: Annotated[str, typer.Option(help="What you found; it is kept.")],
    uphold: Annotated[bool | None, typer.Option("--uphold/--reject", help="Stays hidden, or is shown again.")] = None,
    by: Annotated[str, typer.Option(help="Who looked.")] = "",
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Say what you found: upheld, the number stays hidden; rejected, it is shown again. Every review is kept.

    Example: groundswell contest review 3 --uphold --note "They are missing; the file is asked for."
    """
    from groundswell.explain import review_contest

    if uphold is None:
        raise UsageError("Is the contest right or not?", next_step="Add --uphold (it stays hidden) or --reject.")
    _print((review_contest(workspace_at(workspace), contest_id, uphold=uphold, note=note, by=by),), as_json, one=True)


def _print(found: tuple[Contest, ...], as_json: bool, *, one: bool = False) -> None:
    if as_json:
        from groundswell.exports.tables import plain

        print_json(plain(found[0] if one else found))
    else:
        say_all(contest_lines(found))
