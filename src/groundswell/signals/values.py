"""The value of a signal for one account: what is known, how surely, from how many rows, or why it is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reason = Literal["not_observed", "hidden", "too_few", "not_applicable", "definition_silent", "contested"]
REASONS: dict[str, str] = {
    "not_observed": "nothing in the data speaks of it",
    "hidden": "the account or platform hides it",
    "too_few": "too few rows to say",
    "not_applicable": "it does not apply to this account",
    "definition_silent": "the definition says nothing here",
    "contested": "the account contests it, or the rows contradict one another",
}


@dataclass(frozen=True)
class Value:
    """One signal of one account. `low..high` is a 90 % interval; `value` None means unknown, and `reason` says why."""

    signal: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    """Rows behind it."""
    label: str | None = None
    """The value in words where it has any: a language, the names of topics."""
    reason: str | None = None

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None
