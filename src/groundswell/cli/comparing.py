"""Commands about more than one person: two side by side, and who is like somebody."""

from __future__ import annotations

from typing import Annotated

import typer

from groundswell.cli.asking import AsJson, Folder, workspace_at
from groundswell.cli.colleague import comparison_lines, lookalike_lines
from groundswell.cli.printing import print_json, progress_bar, say_all

Who = Annotated[str, typer.Argument(help="@handle, platform:@handle, or an id.")]


def compare(
    account: Who,
    other: Annotated[str, typer.Argument(help="The second one.")],
    definition: Annotated[str | None, typer.Option(help="Judge by this definition only.")] = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Put two people side by side: who is surely higher in what, what cannot be told, what is unknown, and each definition.

    Example: groundswell compare @ann @bob --definition field_geek
    """
    from groundswell.explain import compare as compare_two

    with progress_bar(quiet=as_json) as progress:
        found = compare_two(workspace_at(workspace), account, other, definition_name=definition, progress=progress)
    if as_json:
        from groundswell.exports.tables import plain

        print_json(plain(found))
    else:
        say_all(comparison_lines(found))


def like(
    account: Who,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many to list at most.")] = 10,
    anywhere: Annotated[bool, typer.Option("--anywhere", help="On all platforms, not only on theirs.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Find who is like somebody in what they say and how they go about it, with what they share; never by followers.

    Example: groundswell like @ann --limit 5
    """
    from groundswell.explain import like as find_alike

    with progress_bar(quiet=as_json) as progress:
        found = find_alike(workspace_at(workspace), account, limit=limit, anywhere=anywhere, progress=progress)
    if as_json:
        from groundswell.exports.tables import plain

        print_json(plain(found))
    else:
        say_all(lookalike_lines(found))
