"""Commands that list what there is: layouts, signals, definitions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundswell.cli.asking import AsJson, Folder, folder_of, workspace_at
from groundswell.cli.printing import print_json, print_table, progress_bar, say, say_all
from groundswell.cli.sentences import counted, signal_as_json

if TYPE_CHECKING:
    from groundswell.definitions.model import Declared
    from groundswell.store import Workspace


def layouts(as_json: AsJson = False) -> None:
    """List the files that are recognised, and how to get them.

    Example: groundswell layouts
    """
    from groundswell.sources.files import LAYOUTS

    if as_json:
        print_json([{"id": one.id, "title": one.title, "says": one.says} for one in LAYOUTS.values()])
        return
    print_table(["layout", "what it is"], [[one.id, f"{one.title}. {one.says}"] for one in LAYOUTS.values()], "")


def signals(
    name: Annotated[
        str | None, typer.Argument(help="One signal, in full; with --to, a table of that one alone.")
    ] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Compute all signals now.")] = False,
    fit: Annotated[bool, typer.Option("--fit", help="Fit topics anew on all texts, as the next version.")] = False,
    to: Annotated[Path | None, typer.Option(help="Write the table of all accounts: .csv .xlsx .parquet .json")] = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """List what can be known of an account; with --to or --refresh, compute it for everybody.

    Examples: groundswell signals | groundswell signals like_rate | groundswell signals like_rate --to like_rate.xlsx
    """
    from groundswell.errors import UnknownNameError
    from groundswell.signals import SIGNALS
    from groundswell.signals.table import flat_rows, refit, signal_table

    if name and name not in SIGNALS:
        raise UnknownNameError("signal", name, SIGNALS)
    if fit:
        with progress_bar() as progress:
            version = refit(workspace_at(workspace), progress)
        say(f"Topics are fitted anew: version {version}." if version else "Too few texts to fit topics.")
    elif refresh or to:
        opened = workspace_at(workspace)
        with progress_bar() as progress:
            table = signal_table(opened, progress)
        say(f"{counted(table.rows.num_rows, 'account')}; {table.recomputed:,} computed now, the rest kept.")
        if to:
            from groundswell.exports import export_table
            from groundswell.signals.computing import PROFILE

            rows = flat_rows(table.rows.select([*PROFILE, name]) if name else table.rows)
            say(f"Wrote {export_table(rows, to, title='Signals', simulated=opened.simulated())}")
    elif name:
        _one_signal(name, as_json)
    elif as_json:
        print_json([signal_as_json(one) for one in SIGNALS.values()])
    else:
        rows = [[one.name, one.question, one.title, one.unit, one.explains] for one in SIGNALS.values()]
        print_table(["signal", "question", "title", "unit", "formula"], rows, "")


def _one_signal(name: str, as_json: bool) -> None:
    from groundswell.explain import signal_sql
    from groundswell.signals import SIGNALS

    said = signal_as_json(SIGNALS[name]) | {"sql": " ".join(signal_sql(name).split())}
    if as_json:
        print_json(said)
        return
    for key, value in said.items():
        say(f"{key}: {', '.join(value) if isinstance(value, list) else value}")


def definitions(
    name: Annotated[str | None, typer.Argument(help="One of them, in full.")] = None,
    overlap: Annotated[
        bool, typer.Option("--overlap", help="How far they agree on the people of the workspace.")
    ] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """List what people mean by micro-influencer, by tiers, and by usual rates. They are never averaged.

    Examples: groundswell definitions | groundswell definitions field_geek | groundswell definitions --overlap
    """
    from dataclasses import asdict

    if overlap:
        _overlaps(workspace_at(workspace), as_json)
        return

    from groundswell.definitions import load_benchmarks, load_definitions, load_tier_sets

    folder = folder_of(workspace)
    kinds: dict[str, Any] = {
        "meaning": load_definitions(folder), "tiers": load_tier_sets(folder), "benchmark": load_benchmarks(folder),
    }  # fmt: skip
    everything = [(kind, one) for kind, some in kinds.items() for one in some.values()]
    found = [(kind, one) for kind, one in everything if name in (None, one.name, one.id)]
    if not found:
        from groundswell.errors import UnknownNameError

        raise UnknownNameError("definition", name or "", [one.id for _, one in everything])
    if as_json:
        print_json([{"kind": kind, **asdict(one)} for kind, one in found])
    elif name:
        _in_full(found)
    else:
        rows = [[kind, one.name, one.title, f"“{one.provenance.quote}”"] for kind, one in found]
        print_table(["kind", "name", "title", "in its author's words"], rows, "")


def _in_full(found: list[tuple[str, Declared]]) -> None:
    """The newest version of each kind that has the name, in full; older ones only by name."""
    from groundswell.cli.declared import declared_lines

    newest = dict(sorted(found, key=lambda one: one[1].version))
    for place, (kind, one) in enumerate(newest.items()):
        others = [older.name for sort, older in found if sort == kind and older is not one]
        say_all([*(["", ""] if place else []), *declared_lines(kind, one)])
        if others:
            say(f"Other versions: {', '.join(others)}")


def _overlaps(opened: Workspace, as_json: bool) -> None:
    from groundswell.definitions import overlaps_in
    from groundswell.exports.tables import plain
    from groundswell.signals import signal_table

    with progress_bar() as progress:
        found = overlaps_in(signal_table(opened, progress).rows, opened.folder)
    if as_json:
        print_json(plain(found))
        return
    pairs = [pair for pair in found.pairs if pair.jaccard is not None]
    rows = [
        [pair.one, pair.other, f"{pair.both:,}", f"{pair.either:,}", f"{pair.jaccard:.0%}"]
        for pair in sorted(pairs, key=lambda pair: -(pair.jaccard or 0))
    ]
    print_table(["definition", "and", "in both picks", "in either", "overlap"], rows, "")
    for sentence in found.sentences:
        say(sentence)
