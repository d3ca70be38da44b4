"""With whom is somebody compared? Groups of the like, learned once from everybody and kept, so that strangers change no number.

Peers share the platform, then as much more as can be had with at least thirty others: language, kind of account, main topic,
occupation, country, age of the account. Never the number of followers: that is what is compared. What an account does not tell of
itself is left out, not guessed. A *ladder* keeps, group by group, the sorted numbers of its members, drawn by lot where there
are many; to place somebody is a search in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.columns import in_one
from groundswell.records import language_name, platform_name

pc: Any = _compute  # its functions are made at run time, no type checker knows them

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

PEERS_LEAST = 30
"""Below it a place among peers is not said: at 0.90 its interval is 11 points wide to either side (design choice)."""
PEERS_MOST = 400
"""Members of a group that are kept; at 0.90 the interval is then 2.5 points wide to either side (design choice)."""
MOST_WORDS = 250
"""Values of an attribute that form groups, the commonest ones: seven attributes of 250 values fit one 64-bit key."""
LONGEST_WORD = 60
NAMED = {"platform": platform_name, "language": language_name}
"""Attribute -> how its values are said; the others are words already."""
HALVINGS = 10
"""Steps of a search among PEERS_MOST: 2 to the tenth is more than that."""


@dataclass(frozen=True)
class Likeness:
    """By what groups are formed: attributes, the one that is kept longest first, each with the values that form groups."""

    words: Mapping[str, Sequence[str]]
    at_least: int = 1
    """Attributes that are never left out."""

    @classmethod
    def learned(cls, columns: Mapping[str, pa.Array], at_least: int = 1) -> Likeness:
        """From what everybody says: values that too few share form no group."""
        return cls({name: _common(column) for name, column in columns.items()}, at_least)

    def codes(self, columns: Mapping[str, pa.Array]) -> Whole:
        """One row an attribute, one column an account: the number of its value from 1 on, 0 where it is unknown or rare."""
        found = [
            pc.fill_null(pc.index_in(columns[name], value_set=pa.array(words, pa.string())), -1).to_numpy(
                zero_copy_only=False
            )
            for name, words in self.words.items()
        ]
        return np.asarray(found, np.int64).reshape(len(self.words), -1) + 1

    @cached_property
    def steps(self) -> Whole:
        """What one step of each attribute's number adds to the key of a group."""
        sizes = [len(words) + 1 for words in self.words.values()]
        return np.cumprod([1, *sizes[:-1]]).astype(np.int64)

    def chains(self, codes: Whole) -> Whole:
        """The keys of each account's groups, one row a level: the narrowest first, attributes left out from the last on."""
        upto = np.cumsum(codes * self.steps[:, None], axis=0)
        told = (codes[: self.at_least] > 0).all(axis=0)
        return np.where(told, upto[self.at_least - 1 :][::-1], -1)

    def said(self, key: int) -> str:
        """A group in words: "Instagram, German, personal, vegan food"."""
        found: list[str] = []
        for name, words in self.words.items():
            key, code = divmod(key, len(words) + 1)
            if code:
                found.append(NAMED.get(name, str)(words[code - 1]))
        return ", ".join(found)


def plain_words(column: Any) -> pa.Array:
    """Text as it forms groups: short, lower case, null where it is empty."""
    if isinstance(column, pa.ChunkedArray):
        column = in_one(column)
    short = pc.utf8_trim_whitespace(pc.utf8_lower(pc.utf8_slice_codeunits(column, 0, LONGEST_WORD)))
    return pc.if_else(pc.equal(short, ""), pa.scalar(None, pa.string()), short)


def _common(column: pa.Array) -> list[str]:
    """Values that at least PEERS_LEAST share, the commonest MOST_WORDS of them, ties by the alphabet."""
    counted = [(one["counts"], one["values"]) for one in pc.value_counts(column).to_pylist() if one["values"]]
    often = sorted(((-count, word) for count, word in counted if count >= PEERS_LEAST))
    return [word for _, word in often[:MOST_WORDS]]


@dataclass(frozen=True)
class Placed:
    """Where numbers stand among those of their groups; `group` -1 and n 0 where there are no peers."""

    group: Whole
    twice_below: Whole
    """Twice the members below, those that tie counted half."""
    n: Whole

    @property
    def share(self) -> Floats:
        """Share of peers below; nan without peers."""
        return np.where(self.n > 0, self.twice_below / np.maximum(2.0 * self.n, 1.0), np.nan)

    def limit(self, probability: float) -> Floats:
        """Quantile of Beta(r + 1/2, n - r + 1/2), r of n peers below; 0 and 1 stay where nobody or everybody is below."""
        from scipy.special import betaincinv

        # Many share r and n: the inverse is taken once for each pair.
        pairs, back = np.unique(self.n * (4 * PEERS_MOST) + self.twice_below, return_inverse=True)
        n, below = pairs // (4 * PEERS_MOST), (pairs % (4 * PEERS_MOST)) / 2.0
        found = np.asarray(betaincinv(below + 0.5, n - below + 0.5, probability), np.float64)
        middle = below / np.maximum(n, 1)
        found = np.minimum(found, middle) if probability < 0.5 else np.maximum(found, middle)
        return np.where(n > 0, found, np.nan)[back]


@dataclass(frozen=True)
class Ladder:
    """Sorted numbers of the members, group by group: `values[starts[i]:starts[i + 1]]` are those of the group `keys[i]`."""

    keys: Whole
    starts: Whole
    values: Floats

    def place(self, chains: Whole, numbers: Floats) -> Placed:
        """Place each number in the narrowest group of its account's chain that is kept, among the others there.

        A number that stands in the group is taken for the account's own and left out. Where all others have the same, nobody has a place.
        """
        group = self._narrowest(chains, np.isfinite(numbers))
        known = group >= 0
        start = np.where(known, self.starts[:-1][group] if len(self.keys) else 0, 0)
        stop = np.where(known, self.starts[1:][group] if len(self.keys) else 0, 0)
        below = _search(self.values, start, stop, numbers, strict=True) - start
        upto = _search(self.values, start, stop, numbers, strict=False) - start
        itself = (upto > below).astype(np.int64)
        n = stop - start - itself
        known &= (n >= PEERS_LEAST) & ((below > 0) | (upto - itself < n))
        return Placed(np.where(known, group, -1), np.where(known, below + upto - itself, 0), np.where(known, n, 0))

    def _narrowest(self, chains: Whole, wanted: NDArray[np.bool_]) -> Whole:
        group = np.full(chains.shape[1], -1, np.int64)
        if not len(self.keys):
            return group
        for level in chains:
            place = np.minimum(np.searchsorted(self.keys, level), len(self.keys) - 1)
            found = wanted & (group < 0) & (level > 0) & (self.keys[place] == level)
            group[found] = place[found]
        return group


def _search(values: Floats, start: Whole, stop: Whole, numbers: Floats, *, strict: bool) -> Whole:
    """How many of values[start:stop] lie below (or, not strict, at or below) each number, as a place in `values`."""
    low, high = start.copy(), stop.copy()
    for _ in range(HALVINGS):
        middle = (low + high) // 2
        found = values[np.minimum(middle, max(len(values) - 1, 0))] if len(values) else np.full(len(low), np.inf)
        up = (low < high) & ((found < numbers) if strict else (found <= numbers))
        low, high = np.where(up, middle + 1, low), np.where(up | (low >= high), high, middle)
    return low


def learn_ladders(likeness: Likeness, codes: Whole, numbers: Mapping[str, Floats], seed: int = 0) -> dict[str, Ladder]:
    """A ladder for each of the numbers, of the groups that somebody is compared with and the widest ones."""
    chains = likeness.chains(codes)
    lot = np.random.default_rng(seed).permutation(codes.shape[1])
    sorted_by = list(_groupings(likeness, codes))
    return {name: _ladder(sorted_by, chains, lot, values) for name, values in numbers.items()}


def _groupings(likeness: Likeness, codes: Whole) -> Iterator[tuple[Whole, Whole]]:
    """For each set of attributes by which anybody is grouped: (accounts that tell all of them, sorted by key; their keys)."""
    bits = 1 << np.arange(len(codes))
    known = np.unique(((codes > 0) * bits[:, None]).sum(axis=0))
    upto = [(1 << level) - 1 for level in range(likeness.at_least, len(codes) + 1)]
    always = (1 << likeness.at_least) - 1
    for mask in sorted({int(one) & limit for one in known for limit in upto}):
        if mask & always != always:
            continue
        used = (bits & mask) > 0
        accounts = np.flatnonzero((codes[used] > 0).all(axis=0))
        keys = (codes[used][:, accounts] * likeness.steps[used][:, None]).sum(axis=0)
        order = np.argsort(keys, kind="stable")
        yield accounts[order], keys[order]


def _ladder(sorted_by: Sequence[tuple[Whole, Whole]], chains: Whole, lot: Whole, values: Floats) -> Ladder:
    known = [(accounts[told], keys[told]) for accounts, keys in sorted_by for told in [np.isfinite(values[accounts])]]
    large = np.sort(np.concatenate([np.empty(0, np.int64), *(_large(keys) for _, keys in known)]))
    chosen = np.union1d(_chosen(large, chains[:, np.isfinite(values)]), np.intersect1d(large, chains[-1]))
    parts = [_members(accounts, keys, chosen, lot, values) for accounts, keys in known]
    keys = np.concatenate([np.empty(0, np.int64), *(part[0] for part in parts)])
    found = np.concatenate([np.empty(0, np.float64), *(part[1] for part in parts)])
    order = np.lexsort((found, keys))
    kept, starts = np.unique(keys[order], return_index=True)
    return Ladder(kept, np.append(starts, len(found)).astype(np.int64), found[order])


def _large(keys: Whole) -> Whole:
    """Keys of groups in which each member has at least PEERS_LEAST others; `keys` are sorted."""
    found, counts = np.unique(keys, return_counts=True)
    return found[counts > PEERS_LEAST]


def _chosen(large: Whole, chains: Whole) -> Whole:
    """The groups in which anybody is placed."""
    empty = Ladder(large, np.zeros(len(large) + 1, np.int64), np.empty(0))
    group = empty._narrowest(chains, np.ones(chains.shape[1], bool))  # pyright: ignore[reportPrivateUsage]
    return large[np.unique(group[group >= 0])]


def _members(accounts: Whole, keys: Whole, chosen: Whole, lot: Whole, values: Floats) -> tuple[Whole, Floats]:
    """(key, number) of up to PEERS_MOST members of each chosen group, drawn by lot."""
    inside = np.isin(keys, chosen)
    accounts, keys = accounts[inside], keys[inside]
    order = np.lexsort((lot[accounts], keys))
    accounts, keys = accounts[order], keys[order]
    _, first, size = np.unique(keys, return_index=True, return_counts=True)
    drawn = np.arange(len(keys)) - np.repeat(first, size) < PEERS_MOST
    return keys[drawn], values[accounts[drawn]]
