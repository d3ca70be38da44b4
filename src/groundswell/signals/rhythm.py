"""When does it speak? Frequency, regularity and silences of own posts, and whether it is likely to go on."""

from __future__ import annotations

from groundswell.signals.declaring import Columns, Z, signal

SPAN = "((last_at - first_at) / 604800e0)"
EVENTS = "(posts - 1)"
N = "len(gaps)"


R = "(list_stddev_pop(gaps) / nullif(list_avg(gaps), 0))"
SUMS = {
    "plain": f"(({R} - 1e0) / ({R} + 1e0))",
    "total": "list_sum(gaps)",
    "squares": "list_sum(list_transform(gaps, lambda y: y * y))",
}
OTHERS_MEAN = f"nullif((@total - x) / ({N} - 1e0), 0)"
OTHERS_R = f"(sqrt(greatest((@squares - x * x) / ({N} - 1e0) - {OTHERS_MEAN} * {OTHERS_MEAN}, 0e0)) / {OTHERS_MEAN})"
# Jackknife (Quenouille 1956, Tukey 1958): what changes when one gap is left out tells how far few gaps lead astray, and how sure that is.
LEFT_OUT = {"others": f"list_transform(gaps, lambda x: ({OTHERS_R} - 1e0) / ({OTHERS_R} + 1e0))"}
CORRECTED = {
    "bursts": f"({N} * @plain - ({N} - 1e0) * list_avg(@others))",
    # Student's quantile by two terms of Cornish & Fisher.
    "half": f"(({Z} + {(float(Z) ** 3 + float(Z)) / 4:.9e} / ({N} - 1e0)) * sqrt({N} - 1e0) * list_stddev_pop(@others))",
}


# In the long run the variance of a count is r squared times the count, where r is the spread of the gaps over their mean (Cox 1962,
# Renewal Theory): so k posts tell as much as k / r^2 that come by chance. Few gaps may look more even than they are: .05 is the least
# (design choice). On simulated clocks, chance and bursts 89, 88 and 87 % of intervals hold the truth; by Poisson 100, 91 and 65 %.
UNEVEN = {
    "uneven": f"coalesce(greatest({N} / greatest({N} - 1e0, 1e0) * pow(list_stddev_pop(gaps) / nullif(list_avg(gaps), 0), 2), 0.05e0), 1e0)"
}
COUNTED = {"chances": f"({EVENTS} / @uneven)"}


def _poisson(sign: str) -> str:
    """90 % limits of a count (Wilson-Hilferty approximation, Byar), of as many chances as its gaps are worth."""
    k = "@chances" if sign == "-" else "(@chances + 1e0)"
    factor = f"pow(greatest(1e0 - 1e0 / (9e0 * {k}) {sign} {Z} / (3e0 * sqrt({k})), 0e0), 3)"
    return f"({k} * {factor} * @uneven / {SPAN})"


@signal(
    title="Posts per week", grain="gap", unit="per_week", better="neither",
    says="It posts {value:.1f} times a week ({n:post} read).",
    unknown="Too few dated posts, or all within one week.",
    source="count / time; interval by the variance of renewal counts, Cox 1962; more is not better: Leung et al. 2022, "
    "doi 10.1177/00222429221102889",
    needs=("post.created_at",), evidence="own AND created_at IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def posts_per_week() -> Columns:
    """Own posts after the first, divided by the weeks from the first to the last; at least a week.

    Poisson interval (Byar) of a count as uneven as its gaps.
    """
    long_enough = f"CASE WHEN {SPAN} >= 1 THEN "
    return Columns(
        value=f"{long_enough}{EVENTS} / {SPAN} END",
        low=f"{long_enough}{_poisson('-')} END",
        high=f"{long_enough}{_poisson('+')} END",
        n="posts",
        at_least=3,
        once=(UNEVEN, COUNTED),
    )


@signal(
    title="Burstiness", grain="gap", unit="score", better="lower",
    says="Its rhythm is {value:+.2f} on a scale from -1 (a clock) over 0 (chance) to +1 (bursts), from {n:gap}.",
    unknown="Fewer than ten gaps between dated posts.",
    source="Goh & Barabasi 2008, doi 10.1209/0295-5075/81/48002; bias of few gaps taken off by the jackknife, Quenouille 1956",
    needs=("post.created_at",), evidence="own AND created_at IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def burstiness() -> Columns:
    """(r - 1) / (r + 1), r = spread of the gaps / mean gap, with the jackknife's correction and interval.

    From 12 gaps of a clock, chance and bursts it is off by .001, .009 and .027 on average (by .03, .07 and .11 without; in the form of
    Kim & Jo 2016, doi 10.1103/PhysRevE.94.032311, by .08, .03 and .05); single values scatter more than without.
    """
    return Columns(
        value="CASE WHEN @plain IS NOT NULL THEN least(1e0, greatest(-1e0, @bursts)) END",
        low="least(1e0, greatest(-1e0, @bursts - @half))",
        high="least(1e0, greatest(-1e0, @bursts + @half))",
        n=N,
        at_least=10,
        once=(SUMS, LEFT_OUT, CORRECTED),
    )


@signal(
    title="Longest silence", grain="gap", unit="days", better="lower",
    says="Its longest silence between two posts was {value:.1f} days ({n:gap}).",
    unknown="Too few dated posts.",
    source="largest gap between successive own posts", needs=("post.created_at",),
    evidence="own AND created_at IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def longest_silence_days() -> Columns:
    """The largest number of days between two successive own posts."""
    largest = "list_max(gaps)"
    return Columns(value=largest, low=largest, high=largest, n=N, at_least=2)


NOT_SEEN = "CASE WHEN seen_at IS NULL THEN 'not_observed' END"
# The engine's greatest() passes over what is unknown: unasked, an unknown silence would be none.
SILENCE = {"silence": "CASE WHEN seen_at IS NOT NULL THEN greatest((seen_at - last_at) / 86400e0, 0e0) END"}
HORIZON = "30e0"
STOPPED_BEFORE = "150e0"
"""Posts after which, before seeing any, one account is expected to have stopped (design choice, as are the next four)."""
USUAL_GAP = "7e0"
"""Days between posts expected before seeing any; it weighs as much as one gap."""
FEW = "6e0"
"""Gaps at which an account's own evenness counts half."""
BREAK, BREAK_DAYS = "0.02e0", "20e0"
"""Share of gaps that are a break from all habit (holidays, illness), and the days that half of the breaks outlast."""
CV = "nullif(list_stddev_pop(gaps) / nullif(list_avg(gaps), 0), 0)"
# The shape of a Weibull distribution from the spread of its gaps (Justus et al. 1978), held back where gaps are few.
SHAPE = {"shape": f"pow(least(2.5e0, greatest(0.5e0, coalesce(pow({CV}, -1.086e0), 2.5e0))), {N} / ({N} + {FEW}))"}
LIVED = {
    "lived": f"(list_sum(list_transform(gaps, lambda x: pow(x, @shape))) + pow({USUAL_GAP}, @shape))",
    "silent": "pow(@silence, @shape)",
    "later": f"pow(@silence + {HORIZON}, @shape)",
}


def _with_breaks(habit: str, days: str) -> str:
    return f"((1e0 - {BREAK}) * {habit} + {BREAK} / (1e0 + {days} / {BREAK_DAYS}))"


def _outlasts(stretched: str, days: str) -> str:
    """Chance that a gap of somebody active lasts longer: the rate has a gamma distribution, so this is a closed form."""
    return _with_breaks(f"pow(@lived / (@lived + {stretched}), {N} + 1e0)", days)


def _outlasts_at(sign: str, stretched: str, days: str) -> str:
    """The same, at a 90 % limit of the rate (Wilson-Hilferty approximation of the gamma quantile)."""
    k = f"({N} + 1e0)"
    rate = f"{k} / @lived * pow(greatest(1e0 - 1e0 / (9e0 * {k}) {sign} {Z} / (3e0 * sqrt({k})), 0e0), 3)"
    return _with_breaks(f"exp(-{rate} * {stretched})", days)


LATER = f"(@silence + {HORIZON})"
OUTLASTS = {
    f"{name}{of}": chance
    for of, stretched, days in (("_now", "@silent", "@silence"), ("_later", "@later", LATER))
    for name, chance in (
        ("usual", _outlasts(stretched, days)),
        ("slow", _outlasts_at("-", stretched, days)),
        ("fast", _outlasts_at("+", stretched, days)),
    )
}


def _chance_to_go_on(pace: str, stopped: str) -> str:
    """Chance that it has not stopped, given how long it has been silent, and that the gap ends within the horizon."""
    return f"((1e0 - @{pace}_later / @{pace}_now) / (1e0 + {stopped} / @{pace}_now))"


def _odds(quantile: str) -> str:
    """A limit of the odds to have stopped after a post: the chance is Beta(1, posts), whose quantile is a closed form."""
    return f"(pow({quantile}, -1e0 / ({STOPPED_BEFORE} + {N})) - 1e0)"


@signal(
    title="Chance to go on", grain="gap", unit="share", better="higher",
    says="The chance of another post within 30 days of when it was last looked at is {value:.0%} ({n:gap} read).",
    unknown="Fewer than three gaps between dated posts, or when they were looked at is not in the data; "
    "the day on which a file was collected can be given when it is brought in.",
    source="after Fader, Hardie & Lee 2005 (BG/NBD, doi 10.1287/mksc.1040.0098), with Weibull gaps, even or bursty, and breaks",
    needs=("post.created_at",), evidence="own AND created_at IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def persistence() -> Columns:
    """Chance that it has not stopped, given its gaps and its silence, times the chance that a gap ends within 30 days.

    The limits take a low and a high pace together with high (low) odds to have stopped, so that they cover at least 90 %.
    """
    value = _chance_to_go_on("usual", f"(1e0 / ({STOPPED_BEFORE} + {N} - 1e0))")
    low, high = (
        ", ".join(_chance_to_go_on(pace, _odds(end)) for pace in ("slow", "fast")) for end in ("0.05e0", "0.95e0")
    )
    return Columns(
        value=value,
        low=f"least({low}, {value})",
        high=f"greatest({high}, {value})",
        n=N,
        at_least=3,
        reason=NOT_SEEN,
        once=(SILENCE | SHAPE, LIVED, OUTLASTS),
    )


LONG = f"list_sort(gaps)[greatest(1, round(0.9e0 * {N}))::BIGINT]"


@signal(
    title="Silence now", grain="gap", unit="days", better="lower",
    says="When last looked at it had been silent for {value:.1f} days: {label} ({n:gap} read).",
    unknown="Fewer than five gaps between dated posts, or when they were looked at is not in the data.",
    source="own 90th percentile of gaps as the line (design choice)", needs=("post.created_at",),
    evidence="own AND created_at IS NOT NULL ORDER BY created_at DESC, post",
)  # fmt: skip
def silence_days() -> Columns:
    """Days from its newest own post to when its posts were last looked at, beside the gap that nine of its ten gaps stay within."""
    silence = SILENCE["silence"]
    return Columns(
        value=silence,
        low=silence,
        high=silence,
        n=N,
        label=f"CASE WHEN {silence} > {LONG} THEN 'longer than nine of ten of its gaps' ELSE 'no longer than its usual gaps' END",
        at_least=5,
        reason=NOT_SEEN,
    )
