"""Who stays? People who come back in another month, who carry an exchange on, and who are there again and again."""

from __future__ import annotations

from groundswell.signals.company import HIGHER
from groundswell.signals.declaring import Columns, Z, signal, wilson
from groundswell.signals.ties import FANS_ASKED, REGULAR_FROM

ACTS = ("interaction.actor", "interaction.account", "interaction.acted_at")


@signal(
    title="Come back", grain="circle", unit="share", better="higher",
    says="{value:.0%} of the {n:,.0f} people who spoke to it came back in a later month.",
    unknown="Fewer than five people spoke to it before the last month in the data.",
    source="the essay Less is More: \"smaller, more loyal audiences\"; calendar months are our choice; Wilson 1927",
    needs=ACTS,
)  # fmt: skip
def returning_share() -> Columns:
    """People who commented, quoted, passed on or named it in a later month again, of those first seen before the last month."""
    return wilson("returned", "early", 5)


@signal(
    title="Superfans", grain="circle", unit="count", better="higher",
    says="Superfans, who came in at least three months and on three posts: {value:,.0f} ({label}).",
    unknown="The data show fewer than three months in which somebody spoke to it.",
    source="the guide to becoming one: \"a few people who'll endorse you\"; three months and three posts are our choice",
    needs=ACTS,
)  # fmt: skip
def superfans() -> Columns:
    """Number of people who spoke to it in at least three calendar months, on at least three posts; the label names three."""
    number = f"CASE WHEN months >= {REGULAR_FROM} THEN loyal END"
    return Columns(
        value=number,
        low=number,
        high=number,
        n="speakers",
        label="coalesce(loyal_names, CASE WHEN loyal = 0 THEN 'nobody' ELSE 'not known by a handle' END)",
        reason="CASE WHEN months > 0 THEN 'too_few' END",
    )


@signal(
    title="Exchanges go on", grain="circle", unit="share", better="higher",
    says="{value:.0%} of the {n:answer} it gave were answered again.",
    unknown="It gave fewer than five answers to comments, as far as the data show.",
    source="the brief on educators and Edelman in the article on 2017: an \"involved\" audience; Wilson 1927",
    needs=("interaction.via", "interaction.post"),
)  # fmt: skip
def comment_depth() -> Columns:
    """Answers to comments that the one who had commented answered again, divided by answers given."""
    return wilson("continued", "answers", 5)


@signal(
    title="Length of comments", grain="company", unit="count", better="higher",
    says="A typical comment on its posts has {value:.0f} words ({n:comment} read).",
    unknown="The data hold the texts of fewer than three comments on its posts.",
    source="involvement in the brief on educators and in Edelman, the article on 2017; order-statistic interval (Conover 1980)",
    needs=("post.text", "interaction.via"),
)  # fmt: skip
def comment_length() -> Columns:
    """Median words of comments by other people, handles left out."""
    rank = f"greatest(1, floor(@n / 2e0 - {Z} * sqrt(@n) / 2e0))::BIGINT"
    return Columns(
        value="(@xs[((@n + 1) // 2)::BIGINT] + @xs[((@n + 2) // 2)::BIGINT]) / 2e0",
        low=f"@xs[{rank}]",
        high=f"@xs[@n - {rank} + 1]",
        n="coalesce(len(words), 0)",
        at_least=3,
        interval_from=5,
        once=({"xs": "words"},),
    )


@signal(
    title="Reach of its superfans", grain="circle", unit="count", better="higher",
    says="Its superfans, of whom {n:,.0f} were looked at, are followed by {value:,.0f} people who do not follow it themselves.",
    unknown="It has no superfans in the data, or nobody's follows of them are.",
    source=f"the guide to becoming one: \"endorse you to their family, friends and colleagues\"; the {FANS_ASKED} most loyal are our choice",
    needs=("follow.follower", "follow.followed", "interaction.acted_at"),
)  # fmt: skip
def second_hop_reach() -> Columns:
    """Followers seen of its most loyal people, each once, without its own followers seen and itself."""
    number = "CASE WHEN fans_asked > 0 THEN second_hop END"
    return Columns(value=number, low=number, high=number, n="fans_asked")


@signal(
    title="Notable connections", grain="company", unit="count", better="higher",
    says="Of the {n:,.0f} people who speak to it, verified or with ten times its followers: {value:,.0f} ({label}).",
    unknown="Its followers are not known, or those of nobody who speaks to it.",
    source=f"the brief on educators: \"notable connections\"; {HIGHER} times its followers, or verified, is our choice",
    needs=("account.followers", "interaction.actor", "interaction.account"),
)  # fmt: skip
def notable_connections() -> Columns:
    """Number of people who speak to it and have at least ten times its followers, or are verified; the label names three."""
    return Columns(value="high", low="high", high="high", n="met", label="coalesce(names, 'nobody')")
