"""The command for a marketer's own sheet: what is in it, what is not known, and the sheet back with new columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundswell.cli.asking import AsJson, Folder, workspace_at
from groundswell.cli.people import brought
from groundswell.cli.printing import print_found, progress_bar, say, write_report
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
            "; ".join(f"{check.fee.says}: {check.verdict or 'cannot be compared'}" for check in one.fees),
            "; ".join(gap.question for gap in one.unknown),
        ]
        for one in found.accounts
    ]
    more = {"roster": listed_as_json(listed)} if listed else None
    print_found(found, list(found.sentences), (["account", "fee", "not known yet"], people[:show]), as_json, more)
    # a sheet that came in under another name is known by that one: then its rows come back as they were kept
    original = sheet if sheet and listed and listed.source == sheet.name else None
    if not as_json and found.currency_open and sheet:
        say(
            f"Say the currency of the fees that name none, and they are counted with: groundswell review {sheet} --currency EUR"
        )
    _write(opened, found, original, to or [], quiet=as_json)


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


def _write(workspace: Workspace, found: SheetReview, original: Path | None, to: list[Path], *, quiet: bool) -> None:
    """The user's own workbook comes back as they made it; every other form is a report."""
    from groundswell.advocacy import sheet_back
    from groundswell.exports.reports import review_report

    own = [path for path in to if original and _is_workbook(original) and path.suffix.lower() == ".xlsx"]
    for path in own:
        written = _beside(found, original, path)
        if not quiet:
            say(f"Wrote {written}")
    rest = [path for path in to if path not in own]
    if rest:
        write_report(review_report(found, sheet_back(workspace, found, original)), rest, quiet=quiet)


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in (".xlsx", ".xlsm")


def _beside(found: SheetReview, original: Any, path: Path) -> Path:
    from groundswell.advocacy import beside_rows
    from groundswell.exports.sheet_back import write_sheet_back

    return write_sheet_back(original, *beside_rows(found, original), path)
