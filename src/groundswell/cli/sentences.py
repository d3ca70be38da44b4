"""What the commands say: one function for each kind of answer, lines of words from it. No command, no printing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from groundswell.cli.printing import program

if TYPE_CHECKING:
    from pathlib import Path

    from groundswell.discover import Shortlist
    from groundswell.errors import GroundswellError
    from groundswell.ingest import ImportReport
    from groundswell.store import Swept, Workspace
    from groundswell.store.state import Import


def counted(number: int, one: str, several: str = "") -> str:
    """A number of things in words: `1 row`, `2,000 rows`."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def import_lines(report: ImportReport) -> Iterator[str]:
    """What became of a file, row by row and record by record."""
    rows = counted(report.rows, "row")
    yield f"{report.source}: {report.says}"
    yield f"  {rows} = {report.read:,} read + {report.set_aside:,} set aside + {report.empty:,} empty"
    for name, counts in report.records.items():
        yield f"  {_of_kind(name, vars(counts))}"
    for note in report.notes:
        yield f"  note: {note}"
    for row in report.examples[:5]:
        yield f"  set aside: line {row.line}{f' of {row.member}' if row.member else ''}: {row.reason}"
    if report.set_aside > 5 and report.import_id:
        yield f"  ... all of them: groundswell imports set-aside {report.import_id}"
    if report.import_id is None:
        yield "  Nothing was changed (dry run)."
        return
    yield f"  This is import {report.import_id}."
    if report.open_dates:
        yield (
            f"  To settle the dates: groundswell imports undo {report.import_id}, then import the file again with "
            "--dates day-first or --dates month-first."
        )


def _of_kind(name: str, counts: Mapping[str, int]) -> str:
    """One kind of record: a row may give several kinds, a post and its author, so each is counted for itself."""
    from groundswell.records import RECORDS

    said = counted(sum(counts.values()), name, RECORDS[name].table)
    return f"{said}: {counts['new']:,} new, {counts['same']:,} same, {counts['changed']:,} changed"


def roster_lines(one: Import, *, is_new: bool) -> Iterator[str]:
    """What a list brought in on the way to an answer, and how to take it out again."""
    if not is_new:
        yield f"{one.source} is here already, as import {one.id}."
        return
    aside = f", {one.rows_set_aside:,} set aside" if one.rows_set_aside else ""
    yield f"{one.source} was brought in as import {one.id}: {counted(one.rows_read, 'row')} read{aside}."
    for name, counts in one.records.items():
        yield f"  {_of_kind(name, counts)}"
    yield from (f"  note: {note}" for note in one.notes)
    yield f"  To take it out again: groundswell imports undo {one.id}\n"


def to_sweep_line(ids: Sequence[int]) -> str:
    """Which imports were killed on the way, and what to do about it."""
    one = len(ids) == 1
    numbers = ", ".join(map(str, ids))
    return (
        f"Import{'' if one else 's'} {numbers} {'was' if one else 'were'} never finished: none of the rows is read, but they take "
        "room. To free it: groundswell imports sweep"
    )


def swept_line(swept: Swept) -> str:
    """What a sweep took away, or would."""
    if not swept.imports and not swept.bytes:
        return "There is nothing to sweep: every import was finished."
    what = f"{counted(swept.rows, 'row')} of {counted(len(swept.imports), 'unfinished import')} ({swept.bytes / 1e6:,.1f} MB)"
    return f"Swept: {what}." if swept.done else f"Would sweep {what}. Nothing was changed (dry run)."


def failure_line(failures: Sequence[tuple[Path, GroundswellError]], files: int) -> str:
    """Which of several files were not brought in."""
    named = "; ".join(f"{path.name} ({error.what})" for path, error in failures)
    return f"{len(failures)} of {files} files {'was' if len(failures) == 1 else 'were'} not brought in: {named}"


def shortlist_lines(shortlist: Shortlist, show: int) -> Iterator[str]:
    """Who fits a brief and why, and how many each condition removed."""
    banner = "SIMULATED. " if shortlist.simulated else ""
    yield f"\n{banner}Shortlist for {shortlist.brief.brand} under {shortlist.definition} ({shortlist.definition_title})"
    yield f"{counted(shortlist.population, 'person', 'people')} looked at."
    for gate in shortlist.gates:
        doubtful = f", {gate.aside:,} could not be checked so far, {gate.left:,} left" if gate.aside else ""
        yield f"  {gate.name}: {gate.removed:,} of {gate.before:,} removed{doubtful} ({gate.says})"
    yield (
        f"{counted(shortlist.fitting, 'fits', 'fit')}, {counted(len(shortlist.matches), 'is', 'are')} listed; "
        f"{shortlist.not_checked:,} could not be checked and stand{'s' if shortlist.not_checked == 1 else ''} apart.\n"
    )
    for match in shortlist.matches[:show]:
        yield f"{match.rank:>3}. @{match.handle or match.account}  {match.score:.1f} of 100 points ({match.platform})"
        yield from (f"       {sentence}" for sentence in match.sentences)
        yield from (f"       ! {check.says}" for check in match.checks if check.flagged)
    if shortlist.empty_because:
        yield shortlist.empty_because
    for note in shortlist.notes:
        yield f"  note: {note}"


def exposure_lines(shortlist: Shortlist) -> Iterator[str]:
    """Who gets the places: how groups fare among the first, beside the group that fares best."""
    yield "\nWho gets the first 20 places (share of the group's people, 90 % interval):"
    by = ""
    for one in shortlist.exposure:
        if one.by != by:
            by = one.by
            yield f"  by {by}"
        beside = (
            "too few to compare, or nothing to compare with"
            if one.ratio is None
            else f"{one.ratio:.2f} of the best-off"
        )
        surely = ", surely less" if one.surely_less else ""
        yield (
            f"    {one.group}: {counted(one.places, 'place')} for {counted(one.people, 'person', 'people')} "
            f"({one.rate:.2%}, {one.low:.2%} to {one.high:.2%}), {one.fitting:,} fit; {beside}{surely}"
        )
    yield "  A brief that asks for a group finds that group; what it does not ask for should not decide."


def signal_as_json(one: Any) -> dict[str, Any]:
    """A signal's declaration, for machines."""
    names = ("name", "title", "question", "unit", "better", "explains", "says", "unknown", "source", "lifecycle")
    return {name: getattr(one, name) for name in names} | {"needs": list(one.needs)}


def demo_lines(shortlist: Shortlist, folder: Path, workspace: Workspace) -> Iterator[str]:
    """Where to go from the demo."""
    if shortlist.matches:
        yield (
            f"\nNext: open {folder / 'shortlist.html'}, or ask `{program()} explain @{shortlist.matches[0].handle} "
            f"--workspace {workspace.folder}`, or bring your own: `{program()} import FILE`."
        )


def error_as_json(error: GroundswellError) -> dict[str, Any]:
    """An error, for machines."""
    return {"what": error.what, "means": error.means, "next_step": error.next_step, "exit_code": error.exit_code}


def listed_as_json(one: Import) -> dict[str, Any]:
    """An import as the list of them knows it, for machines."""
    return vars(one) | {"rows_read": one.rows_read}


def import_as_json(report: ImportReport) -> dict[str, Any]:
    """A report of an import, for machines."""
    said = vars(report) | {"read": report.read}
    said["records"] = {name: vars(counts) for name, counts in report.records.items()}
    said["examples"] = [vars(row) for row in report.examples]
    return said
