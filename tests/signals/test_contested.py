"""Signals that are made of others say of which: what is contested hides just what is made of it."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from building import made_and_computed
from groundswell.signals import SIGNALS, signal_table
from groundswell.signals.arrays import Asked, is_late
from groundswell.signals.computing import append_late, compute_early
from groundswell.signals.contested import made_of_all
from groundswell.signals.table import prepare
from groundswell.store import Workspace

LATE = [name for name, one in SIGNALS.items() if is_late(one.grain)]
EARLY = [name for name in SIGNALS if name not in LATE]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Asked, pa.Table]]:
    """Everybody's signals that are computed first, and what is asked to compute the others."""
    workspace: Workspace = made_and_computed(tmp_path_factory.mktemp("contested") / "w")
    corpus = signal_table(workspace).corpus
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", corpus)
        asked = Asked(engine, workspace.fits)
        yield asked, compute_early(asked, [SIGNALS[name] for name in EARLY])


def later(asked: Asked, rows: pa.Table, unknown: set[str]) -> pa.Table:
    """What is computed later, where nothing is known of some signals."""
    for name in unknown:
        place = rows.schema.get_field_index(name)
        silence = dict.fromkeys(rows.field(place).type.names) | {"n": 0, "reason": "not_observed"}
        nothing = pa.array([silence] * rows.num_rows, rows.field(place).type)
        rows = rows.set_column(place, rows.field(place), nothing)
    return append_late(asked, rows, [SIGNALS[name] for name in LATE])


def test_only_what_is_computed_later_is_made_of_others_and_of_signals_that_exist() -> None:
    assert {name for name, one in SIGNALS.items() if one.made_of} <= set(LATE)
    assert {part for one in SIGNALS.values() for part in one.made_of} <= set(SIGNALS)


@pytest.mark.parametrize("name", LATE)
def test_a_signal_does_not_change_with_what_it_does_not_say_to_be_made_of(
    world: tuple[Asked, pa.Table], name: str
) -> None:
    asked, rows = world
    usual = later(asked, rows, set()).column(name)
    without = later(asked, rows, {one for one in EARLY if one not in made_of_all(name)}).column(name)
    assert any(one["value"] is not None for one in usual.to_pylist())
    assert without.to_pylist() == usual.to_pylist()


@pytest.mark.parametrize("name", [name for name in LATE if SIGNALS[name].made_of])
def test_a_signal_changes_with_what_it_says_to_be_made_of(world: tuple[Asked, pa.Table], name: str) -> None:
    asked, rows = world
    parts = made_of_all(name) & set(EARLY)
    assert later(asked, rows, parts).column(name).to_pylist() != later(asked, rows, set()).column(name).to_pylist()
