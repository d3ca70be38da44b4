"""What `groundswell plan` says: the plan in words, its people in the order in which they add value, what else to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groundswell.plan import Pick, Plan


def plan_lines(made: Plan, show: int) -> Iterator[str]:
    """A plan in lines."""
    yield ""
    yield f"{'SIMULATED. ' if made.simulated else ''}Plan {made.name} for {made.brief.brand} under {made.definition}: {made.objective}"
    if made.warning:
        yield f"! {made.warning}"
    yield from made.sentences
    yield made.certificate_says
    yield ""
    for pick in made.picks[:show]:
        yield from _pick_lines(pick, made.currency)
    if len(made.picks) > show:
        yield f"  ... and {len(made.picks) - show} more (--show)."
    yield ""
    yield "What to expect"
    yield from (f"  {one.says}" for one in made.expected)
    yield f"  {made.number.says}"
    yield "Who is reached"
    yield from (f"  {line}" for line in (*made.audience.sentences, made.overlap_says, *_mix_lines(made)))
    yield "One big name for the same money"
    yield from (f"  {line}" for line in made.big_name.says)
    yield "Other budgets"
    yield from (f"  {other.says}" for other in (made.less, made.more))
    yield from (f"  note: {note}" for note in made.notes)
    yield f"Kept as {made.name}; change it: groundswell plan edit --budget ... --lock @... --exclude @..."


def _pick_lines(pick: Pick, currency: str) -> Iterator[str]:
    from groundswell.plan import gain_of, standing

    marks = "".join([", locked in" if pick.locked else "", ", newcomer" if pick.newcomer else ""])
    yield f"{pick.place:3}. {pick.who.called}  adds {gain_of(pick, currency)} ({pick.who.platform}{marks})"
    yield f"       {pick.price.says}."
    yield f"       {standing(pick)}"
    if pick.overlap is not None:
        yield f"       {pick.overlap:.0%} of the {pick.known_audience:,} known in the audience are reached by those before."
    yield f"       {pick.because}"


def _mix_lines(made: Plan) -> Iterator[str]:
    for by in dict.fromkeys(line.by for line in made.mix):
        lines = [line for line in made.mix if line.by == by][:6]
        said = ", ".join(f"{line.value}{' (wanted)' if line.wanted else ''} {line.share:.0%}" for line in lines)
        yield f"By {by}, where known: {said}."
