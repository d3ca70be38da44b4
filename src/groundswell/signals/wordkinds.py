"""What is in a text: kinds of words that stand together, in several languages at once, words in a row, and parts of words.

"The hotel invited us", "das Hotel hat uns eingeladen" and "el hotel nos invitó" share hardly a letter, but all are COMPANY INVITE ME in
some order. So words and short phrases are looked up in a table (`wordkinds.toml`), the longest that fits, and counted is what stands
alone, beside, and in one sentence with what; with them pairs and triples of the words themselves, and parts of words of three to
five letters, so that "leihweise" is near "ausgeliehen". Each thing is a number by its hash; only what was learned has a weight, so
that a text of other things weighs nothing. Compiled, one pass, no list of strings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from groundswell.signals.wordsums import ALONE, READ_AT_MOST, buffers, decoded, folded, mixed, split

Array = NDArray[Any]
SIGNS = ".\n…%€$£|:()[]!?"
"""Signs that are words here, beside those that are always."""
LONGEST = 5
"""Words of a phrase that are looked up."""
PREFIX = 24
"""Letters up to which the beginning of a word is looked up."""
OTHER, SIGN, SEPARATOR, FIGURE, HANDLE, ADDRESS, TAG, QUESTION, BREAK, OWN = range(10)
"""Kinds of words that are not in the table; those that are have numbers from OWN on."""
FLOOR = 1000.0
"""Added to the squared length of a vector before it is made one of unit length, so that of a text of two known words neither counts for
all of it (design choice: of 0 to 3,000 it takes fewest posts of strangers for paid ones)."""
MOST = 1 << 14
"""Things counted of one text at most: a text may be hostile."""


@dataclass(frozen=True)
class Kinds:
    """A table of words, ready to be looked up: open addressing, 0 where nothing is."""

    keys: NDArray[np.uint64]
    kinds: NDArray[np.int16]


@cache
def _table() -> NDArray[np.uint32]:
    table = folded().copy()
    for sign in SIGNS:
        table[ord(sign)] = ord(sign) | ALONE << 24
    return table


def kinds_of(declared: Mapping[str, Sequence[str]]) -> Kinds:
    """The table for kinds of words: "sent*" is any ending, several words stand in a row, a word counts for the first kind that lists it."""
    found: dict[int, int] = {}
    for number, words in enumerate(declared.values(), start=OWN):
        for phrase in words:
            found.setdefault(_key(phrase), number)
    size = 1 << (4 * len(found)).bit_length()
    keys, kinds = np.zeros(size, np.uint64), np.zeros(size, np.int16)
    for key, number in found.items():
        place = key % size
        while keys[place]:
            place = (place + 1) % size
        keys[place], kinds[place] = key, number
    return Kinds(keys, kinds)


def _key(phrase: str) -> int:
    data = np.frombuffer(phrase.rstrip("*").encode(), np.uint8)
    return int(_key_of(data, phrase.endswith("*"), _table())) or 1


def things(texts: pa.Array, kinds: Kinds) -> tuple[Array, Array, Array]:
    """Of each text what is in it, as (where each text begins, keys, groups); a thing may be there more than once."""
    offsets, data = buffers(texts.cast(pa.large_string()))
    return _all_things(offsets, data, _table(), kinds.keys, kinds.kinds)


@dataclass(frozen=True)
class Weighed:
    """Weights of things: open addressing, 0 where nothing is."""

    keys: NDArray[np.uint32]
    weights: NDArray[np.float32]
    rarity: NDArray[np.float32]


def weighed(keys: NDArray[np.uint32], weights: NDArray[np.float32], rarity: NDArray[np.float32]) -> Weighed:
    """Weights, ready to be looked up."""
    size = 1 << (2 * len(keys)).bit_length()
    return Weighed(*_laid_out(keys, weights, rarity, size))


def added(texts: pa.Array, kinds: Kinds, given: Weighed) -> NDArray[np.float32]:
    """Of each text the sum of the weights of what is in it, each thing once; kinds, words and parts of words are vectors of about unit length."""
    offsets, data = buffers(texts.cast(pa.large_string()))
    return np.asarray(
        _all_added(offsets, data, _table(), kinds.keys, kinds.kinds, given.keys, given.weights, given.rarity)
    )


@njit(cache=True, nogil=True)
def _key_of(data, prefix, table):  # type: ignore[no-untyped-def]
    letters, said = np.empty(READ_AT_MOST, np.uint32), np.empty(READ_AT_MOST + 8, np.uint32)
    begins = np.empty(READ_AT_MOST + 8, np.int64)
    words = split(letters, decoded(data, 0, len(data), letters), table, said, begins)
    key = np.uint64(3)
    for word in range(words):
        told = np.uint64(7)
        for place in range(begins[word], begins[word + 1]):
            told = mixed(told, np.uint64(said[place]))
        key = mixed(key, told)
    return mixed(key, np.uint64(2 if prefix else 1))


@njit(cache=True, nogil=True)
def _found(key, keys, kinds):  # type: ignore[no-untyped-def]
    size = np.uint64(len(keys))
    place = key % size
    while keys[place] != 0:
        if keys[place] == key:
            return kinds[place]
        place = (place + np.uint64(1)) % size
    return np.int16(0)


@njit(cache=True, nogil=True)
def _row(said, begins, words, keys, kinds, hashes, row):  # type: ignore[no-untyped-def]
    """Write the kinds of words one after another; return how many there are."""
    for word in range(words):
        told = np.uint64(7)
        for place in range(begins[word], begins[word + 1]):
            told = mixed(told, np.uint64(said[place]))
            hashes[place] = told
    count, word = 0, 0
    while word < words:
        kind, used = np.int16(0), 1
        for size in range(min(LONGEST, words - word), 0, -1):
            before = np.uint64(3)
            for further in range(word, word + size - 1):
                before = mixed(before, hashes[begins[further + 1] - 1])
            first, end = begins[word + size - 1], begins[word + size]
            kind = _found(mixed(mixed(before, hashes[end - 1]), np.uint64(1)), keys, kinds)
            place = min(end, first + PREFIX)
            while kind == 0 and place >= first + 2:
                kind = _found(mixed(mixed(before, hashes[place - 1]), np.uint64(2)), keys, kinds)
                place -= 1
            if kind != 0:
                used = size
                break
        if kind == 0:
            kind = _sign(said[begins[word]], begins[word + 1] - begins[word])
        row[count] = kind
        count += 1
        word += used
    return count


@njit(cache=True, nogil=True)
def _sign(sign, size):  # type: ignore[no-untyped-def]
    if size > 1:
        return np.int16(FIGURE if sign == 48 else OTHER)
    if sign == 63:
        return np.int16(QUESTION)
    if sign == 46 or sign == 10 or sign == 0x2026 or sign == 33:
        return np.int16(BREAK)
    if sign == 64:
        return np.int16(HANDLE)
    if sign == 47:
        return np.int16(ADDRESS)
    if sign == 35:
        return np.int16(TAG)
    if sign == 58 or sign == 124 or sign == 40 or sign == 41 or sign == 91 or sign == 93:
        return np.int16(SEPARATOR)
    if sign == 48:
        return np.int16(FIGURE)
    return np.int16(OTHER if sign < 0x2000 else SIGN)


@njit(cache=True, nogil=True)
def _thing(salt, one, two, three):  # type: ignore[no-untyped-def]
    told = mixed(mixed(mixed(np.uint64(salt), np.uint64(one)), np.uint64(two)), np.uint64(three))
    return np.uint32(told) | np.uint32(1)


@njit(cache=True, nogil=True)
def _of_kinds(row, count, found):  # type: ignore[no-untyped-def]
    """Write what kinds stand together in a row of them; return how many things there are."""
    if count == 0:
        return 0
    found[0], found[1] = _thing(1, row[0], 0, 0), _thing(2, row[count - 1], 0, 0)
    found[2] = _thing(3, min(count // 16, 5), 0, 0)
    total = 3
    told, known = np.empty(count, np.int16), np.empty(count, np.int16)
    begin = 0
    while begin < count:
        end = begin
        while end < count and row[end] != BREAK and row[end] != QUESTION:
            end += 1
        size, distinct = 0, 0
        for place in range(begin, min(end + 1, count)):  # a question belongs to its sentence
            kind = row[place]
            if kind < HANDLE or kind == BREAK:
                continue
            told[size] = kind
            size += 1
            new = True
            for other in range(distinct):
                new = new and known[other] != kind
            if new:
                known[distinct] = kind
                distinct += 1
        for place in range(size):
            if total + 3 >= MOST:
                break
            found[total] = _thing(4, told[place], 0, 0)
            total += 1
            if place + 1 < size:
                found[total] = _thing(5, told[place], told[place + 1], 0)
                total += 1
            if place + 2 < size:
                found[total] = _thing(6, told[place], told[place + 1], told[place + 2])
                total += 1
        for place in range(distinct):
            for other in range(place + 1, distinct):
                if total >= MOST:
                    break
                found[total] = _thing(7, min(known[place], known[other]), max(known[place], known[other]), 0)
                total += 1
        for place in range(begin, end - 1):
            if total >= MOST:
                break
            if row[place] > SIGN or row[place + 1] > SIGN:
                found[total] = _thing(8, row[place], row[place + 1], 0)
                total += 1
        begin = end + 1
    return total


@njit(cache=True, nogil=True)
def _of_words(begins, words, hashes, found):  # type: ignore[no-untyped-def]
    """Write words, pairs and triples of them; return how many things there are."""
    total = 0
    for word in range(words):
        one = hashes[begins[word + 1] - 1]
        found[total] = _thing(9, one, 0, 0)
        total += 1
        if word + 1 < words:
            two = hashes[begins[word + 2] - 1]
            found[total] = _thing(10, one, two, 0)
            total += 1
            if word + 2 < words:
                found[total] = _thing(11, one, two, hashes[begins[word + 3] - 1])
                total += 1
    return total


@njit(cache=True, nogil=True)
def _of_parts(said, begins, words, found):  # type: ignore[no-untyped-def]
    """Write parts of words, whose ends are letters, too; return how many things there are."""
    total = 0
    for word in range(words):
        first, last = begins[word], begins[word + 1]
        for size in range(3, 6):
            for at in range(first - 1, last + 2 - size):
                told = np.uint64(12)
                for place in range(at, at + size):
                    told = mixed(told, np.uint64(32) if place < first or place >= last else np.uint64(said[place]))
                found[total] = np.uint32(told) | np.uint32(1)
                total += 1
    return total


@njit(cache=True, nogil=True)
def _of_group(group, row, length, said, begins, words, hashes, found):  # type: ignore[no-untyped-def]
    """Write what is in a text of one group: kinds of words together, words in a row, or parts of words; return how many things there are."""
    if group == 0:
        return _of_kinds(row, length, found)
    if group == 1:
        return _of_words(begins, words, hashes, found)
    return _of_parts(said, begins, words, found)


@njit(cache=True, nogil=True)
def _all_things(offsets, data, table, keys, kinds):  # type: ignore[no-untyped-def]
    size = len(offsets) - 1
    letters, said = np.empty(READ_AT_MOST, np.uint32), np.empty(READ_AT_MOST + 8, np.uint32)
    begins, hashes = np.empty(READ_AT_MOST + 8, np.int64), np.empty(READ_AT_MOST + 8, np.uint64)
    row, found = np.empty(READ_AT_MOST + 8, np.int16), np.empty(MOST + 8, np.uint32)
    starts, total = np.zeros(size + 1, np.int64), 0
    places, groups = np.empty(1 << 16, np.uint32), np.empty(1 << 16, np.uint8)
    for text in range(size):
        words = split(letters, decoded(data, offsets[text], offsets[text + 1], letters), table, said, begins)
        length = _row(said, begins, words, keys, kinds, hashes, row)
        for group in range(3):
            count = _of_group(group, row, length, said, begins, words, hashes, found)
            while total + count > len(places):
                wider, more = np.empty(2 * len(places), np.uint32), np.empty(2 * len(places), np.uint8)
                wider[:total], more[:total] = places[:total], groups[:total]
                places, groups = wider, more
            places[total : total + count] = found[:count]
            groups[total : total + count] = group
            total += count
        starts[text + 1] = total
    return starts, places[:total], groups[:total]


@njit(cache=True, nogil=True)
def _laid_out(keys, weights, rarity, size):  # type: ignore[no-untyped-def]
    laid, told, rare = np.zeros(size, np.uint32), np.zeros(size, np.float32), np.zeros(size, np.float32)
    for number in range(len(keys)):
        place = keys[number] % np.uint32(size)
        while laid[place] != 0:
            place = (place + np.uint32(1)) % np.uint32(size)
        laid[place], told[place], rare[place] = keys[number], weights[number], rarity[number]
    return laid, told, rare


@njit(cache=True, nogil=True)
def _all_added(offsets, data, table, keys, kinds, things, weights, rarity):  # type: ignore[no-untyped-def]
    size, room = len(offsets) - 1, np.uint32(len(things))
    letters, said = np.empty(READ_AT_MOST, np.uint32), np.empty(READ_AT_MOST + 8, np.uint32)
    begins, hashes = np.empty(READ_AT_MOST + 8, np.int64), np.empty(READ_AT_MOST + 8, np.uint64)
    row, found = np.empty(READ_AT_MOST + 8, np.int16), np.empty(MOST + 8, np.uint32)
    counted = np.full(len(things), -1, np.int64)  # the last text that had it
    result = np.zeros(size, np.float32)
    for text in range(size):
        words = split(letters, decoded(data, offsets[text], offsets[text + 1], letters), table, said, begins)
        length = _row(said, begins, words, keys, kinds, hashes, row)
        for group in range(3):
            count = _of_group(group, row, length, said, begins, words, hashes, found)
            total, squares = 0.0, FLOOR
            for number in range(count):
                place = found[number] % room
                while things[place] != 0 and things[place] != found[number]:
                    place = (place + np.uint32(1)) % room
                if things[place] == 0 or counted[place] == text:
                    continue
                counted[place] = text
                total += weights[place] * rarity[place]
                squares += rarity[place] ** 2
            result[text] += total / np.sqrt(squares)
    return result


__all__ = ["Kinds", "Weighed", "added", "kinds_of", "things", "weighed"]
