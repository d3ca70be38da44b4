"""Commands that bring files in, list what came, and take it out again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundswell.cli.asking import AsJson, Folder, moment_of, pairs, workspace_at
from groundswell.cli.printing import complain, complain_of, print_json, print_table, progress_bar, say, say_all
from groundswell.cli.sentences import (
    counted,
    error_as_json,
    failure_line,
    import_as_json,
    import_lines,
    listed_as_json,
    swept_line,
    to_sweep_line,
)
from groundswell.errors import GroundswellError

if TYPE_CHECKING:
    from groundswell.ingest import ImportReport
    from groundswell.store import Workspace


def import_(
    files: Annotated[
        list[Path], typer.Argument(help="CSV, TSV, XLSX, JSON, NDJSON, Parquet, RSS; ZIP or gzip of these.")
    ],
    as_: Annotated[str | None, typer.Option("--as", metavar="LAYOUT", help="Read it as this layout.")] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help="Which column is which field.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A field that the file lacks.")
    ] = None,
    observed_at: Annotated[str | None, typer.Option(help="When the file was collected, e.g. 2026-03-01.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Only when the guess is wrong, e.g. cp1252.")] = None,
    dates: Annotated[
        str | None, typer.Option(metavar="ORDER", help="How 03/04/2025 is meant: day-first or month-first.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Bring files in. Every row is read, set aside with a reason, or empty, and the counts add up.

    One file that cannot be used does not keep the others out; the exit code is then that of the worst.

    Examples: groundswell import tweets.csv | groundswell import followers.csv --set followed=@nytimes.com
    """
    opened = workspace_at(workspace, create=True)
    options: dict[str, Any] = {
        "layout": as_, "mapping": pairs(map_, "--map"), "constants": pairs(set_, "--set"), "encoding": encoding,
        "observed_at": moment_of(observed_at) if observed_at else None, "dates": dates, "dry_run": dry_run,
    }  # fmt: skip
    failures: list[tuple[Path, GroundswellError]] = []
    told: list[dict[str, Any]] = []
    for path in files:
        try:
            report = bring(opened, path, quiet=as_json, **options)
        except GroundswellError as error:
            failures.append((path, error))
            told.append({"source": path.name, "error": error_as_json(error)})
            if len(files) > 1:
                complain_of(f"{path.name}:")
            complain(error)
            continue
        told.append(import_as_json(report))
        if not as_json:
            say_all(import_lines(report))
    if as_json:
        print_json(told)
    if failures:
        if len(files) > 1:
            complain_of(failure_line(failures, len(files)))
        raise typer.Exit(max(error.exit_code for _, error in failures))


def imports(context: typer.Context, workspace: Folder = None, as_json: AsJson = False) -> None:
    """List imports, or undo one.

    Examples: groundswell imports | groundswell imports undo 3
    """
    if context.invoked_subcommand:
        return
    from groundswell.records import RECORDS
    from groundswell.store import unfinished

    opened = workspace_at(workspace)
    found, left = opened.state.imports(), [one.id for one in unfinished(opened)]
    if as_json:
        print_json([listed_as_json(one) | {"to_sweep": one.id in left} for one in found])
        return
    rows = [
        [str(one.id), one.state, one.source, one.layout, f"{one.rows_read:,}", f"{one.rows_set_aside:,}",
         ", ".join(counted(c["new"], f"new {name}", f"new {RECORDS[name].table}") for name, c in one.records.items() if c["new"]),
         one.started_at[:16]]
        for one in found
    ]  # fmt: skip
    print_table(["id", "state", "file", "layout", "read", "set aside", "brought", "when"], rows, "No imports yet.")
    if left:
        say(to_sweep_line(left))


def undo(
    import_id: Annotated[int, typer.Argument(metavar="ID")], workspace: Folder = None, as_json: AsJson = False
) -> None:
    """Take an import out of everything. Bringing the file again puts it back.

    Example: groundswell imports undo 3
    """
    undone = workspace_at(workspace).undo(import_id)
    if as_json:
        print_json(listed_as_json(undone))
        return
    say(f"Import {undone.id} ({undone.source}) is undone: none of its rows is read any more.")


def sweep(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; change nothing.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Take off the disk what imports left that were killed on the way. Nothing that can be seen changes.

    Example: groundswell imports sweep --dry-run
    """
    from groundswell.store import sweep as sweep_up

    swept = sweep_up(workspace_at(workspace), dry_run=dry_run)
    if as_json:
        print_json(vars(swept))
        return
    say(swept_line(swept))


def set_aside(
    import_id: Annotated[int, typer.Argument(metavar="ID")],
    limit: Annotated[int, typer.Option(help="How many to show.")] = 100,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show the rows that an import could not use, with file, line and reason.

    Example: groundswell imports set-aside 3
    """
    from groundswell.ingest import rows_set_aside

    rows = rows_set_aside(workspace_at(workspace), import_id, limit)
    if as_json:
        print_json([vars(row) for row in rows])
        return
    print_table(
        ["file", "line", "reason", "text"],
        [[row.member, str(row.line), row.reason, row.text.replace("\t", " | ")[:80]] for row in rows],
        "No row was set aside.",
    )


def bring(workspace: Workspace, path: Path, *, quiet: bool = False, **options: Any) -> ImportReport:
    """Bring one file in, with progress where somebody watches."""
    from groundswell.ingest import import_file

    with progress_bar(quiet=quiet) as progress:
        report = import_file(
            workspace,
            path,
            progress=lambda done, total, rows: progress(f"Reading {path.name}", done, total, rows),
            **options,
        )
    if "kit" in report.layout:
        from groundswell.coach import keys_that_changed

        report.notes += keys_that_changed(workspace, report.import_id)
    return report
