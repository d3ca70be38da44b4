"""What is held open for many questions answers like what is opened for one, and notices when the facts change."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from threading import Thread

import pytest
from tests.building import account as person
from tests.building import bring, community, made

from groundswell.api import Answers, PeopleAsked
from groundswell.coach import coach
from groundswell.coach.subject import Sample, Spoken, words_in
from groundswell.explain import Explainer, explain
from groundswell.exports.tables import plain
from groundswell.signals.present import Present, open_present
from groundswell.signals.told import FINDINGS
from groundswell.store import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two imports, so that some are told of twice."""
    return made(tmp_path_factory.mktemp("present") / "w", community(1), community(2, prefix="q", first=40))


@pytest.fixture(scope="module")
def present(workspace: Workspace) -> Present:
    """Held open, as a server does."""
    return open_present(workspace, engines=2)


def accounts(present: Present) -> list[str]:
    return present.table.rows.column("account").to_pylist()


def test_everybody_has_a_row_and_nobody_else(present: Present) -> None:
    assert [present.table.place(account) for account in accounts(present)] == list(range(len(accounts(present))))
    for nobody in ("", "\0", accounts(present)[0] + "\0", accounts(present)[3][:-1], "\U0010ffff"):
        assert present.table.place(nobody) == -1
        assert present.table.profile(nobody) == {} == present.table.values(nobody)


@pytest.mark.slow
def test_what_is_held_open_explains_like_what_is_opened_for_one_question(
    workspace: Workspace, present: Present
) -> None:
    explainer = Explainer(present)
    explainer.prepare()
    for account in accounts(present)[::5]:
        assert plain(explainer.explain(account)) == plain(explain(workspace, account)), account


@pytest.mark.slow
def test_what_is_held_open_coaches_like_what_is_opened_for_one_question(workspace: Workspace, present: Present) -> None:
    for account in accounts(present)[::5]:
        assert plain(coach(workspace, account, present=present)) == plain(coach(workspace, account)), account


@pytest.mark.slow
def test_findings_in_memory_are_those_in_the_files(present: Present) -> None:
    with present.engine() as engine:
        for view, names in FINDINGS.items():
            rows = engine.table(f"SELECT text_hash, {', '.join(names)} FROM {view} ORDER BY text_hash").to_pylist()
            assert rows
            found = present.told().of({*(row["text_hash"] for row in rows), 12345}).to_pylist()
            assert [row for row in found if row["text_hash"] == 12345] == [
                {"text_hash": 12345} | {name: None for names in FINDINGS.values() for name in names}
            ]  # nobody read it
            assert [
                {name: row[name] for name in ("text_hash", *names)} for row in found if row["text_hash"] != 12345
            ] == rows
    assert present.told().of(set()).num_rows == 0


@pytest.mark.slow
def test_the_posts_that_say_a_word_are_as_many_as_are_counted(present: Present) -> None:
    index = present.texts().index
    for word in ("the", "bread", "running", "nobody_says_this", "", "two words"):
        assert index.how_many_say(word) == len(index.posts_saying([word])), word


@pytest.mark.slow
def test_an_engine_opened_after_an_import_is_not_kept(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", community(1, people=4))
    with open_present(workspace, engines=1) as present:
        bring(workspace, community(2, prefix="q", people=4))
        with present.engine() as newer:
            pass
        with pytest.raises(Exception, match=r"(?i)clos"):
            newer.rows("SELECT 1")


@pytest.mark.slow
def test_an_engine_that_failed_is_not_lent_again(present: Present) -> None:
    with pytest.raises(ZeroDivisionError), present.engine() as failed:
        raise ZeroDivisionError
    with present.engine() as next_one:
        assert next_one is not failed


@pytest.mark.slow
def test_many_may_ask_at_once(workspace: Workspace) -> None:
    answers, wrong = Answers(workspace), list[BaseException]()
    everybody = answers.table().rows.column("account").to_pylist()

    def ask(names: list[str]) -> None:
        try:
            for name in names:
                assert answers.person(name).account == name
                answers.people(PeopleAsked(q=name[-2:]))
        except BaseException as error:
            wrong.append(error)

    threads = [Thread(target=ask, args=(everybody[number::6],)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.close()
    assert not wrong


@pytest.mark.slow
def test_an_import_and_its_undoing_are_seen_at_the_next_question_however_the_state_is_asked(tmp_path: Path) -> None:
    few = {"account": [person(f"p{number}") for number in range(4)]}
    workspace = made(tmp_path / "w", few)
    answers = Answers(workspace)
    assert answers.people(PeopleAsked()).population == 4
    key = bring(workspace, {"account": [person(f"q{number}") for number in range(4)]})
    assert answers.people(PeopleAsked()).population == 8
    workspace.undo(key)
    assert answers.people(PeopleAsked()).population == 4
    answers.close()


def test_the_state_is_not_asked_again_while_it_lies_unwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = made(tmp_path / "w", community(1, people=4))
    monkeypatch.setattr("groundswell.api.answers.JUST_NOW", -1.0)  # as if it had been written long ago
    answers, asked = Answers(source), list[int]()
    before = answers.version()
    monkeypatch.setattr(source, "version", lambda: asked.append(1) or "asked")
    assert answers.version() == before
    assert not asked
    with source.state.transaction() as connection:
        connection.exec_driver_sql("UPDATE imports SET state = 'undone'")
    assert answers.version() == "asked"


def sample_of(texts: list[tuple[str, str]], read: int, *, whole: bool = True) -> Sample:
    words = Counter(word for _, text in texts[:read] for word in words_in(text))
    names, said = zip(*texts, strict=True)
    return Sample(names, said, Spoken(words, min(read, len(texts))), whole)


def test_what_others_say_is_what_would_be_read_without_the_account() -> None:
    texts = [
        ("ann" if number % 3 == 0 else "bob", f"bread {'rye' if number % 2 else 'oat'} n{number}")
        for number in range(12)
    ]
    without = sample_of(texts, 6).without("ann")
    others = [text for name, text in texts if name != "ann"][:6]
    assert without is not None
    assert without.posts == 6
    assert +without.words == sample_of([("bob", text) for text in others], 6).spoken.words
    assert sample_of(texts[:7], 6, whole=False).without("ann") is None  # too few to take the place of its own
