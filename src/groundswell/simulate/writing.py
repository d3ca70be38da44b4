"""Block by block into files: memory is bounded by the blocks in flight, the bytes do not depend on them."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from groundswell.simulate.acts import Happened
from groundswell.simulate.plan import BLOCK, Numbers
from groundswell.simulate.rows import (
    PostIds,
    account_rows,
    follow_rows,
    history_rows,
    interaction_rows,
    post_rows,
    truth_rows,
)  # fmt: skip
from groundswell.simulate.ties import Circles
from groundswell.simulate.world import World

Form = Literal["csv", "parquet"]
_ROW_GROUP = 131_072
"""Rows of a Parquet row group, whatever the blocks brought."""


@dataclass(frozen=True)
class Truth:
    """What was written, and where the answers lie."""

    folder: Path
    files: dict[str, Path]
    """accounts, posts, interactions, follows, history, sheet -> path; what a user would import."""
    truth: Path
    """One row an account: archetype, topics, propensities, and what came of them. Never imported."""
    counts: dict[str, int]
    """Rows of each table."""


@dataclass(frozen=True)
class _Lived:
    """What came of one block: tables, and counts by person for the truth."""

    tables: dict[str, pa.Table]
    counts: dict[str, Numbers]
    """Name -> indices of people, once for each time it happened."""


def _live(world: World, block: int) -> _Lived:
    """Let a block live, and say it in rows."""
    circles = Circles.of(world.plan, world.people, block)
    happened = Happened.drawn(world, circles, block)
    ids = PostIds.of(happened)
    follows, follow_counts = follow_rows(world, circles, block)
    tables = {
        "posts": post_rows(world, happened, ids),
        "interactions": interaction_rows(world, happened, ids),
        "follows": follows,
    }
    own, replies, reposts = happened.own, happened.replies, happened.reposts
    counts = {
        "own_posts": own.author,
        "sponsored_posts": own.author[own.paid],
        "disclosed_posts": own.author[own.disclosed],
        "replies_received": own.author[replies.post],
        "replies_answered": happened.answers.actor,
        "replies_written": replies.actor,
        "reposts_received": own.author[reposts.post],
        "reposts_made": reposts.actor,
        **follow_counts,
    }
    return _Lived(tables, counts)


class _Sheaf:
    """One file while it grows: CSV, or Parquet in row groups of one size whatever the batches. Named only when it is whole."""

    def __init__(self, path: Path, form: Form) -> None:
        self.path, self.form, self.rows = path, form, 0
        self._part = path.with_name(path.name + ".part")
        self._writer: Any = None
        self._waiting: list[pa.Table] = []

    def add(self, table: pa.Table) -> None:
        """Take a batch; Parquet waits until a row group is full."""
        self.rows += table.num_rows
        self._waiting.append(table)
        if self.form == "csv":
            self._flush(0)
        elif sum(part.num_rows for part in self._waiting) >= _ROW_GROUP:
            self._flush(_ROW_GROUP)

    def done(self) -> None:
        """Write what waits and give the file its name."""
        self._flush(0)
        self._writer.close()
        self._part.replace(self.path)

    def _flush(self, row_group: int) -> None:
        waiting = pa.concat_tables(self._waiting) if self._waiting else None
        if waiting is None:
            return
        if self._writer is None:
            self._writer = self._opened(waiting.schema)
        whole = waiting.num_rows - waiting.num_rows % row_group if row_group else waiting.num_rows
        if whole:
            self._write_rows(waiting.slice(0, whole))
        self._waiting = [waiting.slice(whole)] if whole < waiting.num_rows else []

    def _write_rows(self, table: pa.Table) -> None:
        if self.form == "csv":
            self._writer.write_table(table)
        else:
            self._writer.write_table(table, row_group_size=_ROW_GROUP)

    def _opened(self, schema: pa.Schema) -> Any:
        if self.form == "csv":
            from pyarrow import csv

            return csv.CSVWriter(str(self._part), schema)
        from pyarrow import parquet

        return parquet.ParquetWriter(str(self._part), schema, compression="zstd")


def write_community(
    world: World, folder: Path, form: Form, at_once: int, progress: Callable[[int, int], None]
) -> Truth:
    """Live block after block into the files, then say who they were."""
    plan = world.plan
    names = ("accounts", "posts", "interactions", "follows", "history")
    sheaves = {name: _Sheaf(folder / f"{name}.{form}", form) for name in names}
    truth = _Sheaf(folder / "truth.parquet", "parquet")
    counts: dict[str, Numbers] = {}
    with ThreadPoolExecutor(min(at_once, os.cpu_count() or 1)) as pool:
        for start in range(0, plan.blocks, at_once):
            batch = range(start, min(start + at_once, plan.blocks))
            for lived in pool.map(lambda block: _live(world, block), batch):
                for name, table in lived.tables.items():
                    sheaves[name].add(table)
                for name, who in lived.counts.items():
                    counted = counts.setdefault(name, np.zeros(plan.people, dtype=np.int64))
                    np.add.at(counted, who, 1)
            progress(min(batch.stop * BLOCK, plan.people), plan.people)
    for block in range(plan.blocks):
        sheaves["accounts"].add(account_rows(world, block, counts))
        sheaves["history"].add(history_rows(world, block, counts))
        truth.add(truth_rows(world, block, counts))
    for sheaf in (*sheaves.values(), truth):
        sheaf.done()
    files = {name: sheaf.path for name, sheaf in sheaves.items()} | {
        "sheet": _write_sheet(world, folder / "sheet.xlsx")
    }
    return Truth(folder, files, truth.path, {name: sheaf.rows for name, sheaf in sheaves.items()})


_STATUSES = ("contacted", "replied", "negotiating", "agreed", "shipped", "posted", "paid", "declined")


def _write_sheet(world: World, path: Path) -> Path:
    """A small marketer's sheet, as untidy as they come: a title above the header, `12.4K`, a total at the end."""
    import xlsxwriter

    rows = _sheet_rows(world)
    part = path.with_name(path.name + ".part")
    book = xlsxwriter.Workbook(str(part), {"in_memory": True})
    book.set_properties({"title": "Simulated creators", "created": datetime.fromtimestamp(world.plan.end, UTC)})
    sheet = book.add_worksheet("Creators")
    sheet.write_string(0, 0, "Oat & Co: people we talked to (simulated)")
    header = ("Name", "Handle", "Platform", "Followers", "Fee", "Code", "Status", "E-mail", "Notes")
    for number, row in enumerate(
        [header, *rows, ("Total", "", "", "", f"€{sum(int(row[4][1:]) for row in rows)}", "", "", "", "")], start=2
    ):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    book.close()
    part.replace(path)
    return path


def _sheet_rows(world: World) -> list[tuple[str, ...]]:
    """The first of the people a marketer would write to, with what they ask."""
    people, plan = world.people, world.plan
    assumed = plan.assumed["sheet"]
    wanted = [plan.kind(name) for name in ("specialist", "alpha consumer", "aspiring professional")]
    fits = (
        np.isin(people.kind, wanted) & (people.platform == 0) & (people.followers > 500) & (people.followers < 50_000)
    )
    rows: list[tuple[str, ...]] = []
    asked = np.flatnonzero(fits)[: assumed["people"]]
    usual = assumed["fee_at_1000"] * (people.followers[asked] / 1000) ** assumed["fee_elasticity"]
    luck = np.exp(plan.chance("sheet", 0).normal(0, assumed["fee_spread"], len(asked)))
    fees = np.maximum(np.round(usual * luck / assumed["fee_step"]), 1) * assumed["fee_step"]
    for number, who in enumerate(asked):
        handle, followers = str(world.handles[int(who)]), int(people.followers[who])
        shown = f"{followers / 1000:.1f}K" if number % 2 else f"{followers:,}"
        name = handle.partition("_sim")[0].replace("_", " ").title()
        fee, code = f"€{fees[number]:.0f}", f"OATC{number + 10}"
        mail = f"{handle}@mail.example.org"
        note = "simulated" if number == 0 else "likes oat milk" if number % 3 else ""
        rows.append((name, f"@{handle}", "Instagram", shown, fee, code, _STATUSES[number % len(_STATUSES)], mail, note))
    return rows
