"""Grains that are computed by arrays: early and late, with a fit, and updated only where somebody was touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from building import account, bring, made
from groundswell.signals import SIGNALS, signal_table
from groundswell.signals.arrays import ARRAYS, Asked, array_grain
from groundswell.signals.declaring import Columns, observed, signal
from groundswell.store import Workspace

DECLARED = {
    "unit": "count", "better": "neither", "says": "{value}.", "unknown": "Nobody.", "source": "this test",
    "needs": ("follow.follower",),
}  # fmt: skip
ASKED: list[tuple[str, int]] = []
"""Grain and how many accounts it was asked for, in order."""


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three grains: whom one follows, how many those have in all, and where one stands against a fit."""
    monkeypatch.setattr("groundswell.signals.table._code_version", lambda: "toys")
    before = dict(SIGNALS), dict(ARRAYS)
    for declared in (SIGNALS, ARRAYS, ASKED):
        declared.clear()

    @array_grain("toy_follows", columns={"account": pa.string(), "follows": pa.int64()})
    def follows(asked: Asked) -> pa.Table:
        return told(
            asked,
            "toy_follows",
            f"""SELECT follower AS account, count(*) AS follows FROM follows
                                              WHERE {asked.where("follower")} GROUP BY follower""",
        )

    @array_grain(
        "toy_second", columns={"account": pa.string(), "follows": pa.int64()},
        touches="SELECT follower FROM follows WHERE followed IN (SELECT account FROM touched_accounts)", beyond=True,
    )  # fmt: skip
    def second(asked: Asked) -> pa.Table:
        return told(
            asked,
            "toy_second",
            f"""SELECT f.follower AS account, count(*) AS follows
                                             FROM follows AS f JOIN follows AS g ON g.follower = f.followed
                                             WHERE {asked.where("f.follower")} GROUP BY f.follower""",
        )

    @array_grain(
        "toy_late", columns={"account": pa.string(), "above": pa.int64()}, late=True,
        fit_version=lambda folder: (folder / "toy").read_text() if (folder / "toy").is_file() else None,
    )  # fmt: skip
    def late(asked: Asked) -> pa.Table:
        rows = asked.found()
        ASKED.append(("toy_late", rows.num_rows))
        known = [
            (row["account"], row["toy_second"]["value"]) for row in rows.select(["account", "toy_second"]).to_pylist()
        ]
        if asked.may_fit and (asked.anew or not (asked.fits / "toy").is_file()):
            (asked.fits / "toy").write_text(str(max(value or 0 for _, value in known)))
        most = float((asked.fits / "toy").read_text())
        return pa.table(
            {"account": [who for who, _ in known], "above": [int((value or 0) > most) for _, value in known]}
        )

    @signal(title="Follows", grain="toy_follows", **DECLARED)  # type: ignore[arg-type]
    def toy_follows() -> Columns:
        """Whom it follows."""
        return observed("follows")

    @signal(title="Second", grain="toy_second", **DECLARED)  # type: ignore[arg-type]
    def toy_second() -> Columns:
        """Whom those follow."""
        return observed("follows")

    @signal(title="Above", grain="toy_late", **DECLARED)  # type: ignore[arg-type]
    def toy_above() -> Columns:
        """Whether it is above the fit."""
        return observed("above")

    yield
    for declared, all_before in zip((SIGNALS, ARRAYS), before, strict=True):
        declared.clear()
        declared.update(all_before)  # type: ignore[arg-type]


def told(asked: Asked, grain: str, sql: str) -> pa.Table:
    rows = asked.engine.table(sql)
    ASKED.append((grain, rows.num_rows))
    return rows


def follow(one: str, other: str) -> dict[str, str]:
    return {"follower": f"x:{one}", "followed": f"x:{other}"}


PEOPLE = [account(f"p{number:02d}") for number in range(20)]


def community(folder: Path) -> Workspace:
    """p00 follows p01 follows p02 ...; the last follows nobody."""
    chain = [follow(f"p{number:02d}", f"p{number + 1:02d}") for number in range(19)]
    return made(folder, {"account": PEOPLE, "follow": chain})


def values(workspace: Workspace, name: str) -> dict[str, float | None]:
    return {row["account"]: row[name]["value"] for row in signal_table(workspace).rows.to_pylist()}


def test_an_account_that_a_grain_leaves_out_is_unknown(tmp_path: Path) -> None:
    found = signal_table(community(tmp_path / "w")).values("x:p19")["toy_follows"]
    assert (found.value, found.reason) == (None, "not_observed")


def test_an_update_computes_those_too_whom_a_change_reaches_and_nobody_else(tmp_path: Path) -> None:
    workspace = community(tmp_path / "w")
    assert values(workspace, "toy_second")["x:p00"] == 1
    bring(workspace, {"follow": [follow("p01", "p19")]})
    ASKED.clear()
    table = signal_table(workspace)
    assert table.values("x:p00")["toy_second"].value == 2, "it follows p01, who was touched"
    assert table.values("x:p01")["toy_second"].value == 1
    assert table.recomputed == 4, "p01 and p19 were touched, their followers p00 and p18 reached"
    assert ASKED == [("toy_follows", 1), ("toy_second", 2), ("toy_late", 4)], (
        "touched and reached are asked for at once"
    )
    whole = made(tmp_path / "whole", {"account": PEOPLE, "follow": [*(follow(f"p{n:02d}", f"p{n + 1:02d}") for n in range(19)), follow("p01", "p19")]})  # fmt: skip
    assert values(workspace, "toy_second") == values(whole, "toy_second")


def test_what_is_late_sees_what_was_found_and_its_fit_stays_until_asked_anew(tmp_path: Path) -> None:
    from groundswell.signals.table import refit

    workspace = community(tmp_path / "w")
    assert set(values(workspace, "toy_above").values()) == {0}
    bring(workspace, {"follow": [follow("p01", "p19")]})
    assert values(workspace, "toy_above")["x:p00"] == 1, "two is more than the most there was when it was fitted"
    refit(workspace)
    assert values(workspace, "toy_above")["x:p00"] == 0


def test_a_fit_that_changed_makes_what_was_kept_stale(tmp_path: Path) -> None:
    workspace = community(tmp_path / "w")
    signal_table(workspace)
    (workspace.fits / "toy").write_text("0")
    assert values(workspace, "toy_above")["x:p00"] == 1


def test_two_grains_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two grains are called toy_follows"):
        array_grain("toy_follows", columns={"account": pa.string()})(lambda asked: asked.found())
