"""What is not known of somebody: grouped by the reason, with the files that would settle most of it.

No list of files is kept by hand: a signal declares the fields it needs, a layout the fields it brings, and what known signals
needed is there already. A file settles a signal when it brings everything that is still lacking.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from groundswell.signals import REASONS, SIGNALS, Value
from groundswell.sources.files.layouts import LAYOUTS
from groundswell.sources.files.layouts.cells import normalised
from groundswell.sources.files.layouts.layout import Layout

MOST_FILES = 3
"""Files named for one person (design choice)."""
MOST_TOLD = 4
"""Signals and columns named for one file; of more only how many (design choice)."""
ONLY_OF = {
    "zeeschuimer": ("instagram", "tiktok", "twitter"),
    "modash_report": ("instagram", "tiktok", "youtube"),
    "hypeauditor_search": ("instagram", "tiktok", "twitch", "twitter", "youtube"),
}
"""Files of several platforms, which hold nothing of the others: no tool of these names collects there."""
OWN_FILES = ("_archive_", "_download_", "_export_")
"""In the name of a layout: a part of what a platform hands to a person of themselves."""
SETTLED_BY_A_FILE = ("not_observed", "too_few")


@dataclass(frozen=True)
class Missing:
    """Signals that are unknown for the same reason."""

    reason: str
    says: str
    signals: tuple[str, ...]


@dataclass(frozen=True)
class FileThatTells:
    """A file that would make some of the missing signals known."""

    layout: str
    title: str
    how: str
    """What it is and how one gets it."""
    signals: tuple[str, ...]
    more: bool
    """It brings nothing of a new kind, only more rows of what is there."""
    says: str


def missing_by_reason(values: Mapping[str, Value]) -> tuple[Missing, ...]:
    """Unknown signals by their reason, the reason of most first."""
    found: dict[str, list[str]] = {}
    for name, value in values.items():
        if not value.known:
            found.setdefault(value.reason or "not_observed", []).append(name)
    groups = [Missing(reason, REASONS.get(reason, reason), tuple(names)) for reason, names in found.items()]
    return tuple(sorted(groups, key=lambda one: -len(one.signals)))


def files_that_tell(
    platform: str, values: Mapping[str, Value], brought: Collection[str] = ()
) -> tuple[FileThatTells, ...]:
    """The few files that would settle most, each for what those before it leave open; `brought` are layouts that are in already."""
    there = frozenset(field for name, value in values.items() if value.known for field in SIGNALS[name].needs)
    still = {name for name, value in values.items() if not value.known and value.reason in SETTLED_BY_A_FILE}
    found: list[FileThatTells] = []
    while still and len(found) < MOST_FILES:
        one = max((_file(layout, still, there, brought) for layout in layouts_for(platform, brought)), key=_worth)
        if not one.signals:
            break
        found.append(one)
        still -= set(one.signals)
    return tuple(found)


def _worth(file: FileThatTells) -> tuple[int, bool]:
    """How much it settles; a file of a new kind before more of the same. The first of equals is the platform's own."""
    return len(file.signals), not file.more


def _file(layout: Layout, still: set[str], there: frozenset[str], brought: Collection[str]) -> FileThatTells:
    brings = _brings(layout.id)
    settled = tuple(
        name
        for name in SIGNALS
        if name in still and _lacks(name, there) <= brings and brings & set(SIGNALS[name].needs)
    )
    more = all(not _lacks(name, there) for name in settled)
    says = (
        "" if not settled else _again(layout, settled, there) if layout.id in brought else _says(layout, settled, more)
    )
    return FileThatTells(layout.id, layout.title, layout.says, settled, more, says)


def _says(layout: Layout, settled: Sequence[str], more: bool) -> str:
    return f"{'More rows in a' if more else 'A'} file of the kind “{layout.title}” could tell {_titles(settled)}."


def _again(layout: Layout, settled: Sequence[str], there: frozenset[str]) -> str:
    """What a table could tell that is in already: by more of its rows, and by columns that it came without."""
    there |= _always(layout, there)
    by_rows = [name for name in settled if not _lacks(name, there)]
    by_columns = [name for name in settled if _lacks(name, there)]
    columns = _columns(layout, frozenset(field for name in by_columns for field in _lacks(name, there)))
    further = f"columns for {_and(_first(columns))}, where it lacks them," if columns else "further columns"
    ways = [f"more rows of it could tell {_titles(by_rows)}"] if by_rows else []
    ways += [f"{further} could tell {_titles(by_columns)}"] if by_columns else []
    return f"“{layout.title}” is in already: {'; '.join(ways)}."


def _always(layout: Layout, there: frozenset[str]) -> frozenset[str]:
    """Fields that no row of a record is without, of the records that are there."""
    seen = {field.partition(".")[0] for field in there}
    records = {part.record.name: part.record for part in layout.records if part.record.name in seen}
    return frozenset(f"{one.name}.{field.name}" for one in records.values() for field in one.fields if field.required)


def _columns(layout: Layout, fields: frozenset[str]) -> list[str]:
    """Those of the fields that a column of the same name would bring."""
    cells = ((f"{part.record.name}.{name}", name, cell) for part in layout.records for name, cell in part.cells.items())
    return sorted({name for field, name, cell in cells if field in fields and normalised(name) in cell.headers})


def _titles(signals: Sequence[str]) -> str:
    return _and(_first([f"“{SIGNALS[name].title}”" for name in signals]))


def _first(words: list[str]) -> list[str]:
    """The first four, and how many more there are."""
    return words if len(words) <= MOST_TOLD else [*words[:MOST_TOLD], f"{len(words) - MOST_TOLD} more"]


def _lacks(signal: str, there: frozenset[str]) -> set[str]:
    return set(SIGNALS[signal].needs) - there


def layouts_for(platform: str, brought: Collection[str]) -> list[Layout]:
    """Files of the platform, then those of any, then what one must ask a person or a service for.

    A table that anybody may write can come again with other columns. What else is in has told all it can, the parts of an archive
    together; and whoever's own archive is here is not asked for a kit, which is made of it.
    """
    owned = {_archive(one) for one in brought if _archive(one)}
    usable = [
        one
        for one in LAYOUTS.values()
        if one.id not in ("marketer_sheet", "people_list")
        and one.platform in (platform, None)
        and platform in ONLY_OF.get(one.id, (platform,))
        and (one.id not in brought or (one.platform is None and not one.whole and one.id not in ONLY_OF))
        and _archive(one.id) not in owned
        and not (one.id == "kit" and owned)
    ]
    return sorted(usable, key=lambda one: (one.whole, one.platform is None))


def _archive(layout: str) -> str | None:
    """Which archive a layout is a part of: the name before its part."""
    return next((layout[: layout.index(part)] + part for part in OWN_FILES if part in layout), None)


@cache
def _brings(layout: str) -> frozenset[str]:
    return frozenset(f"{part.record.name}.{name}" for part in LAYOUTS[layout].records for name in part.cells)


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
