"""One person explained, in every form: it says what the command says, and a stranger's marks stay text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from building import account, day, made, post
from groundswell.cli import app
from groundswell.errors import UnknownNameError
from groundswell.explain import explain
from groundswell.exports.person import PERSON_FORMS, export_person
from groundswell.exports.report_words import as_text
from groundswell.signals import SIGNALS
from groundswell.store import Workspace

HOSTILE = "# 1. [me](javascript:alert(1)) <script>alert(1)</script> | *bold* ![x](http://x.example/a.png)\n## out"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    people = [account("ann", bio=HOSTILE, followers=900, following=100) | {"name": HOSTILE}]
    posts = [
        post("ann", number, text=f"{HOSTILE} {number}", likes=30 + number, created_at=day(number), kind="post", url="javascript:alert(1)")
        for number in range(12)
    ]  # fmt: skip
    return made(tmp_path_factory.mktemp("person") / "w", {"account": people, "post": posts})


@pytest.mark.slow
def test_the_command_writes_every_form_beside_what_it_says(workspace: Workspace, tmp_path: Path) -> None:
    to = [part for ending in PERSON_FORMS for part in ("--to", str(tmp_path / f"ann{ending}"))]
    said = CliRunner().invoke(app, ["explain", "@ann", *to, "--workspace", str(workspace.folder)])
    assert said.exit_code == 0
    assert {path.suffix for path in tmp_path.iterdir()} == set(PERSON_FORMS)
    assert all((tmp_path / f"ann{ending}").stat().st_size > 500 for ending in PERSON_FORMS)
    known = json.loads((tmp_path / "ann.json").read_text("utf-8"))
    assert known["values"]["like_rate"]["value"] == explain(workspace, "@ann").values["like_rate"].value


def test_every_sentence_of_a_person_stands_in_the_words(workspace: Workspace, tmp_path: Path) -> None:
    found = explain(workspace, "@ann")
    words = export_person(found, tmp_path / "ann.md").read_text("utf-8")
    assert [name for name in SIGNALS if as_text(found.sentences[name]) not in words] == []
    for heading in ("What stands out", "What is missing", "Is this what they mean?"):
        assert f"\n## {heading}\n" in words


def test_marks_of_a_stranger_are_no_marks_of_ours(workspace: Workspace, tmp_path: Path) -> None:
    words = export_person(explain(workspace, "@ann"), tmp_path / "ann.md").read_text("utf-8")
    assert words.count("\n# ") == 0
    assert words.startswith("# \\# 1. \\[me\\](javascript:alert(1)) &lt;script&gt;")
    assert not re.search(r"(?<!\\)[\[\]*]\(?javascript|(?<!\\)\[|<script|<javascript|\n## out", words)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("- no list", "\\- no list"),
        ("12. no list", "12\\. no list"),
        ("a | b", "a \\| b"),
        ("(3 posts)", "(3 posts)"),
        ("a\nb", "a b"),
    ],
)
def test_words_that_begin_like_a_mark_are_written_as_words(said: str, written: str) -> None:
    assert as_text(said) == written


def test_a_form_that_nobody_writes_is_named_with_those_that_are(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError) as refused:
        export_person(explain(workspace, "@ann"), tmp_path / "ann.docx")
    assert "form of export" in refused.value.what
