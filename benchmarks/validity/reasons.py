"""Why some signals have no figure: said one by one, so that nothing stays untested without somebody having thought about it."""

from __future__ import annotations

_COUNT = "it is the platform's own count, divided by another at most: there is nothing to be right about beyond reading the file"
_REACH = "only owners can export reach, and no such export with a known answer is at hand"

REASONS: dict[str, str] = {
    "following_ratio": _COUNT,
    "account_age_days": _COUNT,
    "reach_rate": _REACH,
    "reach_rate_mean": _REACH,
}
