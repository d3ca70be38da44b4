"""An update says what a full pass says, of everybody: whoever's numbers hang on somebody who changed is computed again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from building import account, bring, day, made, post, reply, simulated_and_computed
from groundswell.signals import signal_table
from groundswell.signals.keeping import as_computed
from groundswell.signals.nearby import near
from groundswell.signals.table import prepare, want
from groundswell.signals.topics import latest_corpus
from groundswell.store import Workspace

Rows = dict[str, list[dict[str, Any]]]
People = Sequence[dict[str, Any]]
LATER = day(900)


def said(who: str, number: int, **more: Any) -> dict[str, Any]:
    words = {
        "post": f"x:new-{who[-6:]}-{number}",
        "kind": "post",
        "text": f"sourdough starter, oven and crumb, loaf {number}",
    }
    return {"account": who, "created_at": day(400 + number), "likes": number, "replies": 1, **words, **more}


def another_topic(people: People) -> Rows:
    """Two people write of something else so much that it becomes their main topic, and most of it under others' posts."""
    return {"post": [said(one["account"], number) for one in people[:2] for number in range(200)]}


def talk(people: People) -> Rows:
    """Two people answer one another, who were not tied before, and name a third."""
    one, other, third = (person["account"] for person in people[:3])
    posts = [said(one, number) for number in range(4)]
    acts = [
        {"actor": who, "verb": verb, "account": whom, "post": posts[number]["post"], "via": f"x:via-{number}-{verb}-{who[-6:]}", "acted_at": day(410 + number)}
        for number in range(4)
        for who, verb, whom in ((other, "reply", one), (one, "mention", other), (third, "repost", one))
    ]  # fmt: skip
    return {"post": posts, "interaction": acts}


def follows(people: People) -> Rows:
    """Three people begin to follow one another."""
    names = [person["account"] for person in people[:3]]
    pairs = [(one, other) for one in names for other in names if one != other]
    return {"follow": [{"follower": one, "followed": other, "since": day(420)} for one, other in pairs]}


def profiles(people: People) -> Rows:
    """Two people are seen with other handles, far more followers, and another kind of profile."""
    return {
        "account": [
            {"account": one["account"], "platform": one["platform"], "handle": f"renamed{number}", "followers": 900_000 * number,
             "following": 7_000 * number, "bio": "", "posts_count": 3}
            for number, one in enumerate(people[:2])
        ]
    }  # fmt: skip


def all_of_it(workspace: Workspace) -> pa.Table:
    (workspace.cache / "signals" / "signals.json").unlink()
    return as_computed(signal_table(workspace).rows)


def differences(one: pa.Table, other: pa.Table) -> list[str]:
    """Signals of which two tables say something else; nothing is allowed but the last digits of a sum."""
    assert one.column("account").equals(other.column("account"))
    return [
        f"{name} of {a['account']}: {a[name]} / {b[name]}"
        for a, b in zip(one.to_pylist(), other.to_pylist(), strict=True)
        for name in one.column_names
        if a[name] != b[name] and rounded(a[name]) != rounded(b[name])
    ]


def rounded(said: Any) -> Any:
    parts: dict[str, Any] = said if isinstance(said, dict) else {"itself": said}
    return {part: f"{value:.9g}" if isinstance(value, float) else value for part, value in parts.items()}


@pytest.mark.slow
@pytest.mark.parametrize("news", [another_topic, talk, follows, profiles])
def test_it_says_what_a_full_pass_says_and_after_an_undo_again(news: Callable[[People], Rows], tmp_path: Path) -> None:
    workspace = simulated_and_computed(tmp_path / "w")
    before = signal_table(workspace).rows
    people = [row for row in before.select(["account", "platform", "handle"]).to_pylist() if row["handle"]]
    key = bring(workspace, news(people[40:]), seen=LATER)
    table = signal_table(workspace)
    assert 0 < table.recomputed < before.num_rows / 2
    assert not differences(as_computed(table.rows), all_of_it(workspace))
    signal_table(workspace)
    workspace.undo(key)
    after = signal_table(workspace)
    assert 0 < after.recomputed < before.num_rows / 2
    assert not differences(as_computed(after.rows), all_of_it(workspace))


def test_what_is_near_stands_before_everything_only_while_it_is_asked_for(tmp_path: Path) -> None:
    workspace = simulated_and_computed(tmp_path / "w")
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", latest_corpus(workspace.fits), only_views=True)
        every = engine.rows("SELECT count(*) FROM posts")
        someone = engine.rows("SELECT account, count(*) FROM posts GROUP BY account ORDER BY account LIMIT 1")
        want(engine, [someone[0][0]])
        with suppress(ZeroDivisionError), near(engine):
            own = engine.rows(
                "SELECT account, count(*) FROM posts JOIN wanted_accounts USING (account) GROUP BY account"
            )
            assert own == someone
            assert engine.rows("SELECT count(*) FROM posts") < every
            assert engine.rows("SELECT count(*) FROM memory.main.posts") == every
            raise ZeroDivisionError
        assert engine.rows("SELECT count(*) FROM posts") == every


def test_a_name_beside_an_answer_to_somebody_else_makes_no_tie_for_an_update_either(tmp_path: Path) -> None:
    """`c` names `b` where it answers a comment of `d`: whoever asks how embedded `a` is, a friend of `b`, has to read that as well."""
    people = [
        account(name) for name in ("a", "b", "c", "d", "e", "f", "g", *(f"quiet{number}" for number in range(20)))
    ]
    friends = [("a", "b"), ("a", "e"), ("a", "f"), ("a", "g"), ("b", "e"), ("f", "g")]
    acts = [
        reply("b", "c", "c-1", "b-1", day(1)),
        reply("d", "c", "c-1", "d-1", day(2)),
        reply("c", "d", "d-1", "c-2", day(3)),
        {"actor": "x:c", "verb": "mention", "account": "x:b", "via": "x:c-2", "acted_at": day(3)},
    ]
    mutual = [
        {"follower": f"x:{one}", "followed": f"x:{other}"} for pair in friends for one, other in (pair, pair[::-1])
    ]
    workspace = made(
        tmp_path / "w",
        {"account": people, "interaction": acts, "follow": mutual, "post": [post("c", 1, created_at=day(0))]},
    )
    before = signal_table(workspace).values("x:a")["embeddedness"]
    bring(workspace, {"follow": [{"follower": "x:quiet11", "followed": "x:a"}]}, seen=LATER)
    table = signal_table(workspace)
    assert 0 < table.recomputed < len(people)
    assert before.value is not None
    assert table.values("x:a")["embeddedness"] == before, "somebody who follows it and is not followed back is no tie"
    assert not differences(as_computed(table.rows), all_of_it(workspace))


def test_without_the_faces_that_were_kept_everybody_is_computed_again(tmp_path: Path) -> None:
    workspace = simulated_and_computed(tmp_path / "w")
    everybody = signal_table(workspace).rows.num_rows
    for file in (workspace.cache / "signals").glob("faces-*"):
        file.unlink()
    bring(workspace, {"follow": [{"follower": "x:a", "followed": "x:b"}]}, seen=LATER)
    assert signal_table(workspace).recomputed >= everybody
    assert len(list((workspace.cache / "signals").glob("faces-*"))) == 3


@pytest.mark.parametrize("ann", ["x:ann", "x:@ann"], ids=["by id", "by handle"])
def test_whose_post_it_was_that_somebody_answered_may_be_told_later(ann: str, tmp_path: Path) -> None:
    """Ann's comments do not say under whose posts they stand; once that is known, what Bob answered is no comment on her."""
    people = [account(name) for name in ("ann", "bob", *(f"quiet{number}" for number in range(20)))]
    said_by_ann = [
        {"actor": ann, "verb": "reply", "post": f"x:bob-{n}", "via": f"x:ann-{n}", "acted_at": day(n)} for n in range(4)
    ]
    answers = [reply("bob", "ann", f"ann-{n}", f"bob-a{n}", day(n + 1)) for n in range(4)]
    workspace = made(tmp_path / "w", {"account": people, "interaction": [*said_by_ann, *answers]})
    assert signal_table(workspace).values("x:ann")["reply_rate"].n == 4
    bring(workspace, {"post": [post("bob", n) for n in range(4)]}, seen=LATER)
    table = signal_table(workspace)
    assert table.recomputed < table.rows.num_rows
    assert table.values("x:ann")["reply_rate"].value is None
    assert not differences(as_computed(table.rows), all_of_it(workspace))
