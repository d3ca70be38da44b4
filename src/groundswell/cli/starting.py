"""Commands to begin with: the front door in the browser, a workspace, a made-up community."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundswell import __version__
from groundswell.cli.asking import AsJson, Folder, workspace_at
from groundswell.cli.bringing import bring
from groundswell.cli.printing import at_terminal, print_json, program, progress_bar, say, say_all
from groundswell.cli.ranking import rank, write_shortlist
from groundswell.cli.sentences import demo_lines, import_as_json, import_lines

if TYPE_CHECKING:
    from groundswell.ingest import ImportReport
    from groundswell.store import Workspace


def _say_version(asked: bool) -> None:
    if asked:
        say(f"groundswell {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Say which version this is.")
]


def front_door(context: typer.Context, version: Version = False) -> None:  # noqa: ARG001
    """Without a command, open the front door in the browser."""
    if context.invoked_subcommand is None:
        open_door(workspace_at(None, create=True))


def serve(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="On this port; else one that is free.")] = None,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
    workspace: Folder = None,
) -> None:
    """Open the front door in the browser: it answers only this computer, and only the browser with the printed link.

    Example: groundswell serve --workspace spring-campaign
    """
    open_door(workspace_at(workspace, create=True), port=port, open_browser=open_)


def init(workspace: Folder = None, as_json: AsJson = False) -> None:
    """Make a workspace: one folder that holds everything.

    Example: groundswell init --workspace spring-campaign
    """
    made = workspace_at(workspace, create=True)
    if as_json:
        print_json({"workspace": str(made.folder)})
        return
    say(f"The workspace is {made.folder}. Next: groundswell import FILE")


def demo(
    folder: Annotated[Path, typer.Argument(help="Where to put it.")] = Path("demo"),
    people: Annotated[int, typer.Option(help="How many made-up people.")] = 2000,
    seed: Annotated[int, typer.Option(help="Another seed, another community.")] = 7,
    serve: Annotated[
        bool | None, typer.Option("--serve/--no-serve", help="Then open it in the browser; by default at a terminal.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the main job on a made-up community: import, rank for a sample brief, explain, write the files, open the page.

    Examples: groundswell demo | groundswell demo --no-serve
    """
    from groundswell.simulate import sample_brief

    if not as_json:
        say(f"SIMULATED: {people:,} made-up people. Nobody named below exists.\n")
    paths = make_people(folder / "files", people, seed, quiet=as_json)
    workspace = workspace_at(folder / "workspace", create=True)
    reports = _bring_what_is_new(workspace, paths, quiet=as_json)
    brief = folder / "brief.toml"
    brief.write_text(sample_brief(), encoding="utf-8")
    shortlist = rank(workspace, brief, show=0 if as_json else 10)
    wrote = [write_shortlist(shortlist, folder / name) for name in ("shortlist.xlsx", "shortlist.html")]
    if as_json:
        from groundswell.exports import shortlist_as_json

        print_json(
            {
                "workspace": str(workspace.folder),
                "imports": [import_as_json(report) for report in reports],
                "shortlist": shortlist_as_json(shortlist),
                "wrote": [str(path) for path in wrote],
            }
        )
    else:
        say_all(f"Wrote {path}" for path in wrote)
        say_all(demo_lines(shortlist, folder, workspace))
    if serve or (serve is None and not as_json and at_terminal()):
        say("")
        open_door(workspace)
    elif not as_json:
        say(f"The same in a browser: {program()} serve --workspace {workspace.folder}")


def _bring_what_is_new(workspace: Workspace, paths: list[Path], *, quiet: bool) -> list[ImportReport]:
    """Bring the files in that an earlier run of the demo did not."""
    already = {one.source for one in workspace.state.imports() if one.state == "live"}
    reports: list[ImportReport] = []
    for path in paths:
        if path.name not in already:
            reports.append(bring(workspace, path, quiet=quiet))
            if not quiet:
                say_all(import_lines(reports[-1]))
    return reports


def simulate(
    folder: Annotated[Path, typer.Argument(help="Where to write the files.")] = Path("simulated"),
    people: Annotated[int, typer.Option(help="1,000 to 1,000,000.")] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 7,
    parquet: Annotated[bool, typer.Option("--parquet", help="Parquet instead of CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a made-up community with a known truth, in the files people really have.

    Example: groundswell simulate rehearsal --people 20000 --seed 7
    """
    paths = make_people(folder, people, seed, "parquet" if parquet else "csv", quiet=as_json)
    if as_json:
        print_json({"simulated": True, "people": people, "seed": seed, "wrote": [str(path) for path in paths]})
        return
    say_all(f"Wrote {path}" for path in paths)


def make_people(folder: Path, people: int, seed: int, form: Any = "csv", *, quiet: bool = False) -> list[Path]:
    """Write a made-up community and return its files."""
    from groundswell.simulate import simulate as make

    with progress_bar(quiet=quiet) as progress:
        truth = make(
            folder,
            people=people,
            seed=seed,
            form=form,
            progress=lambda done, all_: progress("Making people", done, all_),
        )
    return list(truth.files.values())


def open_door(workspace: Workspace, *, port: int | None = None, open_browser: bool = True) -> None:
    """Serve the front door until it is stopped."""
    from groundswell.web import serve

    serve(workspace, port=port, open_browser=open_browser, say=say)
