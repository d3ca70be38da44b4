"""The live stream of Bluesky: Jetstream, which sends what happens on the network as JSON, to everybody and without a key.

Whoever connects says whose acts are wanted (at most ten thousand people, the bound that its makers set) and since when. An event
carries its moment in microseconds, and that is the cursor; its servers keep about a day, and whoever was away longer has a gap.
The network's own firehose (`com.atproto.sync.subscribeRepos`) holds the same in a binary form, signed; it is for those who carry on
everything, and would send everybody's acts to somebody who wants a few hundred people's. (github.com/bluesky-social/jetstream)
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from groundswell.sources.bluesky.values import FOLLOW, LIKE, POST, PROFILE, REPOST
from groundswell.sources.declaring import Live

JETSTREAM = tuple(f"wss://jetstream{number}.us-{side}.bsky.network" for side in ("east", "west") for number in (2, 1))
WANTED = (POST, LIKE, REPOST, FOLLOW, PROFILE)
PEOPLE = 10_000
DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]{0,2000}[A-Za-z0-9._-]", re.ASCII)
"""Whom the server knows (atproto.com/specs/did). It hangs up when a greeting holds anything else."""
LARGEST = 1_000_000
"""Bytes of an event beyond which the server leaves it out; a record has at most about a hundred thousand."""


def jetstream(servers: Sequence[str] = JETSTREAM) -> Live:
    """The live stream as these servers send it."""
    return Live(
        says="what people post, like, pass on and follow, as it happens, and what they take back",
        addresses=tuple(servers), people=PEOPLE, keeps=timedelta(days=1), ask=_ask, hello=_hello, moment=_moment,
        knows=lambda person: DID.fullmatch(person) is not None,
    )  # fmt: skip


def _ask(server: str, since: int | None) -> str:
    """Nothing is sent before the greeting: thousands of people do not fit into an address."""
    asked = {"requireHello": "true"} | ({"cursor": str(since)} if since is not None else {})
    return f"{server}/subscribe?{urlencode(asked)}"


def _hello(people: Sequence[str]) -> str:
    wanted = {"wantedCollections": WANTED, "wantedDids": list(people), "maxMessageSizeBytes": LARGEST}
    return json.dumps({"type": "options_update", "payload": wanted})


def _moment(said: Any) -> int | None:
    found = said.get("time_us") if isinstance(said, dict) else None
    return found if type(found) is int and found > 0 else None


__all__ = ["JETSTREAM", "jetstream"]
