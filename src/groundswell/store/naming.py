"""Which bytes speak of somebody: many names looked for at once.

Every name is filed under its longest word. A page is taken apart into its words once, and only where one of them is there the whole
name is looked for. So the time grows with the pages, not with the names.

Networks write ids as they stand here, but for records of the AT protocol: an event of the live stream holds the parts of such an
address (`at://who/collection/key`) apart. So whoever looks for one takes what holds both who and key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

WORD = re.compile(rb"\\u[0-9a-fA-F]{4}|\\.|[0-9A-Za-z]+")
"""Words, and what is escaped in JSON: in `\\nann` the word is `ann`."""
APART = "at://"

Parts = tuple[re.Pattern[bytes], ...]


class Names:
    """Names, ready to be looked for."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parts: dict[bytes, list[Parts]] = {}
        for name in sorted(set(names) - {""}):
            who, _, key = name.removeprefix(APART).partition("/")
            parts = (key.rpartition("/")[2], who) if name.startswith(APART) and key else (name,)
            words = WORD.findall(parts[0].encode())
            # A name without a letter or digit of ASCII has no word: it is looked for everywhere.
            self._parts.setdefault(max(words, key=len, default=b""), []).append(tuple(map(_exactly, parts)))

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._parts)

    def in_bytes(self, body: bytes) -> bool:
        """Whether one of the names stands there. `.../users/ann` does not stand in `.../users/anna`."""
        words = {b"", *WORD.findall(body)}
        return any(
            all(part.search(body) for part in parts)
            for word in words & self._parts.keys()
            for parts in self._parts[word]
        )


def _exactly(name: str) -> re.Pattern[bytes]:
    return re.compile(re.escape(name.encode()) + rb"(?!\w)")
