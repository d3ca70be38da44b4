"""What a text does, told by weights of its words: sums that are quick over millions of texts, in any of the languages at once.

A text becomes small letters without accents; names become one sign, addresses another, figures one figure. Counted are words, pairs
and triples of words, and parts of words of three to six letters, so that "probiert" is near "ausprobieren". Each is found in one table
of weights by its hash (Weinberger et al. 2009, feature hashing), so that no list of words is kept and no word is unknown. What is
rare counts more, and long texts no more than short ones (tf-idf of unit length, Salton & Buckley 1988). The sum says how surely a
text does a thing; what things, and where the weights are from, `said` tells.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

BITS = 17
"""Places of the table of weights: 2 ** 17 (design choice: more tell nothing more of some thousand texts)."""
READ_AT_MOST = 2_000
"""Letters of a text that are read (design choice: a text may be hostile)."""
MOST_FEATURES = 32 * READ_AT_MOST
NAME, ADDRESS, FIGURE = ord("@"), ord("/"), ord("0")
SEPARATES, ALONE, MARK = 0, 1, 2
KNOWN = 0x20000
"""Signs whose reading is in the table; the others are pictures, or scripts that are not read."""
Array = NDArray[Any]


@cache
def folded() -> Array:
    """Sign -> what it is read as: a plain small letter, FIGURE or SEPARATES.

    In the upper byte: ALONE for a sign that is a word, MARK for one that belongs to the letter before it and is passed over.
    """
    table = np.zeros(KNOWN, np.uint32)
    for code in range(KNOWN):
        sign, kind = chr(code), unicodedata.category(chr(code))
        if sign.isalpha():
            plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", sign).lower() or sign)[0]
            table[code] = ord(plain) if plain.isalpha() else code
        elif sign.isdigit():
            table[code] = FIGURE
        elif kind.startswith("M"):
            table[code] = MARK << 24
        elif sign in "?!@#" or kind == "So":
            table[code] = code | ALONE << 24
    return table


def features(texts: pa.Array) -> tuple[Array, Array, Array]:
    """Of each text the places that it adds up, as (where each text begins, places, shares)."""
    array = texts.cast(pa.large_string())
    offsets, data = buffers(array)
    return _all_features(offsets, data, folded())


def sums(texts: pa.Array, rarity: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each text the sum of its weights, one column a thing; `rarity` is of places, `weights` of places x things."""
    array = texts.cast(pa.large_string())
    offsets, data = buffers(array)
    return np.asarray(_all_sums(offsets, data, folded(), rarity, weights))


def buffers(array: pa.Array) -> tuple[Array, Array]:
    """Where each text of an array of large strings begins, and all their bytes."""
    _, offsets, data = array.buffers()
    places = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    return places, np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)


@njit(cache=True, nogil=True)
def decoded(data, start, end, letters):  # type: ignore[no-untyped-def]
    """Decode UTF-8 into code points; return how many."""
    count, place = 0, start
    while place < end and count < len(letters):
        first = np.uint32(data[place])
        more = 0 if first < 0x80 else 1 if first < 0xE0 else 2 if first < 0xF0 else 3
        code = first if more == 0 else first & np.uint32(0x3F >> more)
        for step in range(1, more + 1):
            if place + step < end:
                code = (code << np.uint32(6)) | (np.uint32(data[place + step]) & np.uint32(0x3F))
        letters[count] = code
        count += 1
        place += more + 1
    return count


@njit(cache=True, nogil=True)
def _in_a_name(letters, place, count, table):  # type: ignore[no-untyped-def]
    """Whether a sign goes on with the name of an account: letters, figures and _, and a point or dash between such."""
    code = letters[place]
    if code == 46 or code == 45:
        return place + 1 < count and (letters[place + 1] == 95 or _is_letter(letters[place + 1], table))
    return code == 95 or _is_letter(code, table)


@njit(cache=True, nogil=True)
def _is_letter(code, table):  # type: ignore[no-untyped-def]
    return code < KNOWN and table[code] != 0 and table[code] >> np.uint32(24) != ALONE


@njit(cache=True, nogil=True)
def split(letters, count, table, said, begins):  # type: ignore[no-untyped-def]
    """Write the letters of the words one after another; return how many words there are."""
    words, length, place = 0, 0, 0
    begins[0] = 0
    within = False
    while place < count:
        code = letters[place]
        told = table[code] if code < KNOWN else (code & np.uint32(0xFFFFF)) | np.uint32(ALONE << 24)
        alone = told >> np.uint32(24) == ALONE
        plain = told & np.uint32(0xFFFFFF)
        if told >> np.uint32(24) == MARK:
            place += 1
            continue
        if told == 0 or alone:
            if within:
                words += 1
                begins[words] = length
                within = False
            if alone:
                said[length] = plain
                length += 1
                words += 1
                begins[words] = length
                if plain == NAME:  # whose name it is says nothing
                    while place + 1 < count and _in_a_name(letters, place + 1, count, table):
                        place += 1
        else:
            said[length] = plain
            length += 1
            within = True
            begun = length - begins[words]
            if (
                begun >= 4
                and begun <= 5
                and place + 2 < count
                and letters[place + 1] == 58
                and letters[place + 2] == 47
                and said[begins[words]] == 104
            ):
                length = begins[words]  # "http://": an address
                said[length] = ADDRESS
                length += 1
                words += 1
                begins[words] = length
                within = False
                while place + 1 < count and letters[place + 1] > 32:
                    place += 1
        place += 1
    if within:
        words += 1
        begins[words] = length
    return words


@njit(cache=True, nogil=True)
def mixed(one, other):  # type: ignore[no-untyped-def]
    """A hash of two numbers (the finaliser of MurmurHash3)."""
    told = one * np.uint64(0x9E3779B97F4A7C15) + other
    told ^= told >> np.uint64(33)
    told *= np.uint64(0xFF51AFD7ED558CCD)
    told ^= told >> np.uint64(33)
    return told


@njit(cache=True, nogil=True)
def _places(said, begins, words, found, kinds):  # type: ignore[no-untyped-def]
    """The places of one text: those of words first, then those of parts of words; return how many of each."""
    count = 0
    mask = np.uint64((1 << BITS) - 1)
    for word in range(words):
        told = np.uint64(7)
        for place in range(begins[word], begins[word + 1]):
            told = mixed(told, np.uint64(said[place]))
        kinds[word] = told
    for word in range(words):
        found[count] = np.int32(mixed(kinds[word], np.uint64(1)) & mask)
        count += 1
        if word + 1 < words:
            pair = mixed(kinds[word], kinds[word + 1])
            found[count] = np.int32(pair & mask)
            count += 1
            if word + 2 < words:
                found[count] = np.int32(mixed(pair, kinds[word + 2]) & mask)
                found[count + 1] = np.int32(mixed(mixed(kinds[word], np.uint64(4)), kinds[word + 2]) & mask)
                count += 2
    if words:
        found[count] = np.int32(mixed(kinds[0], np.uint64(5)) & mask)
        found[count + 1] = np.int32(mixed(kinds[words - 1], np.uint64(6)) & mask)
        count += 2
    whole = count
    for word in range(words):
        first, last = begins[word], begins[word + 1]
        for size in range(3, 7):
            for at in range(first - 1, last + 2 - size):  # the ends of a word are letters, too
                told = np.uint64(11)
                for place in range(at, at + size):
                    letter = np.uint64(32) if place < first or place >= last else np.uint64(said[place])
                    told = mixed(told, letter)
                found[count] = np.int32(told & mask)
                count += 1
    return whole, count


@njit(cache=True, nogil=True)
def _all_features(offsets, data, table):  # type: ignore[no-untyped-def]
    """Where each text begins, places, shares."""
    size = len(offsets) - 1
    letters, said = np.empty(READ_AT_MOST, np.uint32), np.empty(READ_AT_MOST + 8, np.uint32)
    begins, found = np.empty(READ_AT_MOST + 8, np.int64), np.empty(MOST_FEATURES, np.int32)
    kinds = np.empty(READ_AT_MOST + 8, np.uint64)
    starts = np.zeros(size + 1, np.int64)
    places, shares = np.empty(1 << 16, np.int32), np.empty(1 << 16, np.float32)
    total = 0
    for text in range(size):
        count = decoded(data, offsets[text], offsets[text + 1], letters)
        words = split(letters, count, table, said, begins)
        whole, every = _places(said, begins, words, found, kinds)
        while total + every > len(places):
            wider, heavier = np.empty(2 * len(places), np.int32), np.empty(2 * len(places), np.float32)
            wider[:total], heavier[:total] = places[:total], shares[:total]
            places, shares = wider, heavier
        places[total : total + every] = found[:every]
        shares[total : total + whole] = 1 / np.sqrt(max(whole, 1))
        shares[total + whole : total + every] = 1 / np.sqrt(max(every - whole, 1))
        total += every
        starts[text + 1] = total
    return starts, places[:total], shares[:total]


@njit(cache=True, nogil=True)
def _all_sums(offsets, data, table, rarity, weights):  # type: ignore[no-untyped-def]
    """The sums of each text."""
    size, things = len(offsets) - 1, weights.shape[1]
    letters, said = np.empty(READ_AT_MOST, np.uint32), np.empty(READ_AT_MOST + 8, np.uint32)
    begins, found = np.empty(READ_AT_MOST + 8, np.int64), np.empty(MOST_FEATURES, np.int32)
    kinds = np.empty(READ_AT_MOST + 8, np.uint64)
    result = np.zeros((size, things), np.float32)
    for text in range(size):
        count = decoded(data, offsets[text], offsets[text + 1], letters)
        words = split(letters, count, table, said, begins)
        whole, every = _places(said, begins, words, found, kinds)
        length = 0.0
        for place in range(every):
            length += rarity[found[place]] ** 2 / max(whole if place < whole else every - whole, 1)
        for place in range(every):
            share = np.float32(
                rarity[found[place]] / np.sqrt(length * max(whole if place < whole else every - whole, 1))
            )
            for thing in range(things):
                result[text, thing] += share * weights[found[place], thing]
    return result


__all__ = ["ALONE", "BITS", "READ_AT_MOST", "buffers", "decoded", "features", "folded", "mixed", "split", "sums"]
