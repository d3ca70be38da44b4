"""docs/validity.json holds what it should, docs/validity.md is made of it, and no signal goes without a word."""

from __future__ import annotations

import json
from collections import Counter
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


def test_the_summary_counts_every_row_of_the_record_groups_of_people_among_them() -> None:
    said = page(RECORD).partition("What does not hold up")[0]
    for word in VERDICTS:
        mine = Counter(bool(row["group"]) for row in RECORD if row["verdict"] == word)
        assert f"| {word} | {mine[False]} | {mine[True]} | {mine.total()} |" in said
    for kind in {row["apart"] for row in RECORD}:
        made = Counter(row["target"] for row in RECORD if row["apart"] == kind)
        met, missed = made["meets the target"], made["misses the target"]
        assert (
            f"| {f'apart: {kind}' if kind else 'on people, texts and worlds'} | {met + missed} | {met} | {missed} |"
            in said
        )


def test_whatever_is_worse_or_misses_its_target_stands_first_groups_among_them() -> None:
    bad = [row for row in RECORD if row["verdict"] == "worse than" or row["target"] == "misses the target"]
    first = page(RECORD).partition("What does not hold up, first")[2].partition("\n## ")[0]
    assert first.startswith(f" ({len(bad)}):")
    assert sum(line.startswith("- ") for line in first.splitlines()) == len(bad)
    group = Figure.read(MEASURED | {"group": "es", "people": 40, "verdict": "worse than"}, "basics.some").written()
    assert "- Is it so? es: 0.8 (0.7 to 0.9) against 0.5: worse than a guess." in page([group])


def test_the_program_held_against_its_own_declaration_is_counted_apart() -> None:
    counted = [row for row in RECORD if "what one counts by hand" in row["question"] and row["target"]]
    assert len(counted) > 30
    assert all(row["apart"] for row in counted)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Are members of pods told from those of circles of friends", "AUC > .94"),
        ("How many groups of friends pass for pods", "at most 5 %, while pods are found"),
        ("Are bought followers found where 10% or more were bought?", "at least .9, at no more than 0.1 false alarms"),
        ("How often is honest growth taken for bought?", "at most 0.1"),
        ("How far off is the false share of an audience on average, where it is worst", "at most 3 points"),
        ("How often does the 90 % interval of the forecast hold", ".88 to .92"),
        ("Do half of the accounts lie below what is usual for their size", "at most 0.03"),
        ("How often does the 90 % interval hold the truth: what became of the other posts", "0.87 to 0.93"),
        ("Do as many rise as the chances say?", "at most 0.03"),
        ("Does what posts sparked so far order people by what will be passed on?", "better than followers and than"),
        ("How many disclosures were seen, at the first reading of", ">= 0.95"),
    ],
)
def test_what_published_work_asks_for_stands_in_the_row_that_can_answer_it(question: str, wanted: str) -> None:
    rows = [row for row in RECORD if row["question"].startswith(question)]
    assert rows
    assert all(row["wanted"].startswith(wanted) and row["target"] for row in rows)


def test_groups_that_speak_another_language_have_a_target_and_it_is_judged() -> None:
    asked = (
        "Are genuine accounts flagged alike in every language?",
        "Who gets a place among the first 20, by language?",
    )
    for question in asked:
        others = [row for row in RECORD if row["question"] == question and row["figure"] != row["baseline_figure"]]
        assert others
        assert all(row["wanted"] and row["target"] for row in others)


def test_to_hear_nothing_anywhere_beats_nobody() -> None:
    written, paper = (
        next(row for row in RECORD if row["question"].startswith(start) and row["question"].endswith("means to amuse?"))
        for start in ("Is it told of a text", "How often is it said of a newspaper's post")
    )
    assert written["figure"] > 0 or paper["verdict"] != "beats"


def test_what_was_kept_is_brought_into_todays_form() -> None:
    part = PARTS[0]
    old = Figure.read(MEASURED, part.name).written()
    del old["apart"]
    assert merged([old], []) == [Figure.read(MEASURED, part.name).written()]


def test_words_from_outside_cannot_break_the_tables() -> None:
    row = Figure.read(MEASURED | {"question": "a | b\nc"}, "basics.some").written()
    assert "| a / b c |" in page([row])
