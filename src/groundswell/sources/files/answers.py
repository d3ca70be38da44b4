"""Answers of a network, read as the file they would be if somebody had saved them: the same bytes give the same rows either way.

A live source whose answers people also keep as files (a feed, an answer of YouTube's API) declares no reading of its own: it names the
layout by which such a file is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pyarrow as pa

from groundswell.errors import InputError
from groundswell.sources import Page, SetAside
from groundswell.sources.declaring import Kept
from groundswell.sources.files.blobs import Blob, Reader
from groundswell.sources.files.encodings import SAMPLE
from groundswell.sources.files.opening import tables_of
from groundswell.sources.files.reading import read_tables

LINES_A_PAGE = 1_000


def read_answers(kept: Sequence[Kept], layouts: Mapping[str, str]) -> Page:
    """Read kept pages, each by the layout that its stream is read by; streams without one hold nothing for the tables."""
    silent = sum(one.stream not in layouts for one in kept)
    return joined(
        Page(rows=silent, empty=silent),
        *(page for one in kept if one.stream in layouts for page in _read(one, layouts[one.stream])),
    )


def joined(*pages: Page) -> Page:
    """Several pages as one."""
    names = dict.fromkeys(name for page in pages for name in page.records)
    return Page(
        rows=sum(page.rows for page in pages),
        empty=sum(page.empty for page in pages),
        set_aside=[aside for page in pages for aside in page.set_aside],
        records={
            name: pa.concat_tables(
                [page.records[name] for page in pages if name in page.records], promote_options="default"
            )
            for name in names
        },
    )


def _read(kept: Kept, layout: str) -> list[Page]:
    first = kept.number * LINES_A_PAGE
    if kept.status != 200:
        return [Page(rows=1, empty=1)]
    blob = Blob(
        kept.subject.split("\n")[0][:200],
        "",
        len(kept.body),
        kept.fetched_at,
        lambda: Reader(BytesIO(kept.body), kept.stream),
    )
    try:
        reading = read_tables(
            list(tables_of(blob, kept.body[:SAMPLE], None)), layout=layout, observed_at=kept.fetched_at
        )
        return [_placed(page, first, kept.fetched_at) for page in reading.pages()]
    except InputError as error:
        text = kept.body[:500].decode("utf-8", "replace")
        return [Page(rows=1, set_aside=[SetAside(first, error.what[:200], text)])]


def _placed(page: Page, first: int, at: datetime) -> Page:
    """With lines that say which page it was, and the moment at which it came."""
    aside = [replace(one, line=first + one.line) for one in page.set_aside]
    return replace(page, set_aside=aside, records={name: _seen(rows, first, at) for name, rows in page.records.items()})


def _seen(rows: pa.Table, first: int, at: datetime) -> pa.Table:
    lines = pa.array([first + line for line in rows.column("line").to_pylist()], pa.int64())
    seen = pa.array([at] * rows.num_rows, pa.timestamp("us", "UTC"))
    kept = rows.drop_columns([name for name in ("line", "observed_at") if name in rows.column_names])
    return kept.append_column("line", lines).append_column("observed_at", seen)


__all__ = ["joined", "read_answers"]
