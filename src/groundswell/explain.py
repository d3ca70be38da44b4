"""One person, explained: every signal in a sentence, the posts behind it, how each definition judges, and the query that computed it.

The same numbers as everywhere: nothing is computed here that the table of signals does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow.compute as _compute

from groundswell.definitions import (
    BRIEF_BOUND,
    Comparison,
    Definition,
    compare_all,
    definition,
    fit_panel,
    gate_holds,
    load_benchmarks,
    load_definitions,
    load_tier_sets,
    tier_of,
    within_bands,
)
from groundswell.errors import UnknownNameError, UsageError
from groundswell.signals import REASONS, SIGNALS, SignalTable, Value, signal_table
from groundswell.signals.findings import Progress
from groundswell.signals.posts import Evidence, evidence_for
from groundswell.signals.table import grain_query
from groundswell.store import Workspace

pc: Any = _compute  # its functions are made at run time, no type checker knows them


@dataclass(frozen=True)
class Judged:
    """What one definition says of an account: gate by gate, true, false or None where it cannot be checked."""

    definition: str
    title: str
    says: str
    silent: bool
    """The definition does not speak of accounts of this size."""
    gates: tuple[tuple[str, bool | None], ...]
    lacks: tuple[str, ...]

    @property
    def holds(self) -> bool | None:
        """True when every gate holds, False when one fails or the definition is silent, None when that cannot be told.

        A definition without a single condition that is measured refuses nobody: that is no yes either.
        """
        answers = [answer for _, answer in self.gates]
        if self.silent or False in answers:
            return False
        return None if None in answers or not answers else True


@dataclass(frozen=True)
class Explanation:
    """Everything known of one account, in the words and numbers of the signals."""

    account: str
    profile: dict[str, Any]
    values: dict[str, Value]
    sentences: dict[str, str]
    tiers: tuple[tuple[str, str], ...]
    """(tier set, tier or why it has none)."""
    comparisons: tuple[Comparison, ...]
    judged: tuple[Judged, ...]
    evidence: dict[str, tuple[Evidence, ...]]
    sources: tuple[str, ...]
    """Files that speak of the account."""
    simulated: bool
    facts_version: str
    sql: dict[str, str] = field(default_factory=lambda: {})


def explain(
    workspace: Workspace,
    name: str,
    *,
    definition_name: str | None = None,
    with_sql: bool = False,
    progress: Progress | None = None,
) -> Explanation:
    """Explain one account, named by id, `platform:@handle` or `@handle`.

    Errors: UnknownNameError when nobody has the name (the nearest is offered); UsageError when several accounts have it.
    """
    table = signal_table(workspace, progress)
    account = find_account(table, name)
    meanings = [definition(definition_name, workspace.folder)] if definition_name else _newest(workspace)
    values = table.values(account)
    profile = table.profile(account)
    return Explanation(
        account=account,
        profile=profile,
        values=values,
        sentences={name: SIGNALS[name].sentence(value) for name, value in values.items()},
        tiers=_tiers(workspace, values["followers"].value),
        comparisons=_comparisons(workspace, table, profile["platform"], values),
        judged=tuple(_judge(meaning, values) for meaning in meanings),
        evidence=evidence_for(workspace, table.corpus, account, [n for n, v in values.items() if v.known]),
        sources=_sources(workspace, account),
        simulated=workspace.simulated(),
        facts_version=table.facts_version,
        sql={name: signal_sql(name) for name in values} if with_sql else {},
    )


def find_account(table: SignalTable, name: str) -> str:
    """Return the id of the account that a person typed."""
    accounts, handles = table.rows.column("account"), table.rows.column("handle")
    wanted = name.strip()
    if pc.any(pc.equal(accounts, wanted)).as_py():
        return wanted
    platform, colon, handle = wanted.rpartition(":")
    handle = handle.removeprefix("@").lower()
    mine = pc.equal(handles, handle)
    if colon:
        mine = pc.and_(mine, pc.equal(table.rows.column("platform"), platform.lower()))
    found: list[str] = table.rows.filter(pc.fill_null(mine, False)).column("account").to_pylist()
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{len(found)} accounts are called {wanted}.", next_step=f"Say which: {', '.join(found[:10])}")
    known = [f"@{one}" for one in handles.to_pylist() if one]
    raise UnknownNameError("account", wanted, known)


def signal_sql(name: str) -> str:
    """The query that computes a signal for every account, over the store's views."""
    if name not in SIGNALS:
        raise UnknownNameError("signal", name, SIGNALS)
    return grain_query(SIGNALS[name].grain, [SIGNALS[name]])


def _newest(workspace: Workspace) -> list[Definition]:
    newest: dict[str, Definition] = {}
    for one in load_definitions(workspace.folder).values():
        if one.id not in newest or newest[one.id].version < one.version:
            newest[one.id] = one
    return list(newest.values())


def _tiers(workspace: Workspace, followers: float | None) -> tuple[tuple[str, str], ...]:
    found = [(one.name, tier_of(one, followers)) for one in load_tier_sets(workspace.folder).values()]
    return tuple((name, tier.name or f"unknown ({REASONS[tier.reason or 'not_observed']})") for name, tier in found)


def _comparisons(
    workspace: Workspace, table: SignalTable, platform: str, values: dict[str, Value]
) -> tuple[Comparison, ...]:
    """Each benchmark beside the account's own rate in the benchmark's own metric; contradictions stay visible."""
    found: list[Comparison] = []
    for one in load_benchmarks(workspace.folder).values():
        fitted = _fitted(one, table, platform) if one.fitted else one
        for metric in fitted.metrics:
            if metric in values:
                found += compare_all([fitted], platform, values["followers"].value, metric, values[metric].value)
    return tuple(found)


def _fitted(declared: Any, table: SignalTable, platform: str) -> Any:
    rows = table.rows.filter(pc.equal(table.rows.column("platform"), platform))
    followers, rate = (pc.struct_field(rows.column(n).combine_chunks(), "value") for n in ("followers", "public_rate"))
    return fit_panel(declared, followers, rate, platform)


def _judge(meaning: Definition, values: dict[str, Value]) -> Judged:
    inside = within_bands(meaning, [values["followers"].value])[0].as_py()
    gates: list[tuple[str, bool | None]] = [("size is one the definition speaks of", inside)] if meaning.bands else []
    for gate in meaning.gates:
        if gate.signal in BRIEF_BOUND:
            gates.append((f"{gate.says} (asked with a brief)", None))
            continue
        value = values[gate.signal]
        answer = gate_holds(gate, value.value, value.low, value.high, value.label)
        gates.append((gate.says.replace(gate.signal, SIGNALS[gate.signal].title, 1), answer))
    return Judged(meaning.name, meaning.title, meaning.says, inside is False, tuple(gates), meaning.lacks)


def _sources(workspace: Workspace, account: str) -> tuple[str, ...]:
    with workspace.engine() as engine:
        found = engine.rows(
            """SELECT DISTINCT import_id FROM (SELECT import_id FROM seen_accounts WHERE account = $1
               UNION ALL SELECT import_id FROM seen_posts WHERE account = $1) ORDER BY 1""",
            [account],
        )
    names = {one.id: f"import {one.id}: {one.source} ({one.layout})" for one in workspace.state.imports()}
    return tuple(names[key] for (key,) in found)
