"""The shortlist: gates first, points that add up, no weight on follower count, and a reason for everything."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from pathlib import Path

import pytest

from building import simulated_and_computed, simulated_file
from groundswell.discover import Brief, Persona, Shortlist, discover, read_brief
from groundswell.ingest import import_file
from groundswell.records import language_name
from groundswell.simulate import sample_brief, simulate
from groundswell.store import Workspace
from groundswell.store.text_index import words_of


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return simulated_and_computed(tmp_path_factory.mktemp("ranking") / "w")


@pytest.fixture(scope="module")
def files(workspace: Workspace) -> dict[str, Path]:
    """The files that the workspace was made of."""
    return {name: simulated_file(f"{name}.csv") for name in ("accounts", "posts")}


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Brief:
    path = tmp_path_factory.mktemp("brief") / "brief.toml"
    path.write_text(sample_brief(), encoding="utf-8")
    read = read_brief(path)
    return replace(read, segments={"sector": read.segments["sector"]}, limit=200)


@pytest.fixture(scope="module")
def shortlist(workspace: Workspace, brief: Brief) -> Shortlist:
    found = discover(workspace, brief)
    assert len(found.matches) >= 5
    return found


def test_points_add_up_to_the_score(shortlist: Shortlist) -> None:
    for match in shortlist.matches:
        assert sum(term.points or 0.0 for term in match.terms) == pytest.approx(match.score, abs=1e-5)
        assert sum(term.most for term in match.terms) == pytest.approx(100)
        granted = sum(term.most if term.points is None else term.points for term in match.terms)
        assert granted == pytest.approx(match.score_most, abs=1e-5)


def test_gates_account_for_everybody(shortlist: Shortlist) -> None:
    alive = shortlist.population
    for gate in shortlist.gates:
        assert gate.before == alive
        alive -= gate.removed
    assert alive >= shortlist.fitting >= len(shortlist.matches)
    assert alive - shortlist.fitting >= len(shortlist.unchecked)
    assert all(match.unchecked for match in shortlist.unchecked)
    assert not any(match.unchecked for match in shortlist.matches)


def test_nobody_passes_without_credibility_in_the_sector(
    shortlist: Shortlist, workspace: Workspace, brief: Brief
) -> None:
    everybody = discover(workspace, replace(brief, segments={}))
    kept = {match.account for match in shortlist.matches}
    assert {match.account for match in everybody.matches} - kept
    for match in shortlist.matches:
        said = next(term.sentence for term in match.terms if term.name == "sector_share")
        assert int(said.rpartition(", ")[2].split()[0]) >= 3, said  # own posts with no sign of payment


def test_order_is_by_score_and_ties_go_by_id(shortlist: Shortlist) -> None:
    keys = [(-match.score, match.account) for match in shortlist.matches]
    assert keys == sorted(keys)


def test_no_term_is_a_follower_count(shortlist: Shortlist) -> None:
    for match in shortlist.matches:
        assert "followers" not in {term.name for term in match.terms}


@pytest.mark.slow
def test_permuting_followers_within_a_size_with_rates_kept_leaves_the_order(
    files: dict[str, Path], brief: Brief, tmp_path: Path
) -> None:
    """Followers are swapped between accounts of one size band, and counts scaled so that every rate stays as it was.

    By a meaning that judges rates; the newest takes size out of engagement, and what is usual for a size is another thing then.
    """
    brief = replace(brief, definition="field_geek@1")
    with files["accounts"].open(encoding="utf-8", newline="") as file:
        accounts = list(csv.DictReader(file))
    with files["posts"].open(encoding="utf-8", newline="") as file:
        posts = list(csv.DictReader(file))
    orders = []
    for turn in (0, 1):
        scale = _scales(accounts, turn)
        workspace = Workspace.create(tmp_path / f"w{turn}")
        for name, rows in (("accounts", _sized(accounts, scale)), ("posts", _counted(posts, scale))):
            path = tmp_path / f"{name}{turn}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0].keys())
                writer.writeheader()
                writer.writerows(rows)
            import_file(workspace, path)
        found = discover(workspace, brief)
        orders.append([match.account for match in found.matches])
        assert len(orders[-1]) >= 5
    assert orders[0] == orders[1]


def _scales(accounts: list[dict[str, str]], turn: int) -> dict[str, int]:
    """Everybody has 1,000 followers, times a factor of 1 to 9 that stays within the band of 1,000 to 10,000."""
    chance = random.Random(turn)
    return {row["id"]: chance.randint(1, 9) if turn else 1 for row in accounts}


def _sized(accounts: list[dict[str, str]], scale: dict[str, int]) -> list[dict[str, str]]:
    return [
        row | {"followers": str(1000 * scale[row["id"]]), "following": str(100 * scale[row["id"]])} for row in accounts
    ]


def _counted(posts: list[dict[str, str]], scale: dict[str, int]) -> list[dict[str, str]]:
    def times(row: dict[str, str], name: str) -> str:
        return str(int(row[name]) * scale.get(row["author_id"], 1)) if row[name] else ""

    return [
        row | {name: times(row, name) for name in ("likes", "replies", "reposts", "views", "saves")} for row in posts
    ]


def test_a_never_and_a_must_are_gates(workspace: Workspace, brief: Brief, shortlist: Shortlist) -> None:
    without = discover(workspace, replace(brief, personas=(Persona("vegan", never=True),)))
    assert any(gate.name.startswith("never") and gate.removed > 0 for gate in without.gates)
    said = {m.account for m in shortlist.matches if any("vegan" in words_of(post.text) for post in m.evidence)}
    assert said
    assert not {m.account for m in without.matches} & said
    must = discover(workspace, replace(brief, personas=(Persona("sourdough", must=True),)))
    assert any(gate.name.startswith("must") for gate in must.gates)


def test_an_excluded_account_is_not_listed(workspace: Workspace, brief: Brief, shortlist: Shortlist) -> None:
    first, second = shortlist.matches[0], shortlist.matches[1]
    found = discover(workspace, replace(brief, exclude=(first.account, f"{second.platform}:@{second.handle}")))
    assert not {first.account, second.account} & {match.account for match in found.matches}


def test_an_unknown_country_is_listed_apart_neither_in_nor_out(workspace: Workspace, brief: Brief) -> None:
    found = discover(workspace, replace(brief, segments={"country": ("DE",)}))
    gate = next(gate for gate in found.gates if gate.name == "country")
    assert gate.unknown > 0
    assert any("country" in match.unchecked for match in found.unchecked)


@pytest.mark.slow
def test_an_empty_result_explains_itself(workspace: Workspace, brief: Brief, tmp_path: Path) -> None:
    found = discover(workspace, replace(brief, segments={"sector": ("submarine welding",)}))
    assert found.matches == ()
    assert "Nobody passed every condition" in found.empty_because
    nowhere = discover(workspace, replace(brief, segments=brief.segments | {"country": ("XX",)}))
    assert "declared country is XX” " in nowhere.empty_because
    gate = next(gate for gate in nowhere.gates if gate.name == "country")
    assert f"without “{gate.says}” {gate.would_fit:,} would fit" in nowhere.empty_because
    assert gate.would_fit >= 5
    nobody = discover(Workspace.create(tmp_path / "w"), brief)
    assert "import accounts and posts first" in nobody.empty_because
    assert discover(workspace, brief).empty_because == ""


def test_made_up_people_are_said_to_be_so(shortlist: Shortlist) -> None:
    assert shortlist.simulated


def test_evidence_is_stored_posts_of_the_person(shortlist: Shortlist, workspace: Workspace) -> None:
    with workspace.engine() as engine:
        stored = {(post, account, text) for post, account, text in engine.rows("SELECT post, account, text FROM posts")}
    for match in shortlist.matches[:20]:
        assert match.evidence
        assert all((one.post, match.account, one.text) in stored for one in match.evidence)


def test_the_same_question_gives_the_same_answer(workspace: Workspace, brief: Brief, shortlist: Shortlist) -> None:
    assert replace(discover(workspace, brief), made_at=shortlist.made_at) == shortlist


@pytest.mark.slow
def test_of_whom_nothing_that_is_asked_for_is_known_does_not_fit_and_is_listed_apart(
    files: dict[str, Path], brief: Brief, tmp_path: Path
) -> None:
    silent = Workspace.create(tmp_path / "silent")
    import_file(silent, files["accounts"])
    found = discover(silent, replace(brief, definition="everyday_voice@1", segments={}))
    assert found.not_checked > 0
    assert all(any(term.points is not None for term in match.terms) for match in found.matches)
    assert any(match.unchecked == ("something_known",) for match in found.unchecked)
    assert not found.matches
    assert found.empty_because.startswith("Nothing that this brief asks for is known")


def test_it_says_who_gets_the_places(shortlist: Shortlist) -> None:
    for by in ("language", "platform", "account age", "size"):
        groups = [one for one in shortlist.exposure if one.by == by]
        assert sum(one.people for one in groups) == shortlist.population
        assert sum(one.fitting for one in groups) == shortlist.fitting
        assert sum(one.places for one in groups) == min(20, shortlist.fitting)


@pytest.mark.slow
def test_no_language_is_left_out_of_a_sector_without_a_word_about_it(brief: Brief, tmp_path: Path) -> None:
    larger = Workspace.create(tmp_path / "larger")
    files = simulate(tmp_path / "files", people=500, seed=3).files
    for name in ("accounts", "posts", "interactions"):
        import_file(larger, files[name])
    found = discover(larger, brief)
    groups = [one for one in found.exposure if one.by == "language" and one.group != "unknown" and one.people >= 40]
    assert len(groups) > 1
    notes = " ".join(note for note in found.notes if "hardly reach" in note)
    assert [one.group for one in groups if not one.fitting and language_name(one.group) not in notes] == []
