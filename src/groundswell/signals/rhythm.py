"""When does it speak? Frequency, regularity and silences of own posts."""

from __future__ import annotations

from groundswell.signals.declaring import Columns, Z, signal

SPAN = "((last_at - first_at) / 604800e0)"
EVENTS = "(posts - 1)"
N = "len(gaps)"
# Relative spread of the gaps, and the moments its sampling error needs.
R = "(list_stddev_pop(gaps) / nullif(list_avg(gaps), 0))"
SKEW, KURTOSIS = "coalesce(list_skewness(gaps), 0e0)", "coalesce(list_kurtosis(gaps), 0e0)"
BN = f"((sqrt({N} + 1e0) * {R} - sqrt({N} - 1e0)) / ((sqrt({N} + 1e0) - 2e0) * {R} + sqrt({N} - 1e0)))"
ERROR = f"(2e0 / ((1e0 + {R}) * (1e0 + {R})) * {R} * sqrt(greatest({R} * {R} - {R} * {SKEW} + ({KURTOSIS} + 2e0) / 4e0, 0e0) / {N}))"


def _poisson(rate: str, sign: str) -> str:
    """90 % limits of a Poisson count (Wilson-Hilferty approximation, Byar)."""
    k = EVENTS if sign == "-" else f"({EVENTS} + 1e0)"
    factor = f"pow(greatest(1e0 - 1e0 / (9e0 * {k}) {sign} {Z} / (3e0 * sqrt({k})), 0e0), 3)"
    return f"({k} * {factor} / {rate})"


@signal(
    title="Posts per week", grain="gap", unit="per_week", better="neither",
    says="It posts {value:.1f} times a week ({n} posts read).",
    unknown="Too few dated posts, or all within one week.",
    source="count / time; more is not better: Leung et al. 2022, doi 10.1177/00222429221102889",
    needs=("post.created_at",), evidence="own AND created_at IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def posts_per_week() -> Columns:
    """Own posts after the first, divided by the weeks from the first to the last; at least a week. Poisson interval."""
    long_enough = f"CASE WHEN {SPAN} >= 1 THEN "
    return Columns(
        value=f"{long_enough}{EVENTS} / {SPAN} END",
        low=f"{long_enough}{_poisson(SPAN, '-')} END",
        high=f"{long_enough}{_poisson(SPAN, '+')} END",
        n="posts",
        at_least=3,
    )


@signal(
    title="Burstiness", grain="gap", unit="score", better="lower",
    says="Its rhythm is {value:+.2f} on a scale from -1 (a clock) over 0 (chance) to +1 (bursts), from {n} gaps.",
    unknown="Fewer than ten gaps between dated posts.",
    source="Kim & Jo 2016, doi 10.1103/PhysRevE.94.032311, finite-size form with n = number of gaps",
    needs=("post.created_at",), evidence="own AND created_at IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def burstiness() -> Columns:
    """(sqrt(n+1) r - sqrt(n-1)) / ((sqrt(n+1) - 2) r + sqrt(n-1)), r = spread of the gaps / mean gap; delta-method interval."""
    return Columns(
        value=BN,
        low=f"greatest(-1e0, {BN} - {Z} * {ERROR})",
        high=f"least(1e0, {BN} + {Z} * {ERROR})",
        n=N,
        at_least=10,
    )


@signal(
    title="Longest silence", grain="gap", unit="days", better="lower",
    says="Its longest silence between two posts was {value:.1f} days ({n} gaps).",
    unknown="Too few dated posts.",
    source="largest gap between successive own posts", needs=("post.created_at",),
    evidence="own AND created_at IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def longest_silence_days() -> Columns:
    """The largest number of days between two successive own posts."""
    largest = "list_max(gaps)"
    return Columns(value=largest, low=largest, high=largest, n=N, at_least=2)
