"""Is it an alpha consumer, and if it is small, why? What the essay on wrong definitions asks: the apex of one's peers, not a smaller celebrity.

`alpha_consumer` is non-compensatory: who fails a gate has 0, who cannot be checked at one is unknown, and only then are standing,
quality and closeness multiplied. `small_kind` sorts small accounts by rules that are data (`small_kinds.toml`), each with its source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.signals.arrays import Asked, array_grain
from groundswell.signals.comparing import part
from groundswell.signals.declaring import SIGNALS, Columns, signal
from groundswell.signals.peers import PEERS_MOST, Floats, Placed
from groundswell.signals.standing import (
    closeness_percentile,
    engagement_percentile,
    quality_percentile,
    reach_percentile,
)

pc: Any = _compute  # its functions are made at run time, no type checker knows them
Flags = NDArray[np.bool_]

APEX = 0.90
"""Reach above nine of ten peers (SCIENCE: P >= .90; the word apex is from the essay on wrong definitions, the line a design choice)."""
SURELY = 0.80
"""What the lower end of the 80 % interval must reach as well."""
TENTH = 0.10
PAID_MOST = 0.05
"""Posts of a regular consumer that may look paid (design choice)."""
PERSONAL = "personal"
GATES = ("its kind of account", "marks of a professional", "payment", "reach among peers")
MULTIPLIED = (reach_percentile, engagement_percentile, quality_percentile, closeness_percentile)
GROWTH_DAYS = 180.0
"""Growth is told over half a year or more: the growth of weeks is noise (design choice)."""

LASTING = """
    SELECT a.account, p.posting_days,
           CASE WHEN p.seen_at >= p.last_at THEN (epoch(p.seen_at) - epoch(p.last_at)) / 86400e0 END AS silent_days,
           CASE WHEN a.followers IS NOT NULL THEN h.growth END AS growth
    FROM accounts AS a
    LEFT JOIN (SELECT account, (epoch(max(created_at)) - epoch(min(created_at))) / 86400e0 AS posting_days,
                      max(created_at) AS last_at, max(observed_at) FILTER (observed_own) AS seen_at
               FROM posts WHERE (kind IS NULL OR kind IN ('post', 'quote')) AND created_at IS NOT NULL AND {wanted}
               GROUP BY account HAVING count(*) > 1) AS p ON p.account = a.account
    LEFT JOIN (SELECT account, arg_max(followers, observed_at) / nullif(arg_min(followers, observed_at), 0) - 1 AS growth
               FROM account_history WHERE followers IS NOT NULL AND observed_own AND {wanted}
               GROUP BY account HAVING epoch(max(observed_at)) - epoch(min(observed_at)) >= {least} * 86400) AS h
        ON h.account = a.account
    WHERE {wanted_account}
    ORDER BY a.account
"""
FACTS = {"posting_days": "days of posting", "silent_days": "days of silence", "follower_growth": "growth of followers"}


# -- alpha consumer --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gate:
    """A condition, account by account: whether it holds, and whether that can be told."""

    holds: Flags
    known: Flags


def _gates(rows: pa.Table) -> tuple[Gate, ...]:
    """In the order of GATES."""
    marks, paid = part(rows, "professional_marks"), part(rows, "sponsored_share")
    kind = label_of_type(rows)
    told = pc.is_valid(kind).to_numpy(zero_copy_only=False)
    personal = pc.fill_null(pc.equal(kind, PERSONAL), False).to_numpy(zero_copy_only=False)
    unmarked = marks == 0
    reach, sure = part(rows, "reach_percentile"), _at_least_surely(rows)
    # Where the platform does not say what kind of account it is, an account without a mark of a professional is taken as personal; one
    # with a mark is refused for the mark, as its kind stays unknown.
    return (
        Gate(personal | (~told & unmarked), told | unmarked),
        Gate(unmarked | np.isnan(marks), np.isfinite(marks) | personal),
        Gate(paid <= PAID_MOST, np.isfinite(paid)),
        Gate((reach >= APEX) & (sure >= SURELY), np.isfinite(reach)),
    )


def label_of_type(rows: pa.Table) -> Any:
    """The kind of account, in lower case."""
    return pc.utf8_lower(pc.utf8_slice_codeunits(in_one(rows.column("account_type")), 0, 20))


def _at_least_surely(rows: pa.Table) -> Floats:
    """Lower end of the 80 % interval of the place in reach."""
    n = np.nan_to_num(part(rows, "reach_percentile", "n")).astype(np.int64)
    below = np.round(2 * np.nan_to_num(part(rows, "reach_percentile")) * n).astype(np.int64)
    assert n.max(initial=0) <= PEERS_MOST
    return Placed(np.zeros(len(n), np.int64), np.where(n > 0, below, 0), n).limit(TENTH)


def _mean_place(rows: pa.Table, what: str) -> Floats:
    """Geometric mean of standing (reach and engagement), quality and closeness."""
    reach, moves, content, close = (part(rows, one.name, what) for one in MULTIPLIED)
    return np.cbrt(np.sqrt(reach * moves) * content * close)


def alpha_columns(rows: pa.Table) -> dict[str, Any]:
    """Score, interval, peers and words of everybody."""
    gates = _gates(rows)
    refused = np.array([gate.known & ~gate.holds for gate in gates])
    fails, known = refused.any(axis=0), np.array([gate.known for gate in gates]).all(axis=0)
    score, low, high = (
        np.where(fails, 0.0, np.where(known, _mean_place(rows, end), np.nan)) for end in ("value", "low", "high")
    )
    n = np.maximum(np.nan_to_num(part(rows, "reach_percentile", "n")), np.where(fails, 1, 0)).astype(np.int64)
    return {
        "alpha_value": pa.array(score, mask=~np.isfinite(score)), "alpha_low": pa.array(low, mask=~np.isfinite(low)),
        "alpha_high": pa.array(high, mask=~np.isfinite(high)),
        "alpha_n": pa.array(np.where(np.isfinite(score), n, 0)),
        "alpha_label": pc.if_else(pa.array(fails), _refusals(refused), _praise(rows)),
    }  # fmt: skip


def _refusals(refused: NDArray[np.bool_]) -> pa.Array:
    """Every gate that refuses, in words; each account's gates are the bits of a number."""
    ways = range(2 ** len(GATES))
    named = [[name for place, name in enumerate(GATES) if way >> place & 1] for way in ways]
    listed = [" and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) for names in named]
    words = pa.array([f"no, because of {names}" for names in listed])
    return words.take(pa.array((refused * (1 << np.arange(len(GATES)))[:, None]).sum(axis=0)))


def _praise(rows: pa.Table) -> pa.Array:
    """The places that are multiplied, in words."""
    said: list[Any] = ["at the apex of its peers: above "]
    for one, title in zip(MULTIPLIED, ("reach, ", "engagement, ", "quality, ", "closeness"), strict=True):
        share = part(rows, one.name)
        percent = pa.array(np.round(100 * np.nan_to_num(share)).astype(np.int64), mask=~np.isfinite(share))
        said += [percent.cast(pa.string()), f" % in {title}"]
    return pc.fill_null(pc.binary_join_element_wise(*said, ""), "at the apex of its peers")


# -- what kind of small account --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line drawn on a signal or fact."""

    signal: str
    bound: str
    at_least: float
    at_most: float

    def asked(self, numbers: Mapping[str, Floats]) -> tuple[Flags, Flags]:
        """(holds, known) of every account."""
        found = numbers[f"{self.signal}.{self.bound}"]
        with np.errstate(invalid="ignore"):
            return (found >= self.at_least) & (found <= self.at_most), np.isfinite(found)


@dataclass(frozen=True)
class Rule:
    """One way into a class: all of `when`, none of `unless`."""

    kind: str
    title: str
    when: tuple[Line, ...]
    unless: tuple[Line, ...]

    def asked(self, numbers: Mapping[str, Floats]) -> tuple[Flags, Flags]:
        """(holds, is ruled out) of every account; neither where it cannot be told."""
        when = [line.asked(numbers) for line in self.when]
        out = np.any([known & ~holds for holds, known in when], axis=0)
        for line in self.unless:
            out |= line.asked(numbers)[0]
        return np.all([holds & known for holds, known in when], axis=0) & ~out, out


@cache
def rules() -> tuple[Rule, ...]:
    """The shipped rules, in their order."""
    said = tomllib.loads((files("groundswell.signals") / "small_kinds.toml").read_text(encoding="utf-8"))["rule"]
    return tuple(Rule(one["class"], one["title"], _lines(one["when"]), _lines(one.get("unless", []))) for one in said)


def _lines(said: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    none = float("inf")
    return tuple(
        Line(one["signal"], one.get("bound", "value"), one.get("at_least", -none), one.get("at_most", none))
        for one in said
    )


def _numbers(rows: pa.Table, facts: pa.Table, alpha: Any) -> dict[str, Floats]:
    """Everything that a rule may ask, unknown as nan."""
    found = {f"{name}.value": _plain(facts.column(name)) for name in FACTS} | {"alpha_consumer.value": _plain(alpha)}
    lines = [line for rule in rules() for line in (*rule.when, *rule.unless)]
    asked = {(line.signal, line.bound) for line in lines if f"{line.signal}.{line.bound}" not in found}
    return found | {f"{name}.{bound}": part(rows, name, bound) for name, bound in asked}


def _plain(column: Any) -> Floats:
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64).copy()


def kind_columns(rows: pa.Table, facts: pa.Table, alpha: Any) -> dict[str, Any]:
    """The class of every account: the first rule that holds, what speaks for it, and how much else was ruled out."""
    numbers, accounts = _numbers(rows, facts, alpha), rows.num_rows
    decided, ruled_out = np.full(accounts, -1), np.zeros(accounts)
    words = np.full(accounts, "", object)
    for number, rule in enumerate(rules()):
        holds, out = rule.asked(numbers)
        mine = holds & (decided < 0)
        decided[mine] = number
        words[mine] = _evidence(rule, numbers, np.flatnonzero(mine))
        ruled_out += out & (decided < 0)
    big = np.array([rule.kind == "big" for rule in rules()] + [False])[decided]
    known = (decided >= 0) & ~big
    share = np.where(decided > 0, ruled_out / np.maximum(decided, 1), 1.0)
    reason = pc.if_else(pa.array(big), pa.scalar("not_applicable"), pa.scalar(None, pa.string()))
    return {
        "kind_value": pa.array(share, mask=~known), "kind_n": pa.array(np.where(known, decided + 1, 0).astype(np.int64)),
        "kind_label": pa.array(words, pa.string(), mask=~known), "kind_why": reason,
    }  # fmt: skip


def _evidence(rule: Rule, numbers: Mapping[str, Floats], mine: NDArray[np.int64]) -> Any:
    """The class with the numbers that decided: "specialist (lead of the main topic 0.51, sponsored posts 0.03)"."""
    said: list[Any] = [f"{rule.kind} ("]
    for place, line in enumerate(rule.when):
        title = FACTS.get(line.signal) or SIGNALS[line.signal].title.lower()
        shown = pc.round(pa.array(numbers[f"{line.signal}.{line.bound}"][mine]), 2).cast(pa.string())
        said += [f"{', ' if place else ''}{title} ", shown]
    return pc.binary_join_element_wise(*said, ")", "").to_numpy(zero_copy_only=False) if len(mine) else []


# -- the grain and what is claimed -----------------------------------------------------------------------------------------


@array_grain(
    "apex",
    columns={
        "account": pa.string(), "alpha_value": pa.float64(), "alpha_low": pa.float64(), "alpha_high": pa.float64(),
        "alpha_n": pa.int64(), "alpha_label": pa.string(), "kind_value": pa.float64(), "kind_n": pa.int64(),
        "kind_label": pa.string(), "kind_why": pa.string(),
    },
    late=True,
)  # fmt: skip
def apex(asked: Asked) -> pa.Table:
    """One row an account: its score as an alpha consumer, and what kind of small account it is."""
    rows = asked.found()
    sql = LASTING.format(wanted=asked.where("account"), wanted_account=asked.where("a.account"), least=GROWTH_DAYS)
    facts = asked.engine.table(sql).rename_columns(["account", *FACTS])
    place = pc.index_in(in_one(rows.column("account")), value_set=in_one(facts.column("account")))
    alpha = alpha_columns(rows)
    kinds = kind_columns(rows, facts.take(place), alpha["alpha_value"])
    return pa.table({"account": rows.column("account"), **alpha, **kinds})


@signal(
    title="Alpha consumer", grain="apex", unit="score", better="higher",
    says="Alpha consumer, {value:.2f} of 1: {label}.",
    unknown="Its reach among peers, payment, kind of account, quality or closeness cannot be told.",
    source="the essay on wrong definitions: 'alpha consumers … apex of the pyramid'; gates and geometric mean are a design choice; against closeness: "
    "Valsesia, Proserpio & Nunes 2020, doi 10.1177/0022243720915467",
    needs=("account.platform", "post.text"),
    made_of=("professional_marks", "sponsored_share", *(one.name for one in MULTIPLIED)),
)  # fmt: skip
def alpha_consumer() -> Columns:
    """0 unless personal, without marks of a professional, at most 5 % paid, and above 90 % of peers in reach (80 % surely).

    Then the geometric mean of its places in standing (reach and engagement), quality and closeness.
    """
    return Columns(value="alpha_value", low="alpha_low", high="alpha_high", n="alpha_n", label="alpha_label")


@signal(
    title="Kind of small account", grain="apex", unit="share", better="neither",
    says="Among small accounts it counts as {label}: the first rule that holds, with {value:.0%} of those before it ruled out.",
    unknown="No rule for small accounts holds, or it is not small.",
    source="the essay on wrong definitions: 'small influencers are small for a reason … too new … haven't found that sweet spot'; the essay Less is More for the specialist",
    needs=("account.account",),
    made_of=("alpha_consumer", "followers", "account_age_days", "topic_lead", "sponsored_share", "silence_days", "growth_per_month"),
)  # fmt: skip
def small_kind() -> Columns:
    """The first rule that holds of new, stalled, alpha, specialist and everyday voice; the share of earlier rules that are ruled out."""
    return Columns(value="kind_value", n="kind_n", label="kind_label", reason="kind_why")
