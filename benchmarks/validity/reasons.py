"""Why some signals have no figure: said one by one, so that nothing stays untested without somebody having thought about it.

A signal that a figure names needs no reason; one that stands here and gets a figure is shown with the figure alone.
"""

from __future__ import annotations

_REACH = "only owners can export reach, and no such export with a known answer is at hand"
_LIKE = "it is the arithmetic of `like_rate`, which is tested above, over other counts or with a mean; no truth of its own is planted or known"
_WORDS = "it counts words of a table, and no texts that somebody else labelled for it are at hand; two readers of 200 posts would settle it"
_BRANDS = (
    "no posts are at hand whose readers said how balanced they find the author; a human-rated set of 300 posts would settle it "
    "(target: rank correlation of 0.4 with raters)"
)
_ANSWERS = "no comments are at hand that somebody labelled as questions, thanks, apologies or solutions; a made-up world would only repeat the table's words"
_BASES = "no accounts are at hand whose standing, knowledge or experience somebody vouched for; each is shown with its evidence, and no figure is claimed"
_PARTS = "it is one named part, shown beside others and judged by nobody alone; no data at hand say what it should be"

REASONS: dict[str, str] = {
    "organic_rate": _LIKE,
    "sponsored_rate": _LIKE,
    "reach_rate": _REACH,
    "reach_rate_mean": _REACH,
    "superlative_share": _WORDS,
    "gifted_share": _WORDS,
    "opinion_strength": _WORDS,
    "use_in_context_share": _WORDS,
    "professional_marks": _WORDS,
    "entertainer": _WORDS,
    "correction_share": _WORDS,
    "praise_share": _BRANDS,
    "honesty_balance": _BRANDS,
    "two_sided_share": _BRANDS,
    "unpaid_brand_variety": _BRANDS,
    "paid_tone_gap": _BRANDS,
    "question_reply_rate": _ANSWERS,
    "thanks_share": _ANSWERS,
    "apology_share": _ANSWERS,
    "fix_share": _ANSWERS,
    "academic": _BASES,
    "linked_domains": _BASES,
    "basis_knowledge": _BASES,
    "basis_position": _BASES,
    "basis_experience": _BASES,
    "format_variety": _PARTS,
    "topic_lead": _PARTS,
    "quality": _PARTS,
    "conversation_depth": _PARTS,
}
