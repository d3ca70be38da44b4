"""Updating the table of signals: who was touched since it was kept, what must be computed again, and laying it over the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.signals.arrays import ARRAYS, Asked, is_beyond, is_late
from groundswell.signals.computing import PROFILE, append_late, compute_early, want
from groundswell.signals.declaring import SIGNALS, Signal
from groundswell.signals.keeping import as_computed
from groundswell.signals.nearby import near
from groundswell.store import Engine, Workspace

pc: Any = _compute  # its functions are made at run time, no type checker knows them

FULL_PASS_FROM = 0.3
"""When more than this share of the accounts was touched, everything is computed again (measured: the break-even is near)."""


def touched_since(workspace: Workspace, engine: Engine, changed: list[int], links: Path) -> set[str] | None:
    """Accounts that the imports which came or went speak of; None when they are so many that all is computed anew.

    `links` holds the handles that were linked when the table was kept.
    """
    if not links.is_file():
        return None
    with Engine(workspace.facts.of(changed), changed) as delta:
        named = delta.table(
            """SELECT account FROM raw_accounts UNION SELECT account FROM raw_posts UNION SELECT account FROM raw_creators
               UNION SELECT actor FROM raw_interactions UNION SELECT account FROM raw_interactions WHERE account IS NOT NULL
               UNION SELECT follower FROM raw_follows UNION SELECT followed FROM raw_follows"""
        )
        answered = delta.table("SELECT DISTINCT post FROM raw_interactions WHERE account IS NULL AND post IS NOT NULL")
        # For grains whose `touches` asks what came or went, beside whom it speaks of.
        engine.register("described_accounts", delta.table("SELECT DISTINCT account, account_type FROM raw_accounts"))
        engine.register("changed_replies", delta.table("SELECT DISTINCT post FROM raw_posts WHERE kind = 'reply'"))
        engine.register("changed_posts", delta.table("SELECT DISTINCT repost_of, links, text_hash FROM raw_posts"))
        engine.register("posts_told", delta.table("SELECT DISTINCT post FROM raw_posts"))
    engine.register("named", named)
    engine.register("answered_posts", answered)
    # A handle that was linked, or no longer is, moves rows between two accounts: both are computed again.
    now, before = (
        "(SELECT account, native FROM links)",
        f"(SELECT account, native FROM {engine.scan([links])})",
    )
    found = engine.table(
        f"""WITH moved AS ((FROM {now} EXCEPT FROM {before}) UNION ALL (FROM {before} EXCEPT FROM {now}))
            SELECT account FROM named UNION SELECT native FROM links JOIN named USING (account)
            UNION SELECT account FROM moved UNION SELECT native FROM moved
            UNION SELECT account FROM posts WHERE key IN (SELECT key_of_post(post) FROM answered_posts)
            -- To whom they spoke who acted on a post of which it was not known whose it was.
            UNION SELECT coalesce(l.native, i.actor) FROM raw_interactions AS i LEFT JOIN links AS l ON l.account = i.actor
            WHERE i.account IS NULL AND i.post IN (SELECT post FROM posts_told)"""
    )
    total = engine.rows("SELECT count(*) FROM accounts")[0][0]
    return None if found.num_rows > FULL_PASS_FROM * total else set(found.column("account").to_pylist())


def update(asked: Asked, before: pa.Table, touched: set[str]) -> tuple[pa.Table, set[str]]:
    """Compute again what changed: the fresh rows, and the accounts that they replace (some may be no more).

    First everything of whom the imports speak of; then, where that shows another face to others, what hangs on it of those.
    """
    early = [signal for signal in SIGNALS.values() if not is_late(signal.grain)]
    late = [signal for signal in SIGNALS.values() if is_late(signal.grain)]
    close = [signal for signal in early if not is_beyond(signal.grain)]
    want(asked.engine, touched)
    with near(asked.engine):
        fresh = compute_early(asked, close)
        _changed_faces(asked, touched)
        reached = _reached(asked.engine, touched)
    asked.faces.update(_laid_faces(asked, touched))
    others, asked = _kept_rows(before, reached), replace(asked, kept=asked.faces, faces={})
    for grain in _computed(early):
        mine, more = [signal for signal in early if signal.grain == grain], reached.get(grain, set())
        if is_beyond(grain):
            want(asked.engine, touched | more)  # both at once: what it reads around them it reads once
            found = compute_early(asked, mine)
            fresh, others = _append_columns(fresh, found, mine), _lay_columns(others, found, mine)
        elif more:
            want(asked.engine, more)
            others = _lay_columns(others, compute_early(replace(asked, unchanged=True), mine), mine)
    changed = touched.union(*reached.values())
    want(asked.engine, changed)
    names = [*PROFILE, *(signal.name for signal in early)]
    rows = pa.concat_tables([fresh.select(names), others.select(names)]).sort_by("account").combine_chunks()
    rows = append_late(asked, rows, late).select(before.column_names)
    return rows, changed


def _changed_faces(asked: Asked, touched: set[str]) -> None:
    """Make the tables `changed_GRAIN`: of those who were touched, whose face changed, and which parts of it."""
    some = pa.array(sorted(touched), pa.string())
    for grain, now in list(asked.faces.items()):
        asked.faces[grain] = now = now.filter(pc.is_in(now.column("account"), value_set=some))
        was = asked.kept[grain].filter(pc.is_in(asked.kept[grain].column("account"), value_set=some))
        asked.engine.register("face_now", now)
        asked.engine.register("face_before", was)
        parts = [f"n.{part} IS DISTINCT FROM b.{part} AS {part}" for part in now.column_names[1:]]
        changed = f"SELECT account, {', '.join(parts)} FROM face_now AS n FULL JOIN face_before AS b USING (account)"
        any_of = " OR ".join(now.column_names[1:])
        asked.engine.execute(
            f"CREATE OR REPLACE TEMP TABLE changed_{grain} AS SELECT * FROM ({changed}) WHERE {any_of}"
        )


def _laid_faces(asked: Asked, touched: set[str]) -> dict[str, pa.Table]:
    """Faces of everybody: as they were kept, and of those who were touched as they are now."""
    some = pa.array(sorted(touched), pa.string())
    return {
        grain: pa.concat_tables(
            [before.filter(pc.invert(pc.is_in(before.column("account"), value_set=some))), asked.faces[grain]]
        )
        for grain, before in asked.kept.items()
    }


def _reached(engine: Engine, touched: set[str]) -> dict[str, set[str]]:
    """Grain -> further accounts whose rows of that grain change."""
    engine.register("touched_accounts", pa.table({"account": pa.array(sorted(touched), pa.string())}))
    reached: dict[str, set[str]] = {}
    for grain in _computed(SIGNALS.values()):
        if ARRAYS[grain].touches and not ARRAYS[grain].late:
            found = engine.table(ARRAYS[grain].touches)
            reached[grain] = set(found.column(0).to_pylist()) - touched - {None}
    return {grain: more for grain, more in reached.items() if more}


def _computed(signals: Iterable[Signal]) -> Iterable[str]:
    """Array grains that some of these signals use."""
    return dict.fromkeys(signal.grain for signal in signals if signal.grain in ARRAYS)


def _kept_rows(before: pa.Table, reached: dict[str, set[str]]) -> pa.Table:
    """The kept rows of accounts that were only reached."""
    everybody = pa.array(sorted(set[str]().union(*reached.values())), pa.string())
    return as_computed(before.filter(pc.is_in(before.column("account"), everybody)).combine_chunks())


def _append_columns(rows: pa.Table, found: pa.Table, signals: Iterable[Signal]) -> pa.Table:
    """Append some signals, found of these accounts and of others."""
    places = pc.index_in(in_one(rows.column("account")), value_set=in_one(found.column("account")))
    for signal in signals:
        rows = rows.append_column(signal.name, found.column(signal.name).take(places))
    return rows


def _lay_columns(rows: pa.Table, fresh: pa.Table, signals: Iterable[Signal]) -> pa.Table:
    """Put fresh values of some signals into the rows of the same accounts."""
    places = pc.index_in(in_one(rows.column("account")), value_set=in_one(fresh.column("account")))
    order = pa.array(
        np.where(
            pc.is_valid(places).to_numpy(zero_copy_only=False),
            rows.num_rows + pc.fill_null(places, 0).to_numpy(zero_copy_only=False),
            np.arange(rows.num_rows),
        )
    )
    for signal in signals:
        both = pa.chunked_array([*rows.column(signal.name).chunks, *fresh.column(signal.name).chunks])
        column = both.combine_chunks().take(order)
        rows = rows.set_column(rows.schema.get_field_index(signal.name), signal.name, column)
    return rows


def merge(before: pa.Table, fresh: pa.Table, changed: set[str]) -> pa.Table:
    """Lay fresh rows over those of before, sorted by account; accounts that changed and are no more fall away."""
    unchanged = before.filter(pc.invert(pc.is_in(before.column("account"), pa.array(sorted(changed), pa.string()))))
    return pa.concat_tables([as_computed(unchanged), fresh]).sort_by("account")


__all__ = ["FULL_PASS_FROM", "merge", "touched_since", "update"]
