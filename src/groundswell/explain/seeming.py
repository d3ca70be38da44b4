"""Why an account seems genuine or not: what its profile shows, the strongest first, and which kind of false it would be.

Nothing is shown where the number itself is unknown or contested: what is hidden is not told by its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundswell.signals import Value
from groundswell.signals.authenticity import Pull, authenticity_evidence, fields_of_one, read_fields
from groundswell.store import Engine

FAINT = 0.1
"""What moves the logit by less is not named (design choice: two points of a hundred, at most)."""
MOST_NAMED = 4
"""Things named for either side (design choice)."""


def pulls_of(engine: Engine, account: str, value: Value) -> tuple[Pull, ...]:
    """What the profile of an account shows; nothing where its authenticity is not known."""
    if not value.known:
        return ()
    rows = fields_of_one(engine, account)
    return authenticity_evidence(read_fields(rows)) if rows.num_rows == 1 else ()


def seeming_says(value: Value, pulls: Sequence[Pull]) -> tuple[str, ...]:
    """What speaks for it, what against it, and what it would be, in sentences."""
    return tuple(_sentences(value, [one for one in pulls if abs(one.pull) >= FAINT]))


def _sentences(value: Value, pulls: Sequence[Pull]) -> Iterator[str]:
    if value.label:
        yield f"If it is not what it seems, it looks most like this: {value.label}."
    sides = (("genuine", [one for one in pulls if one.pull < 0]), ("not", [one for one in pulls if one.pull > 0]))
    for side, some in sides:
        if some:
            yield f"What speaks for {side}, strongest first: {'; '.join(one.says for one in some[:MOST_NAMED])}."


__all__ = ["pulls_of", "seeming_says"]
