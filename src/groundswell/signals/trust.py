"""May its word be trusted, and why would anybody follow it? Named parts only; they are never added up to one number.

Sources that it links, mistakes that it corrects, and the four bases on which somebody has influence (the guide to becoming one: "using their
knowledge, position, experience, or relationship with the audience"), each with what shows it, or left blank.
"""

from __future__ import annotations

from collections.abc import Mapping

from groundswell.signals.declaring import SIGNALS, Columns, signal, wilson
from groundswell.signals.hearing import evidence_of
from groundswell.signals.speaking import SPEAKER
from groundswell.signals.values import Value
from groundswell.signals.voice import NO_PHRASES

SEED = "the guide to becoming one: using their knowledge, position, experience, or relationship with the audience"
ANY_LINK = "own AND contains(text, '://') ORDER BY created_at DESC, post"


@signal(
    title="Sources it links", grain=SPEAKER, unit="count", better="neither",
    says="It links to {value:site} in {n:link}; the commonest is {label}.",
    unknown="No own post links anywhere, or its links are shortened so that nobody sees where they lead.",
    source="the guide to becoming one: reputable source; history of reliable, unbiased shares. No list of good or bad sites is kept",
    needs=("post.text", "post.links"), evidence=ANY_LINK,
)  # fmt: skip
def linked_domains() -> Columns:
    """Distinct sites that own posts link to, platforms' own pages and shortened links left out; counted whole, so no interval."""
    return Columns(
        value="nullif(sites, 0)",
        n="coalesce(site_posts, 0)",
        label="top_site",
        reason="CASE WHEN coalesce(sites, 0) = 0 AND hidden_links > 0 THEN 'hidden' END",
    )


@signal(
    title="Corrects itself", grain=SPEAKER, unit="share", better="neither",
    says="{value:.1%} of its {n:post} correct something it said or owned a mistake.",
    unknown=NO_PHRASES, source="the guide to becoming one: nonsense and rubbish in our newsfeed; reputable source; told by phrases and the weights of words (docs/validity.md)",
    needs=("post.text",), evidence=evidence_of("correction"),
)  # fmt: skip
def correction_share() -> Columns:
    """Share of own posts that correct oneself, among those in a language that is listened to. Wilson interval. More is not better."""
    return wilson("correction_posts", "coalesce(texts, 0)")


@signal(
    title="Basis: knowledge", grain=SPEAKER, unit="share", better="higher",
    says="Knowledge: {value:.0%} of its {n:post} explain how something is done.",
    unknown="Left blank: none of its posts explains anything, or too few could be read.",
    source=f"{SEED}; told by phrases and the weights of words (docs/validity.md)", needs=("post.text",), evidence=evidence_of("explains"),
)  # fmt: skip
def basis_knowledge() -> Columns:
    """Share of own posts that explain, among those in a language that is listened to; blank where none does. Wilson interval."""
    nothing = "CASE WHEN explains_posts = 0 THEN 'not_observed' END"
    return wilson("nullif(explains_posts, 0)", "coalesce(texts, 0)", reason=nothing)


@signal(
    title="Basis: position", grain=SPEAKER, unit="count", better="higher",
    says="Position: {value:kind} of standing, {label}.",
    unknown="Left blank: it names no occupation, degree, post or affiliation.",
    source=f"{SEED}; academic evidence counts as position (the article on 2017)", needs=("account.bio", "post.text"),
)  # fmt: skip
def basis_position() -> Columns:
    """What it says it is for a living, and each kind of academic standing; blank where nothing says it."""
    return Columns(value="nullif(standings, 0)", n="standings", label="standing_told")


@signal(
    title="Basis: experience", grain=SPEAKER, unit="count", better="higher",
    says="Experience: in {value:month}, {n:post} speak of own use.",
    unknown="Left blank: fewer than two of its posts speak of own use of a thing.",
    source=f"{SEED}; told by phrases and the weights of words (docs/validity.md)", needs=("post.text", "post.created_at"), evidence=evidence_of("use"),
)  # fmt: skip
def basis_experience() -> Columns:
    """Calendar months in which own posts speak of own use of a thing; blank below two such posts."""
    return Columns(value="nullif(use_months, 0)", n="coalesce(use_posts, 0)", at_least=2)


@signal(
    title="Basis: relationship", grain="circle", unit="share", better="higher",
    says="Relationship: {value:.0%} of the {n:,.0f} people who commented did so again and again.",
    unknown="Left blank: nobody comments again and again, or fewer than five people commented, as far as the data show.",
    source=f"{SEED}; three comments on three days is our choice", needs=("interaction.actor", "interaction.acted_at"),
)  # fmt: skip
def basis_relationship() -> Columns:
    """People who commented at least three times on at least three days, among all who did; blank where nobody does. Wilson interval."""
    nobody = "CASE WHEN regulars = 0 THEN 'not_observed' END"
    return wilson("nullif(regulars, 0)", "commenters", 5, reason=nobody)


PARTS = {
    "balance of praise and reservation": "honesty_balance",
    "variety of brands spoken of unpaid": "unpaid_brand_variety",
    "says when it is paid": "disclosed_share",
    "sources it links": "linked_domains",
    "corrects itself": "correction_share",
    "answers": "reply_rate",
    "keeps its audience": "returning_share",
    "knowledge": "basis_knowledge",
    "position": "basis_position",
    "experience": "basis_experience",
    "relationship": "basis_relationship",
}
"""Part of a reading of trust -> the signal that measures it (the guide to becoming one and the essay Less is More; the choice of parts is ours)."""


def trust_parts(values: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """The parts of a reading of trust, each with its value or why it is unknown; nothing adds them up."""
    return [
        (part, values.get(name) or Value(signal=name, reason="not_observed"))
        for part, name in PARTS.items()
        if name in SIGNALS
    ]
