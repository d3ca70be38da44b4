"""A kit's numbers are its maker's word: shown beside what is computed, never among it, and gone with the import."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from groundswell.cli.colleague import explanation_lines
from groundswell.coach.signing import signed
from groundswell.explain import explain
from groundswell.exports.person import export_person
from groundswell.ingest import ImportReport, import_file
from groundswell.store import Workspace
from groundswell.store.purging import purge

ANN = "twitter:7"
TRIED = {
    "name": "sparked_tried", "title": "Replies that say: I tried it", "value": 4.0, "low": None, "high": None, "n": 4,
    "unit": "count", "rows": [{}] * 4, "says": "By 4 people.", "words": "4",
}  # fmt: skip
ABOUT = {
    "name": "topic:maps", "title": "Posts about maps", "value": 0.125, "low": 0.067, "high": 0.211, "n": 56,
    "unit": "share", "rows": [{}] * 7, "says": "7 of my 56 posts are about maps.", "words": "99%",
}  # fmt: skip


def brought(workspace: Workspace, folder: Path, keys: str = "ann", **content: Any) -> ImportReport:
    """Bring a kit in that says so."""
    profile = {"account": ANN, "platform": "twitter", "handle": "ann"}
    whole = {"account": profile, "posts": [], "made_at": "2026-07-01T10:00:00+00:00", "made_by": "Ann", **content}
    path = folder / "kit.json"
    path.write_text(json.dumps(signed(whole, folder / keys)), "utf-8")
    return import_file(workspace, path)


@pytest.fixture
def brand(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "brand")


def test_what_was_signed_is_shown_with_interval_and_rows_and_who_says_so(brand: Workspace, tmp_path: Path) -> None:
    report = brought(brand, tmp_path, numbers=[TRIED, ABOUT])
    assert any("gives the name Ann; the signature fits. Its 2 numbers" in note for note in report.notes)
    found = explain(brand, "@ann")
    [word] = found.signed
    assert word.heading.endswith("in a signed file of 2026-07-01, signed by Ann")
    said = "\n".join(explanation_lines(found))
    assert "Replies that say: I tried it: 4, rows of theirs: 4" in said
    assert "Posts about maps: 12.5%  [90 %: 6.7% to 21.1%], rows of theirs: 56" in said  # in our words, not in its own
    assert word.key in said
    page = export_person(found, tmp_path / "ann.html").read_text("utf-8")
    assert "signed by Ann" in page
    assert "6.7% to 21.1%" in page


@pytest.mark.slow
def test_nothing_that_is_computed_rests_on_it(brand: Workspace, tmp_path: Path) -> None:
    bare = Workspace.create(tmp_path / "bare")
    brought(brand, tmp_path, numbers=[TRIED, ABOUT])
    brought(bare, tmp_path, numbers=[])
    with_it, without = explain(brand, "@ann"), explain(bare, "@ann")
    assert with_it.declared == without.declared
    told_of = replace(with_it.gist, told=without.gist.told)  # that the file exists is all that is said of it there
    assert (with_it.values, told_of, with_it.judged) == (without.values, without.gist, without.judged)
    assert without.signed[0].numbers == ()


def test_what_is_computed_from_a_kit_is_said_to_be_self_declared_and_how_old_it_is(
    brand: Workspace, tmp_path: Path
) -> None:
    brought(brand, tmp_path, numbers=[TRIED], data_ends="2026-05-12T08:00:00+00:00")
    found = explain(brand, "@ann")
    assert found.declared.startswith("Self-declared, from a signed file: the posts and followers on this page")
    assert "ends on 2026-05-12, 7 weeks before it was signed" in found.declared
    assert (
        "no score rests on them. The posts and followers in the file are read like any file's" in found.signed[0].remark
    )
    lines = list(explanation_lines(found))
    assert next(at for at, line in enumerate(lines) if found.declared in line) < 6
    assert "Self-declared" in export_person(found, tmp_path / "ann.html").read_text("utf-8")


def test_a_brand_is_not_asked_for_posts_as_if_nothing_had_been_said(brand: Workspace, tmp_path: Path) -> None:
    brought(brand, tmp_path, numbers=[TRIED])
    found = explain(brand, ANN)
    assert "signed file" in found.gist.told
    lines = list(explanation_lines(found))
    assert lines.index(f"  {found.gist.told}") < next(at for at, line in enumerate(lines) if "To settle it" in line)


@pytest.mark.slow
def test_undo_and_purge_take_it_away(brand: Workspace, tmp_path: Path) -> None:
    report = brought(brand, tmp_path, numbers=[TRIED])
    (tmp_path / "accounts.csv").write_text("id,username,followers\n7,ann,12\n", "utf-8")
    import_file(brand, tmp_path / "accounts.csv", constants={"platform": "twitter"})
    assert explain(brand, ANN).signed
    brand.undo(int(report.import_id or 0))
    assert explain(brand, ANN).signed == ()
    purge(brand, undone=True)
    parts = [file.read_bytes() for file in (brand.folder / "facts").rglob("*") if file.is_file()]
    assert not any(b"I tried it" in part for part in parts)


@pytest.mark.slow
def test_of_one_key_the_newest_word_counts_and_another_key_stands_apart(brand: Workspace, tmp_path: Path) -> None:
    brought(brand, tmp_path, numbers=[ABOUT])
    brought(brand, tmp_path, numbers=[TRIED], made_at="2026-08-01T10:00:00+00:00", made_by=None)
    brought(brand, tmp_path, "bob", numbers=[ABOUT], made_at="2026-06-01T10:00:00+00:00", made_by="Bob")
    latest, other = explain(brand, "@ann").signed
    assert [one.title for one in latest.numbers] == [TRIED["title"]]
    assert latest.heading.endswith("of 2026-08-01, signed by nobody named")
    assert (other.made_by, other.key != latest.key) == ("Bob", True)


@pytest.mark.slow
def test_a_table_that_claims_to_be_signed_is_not_believed(brand: Workspace, tmp_path: Path) -> None:
    forged = json.dumps({"made_by": "Ann", "numbers": [TRIED]}).replace('"', '""')
    table = f'handle,platform,followers,signed_by,signed_says\nann,twitter,12,0cab,"{forged}"\n'
    (tmp_path / "kit.json").write_text(
        json.dumps(signed({"account": {"account": ANN, "platform": "twitter"}, "posts": []}, tmp_path)), "utf-8"
    )
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as both:
        both.writestr("accounts.csv", table)
        both.write(tmp_path / "kit.json", "kit.json")
    report = import_file(brand, tmp_path / "both.zip")
    assert "+" in report.layout
    assert explain(brand, "@ann").signed == ()


@pytest.mark.parametrize(
    "numbers",
    [
        "no list", [None, 7, [], {}], [TRIED | {"value": float("1e300")}], [TRIED | {"value": True}],
        [TRIED | {"unit": "<b>"}], [TRIED | {"title": " "}],
    ],
)  # fmt: skip
def test_signed_nonsense_is_passed_over(brand: Workspace, tmp_path: Path, numbers: Any) -> None:
    brought(brand, tmp_path, numbers=numbers, made_at="some day", made_by=["Ann"])
    [word] = explain(brand, "@ann").signed
    assert (word.numbers, word.made_at, word.made_by) == ((), None, None)
    assert "without a date, signed by nobody named" in word.heading


@pytest.mark.slow
def test_long_texts_and_long_lists_are_cut(brand: Workspace, tmp_path: Path) -> None:
    brought(brand, tmp_path, numbers=[TRIED | {"title": "x" * 10_000}] * 500)
    [word] = explain(brand, "@ann").signed
    assert len(word.numbers) == 40
    assert len(word.numbers[0].title) == 300
