"""Who may be in a plan: everybody who passes the brief's gates, best first, and whoever is locked in.

Whoever declined, by the user's own list, is left out unless locked in. A gate is never bought open: who surely fails one cannot be locked in (the article on 2017, tip 5: "Otherwise, forget all of the above"). Who
could not be checked can, since somebody who locks them in vouches for them. A newcomer is somebody on none of your own lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.definitions import DEFAULT_TIER_SET, Definition, definition, tier_set, tiers_of
from groundswell.discover import Brief
from groundswell.discover.gates import gates_of
from groundswell.discover.ranking import judged
from groundswell.discover.scoring import Scored, totals
from groundswell.discover.sector import Sector
from groundswell.errors import BriefError
from groundswell.explain import find_account
from groundswell.plan.model import LeftOut, Who
from groundswell.signals.findings import Progress
from groundswell.signals.on_lists import NOTHING_LISTED, OnLists, on_lists
from groundswell.signals.present import Present
from groundswell.signals.values import Value
from groundswell.store import Engine
from groundswell.store.unions import persons

pc: Any = _compute  # its functions are made at run time, no type checker knows them

CONSIDERED = 200
"""People of a shortlist that a plan looks at (design choice: five times as many as it may name)."""
NEEDED = ("followers", "typical_reactions", "sparked")
SAID_NO, ASK_AGAIN = (
    "your list says that they declined",
    "Lock them in if that has changed, or correct the status on your list.",
)
SURER = "Lower sector_credibility in the brief."
LISTED = "SELECT account FROM creators UNION SELECT account FROM fees"


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be chosen."""

    who: Who
    score: float
    """Points of the shortlist."""
    because: str
    """The reason of the shortlist in which they are farthest before the other candidates."""
    kinds: dict[str, str | None]
    """topic, platform, tier, language, country; None where unknown."""
    newcomer: bool
    values: dict[str, Value]
    """The signals that a plan counts with."""
    unchecked: tuple[str, ...] = ()
    """Gates that could not be checked, of somebody who was locked in."""
    listed: OnLists = NOTHING_LISTED
    """What the user's own lists say."""


@dataclass(frozen=True)
class Candidates:
    """Everybody who may be chosen, best first."""

    people: tuple[Candidate, ...]
    locked: frozenset[str]
    excluded: frozenset[str]
    left_out: tuple[LeftOut, ...]
    declined: tuple[Who, ...]
    """Who fits and said no, by the user's own lists."""
    population: int
    fitting: int
    """How many pass every gate of the brief."""
    definition: str

    @property
    def accounts(self) -> list[str]:
        """Their ids, in order."""
        return [one.who.account for one in self.people]


def candidates_of(present: Present, brief: Brief, progress: Progress | None = None) -> Candidates:
    """Find who may be in the plan for a brief.

    Errors: UnknownNameError for a name that nobody bears, BriefError for somebody locked in who fails a gate.
    """
    rows, texts = present.table.rows, present.texts(progress)
    meaning = definition(brief.definition, present.workspace.folder)
    passed, terms, sector = judged(brief, meaning, rows, texts)
    score, _ = totals(terms, rows.num_rows)
    locked_in, excluded = names_in(present, brief)
    locked = [pc.index(rows.column("account"), name).as_py() for name in sorted(locked_in)]
    _refuse_failing(
        present, brief, meaning, sector, [row for row in locked if not (passed.inside | passed.unchecked)[row]]
    )
    said = on_lists(present)
    names = _with_accounts_of_the_same(present, {name for name, one in said.items() if one.declined}) - locked_in
    declined = pc.is_in(in_one(rows.column("account")), pa.array(sorted(names), pa.string()))
    free = passed.inside & ~declined.to_numpy(zero_copy_only=False)
    order = np.flatnonzero(free)
    order = order[np.argsort(-score[order], kind="stable")]
    credible = _credible(brief, sector, order)
    best = order[credible][:CONSIDERED].tolist()
    chosen = [*best, *sorted(set(locked) - set(best))]  # a lock changes nobody's place
    usual = _usual(terms, chosen)
    with present.workspace.engine() as engine:
        made = _Made(rows, _accounts_on_lists(engine), said)
    least = brief.spending.sector_credibility or 0
    unsure = made.left_out(order[~credible].tolist(), f"its sector is not surely {least:.0%} of its own posts", SURER)
    no = tuple(made.left_out(np.flatnonzero(passed.inside & ~free).tolist(), SAID_NO, ASK_AGAIN))
    people = tuple(
        made.candidate(
            row,
            float(score[row]),
            _because(terms, usual, row),
            tuple(name for name, at in passed.unknown_at.items() if at[row]),
        )
        for row in chosen
    )
    return Candidates(
        people=people,
        locked=locked_in,
        excluded=excluded,
        left_out=(*no, *unsure),
        declined=tuple(one.who for one in no),
        population=rows.num_rows,
        fitting=int(passed.inside.sum()),
        definition=meaning.name,
    )


def names_in(present: Present, brief: Brief) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of those whom a brief locks in, and of those whom it excludes.

    Errors: UnknownNameError for a name that nobody bears, BriefError for somebody who is both.
    """
    spending = brief.spending
    locked, excluded = (
        frozenset(find_account(present.table, name) for name in names) for names in (spending.lock, spending.exclude)
    )
    if both := sorted(locked & excluded):
        raise BriefError(
            f"{', '.join(both)} cannot be both locked in and excluded.", next_step="Take it out of one of the two."
        )
    return locked, excluded


def _refuse_failing(
    present: Present, brief: Brief, meaning: Definition, sector: Sector | None, failing: Sequence[int]
) -> None:
    if not failing:
        return
    rows = present.table.rows
    gates = list(gates_of(brief, meaning, rows, present.texts(), sector.shares if sector else None))
    row = failing[0]
    failed = [gate.says for gate in gates if gate.holds[row].as_py() is False]
    raise BriefError(
        f"{rows.column('account')[row].as_py()} is locked in and does not pass: {'; '.join(failed)}.",
        means="A plan holds to the conditions of its brief, whoever is locked in.",
        next_step="Take the person out of `lock`, or change the condition in the brief.",
    )


def _with_accounts_of_the_same(present: Present, accounts: set[str]) -> set[str]:
    """These accounts, and all others of the same people."""
    return accounts.union(*(group for group in persons(present.workspace.state) if accounts & set(group)))


def _credible(brief: Brief, sector: Sector | None, order: NDArray[np.int64]) -> NDArray[np.bool_]:
    least = brief.spending.sector_credibility
    if least is None:
        return np.ones(len(order), np.bool_)
    if sector is None:
        raise BriefError(
            "sector_credibility needs to know the sector.",
            next_step='Name it in the brief: [segments] sector = ["..."].',
        )
    return sector.shares.wilson()[0][order] >= least


def _usual(terms: Sequence[Scored], rows: Sequence[int]) -> list[float]:
    """What each term brings on average to those of whom it is known; 0 where it is known of nobody."""
    earned = [term.earned[list(rows)] * term.most for term in terms]
    return [float(points[known].mean()) if (known := ~np.isnan(points)).any() else 0.0 for points in earned]


def _because(terms: Sequence[Scored], usual: Sequence[float], row: int) -> str:
    """The reason that tells somebody apart: where they are farthest before the others, then what brings most."""
    made = [(term.term(row), least) for term, least in zip(terms, usual, strict=True)]
    known = [(round(term.points - least, 6), term.points, term.sentence) for term, least in made if term.points]
    return max(known, key=lambda one: one[:2])[2] if known else ""


def _accounts_on_lists(engine: Engine) -> frozenset[str]:
    return frozenset(account for (account,) in engine.rows(LISTED))


class _Made:
    """Makes candidates of rows."""

    def __init__(self, rows: pa.Table, listed: frozenset[str], said: Mapping[str, OnLists]) -> None:
        self.rows, self.listed, self.said = rows, listed, said

    def candidate(self, row: int, score: float, because: str, unchecked: tuple[str, ...]) -> Candidate:
        found: dict[str, Any] = self.rows.slice(row, 1).to_pylist()[0]
        values = {name: Value(signal=name, **found[name]) for name in NEEDED}
        tier = tiers_of(tier_set(DEFAULT_TIER_SET), [values["followers"].value]).column("tier")[0].as_py()
        kinds = {
            "topic": found["topic_focus"]["label"], "platform": found["platform"], "tier": tier,
            "language": found["language"]["label"] or found["language_declared"], "country": found["country"],
        }  # fmt: skip
        account = found["account"]
        listed = self.said.get(account, NOTHING_LISTED)
        return Candidate(who_of(found), score, because, kinds, account not in self.listed, values, unchecked, listed)

    def left_out(self, rows: Sequence[int], because: str, do: str) -> Iterable[LeftOut]:
        wanted = ("account", "platform", "handle", "name", "url")
        for found in self.rows.select(wanted).take(pa.array(rows, pa.int64())).to_pylist():
            yield LeftOut(who_of(found), because, do)


def who_of(row: dict[str, Any]) -> Who:
    """Who a row of the table of signals speaks of."""
    return Who(row["account"], row["platform"], row["handle"], row["name"], row["url"])
