"""From what YouTube answered to records: an answer is read as the file it is when somebody saves it (`sources.files.layouts.youtube`).

A channel or video that was asked for by its id and is not in the answer is no more; it has to go here as well.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from groundswell.records import RECORDS
from groundswell.sources import GONE, Page
from groundswell.sources.declaring import Kept
from groundswell.sources.files.answers import joined, read_answers
from groundswell.sources.files.layouts import LAYOUTS
from groundswell.sources.values import ODD
from groundswell.sources.youtube.asking import items_of, missing_from

READ_AS = {
    "channels": "youtube_api_channels", "channel": "youtube_api_channels", "uploads": "youtube_api_playlist", "playlist": "youtube_api_playlist",
    "videos": "youtube_api_videos", "comments": "youtube_api_comment_threads",
}  # fmt: skip
"""Stream -> the layout by which its pages are read. What a search finds is looked at by itself."""
KINDS = {"channels": "account", "channel": "account", "videos": "post"}


def _fields(record: str) -> tuple[str, ...]:
    maps = [
        one for name in dict.fromkeys(READ_AS.values()) for one in LAYOUTS[name].records if one.record.name == record
    ]
    given = {name for one in maps for name in one.cells} | (
        {"platform"} & {field.name for field in RECORDS[record].fields}
    )
    return tuple(field.name for field in RECORDS[record].fields if field.name in given)


FIELDS = {record: _fields(record) for record in ("account", "post", "interaction")}
"""Record -> the fields of it that the layouts give."""


def read_pages(kept: Sequence[Kept]) -> Page:
    """Read kept pages into records."""
    full = [one for one in kept if _holds_something(one)]
    silent = len(kept) - len(full)
    found = joined(read_answers(full, READ_AS), Page(rows=silent, empty=silent))
    gone = [row for one in kept if one.stream in KINDS for row in _gone(one)]
    return replace(found, gone=pa.Table.from_pylist(gone, GONE) if gone else None)


def _holds_something(kept: Kept) -> bool:
    """Whether there are items to be read; what is no answer at all is read too, to be set aside with its reason."""
    try:
        return kept.status != 200 or bool(items_of(json.loads(kept.body)))
    except ODD:
        return True


def _gone(kept: Kept) -> list[dict[str, str | datetime]]:
    try:
        missing = missing_from(kept.subject, items_of(json.loads(kept.body))) if kept.status == 200 else ()
    except ODD:
        return []
    kind = KINDS[kept.stream]
    why = "it is not there any more"
    return [
        {"kind": kind, "id": f"youtube:{one}", "at": kept.fetched_at, "why": why}
        for one in missing
        if not one.startswith("@")
    ]


__all__ = ["FIELDS", "read_pages"]
