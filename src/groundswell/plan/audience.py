"""Who would be reached: who follows each candidate and who acted on their posts, every person counted once.

A member of the audience is a different account, however many candidates it follows. Accounts that look false are left out where
that is known. A member counts as much as it fits the brief's countries and languages: 1 or 0 where it is known, else the share of
those known who fit. Nothing is scaled up to people whom the data do not name.

The chance that one post of a candidate moves a member is learned from acts where there are any:

    chance = (posts of the candidate that the member acted on + 10 * usual) / (posts with an act in the data + 10)

where the act by which somebody became known does not count on either side: whoever is known for one like would else seem to like
everything. It is a Bernoulli share drawn towards what is usual for the candidate's audience (Goyal, Bonchi & Lakshmanan 2010, doi
10.1145/1718487.1718518, learn it so without the drawing; ten posts are our choice). Where no act is known, being in the audience
counts as being reached. Members whom the same candidates reach with the same chances are held as one element: nothing is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.discover import Brief
from groundswell.graph.cover import Cover
from groundswell.signals.authenticity import FLAGGED_BELOW
from groundswell.store import Engine

pc: Any = _compute  # its functions are made at run time, no type checker knows them
Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]

DRAWN = 10.0
"""Posts that what is usual for a candidate's audience counts for (design choice)."""
USUAL_DRAWN = 200.0
"""Chances to act that what is usual among all candidates counts for, when one candidate's own is read (design choice)."""
FEWEST_KNOWN = 20
"""Members of known country or language from which their share stands for those of whom it is unknown (design choice)."""
DECLINES = 0.2
"""Somebody asked declines with this chance in the robust plan: a fifth (design choice)."""
PAIRS = """
    SELECT number, member, max(follows)::BOOLEAN AS follows, sum(acted)::BIGINT AS acted FROM (
        SELECT c.number, f.follower AS member, 1 AS follows, 0 AS acted FROM follows AS f
        JOIN plan_candidates AS c ON f.followed = c.account WHERE f.follower <> f.followed
        UNION ALL
        SELECT c.number, i.actor, 0, count(DISTINCT i.post) FROM interactions AS i
        JOIN plan_candidates AS c ON i.account = c.account WHERE i.actor <> i.account GROUP BY c.number, i.actor
    ) GROUP BY number, member ORDER BY number, member
"""
POSTS = """
    SELECT c.number, count(DISTINCT i.post)::BIGINT AS posts FROM interactions AS i
    JOIN plan_candidates AS c ON i.account = c.account WHERE i.actor <> i.account GROUP BY c.number
"""
"""Posts of each candidate of which somebody's act is in the data: of others it is not known who acted, so that nobody's silence shows."""
WHOLE = """
    SELECT DISTINCT c.number FROM follows AS f JOIN plan_candidates AS c ON f.followed = c.account WHERE f.completeness = 'full'
"""
KINDS = ("country", "language", "platform")


@dataclass(frozen=True)
class Audience:
    """Who is reached by which candidates; pairs of an element (alike members) and a candidate, in order of the elements."""

    element: Numbers
    candidate: Numbers
    chance: Floats | None
    """That one post of the candidate moves a member; None: everybody in the audience counts as reached."""
    people: Floats
    """Members in each element."""
    fit: Floats
    """How well they fit the brief's countries and languages, 0..1."""
    kinds: dict[str, tuple[Numbers, tuple[str, ...]]]
    """country, language, platform -> (place in the names for each element, -1 unknown; names)."""
    followers_named: Numbers
    """Of each candidate, how many followers the data name."""
    whole: NDArray[np.bool_]
    """Of which candidates a file says that it holds all followers."""
    candidates: int
    sources: tuple[str, ...]
    without_false: int
    usual: float | None
    """Of all chances to act on a post, the share that was taken; None where no act is known."""

    @property
    def known(self) -> bool:
        """Whether anything is known of who would be reached."""
        return bool(len(self.people))

    def members(self) -> Cover:
        """The cover in which every known member counts as one."""
        return self._cover(self.people, None)

    def reach(self, *, robust: bool = False) -> Cover:
        """The cover of the objective: members by how well they fit, each moved with the chance that was learned."""
        chance = self.chance
        if robust:  # whoever declines moves nobody, and people decline independently: the expectation is exact
            chance = (1 - DECLINES) * (np.ones(len(self.element)) if chance is None else chance)
        return self._cover(self.people * self.fit, chance)

    def _cover(self, weight: Floats, chance: Floats | None) -> Cover:
        return Cover.of(
            self.element, self.candidate, weight=weight, chance=chance, size=len(self.people), among=self.candidates
        )

    def shared(self, picks: Sequence[int]) -> Floats:
        """Of each two picks, how many known members both have; on the diagonal the audience of each."""
        from scipy.sparse import csr_array

        seat = np.full(self.candidates, -1)
        seat[list(picks)] = np.arange(len(picks))
        mine = seat[self.candidate] >= 0
        shape = (len(picks), max(len(self.people), 1))
        held = csr_array((np.ones(int(mine.sum())), (seat[self.candidate[mine]], self.element[mine])), shape=shape)
        weighed = csr_array(
            (self.people[self.element[mine]], (seat[self.candidate[mine]], self.element[mine])), shape=shape
        )
        return (weighed @ held.T).toarray()

    def reached_by(self, picks: Sequence[int]) -> NDArray[np.bool_]:
        """Which elements any of the picks reaches."""
        found = np.zeros(len(self.people), np.bool_)
        found[self.element[np.isin(self.candidate, list(picks))]] = True
        return found


def read_audience(
    engine: Engine, rows: pa.Table, accounts: Sequence[str], brief: Brief, usual: float | None = None
) -> Audience:
    """Read who follows these candidates and who acted on their posts; `usual` is given where others have said it."""
    numbered = pa.table({"number": pa.array(np.arange(len(accounts))), "account": pa.array(accounts, pa.string())})
    engine.register("plan_candidates", numbered)
    pairs, posted = engine.table(PAIRS), engine.table(POSTS)
    whole = np.isin(np.arange(len(accounts)), engine.table(WHOLE).column("number").to_numpy())
    engine.forget("plan_candidates")
    posts = np.zeros(len(accounts), np.int64)
    posts[posted.column("number").to_numpy()] = posted.column("posts").to_numpy()
    return _read(pairs, posts, whole, rows, brief, usual)


def _read(
    pairs: pa.Table, posts: Numbers, whole: NDArray[np.bool_], rows: pa.Table, brief: Brief, usual: float | None
) -> Audience:
    size = len(posts)
    coded: Any = in_one(pairs.column("member")).dictionary_encode()
    member, names = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64), coded.dictionary
    candidate, acted = (pairs.column(name).to_numpy().astype(np.int64) for name in ("number", "acted"))
    follows = pairs.column("follows").to_numpy(zero_copy_only=False).astype(np.bool_)
    said = _Said.of(rows, names)
    genuine = ~said.false[member]
    kept_member, kept, taken, true_fans = (of[genuine] for of in (member, candidate, acted, follows))
    chance, usual = _learned(kept, taken, true_fans, posts, usual)
    fit = _fit(brief, said)
    element, people, first = _alike(kept_member, kept, 2 * taken + true_fans, said, len(names))
    pair_element = element[kept_member]
    key = pair_element * max(size, 1) + kept
    _, once = np.unique(key, return_index=True)
    return Audience(
        element=pair_element[once],
        candidate=kept[once],
        chance=None if chance is None else chance[once],
        people=people,
        fit=fit[first],
        kinds={name: (codes[first], names) for name, (codes, names) in said.kinds.items()},
        followers_named=np.bincount(candidate[follows], minlength=size),
        whole=whole,
        candidates=size,
        sources=tuple(
            name
            for name, there in (("follows", follows.any()), ("acts", (acted > 0).any() or (~follows).any()))
            if there
        ),
        without_false=int(said.false[np.unique(member)].sum()),
        usual=usual,
    )


@dataclass(frozen=True)
class _Said:
    """What the table of signals says of each member, by number."""

    false: NDArray[np.bool_]
    kinds: dict[str, tuple[Numbers, tuple[str, ...]]]

    @classmethod
    def of(cls, rows: pa.Table, names: pa.Array) -> _Said:
        at = pc.index_in(names, value_set=in_one(rows.column("account")))
        known = {
            "country": pc.utf8_upper(in_one(rows.column("country"))),
            "language": pc.coalesce(_part(rows, "language", "label"), in_one(rows.column("language_declared"))),
        }
        told = {name: column.take(at) for name, column in known.items()}
        told["platform"] = pc.list_element(pc.split_pattern(names, ":", max_splits=1), 0) if len(names) else names
        genuine = _part(rows, "authenticity", "value").take(at)
        false = pc.fill_null(pc.less(genuine, FLAGGED_BELOW), False).to_numpy(zero_copy_only=False)
        return cls(false.astype(np.bool_), {name: _codes(told[name]) for name in KINDS})


def _part(rows: pa.Table, signal: str, part: str) -> pa.Array:
    return pc.struct_field(in_one(rows.column(signal)), part)


def _codes(column: pa.Array) -> tuple[Numbers, tuple[str, ...]]:
    coded: Any = column.dictionary_encode()
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, tuple(coded.dictionary.to_pylist())


def _learned(
    candidate: Numbers, acted: Numbers, follows: NDArray[np.bool_], posts: Numbers, usual: float | None
) -> tuple[Floats | None, float | None]:
    """The chance of each pair, and what is usual among all; None where nothing tells how often somebody acts."""
    known_by_it = ~follows & (acted > 0)  # the act by which somebody became known is no draw
    taken, tried = acted - known_by_it, posts[candidate] - known_by_it
    if usual is None and not taken.sum():
        return None, None
    usual = float(taken.sum() / tried.sum()) if usual is None else usual
    hits, chances = (np.bincount(candidate, weights=of, minlength=len(posts)) for of in (taken, tried))
    own = (hits + USUAL_DRAWN * usual) / (chances + USUAL_DRAWN)
    return np.minimum((taken + DRAWN * own[candidate]) / (tried + DRAWN), 1.0), usual


def _fit(brief: Brief, said: _Said) -> Floats:
    """How well each member fits the brief's countries and languages."""
    fit = np.ones(len(said.false))
    for name, wanted in wishes(brief).items():
        codes, names = said.kinds[name]
        fits = np.array([one.lower() in wanted for one in names] or [False])[np.maximum(codes, 0)]
        known = (codes >= 0) & ~said.false
        share = float(fits[known].mean()) if known.sum() >= FEWEST_KNOWN else 1.0
        fit *= np.where(codes >= 0, fits, share)
    return fit


def wishes(brief: Brief) -> dict[str, frozenset[str]]:
    """What a brief wishes of an audience: countries and languages, in lower case."""
    asked = ((name, brief.segments.get(name, ())) for name in ("country", "language"))
    return {name: frozenset(value.lower() for value in values) for name, values in asked if values}


def _alike(
    member: Numbers, candidate: Numbers, between: Numbers, said: _Said, size: int
) -> tuple[Numbers, Floats, Numbers]:
    """The element of each member, the members of each element, and a member of each.

    Members are alike when the same candidates reach them, with as much `between` them, and the same is known of them. Each pair is hashed
    to 64 bits and a member is the sum of its pairs (Zobrist 1970): of a million members, two that are not alike meet by chance
    once in 30 million times.
    """
    hashed = np.zeros(size, np.uint64)
    np.add.at(
        hashed,
        member,
        _mixed(candidate.astype(np.uint64) << np.uint64(32) | np.minimum(between, 2**31).astype(np.uint64)),
    )
    for place, (codes, _) in enumerate(said.kinds.values()):
        hashed += _mixed((codes + 2).astype(np.uint64) + (np.uint64(place + 1) << np.uint64(60)))
    there = np.zeros(size, np.bool_)
    there[member] = True
    order = np.flatnonzero(there)
    _, first, element, people = np.unique(hashed[order], return_index=True, return_inverse=True, return_counts=True)
    found = np.full(size, -1)
    found[order] = element
    return found, people.astype(np.float64), order[first]


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each number hashed to 64 bits (splitmix64; Steele, Lea & Flood 2014)."""
    x = numbers + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
