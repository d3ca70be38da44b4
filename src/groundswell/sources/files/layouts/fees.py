"""What a marketer's sheet says of fees: an amount, a range, words such as `barter`, and for what piece of work.

A fee is written for eyes, and one person's fees stand in several rows and columns. Of several that name one account the last that is
an amount counts; whatever else a cell says is kept in its words, since nothing computed may take its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from groundswell.sources.files.money import currency_of, money_of
from groundswell.sources.files.values import NO, SILENT, YES

FEE = re.compile(
    r"(fee|rate|price|cost|honorar|preis|gage|budget|quote|payment|paid|kosten|ask)(?!d?iv|ing)", re.IGNORECASE
)
NOT_FEE = re.compile(
    r"engag|click|conver|%|share|cpm|cpc|cpa|\ber\b|follow|quoted text|date|status|link", re.IGNORECASE
)
PAYMENT = re.compile(r"paid|payment|bezahlt|budget|term", re.IGNORECASE)
"""A column of these tells how or when money went out: what stands there in words is no fee."""
NOT_SAID = SILENT | {
    "tbd",
    "tba",
    "tbc",
    "ask",
    "open",
    "offen",
    "pending",
    "negotiable",
    "vb",
    "on request",
    "auf anfrage",
}
"""What a cell says in which no fee is said yet."""
TO = re.compile(r"\s*(?:-|–|—|\bto\b|\bbis\b)\s*", re.IGNORECASE)
DELIVERABLES = {"post": "post", "feed": "post", "story": "story", "stories": "story", "reel": "reel", "video": "video", "short": "video", "carousel": "carousel", "blog": "blog", "newsletter": "newsletter"}  # fmt: skip
MOST_SHOWN = 8
"""So many values of a column are shown of those that are no amount (design choice: two lines)."""
CURRENCIES = (
    "currency", "currency code", "fee currency", "price currency", "rate currency", "währung", "devise", "moneda", "valuta",
)  # fmt: skip
"""Headers of a column that says in which currency fees are."""


def names_a_fee(header: str) -> bool:
    """Whether a column of this name holds fees."""
    return bool(FEE.search(header) and not NOT_FEE.search(header))


def whose(row: Mapping[str, Any]) -> tuple[str, str | None]:
    """Which account a row of people, contacts or fees is about."""
    return row["_account"], row["platform"]


def settle_fees(
    fees: list[dict[str, Any]], people: Sequence[dict[str, Any]], rows: Mapping[int, dict[str, str]]
) -> list[str]:
    """Leave the last fee that is an amount; what any other cell says is kept in its words. Return what the user has to be told.

    Without it a hash would choose among rows of one moment, and another one once a currency is said.
    """
    read = [(fee, fee.pop("_column"), money_of(fee["_fee"])) for fee in fees]
    last = {
        (*whose(fee), fee["_deliverable"]): (fee["line"], amount, fee["_kind"]) for fee, _, amount in read if amount
    }
    by_row = {(one["line"], *whose(one)): one for one in people}
    unread: dict[str, list[str]] = {}
    fees.clear()
    for fee, column, amount in read:
        line, words = fee["line"], rows[fee["line"]][column]
        at, counted, kind = last.get((*whose(fee), fee["_deliverable"]), (line, None, None))
        counts = amount and (line == at or (amount, fee["_kind"]) == (counted, kind))
        if counts:
            fees.append(fee)
        if words.lower() not in SILENT and (not counts or money_of(words) is None):
            by_row[line, *whose(fee)][column] = words
        if words.lower() not in SILENT and not amount and not only_answers(column, words):
            unread.setdefault(column, []).append(f"line {line} “{words}”")
    return [_told(column, found) for column, found in unread.items()]


def only_answers(column: str, words: str) -> bool:
    """Whether a cell says yes or no to "paid?": no amount, and no words for one."""
    return bool(PAYMENT.search(column)) and words.strip().lower() in YES | NO


def _told(column: str, found: list[str]) -> str:
    more = f" and {len(found) - MOST_SHOWN:,} more" if len(found) > MOST_SHOWN else ""
    what = (
        "1 value is no single amount and is"
        if len(found) == 1
        else f"{len(found):,} values are no single amount and are"
    )
    return f"In “{column}” {what} kept in words: {', '.join(found[:MOST_SHOWN])}{more}."


def fees_of(
    row: Mapping[str, str], headers: Sequence[str], status: str | None, currency_column: str | None = None
) -> Iterator[dict[str, Any]]:
    """One fee for each fee column; the header may say the currency and the deliverable, a column of its own the currency as well."""
    paid = row.get(status or "", "").lower() in ("paid", "bezahlt")
    for header in headers:
        if not (value := row.get(header)):
            continue
        word = header.lower()
        currency = currency_in(header) or currency_in(row.get(currency_column or "", ""))
        kind = (
            "paid"
            if paid or re.search(r"paid|bezahlt", word)
            else "asked"
            if re.search(r"rate|ask|quote|price|preis", word)
            else None
        )
        value = upper_end(value) or value
        amount = f"{value} {currency}" if currency and re.fullmatch(r"[\d.,\s' ]+k?", value) else value
        yield {
            "_column": header,
            "_fee": amount,
            "_deliverable": _deliverable_in(header),
            "_kind": kind,
        }


def currency_in(words: str) -> str | None:
    """The currency that a heading or a cell names."""
    return next((code for part in re.findall(r"[€$£₹]|[A-Za-z$]{2,4}", words) if (code := currency_of(part))), None)


def _deliverable_in(header: str) -> str | None:
    return next((meaning for key, meaning in DELIVERABLES.items() if key in header.lower()), None)


def upper_end(value: str) -> str | None:
    """The dearer end of a range as an amount (`150-200 €` is `200 €`): what somebody may have to pay; None where it is no range."""
    ends = TO.split(value)
    if len(ends) != 2:
        return None
    low, high = map(money_of, ends)
    currencies = {end[1] for end in (low, high) if end and end[1]}
    if not low or not high or low[0] > high[0] or len(currencies) > 1:
        return None
    return ends[1] if high[1] or not currencies else f"{ends[1]} {currencies.pop()}"


def range_behind(
    cells: Mapping[str, str], amount_minor: int, currency: str | None, deliverable: str | None
) -> str | None:
    """The range of which a fee is the dearer end, in the words of its row; None where the fee is no end of one."""
    columns = (header for header in cells if names_a_fee(header) and _deliverable_in(header) == deliverable)
    tops = ((cells[header], upper_end(cells[header])) for header in columns)
    return next((words for words, top in tops if top and money_of(top, currency) == (amount_minor, currency)), None)


def fee_in_words(row: Mapping[str, str], headers: Sequence[str]) -> str | None:
    """What the row says of the fee of a post where that is no one amount; None where another column names one."""
    said = [
        row[header] for header in headers
        if row.get(header) and _deliverable_in(header) in (None, "post") and not PAYMENT.search(header)
    ]  # fmt: skip
    if any(money_of(value) for value in said):
        return None
    return next((value for value in said if value.lower() not in NOT_SAID), None)
