"""One network and one community for all tests here. What a test changes in the network it changes in the truth as well."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

import loopback_network
import pytest
from at_home import Groundswell
from community import Community, Writer
from loopback_network import Network

from groundswell.store import Workspace

sys.path.insert(0, str(Path(__file__).parents[1] / "fetch"))  # its tables, read the same way
SEED, PEOPLE = 7, int(os.environ.get("NETWORK_PEOPLE", "200"))
"""Of the community; fewer make a quicker try."""


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    lacking = loopback_network.missing()
    if lacking and os.environ.get("CI"):
        pytest.fail(f"not installed: {', '.join(lacking)}")
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}. On Debian or Ubuntu: apt-get install nodejs npm postgresql redis-server")  # fmt: skip
    with loopback_network.running() as found:
        yield found


@pytest.fixture(scope="session")
def community(network: Network) -> Community:
    """The truth, written into the network. The servers are given time until they know it."""
    found = Community(SEED, PEOPLE, datetime.now(UTC).replace(microsecond=0))
    with Writer(network.pds, found) as writer:
        writer.settle_in()
    network.settle()
    return found


@pytest.fixture
def writer(network: Network, community: Community) -> Iterator[Writer]:
    """Writes on in the name of the community; what it writes has to be added to the truth."""
    with Writer(network.pds, community) as found:
        yield found


@pytest.fixture(scope="session")
def everything(network: Network, community: Community, tmp_path_factory: pytest.TempPathFactory) -> Groundswell:
    """A workspace into which everybody was fetched, from one starter pack and its maker."""
    found = Groundswell(network, Workspace.create(tmp_path_factory.mktemp("network") / "w"), deepcopy(community))
    report = found.run("fetch", "@person0.test", community.pack, *EVERYTHING)
    assert report["done"], report["because"]
    return found


EVERYTHING = (
    "--with", "posts,repository", "--people", str(PEOPLE), "--each", "10000", "--requests", "10000",
)  # fmt: skip


@pytest.fixture
def groundswell(network: Network, community: Community, tmp_path: Path) -> Groundswell:
    """An empty workspace."""
    return Groundswell(network, Workspace.create(tmp_path / "w"), community)
