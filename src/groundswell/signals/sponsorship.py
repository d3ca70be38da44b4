"""Who pays? Posts that look paid, gifted or affiliated, and whether they say so.

"No disclosure found" is all that is ever claimed: a post can be disclosed where no table of words sees it.
"""

from __future__ import annotations

from dataclasses import replace

from groundswell.signals.dealing import OTHERS_FROM
from groundswell.signals.declaring import Columns, Z, share, signal, wilson
from groundswell.signals.selling import FEWEST as COMPARED_FROM

READABLE = "own AND readable"


@signal(
    title="Sponsored posts", grain="post", unit="share", better="lower",
    says="{value:.0%} of its {n:post} look paid, gifted or affiliated.",
    unknown="No platform label, and no text in a language in which payment is read.",
    source="platform label, words of disclosure and affiliation (term table by jurisdiction), or what all words weigh (learned)",
    needs=("post.text",), evidence="own AND paid ORDER BY created_at DESC, post",
)  # fmt: skip
def sponsored_share() -> Columns:
    """Share of own posts with a paid label, a word of disclosure, a sign of affiliation, or that tell of either in own words. Wilson interval."""
    return share("paid", of=READABLE)


@signal(
    title="Disclosed when sponsored", grain="post", unit="share", better="higher",
    says="{value:.0%} of its {n} posts with signs of payment say so in clear words or by label; what is told in own words alone is left out.",
    unknown="Fewer than three posts have a label or words of payment.",
    source="FTC 16 CFR 255 and national rules (term table by jurisdiction); no disclosure found is not undisclosed",
    needs=("post.text",), evidence="own AND paid AND NOT disclosed AND NOT own_words ORDER BY created_at DESC, post",
)  # fmt: skip
def disclosed_share() -> Columns:
    """Of own posts with a label or words of payment, the share with a label or a clear word of disclosure. Wilson interval."""
    none = "CASE WHEN count(*) FILTER (own AND paid AND NOT own_words) = 0 AND count(*) FILTER (own AND has_text) > 0 THEN 'not_applicable' END"
    return share("disclosed", of="own AND paid AND NOT own_words", reason=none)


RECENT_DAYS = 90
"""What counts as recent, before its newest own post (Cheng & Zhang 2025 speak of single posts; the window is a design choice)."""
DATED = f"{READABLE} AND created_at IS NOT NULL"
PAID_EVIDENCE = "own AND paid ORDER BY created_at DESC, post"
MOMENTS = {
    "newest": f"max(epoch(created_at)) FILTER ({DATED})",
    "all_at": f"list(epoch(created_at)) FILTER ({DATED})",
    "paid_at": f"coalesce(list(epoch(created_at)) FILTER ({DATED} AND paid), list_filter([0e0], lambda x: x > 1e0))",
}
SINCE = f"lambda x: x > @newest - {RECENT_DAYS * 86_400}e0"
COUNTS = {
    "posts": f"len(list_filter(@all_at, {SINCE}))",
    "paid": f"len(list_filter(@paid_at, {SINCE}))",
    "before": f"(len(@all_at) - len(list_filter(@all_at, {SINCE})))",
    "paid_before": f"(len(@paid_at) - len(list_filter(@paid_at, {SINCE})))",
}
NOW, BEFORE = wilson("@paid", "@posts"), wilson("@paid_before", "@before")
FEWEST = 5
"""Posts in each stretch of time below which nothing is said of it (design choice)."""


@signal(
    title="Sponsored posts of late", grain="post", unit="share", better="lower",
    says="In the 90 days before its newest post, {value:.0%} of its posts look paid, gifted or affiliated ({n:post} read in all).",
    unknown="Fewer than five dated posts in its last 90 days whose text or label can be read.",
    source="as sponsored_share, over 90 days; one sponsored video costs .19 % of subscribers: Cheng & Zhang 2025, doi 10.1287/mnsc.2023.00193",
    needs=("post.text", "post.created_at"), evidence=PAID_EVIDENCE,
)  # fmt: skip
def sponsored_share_90() -> Columns:
    """Share of own posts of the 90 days up to its newest that look sponsored. Wilson interval."""
    return Columns(
        value=f"CASE WHEN @posts >= {FEWEST} THEN {NOW.value} END",
        low=NOW.low,
        high=NOW.high,
        n=f"count(*) FILTER ({DATED})",
        at_least=FEWEST,
        reason=f"CASE WHEN count(*) FILTER ({DATED}) > 0 THEN 'too_few' END",
        once=(MOMENTS, COUNTS),
    )


@signal(
    title="Sponsorship over time", grain="post", unit="change", better="lower",
    says="The share of its posts that look sponsored changed by {value:+.0%} of all posts in its last 90 days ({n:post} read).",
    unknown="Fewer than five dated, readable posts in its last 90 days, or before.",
    source="difference of two shares, Newcombe 1998 (method 10)", needs=("post.text", "post.created_at"), evidence=PAID_EVIDENCE,
)  # fmt: skip
def sponsorship_trend() -> Columns:
    """Share of sponsored-looking posts in the 90 days up to its newest, less the share before. Newcombe interval."""
    change = "@now - @then"
    enough = f"@posts >= {FEWEST} AND @before >= {FEWEST}"
    return Columns(
        value=f"CASE WHEN {enough} THEN {change} END",
        low=f"{change} - sqrt(pow(@now - @now_low, 2) + pow(@then_high - @then, 2))",
        high=f"{change} + sqrt(pow(@now_high - @now, 2) + pow(@then - @then_low, 2))",
        n=f"count(*) FILTER ({DATED})",
        at_least=2 * FEWEST,
        reason=f"CASE WHEN count(*) FILTER ({DATED}) > 0 THEN 'too_few' END",
        once=(
            MOMENTS,
            COUNTS,
            {"now": NOW.value, "now_low": NOW.low, "now_high": NOW.high,
             "then": BEFORE.value, "then_low": BEFORE.low, "then_high": BEFORE.high},
        ),
    )  # fmt: skip


@signal(
    title="Sponsored off its topics", grain="deals", unit="share", better="lower",
    says="{value:.0%} of its {n} sponsored-looking posts are about something that its other posts hardly touch.",
    unknown="Fewer than three sponsored-looking posts, or fewer than five others, whose topic can be told.",
    source="the essay Less is More ('partnership for money regardless of the products or affinity with their community'); Wilson 1927",
    needs=("post.text",), evidence=PAID_EVIDENCE,
)  # fmt: skip
def off_topic_sponsored_share() -> Columns:
    """Of posts that look sponsored, the share on topics that make up less than 15 % of its other own posts. Wilson interval."""
    reason = f"CASE WHEN paid = 0 THEN 'not_applicable' WHEN others < {OTHERS_FROM} THEN 'too_few' END"
    told = wilson("off", "paid", reason=reason)
    return replace(told, value=f"CASE WHEN others >= {OTHERS_FROM} THEN {told.value} END")


def _students(freedom: str) -> str:
    """Student's quantile that leaves 5 % above it, by the Cornish-Fisher expansion (Abramowitz & Stegun 26.7.5)."""
    v = f"greatest({freedom}, 1e0)"
    return f"({Z} + 1.52377e0 / {v} + 1.4202e0 / pow({v}, 2) + 0.983e0 / pow({v}, 3))"


COUNTED = "own AND settled AND likes IS NOT NULL"
LOG = "ln(likes + coalesce(replies, 0) + 1e0)"


@signal(
    title="Engagement when sponsored", grain="post", unit="change", better="higher",
    says="A typical sponsored-looking post gets {value:more|fewer|as many} likes and comments {value:than|than|as} its other posts: "
    "{value:+.0%} ({n} such posts).",
    unknown="Fewer than three sponsored-looking posts, or fewer than five others, with likes.",
    source="difference of mean logs, Welch 1947; that pay costs engagement: Cheng & Zhang 2025, doi 10.1287/mnsc.2023.00193",
    needs=("post.text", "post.likes"), evidence=PAID_EVIDENCE,
)  # fmt: skip
def sponsored_engagement_gap() -> Columns:
    """Ratio of the typical (geometric mean) likes and comments of sponsored-looking posts to its own others, less one.

    The limits take Student's quantile with the degrees of freedom of the smaller group, which is at least Welch's interval.
    """
    return Columns(
        value="CASE WHEN @others >= 5 THEN exp(@gap) - 1e0 END",
        low="exp(@gap - @t * @error) - 1e0",
        high="exp(@gap + @t * @error) - 1e0",
        n=f"count(*) FILTER ({COUNTED} AND paid)",
        at_least=3,
        reason=f"CASE WHEN count(*) FILTER ({COUNTED}) > 0 AND count(*) FILTER ({COUNTED} AND paid) = 0 THEN 'not_applicable' "
        f"WHEN count(*) FILTER ({COUNTED}) > 0 THEN 'too_few' END",
        once=(
            {
                "others": f"count(*) FILTER ({COUNTED} AND NOT paid)",
                "few": f"(least(count(*) FILTER ({COUNTED} AND paid), count(*) FILTER ({COUNTED} AND NOT paid)) - 1e0)",
                "gap": f"(avg({LOG}) FILTER ({COUNTED} AND paid) - avg({LOG}) FILTER ({COUNTED} AND NOT paid))",
                "error": f"sqrt(pow(stddev_samp({LOG}) FILTER ({COUNTED} AND paid), 2) / nullif(count(*) FILTER ({COUNTED} AND paid), 0)"
                f" + pow(stddev_samp({LOG}) FILTER ({COUNTED} AND NOT paid), 2) / nullif(count(*) FILTER ({COUNTED} AND NOT paid), 0))",
            },
            {"t": _students("@few")},
        ),
    )


@signal(
    title="Engagement since it sells more", grain="selling", unit="change", better="higher",
    says="Its posts look sponsored more often {label}; its other posts got {value:more|fewer|as many} likes and comments since "
    "{value:than|than|as} just before: {value:+.0%} ({n:post} compared): what came after, not what came of it.",
    unknown="No rise of its sponsored-looking posts stands out, or fewer than five other posts with likes lie on either side of it.",
    source="the guide to becoming one ('as they align themselves more with the brands that pay them, the actual value gets lost'); change point: Hinkley & "
    "Hinkley 1970, Andrews 2003; difference of mean logs, Welch 1947",
    needs=("post.text", "post.likes", "post.created_at"), evidence=PAID_EVIDENCE,
)  # fmt: skip
def after_sponsorship() -> Columns:
    """Ratio of the typical likes and comments of its unsponsored posts since a rise of sponsored ones to those before, less one.

    The rise is the split of its dated posts that tells two shares apart best, where that is beyond chance; the twenty nearest posts
    on either side are compared. The limits are Welch's, with the degrees of freedom of the smaller side.
    """
    t = _students("(few - 1e0)")
    return Columns(
        value="exp(change) - 1e0",
        low=f"exp(change - {t} * error) - 1e0",
        high=f"exp(change + {t} * error) - 1e0",
        n="CASE WHEN rose THEN compared ELSE 0 END",
        label="label",
        at_least=2 * COMPARED_FROM,
        reason=f"CASE WHEN posts < {2 * COMPARED_FROM} OR rose THEN 'too_few' ELSE 'not_applicable' END",
    )
