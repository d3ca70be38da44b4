"""Worlds whose truth is known, and real data: what figures are measured on. Made once, kept in a folder, read by everybody.

    from benchmarks.validity import worlds

    one = worlds.world(seed=11, people=2_000, kind="usual")     made on first use through the ordinary import, then opened
    one.truth                 pyarrow table, one row an account: what no platform tells (see groundswell.simulate)
    one.true("bought_share")  its column as an array, in the order of `truth`
    one.value("like_rate")    a signal in the order of `truth`; nan where unknown
    one.labels("topic_focus") its labels in the same order; None where unknown
    one.signals               all signals as of now, sorted by account (columns as SignalTable.rows)
    one.workspace.engine()    SQL over the facts: accounts, posts, interactions, follows, account_history ...
    one.moment(0.6)           the moment at which 60 % of the dated own posts were written
    one.past(moment)          signals as of then (past_signals with backtest=True: everything was collected at the end, so that
                              no count is known). What came after: SQL on posts.created_at, interactions.acted_at > moment

    worlds.described()        those worlds in words, for the data of a figure
    worlds.several()          worlds of different seeds and kinds (fewer and smaller in a quick run)
    worlds.real("rumoureval_threads", "bluesky_keegan")         real files in one workspace; None where the data are absent
    worlds.data_folder()      GROUNDSWELL_DATA, or what --data says; None where there is none
    worlds.sized(4_000, 500)  the first in a whole run, the second in a quick one

Kinds (`KINDS`) change assumptions of simulate.toml, so that no figure hangs on one set of them: a detector is not proved by a
world written by the same hand. Everything is keyed by the code that makes it: a change there makes the world anew. Files of two
seeds share no chance. `use(...)` sets the folder, the data and quickness for a whole run; by default worlds lie in the system's
temporary folder, under groundswell-validity.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.compute as _compute
import pyarrow.parquet as pq

from benchmarks.validity.figures import Array, Numbers
from groundswell.ingest import import_file
from groundswell.signals import past_signals, signal_table
from groundswell.simulate import simulate
from groundswell.simulate.plan import Plan
from groundswell.store import Workspace

pc: Any = _compute
SOURCE = Path(__file__).resolve().parents[2] / "src" / "groundswell"
MAKERS = ("simulate", "sources", "store", "ingest.py", "records.py", "../../benchmarks/validity/worlds.py")
"""Code that decides what a world is."""

KINDS: dict[str, dict[str, dict[str, Any]]] = {
    "usual": {},
    "wild": {
        "likes": {"between_posts": 1.1, "between_accounts": 0.7, "elasticity": -0.45},
        "reposts": {"spread": 1.5, "exposed_per_post": 0.4},
    },
    "loose": {
        "circles": {"smallest": 3, "largest": 30},
        "replies": {"from_friends": 0.35, "per_post": 0.7},
        "listed": {"likes_from_friends": 0.15, "fans_of_topic": 0.45},
    },
    "reticent": {
        "replies": {"question_share": 0.2, "per_post": 0.25, "answer_spread": 1.4},
        "mentions": {"unpaid_share": 0.12, "reservation_share": 0.5, "paid_label_share": 0.1},
        "unknown": {"country": 0.4, "location": 0.6, "language": 0.8, "bio": 0.3, "since": 0.8},
    },
}
"""Kind of world -> what it assumes otherwise than simulate.toml. All choice: ordinary, heavy-tailed, loosely knit, close-mouthed."""

_REAL_CONSTANTS = {
    "case_study_likes.csv": {"post": "at://did:plc:eclio37ymobqex2ncko63h4r/app.bsky.feed.post/3mbu6hyf5262a"},
    "nytimes_followers_sample.csv": {"followed": "@nytimes.com"},
    "nytimes_follows.csv": {"follower": "@nytimes.com"},
}


SIZES = (2_000, 600)
"""People of a world, in a whole run and in a quick one."""
REAL_SEEN = datetime(2026, 7, 1, tzinfo=UTC)
"""When real files that do not say it count as collected: after their last row, and the same on every machine."""


# -- how a run is set ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Settings:
    """Where worlds and data lie, and whether the run is a quick one."""

    folder: Path
    data: Path | None
    quick: bool = False


def _from_environment() -> Settings:
    given = os.environ.get("GROUNDSWELL_DATA", "")
    return Settings(Path(tempfile.gettempdir()) / "groundswell-validity", Path(given) if given else None)


_now = _from_environment()


def use(*, folder: Path | None = None, data: Path | None = None, quick: bool = False) -> Settings:
    """Set where worlds are kept and data are read for everything that follows; what is not given stays as it is."""
    global _now
    _now = replace(_now, folder=folder or _now.folder, data=data or _now.data, quick=quick)
    return _now


def sized(whole: int, quick: int) -> int:
    """The first number in a whole run, the second in a quick one."""
    return quick if _now.quick else whole


def data_folder() -> Path | None:
    """The folder of real data; None where there is none."""
    return _now.data if _now.data and _now.data.is_dir() else None


# -- made-up worlds --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Simulated:
    """A made-up community in a workspace, beside what is true of it."""

    name: str
    seed: int
    kind: str
    folder: Path

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace that its files were imported into."""
        return Workspace.open(self.folder / "workspace")

    @cached_property
    def truth(self) -> pa.Table:
        """What is true: one row an account, in the order of the simulator."""
        return pq.read_table(self.folder / "truth.parquet")

    @cached_property
    def signals(self) -> pa.Table:
        """All signals as of now."""
        return signal_table(self.workspace).rows

    def true(self, column: str) -> Array:
        """A column of the truth as an array."""
        return self.truth.column(column).to_numpy(zero_copy_only=False)

    def value(self, signal: str, part: str = "value", signals: pa.Table | None = None) -> Numbers:
        """A signal (of now, or of a table from `past`) in the order of the truth; nan where unknown."""
        return np.array(self._told(signal, part, signals).cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)

    def labels(self, signal: str, signals: pa.Table | None = None) -> list[str | None]:
        """Labels of a signal in the order of the truth."""
        return self._told(signal, "label", signals).to_pylist()

    def _told(self, signal: str, part: str, signals: pa.Table | None) -> Any:
        rows = self.signals if signals is None else signals
        known = pc.struct_field(rows.column(signal).combine_chunks(), part)
        return known.take(
            pc.index_in(self.truth.column("account").combine_chunks(), rows.column("account").combine_chunks())
        )

    def moment(self, share: float) -> datetime:
        """When this share of the dated own posts had been written."""
        with self.workspace.engine() as engine:
            return engine.rows(
                f"SELECT quantile_disc(created_at, {float(share)}) FROM posts WHERE kind = 'post' AND created_at IS NOT NULL"
            )[0][0]

    def past(self, moment: datetime) -> pa.Table:
        """Signals as they could have been known at a moment."""
        return past_signals(self.workspace, moment, backtest=True)


def world(seed: int = 11, people: int | None = None, kind: str = "usual", *, posts: float | None = None) -> Simulated:
    """Open a made-up world, making it first where nobody has: `people` 2,000 (600 in a quick run), `posts` a person."""
    return _world(seed, people or sized(*SIZES), kind, posts, _now.folder)


def several(people: int | None = None) -> list[Simulated]:
    """Worlds of different seeds and kinds: one of each kind, the usual one twice; in a quick run two small ones."""
    kinds = ["usual", "wild"] if _now.quick else ["usual", *KINDS]
    return [world(11 + number, people, kind) for number, kind in enumerate(kinds)]


def described() -> str:
    """What `several` worlds are, in words, for the data of a figure."""
    made = several()
    kinds = ", ".join(dict.fromkeys(one.kind for one in made))
    return f"{len(made)} made-up communities of {sized(*SIZES):,} people (kinds: {kinds})"


@cache
def _world(seed: int, people: int, kind: str, posts: float | None, folder: Path) -> Simulated:
    name = f"{kind}-{people}-{seed}" + (f"-{posts:g}" if posts else "")
    target = folder / f"{name}-{_made_by(kind)}"
    if not (target / "truth.parquet").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f"{name}-", suffix=".part", dir=folder))
        with assuming(KINDS[kind]):
            made = simulate(part / "files", people=people, seed=seed, posts_per_person=posts, form="parquet")
        workspace = Workspace.create(part / "workspace")
        for record, path in made.files.items():
            if record != "sheet":
                import_file(workspace, path, observed_at=_end())
        made.truth.replace(part / "truth.parquet")
        shutil.rmtree(part / "files")
        _settle(part, target)
    return Simulated(name, seed, kind, target)


def _end() -> datetime:
    return datetime.fromtimestamp(Plan.read(100, 0, None).end, UTC)


def assuming(changes: Mapping[str, Mapping[str, Any]]) -> Any:
    """While it lasts, `simulate` assumes this instead of what simulate.toml says: {"likes": {"between_posts": 1.1}}."""
    read = Plan.read

    def otherwise(people: int, seed: int, posts_per_person: float | None) -> Plan:
        plan = read(people, seed, posts_per_person)
        unknown = [
            f"{part}.{key}" for part, some in changes.items() for key in some if key not in plan.assumed.get(part, {})
        ]
        if unknown:
            raise KeyError(f"simulate.toml assumes no {', '.join(unknown)}")
        return replace(
            plan, assumed=plan.assumed | {part: plan.assumed[part] | dict(some) for part, some in changes.items()}
        )

    return patch.object(Plan, "read", otherwise)


# -- real data ---------------------------------------------------------------------------------------------------------------


def real(*sets: str) -> Workspace | None:
    """Tables of these folders of real data in one workspace, made once; None where one of them is absent."""
    data = data_folder()
    if data is None or not all((data / name).is_dir() for name in sets):
        return None
    return _real(data, tuple(sorted(sets)), _now.folder)


@cache
def _real(data: Path, sets: Sequence[str], folder: Path) -> Workspace:
    target = folder / f"real-{'-'.join(sets)}-{_made_by(str(data))}"
    if not (target / "workspace").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix="real-", suffix=".part", dir=folder))
        workspace = Workspace.create(part / "workspace")
        for path in (path for name in sets for path in sorted((data / name).iterdir())):
            if path.suffix in (".csv", ".parquet"):
                import_file(workspace, path, constants=_REAL_CONSTANTS.get(path.name), observed_at=REAL_SEEN)
        _settle(part, target)
    return Workspace.open(target / "workspace")


# -- keeping -----------------------------------------------------------------------------------------------------------------


def _settle(part: Path, target: Path) -> None:
    """Give what was made its name; whoever was faster has made the same."""
    try:
        part.rename(target)
    except OSError:
        shutil.rmtree(part)


def _made_by(*more: str) -> str:
    """A name for the code and the choices that make a world."""
    files = [path for name in MAKERS for path in (sorted((SOURCE / name).rglob("*")) or [SOURCE / name])]
    said = blake2b(digest_size=6)
    for path in files:
        if path.suffix in (".py", ".toml"):
            said.update(path.read_bytes())
    for word in (*more, *(repr(KINDS.get(one)) for one in more)):
        said.update(word.encode())
    return said.hexdigest()
