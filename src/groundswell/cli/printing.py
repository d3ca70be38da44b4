"""How the command line prints: words made safe for a terminal, tables, JSON, and progress where somebody watches."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from groundswell.errors import GroundswellError

if TYPE_CHECKING:
    from groundswell.exports.report import Report


def say(text: str) -> None:
    """Print text from anywhere. What strangers wrote may hold terminal codes: control characters are dropped."""
    typer.echo("".join(letter for letter in text if letter in "\n\t" or _is_harmless(ord(letter))))


def say_all(lines: Iterable[str]) -> None:
    """Print line after line, each as soon as it is there."""
    for line in lines:
        say(line)


def _is_harmless(code: int) -> bool:
    """Neither a control character (C0, DEL, C1) nor half of a surrogate pair."""
    return code >= 32 and not 127 <= code < 160 and not 0xD800 <= code < 0xE000


def at_terminal() -> bool:
    """Whether somebody sits there who reads and can answer; not so in a pipe, in CI, under cron."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def program() -> str:
    """How this program is called from where one is: by its name, or by its path where the name alone does not find it."""
    called = Path(sys.argv[0])
    found = shutil.which("groundswell")
    return (
        "groundswell"
        if called.name != "groundswell" or (found and called.resolve() == Path(found).resolve())
        else str(called)
    )


def print_json(value: Any) -> None:
    """Print any value as JSON: in ASCII, so that no terminal and no pipe garbles it."""
    typer.echo(json.dumps(value, ensure_ascii=True, indent=2, default=str, allow_nan=False))


def print_found(
    found: Any,
    lines: list[str],
    people: tuple[list[str], list[list[str]]],
    as_json: bool,
    more: dict[str, Any] | None = None,
) -> None:
    """Print what was found: the sentences, then a table of people; or all of it as JSON, with what is said `more` there."""
    if as_json:
        from groundswell.exports.tables import plain

        print_json(plain(found) | (more or {}))
        return
    say_all([*(["SIMULATED."] if found.simulated else []), *lines])
    if people[1]:
        say("")
        print_table(*people, "")


def write_report(report: Report, to: Iterable[Path], *, quiet: bool) -> None:
    """Write a report to each file that was asked for."""
    from groundswell.exports.report import export_report

    for path in to:
        written = export_report(report, path)
        if not quiet:
            say(f"Wrote {written}")


def complain(error: GroundswellError) -> None:
    """Say an error: what happened, what it means, what to do next."""
    for part in (error.what, error.means, error.next_step):
        if part:
            complain_of(part)


def complain_of(text: str) -> None:
    """Say one thing that went wrong, beside what is printed."""
    typer.echo("".join(letter for letter in text if letter == "\n" or letter.isprintable()), err=True)


def print_table(head: list[str], rows: list[list[str]], empty: str) -> None:
    """Print a table, or the words for an empty one."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        say(empty)
        return
    table = Table(*head, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text("".join(c for c in cell if c.isprintable())) for cell in row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@contextmanager
def progress_bar(quiet: bool = False) -> Generator[Callable[..., None]]:
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

        def report(what: str, done: int, total: int, rows: int | None = None, told: str = "") -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, rate="", total=total)
            elapsed = bar.tasks[tasks[what]].elapsed or 0.0
            count = done if rows is None else rows
            rate = told or (f"{count / elapsed:,.0f} rows/s" if elapsed > 0.5 else "")
            bar.update(tasks[what], completed=done, total=total, rate=rate)

        yield report
