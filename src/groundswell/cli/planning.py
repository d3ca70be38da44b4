"""Commands that divide a budget: make a plan, change the one made last.

groundswell plan brief.toml --budget 5000     is `groundswell plan make brief.toml ...` in short
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from groundswell.cli.asking import AsJson, Folder, workspace_at
from groundswell.cli.planned import plan_lines
from groundswell.cli.printing import print_json, progress_bar, say, say_all

if TYPE_CHECKING:
    from groundswell.discover import Brief
    from groundswell.plan.changing import Changes

IN_SHORT = "make"

Budget = Annotated[float | None, typer.Option(help="The money to divide, as 5000 or 5000.50; else the brief's.")]
Currency = Annotated[str | None, typer.Option(help="Three letters such as EUR; else the brief's.")]
People = Annotated[
    str | None, typer.Option(metavar="FROM-TO", help="At least and at most so many people, as in 20-40.")
]
Aim = Annotated[str | None, typer.Option("--objective", help="'unique reach', 'interactions' or 'sparked actions'.")]
Quoted = Annotated[list[str] | None, typer.Option("--price", metavar="@WHO=AMOUNT", help="What somebody quoted you.")]
Locked = Annotated[list[str] | None, typer.Option("--lock", metavar="@WHO", help="This one for sure.")]
Excluded = Annotated[list[str] | None, typer.Option("--exclude", metavar="@WHO", help="This one not.")]
Freed = Annotated[
    list[str] | None, typer.Option("--free", metavar="@WHO", help="Neither locked nor excluded any more.")
]
Newcomers = Annotated[
    int | None, typer.Option(min=0, max=1_000, help="At least so many who are on none of your lists.")
]
Robust = Annotated[bool | None, typer.Option("--robust/--plain", help="Choose for the case that a fifth declines.")]
To = Annotated[list[Path] | None, typer.Option(help="Write it: .xlsx .html .pdf .csv .parquet .json")]
Show = Annotated[int, typer.Option(help="How many people to print.")]


class BriefFirst(TyperGroup):
    """A group whose first word may be a brief instead of a command."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Take what is no command for the brief to plan with."""
        return super().resolve_command(ctx, args if args[0] in self.commands else [IN_SHORT, *args])


def make(
    brief: Annotated[Path, typer.Argument(help="The brief, a TOML file.")],
    budget: Budget = None,
    currency: Currency = None,
    people: People = None,
    objective: Aim = None,
    price: Quoted = None,
    lock: Locked = None,
    exclude: Excluded = None,
    newcomers: Newcomers = None,
    robust: Robust = None,
    to: To = None,
    show: Show = 40,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Divide a budget among twenty to forty people of a brief's shortlist, and say how far from the best that is at most.

    Examples: groundswell plan brief.toml --budget 5000 | groundswell plan brief.toml --price @ann=300 --to plan.xlsx
    """
    from groundswell.discover import read_brief

    changes = _changes(budget, currency, people, objective, price, lock, exclude, None, newcomers, robust)
    _make(read_brief(brief), changes, to, show, workspace, as_json)


def edit(
    name: Annotated[str, typer.Argument(help="A kept plan by its name; the one made last when left out.")] = "",
    budget: Budget = None,
    currency: Currency = None,
    people: People = None,
    objective: Aim = None,
    price: Quoted = None,
    lock: Locked = None,
    exclude: Excluded = None,
    free: Freed = None,
    newcomers: Newcomers = None,
    robust: Robust = None,
    to: To = None,
    show: Show = 40,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Change the plan that was made last, or another kept one: what is said here is laid over what was said then.

    Example: groundswell plan edit --lock @ann --exclude @bob --budget 4000
    """
    from groundswell.plan import kept_brief

    changes = _changes(budget, currency, people, objective, price, lock, exclude, free, newcomers, robust)
    _make(kept_brief(workspace_at(workspace), name), changes, to, show, workspace, as_json)


def _make(brief: Brief, changes: Changes, to: list[Path] | None, show: int, folder: Path | None, as_json: bool) -> None:
    from groundswell.plan import changed, keep, plan

    opened = workspace_at(folder)
    with progress_bar(quiet=as_json) as progress:
        made = plan(opened, changed(brief, changes), progress)
    keep(opened, made)
    if as_json:
        from groundswell.exports.tables import plain

        print_json(plain(made))
    else:
        say_all(plan_lines(made, show))
    for path in to or []:
        from groundswell.exports.plans import export_plan

        written = export_plan(made, path)
        if not as_json:
            say(f"Wrote {written}")


def _changes(
    budget: float | None, currency: str | None, people: str | None, objective: str | None, price: list[str] | None,
    lock: list[str] | None, exclude: list[str] | None, free: list[str] | None, newcomers: int | None, robust: bool | None,
) -> Changes:  # fmt: skip
    from groundswell.plan import Changes, from_to, quoted

    return Changes(
        budget=budget, currency=currency, people=from_to(people or ""), objective=objective, prices=quoted(price or ()),
        lock=tuple(lock or ()), exclude=tuple(exclude or ()), free=tuple(free or ()), newcomers=newcomers, robust=robust,
    )  # fmt: skip
