"""The present, held open: the table of signals, what accounts say, and a few engines that questions borrow in turn.

Opening an engine finds the files of every table and links handles, which takes longer than most questions about one person.
A program that answers many questions keeps it open for as long as the facts stay the same; a single question opens its own.

    kept open     engines=2    a server: prepared once for everybody, two questions at a time
    one question  engines=0    a command: prepared for the accounts it is about
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Generator, Hashable
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock, RLock
from typing import Any, TypeVar

from groundswell.signals.findings import Progress
from groundswell.signals.kinship import Texts, read_texts
from groundswell.signals.table import SignalTable, prepare, signal_table, want
from groundswell.signals.told import Told, hold
from groundswell.signals.topics import Corpus
from groundswell.store import Engine, Workspace

Answer = TypeVar("Answer")
ENGINES = 2
"""Engines that a server keeps: one question about one person keeps one processor busy (design choice: small machines have two)."""
REMEMBERED = 8
"""Answers about everybody that are kept for questions about somebody (design choice: bounded memory)."""


class Present:
    """What is known now; close it, or use it in a `with`."""

    def __init__(self, workspace: Workspace, table: SignalTable, *, engines: int = 0) -> None:
        self.workspace, self.table = workspace, table
        self._live = workspace.state.live_ids()
        self._room = BoundedSemaphore(engines) if engines else None
        self._idle: list[Engine] = []
        self._lock, self._holding, self._reading = Lock(), Lock(), RLock()
        self._texts: Texts | None = None
        self._told: Told | None = None
        self._remembered: OrderedDict[Hashable, Any] = OrderedDict()
        self._closed = False

    def __enter__(self) -> Present:
        """Return the present itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the engines; one that is lent closes when it comes back."""
        with self._lock:
            self._closed, idle, self._idle = True, self._idle, []
        for engine in idle:
            engine.close()

    @property
    def corpus(self) -> Corpus | None:
        """The fit of topics behind the table."""
        return self.table.corpus

    def texts(self, progress: Progress | None = None) -> Texts:
        """What accounts say, read once."""
        with self._reading:
            if self._texts is None:
                self._texts = read_texts(self.workspace, self.table, progress)
            return self._texts

    @property
    def kept(self) -> bool:
        """Whether it stays open for many questions, so that what all of them need is worth holding."""
        return self._room is not None

    def told(self) -> Told:
        """What was found in all texts, held in memory from the first time on."""
        with self._holding:
            if self._told is None:
                with self.workspace.engine() as engine:  # its own: who asks may hold one that is lent already
                    self._prepare(engine, ())
                    self._told = hold(engine)
            return self._told

    def once(self, key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """Answer a question about everybody once; a few answers are kept."""
        with self._reading:
            if key not in self._remembered:
                self._remembered[key] = ask()
                while len(self._remembered) > REMEMBERED:
                    self._remembered.popitem(last=False)
            self._remembered.move_to_end(key)
            return self._remembered[key]

    @contextmanager
    def engine(self, only: Collection[str] = ()) -> Generator[Engine]:
        """Lend an engine with the views of findings; `wanted_accounts` are those named."""
        if self._room is None:
            with self.workspace.engine() as engine:
                self._prepare(engine, only)
                yield engine
            return
        with self._room:
            engine = self._borrow()
            try:
                want(engine, only)
                yield engine
            except BaseException:
                engine.close()  # nobody knows what it was in the middle of
                raise
            self._give_back(engine)

    def _prepare(self, engine: Engine, only: Collection[str] | None) -> None:
        findings = self.workspace.cache / "findings"
        prepare(engine, findings, self.corpus, only_views=True, only=only)

    def _borrow(self) -> Engine:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        engine = self.workspace.engine()
        # What a file says of its row groups is read once, not at every question. The files of a version never change.
        engine.execute("SET parquet_metadata_cache = true")
        self._prepare(engine, None)
        return engine

    def _give_back(self, engine: Engine) -> None:
        with self._lock:
            # An engine that was opened after an import arrived shows other facts than the table.
            keep = not self._closed and engine.live == self._live
            if keep:
                self._idle.append(engine)
        if not keep:
            engine.close()


def open_present(workspace: Workspace, progress: Progress | None = None, *, engines: int = 0) -> Present:
    """Open the present of a workspace, computing signals that are not kept."""
    return Present(workspace, signal_table(workspace, progress), engines=engines)


@contextmanager
def asking(
    workspace: Workspace, corpus: Corpus | None, accounts: Collection[str], present: Present | None = None
) -> Generator[Engine]:
    """Lend an engine for a question about these accounts: of what is open, or one of its own."""
    if present is not None:
        with present.engine(accounts) as engine:
            yield engine
        return
    with workspace.engine() as engine:
        prepare(engine, workspace.cache / "findings", corpus, only_views=True, only=accounts)
        yield engine


__all__ = ["ENGINES", "Present", "asking", "open_present"]
