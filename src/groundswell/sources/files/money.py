"""Amounts of money as people write them: `€250`, `1.200,50 EUR`, `$1,200`, `2k`; and currencies by sign, word or ISO 4217 code.

Amounts are whole minor units (cents; yen have none). What is no one amount ("150-200", "gifted") is null, and counted.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.sources.files.values import LARGEST, SILENT, Memory, by_distinct, remaining, trimmed

pc: Any = _compute  # its functions are made at run time, no type checker knows them

SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "us$": "USD", "₹": "INR", "zł": "PLN", "r$": "BRL", "chf": "CHF", "a$": "AUD", "c$": "CAD", "₺": "TRY", "euro": "EUR", "euros": "EUR"}  # fmt: skip
CODES = frozenset(("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "TRY", "CAD", "AUD", "NZD", "INR", "BRL", "MXN", "JPY", "CNY", "KRW", "ZAR", "IDR", "SGD", "HKD", "AED", "THB", "ILS", "UAH"))  # fmt: skip
NO_MINOR = frozenset(("JPY", "KRW"))
"""ISO 4217: currencies without a minor unit."""
MONEY = re.compile(
    r"^\s*(?P<before>[^\d\s.,-]{0,4})\s*(?P<digits>\d[\d.,' \u00a0]*)\s*(?P<k>[kK](?![a-zA-Z]))?\s*(?P<after>[^\d]{0,6}?)\s*$"
)


def currency_of(word: str) -> str | None:
    """Read a currency sign, word or ISO 4217 code; a bare $ is read as US dollars."""
    plain = word.strip().strip("()/.:")
    return SIGNS.get(plain.lower()) or (plain.upper() if plain.upper() in CODES else None)


def money_of(word: str, currency: str | None = None) -> tuple[int, str | None] | None:
    """Read an amount as (minor units, currency): `€250`, `1.200,50 EUR`, `$1,200`; None when it is not one amount."""
    found = MONEY.match(re.sub(r"[.,][-–—]+", "", word))
    if not found:
        return None
    said = found["before"] or found["after"].strip()
    own = currency_of(said) if said else currency
    if said and own is None:
        return None
    amount = _amount(found["digits"].replace(" ", "").replace("\u00a0", "").replace("'", ""))
    if amount is None:
        return None
    minor = round(amount * (1000 if found["k"] else 1) * (1 if own in NO_MINOR else 100))
    return (minor, own) if minor <= LARGEST else None


def _amount(digits: str) -> float | None:
    """The last mark is the decimal one when one or two digits follow it; otherwise marks group thousands."""
    digits = digits.rstrip(".,")
    found = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})*|\d{1,15})(?:[.,](\d{1,2}))?", digits)
    return float(re.sub(r"[.,]", "", found[1]) + "." + (found[2] or "0")) if found and len(digits) < 22 else None


def amounts(
    values: pa.Array, currency: str | None, column: str = "", memory: Memory | None = None
) -> tuple[pa.Array, pa.Array]:
    """Read amounts of money as (int64 minor units, currency text). `currency` is what the header says, if anything."""
    memory = memory or Memory()
    words = trimmed(values)
    read = by_distinct(words, lambda one: _pair(money_of(one, currency)), pa.list_(pa.string()))
    minor = pc.cast(pc.list_element(read, 0), pa.int64())
    unread = by_distinct(remaining(words, minor), lambda one: one.lower() not in SILENT, pa.bool_())
    memory.note(
        f"{{n}} value{{s}} in {column!r} could not be read as one amount of money and {{are}} unknown.",
        pc.sum(unread).as_py() or 0,
    )
    return minor, pc.list_element(read, 1)


def _pair(money: tuple[int, str | None] | None) -> list[str | None] | None:
    return [str(money[0]), money[1]] if money else [None, None]
