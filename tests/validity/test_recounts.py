"""The count by hand, which is held against the program's, counts what a reader of the rows would."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

from benchmarks.validity.recounts import RECOUNTS, Act, Post, Rows

from groundswell.signals import SIGNALS


def rows(*acts: Act) -> Rows:
    found = Rows(
        defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(set), {}, defaultdict(list), {}, {}
    )
    for act in acts:
        found.acts[act.account].append(act)
        found.done[act.actor].append(act)
    return found


def act(actor: str, account: str, post: str, via: str | None, month: int = 1, verb: str = "reply") -> Act:
    return Act(actor, verb, account, post, via, datetime(2026, month, 3, tzinfo=UTC))


def test_an_answer_is_no_speaking_and_a_further_turn_is() -> None:
    found = rows(act("fan", "ann", "p", "c"), act("ann", "fan", "c", "a"), act("fan", "ann", "a", "d"))
    assert [one.via for one in found.answers] == ["a"]
    assert not found.speakers["fan"]
    assert not found.tied("ann", "fan")
    assert RECOUNTS["comment_depth"][0](found, "ann") == 1


def test_who_comes_in_three_months_to_three_posts_is_a_superfan_and_who_comes_three_times_is_none() -> None:
    loyal = [act("fan", "ann", f"p{month}", f"f{month}", month) for month in (1, 2, 3)]
    often = [act("guest", "ann", f"p{number}", f"g{number}") for number in (1, 2, 3)]
    by_hand, hastily, _ = RECOUNTS["superfans"]
    found = rows(*loyal, *often)
    assert (by_hand(found, "ann"), hastily(found, "ann")) == (1, 2)


def test_a_young_post_enters_no_rate() -> None:
    found = rows()
    counts: dict[str, int | None] = {"likes": 4, "replies": 2}
    found.posts["ann"] = [Post("post", "", 0.0, 4e5, counts), Post("post", "", 3e5, 4e5, counts | {"likes": 90})]
    assert RECOUNTS["typical_reactions"][0](found, "ann") == 6


def test_what_is_counted_by_hand_are_signals() -> None:
    assert set(RECOUNTS) <= set(SIGNALS)
