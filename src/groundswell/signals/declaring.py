"""How a signal is declared: one decorated function, from which table, sentence, schema, reference page and laws follow.

    @signal(grain="post", unit="share", better="higher", title="Likes per follower", says="...", unknown="...", source="...",
            needs=("post.likes", "account.followers"))
    def like_rate() -> Columns:
        \"\"\"Median likes of a post, divided by the followers at the time of the post.\"\"\"
        return median("likes / followers", where="own AND settled")

A `Columns` holds SQL expressions over the rows of the grain (see `grains`). All signals of a grain become one query.
Intervals are 90 % and closed-form. z = 1.645 is the normal quantile that leaves 5 % on either side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Literal

from groundswell.records import language_name
from groundswell.signals.values import REASONS, Value

Unit = Literal["share", "change", "count", "per_week", "days", "hours", "ratio", "score"]
"""A `change` is a share with a sign: how much more or less, as a part of what it is held against."""
Better = Literal["higher", "lower", "neither"]
Z = "1.6448536e0"


@dataclass(frozen=True, kw_only=True)
class Columns:
    """SQL expressions, aggregates over the grain's rows of one account (plain columns for the grain `account`)."""

    value: str
    low: str = "NULL"
    high: str = "NULL"
    n: str = "count(*)"
    label: str = "NULL"
    at_least: int = 1
    """Rows below which the value is unknown, `too_few`."""
    of_rows: bool = False
    """Whether the value is the share of its n rows for which something holds, so that it comes to a count of them."""
    interval_from: int = 1
    """Rows below which there is a value but no 90 % interval."""
    reason: str = "NULL"
    """Reason that takes precedence when the value is null (e.g. hidden); NULL lets the counts decide."""
    once: tuple[Mapping[str, str], ...] = ()
    """What value, low and high need several times, in stages, computed once: name -> SQL. Later stages, value, low and high
    call it @name, and the rows behind it @n; with it, they are no aggregates any more."""


@dataclass(frozen=True, kw_only=True)
class Signal:
    """What is claimed to be known about an account, with everything a surface needs to show it."""

    name: str
    title: str
    grain: str
    unit: Unit
    better: Better
    says: str
    """Sentence with {value}, {low}, {high}, {n}, {label}: only this signal's own columns. It must read right for a value below 0, too:
    `{value:more|fewer|as many}` picks a word by the sign."""
    unknown: str
    source: str
    needs: tuple[str, ...]
    """Record fields without which it is unknown."""
    columns: Columns
    explains: str
    """The docstring: formula in words."""
    question: str
    """The human question, i.e. the file it is declared in."""
    evidence: str = ""
    """For post grains: a SQL condition and order that pick the posts that show it."""
    made_of: tuple[str, ...] = ()
    """Signals found before that it is computed from, or shows: what is said of one of them is said of it (see `contested`)."""
    lifecycle: Literal["experimental", "stable", "deprecated"] = "stable"

    def sentence(self, value: Value) -> str:
        """Say the value in one sentence that uses only its own columns, or why it is not known."""
        if value.value is None:
            return f"{self.title}: unknown, {REASONS.get(value.reason or '', 'no reason given')}. {self.unknown}"
        beside = (value.value, *interval_of(value))
        said, low, high = (None if one is None else Number(one, beside, chance=self.is_chance) for one in beside)
        words = told_once(
            self.says.format(value=said, low=low, high=high, n=Number(value.n), label=Label(value.label or "None"))
        )
        return words[:1].upper() + words[1:]

    @property
    def is_chance(self) -> bool:
        """Whether its value is a share that was reckoned and not counted (one that is told to the hundredth is a rate)."""
        form = form_of(_spec_of(self.says))
        return self.unit == "share" and not self.columns.of_rows and form is not None and form.places < 2

    @property
    def form(self) -> Form | None:
        """How its sentence writes the value, and so the interval beside it; None where it is a counted noun."""
        return form_of(_spec_of(self.says), chance=self.is_chance)


def _spec_of(says: str) -> str:
    """Return how a sentence asks for the value; where it also picks a word by its sign, that is another braces."""
    return next((spec for spec in re.findall(r"\{value:([^}]*)\}", says) if "|" not in spec), "")


class Label(str):
    """A label as a sentence prints it; `{label:language}` turns the code of a language into its name."""

    def __format__(self, spec: str) -> str:
        """Write it, or what the code in it stands for."""
        return language_name(self) if spec == "language" else str.__format__(self, spec)


class Number(float):
    """A number as a sentence prints it: never "0 %" or "0 days" for something that is not nothing; counts with separators.

    With a value and its interval beside it, it has as many digits as tell these apart.
    """

    beside: Beside | None
    chance: bool

    def __new__(cls, number: float, beside: Beside | None = None, *, chance: bool = False) -> Number:
        """Make one, perhaps with the value, low and high end with which it is read."""
        made = super().__new__(cls, number)
        made.beside, made.chance = beside, chance
        return made

    def __format__(self, spec: str) -> str:
        """Format as usual, but see `Form`; a noun is counted ("3 posts"), of `more|less|as much` its sign picks one."""
        if "|" in spec:
            above, below, level = spec.split("|")
            return level if abs(self) < LEAST else above if self > 0 else below
        if len(spec) > 1 and spec.isalpha():
            return f"{float(self):,.0f} {spec}{'' if self == 1 else 's'}"
        if not spec:
            return f"{float(self):,.0f}"
        if form := form_of(spec, chance=self.chance):
            return form.write(self, self.beside)
        said = float.__format__(self, spec)
        return said if self == 0 or ("e" not in said and re.search("[1-9]", said)) else plainly(self)


Beside = tuple[float, float | None, float | None]
"""A value with the low and the high end of its interval."""
SMALL_SHARE = {0: 0.01}
"""Places -> share below which two significant digits are written: 0.00745% is no 0.01% (design choice; 0.001 for all other places)."""
NOISE = 1e-12
"""What is nearer to nothing than this is what computing in binary leaves over, and nothing."""
LEAST, LEAST_CHANCE = 1e-6, 1e-3
"""Below these, something counted and something reckoned are said to be "less than" them: nobody reads a row of zeros (design choice)."""
MOST_DIGITS = 4
"""Significant digits after which the ends of an interval may read alike: 3.91999996 to 3.92000004 says no more than 3.92 (design choice)."""
FORM = re.compile(r"(\+?),?\.(\d)([%fg])")


@dataclass(frozen=True)
class Form:
    """How a value and its interval are written, on every surface: in one unit, after as many places, or more where they need them."""

    places: int
    percent: bool = False
    signed: bool = False
    digits: int = 0
    """Significant digits of the value, which count instead of the places."""
    chance: bool = False
    """Whether it is a share that was reckoned, not counted: one in a thousand is the least that it can tell."""

    @property
    def least(self) -> float:
        """What something is said to be less than that is hardly there."""
        return LEAST_CHANCE if self.chance else LEAST

    def write(self, number: float, beside: Beside | None = None) -> str:
        """Write the value or an end of its interval; what would read as nothing and is not, with two significant digits or "less than"."""
        scale, after = (100, "%") if self.percent else (1, "")
        if abs(number) < (LEAST if self.signed else 0 if self.chance else NOISE):
            number = 0.0
        if 0 < number < self.least and not self.signed:
            return f"less than {plainly(self.least * scale)}{after}"
        if self.digits and number and (beside is None or beside[1] == beside[2]):
            return plainly(number * scale, self.digits) + after
        said = f"{number * scale:{'+' if self.signed and number else ''},.{self._places(beside)}f}"
        reads = number == 0 or not isfinite(number) or re.search("[1-9]", said)
        return (said if reads else plainly(number * scale)) + after

    def _places(self, beside: Beside | None) -> int:
        """After how many places the three are written, so that the ends differ as shown and a small share can be read."""
        if beside is None or not isfinite(beside[0]):
            return self.places
        scale = 100 if self.percent else 1
        value, low, high = (None if one is None else one * scale for one in beside)
        least = self.places
        if value and self.digits:
            least = max(0, self.digits - 1 - _magnitude(value))
        elif value and self.percent and self.least <= abs(beside[0]) < SMALL_SHARE.get(least, 0.001):
            least = max(least, 1 - _magnitude(value))
        if low is None or high is None or not low < high or not isfinite(high - low):
            return least
        most = MOST_DIGITS - _magnitude(max(abs(low), abs(high)))
        return next((more for more in range(least, most) if f"{low:.{more}f}" != f"{high:.{more}f}"), least)


def form_of(spec: str, *, chance: bool = False) -> Form | None:
    """Return how a sentence's `{value:+.1%}` is written; None for what is no number after places."""
    found = FORM.fullmatch(spec)
    if not found:
        return None
    kind, digits = found[3], int(found[2])
    percent = kind == "%"
    return Form(
        0 if kind == "g" else digits, percent, bool(found[1]), digits if kind == "g" else 0, chance=chance and percent
    )


def interval_of(value: Value) -> tuple[float | None, float | None]:
    """Return the ends of its interval, neither of them beyond the value: computing in binary may leave one there in the last place."""
    number, low, high = value.value, value.low, value.high
    if number is None:
        return low, high
    return None if low is None else min(low, number), None if high is None else max(high, number)


def told_once(words: str) -> str:
    """Return words in which no interval is from "less than 0.1%" to the same."""
    return re.sub(r"(less than [\d.]+%?) to \1", r"\1", words)


def _magnitude(number: float) -> int:
    return floor(log10(abs(number)))


def plainly(number: float, digits: int = 2) -> str:
    """Write a number with so many significant digits, and never in powers of ten: 0.000087, 1,200."""
    places = digits - 1 - floor(log10(abs(number))) if number else 0
    said = f"{round(float(number), places):,.{max(places, 0)}f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


SIGNALS: dict[str, Signal] = {}


def signal(
    *,
    title: str,
    grain: str,
    unit: Unit,
    better: Better,
    says: str,
    unknown: str,
    source: str,
    needs: tuple[str, ...],
    evidence: str = "",
    made_of: tuple[str, ...] = (),
    lifecycle: Literal["experimental", "stable", "deprecated"] = "stable",
) -> Callable[[Callable[[], Columns]], Signal]:
    """Declare a signal. The function's name is the signal's name; its docstring says the formula in words."""

    def declare(function: Callable[[], Columns]) -> Signal:
        declared = Signal(
            name=function.__name__, title=title, grain=grain, unit=unit, better=better, says=says, unknown=unknown,
            source=source, needs=needs, columns=function(), explains=" ".join((function.__doc__ or "").split()),
            question=function.__module__.rpartition(".")[2], evidence=evidence, made_of=made_of, lifecycle=lifecycle,
        )  # fmt: skip
        if declared.name in SIGNALS:
            raise ValueError(f"two signals are called {declared.name}")
        SIGNALS[declared.name] = declared
        return declared

    return declare


def median(measure: str, *, where: str = "true", at_least: int = 3, reason: str = "NULL") -> Columns:
    """Median with an order-statistic interval.

    Ranks n/2 -+ z*sqrt(n)/2 (Conover 1980, normal approximation to the binomial, rounded outwards; coverage is at least 90 %
    from n = 5 on, where smallest..largest covers 93.75 %).
    """
    rank = f"greatest(1, floor(@n / 2e0 - {Z} * sqrt(@n) / 2e0))::BIGINT"
    return Columns(
        value="(@xs[((@n + 1) // 2)::BIGINT] + @xs[((@n + 2) // 2)::BIGINT]) / 2e0",
        low=f"@xs[{rank}]",
        high=f"@xs[@n - {rank} + 1]",
        n=f"count({measure}) FILTER ({where})",
        at_least=at_least,
        interval_from=5,
        reason=reason,
        once=({"xs": f"list_sort(list(({measure})::DOUBLE) FILTER (({where}) AND ({measure}) IS NOT NULL))"},),
    )


def mean(measure: str, *, where: str = "true", at_least: int = 3, reason: str = "NULL") -> Columns:
    """Mean with Student's interval (quantile by the Cornish-Fisher expansion, Abramowitz & Stegun 26.7.5)."""
    x, n = f"({measure}) FILTER ({where})", f"count({measure}) FILTER ({where})"
    z, v = float(Z), f"greatest({n} - 1, 1)"
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    t = f"({Z} + {' + '.join(f'{term:.9e} / pow({v}, {power})' for power, term in enumerate(terms, start=1))})"
    half = f"{t} * coalesce(stddev_samp{x}, 0) / sqrt(greatest({n}, 1))"
    return Columns(
        value=f"avg{x}",
        low=f"greatest(0, avg{x} - {half})",
        high=f"avg{x} + {half}",
        n=n,
        at_least=at_least,
        interval_from=3,
        reason=reason,
    )


def share(condition: str, *, of: str = "true", at_least: int = 3, label: str = "NULL", reason: str = "NULL") -> Columns:
    """Share of rows with a Wilson score interval (Wilson 1927)."""
    return wilson(f"count(*) FILTER (({of}) AND ({condition}))", f"count(*) FILTER ({of})", at_least, label, reason)


def wilson(hits: str, n: str, at_least: int = 3, label: str = "NULL", reason: str = "NULL") -> Columns:
    """Share of `hits` among `n`, both SQL numbers, with a Wilson score interval (Wilson 1927)."""
    total, z2 = f"nullif({n}, 0)", f"({Z} * {Z})"
    p = f"(({hits}) / {total})"
    middle = f"({p} + {z2} / (2e0 * {total}))"
    half = f"({Z} * sqrt(greatest({p} * (1e0 - {p}) / {total} + {z2} / (4e0 * {total} * {total}), 0)))"
    scale = f"(1e0 + {z2} / {total})"
    return Columns(
        value=p,
        low=f"greatest(0, ({middle} - {half}) / {scale})",
        high=f"least(1, ({middle} + {half}) / {scale})",
        n=n,
        at_least=at_least,
        label=label,
        reason=reason,
        of_rows=True,
    )


def observed(column: str, *, reason: str = "NULL") -> Columns:
    """A number that somebody counted: the interval is the number itself. For the grain `account`."""
    number = f"({column})::DOUBLE"
    known = f"CASE WHEN ({column}) IS NULL THEN 0 ELSE 1 END"
    return Columns(value=number, low=number, high=number, n=known, reason=reason)
