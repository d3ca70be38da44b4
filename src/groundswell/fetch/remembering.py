"""What the polite client remembers across runs: how fast each host may be asked, and what it answered."""

from __future__ import annotations

from collections.abc import Mapping

from groundswell.errors import UnreadableFileError
from groundswell.sources.client import Bucket, burst
from groundswell.sources.declaring import Limit
from groundswell.store import Workspace
from groundswell.store.fetches import host_row, keep_response, response_of, set_host


class PaceInWorkspace:
    """Token buckets kept in the workspace (`client.Pace`): two runs after one another, or at once, share them."""

    def __init__(self, workspace: Workspace) -> None:
        self.state = workspace.state

    def wait(self, host: str, limit: Limit, now: float) -> float:
        """Take one token, and return how many seconds to wait for it."""
        with self.state.transaction() as connection:
            row = host_row(connection, host)
            bucket = Bucket(*row) if row else Bucket(burst(limit), now)
            wait = bucket.take(limit, now)
            set_host(connection, host, bucket.tokens, bucket.at, bucket.until)
        return wait

    def hold(self, host: str, until: float) -> None:
        """Ask nothing of a host before a moment."""
        with self.state.transaction() as connection:
            tokens, at, held = host_row(connection, host) or (1.0, 0.0, 0.0)
            set_host(connection, host, tokens, at, max(held, until))


class AnswersInWorkspace:
    """Answers that can be asked for conditionally (`client.Remembering`); their bodies lie among the raw pages."""

    def __init__(self, workspace: Workspace) -> None:
        self.state, self.raw = workspace.state, workspace.raw

    def validators(self, url: str) -> Mapping[str, str]:
        """Headers that ask only for what is newer; none when the body is not there any more."""
        if self.body(url) is None:
            return {}
        _, etag, modified = response_of(self.state, url) or ("", None, None)
        headers = {"if-none-match": etag, "if-modified-since": modified}
        return {name: value for name, value in headers.items() if value}

    def body(self, url: str) -> bytes | None:
        """What was answered the last time."""
        known = response_of(self.state, url)
        try:
            return self.raw.read(known[0]) if known else None
        except UnreadableFileError:
            return None

    def keep(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep an answer, if it says how to ask for what is newer."""
        etag, modified = headers.get("etag"), headers.get("last-modified")
        if etag or modified:
            keep_response(self.state, url, self.raw.keep(body), etag, modified)
