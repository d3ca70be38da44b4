"""Commands that rank people for a brief and explain one of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundswell.cli.asking import AsJson, Folder, workspace_at
from groundswell.cli.colleague import explanation_lines
from groundswell.cli.printing import print_json, progress_bar, say, say_all
from groundswell.cli.sentences import exposure_lines, shortlist_lines

if TYPE_CHECKING:
    from groundswell.discover import Shortlist
    from groundswell.store import Workspace


def discover(
    brief: Annotated[Path, typer.Argument(help="The brief, a TOML file.")],
    to: Annotated[list[Path] | None, typer.Option(help="Write it: .pdf .html .xlsx .csv .parquet .json")] = None,
    show: Annotated[int, typer.Option(help="How many people to print.")] = 10,
    exposure: Annotated[bool, typer.Option("--exposure", help="Also print who gets the places, by group.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Rank people for a brand's brief, every line with its reasons.

    Example: groundswell discover brief.toml --to shortlist.xlsx --to shortlist.html
    """
    opened = workspace_at(workspace)
    shortlist = rank(opened, brief, show=0 if as_json else show)
    if exposure and not as_json:
        say_all(exposure_lines(shortlist))
    for path in to or []:
        written = write_shortlist(shortlist, path)
        if not as_json:
            say(f"Wrote {written}")
    if as_json:
        from groundswell.exports import shortlist_as_json

        print_json(shortlist_as_json(shortlist))


def explain(
    account: Annotated[str, typer.Argument(help="@handle, platform:@handle, or an id.")],
    definition: Annotated[str | None, typer.Option(help="Judge by this definition only.")] = None,
    to: Annotated[list[Path] | None, typer.Option(help="Write it: .html .pdf .md .xlsx .json")] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Also show the query behind each signal.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Explain one person as a colleague would: what stands out, what is uncertain, what is missing; then all by question.

    Examples: groundswell explain @ann --definition field_geek | groundswell explain @ann --to ann.html --to ann.md
    """
    from groundswell.explain import explain as explain_account

    with progress_bar(quiet=as_json) as progress:
        found = explain_account(
            workspace_at(workspace), account, definition_name=definition, with_sql=sql, progress=progress
        )
    if as_json:
        from groundswell.exports.tables import plain

        print_json(plain(found))
    else:
        say_all(explanation_lines(found, in_full=definition is not None))
    if to:
        from groundswell.exports.person import export_person

        for path in to:
            written = export_person(found, path)
            if not as_json:
                say(f"Wrote {written}")


def rank(workspace: Workspace, brief: Path, *, show: int) -> Shortlist:
    """Rank people for the brief in a file, and print the best `show` of them."""
    from groundswell.discover import discover as rank_people
    from groundswell.discover import read_brief

    asked = read_brief(brief)
    with progress_bar(quiet=not show) as progress:
        shortlist = rank_people(workspace, asked, progress)
    if show:
        say_all(shortlist_lines(shortlist, show))
    return shortlist


def write_shortlist(shortlist: Shortlist, path: Path) -> Path:
    """Write a shortlist to one file, with the usual tiers for its pictures."""
    from groundswell.definitions import DEFAULT_TIER_SET, tier_set
    from groundswell.exports import export_shortlist

    tiers = [(tier.name, tier.followers_from) for tier in tier_set(DEFAULT_TIER_SET).tiers]
    return export_shortlist(shortlist, path, tiers=tiers)
