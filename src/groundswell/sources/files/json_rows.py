"""JSON as tables: a list of objects, one object to a line, or lists within an object.

    [{...}, {...}]                        one table, streamed
    {...} one object to a line            one table, streamed
    {"profile": {...}, "posts": [{...}]}  one table for the object, one for each list of objects in it

Nested objects become columns named by their path (`owner/id`), lists of plain values become lists of text, lists of objects
stay in `Rows.objects` only. Archives of X begin with `window.YTD.tweets.part0 =` before the list; that is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

import pyarrow as pa

from groundswell.errors import UnreadableFileError
from groundswell.sources import SetAside
from groundswell.sources.files.blobs import Blob
from groundswell.sources.files.encodings import Encoding, texts
from groundswell.sources.files.json_values import NESTED, Found, Window, decode, elements, lines, reason_of
from groundswell.sources.files.tables import Rows
from groundswell.sources.files.typed_columns import column_of, in_words

DOCUMENT_LIMIT = 64 << 20
"""Characters of a document that is one object: it is held as a whole, unlike lists."""
ROWS_AT_ONCE = 20_000
SIZE_AT_ONCE = 16 << 20
CELLS_AT_ONCE = 2_000_000
COLUMN_LIMIT = 10_000
"""Objects keyed by ids would make a column of every id; what is beyond stays in `Rows.objects`."""
SAMPLE = 200
OF_A_LIST = 5
"""Objects of an inner list that are looked at to tell what it holds."""
PREVIEW = 50
ASSIGNMENT = re.compile(r"\s*(?:window\.[\w.$\[\]'\"]+|(?:var|let|const)\s+\w+)\s*=\s*")


class JsonTable:
    """One list of objects (a `TableFile`)."""

    kind = "json"

    def __init__(self, blob: Blob, path: str, notes: list[str]) -> None:
        self.blob, self.notes = blob, notes
        self.member = f"{blob.member}#{path}" if blob.member and path else blob.member or path
        self.place = f"{blob.member or blob.name}#{path}" if path else blob.member or blob.name
        self.bytes_total, self.modified_at = blob.size, blob.modified_at
        self.sampled: list[list[str]] | None = None
        self.within: set[str] = set()

    def found(self) -> Iterator[Found | None]:
        """Yield every element, from the start."""
        raise NotImplementedError

    @property
    def inner(self) -> frozenset[str]:
        """Return the paths within lists of objects that the first 200 objects have."""
        self.preview()
        return frozenset(self.within)

    def preview(self) -> Sequence[Sequence[str]]:
        """Return the paths that the first 200 objects have, then the first objects as text."""
        if self.sampled is None:
            objects = [each.value for each in islice(self.found(), SAMPLE) if each and isinstance(each.value, dict)]
            self.within.update(path for each in objects for path in within_lists(each))
            flat = [flattened(each) for each in objects]
            names = list(dict.fromkeys(name for each in flat for name in each))[:COLUMN_LIMIT]
            cells = [[in_words(each.get(name)) or "" for name in names] for each in flat[: PREVIEW - 1]]
            self.sampled = [names, *cells] if names else []
        return self.sampled

    def rows(self, header_row: int = 0) -> Iterator[Rows]:  # noqa: ARG002  objects carry their own names
        """Yield the objects in batches. Columns are those that occur in the batch; a path that is absent is null."""
        batch = Batch()
        for each in self.found():
            batch.take(each)
            if batch.full:
                yield batch.rows()
                batch = Batch(batch.done)
        if batch.any or batch.done == 0:
            yield batch.rows()


class StreamedJson(JsonTable):
    """A list at the top, or one object to a line: read in a window that moves along."""

    def __init__(self, blob: Blob, encoding: Encoding, *, by_line: bool) -> None:
        super().__init__(blob, "", [encoding.note] if encoding.note else [])
        self.encoding, self.by_line = encoding, by_line

    def found(self) -> Iterator[Found | None]:
        """Yield every element or line."""
        window = Window(texts(self.blob, self.encoding))
        start_of_value(window)
        return lines(window) if self.by_line else elements(window)


class HeldJson(JsonTable):
    """A list within a document, or the document itself: held in memory, since documents are small."""

    def __init__(self, blob: Blob, path: str, notes: list[str], values: list[Any]) -> None:
        super().__init__(blob, path, notes)
        self.values = values

    def found(self) -> Iterator[Found | None]:
        """Yield every element."""
        return (Found(position, value, done=self.bytes_total) for position, value in enumerate(self.values, 1))


class Batch:
    """Objects on their way to become columns."""

    def __init__(self, done: int = 0) -> None:
        self.objects: list[dict[str, Any]] = []
        self.flat: list[dict[str, Any]] = []
        self.positions: list[int] = []
        self.names: dict[str, None] = {}
        self.empty, self.size, self.done = 0, 0, done
        self.set_aside: list[SetAside] = []

    @property
    def full(self) -> bool:
        """Whether it should be handed over."""
        many = max(len(self.flat), len(self.set_aside)) >= ROWS_AT_ONCE
        return many or self.size >= SIZE_AT_ONCE or len(self.flat) * len(self.names) >= CELLS_AT_ONCE

    @property
    def any(self) -> bool:
        """Whether there is anything to account for."""
        return bool(self.flat or self.empty or self.set_aside)

    def take(self, found: Found | None) -> None:
        """Put one element where it belongs: rows, empty or set aside."""
        if found is None or (found.value is None and not found.reason) or found.value == {}:
            self.empty += 1
            return
        self.done, self.size = max(self.done, found.done), self.size + found.size
        if found.reason:
            self.set_aside.append(SetAside(found.position, found.reason, found.text))
        elif not isinstance(found.value, dict):
            self.set_aside.append(SetAside(found.position, "not an object", (in_words(found.value) or "")[:500]))
        else:
            flat = flattened(found.value)
            self.objects.append(found.value)
            self.flat.append(flat)
            self.positions.append(found.position)
            if len(self.names) < COLUMN_LIMIT and not self.names.keys() >= flat.keys():
                self.names.update(dict.fromkeys(flat))

    def _values(self, name: str) -> list[Any]:
        try:
            return list(map(itemgetter(name), self.flat))
        except KeyError:
            return [flat.get(name) for flat in self.flat]

    def rows(self) -> Rows:
        """Return everything taken so far."""
        names = list(self.names)[:COLUMN_LIMIT]
        columns = [column_of(self._values(name)) for name in names]
        table = pa.table(columns, names=names) if names else _no_columns(len(self.flat))
        lines = pa.array(self.positions, pa.int64())
        return Rows(table, lines, self.empty, self.set_aside, self.done, self.objects)


def _no_columns(rows: int) -> pa.Table:
    """Objects that hold nothing but lists of objects: rows without columns."""
    return pa.table({"": pa.nulls(rows)}).select([])


def flattened(value: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the plain values of an object by their path; lists of objects are left out."""
    if not prefix and NESTED.isdisjoint(map(type, value.values())):
        return value
    flat: dict[str, Any] = {}
    for key, each in value.items():
        if isinstance(each, dict):
            flat |= flattened(each, f"{prefix}{key}/")
        elif not isinstance(each, list) or not any(isinstance(item, dict | list) for item in each):
            flat[prefix + key] = each
    return flat


def within_lists(value: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the paths of plain values in lists of objects: `string_list_data/href`. The first few objects of a list stand for it."""
    for key, each in value.items():
        if isinstance(each, dict):
            yield from within_lists(each, f"{prefix}{key}/")
        elif isinstance(each, list):
            for item in each[:OF_A_LIST]:
                if isinstance(item, dict):
                    yield from (f"{prefix}{key}/{path}" for path in flattened(item))


def json_tables(blob: Blob, encoding: Encoding) -> Iterator[JsonTable]:
    """Yield the tables of a JSON file; UnreadableFileError when it is none, or holds neither a list nor an object."""
    window = Window(texts(blob, encoding))
    here = start_of_value(window)
    if here == "[":
        yield _if_any(StreamedJson(blob, encoding, by_line=False))
    elif here != "{":
        raise UnreadableFileError(
            f"{blob.name} is JSON without rows, or no JSON at all.",
            means="Rows come from a list of objects, from one object to a line, or from lists within an object.",
        )
    elif is_by_line(window):
        yield _if_any(StreamedJson(blob, encoding, by_line=True))
    else:
        yield from _document(blob, encoding, window)


def start_of_value(window: Window) -> str:
    """Move to the first value, past an assignment in JavaScript if there is one, and return its first character."""
    window.skip_space()
    window.at = _after_assignment(window.text, window.at)
    return window.skip_space()


def _after_assignment(text: str, at: int) -> int:
    match = ASSIGNMENT.match(text, at)
    return match.end() if match else at


def is_by_line(window: Window) -> bool:
    """Whether the object on the first line ends there and another value begins on one of the next."""
    window.fill(4 << 20)
    end = window.text.find("\n", window.at)
    line = window.text[window.at : end if end >= 0 else len(window.text)].rstrip()
    rest = window.text[end + 1 :].lstrip() if end >= 0 else ""
    return line.endswith("}") and rest.startswith("{")


def _if_any(table: StreamedJson) -> StreamedJson:
    """Refuse a file of whose first elements not one can be read."""
    first = list(islice(table.found(), SAMPLE))
    wrong = [each for each in first if each is not None and each.reason]
    if wrong and len(wrong) == len(first):
        raise not_json(table.blob, wrong[0].reason)
    return table


def not_json(blob: Blob, reason: str) -> UnreadableFileError:
    """Say why a JSON file cannot be read at all."""
    return UnreadableFileError(
        f"{blob.name} cannot be read: {reason}.",
        means="Nothing in it could be used.",
        next_step="Export it again as JSON or CSV.",
    )


def _document(blob: Blob, encoding: Encoding, window: Window) -> Iterator[JsonTable]:
    window.fill(DOCUMENT_LIMIT + 1)
    if not window.over and len(window.text) - window.at > DOCUMENT_LIMIT:
        raise UnreadableFileError(
            f"{blob.name} is one JSON object of more than {DOCUMENT_LIMIT >> 20} MiB.",
            means="An object is held in memory as a whole; only lists are read piece by piece.",
            next_step="Save the list you need as a JSON array, or with one object to a line.",
        )
    try:
        value, window.at = decode(window.text, window.at)
    except ValueError as error:
        raise not_json(blob, reason_of(error)) from error
    if window.skip_space() not in ("", ";"):
        raise not_json(blob, "there is something after the end of the object")
    notes = [encoding.note] if encoding.note else []
    if flattened(value) or not any(lists_within(value)):
        yield HeldJson(blob, "", notes, [value])
    for path, values in lists_within(value):
        yield HeldJson(blob, path, notes, values)


def lists_within(value: dict[str, Any], prefix: str = "") -> Iterable[tuple[str, list[Any]]]:
    """Yield the lists of objects in a document, with their path. Lists within elements of lists belong to their element."""
    for key, each in value.items():
        if isinstance(each, dict):
            yield from lists_within(each, f"{prefix}{key}/")
        elif isinstance(each, list) and any(isinstance(item, dict) for item in each):
            yield prefix + key, each
