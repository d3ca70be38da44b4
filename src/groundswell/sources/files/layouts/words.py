"""What the words of a post say beside their sense: whom they name, and which letters stand for others.

Most files list whom a post mentions. Where a table has no such column, the @handles are taken out of the text, as their platform
writes them: `@oatco.` names oatco, `me@oatco.example` nobody. Whom a reply answers stands in front of it, and a repost is somebody
else's words: neither is anybody whom the author chose to name.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as _compute

from groundswell.sources.files.layouts.cells import Cell, Column, Computed, Sheet, Tags, Text
from groundswell.sources.files.layouts.identities import Platform
from groundswell.sources.files.values import TEXTS, may_hold, nulls, texts

pc: Any = _compute  # its functions are made at run time, no type checker knows them

BEGIN, END = "\x1e", "\x1f"
_MARKED = r"(^|[^\p{L}\p{N}_@/])@([\p{L}\p{N}_.\-@]+)"
"""An @ that nothing of an address stands before, and all that can belong to a handle on any platform."""
_ADDRESSED = r"^(?:[\s.,]*@[\w.\-@]+)+\s*"
_PASSED_ON = r"(?i)^\s*RT @"
_REST = r"(?:[.\-]*|(?:-|\.\.)[^@]*)$"
"""What may stand after a handle: the end of a sentence, a hyphen, dots; `@ann.bsky.social` is nobody's on X."""
_PLAIN = rf"^(?P<who>\w+){_REST}"
_DOTTED = rf"^(?P<who>\w+(?:\.\w+)*){_REST}"
_HYPHENED = rf"^(?P<who>\w+(?:[.\-]\w+)*){_REST}"
_SERVER = r"[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,}"
HANDLES = {
    "twitter": _PLAIN,
    "twitch": _PLAIN,
    "pinterest": _PLAIN,
    "instagram": _DOTTED,
    "threads": _DOTTED,
    "tiktok": _DOTTED,
    "youtube": _HYPHENED,
    "snapchat": _HYPHENED,
    "bluesky": rf"^(?P<who>{_SERVER}){_REST}",
    "mastodon": rf"^(?P<who>\w+(?:[.\-]\w+)*@{_SERVER}){_REST}",
}
"""Platform -> how its handles are written. On Mastodon a name without its server is nobody's; elsewhere an @ names no account."""


class Unescaped(Text):
    """The text of a tweet as it was written: X gives `&`, `<` and `>` out as `&amp;`, `&lt;` and `&gt;`, and nothing else so."""

    def _parse(self, column: Column) -> pa.Array:
        words = texts(column.values)
        if not may_hold(words, b"&amp;", b"&lt;", b"&gt;"):
            return words
        for escape, letter in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):  # the last one last: `&amp;lt;` is `&lt;`
            words = pc.replace_substring(words, escape, letter)
        return words


def mentions(*names: str, text: Cell, kind: Cell) -> Cell:
    """Whom a post names: as a column lists them, else as its words do."""
    listed = Tags(*names)

    def work(sheet: Sheet) -> pa.Array | None:
        told = sheet.read(listed)
        words = sheet.read(text) if told is None else None
        return told if words is None else named_in(_own_words(words, sheet.read(kind)), sheet.platform)

    return Computed(work, *names)


def _own_words(words: pa.Array, kind: pa.Array | None) -> pa.Array:
    """Texts without the handles in front of a reply; none where somebody else's words are passed on."""
    if not may_hold(words, b"@"):
        return words
    passed_on = pc.match_substring_regex(words, _PASSED_ON)
    if kind is None:
        return pc.if_else(passed_on, None, words)
    words = pc.if_else(pc.or_(passed_on, pc.fill_null(pc.equal(kind, "repost"), False)), None, words)
    is_reply = pc.fill_null(pc.equal(kind, "reply"), False)
    return pc.if_else(is_reply, pc.replace_substring_regex(words, _ADDRESSED, ""), words)


def named_in(words: pa.Array, platform: Platform) -> pa.Array:
    """The handles that each text names, once each, in their order, without @ and in lower case; unknown where it names nobody."""
    places = pc.indices_nonzero(pc.fill_null(pc.match_substring(words, "@"), False))
    if not len(places):
        return nulls(len(words), TEXTS)
    marked = pc.replace_substring_regex(words.take(places), _MARKED, rf"\1{BEGIN}\2{END}")
    pieces = pc.split_pattern(marked, BEGIN)
    begun = pc.struct_field(pc.extract_regex(pc.list_flatten(pieces), f"^(?P<all>[^{END}]*){END}"), "all")
    rows = places.take(pc.list_parent_indices(pieces))
    who = _handles(pc.utf8_lower(begun), platform if isinstance(platform, str | None) else platform.take(rows))
    known = pc.is_valid(who)
    return _lists(rows.filter(known).to_numpy().astype(np.int64), who.filter(known), len(words))


def _handles(begun: pa.Array, platform: Platform) -> pa.Array:
    """What of each word that follows an @ is a handle on the platform of its row."""
    if platform is None:
        return nulls(len(begun), pa.string())
    if isinstance(platform, str):
        pattern = HANDLES.get(platform)
        return pc.struct_field(pc.extract_regex(begun, pattern), "who") if pattern else nulls(len(begun), pa.string())
    found = nulls(len(begun), pa.string())
    for name in pc.unique(platform).drop_null().to_pylist():
        found = pc.if_else(pc.fill_null(pc.equal(platform, name), False), _handles(begun, name), found)
    return found


def _lists(rows: npt.NDArray[np.int64], items: pa.Array, length: int) -> pa.Array:
    """Items as one list for each row that has some, each item once."""
    encoded = items.dictionary_encode()
    pairs = rows * max(len(encoded.dictionary), 1) + encoded.indices.to_numpy()
    first = np.sort(np.unique(pairs, return_index=True)[1])
    sizes = np.bincount(rows[first], minlength=length)
    offsets = pa.array(np.concatenate(([0], np.cumsum(sizes))), pa.int32())
    full = pa.ListArray.from_arrays(offsets, items.take(pa.array(first)))
    return pc.if_else(pa.array(sizes > 0), full, pa.scalar(None, TEXTS))
