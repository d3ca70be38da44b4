"""Is it told how much of what somebody writes belongs to a sector that a brief names?

People of a made-up community write of subjects by planted shares, in three languages; a brief names each subject in English. What is
asked of brands has no answer at hand: it is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow.compute as _compute

from benchmarks.validity import worlds
from benchmarks.validity.figures import Array, Numbers, Row, auc, compared, mean_absolute_error, not_tested
from benchmarks.validity.worlds import Simulated, sized
from groundswell.discover.sector import read_sector
from groundswell.signals.present import open_present
from groundswell.simulate.plan import Plan
from groundswell.store.text_index import words_of

pc: Any = _compute
WORDS = "posts that say the subject's words"
FEWEST_TEXTS = 5


def kin_figures() -> list[Row]:
    """Shares of a sector against what was planted; and what nobody can be asked about brands."""
    parts = [_shares(world, number) for number, world in enumerate(worlds.several())]
    account, english, true, ours, plainly = (np.concatenate(column) for column in zip(*parts, strict=True))
    rows: list[Row] = []
    for whom, mine in (("in English", english), ("in another language than the brief's", ~english)):
        asked = (account[mine], true[mine], ours[mine], plainly[mine])
        rows += [_told_apart(whom, *asked), _how_far(whom, *asked)]
    return [*rows, *_brands()]


def _shares(world: Simulated, number: int) -> tuple[Array, Array, Numbers, Numbers, Numbers]:
    """Of each account and subject: the account, whether it writes in English, the planted share, ours, and that of plain words."""
    names, subjects = world.truth.column("account").combine_chunks(), Plan.read(100, 0, None).topics[: sized(24, 6)]
    planted = _planted(world, subjects)
    english = world.true("language").astype(str) == "en"
    with open_present(world.workspace) as present:
        texts, rows = present.texts(None), present.table.rows
        place = pc.index_in(names, rows.column("account").combine_chunks()).to_numpy(zero_copy_only=False)
        told = np.flatnonzero(texts.own_texts[place] >= FEWEST_TEXTS)
        ours, plainly = (
            np.column_stack([share[place][told] for share in shares])
            for shares in (
                [read_sector((subject,), rows, texts).shares.share for subject in subjects],
                [texts.saying(words_of(subject), together=True).share for subject in subjects],
            )
        )
    each = len(subjects)
    who = np.repeat(told + 1_000_000 * number, each)
    return who, np.repeat(english[told], each), planted[told].ravel(), ours.ravel(), plainly.ravel()


def _planted(world: Simulated, subjects: Sequence[str]) -> Numbers:
    column = {subject: number for number, subject in enumerate(subjects)}
    found = np.zeros((world.truth.num_rows, len(subjects)))
    topics, shares = (world.truth.column(name).to_pylist() for name in ("topics", "topic_shares"))
    for row, (some, parts) in enumerate(zip(topics, shares, strict=True)):
        for topic, share in zip(some, parts, strict=True):
            if topic in column:
                found[row, column[topic]] = share
    return found


def _told_apart(whom: str, account: Array, true: Numbers, ours: Numbers, plainly: Numbers) -> Row:
    found = compared(auc, true > 0, ours, plainly, accounts=account, draws=100)
    return found.row(
        f"Are those who write of a sector told from those who do not, {whom}?", _data(account), WORDS, measure="AUC",
        people=len(np.unique(account)), how=f"`sector_share` of a brief. {HOW}",
    )  # fmt: skip


def _how_far(whom: str, account: Array, true: Numbers, ours: Numbers, plainly: Numbers) -> Row:
    wrote = true > 0
    found = compared(
        mean_absolute_error, true[wrote], ours[wrote], plainly[wrote], accounts=account[wrote], higher_is_better=False, draws=100
    )  # fmt: skip
    return found.row(
        f"How far is the share of posts in a sector from the planted one, of those who write of it {whom}?", _data(account), WORDS,
        measure="mean distance of shares", people=len(np.unique(account)),
        how=f"`sector_share` of a brief; on average {ours[wrote].mean():.2f}, planted {true[wrote].mean():.2f}. {HOW}",
    )  # fmt: skip


HOW = "Subjects are named in English, as a brief would name them. The words of the made-up posts are the simulator's: a small stock."


def _data(account: Array) -> str:
    return f"{worlds.described()}; {len(np.unique(account)):,} people with five texts or more"


def _brands() -> list[Row]:
    praised = "no posts are at hand of which people said whether the author had used, praised or criticised a brand, and unpaid; made-up ones say so by phrases of our own"
    return [
        not_tested("Is it right that somebody has used, praised or criticised a brand unpaid?", praised, baseline="posts that name the brand"),
        not_tested(
            "Do those whom it calls kin to a brand name it unpaid later?", "no file at hand holds enough dated posts of people who name brands unpaid, "
            "before a moment and after it", baseline="posts that name the brand so far",
            wanted="recall of the first ten better than by likeness of words and than by popularity, by intervals",
        ),
    ]  # fmt: skip


__all__ = ["kin_figures"]
