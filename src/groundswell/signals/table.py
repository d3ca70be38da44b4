"""The table of signals: one row an account, every signal a column of (value, low, high, n, label, reason).

All signals of a grain are one query. The table is kept with the facts' version it was computed from; when imports were added
or undone since, only the accounts they touch are computed again.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.signals.declaring import SIGNALS, Signal
from groundswell.signals.findings import WORDING_VERSION, Progress, read_wording
from groundswell.signals.grains import GATHERED, GRAINS, ONE_ROW, grain_sql
from groundswell.signals.topics import Corpus, fit_corpus, latest_corpus, read_topics
from groundswell.signals.values import Value
from groundswell.store import Engine, Workspace
from groundswell.store.crash_points import crash_point

pc: Any = _compute  # its functions are made at run time, no type checker knows them

VALUE = pa.struct(
    [
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("n", pa.int64()),
        ("label", pa.string()),
        ("reason", pa.string()),
    ]
)
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
FULL_PASS_FROM = 0.3
"""When more than this share of the accounts was touched, everything is computed again (measured: the break-even is near)."""


ABANDONED_SECONDS = 3_600
"""An unfinished table that nobody has written to for so long is left from a process that was killed (design choice)."""


@dataclass(frozen=True)
class SignalTable:
    """Signals of all accounts, with what they were computed from."""

    rows: pa.Table
    """Columns of PROFILE and one struct column a signal, sorted by account."""
    facts_version: str
    corpus: Corpus | None
    recomputed: int
    """Accounts that this call computed again."""

    def profile(self, account: str) -> dict[str, Any]:
        """Who an account says it is: the columns of PROFILE; empty when it is not known."""
        found = self.rows.select(PROFILE).filter(pc.equal(self.rows.column("account"), account))
        return found.slice(0, 1).to_pylist()[0] if found.num_rows else {}

    def values(self, account: str) -> dict[str, Value]:
        """All values of one account; empty when it is not known."""
        place = pc.index(self.rows.column("account"), account).as_py()
        if place < 0:
            return {}
        row = self.rows.slice(place, 1).to_pylist()[0]
        return {name: Value(signal=name, **row[name]) for name in SIGNALS if name in row}


def signal_table(workspace: Workspace, progress: Progress | None = None) -> SignalTable:
    """Return the signals of every account as of now, computing what is not kept."""
    live = workspace.state.live_ids()
    folder = workspace.cache / "signals"
    kept = _kept(folder)
    corpus = latest_corpus(workspace.fits)
    stamp = {"live": list(live), "code": _code_version(), "corpus": corpus.version if corpus else None}
    if kept and kept[0] == stamp:
        return SignalTable(_read(kept[1]), workspace.version(), corpus, 0)
    workspace.settle()
    with workspace.engine(memory="2GB") as engine:
        if corpus is None:
            corpus = fit_corpus(engine, workspace.fits)
            stamp["corpus"] = corpus.version if corpus else None
        touched = _touched(workspace, engine, kept[0] if kept else None, stamp)
        prepare(engine, workspace.cache / "findings", corpus, progress, only=touched)
        rows = compute(engine, only=touched)
        recomputed = rows.num_rows
        if touched is not None and kept:
            rows = _merge(_read(kept[1]), rows, touched)
        (folder / "signals.json").unlink(missing_ok=True)
        engine.write("SELECT account, native FROM links", folder / "links.parquet")
    return SignalTable(_read(_keep(folder, rows, stamp)), workspace.version(), corpus, recomputed)


def refit(workspace: Workspace, progress: Progress | None = None) -> str | None:
    """Fit topics anew on all texts as the next version and compute everything by it; None when there is too little text."""
    with workspace.engine() as engine:
        corpus = fit_corpus(engine, workspace.fits)
    if corpus is None:
        return None
    signal_table(workspace, progress)
    return corpus.version


def flat(table: SignalTable) -> pa.Table:
    """The table with one plain column a part: `like_rate`, `like_rate_low`, ... as spreadsheets want it."""
    columns: dict[str, Any] = {name: table.rows.column(name) for name in PROFILE}
    for name in SIGNALS:
        for part in VALUE:
            key = name if part.name == "value" else f"{name}_{part.name}"
            columns[key] = pc.struct_field(table.rows.column(name).combine_chunks(), part.name)
    return pa.table(columns)


def past_signals(workspace: Workspace, moment: datetime, *, backtest: bool = False) -> pa.Table:
    """Signals as they could have been known at a moment (same columns); not kept."""
    with workspace.engine(moment=moment, backtest=backtest) as engine:
        prepare(engine, workspace.cache / "findings", latest_corpus(workspace.fits))
        return compute(engine)


def prepare(
    engine: Engine,
    findings: Path,
    corpus: Corpus | None,
    progress: Progress | None = None,
    *,
    only_views: bool = False,
    only: Collection[str] | None = None,
) -> None:
    """Make the views that grains need beside the facts: findings, topics, and how followers changed.

    With `only_views`, texts that nobody has read yet are left unread; with `only`, the changes of these accounts alone are there.
    """
    read_wording(engine, findings, progress, only_view=only_views)
    read_topics(engine, corpus, findings, progress, only_views=only_views)
    if only is not None:
        want(engine, only)
    several = engine.rows("SELECT count(*) FROM (SELECT 1 FROM repeats WHERE record = 'account' LIMIT 1)")[0][0]
    wanted = "account IN (SELECT account FROM wanted_accounts)" if only is not None else "true"
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE follower_steps AS
            SELECT account, list(struct_pack(at_time := observed_at, followers := followers) ORDER BY observed_at) AS steps
            FROM account_history WHERE followers IS NOT NULL AND {bool(several)} AND {wanted}
            GROUP BY account HAVING count(DISTINCT followers) > 1"""
    )


def want(engine: Engine, accounts: Collection[str]) -> None:
    """Name the accounts that `{wanted}` in a grain means."""
    engine.register("wanted_accounts", pa.table({"account": pa.array(sorted(accounts), pa.string())}))


def compute(engine: Engine, *, only: Collection[str] | None = None, names: Sequence[str] | None = None) -> pa.Table:
    """Compute signals (all, or those named) of every account, or of some. Columns: PROFILE, then one struct a signal."""
    wanted = [SIGNALS[name] for name in (names or SIGNALS)]
    if only is not None:
        want(engine, only)
        for table, rows in GATHERED.items():
            engine.execute(f"CREATE OR REPLACE TEMP TABLE gathered_{table} AS {rows}")
    grains = [grain for grain in GRAINS if any(signal.grain == grain for signal in wanted)]
    for grain in grains:
        mine = [signal for signal in wanted if signal.grain == grain]
        engine.execute(f"CREATE OR REPLACE TEMP TABLE of_{grain} AS {grain_query(grain, mine, only=only is not None)}")
    joins = " ".join(f"LEFT JOIN of_{grain} USING (account)" for grain in grains)
    columns = ", ".join(
        f"coalesce(of_{signal.grain}.{signal.name}, {_silence()}) AS {signal.name}" for signal in wanted
    )
    condition = "a.account IN (SELECT account FROM wanted_accounts)" if only is not None else "true"
    rows = engine.table(
        f"""SELECT account, a.platform, a.handle, a.name, a.bio, a.url, a.country, a.location,
                   a.language AS language_declared, a.account_type, {columns}
            FROM accounts AS a {joins} WHERE {condition} ORDER BY account"""
    )
    return rows.cast(_schema(wanted))


def grain_query(grain: str, signals: Sequence[Signal], *, only: bool = False) -> str:
    """Return the one query that computes these signals of a grain: account and one struct a signal.

    With `only`, of the accounts that were wanted, from their gathered rows.
    """
    source = grain_sql(grain, only=only, gathered=only)
    staged = staged_query(signals, f"({source})", one_row=grain in ONE_ROW)
    return f"SELECT account, {', '.join(_pack(signal) for signal in signals)} FROM ({staged})"


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


def _pack(signal: Signal) -> str:
    c, name = signal.columns, signal.name
    enough = f"{name}__n >= {c.at_least} AND {name}__value IS NOT NULL"
    limits = f"{enough} AND {name}__n >= {c.interval_from}"
    counted = f"CASE WHEN coalesce({name}__n, 0) = 0 THEN 'not_observed' ELSE 'too_few' END"
    return f"""struct_pack(
        "value" := CASE WHEN {enough} THEN sig12(({name}__value)::DOUBLE) END,
        low := CASE WHEN {limits} THEN sig12(({name}__low)::DOUBLE) END,
        high := CASE WHEN {limits} THEN sig12(({name}__high)::DOUBLE) END,
        n := coalesce({name}__n, 0)::BIGINT,
        label := CASE WHEN {enough} THEN {name}__label::VARCHAR END,
        reason := CASE WHEN {enough} THEN NULL ELSE coalesce({name}__reason::VARCHAR, {counted}) END) AS {name}"""


def _silence() -> str:
    return """struct_pack("value" := NULL::DOUBLE, low := NULL::DOUBLE, high := NULL::DOUBLE, n := 0::BIGINT,
                          label := NULL::VARCHAR, reason := 'not_observed')"""


def _schema(signals: Sequence[Signal]) -> pa.Schema:
    return pa.schema([*((name, pa.string()) for name in PROFILE), *((signal.name, VALUE) for signal in signals)])


# -- keeping ---------------------------------------------------------------------------------------------------------------


def _touched(
    workspace: Workspace, engine: Engine, kept: dict[str, Any] | None, stamp: dict[str, Any]
) -> set[str] | None:
    """Accounts whose facts changed since the kept table; None when everything must be computed."""
    if not kept or kept["code"] != stamp["code"] or kept["corpus"] != stamp["corpus"]:
        return None
    folder = workspace.cache / "signals"
    if not (folder / "links.parquet").is_file():
        return None
    changed = sorted(set(kept["live"]) ^ set(stamp["live"]))
    with Engine(workspace.facts.of(changed), changed) as delta:
        named = delta.table(
            """SELECT account FROM raw_accounts UNION SELECT account FROM raw_posts
               UNION SELECT actor FROM raw_interactions UNION SELECT account FROM raw_interactions WHERE account IS NOT NULL
               UNION SELECT follower FROM raw_follows UNION SELECT followed FROM raw_follows"""
        )
        answered = delta.table("SELECT DISTINCT post FROM raw_interactions WHERE account IS NULL AND post IS NOT NULL")
    engine.register("named", named)
    engine.register("answered_posts", answered)
    # A handle that was linked, or no longer is, moves rows between two accounts: both are computed again.
    links, before = (
        "(SELECT account, native FROM links)",
        f"(SELECT account, native FROM {engine.scan([folder / 'links.parquet'])})",
    )
    touched = engine.table(
        f"""WITH moved AS ((FROM {links} EXCEPT FROM {before}) UNION ALL (FROM {before} EXCEPT FROM {links}))
            SELECT account FROM named UNION SELECT native FROM links JOIN named USING (account)
            UNION SELECT account FROM moved UNION SELECT native FROM moved
            UNION SELECT account FROM posts WHERE key IN (SELECT key_of_post(post) FROM answered_posts)"""
    )
    total = engine.rows("SELECT count(*) FROM accounts")[0][0]
    return None if touched.num_rows > FULL_PASS_FROM * total else set(touched.column("account").to_pylist())


def _merge(before: pa.Table, fresh: pa.Table, touched: set[str]) -> pa.Table:
    """Lay fresh rows over those of before, sorted by account; accounts that were touched and are no more fall away."""
    names = before.column("account").combine_chunks()
    places = pc.index_in(fresh.column("account").combine_chunks(), value_set=names)
    if len(fresh) == len(touched) and places.null_count == 0:
        order = np.arange(len(names))
        order[places.to_numpy()] = len(names) + np.arange(len(fresh))
        return pa.concat_tables([before, fresh]).take(pa.array(order))
    untouched = before.filter(pc.invert(pc.is_in(names, pa.array(sorted(touched)))))
    return pa.concat_tables([untouched, fresh]).sort_by("account")


def _code_version() -> str:
    """A hash of every formula: when one changes, kept values are not used."""
    text = json.dumps([(s.name, asdict(s.columns), GRAINS[s.grain]) for s in SIGNALS.values()]) + str(WORDING_VERSION)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _kept(folder: Path) -> tuple[dict[str, Any], Path] | None:
    """What was kept: its stamp, and the file that holds it."""
    path = folder / "signals.json"
    if not path.is_file():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    file = folder / str(said.pop("file", ""))
    return (said, file) if file.suffix == ".arrow" and file.parent == folder and file.is_file() else None


def _read(file: Path) -> pa.Table:
    """Map the file into memory: nothing is read before it is asked for, and processes share it."""
    with pa.memory_map(str(file)) as source:
        return pa.ipc.open_file(source).read_all()


def _keep(folder: Path, rows: pa.Table, stamp: dict[str, Any]) -> Path:
    """Write the table under a name of its own, then the stamp that names it; whoever still reads the one before may go on."""
    folder.mkdir(parents=True, exist_ok=True)
    before = _kept(folder)
    (folder / "signals.json").unlink(missing_ok=True)
    file = folder / f"signals-{blake2b(json.dumps(stamp).encode(), digest_size=8).hexdigest()}-{os.getpid()}.arrow"
    part = file.with_suffix(".part")
    with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_table(rows.combine_chunks())
    crash_point("signals: before the table")
    part.replace(file)
    part = folder / "signals.json.part"
    part.write_text(json.dumps(stamp | {"file": file.name}), encoding="utf-8")
    crash_point("signals: before the stamp")
    part.replace(folder / "signals.json")
    _sweep(folder, {file, before[1]} if before else {file})
    return file


def _sweep(folder: Path, wanted: set[Path]) -> None:
    """Let go of tables that nobody needs; one that is being read stays where the system does not let it go (Windows)."""
    for old in set(folder.glob("signals-*")) - wanted:
        with suppress(OSError):
            # Another process may be writing its own; what a killed one left is older.
            if old.suffix == ".arrow" or time.time() - old.stat().st_mtime > ABANDONED_SECONDS:
                old.unlink()
