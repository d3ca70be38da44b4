"""Praise and reservation where you speak of products: people are never wholly content, and readers know it.

Counted in sentences of English posts, by VADER (Hutto & Gilbert 2014, doi 10.1609/icwsm.v8i1.14550): compound >= .05 praise,
<= -.05 reservation, else neither. Other languages have no instrument here and are abstained from. Irony is not understood, and
no lie is detected: this says how a text reads, not what its author believes.

Purchase was likeliest at 4.0 to 4.7 of 5 stars and less likely at 5.0 (Maslowska, Malthouse & Bernritter 2017, doi
10.1080/02650487.2016.1195622), and positivity works as an inverted U (Leung et al. 2022). The band of .70 to .93 is those stars
as (s - 1) / 4, a little widened: a design choice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from groundswell.coach.own_posts import OwnPost
from groundswell.coach.shares import Share, share_of
from groundswell.signals.posts import Evidence
from groundswell.store import Engine

LEANS = 0.05
"""Compound score from which a sentence leans (the authors' own threshold)."""
POSTS_NEEDED = 5
"""Evaluative posts below which nothing is said (design choice)."""
FLOOR, BAND_FROM, BAND_TO, TOP = 0.40, 0.70, 0.93, 1.0
REVIEWING = (
    "my review", "review of my", "product review", "unboxing", "unboxed", "pros and cons", "worth the money",
    "worth the price", "worth every", "i tested", "we tested it", "i bought", "i ordered", "i've been using", "i have been using",
    "i would recommend", "i'd recommend", "can recommend", "can't recommend", "first impressions", "gifted", "i own two",
)  # fmt: skip
"""English words of people who judge a thing they used. Few and narrow, since news also tests and reviews (design choice)."""
SPEAKS_OF_A_THING = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, REVIEWING))})(?!\w)", re.IGNORECASE)
SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
NOISE = re.compile(r"https?://\S+|[@#]\S+")
SHOWN = 2

Lean = Literal["praise", "reservation", "neither"]


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
    about = [post for post in posts if post.text and (post.post in naming or SPEAKS_OF_A_THING.search(post.text))]
    return balance_of(about)


def balance_of(posts: Sequence[OwnPost]) -> Balance:
    """The same for posts that are known to speak of products."""
    english = [post for post in posts if post.language == "en"]
    leans = {post.post: [lean_of(sentence) for sentence in sentences(post.text or "")] for post in english}
    evaluative = [post for post in english if {"praise", "reservation"} & set(leans[post.post])]
    found = [lean for post in evaluative for lean in leans[post.post]]
    praise, reservation, neither = (found.count(lean) for lean in ("praise", "reservation", "neither"))
    if len(evaluative) < POSTS_NEEDED:
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


def score_of(share: float) -> float:
    """1 on the plateau, linear to 0 at .40 and at 1.0."""
    return max(0.0, min(1.0, (share - FLOOR) / (BAND_FROM - FLOOR), (TOP - share) / (TOP - BAND_TO)))


def sentences(text: str) -> list[str]:
    """The sentences of a text that hold words, without addresses, names and tags."""
    found = (one.strip() for one in SENTENCE.findall(NOISE.sub(" ", text)))
    return [one for one in found if re.search(r"[^\W\d_]{2}", one)]


def lean_of(sentence: str) -> Lean:
    """Which way an English sentence leans."""
    compound = _vader().polarity_scores(sentence)["compound"]
    return "praise" if compound >= LEANS else "reservation" if compound <= -LEANS else "neither"


@cache
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


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
    return f"Praise and reservation: unknown, {few} a product or brand, and {POSTS_NEEDED} are needed."
