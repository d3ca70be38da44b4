"""What is it, in its own words? An occupation or a way of life, and academic standing; from the bio first, from posts second.

Nothing is guessed from a name, a picture or the company somebody keeps: what nobody says is unknown.
"""

from __future__ import annotations

from groundswell.signals.declaring import Columns, signal
from groundswell.signals.speaking import SPEAKER

READ = "CASE WHEN calling_posts IS NULL THEN 1 ELSE texts END"


@signal(
    title="Occupation or way of life", grain=SPEAKER, unit="share", better="neither",
    says="In its own words: {label} (said in {value:.0%} of {n:text} read for it, the bio before the posts).",
    unknown="Neither its bio nor two of its posts say what it is.",
    source="the essay on wrong definitions: makeup artists, skateboarders, foodies, architects, tattoo artists; terms in occupations.toml (design choice)",
    needs=("account.bio", "post.text"),
    evidence="own AND regexp_matches(lower(text), '(i''m an? |i am an? |ich bin |je suis |soy |sono un|ik ben |eu sou )') "
    "ORDER BY created_at DESC, post",
)  # fmt: skip
def occupation() -> Columns:
    """The occupation, else the way of life, that the bio names first (value 1), else the one that most own posts say, at least two."""
    return Columns(
        value="CASE WHEN calling IS NULL THEN NULL WHEN calling_posts IS NULL THEN 1e0 ELSE least(1e0, calling_posts / nullif(texts, 0)) END",
        n=f"CASE WHEN calling IS NULL THEN 0 ELSE {READ} END",
        label="calling",
    )


@signal(
    title="Academic standing", grain=SPEAKER, unit="count", better="neither",
    says="{value:kind} of academic standing: {label}.",
    unknown="Neither its bio nor its posts speak of a degree, a post, an affiliation or publications.",
    source="the article on 2017: great professionals with excellent personal and academic qualities; counted as position (the guide to becoming one)",
    needs=("account.bio", "post.text"),
)  # fmt: skip
def academic() -> Columns:
    """Kinds of evidence that were found: a degree, a post or an affiliation in the bio; own scholarly work in at least two posts."""
    return Columns(value="nullif(academic_kinds, 0)", n="academic_kinds", label="academic_told")
