"""Keeping the table of signals: what was written in place reads as what was written whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from building import account, bring, day, made, post
from groundswell.signals import signal_table
from groundswell.signals.computing import PROFILE
from groundswell.signals.keeping import Kept, as_computed, keep, keep_over, kept_in
from groundswell.signals.packing import VALUE

PEOPLE = [f"x:p{number:03d}" for number in range(100)]


def value(number: float | None, label: str | None = None) -> dict[str, Any]:
    if number is None:
        return {"value": None, "low": None, "high": None, "n": 0, "label": None, "reason": "too_few"}
    return {"value": number, "low": number - 1, "high": None, "n": 7, "label": label, "reason": None}


def table(names: list[str], seed: int, *, all_known: bool = False) -> pa.Table:
    dice = np.random.default_rng(seed)
    known = dice.random(len(names)) < 0.7
    columns: dict[str, Any] = {column: pa.array([f"{column} of {name}" for name in names]) for column in PROFILE}
    columns["account"] = pa.array(names)
    numbers = [float(number) for number in dice.normal(size=len(names))]
    some = [value(number if there else None, f"é{number:.0f}") for number, there in zip(numbers, known, strict=True)]
    columns["some"] = pa.array(some, VALUE)
    columns["every"] = pa.array([value(number if all_known else None) for number in numbers], VALUE)
    return pa.table(columns)


def laid(before: pa.Table, fresh: pa.Table) -> list[dict[str, Any]]:
    rows = {row["account"]: row for row in before.to_pylist()} | {row["account"]: row for row in fresh.to_pylist()}
    return [rows[name] for name in sorted(rows)]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return keep(tmp_path, table(PEOPLE, 1), {"live": [1]})


def test_what_is_kept_reads_as_it_was_computed(kept: Kept) -> None:
    assert as_computed(kept.read()).equals(table(PEOPLE, 1))


def test_rows_written_in_place_read_as_a_table_written_whole(kept: Kept, tmp_path: Path) -> None:
    fresh = table(PEOPLE[::9], 2)
    over = keep_over(tmp_path, kept, fresh, {"live": [1, 2]})
    assert over is not None
    assert as_computed(over.read()).to_pylist() == laid(table(PEOPLE, 1), fresh)
    assert over.read().column("some").combine_chunks().field("value").null_count == sum(
        row["some"]["value"] is None for row in laid(table(PEOPLE, 1), fresh)
    )


def test_whoever_reads_the_table_before_goes_on_reading_it(kept: Kept, tmp_path: Path) -> None:
    reading = kept.read()
    keep_over(tmp_path, kept, table(PEOPLE[:50], 2), {"live": [1, 2]})
    assert as_computed(reading).equals(table(PEOPLE, 1))


def test_what_was_known_of_everybody_may_become_unknown_in_its_place(tmp_path: Path) -> None:
    before, fresh = table(PEOPLE, 1, all_known=True), table(PEOPLE[:5], 2)
    over = keep_over(tmp_path, keep(tmp_path, before, {"live": [1]}), fresh, {"live": [1, 2]})
    assert over is not None
    assert as_computed(over.read()).to_pylist() == laid(before, fresh)
    assert not list(tmp_path.glob("*.part"))


def test_a_table_of_nobody_is_kept_too(tmp_path: Path) -> None:
    assert keep(tmp_path, table([], 1), {"live": []}).read().num_rows == 0


def test_somebody_new_has_no_place_to_be_written_into(kept: Kept, tmp_path: Path) -> None:
    assert keep_over(tmp_path, kept, table(["x:new"], 2), {"live": [1, 2]}) is None


def test_the_stamp_names_the_newest_and_what_is_older_is_let_go(kept: Kept, tmp_path: Path) -> None:
    over = keep_over(tmp_path, kept, table(PEOPLE[:3], 2), {"live": [1, 2]})
    again = keep(tmp_path, table(PEOPLE, 3), {"live": [1, 2, 3]})
    found = kept_in(tmp_path)
    assert over is not None
    assert found is not None
    assert (found.file, found.stamp) == (again.file, {"live": [1, 2, 3]})
    assert {path.stem for path in tmp_path.glob("signals-*")} == {over.file.stem, again.file.stem}


def test_a_table_without_its_numbers_is_not_there(kept: Kept, tmp_path: Path) -> None:
    kept.file.with_suffix(".numbers").unlink()
    assert kept_in(tmp_path) is None


@pytest.mark.slow
def test_an_update_breaks_ties_as_a_full_pass_does(tmp_path: Path) -> None:
    """Two posts got as many likes: which of them was the best hangs on the id, whoever is computed again."""
    days = (0, 1, 2, 3, 5, 6, 7, 20, 21, 22, 23, 24)
    posts = [
        post("ann", 30 - place, kind="post", created_at=day(when), likes=100 if place in (3, 6) else 1)
        for place, when in enumerate(days)
    ]
    people = [account(name) for name in ("ann", *(f"p{number}" for number in range(9)))]
    later = {"post": [post("ann", 31, kind="post", created_at=day(25), likes=1)]}
    workspace = made(tmp_path / "w", {"account": people, "post": posts})
    signal_table(workspace)
    bring(workspace, later)
    table = signal_table(workspace)
    assert table.recomputed < len(people), "otherwise nothing was updated"
    whole = made(tmp_path / "whole", {"account": people, "post": [*posts, *later["post"]]})
    found = table.values("x:ann")["post_spike_silence"]
    assert found.value == signal_table(whole).values("x:ann")["post_spike_silence"].value == 2
