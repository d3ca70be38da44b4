"""What a colleague would say first: nothing is named that is not sure, nothing unknown is passed over, size is no merit."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest

from building import account, day, made, post
from groundswell.explain import explain
from groundswell.explain.gist import MOST_NAMED, MOST_OF_A_QUESTION, gist_of, matters
from groundswell.explain.missing import files_that_tell, layouts_for
from groundswell.signals import SIGNALS, Value, signal_table
from groundswell.signals.among import LEAST_PEOPLE, Others, Place
from groundswell.signals.questions import asks
from groundswell.sources.files.layouts import LAYOUTS
from groundswell.store import Workspace


def liked(name: str, rate: float, posts: int, seed: int) -> list[dict[str, object]]:
    dice = random.Random(seed)
    return [
        post(name, number, kind="post", text=f"post {number}", created_at=day(number), likes=int(1000 * rate * dice.uniform(0.9, 1.1)))
        for number in range(posts)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Sixty people whose posts move 2 to 8 % of followers; ann moves 30 %, bob four times nothing and once everybody."""
    names = [f"p{number}" for number in range(60)]
    rows = {
        "account": [account(name, followers=1000 + 10 * place) for place, name in enumerate([*names, "ann", "bob"])],
        "post": [
            *(one for place, name in enumerate(names) for one in liked(name, 0.02 + 0.001 * place, 12, place)),
            *liked("ann", 0.3, 12, 99),
            *(post("bob", number, kind="post", created_at=day(number), likes=likes) for number, likes in enumerate([1, 900, 2, 40, 3])),
        ],
    }  # fmt: skip
    return made(tmp_path_factory.mktemp("crowd") / "w", rows)


@pytest.mark.slow
def test_who_surely_differs_from_nearly_everybody_is_said_to_and_which_way_is_good(crowd: Workspace) -> None:
    found = explain(crowd, "@ann").gist
    named = {one.signal: one for one in found.stands_out}
    assert named["like_rate"].kind == "good"
    assert named["like_rate"].place.low > 0.9
    assert named["like_rate"].says.startswith("Higher than 9")
    assert not found.ordinary


def test_what_may_be_chance_does_not_stand_out_but_is_called_uncertain(crowd: Workspace) -> None:
    found = explain(crowd, "@bob").gist
    assert "like_rate" not in {one.signal for one in found.stands_out}
    uncertain = next(one for one in found.uncertain if one.signal == "like_rate")
    assert uncertain.because == "few_rows"
    assert "5 rows" in uncertain.says


def test_the_ordinary_is_called_ordinary(crowd: Workspace) -> None:
    found = explain(crowd, "@p30").gist
    assert not [one for one in found.stands_out if one.signal.startswith("like")]
    assert bool(found.ordinary) is not bool(found.stands_out)


def test_size_is_nothing_to_stand_out_by(crowd: Workspace) -> None:
    rows = signal_table(crowd).rows
    values = {name: Value(name, 1e12, 1e12, 1e12, 9) for name in ("followers", "account_age_days")}
    assert gist_of(values, Others(rows, "x")).stands_out == ()


def test_not_more_is_named_than_somebody_listens_to(crowd: Workspace) -> None:
    table = signal_table(crowd)
    for name in table.rows.column("account").to_pylist():
        found = gist_of(table.values(name), Others(table.rows, "x"))
        for some in (found.stands_out, found.uncertain):
            questions = [SIGNALS[one.signal].question for one in some]
            assert len(some) <= MOST_NAMED
            assert all(questions.count(one) <= MOST_OF_A_QUESTION for one in questions)


@pytest.mark.slow
def test_among_few_nobody_is_said_to_stand_out(tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(LEAST_PEOPLE - 2)]
    rows = {
        "account": [account(name, followers=1000) for name in names],
        "post": [
            one for place, name in enumerate(names) for one in liked(name, 0.9 if place == 1 else 0.02, 12, place)
        ],
    }
    found = explain(made(tmp_path / "w", rows), "@p1").gist
    assert found.stands_out == ()
    assert found.ordinary.startswith("Nothing can be compared")


def test_everybody_is_compared_with_their_own_platform_where_enough_are_known(crowd: Workspace) -> None:
    rows = signal_table(crowd).rows
    value = Value("like_rate", 0.05, 0.05, 0.05, 9)
    own, other = Others(rows, "x").place(value), Others(rows, "tiktok").place(value)
    assert own
    assert other
    assert (own.where, other.where) == ("x", "")
    assert own.people == other.people


def test_who_is_equal_counts_half(crowd: Workspace) -> None:
    rows = signal_table(crowd).rows
    column = pa.array(
        [{"value": 1.0, "low": 1.0, "high": 1.0, "n": 1}] * len(rows), rows.schema.field("like_rate").type
    )
    alike = rows.set_column(rows.column_names.index("like_rate"), "like_rate", column)
    found = Others(alike, "x").place(Value("like_rate", 1.0, 0.5, 1.5, 4))
    assert found
    assert (found.low, found.at, found.high, found.within) == (0, 0.5, 1, 0)
    assert (found.above, found.below) == (0, 0), "level is neither above nor below"


def test_every_unknown_signal_is_missing_once_for_one_reason_and_stands_in_its_group(crowd: Workspace) -> None:
    found = explain(crowd, "@bob")
    missing = [name for one in found.gist.missing for name in one.signals]
    assert sorted(missing) == sorted(name for name, value in found.values.items() if not value.known)
    grouped = [name for group in found.gist.groups for name in group.signals]
    assert sorted(grouped) == sorted(found.values)
    for group in found.gist.groups:
        assert group.known == sum(found.values[name].known for name in group.signals)


def test_a_file_is_named_only_for_what_it_brings(crowd: Workspace) -> None:
    values = explain(crowd, "@bob").values
    there = {field for name, value in values.items() if value.known for field in SIGNALS[name].needs}
    files = files_that_tell("x", values)
    assert files
    for one in files:
        layout = LAYOUTS[one.layout]
        brings = {f"{part.record.name}.{name}" for part in layout.records for name in part.cells}
        for name in one.signals:
            assert not values[name].known
            assert set(SIGNALS[name].needs) <= brings | there
    settled = [name for one in files for name in one.signals]
    assert len(settled) == len(set(settled))


def test_no_file_is_named_that_is_in_already_or_that_nobody_could_have_of_the_platform() -> None:
    unknown = {name: Value(name, None, reason="not_observed") for name in SIGNALS}
    whole = {one.layout for one in files_that_tell("mastodon", unknown)}
    assert "zeeschuimer" not in whole
    assert "mastodon_archive_posts" in {one.id for one in layouts_for("mastodon", ())}
    left = {one.id for one in layouts_for("mastodon", {"mastodon_archive_posts", "posts"})}
    assert not any(one.startswith("mastodon_archive") for one in left)
    assert not left & {"kit", "zeeschuimer", "modash_report"}
    assert {"posts", "accounts"} <= left, "a table of one's own can come again with other columns"
    assert "zeeschuimer" in {one.id for one in layouts_for("tiktok", ())}


def test_a_table_that_is_in_already_is_asked_for_more_rows_and_for_the_columns_that_it_lacks() -> None:
    values = {
        "public_rate": Value("public_rate", 0.05, n=9),
        "topic_lead": Value("topic_lead", reason="not_observed"),
        "small_kind": Value("small_kind", reason="not_observed"),
        "view_rate": Value("view_rate", reason="not_observed"),
        "language": Value("language", 1.0, n=9),
    }
    again, *_ = files_that_tell("x", values, {"posts"})
    assert again.layout == "posts"
    assert again.says == (
        "“A table of posts” is in already: more rows of it could tell “Lead of the main topic” and “Kind of small account”; "
        "columns for views, where it lacks them, could tell “Likes per view, typical”."
    )
    del values["view_rate"]
    assert files_that_tell("x", values, {"posts"})[0].says.endswith("“Kind of small account”.")
    assert files_that_tell("x", values)[0].says.startswith("A file of the kind “")


@pytest.mark.parametrize("question", sorted({one.question for one in SIGNALS.values()}))
def test_every_file_of_signals_begins_with_its_question(question: str) -> None:
    assert asks(question).endswith("?")
    assert len(asks(question)) < 80


def test_a_trifle_does_not_stand_out_however_sure_it_is() -> None:
    paid = ("sponsored_share", 8_802, 1 / 8_802), ("use_in_context_share", 1_200, 2 / 1_200), ("own_share", 40, 2 / 40)
    beyond = Place(0.95, 0.96, 0.97, 0.0, 500, "", 0.95, 0.03, 0.96, 0.04)
    for name, rows, share in paid:
        assert SIGNALS[name].columns.of_rows
        assert not matters(Value(name, value=share, low=share / 2, high=share * 2, n=rows), beyond)
        assert matters(Value(name, value=0.2, low=0.15, high=0.25, n=rows), beyond)
    assert matters(
        Value("sponsored_share", value=0.0, low=0.0, high=0.001, n=8_802),
        Place(0.01, 0.02, 0.03, 0.0, 500, "", 0.01, 0.97, 0.02, 0.98),
    )
    silent = [matters(Value("longest_silence_days", value=76.6, low=70, high=80, n=gaps), beyond) for gaps in (5, 12)]
    assert silent == [False, True]
    assert matters(Value("like_rate", value=0.008, low=0.007, high=0.009, n=12), beyond), (
        "a rate is no share of its rows"
    )
