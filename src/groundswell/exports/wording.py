"""How a value reads, in a cell and on a page; and what may not go into either.

Titles and units come from the signal registry, so that a signal is named once. Text from strangers is never trusted: control
characters go, a cell that a spreadsheet would take for a formula is marked as text, and only web addresses become links.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from groundswell.discover import Match
from groundswell.signals.declaring import SIGNALS, Beside, Form, interval_of, told_once
from groundswell.signals.values import REASONS, Value

Titles = Mapping[str, tuple[str, str]]
"""Signal name -> (title, unit); unit one of share, change, count, per_week, days, hours, ratio, score."""

NUMBER_FORMATS = {
    "share": "0.0%", "change": "+0.0%;-0.0%;0.0%", "count": "#,##0", "per_week": "0.0", "days": "0.0", "hours": "0.0", "ratio": "0.00", "score": "0.00",
}  # fmt: skip
FORMS = {
    "share": Form(1, percent=True), "change": Form(1, percent=True, signed=True), "ratio": Form(2), "score": Form(2),
}  # fmt: skip
"""Unit -> how it is written in a cell; all others whole where they are whole or large, else after one place (design choice)."""
WHOLE_FROM, WHOLE_WITH_INTERVAL = 1000, 100
"""From where these are large: alone, and with an interval, which says how little the tenths mean."""
AFTER = {"per_week": " a week", "days": " days", "hours": " h"}

# What XML 1.0 (section 2.2) cannot hold: most of C0, lone surrogates, U+FFFE and U+FFFF. DEL and C1 are legal but never meant.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

# OWASP ASVS 5.0, 1.2.10, widened by CR, LF, the full-width signs that Excel folds to ASCII, and blanks before a sign.
FORMULA = r"^(\s*[=+\-@＝＋－＠]|[\t\r\n\x00])"
_FORMULA = re.compile(FORMULA)


def signal_titles() -> dict[str, tuple[str, str]]:
    """Return title and unit of every registered signal."""
    return {name: (signal.title, signal.unit) for name, signal in SIGNALS.items()}


def title_of(name: str, titles: Titles) -> str:
    """Return a signal's title, or its name in words."""
    return titles[name][0] if name in titles else name.replace("_", " ").capitalize()


def unit_of(name: str, titles: Titles) -> str:
    """Return a signal's unit, or an empty text when nobody declared it."""
    return titles[name][1] if name in titles else ""


def signal_names(matches: Iterable[Match]) -> list[str]:
    """Return the signals that any of the matches holds, in the order of first appearance."""
    return list(dict.fromkeys(name for match in matches for name in match.values))


def finite(number: float | None) -> float | None:
    """Return the number, or None for NaN and the infinities: what is no number is unknown."""
    return number if number is not None and math.isfinite(number) else None


def number_in_words(number: float, unit: str) -> str:
    """Write a number as its unit is read: `4.2%`, `12,345`, `3.1 a week`."""
    whole = float(number).is_integer() or abs(number) >= WHOLE_FROM
    return FORMS.get(unit, Form(0 if whole else 1)).write(number, (number, None, None)) + AFTER.get(unit, "")


def _form(value: Value, unit: str) -> tuple[Form, Beside]:
    """Return how a value and its interval are written, in a cell or beside each other, with these as they are."""
    number, (low, high) = finite(value.value), (finite(one) for one in interval_of(value))
    beside = (0.0 if number is None else number, low, high)
    large = WHOLE_FROM if low is None or high is None else WHOLE_WITH_INTERVAL
    whole = abs(beside[0]) >= large or all(one is None or float(one).is_integer() for one in beside)
    declared = SIGNALS.get(value.signal)
    form = replace(FORMS.get(unit, Form(0 if whole else 1)), chance=declared is not None and declared.is_chance)
    return form, beside


def value_in_words(value: Value, unit: str) -> str:
    """Write a value with its label, or why it is unknown: `unknown: the account or platform hides it`."""
    number = finite(value.value)
    if number is None:
        return value.label or unknown_because(value)
    form, beside = _form(value, unit)
    words = form.write(number, beside) + AFTER.get(unit, "")
    return f"{value.label} ({words})" if value.label else words


def unknown_because(value: Value) -> str:
    """Say that a value is unknown, and why when that is known."""
    return f"unknown: {REASONS.get(value.reason, value.reason)}" if value.reason else "unknown"


def range_in_words(value: Value, unit: str, form: Form | None = None) -> str:
    """Write the 90 % interval as its value is written, or in the form of the sentence that it stands beside.

    Nothing when there is none, or when the value was counted and not estimated.
    """
    usual, beside = _form(value, unit)
    _, low, high = beside
    if low is None or high is None or low == high == value.value:
        return ""
    ends = [(form or usual).write(one, beside) for one in (low, high)]
    return told_once(" to ".join(ends)) + AFTER.get(unit, "")


def range_beside(value: Value, unit: str) -> str:
    """Write the 90 % interval to stand beside the signal's sentence, with its digits; nothing where the sentence says it already."""
    declared = SIGNALS.get(value.signal)
    if declared is None or "{low" not in declared.says:
        return range_in_words(value, unit, declared.form if declared else None)
    return ""


def topics_caption(told: int, own: int) -> str:
    """Of what the shares of topics are shares: of the posts whose topic could be told, and of how many there are."""
    posts = (
        f"share of the {told:,} posts whose topic could be told"
        if told != 1
        else "the one post whose topic could be told"
    )
    return f"Topics, {posts}{f' (of {own:,})' if own > told else ''}"


def who(match: Match) -> str:
    """Return what to call the person: name, else handle, else the account's id."""
    return match.name or (f"@{match.handle}" if match.handle else match.account)


def printable(text: str) -> str:
    """Return the text without characters that no document can hold, line ends as LF."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet might compute this text instead of showing it."""
    return _FORMULA.match(text) is not None


def as_text_cell(text: str) -> str:
    """Return the text as a CSV cell that no spreadsheet computes: a leading apostrophe where one is needed."""
    return f"'{text}" if looks_like_formula(text) else text


def safe_link(address: str | None) -> str | None:
    """Return the address if it is a plain web address (http, https), else None."""
    if not address or _UNPRINTABLE.search(address) or re.search(r"[\s\\\"'<>]", address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme.lower() in ("http", "https") and parts.hostname else None
