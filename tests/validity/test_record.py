"""docs/validity.json holds what it should, docs/validity.md is made of it, and no signal goes without a word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks.validity.collecting import PARTS, Answered, Part, answer, chosen, completed, merged, untested
from benchmarks.validity.figures import TARGETS, VERDICTS, Figure, not_tested
from benchmarks.validity.page import page
from benchmarks.validity.reasons import REASONS

from groundswell.signals import SIGNALS

DOCS = Path(__file__).resolve().parents[2] / "docs"
RECORD: list[dict[str, Any]] = json.loads((DOCS / "validity.json").read_text("utf-8"))
COLUMNS = ["question", "data", "baseline", "figure", "interval", "published", "verdict"]
MEASURED = {
    "question": "Is it so?", "data": "made up", "baseline": "a guess", "baseline_figure": 0.5, "figure": 0.8, "low": 0.7, "high": 0.9,
    "verdict": "beats", "target": "meets the target", "wanted": "above 0.6", "signals": ("like_rate",),
}  # fmt: skip


def test_the_record_is_a_list_of_the_seven_things_that_were_asked_for() -> None:
    for row in RECORD:
        assert list(row)[:7] == COLUMNS
        assert all(isinstance(row[key], str) for key in ("question", "data", "baseline", "published"))
        assert row["verdict"] in VERDICTS
        assert row["target"] in TARGETS
        assert set(row["signals"]) <= set(SIGNALS), f"{row['question']} names a signal that is no more"


def test_a_figure_stands_in_its_interval_and_what_has_none_says_why() -> None:
    for row in RECORD:
        if row["verdict"] == "not tested":
            assert row["because"], row["question"]
            assert row["figure"] is None
        else:
            assert isinstance(row["figure"], int | float)
            low, high = row["interval"] or (row["figure"], row["figure"])
            assert low <= row["figure"] <= high, row["question"]


def test_the_page_is_what_the_writer_makes_of_the_record() -> None:
    assert page(RECORD) == (DOCS / "validity.md").read_text("utf-8"), "run: python -m benchmarks.validity --page"


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_has_a_figure_or_the_reason_why_it_has_none(name: str) -> None:
    named = [row for row in RECORD if name in row["signals"]]
    assert named, "run: python -m benchmarks.validity --page"


def test_reasons_are_given_for_signals_that_exist() -> None:
    assert set(REASONS) <= set(SIGNALS)
    assert all(len(reason) > 30 for reason in REASONS.values())


def test_a_test_that_fails_or_is_missing_or_gives_nonsense_becomes_a_line_that_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import benchmarks.validity.reasons as there

    def broken() -> list[dict[str, Any]]:
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr(there, "broken_figures", broken, raising=False)
    monkeypatch.setattr(there, "odd_figures", lambda: [MEASURED | {"verdict": "wins"}], raising=False)
    monkeypatch.setattr(there, "empty_figures", list, raising=False)
    told = {
        name: answer(Part("reasons", f"{name}_figures", f"{name}?")) for name in ("broken", "odd", "empty", "missing")
    }
    assert all(one.rows[0]["verdict"] == "not tested" for one in told.values())
    assert "nothing to divide by" in told["broken"].rows[0]["because"]
    assert "a verdict is one of" in told["odd"].rows[0]["because"]
    assert told["broken"].failure
    assert not told["missing"].failure
    assert answer(Part("nowhere", "some_figures", "Where?")).rows[0]["because"] == told["missing"].rows[0]["because"]


def test_asking_one_question_again_leaves_the_rest_of_the_record() -> None:
    one, other = PARTS[0], PARTS[1]

    def written(part: Part, figure: float) -> dict[str, Any]:
        return Figure.read(MEASURED | {"figure": figure, "question": part.name}, part.name).written()

    before = [written(one, 0.75), written(other, 0.76)]
    now = merged(before, [Answered(other, (written(other, 0.81),), 0.0)])
    assert [row["figure"] for row in now] == [0.75, 0.81]
    assert {part.name for part in PARTS} <= {row["module"] for row in completed(now)}


def test_signals_that_no_figure_names_are_listed() -> None:
    rows = [Figure.read(MEASURED, "basics.some").written()]
    lines = untested(rows, {"followers": "a reason of its own, which is long enough"})
    assert {name for row in lines for name in row["signals"]} == set(SIGNALS) - {"like_rate"}
    assert next(row for row in lines if row["signals"] == ["followers"])["because"].startswith("a reason")


def test_parts_are_chosen_by_module_or_function_and_a_wrong_name_is_refused() -> None:
    assert [part.module for part in chosen(["rise"])] == ["rise"] * 2
    assert [part.function for part in chosen(["focus_figures"])] == ["focus_figures"]
    with pytest.raises(KeyError, match="there is no 'focsu'"):
        chosen(["focsu"])


def test_the_page_leads_with_what_does_not_hold_up() -> None:
    bad = MEASURED | {"question": "Does it fly?", "verdict": "worse than", "target": "misses the target"}
    rows = [Figure.read(row, "basics.some").written() for row in (MEASURED, bad)]
    rows.append(Figure.read(not_tested("Does it sing?", "nobody listened"), "basics.some").written())
    said = page(rows)
    assert said.index("What does not hold up") < said.index("Does it fly?") < said.index("## Counts")
    assert "Is it so?" in said
    assert "Does it sing?: nobody listened." in said
    assert "| beats | 1 |" in said


def test_words_from_outside_cannot_break_the_tables() -> None:
    row = Figure.read(MEASURED | {"question": "a | b\nc"}, "basics.some").written()
    assert "| a / b c |" in page([row])
