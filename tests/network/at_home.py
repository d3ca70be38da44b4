"""The command line of Groundswell, before the servers on this machine instead of those of the world: `python at_home.py fetch ...`.

The addresses stand in the environment as JSON (`NETWORK`). What differs from what a user runs: where the doors are, that this
machine may be asked at all, and that no pace is kept and silence counts sooner, which would only make a test wait.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import Any

from community import Community
from loopback_network import Network

from groundswell.fetch import fetching, listening
from groundswell.sources.bluesky import Doors, bluesky
from groundswell.sources.client import Client
from groundswell.sources.declaring import Limit, Source
from groundswell.sources.networks import SOURCES
from groundswell.sources.streaming import Connecting
from groundswell.store import Workspace


def where_is(network: Network) -> dict[str, str]:
    return {name: getattr(network, name) for name in ("plc", "pds", "appview", "live")}


def source_at_home(where: dict[str, str]) -> Source:
    """Bluesky, as it answers here."""
    doors = Doors(appview=where["appview"], directory=where["plc"], login=where["pds"], live=(where["live"],))
    declared = bluesky(doors, hosts=("localhost",))
    return replace(declared, limits=(Limit("*", 1_000_000, 1, "servers of our own"),))


def client_at_home(_workspace: Workspace, source: Source, **more: Any) -> Client:
    """The client that users have, which for once may ask this machine."""
    return Client(hosts=source.hosts, limits=source.limits, loopback=True, resolve=lambda *_: ["127.0.0.1"], **more)


def stream_at_home(_source: Source) -> Connecting:
    """The connection that users have, which for once may go to this machine, and need not be encrypted."""
    return Connecting(["localhost"], loopback=True, resolve=lambda *_: ["127.0.0.1"])


@dataclass(frozen=True)
class Groundswell:
    """The command line, before this network."""

    network: Network
    workspace: Workspace
    truth: Community
    """The truth as it was when this workspace was made: tests change the network."""

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a command and do not wait for it."""
        said = [sys.executable, __file__, *words, "--workspace", str(self.workspace.folder), "--json"]
        env = os.environ | {"NETWORK": json.dumps(where_is(self.network))}
        return subprocess.Popen(said, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *words: str) -> Any:
        """Run a command to its end and read what it says."""
        process = self.begin(*words)
        try:
            out, complained = process.communicate(timeout=600)
        except BaseException:
            process.kill()
            process.communicate()
            raise
        assert process.returncode == 0, out + complained
        return json.loads(out)


def main() -> None:
    """Run one command."""
    from groundswell.cli import main as groundswell

    SOURCES["bluesky"] = source_at_home(json.loads(os.environ["NETWORK"]))
    for function in (fetching.fetch, fetching.resume, fetching.refresh):
        function.__kwdefaults__["client"] = client_at_home
    listening.listen.__kwdefaults__ |= {"stream": stream_at_home, "quiet": 3.0}
    groundswell()


if __name__ == "__main__":
    main()
