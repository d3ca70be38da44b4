"""Starts the whole AT Protocol network on this machine, and stops it: PostgreSQL, Redis, and the servers that its makers develop with.

Everything listens on 127.0.0.1 only, on ports that were free, with its data in one folder that is removed at the end. PostgreSQL
refuses to run as root; as root it runs under the user that Debian made for it, else under `nobody`.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

SERVERS = Path(__file__).parent / "servers"
PATIENCE = 120.0
"""Seconds that a server may take to answer."""


@dataclass(frozen=True)
class Network:
    """Where its parts answer."""

    plc: str
    pds: str
    appview: str
    processes: tuple[int, ...]
    """Ids of the servers, to look at what they listen on."""
    node: subprocess.Popen[bytes]
    live: str = ""
    """Where the live stream is."""

    def settle(self) -> None:
        """Wait until the AppView knows all that was written."""
        assert self.node.stdin
        self.node.stdin.write(b"settle\n")
        self.node.stdin.flush()
        _line(self.node)

    def listens_on(self) -> set[str]:
        """Every address on which any part of it waits for connections."""
        found = set[str]()
        for one in self.processes:
            process = psutil.Process(one)
            for each in (process, *process.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):  # one of PostgreSQL's helpers, which come and go
                    waits = (it for it in each.net_connections("inet") if it.status == psutil.CONN_LISTEN)
                    found |= {it.laddr.ip for it in waits}
        return found


def missing() -> list[str]:
    """What has to be installed before it can be started, in words."""
    found = [f"{what} ({package})" for what, package in (("node", "nodejs"), ("redis-server", "redis-server")) if not shutil.which(what)]  # fmt: skip
    found += [] if _postgres("initdb") else ["PostgreSQL's initdb (postgresql)"]
    found += (
        [] if (SERVERS / "node_modules" / "@atproto" / "dev-env").is_dir() else ["its packages (make test-network)"]
    )
    return found


@contextmanager
def running() -> Iterator[Network]:
    """The network, from before its first answer to after its last."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="groundswell-network-")))
        folder.chmod(0o711)  # PostgreSQL's own user has to get to its folder below
        postgres, database = _start_postgres(stack, folder)
        redis, cache = _start_redis(stack, folder)
        given = {"DB_POSTGRES_URL": database, "REDIS_HOST": cache, "DB_POSTGRES_SCHEMA": "bsky", "LOG_ENABLED": "false"}
        servers, said = _start_node(stack, folder, given)
        relay, live = _start_relay(stack, folder, said)
        yield Network(**said, processes=(postgres, redis, servers.pid, relay), node=servers, live=live)


def _start_postgres(stack: ExitStack, folder: Path) -> tuple[int, str]:
    data, port, who = folder / "postgres", free_port(), _unprivileged()
    data.mkdir(mode=0o700)
    if who:
        os.chown(data, who.pw_uid, who.pw_gid)
    as_whom: dict[str, Any] = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
    initdb = [_postgres("initdb"), "--pgdata", data, "--auth", "trust", "--username", "postgres", "--no-sync"]
    subprocess.run([*initdb, "--encoding", "UTF8"], check=True, capture_output=True, cwd="/", **as_whom)
    # Nothing has to survive a loss of power.
    settings = {
        "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off", "synchronous_commit": "off",
        "full_page_writes": "off", "max_connections": "200",
    }  # fmt: skip
    said = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    process = _started(stack, [_postgres("postgres"), "-D", data, "-p", str(port), *said], folder / "postgres.log", cwd="/", **as_whom)  # fmt: skip
    _answering(process, port, folder / "postgres.log")
    return process.pid, f"postgres://postgres@127.0.0.1:{port}/postgres"


def _start_redis(stack: ExitStack, folder: Path) -> tuple[int, str]:
    port = free_port()
    words = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", folder]
    process = _started(stack, words, folder / "redis.log")
    _answering(process, port, folder / "redis.log")
    return process.pid, f"127.0.0.1:{port}"


def _start_node(
    stack: ExitStack, folder: Path, given: Mapping[str, str]
) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    ports = {name: free_port() for name in ("plc", "pds", "bsky", "ozone", "introspect")}
    process = node(stack, "network.cjs", folder, given | {"PORTS": json.dumps(ports)})
    return process, said_by(process, folder / "network.cjs.log")


def _start_relay(stack: ExitStack, folder: Path, where: Mapping[str, str]) -> tuple[int, str]:
    """The relay breaks off each connection after 120 events."""
    given = {"PDS": where["pds"], "PLC": where["plc"], "PORT": str(free_port()), "BREAK_AFTER": "120"}
    process = node(stack, "jetstream.cjs", folder, given)
    return process.pid, said_by(process, folder / "jetstream.cjs.log")["live"]


def node(stack: ExitStack, script: str, folder: Path, given: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start one of the scripts beside this file; it ends when its standard input does, and so never outlives the tests."""
    words = ["node", "--require", SERVERS / "loopback.cjs", SERVERS / script]
    more = {"TMPDIR": str(folder), "NODE_ENV": "test", **given}
    return _started(stack, words, folder / f"{script}.log", env=os.environ | more, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip


def said_by(process: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    """The line of JSON by which a script says that it answers."""
    try:
        return _line(process)
    except EOFError as error:
        raise RuntimeError(f"The servers did not start:\n{log.read_text('utf-8', 'replace')[-3_000:]}") from error


def _line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise EOFError
    return json.loads(line)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _started(stack: ExitStack, words: list[Any], log: Path, **more: Any) -> subprocess.Popen[bytes]:
    out = stack.enter_context(log.open("wb"))
    process = subprocess.Popen([str(one) for one in words], stderr=out, **({"stdout": out} | more))
    stack.callback(_stop, process)
    return process


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a server as gently as it allows, and for certain."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()


def _answering(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{process.args} did not start:\n{log.read_text('utf-8', 'replace')[-3_000:]}")


def _postgres(program: str) -> str | None:
    """A program of PostgreSQL, which Debian keeps out of the way; the newest where there are several."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda one: int(one.parts[4]))
    return str(beside[-1]) if beside else shutil.which(program)


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as, when we are root."""
    if os.geteuid():
        return None
    names = {one.pw_name: one for one in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]
