"""Who stays? People who come back in another month, who carry an exchange on, and who are there again and again."""

from __future__ import annotations

from groundswell.signals.declaring import Columns, signal, wilson
from groundswell.signals.ties import REGULAR_FROM

ACTS = ("interaction.actor", "interaction.account", "interaction.acted_at")


@signal(
    title="Come back", grain="circle", unit="share", better="higher",
    says="{value:.0%} of the {n:,.0f} people who spoke to it came back in a later month.",
    unknown="Fewer than five people spoke to it before the last month in the data.",
    source="seed 002: \"smaller, more loyal audiences\"; calendar months are our choice; Wilson 1927",
    needs=ACTS,
)  # fmt: skip
def returning_share() -> Columns:
    """People who commented, quoted, passed on or named it in a later month again, of those first seen before the last month."""
    return wilson("returned", "early", 5)


@signal(
    title="Superfans", grain="circle", unit="count", better="higher",
    says="Superfans, who came in at least three months and on three posts: {value:,.0f} ({label}).",
    unknown="The data show fewer than three months in which somebody spoke to it.",
    source="seed 001: \"a few people who'll endorse you\"; three months and three posts are our choice",
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
    source="seed 000 and Edelman in seed 004: an \"involved\" audience; Wilson 1927",
    needs=("interaction.via", "interaction.post"),
)  # fmt: skip
def comment_depth() -> Columns:
    """Answers to comments that the one who had commented answered again, divided by answers given."""
    return wilson("continued", "answers", 5)
