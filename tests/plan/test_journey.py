"""From files to a plan: a made-up community, its sheet of fees, and twenty to forty people for the money."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundswell.discover import Brief, Spending
from groundswell.ingest import import_file
from groundswell.plan import Changes, Plan, changed, plan
from groundswell.signals.present import Present, open_present
from groundswell.simulate import simulate
from groundswell.store import Workspace

pytestmark = pytest.mark.slow
BRIEF = Brief(
    "Oat & Co", "field_geek@1", budget={"amount_minor": 750_000, "currency": "EUR"},
    segments={"channel": ("instagram",)}, spending=Spending(),
)  # fmt: skip


@pytest.fixture(scope="module")
def present(tmp_path_factory: pytest.TempPathFactory) -> Present:
    folder: Path = tmp_path_factory.mktemp("journey")
    workspace = Workspace.create(folder / "w")
    for path in simulate(folder / "files", people=600, seed=11).files.values():
        import_file(workspace, path)
    with open_present(workspace) as opened:
        return opened


@pytest.fixture(scope="module")
def made(present: Present) -> Plan:
    return plan(present.workspace, BRIEF, present=present)


def test_a_made_up_community_yields_twenty_to_forty_people_with_a_certificate(made: Plan) -> None:
    assert made.simulated
    assert 20 <= len(made.picks) <= 40
    assert made.spent_minor == sum(pick.price.minor for pick in made.picks) <= made.budget_minor
    assert made.value <= made.best_possible
    assert made.certificate >= 0.95
    assert f"at least {int(made.certificate * 1000) / 10}% of the best possible" in made.certificate_says
    assert sum(pick.gain for pick in made.picks) == pytest.approx(made.value)
    gains = [pick.gain for pick in made.picks]
    assert gains == sorted(gains, reverse=True)
    assert made.audience.sources == ("follows", "acts")
    assert 0 < made.audience.members < made.audience.follows_listed
    expected = made.expected[0]
    assert (expected.low or 0) < (expected.value or 0) < (expected.high or 0)


def test_who_is_left_out_is_named_with_the_reason(made: Plan) -> None:
    assert all(one.because and one.do for one in made.left_out)
    assert not {one.who.account for one in made.left_out} & {pick.who.account for pick in made.picks}


def test_the_plan_beats_the_rules_of_the_trade_in_its_own_measure(present: Present, made: Plan) -> None:
    """Of as many people for the same prices: the largest, those with most likes, those with most sparked acts."""
    from groundswell.plan.pool import read_pool

    pool = read_pool(present, BRIEF)
    for name in ("followers", "typical_reactions", "sparked"):
        order = sorted(range(len(pool.people)), key=lambda place: -(pool.people[place].values[name].value or 0))
        chosen: list[int] = []
        left = float(made.budget_minor)
        for place in order:
            if place not in pool.closed and pool.costs[place] <= left and len(chosen) < 40:
                chosen, left = [*chosen, place], left - pool.costs[place]
        assert made.value > pool.objective.cover.value(chosen)


def test_more_money_reaches_more_and_a_lock_costs_something(present: Present, made: Plan) -> None:
    less = plan(present.workspace, changed(BRIEF, Changes(budget=6_500, people=(20, 40))), present=present)
    assert less.value < made.value
    out = next(who for who in (made.more.enters or ()) if who)
    locked = plan(present.workspace, changed(BRIEF, Changes(lock=(out.account,))), present=present)
    assert out.account in {pick.who.account for pick in locked.picks}
    assert locked.value <= made.best_possible


def test_another_budget_is_never_worse_for_being_larger(made: Plan) -> None:
    values = [point.value for point in made.curve]
    assert values == sorted(values)
    assert made.value <= (made.more.value or 0)
