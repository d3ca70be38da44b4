"""Real answers, spoiled on the way: the tables are those of an undisturbed fetch, and nobody is asked more than is needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from at_home import client_at_home, source_at_home, where_is
from fake_bluesky import tables
from fault_proxy import FAULTS, RETRY_AFTER, Proxy, between
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


def fetched(folder: Path, network: Network, appview: str) -> tuple[Workspace, FetchReport]:
    source = source_at_home(where_is(replace(network, appview=appview)))
    workspace = Workspace.create(folder)
    done: Any = lambda *given: client_at_home(*given, chance=lambda: 0.05)  # noqa: E731
    return workspace, fetch(workspace, ASKED, sources={"bluesky": source}, client=done)


def test_spoiled_answers_change_nothing_but_the_number_of_requests(network: Network, tmp_path: Path) -> None:
    undisturbed, calm = fetched(tmp_path / "calm", network, network.appview)
    with between(network.appview) as proxy:
        spoiled, report = fetched(tmp_path / "spoiled", network, proxy.address)
    assert {fault for fault, _, _ in proxy.spoiled} == set(FAULTS), "each of them was met"
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
