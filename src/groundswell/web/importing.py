"""The desk where files arrive: one at a time, in a thread of its own, with progress that a page can ask for.

    waiting -> reading -> read                       and the numbers are computed before the desk is free again
                       -> asking -> waiting          when one question must be answered first
                       -> refused                    with what happened and what to do
    (the program ends) -> interrupted                nothing of the file became visible; it is still here and can be read again

What lies on the desk is written down beside the files, in `incoming/` of the workspace, so that a restart knows of it.
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from secrets import token_hex
from threading import Event, Lock, Thread
from typing import Any

from groundswell.api import Answers
from groundswell.coach import keys_that_changed
from groundswell.errors import (
    GroundswellError,
    InputError,
    MissingFieldError,
    UnknownLayoutError,
    UnknownNameError,
    UsageError,
)
from groundswell.exports.whole import whole_file
from groundswell.ingest import ImportReport, import_file
from groundswell.simulate import simulate
from groundswell.sources.files.values import DATE_ORDERS
from groundswell.store import Workspace
from groundswell.web.forms import Asked, Question, question_of_columns, question_of_fields

log = logging.getLogger("groundswell.web")
OPEN = ("waiting", "reading")
DEMO_PEOPLE, DEMO_SEED = 2_000, 7
SURE_AFTER = 3.0
"""Seconds of reading before it is said how long it will take (design choice)."""


@dataclass
class Arrival:
    """One file on the desk."""

    name: str
    path: str
    """Relative to the batch's folder."""
    state: str = "waiting"
    bytes_done: int = 0
    bytes_total: int = 0
    rows: int = 0
    began: float = 0.0
    """When reading began, by a clock that only counts."""
    mapping: dict[str, str] = field(default_factory=lambda: {})
    constants: dict[str, str] = field(default_factory=lambda: {})
    dates: str = ""
    """How 03/04/2025 is meant, once somebody said it."""
    question: Question | None = None
    report: dict[str, Any] | None = None
    error: dict[str, str] | None = None

    @property
    def done(self) -> float:
        """How far it is read, 0..1."""
        return min(1.0, self.bytes_done / self.bytes_total) if self.bytes_total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it goes on at the pace until now; None before that can be told."""
        spent = time.monotonic() - self.began
        if self.state != "reading" or spent < SURE_AFTER or self.done < 0.01:
            return None
        return spent / self.done * (1 - self.done)

    @property
    def open_dates(self) -> int:
        """Dates that could be read two ways and are unknown until somebody says the order."""
        return sum(self.report.get("open_dates", {}).values()) if self.report and not self.dates else 0


@dataclass
class Batch:
    """What was brought at once."""

    id: str
    made_at: str
    arrivals: list[Arrival] = field(default_factory=lambda: [])
    doing: str = ""
    """What is done beside reading: making people, computing numbers."""
    done: int = 0
    total: int = 0
    over: bool = False
    error: dict[str, str] | None = None
    towards: str = ""
    """The question from whose page it was brought: the way leads back there."""

    @property
    def asking(self) -> list[tuple[int, Arrival]]:
        """Files that wait for an answer, with their places."""
        return [(place, one) for place, one in enumerate(self.arrivals) if one.state == "asking"]

    @property
    def interrupted(self) -> list[Arrival]:
        """Files at which the reading broke off."""
        return [one for one in self.arrivals if one.state == "interrupted"] if self.over else []


class Desk:
    """Takes files and reads them one after the other."""

    def __init__(self, answers: Answers) -> None:
        self.answers, self.folder = answers, answers.folder / "incoming"
        self._batches: dict[str, Batch] = {}
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._lock = Lock()
        self._preparing: Event | None = None
        self.broken: Exception | None = None
        """What went wrong when the numbers were last computed for their own sake."""
        self.doing: tuple[str, int, int] | None = None
        """(what, done, total) while numbers are computed for their own sake."""
        self._find_interrupted()
        self._thread = Thread(target=self._work, name="desk", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Go home when the work of the moment is done; a long import is left where it is, invisible, and known after a restart."""
        self._jobs.put(None)
        self._thread.join(timeout=2)

    # -- what a page asks ------------------------------------------------------------------------------------------------

    def batch(self, key: str) -> Batch:
        """One batch; UsageError when there is none."""
        if key not in self._batches:
            raise UsageError(
                f"There is no upload called {key[:40]!r}.",
                means="It was read, forgotten, or never came.",
                next_step="Look at the files that were brought in.",
            )
        return self._batches[key]

    def open_batches(self) -> list[Batch]:
        """Batches with something left to do or to say, newest first."""
        wanted = ("asking", "interrupted", *OPEN)
        left = [one for one in self._batches.values() if not one.over or any(a.state in wanted for a in one.arrivals)]
        return sorted(left, key=lambda one: one.made_at, reverse=True)

    def ready(self, patience: float) -> bool:
        """Whether the numbers are in memory; otherwise they are asked for, and waited for a moment."""
        if self.answers.ready():
            return True
        with self._lock:
            if self._preparing is None or self._preparing.is_set():
                self._preparing = Event()
                self._jobs.put(self._prepare_now)
            event = self._preparing
        event.wait(patience)
        if self.broken:
            broken, self.broken = self.broken, None
            raise broken
        return self.answers.ready()

    # -- what a page does ------------------------------------------------------------------------------------------------

    def take(
        self, folder: Path, paths: list[Path], constants: dict[str, str] | None = None, towards: str = ""
    ) -> Batch:
        """Put files that lie in `folder` on the desk. `towards`: the page from which they were brought."""
        if not paths:
            raise UsageError("No file was chosen.", next_step="Drop a file on the page, choose one, or paste handles.")
        batch = Batch(folder.name, _now(), towards=towards)
        batch.arrivals = [
            Arrival(path.name, str(path.relative_to(folder)), constants=dict(constants or {})) for path in paths
        ]
        return self._queue(batch)

    def answer(self, key: str, place: int, mapping: dict[str, str], constants: dict[str, str]) -> Batch:
        """Answer a file's question and read it."""
        batch = self.batch(key)
        if not 0 <= place < len(batch.arrivals) or batch.arrivals[place].state != "asking":
            raise UsageError("That question is no longer open.", next_step="Look at the imports.")
        arrival = batch.arrivals[place]
        arrival.mapping |= mapping
        arrival.constants |= constants
        arrival.state, arrival.question = "waiting", None
        return self._queue(batch)

    def settle_dates(self, key: str, place: int, order: str) -> Batch:
        """Say what comes first in dates that could be read two ways: the file is read again in place of what it brought."""
        batch = self.batch(key)
        arrival = batch.arrivals[place] if 0 <= place < len(batch.arrivals) else None
        if arrival is None or arrival.state != "read" or not arrival.open_dates:
            raise UsageError("That question is no longer open.", next_step="Look at the imports.")
        if order not in DATE_ORDERS:
            raise UnknownNameError("order of dates", order[:40], DATE_ORDERS)
        arrival.dates, arrival.state = order, "waiting"
        return self._queue(batch)

    def again(self, key: str) -> Batch:
        """Read files again that were interrupted or refused."""
        batch = self.batch(key)
        for one in batch.arrivals:
            if one.state in ("interrupted", "refused") and (self.folder / key / one.path).is_file():
                one.state, one.error = "waiting", None
        return self._queue(batch)

    def forget(self, key: str) -> None:
        """Take a batch off the desk: its files are removed, what was imported stays."""
        batch = self.batch(key)
        if any(one.state in OPEN for one in batch.arrivals) and not batch.over:
            raise UsageError("It is being read right now.", next_step="Wait until it is done; then undo the import.")
        self._batches.pop(key)
        shutil.rmtree(self.folder / key, ignore_errors=True)

    def make_demo(self) -> Batch:
        """Make a community up and import its files."""
        batch = Batch(token_hex(8), _now(), doing="Making people up", total=DEMO_PEOPLE)
        folder = self.folder / batch.id
        folder.mkdir(parents=True)
        self._batches[batch.id] = batch
        self._jobs.put(lambda: self._guarded(batch, lambda: self._make_demo(batch, folder)))
        return batch

    # -- the thread ------------------------------------------------------------------------------------------------------

    def _queue(self, batch: Batch) -> Batch:
        batch.over, batch.error = False, None
        self._batches[batch.id] = batch
        self._write(batch)
        self._jobs.put(lambda: self._guarded(batch, lambda: self._read_all(batch)))
        return batch

    def _work(self) -> None:
        while job := self._jobs.get():
            job()
            del job  # what it held is let go before the next one comes

    def _guarded(self, batch: Batch, work: Callable[[], None]) -> None:
        try:
            work()
        except GroundswellError as error:
            batch.error = said(error)
        except Exception:
            log.exception("while reading what was brought")
            batch.error = OUR_FAULT
        batch.over, batch.doing = True, ""
        self._write(batch)

    def _make_demo(self, batch: Batch, folder: Path) -> None:
        def progress(done: int, total: int) -> None:
            batch.done, batch.total = done, total

        made = simulate(folder / "1", people=DEMO_PEOPLE, seed=DEMO_SEED, progress=progress)
        batch.arrivals = [Arrival(path.name, str(path.relative_to(folder))) for path in made.files.values()]
        self._read_all(batch)

    def _read_all(self, batch: Batch) -> None:
        batch.doing = ""
        for arrival in batch.arrivals:
            if arrival.state == "waiting":
                self._read(batch, arrival)
        if any(one.state == "read" for one in batch.arrivals):
            self.answers.prepare(_progress_of(batch))

    def _read(self, batch: Batch, arrival: Arrival) -> None:
        arrival.began = time.monotonic()
        arrival.state, path = "reading", self.folder / batch.id / arrival.path
        self._write(batch)

        def progress(done: int, total: int, rows: int) -> None:
            arrival.bytes_done, arrival.bytes_total, arrival.rows = done, total, rows

        try:
            workspace = self.answers.workspace
            if arrival.report:  # read before its dates were settled: what it brought then is replaced
                _undo(workspace, arrival.report["import_id"])
                arrival.report = None
            report = import_file(
                workspace, path, mapping=arrival.mapping, constants=arrival.constants, dates=arrival.dates or None,
                progress=progress,
            )  # fmt: skip
            if "kit" in report.layout:
                report.notes += keys_that_changed(workspace, report.import_id)
            arrival.report, arrival.state = _report(report), "read"
            if not arrival.open_dates:
                path.unlink(missing_ok=True)
        except GroundswellError as error:
            if isinstance(error, UnknownLayoutError | MissingFieldError) or _was_misled(arrival, error):
                self._ask(arrival, path, error)
            else:
                arrival.state, arrival.error = "refused", said(error)
        except Exception:
            log.exception("while reading %s", arrival.name)
            arrival.state, arrival.error = "refused", OUR_FAULT
        self._write(batch)

    def _ask(self, arrival: Arrival, path: Path, error: GroundswellError) -> None:
        """Turn an error that a user can settle into a question; where an answer did not fit, into the same one again."""
        arrival.error = said(error) if arrival.mapping else None
        arrival.mapping = {}
        if isinstance(error, MissingFieldError) and not arrival.error:
            question = question_of_fields(error)
        else:
            question = question_of_columns(path, error.what)
        if question and (question.headers or question.asked):
            arrival.state, arrival.question = "asking", question
        else:
            arrival.state, arrival.error = "refused", said(error)

    def _prepare_now(self) -> None:
        def progress(what: str, done: int, total: int) -> None:
            self.doing = (what, done, total)

        assert self._preparing is not None
        try:
            version = self.answers.version()
            try:
                self.answers.prepare(progress)
            except Exception:
                if version == self.answers.version():
                    raise
                self.answers.prepare(progress)  # a purge took away what it was reading
        except Exception as error:
            log.exception("while computing the numbers")
            self.broken = error
        finally:
            self.doing = None
            self._preparing.set()

    # -- what survives the program ---------------------------------------------------------------------------------------

    def _write(self, batch: Batch) -> None:
        folder = self.folder / batch.id
        if not folder.is_dir():
            return
        with whole_file(folder / "batch.json") as file:
            file.write(json.dumps(asdict(batch), default=str).encode("utf-8", "replace"))

    def _find_interrupted(self) -> None:
        for folder in sorted(self.folder.glob("*")) if self.folder.is_dir() else []:
            path = folder / "batch.json"
            if not path.is_file():  # an upload that broke off
                shutil.rmtree(folder, ignore_errors=True)
                continue
            batch = _batch_from(json.loads(path.read_text(encoding="utf-8")))
            for one in batch.arrivals:
                if one.state in OPEN:
                    one.state = "interrupted" if (folder / one.path).is_file() else "refused"
            if all(one.state == "read" for one in batch.arrivals):
                shutil.rmtree(folder, ignore_errors=True)
                continue
            batch.over, batch.doing = True, ""
            self._batches[batch.id] = batch


def _undo(workspace: Workspace, import_id: int) -> None:
    if workspace.state.import_by_id(import_id).state == "live":
        workspace.undo(import_id)


def _was_misled(arrival: Arrival, error: GroundswellError) -> bool:
    """Whether an error comes from what was said of the columns."""
    return bool(arrival.mapping) and isinstance(error, InputError | UsageError)


OUR_FAULT = {
    "what": "Something went wrong inside Groundswell; this is our fault.",
    "means": "Nothing of this file was made visible.",
    "next_step": "The details are in the window in which the program runs.",
}


def said(error: GroundswellError) -> dict[str, str]:
    """An error as what happened, what it means, what to do next."""
    return {"what": error.what, "means": error.means, "next_step": error.next_step}


def _progress_of(batch: Batch) -> Callable[[str, int, int], None]:
    def progress(what: str, done: int, total: int) -> None:
        batch.doing, batch.done, batch.total = what, done, total

    batch.doing, batch.done, batch.total = "Working out the numbers", 0, 0
    return progress


def _report(report: ImportReport) -> dict[str, Any]:
    found = vars(report) | {"read": report.read}
    found["records"] = {name: vars(counts) for name, counts in report.records.items()}
    found["examples"] = [vars(row) for row in report.examples]
    return found


def _batch_from(found: dict[str, Any]) -> Batch:
    arrivals = [Arrival(**(one | {"question": _question_from(one["question"])})) for one in found["arrivals"]]
    whole: dict[str, Any] = found | {"arrivals": arrivals}
    return Batch(**whole)


def _question_from(found: dict[str, Any] | None) -> Question | None:
    if found is None:
        return None
    asked = tuple(
        Asked(
            one["field"],
            one["words"],
            one["example"],
            tuple((a, b) for a, b in one["choices"]),
            tuple(one.get("columns", ())),
        )
        for one in found["asked"]
    )
    rows = tuple(tuple(row) for row in found["rows"])
    return Question(found["says"], tuple(found["headers"]), rows, found["columns"], asked)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def wait_until_over(batch: Batch, seconds: float) -> bool:
    """Wait a moment for a batch, so that a small file needs no page of progress."""
    until = time.monotonic() + seconds
    while not batch.over and time.monotonic() < until:
        time.sleep(0.03)
    return batch.over
