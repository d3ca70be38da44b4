"""How big is it? Counts as the platform shows them. Size is described, never rewarded."""

from __future__ import annotations

from groundswell.signals.declaring import Columns, observed, signal


@signal(
    title="Followers", grain="account", unit="count", better="neither",
    says="{value:,.0f} followers when last seen.",
    unknown="How many follow it is not in the data.",
    source="platform's own count", needs=("account.followers",),
)  # fmt: skip
def followers() -> Columns:
    """Followers at the newest observation."""
    return observed("followers")


@signal(
    title="Following per follower", grain="account", unit="ratio", better="neither",
    says="It follows {value:.2g} accounts for every follower it has.",
    unknown="Following or followers are not known.",
    source="Valsesia, Proserpio & Nunes 2020, doi 10.1177/0022243720915467: following fewer raises perceived influence",
    needs=("account.following", "account.followers"),
)  # fmt: skip
def following_ratio() -> Columns:
    """Accounts followed, divided by followers, at the newest observation."""
    return observed("following / nullif(followers, 0)")


@signal(
    title="Age of the account", grain="account", unit="days", better="neither",
    says="The account was {value:,.0f} days old when last seen.",
    unknown="When the account was opened, or when it was seen, is not in the data; the day on which a file was collected can be given when it is brought in.",
    source="platform's own date", needs=("account.created_at",),
)  # fmt: skip
def account_age_days() -> Columns:
    """Days from the opening of the account to its newest observation, where the time of that is not merely assumed."""
    return observed(
        "CASE WHEN observed_own AND observed_at >= created_at THEN (epoch(observed_at) - epoch(created_at)) / 86400e0 END"
    )
