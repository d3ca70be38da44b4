"""The table of signals: one row an account, every signal a column of (value, low, high, n, label, reason).

All signals of a grain are one query. The table is kept with the facts' version it was computed from; when imports were added
or undone since, only the accounts they touch are computed again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.signals.arrays import ARRAYS, Asked, fit_versions
from groundswell.signals.computing import PROFILE, compute, want
from groundswell.signals.contested import hide
from groundswell.signals.declaring import SIGNALS
from groundswell.signals.findings import Progress, read_wording
from groundswell.signals.hearing import read_voice
from groundswell.signals.keeping import Kept, keep, keep_faces, keep_over, kept_in, read_faces
from groundswell.signals.learning import due, is_noted, note_learned
from groundswell.signals.packing import VALUE
from groundswell.signals.tone import read_tone
from groundswell.signals.topics import Corpus, fit_corpus, latest_corpus, read_topics
from groundswell.signals.updating import merge, touched_since, update
from groundswell.signals.values import Value
from groundswell.store import Engine, Workspace

pc: Any = _compute  # its functions are made at run time, no type checker knows them


@dataclass(frozen=True)
class SignalTable:
    """Signals of all accounts, with what they were computed from."""

    rows: pa.Table
    """Columns of PROFILE and one struct column a signal, sorted by account."""
    facts_version: str
    corpus: Corpus | None
    recomputed: int
    """Accounts that this call computed again."""

    def place(self, account: str) -> int:
        """The row of an account, found by halving: rows are sorted by account; -1 when it is not known."""
        accounts = self.rows.column("account")
        place = bisect_left(range(len(accounts)), account, key=lambda row: accounts[row].as_py())
        return place if place < len(accounts) and accounts[place].as_py() == account else -1

    def profile(self, account: str) -> dict[str, Any]:
        """Who an account says it is: the columns of PROFILE; empty when it is not known."""
        place = self.place(account)
        return self.rows.select(PROFILE).slice(place, 1).to_pylist()[0] if place >= 0 else {}

    def values(self, account: str) -> dict[str, Value]:
        """All values of one account; empty when it is not known."""
        place = self.place(account)
        if place < 0:
            return {}
        row = self.rows.slice(place, 1).to_pylist()[0]
        return {name: Value(signal=name, **row[name]) for name in SIGNALS if name in row}


def signal_table(workspace: Workspace, progress: Progress | None = None) -> SignalTable:
    """Return the signals of every account as of now, computing what is not kept."""
    return _table(workspace, progress, anew=False)


def _table(workspace: Workspace, progress: Progress | None, *, anew: bool) -> SignalTable:
    live = workspace.state.live_ids()
    folder = workspace.cache / "signals"
    kept = kept_in(folder)
    corpus = latest_corpus(workspace.fits)
    if kept and not anew and kept.stamp == _stamp(live, corpus, workspace.fits):
        return SignalTable(hide(kept.read(), workspace.contests()), workspace.version(), corpus, 0)
    workspace.settle()
    anew = anew or due(workspace)
    workspace.fits.mkdir(parents=True, exist_ok=True)
    with workspace.engine(memory="2GB") as engine:
        if corpus is None or anew:
            corpus = fit_corpus(engine, workspace.fits)
        touched = None if anew else _touched(workspace, engine, kept, _stamp(live, corpus, workspace.fits))
        prepare(engine, workspace.cache / "findings", corpus, progress, only=touched)
        kept_faces = {} if touched is None else read_faces(folder)
        asked = Asked(
            engine, workspace.fits, only=touched is not None, may_fit=touched is None, anew=anew, kept=kept_faces
        )
        fresh, changed = update(asked, kept.read(), touched) if touched is not None and kept else (compute(asked), None)
        (folder / "signals.json").unlink(missing_ok=True)
        engine.write("SELECT account, native FROM links", folder / "links.parquet")
        keep_faces(folder, asked.faces)
    if anew or not is_noted(workspace):
        note_learned(workspace)
    now = _keep(folder, kept, fresh, changed, _stamp(live, corpus, workspace.fits))
    return SignalTable(hide(now.read(), workspace.contests()), workspace.version(), corpus, fresh.num_rows)


def _keep(folder: Path, before: Kept | None, fresh: pa.Table, changed: set[str] | None, stamp: dict[str, Any]) -> Kept:
    """Keep a table that was computed whole, or fresh rows over the one before: in their places where everybody is still there."""
    if before is None or changed is None:
        return keep(folder, fresh, stamp)
    rows = before.read()
    in_place = None if _gone(rows, fresh, changed) else keep_over(folder, before, fresh, stamp)
    return in_place or keep(folder, merge(rows, fresh, changed), stamp)


def _gone(before: pa.Table, fresh: pa.Table, changed: set[str]) -> bool:
    """Whether somebody had a row and has none any more; most of those who changed without one are handles that are known by id."""
    without = pa.array(sorted(changed.difference(fresh.column("account").to_pylist())), pa.string())
    return bool(pc.any(pc.is_in(without, value_set=in_one(before.column("account")))).as_py())


def _stamp(live: Sequence[int], corpus: Corpus | None, fits: Path) -> dict[str, Any]:
    """What a table depends on: the imports, the formulas, and what was fitted."""
    return {
        "live": list(live),
        "code": _code_version(),
        "corpus": corpus.version if corpus else None,
        "fits": fit_versions(fits),
    }


def _touched(workspace: Workspace, engine: Engine, kept: Kept | None, stamp: dict[str, Any]) -> set[str] | None:
    """Accounts whose facts changed since the kept table; None when everything must be computed."""
    if not kept or any(kept.stamp.get(name) != stamp[name] for name in ("code", "corpus", "fits")):
        return None
    if not {grain.name for grain in ARRAYS.values() if grain.face} <= set(read_faces(kept.file.parent)):
        return None
    changed = sorted(set(kept.stamp["live"]) ^ set(stamp["live"]))
    return touched_since(workspace, engine, changed, kept.file.parent / "links.parquet")


def refit(workspace: Workspace, progress: Progress | None = None) -> str | None:
    """Fit anew what is learned from everybody (topics, peers, curves), as the next version, and compute everything by it.

    Returns the version of the topics; None when there is too little text for any.
    """
    corpus = _table(workspace, progress, anew=True).corpus
    return corpus.version if corpus else None


def flat(table: SignalTable) -> pa.Table:
    """The table with one plain column a part: `like_rate`, `like_rate_low`, ... as spreadsheets want it."""
    return flat_rows(table.rows)


def flat_rows(rows: pa.Table) -> pa.Table:
    """Rows of signals with one plain column a part."""
    columns: dict[str, Any] = {name: rows.column(name) for name in PROFILE}
    for name in (name for name in SIGNALS if name in rows.column_names):
        for part in VALUE:
            key = name if part.name == "value" else f"{name}_{part.name}"
            columns[key] = pc.struct_field(in_one(rows.column(name)), part.name).cast(part.type)
    return pa.table(columns)


def past_signals(workspace: Workspace, moment: datetime, *, backtest: bool = False) -> pa.Table:
    """Signals as they could have been known at a moment (same columns); not kept. What is usual (topics, peers, reposts) is as last learned."""
    with workspace.engine(moment=moment, backtest=backtest) as engine:
        prepare(engine, workspace.cache / "findings", latest_corpus(workspace.fits))
        return compute(Asked(engine, workspace.fits))


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
    read_voice(engine, findings, progress, only_view=only_views)
    read_topics(engine, corpus, findings, progress, only_views=only_views)
    read_tone(engine, findings, progress, only_views=only_views)
    if only is not None:
        want(engine, only)
    several = engine.rows("SELECT count(*) FROM (SELECT 1 FROM repeats WHERE record = 'account' LIMIT 1)")[0][0]
    wanted = "account IN (SELECT account FROM wanted_accounts)" if only is not None else "true"
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE follower_steps AS
            SELECT account, list(struct_pack(at_time := observed_at, followers := followers) ORDER BY observed_at, followers) AS steps
            FROM account_history WHERE followers IS NOT NULL AND {bool(several)} AND {wanted}
            GROUP BY account HAVING count(DISTINCT followers) > 1"""
    )


@cache
def _code_version() -> str:
    """A hash of all that formulas are made of: when any of it changes, kept values are not used."""
    package = Path(__file__).parent
    sources = sorted([*package.glob("*.py"), *package.glob("*.toml"), *package.parent.glob("graph/*.py")])
    return blake2b(b"".join(path.read_bytes() for path in sources), digest_size=8).hexdigest()


__all__ = ["SignalTable", "flat", "flat_rows", "past_signals", "prepare", "refit", "signal_table", "want"]
