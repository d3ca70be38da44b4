"""Where you stand among your peers: same platform, same main language, like subjects, or all where few are alike. Never by followers.

r of n peers lie below: Beta(r + 1/2, n - r + 1/2) gives the 90 % interval of the percentile. Below 30 peers nothing is said: at
the 90th percentile the interval would be wider than 20 points. Peers stay nameless: this is a mirror, not a leaderboard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
from numpy.typing import NDArray

from groundswell.coach.shares import Share, share_of
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
    """Share of the peers that it leaves behind, in the direction that is better."""
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
        why = f"{max(int(alike.sum()) - 1, 0)} other accounts of your platform write in your language here, and {PEERS_NEEDED} are needed"
        return _refused("too_few", max(int(alike.sum()) - 1, 0), why, get_peers)
    near = _near(present, account, progress)
    if near is None:
        step = "Bring in more posts with their texts, yours and those of others."
        return _refused("too_few", 0, "there is too little text to tell whose subjects are like yours", step)
    everybody = alike & ~_is(table, account)
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
        else f"whatever they write about: {like} of them have subjects like yours"
    )
    says = f"{count:,} accounts of the same platform and language {whom}; large and small together, and rates usually fall with size."
    return Peers(count, says, found)


def place_among(mine: float, theirs: NDArray[np.float64], *, higher: bool) -> Share:
    """Share of the others that lie behind; ties count half."""
    behind = int((theirs < mine).sum() if higher else (theirs > mine).sum())
    return share_of(behind + int((theirs == mine).sum()) / 2, len(theirs))


def _refused(reason: str, count: int, why: str, next_step: str) -> Peers:
    return Peers(count, f"Where you stand among peers: unknown, {why}.", (), next_step, reason)


def _compared(values: Mapping[str, Value]) -> list[str]:
    """One rate is enough: likes with comments where both are known, else likes."""
    known = [name for name in COMPARED if values[name].known]
    return [name for name in known if name != "like_rate" or "public_rate" not in known]


def _alike(table: SignalTable, platform: str, language: str | None) -> NDArray[np.bool_]:
    spoken = pc.struct_field(table.rows.column("language").combine_chunks(), "label")
    same = pc.and_(
        pc.equal(table.rows.column("platform"), platform), pc.equal(spoken, pa.scalar(language, pa.string()))
    )
    return np.asarray(pc.fill_null(same, False))


def _is(table: SignalTable, account: str) -> NDArray[np.bool_]:
    return np.asarray(pc.equal(table.rows.column("account"), account))


def _near(present: Present, account: str, progress: Progress | None) -> NDArray[np.bool_] | None:
    """Accounts whose words are like the account's; None when that cannot be told."""
    places = present.texts(progress).places
    if places is None:
        return None
    mine = places[int(np.flatnonzero(_is(present.table, account))[0])]
    return np.asarray(places @ mine >= LIKE) if mine.any() else None


def _standing(name: str, value: Value, rows: pa.Table) -> Standing | None:
    column = pc.struct_field(rows.column(name).combine_chunks(), "value").drop_null()
    if len(column) < PEERS_NEEDED or value.value is None:
        return None
    signal = SIGNALS[name]
    share = place_among(value.value, np.asarray(column, np.float64), higher=signal.better != "lower")
    return Standing(name, signal.title, value.value, len(column), share, _sentence(signal, share))


def _sentence(signal: Signal, share: Share) -> str:
    way = "higher" if signal.better != "lower" else "shorter" if signal.unit in ("hours", "days") else "lower"
    interval = f"90 % interval {share.low:.0%} to {share.high:.0%}"
    said = f"{signal.title}: {way} than {share.value:.0%} of {share.n} peers ({interval})."
    return f"{said} More is not better." if signal.better == "neither" else said
