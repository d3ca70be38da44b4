"""Who pays? Posts that look paid, gifted or affiliated, and whether they say so.

"No disclosure found" is all that is ever claimed: a post can be disclosed where no table of words sees it.
"""

from __future__ import annotations

from groundswell.signals.declaring import Columns, share, signal

READABLE = "own AND (has_text OR paid_label IS NOT NULL)"


@signal(
    title="Sponsored posts", grain="post", unit="share", better="lower",
    says="{value:.0%} of its {n:post} look paid, gifted or affiliated.",
    unknown="No texts and no platform label to read it from.",
    source="platform label, or words of disclosure and affiliation (term table by jurisdiction)",
    needs=("post.text",), evidence="own AND paid ORDER BY created_at DESC, post",
)  # fmt: skip
def sponsored_share() -> Columns:
    """Share of own posts with a paid label, a word of disclosure, or a sign of affiliation. Wilson interval."""
    return share("paid", of=READABLE)


@signal(
    title="Disclosed when sponsored", grain="post", unit="share", better="higher",
    says="{value:.0%} of its {n} sponsored-looking posts say so in clear words or by label.",
    unknown="Fewer than three posts look sponsored.",
    source="FTC 16 CFR 255 and national rules (term table by jurisdiction); no disclosure found is not undisclosed",
    needs=("post.text",), evidence="own AND paid AND NOT disclosed ORDER BY created_at DESC, post",
)  # fmt: skip
def disclosed_share() -> Columns:
    """Of own posts that look sponsored, the share with a label or a clear word of disclosure. Wilson interval."""
    none = "CASE WHEN count(*) FILTER (own AND paid) = 0 AND count(*) FILTER (own AND has_text) > 0 THEN 'not_applicable' END"
    return share("disclosed", of="own AND paid", reason=none)
