"""Comments and shares by arrangement, and those that only look like it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from building import account, bring, day, made, post, reply, value_of
from groundswell.signals import Value, signal_table
from groundswell.signals.arrays import Asked
from groundswell.signals.computing import compute
from groundswell.signals.crowds import embedded
from groundswell.signals.table import prepare

MINUTE = 1 / 1440
SUBJECTS = ("bread flour oven", "marathon shoes trail", "camera lens light", "garden tomato soil")


def circle(*, pod: bool, people: int = 8, posts: int = 6, every: int = 1) -> dict[str, list[Any]]:
    """Everybody comments on everybody (on `every` second, third ... post): at once and with stock phrases, or later, on the matter, with a follow and an answer back."""
    names = [f"m{number}" for number in range(people)]
    rows: dict[str, list[Any]] = {
        "account": [account(name) for name in names],
        "post": [],
        "interaction": [],
        "follow": [],
    }
    for place, author in enumerate(names):
        for number in range(posts):
            when, about = day(number * 3 + place / 10), SUBJECTS[place % 4] if pod else SUBJECTS[0]
            rows["post"].append(post(author, number, text=f"{about} number {number}", created_at=when, kind="post"))
            for order, actor in enumerate(name for name in names if name != author):
                if (number + order) % every:
                    continue
                text, delay = (
                    ("love your feed", order * 2 * MINUTE)
                    if pod
                    else (f"your {about} again {number}{order}", 0.2 + order / 9)
                )
                comment = f"{author}-{number}-{actor}"
                rows["post"].append(
                    post(actor, f"on-{comment}", text=text, created_at=when + (day(delay) - day(0)), kind="reply")
                )
                rows["interaction"].append(
                    reply(actor, author, f"{author}-{number}", f"{actor}-on-{comment}", when + (day(delay) - day(0)))
                )
                if not pod:
                    back, again = f"{comment}-back", f"{comment}-again"
                    rows["interaction"].append(
                        reply(author, actor, f"{actor}-on-{comment}", back, when + (day(delay + 0.1) - day(0)))
                    )
                    rows["interaction"].append(reply(actor, author, back, again, when + (day(delay + 0.2) - day(0))))
        if not pod:
            rows["follow"] += [{"follower": f"x:{name}", "followed": f"x:{author}"} for name in names if name != author]
    return rows


def strangers() -> dict[str, list[Any]]:
    """A few hundred ties among others, so that a set of eight is not the whole world."""
    rows: dict[str, list[Any]] = {"account": [], "post": [], "interaction": []}
    for number in range(300):
        rows["account"].append(account(f"s{number}"))
        for time in range(3):
            target = f"s{(number * 7 + 1) % 300}-{time}"
            rows["interaction"].append(
                reply(f"s{number}", f"s{(number * 7 + 1) % 300}", target, f"s{number}-r{time}", day(time))
            )
    return rows


def found(folder: Path, name: str, *rows: Any) -> Value:
    return value_of(made(folder, *rows), "m0", name)


@pytest.mark.slow
def test_a_pod_is_told_from_a_circle_of_friends_as_dense(tmp_path: Path) -> None:
    pod = found(tmp_path / "pod", "pod_share", circle(pod=True), strangers())
    friends = found(tmp_path / "friends", "pod_share", circle(pod=False), strangers())
    assert pod.value is not None
    assert friends.value is not None
    assert pod.value > 0.8
    assert pod.label == "7"
    assert friends.value < 0.1


@pytest.mark.slow
def test_nobody_is_surely_in_a_pod_where_no_follow_is_known(tmp_path: Path) -> None:
    silent = found(tmp_path / "silent", "pod_share", circle(pod=True), strangers())
    others = [{"follower": f"x:s{number}", "followed": f"x:m{number}"} for number in range(8)]
    told = found(tmp_path / "told", "pod_share", circle(pod=True) | {"follow": others}, strangers())
    assert silent.value is not None
    assert told.low is not None
    assert silent.value > 0.3
    assert silent.low == 0
    assert told.low > 0.3


def test_of_a_set_that_is_the_whole_world_nothing_is_told(tmp_path: Path) -> None:
    told = found(tmp_path, "pod_share", circle(pod=True))
    assert (told.value, told.reason) == (None, "too_few")


def test_few_comments_are_too_few_to_say(tmp_path: Path) -> None:
    assert found(tmp_path, "pod_share", circle(pod=True, people=3, posts=2), strangers()).reason == "too_few"


def test_ties_in_common_are_counted_and_their_chance_follows_everybodys_number_of_ties() -> None:
    one, other = np.array([0, 0, 0, 1, 2]), np.array([1, 2, 3, 3, 3])
    shared, chance, at_best = embedded(one, other, 4, 1_000)
    assert shared.tolist() == [0, 0, 2, 0, 0]
    assert chance[2] == at_best[2] < 0.01
    few = embedded(one, other, 4, 5)
    assert min(few[1][2], few[2][2]) > 0.01


def sharing(folder: Path, delays: list[float], *, common: bool = True) -> Value:
    """Two accounts with eight links each, the other's so many seconds later, weeks apart."""
    rows = [
        post(name, number, created_at=day(number * 5 + number**2 / 50 + late / 86400), kind="post", text=f"look {name} {number}",
             links=[f"https://example.org/{number if common else name + str(number)}"])
        for name, own in (("m0", [0.0] * len(delays)), ("m1", delays)) for number, late in enumerate(own)
    ]  # fmt: skip
    return found(folder, "coordinated_sharing", {"account": [account("m0"), account("m1")], "post": rows})


def test_two_who_share_the_same_within_a_minute_again_and_again_are_partners(tmp_path: Path) -> None:
    found = sharing(tmp_path, [20.0] * 8)
    assert (found.value, found.label) == (1.0, "1")


@pytest.mark.parametrize("delays", [[4_000.0] * 8, [20.0, 20.0, *[9_000.0] * 6]], ids=["later", "twice only"])
def test_the_same_links_later_or_seldom_at_once_are_no_coordination(tmp_path: Path, delays: list[float]) -> None:
    assert sharing(tmp_path, delays).value == 0


def test_different_things_at_the_same_time_are_no_coordination(tmp_path: Path) -> None:
    assert sharing(tmp_path, [20.0] * 8, common=False).value == 0


@pytest.mark.slow
def test_a_partner_whose_posts_are_undone_is_a_partner_no_more(tmp_path: Path) -> None:
    """Others stay, so that only what was touched is computed again."""

    def shares(name: str, late: float) -> list[dict[str, Any]]:
        return [
            post(name, number, created_at=day(number * 5 + number**2 / 50 + late / 86400), kind="post", text=f"look {name} {number}",
                 links=[f"https://example.org/{number}"])
            for number in range(8)
        ]  # fmt: skip

    others = [account(f"quiet{number}") for number in range(10)]
    workspace = made(tmp_path / "w", {"account": [account("m0"), account("m1"), *others], "post": shares("m0", 0)})
    alone = signal_table(workspace).values("x:m0")["coordinated_sharing"]
    key = bring(workspace, {"post": shares("m1", 20)})
    together = signal_table(workspace)
    assert (alone.value, together.values("x:m0")["coordinated_sharing"].value) == (0, 1)
    workspace.undo(key)
    after = signal_table(workspace)
    assert 0 < after.recomputed < 12
    assert after.values("x:m0")["coordinated_sharing"] == alone


def test_the_share_by_arrangement_is_worked_out_by_hand(tmp_path: Path) -> None:
    """Seven people comment on three of six posts each, in haste, generically, without a talk; subjects and follows are not known.

    Duty is one half, the others are whole, and a follow not known speaks by a fifth: .74 of what is asked speaks for arrangement,
    so that a comment counts by (.74 - .4) / .4.
    """
    parts = (circle(pod=True, every=2), strangers())
    workspace = made(
        tmp_path / "w", {record: [row for part in parts for row in part.get(record, [])] for record in parts[0]}
    )
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", None)
        rows = compute(Asked(engine, workspace.fits), names=["pod_share"]).to_pylist()
    found = next(Value(signal="pod_share", **row["pod_share"]) for row in rows if row["handle"] == "m3")
    comments, weight = 21, ((1 + 1 + 1 + 0.5 + 0.2) / 5 - 0.4) / 0.4
    share, z = weight, 1.6448536
    middle, scale = share + z**2 / (2 * comments), 1 + z**2 / comments
    half = z * np.sqrt(share * (1 - share) / comments + z**2 / (4 * comments**2))
    assert (found.value, found.n, found.label) == (pytest.approx(weight), comments, "7")
    assert (found.low, found.high) == pytest.approx(
        (0, (middle + half) / scale), rel=1e-6
    )  # who follows whom is not known
