"""A colleague is one person, whatever number of accounts the list names; who said no is left out; a subject is one's own."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from building import account, bring, day, made, made_and_computed, post
from groundswell.advocacy import Staff, staff, staff_table
from groundswell.advocacy.staff import about_of, steps
from groundswell.advocacy.subjects import focus_of, subject_of, words_of_names
from groundswell.errors import UsageError
from groundswell.exports.tables import plain
from groundswell.ingest import import_file
from groundswell.signals import signal_table
from groundswell.signals.posts import posts_of
from groundswell.store import Workspace

LIST = """Name,Abteilung,E-mail,LinkedIn,Instagram,X handle,Freiwillig
Ann Crumb,Bakery,ann@oat.example,https://www.linkedin.com/in/ann,@ann.bakes,@annx,ja
Ann Crumb,Mill,ann2@oat.example,https://www.linkedin.com/in/ann-2,,,ja
Bob Rye,,bob@oat.example,https://www.linkedin.com/in/bob,@bob.rye,,nein
Cid Oat,,cid@oat.example,,@cid,,
"""


def with_list(folder: Path, text: str = LIST) -> tuple[Workspace, int]:
    workspace = Workspace.create(folder / "ws")
    path = folder / "colleagues.csv"
    path.write_text(text, encoding="utf-8")
    key = import_file(workspace, path).import_id
    assert key is not None
    return workspace, key


def looked_at(folder: Path, posts: list[dict[str, Any]] | None = None, text: str = LIST) -> Staff:
    workspace, key = with_list(folder, text)
    if posts:
        bring(workspace, {"post": posts})
    return staff(workspace, None, ["Oat & Co"], import_id=key)


def by(network: str, handle: str, number: int, **more: Any) -> dict[str, Any]:
    """A post of an account that a list names by its handle."""
    one = post(handle, number, **more)
    return one | {"account": f"{network}:@{handle}", "platform": network, "post": f"{network}:{handle}-{number}"}


@pytest.mark.slow
def test_a_person_with_several_accounts_is_one_colleague_and_two_of_one_name_are_two(tmp_path: Path) -> None:
    posts = [by("linkedin", "ann", n, text=f"Bread {n}", created_at=day(n)) for n in range(2)]
    posts += [by("instagram", "ann.bakes", n, text=f"A loaf {n}", created_at=day(n)) for n in range(3)]
    found = looked_at(tmp_path, posts)
    people = [[one.account for one in colleague.accounts] for colleague in found.colleagues]
    assert people == [
        ["instagram:@ann.bakes", "linkedin:@ann", "twitter:@annx"],
        ["linkedin:@ann-2"],
        ["instagram:@cid"],
    ]
    assert [one.own_posts for one in found.colleagues] == [5, 0, 0]
    assert [one.department for one in found.colleagues] == ["Bakery", "Mill", None]
    assert found.sentences[0].startswith("3 colleagues: ")
    assert staff_table(found).num_rows == len(plain(found)["colleagues"]) == 3
    assert staff_table(found).column("other accounts").to_pylist()[0] == "linkedin:@ann; twitter:@annx"


@pytest.mark.slow
def test_who_said_no_is_left_out_and_counted_without_a_name(tmp_path: Path) -> None:
    found = looked_at(tmp_path, [by("linkedin", "bob", 1, text="Oat & Co bakes", created_at=day(1))])
    assert (found.left_out, found.left_out_by) == (1, ("Freiwillig",))
    assert "1 more colleague is left out, who said no under “Freiwillig” in the list." in found.sentences
    assert (
        "Of 1 colleague the list says neither yes nor no under “Freiwillig”: ask before anything else."
        in found.sentences
    )
    assert not [line for line in found.sentences if "their 1 post" in line]
    assert "bob" not in str(plain(found)).lower()


@pytest.mark.slow
@pytest.mark.slow
def test_whoever_has_not_said_yes_is_asked_first_in_their_own_words(tmp_path: Path) -> None:
    found = looked_at(tmp_path, text=LIST + "Dee Oat,,dee@oat.example,,@dee,,maybe in spring\n")
    said = {one.person.called: one.sentences[0] for one in found.colleagues}
    assert said["@cid"] == "The list says nothing under “Freiwillig”: ask before anything else."
    assert said["@dee"] == "“maybe in spring” under “Freiwillig” is neither yes nor no: ask before anything else."
    assert "ask before" not in " ".join(found.colleagues[0].sentences)


def test_where_everybody_said_no_nobody_is_looked_at(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Nobody on the list wants to speak: 1 colleague said no"):
        looked_at(tmp_path, text="Name,LinkedIn,Opt-in\nAnn,https://www.linkedin.com/in/ann,no\n")


@pytest.mark.slow
def test_without_mail_a_name_ties_rows_unless_each_has_an_account_on_one_network(tmp_path: Path) -> None:
    text = "Name,LinkedIn,Instagram\nAnn Crumb,https://www.linkedin.com/in/ann,\nAnn Crumb,,@ann.bakes\nBob Rye,,@bob\nBob Rye,,@bob2\n"
    assert [len(one.accounts) for one in looked_at(tmp_path, text=text).colleagues] == [2, 1, 1]


@pytest.mark.slow
def test_one_text_on_two_accounts_of_one_person_is_not_shared(tmp_path: Path) -> None:
    text = "A long evening with sourdough, rye and the old oven, and what I learned"
    posts = [
        by("linkedin", "ann", 1, text=text, created_at=day(1)),
        by("twitter", "annx", 1, text=text, created_at=day(2)),
    ]
    found = looked_at(tmp_path, posts)
    assert found.same_words == ()
    assert found.colleagues[0].shares_words_with == ()


SHARED = "Proud of what Oat & Co has baked this year with all of you and for all of you, see you soon number"


@pytest.mark.slow
def test_own_words_are_asked_for_only_where_shared_texts_are_a_good_part_of_the_posts(tmp_path: Path) -> None:
    rows = {"account": [account("ann"), account("bob")], "post": [post("ann", 99, text=SHARED, created_at=day(1))]}
    rows["post"] += [post("bob", 99, text=SHARED, created_at=day(1))]
    rows["post"] += [post("ann", n, text=f"A loaf of bread, the {n}th", created_at=day(n)) for n in range(8)]
    found = staff(made(tmp_path, rows), ["x:ann", "x:bob"], ["Oat & Co"])
    steps = {one.person.handle: one.step.name for one in found.colleagues if one.step}
    assert steps["ann"] != "own words", "one of nine"
    assert steps["bob"] == "own words", "all there is"


def test_a_card_speaks_to_the_colleague_and_not_about_them() -> None:
    for step in steps():
        words = f" {step.says} {step.why} ".lower().replace("answer them.", "")
        assert not [word for word in (" they ", " their ", " theirs ", " drop ") if word in words], step.name


# --- a subject of one's own ------------------------------------------------------------------------------------------------


def corpus(*topics: dict[str, float]) -> Any:
    words = tuple(dict.fromkeys(word for topic in topics for word in topic))
    weights = np.array([[topic.get(word, 0.0) for word in words] for topic in topics])
    return SimpleNamespace(words=words, topics=weights, names=tuple(f"topic {n}" for n in range(len(topics))))


def about(topic: int, *texts: str) -> list[dict[str, Any]]:
    return [{"topic": f"topic {topic}", "text": text} for text in texts]


BREAD = {"heavy": 0.9, "saddle": 0.8, "oatco": 0.7, "bread": 0.5, "rye": 0.4, "oven": 0.3}


def test_a_subject_is_called_by_words_of_the_persons_own_posts_and_never_by_the_companys() -> None:
    posts = about(0, *(f"Rye #bread with #oatco and #teamoatco, the {n}th" for n in range(12)), "Heavy")
    found = subject_of(posts, corpus(BREAD, {"rain": 1.0}), words_of_names(["Oat Co"]))
    assert found.focus.label == "bread, rye"
    assert found.topics == (("bread, rye", 1.0),)


def test_with_fewer_than_two_such_words_no_subject_is_told() -> None:
    found = subject_of(about(0, *["Rye and nothing else"] * 12), corpus(BREAD, {"rain": 1.0}), ())
    assert (found.focus.label, found.topics) == (None, ())
    assert about_of("unknown", found.focus, found.topics, 12).startswith("No single subject can be told")


@pytest.mark.slow
def test_who_speaks_of_the_company_alone_has_no_subject_of_their_own(tmp_path: Path) -> None:
    rows = {
        "account": [account("bob"), account("ann")],
        "post": [
            post("bob", n, text=f"Bread by Oat & Co in the oven, the {n}th", created_at=day(n)) for n in range(200)
        ]
        + [post("ann", n, text=f"Rain on the way to work, rain all day {n}", created_at=day(n)) for n in range(100)],
    }
    bob = staff(made(tmp_path, rows), ["x:bob", "x:ann"], ["Oat & Co"]).colleagues[1]
    assert bob.person.handle == "bob"
    assert (bob.standing, bob.subject, bob.topics) == ("unknown", None, ())
    assert bob.sentences[0] == "All 200 own posts name the company: no subject of their own can be told."


@pytest.mark.slow
def test_the_focus_of_all_posts_is_the_signals_own(tmp_path: Path) -> None:
    workspace = made_and_computed(tmp_path)
    table = signal_table(workspace)
    assert table.corpus is not None
    ids = [row["account"] for row in table.rows.select(["account"]).to_pylist()][:60]
    read, compared = posts_of(workspace, table.corpus, ids, {}), 0
    signals = {row["account"]: row["topic_focus"] for row in table.rows.select(["account", "topic_focus"]).to_pylist()}
    for one in ids:
        counts: dict[str, int] = {}
        for row in read.posts[one]:
            if row["topic"]:
                counts[row["topic"]] = counts.get(row["topic"], 0) + 1
        made_here = focus_of(list(counts.values()), len(table.corpus.names), None) if counts else None
        if signals[one]["value"] is None:
            assert made_here is None or made_here.value is None
            continue
        assert made_here is not None
        compared += 1
        for part in ("value", "low", "high", "n"):
            assert getattr(made_here, part) == pytest.approx(signals[one][part], abs=1e-6)
    assert compared > 5
