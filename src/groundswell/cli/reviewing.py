"""The command for a marketer's own sheet: what is in it, what is not known, and the sheet back with new columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundswell.cli.asking import AsJson, Folder, workspace_at
from groundswell.cli.people import brought
from groundswell.cli.printing import print_found, progress_bar, say
from groundswell.cli.sentences import listed_as_json

if TYPE_CHECKING:
    from groundswell.advocacy import SheetReview
    from groundswell.store import Import, Workspace


def review(
    sheet: Annotated[
        Path | None, typer.Argument(help="Your sheet, .xlsx or .csv; without it, the lists in the workspace.")
    ] = None,
    to: Annotated[
        list[Path] | None, typer.Option(help="The sheet back: .xlsx .csv .parquet .json; the review: .pdf .html")
    ] = None,
    big: Annotated[
        str | None, typer.Option(help="Compare the others' money with this account: a handle, or its id.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option(help="In which currency the fees are that name none; remembered with the sheet.")
    ] = None,
    show: Annotated[int, typer.Option(help="How many people to print.")] = 20,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Review a sheet of people: who is in it twice, which fees are unusual, what is unknown and which file would settle it.

    Examples: groundswell review sheet.xlsx | groundswell review sheet.xlsx --to back.xlsx --to review.pdf
    """
    from groundswell.advocacy import review_sheet

    opened = workspace_at(workspace, create=sheet is not None)
    listed = brought(opened, sheet, quiet=as_json) if sheet else None
    if currency:
        listed = _said(opened, listed, currency)
    with progress_bar(quiet=as_json) as progress:
        found = review_sheet(opened, import_id=listed.id if listed else None, big=big, progress=progress)
    people = [
        [
            one.person.called,
            "; ".join(
                (
                    *(f"{check.fee.says}: {check.verdict or 'cannot be compared'}" for check in one.fees),
                    *(f"as written: {words}" for words in one.fee_as_written),
                )
            ),
            "; ".join(gap.question for gap in one.unknown),
        ]
        for one in found.accounts
    ]
    more = {"roster": listed_as_json(listed)} if listed else None
    print_found(found, list(found.sentences), (["account", "fee", "not known yet"], people[:show]), as_json, more)
    if not as_json and found.currency_open and sheet:
        say(
            f"Say the currency of the fees that name none, and they are counted with: groundswell review {sheet} --currency EUR"
        )
    _write(opened, found, to or [], own=sheet, quiet=as_json)


def _said(workspace: Workspace, listed: Import | None, currency: str) -> Import:
    """The list, read again with the currency of its fees."""
    from groundswell.errors import UsageError
    from groundswell.ingest import read_again

    if listed is None:
        raise UsageError(
            "Which list is in this currency?", next_step="Name it: groundswell review sheet.xlsx --currency EUR"
        )
    found = read_again(workspace, listed.id, {"currency": currency}).import_id
    assert found is not None  # only a dry run has none
    return workspace.state.import_by_id(found)


def _write(workspace: Workspace, found: SheetReview, to: list[Path], *, own: Path | None, quiet: bool) -> None:
    from groundswell.errors import UsageError
    from groundswell.exports.sheet_back import give_sheet_back

    for path in to:
        if own and path.exists() and path.samefile(own):
            raise UsageError(f"{own.name} is your own sheet; it is not overwritten.", next_step="Choose another name.")
        written = give_sheet_back(workspace, found, path)
        if not quiet:
            say(f"Wrote {written}")
