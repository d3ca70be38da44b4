"""Commands for live sources: fetch, look again, list, purge, and ask somebody for an export."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundswell.cli.asking import AsJson, Folder, workspace_at
from groundswell.cli.fetched import (
    DUE,
    again_line,
    came_rows,
    fetch_as_json,
    fetch_lines,
    fetches_rows,
    forecast_line,
    letter_lines,
    listen_as_json,
    listen_lines,
    price_line,
    purged_lines,
    source_lines,
    sources_rows,
    ways_rows,
)
from groundswell.cli.printing import complain, print_json, print_table, progress_bar, say, say_all
from groundswell.errors import GroundswellError, UsageError

if TYPE_CHECKING:
    from groundswell.fetch import Asked, FetchReport, Heard, Hears, Progress, Step
    from groundswell.store import Workspace

WITH_RESUME = frozenset(("resume", "requests", "spend", "workspace", "as_json"))
"""What may be said when a fetch is gone on with."""
Requests = Annotated[int | None, typer.Option(min=1, help="Most requests of this run [1000; for refresh 200].")]
Spend = Annotated[
    float | None,
    typer.Option("--spend", metavar="SUM", help="Most money it may cost in all, where a network asks some."),
]


def fetch(
    context: typer.Context,
    who: Annotated[
        list[str] | None,
        typer.Argument(help="Handles, or addresses of profiles, posts, lists, sites ... (`groundswell sources NAME`)."),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="SOURCE", help="Which network [the one that knows who is named].")
    ] = None,
    people: Annotated[int, typer.Option(min=1, help="Most people to look at.")] = 100,
    hops: Annotated[
        int, typer.Option(min=0, help="1: also those whom the lists of the first ones name; and so on.")
    ] = 0,
    with_: Annotated[
        str,
        typer.Option(
            "--with",
            metavar="LISTS",
            help="posts, followers, likes ...: what the network gives (`groundswell sources NAME`).",
        ),
    ] = "posts",
    about: Annotated[
        str,
        typer.Option(metavar="WORDS", help="What people should speak of: those named by people who do come first."),
    ] = "",
    brief: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Take what they should speak of from the sector of a brief.")
    ] = None,
    each: Annotated[int, typer.Option(min=1, help="Most items of each list.")] = 100,
    posts: Annotated[int, typer.Option(min=1, help="How many newest posts are asked for likes and the like.")] = 5,
    requests: Requests = None,
    spend: Spend = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count the requests it would take; ask nobody.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the fetch that stopped last.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Fetch people from a network that allows it, politely. Ctrl-C stops it; what was fetched until then is kept.

    Examples: groundswell fetch @ann.bsky.social --with posts,follows --hops 1 --about "vegan food" | groundswell fetch --resume
    """
    from groundswell.fetch import Asked, forecast, phrases_in
    from groundswell.fetch import fetch as fetch_people
    from groundswell.sources.networks import source_called, source_for

    if resume:
        _refuse_asking_anew(context)
        _go_on(workspace_at(workspace), requests, spend, as_json)
        return
    lists = tuple(dict.fromkeys(part.strip() for part in with_.split(",") if part.strip()))
    chosen = source_called(source) if source else source_for(who or ())
    phrases = phrases_in(about) + (_sector_of(brief) if brief else ())
    asked = Asked(
        source=chosen.id, who=tuple(who or ()), lists=lists, people=people, hops=hops, each=each, posts=posts,
        about=phrases, requests=requests or 1_000, spend=spend,
    )  # fmt: skip
    if dry_run:
        _tell_forecast(asked, as_json)
        return
    if chosen.price and spend and not as_json:
        say(price_line(forecast(asked, chosen)))
    with _progress(as_json) as progress:
        report = fetch_people(workspace_at(workspace, create=True), asked, progress=progress)
    _tell(report, as_json)


def _go_on(workspace: Workspace, requests: int | None, spend: float | None, as_json: bool) -> None:
    from groundswell.fetch import resume

    if not as_json:
        _say_what_it_cost(workspace)
    with _progress(as_json) as progress:
        report = resume(workspace, requests=requests, spend=spend, progress=progress)
    _tell(report, as_json)


def _tell_forecast(asked: Asked, as_json: bool) -> None:
    """What a fetch would take, and what is lacking before it can begin; nobody is asked."""
    from groundswell.api.live import forecast_of, needed

    counted, lacking = forecast_of(asked), needed(asked)
    if as_json:
        print_json(vars(counted) | {"lacks": lacking.what if lacking else None})
        return
    say(forecast_line(counted))
    if lacking:
        say(str(lacking))


def _say_what_it_cost(workspace: Workspace) -> None:
    """Before more is paid, what was."""
    from groundswell.fetch import paid_in_words, to_go_on_with
    from groundswell.sources.networks import SOURCES

    found = to_go_on_with(workspace.state)
    if found.source in SOURCES and (said := paid_in_words(workspace.state, SOURCES[found.source], found)):
        say(said)


def _refuse_asking_anew(context: typer.Context) -> None:
    """What was asked stays as it was asked: whoever says something else would be passed over without a word."""
    given = [name for name in context.params if _is_given(context, name)]
    if "who" in given:
        raise UsageError("--resume goes on with what was asked before, so nobody is named with it.")
    if "dry_run" in given:
        raise UsageError(
            "--resume asks the network, and --dry-run asks nobody: they do not go together.",
            next_step="`groundswell fetches` lists what waits to be gone on with, and asks nobody.",
        )
    spelled = {one.name: one.opts[0] for one in context.command.params}
    if others := [str(spelled[name]) for name in given if name not in WITH_RESUME]:
        raise UsageError(
            f"--resume goes on with what was asked before, so {', '.join(others)} would change nothing.",
            next_step="Leave it out (--requests and --spend may be said anew), or begin another fetch without --resume.",
        )


def _is_given(context: typer.Context, name: str) -> bool:
    source, value = context.get_parameter_source(name), context.params[name]
    return source is not None and source.name == "COMMANDLINE" and value is not False and value not in (None, [], ())


def _sector_of(file: Path) -> tuple[str, ...]:
    """The sector of a brief, which is what people should speak of."""
    from groundswell.discover.brief import read_brief

    sector = read_brief(file).segments.get("sector", ())
    if not sector:
        raise UsageError(
            f"The brief {file} names no sector.", next_step='Add one under [segments], or say --about "vegan food".'
        )
    return tuple(sector)


def refresh(
    source: Annotated[
        str | None, typer.Option("--from", metavar="SOURCE", help="Which network [that of the latest fetch].")
    ] = None,
    requests: Requests = None,
    spend: Spend = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count the requests it would take; ask nobody.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Look again at accounts and young posts that were fetched, those first where numbers still move.

    Example: groundswell refresh --requests 50
    """
    from groundswell.fetch import look_ahead
    from groundswell.fetch import refresh as look_again

    chosen, most = workspace_at(workspace), requests or 200
    if dry_run or spend:
        ahead = look_ahead(chosen, source, requests=most, spend=spend)
        if dry_run and as_json:
            print_json(vars(ahead))
        elif not as_json:
            say(again_line(ahead) if dry_run else price_line(ahead, DUE))
        if dry_run:
            return
    with _progress(as_json) as progress:
        report = look_again(chosen, source, requests=most, spend=spend, progress=progress)
    _tell(report, as_json)


def listen(
    source: Annotated[str, typer.Option("--from", metavar="SOURCE", help="Which network.")] = "bluesky",
    for_: Annotated[str | None, typer.Option("--for", metavar="TIME", help="Stop after 90s, 10m, 2h or 1d.")] = None,
    until_now: Annotated[bool, typer.Option("--until-caught-up", help="Stop when the present is reached.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Listen to the people that were fetched: what they post, like, pass on, follow and delete from now on. Ctrl-C stops it.

    Examples: groundswell listen --for 10m | groundswell listen --until-caught-up
    """
    from groundswell.fetch import listen as listen_to

    seconds = _seconds(for_) if for_ else None
    with _hearing(as_json, seconds) as progress:
        report = listen_to(workspace_at(workspace), source, seconds=seconds, until_now=until_now, progress=progress)
    if as_json:
        print_json(listen_as_json(report))
    else:
        say_all(listen_lines(report))
    _refused(report.refused)


def fetches(workspace: Folder = None, as_json: AsJson = False) -> None:
    """List what was fetched, and what waits to be gone on with.

    Example: groundswell fetches
    """
    from groundswell.store.fetches import all_fetches

    found = all_fetches(workspace_at(workspace).state)
    if as_json:
        print_json([vars(one) for one in found])
        return
    print_table(["id", "from", "asked", "state", "requests", "when", ""], fetches_rows(found), "No fetches yet.")


def sources(
    name: Annotated[str | None, typer.Argument(help="One of them, in full.")] = None, as_json: AsJson = False
) -> None:
    """List the networks that can be fetched from: what each needs and gives, at which pace, on which terms.

    Example: groundswell sources bluesky
    """
    from groundswell.api.live import sources_as_json
    from groundswell.sources.doors import all_ways
    from groundswell.sources.networks import SOURCES, source_called

    chosen = [source_called(name)] if name else list(SOURCES.values())
    if as_json:
        print_json(sources_as_json(chosen))
    elif name:
        say_all(source_lines(chosen[0]))
    else:
        print_table(["source", "needs", "gives", "pace", "kept"], sources_rows(chosen), "")
        print_table(["network", "read as a file", "not asked by this program"], ways_rows(all_ways()), "")
        say("What is read as a file: groundswell layouts. For a letter that asks for one: groundswell ask @ann")


def fetched(
    source: Annotated[str, typer.Argument(help="Which network (`groundswell sources`).")],
    most: Annotated[int, typer.Option(min=1, help="Most rows of each table.")] = 50,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show the numbers that came from a network as they came: no measure, no score, no comparison.

    Example: groundswell fetched youtube
    """
    from groundswell.fetch.showing import as_they_came
    from groundswell.sources.networks import source_called

    shown = as_they_came(workspace_at(workspace), source_called(source), most)
    if as_json:
        print_json(shown)
        return
    for name, rows in shown.items():
        columns = list(rows[0]) if rows else []
        print_table(columns, came_rows(rows), f"No {name} yet.")


def agree(
    source: Annotated[str, typer.Argument(help="Whose terms: youtube.")],
    withdraw: Annotated[bool, typer.Option("--withdraw", help="You do not accept them any more.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Note that you accepted a network's terms for making measures of its data, so that this workspace makes them.

    Example: groundswell agree youtube
    """
    from groundswell.fetch.showing import agree as note

    said = note(workspace_at(workspace, create=True), source, withdraw=withdraw)
    if as_json:
        print_json({"source": source, "agreed": not withdraw})
        return
    say(said)


def purge(
    undone: Annotated[bool, typer.Option("--undone", help="Also imports that you undid.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; change nothing.")] = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Take off the disk what may not be kept: what a network says is deleted, and what its terms let be kept no longer.

    Example: groundswell purge --dry-run
    """
    from groundswell.fetch import purge as take_away

    purged = take_away(workspace_at(workspace), undone=undone, dry_run=dry_run)
    if as_json:
        print_json(vars(purged))
        return
    say_all(purged_lines(purged))


def ask(
    who: Annotated[str, typer.Argument(help="Whom: a name or a handle.")],
    platform: Annotated[
        str, typer.Option("--platform", "-p", help="instagram, tiktok, youtube, x, linkedin ...")
    ] = "instagram",
    brand: Annotated[str, typer.Option(help="Who asks.")] = "",
    because: Annotated[str, typer.Option(help="What for, in your words.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write a letter that asks somebody for an export of their own data, with the steps. It sends nothing.

    Example: groundswell ask @ann --platform tiktok --brand "Oat & Co"
    """
    from groundswell.fetch.exports import letter

    written = letter(who, platform, brand=brand, because=because)
    if as_json:
        print_json(vars(written))
        return
    say_all(letter_lines(written))


def _tell(report: FetchReport, as_json: bool) -> None:
    if as_json:
        print_json(fetch_as_json(report))
    else:
        say_all(fetch_lines(report))
    _refused(report.refused)


def _refused(error: GroundswellError | None) -> None:
    if error:
        complain(error)
        raise typer.Exit(error.exit_code)


def _seconds(said: str) -> float:
    """A time as people write it."""
    found = re.fullmatch(r"(\d{1,6})\s*([smhd])", said.strip().lower())
    if not found or not int(found[1]):
        raise UsageError(f"--for {said!r} is no time.", next_step="Write for example 90s, 10m, 2h or 1d.")
    return float(found[1]) * {"s": 1, "m": 60, "h": 3_600, "d": 86_400}[found[2]]


@contextmanager
def _hearing(quiet: bool, seconds: float | None) -> Generator[Hears]:
    """Show how many events come in a second, and how long ago the last one happened."""
    with progress_bar(quiet=quiet) as bar:

        def heard(one: Heard) -> None:
            behind = f", {one.behind:,.0f} seconds behind" if one.behind is not None else ""
            lost = f", connected {one.lost + 1:,} times" if one.lost else ""
            rate = one.events / max(one.seconds, 1e-9)
            bar("Listening", one.seconds, seconds or 0, None, f"{one.events:,} events, {rate:,.1f} a second{behind}{lost}")  # fmt: skip

        yield heard


@contextmanager
def _progress(quiet: bool) -> Generator[Progress]:
    """Show people done, requests spent and left in the window, and the time that is left."""
    with progress_bar(quiet=quiet) as bar:

        def step(one: Step) -> None:
            told = f"{one.people:,} people, {one.left_in_window:,} requests left in the window: {one.what}"
            bar("Fetching", one.requests, one.budget, None, told)

        yield step
