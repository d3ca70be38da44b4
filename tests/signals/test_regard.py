"""Who names a brand, and how: used, praised, criticised, paid, by a tag alone; and no more is said than can be told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from building import account, day, made, post
from groundswell.signals import regard as asked
from groundswell.signals.regard import CRITICAL, Regard, names_of, nobody, read_regard
from groundswell.signals.table import prepare
from groundswell.store import Workspace

SAYS = {
    "critic": ["Oat & Co is terrible, it curdles and I hate it."],
    "refuses": ["I will never use Oat & Co."],
    "user": ["I have been using Oat & Co barista every morning for a year."],
    "fan": ["Oat & Co is wonderful, I love it.", "Saw an Oat & Co truck on the road."],
    "paid": ["#ad Oat & Co is wonderful, I love it."],
    "mixed": ["I love Oat & Co, it is wonderful, but it curdles and that is terrible."],
    "namer": ["Saw an Oat & Co truck on the road."],
    "reporter": ["Yesterday three people died when an Oat & Co truck crashed on the road."],
    "german": ["Ich hasse Oat & Co, das ist die schlechteste Hafermilch, die ich jemals getrunken habe."],
    "other": ["Eat & Cook with me, oat and coconut tonight."],
    "handle": ["Tried @oatandco today, it froths well."],
    "listed": ["Yoga in the morning light, by the sea."],
    "told": ["A quiet morning on the balcony again."],
    "bare": ["Nothing of note happened on this day."],
    "answers": ["Nothing of note happened on this day."],
    "silent": [None],
}
NAMES = [*SAYS, "oatandco"]


def rows() -> dict[str, list[dict[str, Any]]]:
    posts = [
        post(name, number, text=text, created_at=day(number), kind="post")
        for name, texts in SAYS.items()
        for number, text in enumerate(texts)
    ]
    posts += [post("refuses", f"more{n}", text="I baked vegan bread with oats for everybody today.") for n in range(3)]
    next(one for one in posts if one["account"] == "x:listed")["mentions"] = ["OatCo"]
    posts.append(post("silent", "tag", created_at=day(7), kind="post", mentions=["oatandco"]))
    posts.append(post("answers", "reply", text="@oatandco hello", created_at=day(3), kind="reply"))
    acts = [
        {"actor": "x:told", "verb": "mention", "account": "x:oatandco", "via": "x:told-0"},
        {"actor": "x:bare", "verb": "mention", "account": "x:oatandco", "acted_at": day(5), "times": 2},
        {"actor": "x:answers", "verb": "mention", "account": "x:oatandco", "via": "x:answers-reply"},
        {"actor": "x:fan", "verb": "mention", "account": "x:oatandco"},
    ]
    people = [account(name) for name in SAYS]
    people.append(account("oatandco") | {"name": "Oat & Co", "account_type": "brand"})
    return {"account": people, "post": posts, "interaction": acts}


def accounts() -> pa.Table:
    """What the table of signals says of them: who mostly writes in English, in the case of one."""
    more: dict[str, dict[str, str]] = {
        "oatandco": {"name": "Oat & Co", "account_type": "brand"},
        "refuses": {"language": "en"},
    }
    unknown = {"name": None, "account_type": None, "language": None}
    return pa.Table.from_pylist([account(one) | unknown | more.get(one, {}) for one in sorted(NAMES)])


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return made(tmp_path_factory.mktemp("regard") / "w", rows())


def ask(workspace: Workspace) -> Regard:
    texts = np.array([0 if name in ("silent", "oatandco") else 1 for name in sorted(NAMES)])
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", None)
        return read_regard(engine, accounts(), texts, ["Oat & Co"])


@pytest.fixture(scope="module")
def regard(workspace: Workspace) -> Regard:
    return ask(workspace)


def row(name: str) -> int:
    return sorted(NAMES).index(name)


@pytest.mark.parametrize(
    ("name", "named", "unpaid", "ways", "friendly"),
    [
        ("critic", 1, 1, "criticises it", 0),
        ("refuses", 1, 1, "criticises it", 0),
        ("user", 1, 1, "speaks of own use", 1),
        ("fan", 2, 2, "1 praises it", 2),
        ("paid", 1, 0, "", 0),
        ("mixed", 1, 1, "praises it with a reservation", 1),
        ("namer", 1, 1, "", 1),
        ("reporter", 1, 1, "", 1),  # grim news is no criticism
        ("german", 1, 1, "", 1),  # nobody reads its tone: it is named, and no more is said
        ("other", 0, 0, "", 0),
        ("handle", 1, 1, "speaks of own use", 1),
        ("listed", 1, 1, "", 1),
        ("told", 1, 1, "", 1),
        ("silent", 1, 1, "", 1),
    ],
)
def test_how_a_brand_is_spoken_of(regard: Regard, name: str, named: int, unpaid: int, ways: str, friendly: int) -> None:
    at = row(name)
    found = (int(regard.named[at]), int(regard.unpaid[at]), regard.ways(at), int(regard.friendly[at]))
    assert found == (named, unpaid, ways, friendly)
    assert bool(regard.critic[at]) is (name in ("critic", "refuses"))


def test_a_mention_whose_post_is_not_in_the_data_counts_and_one_that_posts_show_does_not_count_twice(
    regard: Regard,
) -> None:
    assert [int(regard.acts[row(name)]) for name in ("bare", "told", "answers", "fan")] == [2, 0, 0, 0]
    assert str(regard.last(row("bare"))) == "2026-01-06"
    assert not regard.named[row("answers")], "whom a reply answers it does not name"


def test_a_tag_without_text_makes_somebody_known(regard: Regard) -> None:
    assert regard.known[row("silent")]
    assert not regard.known[row("oatandco")]
    assert regard.posts_of(row("silent")) == ("x:silent-tag",)
    assert int(regard.wordless[row("silent")]) == 1


def test_posts_are_named_the_newest_first_and_can_be_asked_for_by_how_they_speak(regard: Regard) -> None:
    assert regard.posts_of(row("fan")) == ("x:fan-1", "x:fan-0")
    assert regard.posts_of(row("critic"), CRITICAL) == ("x:critic-0",)
    assert regard.posts_of(row("fan"), CRITICAL) == ()


def test_of_texts_that_are_too_many_no_more_is_said_than_that_they_name_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "READ_OF_ALL", 0)
    found = ask(workspace)
    assert int(found.named.sum()) == int(ask(workspace).named.sum())
    assert not found.critic.any()


def test_a_brand_is_known_by_its_handle_and_by_the_name_of_what_calls_itself_a_brand() -> None:
    names = names_of(accounts(), ["Oat & Co"])
    assert names.phrases == ("Oat & Co", "@oatandco")
    assert {"oatco", "oat_co", "oatandco"} <= set(names.handles)
    assert {"x:oatandco", "x:@oatco"} <= set(names.accounts)


def test_nobody_asked_for_is_nothing_found() -> None:
    found = nobody(np.array([3, 0]))
    assert found.known.tolist() == [True, False]
    assert found.friendly.tolist() == [0, 0]
    assert found.last(0) is None
