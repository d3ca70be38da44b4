"""Does it answer? Comments by other people on its posts, and what came back."""

from __future__ import annotations

from groundswell.signals.declaring import Columns, Z, share, signal

# A product of fractions that is exactly one half may come out a hair above it.
HALF = "0.500000001e0"
UNHEARD = "CASE WHEN count(*) FILTER (replies_known) = 0 THEN 'not_observed' END"


@signal(
    title="Replies to comments", grain="received", unit="share", better="higher",
    says="It answered {value:.0%} of the {n:comment} on its posts.",
    unknown="No comments on its posts, or its own replies are not in the data.",
    source="Proserpio & Zervas 2017 (ssrn 2521190) on why answering matters; Wilson 1927 for the interval",
    needs=("interaction.via",),
)  # fmt: skip
def reply_rate() -> Columns:
    """Share of other people's comments on its posts that the author replied to."""
    return share("answered", of="replies_known", at_least=3, reason=UNHEARD)


@signal(
    title="Time to reply", grain="received", unit="hours", better="lower",
    says="Half of the comments are answered within {value:.1f} hours ({n:comment}).",
    unknown="Fewer than half of the comments were answered, or its replies are not in the data.",
    source="Kaplan & Meier 1958; unanswered comments count as still waiting, so that silence does not look fast",
    needs=("interaction.via", "interaction.acted_at"),
)  # fmt: skip
def reply_latency_hours() -> Columns:
    """Median hours to the author's reply by Kaplan-Meier, with unanswered comments as censored; Greenwood interval."""
    spread = f"{Z} * unanswered * sqrt(greenwood)"
    return Columns(
        value=f"min(hours) FILTER (replies_known AND answered AND unanswered <= {HALF})",
        low=f"min(hours) FILTER (replies_known AND answered AND unanswered - {spread} <= {HALF})",
        high=f"min(hours) FILTER (replies_known AND answered AND unanswered + {spread} <= {HALF})",
        n="count(*) FILTER (replies_known)",
        at_least=5,
        reason=f"CASE WHEN count(*) FILTER (replies_known) >= 5 THEN 'not_applicable' ELSE {UNHEARD} END",
    )
