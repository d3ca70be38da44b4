"""How much does its audience do? Four definitions that the trade uses under one name; they are not interchangeable.

Each is shown as the median (a typical post) and as the mean (what a campaign adds up to). Own posts only: reposts and replies
carry other people's engagement. Posts under 72 hours old when counted do not enter. Hidden likes are unknown, never 0.
"""

from __future__ import annotations

from groundswell.signals.declaring import Columns, mean, median, signal

COUNTED = "own AND settled"
# Hidden is the reason only where hidden likes are what stands in the way: the denominator is known, and few likes are.
HIDDEN = "CASE WHEN count(*) FILTER (own AND likes_hidden AND followers > 0) > count(*) FILTER (own AND likes IS NOT NULL) THEN 'hidden' END"
HIDDEN_OF_VIEWS = HIDDEN.replace("followers > 0", "views > 0")
HIDDEN_OF_REACH = HIDDEN.replace("followers > 0", "reach > 0")
LIKES = "likes / followers"
PUBLIC = "(likes + replies) / followers"
VIEWS = "likes / nullif(views, 0)"
REACH = "(likes + replies + reposts + saves) / nullif(reach, 0)"
TOP = "own AND settled AND likes IS NOT NULL ORDER BY likes DESC, post"
NO_LIKES = "Likes or followers are not known."


@signal(
    title="Likes per follower, typical", grain="post", unit="share", better="higher",
    says="A typical post is liked by {value:.2%} of followers ({n:post} read).", unknown=NO_LIKES,
    source="Modash help 6542471: median likes / followers (Instagram)",
    needs=("post.likes", "account.followers"), evidence=TOP,
)  # fmt: skip
def like_rate() -> Columns:
    """Median over own posts of likes divided by the followers at the time of the post (else the latest known)."""
    return median(LIKES, where=COUNTED, reason=HIDDEN)


@signal(
    title="Likes per follower, mean", grain="post", unit="share", better="higher",
    says="Over {n:post}, likes come to {value:.2%} of followers a post.", unknown=NO_LIKES,
    source="Markerly 2016 (marketingdive.com/news/418109): likes / followers on unpaid posts",
    needs=("post.likes", "account.followers"), evidence=TOP,
)  # fmt: skip
def like_rate_mean() -> Columns:
    """Mean over own posts of likes divided by followers at the time."""
    return mean(LIKES, where=COUNTED, reason=HIDDEN)


@signal(
    title="Likes and comments per follower, typical", grain="post", unit="share", better="higher",
    says="A typical post moves {value:.2%} of followers to like or comment ({n:post} read).",
    unknown="Likes, comments or followers are not known.",
    source="GRIN support 2403207: (likes + comments) / followers",
    needs=("post.likes", "post.replies", "account.followers"), evidence=TOP,
)  # fmt: skip
def public_rate() -> Columns:
    """Median over own posts of likes plus comments, divided by followers at the time."""
    return median(PUBLIC, where=COUNTED, reason=HIDDEN)


@signal(
    title="Likes and comments per follower, mean", grain="post", unit="share", better="higher",
    says="Over {n:post}, likes and comments come to {value:.2%} of followers a post.",
    unknown="Likes, comments or followers are not known.",
    source="GRIN support 2403207; Lefty help 9095635: mean engagements / followers",
    needs=("post.likes", "post.replies", "account.followers"), evidence=TOP,
)  # fmt: skip
def public_rate_mean() -> Columns:
    """Mean over own posts of likes plus comments, divided by followers at the time."""
    return mean(PUBLIC, where=COUNTED, reason=HIDDEN)


@signal(
    title="Likes per view, typical", grain="post", unit="share", better="higher",
    says="Of those who see a typical post, {value:.2%} like it ({n:post} read).",
    unknown="Views or likes are not known.",
    source="Modash help 6542471: likes / views (TikTok, YouTube)",
    needs=("post.likes", "post.views"), evidence=TOP,
)  # fmt: skip
def view_rate() -> Columns:
    """Median over own posts of likes divided by views."""
    return median(VIEWS, where=COUNTED, reason=HIDDEN_OF_VIEWS)


@signal(
    title="Likes per view, mean", grain="post", unit="share", better="higher",
    says="Over {n:post}, likes come to {value:.2%} of views a post.",
    unknown="Views or likes are not known.",
    source="Modash help 6542471: average likes / average views",
    needs=("post.likes", "post.views"), evidence=TOP,
)  # fmt: skip
def view_rate_mean() -> Columns:
    """Mean over own posts of likes divided by views."""
    return mean(VIEWS, where=COUNTED, reason=HIDDEN_OF_VIEWS)


@signal(
    title="All actions per person reached, typical", grain="post", unit="share", better="higher",
    says="Of those reached by a typical post, {value:.2%} act on it ({n:post} read).",
    unknown="Reach, likes, comments, shares or saves are not known; only the owner can give them.",
    source="Later help 10582366125975: (likes + comments + saves + shares) / reach, median",
    needs=("post.likes", "post.replies", "post.reposts", "post.saves", "post.reach"), evidence=TOP,
)  # fmt: skip
def reach_rate() -> Columns:
    """Median over own posts of likes, comments, shares and saves, divided by accounts reached."""
    return median(REACH, where=COUNTED, reason=HIDDEN_OF_REACH)


@signal(
    title="All actions per person reached, mean", grain="post", unit="share", better="higher",
    says="Over {n:post}, actions come to {value:.2%} of those reached a post.",
    unknown="Reach, likes, comments, shares or saves are not known; only the owner can give them.",
    source="Later help 10582366125975, as a mean",
    needs=("post.likes", "post.replies", "post.reposts", "post.saves", "post.reach"), evidence=TOP,
)  # fmt: skip
def reach_rate_mean() -> Columns:
    """Mean over own posts of likes, comments, shares and saves, divided by accounts reached."""
    return mean(REACH, where=COUNTED, reason=HIDDEN_OF_REACH)


@signal(
    title="Likes and comments, typical", grain="post", unit="count", better="neither",
    says="A typical post gets {value:,.0f} likes and comments ({n:post} read).",
    unknown="Likes or comments are not known.",
    source="platform's own counts; the median, because a few posts carry most of the sum",
    needs=("post.likes", "post.replies"), evidence=TOP,
)  # fmt: skip
def typical_reactions() -> Columns:
    """Median over own posts of likes plus comments; a count, not a rate, so it grows with size."""
    return median(
        "likes::DOUBLE + replies", where=COUNTED, reason=HIDDEN.replace("followers > 0", "replies IS NOT NULL")
    )


@signal(
    title="Saves and shares per like", grain="post", unit="ratio", better="higher",
    says="A typical post is kept or passed on {value:.2f} times for every like ({n:post} read).",
    unknown="Likes, or both saves and shares, are not known.",
    source="The essay on wrong definitions, 'ability to create amazing content': what is kept or passed on costs more than a like; proxy after "
    "Later help 10582366125975",
    needs=("post.likes", "post.saves", "post.reposts"), evidence=TOP,
)  # fmt: skip
def kept_ratio() -> Columns:
    """Median over own posts with likes of (saves + shares) / likes; where only one of the two is known, of that one."""
    kept = (
        "CASE WHEN saves IS NOT NULL OR reposts IS NOT NULL THEN coalesce(saves, 0)::DOUBLE + coalesce(reposts, 0) END"
    )
    return median(f"({kept}) / nullif(likes, 0)", where=COUNTED)


@signal(
    title="Likes and comments per follower, unpaid posts", grain="post", unit="share", better="higher",
    says="A typical post that nobody paid for moves {value:.2%} of followers ({n:post} read).",
    unknown="Fewer than three posts without a sign of payment, or their counts are not known.",
    source="Markerly 2016 measured unpaid posts only (marketingdive.com/news/418109); paid and unpaid are not the same",
    needs=("post.likes", "post.replies", "account.followers", "post.text"),
    evidence=TOP.replace("settled", "settled AND NOT paid"),
)  # fmt: skip
def organic_rate() -> Columns:
    """Median of likes plus comments, divided by followers at the time, over own posts without label or word of payment."""
    return median(PUBLIC, where=f"{COUNTED} AND readable AND NOT paid", reason=HIDDEN)


@signal(
    title="Likes and comments per follower, paid posts", grain="post", unit="share", better="higher",
    says="A typical post that looks paid moves {value:.2%} of followers ({n:post} read).",
    unknown="Fewer than three posts look paid, or their counts are not known.",
    source="paid and unpaid apart: Digiday on Markerly 2016 (digiday.com/marketing/micro-influencers)",
    needs=("post.likes", "post.replies", "account.followers", "post.text"),
    evidence=TOP.replace("settled", "settled AND paid"),
)  # fmt: skip
def sponsored_rate() -> Columns:
    """Median of likes plus comments, divided by followers at the time, over own posts that look paid, gifted or affiliated."""
    none = "CASE WHEN count(*) FILTER (own AND readable) > 0 AND count(*) FILTER (own AND paid) = 0 THEN 'not_applicable' END"
    return median(PUBLIC, where=f"{COUNTED} AND readable AND paid", reason=none)
