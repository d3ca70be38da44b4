"""Who paid for a post, where its words say so. "Sponsored by Capital One" is a sign of payment, and none by whom it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from groundswell.signals.naming import names_in

_NAME = r"@?[A-Z0-9][\w&’'\-]*(?:\s+(?:&\s+)?[A-Z0-9][\w&’'\-]*){0,3}|@[\w.\-]+\w"
PAYER = re.compile(
    rf"\b(?i:(?:sponsored|paid\s+for|presented|funded)\s+by|(?:paid\s+)?partnership\s+with|partnering\s+with)\s+(?:the\s+)?({_NAME})"
)
"""Words before the name of who paid (design choice: few, and only where a name follows)."""
MOST = 3


def payers_in(texts: Iterable[str], names: Sequence[str]) -> tuple[str, ...]:
    """Who is said to have paid: names as they stand there, "it" for those asked about; empty where no text says it."""
    said = (found for text in texts for found in PAYER.findall(text))
    return tuple(dict.fromkeys("it" if names_in(one, names) else one for one in said))[:MOST]
