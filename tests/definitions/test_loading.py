"""A user's own file has the rights of ours, and a wrong one is answered with its line and the nearest right word."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundswell.definitions import (
    BRIEF_BOUND,
    DEFAULT_BENCHMARK,
    DEFAULT_DEFINITION,
    DEFAULT_TIER_SET,
    benchmark,
    definition,
    load_benchmarks,
    load_definitions,
    load_tier_sets,
    tier_set,
)
from groundswell.errors import BriefError, UnknownNameError
from groundswell.signals import SIGNALS

MINE = """\
id = "mine"
version = 1
title = "Mine"
says = "Whoever I like."

[provenance]
source = "me"
quote = "I know one when I see one"
grade = "D"

[[gate]]
signal = "topic_focus"
at_least = 0.2

[[term]]
signal = "like_rate"
title = "is liked"
curve = "log"
from = 0.001
to = 0.1
weight = 1.0
"""


def own(folder: Path, text: str, room: str = "definitions", name: str = "mine.toml") -> Path:
    (folder / room).mkdir(exist_ok=True)
    (folder / room / name).write_text(text, encoding="utf-8")
    return folder


def refusal(folder: Path, text: str, room: str = "definitions") -> str:
    loaders = {"definitions": load_definitions, "tiers": load_tier_sets, "benchmarks": load_benchmarks}
    with pytest.raises(BriefError) as caught:
        loaders[room](own(folder, text, room))
    return str(caught.value)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_everything_we_ship_loads_and_says_who_says_so() -> None:
    for judgement in (*load_definitions().values(), *load_tier_sets().values(), *load_benchmarks().values()):
        assert judgement.provenance.source
        assert judgement.provenance.quote
        assert judgement.objections, f"{judgement.name} has no known objection"


def test_every_term_and_gate_we_ship_says_why() -> None:
    for meaning in load_definitions().values():
        for part in (*meaning.terms, *meaning.gates):
            assert part.because, f"{meaning.name}: {part.signal}"


def test_definitions_name_only_known_signals() -> None:
    with pytest.raises(BriefError, match="There is no signal called 'burstiness'"):
        load_definitions(known_signals={*SIGNALS, *BRIEF_BOUND} - {"burstiness"})


def test_the_defaults_exist() -> None:
    newest = max((one for one in load_definitions().values() if one.id == "field_geek"), key=lambda one: one.version)
    assert definition(DEFAULT_DEFINITION).name == newest.name
    assert tier_set(DEFAULT_TIER_SET).name == DEFAULT_TIER_SET
    assert benchmark(DEFAULT_BENCHMARK).fitted


def test_meanings_coexist_under_their_own_names() -> None:
    names = set(load_definitions())
    assert {"community_catalyst@1", "reputable_source@1", "field_geek@1", "everyday_voice@1"} <= names


def test_a_follower_count_never_weighs_in_what_we_ship() -> None:
    assert all(term.signal != "followers" for meaning in load_definitions().values() for term in meaning.terms)


def test_a_follower_count_never_weighs_in_a_users_file(tmp_path: Path) -> None:
    said = refusal(tmp_path, MINE.replace('signal = "like_rate"', 'signal = "followers"'))
    assert "A follower count has no weight of its own" in said


def test_a_users_own_files_have_the_same_rights(tmp_path: Path) -> None:
    assert definition("mine", own(tmp_path, MINE)).gates[0].at_least == 0.2
    tiers = MINE.split("[[gate]]")[0] + '[[tier]]\nname = "tiny"\nfollowers_from = 0\n'
    assert tier_set("mine@1", own(tmp_path, tiers, "tiers")).tiers[0].name == "tiny"
    rates = 'metrics = ["like_rate"]\n' + MINE.split("[[gate]]")[0] + "[[level]]\nfollowers_from = 0\ntypical = 0.1\n"
    assert benchmark("mine", own(tmp_path, rates, "benchmarks")).levels[0].typical == 0.1


def test_a_users_term_may_be_set_against_a_users_benchmark(tmp_path: Path) -> None:
    rates = 'metrics = ["like_rate"]\n' + MINE.split("[[gate]]")[0] + "[[level]]\nfollowers_from = 0\ntypical = 0.1\n"
    own(tmp_path, rates, "benchmarks")
    assert definition("mine", own(tmp_path, MINE + 'against = "mine@1"\n')).terms[0].against == "mine@1"


def test_an_id_means_its_newest_version_and_a_version_means_itself(tmp_path: Path) -> None:
    folder = own(tmp_path, MINE)
    own(folder, MINE.replace("version = 1", "version = 10"), name="mine10.toml")
    own(folder, MINE.replace("version = 1", "version = 2"), name="mine2.toml")
    assert definition("mine", folder).version == 10
    assert definition("mine@1", folder).version == 1


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean field_geek"):
        definition("feild_geek")
    with pytest.raises(UnknownNameError, match="Did you mean seed_004@1"):
        tier_set("seed_004@7")


def test_a_version_never_changes(tmp_path: Path) -> None:
    said = refusal(tmp_path, MINE.replace('id = "mine"', 'id = "field_geek"'))
    assert "field_geek@1 is already declared" in said


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ('title = "is liked"', 'titel = "is liked"', "Did you mean title?"),
        ("at_least = 0.2", "atleast = 0.2", "Did you mean at_least?"),
        ('signal = "topic_focus"', 'signal = "topic_fokus"', "Did you mean topic_focus?"),
        ('curve = "log"', 'curve = "logg"', "Did you mean log?"),
        ("weight = 1.0", 'weight = "much"', "must be a number"),
        ("weight = 1.0", "weight = -1.0", "must be above 0"),
        ("from = 0.001", "from = 0", "A log curve begins above 0"),
        ("to = 0.1", "to = 0.0001", "'to' must be above 'from'"),
        ("to = 0.1", "to = nan", "must be a number"),
        ('grade = "D"', 'grade = "E"', "cannot be 'E'"),
        ('quote = "I know one when I see one"', 'quote = ""', "needs 'quote'"),
        ("version = 1", "version = 1.5", "whole number"),
        ('id = "mine"', 'id = "Mine!"', "begins with a letter"),
        ("at_least = 0.2", 'bound = "lowest"', "Did you mean low?"),
    ],
)
def test_a_wrong_key_or_value_is_named_with_its_line(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    text = MINE.replace(right, wrong)
    said = refusal(tmp_path, text)
    assert f"mine.toml, line {line_of(text, wrong)}: " in said
    assert says in said


@pytest.mark.hostile
def test_a_missing_key_points_at_its_table(tmp_path: Path) -> None:
    text = MINE.replace('title = "is liked"\n', "")
    assert f"line {line_of(text, '[[term]]')}: [term] needs 'title'" in refusal(tmp_path, text)


@pytest.mark.hostile
def test_the_second_of_two_tables_is_the_one_pointed_at(tmp_path: Path) -> None:
    text = MINE + '\n[[term]]\nsignal = "own_share"\ntitle = "own"\ncurve = "linear"\nfrom = 0\nto = 1\nwieght = 1\n'
    said = refusal(tmp_path, text)
    assert f"line {line_of(text, 'wieght')}: 'wieght'" in said
    assert "Did you mean weight?" in said


@pytest.mark.hostile
def test_an_unknown_benchmark_is_refused(tmp_path: Path) -> None:
    assert "There is no benchmark called 'panel@9'" in refusal(tmp_path, MINE + 'against = "panel@9"\n')


@pytest.mark.hostile
def test_broken_toml_and_broken_text_are_bad_input_not_a_crash(tmp_path: Path) -> None:
    assert "not valid TOML" in refusal(tmp_path, MINE + "[[gate]\n")
    (tmp_path / "definitions" / "mine.toml").write_bytes(b"id = '\xff\xfe'")
    with pytest.raises(BriefError, match="not UTF-8"):
        load_definitions(tmp_path)


@pytest.mark.hostile
def test_overlapping_tiers_are_refused(tmp_path: Path) -> None:
    head = MINE.split("[[gate]]")[0]
    tiers = '[[tier]]\nname = "a"\nfollowers_from = 0\n[[tier]]\nname = "b"\nfollowers_from = 9\n'
    assert "begins before the one above it ends" in refusal(tmp_path, head + tiers, "tiers")


@pytest.mark.hostile
def test_a_rate_in_percent_is_refused(tmp_path: Path) -> None:
    text = 'metrics = ["like_rate"]\n' + MINE.split("[[gate]]")[0] + "[[level]]\nfollowers_from = 0\ntypical = 8\n"
    assert "is a fraction" in refusal(tmp_path, text, "benchmarks")


@pytest.mark.hostile
def test_an_unknown_metric_or_platform_is_refused(tmp_path: Path) -> None:
    rest = MINE.split("[[gate]]")[0] + "[[level]]\nfollowers_from = 0\ntypical = 0.1\n"
    assert "Did you mean like_rate?" in refusal(tmp_path, 'metrics = ["like_rat"]\n' + rest, "benchmarks")
    wrong = 'metrics = ["like_rate"]\nplatforms = ["instagramm"]\n' + rest
    assert "Did you mean instagram?" in refusal(tmp_path, wrong, "benchmarks")
