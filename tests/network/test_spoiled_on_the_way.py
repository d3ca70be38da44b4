"""Real answers, spoiled on the way: the tables are those of an undisturbed fetch, and nobody is asked more than is needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from at_home import client_at_home, source_at_home, where_is
from fake_bluesky import tables
from fault_proxy import BROKEN, FAULTS, RETRY_AFTER, Proxy, between
from loopback_network import Network

from groundswell.fetch import Asked, FetchReport, fetch
from groundswell.store import Workspace

pytestmark = [pytest.mark.network, pytest.mark.usefixtures("community")]
ASKED = Asked(
    source="bluesky",
    who=("@person0.test",),
    lists=("posts", "followers", "follows", "likes"),
    hops=1,
    people=8,
    posts=2,
)


TWO = Asked(source="bluesky", who=("@person0.test", "@person1.test"), lists=("posts", "followers"))
POSITIONS = {"at the beginning": 0, "in the middle": 0.5, "near the end": 0.99}
PATIENCE = 4.0
"""Seconds that the client gives one answer here, instead of sixty: some faults never end."""


def fetched(
    folder: Path, network: Network, appview: str, asked: Asked = ASKED, **more: Any
) -> tuple[Workspace, FetchReport]:
    source = source_at_home(where_is(replace(network, appview=appview)))
    workspace = Workspace.create(folder)
    done: Any = lambda *given: client_at_home(*given, chance=lambda: 0.05, **more)  # noqa: E731
    return workspace, fetch(workspace, asked, sources={"bluesky": source}, client=done)


@pytest.fixture(scope="module")
def calm(network: Network, community: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, int]:
    """What two people give on a day without faults, and in how many requests."""
    workspace, report = fetched(tmp_path_factory.mktemp("calm") / "w", network, network.appview, TWO)
    return tables(workspace), report.requests


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_of_any_kind_anywhere_changes_no_table(
    fault: str, position: str, calm: tuple[Any, int], network: Network, tmp_path: Path
) -> None:
    seen, requests = calm
    with between(network.appview, one=(fault, int(POSITIONS[position] * (requests - 1)))) as proxy:
        workspace, report = fetched(tmp_path / "w", network, proxy.address, TWO, time_cap=PATIENCE)
    assert [one for one, _, _ in proxy.spoiled] == [fault]
    assert report.done
    assert tables(workspace) == seen
    assert report.requests <= requests + 3, "one fault costs what it takes to ask again, and no more"


def test_spoiled_answers_change_nothing_but_the_number_of_requests(network: Network, tmp_path: Path) -> None:
    undisturbed, calm = fetched(tmp_path / "calm", network, network.appview)
    with between(network.appview) as proxy:
        spoiled, report = fetched(tmp_path / "spoiled", network, proxy.address)
    assert {fault for fault, _, _ in proxy.spoiled} == set(BROKEN), "each of them was met"
    assert report.done
    assert tables(spoiled) == tables(undisturbed)
    assert report.repeated == len(proxy.spoiled)
    assert len(proxy.passed) == calm.requests
    assert_left_alone(proxy)


def assert_left_alone(proxy: Proxy) -> None:
    """After a 429 with Retry-After nothing came for as long as it said."""
    held = [at for fault, at, _ in proxy.spoiled if fault == "429 with Retry-After"]
    assert held
    for at in held:
        assert min(later for later in proxy.asked_at if later > at) >= at + RETRY_AFTER
