"""The command line reads as sentences. Thin: each command is one call of the library, then words or `--json`.

Exit codes: 0 done, 1 a finding the caller asked about, 2 wrong use, 3 bad input, 4 a source refused, 5 our fault.
Heavy packages are imported inside commands, so that `--help` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundswell.errors import GroundswellError, UsageError

if TYPE_CHECKING:
    from groundswell.discover import Shortlist
    from groundswell.explain import Explanation
    from groundswell.ingest import ImportReport
    from groundswell.store import Workspace

FLOW = "sources -> store -> signals -> discover -> plan -> outreach -> measure"
app = typer.Typer(
    name="groundswell",
    help=f"Find the people whose word moves their own community, and explain every number said about them.\n\n{FLOW}",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
imports_app = typer.Typer(
    help="List imports, look at rows that were set aside, or undo one.\n\nExample: groundswell imports undo 3",
    invoke_without_command=True,
)
app.add_typer(imports_app, name="imports")
advocates_app = typer.Typer(
    help='Who already speaks for a company, and who of its people could.\n\nExample: groundswell advocates census --company "Oat & Co"',
    no_args_is_help=True,
)
app.add_typer(advocates_app, name="advocates")

Folder = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Folder of the workspace [GROUNDSWELL_WORKSPACE, else ./groundswell-data]."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]


def main() -> None:
    """Run the command line; every error is said in words and has its exit code."""
    try:
        app()
    except GroundswellError as error:
        _complain(error)
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


@app.callback()
def front_door(context: typer.Context) -> None:
    """Without a command, open the front door in the browser."""
    if context.invoked_subcommand is None:
        _serve(_workspace(None, create=True))


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="On this port; else one that is free.")] = None,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
    workspace: Folder = None,
) -> None:
    """Open the front door in the browser: it answers only this computer, and only the browser with the printed link.

    Example: groundswell serve --workspace spring-campaign
    """
    _serve(_workspace(workspace, create=True), port=port, open_browser=open_)


@app.command()
def init(workspace: Folder = None) -> None:
    """Make a workspace: one folder that holds everything.

    Example: groundswell init --workspace spring-campaign
    """
    made = _workspace(workspace, create=True)
    _say(f"The workspace is {made.folder}. Next: groundswell import FILE")


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to put it.")] = Path("demo"),
    people: Annotated[int, typer.Option(help="How many made-up people.")] = 2000,
    seed: Annotated[int, typer.Option(help="Another seed, another community.")] = 7,
    serve: Annotated[bool, typer.Option("--serve", help="Then open it in the browser.")] = False,
) -> None:
    """Run the main job on a made-up community: import, rank for a sample brief, explain, write the files.

    Examples: groundswell demo | groundswell demo --serve
    """
    from groundswell.simulate import sample_brief

    _say(f"SIMULATED: {people:,} made-up people. Nobody named below exists.\n")
    paths = _simulate(folder / "files", people, seed)
    workspace = _workspace(folder / "workspace", create=True)
    already = {one.source for one in workspace.state.imports() if one.state == "live"}
    for path in paths:
        if path.name not in already:
            _say(_import_sentence(_import(workspace, path)))
    brief = folder / "brief.toml"
    brief.write_text(sample_brief(), encoding="utf-8")
    shortlist = _discover(workspace, brief, show=10)
    for name in ("shortlist.xlsx", "shortlist.html"):
        _say(f"Wrote {_export(shortlist, folder / name)}")
    _say(
        f"\nNext: open {folder / 'shortlist.html'}, or ask `groundswell explain @{shortlist.matches[0].handle} "
        f"--workspace {workspace.folder}`, or look around in a browser: `groundswell serve --workspace {workspace.folder}`, "
        "or bring your own: `groundswell import FILE`."
        if shortlist.matches
        else ""
    )
    if serve:
        _serve(workspace)


@app.command()
def simulate(
    folder: Annotated[Path, typer.Argument(help="Where to write the files.")] = Path("simulated"),
    people: Annotated[int, typer.Option(help="1,000 to 1,000,000.")] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 7,
    parquet: Annotated[bool, typer.Option("--parquet", help="Parquet instead of CSV.")] = False,
) -> None:
    """Write a made-up community with a known truth, in the files people really have.

    Example: groundswell simulate rehearsal --people 20000 --seed 7
    """
    for path in _simulate(folder, people, seed, "parquet" if parquet else "csv"):
        _say(f"Wrote {path}")


@app.command("import")
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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Bring files in. Every row is read, set aside with a reason, or empty, and the counts add up.

    Examples: groundswell import tweets.csv | groundswell import followers.csv --set followed=@nytimes.com
    """
    opened = _workspace(workspace, create=True)
    moment = _moment(observed_at) if observed_at else None
    reports: list[ImportReport] = []
    for path in files:
        report = _import(
            opened, path, layout=as_, mapping=_pairs(map_, "--map"), constants=_pairs(set_, "--set"),
            observed_at=moment, encoding=encoding, dry_run=dry_run, quiet=as_json,
        )  # fmt: skip
        reports.append(report)
        if not as_json:
            _say(_import_sentence(report))
    if as_json:
        _print_json([_report_as_json(report) for report in reports])


@imports_app.callback()
def imports(context: typer.Context, workspace: Folder = None, as_json: AsJson = False) -> None:
    """List imports, or undo one.

    Examples: groundswell imports | groundswell imports undo 3
    """
    if context.invoked_subcommand:
        return
    found = _workspace(workspace).state.imports()
    if as_json:
        _print_json([vars(one) | {"rows_read": one.rows_read} for one in found])
        return
    rows = [
        [str(one.id), one.state, one.source, one.layout, f"{one.rows_read:,}", f"{one.rows_set_aside:,}",
         ", ".join(f"{c['new']:,} new {name}" for name, c in one.records.items() if c["new"]), one.started_at[:16]]
        for one in found
    ]  # fmt: skip
    _table(["id", "state", "file", "layout", "read", "set aside", "brought", "when"], rows, "No imports yet.")


@imports_app.command()
def undo(import_id: Annotated[int, typer.Argument(metavar="ID")], workspace: Folder = None) -> None:
    """Take an import out of everything. Bringing the file again puts it back.

    Example: groundswell imports undo 3
    """
    undone = _workspace(workspace).undo(import_id)
    _say(f"Import {undone.id} ({undone.source}) is undone: none of its rows is read any more.")


@imports_app.command("set-aside")
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

    rows = rows_set_aside(_workspace(workspace), import_id, limit)
    if as_json:
        _print_json([vars(row) for row in rows])
        return
    _table(
        ["file", "line", "reason", "text"],
        [[row.member, str(row.line), row.reason, row.text[:80]] for row in rows],
        "No row was set aside.",
    )


@app.command()
def layouts(as_json: AsJson = False) -> None:
    """List the files that are recognised, and how to get them.

    Example: groundswell layouts
    """
    from groundswell.sources.files import LAYOUTS

    if as_json:
        _print_json([{"id": one.id, "title": one.title, "says": one.says} for one in LAYOUTS.values()])
        return
    _table(["layout", "what it is"], [[one.id, f"{one.title}. {one.says}"] for one in LAYOUTS.values()], "")


@app.command()
def signals(
    name: Annotated[str | None, typer.Argument(help="One signal, in full.")] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Compute all signals now.")] = False,
    fit: Annotated[bool, typer.Option("--fit", help="Fit topics anew on all texts, as the next version.")] = False,
    to: Annotated[Path | None, typer.Option(help="Write the table of all accounts: .csv .xlsx .parquet .json")] = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """List what can be known of an account, or compute it for everybody.

    Examples: groundswell signals | groundswell signals like_rate | groundswell signals --to signals.xlsx
    """
    from groundswell.signals import SIGNALS
    from groundswell.signals.table import flat, refit, signal_table

    if fit:
        with _progress() as progress:
            version = refit(_workspace(workspace), progress)
        _say(f"Topics are fitted anew: version {version}." if version else "Too few texts to fit topics.")
    elif refresh or to:
        opened = _workspace(workspace)
        with _progress() as progress:
            table = signal_table(opened, progress)
        _say(f"{table.rows.num_rows:,} accounts; {table.recomputed:,} computed now, the rest kept.")
        if to:
            from groundswell.exports import export_table

            _say(f"Wrote {export_table(flat(table), to, title='Signals', simulated=opened.simulated())}")
    elif name:
        _one_signal(name, as_json)
    elif as_json:
        _print_json([_signal_as_json(one) for one in SIGNALS.values()])
    else:
        rows = [[one.name, one.question, one.title, one.unit, one.explains] for one in SIGNALS.values()]
        _table(["signal", "question", "title", "unit", "formula"], rows, "")


@app.command()
def definitions(
    name: Annotated[str | None, typer.Argument(help="One of them, in full.")] = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """List what people mean by micro-influencer, by tiers, and by usual rates. They are never averaged.

    Examples: groundswell definitions | groundswell definitions field_geek
    """
    from dataclasses import asdict

    from groundswell.definitions import load_benchmarks, load_definitions, load_tier_sets

    folder = _folder(workspace)
    kinds: dict[str, Any] = {
        "meaning": load_definitions(folder), "tiers": load_tier_sets(folder), "benchmark": load_benchmarks(folder),
    }  # fmt: skip
    found = [(kind, one) for kind, some in kinds.items() for one in some.values()]
    if name:
        from groundswell.errors import UnknownNameError

        chosen = [(kind, one) for kind, one in found if name in (one.name, one.id)]
        if not chosen:
            raise UnknownNameError("definition", name, [one.id for _, one in found])
        _print_json([{"kind": kind, **asdict(one)} for kind, one in chosen])
    elif as_json:
        _print_json([{"kind": kind, **asdict(one)} for kind, one in found])
    else:
        rows = [[kind, one.name, one.title, f"“{one.provenance.quote}”"] for kind, one in found]
        _table(["kind", "name", "title", "in its author's words"], rows, "")


@app.command()
def discover(
    brief: Annotated[Path, typer.Argument(help="The brief, a TOML file.")],
    to: Annotated[list[Path] | None, typer.Option(help="Write it: .xlsx .html .csv .parquet .json")] = None,
    show: Annotated[int, typer.Option(help="How many people to print.")] = 10,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Rank people for a brand's brief, every line with its reasons.

    Example: groundswell discover brief.toml --to shortlist.xlsx --to shortlist.html
    """
    opened = _workspace(workspace)
    shortlist = _discover(opened, brief, show=0 if as_json else show)
    for path in to or []:
        written = _export(shortlist, path)
        if not as_json:
            _say(f"Wrote {written}")
    if as_json:
        from groundswell.exports import shortlist_as_json

        _print_json(shortlist_as_json(shortlist))


@app.command()
def explain(
    account: Annotated[str, typer.Argument(help="@handle, platform:@handle, or an id.")],
    definition: Annotated[str | None, typer.Option(help="Judge by this definition only.")] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Also show the query behind each signal.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Explain one person: a sentence a signal, the posts behind it, and what each definition says.

    Example: groundswell explain @ann --definition field_geek
    """
    from groundswell.explain import explain as explain_account

    with _progress(quiet=as_json) as progress:
        found = explain_account(
            _workspace(workspace), account, definition_name=definition, with_sql=sql, progress=progress
        )
    if as_json:
        from groundswell.exports.tables import plain

        _print_json(plain(found))
    else:
        _say_explanation(found)


@app.command()
def coach(
    account: Annotated[str, typer.Argument(help="Yourself: @handle, platform:@handle, or an id.")],
    to: Annotated[list[Path] | None, typer.Option(help="Write your kit: .pdf .html, or .json (signed).")] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(help="Not in the kit: posts, texts, sparked, balance, paid, followers.")
    ] = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """See what you stand for, who waits for your answer, what you sparked, and one next step a week; make your kit.

    Examples: groundswell coach @me | groundswell coach @me --to kit.pdf --to kit.json
    """
    from groundswell.coach import coach as coach_account
    from groundswell.coach import kit, sentences_of

    opened = _workspace(workspace)
    with _progress(quiet=as_json) as progress:
        found = coach_account(opened, account, progress=progress)
    if as_json:
        from groundswell.exports.tables import plain

        _print_json(plain(found))
    else:
        for line in sentences_of(found):
            _say(line)
    if to:
        from groundswell.exports.kit_page import write_kit

        made = kit(opened, account, leave_out=leave_out or ())
        for path in to:
            written = write_kit(made, path)
            if not as_json:
                _say(f"Wrote {written}")


@app.command()
def audit(
    roster: Annotated[
        Path | None, typer.Argument(help="A list of accounts; without it, the lists in the workspace.")
    ] = None,
    to: Annotated[list[Path] | None, typer.Option(help="Write it: .csv .xlsx .parquet .json")] = None,
    show: Annotated[int, typer.Option(help="How many people to print.")] = 20,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Sort a bought list: specialist, everyday voice, new, stalled, big or cannot tell, with what to ask about.

    Examples: groundswell audit roster.csv | groundswell audit roster.csv --to audit.xlsx
    """
    from groundswell.advocacy import audit_roster, audit_table, bring_list

    opened = _workspace(workspace, create=roster is not None)
    with _progress(quiet=as_json) as progress:
        found = audit_roster(opened, import_id=bring_list(opened, roster) if roster else None, progress=progress)
    lines = [*found.sentences, *(share.says for share in found.classes if share.accounts)]
    people = [
        [one.person.called, one.kind, " ".join(one.because), "; ".join(flag.name for flag in one.flags)]
        for one in found.accounts
    ]
    _report(found, lines, (["account", "class", "because", "ask about"], people[:show]), as_json)
    _write_table(audit_table(found), to, "Audit of a roster", found.simulated, quiet=as_json)


@advocates_app.command()
def census(
    company: Annotated[list[str] | None, typer.Option(help="Its name; again for another spelling.")] = None,
    product: Annotated[list[str] | None, typer.Option(help="A product of it.")] = None,
    service: Annotated[list[str] | None, typer.Option(help="A service of it.")] = None,
    person: Annotated[list[str] | None, typer.Option(help="A person of it.")] = None,
    ours: Annotated[list[str] | None, typer.Option(help="An account that is its own, by id: shown apart.")] = None,
    to: Annotated[list[Path] | None, typer.Option(help="Write it: .csv .xlsx .parquet .json")] = None,
    show: Annotated[int, typer.Option(help="How many people to print.")] = 20,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Everyone in the data who names a company, a product, a service or a person of it, big and small.

    Example: groundswell advocates census --company "Oat & Co" --product "oat drink" --to census.xlsx
    """
    from groundswell.advocacy import census as count_voices
    from groundswell.advocacy import census_table

    names = {"company": company or [], "product": product or [], "service": service or [], "person": person or []}
    with _progress(quiet=as_json) as progress:
        found = count_voices(_workspace(workspace), names, ours=ours or [], progress=progress)
    lines = [*found.sentences, *(f"Not known: {one}" for one in found.unknown)]
    people = [[one.sentence, one.followers_say] for one in found.voices]
    _report(found, lines, (["who", "followers"], people[:show]), as_json)
    _write_table(census_table(found), to, "Census", found.simulated, quiet=as_json)


@advocates_app.command()
def staff(
    company: Annotated[list[str], typer.Option(help="The company's name; again for another spelling.")],
    roster: Annotated[
        Path | None, typer.Argument(help="A list of colleagues; without it, the lists in the workspace.")
    ] = None,
    to: Annotated[list[Path] | None, typer.Option(help="Write it: .csv .xlsx .parquet .json")] = None,
    show: Annotated[int, typer.Option(help="How many people to print.")] = 20,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """What colleagues stand for, where they share one text, and a first step for each who wants one.

    Example: groundswell advocates staff colleagues.csv --company "Oat & Co"
    """
    from groundswell.advocacy import bring_list, staff_table
    from groundswell.advocacy import staff as look_at_staff

    opened = _workspace(workspace, create=roster is not None)
    with _progress(quiet=as_json) as progress:
        brought = bring_list(opened, roster) if roster else None
        found = look_at_staff(opened, None, company, import_id=brought, progress=progress)
    people = [
        [one.person.called, " ".join(one.sentences), one.step.says if one.step else ""] for one in found.colleagues
    ]
    _report(
        found, [*found.sentences, found.volunteers], (["who", "what is known", "a first step"], people[:show]), as_json
    )
    _write_table(staff_table(found), to, "Colleagues", found.simulated, quiet=as_json)


# -- saying it in words ------------------------------------------------------------------------------------------------


def _import_sentence(report: ImportReport) -> str:
    what = f"{report.source}: {report.says}"
    rows = f"{report.rows:,} rows = {report.read:,} read + {report.set_aside:,} set aside + {report.empty:,} empty"
    lines = [what, f"  {rows}"]
    for name, counts in report.records.items():
        lines.append(f"  {name}: {counts.new:,} new, {counts.same:,} same, {counts.changed:,} changed")
    lines += [f"  note: {note}" for note in report.notes]
    lines += [
        f"  set aside: line {row.line}{f' of {row.member}' if row.member else ''}: {row.reason}"
        for row in report.examples[:5]
    ]
    if report.set_aside > 5 and report.import_id:
        lines.append(f"  ... all of them: groundswell imports set-aside {report.import_id}")
    lines.append(
        "  Nothing was changed (dry run)." if report.import_id is None else f"  This is import {report.import_id}."
    )
    return "\n".join(lines)


def _say_shortlist(shortlist: Shortlist, show: int) -> None:
    banner = "SIMULATED. " if shortlist.simulated else ""
    _say(f"\n{banner}Shortlist for {shortlist.brief.brand} under {shortlist.definition} ({shortlist.definition_title})")
    _say(f"{shortlist.population:,} people looked at.")
    for gate in shortlist.gates:
        doubtful = f", {gate.unknown:,} could not be checked" if gate.unknown else ""
        _say(f"  {gate.name}: {gate.removed:,} of {gate.before:,} removed{doubtful} ({gate.says})")
    _say(
        f"{shortlist.fitting:,} fit, {len(shortlist.matches):,} are listed; {shortlist.not_checked:,} could not be checked and stand apart.\n"
    )
    for match in shortlist.matches[:show]:
        _say(f"{match.rank:>3}. @{match.handle or match.account}  {match.score:.1f} of 100 points ({match.platform})")
        for sentence in match.sentences:
            _say(f"       {sentence}")
    if shortlist.empty_because:
        _say(shortlist.empty_because)
    for note in shortlist.notes:
        _say(f"  note: {note}")


def _say_explanation(found: Explanation) -> None:
    from groundswell.exports.wording import range_in_words
    from groundswell.signals import SIGNALS

    who = found.profile
    _say(
        f"{'SIMULATED. ' if found.simulated else ''}@{who['handle'] or found.account} ({who['platform']}) {who['name'] or ''}"
    )
    if who["bio"]:
        _say(f"  “{who['bio']}”")
    for name, sentence in found.sentences.items():
        value = found.values[name]
        between = range_in_words(value, SIGNALS[name].unit)
        _say(f"  - {sentence}" + (f"  [90 %: {between}]" if between else ""))
        if name in found.sql:
            _say(f"      {' '.join(found.sql[name].split())}")
    _say("Tiers: " + "; ".join(f"{name}: {tier}" for name, tier in found.tiers))
    for sentence in dict.fromkeys(comparison.sentence for comparison in found.comparisons):
        _say(f"  {sentence}")
    for judged in found.judged:
        verdict = {True: "yes, as far as it is measured", False: "no", None: "cannot be checked"}[judged.holds]
        _say(f"{judged.definition}: {verdict}. {judged.says}")
        for says, answer in judged.gates:
            _say(f"    {'yes' if answer else 'unknown' if answer is None else 'no'}: {says}")
        for lack in judged.lacks:
            _say(f"    not measured yet: {lack}")
    shown: set[str] = set()
    for posts in found.evidence.values():
        for post in posts:
            if post.post not in shown and len(shown) < 6:
                shown.add(post.post)
                when = f"{post.created_at:%Y-%m-%d} " if post.created_at else ""
                _say(f"  post {when}({post.why}; {post.source}): {' '.join(post.text.split())[:160]}")
    _say("From " + ("; ".join(found.sources) or "no file"))


def _one_signal(name: str, as_json: bool) -> None:
    from groundswell.errors import UnknownNameError
    from groundswell.explain import signal_sql
    from groundswell.signals import SIGNALS

    if name not in SIGNALS:
        raise UnknownNameError("signal", name, SIGNALS)
    said = _signal_as_json(SIGNALS[name]) | {"sql": " ".join(signal_sql(name).split())}
    if as_json:
        _print_json(said)
        return
    for key, value in said.items():
        _say(f"{key}: {', '.join(value) if isinstance(value, list) else value}")


def _signal_as_json(one: Any) -> dict[str, Any]:
    names = ("name", "title", "question", "unit", "better", "explains", "says", "unknown", "source", "lifecycle")
    return {name: getattr(one, name) for name in names} | {"needs": list(one.needs)}


def _report_as_json(report: ImportReport) -> dict[str, Any]:
    said = vars(report) | {"read": report.read}
    said["records"] = {name: vars(counts) for name, counts in report.records.items()}
    said["examples"] = [vars(row) for row in report.examples]
    return said


# -- doing it ------------------------------------------------------------------------------------------------------------


def _discover(workspace: Workspace, brief: Path, *, show: int) -> Shortlist:
    from groundswell.discover import discover as rank
    from groundswell.discover import read_brief

    asked = read_brief(brief)
    with _progress(quiet=not show) as progress:
        shortlist = rank(workspace, asked, progress)
    if show:
        _say_shortlist(shortlist, show)
    return shortlist


def _export(shortlist: Shortlist, path: Path) -> Path:
    from groundswell.definitions import DEFAULT_TIER_SET, tier_set
    from groundswell.exports import export_shortlist

    tiers = [(tier.name, tier.followers_from) for tier in tier_set(DEFAULT_TIER_SET).tiers]
    return export_shortlist(shortlist, path, tiers=tiers)


def _simulate(folder: Path, people: int, seed: int, form: Any = "csv") -> list[Path]:
    from groundswell.simulate import simulate as make

    with _progress() as progress:
        truth = make(
            folder,
            people=people,
            seed=seed,
            form=form,
            progress=lambda done, all_: progress("Making people", done, all_),
        )
    return list(truth.files.values())


def _import(workspace: Workspace, path: Path, *, quiet: bool = False, **options: Any) -> ImportReport:
    from groundswell.ingest import import_file

    with _progress(quiet=quiet) as progress:
        return import_file(
            workspace,
            path,
            progress=lambda done, total, rows: progress(f"Reading {path.name}", done, total, rows),
            **options,
        )


def _serve(workspace: Workspace, *, port: int | None = None, open_browser: bool = True) -> None:
    from groundswell.web import serve

    serve(workspace, port=port, open_browser=open_browser, say=_say)


def _workspace(folder: Path | None, *, create: bool = False) -> Workspace:
    from groundswell.store import Workspace

    chosen = _folder(folder)
    return Workspace.create(chosen) if create else Workspace.open(chosen)


def _folder(folder: Path | None) -> Path:
    return folder or Path(os.environ.get("GROUNDSWELL_WORKSPACE") or "groundswell-data")


def _pairs(given: list[str] | None, option: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for one in given or []:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                f"{option} {one!r} is not of the form NAME=VALUE.", next_step=f"For example {option} author=@ann"
            )
        pairs[name.strip()] = value.strip()
    return pairs


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a date.", next_step="Write it as 2026-03-01 or 2026-03-01T12:00:00+00:00."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _write_table(table: Any, to: list[Path] | None, title: str, simulated: bool, *, quiet: bool) -> None:
    from groundswell.exports import export_table

    for path in to or []:
        written = export_table(table, path, title=title, simulated=simulated)
        if not quiet:
            _say(f"Wrote {written}")


# -- printing ------------------------------------------------------------------------------------------------------------


def _say(text: str) -> None:
    """Print text from anywhere. What strangers wrote may hold terminal codes: control characters are dropped."""
    typer.echo("".join(letter for letter in text if letter in "\n\t" or _is_harmless(ord(letter))))


def _is_harmless(code: int) -> bool:
    """Neither a control character (C0, DEL, C1) nor half of a surrogate pair."""
    return code >= 32 and not 127 <= code < 160 and not 0xD800 <= code < 0xE000


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=True, indent=2, default=str, allow_nan=False))


def _report(found: Any, lines: list[str], people: tuple[list[str], list[list[str]]], as_json: bool) -> None:
    """Print what was found: the sentences, then a table of people; or all of it as JSON."""
    if as_json:
        from groundswell.exports.tables import plain

        _print_json(plain(found))
        return
    for line in [*(["SIMULATED."] if found.simulated else []), *lines]:
        _say(line)
    if people[1]:
        _say("")
        _table(*people, "")


def _complain(error: GroundswellError) -> None:
    for part in (error.what, error.means, error.next_step):
        if part:
            typer.echo("".join(letter for letter in part if letter == "\n" or letter.isprintable()), err=True)


def _table(head: list[str], rows: list[list[str]], empty: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        _say(empty)
        return
    table = Table(*head, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text("".join(c for c in cell if c.isprintable())) for cell in row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@contextmanager
def _progress(quiet: bool = False) -> Generator[Callable[..., None]]:
    """Show progress on a terminal: what, how far, rows a second, time left. Elsewhere say nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def report(what: str, done: int, total: int, rows: int | None = None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, rate="", total=total)
            elapsed = bar.tasks[tasks[what]].elapsed or 0.0
            count = done if rows is None else rows
            bar.update(
                tasks[what], completed=done, total=total, rate=f"{count / elapsed:,.0f} rows/s" if elapsed > 0.5 else ""
            )

        yield report


if __name__ == "__main__":
    main()
