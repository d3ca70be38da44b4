"""One person, explained: every signal in a sentence, the posts behind it, how each definition judges, and the query that computed it.

The same numbers as everywhere: nothing is computed here that the table of signals does not hold.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.columns import in_one
from groundswell.definitions import (
    BRIEF_BOUND,
    KNOWN_FROM,
    Benchmark,
    Comparison,
    Definition,
    ScoreTerm,
    compare_all,
    definition,
    fit_panel,
    gate_holds,
    load_benchmarks,
    load_definitions,
    load_tier_sets,
    speaks_of,
    tier_of,
    weighed,
    within_bands,
)
from groundswell.errors import UnknownNameError, UsageError
from groundswell.explain.gist import Gist, gist_of
from groundswell.explain.seeming import pulls_of, seeming_says
from groundswell.explain.signed import TOLD_BY_A_KIT, SignedWord, declared_by_themselves, signed_words
from groundswell.explain.window import Window, window_of
from groundswell.signals import REASONS, SIGNALS, SignalTable, Value
from groundswell.signals.among import Others
from groundswell.signals.authenticity import Pull
from groundswell.signals.computing import grain_query
from groundswell.signals.findings import Progress
from groundswell.signals.on_lists import NOTHING_LISTED, on_lists, read_on_lists
from groundswell.signals.one_person import called, others_of
from groundswell.signals.posts import Evidence, PostsOf, read_one
from groundswell.signals.present import Present, open_present
from groundswell.sources.files.layouts.identities import profile_of
from groundswell.store import Engine, Workspace

pc: Any = _compute  # its functions are made at run time, no type checker knows them

PLATFORMS_HELD = 6
"""Platforms whose values are held sorted for questions about many people (design choice: bounded memory)."""


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
    weighed: float = 1.0
    """Of what it weighs in its score, how much is known of this account, by weight."""

    @property
    def holds(self) -> bool | None:
        """True when every gate holds, False when one fails or the definition is silent, None when that cannot be told.

        A definition that refuses nobody for what is measured, or of which most is unknown, says no yes: a fitting size alone is none.
        """
        answers = [answer for _, answer in self.gates]
        if self.silent or False in answers:
            return False
        return None if None in answers or not answers or self.weighed < KNOWN_FROM else True

    @property
    def because(self) -> str:
        """How much of what it weighs is known; empty where that does not matter any more."""
        known = f"{self.weighed:.0%} of what it weighs is known"
        return "" if self.holds is False else known if self.gates else f"it refuses nobody; {known}"


@dataclass(frozen=True)
class Explanation:
    """Everything known of one account, in the words and numbers of the signals."""

    account: str
    profile: dict[str, Any]
    gist: Gist
    """What to know first."""
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
    pulls: tuple[Pull, ...] = ()
    """What its profile shows for or against its being genuine, strongest first."""
    seeming: tuple[str, ...] = ()
    """The same in words, with the kind of false that it would be."""
    also: tuple[str, ...] = ()
    """Other accounts of the same person, as somebody confirmed; each has its own numbers."""
    listed: tuple[str, ...] = ()
    """What the user's own lists say of it, in words."""
    signed: tuple[SignedWord, ...] = ()
    """What the creator says of themselves in signed kits; no value above rests on these numbers."""
    declared: str = ""
    """Said first where posts or followers come from a kit: the values that rest on them are self-declared."""
    window: Window | None = None
    """Over which of its posts engagement is counted, and how many were too young; None where likes are known of none."""


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
    with open_present(workspace, progress) as present:
        return Explainer(present).explain(name, definition_name=definition_name, with_sql=with_sql)


class Explainer:
    """Explains one account after another from what is open; who judges is read again only when a file of theirs changed."""

    def __init__(self, present: Present) -> None:
        self.present, self.workspace, self.table = present, present.workspace, present.table
        self._judges: tuple[Hashable, Judges] | None = None
        self._brought: Brought | None = None
        self._imports = tuple(self.workspace.state.imports())
        self._others = {name: Others(self.table.rows, name, kept=True) for name in _largest(present)}
        self._lock = Lock()

    def prepare(self) -> None:
        """Hold what every explanation asks for, so that the first one need not wait for it."""
        with self.present.engine():
            self.judges()
        self.present.told()
        self._all_brought()
        for others in self._others.values():
            for name in SIGNALS:
                others.held(name)
        if self.table.rows.num_rows:  # what the engine reads of its files at the first question, it reads now
            self.explain(self.table.rows.column("account")[0].as_py())

    def judges(self) -> Judges:
        """Who judges, by the files as they lie there now."""
        folder, judges = self.workspace.folder, self._judges
        written = _written(folder)
        if judges is None or judges[0] != written:
            judges = self._judges = (written, Judges(folder, self.table))
        return judges[1]

    def explain(self, name: str, *, definition_name: str | None = None, with_sql: bool = False) -> Explanation:
        """Explain one account; see `explain`."""
        return self.explain_with_posts(name, definition_name=definition_name, with_sql=with_sql)[0]

    def explain_with_posts(
        self, name: str, *, definition_name: str | None = None, with_sql: bool = False
    ) -> tuple[Explanation, PostsOf]:
        """Explain one account, and hand over its own posts, which were read on the way."""
        account = find_account(self.table, name)
        judges, values, profile = self.judges(), self.table.values(account), self.table.profile(account)
        with self.present.engine([account]) as engine:
            known = [name for name, value in values.items() if value.known]
            posts, evidence = read_one(engine, account, known, self.present)
            sources, layouts = self._sources(engine, account)
            pulls = pulls_of(engine, account, values["authenticity"])
            lists = on_lists(self.present) if self.present.kept else read_on_lists(engine, account)
            signed = signed_words(self._imports, engine, account)
            declared = declared_by_themselves(engine, account, signed)
        found = Explanation(
            account=account,
            profile=profile,
            gist=replace(
                gist_of(values, self._others_on(profile["platform"]), layouts),
                told=TOLD_BY_A_KIT if any(one.numbers for one in signed) else "",
            ),
            values=values,
            sentences={name: SIGNALS[name].sentence(value) for name, value in values.items()},
            tiers=judges.tiers(values["followers"].value),
            comparisons=judges.comparisons(profile["platform"], values),
            judged=tuple(
                judges.judge(meaning, profile["platform"], values) for meaning in judges.meanings(definition_name)
            ),
            evidence=evidence,
            sources=sources,
            simulated=any(one.simulated for one in self._imports),
            facts_version=self.table.facts_version,
            sql={name: signal_sql(name) for name in values} if with_sql else {},
            pulls=pulls,
            seeming=seeming_says(values["authenticity"], pulls),
            also=tuple(called(self.table.rows, others_of(self.workspace).get(account, ())).values()),
            listed=tuple(lists.get(account, NOTHING_LISTED).sentences()),
            signed=signed,
            declared=declared,
            window=window_of(posts.posts[account]),
        )
        return found, posts

    def _sources(self, engine: Engine, account: str) -> tuple[tuple[str, ...], frozenset[str]]:
        """Files that speak of the account, and their layouts."""
        found = self._all_brought().of(account) if self.present.kept else _imports_of(engine, account)
        imports = {one.id: one for one in self._imports}
        brought = [imports[key] for key in found]
        named = tuple(f"import {one.id}: {one.source} ({one.layout})" for one in brought)
        return named, frozenset(part for one in brought for part in one.layout.split("+"))

    def _others_on(self, platform: str) -> Others:
        """Everybody, to compare somebody on a platform with."""
        return self._others.get(platform) or Others(self.table.rows, platform)

    def _all_brought(self) -> Brought:
        with self._lock:
            if self._brought is None:
                with self.workspace.engine() as engine:
                    self._brought = _brought(engine)
            return self._brought


def _largest(present: Present) -> list[str]:
    """The platforms on which most people are, where many will be asked about."""
    if not present.kept:
        return []
    found = pc.value_counts(present.table.rows.column("platform")).to_pylist()
    return [one["values"] for one in sorted(found, key=lambda one: -one["counts"])[:PLATFORMS_HELD]]


@dataclass(frozen=True)
class Brought:
    """Which imports speak of each account: few sets of imports, shared by many accounts."""

    sets: tuple[tuple[int, ...], ...]
    place: dict[str, int]

    def of(self, account: str) -> tuple[int, ...]:
        """The imports that speak of an account."""
        return self.sets[self.place[account]] if account in self.place else ()


SPEAKING = "SELECT account, import_id FROM {}_accounts UNION SELECT account, import_id FROM {}_posts"


def _brought(engine: Engine) -> Brought:
    rows = engine.table(
        f"""SELECT account, string_agg(import_id::VARCHAR, ' ' ORDER BY import_id) AS imports
            FROM ({SPEAKING.format("seen", "seen")}) GROUP BY account"""
    )
    coded = pc.dictionary_encode(in_one(rows.column("imports")))
    sets = tuple(tuple(map(int, said.split())) for said in coded.dictionary.to_pylist())
    return Brought(sets, dict(zip(rows.column("account").to_pylist(), coded.indices.to_pylist(), strict=True)))


def _imports_of(engine: Engine, account: str) -> tuple[int, ...]:
    """The imports that speak of an account, by its id or by a handle that was linked to it."""
    names = [account, *(one for (one,) in engine.rows("SELECT account FROM links WHERE native = $1", [account]))]
    among = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    found = f"SELECT DISTINCT import_id FROM ({SPEAKING.format('raw', 'raw')}) WHERE account IN ({among}) ORDER BY 1"
    return tuple(key for (key,) in engine.rows(found, names))


class Judges:
    """Definitions, tier sets and benchmarks as they are declared, with panels fitted from one table of signals."""

    def __init__(self, folder: Path, table: SignalTable) -> None:
        self._folder, self._table = folder, table
        self._definitions, self.tier_sets = load_definitions(folder), load_tier_sets(folder)
        self._benchmarks = load_benchmarks(folder)
        self._fitted: dict[tuple[str, str], Benchmark] = {}

    def meanings(self, name: str | None = None) -> list[Definition]:
        """The definition of that name, or the newest version of each."""
        if name:
            return [self._definitions[name] if name in self._definitions else definition(name, self._folder)]
        newest: dict[str, Definition] = {}
        for one in self._definitions.values():
            if one.id not in newest or newest[one.id].version < one.version:
                newest[one.id] = one
        return list(newest.values())

    def judge(self, meaning: Definition, platform: str, values: dict[str, Value]) -> Judged:
        """What a definition says of an account of a platform with these values."""
        inside = within_bands(meaning, [values["followers"].value])[0].as_py()
        gates: list[tuple[str, bool | None]] = []
        if meaning.bands:
            gates.append(("size is one the definition speaks of", inside))
        for gate in meaning.gates:
            if gate.signal in BRIEF_BOUND:
                gates.append((f"{gate.says} (asked with a brief)", None))
                continue
            value = values[gate.signal]
            answer = gate_holds(gate, value.value, value.low, value.high, value.label)
            gates.append((gate.says.replace(gate.signal, SIGNALS[gate.signal].title, 1), answer))
        share = float(weighed(meaning, [np.array([self._weighs(term, platform, values)]) for term in meaning.terms])[0])
        return Judged(meaning.name, meaning.title, meaning.says, inside is False, tuple(gates), meaning.lacks, share)

    def _weighs(self, term: ScoreTerm, platform: str, values: dict[str, Value]) -> bool:
        """Whether what a term weighs is known: the value, and something that speaks of the platform to hold it against."""
        usual = self._benchmarks.get(term.against or "")
        spoken_of = usual is None or speaks_of(usual, platform)
        return spoken_of and term.signal in values and values[term.signal].known

    def tiers(self, followers: float | None) -> tuple[tuple[str, str], ...]:
        """Tier set -> tier, or why it has none."""
        found = [(one.name, tier_of(one, followers)) for one in self.tier_sets.values()]
        return tuple((name, tier.name or f"unknown ({REASONS[tier.reason or 'not_observed']})") for name, tier in found)

    def comparisons(self, platform: str, values: dict[str, Value]) -> tuple[Comparison, ...]:
        """Each benchmark beside the account's own rate in the benchmark's own metric; contradictions stay visible."""
        found: list[Comparison] = []
        for one in self._benchmarks.values():
            fitted = self._fit(one, platform) if one.fitted else one
            for metric in fitted.metrics:
                if metric in values:
                    found += compare_all([fitted], platform, values["followers"].value, metric, values[metric].value)
        return tuple(found)

    def _fit(self, declared: Benchmark, platform: str) -> Benchmark:
        key = (declared.name, platform)
        if key not in self._fitted:
            rows = self._table.rows.select(["platform", "followers", "public_rate"])
            rows = rows.filter(pc.equal(rows.column("platform"), platform))
            followers, rate = (_values(rows, name) for name in ("followers", "public_rate"))
            self._fitted[key] = fit_panel(declared, followers, rate, platform)
        return self._fitted[key]


def _values(rows: pa.Table, name: str) -> pa.Array:
    return pc.struct_field(in_one(rows.column(name)), "value")


def _written(folder: Path) -> Hashable:
    """Which files of judgements a user has, and when each was last written."""
    files = [file for room in ("definitions", "tiers", "benchmarks") for file in sorted((folder / room).glob("*.toml"))]
    return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)


def find_account(table: SignalTable, name: str) -> str:
    """Return the id of the account that a person typed."""
    handles = table.rows.column("handle")
    wanted = name.strip()
    for exact in (name, wanted):  # an id may end in what looks like a blank
        if table.place(exact) >= 0:
            return exact
    if (
        "/" in wanted and (profile := profile_of(wanted)) and profile.platform != "blog"
    ):  # the address of a profile, pasted
        if table.place(profile.account) >= 0:
            return profile.account
        wanted = f"{profile.platform}:@{profile.handle}" if profile.handle else wanted
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
