"""What a server says of its limits, in headers: after how many seconds to ask again, when counting begins anew, how many are left."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from groundswell.sources.values import moment_of


def seconds_in(said: str | None, now: float) -> float | None:
    """`Retry-After` in seconds or as a date; None when it is neither, or lies in the past."""
    number = number_in(said)
    if number is None and said:
        try:
            number = parsedate_to_datetime(said).timestamp() - now
        except (ValueError, TypeError, OverflowError):
            return None
    return number if number is not None and 0 <= number < 1e9 else None


def moment_in(said: str | None, now: float) -> float | None:
    """When counting begins anew, as seconds since 1970."""
    number = number_in(said)
    if number is not None:
        return number if number > 1e9 else now + number
    moment = moment_of(said)
    return moment.timestamp() if moment else None


def number_in(said: str | None) -> float | None:
    """A header as a number; None where it is none."""
    try:
        number = float(said or "")
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
