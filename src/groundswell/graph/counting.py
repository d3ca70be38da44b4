"""Compiled loops over a cover: what each candidate adds, what it would leave, what a swap changes. Imported when needed.

An element's state is how many of the chosen reach it for certain (`sure`) and the chance that none of the others does (`left`).
"""
# pyright: reportUntypedFunctionDecorator=false

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = Any
"""An array, as numba sees it; `cover` is a `cover.Arrays`."""
BLOCK = 512
"""Candidates who are looked at together when greedy asks who leads (design choice)."""
SLACK = 1e-9
"""By how much a scaled sum may pass its limit: rounding, not money (design choice)."""


@njit(cache=True, nogil=True)
def _pick(c: int, sure: Array, left: Array, gain: Array, cover: Any) -> None:
    """Choose `c`: what it reaches is worth less to everybody else from now on."""
    certain, step = len(cover.chance_by) == 0, 0 if len(cover.weight) == 1 else 1
    for i in range(cover.first[c], cover.first[c + 1]):
        e = cover.element[i]
        before = left[e] if not certain else 1.0
        if sure[e] > 0:
            before = 0.0
        if certain or cover.chance_to[i] >= 1.0:
            sure[e] += 1
            gone = before
        else:
            left[e] *= 1.0 - cover.chance_to[i]
            gone = before * cover.chance_to[i]
        if gone > 0.0:
            lost = cover.weight[e * step] * gone
            for j in range(cover.reached[e], cover.reached[e + 1]):
                gain[cover.candidate[j]] -= lost if certain else lost * cover.chance_by[j]


@njit(cache=True, nogil=True)
def each(cover: Any) -> Array:
    """What each candidate reaches when chosen alone."""
    gain, step, certain = cover.alone.copy(), 0 if len(cover.weight) == 1 else 1, len(cover.chance_by) == 0
    for c in range(len(gain)):
        total = 0.0
        for i in range(cover.first[c], cover.first[c + 1]):
            total += cover.weight[cover.element[i] * step] * (1.0 if certain else cover.chance_to[i])
        gain[c] += total
    return gain


@njit(cache=True, nogil=True)
def ranked(picks: Array, most: Array, cover: Any) -> Array:
    """The picks in the order in which they add most, the first of equals; `most` is what none of them can pass, and is written to.

    Nobody ever adds more than before: only whoever leads is counted anew (Minoux 1978).
    """
    certain, step = len(cover.chance_by) == 0, 0 if len(cover.weight) == 1 else 1
    left, order = np.ones(len(cover.reached) - 1), np.empty(len(picks), np.int64)
    for k in range(len(picks)):
        while True:
            at = int(np.argmax(most))
            begin, end, total = cover.first[picks[at]], cover.first[picks[at] + 1], cover.alone[picks[at]]
            for i in range(begin, end):
                e = cover.element[i]
                total += cover.weight[e * step] * left[e] * (1.0 if certain else cover.chance_to[i])
            most[at] = total
            if int(np.argmax(most)) == at:
                break
        order[k], most[at] = picks[at], -1.0
        for i in range(begin, end):
            left[cover.element[i]] *= 1.0 - (1.0 if certain else cover.chance_to[i])
    return order


@njit(cache=True, nogil=True)
def added(picks: Array, cover: Any) -> Array:
    """What each pick adds to those before it."""
    certain, step = len(cover.chance_by) == 0, 0 if len(cover.weight) == 1 else 1
    left, found = np.ones(len(cover.reached) - 1), np.zeros(len(picks))
    for k in range(len(picks)):
        total = cover.alone[picks[k]]
        for i in range(cover.first[picks[k]], cover.first[picks[k] + 1]):
            e, chance = cover.element[i], 1.0 if certain else cover.chance_to[i]
            total += cover.weight[e * step] * left[e] * chance
            left[e] *= 1.0 - chance
        found[k] = total
    return found


@njit(cache=True, nogil=True)
def greedy(start: Array, allowed: Array, cost: Array, rows: Array, room: Array, gain: Array, cover: Any) -> Any:
    """Add what gains most per cost as long as it fits all limits `rows @ chosen <= room`, which are of amounts from 0 up.

    `gain` is what each candidate reaches alone; it is written to.

    Returns the picks and what they reach; and of the best set "a prefix and one more that fits" prefix, candidate and what it reaches.
    """
    people, certain = len(cover.alone), len(cover.chance_by) == 0
    sure = np.zeros(len(cover.reached) - 1, np.int32)
    left = np.ones(0 if certain else len(sure))
    alike = _alike(cost)
    plain = cost if alike else np.ones(people)
    picks, size, value = np.empty(people, np.int64), 0, 0.0
    free, space = allowed.copy(), room.copy()
    best, best_size, best_extra = -1.0, 0, -1
    scores = np.empty((people + BLOCK - 1) // BLOCK)
    gains = scores.copy()
    for block in range(len(scores)):
        scores[block] = _top(block, free, gain, cost, rows, space)[1]
        if not alike:
            gains[block] = _top(block, free, gain, plain, rows, space)[1]
    while True:
        if size < len(start):
            chosen = start[size]
        else:
            chosen = _leader(scores, free, gain, cost, rows, space)
            most = chosen if alike else _leader(gains, free, gain, plain, rows, space)
            if most >= 0 and value + gain[most] > best:
                best, best_size, best_extra = value + gain[most], size, most
        if chosen < 0:
            return picks[:size].copy(), value, best_size, best_extra, best
        picks[size], value = chosen, value + gain[chosen]
        size, free[chosen] = size + 1, False
        for r in range(len(space)):
            space[r] -= rows[r, chosen]
        _pick(chosen, sure, left, gain, cover)


@njit(cache=True, nogil=True)
def _alike(cost: Array) -> bool:
    for c in range(len(cost)):  # noqa: SIM110 (compiled)
        if cost[c] != cost[0]:
            return False
    return True


@njit(cache=True, nogil=True)
def _leader(tops: Array, free: Array, gain: Array, cost: Array, rows: Array, space: Array) -> int:
    """Who gains most per cost of those who fit, the first of equals, -1 where nobody gains.

    `tops` is what nobody of a block can pass. Nobody ever gains more than before, or fits again, so that of many blocks only
    those that seem to lead are looked at anew.
    """
    while len(tops):
        block = int(np.argmax(tops))
        leader, top = _top(block, free, gain, cost, rows, space)
        if top == tops[block]:
            return leader
        tops[block] = top
    return -1


@njit(cache=True, nogil=True)
def _top(block: int, free: Array, gain: Array, cost: Array, rows: Array, space: Array) -> Any:
    """Who leads in one block, the first of equals, and what they gain per cost; (-1, 0) where nobody gains."""
    leader, top = -1, 0.0
    for c in range(block * BLOCK, min((block + 1) * BLOCK, len(gain))):
        if free[c] and gain[c] > top * cost[c] and _fits(c, rows, space):
            leader, top = c, gain[c] / cost[c]
    return leader, top


@njit(cache=True, nogil=True)
def _fits(c: int, rows: Array, space: Array) -> bool:
    for r in range(len(space)):  # noqa: SIM110 (compiled)
        if rows[r, c] > space[r] + SLACK:
            return False
    return True


@njit(cache=True, nogil=True)
def exchanges(place: Array, members: int, cover: Any) -> Any:
    """What each candidate would add, each member take away, and how much more each would add were that member not there.

    `place` is a candidate's place among the members, or -1. Swapping member `i` for candidate `c` changes the value by
    `gain[c] + more[i, c] - loss[i]`.
    """
    people, certain, step = len(cover.alone), len(cover.chance_by) == 0, 0 if len(cover.weight) == 1 else 1
    gain, loss, more = np.zeros(people), np.zeros(members), np.zeros((members, people))
    for c in range(people):
        if place[c] < 0:
            gain[c] = cover.alone[c]
        else:
            loss[place[c]] = cover.alone[c]
    for e in range(len(cover.reached) - 1):
        begin, end, worth = cover.reached[e], cover.reached[e + 1], cover.weight[e * step]
        sure, left = 0, 1.0
        for j in range(begin, end):
            if place[cover.candidate[j]] >= 0:
                if certain or cover.chance_by[j] >= 1.0:
                    sure += 1
                else:
                    left *= 1.0 - cover.chance_by[j]
        if sure > 1:
            continue
        if sure == 0:
            for j in range(begin, end):
                if place[cover.candidate[j]] < 0:
                    gain[cover.candidate[j]] += worth * left * (1.0 if certain else cover.chance_by[j])
            if left == 1.0:
                continue
        for i in range(begin, end):
            who = place[cover.candidate[i]]
            if who < 0:
                continue
            if certain or cover.chance_by[i] >= 1.0:
                lost = worth * left
            elif sure == 0:
                lost = worth * left * cover.chance_by[i] / (1.0 - cover.chance_by[i])
            else:
                continue
            loss[who] += lost
            for j in range(begin, end):
                if place[cover.candidate[j]] < 0:
                    more[who, cover.candidate[j]] += lost * (1.0 if certain else cover.chance_by[j])
    return gain, loss, more


@njit(cache=True, nogil=True)
def narrowed(number: Array, people: int, cover: Any) -> Any:
    """The rows of some candidates only: `number` is a candidate's new number, or -1. What one alone reaches becomes a sum.

    Returns (reached, candidate, chance_by, weight, alone).
    """
    certain, step = len(cover.chance_by) == 0, 0 if len(cover.weight) == 1 else 1
    alone, size, used = np.zeros(people), 0, 0
    for c in range(len(number)):
        if number[c] >= 0:
            alone[number[c]] += cover.alone[c]
    reached = np.zeros(len(cover.reached), np.int64)
    candidate = np.empty(len(cover.candidate), np.int32)
    chance, weight = np.empty(len(cover.chance_by)), np.empty(len(reached) if step else 0)
    for e in range(len(cover.reached) - 1):
        begin = used
        for j in range(cover.reached[e], cover.reached[e + 1]):
            c = number[cover.candidate[j]]
            if c >= 0:
                candidate[used] = c
                if not certain:
                    chance[used] = cover.chance_by[j]
                used += 1
        if used - begin > 1:
            if step:
                weight[size] = cover.weight[e]
            size += 1
            reached[size] = used
        elif used > begin:
            alone[candidate[begin]] += cover.weight[e * step] * (1.0 if certain else chance[begin])
            used = begin
    kept = weight[:size].copy() if step else cover.weight
    return reached[: size + 1].copy(), candidate[:used].copy(), chance[: used if not certain else 0].copy(), kept, alone


@njit(cache=True, nogil=True)
def turned(reached: Array, candidate: Array, chance_by: Array, people: int) -> Any:
    """The rows the other way: (first, element, chance_to), the elements of each candidate ascending."""
    first, certain = np.zeros(people + 1, np.int64), len(chance_by) == 0
    for j in range(len(candidate)):
        first[candidate[j] + 1] += 1
    for c in range(people):
        first[c + 1] += first[c]
    place, element, chance = first[:-1].copy(), np.empty(len(candidate), np.int32), np.empty(len(chance_by))
    for e in range(len(reached) - 1):
        for j in range(reached[e], reached[e + 1]):
            at = place[candidate[j]]
            element[at] = e
            if not certain:
                chance[at] = chance_by[j]
            place[candidate[j]] = at + 1
    return first, element, chance
