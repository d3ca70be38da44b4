"""Computing signals: all signals of a grain are one query, and the queries' answers are joined into one row an account.

Grains of SQL and of arrays come first; late array grains follow one by one and see what was found before them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.signals.arrays import ARRAYS, Asked, is_late
from groundswell.signals.declaring import SIGNALS, Signal
from groundswell.signals.grains import COUNTED, ONE_ROW, grain_sql
from groundswell.signals.packing import VALUE, packed, plain_columns
from groundswell.signals.subjects import count_topics
from groundswell.store import Engine

pc: Any = _compute  # its functions are made at run time, no type checker knows them

PROFILE = (
    "account",
    "platform",
    "handle",
    "name",
    "bio",
    "url",
    "country",
    "location",
    "language_declared",
    "account_type",
)


LISTED_NAMES = """
    SELECT account, arg_max(name, import_id * 1099511627776 + coalesce(line, 0)) AS listed_name FROM seen_creators
    WHERE name IS NOT NULL AND NOT starts_with(name, '@') GROUP BY account
"""
"""What somebody is called on the user's own lists, by the newest list (2^40 lines an import): the name of an account that has none of its own."""
SILENCE = {"value": None, "low": None, "high": None, "n": 0, "label": None, "reason": "not_observed"}
"""What is known of somebody about whom a grain has no row."""


def want(engine: Engine, accounts: Collection[str]) -> None:
    """Name the accounts that `{wanted}` in a grain means."""
    engine.register("wanted_accounts", pa.table({"account": pa.array(sorted(accounts), pa.string())}))


def compute(asked: Asked, *, names: Sequence[str] | None = None) -> pa.Table:
    """Compute signals (all, or those named) of every account, or of some. Columns: PROFILE, then one struct a signal."""
    named = [SIGNALS[name] for name in (names or SIGNALS)]
    # What is late may read anything that was found before it.
    wanted = SIGNALS.values() if any(is_late(signal.grain) for signal in named) else named
    rows = compute_early(asked, [signal for signal in wanted if not is_late(signal.grain)])
    rows = append_late(asked, rows, [signal for signal in wanted if is_late(signal.grain)])
    return rows.select([*PROFILE, *(signal.name for signal in named)])


def compute_early(asked: Asked, wanted: Sequence[Signal]) -> pa.Table:
    """Compute signals that need nothing but the facts: PROFILE and one struct a signal, sorted by account."""
    engine = asked.engine
    grains = list(dict.fromkeys(signal.grain for signal in wanted))
    rows = engine.table(
        f"""SELECT account, a.platform, a.handle, coalesce(a.name, l.listed_name) AS name, a.bio, a.url, a.country, a.location,
                   a.language AS language_declared, a.account_type
            FROM accounts AS a LEFT JOIN ({LISTED_NAMES}) AS l USING (account) WHERE {asked.where("a.account")} ORDER BY account"""
    )
    for grain in grains:
        mine = [signal for signal in wanted if signal.grain == grain]
        if grain in ARRAYS:
            engine.register(f"grain_{grain}", ARRAYS[grain].rows(asked))
        counted = not asked.only and grain in COUNTED
        if counted:
            count_topics(asked)
        # Laid side by side here, grain by grain: one join of everything would hold all of it in the engine at once.
        rows = _beside(
            rows, packed(engine.table(grain_query(grain, mine, only=asked.only, counted=counted)), mine), mine
        )
        if grain in ARRAYS:
            engine.forget(f"grain_{grain}")
    return rows.select([*PROFILE, *(signal.name for signal in wanted)])


def _beside(rows: pa.Table, found: pa.Table, signals: Sequence[Signal]) -> pa.Table:
    """Append the signals found to rows of accounts; of whom nothing was found, nothing is observed."""
    places = pc.index_in(in_one(rows.column("account")), value_set=in_one(found.column("account")))
    order = pc.fill_null(places, found.num_rows)
    nothing = pa.array([SILENCE], VALUE)
    for signal in signals:
        column = in_one(found.column(signal.name))
        rows = rows.append_column(pa.field(signal.name, VALUE), pa.concat_arrays([column, nothing]).take(order))
    return rows


def append_late(asked: Asked, rows: pa.Table, wanted: Sequence[Signal]) -> pa.Table:
    """Append the signals of late grains to rows sorted by account; each grain sees what the ones before it found."""
    for grain in (name for name in ARRAYS if any(signal.grain == name for signal in wanted)):
        mine = [signal for signal in wanted if signal.grain == grain]
        asked.engine.register(f"grain_{grain}", ARRAYS[grain].rows(replace(asked, earlier=rows)))
        rows = _beside(rows, packed(asked.engine.table(grain_query(grain, mine)), mine), mine)
        asked.engine.forget(f"grain_{grain}")
    return rows


def grain_query(grain: str, signals: Sequence[Signal], *, only: bool = False, counted: bool = False) -> str:
    """Return the one query that computes these signals of a grain: account and plain columns, value, limits and n of each signal.

    With `only`, of the accounts that were wanted; with `counted`, from what was counted for several grains.
    """
    if grain in ARRAYS:
        source = f"SELECT {', '.join(ARRAYS[grain].schema.names)} FROM grain_{grain}"
    elif counted:
        source = COUNTED[grain]
    else:
        source = grain_sql(grain, only=only)
    staged = staged_query(signals, f"({source})", one_row=grain in ONE_ROW or grain in ARRAYS)
    return f"SELECT account, {', '.join(map(plain_columns, signals))} FROM ({staged})"


def staged_query(signals: Sequence[Signal], source: str, *, one_row: bool) -> str:
    """Return the query that computes, stage by stage, name__value, name__low, name__high, name__n ... over rows of `source`."""
    first = ", ".join(_first(signal) for signal in signals)
    sql = f"SELECT {'*' if one_row else 'account'}, {first} FROM {source} {'' if one_row else 'GROUP BY account'}"
    for stage in range(1, max(len(signal.columns.once) for signal in signals)):
        later = [_stage(signal, stage) for signal in signals if len(signal.columns.once) > stage]
        sql = f"SELECT *, {', '.join(later)} FROM ({sql})"
    ends = [_ends(signal) for signal in signals if signal.columns.once]
    return f"SELECT *, {', '.join(ends)} FROM ({sql})" if ends else sql


def _first(signal: Signal) -> str:
    """What is computed over the rows of the grain: everything, or the first stage where a signal has stages."""
    c, name = signal.columns, signal.name
    told = f"{c.n} AS {name}__n, {c.label} AS {name}__label, {c.reason} AS {name}__reason"
    if c.once:
        return f"{_stage(signal, 0)}, {told}"
    return f"{c.value} AS {name}__value, {c.low} AS {name}__low, {c.high} AS {name}__high, {told}"


def _stage(signal: Signal, stage: int) -> str:
    items = signal.columns.once[stage].items()
    return ", ".join(f"{_called(signal, sql)} AS {signal.name}__{name}" for name, sql in items)


def _ends(signal: Signal) -> str:
    ends = {"value": signal.columns.value, "low": signal.columns.low, "high": signal.columns.high}
    return ", ".join(f"{_called(signal, sql)} AS {signal.name}__{name}" for name, sql in ends.items())


def _called(signal: Signal, sql: str) -> str:
    """Write @name as the column that holds it."""
    return re.sub(r"@(\w+)", rf"{signal.name}__\1", sql)
