"""What a creator says of themselves in a signed kit: their word, beside what is computed here and never mixed into it.

Only an import that holds kits and nothing else is believed: beside other files in one archive, another table could bring a column
of the same name. What is undone, expired or purged is not among the rows, and so is not said any more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from groundswell.signals import Value
from groundswell.sources.files.layouts.kit import SIGNED
from groundswell.store import Engine, Workspace

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

    @property
    def heading(self) -> str:
        """Whose word it is."""
        of = f"of {self.made_at:%Y-%m-%d}" if self.made_at else "without a date"
        return f"What the creator says of themselves, in a signed file {of}, signed by {self.made_by or 'nobody named'}"

    @property
    def remark(self) -> str:
        """How far one may rely on it."""
        return (
            f"The signature fits the key {self.key}: nothing was changed since it was signed. Who holds the key is not shown by that; "
            f"compare it with the creator once. Nobody here counted these numbers, and no score rests on them (import {self.import_id})."
        )


def signed_words(workspace: Workspace, engine: Engine, account: str) -> tuple[SignedWord, ...]:
    """What kits say of an account, the newest of each key, newest first."""
    kits = [one.id for one in workspace.state.imports() if one.state == "live" and one.layout == "kit"]
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
    return SignedWord(key, _date(said.get("made_at")), said.get("made_by"), import_id, numbers)


def _date(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


__all__ = ["SignedNumber", "SignedWord", "signed_words"]
