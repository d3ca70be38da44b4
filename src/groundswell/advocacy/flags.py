"""Red flags: questions that a buyer should ask, each with the numbers and posts that raise it. Nobody is called fake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.advocacy.facts import sentence_of
from groundswell.advocacy.people import Listed
from groundswell.advocacy.same_words import Said, SameWords
from groundswell.advocacy.triage import FlagRule, triage
from groundswell.columns import in_one
from groundswell.definitions import Benchmark, Typical, compare, fit_panel, load_benchmarks
from groundswell.signals import SIGNALS, SignalTable, Value
from groundswell.signals.grains import grain_sql
from groundswell.signals.posts import Evidence
from groundswell.signals.table import prepare
from groundswell.store import Workspace

pc: Any = _compute  # its functions are made at run time, no type checker knows them
EVIDENCE_SHOWN = 2


@dataclass(frozen=True)
class Flag:
    """A question about one account, with what raises it."""

    name: str
    sentence: str
    ask: str
    signals: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()


def raise_flags(
    workspace: Workspace, table: SignalTable, people: Sequence[Listed], alike: Sequence[SameWords]
) -> dict[str, list[Flag]]:
    """Account -> its flags, in the order of the rules; the posts that show them are fetched in one go."""
    found: dict[str, list[Flag]] = defaultdict(list)
    usual = _Usual(workspace, table)
    for rule in triage().flags:
        for one in people:
            if flag := _weak(rule, one, usual) if rule.below_benchmark else _raised(rule, one):
                found[one.account].append(flag)
    for account, flag in _same_words(alike, {one.account: one.called for one in people}).items():
        found[account].append(flag)
    asked = [(account, name) for account, flags in found.items() for flag in flags for name in flag.signals]
    posts = posts_that_show(workspace, table, asked)
    return {account: [_shown(flag, account, posts) for flag in flags] for account, flags in found.items()}


def _raised(rule: FlagRule, one: Listed) -> Flag | None:
    if not all(line.holds(one.values.get(line.signal)) for line in rule.when):
        return None
    names = tuple(line.signal for line in rule.when)
    return Flag(rule.name, " ".join(sentence_of(one.values[name]) for name in names), rule.ask, names)


def _weak(rule: FlagRule, one: Listed, usual: _Usual) -> Flag | None:
    """Surely under a part of what is typical by at least one measured benchmark; all that speak are quoted side by side."""
    said: list[str] = []
    raised: list[str] = []
    for benchmark, metric, value in usual.speaking_of(one):
        compared = compare(benchmark, one.platform, one.followers, metric, value.value)
        if not compared.usual.known:
            continue
        said.append(compared.sentence)
        if benchmark.provenance.grade in rule.grades and _surely_below(rule, compared.usual, value):
            raised.append(metric)
    signals = tuple(dict.fromkeys(raised))
    return Flag(rule.name, " ".join(dict.fromkeys(said)), rule.ask, signals) if raised else None


def _surely_below(rule: FlagRule, usual: Typical, value: Value) -> bool:
    least = usual.typical if usual.rate_from is None else usual.rate_from
    return value.high is not None and least is not None and value.high < (rule.below_benchmark or 0) * least


class _Usual:
    """The benchmarks, those of the user's own panel fitted once a platform."""

    def __init__(self, workspace: Workspace, table: SignalTable) -> None:
        self._declared, self._table = list(load_benchmarks(workspace.folder).values()), table
        self._on: dict[str, list[Benchmark]] = {}

    def speaking_of(self, one: Listed) -> Iterable[tuple[Benchmark, str, Value]]:
        """Every benchmark with each of its metrics that is known of the account."""
        if one.platform not in self._on:
            self._on[one.platform] = [self._fitted(b, one.platform) if b.fitted else b for b in self._declared]
        for benchmark in self._on[one.platform]:
            for metric in benchmark.metrics:
                value = one.values.get(metric)
                if value is not None and value.known:
                    yield benchmark, metric, value

    def _fitted(self, declared: Benchmark, platform: str) -> Benchmark:
        rows = self._table.rows.filter(pc.equal(self._table.rows.column("platform"), platform))
        columns = (in_one(rows.column(name)) for name in ("followers", "public_rate"))
        followers, rate = (pc.struct_field(column, "value") for column in columns)
        return fit_panel(declared, followers, rate, platform)


def _same_words(alike: Sequence[SameWords], called: Mapping[str, str]) -> dict[str, Flag]:
    """One flag an account: the text that it shares with most others."""
    flags: dict[str, Flag] = {}
    for group in alike:
        what = "the same text" if group.kind == "identical" else "nearly the same text"
        for account in group.accounts:
            others = some([called[other] for other in group.accounts if other != account])
            shown = tuple(as_evidence(post, "same words") for post in group.posts if post.account == account)
            flag = Flag(
                "same words as others", f"It posts {what} as {others}.", "Who wrote it, and for whom?", (), shown
            )
            flags.setdefault(account, flag)
    return flags


def some(names: Sequence[str]) -> str:
    """The first three of a list, and how many more there are. Names such as "Rye, Ann" stay apart from each other."""
    mark = "; " if any("," in name for name in names[:3]) else ", "
    return mark.join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def as_evidence(post: Said, why: str) -> Evidence:
    """A post as evidence for something."""
    return Evidence(post.post, post.text, post.created_at, post.url, why)


def _shown(flag: Flag, account: str, posts: Mapping[tuple[str, str], Sequence[Evidence]]) -> Flag:
    """The flag with the posts of its signals, each once."""
    found = {post.post: post for name in flag.signals for post in posts.get((account, name), ())}
    return flag if flag.evidence else replace(flag, evidence=tuple(found.values()))


def own_posts(workspace: Workspace, accounts: Sequence[str]) -> list[Said]:
    """What these accounts wrote themselves: posts and quotes with text, neither replies nor what they pass on."""
    with workspace.engine() as engine:
        engine.register("asked", pa.table({"account": pa.array(accounts, pa.string())}))
        rows = engine.table(
            """SELECT account, post, text, created_at, url FROM posts
               WHERE text IS NOT NULL AND (kind IS NULL OR kind IN ('post', 'quote')) AND account IN (SELECT account FROM asked)
               ORDER BY created_at NULLS LAST, post"""
        )
    return [Said(**row) for row in rows.to_pylist()]


def posts_that_show(
    workspace: Workspace, table: SignalTable, asked: Sequence[tuple[str, str]], most: int = EVIDENCE_SHOWN
) -> dict[tuple[str, str], tuple[Evidence, ...]]:
    """(account, signal) -> the posts that show it best, as the signal itself declares; one query a signal for all accounts."""
    by_signal: dict[str, list[str]] = defaultdict(list)
    for account, name in asked:
        if name in SIGNALS and SIGNALS[name].evidence:
            by_signal[name].append(account)
    if not by_signal:
        return {}
    found: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", table.corpus)
        everybody = sorted({account for accounts in by_signal.values() for account in accounts})
        engine.register("wanted_accounts", pa.table({"account": pa.array(everybody, pa.string())}))
        engine.execute(f"CREATE TEMP TABLE their_posts AS {grain_sql('post', only=True)}")
        for name, accounts in by_signal.items():
            condition, _, order = SIGNALS[name].evidence.partition(" ORDER BY ")
            engine.register("of_these", pa.table({"account": pa.array(accounts, pa.string())}))
            rows = engine.table(
                f"""SELECT * FROM their_posts WHERE {condition} AND account IN (SELECT account FROM of_these)
                    QUALIFY row_number() OVER (PARTITION BY account ORDER BY {order}) <= {int(most)} ORDER BY account, {order}"""
            )
            for row in rows.to_pylist():
                found[row["account"], name].append(_evidence(row, name))
    return {key: tuple(posts) for key, posts in found.items()}


def _evidence(row: Mapping[str, Any], why: str) -> Evidence:
    return Evidence(
        row["post"], row["text"] or "", row["created_at"], row["url"], why,
        row["likes"], row["replies"], row["reposts"], f"import {row['import_id']}, line {row['line']}",
    )  # fmt: skip
