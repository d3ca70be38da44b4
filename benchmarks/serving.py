"""The front door under load: 20 people at once on `groundswell serve`, and on Datasette over the same rows, in one run.

    python -m benchmarks.serving WORKSPACE [--people 20] [--seconds 30] [--pause 1.0]

Each server runs in a process of its own, and so do its visitors, who share nothing with it but the machine. A visitor opens the first
page, pages of the list in any order and with any filter, and people whom nobody has opened before; reads for a while; goes on.
A time runs from sending the question to having the whole answer, so it holds the server's own time and a little more.

What is not equivalent, and in whose favour:
    - Datasette has no page for a person: the row and its newest posts are asked for, and count as one (theirs: it says and draws less)
    - Datasette goes on from a row, not to a page's number: its pages are the first of a list (theirs: it skips no rows)
    - every column that is sorted by has an index there, and its file is opened as one that never changes (theirs)
    - our list counts everybody by platform and tier beside it, theirs counts what matches (ours: counted once; theirs: kept counts)
    - ours checks a cookie at every request; theirs is open to everybody on this machine
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measuring import ROOT

Result = dict[str, Any]
Address = list[str]
"""What one look needs: one request, or several after one another."""

SORTED_BY = (
    "like_rate",
    "public_rate",
    "posts_per_week",
    "topic_focus",
    "followers",
    "reply_rate",
    "own_share",
    "burstiness",
)
SHARES = (("first", 1), ("list", 5), ("person", 4))
"""How often each is opened, out of ten (design choice: people look through lists and open whom they find)."""
SHOWN = ("account", "platform", "handle", "name", "bio", "followers", "like_rate", "posts_per_week", "topic_focus")
POSTS_SHOWN = 50
WORDS = ("bread", "running", "vegan", "camera", "garden", "travel", "music")
SEED = 7


def measure_serving(
    workspace: Path, folder: Path, *, people: int = 20, seconds: float = 30, pause: float = 1.0
) -> Result:
    """Both servers, one after the other: each page alone, then 20 people who read, then 20 who do not stop to read."""
    accounts, platforms, population = _who(workspace)
    ours, theirs = _questions(accounts, platforms), _their_questions(accounts, platforms)
    load = {"people": people, "seconds": seconds}
    with _ours(workspace) as (port, cookie, opening):
        mine = {"opening_seconds": opening} | _looked_at(port, cookie, ours, load, pause)
    database = _database(workspace, folder)
    with _datasette(database) as port:
        its = _looked_at(port, "", theirs, load, pause)
    return {
        "accounts": population, "people_at_once": people, "pause_seconds": pause, "ours": mine, "datasette": its,
        "times_datasette": _ratios(mine, its),
        "wanted": "first page under 100 ms, list p99 under 300 ms, person under 150 ms, with 20 people at once",
        "not_equivalent": (__doc__ or "").partition("favour:\n")[2].strip(),
    }  # fmt: skip


def _looked_at(port: int, cookie: str, looks: dict[str, list[Address]], load: Result, pause: float) -> Result:
    """Three rounds, none of which opens a person whom another round opened."""
    third = len(looks["person"]) // 3
    result: Result = {}
    for number, (name, of) in enumerate(
        (
            ("alone", {"people": 1, "seconds": 6, "pause": 0.0}),
            ("reading", load | {"pause": pause}),
            ("hurrying", load | {"pause": 0.0, "seconds": min(10, load["seconds"])}),
        )
    ):
        mine = looks | {"person": looks["person"][number * third : (number + 1) * third]}
        result[name] = _visitors(port=port, cookie=cookie, looks=mine, **of)
    return result


def _ratios(mine: Result, its: Result) -> Result:
    return {
        name: {
            kind: round(mine[name][kind]["p50_ms"] / its[name][kind]["p50_ms"], 2)
            for kind, _ in SHARES
            if mine[name].get(kind) and its[name].get(kind)
        }
        for name in ("alone", "reading", "hurrying")
    }


# -- what is asked -----------------------------------------------------------------------------------------------------


def _who(workspace: Path) -> tuple[list[str], list[str], int]:
    """Accounts drawn by chance, the platforms, and how many accounts there are."""
    from groundswell.signals import signal_table
    from groundswell.store import Workspace

    rows = signal_table(Workspace.open(workspace)).rows
    found: list[str] = rows.column("account").to_pylist()
    platforms = sorted(set(rows.column("platform").to_pylist()))
    return random.Random(SEED).sample(found, min(len(found), 3_000)), platforms, len(found)


def _lists(platforms: list[str]) -> list[dict[str, str]]:
    dice = random.Random(SEED)
    asked: list[dict[str, str]] = []
    for _ in range(400):
        one = {"sort": dice.choice(SORTED_BY), "order": dice.choice(("high", "low")), "page": str(dice.randint(1, 40))}
        if dice.random() < 0.3:
            one["platform"] = dice.choice(platforms)
        if dice.random() < 0.3:
            one["q"] = dice.choice(WORDS)
        if dice.random() < 0.2:
            one["known"] = "yes"
        asked.append(one)
    return asked


def _questions(accounts: list[str], platforms: list[str]) -> dict[str, list[Address]]:
    return {
        "first": [["/"]],
        "list": [[f"/people?{urlencode(one)}"] for one in _lists(platforms)],
        "person": [[f"/person?account={quote(account, safe='')}"] for account in accounts],
    }


def _their_questions(accounts: list[str], platforms: list[str]) -> dict[str, list[Address]]:
    return {
        "first": [["/"]],
        "list": [[_their_list(one)] for one in _lists(platforms)],
        "person": [
            [
                f"/same/people/{_tilde(account)}",
                f"/same/posts?{urlencode({'account': account, '_sort_desc': 'created_at', '_size': POSTS_SHOWN})}",
            ]
            for account in accounts
        ],
    }


def _their_list(one: dict[str, str]) -> str:
    """The same list in Datasette's words; its first page."""
    columns = [("_col", name) for name in dict.fromkeys((*SHOWN[1:], one["sort"]))]
    asked = [*columns, ("_sort_desc" if one["order"] == "high" else "_sort", one["sort"]), ("_size", "50")]
    asked += [("platform", one["platform"])] if "platform" in one else []
    asked += [("words__contains", one["q"])] if "q" in one else []
    # unknown comes last in ours; where it would come first in theirs, only the known are asked for
    asked += [(f"{one['sort']}__notnull", "1")] if "known" in one or one["order"] == "low" else []
    return f"/same/people?{urlencode(asked)}"


def _tilde(text: str) -> str:
    """Datasette's own way of writing an id in a path."""
    return "".join(letter if letter.isalnum() or letter in "-_" else f"~{ord(letter):02X}" for letter in text)


# -- the visitors ------------------------------------------------------------------------------------------------------


def _visitors(**asked: Any) -> Result:
    """Send visitors, in a process of their own."""
    command = [sys.executable, "-m", "benchmarks.serving", "--visit"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(asked), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the visitors failed:\n{done.stderr}")
    return json.loads(done.stdout)


def _visit(
    port: int, cookie: str, looks: dict[str, list[Address]], people: int, seconds: float, pause: float
) -> Result:
    """Be so many people at once, each with a connection of their own."""
    times: dict[str, list[float]] = {kind: [] for kind, _ in SHARES}
    until = time.perf_counter() + seconds
    fresh, lock, wrong = iter(looks["person"]), threading.Lock(), list[str]()

    def visitor(number: int) -> None:
        dice = random.Random(SEED + number)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        time.sleep(dice.random() * pause)
        while time.perf_counter() < until:
            kind = dice.choices([kind for kind, _ in SHARES], [share for _, share in SHARES])[0]
            with lock:
                look = next(fresh, None) if kind == "person" else dice.choice(looks[kind])
            if look is None:
                continue  # everybody has been opened
            taken = _look(connection, cookie, look, wrong)
            with lock:
                times[kind].append(taken)
            time.sleep(pause * (0.5 + dice.random()))

    start = time.perf_counter()
    threads = [threading.Thread(target=visitor, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = sum(len(some) for some in times.values())
    found = {kind: _percentiles(some) for kind, some in times.items() if some}
    return found | {"looks_per_second": round(every / (time.perf_counter() - start), 1), "wrong": wrong[:5]}


def _look(connection: http.client.HTTPConnection, cookie: str, look: Address, wrong: list[str]) -> float:
    start = time.perf_counter()
    for path in look:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            wrong.append(f"{answer.status} {path}")
    return (time.perf_counter() - start) * 1e3


def _percentiles(times: list[float]) -> Result:
    ordered = sorted(times)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)

    return {"looks": len(ordered), "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "most_ms": at(1.0)}


# -- the servers -------------------------------------------------------------------------------------------------------


@contextmanager
def _ours(workspace: Path) -> Iterator[tuple[int, str, float]]:
    """`groundswell serve`, open and ready; also the seconds from its start to the first list of people."""
    port, start = _free_port(), time.perf_counter()
    command = [sys.executable, "-m", "groundswell.cli", "serve", "--no-open", "--port", str(port), "-w", str(workspace)]
    with _running(command, talks=True) as process:
        assert process.stdout is not None
        link = next(line for line in process.stdout if "/enter?token=" in line).strip()
        cookie = _cookie(port, re.sub(r"^http://[^/]+", "", link))
        while _status(port, cookie, "/people") != 200:
            time.sleep(0.1)
        opening = round(time.perf_counter() - start, 2)
        while _status(port, cookie, "/brief?brand=any") != 200:
            time.sleep(0.5)  # it reads on: what accounts say
        yield port, cookie, opening


@contextmanager
def _datasette(database: Path) -> Iterator[int]:
    port = _free_port()
    settings = ("suggest_facets off", "sql_time_limit_ms 60000", "facet_time_limit_ms 60000")
    command = [sys.executable, "-m", "datasette", "serve", "-i", str(database), "--port", str(port)]
    with _running([*command, *(word for one in settings for word in ("--setting", *one.split()))]):
        while _status(port, "", "/") != 200:
            time.sleep(0.1)
        yield port


@contextmanager
def _running(command: list[str], *, talks: bool = False) -> Iterator[subprocess.Popen[str]]:
    """A server; one that talks at every request would wait for somebody to listen."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    said = subprocess.PIPE if talks else subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.DEVNULL, text=True, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:  # it waits for visitors who will not come back
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _cookie(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    return (connection.getresponse().getheader("Set-Cookie") or "").partition(";")[0]


def _status(port: int, cookie: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        return connection.getresponse().status
    except OSError:  # not listening yet
        return 0
    finally:
        connection.close()


# -- the same rows in SQLite -------------------------------------------------------------------------------------------


def _database(workspace: Path, folder: Path) -> Path:
    """Signals flattened, and all posts, as tables of SQLite with an index for everything that is asked; made once."""
    path = folder / f"serving-{workspace.name}" / "same.db"  # Datasette's addresses begin with the file's name
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    from groundswell.signals import signal_table
    from groundswell.signals.table import flat
    from groundswell.store import Workspace

    opened, part = Workspace.open(workspace), path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with sqlite3.connect(part) as database, opened.engine() as engine:
        database.executescript("PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA page_size = 8192")
        rows = flat(signal_table(opened))
        names = rows.column_names
        quoted = ", ".join(f'"{name}"' for name in names)
        database.execute(f"CREATE TABLE people ({quoted}, words, PRIMARY KEY (account)) WITHOUT ROWID")
        said = [names.index(name) for name in ("handle", "name", "bio", "account")]
        for batch in rows.to_batches(20_000):
            columns = [column.to_pylist() for column in batch.columns]
            words = [
                "\n".join(one or "" for one in some).lower() for some in zip(*(columns[i] for i in said), strict=True)
            ]
            database.executemany(
                f"INSERT INTO people VALUES ({', '.join('?' * (len(names) + 1))})", zip(*columns, words, strict=True)
            )
        posts = ("post", "account", "created_at", "kind", "text", "url", "likes", "replies", "reposts")
        database.execute(f"CREATE TABLE posts ({', '.join(posts)}, PRIMARY KEY (post)) WITHOUT ROWID")
        asked = "SELECT post, account, created_at::VARCHAR, kind, text, url, likes, replies, reposts FROM posts ORDER BY post"
        for batch in engine.reader(asked, 50_000):
            columns = [column.to_pylist() for column in batch.columns]
            database.executemany(
                f"INSERT INTO posts VALUES ({', '.join('?' * len(posts))})", zip(*columns, strict=True)
            )
        for name in (*SORTED_BY, "platform"):
            database.execute(f'CREATE INDEX by_{name} ON people ("{name}")')
        database.execute("CREATE INDEX posts_of ON posts (account, created_at)")
    database.close()
    part.replace(path)
    return path


def main() -> None:
    """Measure, and print the figures; or be the visitors."""
    if sys.argv[1:] == ["--visit"]:
        print(json.dumps(_visit(**json.loads(sys.stdin.read()))))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds that somebody reads a page, on average")
    given = parser.parse_args()
    workspace = given.workspace.resolve()
    found = measure_serving(workspace, workspace.parent, people=given.people, seconds=given.seconds, pause=given.pause)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
