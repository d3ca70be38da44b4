"""Small communities worked out by hand: whom the money goes to, what they share, what is in the way, what is not known."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from building import account, day, made, post
from groundswell.discover import AtMost, Brief, Offer, Spending, read_brief
from groundswell.errors import BriefError, UnknownNameError, UsageError
from groundswell.exports.plans import export_plan
from groundswell.exports.tables import plain
from groundswell.plan import Changes, ImpossibleError, Plan, changed, keep, kept_brief, plan
from groundswell.plan.wording import plan_says
from groundswell.signals.present import Present, open_present
from groundswell.store import Workspace

AUDIENCES = {"ann": (1, 6), "bob": (4, 9), "cat": (10, 12), "dan": (13, 13)}
"""Followers f1..f6 of Ann and so on; Dan also has f1..f3."""
EVIL = "=1+1 <script>alert(1)</script> \u202e\U0001f9c1"


def people() -> dict[str, list[dict[str, Any]]]:
    sizes = {"ann": 300, "bob": 300, "cat": 150, "dan": 200, "big": 90_000}
    rows: dict[str, list[dict[str, Any]]] = {"account": [], "post": []}
    for number, (name, size) in enumerate(sizes.items()):
        rows["account"].append(
            account(name, followers=size, country="DE") | {"name": EVIL if name == "cat" else name.title()}
        )
        likes = range(10 * number + 1, 10 * number + 7)
        rows["post"] += [
            post(name, place, kind="post", likes=one, replies=1, created_at=day(place))
            for place, one in enumerate(likes)
        ]
    return rows


def follows() -> list[dict[str, Any]]:
    pairs = [(f"f{number}", name) for name, (low, high) in AUDIENCES.items() for number in range(low, high + 1)]
    pairs += [(f"f{number}", "dan") for number in (1, 2, 3)]
    return [{"follower": f"x:{follower}", "followed": f"x:{name}", "completeness": "full"} for follower, name in pairs]


def fees() -> list[dict[str, Any]]:
    asked = {"amount_minor": 5_000, "kind": "asked"}
    return [
        {"account": "x:cat", "currency": "USD", **asked},
        {"account": "x:big", "currency": "EUR", **asked | {"amount_minor": 20_000}},
    ]


@pytest.fixture(scope="module")
def present(tmp_path_factory: pytest.TempPathFactory) -> Any:
    rows = people() | {"follow": follows(), "fee": fees()}
    rows["account"] += [account("f1", country="US", followers=10, following=2_000, bio="hello", posts_count=1)]
    with open_present(made(tmp_path_factory.mktemp("followed") / "w", rows)) as opened:
        yield opened


@pytest.fixture(scope="module")
def without_a_graph(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with open_present(made(tmp_path_factory.mktemp("unknown") / "w", people())) as opened:
        yield opened


QUOTED = tuple((f"@{name}", 10_000) for name in AUDIENCES)


def asked(money: int, **spending: Any) -> Brief:
    wishes: dict[str, Any] = {"people": (0, 40), "prices": QUOTED, "objective": "unique reach"} | spending
    budget = {"amount_minor": money * 100, "currency": "EUR"}
    return Brief("Oat & Co", "everyday_voice@1", budget=budget, spending=Spending(**wishes))


def planned(present: Present, brief: Brief) -> Plan:
    return plan(present.workspace, brief, present=present)


def names(made: Plan) -> list[str]:
    return [pick.who.account.removeprefix("x:") for pick in made.picks]


def test_the_best_two_are_found_where_the_largest_first_would_miss_them(present: Present) -> None:
    found = planned(present, asked(200))
    assert names(found) == ["bob", "dan"]
    assert [pick.gain for pick in found.picks] == [6, 4]
    assert (found.value, found.certificate) == (10, pytest.approx(1, abs=2e-3))
    assert (found.spent_minor, found.left_minor) == (20_000, 0)
    assert found.picks[0].gain_per_money == pytest.approx(6 / 100)


def test_overlap_is_what_those_before_reach_already(present: Present) -> None:
    found = planned(present, asked(200, lock=("@ann", "@bob")))
    assert sorted(names(found)) == ["ann", "bob"]
    assert [pick.overlap for pick in found.picks] == [0, 0.5]
    assert [(pair.shared, pair.share, pair.low, pair.high) for pair in found.overlaps] == [(3, 0.5, 0.5, 0.5)]
    assert "All followers of each are known." in found.overlap_says
    assert "9 different people in 12 places" in found.overlap_says
    assert "known audience whom those before" in found.overlap_says
    assert found.picks[0].known_share == pytest.approx(6 / 300)


def test_overlap_with_part_of_a_list_has_an_interval_and_without_a_whole_list_is_unknown() -> None:
    from groundswell.plan.planning import _share_limits  # pyright: ignore[reportPrivateUsage]
    from groundswell.signals.kinship import wilson_limits

    own, shared = np.array([6.0, 60, 60]), np.array([3.0, 3.0, 30.0])
    one, other = np.array([0, 0, 1]), np.array([1, 2, 2])
    low, high = _share_limits(np.array([False, True, False]), own, one, other, shared)
    limits = wilson_limits(np.array([3]), np.array([6]))
    assert (low[0], high[0]) == (limits[0][0], limits[1][0])
    assert np.isnan([low[1], high[1], low[2]]).all()


def test_whoever_adds_nothing_is_not_paid(present: Present) -> None:
    found = planned(present, asked(400))
    assert found.value == 13
    assert "ann" not in names(found)
    assert found.left_minor == 10_000


def test_locked_is_in_and_excluded_is_out_whatever_they_add(present: Present) -> None:
    found = planned(present, asked(200, lock=("@cat",), exclude=("@bob",)))
    assert "cat" in names(found)
    assert "bob" not in names(found)
    assert found.value == 9
    assert [pick.locked for pick in found.picks if pick.who.account == "x:cat"] == [True]


@pytest.mark.parametrize(
    ("wishes", "kind", "says"),
    [
        ({"lock": ("@nobody",)}, UnknownNameError, "nobody"),
        ({"lock": ("@ann",), "exclude": ("x:ann",)}, BriefError, "both locked in and excluded"),
        ({"lock": ("@ann", "@bob"), "people": (0, 1)}, ImpossibleError, "1 person more at most"),
        ({"people": (3, 3)}, ImpossibleError, r"EUR 100\.00 more; 1 person fewer at least"),
        ({"newcomers": 5}, ImpossibleError, "who must be newcomers"),
        ({"objective": "conversions"}, BriefError, "no past campaign with conversions is known"),
        ({"sector_credibility": 0.3}, BriefError, "needs to know the sector"),
        ({"lock": ("@cat",), "prices": QUOTED[:2]}, ImpossibleError, "locked in: no price known in EUR"),
    ],
)
def test_what_cannot_be_says_what_is_in_the_way(
    present: Present, wishes: dict[str, Any], kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=says):
        planned(present, asked(200, **wishes))


@pytest.mark.slow
def test_where_nobody_can_be_chosen_the_reason_and_the_way_out_are_said(present: Present) -> None:
    with pytest.raises(ImpossibleError, match="Nobody who fits the brief can be planned with yet") as nobody:
        planned(present, asked(200, prices=()))
    head, *whys = nobody.value.means.splitlines()
    assert sum(int(why.split(" of the ")[0]) for why in whys) == int(head.split()[0]), "everybody has a reason, and one"
    assert "bring a list with handle, platform and fee" in nobody.value.next_step
    with pytest.raises(ImpossibleError, match=r"Nobody of the .* people in the data fits(.|\n)*groundswell discover"):
        planned(present, replace(asked(200), segments={"channel": ("instagram",)}))
    with pytest.raises(ImpossibleError, match=r"EUR 50.00 pays for nobody.(.|\n)*EUR 100.00"):
        planned(present, asked(50))


def test_of_more_than_are_looked_at_it_is_said_how_many_fit(present: Present, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundswell.plan.candidates.CONSIDERED", 2)
    with pytest.raises(ImpossibleError) as nobody:
        planned(present, asked(200, prices=()))
    assert re.match(r"\d+ people fit the brief; the best 2 were looked at\.", nobody.value.means)


@pytest.mark.slow
def test_a_plan_of_people_last_seen_years_ago_says_so_at_the_top(present: Present) -> None:
    found = planned(present, asked(400))
    long_ago = [replace(pick, last_post=date(2015, 3, 24)) for pick in found.picks]
    (said,) = (one for one in plan_says(replace(found, picks=tuple(long_ago))) if "within a year of today" in one)
    assert "2015-03-24" in said
    today = [replace(pick, last_post=found.made_at.date()) for pick in found.picks]
    assert not any("within a year of today" in one for one in plan_says(replace(found, picks=tuple(today))))


def test_a_gate_is_not_bought_open(present: Present) -> None:
    brief = replace(asked(200, lock=("@ann",)), segments={"channel": ("instagram",)})
    with pytest.raises(BriefError, match=r"x:ann is locked in and does not pass: on instagram"):
        planned(present, brief)


def test_no_money_is_said_at_once(present: Present) -> None:
    with pytest.raises(BriefError, match="no money to divide"):
        planned(present, replace(asked(200), budget={}))


@pytest.mark.slow
def test_twenty_to_forty_is_a_wish_where_nobody_insists(present: Present) -> None:
    found = planned(present, asked(200, people=None))
    assert names(found) == ["bob", "dan"]
    assert any("20 to 40" in note and "would not bring it to 20" in note for note in found.notes)


def test_a_limit_holds_and_one_that_nobody_meets_is_told(present: Present) -> None:
    found = planned(present, asked(400, at_most=(AtMost("country", "de", 1), AtMost("topic", "bread", 1))))
    assert len(found.picks) == 1
    assert any("nobody who could be chosen is known to be of it" in note for note in found.notes)


@pytest.mark.slow
def test_at_most_so_many_of_each_is_one_limit_for_each(present: Present) -> None:
    found = planned(present, asked(400, at_most=(AtMost("tier", None, 2), AtMost("platform", None, 3))))
    assert len(found.picks) == 2
    assert found.value == 10


@pytest.mark.slow
def test_newcomers_are_those_on_none_of_the_lists(present: Present) -> None:
    found = planned(present, asked(400, newcomers=2))
    assert {pick.who.account: pick.newcomer for pick in found.picks} == {"x:bob": True, "x:dan": True, "x:cat": False}


@pytest.mark.slow
def test_money_without_minor_units_is_counted_as_it_is(present: Present) -> None:
    yen = replace(asked(2), budget={"amount_minor": 200, "currency": "JPY"})
    found = planned(
        present, replace(yen, spending=replace(yen.spending, prices=tuple((who, 100) for who, _ in QUOTED)))
    )
    assert found.sentences[0].startswith("2 people for JPY 200 of JPY 200")
    assert found.picks[0].gain_per_money == pytest.approx(6 / 100)


def test_a_price_nobody_knows_leaves_out_and_says_what_to_do(present: Present) -> None:
    found = planned(present, asked(400, prices=QUOTED[:2]))
    left = {one.who.account: one.because for one in found.left_out}
    assert "USD, and currencies are never mixed" in left["x:cat"]
    assert "too few to estimate from" in left["x:dan"]
    assert all(pick.price.source != "estimated" for pick in found.picks)
    assert any("could not be chosen: no price known" in note for note in found.notes)


@pytest.mark.slow
def test_what_everybody_gets_is_costed_and_needs_no_fee(present: Present) -> None:
    product, training = Offer("product", 4_000), Offer("training", 1_000)
    found = planned(present, asked(100, prices=(), offers=(product, training)))
    assert [pick.price.minor for pick in found.picks] == [5_000, 5_000]
    assert found.picks[0].price.says == "product for EUR 40.00 and training for EUR 10.00"
    with_fee = planned(present, asked(280, offers=(Offer("fee", None), product)))
    assert {pick.price.minor for pick in with_fee.picks} == {14_000}


@pytest.mark.slow
def test_the_big_name_is_compared_for_the_same_money(present: Present) -> None:
    found = planned(present, asked(300, exclude=()))
    assert found.big_name.who is not None
    assert found.big_name.who.account == "x:big"
    assert (found.big_name.divided, found.big_name.divided_people) == (10, 2)
    assert "200.00" in " ".join(found.big_name.says)


def test_members_known_not_to_fit_the_brief_do_not_count(present: Present) -> None:
    brief = replace(asked(100), segments={"country": ("DE",)})
    found = planned(present, replace(brief, spending=replace(brief.spending, lock=("@ann",))))
    assert found.value == 5
    assert [(line.value, line.wanted) for line in found.mix if line.by == "country"] == [("US", False)]


@pytest.mark.slow
def test_the_audience_that_would_be_reached_stands_beside_the_one_wanted(present: Present) -> None:
    brief = replace(asked(300, lock=("@ann", "@bob")), segments={"country": ("DE",)})
    found = planned(present, brief)
    us = next(line for line in found.mix if line.value == "US")
    assert (us.share, us.of_all, us.wanted, us.members) == (1, 1, False, 1)
    platform = next(line for line in found.mix if line.by == "platform")
    assert (platform.value, platform.share, platform.wanted) == ("x", 1, None)
    assert platform.members == found.audience.members


def test_false_accounts_are_left_out_and_counted(present: Present, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groundswell.plan.audience.FLAGGED_BELOW", 1.01)
    found = planned(present, asked(100, lock=("@ann",)))
    assert found.value == 5
    assert "1 person left out because the account looks false." in found.audience.sentences


@pytest.mark.slow
def test_more_money_never_comes_to_less_and_says_who_enters(present: Present) -> None:
    found = planned(present, asked(200))
    values = [point.value for point in found.curve]
    assert values == sorted(values)
    assert [one.account for one in found.more.enters] == []
    assert found.less.value == 6
    assert [one.account for one in found.less.leaves] == ["x:dan"]
    assert planned(present, asked(250)).more.enters[0].account == "x:cat"


@pytest.mark.slow
def test_a_fifth_declining_is_counted_exactly(present: Present) -> None:
    found = planned(present, asked(200, lock=("@ann", "@bob")))
    assert found.value_if_declined == pytest.approx(6 * 0.8 + 3 * (1 - 0.2**2))
    robust = planned(present, asked(200, lock=("@ann", "@bob"), robust=True))
    assert robust.value == pytest.approx(found.value_if_declined)
    assert any("declines with a chance of one in five" in line for line in robust.sentences)


def test_outcomes_come_from_past_posts_with_an_interval(present: Present) -> None:
    found = planned(present, asked(200))
    likes = found.expected[0]
    # Bob's posts brought 12..17 with their reply, Dan's 32..37
    assert likes.value == pytest.approx(14.5 + 34.5)
    assert likes.low is not None
    assert likes.high is not None
    assert 44 <= likes.low < 49 < likes.high <= 54
    assert (likes.posts, likes.people) == (12, 2)
    brought = [1 + likes for number in range(4) for likes in range(10 * number + 1, 10 * number + 7)]
    mean = sum(brought) / 24
    cv = math.sqrt(sum((one - mean) ** 2 for one in brought) / 24) / mean
    assert found.number.cv == pytest.approx(cv)
    assert found.number.needed == math.ceil((cv / 0.4) ** 2)


@pytest.mark.slow
def test_interactions_add_up_and_overlap_is_still_told(present: Present) -> None:
    found = planned(present, asked(200, objective="interactions"))
    assert found.measure.startswith("likes and comments of a typical post")
    assert sorted(names(found)) == ["cat", "dan"]
    assert found.value == pytest.approx(24.5 + 34.5)
    assert "different people in" in found.overlap_says


@pytest.mark.slow
def test_a_goal_that_nobody_can_count_goes_by_reach_and_says_so(present: Present) -> None:
    found = planned(present, replace(asked(200, objective=None), objective={"metric": "conversions"}))
    assert found.objective == "unique reach"
    assert "aims at conversions" in found.warning


@pytest.mark.slow
def test_without_a_graph_there_is_a_plan_and_overlap_is_unknown(without_a_graph: Present) -> None:
    found = planned(without_a_graph, asked(200))
    assert sorted(names(found)) == ["ann", "bob"]
    assert found.value == 600
    assert "Overlap is unknown" in found.overlap_says
    assert "overlap is unknown" in found.measure
    assert [pick.overlap for pick in found.picks] == [None, None]
    assert (found.overlaps, found.mix, found.audience.sources) == ((), (), ())


@pytest.mark.slow
def test_the_same_question_has_the_same_answer(present: Present) -> None:
    def of(made: Plan) -> dict[str, Any]:
        return plain(made) | {"made_at": None}

    assert of(planned(present, asked(200))) == of(planned(present, asked(200)))
    assert planned(present, asked(200)).name != planned(present, asked(300)).name


def test_a_kept_plan_is_changed_by_what_is_said(present: Present) -> None:
    workspace: Workspace = present.workspace
    with pytest.raises(UsageError, match="No plan is kept"):
        kept_brief(workspace)
    keep(workspace, planned(present, asked(200, lock=("@cat",), robust=True)))
    brief = kept_brief(workspace)
    assert brief == asked(200, lock=("@cat",), robust=True)
    said = Changes(budget=300, lock=("@bob",), exclude=("@ann",), free=("@CAT",), prices={"@dan": 90.5}, robust=False)
    after = changed(brief, said)
    assert (after.spending.lock, after.spending.exclude) == (("@bob",), ("@ann",))
    assert dict(after.spending.prices)["@dan"] == 9_050
    assert after.budget["amount_minor"] == 30_000
    assert not after.spending.robust
    with pytest.raises(UnknownNameError):
        kept_brief(workspace, "nosuch")
    kept = json.loads(next((workspace.folder / "plans").glob("*.json")).read_text("utf-8"))
    assert kept["picks"][0]["who"]["account"].startswith("x:")


@pytest.mark.parametrize("ending", [".html", ".xlsx", ".csv", ".json", ".parquet", ".pdf"])
@pytest.mark.hostile
def test_what_strangers_wrote_stays_text_in_every_file(present: Present, tmp_path: Path, ending: str) -> None:
    found = planned(present, asked(300, lock=("@cat", "@ann", "@bob")))
    path = export_plan(found, tmp_path / f"plan{ending}")
    written = path.read_bytes()
    assert len(written) > 200
    assert b"<script>alert" not in written or ending in (".json", ".csv", ".parquet")
    if ending == ".csv":
        assert "'=1+1" in written.decode("utf-8")
    if ending == ".html":
        assert all(words in written.decode() for words in ("best possible", "Who overlaps whom", "What money comes to"))


def test_a_brief_says_how_to_divide_and_reads_the_same_again(tmp_path: Path) -> None:
    from groundswell.discover import brief_toml

    text = f"""brand = {json.dumps(EVIL, ensure_ascii=False)}
[budget]
amount = 5000.5
currency = "EUR"
[[never_if]]
text = "shaves the hair"
because = "we sell \\"shampoo\\""
[plan]
people = [20, 40]
objective = "sparked actions"
lock = ["x:ann"]
exclude = ["@bob"]
newcomers = 3
sector_credibility = 0.3
robust = true
[plan.price]
"@ann" = 300
"@b=b \\u0007" = 0.01
[[plan.at_most]]
of = "topic"
people = 5
[[plan.at_most]]
of = "tier"
is = "micro"
people = 9
[[plan.offer]]
kind = "fee"
[[plan.offer]]
kind = "product"
cost = 40
"""
    path = tmp_path / "brief.toml"
    path.write_text(text, encoding="utf-8")
    brief = read_brief(path)
    assert brief.spending.people == (20, 40)
    assert brief.spending.prices == (("@ann", 30_000), ("@b=b \x07", 1))
    assert brief.spending.offers == (Offer("fee", None), Offer("product", 4_000))
    path.write_text(brief_toml(brief), encoding="utf-8")
    assert read_brief(path) == brief


@pytest.mark.parametrize(
    ("plan_says", "refused"),
    [
        ("poeple = [20, 40]", r"line 3.*\n?.*Did you mean people"),
        ("people = [40, 20]", r"line 3: 'people' cannot be \[40, 20\]"),
        ("people = [20]", "line 3.*two whole numbers"),
        ('objective = "reach"', r"line 3.*\n?.*unique reach"),
        ("sector_credibility = 30", "line 3.*between 0 and 1"),
        ('[plan.price]\n"@ann" = -3', "line 4.*cannot be -3"),
        ('[[plan.at_most]]\nof = "colour"\npeople = 3', "line 4.*'colour'"),
        ('[[plan.at_most]]\nof = "topic"', "needs 'people'"),
        ('[[plan.offer]]\nkind = "product"', "product costs for each person"),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_hold_is_refused_with_its_line(tmp_path: Path, plan_says: str, refused: str) -> None:
    path = tmp_path / "brief.toml"
    path.write_text(f'brand = "Oat"\n[plan]\n{plan_says}\n', encoding="utf-8")
    with pytest.raises(BriefError, match=refused):
        read_brief(path)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (Changes(budget=-1), "cannot be -1"),
        (Changes(budget=float("nan")), "cannot be nan"),
        (Changes(currency="USD"), "nothing is converted"),
        (Changes(budget=10, currency="euros"), "is no currency"),
        (Changes(people=(9, 3)), "From 9 to 3"),
        (Changes(prices={"@ann": 0}), "cannot cost 0"),
    ],
)
def test_a_change_that_cannot_be_is_refused(said: Changes, refused: str) -> None:
    with pytest.raises(UsageError, match=refused):
        changed(asked(200), said)


@pytest.mark.slow
def test_a_handful_of_named_people_decides_no_plan(tmp_path: Path) -> None:
    rows = people() | {"follow": follows(), "fee": fees()}
    rows["account"] = [row | {"followers": 100 * row["followers"]} for row in rows["account"]]
    with open_present(made(tmp_path / "w", rows)) as opened:
        default, insisted = planned(opened, asked(200, objective=None)), planned(opened, asked(200))
    assert default.objective == "interactions"
    assert default.warning.startswith("Planned by interactions, and not by unique reach: of about ")
    assert insisted.objective == "unique reach"
    assert insisted.warning.startswith(
        "This measure cannot carry a decision here: of about 50,000 followers the data name 10 (0.02%)"
    )
    assert "best possible" not in insisted.certificate_says
    for found in (default, insisted):
        assert found.overlap_says.startswith("Overlap is unknown for this plan: of about ")
        assert {pick.overlap for pick in found.picks} == {None}
        assert found.overlaps == ()


def test_the_reason_beside_somebody_is_the_one_that_tells_them_apart() -> None:
    from groundswell.discover.scoring import Scored
    from groundswell.plan.candidates import _because, _usual  # pyright: ignore[reportPrivateUsage]

    alike = Scored("a", "A", np.array([1.0, 1.0]), 60.0, lambda row: "like everybody")
    own = Scored("b", "B", np.array([0.1, 0.9]), 40.0, lambda row: f"own reason {row}")
    usual = _usual([alike, own], [0, 1])
    assert [_because([alike, own], usual, row) for row in (0, 1)] == ["like everybody", "own reason 1"]
