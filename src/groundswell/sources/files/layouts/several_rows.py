"""Who stands in several rows of one sheet, one a campaign for instance, and what is said of that."""

from __future__ import annotations

from typing import Any

from groundswell.sources.files.layouts.fees import MOST_SHOWN, whose


def in_several_rows(people: list[dict[str, Any]]) -> list[str]:
    """Who stands in several rows that differ in status or code, one a campaign for instance: a person has one of each here."""
    rows: dict[tuple[Any, ...], dict[int, tuple[Any, Any]]] = {}
    for one in people:
        rows.setdefault((one["_creator"], *whose(one)), {})[one["line"]] = one["_status"], one["_code"]
    found = [
        f"{name} (lines {', '.join(map(str, lines))})"
        for (_, name, *_), lines in rows.items()
        if any(len({row[part] for row in lines.values() if row[part]}) > 1 for part in (0, 1))
    ]
    if not found:
        return []
    shown = ", ".join(found[:MOST_SHOWN]) + (
        f" and {len(found) - MOST_SHOWN:,} more" if len(found) > MOST_SHOWN else ""
    )
    return [f"Who stands in several rows has the status and the code of the last one: {shown}."]


__all__ = ["in_several_rows"]
