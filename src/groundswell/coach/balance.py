"""Praise and reservation where you speak of products: people are never wholly content, and readers know it.

The same instrument and the same plateau as the signal `honesty_balance` (see `signals.tone` and `signals.honesty`), told with the
posts that show it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from groundswell.coach.own_posts import OwnPost
from groundswell.coach.shares import Share, share_of
from groundswell.signals.honesty import BAND_FROM, BAND_TO, REVIEWS, score_of
from groundswell.signals.posts import Evidence
from groundswell.signals.tone import lean_of, sentences, speaks_of_a_thing
from groundswell.store import Engine

SHOWN = 2


@dataclass(frozen=True)
class Balance:
    """How praise and reservation stand in posts about products and brands."""

    posts: int
    """English posts that speak of a product or brand and lean at least once."""
    praise: int
    reservation: int
    neither: int
    share: Share | None
    """Praise among leaning sentences."""
    score: float | None
    """1 within the band of .70 to .93, falling to 0 at .40 and 1.0."""
    praising: tuple[Evidence, ...]
    reserved: tuple[Evidence, ...]
    sentence: str
    weighed: tuple[str, ...] = ()
    """Ids of the posts that were counted."""
    unknown: str | None = None


def read_balance(engine: Engine, account: str, posts: Sequence[OwnPost]) -> Balance:
    """Weigh praise against reservation in the posts about products and brands."""
    naming = _naming_brands(engine, account)
    about = [post for post in posts if post.text and (post.paid or post.post in naming or speaks_of_a_thing(post.text))]
    return balance_of(about)


def balance_of(posts: Sequence[OwnPost]) -> Balance:
    """The same for posts that are known to speak of products."""
    english = [post for post in posts if post.language == "en"]
    leans = {post.post: [lean_of(sentence) for sentence in sentences(post.text or "")] for post in english}
    evaluative = [post for post in english if {"praise", "reservation"} & set(leans[post.post])]
    found = [lean for post in evaluative for lean in leans[post.post]]
    praise, reservation, neither = (found.count(lean) for lean in ("praise", "reservation", "neither"))
    if len(evaluative) < REVIEWS:
        reason = "not_observed" if not posts else "not_applicable" if not english else "too_few"
        return Balance(
            len(evaluative),
            praise,
            reservation,
            neither,
            None,
            None,
            (),
            (),
            _abstains(len(posts), len(english), len(evaluative)),
            unknown=reason,
        )
    share = share_of(praise, praise + reservation)
    return Balance(
        len(evaluative), praise, reservation, neither, share, score_of(share.value),
        tuple(p.shown("praise") for p in evaluative if "reservation" not in leans[p.post])[:SHOWN],
        tuple(p.shown("reservation") for p in evaluative if "reservation" in leans[p.post])[:SHOWN],
        _sentence(share, len(evaluative)), tuple(post.post for post in evaluative),
    )  # fmt: skip


def _naming_brands(engine: Engine, account: str) -> Collection[str]:
    """Own posts that name an account which says that it is a brand or a business."""
    rows = engine.rows(
        """SELECT DISTINCT i.via FROM its_acts AS i JOIN accounts AS a ON a.account = i.account
           WHERE i.actor = $1 AND i.verb = 'mention' AND i.via IS NOT NULL AND lower(a.account_type) IN ('brand', 'business')""",
        [account],
    )
    return {via for (via,) in rows}


def _sentence(share: Share, posts: int) -> str:
    said = f"In {posts} posts about products, {share.hits:.0f} of {share.n} sentences that lean praise, {share.n - share.hits:.0f} hold a reservation"
    interval = f"praise {share.value:.0%}, 90 % interval {share.low:.0%} to {share.high:.0%}"
    if share.low > BAND_TO:
        return f"{said} ({interval}). Readers trust praise more beside a drawback."
    if share.high < BAND_FROM:
        return f"{said} ({interval}). The reviews that readers acted on most held more praise (4.0 to 4.7 of 5 stars)."
    return f"{said} ({interval})."


def _abstains(posts: int, english: int, evaluative: int) -> str:
    if not posts:
        return "Praise and reservation: unknown, no post that clearly speaks of a product or brand is in the data."
    if not english:
        return "Praise and reservation: unknown, your posts about products are not in English, and there is no instrument for other languages yet."
    few = "1 English post weighs" if evaluative == 1 else f"{evaluative or 'no'} English posts weigh"
    return f"Praise and reservation: unknown, {few} a product or brand, and {REVIEWS} are needed."
