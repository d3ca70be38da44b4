"""How does it speak? As somebody who uses things and has opinions, as somebody who works for an audience, or to amuse.

Authentic means a genuine, hobby voice here (whether an account is what it seems is asked in `audience`). Polish earns nothing.
Of texts in a language that is not listened to nothing is said, and they are not counted as silence.
"""

from __future__ import annotations

from groundswell.signals.declaring import Columns, signal, wilson
from groundswell.signals.hearing import evidence_of
from groundswell.signals.speaking import SPEAKER

NO_PHRASES = "Fewer than three own posts in a language that is listened to (en, de, fr, es, it, nl, pt)."


@signal(
    title="Marks of a professional", grain=SPEAKER, unit="count", better="neither",
    says="{value:mark} of working for an audience: {label}.",
    unknown="Neither a bio nor own posts are known.",
    source="the essay on wrong definitions: rather than aspiring YouTube stars, bloggers or social celebs; the essay Less is More: hobby; told by phrases and the weights of words (docs/validity.md)",
    needs=("account.bio", "post.text"),
    evidence=evidence_of("trade"),
)  # fmt: skip
def professional_marks() -> Columns:
    """Kinds of evidence found: media kit, address, shop, creator, deals, audience (bio); codes and calls to follow, paid posts (posts)."""
    return Columns(
        value="trade_marks",
        n="CASE WHEN bio_known THEN 1 ELSE 0 END + coalesce(texts, 0)",
        label="coalesce(nullif(trade_told, ''), 'nothing of the kind was found')",
    )


@signal(
    title="Strength of opinion", grain=SPEAKER, unit="share", better="higher",
    says="{value:.0%} of its {n:post} say a strong opinion of its own.",
    unknown=NO_PHRASES, source="the essay Less is More: strong opinion on what they like, picky; told by phrases and the weights of words (docs/validity.md)",
    needs=("post.text",), evidence=evidence_of("opinion"),
)  # fmt: skip
def opinion_strength() -> Columns:
    """Share of own posts with a strong opinion in the first person, among those in a language that is listened to. Wilson interval."""
    return wilson("opinion_posts", "coalesce(texts, 0)")


@signal(
    title="Use in real life", grain=SPEAKER, unit="share", better="higher",
    says="{value:.0%} of its {n:post} speak of using, trying or wearing out a thing.",
    unknown=NO_PHRASES, source="the essay Less is More: poorly lit garage with greasy hands; told by phrases and the weights of words (docs/validity.md)",
    needs=("post.text",), evidence=evidence_of("use"),
)  # fmt: skip
def use_in_context_share() -> Columns:
    """Share of own posts that speak of own use of a thing, among those in a language that is listened to. Wilson interval."""
    return wilson("use_posts", "coalesce(texts, 0)")


@signal(
    title="Entertainer", grain=SPEAKER, unit="share", better="neither",
    says="An entertainer by {value:.0%}: {label} ({n:text} read; 100% where the bio says so).",
    unknown="No bio that says so, and fewer than three own posts in a language that is listened to.",
    source="the essay Less is More: specialist, not comedian or entertainer at heart; phrases are a design choice",
    needs=("account.bio", "post.text"), evidence=evidence_of("funny"),
)  # fmt: skip
def entertainer() -> Columns:
    """1 where the bio says comedian, comedy, memes and the like; else the share of own posts marked as meant to amuse."""
    enough = "coalesce(amuses, false) OR coalesce(texts, 0) >= 3"
    return Columns(
        value="CASE WHEN coalesce(amuses, false) THEN 1e0 WHEN texts >= 3 THEN funny_posts / texts END",
        n=f"CASE WHEN {enough} THEN greatest(coalesce(texts, 0), 1) ELSE coalesce(texts, 0) END",
        label="CASE WHEN coalesce(amuses, false) THEN 'its bio says so' WHEN funny_posts > 0 THEN 'posts meant to amuse' "
        "ELSE 'neither its bio nor a tag says so, and jokes without a tag are not heard' END",
    )
