"""The command line reads as sentences. Thin: each command is one call of the library, then words or `--json`.

Here stand the commands in the order in which `--help` lists them; each group has a file (`starting`, `bringing`, `fetching`, `joining`, `listing`,
`ranking`, `planning`, `comparing`, `contesting`, `labelling`, `people`), what they print stands apart in `sentences`, how it is printed in `printing`.

Exit codes: 0 done, 1 a finding the caller asked about, 2 wrong use, 3 bad input, 4 a source refused, 5 our fault.
Heavy packages are imported inside commands, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback

import typer

from groundswell.cli import (
    assisting,
    bringing,
    comparing,
    contesting,
    fetching,
    joining,
    labelling,
    listing,
    people,
    planning,
    ranking,
    reviewing,
    starting,
)
from groundswell.cli.printing import complain
from groundswell.errors import GroundswellError

FLOW = "sources -> store -> signals -> discover -> plan -> outreach -> measure"
app = typer.Typer(
    name="groundswell",
    help=f"Find the people whose word moves their own community, and explain every number said about them.\n\n{FLOW}",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.callback()(starting.front_door)
app.command()(starting.serve)
app.command()(starting.init)
app.command()(starting.demo)
app.command()(starting.simulate)
app.command("import")(bringing.import_)
app.command()(fetching.fetch)
app.command()(fetching.refresh)
app.command()(fetching.listen)
app.command()(fetching.fetches)
app.command()(fetching.fetched)
app.command()(fetching.agree)
app.command()(fetching.sources)
app.command()(joining.same)
app.command()(fetching.purge)
app.command()(fetching.ask)
app.command()(listing.layouts)
app.command()(listing.signals)
app.command()(listing.definitions)
app.command()(ranking.discover)
app.command()(ranking.explain)
app.command()(comparing.compare)
app.command()(comparing.like)
app.command()(people.coach)
app.command()(reviewing.review)
app.command()(people.audit)
app.command()(labelling.label)
app.command()(assisting.mcp)

imports_app = typer.Typer(
    help="List imports, look at rows that were set aside, undo one, or sweep up after those that were killed.\n\nExample: groundswell imports undo 3",
    invoke_without_command=True,
)
imports_app.callback()(bringing.imports)
imports_app.command()(bringing.undo)
imports_app.command()(bringing.sweep)
imports_app.command("set-aside")(bringing.set_aside)
app.add_typer(imports_app, name="imports")

plan_app = typer.Typer(
    cls=planning.BriefFirst,
    help=(
        "Divide a budget among twenty to forty people of a shortlist, or change the plan that was made last.\n\n"
        "Examples: groundswell plan brief.toml --budget 5000 | groundswell plan edit --exclude @bob"
    ),
    no_args_is_help=True,
)
plan_app.command()(planning.make)
plan_app.command()(planning.edit)
app.add_typer(plan_app, name="plan")

contest_app = typer.Typer(
    cls=contesting.NumberFirst,
    help=(
        "Hide a number about somebody until a person has looked (right of reply), list what is contested, and review it.\n\n"
        'Examples: groundswell contest @ann reply_rate --because "..." | groundswell contest --list'
    ),
    invoke_without_command=True,
)
contest_app.callback()(contesting.contests)
contest_app.command()(contesting.number)
contest_app.command()(contesting.review)
app.add_typer(contest_app, name="contest")

advocates_app = typer.Typer(
    help='Who already speaks for a company, and who of its people could.\n\nExample: groundswell advocates census --company "Oat & Co"',
    no_args_is_help=True,
)
advocates_app.command()(people.census)
advocates_app.command()(people.staff)
app.add_typer(advocates_app, name="advocates")


def main() -> None:
    """Run the command line; every error is said in words and has its exit code."""
    try:
        app()
    except GroundswellError as error:
        complain(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("Stopped. What was not finished was not made visible.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception:
        with tempfile.NamedTemporaryFile("w", prefix="groundswell-", suffix=".log", delete=False) as log:
            log.write(traceback.format_exc())
        typer.echo(
            f"Something went wrong inside Groundswell; this is our fault.\nThe details are in {log.name}", err=True
        )
        sys.exit(5)
