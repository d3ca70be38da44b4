"""A plan as a report: what it is and why, three pictures, everybody in a table, then what else somebody should know."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from groundswell.discover.spending import minor_in_main, money
from groundswell.exports import plan_pictures
from groundswell.exports.report import Column, Lines, Picture, Report, Table, section, sections
from groundswell.plan import Pick, Plan
from groundswell.records import platform_name


def plan_report(made: Plan) -> Report:
    """A plan, in the order in which a boss reads it."""
    return Report(
        title=f"Plan for {made.brief.brand}",
        dek=" ".join((made.warning, *made.sentences)).strip(),
        sections=sections(
            section("How good it is", Lines((made.certificate_says,)), curve_of(made), _others(made)),
            section(
                "Who, in the order in which they add value", _everybody(made), Lines(_price_notes(made), soft=True)
            ),
            section("What to expect", Lines((*(one.says for one in made.expected), made.number.says))),
            section(
                "Who is reached", Lines((*made.audience.sentences, made.overlap_says)), overlap_of(made), mix_of(made)
            ),
            section("One big name for the same money", Lines(made.big_name.says)),
            section("Could not be chosen", _left_out(made)),
            section("Notes", Lines(made.notes, soft=True)),
        ),
        simulated=made.simulated,
        facts_version=made.facts_version,
        table=plan_as_table(made),
    )


def curve_of(made: Plan) -> Picture:
    """What each budget comes to."""

    def said(minor: float) -> str:
        return money(minor, made.currency)

    drawn = plan_pictures.value_for_money(made.curve, made.budget_minor, said, made.objective.capitalize())
    return Picture(drawn, f"What money comes to: {made.measure}")


def overlap_of(made: Plan) -> Picture:
    """Who overlaps whom."""
    drawn = plan_pictures.who_overlaps_whom(made.picks, made.overlaps)
    return Picture(drawn, "Who overlaps whom: the darker, the larger the shared part of the smaller known audience")


def mix_of(made: Plan) -> Picture:
    """Who is reached, beside who is wanted."""
    drawn = plan_pictures.mix_against_wanted(made.mix)
    return Picture(drawn, "Whom the plan reaches; the mark is their share among everybody whom the candidates reach")


def _everybody(made: Plan) -> Table:
    columns = (
        Column("Who", "text", 30), Column("Platform", "text", 12), Column("Price", "text", 14),
        Column("Price is", "text", 12), Column("Last post", "text", 11), Column("On your list", "text", 12), Column("Adds", "points", 9), Column("Overlap", "text", 9),
        Column("Audience known", "whole", 10), Column("Why this person", "wrap", 60),
    )  # fmt: skip
    rows = tuple(
        (f"{pick.place}. {called(pick)}", platform_name(pick.who.platform), money(pick.price.minor, made.currency), pick.price.source,
         str(pick.last_post or "unknown"), pick.status or "",
         pick.gain, "unknown" if pick.overlap is None else f"{pick.overlap:.0%}", pick.known_audience, pick.because)
        for pick in made.picks
    )  # fmt: skip
    return Table("Picks", f"Adds: {made.measure}. Overlap: with those before", columns, rows)


def _price_notes(made: Plan) -> tuple[str, ...]:
    """How each price is known, once for all who share the same words."""
    said: dict[str, list[str]] = {}
    for pick in made.picks:
        said.setdefault(pick.price.says, []).append(pick.who.called)
    return tuple(
        f"{', '.join(names[:5])}{f' and {len(names) - 5} more' if len(names) > 5 else ''}: {says}."
        for says, names in said.items()
    )


def called(pick: Pick) -> str:
    """How a table names somebody in the plan."""
    name = pick.who.name if pick.who.name and pick.who.name != pick.who.called else ""
    marks = "".join([" · locked in" if pick.locked else "", " · newcomer" if pick.newcomer else ""])
    return (f"{name} ({pick.who.called})" if name else pick.who.called) + marks


def _others(made: Plan) -> Lines:
    return Lines((made.less.says, made.more.says))


def _left_out(made: Plan) -> Table:
    columns = (
        Column("Who", "text", 28), Column("Platform", "text", 12), Column("Because", "wrap", 44), Column("What to do", "wrap", 50),
    )  # fmt: skip
    rows = tuple((one.who.called, platform_name(one.who.platform), one.because, one.do) for one in made.left_out)
    return Table("Left out", "They fit the brief; what would let them in stands beside each", columns, rows)


def plan_as_table(made: Plan) -> pa.Table:
    """One row a person of the plan."""

    def texts(values: Iterable[str | None]) -> pa.Array:
        return pa.array(
            [None if value is None else value.encode("utf-8", "replace").decode() for value in values], pa.string()
        )

    picks = made.picks
    main = minor_in_main(made.currency)
    return pa.table(
        {
            "place": pa.array([pick.place for pick in picks], pa.int64()),
            **{
                name: texts(getattr(pick.who, name) for pick in picks)
                for name in ("account", "platform", "handle", "name", "url")
            },
            "price": pa.array([pick.price.minor / main for pick in picks], pa.float64()),
            "currency": texts([made.currency] * len(picks)),
            "price_known_from": texts(pick.price.source for pick in picks),
            "adds": pa.array([pick.gain for pick in picks], pa.float64()),
            "adds_for_money": pa.array([pick.gain_per_money for pick in picks], pa.float64()),
            "overlap_with_those_before": pa.array([pick.overlap for pick in picks], pa.float64()),
            "known_audience": pa.array([pick.known_audience for pick in picks], pa.int64()),
            "known_share_of_followers": pa.array([pick.known_share for pick in picks], pa.float64()),
            "followers": pa.array([pick.followers.value for pick in picks], pa.float64()),
            "typical_reactions": pa.array([pick.reactions.value for pick in picks], pa.float64()),
            **{kind: texts(pick.kinds[kind] for pick in picks) for kind in ("topic", "tier", "language", "country")},
            "newcomer": pa.array([pick.newcomer for pick in picks], pa.bool_()),
            "locked": pa.array([pick.locked for pick in picks], pa.bool_()),
            "last_post": pa.array([pick.last_post for pick in picks], pa.date32()),
            "status_on_list": texts(pick.status for pick in picks),
            "because": texts(pick.because for pick in picks),
            "simulated": pa.array([made.simulated] * len(picks), pa.bool_()),
        }
    )
