"""What a creator says of themselves in a signed kit: their word, beside what is computed here and never mixed into it.

Only an import that holds kits and nothing else is believed: beside other files in one archive, another table could bring a column
of the same name. What is undone, expired or purged is not among the rows, and so is not said any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from groundswell.signals import Value
from groundswell.sources.files.layouts.kit import SIGNED
from groundswell.store import Engine, Import

TOLD_BY_A_KIT = (
    "Much of it stands in the creator's own signed file, counted from posts that stay with them. A file of posts is needed only where "
    "numbers counted here, or a score, shall speak of them."
)


@dataclass(frozen=True)
class SignedNumber:
    """One number of a kit, as it was signed."""

    title: str
    value: float
    low: float | None
    high: float | None
    unit: str
    rows: int | None
    """How many rows of the creator it rests on, as the file says; they lie with the creator."""
    says: str | None
    """The sentence in the creator's file."""

    @property
    def as_value(self) -> Value:
        """The number, to be put into words as others are; it is no signal's."""
        return Value("", self.value, self.low, self.high, self.rows or 0)


@dataclass(frozen=True)
class SignedWord:
    """What one key signed last of an account."""

    key: str
    """Its fingerprint. Who holds it is not known."""
    made_at: datetime | None
    made_by: str | None
    """The name that the maker gives; nobody checked it."""
    import_id: int
    numbers: tuple[SignedNumber, ...]
    data_ends: datetime | None = None
    """How far the data behind it reached when it was signed."""

    @property
    def heading(self) -> str:
        """Whose word it is."""
        of = f"of {self.made_at:%Y-%m-%d}" if self.made_at else "without a date"
        return f"What the creator says of themselves, in a signed file {of}, signed by {self.made_by or 'nobody named'}"

    @property
    def remark(self) -> str:
        """How far one may rely on it."""
        return (
            f"{self.age}The signature fits the key {self.key}: nothing was changed since it was signed. Who holds the key is not shown by "
            "that; compare it with the creator once. Nobody here counted the numbers in this table, and no score rests on them. The posts "
            f"and followers in the file are read like any file's (import {self.import_id}): what is computed here from them is self-declared."
        )

    @property
    def age(self) -> str:
        """How old the data was when it was signed; empty where the file does not say."""
        if self.data_ends is None:
            return ""
        said = f"The data behind it ends on {self.data_ends:%Y-%m-%d}"
        days = int((self.made_at - self.data_ends).total_seconds() // 86_400) if self.made_at else 0
        if days < 1:
            return f"{said}. "
        weeks, one = days // 7, "1 day" if days == 1 else f"{days} days"
        return f"{said}, {f'{weeks:,} weeks' if weeks >= 2 else one} before it was signed. "


def declared_by_themselves(engine: Engine, account: str, words: Sequence[SignedWord]) -> str:
    """Say once that numbers of an account come out of its own signed file; empty where no kit speaks of it."""
    if not words:
        return ""
    kits = sorted({one.import_id for one in words})
    others = engine.rows(
        """SELECT 1 FROM (SELECT account, import_id FROM raw_accounts UNION ALL SELECT account, import_id FROM raw_posts)
           WHERE (account = $1 OR account IN (SELECT account FROM links WHERE native = $1)) AND NOT list_contains($2, import_id) LIMIT 1""",
        [account, kits],
    )
    named = " and ".join(str(one) for one in kits)
    how = "Partly self-declared" if others else "Self-declared"
    what = (
        "Some of the posts and followers on this page"
        if others
        else "The posts and followers on this page, and every number that rests on them,"
    )
    ends = next((f" {one.age.strip()}" for one in words if one.age), "")
    return f"{how}, from a signed file: {what[0].lower()}{what[1:]} come from the creator's own file (import {named}). Nobody else counted them.{ends}"


def signed_words(imports: Iterable[Import], engine: Engine, account: str) -> tuple[SignedWord, ...]:
    """What kits among these imports say of an account, the newest of each key, newest first."""
    kits = [one.id for one in imports if one.state == "live" and one.layout == "kit"]
    if not kits:
        return ()
    rows = engine.rows(
        f"""SELECT extra['signed_by'], import_id, extra['{SIGNED}'] FROM raw_accounts
            WHERE list_contains($2, import_id) AND extra['{SIGNED}'] IS NOT NULL
              AND (account = $1 OR account IN (SELECT account FROM links WHERE native = $1))""",
        [account, kits],
    )
    found = sorted((_word(*row) for row in rows), key=lambda one: (_moment(one), one.import_id), reverse=True)
    return tuple({one.key: one for one in reversed(found)}.values())[::-1]


def _moment(word: SignedWord) -> float:
    return word.made_at.timestamp() if word.made_at else 0.0


def _word(key: str, import_id: int, text: str) -> SignedWord:
    said: dict[str, Any] = json.loads(text)
    numbers = tuple(
        SignedNumber(
            one["title"], one["value"], one.get("low"), one.get("high"), one["unit"], one.get("rows"), one.get("says")
        )
        for one in said["numbers"]
    )
    return SignedWord(
        key, _date(said.get("made_at")), said.get("made_by"), import_id, numbers, _date(said.get("data_ends"))
    )


def _date(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
        return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
    except ValueError:
        return None


__all__ = ["SignedNumber", "SignedWord", "declared_by_themselves", "signed_words"]
