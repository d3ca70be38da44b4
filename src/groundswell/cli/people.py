"""Commands for people and lists of people: a creator's coach, a buyer's audit, a company's advocates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundswell.cli.asking import AsJson, Folder, workspace_at
from groundswell.cli.printing import print_found, print_json, progress_bar, say, say_all, write_report
from groundswell.cli.sentences import listed_as_json, roster_lines

if TYPE_CHECKING:
    from groundswell.store import Workspace
    from groundswell.store.state import Import


def coach(
    account: Annotated[str, typer.Argument(help="Yourself: @handle, platform:@handle, or an id.")],
    to: Annotated[list[Path] | None, typer.Option(help="Write your kit: .pdf .html .xlsx, or .json (signed).")] = None,
    report: Annotated[list[Path] | None, typer.Option(help="Write what is printed here: .pdf .html .xlsx")] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(help="Not in the kit: posts, texts, sparked, balance, paid, followers.")
    ] = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """See what you stand for, who waits for your answer, what you sparked, and one next step a week; make your kit.

    Examples: groundswell coach @me | groundswell coach @me --report coaching.pdf | groundswell coach @me --to kit.pdf --to kit.json
    """
    from groundswell.coach import coach as coach_account
    from groundswell.coach import kit, sentences_of
    from groundswell.exports.reports import coaching_report

    opened = workspace_at(workspace)
    with progress_bar(quiet=as_json) as progress:
        found = coach_account(opened, account, progress=progress)
    if as_json:
        from groundswell.exports.tables import plain

        print_json(plain(found))
    else:
        for line in sentences_of(found):
            say(line)
    if report:
        write_report(coaching_report(found), report, quiet=as_json)
    if to:
        from groundswell.exports.kit_page import write_kit

        made = kit(opened, account, leave_out=leave_out or ())
        for path in to:
            written = write_kit(made, path)
            if not as_json:
                say(f"Wrote {written}")


def audit(
    roster: Annotated[
        Path | None, typer.Argument(help="A list of accounts; without it, the lists in the workspace.")
    ] = None,
    to: Annotated[list[Path] | None, typer.Option(help="Write it: .pdf .html .xlsx .csv .parquet .json")] = None,
    show: Annotated[int, typer.Option(help="How many people to print.")] = 20,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Sort a bought list: specialist, everyday voice, new, stalled, big or cannot tell, with what to ask about.

    Examples: groundswell audit roster.csv | groundswell audit roster.csv --to audit.xlsx
    """
    from groundswell.advocacy import audit_roster
    from groundswell.exports.reports import audit_report

    opened = workspace_at(workspace, create=roster is not None)
    listed = brought(opened, roster, quiet=as_json) if roster else None
    with progress_bar(quiet=as_json) as progress:
        found = audit_roster(opened, import_id=listed.id if listed else None, progress=progress)
    lines = [*found.sentences, *(share.says for share in found.classes if share.accounts)]
    people = [
        [one.person.called, one.kind, " ".join(one.because), "; ".join(flag.name for flag in one.flags)]
        for one in found.accounts
    ]
    more = {"roster": listed_as_json(listed)} if listed else None
    print_found(found, lines, (["account", "class", "because", "ask about"], people[:show]), as_json, more)
    if to:
        write_report(audit_report(found), to, quiet=as_json)


def census(
    company: Annotated[list[str] | None, typer.Option(help="Its name; again for another spelling.")] = None,
    product: Annotated[list[str] | None, typer.Option(help="A product of it.")] = None,
    service: Annotated[list[str] | None, typer.Option(help="A service of it.")] = None,
    person: Annotated[list[str] | None, typer.Option(help="A person of it.")] = None,
    ours: Annotated[
        list[str] | None, typer.Option(help="An account that is its own, @handle or id: shown apart.")
    ] = None,
    not_ours: Annotated[
        list[str] | None, typer.Option(help="An account that looks like its own and is not: @handle or id.")
    ] = None,
    staff: Annotated[
        int | None, typer.Option(help="The import that holds your colleagues, by number: they are shown apart.")
    ] = None,
    reading: Annotated[
        str | None, typer.Option(help="Only voices that are so: warm, balanced, critical, neither, unread.")
    ] = None,
    pay: Annotated[
        str | None, typer.Option(help="Only voices unpaid (never a sign of payment) or paid (at least once).")
    ] = None,
    order: Annotated[
        str | None,
        typer.Option(help="What comes first: unpaid, mentions, followers, newest, praise, reservations."),
    ] = None,
    to: Annotated[list[Path] | None, typer.Option(help="Write it: .pdf .html .xlsx .csv .parquet .json")] = None,
    show: Annotated[int, typer.Option(help="How many people to print.")] = 20,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Everyone in the data who names a company, a product, a service or a person of it, big and small.

    Example: groundswell advocates census --company "Oat & Co" --product "oat drink" --to census.xlsx
    """
    from groundswell.advocacy import census as count_voices
    from groundswell.exports.reports import census_report

    names = {"company": company or [], "product": product or [], "service": service or [], "person": person or []}
    with progress_bar(quiet=as_json) as progress:
        found = count_voices(
            workspace_at(workspace),
            names,
            ours=ours or [],
            not_ours=not_ours or [],
            roster=staff,
            reading=reading,
            pay=pay,
            order=order,
            progress=progress,
        )
    lines = [
        *found.sentences,
        *([found.narrowed] if found.narrowed else []),
        *(f"Not known: {one}" for one in found.unknown),
    ]
    people = [[one.sentence, one.reading if one.mentions else "", one.followers_say] for one in found.voices]
    print_found(found, lines, (["who", "reading", "followers"], people[:show]), as_json)
    if to:
        write_report(census_report(found), to, quiet=as_json)


def staff(
    company: Annotated[list[str], typer.Option(help="The company's name; again for another spelling.")],
    roster: Annotated[
        Path | None, typer.Argument(help="A list of colleagues; without it, the lists in the workspace.")
    ] = None,
    not_ours: Annotated[
        list[str] | None, typer.Option(help="An account that looks like the company's and is not: @handle or id.")
    ] = None,
    to: Annotated[list[Path] | None, typer.Option(help="Write it: .pdf .html .xlsx .csv .parquet .json")] = None,
    show: Annotated[int, typer.Option(help="How many people to print.")] = 20,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """What colleagues stand for, where they share one text, and a first step for each who wants one.

    Example: groundswell advocates staff colleagues.csv --company "Oat & Co"
    """
    from groundswell.advocacy import staff as look_at_staff
    from groundswell.exports.reports import staff_report

    opened = workspace_at(workspace, create=roster is not None)
    listed = brought(opened, roster, quiet=as_json) if roster else None
    with progress_bar(quiet=as_json) as progress:
        found = look_at_staff(
            opened,
            None,
            company,
            import_id=listed.id if listed else None,
            not_ours=not_ours or [],
            progress=progress,
        )
    people = [
        [", ".join(it.called for it in one.accounts), " ".join(one.sentences), one.step.says if one.step else ""]
        for one in found.colleagues
    ]
    lines = [*found.sentences, found.volunteers]
    more = {"roster": listed_as_json(listed)} if listed else None
    print_found(found, lines, (["who", "what is known", "a first step"], people[:show]), as_json, more)
    if to:
        write_report(staff_report(found), to, quiet=as_json)


def brought(workspace: Workspace, roster: Path, *, quiet: bool) -> Import:
    """Bring a list in unless it is there, and say what came with it before anything is said of it."""
    from groundswell.advocacy import bring_list

    before = workspace.state.live_ids()
    listed = workspace.state.import_by_id(bring_list(workspace, roster))
    if not quiet:
        say_all(roster_lines(listed, is_new=listed.id not in before))
    return listed
