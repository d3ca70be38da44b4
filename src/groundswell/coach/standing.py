"""Where you stand among your peers: same platform, same main language, like subjects, or all where few are alike. Never by followers.

r of n peers lie below: Beta(r + 1/2, n - r + 1/2) gives the 90 % interval of the percentile. Below 30 peers nothing is said: at
the 90th percentile the interval would be wider than 20 points. Peers stay nameless: this is a mirror, not a leaderboard.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.coach.shares import Share, share_of
from groundswell.columns import in_one
from groundswell.signals import SIGNALS, Signal, SignalTable, Value
from groundswell.signals.findings import Progress
from groundswell.signals.present import Present

pc: Any = _compute  # its functions are made at run time, no type checker knows them

PEERS_NEEDED = 30
LIKE = 0.30
"""Cosine of words from which two accounts count as of like subject (design choice)."""
COMPARED = (
    "public_rate", "like_rate", "reply_rate", "reply_latency_hours",
    "posts_per_week", "longest_silence_days", "sponsored_share",
)  # fmt: skip
"""What is compared: rates first, then what every feed tells. Followers are not among it, and more posts are never called better."""


@dataclass(frozen=True)
class Standing:
    """Where the account lies among its peers on one signal."""

    signal: str
    title: str
    value: float
    peers: int
    """Peers for whom it is known."""
    percentile: Share
    """Share of the peers that it leaves behind, in the direction that is better; who is the same counts half."""
    place: str
    """In words: how many lie behind, and how many are the same."""
    sentence: str


@dataclass(frozen=True)
class Peers:
    """Who the peers are, and where the account stands among them."""

    count: int
    says: str
    """What makes a peer here, or why there are none."""
    standings: tuple[Standing, ...]
    next_step: str = ""
    unknown: str | None = None


def read_peers(present: Present, account: str, get_peers: str, progress: Progress | None = None) -> Peers:
    """Compare an account with its peers; `get_peers` says which file brings peers on this platform."""
    table = present.table
    profile, values = table.profile(account), table.values(account)
    language = values["language"].label
    alike = _alike(table, profile["platform"], language)
    if language is None:
        return _refused(
            "not_observed",
            0,
            "the language of your posts cannot be told",
            "Bring in more of your posts, with their texts.",
        )
    if int(alike.sum()) - 1 < PEERS_NEEDED:
        count = max(int(alike.sum()) - 1, 0)
        return _refused("too_few", count, _too_few(table, profile["platform"], count), get_peers)
    nearness = _nearness(present, account, progress)
    if nearness is None:
        step = "Bring in more posts with their texts, yours and those of others."
        return _refused("too_few", 0, "there is too little text to tell whose subjects are like yours", step)
    everybody, near = alike & ~_is(table, account), nearness >= LIKE
    peers, like = everybody & near, int((everybody & near).sum())
    if (
        like < PEERS_NEEDED
    ):  # whoever brought in so many is compared with them, and told that they write of other things
        peers = everybody
    count = int(peers.sum())
    compared = _compared(values)
    rows = table.rows.select(compared).filter(pa.array(peers))
    found = tuple(one for name in compared if (one := _standing(name, values[name], rows)))
    if not found:
        why = f"{count:,} accounts of your platform and language are in the data, but nothing that can be compared is known of you and of {PEERS_NEEDED} of them"
        return _refused("too_few", count, why, "Bring in more posts of theirs, with dates and counts.")
    whom = (
        "with subjects like yours"
        if like >= PEERS_NEEDED
        else f"whatever they write about: {_few_like(like, nearness[everybody])}"
    )
    says = f"{count:,} accounts of the same platform and language {whom}; large and small together, and rates usually fall with size."
    return Peers(count, says, found)


def place_among(mine: float, theirs: NDArray[np.float64], *, higher: bool) -> Share:
    """Share of the others that lie behind; ties count half."""
    behind = int((theirs < mine).sum() if higher else (theirs > mine).sum())
    return share_of(behind + int((theirs == mine).sum()) / 2, len(theirs))


def _too_few(table: SignalTable, platform: str, count: int) -> str:
    """Who is here, and why so few of them are peers: another platform, another language, or none that can be told."""
    on_it = pc.fill_null(pc.equal(table.rows.column("platform"), platform), False)
    spoken = pc.struct_field(table.rows.filter(on_it).column("language").combine_chunks(), "label")
    others, there = table.rows.num_rows - 1, len(spoken) - 1
    unsaid = spoken.null_count
    parts = [
        f"{_accounts(there)} of your platform" if there else "",
        f"{others - there:,} of other platforms" if others > there else "",
    ]
    named = " and ".join(part for part in parts if part)
    if not named:
        return f"nobody else is in the data, and {PEERS_NEEDED} are needed"
    why = f"beside you, {named} {'is' if others == 1 else 'are'} in the data; {count or 'none'} of your platform surely {'writes' if count < 2 else 'write'} in your language, and {PEERS_NEEDED} are needed"
    if not unsaid:
        return why
    whose = "it cannot be told which" if unsaid == 1 else f"of {unsaid:,} of them it cannot be told in which"
    return f"{why} ({whose} language: no post of their own with text is in, and replies do not count as one)"


def _few_like(like: int, nearness: NDArray[np.float64]) -> str:
    """How many are alike, and by which rule: another page may go by a word that somebody typed."""
    nearest = f"; the nearest of them comes to {nearness.max():.2f}" if len(nearness) and not like else ""
    return (
        f"{like or 'none'} of them {'has' if like < 2 else 'have'} bios and newest posts whose words come near yours "
        f"(likeness of {LIKE:.2f} or more{nearest})"
    )


def _accounts(count: int) -> str:
    return "1 account" if count == 1 else f"{count:,} accounts"


def _refused(reason: str, count: int, why: str, next_step: str) -> Peers:
    return Peers(count, f"Where you stand among peers: unknown; {why}.", (), next_step, reason)


def _compared(values: Mapping[str, Value]) -> list[str]:
    """One rate is enough: likes with comments where both are known, else likes."""
    known = [name for name in COMPARED if values[name].known]
    return [name for name in known if name != "like_rate" or "public_rate" not in known]


def _alike(table: SignalTable, platform: str, language: str | None) -> NDArray[np.bool_]:
    spoken = pc.struct_field(in_one(table.rows.column("language")), "label")
    same = pc.and_(
        pc.equal(table.rows.column("platform"), platform), pc.equal(spoken, pa.scalar(language, pa.string()))
    )
    return np.asarray(pc.fill_null(same, False))


def _is(table: SignalTable, account: str) -> NDArray[np.bool_]:
    return np.asarray(pc.equal(table.rows.column("account"), account))


def _nearness(present: Present, account: str, progress: Progress | None) -> NDArray[np.float64] | None:
    """How like everybody's words are to the account's; None when that cannot be told."""
    places = present.texts(progress).places
    if places is None:
        return None
    mine = places[int(np.flatnonzero(_is(present.table, account))[0])]
    return np.asarray(places @ mine, np.float64) if mine.any() else None


def _standing(name: str, value: Value, rows: pa.Table) -> Standing | None:
    column = pc.struct_field(in_one(rows.column(name)), "value").drop_null()
    if len(column) < PEERS_NEEDED or value.value is None:
        return None
    signal, theirs = SIGNALS[name], np.asarray(column, np.float64)
    share = place_among(value.value, theirs, higher=signal.better != "lower")
    place = place_in_words(signal, value.value, theirs)
    return Standing(name, signal.title, value.value, len(column), share, place, _sentence(signal, share, place))


def place_in_words(signal: Signal, mine: float, theirs: NDArray[np.float64]) -> str:
    """How many lie behind and how many are the same: whoever is level with somebody does not stand above them."""
    higher = signal.better != "lower"
    way = "higher" if higher else "shorter" if signal.unit in ("hours", "days") else "lower"
    peers, equal = len(theirs), int((theirs == mine).sum())
    behind = int((theirs < mine).sum() if higher else (theirs > mine).sum())
    if equal == peers:
        return f"the same as all {peers}"
    if not equal:
        return f"{way} than {_percent(behind / peers)} of {peers} peers"
    return f"{way} than {behind} of {peers} peers, the same as {equal}"


def _sentence(signal: Signal, share: Share, place: str) -> str:
    if place.startswith("the same as all"):
        return f"{signal.title}: {place} peers."
    said = f"{signal.title}: {place} (90 % interval {_percent(share.low)} to {_percent(share.high)})."
    return f"{said} More is not better." if signal.better == "neither" else said


def _percent(share: float) -> str:
    """In whole percent, half up."""
    return f"{math.floor(share * 100 + 0.5)}%"
