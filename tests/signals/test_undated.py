"""What nobody dated is unknown, and neither now nor at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.building import SEEN, account, day, made, post, reply

from groundswell.signals import past_signals, signal_table


def told(row: dict[str, Any], *names: str) -> list[tuple[float | None, str | None]]:
    return [(row[name]["value"], row[name]["reason"]) for name in names]


@pytest.mark.slow
def test_nobody_knows_a_silence_when_nobody_says_when_it_was_looked_at(tmp_path: Path) -> None:
    posts = [post("ann", number, created_at=day(number * 2), observed_at=SEEN) for number in range(12)]
    workspace = made(tmp_path, {"account": [account("ann", created_at=day(-99))], "post": posts})
    # A backtest knows what was posted by then, and not when anybody looked.
    (then,) = past_signals(workspace, day(90), backtest=True).to_pylist()
    assert then["burstiness"]["n"] == 11
    assert told(then, "silence_days", "persistence") == [(None, "not_observed")] * 2
    (now,) = signal_table(workspace).rows.to_pylist()
    assert now["silence_days"]["value"] == 129


@pytest.mark.slow
def test_comments_without_a_date_are_answered_but_not_at_once(tmp_path: Path) -> None:
    rows: dict[str, list[dict[str, Any]]] = {"account": [account("ann")], "post": [post("ann", 1)], "interaction": []}
    for number in range(12):
        asked = day(number) if number < 6 else None
        rows["interaction"].append(reply(f"fan{number}", "ann", "ann-1", f"c{number}", asked))
        rows["interaction"].append(reply("ann", f"fan{number}", f"c{number}", f"a{number}", day(number + 1)))
    found = next(row for row in signal_table(made(tmp_path, rows)).rows.to_pylist() if row["handle"] == "ann")
    assert (found["reply_rate"]["value"], found["reply_rate"]["n"]) == (1, 12)
    assert (found["reply_latency_hours"]["value"], found["reply_latency_hours"]["n"]) == (24, 6)
